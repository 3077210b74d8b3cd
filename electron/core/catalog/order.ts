/** A view's photos in order, under headers, packed for the page. */
import { LEVELS } from '../../../shared/grade.ts';
import { ALL_PHOTOS, PACKED_BYTES, type Query } from '../../../shared/query.ts';
import { type Direction, groupDirection, type SortKey, type SortValue, sortRow } from '../../../shared/sorts.ts';
import { monthReader, startOfMonth } from './best.ts';
import { NO_DAY, type NumberColumn, type Part, type PhotoColumns, UNGRADED } from './columns.ts';
import { folderNames } from './folders.ts';
import { aliveSlots, dayText, matchingSlots } from './matching.ts';
import { type Catalog, query } from './open.ts';
import { byClass, sortByValue } from './sort.ts';

export type Section = { key: string; label: string; start: number; count: number };
export type Order = { packed: string; total: number; sections: Section[]; milliseconds: number };

/** A view of less than this part of the library is sorted by itself. */
const FEW = 8;
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

/** Orders of the whole library that are kept, 4 MB each of a million photos. */
const KEPT_ORDERS = 8;

type Kept = { values: Values; version: number; presence: number; slots: Uint32Array };
const keptOrders = new WeakMap<PhotoColumns, Map<string, Kept>>();

/** All photos by a sort that is no album's, kept until a value of it or the photos change. */
function wholeOrder(catalog: Catalog, columns: PhotoColumns, { sort }: Query): Uint32Array {
  const { value } = sortRow(sort.key);
  const values = valuesOf(catalog, columns, { ...ALL_PHOTOS, sort });
  const part = partOf(sort.key);
  const version = part === null ? 0 : columns.versionOf(part);
  const { presence } = columns;
  const kept = keptOrders.get(columns) ?? new Map<string, Kept>();
  keptOrders.set(columns, kept);
  const name = `${sort.key} ${sort.order}`;
  const known = kept.get(name);
  kept.delete(name);
  const isGood = known?.values === values && known.version === version && known.presence === presence;
  const slots = isGood ? known.slots : sortSlots(columns, aliveSlots(columns), values, sort.order, value);
  kept.set(name, { values, version, presence, slots });
  for (const oldest of kept.keys()) {
    if (kept.size <= KEPT_ORDERS) break;
    kept.delete(oldest);
  }
  return slots;
}

function sortSlots(
  columns: PhotoColumns,
  slots: Uint32Array,
  values: Values,
  order: Direction,
  value: SortValue,
): Uint32Array {
  const sorted = sortByValue(slots, values, order);
  return value.kind === 'photo' && value.byTier ? byClass(sorted, columns.smalls.tier, GRADE_TIERS) : sorted;
}

/** The part that a sort reads of each photo; null for names, whose ranks are new when they change. */
function partOf(key: SortKey): Part | null {
  const { value } = sortRow(key);
  if (value.kind === 'photo') return key as NumberColumn;
  return value.kind === 'mark' ? 'marks' : value.kind === 'album' ? 'date' : null;
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
  const isOfAlbum = value.kind === 'album' && view.source.kind === 'album';
  if (isOfAlbum || slots.length * FEW < columns.count)
    return sortSlots(columns, slots, valuesOf(catalog, columns, view), view.sort.order, value);
  const whole = wholeOrder(catalog, columns, view);
  if (slots.length === whole.length) return whole;
  const inside = new Uint8Array(columns.length);
  for (let index = 0; index < slots.length; index++) inside[slots[index]!] = 1;
  const sorted = new Uint32Array(slots.length);
  let count = 0;
  for (let index = 0; index < whole.length; index++) {
    const slot = whole[index]!;
    if (inside[slot] === 1) sorted[count++] = slot;
  }
  return sorted;
}

/** Which slot stands for each stack of a view; NO_SLOT for a stack that it has no photo of. */
type Leaders = Uint32Array;
const NO_SLOT = 0xffff_ffff;

