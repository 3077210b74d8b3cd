/** A view's photos in order, under headers, packed for the page. */
import { LEVELS } from '../../../shared/grade.ts';
import { PACKED_BYTES, type Query } from '../../../shared/query.ts';
import { groupDirection, sortRow } from '../../../shared/sorts.ts';
import { monthReader, startOfMonth } from './best.ts';
import { NO_DAY, type NumberColumn, type PhotoColumns, UNGRADED } from './columns.ts';
import { folderNames } from './folders.ts';
import { dayText, matchingSlots } from './matching.ts';
import { type Catalog, query } from './open.ts';
import { byClass, sortByValue } from './sort.ts';

export type Section = { key: string; label: string; start: number; count: number };
export type Order = { packed: string; total: number; sections: Section[]; milliseconds: number };

/** Tiers of grades: the chosen critic's, the measured one's, none. */
const GRADE_TIERS = 3;

/** The number that each slot is sorted by, NaN where there is none. */
type Values = ArrayLike<number>;

function dates(columns: PhotoColumns): Values {
  return columns.numbers.date;
}

/** Places that a person gave the photos of an album; the dates where nobody gave any. */
function places(catalog: Catalog, columns: PhotoColumns, view: Query): Values {
  if (view.source.kind !== 'album') return dates(columns);
  const ids = query<number>(catalog, 'SELECT photo_id FROM album_photo WHERE album_id = ? ORDER BY position, photo_id')
    .pluck()
    .all(view.source.id);
  if (ids.length === 0) return dates(columns);
  const values = new Float64Array(columns.length).fill(Number.NaN);
  for (const [place, id] of ids.entries()) {
    const slot = columns.slotOf(id);
    if (slot !== undefined) values[slot] = place;
  }
  return values;
}

function valuesOf(catalog: Catalog, columns: PhotoColumns, view: Query): Values {
  const { value } = sortRow(view.sort.key);
  switch (value.kind) {
    case 'photo':
      return columns.numbers[view.sort.key as NumberColumn];
    case 'mark':
      return columns.smalls[value.column];
    case 'text':
      return columns.textRanks(value.column);
    case 'album':
      return places(catalog, columns, view);
  }
}

/** The view's photos by its sort; see shared/sorts.ts for photos of equal value and without one. */
function sortView(catalog: Catalog, columns: PhotoColumns, view: Query, slots: Uint32Array): Uint32Array {
  const { value } = sortRow(view.sort.key);
  const sorted = sortByValue(slots, valuesOf(catalog, columns, view), view.sort.order);
  return value.kind === 'photo' && value.byTier ? byClass(sorted, columns.smalls.tier, GRADE_TIERS) : sorted;
}

/** Keeps one frame of each stack: its top if the view has it, else the first that it has. */
function collapse(columns: PhotoColumns, slots: Uint32Array): Uint32Array {
  const { smalls, references } = columns;
  const shown = new Map<number, number>();
  for (const slot of slots) {
    const stack = references.stack[slot]!;
    if (stack !== 0 && (smalls.stackTop[slot] === 1 || !shown.has(stack))) shown.set(stack, slot);
  }
  const kept = new Uint32Array(slots.length);
  let count = 0;
  for (const slot of slots) {
    const stack = references.stack[slot]!;
    if (stack === 0 || shown.get(stack) === slot) kept[count++] = slot;
  }
  return kept.subarray(0, count);
}

const DAY_LABEL = new Intl.DateTimeFormat('en-GB', {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  timeZone: 'UTC',
});
const MONTH_LABEL = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' });

const yearSection = (date: Date) => {
  const year = date.toISOString().slice(0, 4);
  return { key: year, label: year };
};
const monthSection = (date: Date) => ({ key: date.toISOString().slice(0, 7), label: MONTH_LABEL.format(date) });

/** A day, and before the first of a month or year what is only known to be of that month or year. */
function sectionOfDays(first: number, last: number): number {
  if (first === NO_DAY) return NO_DAY;
  return 3 * first + (last === first ? 2 : last - first < 31 ? 1 : 0);
}

type Grouping = { keyOf: (slot: number) => number; describe: (key: number) => { key: string; label: string } };

