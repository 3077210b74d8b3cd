/** Files of a folder → photos: RAW, JPEG and sidecars of one name are one photo. Pure. */
import { extensionOf, RAW_EXTENSIONS } from '../formats/identify.ts';

export type PairableFile = { relativePath: string; role: 'picture' | 'sidecar' };

/** One photo and the files that make it. */
export type PairedPhoto<File extends PairableFile = PairableFile> = {
  /** The file whose name stands for the photo: the RAW of a pair, else the only picture. */
  primary: File;
  /** Best first for showing: the camera's JPEG before the RAW's embedded preview. Always holds `primary`. */
  pictures: File[];
  /** XMP sidecars (`IMG.xmp`, `IMG.CR2.xmp`) and .aae files. */
  sidecars: File[];
  isPair: boolean;
};

export type Pairing<File extends PairableFile = PairableFile> = {
  photos: PairedPhoto<File>[];
  /** Sidecars whose photo is missing. */
  orphans: File[];
};

/** What a camera writes beside a RAW of the same name. */
const COMPANIONS: ReadonlySet<string> = new Set(['jpg', 'jpeg', 'jpe', 'heic', 'heif', 'hif']);

/**
 * Groups files of any number of folders into photos; every file comes out exactly once, whatever the order they came in.
 * A RAW takes at most one companion of its name in the same folder; a name with two RAWs or two companions (`A.JPG`, `A.HEIC`)
 * pairs the first of each in the order of names and leaves the others as photos of their own.
 * @param isReallyRaw whether a picture file is RAW by content when that is known already (a .nef that holds a JPEG is
 *   not); undefined means unknown, then the extension speaks.
 * @param extensionOfSidecar which of several files of its name a sidecar says it belongs to, in lower case; asked only
 *   where there are several photos of that name.
 */
export function pairFiles<File extends PairableFile>(
  files: readonly File[],
  isReallyRaw: (file: File) => boolean | undefined = () => undefined,
  extensionOfSidecar: (sidecar: File) => string | null = () => null,
): Pairing<File> {
  const sorted = [...files].sort((a, b) =>
    a.relativePath < b.relativePath ? -1 : a.relativePath > b.relativePath ? 1 : 0,
  );
  const pictures = sorted.filter(({ role }) => role === 'picture');
  const isRawFile = (file: File) => isReallyRaw(file) ?? RAW_EXTENSIONS.has(extensionOf(nameOf(file)));
  const photos: PairedPhoto<File>[] = [];
  for (const sameName of groupsOf(pictures, (file) => stemKey(file.relativePath)).values()) {
    const raws = sameName.filter(isRawFile);
    const companions = sameName.filter((file) => !isRawFile(file) && COMPANIONS.has(extensionOf(nameOf(file))));
    const raw = raws[0];
    // The wrong extension (a JPEG called .nef) beside a JPEG of the same name is no pair: both are pictures of their own.
    const companion = companions[0];
    for (const file of sameName) {
      if (file === companion && raw !== undefined) continue;
      const isPair = file === raw && companion !== undefined;
      photos.push({
        primary: file,
        pictures: isPair ? [companion, file] : [file],
        sidecars: [],
        isPair,
      });
    }
  }
  const orphans = attachSidecars(
    sorted.filter(({ role }) => role === 'sidecar'),
    photos,
    extensionOfSidecar,
  );
  return { photos, orphans };
}

/** `IMG.CR2.xmp` belongs to that very file; `IMG.xmp` to the photo of that name that it names, else to a RAW first. */
function attachSidecars<File extends PairableFile>(
  sidecars: readonly File[],
  photos: PairedPhoto<File>[],
  extensionOfSidecar: (sidecar: File) => string | null,
): File[] {
  const byFile = new Map<string, PairedPhoto<File>>();
  const byStem = new Map<string, PairedPhoto<File>>();
  const shared = new Set<string>();
  for (const photo of photos) {
    for (const file of photo.pictures) {
      byFile.set(fileKey(file.relativePath), photo);
      const stem = stemKey(file.relativePath);
      const known = byStem.get(stem);
      if (known !== undefined && known !== photo) shared.add(stem);
      if (known === undefined || (isRawName(photo) && !isRawName(known))) byStem.set(stem, photo);
    }
  }
  const orphans: File[] = [];
  for (const sidecar of sidecars) {
    const stem = stemKey(sidecar.relativePath);
    const named = shared.has(stem) ? extensionOfSidecar(sidecar) : null;
    const photo = byFile.get(stem) ?? byFile.get(`${stem}.${named}`) ?? byStem.get(stem);
    if (photo === undefined) orphans.push(sidecar);
    else photo.sidecars.push(sidecar);
  }
  return orphans;
}

function isRawName<File extends PairableFile>({ primary }: PairedPhoto<File>): boolean {
  return RAW_EXTENSIONS.has(extensionOf(nameOf(primary)));
}

function groupsOf<File>(files: readonly File[], key: (file: File) => string): Map<string, File[]> {
  const groups = new Map<string, File[]>();
  for (const file of files) {
    const group = groups.get(key(file));
    if (group === undefined) groups.set(key(file), [file]);
    else group.push(file);
  }
  return groups;
}

function nameOf({ relativePath }: PairableFile): string {
  return relativePath.slice(relativePath.lastIndexOf('/') + 1);
}

/**
 * Folder as it is and name without its extension in lower case: cameras and card readers mix the case within a name. NFC and NFD
 * twins stay apart, as they do on disk.
 */
function stemKey(relativePath: string): string {
  const slash = relativePath.lastIndexOf('/') + 1;
  const dot = relativePath.lastIndexOf('.');
  const end = dot > slash ? dot : relativePath.length;
  return relativePath.slice(0, slash) + relativePath.slice(slash, end).toLowerCase();
}

/** The same with the extension: what `IMG.CR2.xmp` leads to. */
function fileKey(relativePath: string): string {
  const slash = relativePath.lastIndexOf('/') + 1;
  return relativePath.slice(0, slash) + relativePath.slice(slash).toLowerCase();
}
