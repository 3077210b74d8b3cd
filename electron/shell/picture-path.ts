/** The one form in which a page names a picture: size, id and how it is turned. */
import { PICTURE_SIZES, type PictureSize } from '../../shared/addresses.ts';
import type { Quarters } from '../../shared/photo.ts';

const FORM = /^\/([a-z]{1,16})\/([1-9]\d{0,9})(?:\/([1-3]))?$/;

/** `/thumb/12`, or `/thumb/12/1` turned a quarter to the right → its parts; null for anything else. */
export function readPicturePath(path: string): { size: PictureSize; id: number; quarters: Quarters } | null {
  const parts = FORM.exec(path);
  const size = PICTURE_SIZES.find((known) => known === parts?.[1]);
  return parts && size ? { size, id: Number(parts[2]), quarters: Number(parts[3] ?? 0) as Quarters } : null;
}