function groupingOf(catalog: Catalog, columns: PhotoColumns, view: Query): Grouping {
  switch (view.group) {
    case 'month': {
      return {
        keyOf: monthReader(columns),
        describe: (month) => {
          if (month === NO_DAY) return { key: 'none', label: 'No date' };
          const { date, isYearAlone } = startOfMonth(month);
          return isYearAlone ? yearSection(date) : monthSection(date);
        },
      };
    }
    case 'folder': {
      const folders = folderNames(catalog);
      const byRank = [...folders];
      return {
        keyOf: (slot) => folders.get(columns.references.folder[slot]!)?.rank ?? 0,
        describe: (rank) => ({ key: String(byRank[rank]?.[0] ?? 0), label: byRank[rank]?.[1].path ?? '' }),
      };
    }
    case 'level':
      return {
        keyOf: (slot) => columns.smalls.level[slot]!,
        describe: (index) => {
          const level = LEVELS[index];
          return level
            ? { key: level, label: level[0]!.toUpperCase() + level.slice(1) }
            : { key: 'none', label: 'Not graded' };
        },
      };
    default:
      return {
        keyOf: (slot) => sectionOfDays(columns.day[slot]!, columns.lastDay[slot]!),
        describe: (section) => {
          if (section === NO_DAY) return { key: 'none', label: 'No date' };
          const day = Math.floor(section / 3);
          const date = new Date(day * 86_400_000);
          const reach = section - 3 * day;
          if (reach === 0) return yearSection(date);
          return reach === 1 ? monthSection(date) : { key: dayText(day), label: DAY_LABEL.format(date) };
        },
      };
  }
}

/** Puts sorted slots under headers, their order kept within each. */
function groupSlots(
  catalog: Catalog,
  columns: PhotoColumns,
  view: Query,
  slots: Uint32Array,
): { slots: Uint32Array; sections: Section[] } {
  const grouping = groupingOf(catalog, columns, view);
  // Each slot's group by a number of its own; neighbours are mostly of one group.
  const numberOf = new Map<number, number>();
  const keys: number[] = [];
  const counts: number[] = [];
  const groupOf = new Uint32Array(slots.length);
  let lastKey = Number.NaN;
  let last = 0;
  for (let index = 0; index < slots.length; index++) {
    const key = grouping.keyOf(slots[index]!);
    if (key !== lastKey) {
      lastKey = key;
      const known = numberOf.get(key);
      last = known ?? keys.push(key) - 1;
      if (known === undefined) {
        numberOf.set(key, last);
        counts.push(0);
      }
    }
    groupOf[index] = last;
    counts[last]!++;
  }
  const nameless = (key: number) => key === NO_DAY || (view.group === 'level' && key === UNGRADED);
  const direction = groupDirection(view.group, view.sort) === 'asc' ? 1 : -1;
  const ordered = [...keys.keys()].sort((a, b) => {
    const [first, second] = [keys[a]!, keys[b]!];
    return Number(nameless(first)) - Number(nameless(second)) || direction * (first - second);
  });
  const sections: Section[] = [];
  const places = new Uint32Array(keys.length);
  let start = 0;
  for (const group of ordered) {
    const count = counts[group]!;
    sections.push({ ...grouping.describe(keys[group]!), start, count });
    places[group] = start;
    start += count;
  }
  const grouped = new Uint32Array(slots.length);
  for (let index = 0; index < slots.length; index++) grouped[places[groupOf[index]!]!++] = slots[index]!;
  return { slots: grouped, sections };
}

/** Slots in the view's order with its headers. */
export function orderedSlots(
  catalog: Catalog,
  columns: PhotoColumns,
  view: Query,
): { slots: Uint32Array; sections: Section[] } {
  let slots = sortView(catalog, columns, view, matchingSlots(catalog, columns, view));
  if (view.stacks === 'collapsed') slots = collapse(columns, slots);
  return view.group === 'none' ? { slots, sections: [] } : groupSlots(catalog, columns, view, slots);
}

/** Ids in the view's order. */
export function orderedIds(catalog: Catalog, columns: PhotoColumns, view: Query): number[] {
  return Array.from(orderedSlots(catalog, columns, view).slots, (slot) => columns.references.id[slot]!);
}

/** `photos.order`: the whole view in one packed text. */
export function orderOf(catalog: Catalog, columns: PhotoColumns, view: Query): Order {
  const began = performance.now();
  const { slots, sections } = orderedSlots(catalog, columns, view);
  const bytes = Buffer.allocUnsafe(slots.length * PACKED_BYTES);
  let at = 0;
  for (const slot of slots) {
    at = bytes.writeUInt32LE(columns.references.id[slot]!, at);
    at = bytes.writeUInt16LE(columns.aspect[slot]!, at);
  }
  const packed = bytes.toString('base64');
  return { packed, total: slots.length, sections, milliseconds: performance.now() - began };
}
