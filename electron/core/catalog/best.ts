/** The strongest photos of each month or folder. */
import { FLAGS, PHOTO_STATES } from '../../../shared/photo.ts';
import { NO_DAY, type PhotoColumns } from './columns.ts';

/** Share of a month or folder that is shown as its best, and the least and most photos of it. */
const BEST_SHARE = 0.1;
const BEST_LEAST = 1;
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

/** Month of each slot; the same day is worked out once. */
export function monthReader(columns: PhotoColumns): (slot: number) => number {
  const months = new Map<number, number>();
  return (slot) => {
    const day = columns.day[slot]!;
    if (columns.lastDay[slot]! - day >= MONTH) return monthOf(day, true);
    const known = months.get(day);
    if (known !== undefined) return known;
    const month = monthOf(day, false);
    months.set(day, month);
    return month;
  };
}

/** Ids: graded, there, not rejected, one frame of each stack, by the grade that counts. */
export function bestPhotos(columns: PhotoColumns, of: 'month' | 'folder'): number[] {
  const { smalls, references, numbers } = columns;
  const groups = new Map<number, number[]>();
  const month = monthReader(columns);
  for (let slot = 0; slot < columns.length; slot++) {
    if (smalls.alive[slot] === 0 || smalls.tier[slot] === 2) continue;
    if (smalls.flag[slot] === FLAGS.indexOf('reject') || smalls.state[slot] === PHOTO_STATES.indexOf('missing'))
      continue;
    if (references.stack[slot] !== 0 && smalls.stackTop[slot] === 0) continue;
    const key = of === 'month' ? month(slot) : references.folder[slot]!;
    const group = groups.get(key);
    if (group) group.push(slot);
    else groups.set(key, [slot]);
  }
  const best: number[] = [];
  for (const group of groups.values()) {
    group.sort((a, b) => smalls.tier[a]! - smalls.tier[b]! || numbers.grade[b]! - numbers.grade[a]! || a - b);
    const share = Math.min(BEST_MOST, Math.max(BEST_LEAST, Math.ceil(group.length * BEST_SHARE)));
    for (const slot of group.slice(0, share)) best.push(references.id[slot]!);
  }
  return best;
}
