/** Live counts of the filter bar, and the numbers of the sidebar and of the plots. */
import type { Facets } from '../../../shared/contract.ts';
import { DIMENSIONS, type Dimension as GradeDimension, LEVELS } from '../../../shared/grade.ts';
import { COLORS, FLAGS, KINDS, PHOTO_STATES } from '../../../shared/photo.ts';
import type { Query } from '../../../shared/query.ts';
import { bestPhotos } from './best.ts';
import { NO_DAY, type PhotoColumns, UNGRADED } from './columns.ts';
import { withBelow } from './folders.ts';
import {
  type Dimension,
  dayText,
  isProblem,
  matchingSlots,
  RECENT_MILLISECONDS,
  testOfSource,
  testsOf,
} from './matching.ts';
import { type Catalog, query } from './open.ts';

type Counts<Key> = Map<Key, number>;

/** Counts values of which neighbours are mostly the same: a run is counted before it is looked up. */
class Tally {
  readonly #counts: Counts<number> = new Map();
  #value = Number.NaN;
  #run = 0;

  add(value: number): void {
    if (value !== this.#value) {
      this.#settle();
      this.#value = value;
    }
    this.#run++;
  }

  counts(): Counts<number> {
    this.#settle();
    return this.#counts;
  }

  #settle(): void {
    if (this.#run > 0) this.#counts.set(this.#value, (this.#counts.get(this.#value) ?? 0) + this.#run);
    this.#run = 0;
  }
}

const heaviest = <Key>(counts: Iterable<[Key, number]>): { value: Key; count: number }[] =>
  [...counts].map(([value, total]) => ({ value, count: total })).sort((a, b) => b.count - a.count);

/**
 * Counts each dimension with all filters but its own: what a value would show if it were chosen. One pass: a photo
 * that passes every test counts everywhere, one that fails a single test counts in that test's dimension.
 */
export function facetsOf(catalog: Catalog, columns: PhotoColumns, view: Query): Facets {
  const { numbers, smalls, references } = columns;
  const source = testOfSource(catalog, columns, view.source);
  const tests = [...testsOf(catalog, columns, view.filter)];
  let total = 0;
  let gps = 0;
  const levels = new Array<number>(LEVELS.length + 1).fill(0);
  const flags = new Array<number>(FLAGS.length).fill(0);
  const stars = new Array<number>(6).fill(0);
  const colors = new Array<number>(COLORS.length).fill(0);
  const kinds = new Array<number>(KINDS.length).fill(0);
  const states = new Array<number>(PHOTO_STATES.length).fill(0);
  const cameras = new Tally();
  const lenses = new Tally();
  const isos = new Tally();
  const folders = new Tally();
  const days = new Tally();
  const reasons = new Array<number>(columns.reasonSets.sets.length).fill(0);
  const keywords = new Array<number>(columns.keywordSets.sets.length).fill(0);

  for (let slot = 0; slot < columns.length; slot++) {
    if (smalls.alive[slot] === 0 || (source && !source(slot))) continue;
    let failed: Dimension | null = null;
    let failures = 0;
    for (const [dimension, test] of tests) {
      if (test(slot)) continue;
      failed = dimension;
      if (++failures === 2) break;
    }
    if (failures === 2) continue;
    const every = failed === null;
    if (every) total++;
    if (every || failed === 'levels') {
      levels[smalls.level[slot]!]!++;
    }
    if (every || failed === 'flags') flags[smalls.flag[slot]!]!++;
    if (every || failed === 'stars') stars[smalls.stars[slot]!]!++;
    if (every || failed === 'colors') colors[smalls.color[slot]!]!++;
    if (every || failed === 'kinds') kinds[smalls.kind[slot]!]!++;
    if (every || failed === 'states') states[smalls.state[slot]!]!++;
    if ((every || failed === 'cameras') && references.camera[slot] !== 0) cameras.add(references.camera[slot]!);
    if ((every || failed === 'lenses') && references.lens[slot] !== 0) lenses.add(references.lens[slot]!);
    if ((every || failed === 'iso') && !Number.isNaN(numbers.iso[slot]!)) isos.add(numbers.iso[slot]!);
    if (every || failed === 'folders') folders.add(references.folder[slot]!);
    if (every || failed === 'gps') gps += smalls.gps[slot]!;
    if (every || failed === 'reasons') reasons[references.reasons[slot]!]!++;
    if (every || failed === 'keywords') keywords[references.keywords[slot]!]!++;
    if ((every || failed === 'date') && columns.day[slot] !== NO_DAY && columns.day[slot] === columns.lastDay[slot])
      days.add(columns.day[slot]!);
  }

  const fixed = <Value>(values: readonly Value[], totals: readonly number[]) =>
    values.map((value, index) => ({ value, count: totals[index] ?? 0 })).filter((entry) => entry.count > 0);
  const named = (table: 'camera' | 'lens' | 'keyword', counts: Counts<number>) => {
    const names = namesOf(catalog, table, counts.keys());
    return heaviest([...counts].map(([id, n]) => [names.get(id) ?? '', n] as [string, number]));
  };
  return {
    total,
    levels: fixed(LEVELS, levels),
    ungraded: levels[UNGRADED]!,
    flags: fixed(FLAGS, flags),
    stars: fixed([0, 1, 2, 3, 4, 5], stars),
    colors: fixed(COLORS, colors),
    cameras: named('camera', cameras.counts()),
    lenses: named('lens', lenses.counts()),
    isos: heaviest(isos.counts()).sort((a, b) => a.value - b.value),
    kinds: fixed(KINDS, kinds),
    folders: heaviest(withBelow(catalog, folders.counts())),
    gps,
    reasons: heaviest(membersOf(columns.reasonSets.sets, reasons)),
    states: fixed(PHOTO_STATES, states),
    keywords: named('keyword', membersOf(columns.keywordSets.sets, keywords)),
    days: heaviest(days.counts())
      .sort((a, b) => a.value - b.value)
      .map((entry) => ({ value: dayText(entry.value), count: entry.count })),
  };
}

