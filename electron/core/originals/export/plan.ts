/** Where the files of an export go: names by the pattern, and numbers where a name is taken by something else. */
import { extname, join, resolve } from 'node:path';
import { type ExportOptions, expandPattern, FORMAT_EXTENSIONS, numbered } from '../../../../shared/export.ts';
import type { OutgoingFile, OutgoingPhoto } from '../../catalog/outgoing.ts';
import { isTaken, sameContent } from '../files/place-file.ts';

/** One file that is to be made. */
export type PlannedFile = {
  photo: number;
  /** Absolute. */
  from: string;
  to: string;
  /** Bytes of the file it is made from. */
  size: number;
  /** The same bytes are there already. */
  isThere: boolean;
  /** Its name has a number that the pattern did not give. */
  renamed: boolean;
};

/** Names that are given away within one export, as systems compare them that do not tell cases apart. */
export class Names {
  readonly #taken = new Set<string>();
  has(path: string): boolean {
    return this.#taken.has(keyOf(path));
  }
  add(path: string): void {
    this.#taken.add(keyOf(path));
  }
}
const keyOf = (path: string): string => path.normalize('NFC').toLowerCase();

/** Files of a photo that go along, the main picture first, each with the ending that it keeps or gets. */
export function filesToExport(
  photo: OutgoingPhoto,
  options: ExportOptions,
): (OutgoingFile & { stem: string; extension: string })[] {
  const pictures = photo.files.filter(({ role }) => role !== 'sidecar');
  const [best] = pictures;
  if (best === undefined) return [];
  const main = pictures.find(({ role }) => role === 'main') ?? best;
  if (options.as !== 'original') {
    // What is shown is what is made: of a pair the camera's own JPEG.
    return [{ ...best, stem: stemOf(main.name), extension: FORMAT_EXTENSIONS[options.as] }];
  }
  // A sidecar is nothing but metadata: it does not go where not all of that may.
  const goes = ({ role }: OutgoingFile) => role !== 'sidecar' || options.metadata === 'all';
  const chosen = options.partners ? [main, ...photo.files.filter((file) => file !== main && goes(file))] : [main];
  const stem = stemOf(main.name);
  return chosen.map((file) => ({ ...file, stem, extension: endingOf(file, stem) }));
}

const stemOf = (name: string): string => name.slice(0, name.length - extname(name).length);

/** `CR2`; of a sidecar `IMG.CR2.xmp` the whole `CR2.xmp`, so that it still says whose it is. */
function endingOf({ name, role }: OutgoingFile, stem: string): string {
  const last = extname(name).slice(1);
  const isCompound = role === 'sidecar' && name.toLowerCase().startsWith(`${stem.toLowerCase()}.`);
  return isCompound ? name.slice(stem.length + 1) : last;
}

/** Numbers that are tried for a photo whose names are taken. */
const MOST_NUMBERS = 9999;

export type Placing = {
  folder: string;
  options: ExportOptions;
  names: Names;
  /** What is made is not byte for byte the original: only when it has been made is it known whether it is there already. */
  isAltered: boolean;
  signal?: AbortSignal | undefined;
};

/**
 * Where the files of one photo go: all with the same number, so that a RAW, its JPEG and their sidecars stay together.
 * @param counter of the photo in the export, from 1.
 */
export async function planPhoto(
  photo: OutgoingPhoto,
  counter: number,
  { folder, options, names, isAltered, signal }: Placing,
): Promise<PlannedFile[]> {
  const files = filesToExport(photo, options).map((file) => ({
    ...file,
    below: expandPattern(options.pattern, {
      ...photo.facts,
      name: file.stem,
      extension: file.extension,
      counter,
    }),
  }));
  for (let number = 1; number <= MOST_NUMBERS; number++) {
    signal?.throwIfAborted();
    const planned: PlannedFile[] = [];
    for (const { path, size, below, extension } of files) {
      const to = join(resolve(folder), number === 1 ? below : numbered(below, extension, number));
      if (names.has(to) || planned.some((other) => keyOf(other.to) === keyOf(to))) break;
      const isThere = !isAltered && (await isTaken(to)) && (await sameContent(path, to, signal));
      if (!isAltered && !isThere && (await isTaken(to))) break;
      planned.push({ photo: photo.id, from: path, to, size, isThere, renamed: number > 1 });
    }
    if (planned.length < files.length) continue;
    for (const { to } of planned) names.add(to);
    return planned;
  }
  return [];
}
