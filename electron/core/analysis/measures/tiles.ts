/**
 * One walk over the luminance that feeds focus, motion blur, noise, blockiness and banding: gradient tensors and
 * noise of 16 × 16 tiles at full and quarter working size, and profiles of steps along both axes.
 */
import { FOCUS_TILES } from '../../../../shared/measures.ts';
import { type Plane, type Planes, scratchFloats } from './planes.ts';

export const TILES = FOCUS_TILES * FOCUS_TILES;

export interface Tiles {
  /** Mean luminance. */
  readonly mean: Float64Array;
  /** Mean products of the central differences at full working size. */
  readonly fineXX: Float64Array;
  readonly fineYY: Float64Array;
  readonly fineXY: Float64Array;
  /** The same on the quarter-size plane, in its own pixels. */
  readonly coarseXX: Float64Array;
  readonly coarseYY: Float64Array;
  readonly coarseXY: Float64Array;
  /** The same on the eighth-size plane. */
  readonly coarsestXX: Float64Array;
  readonly coarsestYY: Float64Array;
  readonly coarsestXY: Float64Array;
  /** Noise estimate (standard deviation of luminance) by Immerkær's mask. */
  readonly noise: Float64Array;
  /** Share of pixels (0–1) without any gradient, and with one of a visible step. */
  readonly flat: Float64Array;
  readonly step: Float64Array;
  /** Mean strength of steps between column x and x + 1, and between row y and y + 1; capped so edges do not rule. */
  readonly columnSteps: Float32Array;
  readonly rowSteps: Float32Array;
}

const STEP_CAP = 24;

function bounds(length: number): Int32Array {
  const result = new Int32Array(FOCUS_TILES + 1);
  for (let index = 0; index <= FOCUS_TILES; index++) result[index] = Math.round((index * length) / FOCUS_TILES);
  return result;
}

function coarseTensors(plane: Plane): [Float64Array, Float64Array, Float64Array] {
  const xx = new Float64Array(TILES);
  const yy = new Float64Array(TILES);
  const xy = new Float64Array(TILES);
  const { width, height, data } = plane;
  const columns = bounds(width);
  const rows = bounds(height);
  for (let tileRow = 0; tileRow < FOCUS_TILES; tileRow++) {
    for (let tileColumn = 0; tileColumn < FOCUS_TILES; tileColumn++) {
      let sumXX = 0;
      let sumYY = 0;
      let sumXY = 0;
      let count = 0;
      const left = Math.max(1, columns[tileColumn]!);
      const right = Math.min(width - 1, columns[tileColumn + 1]!);
      const bottom = Math.min(height - 1, rows[tileRow + 1]!);
      for (let y = Math.max(1, rows[tileRow]!); y < bottom; y++) {
        let at = y * width + left;
        for (let x = left; x < right; x++, at++) {
          const gx = 0.5 * (data[at + 1]! - data[at - 1]!);
          const gy = 0.5 * (data[at + width]! - data[at - width]!);
          sumXX += gx * gx;
          sumYY += gy * gy;
          sumXY += gx * gy;
        }
        count += Math.max(0, right - left);
      }
      const tile = tileRow * FOCUS_TILES + tileColumn;
      const scale = 1 / Math.max(1, count);
      xx[tile] = sumXX * scale;
      yy[tile] = sumYY * scale;
      xy[tile] = sumXY * scale;
    }
  }
  return [xx, yy, xy];
}

/** What walkTile leaves in `sums`. */
const Sum = { grey: 0, xx: 1, yy: 2, xy: 3, noise: 4, flat: 5, step: 6 } as const;
const sums = new Float64Array(7);

/**
 * One tile; on its own because a function that is called often is compiled as a whole, while the loops of one that is
 * called once a photo run half compiled.
 */