/**
 * Collapsed stacks keep one frame: the top if the view has it, else the first that it has. Open ones stand together, in the
 * order of capture, at the place of the first.
 * @returns the slots, and which of them says under which header an open stack's frames stand
 */
function arrangeStacks(
  columns: PhotoColumns,
  view: Query,
  slots: Uint32Array,
): { slots: Uint32Array; leaders: Leaders } {
  const { stackTop } = columns.smalls;
  const { stack: stacks } = columns.references;
  let most = 0;
  for (let slot = 0; slot < columns.length; slot++) most = Math.max(most, stacks[slot]!);
  const open = new Uint8Array(most + 1).fill(view.stacks === 'together' ? 1 : 0);
  for (const id of view.toggledStacks ?? []) if (id <= most) open[id] = 1 - open[id]!;
  const leaders = new Uint32Array(most + 1).fill(NO_SLOT);
  const members = new Map<number, number[]>();
  for (let index = 0; index < slots.length; index++) {
    const slot = slots[index]!;
    const stack = stacks[slot]!;
    if (stack === 0) continue;
    if (open[stack] === 1) {
      const known = members.get(stack);
      if (known) known.push(slot);
      else {
        members.set(stack, [slot]);
        leaders[stack] = slot;
      }
    } else if (stackTop[slot] === 1 || leaders[stack] === NO_SLOT) leaders[stack] = slot;
  }
  if (members.size > 0) {
    const { date } = columns.numbers;
    for (const frames of members.values()) frames.sort((a, b) => date[a]! - date[b]! || 0 || a - b);
  }
  const arranged = new Uint32Array(slots.length);
  let count = 0;
  for (let index = 0; index < slots.length; index++) {
    const slot = slots[index]!;
    const stack = stacks[slot]!;
    if (stack === 0) arranged[count++] = slot;
    else if (leaders[stack] !== slot) continue;
    else if (open[stack] === 0) arranged[count++] = slot;
    else for (const frame of members.get(stack)!) arranged[count++] = frame;
  }
  return { slots: arranged.subarray(0, count), leaders };
}

const DAY_LABEL = new Intl.DateTimeFormat('en-GB', {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  timeZone: 'UTC',
});
const dayLabels = new Map<number, string>();
/** A format takes longer than all else of a section. */
function dayLabel(day: number, date: Date): string {
  const label = dayLabels.get(day) ?? DAY_LABEL.format(date);
  dayLabels.set(day, label);
  return label;
}
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
      const { folder } = columns.references;
      let most = 0;
      for (const id of folders.keys()) most = Math.max(most, id);
      const ranks = new Uint32Array(most + 1);
      for (const [id, { rank }] of folders) ranks[id] = rank;
      return {
        keyOf: (slot) => ranks[folder[slot]!] ?? 0,
        describe: (rank) => ({ key: String(byRank[rank]?.[0] ?? 0), label: byRank[rank]?.[1].path ?? '' }),
      };
    }
    case 'level': {
      const { level: levels } = columns.smalls;
      return {
        keyOf: (slot) => levels[slot]!,
        describe: (index) => {
          const level = LEVELS[index];
          return level
            ? { key: level, label: level[0]!.toUpperCase() + level.slice(1) }
            : { key: 'none', label: 'Not graded' };
        },
      };
    }
    default: {
      const { day: firstDays, lastDay } = columns;
      return {
        keyOf: (slot) => sectionOfDays(firstDays[slot]!, lastDay[slot]!),
        describe: (section) => {
          if (section === NO_DAY) return { key: 'none', label: 'No date' };
          const day = Math.floor(section / 3);
          const date = new Date(day * 86_400_000);
          const reach = section - 3 * day;
          if (reach === 0) return yearSection(date);
          return reach === 1 ? monthSection(date) : { key: dayText(day), label: dayLabel(day, date) };
        },
      };
    }
  }
}

/** 3 × a day until the year 2209 is below, see sectionOfDays. */
const SMALL = 2 ** 18;

