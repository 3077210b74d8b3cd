/** Where pictures are: named by photo id, never by path. `version` changes with the content, so answers never expire. */
export const PICTURE_SIZES = ['thumb', 'screen', 'full'] as const;
export type PictureSize = (typeof PICTURE_SIZES)[number];

/** Long edge in pixels of the previews; `full` is the original's own size, upright. */
export const PREVIEW_EDGES: Readonly<Record<Exclude<PictureSize, 'full'>, number>> = { thumb: 320, screen: 2048 };

/** Path and query of a picture, to be put behind `photo://library` or the loopback origin's `/photo`. */
export function pictureAddress(size: PictureSize, id: number, version: number): string {
  return `/${size}/${id}?v=${version}`;
}