function namesOf(catalog: Catalog, table: 'camera' | 'lens' | 'keyword', ids: Iterable<number>): Map<number, string> {
  return new Map(
    query<[number, string]>(catalog, `SELECT id, name FROM ${table} WHERE id IN (SELECT value FROM json_each(?))`)
      .raw()
      .all(JSON.stringify([...ids])),
  );
}

/** Photos a set → photos a member. */
function membersOf<Member>(sets: readonly (readonly Member[])[], totals: readonly number[]): Counts<Member> {
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
  const { smalls, numbers } = columns;
  const since = Date.now() - RECENT_MILLISECONDS;
  const reject = FLAGS.indexOf('reject');
  let recent = 0;
  let rejected = 0;
  let problems = 0;
  for (let slot = 0; slot < columns.length; slot++) {
    if (smalls.alive[slot] === 0) continue;
    if (numbers.added[slot]! >= since) recent++;
    if (smalls.flag[slot] === reject) rejected++;
    if (isProblem(columns, slot)) problems++;
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
  const grades: number[] = [];
  for (const slot of matchingSlots(catalog, columns, view)) {
    const grade = columns.numbers.grade[slot]!;
    if (Number.isNaN(grade)) continue;
    grades.push(grade);
    bins[Math.max(0, Math.min(BINS - 1, Math.floor((grade * BINS) / 100)))]!++;
  }
  return { bins, median: medianOf(Float64Array.from(grades)), dimensions: medianDimensions(catalog, columns) };
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

/** Share 0–1 of the graded photos of the same tier with a lower grade; null for a photo without one. */
export function percentileOf(columns: PhotoColumns, id: number): number | null {
  const slot = columns.slotOf(id);
  if (slot === undefined || columns.smalls.tier[slot] === 2) return null;
  const grade = columns.numbers.grade[slot]!;
  const tier = columns.smalls.tier[slot];
  let same = 0;
  let lower = 0;
  for (let other = 0; other < columns.length; other++) {
    if (columns.smalls.alive[other] === 0 || columns.smalls.tier[other] !== tier) continue;
    same++;
    if (columns.numbers.grade[other]! < grade) lower++;
  }
  return same > 1 ? lower / (same - 1) : null;
}
