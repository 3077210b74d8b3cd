/**
 * Noise: standard deviation of fine grain in the smoothest parts, in steps of 255.
 * Source: Immerkær 1996, σ = √(π/2) · Σ|I ∗ N| / (6 (W−2)(H−2)), N = 1 −2 1 / −2 4 −2 / 1 −2 1, taken in 256 tiles;
 * the smoothest tiles speak, because texture looks like noise everywhere else. Clipped tiles have lost their noise.
 * Range 0–40.
 * `measurePicture` scales it by source size over working size, since averaging k × k pixels divides grain by k: the
 * published number is that of the photo's own pixels.
 */
import { quantile } from './planes.ts';
import type { Tiles } from './tiles.ts';

/** Share of the tiles that may be smoother than the one that speaks. */
export const SMOOTHEST = 0.02;

/** Whether the grain of a tile of this mean can be seen. */
export const showsGrain = (mean: number) => mean > 10 && mean < 240;

/** Noise at working size. */
export function measureNoise(tiles: Tiles): number {
  const values: number[] = [];
  for (let tile = 0; tile < tiles.noise.length; tile++) {
    if (showsGrain(tiles.mean[tile]!)) values.push(tiles.noise[tile]!);
  }
  if (values.length < 8) values.push(...tiles.noise);
  const smoothest = quantile(values, SMOOTHEST, 0);
  const quarter = quantile(values, 0.25, 0);
  // Grain is everywhere alike; where the smoothest parts are far smoother than others, those others are texture, and
  // in a picture full of it (foliage, gravel) even the smoothest part may be.
  const uniform = Math.min(1, Math.max(0, (smoothest / Math.max(1e-6, quarter) - 0.3) / 0.3));
  return smoothest < 2 ? smoothest : 2 + (smoothest - 2) * uniform;
}
