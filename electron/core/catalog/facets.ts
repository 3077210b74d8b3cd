/** Live counts of the filter bar, and the numbers of the sidebar and of the plots. */
import type { Facets } from '../../../shared/contract.ts';
import { DIMENSIONS, type Dimension as GradeDimension, LEVELS } from '../../../shared/grade.ts';
import { COLORS, FLAGS, KINDS, PHOTO_STATES } from '../../../shared/photo.ts';
import type { Query } from '../../../shared/query.ts';
import { bestPhotos } from './best.ts';
import { NO_DAY, type SmallColumn, TIERS, UNGRADED } from './column-parts.ts';
import type { PhotoColumns } from './columns.ts';
import { withBelow } from './folders.ts';
import {
  aliveSlots,
  type Dimension,
  dayText,
  matchingSlots,
  problemTest,
  RECENT_MILLISECONDS,
  testOfSource,
  testsOf,
} from './matching.ts';
import { type Catalog, query } from './open.ts';

type Counts<Key> = Map<Key, number>;

const heaviest = <Key extends string | number>(counts: Iterable<[Key, number]>): { value: Key; count: number }[] =>
  [...counts]
    .map(([value, total]) => ({ value, count: total }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));

/** Verdicts on a photo: it is in the view; it fails in more than one dimension or is not in the source. Else the one it fails in. */
const PASSED = 0;
const OUT = 255;
/** Whole numbers nearer to 0 than this (ISO, days, faces) are counted in an array. */
const WHOLE = 2 ** 16;

/** @returns a verdict for each slot, null where every photo passes, and the verdicts of those that fail in one dimension alone */
function judge(
  catalog: Catalog,
  columns: PhotoColumns,
  view: Query,
): { verdicts: Uint8Array | null; codes: Map<Dimension, number> } {
  const { alive } = columns.smalls;
  const source = testOfSource(catalog, columns, view.source);
  const found = testsOf(catalog, columns, view.filter);
  const codes = new Map([...found.keys()].map((dimension, index) => [dimension, index + 1]));
  const tests = [...found.values()];
  if (source === null && tests.length === 0) return { verdicts: null, codes };
  const verdicts = new Uint8Array(columns.length);
  for (let slot = 0; slot < verdicts.length; slot++) {
    if (alive[slot] === 0 || (source && !source(slot))) {
      verdicts[slot] = OUT;
      continue;
    }
    let verdict = PASSED;
    for (let index = 0; index < tests.length; index++) {
      if (tests[index]!(slot)) continue;
      if (verdict !== PASSED) {
        verdict = OUT;
        break;
      }
      verdict = index + 1;
    }
    verdicts[slot] = verdict;
  }
  return { verdicts, codes };
}

function slotsWith(verdicts: Uint8Array, verdict: number): Uint32Array {
  let count = 0;
  for (let slot = 0; slot < verdicts.length; slot++) if (verdicts[slot] === verdict) count++;
  const slots = new Uint32Array(count);
  let at = 0;
  for (let slot = 0; at < count; slot++) if (verdicts[slot] === verdict) slots[at++] = slot;
  return slots;
}

// One function for each kind of array: one for both is compiled for neither.
function countBytes(column: Uint8Array, slots: Uint32Array, counts: Uint32Array): void {
  for (let index = 0; index < slots.length; index++) counts[column[slots[index]!]!]!++;
}

function countWords(column: Uint32Array, slots: Uint32Array, counts: Uint32Array): void {
  for (let index = 0; index < slots.length; index++) counts[column[slots[index]!]!]!++;
}

/** Counts numbers that are mostly whole and near 0: in an array, the others in a map. */
class Wholes {
  readonly #near = new Uint32Array(2 * WHOLE);
  readonly #others: Counts<number> = new Map();

  add(values: Float64Array | Int32Array, slots: Uint32Array): void {
    for (let index = 0; index < slots.length; index++) this.addOne(values[slots[index]!]!);
  }

