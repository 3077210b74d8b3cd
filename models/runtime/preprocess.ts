/**
 * Prepares a picture as LLaVA-1.5 was trained to see it: padded to a square with CLIP's mean color, never cropped,
 * then resized by Pillow's bicubic filter, whose support grows with the reduction. A picture that already has the
 * tower's size passes untouched.
 * Sources: LLaVA's expand2square; Pillow's Resample.c (same fixed-point arithmetic, so the bytes are Pillow's).
 */
import { ModelError, type Pixels } from '../model-api.ts';

/** CLIP's mean color in bytes. */
export const BACKGROUND: readonly [number, number, number] = [122, 116, 104];

/** Longest edge that is handed on to towers that take pictures of any shape. */
const FREE_EDGE = 1344;
const LIMIT = 100_000_000;

/** @throws ModelError `bad-input` when the bytes are no RGB picture of that size. */
export function checkPixels(pixels: Pixels): void {
  const { width, height, data } = pixels;
  const whole = (value: number) => Number.isInteger(value) && value > 0;
  if (!whole(width) || !whole(height) || width * height > LIMIT)
    throw new ModelError('bad-input', `A picture of ${width} × ${height} pixels cannot be looked at.`);
  if (data.length !== width * height * 3)
    throw new ModelError(
      'bad-input',
      `A picture of ${width} × ${height} pixels has ${width * height * 3} bytes, not ${data.length}.`,
    );
}

/** A tower that takes pictures of any shape whose sides are multiples of something. */
export interface PictureGrid {
  /** Pixels of width and height that make a token. */
  step: number;
  leastPixels: number;
  mostPixels: number;
}

/**
 * What the vision tower gets.
 * @param size its width and height; null for towers that take any shape. @param grid of towers that say how.
 */
export function prepare(pixels: Pixels, size: number | null, grid: PictureGrid | null = null): Pixels {
  checkPixels(pixels);
  if (size !== null) return resize(padToSquare(pixels), size, size);
  if (grid) return resize(pixels, ...gridSize(pixels.width, pixels.height, grid));
  const scale = FREE_EDGE / Math.max(pixels.width, pixels.height);
  if (scale >= 1) return pixels;
  const side = (length: number) => Math.max(1, Math.round(length * scale));
  return resize(pixels, side(pixels.width), side(pixels.height));
}

/**
 * Width and height on the grid that are nearest to the picture's shape, within the bounds.
 * Source: `smart_resize` of Hugging Face's image_processing_qwen2_vl.py.
 */
export function gridSize(width: number, height: number, grid: PictureGrid): [width: number, height: number] {
  const { step, leastPixels, mostPixels } = grid;
  const sides = (scale: number, round: (steps: number) => number): [number, number] => [
    Math.max(step, round((width * scale) / step) * step),
    Math.max(step, round((height * scale) / step) * step),
  ];
  const usual = sides(1, halfToEven);
  const area = usual[0] * usual[1];
  if (area > mostPixels) return sides(Math.sqrt(mostPixels / (width * height)), Math.floor);
  if (area < leastPixels) return sides(Math.sqrt(leastPixels / (width * height)), Math.ceil);
  return usual;
}

