/** Which photos a view shows: its source and filter as tests over the columns, one test a dimension of the filter. */
import { LEVELS } from '../../../shared/grade.ts';
import { COLORS, FLAGS, KINDS, PHOTO_STATES } from '../../../shared/photo.ts';
import { type Filter, filterSchema, type Query, type Source } from '../../../shared/query.ts';
import { CoreError } from '../base/core-error.ts';
import { bestPhotos } from './best.ts';
import { NO_DAY } from './column-parts.ts';
import type { PhotoColumns } from './columns.ts';
import { foldersBelow } from './folders.ts';
import { type Catalog, query } from './open.ts';
import { photosWithText } from './text.ts';

export type Test = (slot: number) => boolean;
export type Dimension = keyof Filter;

/** Photos found within this time count as recently added. */
export const RECENT_MILLISECONDS = 30 * 86_400_000;

const DAY = 86_400_000;

/** YYYY-MM-DD → days since 1970. */
export const dayNumber = (date: string): number => Math.floor(Date.parse(`${date}T00:00:00Z`) / DAY);
const dayTexts = new Map<number, string>();
/** Days since 1970 → YYYY-MM-DD; a library asks for the same ten thousand days again and again. */
export function dayText(day: number): string {
  const known = dayTexts.get(day);
  if (known !== undefined) return known;
  const date = new Date(day * DAY);
  const [year, month, ofMonth] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
  const text = `${String(year).padStart(4, '0')}-${month < 10 ? '0' : ''}${month}-${ofMonth < 10 ? '0' : ''}${ofMonth}`;
  dayTexts.set(day, text);
  return text;
}

function within(range: { min?: number; max?: number } | undefined, column: () => ArrayLike<number>): Test | null {
  if (!range || (range.min === undefined && range.max === undefined)) return null;
  const minimum = range.min ?? Number.NEGATIVE_INFINITY;
  const maximum = range.max ?? Number.POSITIVE_INFINITY;
  const values = column();
  // NaN, an unknown value, is within no range.
  return (slot) => values[slot]! >= minimum && values[slot]! <= maximum;
}

function oneOf<Value>(
  wanted: readonly Value[] | undefined,
  all: readonly Value[],
  column: () => Uint8Array,
): Test | null {
  if (!wanted?.length) return null;
  const allowed = new Uint8Array(256);
  for (const value of wanted) allowed[all.indexOf(value)] = 1;
  const values = column();
  return (slot) => allowed[values[slot]!] === 1;
}

/** Whether a column names one of these ids. */
function anyOf(ids: ReadonlySet<number>, column: Uint32Array): Test {
  let most = 0;
  for (const id of ids) most = Math.max(most, id);
  const wanted = new Uint8Array(most + 1);
  for (const id of ids) wanted[id] = 1;
  // Beyond its end there is nothing, which is not 1.
  return (slot) => wanted[column[slot]!] === 1;
}

function namedIn(catalog: Catalog, table: 'camera' | 'lens', names: readonly string[], column: Uint32Array): Test {
  const ids = new Set(
    query<number>(catalog, `SELECT id FROM ${table} WHERE name IN (SELECT value FROM json_each(?))`)
      .pluck()
      .all(JSON.stringify(names)),
  );
  return anyOf(ids, column);
}

function slotsOf(columns: PhotoColumns, ids: Iterable<number>): Test {
  const inside = new Uint8Array(columns.length);
  for (const id of ids) {
    const slot = columns.slotOf(id);
    if (slot !== undefined) inside[slot] = 1;
  }
  return (slot) => inside[slot] === 1;
}

const lastText = new WeakMap<PhotoColumns, { text: string; revision: number; test: Test | null }>();

/** Order, facets and distribution of a view all ask for the same words: they are looked up once. */
function testOfText(catalog: Catalog, columns: PhotoColumns, text: string): Test | null {
  const last = lastText.get(columns);
  if (last && last.text === text && last.revision === columns.revision) return last.test;
  const found = photosWithText(catalog, text);
  // Only signs and no word: nothing is looked for.
  const test = found && slotsOf(columns, found);
  lastText.set(columns, { text, revision: columns.revision, test });
  return test;
}

