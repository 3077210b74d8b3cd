/**
 * One picture in the tones of another of the same scene: a RAW development is brought to the brightness and contrast
 * that its camera gave the embedded preview, so that nothing jumps when one takes the place of the other.
 */
import type { Pixels } from './decode.ts';

/** Shares of the pixels at which the tones are compared. */
const QUANTILES = [0.01, 0.03, 0.07, 0.15, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85, 0.93, 0.97, 0.99];
/** Levels that two points of the curve must be apart: between nearer ones noise would decide. */
const APART = 4;
/** More is no difference of tones but of pictures. */
const STEEPEST = 4;

/** Brings `pixels` to the tones of `wanted`, in place. @param small the same picture as `pixels`, as small as `wanted` */
export function matchTones(pixels: Buffer, small: Pixels, wanted: Pixels): void {
  const curve = curveBetween(quantilesOf(small.rgb), quantilesOf(wanted.rgb));
  for (let at = 0; at < pixels.length; at++) pixels[at] = curve[pixels[at]!]!;
}

/** Luma of BT.709 at each of QUANTILES. */
function quantilesOf(rgb: Buffer): number[] {
  const counts = new Uint32Array(256);
  for (let at = 0; at < rgb.length; at += 3)
    counts[Math.round(0.2126 * rgb[at]! + 0.7152 * rgb[at + 1]! + 0.0722 * rgb[at + 2]!)]!++;
  const total = rgb.length / 3;
  let level = 0;
  let below = counts[0]!;
  return QUANTILES.map((share) => {
    while (below < share * total && level < 255) below += counts[++level]!;
    return level;
  });
}

function curveBetween(from: readonly number[], to: readonly number[]): Uint8Array {
  const points: { x: number; y: number }[] = [{ x: 0, y: 0 }];
  for (const [index, x] of from.entries()) {
    const last = points.at(-1)!;
    if (x - last.x < APART || 255 - x < APART) continue;
    points.push({ x, y: Math.min(to[index]!, last.y + STEEPEST * (x - last.x)) });
  }
  points.push({ x: 255, y: 255 });
  const curve = new Uint8Array(256);
  for (let at = 0, next = 1; at < 256; at++) {
    if (at > points[next]!.x) next++;
    const [left, right] = [points[next - 1]!, points[next]!];
    curve[at] = Math.round(left.y + ((right.y - left.y) * (at - left.x)) / (right.x - left.x));
  }
  return curve;
}
