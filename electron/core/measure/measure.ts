/** Pixels → measures: what the library's worker threads call once for each photo. */
import type { Measures } from '../../../shared/measures.ts';

/** Long edge in pixels that pictures are measured at; smaller pictures are measured as they are. */
export const MEASURE_EDGE = 1024;

export interface Picture {
  /** Interleaved 8-bit sRGB, upright, long edge at most MEASURE_EDGE. */
  readonly rgb: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** Size of the whole photo, upright, before it was made smaller. */
  readonly sourceWidth: number;
  readonly sourceHeight: number;
}

export function measurePicture(picture: Picture): Measures {
  throw new Error(`Measuring ${picture.width} × ${picture.height} pixels is not written yet.`);
}
