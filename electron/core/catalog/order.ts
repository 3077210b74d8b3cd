/** A view's photos in order, under headers, packed for the page. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Order, Section } from '../../../shared/contract.ts';
import { agreementText } from '../../../shared/estimate.ts';
import { LEVELS } from '../../../shared/grade.ts';
import { ALL_PHOTOS, PACKED_BYTES, type Query } from '../../../shared/query.ts';
import { type Direction, groupDirection, type SortKey, type SortValue, sortRow } from '../../../shared/sorts.ts';
import { monthReader, partsOfBest, startOfMonth } from './best.ts';
import { NO_DAY, type NumberColumn, PARTS, type Part, TIER_COUNT, TIERS, UNGRADED } from './column-parts.ts';
import type { PhotoColumns } from './columns.ts';
import { estimateOf } from './estimates.ts';
import { folderNames } from './folders.ts';
import { HEAD_PHOTOS, type Head } from './head.ts';
import { aliveSlots, dayText, matchingSlots } from './matching.ts';
import { knownModel } from './models.ts';
import { type Catalog, query } from './open.ts';
import { byClass, prepareSort, sortByValue, turned } from './sort.ts';
import { type Leaders, NO_SLOT, sortWithStacks } from './stack-order.ts';

/** Photos from which a view is worth a beginning before the whole. */
const WORTH_A_HEAD = 50_000;
/** A view of less than this part of the library is sorted by itself. */
const FEW = 8;
/** Headers of the tiers, numbered among those of the levels: what was not graded stands behind them. */
const BY_TIER = UNGRADED + TIER_COUNT;
/** Headers of the tiers: grades of two critics never stand in one order, and estimates in none with grades. */
const TIER_SECTIONS: readonly { key: string; label: string }[] = [
  { key: 'graded', label: 'Graded' },
  { key: 'estimated', label: 'Estimated, not graded yet' },
  { key: 'measured', label: 'Not graded yet, by technical quality' },
  { key: 'none', label: 'Not looked at yet' },
];

/** Says of estimates how far they are to be believed. @param photo one that has one */
function estimatedSection(catalog: Catalog, photo: number): { key: string; label: string } {
  const section = TIER_SECTIONS[TIERS.estimated]!;
  const estimate = estimateOf(catalog, photo);
  if (!estimate) return section;
  const { title } = knownModel(catalog, estimate.critic) ?? { title: estimate.critic };
  return { ...section, label: `${section.label}: ${agreementText(estimate, title)}` };
}

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

/** Sorts of the whole library that are kept, 4 MB for each direction of a million photos. */
const KEPT_ORDERS = 5;

/** `rising`: without tiers; `slots`: what was asked for of it, by its direction. */
type Kept = {
  values: Values;
  version: number;
  presence: number;
  rising: Uint32Array;
  slots: Partial<Record<Direction, Uint32Array>>;
};
const keptOrders = new WeakMap<PhotoColumns, Map<SortKey, Kept>>();

/** All photos by a sort that is no album's, kept until a value of it or the photos change. */
function wholeOrder(catalog: Catalog, columns: PhotoColumns, { sort }: Query): Uint32Array {
  const { value } = sortRow(sort.key);
  const values = valuesOf(catalog, columns, { ...ALL_PHOTOS, sort });
  const part = partOfSort(sort.key);
  const version = part === null ? 0 : columns.versionOf(part);
  const { presence } = columns;
  const all = keptOrders.get(columns) ?? new Map<SortKey, Kept>();
  keptOrders.set(columns, all);
  let kept = all.get(sort.key);
  all.delete(sort.key);
  if (kept?.values !== values || kept.version !== version || kept.presence !== presence) {
    const rising = sortByValue(aliveSlots(columns), values, 'asc');
    kept = { values, version, presence, rising, slots: {} };
  }
  all.set(sort.key, kept);
  for (const oldest of all.keys()) {
    if (all.size <= KEPT_ORDERS) break;
    all.delete(oldest);
  }
  kept.slots[sort.order] ??= inTiers(columns, sort.order === 'asc' ? kept.rising : turned(kept.rising, values), value);
  return kept.slots[sort.order]!;
}

/** Under tiers where the sort has them. */
function inTiers(columns: PhotoColumns, sorted: Uint32Array, value: SortValue): Uint32Array {
  return value.kind === 'photo' && value.byTier ? byClass(sorted, columns.smalls.tier, TIER_COUNT) : sorted;
}

