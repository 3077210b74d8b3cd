/**
 * Focus: how much fine detail there is for the coarse structure that is there.
 * In natural pictures gradients (in pixels of each scale) have about the same energy at every scale; blur takes it
 * from the fine scale only. So the ratio of gradient energies at full and quarter working size, noise subtracted,
 * tells blur from plain surfaces and does not depend on contrast. (After Field 1987 on 1/f spectra; the pyramid
 * ratio plays the part of the Laplacian's variance of Pech-Pacheco 2000.)
 * A small picture packs its detail into fewer pixels: its ratio is divided by working edge over own edge.
 * Unit: 0 (no fine detail at all) to 100 (crisp to the pixel); below 50 a picture of normal size looks soft.
 */
import { FOCUS_TILES } from '../../../../shared/measures.ts';
import { quantile } from './planes.ts';
import { TILES, type Tiles } from './tiles.ts';

/** Variance of a central difference of unit white noise, at full size and after averaging 4 × 4. */
export const FINE_NOISE = 0.5;
export const COARSE_NOISE = 0.5 / 16;
/** Least coarse gradient energy (both axes) that shows structure at all. */
export const LEAST_STRUCTURE = 3;
/** Ratios fine/coarse that read as 0 and as 100. */
const SOFTEST = 2 ** -4.7;
const CRISPEST = 2 ** 1.6;

export interface Focus {
  focus: number;
  subjectFocus: number;
  backgroundFocus: number;
  sharpArea: number;
  detail: number;
  focusFalloff: number;
  focusTiles: string;
}

/** 0–100 of a ratio of gradient energies, logarithmic. */
export function focusOfRatio(ratio: number): number {
  const value = Math.log(Math.max(ratio, 1e-6) / SOFTEST) / Math.log(CRISPEST / SOFTEST);
  return 100 * Math.min(1, Math.max(0, value));
}

/** Focus of each tile, −1 where it has no structure to judge by. */
export function focusOfTiles(tiles: Tiles, noise: number, size: number): Float64Array {
  const result = new Float64Array(TILES);
  const variance = noise * noise;
  for (let tile = 0; tile < TILES; tile++) {
    const coarse = tiles.coarseXX[tile]! + tiles.coarseYY[tile]! - 2 * COARSE_NOISE * variance;
    const fine = tiles.fineXX[tile]! + tiles.fineYY[tile]! - 2 * FINE_NOISE * variance;
    const least = LEAST_STRUCTURE + 0.5 * variance;
    result[tile] = coarse < least ? -1 : focusOfRatio((size * Math.max(0, fine)) / coarse);
  }
  return result;
}

/** Tiles of the subject, or of the background, below which there is none to speak of. */
export const FEWEST_TILES = 3;
/** What the eye is drawn to, and what it passes over, by a tile's weight of attention. */
export const isOfSubject = (weight: number) => weight > 2 / TILES;
export const isOfBackground = (weight: number) => weight < 1 / TILES;
/** Whether a tile is in focus, in a picture whose sharpest parts have this focus. */
export const isInFocus = (value: number, focus: number) => value > Math.max(40, focus - 25);

/**
 * @param attention 16 × 16 weights of where the eye is drawn, sum 1.
 * @param size long edge of the picture over the working edge, ≤ 1.
 */
export function measureFocus(tiles: Tiles, noise: number, attention: Float64Array, size: number): Focus {
  const map = focusOfTiles(tiles, noise, size);
  const all: number[] = [];
  const border: number[] = [];
  const centre: number[] = [];
  const subject: number[] = [];
  const background: number[] = [];
  let code = '';
  for (let tile = 0; tile < TILES; tile++) {
    const value = map[tile]!;
    code += value < 0 ? '0' : (1 + Math.round((value * 34) / 100)).toString(36);
    if (value < 0) continue;
    all.push(value);
    const column = tile % FOCUS_TILES;
    const row = (tile - column) / FOCUS_TILES;
    const rim = Math.min(column, row, FOCUS_TILES - 1 - column, FOCUS_TILES - 1 - row);
    if (rim < 2) border.push(value);
    if (rim >= 5) centre.push(value);
    if (isOfSubject(attention[tile]!)) subject.push(value);
    else if (isOfBackground(attention[tile]!)) background.push(value);
  }
  // The sharpest few percent: enough for a subject in front of a blurred background.
  const focus = quantile(all, 0.97, 0);
  const inFocus = all.filter((value) => isInFocus(value, focus)).length;
  return {
    focus,
    subjectFocus: subject.length < FEWEST_TILES ? focus : quantile(subject, 0.75, focus),
    backgroundFocus: background.length < FEWEST_TILES ? focus : quantile(background, 0.9, focus),
    sharpArea: all.length === 0 ? 0 : (100 * inFocus) / all.length,
    detail: (100 * all.length) / TILES,
    focusFalloff: centre.length < 4 || border.length < 4 ? 0 : quantile(centre, 0.75, 0) - quantile(border, 0.75, 0),
    focusTiles: code,
  };
}
