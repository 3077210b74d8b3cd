/** Which sidecars of a folder belong to a photo, and under which name a new one goes. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pairFiles } from '../../files/companions.ts';
import { extensionOf, RASTER_EXTENSIONS, RAW_EXTENSIONS } from '../../formats/identify.ts';
import { extensionOfSidecar } from '../../formats/sidecar.ts';

export type SidecarNames = {
  /** Where everything is said; it need not be there yet. */
  target: string;
  /** What a new target says it belongs to: `NEF`. Null where its name says it. */
  sidecarFor: string | null;
  /** Others that belong to the photo: they must not contradict. In the order in which they are read. */
  others: string[];
};

type Entry = { relativePath: string; role: 'picture' | 'sidecar' };

/** The names of one folder as they are now. */
export class FolderNames {
  readonly #path: string;
  readonly #names: readonly string[];
  #paired: ReturnType<typeof pairFiles<Entry>> | null = null;

  /** @throws the system's error when the folder cannot be read. */
  constructor(path: string) {
    this.#path = path;
    this.#names = readdirSync(path);
  }

  /** @param name of the file that stands for the photo. @returns null when it is no longer there. */
  sidecarsOf(name: string): SidecarNames | null {
    const photo = this.#pairing().photos.find(({ pictures }) => pictures.some((file) => file.relativePath === name));
    if (photo === undefined) return null;
    const stem = stemOf(name);
    const extensions = photo.pictures.map((file) => extensionOf(file.relativePath));
    const hasSiblings = this.#pairing().photos.some(
      (other) => other !== photo && stemOf(other.primary.relativePath).toLowerCase() === stem.toLowerCase(),
    );
    const isStemForm = (sidecar: string) => stemOf(sidecar).toLowerCase() === stem.toLowerCase();
    const isOwn = (sidecar: string) => {
      if (!hasSiblings || !isStemForm(sidecar)) return true;
      return extensions.includes(extensionOfSidecar(join(this.#path, sidecar)) ?? '');
    };
    const own = photo.sidecars.map((file) => file.relativePath).filter((file) => isXmp(file) && isOwn(file));
    const isMain = (sidecar: string) =>
      isStemForm(sidecar) || stemOf(sidecar).toLowerCase() === name.toLowerCase() || photo.pictures.length === 1;
    const known = own.find(isStemForm) ?? own.find(isMain);
    if (known !== undefined) return { target: known, sidecarFor: null, others: own.filter((file) => file !== known) };
    // `IMG.xmp` is another photo's, or nobody can say whose: then its own full name tells.
    const isTaken = hasSiblings || this.#names.some((file) => isXmp(file) && isStemForm(file));
    const isRaw = RAW_EXTENSIONS.has(extensionOf(name));
    return {
      target: `${isTaken ? name : stem}.xmp`,
      sidecarFor: !isTaken && isRaw ? extensionOf(name).toUpperCase() : null,
      others: own,
    };
  }

  #pairing(): ReturnType<typeof pairFiles<Entry>> {
    this.#paired ??= pairFiles(
      this.#names.flatMap((relativePath): Entry[] => {
        const extension = extensionOf(relativePath);
        if (extension === 'xmp') return [{ relativePath, role: 'sidecar' }];
        const isPicture = RASTER_EXTENSIONS.has(extension) || RAW_EXTENSIONS.has(extension);
        return isPicture ? [{ relativePath, role: 'picture' }] : [];
      }),
      undefined,
      ({ relativePath }) => extensionOfSidecar(join(this.#path, relativePath)),
    );
    return this.#paired;
  }
}

const isXmp = (name: string): boolean => extensionOf(name) === 'xmp';

/** `IMG` of `IMG.NEF`, `IMG.NEF` of `IMG.NEF.xmp`. */
function stemOf(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(0, dot) : name;
}
