/**
 * The color of the light, read in eight ways that err on different scenes: the bright ends of the channels (white
 * patch), things whose channels change by the same factor (grey index, Qian 2019), the commonest color, outlines (grey
 * edge, van de Weijer 2007), and the means of dark, middle and bright tones. Where the first four agree that grey is
 * not grey, the light was tinted; where they differ, the scene is. One pass over every ninth pixel.
 * Unit: log₂ against green (EV).
 */
import { type Planes, percentile, quantile } from './planes.ts';

export interface Color {
  /** Median of the four readings of the light. */
  castRed: number;
  castBlue: number;
  /** Share (%) of pixels that are grey. */
  neutralArea: number;
}

/** Log₂ distance from grey within which a pixel counts as neutral. */
export const NEUTRAL = 0.1;
/** Saturation, (most − least) / most, of a strongly colored pixel. */
const STRONG = 0.6;
/** Bins of color: EV, and bins to each side of grey. */
const STEP = 0.05;
const REACH = 32;
const SIDE = 2 * REACH;
/** Least change of green (EV across three pixels) that tells whether a thing is grey, and least weight of one that is. */
const CHANGE = 0.1;
const GREY = 5;

/** Pixels lighter or darker than these tell no color; every third one each way is looked at. */
export const COLOR_END = 250;
export const COLOR_START = 25;
export const COLOR_STEP = 3;

export const LOG = Float32Array.from({ length: 256 }, (_, value) => Math.log2(Math.max(1, value)));

type Reading = readonly [red: number, blue: number];

const limited = (value: number, most: number) => (value > most ? most : value < -most ? -most : value);

/** Number of pixels by their red and blue against green, SIDE × SIDE. */
function around(counts: Uint32Array, [red, blue]: Reading): number {
  const column = limited(Math.round(red / STEP), REACH - 2) + REACH;
  const row = limited(Math.round(blue / STEP), REACH - 2) + REACH;
  let sum = 0;
  for (let y = row - 1; y <= row + 1; y++) {
    for (let x = column - 1; x <= column + 1; x++) sum += counts[y * SIDE + x]!;
  }
  return sum;
}

function commonest(counts: Uint32Array): Reading {
  let best: Reading = [0, 0];
  let most = -1;
  for (let row = 2 - REACH; row < REACH - 1; row++) {
    for (let column = 2 - REACH; column < REACH - 1; column++) {
      if (counts[(row + REACH) * SIDE + column + REACH] === 0) continue;
      const reading: Reading = [column * STEP, row * STEP];
      const sum = around(counts, reading);
      if (sum <= most) continue;
      most = sum;
      best = reading;
    }
  }
  return best;
}

/** What has one sign in all readings, 0 where they contradict one another. */
function agreed(values: readonly number[]): number {
  const low = Math.min(...values);
  return low > 0 ? low : Math.max(0, -Math.max(...values));
}

const median = (values: readonly number[]) => quantile([...values], 0.5, 0);
const warmth = ([red, blue]: Reading) => red - blue;
const greenness = ([red, blue]: Reading) => -(red + blue) / 2;

