/** The strongest photos of each month or folder. */
import { FLAGS, PHOTO_STATES } from '../../../shared/photo.ts';
import { NO_DAY, type Part, TIERS } from './column-parts.ts';
import type { PhotoColumns } from './columns.ts';

/** Share of a month or folder that is shown as its best, and the least and most photos of it. */
const BEST_SHARE = 0.1;
const BEST_LEAST = 1;
/** Photos of a month or folder from which on it has a best of its own; smaller ones are chosen from together. */
const OWN_BEST_FROM = 4;
const BEST_MOST = 24;

/** A number for each month, and for each year of which the month is not known: just below its January. */
function monthOf(day: number, isYearAlone: boolean): number {
  if (day === NO_DAY) return NO_DAY;
  const date = new Date(day * 86_400_000);
  return 2 * (date.getUTCFullYear() * 12 + date.getUTCMonth()) - (isYearAlone ? 1 : 0);
}

/** First day of a month's or year's number, and whether it is a year's. */
export function startOfMonth(number: number): { date: Date; isYearAlone: boolean } {
  const isYearAlone = number % 2 !== 0;
  const month = Math.ceil(number / 2);
  return { date: new Date(Date.UTC(Math.floor(month / 12), month % 12, 1)), isYearAlone };
}

/** Days of a month at most. */
const MONTH = 31;

/** Days from 1970 on whose month is worked out once: up to the year 2149. */
const MONTHS = 2 ** 16;

/** Month of each slot. */
export function monthReader(columns: PhotoColumns): (slot: number) => number {
  const months = new Int32Array(MONTHS).fill(NO_DAY);
  const { day: firstDays, lastDay } = columns;
  return (slot) => {
    const day = firstDays[slot]!;
    if (lastDay[slot]! - day >= MONTH) return monthOf(day, true);
    if (day < 0 || day >= MONTHS) return monthOf(day, false);
    if (months[day] === NO_DAY) months[day] = monthOf(day, false);
    return months[day]!;
  };
}

export const partsOfBest = (of: 'month' | 'folder'): Part[] => [
  'marks',
  'stack',
  'grade',
  of === 'month' ? 'date' : 'folder',
];

/** Ids, no more than a tenth or one of each: graded, there, not rejected, one frame of each stack, by the grade that counts. */
export function bestPhotos(columns: PhotoColumns, of: 'month' | 'folder'): number[] {
  columns.read(partsOfBest(of));
  const { alive, tier, flag, state, stackTop } = columns.smalls;
  const { id, folder, stack } = columns.references;
  const { standing } = columns;
  const groups = new Map<number, number[]>();
  const month = monthReader(columns);
  for (let slot = 0; slot < columns.length; slot++) {
    if (alive[slot] === 0 || tier[slot] === TIERS.none) continue;
    if (flag[slot] === FLAGS.indexOf('reject') || state[slot] === PHOTO_STATES.indexOf('missing')) continue;
    if (stack[slot] !== 0 && stackTop[slot] === 0) continue;
    const key = of === 'month' ? month(slot) : folder[slot]!;
    const group = groups.get(key);
    if (group) group.push(slot);
    else groups.set(key, [slot]);
  }
  const best: number[] = [];
  const [large, small] = [[], []] as [number[][], number[]];
  for (const group of groups.values()) {
    if (group.length >= OWN_BEST_FROM) large.push(group);
    else small.push(...group);
  }
  if (small.length > 0) large.push(small);
  for (const group of large) {
    group.sort((a, b) => tier[a]! - tier[b]! || standing[b]! - standing[a]! || a - b);
    const share = Math.min(BEST_MOST, Math.max(BEST_LEAST, Math.ceil(group.length * BEST_SHARE)));
    for (const slot of group.slice(0, share)) best.push(id[slot]!);
  }
  return best;
}
