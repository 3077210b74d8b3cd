/**
 * White balance: does the whole picture lean to one colour, or is it the scene?
 * Three witnesses. White patch: the brightest end of red, green and blue reaches the same height in nearly every photo
 * (clouds, walls, paper, glints, lamps); under a cast one of them stays short of the others by the gain that is missing.
 * Neutral pixels: a scene without cast nearly always has some. Grey edges: across the outlines of things red and blue
 * change alike under a cast that a person would want gone, and unlike each other in foliage, sand and sunsets, whose
 * colour is their own. Deep water, stage light or sepia go further than a wrong white balance and count as the scene's.
 * Unit: log₂ against green (EV) and 0–100. After the white-patch and grey-edge estimates (van de Weijer 2007); the
 * weights are a logistic regression over real photos and their tinted copies, photos kept apart in ten folds.
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
/** Share of the pixels that lie below the bright end of a channel. */
const END = 0.9995;
/** Evidence = these times what the witnesses say; 0 is as likely a cast as the scene's own colour. */
const EVIDENCE = { base: -1.4, apart: 6.1, short: 12.5, neutral: -11.6, edges: -5 } as const;
/** Beyond this (EV) between red and blue it is coloured light; dusk and sunsets begin there. */
const COLOURED = { from: 0.53, to: 0.65 } as const;
/** One channel this far (EV) short of green: leaves, grass or deep water, not light. */
const LACKING = { from: 0.42, to: 0.5 } as const;
/**
 * A gain of the whole picture scales its red and blue edges apart too, by as much: then even a cast as far as that is
 * light and not the scene. Log₂ of the ratio of the edges, and EV between the bright ends of red and blue.
 */
const EDGES_FOLLOW = { from: 0.28, to: 0.4 } as const;
const ENDS_FOLLOW = { from: 0.2, to: 0.35 } as const;
/** Share of strongly coloured pixels from which on the scene is made of one colour: sand, sea, lawn. */
const MONOCHROME = { from: 0.78, to: 0.9 } as const;
/** The same where the edges follow the ends: a strong cast colours nearly everything. */
const TINTED = { from: 0.9, to: 0.99 } as const;
/** Saturation, (most − least) / most, of a strongly coloured pixel. */
const STRONG = 0.6;

const LOG = Float32Array.from({ length: 256 }, (_, value) => Math.log2(Math.max(1, value)));

function rise(low: number, high: number, value: number): number {
  return Math.min(1, Math.max(0, (value - low) / (high - low)));
}

export function measureCast(planes: Planes): Cast {
  const { rgb } = planes;
  const { width, height } = planes.luma;
  let counted = 0;
  let neutral = 0;
  let tint = 0;
  let tintSquares = 0;
  let strong = 0;
  let redEdges = 1;
  let blueEdges = 1;
  for (let y = 1; y < height - 1; y += 3) {
    for (let x = 1; x < width - 1; x += 3) {
      const at = (y * width + x) * 3;
      const r = rgb[at]!;
      const g = rgb[at + 1]!;
      const b = rgb[at + 2]!;
      redEdges += Math.abs(rgb[at + 3]! - rgb[at - 3]!);
      blueEdges += Math.abs(rgb[at + 5]! - rgb[at - 1]!);
      const most = r > g ? (r > b ? r : b) : g > b ? g : b;
      if (most > 250 || most < 25) continue;
      const red = LOG[r]! - LOG[g]!;
      const blue = LOG[b]! - LOG[g]!;
      counted++;
      tint += red - blue;
      tintSquares += (red - blue) * (red - blue);
      if ((r < g ? (r < b ? r : b) : g < b ? g : b) < (1 - STRONG) * most) strong++;
      if (red < NEUTRAL && red > -NEUTRAL && blue < NEUTRAL && blue > -NEUTRAL) neutral++;
    }
  }
  const many = Math.max(1, counted);
  const [redEnd, greenEnd, blueEnd] = [planes.red, planes.green, planes.blue].map(
    (histogram) => LOG[percentile(histogram, END)]!,
  ) as [number, number, number];
  const castRed = redEnd - greenEnd;
  const castBlue = blueEnd - greenEnd;
  const apart = Math.abs(castRed - castBlue);
  const short = Math.max(-castRed, -castBlue);
  const edges = Math.abs(Math.log2(redEdges / blueEdges));
  const evidence =
    EVIDENCE.base +
    EVIDENCE.apart * apart +
    EVIDENCE.short * short +
    EVIDENCE.neutral * (neutral / many) +
    EVIDENCE.edges * edges;
  const moderate =
    rise(COLOURED.to, COLOURED.from, apart) *
    rise(LACKING.to, LACKING.from, short) *
    rise(MONOCHROME.to, MONOCHROME.from, strong / many);
  const followed = rise(EDGES_FOLLOW.from, EDGES_FOLLOW.to, edges) * rise(ENDS_FOLLOW.from, ENDS_FOLLOW.to, apart);
  const scene = Math.max(moderate, followed * rise(TINTED.to, TINTED.from, strong / many));
  // One tint all over is a toned monochrome picture.
  const spread = Math.sqrt(Math.max(0, tintSquares / many - (tint / many) ** 2));
  const colours = rise(0.05, 0.12, spread);
  return {
    castRed,
    castBlue,
    cast: 100 * rise(-1.5, 1.5, evidence) * scene * colours,
    neutralArea: (100 * neutral) / many,
  };
}
