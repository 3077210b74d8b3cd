/**
 * White balance: does the whole picture lean to one colour, or is it the scene?
 * The chief witness is the white patch: the brightest pixels of a picture (clouds, walls, paper, glints, lamps) are
 * neutral or clipped in nearly every photo, so red, green and blue reach the same height; under a cast one of them
 * stays short of the others by the gain that is missing. It is heard only where hardly any bright pixel is neutral.
 * Deep water, stage light or sepia go much further than a wrong white balance and count as the scene's own colour.
 * Unit: log₂ against green (EV) and 0–100. After the white-patch and grey-edge estimates (van de Weijer 2007).
 */
import { type Planes, percentile } from './planes.ts';

export interface Cast {
  castRed: number;
  castBlue: number;
  cast: number;
  neutralArea: number;
}

/** Log₂ distance from grey within which a pixel counts as neutral. */
const NEUTRAL = 0.1;
/** Shares of the brightest pixels that are left out of the white patch: a glow is tinted, the sun in it is not. */
const PATCH = 0.995;
const CORE = 0.999;
/** Imbalance between red and blue (EV) where a cast begins to show, and where it is plain: lamps and low sun make warm
 * light common, hardly anything makes the brightest parts of a scene cold. */
const WARM = { slight: 0.16, plain: 0.3, neutral: 22 } as const;
const COLD = { slight: 0.12, plain: 0.21, neutral: 36 } as const;
/** Beyond this (EV) it is coloured light. */
const COLOURED = 0.62;

const LOG = Float32Array.from({ length: 256 }, (_, value) => Math.log2(Math.max(1, value)));

function rise(low: number, high: number, value: number): number {
  return Math.min(1, Math.max(0, (value - low) / (high - low)));
}

/** The witness that is nearer to neutral. */
function weaker(first: number, second: number): number {
  return Math.abs(first) < Math.abs(second) ? first : second;
}

export function measureCast(planes: Planes): Cast {
  const { rgb } = planes;
  const { width, height } = planes.luma;
  let counted = 0;
  let neutral = 0;
  let bright = 0;
  let brightNeutral = 0;
  let tint = 0;
  let tintSquares = 0;
  let coreRed = 0;
  let coreGreen = 0;
  let coreBlue = 0;
  const coreFloor = percentile(planes.histogram, CORE);
  const brightFloor = Math.max(60, percentile(planes.histogram, 0.9));
  for (let y = 1; y < height; y += 3) {
    for (let x = 1; x < width; x += 3) {
      const at = (y * width + x) * 3;
      const r = rgb[at]!;
      const g = rgb[at + 1]!;
      const b = rgb[at + 2]!;
      const luma = 0.299 * r + 0.587 * g + 0.114 * b;
      if (luma >= coreFloor - 0.5) {
        coreRed += r;
        coreGreen += g;
        coreBlue += b;
      }
      const most = r > g ? (r > b ? r : b) : g > b ? g : b;
      if (most > 250 || most < 25) continue;
      const red = LOG[r]! - LOG[g]!;
      const blue = LOG[b]! - LOG[g]!;
      counted++;
      tint += red - blue;
      tintSquares += (red - blue) * (red - blue);
      const isNeutral = red < NEUTRAL && red > -NEUTRAL && blue < NEUTRAL && blue > -NEUTRAL;
      if (isNeutral) neutral++;
      if (luma >= brightFloor) {
        bright++;
        if (isNeutral) brightNeutral++;
      }
    }
  }
  const many = Math.max(1, counted);
  const spread = Math.sqrt(Math.max(0, tintSquares / many - (tint / many) ** 2));
  const patch = [planes.red, planes.green, planes.blue].map((histogram) => LOG[percentile(histogram, PATCH)]!);
  const castRed = weaker(patch[0]! - patch[1]!, Math.log2((coreRed + 1) / (coreGreen + 1)));
  const castBlue = weaker(patch[2]! - patch[1]!, Math.log2((coreBlue + 1) / (coreGreen + 1)));
  // Warm or cold: red and blue pulled apart, the shorter one clearly short. Green or magenta: both on one side.
  const apart = Math.abs(castRed - castBlue);
  const short = Math.max(-castRed, -castBlue);
  const together = Math.min(Math.abs(castRed), Math.abs(castBlue)) * (castRed * castBlue > 0 ? 1 : 0);
  const { slight, plain, neutral: most } = castRed > castBlue ? WARM : COLD;
  const pulled = rise(slight, plain, apart) * rise(0.08, 0.17, short);
  const tinted = rise(0.16, 0.32, together);
  const withoutNeutral = rise(most, most - 16, (100 * brightNeutral) / Math.max(1, bright));
  const scene = rise(COLOURED + 0.2, COLOURED, Math.max(Math.abs(castRed), Math.abs(castBlue)));
  // One tint all over is a toned monochrome picture.
  const colours = rise(0.05, 0.12, spread);
  return {
    castRed,
    castBlue,
    cast: 100 * Math.max(pulled, tinted) * withoutNeutral * scene * colours,
    neutralArea: (100 * neutral) / many,
  };
}