/** As Python rounds. */
function halfToEven(value: number): number {
  const below = Math.floor(value);
  if (value - below !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}

/** The picture in the middle of a square; the odd pixel of the border is on the right or at the bottom. */
export function padToSquare(pixels: Pixels): Pixels {
  const { width, height, data } = pixels;
  if (width === height) return pixels;
  const side = Math.max(width, height);
  const padded = new Uint8Array(side * side * 3);
  for (let index = 0; index < padded.length; index += 3) padded.set(BACKGROUND, index);
  const left = Math.floor((side - width) / 2);
  const top = Math.floor((side - height) / 2);
  for (let y = 0; y < height; y++)
    padded.set(data.subarray(y * width * 3, (y + 1) * width * 3), ((y + top) * side + left) * 3);
  return { width: side, height: side, data: padded };
}

/** Pillow's bicubic resize, byte for byte. */
export function resize(pixels: Pixels, width: number, height: number): Pixels {
  if (pixels.width === width && pixels.height === height) return pixels;
  let { data } = pixels;
  if (pixels.width !== width) data = resizeRows(data, pixels.width, pixels.height, width);
  if (pixels.height !== height) data = resizeColumns(data, width, pixels.height, height);
  return { width, height, data };
}

/** Weights in fixed point: 32 bits less 8 of the byte less 2 of room for overshoot. */
const PRECISION = 22;

interface Weights {
  /** First source index and number of weights, of each output. */
  first: Int32Array;
  count: Int32Array;
  /** `stride` a output. */
  values: Int32Array;
  stride: number;
}

function weightsFor(from: number, to: number): Weights {
  const scale = from / to;
  const stretch = Math.max(1, scale);
  const support = 2 * stretch;
  const stride = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(to);
  const count = new Int32Array(to);
  const values = new Int32Array(to * stride);
  const row = new Float64Array(stride);
  for (let index = 0; index < to; index++) {
    const centre = (index + 0.5) * scale;
    const start = Math.max(0, Math.trunc(centre - support + 0.5));
    const length = Math.min(from, Math.trunc(centre + support + 0.5)) - start;
    let sum = 0;
    for (let tap = 0; tap < length; tap++) {
      row[tap] = bicubic((tap + start - centre + 0.5) / stretch);
      sum += row[tap]!;
    }
    for (let tap = 0; tap < length; tap++) {
      const weight = (row[tap]! / sum) * (1 << PRECISION);
      values[index * stride + tap] = Math.trunc(weight < 0 ? weight - 0.5 : weight + 0.5);
    }
    first[index] = start;
    count[index] = length;
  }
  return { first, count, values, stride };
}

/** Keys' cubic, a = -0.5, in the order of operations of Pillow. */
function bicubic(x: number): number {
  const a = -0.5;
  const t = Math.abs(x);
  if (t < 1) return ((a + 2) * t - (a + 3)) * t * t + 1;
  if (t < 2) return (((t - 5) * t + 8) * t - 4) * a;
  return 0;
}

const HALF = 2 ** (PRECISION - 1);
const UNIT = 2 ** PRECISION;

function clip(sum: number): number {
  return Math.min(255, Math.max(0, Math.floor(sum / UNIT)));
}

function resizeRows(data: Uint8Array, width: number, height: number, to: number): Uint8Array {
  const { first, count, values, stride } = weightsFor(width, to);
  const result = new Uint8Array(to * height * 3);
  for (let y = 0; y < height; y++) {
    const line = y * width * 3;
    for (let x = 0; x < to; x++) {
      let red = HALF;
      let green = HALF;
      let blue = HALF;
      let at = line + first[x]! * 3;
      const base = x * stride;
      for (let tap = 0, taps = count[x]!; tap < taps; tap++, at += 3) {
        const weight = values[base + tap]!;
        red += weight * data[at]!;
        green += weight * data[at + 1]!;
        blue += weight * data[at + 2]!;
      }
      const out = (y * to + x) * 3;
      result[out] = clip(red);
      result[out + 1] = clip(green);
      result[out + 2] = clip(blue);
    }
  }
  return result;
}

function resizeColumns(data: Uint8Array, width: number, height: number, to: number): Uint8Array {
  const { first, count, values, stride } = weightsFor(height, to);
  const row = width * 3;
  const result = new Uint8Array(to * row);
  const sums = new Float64Array(row);
  for (let y = 0; y < to; y++) {
    sums.fill(HALF);
    for (let tap = 0, taps = count[y]!; tap < taps; tap++) {
      const weight = values[y * stride + tap]!;
      const at = (first[y]! + tap) * row;
      for (let x = 0; x < row; x++) sums[x]! += weight * data[at + x]!;
    }
    for (let x = 0; x < row; x++) result[y * row + x] = clip(sums[x]!);
  }
  return result;
}
