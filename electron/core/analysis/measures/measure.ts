/** Pixels → facts: what the library's worker threads call once for each photo. Synchronous, about 45 ms. */
import type { Facts, Seen } from '../../../../shared/facts.ts';
import { TRAITS, type TraitName } from '../../../../shared/traits.ts';
import { measureColor } from './color.ts';
import { measureColorfulness } from './colorfulness.ts';
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
import { grainTraits, scaleTraits, toneTraits } from './traits.ts';

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

/** The traits in their order. @throws when one was not taken: a mistake of ours. */
function traitsOf(taken: Readonly<Record<string, number>>): Readonly<Record<TraitName, number>> {
  return Object.fromEntries(
    TRAITS.map((name) => {
      const value = taken[name];
      if (value === undefined) throw new Error(`The trait ${name} is not measured.`);
      return [name, value];
    }),
  ) as Record<TraitName, number>;
}

/** @throws when the buffer does not hold `width` × `height` pixels of three channels. */
export function measurePicture(picture: Picture): Facts {
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
  const { traits: movement, ...motion } = measureMotion(tiles, noise, size);
  const { traits: light, color } = measureColor(planes);
  const seen: Seen = {
    ...measureFocus(tiles, noise, attention, size),
    ...motion,
    ...measureExposure(planes),
    noise: noise * Math.max(1, 1 / scale),
    colorfulness: measureColorfulness(planes),
    plainArea: measurePlainArea(tiles, planes),
    ...color,
    ...measureTilt(planes, noise),
    ...saliency,
    ...measureCompression(tiles, scale),
    ...measureFingerprint(planes),
  };
  const traits = traitsOf({
    ...movement,
    ...toneTraits(planes),
    ...light,
    ...scaleTraits(planes, tiles, noise, size),
    ...grainTraits(tiles),
  });
  return { seen, traits };
}
