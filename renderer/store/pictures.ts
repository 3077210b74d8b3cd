/** Addresses of photos' pictures, as the shell around the page serves them. */
import { type PictureSize, pictureAddress } from '../../shared/addresses.ts';
import { PICTURE_BASES } from '../../shared/shell.ts';

/** Address of a photo's picture; it changes with the content. */
export type PictureUrl = (size: PictureSize, photo: { readonly id: number; readonly version: number }) => string;

export function createPictureUrl(shell: keyof typeof PICTURE_BASES): PictureUrl {
  return (size, photo) => PICTURE_BASES[shell] + pictureAddress(size, photo.id, photo.version);
}
