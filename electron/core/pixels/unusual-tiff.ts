/**
 * Pixels of TIFF files that the decoder does not show as they are meant: Lab of eight bits, and RGB in floating point,
 * which may be linear light or encoded as for a screen. Source: TIFF 6.0 section 23, TIFF Technical Note 4 (ICCLab), IEC 61966-2-1.
 */
import { linearMatrix } from '../formats/icc.ts';

/** XYZ (D50) → linear sRGB, Bradford-adapted. Source: brucelindbloom.com. */
const D50_TO_SRGB = [
  [3.1338561, -1.6168667, -0.4906146],
  [-0.9787684, 1.9161415, 0.033454],
  [0.0719453, -0.2289914, 1.4052427],
] as const;
const D50 = [0.9642, 1, 0.8249] as const;

const ENCODED_STEPS = 4096;
/** Linear light 0–1 → 0–255. */
const encoded = Uint8Array.from({ length: ENCODED_STEPS + 1 }, (_, index) => {
  const linear = index / ENCODED_STEPS;
  return Math.round(255 * (linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055));
});

function encode(linear: number): number {
  return linear >= 1 ? 255 : linear > 0 ? encoded[Math.round(linear * ENCODED_STEPS)]! : 0;
}

/** CIELab keeps a* and b* as signed bytes, ICCLab as bytes around 128: the former → the latter, so that neighbours can be averaged. */
export function signedToOffset(lab: Buffer): void {
  for (let at = 0; at < lab.length; at += 3) {
    lab[at + 1]! ^= 0x80;
    lab[at + 2]! ^= 0x80;
  }
}

/** ICCLab of eight bits (L* 0–255, a* and b* around 128; white D50) → sRGB, in place. */
export function labToSrgb(lab: Buffer): void {
  const cube = (value: number) => (value > 6 / 29 ? value ** 3 : 3 * (6 / 29) ** 2 * (value - 4 / 29));
  for (let at = 0; at < lab.length; at += 3) {
    const lightness = ((lab[at]! * 100) / 255 + 16) / 116;
    writeXyz(
      lab,
      at,
      D50[0] * cube(lightness + (lab[at + 1]! - 128) / 500),
      cube(lightness),
      D50[2] * cube(lightness - (lab[at + 2]! - 128) / 200),
    );
  }
}

function writeXyz(rgb: Buffer, at: number, x: number, y: number, z: number): void {
  for (const [channel, row] of D50_TO_SRGB.entries()) rgb[at + channel] = encode(row[0] * x + row[1] * y + row[2] * z);
}

/**
 * Floats that stand for linear light say so by their profile; without one they do where some are brighter than white, or
 * where half of the picture is darker than a linear photo's bright mid-tone: a photo's median lies near 0.15 in linear light
 * and near 0.45 when encoded.
 */
const LINEAR_MEDIAN = 0.28;
const BRIGHTER_THAN_WHITE = 1.02;
const BRIGHTER_SHARE = 0.001;

/**
 * @param channels samples a pixel; the first three count.
 * @returns upright-order bytes; `needsProfile` when they are still in the profile's colors.
 */
export function floatsToEight(
  samples: Float32Array,
  channels: number,
  icc: Buffer | null,
): { rgb: Buffer; needsProfile: boolean } {
  const pixels = Math.floor(samples.length / channels);
  const rgb = Buffer.alloc(pixels * 3);
  const matrix = icc === null ? null : linearMatrix(icc);
  if (matrix !== null) {
    for (let pixel = 0, at = 0; pixel < pixels; pixel++, at += 3) {
      const [red, green, blue] = [0, 1, 2].map((channel) => finite(samples[pixel * channels + channel]!));
      const [x, y, z] = matrix.map((row) => row[0]! * red! + row[1]! * green! + row[2]! * blue!);
      writeXyz(rgb, at, x!, y!, z!);
    }
    return { rgb, needsProfile: false };
  }
  const isLinear = icc === null && looksLinear(samples, channels);
  for (let pixel = 0, at = 0; pixel < pixels; pixel++)
    for (let channel = 0; channel < 3; channel++, at++) {
      const value = finite(samples[pixel * channels + channel]!);
      rgb[at] = isLinear ? encode(value) : Math.max(0, Math.min(255, Math.round(value * 255)));
    }
  return { rgb, needsProfile: icc !== null };
}

function looksLinear(samples: Float32Array, channels: number): boolean {
  const pixels = Math.floor(samples.length / channels);
  const step = Math.max(1, Math.floor(pixels / 65_536));
  const greens: number[] = [];
  let brighter = 0;
  for (let pixel = 0; pixel < pixels; pixel += step) {
    const green = finite(samples[pixel * channels + 1]!);
    greens.push(green);
    if (green > BRIGHTER_THAN_WHITE) brighter++;
  }
  greens.sort((a, b) => a - b);
  return brighter > greens.length * BRIGHTER_SHARE || (greens[greens.length >> 1] ?? 0) < LINEAR_MEDIAN;
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : 0;
}