/** Numbers by small whole numbers of either sign, in an array; by others, in a map. */
class Numbers {
  readonly #reach: number;
  readonly #small: Int32Array;
  readonly #others = new Map<number, number>();

  /** @param reach what a small number is below, of either sign */
  constructor(reach: number) {
    this.#reach = reach;
    this.#small = new Int32Array(2 * reach).fill(-1);
  }

  get(key: number): number | undefined {
    const at = key + this.#reach;
    if (at < 0 || at >= this.#small.length) return this.#others.get(key);
    const number = this.#small[at]!;
    return number < 0 ? undefined : number;
  }

  set(key: number, number: number): void {
    const at = key + this.#reach;
    if (at < 0 || at >= this.#small.length) this.#others.set(key, number);
    else this.#small[at] = number;
  }
}

/** Puts sorted slots under headers, their order kept within each. */
function groupSlots(
  catalog: Catalog,
  columns: PhotoColumns,
  view: Query,
  slots: Uint32Array,
  leaders: Leaders | null,
): { slots: Uint32Array; sections: Section[] } {
  const grouping = groupingOf(catalog, columns, view);
  const { stack: stacks } = columns.references;
  // Each slot's group by a number of its own; neighbours are mostly of one group.
  const numberOf = new Numbers(Math.min(SMALL, slots.length));
  const keys: number[] = [];
  const counts: number[] = [];
  const groupOf = new Uint32Array(slots.length);
  let lastKey = Number.NaN;
  let last = 0;
  for (let index = 0; index < slots.length; index++) {
    const slot = slots[index]!;
    const leader = leaders === null || stacks[slot] === 0 ? slot : leaders[stacks[slot]!]!;
    const key = grouping.keyOf(leader);
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
  const sorted = sortView(catalog, columns, view, matchingSlots(catalog, columns, view));
  // An order that a person gave the photos of an album goes before that of their stacks.
  const isByHand = sortRow(view.sort.key).value.kind === 'album' && view.source.kind === 'album';
  const isFlat = view.stacks === 'open' || (view.stacks === 'together' && isByHand);
  const { slots, leaders } = isFlat ? { slots: sorted, leaders: null } : arrangeStacks(columns, view, sorted);
  return view.group === 'none' ? { slots, sections: [] } : groupSlots(catalog, columns, view, slots, leaders);
}

/** Ids in the view's order. */
export function orderedIds(catalog: Catalog, columns: PhotoColumns, view: Query): number[] {
  const { id: ids } = columns.references;
  return Array.from(orderedSlots(catalog, columns, view).slots, (slot) => ids[slot]!);
}

/** What the order of a whole library reads, so that it is read together; a filter asks for the rest. */
function partsOf(view: Query): Part[] {
  const parts: Part[] = ['shape'];
  const sorted = partOf(view.sort.key);
  if (sorted !== null) parts.push(sorted);
  if (view.stacks !== 'open') parts.push('stack', 'marks', 'date');
  if (view.group === 'day' || view.group === 'month') parts.push('date');
  else if (view.group === 'folder') parts.push('folder');
  else if (view.group === 'level') parts.push('grade');
  return [...new Set(parts)];
}

/** `photos.order`: the whole view in one packed text. */
export function orderOf(catalog: Catalog, columns: PhotoColumns, view: Query): Order {
  const began = performance.now();
  columns.read(partsOf(view));
  const { slots, sections } = orderedSlots(catalog, columns, view);
  const { aspect } = columns;
  const { id: ids } = columns.references;
  const bytes = new DataView(new ArrayBuffer(slots.length * PACKED_BYTES));
  for (let index = 0; index < slots.length; index++) {
    const slot = slots[index]!;
    bytes.setUint32(index * PACKED_BYTES, ids[slot]!, true);
    bytes.setUint16(index * PACKED_BYTES + 4, aspect[slot]!, true);
  }
  const packed = Buffer.from(bytes.buffer).toString('base64');
  return { packed, total: slots.length, sections, milliseconds: performance.now() - began };
}
