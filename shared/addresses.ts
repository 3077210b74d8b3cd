/** Where pictures are: named by photo id, never by path. `version` changes with the content, so answers never expire. */
/**
 * `full`: the original's own size, upright; of a RAW its embedded preview. `draft` and `developed`: the RAW itself, at half
 * and at whole size; only RAW files have them.
 */
export const PICTURE_SIZES = ['thumb', 'screen', 'full', 'draft', 'developed'] as const;
export type PictureSize = (typeof PICTURE_SIZES)[number];
/** Kept in the data folder; the others are made when they are asked for. */
export type PreviewSize = Extract<PictureSize, 'thumb' | 'screen'>;

/** Long edge in pixels. */
export const PREVIEW_EDGES: Readonly<Record<PreviewSize, number>> = { thumb: 320, screen: 2048 };

/** A RAW whose preview has less than this share of the sensor's long edge is developed for the 100 % view. */
export const PREVIEW_ENOUGH = 0.8;

/**
 * Path and query of a picture turned by so many quarters to the right, to be put behind `photo://library` or the loopback
 * origin's `/photo`. The address says the turn: what it shows stays the same when a person turns the photo meanwhile.
 */
export function pictureAddress(size: PictureSize, id: number, version: number, quarters: number): string {
  return `/${size}/${id}${quarters === 0 ? '' : `/${quarters}`}?v=${version}`;
}
