/** Pixels → measures: what the library's worker threads call once for each photo. Synchronous, about 40 ms. */
import type { Measures } from '../../../shared/measures.ts';
import { measureCast } from './cast.ts';
import { measureColourfulness } from './colourfulness.ts';
import { measureCompression } from './compression.ts';
import { measureExposure } from './exposure.ts';
import { measureFingerprint } from './fingerprint.ts';
import { measureFocus } from './focus.ts';
import { measureMotion } from './motion.ts';
import { measureNoise } from './noise.ts';
import { measurePlainArea } from './plain.ts';
import { makePlanes } from './planes.ts';
import { measureSaliency } from './saliency.ts';
import { walkTiles } from './tiles.ts';
import { measureTilt } from './tilt.ts';

export type { Measures } from '../../../shared/measures.ts';

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

/** @throws when the buffer does not hold `width` × `height` pixels of three channels. */
export function measurePicture(picture: Picture): Measures {
  const { rgb, width, height } = picture;
  if (!(width >= 1 && height >= 1) || rgb.length !== width * height * 3) {
    throw new Error(`A picture of ${width} × ${height} pixels needs ${width * height * 3} bytes, not ${rgb.length}.`);
  }
  const planes = makePlanes(rgb, width, height);
  const tiles = walkTiles(planes);
  const { attention, ...saliency } = measureSaliency(planes);
  const noise = measureNoise(tiles);
  const scale = Math.max(planes.luma.width, planes.luma.height) / Math.max(picture.sourceWidth, picture.sourceHeight);
  const size = Math.min(1, Math.max(width, height) / MEASURE_EDGE);
  return {
    ...measureFocus(tiles, noise, attention, size),
    ...measureMotion(tiles, noise, size),
    ...measureExposure(planes),
    noise: noise * Math.max(1, 1 / scale),
    colourfulness: measureColourfulness(planes),
    ...measureCast(planes),
    ...measureTilt(planes, noise),
    ...saliency,
    ...measureCompression(tiles, scale),
    plainArea: measurePlainArea(tiles, planes),
    ...measureFingerprint(planes),
  };
}
