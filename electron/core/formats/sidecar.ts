/** XMP sidecars: what they say of a photo, put over what the photo says of itself, and what is wrong with them. */
import { closeSync, constants, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { errorCode, sentenceForFileError } from '../base/file-error.ts';
import { UnreadablePhoto } from '../base/unreadable.ts';
import { type Annotations, annotationsOfXmp, conflictOfXmp, mergeSidecar } from './annotations.ts';
import { timeOfSidecar } from './capture-time.ts';
import { datesTaken, type Metadata } from './metadata.ts';
import { readXmp } from './xmp.ts';

/** No sidecar is longer: darktable's history of a heavily edited photo stays below a megabyte. */
const MAX_BYTES = 16 * 2 ** 20;

export type Sidecar = {
  annotations: Annotations;
  /** When the photo was taken, in order of trust. */
  dates: (string | null)[];
  /** A sentence for people: not well-formed, or at odds with itself; null when it is sound. */
  problem: string | null;
};

/**
 * @param orientation EXIF orientation of its photo, for face regions.
 * @throws UnreadablePhoto when it cannot be read or is not XMP.
 */
export function readSidecar(path: string, orientation: number | null = null): Sidecar {
  const xmp = readXmp(bytesOfSidecar(path));
  if (xmp === null) throw new UnreadablePhoto('The sidecar is not readable XMP: it is damaged or something else.');
  const { properties, flaws } = xmp;
  const problem =
    flaws.length > 0
      ? `The sidecar is not well-formed (${flaws.slice(0, 3).join(', ')}): what can be read of it is used. ` +
        'Save it again with the program that wrote it.'
      : conflictOfXmp(properties);
  return {
    annotations: annotationsOfXmp(properties, orientation),
    dates: datesTaken(properties),
    problem,
  };
}

/** Where a sidecar's own word is looked for while a folder is scanned. */
const PEEKED_BYTES = 2 ** 20;

/** `nef`: which of the files of one name a sidecar says it belongs to; null when it says none. Peeks, parses nothing. */
export function extensionOfSidecar(path: string): string | null {
  let text: string;
  try {
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const head = Buffer.alloc(PEEKED_BYTES);
      text = head.toString('latin1', 0, readSync(file, head, 0, PEEKED_BYTES, 0));
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (errorCode(error) === null) throw error;
    return null;
  }
  return /:SidecarForExtension\s{0,8}(?:=\s{0,8}["']|>)\s{0,8}(\w{1,8})/.exec(text)?.[1]?.toLowerCase() ?? null;
}

function bytesOfSidecar(path: string): Buffer {
  try {
    if (statSync(path).size > MAX_BYTES) throw new UnreadablePhoto('The sidecar is far too big to be one.');
    return readFileSync(path);
  } catch (error) {
    throw error instanceof UnreadablePhoto ? error : new UnreadablePhoto(sentenceForFileError(error));
  }
}

/**
 * A photo's own word with that of its sidecars over it, the newest last; what is no XMP (.aae) is left alone.
 * @param latestMs the latest believable instant.
 * @returns a sentence about the first sidecar that is not sound beside it.
 */
export function withSidecars(
  embedded: Metadata,
  paths: readonly string[],
  latestMs: number,
): { metadata: Metadata; problem: string | null } {
  let problem: string | null = null;
  const sidecars: Sidecar[] = [];
  for (const path of paths) {
    if (!path.toLowerCase().endsWith('.xmp')) continue;
    try {
      const sidecar = readSidecar(path, embedded.orientation);
      sidecars.push(sidecar);
      if (sidecar.problem !== null) problem ??= `${basename(path)}: ${sidecar.problem}`;
    } catch (error) {
      if (!(error instanceof UnreadablePhoto)) throw error;
      problem ??= `${basename(path)}: ${error.message}`;
    }
  }
  let metadata = embedded;
  for (const { annotations, dates } of byAge(sidecars, (sidecar) => sidecar.annotations.metadataDateMs)) {
    metadata = {
      ...metadata,
      ...mergeSidecar(metadata, annotations),
      takenAt: timeOfSidecar(dates, metadata.takenAt, latestMs),
    };
  }
  return { metadata, problem };
}

/** Sidecars of one photo so that the newest word comes last and holds; those without a date first, in their order. */
export function byAge<Item>(sidecars: readonly Item[], dateOf: (sidecar: Item) => number | null): Item[] {
  return sidecars.toSorted((a, b) => (dateOf(a) ?? 0) - (dateOf(b) ?? 0));
}
