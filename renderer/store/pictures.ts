/** Addresses of photos' pictures, as the shell around the page serves them. */
import { type PictureSize, pictureAddress } from '../../shared/addresses.ts';

/** Address of a photo's picture; it changes with the content. */
export type PictureUrl = (
  size: PictureSize,
  photo: { readonly id: number; readonly version: number; readonly quarters: number },
) => string;

/** @param base what stands before every address now; in the browser shell a key of the session is part of it */
export function createPictureUrl(base: () => string): PictureUrl {
  return (size, photo) => base() + pictureAddress(size, photo.id, photo.version, photo.quarters);
}
