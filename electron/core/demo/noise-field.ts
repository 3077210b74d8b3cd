/** Seeded gradient noise: the raw material of terrain, clouds, wood and fruit. */

import { seededRandom } from '../../../shared/random.ts';

export interface NoiseField {
  /** Smooth noise, about −1…1, features of size 1. */
  at(x: number, y: number): number;
  /** Sum of octaves, each of half the size and `gain` of the strength; about −1…1. */
  fractal(x: number, y: number, octaves: number, gain?: number): number;
  /** Sharp crests: folded octaves, each masked by the one before; about 0…1. */
  ridged(x: number, y: number, octaves: number): number;
}

export function noiseField(seed: number): NoiseField {
  const random = seededRandom(seed);
  const order = Uint8Array.from({ length: 256 }, (_, index) => index);
  for (let index = 255; index > 0; index--) {
    const other = Math.floor(random() * (index + 1));
    const kept = order[index]!;
    order[index] = order[other]!;
    order[other] = kept;
  }
  const table = new Uint8Array(512);
  for (let index = 0; index < 512; index++) table[index] = order[index & 255]!;
  const gradientX = Float32Array.from({ length: 256 }, (_, index) => Math.cos((index * Math.PI) / 128));
  const gradientY = Float32Array.from({ length: 256 }, (_, index) => Math.sin((index * Math.PI) / 128));

  function at(x: number, y: number): number {
    const column = Math.floor(x);
    const row = Math.floor(y);
    const fx = x - column;
    const fy = y - row;
    const i = column & 255;
    const j = row & 255;
    const u = fx * fx * fx * (fx * (fx * 6 - 15) + 10);
    const v = fy * fy * fy * (fy * (fy * 6 - 15) + 10);
    const first = table[i]!;
    const second = table[i + 1]!;
    const a = table[first + j]!;
    const b = table[second + j]!;
    const c = table[first + j + 1]!;
    const d = table[second + j + 1]!;
    const na = gradientX[a]! * fx + gradientY[a]! * fy;
    const nb = gradientX[b]! * (fx - 1) + gradientY[b]! * fy;
    const nc = gradientX[c]! * fx + gradientY[c]! * (fy - 1);
    const nd = gradientX[d]! * (fx - 1) + gradientY[d]! * (fy - 1);
    const top = na + u * (nb - na);
    return 1.5 * (top + v * (nc + u * (nd - nc) - top));
  }

  function fractal(x: number, y: number, octaves: number, gain = 0.5): number {
    let sum = 0;
    let strength = 1 - gain;
    let px = x;
    let py = y;
    for (let octave = 0; octave < octaves; octave++) {
      sum += strength * at(px, py);
      strength *= gain;
      // Turned a little at each octave, so that no lattice shows.
      const turned = 1.6 * px - 1.2 * py + 17.3;
      py = 1.2 * px + 1.6 * py + 9.1;
      px = turned;
    }
    return sum;
  }

  function ridged(x: number, y: number, octaves: number): number {
    let sum = 0;
    let strength = 0.5;
    let mask = 1;
    let px = x;
    let py = y;
    for (let octave = 0; octave < octaves; octave++) {
      const crest = 1 - Math.abs(at(px, py));
      const value = crest * crest * mask;
      sum += strength * value;
      mask = Math.min(1, value * 1.6);
      strength *= 0.5;
      const turned = 1.6 * px - 1.2 * py + 31.7;
      py = 1.2 * px + 1.6 * py + 11.9;
      px = turned;
    }
    return sum;
  }

  return { at, fractal, ridged };
}

export type Color = readonly [number, number, number];

/** Between two colors: 0 the first, 1 the second. */
export function mixed(first: Color, second: Color, share: number): [number, number, number] {
  return [
    first[0] + (second[0] - first[0]) * share,
    first[1] + (second[1] - first[1]) * share,
    first[2] + (second[2] - first[2]) * share,
  ];
}

/** 0 below `low`, 1 above `high`, smooth in between. */
export function smoothstep(low: number, high: number, value: number): number {
  const share = Math.min(1, Math.max(0, (value - low) / (high - low)));
  return share * share * (3 - 2 * share);
}

/** Linear light → 8-bit sRGB with a film-like toe and shoulder (Narkowicz's fit of the ACES curve, 2015). */
const BRIGHTEST = 12;
const TONES = Uint8Array.from({ length: 4096 }, (_, index) => {
  const light = (index / 4095) ** 2 * BRIGHTEST * 0.82;
  const shown = Math.min(1, (light * (2.51 * light + 0.03)) / (light * (2.43 * light + 0.59) + 0.14));
  const encoded = shown <= 0.0031308 ? 12.92 * shown : 1.055 * shown ** (1 / 2.4) - 0.055;
  return Math.round(255 * Math.min(1, Math.max(0, encoded)));
});

/** 8-bit value of linear light, where 1 is a sunlit white surface. */
export function toneOf(light: number): number {
  return TONES[Math.min(4095, Math.round(Math.sqrt(Math.max(0, light) / BRIGHTEST) * 4095))]!;
}