  /** NaN, an unknown one, is not counted. */
  addOne(value: number): void {
    // NaN becomes 0, which it is not.
    const whole = value | 0;
    if (whole === value && whole >= -WHOLE && whole < WHOLE) this.#near[whole + WHOLE]!++;
    else if (!Number.isNaN(value)) this.#others.set(value, (this.#others.get(value) ?? 0) + 1);
  }

  /** By value. */
  counts(): { value: number; count: number }[] {
    const counts = [...this.#others].map(([value, count]) => ({ value, count }));
    for (let at = 0; at < this.#near.length; at++) {
      const count = this.#near[at]!;
      if (count > 0) counts.push({ value: at - WHOLE, count });
    }
    return this.#others.size === 0 ? counts : counts.sort((a, b) => a.value - b.value);
  }
}

/** Columns of a few bits, counted together: one pass over a million photos instead of seven. */
const TOGETHER = ['kind', 'state', 'flag', 'stars', 'color', 'gps', 'level'] as const satisfies readonly SmallColumn[];
type TogetherColumn = (typeof TOGETHER)[number];
const BITS: Readonly<Record<TogetherColumn, number>> = {
  kind: 4,
  state: 2,
  flag: 2,
  stars: 3,
  color: 3,
  gps: 1,
  level: 3,
};

function countTogether(smalls: PhotoColumns['smalls'], slots: Uint32Array): Record<TogetherColumn, Uint32Array> {
  const { kind, state, flag, stars, color, gps, level } = smalls;
  const all = new Uint32Array(2 ** 18);
  for (let index = 0; index < slots.length; index++) {
    const slot = slots[index]!;
    const code =
      kind[slot]! |
      (state[slot]! << 4) |
      (flag[slot]! << 6) |
      (stars[slot]! << 8) |
      (color[slot]! << 11) |
      (gps[slot]! << 14) |
      (level[slot]! << 15);
    all[code]!++;
  }
  const counts = {} as Record<TogetherColumn, Uint32Array>;
  let shift = 0;
  for (const column of TOGETHER) {
    const [from, mask] = [shift, 2 ** BITS[column] - 1];
    const own = new Uint32Array(256);
    for (let code = 0; code < all.length; code++) if (all[code] !== 0) own[(code >>> from) & mask]! += all[code]!;
    counts[column] = own;
    shift += BITS[column];
  }
  return counts;
}

/**
 * Counts each dimension with all filters but its own: what a value would show if it were chosen: a photo that passes every
 * test counts everywhere, one that fails a single test counts in that test's dimension.
 */
export function facetsOf(catalog: Catalog, columns: PhotoColumns, view: Query): Facets {
  columns.read();
  const { numbers, smalls, references } = columns;
  const { verdicts, codes } = judge(catalog, columns, view);
  const passed = verdicts === null ? aliveSlots(columns) : slotsWith(verdicts, PASSED);
  const failed = new Map(
    verdicts === null ? [] : [...codes].map(([dimension, code]) => [dimension, slotsWith(verdicts, code)]),
  );
  /** Calls back with the slots that count in a dimension, in one or two lists. */
  const each = (dimension: Dimension, count: (slots: Uint32Array) => void) => {
    count(passed);
    const own = failed.get(dimension);
    if (own) count(own);
  };
  const together = countTogether(smalls, passed);
  /** Photos by the values of a small column. */
  const totals = (dimension: Dimension, column: TogetherColumn): Uint32Array => {
    const own = failed.get(dimension);
    if (own) countBytes(smalls[column], own, together[column]);
    return together[column];
  };
  /** Photos by what a column refers to. @param most the greatest number in it */
  const referred = (dimension: Dimension, column: Uint32Array, most: number): Uint32Array => {
    const counts = new Uint32Array(most + 1);
    each(dimension, (slots) => countWords(column, slots, counts));
    return counts;
  };
  const isos = new Wholes();
  each('iso', (slots) => isos.add(numbers.iso, slots));
  const days = new Wholes();
  const { day, lastDay } = columns;
  each('date', (slots) => {
    for (let index = 0; index < slots.length; index++) {
      const slot = slots[index]!;
      const first = day[slot]!;
      if (first !== NO_DAY && first === lastDay[slot]) days.addOne(first);
    }
  });
  const faces = new Wholes();
  each('faces', (slots) => faces.add(numbers.faces, slots));
  const reasons = columns.reasons.counter();
  each('reasons', reasons.add);
  const levels = totals('levels', 'level');

  const fixed = <Value>(values: readonly Value[], counts: ArrayLike<number>) =>
    values.map((value, index) => ({ value, count: counts[index] ?? 0 })).filter((entry) => entry.count > 0);
  const named = (table: 'camera' | 'lens' | 'keyword', counts: Counts<number>) => {
    const names = namesOf(catalog, table, counts.keys());
    return heaviest([...counts].map(([id, n]) => [names.get(id) ?? '', n] as [string, number]));
  };
  return {
    total: passed.length,
    levels: fixed(LEVELS, levels),
    ungraded: levels[UNGRADED] ?? 0,
    flags: fixed(FLAGS, totals('flags', 'flag')),
    stars: fixed([0, 1, 2, 3, 4, 5], totals('stars', 'stars')),
    colors: fixed(COLORS, totals('colors', 'color')),
    cameras: named('camera', present(referred('cameras', references.camera, greatestId(catalog, 'camera')))),
    lenses: named('lens', present(referred('lenses', references.lens, greatestId(catalog, 'lens')))),
    isos: isos.counts(),
    kinds: fixed(KINDS, totals('kinds', 'kind')),
    folders: heaviest(
      withBelow(catalog, present(referred('folders', references.folder, greatestId(catalog, 'folder')))),
    ),
    gps: totals('gps', 'gps')[1] ?? 0,
    faces: faces.counts(),
    reasons: heaviest(reasons.counts()),
    states: fixed(PHOTO_STATES, totals('states', 'state')),
    keywords: named(
      'keyword',
      membersOf(columns.keywordSets, referred('keywords', references.keywords, columns.keywordSets.length)),
    ),
    days: days.counts().map(({ value, count }) => ({ value: dayText(value), count })),
  };
}

function greatestId(catalog: Catalog, table: 'camera' | 'lens' | 'folder'): number {
  return query<number>(catalog, `SELECT max(id) FROM ${table}`).pluck().get() ?? 0;
}

function namesOf(catalog: Catalog, table: 'camera' | 'lens' | 'keyword', ids: Iterable<number>): Map<number, string> {
  return new Map(
    query<[number, string]>(catalog, `SELECT id, name FROM ${table} WHERE id IN (SELECT value FROM json_each(?))`)
      .raw()
      .all(JSON.stringify([...ids])),
  );
}

/** Ids and how many photos name them; 0 names nothing. */
function present(counts: Uint32Array): Counts<number> {
  const found: Counts<number> = new Map();
  for (let id = 1; id < counts.length; id++) if (counts[id]! > 0) found.set(id, counts[id]!);
  return found;
}

/** Photos a set → photos a member. */
function membersOf<Member extends string | number>(
  sets: readonly (readonly Member[])[],
  totals: ArrayLike<number>,
): Counts<Member> {
  const counts: Counts<Member> = new Map();
  for (const [index, set] of sets.entries()) {
    const photos = totals[index] ?? 0;
    if (photos > 0) for (const member of set) counts.set(member, (counts.get(member) ?? 0) + photos);
  }
  return counts;
}

export type Counted = { all: number; best: number; recent: number; rejected: number; problems: number };

/** `photos.counts`. */
export function countsOf(columns: PhotoColumns): Counted {
  columns.read(['marks', 'added']);
  const { alive, flag } = columns.smalls;
  const { added } = columns.numbers;
  const isProblem = problemTest(columns);
  const since = Date.now() - RECENT_MILLISECONDS;
  const reject = FLAGS.indexOf('reject');
  let recent = 0;
  let rejected = 0;
  let problems = 0;
  for (let slot = 0; slot < columns.length; slot++) {
    if (alive[slot] === 0) continue;
    if (added[slot]! >= since) recent++;
    if (flag[slot] === reject) rejected++;
    if (isProblem(slot)) problems++;
  }
  return { all: columns.count, best: bestPhotos(columns, 'month').length, recent, rejected, problems };
}

const BINS = 20;

export type Distribution = {
  bins: number[];
  median: number | null;
  dimensions: Partial<Record<GradeDimension, number>>;
};

/** `photos.distribution`. */
export function distributionOf(catalog: Catalog, columns: PhotoColumns, view: Query): Distribution {
  const bins = new Array<number>(BINS).fill(0);
  const { grade: all } = columns.numbers;
  const slots = matchingSlots(catalog, columns, view);
  const grades = new Float64Array(slots.length);
  let count = 0;
  for (const slot of slots) {
    const grade = all[slot]!;
    if (Number.isNaN(grade)) continue;
    grades[count++] = grade;
    bins[Math.max(0, Math.min(BINS - 1, Math.floor((grade * BINS) / 100)))]!++;
  }
  return { bins, median: medianOf(grades.subarray(0, count)), dimensions: medianDimensions(catalog, columns) };
}

function medianOf(values: Float64Array): number | null {
  if (values.length === 0) return null;
  values.sort();
  const middle = values.length >> 1;
  return values.length % 2 === 1 ? values[middle]! : (values[middle - 1]! + values[middle]!) / 2;
}

/** Seconds for which the library's medians are good enough while photos change. */
const MEDIANS_KEPT_SECONDS = 15;
const kept = new WeakMap<PhotoColumns, { revision: number; at: number; medians: Distribution['dimensions'] }>();

/** The library's median of each dimension, over the critiques that count of the best tier there is. */
function medianDimensions(catalog: Catalog, columns: PhotoColumns): Distribution['dimensions'] {
  const known = kept.get(columns);
  if (known && (known.revision === columns.revision || performance.now() - known.at < MEDIANS_KEPT_SECONDS * 1000)) {
    return known.medians;
  }
  const values = DIMENSIONS.map((dimension) => `median(c.dimensions ->> '$.${dimension}.value') AS ${dimension}`);
  const row = query<Record<GradeDimension, number | null>>(
    catalog,
    `SELECT ${values.join(', ')} FROM photo p JOIN critique c ON c.id = p.critique_id
     WHERE p.grade_tier = (SELECT min(grade_tier) FROM photo)`,
  ).get();
  const medians: Distribution['dimensions'] = {};
  for (const dimension of DIMENSIONS) {
    const value = row?.[dimension];
    if (value !== null && value !== undefined) medians[dimension] = value;
  }
  kept.set(columns, { revision: columns.revision, at: performance.now(), medians });
  return medians;
}

/** Share 0–1 of the photos graded by the same critic with a lower grade; null for a photo without one. */
export function percentileOf(columns: PhotoColumns, id: number): number | null {
  const slot = columns.slotOf(id);
  columns.read(['marks', 'grade']);
  const { alive, tier: tiers } = columns.smalls;
  const { grade: grades } = columns.numbers;
  if (slot === undefined || tiers[slot] === TIERS.none) return null;
  const grade = grades[slot]!;
  // What is estimated keeps the measured critic's grade.
  const judgeOf = (tier: number) => (tier === TIERS.estimated ? TIERS.measured : tier);
  const judge = judgeOf(tiers[slot]!);
  let same = 0;
  let lower = 0;
  for (let other = 0; other < columns.length; other++) {
    if (alive[other] === 0 || judgeOf(tiers[other]!) !== judge) continue;
    same++;
    if (grades[other]! < grade) lower++;
  }
  return same > 1 ? lower / (same - 1) : null;
}
