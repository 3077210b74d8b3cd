/** Which columns of photos the answers of the catalog hang on: what else changes needs no new order and no new counts. */
import type { PhotoColumn } from './photo-columns.ts';
import type { Filter, Query, Source } from './query.ts';
import { GROUPS, sortRow } from './sorts.ts';

type Columns = readonly PhotoColumn[];

const OF_FILTER: Readonly<Record<keyof Filter, Columns>> = {
  grade: ['grade'],
  levels: ['grade'],
  flags: ['flag'],
  stars: ['stars'],
  colors: ['color'],
  date: ['metadata'],
  cameras: ['metadata'],
  lenses: ['metadata'],
  iso: ['metadata'],
  focus: ['measures'],
  subjectFocus: ['measures'],
  kinds: ['metadata'],
  folders: ['place'],
  gps: ['metadata'],
  faces: ['faces'],
  reasons: ['grade', 'faces'],
  states: ['state'],
  keywords: ['keywords'],
  text: ['name', 'place', 'keywords', 'metadata', 'grade'],
};

const OF_SOURCE: Readonly<Record<Source['kind'], Columns>> = {
  all: [],
  folder: ['place'],
  album: ['album'],
  best: ['grade', 'flag', 'state', 'stack', 'metadata', 'place'],
  recent: [],
  rejected: ['flag'],
  problems: ['state'],
};

/** Columns that decide whether a photo passes. */
export function filterColumns(filter: Filter): ReadonlySet<PhotoColumn> {
  const columns = new Set<PhotoColumn>(['presence']);
  for (const key of Object.keys(filter) as (keyof Filter)[]) {
    if (filter[key] !== undefined) for (const column of OF_FILTER[key]) columns.add(column);
  }
  return columns;
}

/**
 * Columns that decide which photos a query finds.
 * @param smart the filter of the smart album that is the source, null for every other source
 */
export function foundColumns(query: Query, smart: Filter | null): ReadonlySet<PhotoColumn> {
  const columns = new Set([...filterColumns(query.filter), ...OF_SOURCE[query.source.kind]]);
  if (smart !== null) for (const column of filterColumns(smart)) columns.add(column);
  return columns;
}

/** Columns that decide the order of a query's photos, their boxes and headers. @param smart as in `foundColumns` */
export function orderColumns(query: Query, smart: Filter | null): ReadonlySet<PhotoColumn> {
  const columns = new Set(foundColumns(query, smart));
  columns.add('shape');
  const { changes, value } = sortRow(query.sort.key);
  columns.add(changes);
  // Where an album is not shown the order by hand is that of the dates.
  if (value.kind === 'album') columns.add('metadata');
  const head = GROUPS[query.group].changes;
  if (head !== null) columns.add(head);
  if (query.stacks !== 'open') columns.add('stack');
  // Frames that stand together do so in the order of time.
  if (query.stacks === 'together' || query.toggledStacks !== undefined) columns.add('metadata');
  return columns;
}

/** Columns whose values are counted for a query: every key of the filter but the words. */
export function facetColumns(query: Query, smart: Filter | null): ReadonlySet<PhotoColumn> {
  const columns = new Set(foundColumns(query, smart));
  for (const [key, counted] of Object.entries(OF_FILTER)) {
    if (key !== 'text') for (const column of counted) columns.add(column);
  }
  return columns;
}

/** Columns that the counts of the fixed places hang on. */
export const COUNT_COLUMNS: ReadonlySet<PhotoColumn> = new Set(['presence', ...OF_SOURCE.best]);
