/**
 * What several measures share, computed once: luminance at full, half and quarter working size, histograms and
 * color sums. Scratch memory is kept between calls: measuring is synchronous and each worker thread has its own.
 */

export interface Plane {
  readonly width: number;
  readonly height: number;
  /** Row by row, 0–255. */
  readonly data: Float32Array;
}

export interface Planes {
  /** The pixels measured: interleaved 8-bit sRGB. */
  readonly rgb: Uint8Array;
  /** Luminance (Rec. 601 weights on gamma-encoded values) of the pixels, then box-averaged by 2, 4 and 8. */
  readonly luma: Plane;
  readonly half: Plane;
  readonly quarter: Plane;
  readonly eighth: Plane;
  readonly histogram: Uint32Array;
  readonly red: Uint32Array;
  readonly green: Uint32Array;
  readonly blue: Uint32Array;
  /** Pure white pixels in the whole picture and in its upper third. */
  readonly whitePixels: number;
  readonly whitePixelsAbove: number;
  readonly blackPixels: number;
  /** Sums over all pixels of red − green and (red + green)/2 − blue, and of their squares. */
  readonly redGreen: number;
  readonly redGreenSquares: number;
  readonly yellowBlue: number;
  readonly yellowBlueSquares: number;
}

/** At and above this a channel counts as clipped: resizing and JPEG leave 255 a little short. */
export const CLIPPED = 252;
/** At and below this all channels together count as black. */
export const BLACK = 3;
/** Narrower pictures are enlarged by pixel repetition, so that every measure has something to stand on. */
const NARROWEST = 64;

const scratch = new Map<string, Float32Array>();

/** Scratch memory for `length` floats; its former content is undefined and it lives until the next call with `name`. */
export function scratchFloats(name: string, length: number): Float32Array {
  let memory = scratch.get(name);
  if (memory === undefined || memory.length < length) {
    memory = new Float32Array(length);
    scratch.set(name, memory);
  }
  return memory.subarray(0, length);
}

function enlarged(rgb: Uint8Array, width: number, height: number, factor: number): Uint8Array {
  const wide = width * factor;
  const result = new Uint8Array(wide * height * factor * 3);
  for (let y = 0; y < height * factor; y++) {
    for (let x = 0; x < wide; x++) {
      const from = (Math.floor(y / factor) * width + Math.floor(x / factor)) * 3;
      const to = (y * wide + x) * 3;
      result[to] = rgb[from]!;
      result[to + 1] = rgb[from + 1]!;
      result[to + 2] = rgb[from + 2]!;
    }
  }
  return result;
}

function halved(plane: Plane, name: string): Plane {
  const width = plane.width >> 1;
  const height = plane.height >> 1;
  const data = scratchFloats(name, width * height);
  const from = plane.data;
  for (let y = 0; y < height; y++) {
    let above = 2 * y * plane.width;
    let below = above + plane.width;
    const row = y * width;
    for (let x = 0; x < width; x++, above += 2, below += 2) {
      data[row + x] = 0.25 * (from[above]! + from[above + 1]! + from[below]! + from[below + 1]!);
    }
  }
  return { width, height, data };
}

/** White and black pixels, red − green, its squares, twice yellow − blue, its squares. */
const sums = new Float64Array(6);

/** One row into `sums`; on its own because a function that is called often is compiled as a whole. */
function countRow(
  rgb: Uint8Array,
  start: number,
  luma: Float32Array,
  first: number,
  width: number,
  histogram: Uint32Array,
  red: Uint32Array,
  green: Uint32Array,
  blue: Uint32Array,
): void {
  // Whole numbers within a row, which are quicker; fractions only in the sums.
  let whitePixels = 0;
  let blackPixels = 0;
  let redGreen = 0;
  let redGreenSquares = 0;
  let yellowBlue = 0;
  let yellowBlueSquares = 0;
  for (let x = 0, at = start, pixel = first; x < width; x++, at += 3, pixel++) {
    const r = rgb[at]!;
    const g = rgb[at + 1]!;
    const b = rgb[at + 2]!;
    const value = 0.299 * r + 0.587 * g + 0.114 * b;
    luma[pixel] = value;
    histogram[(value + 0.5) | 0]!++;
    red[r]!++;
    green[g]!++;
    blue[b]!++;
    if (g >= CLIPPED && r >= CLIPPED && b >= CLIPPED) whitePixels++;
    else if (g <= BLACK && r <= BLACK && b <= BLACK) blackPixels++;
    const rg = r - g;
    const yb = r + g - 2 * b;
    redGreen += rg;
    redGreenSquares += rg * rg;
    yellowBlue += yb;
    yellowBlueSquares += yb * yb;
  }
  sums[0] = whitePixels;
  sums[1] = blackPixels;
  sums[2] = redGreen;
  sums[3] = redGreenSquares;
  sums[4] = yellowBlue;
  sums[5] = yellowBlueSquares;
}

/** @param rgb interleaved 8-bit sRGB of `width` × `height` pixels. */
export function makePlanes(rgb: Uint8Array, width: number, height: number): Planes {
  const narrowest = Math.min(width, height);
  if (narrowest < NARROWEST) {
    const factor = Math.ceil(NARROWEST / narrowest);
    return makePlanes(enlarged(rgb, width, height, factor), width * factor, height * factor);
  }
  const luma = scratchFloats('luma', width * height);
  const histogram = new Uint32Array(256);
  const red = new Uint32Array(256);
  const green = new Uint32Array(256);
  const blue = new Uint32Array(256);
  let whitePixels = 0;
  let whitePixelsAbove = 0;
  let blackPixels = 0;
  let redGreen = 0;
  let redGreenSquares = 0;
  let yellowBlue = 0;
  let yellowBlueSquares = 0;
  const third = Math.round(height / 3);
  for (let y = 0, at = 0, pixel = 0; y < height; y++, at += 3 * width, pixel += width) {
    if (y === third) whitePixelsAbove = whitePixels;
    countRow(rgb, at, luma, pixel, width, histogram, red, green, blue);
    whitePixels += sums[0]!;
    blackPixels += sums[1]!;
    redGreen += sums[2]!;
    redGreenSquares += sums[3]!;
    yellowBlue += sums[4]! / 2;
    yellowBlueSquares += sums[5]! / 4;
  }
  const full: Plane = { width, height, data: luma };
  const half = halved(full, 'half');
  const quarter = halved(half, 'quarter');
  return {
    rgb,
    luma: full,
    half,
    quarter,
    eighth: halved(quarter, 'eighth'),
    histogram,
    red,
    green,
    blue,
    whitePixels,
    whitePixelsAbove,
    blackPixels,
    redGreen,
    redGreenSquares,
    yellowBlue,
    yellowBlueSquares,
  };
}

/** Smallest value that at least `share` (0–1) of the counted values do not exceed. */
export function percentile(histogram: Uint32Array, share: number): number {
  let total = 0;
  for (const count of histogram) total += count;
  let seen = 0;
  for (let value = 0; value < histogram.length; value++) {
    seen += histogram[value]!;
    if (seen >= share * total && seen > 0) return value;
  }
  return histogram.length - 1;
}

/** Value at `share` (0–1) of a list, which is sorted in place; `empty` for an empty list. */
export function quantile(values: number[], share: number, empty: number): number {
  if (values.length === 0) return empty;
  values.sort((first, second) => first - second);
  return values[Math.min(values.length - 1, Math.floor(share * values.length))]!;
}
