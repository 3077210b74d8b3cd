/**
 * Fingerprints for finding near-duplicates: dHash (signs of differences along rows of a 9 × 8 picture) and pHash
 * (signs of the 8 × 8 lowest cosine coefficients of a 32 × 32 picture against their median; Zauner 2010).
 * 64 bits each, as 16 hexadecimal digits; compare with `hashDistance`.
 */
import type { Planes } from './planes.ts';
import { shrunkTo } from './saliency.ts';

const SMALL = 32;
const small = new Float64Array(SMALL * SMALL);
const tiny = new Float64Array(9 * 8);
const half = new Float64Array(8 * SMALL);
const waves = Float64Array.from({ length: 8 * SMALL }, (_, at) =>
  Math.cos((Math.PI * Math.floor(at / SMALL) * (2 * (at % SMALL) + 1)) / (2 * SMALL)),
);

function hexOf(bits: readonly boolean[]): string {
  let hex = '';
  for (let at = 0; at < 64; at += 4) {
    let nibble = 0;
    for (let bit = 0; bit < 4; bit++) nibble = nibble * 2 + (bits[at + bit] ? 1 : 0);
    hex += nibble.toString(16);
  }
  return hex;
}

export function measureFingerprint(planes: Planes): { dHash: string; pHash: string } {
  shrunkTo(planes.quarter, 9, tiny, 8);
  const differences: boolean[] = [];
  for (let row = 0; row < 8; row++) {
    for (let column = 0; column < 8; column++) differences.push(tiny[row * 9 + column]! < tiny[row * 9 + column + 1]!);
  }
  shrunkTo(planes.quarter, SMALL, small);
  for (let v = 0; v < 8; v++) {
    for (let x = 0; x < SMALL; x++) {
      let sum = 0;
      for (let y = 0; y < SMALL; y++) sum += waves[v * SMALL + y]! * small[y * SMALL + x]!;
      half[v * SMALL + x] = sum;
    }
  }
  const coefficients: number[] = [];
  for (let v = 0; v < 8; v++) {
    for (let u = 0; u < 8; u++) {
      let sum = 0;
      for (let x = 0; x < SMALL; x++) sum += waves[u * SMALL + x]! * half[v * SMALL + x]!;
      coefficients.push(sum);
    }
  }
  // The first coefficient is the mean brightness: it says nothing about the picture.
  const sorted = coefficients.slice(1).sort((first, second) => first - second);
  const median = sorted[31]!;
  return { dHash: hexOf(differences), pHash: hexOf(coefficients.map((value, at) => at > 0 && value > median)) };
}
