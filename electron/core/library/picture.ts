/** Decodes a file of any kind into upright sRGB pixels. */

/** Upright 8-bit sRGB, three bytes a pixel, row by row. */
export type Pixels = { rgb: Buffer; width: number; height: number };

export type Picture = Pixels & {
  /** Size of the photo seen upright, full resolution (of the RAW itself, not of its preview). */
  sourceWidth: number;
  sourceHeight: number;
  /** A sentence when only a part of the picture could be decoded; null for a whole one. */
  damage: string | null;
};
