/**
 * Exposure: percentiles of luminance (0–255), clipped and blocked shares (%), tonal range (stops between the 1st and
 * 99th percentile of linear light) and contrast (100 · standard deviation / 255).
 */
import { CLIPPED, type Planes, percentile } from './planes.ts';

export interface Exposure {
  shadowPoint: number;
  brightness: number;
  highlightPoint: number;
  brightest: number;
  clippedHighlights: number;
  clippedSky: number;
  clippedRed: number;
  clippedGreen: number;
  clippedBlue: number;
  blockedShadows: number;
  dynamicRange: number;
  contrast: number;
}

/** Linear light 0–1 of an sRGB value 0–255 (IEC 61966-2-1). */
export function linearOf(value: number): number {
  const share = value / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}

/** A channel that ends below this did not end because it was full. */
const LOWEST_END = 150;
/** Width of a wall of equal values, as JPEG smears it. */
const WALL = 7;

/**
 * The value from which the pixels of a channel are at its end. The end is where its values stop, 255 or lower: a burnt sky
 * that was darkened or tinted afterwards is as empty as before.
 */
export function endOfChannel(histogram: Uint32Array): number {
  const end = percentile(histogram, 0.9997);
  if (end < LOWEST_END || end >= CLIPPED) return CLIPPED;
  const last = massFrom(histogram, end - WALL + 1, 256);
  const before = massFrom(histogram, end - 2 * WALL + 1, end - WALL + 1);
  // Tones that run out gently (clouds, film-like curves) are thinner at the end than before it.
  return last > 3 * before ? end - WALL + 1 : CLIPPED;
}

function massFrom(histogram: Uint32Array, from: number, end: number): number {
  let sum = 0;
  for (let value = from; value < end; value++) sum += histogram[value]!;
  return sum;
}

/** Share (%) of pixels at the upper end of a channel. */
function shareClipped(histogram: Uint32Array, pixels: number): number {
  return (100 * massFrom(histogram, endOfChannel(histogram), 256)) / pixels;
}

export function measureExposure(planes: Planes): Exposure {
  const { width, height } = planes.luma;
  const pixels = width * height;
  const shadowPoint = percentile(planes.histogram, 0.01);
  const highlightPoint = percentile(planes.histogram, 0.99);
  let sum = 0;
  let squares = 0;
  for (let value = 0; value < 256; value++) {
    sum += value * planes.histogram[value]!;
    squares += value * value * planes.histogram[value]!;
  }
  const mean = sum / pixels;
  // Half a step of 255 is the darkest that eight bits can show.
  const darkest = Math.max(linearOf(shadowPoint), linearOf(0.5));
  return {
    shadowPoint,
    brightness: percentile(planes.histogram, 0.5),
    highlightPoint,
    brightest: percentile(planes.histogram, 0.9997),
    clippedHighlights: (100 * planes.whitePixels) / pixels,
    clippedSky: (100 * planes.whitePixelsAbove) / (width * Math.round(height / 3)),
    clippedRed: shareClipped(planes.red, pixels),
    clippedGreen: shareClipped(planes.green, pixels),
    clippedBlue: shareClipped(planes.blue, pixels),
    blockedShadows: (100 * planes.blackPixels) / pixels,
    dynamicRange: Math.log2(Math.max(linearOf(highlightPoint), darkest) / darkest),
    contrast: (100 * Math.sqrt(Math.max(0, squares / pixels - mean * mean))) / 255,
  };
}
