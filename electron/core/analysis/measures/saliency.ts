/**
 * Where the eye is drawn: spectral residual (Hou & Zhang 2007) of luminance at 64 × 64, pooled to 16 × 16 tiles and
 * weighed by closeness to the centre. Centroid, spread and distance to the crossings of the thirds in % of the sides.
 */
import { FOCUS_TILES } from '../../../../shared/measures.ts';
import type { Plane, Planes } from './planes.ts';

export interface Saliency {
  subjectX: number;
  subjectY: number;
  subjectSpread: number;
  thirds: number;
  /** 16 × 16 weights, sum 1. */
  attention: Float64Array;
}

const SIDE = 64;
const real = new Float64Array(SIDE * SIDE);
const imaginary = new Float64Array(SIDE * SIDE);
const logarithm = new Float64Array(SIDE * SIDE);
const lineReal = new Float64Array(SIDE);
const lineImaginary = new Float64Array(SIDE);
const cosines = Float64Array.from({ length: SIDE }, (_, index) => Math.cos((2 * Math.PI * index) / SIDE));
const sines = Float64Array.from({ length: SIDE }, (_, index) => Math.sin((2 * Math.PI * index) / SIDE));
const reversed = Uint8Array.from({ length: SIDE }, (_, index) => {
  let result = 0;
  for (let bit = 0; bit < 6; bit++) if (index & (1 << bit)) result |= 32 >> bit;
  return result;
});

/** Radix-2 transform of one line of 64 in place; direction −1 forward, +1 backward (unscaled). */
function transformLine(direction: 1 | -1): void {
  for (let index = 0; index < SIDE; index++) {
    const other = reversed[index]!;
    if (other > index) {
      const r = lineReal[index]!;
      lineReal[index] = lineReal[other]!;
      lineReal[other] = r;
      const i = lineImaginary[index]!;
      lineImaginary[index] = lineImaginary[other]!;
      lineImaginary[other] = i;
    }
  }
  for (let size = 2; size <= SIDE; size *= 2) {
    const stride = SIDE / size;
    for (let start = 0; start < SIDE; start += size) {
      for (let k = 0; k < size / 2; k++) {
        const c = cosines[k * stride]!;
        const s = direction * sines[k * stride]!;
        const low = start + k;
        const high = low + size / 2;
        const r = lineReal[high]! * c - lineImaginary[high]! * s;
        const i = lineReal[high]! * s + lineImaginary[high]! * c;
        lineReal[high] = lineReal[low]! - r;
        lineImaginary[high] = lineImaginary[low]! - i;
        lineReal[low]! += r;
        lineImaginary[low]! += i;
      }
    }
  }
}

function transform(direction: 1 | -1): void {
  for (const [major, minor] of [
    [SIDE, 1],
    [1, SIDE],
  ] as const) {
    for (let line = 0; line < SIDE; line++) {
      for (let k = 0; k < SIDE; k++) {
        lineReal[k] = real[line * major + k * minor]!;
        lineImaginary[k] = imaginary[line * major + k * minor]!;
      }
      transformLine(direction);
      for (let k = 0; k < SIDE; k++) {
        real[line * major + k * minor] = lineReal[k]!;
        imaginary[line * major + k * minor] = lineImaginary[k]!;
      }
    }
  }
}

/** Averages the plane into a square of `side` × `side` cells. */
export function shrunkTo(plane: Plane, side: number, into: Float64Array, rows = side): void {
  const { width, height, data } = plane;
  for (let row = 0; row < rows; row++) {
    const top = Math.floor((row * height) / rows);
    const bottom = Math.max(top + 1, Math.floor(((row + 1) * height) / rows));
    for (let column = 0; column < side; column++) {
      const left = Math.floor((column * width) / side);
      const right = Math.max(left + 1, Math.floor(((column + 1) * width) / side));
      let sum = 0;
      for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) sum += data[y * width + x]!;
      into[row * side + column] = sum / ((bottom - top) * (right - left));
    }
  }
}

export function measureSaliency(planes: Planes): Saliency {
  shrunkTo(planes.quarter, SIDE, real);
  imaginary.fill(0);
  transform(-1);
  for (let at = 0; at < SIDE * SIDE; at++) logarithm[at] = Math.log(Math.hypot(real[at]!, imaginary[at]!) + 1e-3);
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      let sum = 0;
      for (let dy = -1; dy <= 1; dy++) {
        for (let dx = -1; dx <= 1; dx++) sum += logarithm[((y + dy) & 63) * SIDE + ((x + dx) & 63)]!;
      }
      const at = y * SIDE + x;
      const amplitude = Math.hypot(real[at]!, imaginary[at]!) + 1e-9;
      const residual = Math.exp(logarithm[at]! - sum / 9) / amplitude;
      real[at]! *= residual;
      imaginary[at]! *= residual;
    }
  }
  transform(1);
  const attention = new Float64Array(FOCUS_TILES * FOCUS_TILES);
  const cell = SIDE / FOCUS_TILES;
  // The wrap-around of the transform makes the rim look salient: leave it out.
  for (let y = 2; y < SIDE - 2; y++) {
    for (let x = 2; x < SIDE - 2; x++) {
      const at = y * SIDE + x;
      const energy = real[at]! * real[at]! + imaginary[at]! * imaginary[at]!;
      attention[Math.floor(y / cell) * FOCUS_TILES + Math.floor(x / cell)]! += energy;
    }
  }
  let total = 0;
  for (let tile = 0; tile < attention.length; tile++) {
    const x = ((tile % FOCUS_TILES) + 0.5) / FOCUS_TILES - 0.5;
    const y = (Math.floor(tile / FOCUS_TILES) + 0.5) / FOCUS_TILES - 0.5;
    attention[tile]! *= Math.exp(-(x * x + y * y) / (2 * 0.3 * 0.3));
    total += attention[tile]!;
  }
  let meanX = 0;
  let meanY = 0;
  let squares = 0;
  for (let tile = 0; tile < attention.length; tile++) {
    attention[tile] = total > 0 ? attention[tile]! / total : 1 / attention.length;
    const x = ((tile % FOCUS_TILES) + 0.5) / FOCUS_TILES;
    const y = (Math.floor(tile / FOCUS_TILES) + 0.5) / FOCUS_TILES;
    meanX += attention[tile]! * x;
    meanY += attention[tile]! * y;
    squares += attention[tile]! * (x * x + y * y);
  }
  let nearest = 1;
  for (const x of [1 / 3, 2 / 3])
    for (const y of [1 / 3, 2 / 3]) nearest = Math.min(nearest, Math.hypot(meanX - x, meanY - y));
  return {
    subjectX: 100 * meanX,
    subjectY: 100 * meanY,
    subjectSpread: 100 * Math.sqrt(Math.max(0, squares - meanX * meanX - meanY * meanY) / 2),
    thirds: 100 * nearest,
    attention,
  };
}
