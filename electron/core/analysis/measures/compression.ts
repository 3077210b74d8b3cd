/**
 * JPEG damage. Blockiness: the profile of steps between neighbouring columns (and rows) is correlated with the
 * 8-pixel grid of the source, whose period at working size is 8 · working/source and rarely whole; the amplitude
 * against that of neighbouring periods, so regular subjects do not count (after Wang, Sheikh & Bovik 2002).
 * Banding: tiles that are mostly perfectly flat and yet contain steps. Unit: % of what is plainly visible, 0–100.
 */
import type { Tiles } from './tiles.ts';

/** Shortest grid period in pixels that survives the resize. */
const SHORTEST_PERIOD = 2.1;

/** Step between blocks, in grey levels, that reads as 100. */
const VISIBLE = 12;

/** Amplitude at a period (pixels) of a profile, in its own unit. */
function amplitudeAt(profile: Float32Array, period: number): number {
  let real = 0;
  let imaginary = 0;
  let weight = 0;
  const length = profile.length;
  const step = (2 * Math.PI) / period;
  for (let at = 2; at < length - 3; at++) {
    const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * (at - 2)) / (length - 6));
    real += window * profile[at]! * Math.cos(step * at);
    imaginary += window * profile[at]! * Math.sin(step * at);
    weight += window;
  }
  return (2 * Math.hypot(real, imaginary)) / Math.max(1, weight);
}

/** How far the grid stands out of its neighbourhood, in grey levels of a step. */
function gridStrength(profile: Float32Array, period: number): number {
  let strength = 0;
  for (let harmonic = 1; harmonic <= 3; harmonic++) {
    const at = period / harmonic;
    if (at < SHORTEST_PERIOD) break;
    let beside = 0;
    for (const shift of [-4, -3, 3, 4]) {
      beside = Math.max(beside, amplitudeAt(profile, 1 / (1 / at + shift / profile.length)));
    }
    strength += Math.max(0, amplitudeAt(profile, at) - beside);
  }
  return strength;
}

const showsSteps = (mean: number) => mean >= 4 && mean <= 251;

/** Mostly perfectly flat, and yet with steps. */
export const isBanded = ({ mean, flat, step }: Tiles, tile: number) =>
  showsSteps(mean[tile]!) && flat[tile]! > 0.45 && step[tile]! > 0.06;

/** @param scale working size over source size, ≤ 1. */
export function measureCompression(tiles: Tiles, scale: number): { blockiness: number; banding: number } {
  const period = 8 * scale;
  let blockiness = 0;
  if (period >= SHORTEST_PERIOD) {
    const across = gridStrength(tiles.columnSteps, period);
    const down = gridStrength(tiles.rowSteps, period);
    // Resizing averages the steps away: the more, the smaller the blocks have become. Nothing else keeps to that grid.
    blockiness = Math.sqrt(across * down) * Math.min(14, Math.max(1, 1 / scale) ** 2.7);
  }
  let banded = 0;
  let smooth = 0;
  for (let tile = 0; tile < tiles.flat.length; tile++) {
    if (!showsSteps(tiles.mean[tile]!)) continue;
    if (tiles.flat[tile]! + tiles.step[tile]! > 0.5) smooth++;
    if (isBanded(tiles, tile)) banded++;
  }
  return {
    blockiness: Math.min(100, 100 * (blockiness / VISIBLE)),
    banding: smooth < 6 ? 0 : (100 * banded) / smooth,
  };
}
