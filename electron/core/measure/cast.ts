/**
 * White balance: does the whole picture lean to one colour, or is it the scene?
 * Three witnesses in log₂ ratios to green: the brightest pixels that are not clipped (white patch), the edges
 * (grey-edge, van de Weijer 2007: boundaries are on average neutral even where surfaces are not), and whether
 * anything neutral is left in the picture. A sunset, foliage or deep water colours its surfaces but leaves some
 * neutral or differently coloured things; a cast leaves none.
 */
import { type Planes, percentile } from './planes.ts';

export interface Cast {
  castRed: number;
  castBlue: number;
  cast: number;
  neutralArea: number;
}

const LOG = Float32Array.from({ length: 256 }, (_, value) => Math.log2(Math.max(1, value)));
/** Log₂ distance from grey within which a pixel counts as neutral. */
const NEUTRAL = 0.1;

export interface CastWitnesses extends Cast {
  edgeRed: number;
  edgeBlue: number;
  whiteRed: number;
  whiteBlue: number;
  meanRed: number;
  meanBlue: number;
  brightNeutral: number;
  spread: number;
}

export function castWitnesses(planes: Planes): CastWitnesses {
  const { rgb } = planes;
  const { width, height } = planes.luma;
  let edgesRed = 0;
  let edgesGreen = 0;
  let edgesBlue = 0;
  let red = 0;
  let blue = 0;
  let squares = 0;
  let counted = 0;
  let neutral = 0;
  let bright = 0;
  let brightNeutral = 0;
  const brightFloor = Math.max(60, percentile(planes.histogram, 0.9));
  for (let y = 2; y < height - 2; y += 2) {
    for (let x = 2; x < width - 2; x += 2) {
      const at = (y * width + x) * 3;
      const r = rgb[at]!;
      const g = rgb[at + 1]!;
      const b = rgb[at + 2]!;
      const most = r > g ? (r > b ? r : b) : g > b ? g : b;
      if (most > 250 || most < 25) continue;
      const lr = LOG[r]! - LOG[g]!;
      const lb = LOG[b]! - LOG[g]!;
      red += lr;
      blue += lb;
      squares += lr * lr + lb * lb;
      counted++;
      const isNeutral = Math.abs(lr) < NEUTRAL && Math.abs(lb) < NEUTRAL;
      if (isNeutral) neutral++;
      if (0.3 * r + 0.59 * g + 0.11 * b >= brightFloor) {
        bright++;
        if (isNeutral) brightNeutral++;
      }
      const right = at + 6;
      const below = at + 6 * width;
      if (rgb[right]! > 250 || rgb[below]! > 250) continue;
      edgesRed += Math.abs(rgb[right]! - r) + Math.abs(rgb[below]! - r);
      edgesGreen += Math.abs(rgb[right + 1]! - g) + Math.abs(rgb[below + 1]! - g);
      edgesBlue += Math.abs(rgb[right + 2]! - b) + Math.abs(rgb[below + 2]! - b);
    }
  }
  const many = Math.max(1, counted);
  const white = [planes.red, planes.green, planes.blue].map((histogram) => percentile(histogram, 0.995));
  const meanRed = red / many;
  const meanBlue = blue / many;
  const edgeRed = Math.log2((edgesRed + 1) / (edgesGreen + 1));
  const edgeBlue = Math.log2((edgesBlue + 1) / (edgesGreen + 1));
  return {
    castRed: edgeRed,
    castBlue: edgeBlue,
    cast: 0,
    neutralArea: (100 * neutral) / many,
    edgeRed,
    edgeBlue,
    whiteRed: LOG[white[0]!]! - LOG[white[1]!]!,
    whiteBlue: LOG[white[2]!]! - LOG[white[1]!]!,
    meanRed,
    meanBlue,
    brightNeutral: (100 * brightNeutral) / Math.max(1, bright),
    spread: Math.sqrt(Math.max(0, squares / many - meanRed * meanRed - meanBlue * meanBlue)),
  };
}

export function measureCast(planes: Planes): Cast {
  const { castRed, castBlue, cast, neutralArea } = castWitnesses(planes);
  return { castRed, castBlue, cast, neutralArea };
}
