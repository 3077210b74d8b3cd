/** Files of a folder → photos: RAW, JPEG and sidecars of one name are one photo. Pure. */

export type PairableFile = { relativePath: string; role: 'picture' | 'sidecar' };

/** One photo and the files that make it, as relative paths. */
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

/**
 * Groups files of any number of folders into photos; every file comes out exactly once, whatever the order they came in.
 * @param isReallyRaw whether a picture file is RAW by content when that is known already (a .nef that holds a JPEG is
 *   not); undefined means unknown, then the extension speaks.
 */
export function pairFiles<File extends PairableFile>(
  _files: readonly File[],
  _isReallyRaw: (file: File) => boolean | undefined = () => undefined,
): Pairing<File> {
  throw new Error('pairFiles is not written yet');
}