export function measureColor(planes: Planes): { color: Color; traits: Record<string, number> } {
  const { rgb } = planes;
  const { width, height } = planes.luma;
  const counts = new Uint32Array(SIDE * SIDE);
  const warmCounts = new Uint32Array(2 * SIDE + 1);
  const greenCounts = new Uint32Array(2 * SIDE + 1);
  const bandRed = new Float64Array(3);
  const bandBlue = new Float64Array(3);
  const bandCount = new Float64Array(3);
  const edges = new Float64Array(3).fill(1);
  let counted = 0;
  let neutral = 0;
  let strong = 0;
  let tint = 0;
  let tintSquares = 0;
  let greyRed = 0;
  let greyBlue = 0;
  let greyWeight = 1e-9;
  const stride = 3 * width;
  for (let y = 1; y < height - 1; y += COLOR_STEP) {
    for (let at = (y * width + 1) * 3, end = (y * width + width - 1) * 3; at < end; at += 9) {
      const r = rgb[at]!;
      const g = rgb[at + 1]!;
      const b = rgb[at + 2]!;
      const west = at - 3;
      const east = at + 3;
      edges[0]! += Math.abs(rgb[east]! - rgb[west]!) + Math.abs(rgb[at + stride]! - rgb[at - stride]!);
      edges[1]! += Math.abs(rgb[east + 1]! - rgb[west + 1]!) + Math.abs(rgb[at + stride + 1]! - rgb[at - stride + 1]!);
      edges[2]! += Math.abs(rgb[east + 2]! - rgb[west + 2]!) + Math.abs(rgb[at + stride + 2]! - rgb[at - stride + 2]!);
      const most = r > g ? (r > b ? r : b) : g > b ? g : b;
      if (most > COLOR_END || most < COLOR_START) continue;
      const least = r < g ? (r < b ? r : b) : g < b ? g : b;
      const red = LOG[r]! - LOG[g]!;
      const blue = LOG[b]! - LOG[g]!;
      const warm = red - blue;
      counted++;
      if (least < (1 - STRONG) * most) strong++;
      if (red < NEUTRAL && red > -NEUTRAL && blue < NEUTRAL && blue > -NEUTRAL) neutral++;
      tint += warm;
      tintSquares += warm * warm;
      warmCounts[limited(Math.round(warm / STEP), SIDE) + SIDE]!++;
      greenCounts[limited(Math.round(-(red + blue) / STEP), SIDE) + SIDE]!++;
      const band = most < 85 ? 0 : most < 170 ? 1 : 2;
      bandRed[band]! += limited(red, 1);
      bandBlue[band]! += limited(blue, 1);
      bandCount[band]!++;
      const column = Math.round(red / STEP) + REACH;
      const row = Math.round(blue / STEP) + REACH;
      if (column > 0 && column < SIDE - 1 && row > 0 && row < SIDE - 1) counts[row * SIDE + column]!++;
      if (least <= 15) continue;
      const change = LOG[rgb[east + 1]!]! - LOG[rgb[west + 1]!]!;
      if (change < CHANGE && change > -CHANGE) continue;
      const redApart = (LOG[rgb[east]!]! - LOG[rgb[west]!]! - change) / change;
      const blueApart = (LOG[rgb[east + 2]!]! - LOG[rgb[west + 2]!]! - change) / change;
      const weight = 1 / (0.02 + redApart * redApart + blueApart * blueApart);
      if (weight <= GREY) continue;
      greyRed += weight * red;
      greyBlue += weight * blue;
      greyWeight += weight;
    }
  }
  const many = Math.max(1, counted);
  const whole: Reading = [
    (bandRed[0]! + bandRed[1]! + bandRed[2]!) / many,
    (bandBlue[0]! + bandBlue[1]! + bandBlue[2]!) / many,
  ];
  const bandOf = (band: number): Reading =>
    bandCount[band]! < 0.01 * many ? whole : [bandRed[band]! / bandCount[band]!, bandBlue[band]! / bandCount[band]!];
  const endOf = (share: number): Reading => {
    const [r, g, b] = [planes.red, planes.green, planes.blue].map((one) => LOG[percentile(one, share)]!);
    return [r! - g!, b! - g!];
  };
  const mode = commonest(counts);
  const readings: readonly Reading[] = [
    endOf(0.9995),
    endOf(0.98),
    [greyRed / greyWeight, greyBlue / greyWeight],
    mode,
    [Math.log2(edges[0]! / edges[1]!), Math.log2(edges[2]! / edges[1]!)],
    bandOf(0),
    bandOf(1),
    bandOf(2),
  ];
  const [ends, high, grey] = readings as readonly [Reading, Reading, Reading];
  const light = readings.slice(0, 4);
  const near = (reading: Reading) => Math.log2(around(counts, reading) / many + 0.002);
  const nearGrey = near([0, 0]);
  const warm = readings.map(warmth);
  const green = readings.map(greenness);
  const traits: Record<string, number> = {
    warmMedian: Math.abs(median(warm.slice(0, 5))),
    greenMedian: Math.abs(median(green.slice(0, 5))),
    warmAgreed: agreed(warm.slice(0, 5)),
    greenAgreed: agreed(green.slice(0, 5)),
    endsShort: Math.max(0, -ends[0], -ends[1], ...ends),
    strongColor: strong / many,
    tintSpread: Math.sqrt(Math.max(0, tintSquares / many - (tint / many) ** 2)),
    modeShare: around(counts, mode) / many,
    nearGrey,
    nearEnds: near(ends) - nearGrey,
    nearHigh: near(high) - nearGrey,
    nearGreyPixels: near(grey) - nearGrey,
  };
  for (const [at, value] of warm.entries()) traits[`warm${at}`] = value;
  for (const [at, value] of green.entries()) traits[`green${at}`] = value;
  for (const share of [10, 25, 50, 75, 90, 98]) {
    traits[`warmAt${share}`] = (percentile(warmCounts, share / 100) - SIDE) * STEP;
    traits[`greenAt${share}`] = (percentile(greenCounts, share / 100) - SIDE) * STEP;
  }
  return {
    color: {
      castRed: median(light.map(([red]) => red)),
      castBlue: median(light.map(([, blue]) => blue)),
      neutralArea: (100 * neutral) / many,
    },
    traits,
  };
}
