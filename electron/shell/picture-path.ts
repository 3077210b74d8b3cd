/** The one form in which a page names a picture: size and id. */
import { PICTURE_SIZES, type PictureSize } from '../../shared/addresses.ts';

const FORM = /^\/([a-z]{1,16})\/([1-9]\d{0,9})$/;

/** `/thumb/12` → size and id; null for anything else. */
export function readPicturePath(path: string): { size: PictureSize; id: number } | null {
  const parts = FORM.exec(path);
  const size = PICTURE_SIZES.find((known) => known === parts?.[1]);
  return parts && size ? { size, id: Number(parts[2]) } : null;
}
