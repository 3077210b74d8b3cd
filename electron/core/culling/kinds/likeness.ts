/**
 * How alike two photos are: the one definition that all kinds of moments use. Always asked of a frame and the
 * representative of a moment, never of neighbours one after the other, so that a slow pan is not chained into one.
 *
 * Two fingerprints of few different bits are alike. Otherwise the signatures decide: the local structure of luminance
 * (what is left when the mean of the surroundings is taken away, so that exposure and vignettes do not count) is
 * correlated at the shift that fits best.
 */
import { hashDistance } from '../../../../shared/facts.ts';
import type { Signature } from '../../../../shared/signature.ts';

export interface Fingerprint {
  readonly dHash: string;
  readonly pHash: string;
}

/** Bits of the two 64-bit fingerprints in which the same view may differ: no more need be asked. Source: SCIENCE, section 6. */
export const SAME_BITS = 8;
/** Bits at which fingerprints alone, where there is no signature, say that nothing is alike. */
const UNLIKE_BITS = 20;
/** Above this many bits views have nothing in common that a small shift would explain: two of chance have 64. */
const HOPELESS_BITS = 52;
/** Shift in cells of the coarse structure that a hand makes between two frames of the same view. */
const HAND = 3;

export function bitsBetween(one: Fingerprint, other: Fingerprint): number {
  return hashDistance(one.dHash, other.dHash) + hashDistance(one.pHash, other.pHash);
}

/** Local structure on two scales, ready to be correlated. */
export interface Structure {
  readonly width: number;
  readonly height: number;
  readonly fine: Float32Array;
  readonly coarseWidth: number;
  readonly coarseHeight: number;
  readonly coarse: Float32Array;
  /** Standard deviation of the structure, 0–255: below about 1 there is nothing to correlate. */
  readonly strength: number;
}

/** Cells on each side of one over which its surroundings are averaged. */
const SURROUNDINGS = 5;

export function structureOf({ width, height, luma }: Signature): Structure {
  const sums = new Float64Array((width + 1) * (height + 1));
  for (let y = 0; y < height; y++) {
    let row = 0;
    for (let x = 0; x < width; x++) {
      row += luma[y * width + x]!;
      sums[(y + 1) * (width + 1) + x + 1] = sums[y * (width + 1) + x + 1]! + row;
    }
  }
  const fine = new Float32Array(width * height);
  let energy = 0;
  for (let y = 0; y < height; y++) {
    const top = Math.max(0, y - SURROUNDINGS) * (width + 1);
    const bottom = Math.min(height, y + SURROUNDINGS + 1) * (width + 1);
    const rows = (bottom - top) / (width + 1);
    for (let x = 0; x < width; x++) {
      const left = Math.max(0, x - SURROUNDINGS);
      const right = Math.min(width, x + SURROUNDINGS + 1);
      const sum = sums[bottom + right]! - sums[bottom + left]! - sums[top + right]! + sums[top + left]!;
      const value = luma[y * width + x]! - sum / (rows * (right - left));
      fine[y * width + x] = value;
      energy += value * value;
    }
  }
  const coarseWidth = width >> 1;
  const coarseHeight = height >> 1;
  const coarse = new Float32Array(coarseWidth * coarseHeight);
  for (let y = 0; y < coarseHeight; y++) {
    for (let x = 0, at = 2 * y * width; x < coarseWidth; x++, at += 2) {
      coarse[y * coarseWidth + x] = (fine[at]! + fine[at + 1]! + fine[at + width]! + fine[at + width + 1]!) / 4;
    }
  }
  return { width, height, fine, coarseWidth, coarseHeight, coarse, strength: Math.sqrt(energy / luma.length) };
}

/** Correlation −1–1 of two planes of one size where they overlap when the other one is moved by (dx, dy) cells. */
function correlation(
  one: Float32Array,
  other: Float32Array,
  width: number,
  height: number,
  dx: number,
  dy: number,
): number {
  const left = Math.max(0, dx);
  const right = Math.min(width, width + dx);
  const bottom = Math.min(height, height + dy);
  let product = 0;
  let ones = 0;
  let others = 0;
  for (let y = Math.max(0, dy); y < bottom; y++) {
    const at = y * width;
    const from = (y - dy) * width - dx;
    for (let x = left; x < right; x++) {
      const a = one[at + x]!;
      const b = other[from + x]!;
      product += a * b;
      ones += a * a;
      others += b * b;
    }
  }
  return ones > 0 && others > 0 ? product / Math.sqrt(ones * others) : 0;
}

export interface Alignment {
  /** Correlation of the structure at the best shift, 0–1. */
  readonly likeness: number;
  /** By how much of its width and height the view of the other one lies to the right and below. */
  readonly right: number;
  readonly below: number;
}

/** With less than a fifth in common a likeness would be chance. */
const MOST_SHIFT = 0.8;

const UNLIKE: Alignment = { likeness: 0, right: 0, below: 0 };

/**
 * Where the other view lies on the first one.
 * @param across, down how far to look, in cells of the coarse structure (24 along the long edge)
 * @returns likeness 0 for pictures of other proportions or without structure
 */
export function align(one: Structure, other: Structure, across: number, down: number): Alignment {
  if (one.width !== other.width || one.height !== other.height) return UNLIKE;
  const { coarseWidth, coarseHeight, width, height } = one;
  const mostX = Math.min(across, Math.floor(coarseWidth * MOST_SHIFT));
  const mostY = Math.min(down, Math.floor(coarseHeight * MOST_SHIFT));
  let best = correlation(one.coarse, other.coarse, coarseWidth, coarseHeight, 0, 0);
  let [atX, atY] = [0, 0];
  if (best < 0.9) {
    for (let dy = -mostY; dy <= mostY; dy++) {
      for (let dx = -mostX; dx <= mostX; dx++) {
        const value = correlation(one.coarse, other.coarse, coarseWidth, coarseHeight, dx, dy);
        if (value <= best) continue;
        best = value;
        [atX, atY] = [dx, dy];
      }
    }
  }
  let [fineX, fineY] = [2 * atX, 2 * atY];
  let finest = Number.NEGATIVE_INFINITY;
  for (let dy = 2 * atY - 1; dy <= 2 * atY + 1; dy++) {
    for (let dx = 2 * atX - 1; dx <= 2 * atX + 1; dx++) {
      const value = correlation(one.fine, other.fine, width, height, dx, dy);
      if (value <= finest) continue;
      finest = value;
      [fineX, fineY] = [dx, dy];
    }
  }
  return { likeness: Math.max(0, finest), right: fineX / width, below: fineY / height };
}

/** @returns 0 nothing alike – 1 the same view. */
export function likenessOf(
  one: Fingerprint,
  other: Fingerprint,
  structures: () => readonly [Structure | null, Structure | null],
): number {
  const bits = bitsBetween(one, other);
  if (bits <= SAME_BITS) return 1 - bits / 128;
  if (bits > HOPELESS_BITS) return 0;
  const [first, second] = structures();
  if (first === null || second === null) return Math.max(0, 1 - bits / UNLIKE_BITS);
  return align(first, second, HAND, HAND).likeness;
}