function walkTile(
  data: Float32Array,
  width: number,
  left: number,
  right: number,
  top: number,
  bottom: number,
  columnSteps: Float32Array,
  rowSteps: Float32Array,
): void {
  let sum = 0;
  let sumXX = 0;
  let sumYY = 0;
  let sumXY = 0;
  let sumNoise = 0;
  let flatCount = 0;
  let stepCount = 0;
  for (let y = top; y < bottom; y++) {
    // The neighbourhood slides along the row: each pixel is read once a row, which halves the time of the walk.
    let at = y * width + left;
    let northWest = 0;
    let north = data[at - width - 1]!;
    let northEast = data[at - width]!;
    let west = 0;
    let here = data[at - 1]!;
    let east = data[at]!;
    let farEast = data[at + 1]!;
    let southWest = 0;
    let south = data[at + width - 1]!;
    let southEast = data[at + width]!;
    let rowStep = 0;
    for (let x = left; x < right; x++, at++) {
      northWest = north;
      north = northEast;
      northEast = data[at - width + 1]!;
      west = here;
      here = east;
      east = farEast;
      farEast = data[at + 2]!;
      southWest = south;
      south = southEast;
      southEast = data[at + width + 1]!;
      const gx = 0.5 * (east - west);
      const gy = 0.5 * (south - north);
      const xx = gx * gx;
      const yy = gy * gy;
      sum += here;
      sumXX += xx;
      sumYY += yy;
      sumXY += gx * gy;
      const energy = xx + yy;
      if (energy < 0.2) flatCount++;
      else if (energy > 2 && energy < 150) stepCount++;
      const mask = 4 * here - 2 * (north + south + west + east) + northWest + northEast + southWest + southEast;
      sumNoise += mask < 0 ? -mask : mask;
      // Third difference: zero on slopes and curves, large on a single step.
      const across = west - 3 * here + 3 * east - farEast;
      const down = north - 3 * here + 3 * south - data[at + 2 * width]!;
      const stepAcross = across < 0 ? -across : across;
      const stepDown = down < 0 ? -down : down;
      columnSteps[x]! += stepAcross < STEP_CAP ? stepAcross : STEP_CAP;
      rowStep += stepDown < STEP_CAP ? stepDown : STEP_CAP;
    }
    rowSteps[y]! += rowStep;
  }
  sums[Sum.grey] = sum;
  sums[Sum.xx] = sumXX;
  sums[Sum.yy] = sumYY;
  sums[Sum.xy] = sumXY;
  sums[Sum.noise] = sumNoise;
  sums[Sum.flat] = flatCount;
  sums[Sum.step] = stepCount;
}

export function walkTiles(planes: Planes): Tiles {
  const { width, height, data } = planes.luma;
  const mean = new Float64Array(TILES);
  const fineXX = new Float64Array(TILES);
  const fineYY = new Float64Array(TILES);
  const fineXY = new Float64Array(TILES);
  const noise = new Float64Array(TILES);
  const flat = new Float64Array(TILES);
  const step = new Float64Array(TILES);
  const columnSteps = scratchFloats('columnSteps', width).fill(0);
  const rowSteps = scratchFloats('rowSteps', height).fill(0);
  const columns = bounds(width);
  const rows = bounds(height);
  for (let tileRow = 0; tileRow < FOCUS_TILES; tileRow++) {
    // Two pixels from the border: the step profiles look from one before to two after.
    const top = Math.max(1, rows[tileRow]!);
    const bottom = Math.min(height - 2, rows[tileRow + 1]!);
    for (let tileColumn = 0; tileColumn < FOCUS_TILES; tileColumn++) {
      const left = Math.max(1, columns[tileColumn]!);
      const right = Math.min(width - 2, columns[tileColumn + 1]!);
      walkTile(data, width, left, right, top, bottom, columnSteps, rowSteps);
      const tile = tileRow * FOCUS_TILES + tileColumn;
      const scale = 1 / Math.max(1, (right - left) * (bottom - top));
      mean[tile] = sums[Sum.grey]! * scale;
      fineXX[tile] = sums[Sum.xx]! * scale;
      fineYY[tile] = sums[Sum.yy]! * scale;
      fineXY[tile] = sums[Sum.xy]! * scale;
      noise[tile] = Math.sqrt(Math.PI / 2) * (sums[Sum.noise]! * scale) * (1 / 6);
      flat[tile] = sums[Sum.flat]! * scale;
      step[tile] = sums[Sum.step]! * scale;
    }
  }
  for (let x = 0; x < width; x++) columnSteps[x]! /= height;
  for (let y = 0; y < height; y++) rowSteps[y]! /= width;
  const [coarseXX, coarseYY, coarseXY] = coarseTensors(planes.quarter);
  const [coarsestXX, coarsestYY, coarsestXY] = coarseTensors(planes.eighth);
  return {
    mean,
    fineXX,
    fineYY,
    fineXY,
    coarseXX,
    coarseYY,
    coarseXY,
    coarsestXX,
    coarsestYY,
    coarsestXY,
    noise,
    flat,
    step,
    columnSteps,
    rowSteps,
  };
}
