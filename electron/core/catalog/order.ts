/**
 * A view's photos in order. Each photo's sort key and slot are packed into one 64-bit number and the numbers are
 * sorted natively, which takes a hundred thousand photos about ten milliseconds whatever they are sorted by.
 */
import { LEVELS } from '../../../shared/grade.ts';
import { PACKED_BYTES, type Query, type SortKey } from '../../../shared/query.ts';
import { monthReader } from './best.ts';
import { NO_DAY, type PhotoColumns, UNGRADED } from './columns.ts';
import { folderNames } from './folders.ts';
import { dayText, matchingSlots } from './matching.ts';
import { type Catalog, query } from './open.ts';

export type Section = { key: string; label: string; start: number; count: number };
export type Order = { packed: string; total: number; sections: Section[]; milliseconds: number };

/** Bits of a slot, of a key and of the key's value; above the value stands the class: what is unknown comes last. */
const SLOT_BITS = 20;
const VALUE_LIMIT = 2 ** 42;
const UNKNOWN = 3;
/** Times are keyed in milliseconds since 1900, halved: enough for 1900–2178. */
const KEYED_SINCE = Date.UTC(1900, 0, 1);

const double = new Float64Array(1);
const halves = new Uint32Array(double.buffer);

/** Monotone: a double as a whole number below VALUE_LIMIT, true to nine digits. */
function valueKey(value: number): number {
  double[0] = value + 0;
  const high = halves[1]!;
  const low = halves[0]!;
  return high >= 0x8000_0000
    ? (0xffff_ffff - high) * 1024 + ((0xffff_ffff - low) >>> 22)
    : (high + 0x8000_0000) * 1024 + (low >>> 22);
}

function timeKey(milliseconds: number): number {
  return Math.max(0, Math.min(VALUE_LIMIT - 1, Math.floor((milliseconds - KEYED_SINCE) / 2)));
}

type KeyOf = (slot: number) => number;
const NONE = -1;

/** Key of a slot's value, or NONE when it has no value. */
function keyOf(catalog: Catalog, columns: PhotoColumns, view: Query): KeyOf {
  const { numbers, smalls } = columns;
  const number =
    (column: Float64Array): KeyOf =>
    (slot) => {
      const value = column[slot]!;
      return Number.isNaN(value) ? NONE : valueKey(value);
    };
  const time =
    (column: Float64Array): KeyOf =>
    (slot) => {
      const value = column[slot]!;
      return Number.isNaN(value) ? NONE : timeKey(value);
    };
  const keys: Record<SortKey, () => KeyOf> = {
    grade: () => number(numbers.grade),
    technical: () => number(numbers.technical),
    focus: () => number(numbers.focus),
    exposure: () => number(numbers.brightness),
    noise: () => number(numbers.noise),
    colorfulness: () => number(numbers.colorfulness),
    iso: () => number(numbers.iso),
    size: () => number(numbers.bytes),
    date: () => time(numbers.takenAt),
    added: () => time(numbers.addedAt),
    stars: () => (slot) => smalls.stars[slot]!,
    name: () => {
      const ranks = columns.nameRanks();
      return (slot) => ranks[slot]!;
    },
    manual: () => {
      if (view.source.kind !== 'album') return time(numbers.takenAt);
      const places = new Map<number, number>();
      const ids = query<number>(
        catalog,
        'SELECT photo_id FROM album_photo WHERE album_id = ? ORDER BY position, photo_id',
      )
        .pluck()
        .all(view.source.id);
      for (const [place, id] of ids.entries()) {
        const slot = columns.slotOf(id);
        if (slot !== undefined) places.set(slot, place);
      }
      return (slot) => places.get(slot) ?? NONE;
    },
  };
  return keys[view.sort.key]();
}

/** Sorts slots by the view's key; equal ones by id. What has no value comes last in both directions. */
function sortSlots(catalog: Catalog, columns: PhotoColumns, view: Query, slots: Uint32Array): Uint32Array {
  const key = keyOf(catalog, columns, view);
  const down = view.sort.order === 'desc';
  const byGrade = view.sort.key === 'grade';
  const packed = new BigUint64Array(slots.length);
  const words = new Uint32Array(packed.buffer);
  for (let index = 0; index < slots.length; index++) {
    const slot = slots[index]!;
    let value = key(slot);
    let rank: number = byGrade ? columns.smalls.tier[slot]! : 0;
    if (value === NONE) {
      value = 0;
      rank = UNKNOWN;
    } else if (down) value = VALUE_LIMIT - 1 - value;
    // The number is class (2 bits), value (42 bits), slot (20 bits); written as two halves, low half first.
    words[2 * index] = (((value % 4096) << SLOT_BITS) | slot) >>> 0;
    words[2 * index + 1] = rank * 2 ** 30 + Math.floor(value / 4096);
  }
  packed.sort();
  const sorted = new Uint32Array(slots.length);
  for (let index = 0; index < slots.length; index++) sorted[index] = words[2 * index]! & (2 ** SLOT_BITS - 1);
  return sorted;
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

type Grouping = { keyOf: (slot: number) => number; describe: (key: number) => { key: string; label: string } };

function groupingOf(catalog: Catalog, columns: PhotoColumns, view: Query): Grouping {
  switch (view.group) {
    case 'month': {
      return {
        keyOf: monthReader(columns),
        describe: (month) => {
          if (month === NO_DAY) return { key: 'none', label: 'No date' };
          const date = new Date(Date.UTC(Math.floor(month / 12), month % 12, 1));
          return { key: date.toISOString().slice(0, 7), label: MONTH_LABEL.format(date) };
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
        keyOf: (slot) => columns.day[slot]!,
        describe: (day) =>
          day === NO_DAY
            ? { key: 'none', label: 'No date' }
            : { key: dayText(day), label: DAY_LABEL.format(new Date(day * 86_400_000)) },
      };
  }
}

/** Whether the groups run from low to high: folders by name, levels from the best, days with the sort or newest first. */
function groupsRise(view: Query): boolean {
  if (view.group === 'folder') return true;
  if (view.group === 'level') return !(view.sort.key === 'grade' && view.sort.order === 'asc');
  return view.sort.key === 'date' && view.sort.order === 'asc';
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
  const direction = groupsRise(view) ? 1 : -1;
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
  let slots = sortSlots(catalog, columns, view, matchingSlots(catalog, columns, view));
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