/** The part that a sort reads of each photo; null for names, whose ranks are new when they change. */
function partOfSort(key: SortKey): Part | null {
  const { value } = sortRow(key);
  if (value.kind === 'photo') return key as NumberColumn;
  return value.kind === 'mark' ? 'marks' : value.kind === 'album' ? 'date' : null;
}

function valuesOf(catalog: Catalog, columns: PhotoColumns, view: Query): Values {
  const { value } = sortRow(view.sort.key);
  switch (value.kind) {
    case 'photo':
      return value.byTier ? columns.standing : columns.numbers[view.sort.key as NumberColumn];
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
    return inTiers(columns, sortByValue(slots, valuesOf(catalog, columns, view), view.sort.order), value);
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

function firstEstimated(columns: PhotoColumns): number {
  const slot = columns.smalls.tier.indexOf(TIERS.estimated);
  return columns.references.id[slot] ?? 0;
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
      const { level: levels, tier } = columns.smalls;
      return {
        keyOf: (slot) =>
          tier[slot] === TIERS.estimated || tier[slot] === TIERS.measured ? BY_TIER - tier[slot]! : levels[slot]!,
        describe: (index) => {
          if (index === BY_TIER - TIERS.estimated) return estimatedSection(catalog, firstEstimated(columns));
          if (index > UNGRADED) return TIER_SECTIONS[BY_TIER - index]!;
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
  // Each slot's group by a number of its own: neighbours by id are mostly of one group, in the order of a sort they
  // are not, and to jump about in one array takes less than in those that a group is worked out from.
  const numberOf = new Numbers(Math.min(SMALL, slots.length));
  const keys: number[] = [];
  const counts: number[] = [];
  const numbers = new Uint32Array(columns.length);
  let lastKey = Number.NaN;
  let last = 0;
  const numberSlot = (slot: number) => {
    const leader = leaders?.[stacks[slot]!] ?? NO_SLOT;
    const key = grouping.keyOf(leader === NO_SLOT ? slot : leader);
    if (key !== lastKey) {
      lastKey = key;
      const known = numberOf.get(key);
      last = known ?? keys.push(key) - 1;
      if (known === undefined) {
        numberOf.set(key, last);
        counts.push(0);
      }
    }
    numbers[slot] = last;
  };
  if (slots.length * FEW < columns.length) for (const slot of slots) numberSlot(slot);
  else {
    const { alive } = columns.smalls;
    for (let slot = 0; slot < columns.length; slot++) if (alive[slot] === 1) numberSlot(slot);
  }
  const groupOf = new Uint32Array(slots.length);
  for (let index = 0; index < slots.length; index++) {
    const group = numbers[slots[index]!]!;
    groupOf[index] = group;
    counts[group]!++;
  }
  const nameless = (key: number) => key === NO_DAY || (view.group === 'level' && key >= UNGRADED);
  const direction = groupDirection(view.group, view.sort) === 'asc' ? 1 : -1;
  const held = [...keys.keys()].filter((group) => counts[group]! > 0);
  const ordered = held.sort((a, b) => {
    const [first, second] = [keys[a]!, keys[b]!];
    const lasts = Number(nameless(first)) - Number(nameless(second));
    return lasts || (nameless(first) ? second - first : direction * (first - second));
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

/** A header a tier where the chosen critic has graded some photos and not others. */
function tierSections(catalog: Catalog, columns: PhotoColumns, view: Query, slots: Uint32Array): Section[] {
  const { value } = sortRow(view.sort.key);
  if (value.kind !== 'photo' || value.byTier !== true) return [];
  const { tier } = columns.smalls;
  const counts = new Uint32Array(TIER_COUNT);
  for (let index = 0; index < slots.length; index++) counts[tier[slots[index]!]!]!++;
  if (counts.subarray(0, TIERS.none).filter((count) => count > 0).length < 2) return [];
  let start = 0;
  return TIER_SECTIONS.flatMap((plain, at) => {
    const count = counts[at]!;
    if (count === 0) return [];
    const section = at === TIERS.estimated ? estimatedSection(catalog, columns.references.id[slots[start]!]!) : plain;
    start += count;
    return [{ ...section, start: start - count, count }];
  });
}

type Ordered = { slots: Uint32Array; sections: Section[] };

/** Slots in the view's order with its headers. */
export function orderedSlots(catalog: Catalog, columns: PhotoColumns, view: Query): Ordered {
  const found = matchingSlots(catalog, columns, view);
  const { slots, leaders } = sortWithStacks(columns, view, found, (some) => sortView(catalog, columns, view, some));
  return view.group === 'none'
    ? { slots, sections: tierSections(catalog, columns, view, slots) }
    : groupSlots(catalog, columns, view, slots, leaders);
}

/** Ids in the view's order. */
export function orderedIds(catalog: Catalog, columns: PhotoColumns, view: Query): number[] {
  const { id: ids } = columns.references;
  return Array.from(orderedSlots(catalog, columns, view).slots, (slot) => ids[slot]!);
}

/** What an order reads, so that it is read together; a filter may ask for anything. */
export function partsOf(view: Query): readonly Part[] {
  if (Object.keys(view.filter).length > 0) return PARTS;
  const parts: Part[] = ['shape'];
  const sorted = partOfSort(view.sort.key);
  if (sorted !== null) parts.push(sorted);
  if (view.stacks !== 'open') parts.push('stack', 'marks', 'date');
  if (view.group === 'day' || view.group === 'month') parts.push('date');
  else if (view.group === 'folder') parts.push('folder');
  else if (view.group === 'level') parts.push('grade');
  const { source } = view;
  if (source.kind === 'folder') parts.push('folder');
  else if (source.kind === 'recent') parts.push('added');
  else if (source.kind === 'rejected' || source.kind === 'problems') parts.push('marks');
  else if (source.kind === 'best') parts.push(...partsOfBest(source.of));
  return [...new Set(parts)];
}

/** What two questions of one view that follow each other share: its beginning, and all of it. */
const lastOrdered = new WeakMap<PhotoColumns, { view: string; revision: number; ordered: Ordered }>();

/** The same, kept for the next question of this view while nothing has changed. */
function orderedOnce(catalog: Catalog, columns: PhotoColumns, view: Query): Ordered {
  // What is in an album is not in the columns.
  if (view.source.kind === 'album') return orderedSlots(catalog, columns, view);
  const { revision } = columns;
  const text = JSON.stringify(view);
  const last = lastOrdered.get(columns);
  if (last?.view === text && last.revision === revision) return last.ordered;
  const ordered = orderedSlots(catalog, columns, view);
  lastOrdered.set(columns, { view: text, revision, ordered });
  return ordered;
}

/**
 * The beginning of a view whose columns are here, with the headers over it; null where the whole is as quick to send,
 * unpack and lay out.
 */
export function headOfOrder(catalog: Catalog, columns: PhotoColumns, view: Query): Head | null {
  const began = performance.now();
  if (columns.count < WORTH_A_HEAD) return null;
  const { slots, sections } = orderedOnce(catalog, columns, view);
  if (slots.length < WORTH_A_HEAD) return null;
  const first = slots.subarray(0, HEAD_PHOTOS);
  const begun = sections.filter(({ start }) => start < first.length);
  return {
    packed: pack(columns, first, new Uint16Array((first.length * PACKED_BYTES) / 2)),
    sections: begun.map((section) => ({ ...section })),
    total: slots.length,
    milliseconds: performance.now() - began,
  };
}

/** Where orders are packed, kept for the next: fresh memory of its size takes longer than the packing. */
let packing = new Uint16Array(0);

/** Gets what orders of all photos need from the system, some at a time with room for other work in between. */
export async function prepareOrders(columns: PhotoColumns): Promise<void> {
  const length = (columns.count * PACKED_BYTES) / 2;
  if (packing.length < length) packing = new Uint16Array(length).fill(1);
  await nextTurn();
  await prepareSort(columns.count);
}

/** `photos.order`: the whole view in one packed text. */
export function orderOf(catalog: Catalog, columns: PhotoColumns, view: Query): Order {
  const began = performance.now();
  columns.read(partsOf(view));
  const { slots, sections } = orderedOnce(catalog, columns, view);
  const length = (slots.length * PACKED_BYTES) / 2;
  if (packing.length < length) packing = new Uint16Array(length);
  const packed = pack(columns, slots, packing);
  return { packed, total: slots.length, sections, milliseconds: performance.now() - began };
}

/** Ids and aspects as text. @param halves of 16 bits, low ones first, which is what all our machines write */
function pack(columns: PhotoColumns, slots: Uint32Array, halves: Uint16Array<ArrayBuffer>): string {
  const { aspect } = columns;
  const { id: ids } = columns.references;
  for (let index = 0, at = 0; index < slots.length; index++, at += PACKED_BYTES / 2) {
    const slot = slots[index]!;
    const id = ids[slot]!;
    halves[at] = id;
    halves[at + 1] = id >>> 16;
    halves[at + 2] = aspect[slot]!;
  }
  return Buffer.from(halves.buffer, 0, slots.length * PACKED_BYTES).toString('base64');
}
