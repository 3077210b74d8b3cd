/**
 * Motion blur: nothing in the picture is crisp along one direction, yet much is crisp across it.
 * The ratio of fine to coarse gradient energy that tells focus is taken along twelve directions in each tile
 * (dᵀ F d / dᵀ C d of the structure tensors), so a scene that is itself directional cancels out. A camera that moved
 * leaves no tile crisp along its path, and takes from the sharpest as from the softer ones. Streaked water, rays or a
 * shallow depth of field leave some tiles crisp in every direction.
 * Units: motion = focus across minus focus along, in points of focus (0–100), the least of that difference among the
 * sharpest quarter, tenth and thirtieth of the tiles; lost detail = 100 − focus of the sharpest tenth along;
 * direction in degrees counter-clockwise from horizontal.
 */
import { COARSE_NOISE, FINE_NOISE, focusOfRatio, LEAST_STRUCTURE } from './focus.ts';
import { quantile } from './planes.ts';
import { TILES, type Tiles } from './tiles.ts';

export interface Motion {
  motion: number;
  lostDetail: number;
  motionDirection: number | null;
}

const DIRECTIONS = 12;
/** Shares of the tiles that are less crisp than the ones that speak: the second tells how much is lost. */
const SPEAKERS = [0.75, 0.9, 0.97] as const;
/** Least share of a tile's coarse energy that must lie along a direction: else it has nothing to lose there. */
const LEAST_SHARE = 0.12;
/** Tiles needed to say anything about the direction of movement, and across it. */
const LEAST_ALONG = 20;
const LEAST_ACROSS = 12;

const cosines = Float64Array.from({ length: DIRECTIONS }, (_, at) => Math.cos((at * Math.PI) / DIRECTIONS));
const sines = Float64Array.from({ length: DIRECTIONS }, (_, at) => -Math.sin((at * Math.PI) / DIRECTIONS));

interface Sharpness {
  /** Focus 0–100 in this direction of the tiles that speak. */
  readonly focus: readonly [number, number, number];
  readonly tiles: number;
}

function sharpnessAlong(tiles: Tiles, noise: number, size: number, direction: number): Sharpness {
  const across = cosines[direction]! ** 2;
  const down = sines[direction]! ** 2;
  const mixed = 2 * cosines[direction]! * sines[direction]!;
  const variance = noise * noise;
  const least = LEAST_STRUCTURE + 0.5 * variance;
  const ratios: number[] = [];
  for (let tile = 0; tile < TILES; tile++) {
    const energy = tiles.coarseXX[tile]! + tiles.coarseYY[tile]!;
    const coarse =
      across * tiles.coarseXX[tile]! +
      down * tiles.coarseYY[tile]! +
      mixed * tiles.coarseXY[tile]! -
      COARSE_NOISE * variance;
    if (energy < least || coarse < least / 2 || coarse < LEAST_SHARE * energy) continue;
    const fine =
      across * tiles.fineXX[tile]! + down * tiles.fineYY[tile]! + mixed * tiles.fineXY[tile]! - FINE_NOISE * variance;
    ratios.push((size * Math.max(0, fine)) / coarse);
  }
  const [soft, sharp, sharpest] = SPEAKERS.map((share) => focusOfRatio(quantile(ratios, share, 0)));
  return { focus: [soft!, sharp!, sharpest!], tiles: ratios.length };
}

/** @param size long edge of the picture over the working edge, ≤ 1. */
export function measureMotion(tiles: Tiles, noise: number, size: number): Motion {
  const sharpness = Array.from({ length: DIRECTIONS }, (_, at) => sharpnessAlong(tiles, noise, size, at));
  let result: Motion = { motion: 0, lostDetail: 0, motionDirection: null };
  for (let at = 0; at < DIRECTIONS; at++) {
    const along = sharpness[at]!;
    const across = sharpness[(at + DIRECTIONS / 2) % DIRECTIONS]!;
    if (along.tiles < LEAST_ALONG || across.tiles < LEAST_ACROSS) continue;
    const motion = Math.min(...SPEAKERS.map((_, speaker) => across.focus[speaker]! - along.focus[speaker]!));
    if (motion <= result.motion) continue;
    result = { motion, lostDetail: 100 - along.focus[1], motionDirection: (at * 180) / DIRECTIONS };
  }
  return result;
}
