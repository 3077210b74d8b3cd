/** Pixels → measures: what the library's worker threads call once for each photo. Synchronous, about 45 ms. */
import type { Measures } from '../../../../shared/measures.ts';
import { measureColour } from './colour.ts';
import { measureColourfulness } from './colourfulness.ts';
import { measureCompression } from './compression.ts';
import { type Witnesses, weighEvidence } from './evidence.ts';
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

export type { Measures } from '../../../../shared/measures.ts';

/** Blockiness (%) below which blocks are not seen. */
const FAINT_BLOCKS = 4;

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

function looked(picture: Picture): { measures: Omit<Measures, 'evidence' | 'cast'>; witnesses: Witnesses } {
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
  const { motion, motionDirection, lostDetail, traits: movement } = measureMotion(tiles, noise, size);
  const { focusTiles, ...focus } = measureFocus(tiles, noise, attention, size);
  const exposure = measureExposure(planes);
  const compression = measureCompression(tiles, scale);
  const { colour, traits: light } = measureColour(planes);
  const others = {
    noise: noise * Math.max(1, 1 / scale),
    colourfulness: measureColourfulness(planes),
    plainArea: measurePlainArea(tiles, planes),
  };
  return {
    measures: {
      ...focus,
      focusTiles,
      motion,
      motionDirection,
      lostDetail,
      ...exposure,
      ...others,
      ...colour,
      ...measureTilt(planes, noise),
      ...saliency,
      ...compression,
      ...measureFingerprint(planes),
    },
    witnesses: {
      ...focus,
      ...movement,
      lostDetail,
      ...exposure,
      ...others,
      neutralArea: colour.neutralArea,
      banding: compression.banding,
      // Any photo that was ever a JPEG has a trace of blocks: only those that can be seen speak.
      blockiness: Math.max(0, compression.blockiness - FAINT_BLOCKS),
      ...toneTraits(planes),
      ...light,
      ...scaleTraits(planes, tiles, noise, size),
      ...grainTraits(tiles),
    },
  };
}

/** What the evidence is weighed by. @throws as measurePicture does. */
export function measureWitnesses(picture: Picture): Witnesses {
  return looked(picture).witnesses;
}

/** @throws when the buffer does not hold `width` × `height` pixels of three channels. */
export function measurePicture(picture: Picture): Measures {
  const { measures, witnesses } = looked(picture);
  const evidence = weighEvidence(witnesses);
  return { ...measures, cast: 100 / (1 + Math.exp(-evidence['colour-cast'])), evidence };
}
