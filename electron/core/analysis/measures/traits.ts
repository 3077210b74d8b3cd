/** The traits of tones, scales and grain; shared/traits.ts says what they are. Those of color are in color.ts, of movement in motion.ts. */
import { FOCUS_TILES } from '../../../../shared/measures.ts';
import { COARSE_NOISE, FINE_NOISE, focusOfRatio, LEAST_STRUCTURE } from './focus.ts';
import { type Plane, type Planes, percentile, quantile } from './planes.ts';
import { TILES, type Tiles } from './tiles.ts';

function massOf(histogram: Uint32Array, from: number, end: number): number {
  let sum = 0;
  for (let value = from; value < end; value++) sum += histogram[value]!;
  return sum;
}

/** How the tones end: a wall at the top is clipping, a slope is a film-like curve. Shares in %, walls in log₂. */
export function toneTraits(planes: Planes) {
  const pixels = planes.luma.width * planes.luma.height;
  const some = 0.0005 * pixels;
  const wallOf = (histogram: Uint32Array) =>
    Math.log2((massOf(histogram, 250, 256) + some) / (massOf(histogram, 234, 250) + some));
  const channels = [planes.red, planes.green, planes.blue];
  const [leastWall, middleWall, mostWall] = channels.map(wallOf).sort((first, second) => first - second);
  const [, middleFull, mostFull] = channels
    .map((histogram) => (100 * massOf(histogram, 252, 256)) / pixels)
    .sort((first, second) => first - second);
  return {
    tone25: percentile(planes.histogram, 0.25),
    tone75: percentile(planes.histogram, 0.75),
    leastWall: leastWall!,
    middleWall: middleWall!,
    mostWall: mostWall!,
    middleFull: middleFull!,
    mostFull: mostFull!,
    partlyFull: mostFull! - (100 * planes.whitePixels) / pixels,
    blackWall: Math.log2((massOf(planes.histogram, 0, 6) + some) / (massOf(planes.histogram, 6, 22) + some)),
  };
}

/** Mean squared gradient of one tile; on its own because a function that is called often is compiled as a whole. */
function energyOf({ width, data }: Plane, left: number, right: number, top: number, bottom: number): number {
  let sum = 0;
  for (let y = top; y < bottom; y++) {
    for (let x = left, at = y * width + left; x < right; x++, at++) {
      const gx = data[at + 1]! - data[at - 1]!;
      const gy = data[at + width]! - data[at - width]!;
      sum += gx * gx + gy * gy;
    }
  }
  return (0.25 * sum) / Math.max(1, (right - left) * (bottom - top));
}

/** Gradient energy of each tile of a plane. */
function energies(plane: Plane): Float64Array {
  const { width, height } = plane;
  const at = (index: number, length: number) => Math.round((index * length) / FOCUS_TILES);
  return Float64Array.from({ length: TILES }, (_, tile) => {
    const column = tile % FOCUS_TILES;
    const row = (tile - column) / FOCUS_TILES;
    const left = Math.max(1, at(column, width));
    const top = Math.max(1, at(row, height));
    return energyOf(
      plane,
      left,
      Math.min(width - 1, at(column + 1, width)),
      top,
      Math.min(height - 1, at(row + 1, height)),
    );
  });
}

/** Where along the scales the detail ends (log₂ of energies): blur takes the finest first, a soft lens only that. */
export function scaleTraits(planes: Planes, tiles: Tiles, noise: number, size: number) {
  const half = energies(planes.half);
  const variance = noise * noise;
  const least = LEAST_STRUCTURE + 0.5 * variance;
  const finest: number[] = [];
  const medium: number[] = [];
  const focus: number[] = [];
  for (let tile = 0; tile < TILES; tile++) {
    const coarse = tiles.coarseXX[tile]! + tiles.coarseYY[tile]! - 2 * COARSE_NOISE * variance;
    if (coarse < least) continue;
    const middle = Math.max(0.01, half[tile]! - 0.25 * variance);
    const fine = Math.max(0.01, tiles.fineXX[tile]! + tiles.fineYY[tile]! - 2 * FINE_NOISE * variance);
    finest.push(Math.log2((size * fine) / middle));
    medium.push(Math.log2(middle / coarse));
    focus.push(focusOfRatio((size * fine) / coarse));
  }
  return {
    finest97: quantile(finest, 0.97, -3),
    medium97: quantile(medium, 0.97, -2),
    medium75: quantile(medium, 0.75, -2),
    medium50: quantile(medium, 0.5, -2),
    focus25: quantile(focus, 0.25, 0),
  };
}

/** Grain of tiles from the smoothest to the middle one, and how smooth the picture is at all. */
export function grainTraits(tiles: Tiles) {
  const grain: number[] = [];
  const flat: number[] = [];
  const step: number[] = [];
  for (let tile = 0; tile < TILES; tile++) {
    const mean = tiles.mean[tile]!;
    if (mean < 8 || mean > 245) continue;
    grain.push(tiles.noise[tile]!);
    flat.push(tiles.flat[tile]!);
    step.push(tiles.step[tile]!);
  }
  return {
    grain02: quantile(grain, 0.02, 0),
    grain10: quantile(grain, 0.1, 0),
    grain50: quantile(grain, 0.5, 0),
    flat50: quantile(flat, 0.5, 0),
    flat90: quantile(flat, 0.9, 0),
    step50: quantile(step, 0.5, 0),
  };
}