/** Tests of those dimensions that narrow the view. */
export function testsOf(catalog: Catalog, columns: PhotoColumns, filter: Filter): Map<Dimension, Test> {
  const { numbers, smalls, references } = columns;
  const tests = new Map<Dimension, Test>();
  const add = (dimension: Dimension, test: Test | null) => {
    if (test) tests.set(dimension, test);
  };
  add(
    'grade',
    within(filter.grade, () => numbers.grade),
  );
  add(
    'levels',
    oneOf(filter.levels, LEVELS, () => smalls.level),
  );
  add(
    'flags',
    oneOf(filter.flags, FLAGS, () => smalls.flag),
  );
  add(
    'stars',
    within(filter.stars, () => smalls.stars),
  );
  add(
    'colors',
    oneOf(filter.colors, COLORS, () => smalls.color),
  );
  if (filter.date?.from || filter.date?.to) {
    const from = filter.date.from ? dayNumber(filter.date.from) : NO_DAY + 1;
    const to = filter.date.to ? dayNumber(filter.date.to) : 2 ** 31;
    // A photo of which only the month or year is known is within what holds all of it.
    const { day, lastDay } = columns;
    add('date', (slot) => day[slot]! >= from && lastDay[slot]! <= to);
  }
  if (filter.cameras?.length) add('cameras', namedIn(catalog, 'camera', filter.cameras, references.camera));
  if (filter.lenses?.length) add('lenses', namedIn(catalog, 'lens', filter.lenses, references.lens));
  add(
    'iso',
    within(filter.iso, () => numbers.iso),
  );
  add(
    'focus',
    within(filter.focus, () => numbers.focus),
  );
  add(
    'subjectFocus',
    within(filter.subjectFocus, () => numbers.subjectFocus),
  );
  add(
    'kinds',
    oneOf(filter.kinds, KINDS, () => smalls.kind),
  );
  if (filter.folders?.length) {
    add('folders', anyOf(foldersBelow(catalog, filter.folders), references.folder));
  }
  if (filter.gps !== undefined) {
    const wanted = filter.gps ? 1 : 0;
    const { gps } = smalls;
    add('gps', (slot) => gps[slot] === wanted);
  }
  add(
    'faces',
    within(filter.faces, () => numbers.faces),
  );
  if (filter.reasons?.length) {
    add('reasons', columns.reasons.anyOf(filter.reasons));
  }
  add(
    'states',
    oneOf(filter.states, PHOTO_STATES, () => smalls.state),
  );
  if (filter.keywords?.length) {
    const wanted = new Set(
      query<number>(catalog, 'SELECT id FROM keyword WHERE name IN (SELECT value FROM json_each(?))')
        .pluck()
        .all(JSON.stringify(filter.keywords)),
    );
    const allowed = columns.keywordSets.map((set) => set.some((id) => wanted.has(id)));
    const { keywords } = references;
    add('keywords', (slot) => allowed[keywords[slot]!] === true);
  }
  if (filter.text) {
    add('text', testOfText(catalog, columns, filter.text));
  }
  return tests;
}

/** @throws CoreError NOT_FOUND for an album that is gone. */
export function testOfSource(catalog: Catalog, columns: PhotoColumns, source: Source): Test | null {
  const { smalls, references, numbers } = columns;
  switch (source.kind) {
    case 'all':
      return null;
    case 'folder': {
      return anyOf(foldersBelow(catalog, [source.id]), references.folder);
    }
    case 'album': {
      const album = query<{ kind: string; filter: string | null }>(
        catalog,
        'SELECT kind, filter FROM album WHERE id = ?',
      ).get(source.id);
      if (!album) throw new CoreError('NOT_FOUND', 'This album does not exist any more.');
      if (album.kind === 'smart') {
        const tests = [...testsOf(catalog, columns, filterSchema.parse(JSON.parse(album.filter ?? '{}'))).values()];
        return (slot) => tests.every((test) => test(slot));
      }
      return slotsOf(
        columns,
        query<number>(catalog, 'SELECT photo_id FROM album_photo WHERE album_id = ?').pluck().all(source.id),
      );
    }
    case 'best':
      return slotsOf(columns, bestPhotos(columns, source.of));
    case 'recent': {
      const since = Date.now() - RECENT_MILLISECONDS;
      const { added } = numbers;
      return (slot) => added[slot]! >= since;
    }
    case 'rejected': {
      const rejected = FLAGS.indexOf('reject');
      const { flag } = smalls;
      return (slot) => flag[slot] === rejected;
    }
    case 'problems':
      return problemTest(columns);
  }
}

/** Broken, damaged or gone. */
export function problemTest({ smalls: { problem, state } }: PhotoColumns): Test {
  const failed = PHOTO_STATES.indexOf('failed');
  const missing = PHOTO_STATES.indexOf('missing');
  return (slot) => problem[slot] === 1 || state[slot] === failed || state[slot] === missing;
}

const lastAlive = new WeakMap<PhotoColumns, { presence: number; slots: Uint32Array }>();

/** Slots of all photos, rising; kept until photos come or go, and not to be written to. */
export function aliveSlots(columns: PhotoColumns): Uint32Array {
  const last = lastAlive.get(columns);
  if (last?.presence === columns.presence) return last.slots;
  const { alive } = columns.smalls;
  const slots = new Uint32Array(columns.count);
  let count = 0;
  for (let slot = 0; slot < columns.length; slot++) if (alive[slot] === 1) slots[count++] = slot;
  lastAlive.set(columns, { presence: columns.presence, slots });
  return slots;
}

/** Slots of the view's photos, in no particular order; stacks are still open. */
export function matchingSlots(
  catalog: Catalog,
  columns: PhotoColumns,
  view: Pick<Query, 'source' | 'filter'>,
): Uint32Array {
  const source = testOfSource(catalog, columns, view.source);
  const tests = [...testsOf(catalog, columns, view.filter).values()];
  if (source) tests.unshift(source);
  if (tests.length === 0) return aliveSlots(columns);
  const { alive } = columns.smalls;
  const slots = new Uint32Array(columns.count);
  let count = 0;
  next: for (let slot = 0; slot < columns.length; slot++) {
    if (alive[slot] === 0) continue;
    for (const test of tests) if (!test(slot)) continue next;
    slots[count++] = slot;
  }
  return slots.subarray(0, count);
}
