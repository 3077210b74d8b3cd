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
  /** What the evidence wants to know beside. */
  traits: Record<string, number>;
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

/** Gradients of a smaller plane that fine ones are compared with, and the noise that is left there. */
interface Coarse {
  readonly xx: Float64Array;
  readonly yy: Float64Array;
  readonly xy: Float64Array;
  readonly noise: number;
}

const quarterOf = (tiles: Tiles): Coarse => ({
  xx: tiles.coarseXX,
  yy: tiles.coarseYY,
  xy: tiles.coarseXY,
  noise: COARSE_NOISE,
});
const eighthOf = (tiles: Tiles): Coarse => ({
  xx: tiles.coarsestXX,
  yy: tiles.coarsestYY,
  xy: tiles.coarsestXY,
  noise: COARSE_NOISE / 4,
});

function sharpnessAlong(tiles: Tiles, coarser: Coarse, noise: number, size: number, direction: number): Sharpness {
  const across = cosines[direction]! ** 2;
  const down = sines[direction]! ** 2;
  const mixed = 2 * cosines[direction]! * sines[direction]!;
  const variance = noise * noise;
  const least = LEAST_STRUCTURE + 0.5 * variance;
  const { xx, yy, xy } = coarser;
  const ratios: number[] = [];
  for (let tile = 0; tile < TILES; tile++) {
    const energy = xx[tile]! + yy[tile]!;
    const coarse = across * xx[tile]! + down * yy[tile]! + mixed * xy[tile]! - coarser.noise * variance;
    if (energy < least || coarse < least / 2 || coarse < LEAST_SHARE * energy) continue;
    const fine =
      across * tiles.fineXX[tile]! + down * tiles.fineYY[tile]! + mixed * tiles.fineXY[tile]! - FINE_NOISE * variance;
    ratios.push((size * Math.max(0, fine)) / coarse);
  }
  const [soft, sharp, sharpest] = SPEAKERS.map((share) => focusOfRatio(quantile(ratios, share, 0)));
  return { focus: [soft!, sharp!, sharpest!], tiles: ratios.length };
}

interface Movement {
  readonly direction: number;
  /** Focus across minus focus along, for each of the tiles that speak. */
  readonly differences: readonly number[];
  /** Focus of the sharpest tenth along. */
  readonly along: number;
}

const STILL: Movement = { direction: 0, differences: [0, 0, 0], along: 0 };
const leastOf = ({ differences }: Movement) => Math.min(...differences);

function plainestMovement(tiles: Tiles, coarse: Coarse, noise: number, size: number): Movement {
  const sharpness = Array.from({ length: DIRECTIONS }, (_, at) => sharpnessAlong(tiles, coarse, noise, size, at));
  let plainest = STILL;
  for (let direction = 0; direction < DIRECTIONS; direction++) {
    const along = sharpness[direction]!;
    const across = sharpness[(direction + DIRECTIONS / 2) % DIRECTIONS]!;
    if (along.tiles < LEAST_ALONG || across.tiles < LEAST_ACROSS) continue;
    const differences = SPEAKERS.map((_, speaker) => across.focus[speaker]! - along.focus[speaker]!);
    const movement = { direction, differences, along: along.focus[1] };
    if (leastOf(movement) > Math.max(0, leastOf(plainest))) plainest = movement;
  }
  return plainest;
}

/** @param size long edge of the picture over the working edge, ≤ 1. */
export function measureMotion(tiles: Tiles, noise: number, size: number): Motion {
  const short = plainestMovement(tiles, quarterOf(tiles), noise, size);
  // A long movement takes from the quarter size as well: then only the eighth still has it all.
  const long = plainestMovement(tiles, eighthOf(tiles), noise, size);
  const plainest = leastOf(long) > leastOf(short) ? long : short;
  const motion = leastOf(plainest);
  const [motionA, motionB, motionC] = short.differences;
  const [farA, farB, farC] = long.differences;
  return {
    motion,
    lostDetail: motion > 0 ? 100 - plainest.along : 0,
    motionDirection: motion > 0 ? (plainest.direction * 180) / DIRECTIONS : null,
    traits: {
      ...{ motionA: motionA!, motionB: motionB!, motionC: motionC!, along: short.along },
      ...{ farA: farA!, farB: farB!, farC: farC!, farAlong: long.along, motionMost: motion },
    },
  };
}
