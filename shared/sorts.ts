/**
 * The orders that a view can have and the headers that can stand in it. The two tables below are the one definition:
 * the schema of a query, the page's menu, the command line's values and help, and what the catalog reads and compares
 * are inferred from them. A new order is one row here, and a column of the catalog where it reads a new one.
 *
 * Every order is total: photos of equal value stand by id, the lower first, in both directions; photos without a value
 * come last in both.
 */
import type { PhotoColumn } from './photo-columns.ts';

export type Direction = 'asc' | 'desc';

interface GroupRow {
  /** In the menu. */
  readonly label: string;
  /** Direction of the headers where the order says nothing of them. Levels rise from excellent to bad. */
  readonly first: Direction;
  /** What of a photo decides under which header it stands; null where none is. */
  readonly changes: PhotoColumn | null;
}

export const GROUPS = {
  none: { label: 'No headers', first: 'asc', changes: null },
  day: { label: 'Days', first: 'desc', changes: 'metadata' },
  month: { label: 'Months', first: 'desc', changes: 'metadata' },
  folder: { label: 'Folders', first: 'asc', changes: 'place' },
  level: { label: 'Levels', first: 'asc', changes: 'grade' },
} as const satisfies Record<string, GroupRow>;
export type Group = keyof typeof GROUPS;
export const GROUP_KEYS = Object.keys(GROUPS) as [Group, ...Group[]];

/** Where a photo's value comes from, by names of the catalog's columns. */
export type SortValue =
  /**
   * A number of the photo; of several columns their product, unknown where it is 0. `byTier`: what the chosen critic
   * graded comes before what only the measured one did, in both directions.
   */
  | { readonly kind: 'photo'; readonly columns: readonly [string, ...string[]]; readonly byTier?: true }
  /** A number that a person gave. */
  | { readonly kind: 'mark'; readonly column: 'stars' }
  /** A text that the catalog has an index of. */
  | { readonly kind: 'text'; readonly column: string }
  /** The photo's place in the album that is shown; elsewhere, and in a smart album, its date. */
  | { readonly kind: 'album' };

interface SortRow {
  /** In the menu. */
  readonly label: string;
  /** In the toolbar, before the direction. */
  readonly short: string;
  readonly asc: string;
  readonly desc: string;
  /** Direction that people want first, in the page as on the command line. */
  readonly first: Direction;
  readonly value: SortValue;
  /** What of a photo moves it in this order when it changes. */
  readonly changes: PhotoColumn;
  /** Headers that run with this order, or against it; others run as they do by themselves. */
  readonly leads?: Partial<Record<Group, 'with' | 'against'>>;
  /** Without which the order means nothing: the menu offers it in an album only, or says what model is missing. */
  readonly needs?: 'album' | 'grader';
  /** What the command line's help adds to the label. */
  readonly hint?: string;
}

export const SORTS = {
  grade: {
    label: 'Aesthetics',
    short: 'Aesthetics',
    asc: 'weakest first',
    desc: 'best first',
    first: 'desc',
    value: { kind: 'photo', columns: ['grade'], byTier: true },
    changes: 'grade',
    leads: { level: 'against' },
    needs: 'grader',
    hint: 'by the chosen model; without one, technical quality',
  },
  technical: {
    label: 'Technical quality',
    short: 'Technical quality',
    asc: 'weakest first',
    desc: 'best first',
    first: 'desc',
    value: { kind: 'photo', columns: ['technical'] },
    changes: 'grade',
    leads: { level: 'against' },
  },
  taste: {
    label: 'Your taste',
    short: 'Taste',
    asc: 'least liked first',
    desc: 'most liked first',
    first: 'desc',
    value: { kind: 'photo', columns: ['taste'] },
    changes: 'taste',
  },
  date: {
    label: 'Date taken',
    short: 'Date',
    asc: 'oldest first',
    desc: 'newest first',
    first: 'asc',
    value: { kind: 'photo', columns: ['taken_at'] },
    changes: 'metadata',
    leads: { day: 'with', month: 'with' },
  },
  name: {
    label: 'File name',
    short: 'Name',
    asc: 'A to Z',
    desc: 'Z to A',
    first: 'asc',
    value: { kind: 'text', column: 'name_key' },
    changes: 'name',
  },
  focus: {
    label: 'Focus',
    short: 'Focus',
    asc: 'softest first',
    desc: 'sharpest first',
    first: 'desc',
    value: { kind: 'photo', columns: ['focus'] },
    changes: 'measures',
  },
  subjectFocus: {
    label: 'Subject focus',
    short: 'Subject focus',
    asc: 'softest first',
    desc: 'sharpest first',
    first: 'desc',
    value: { kind: 'photo', columns: ['subject_focus'] },
    changes: 'measures',
  },
  exposure: {
    label: 'Brightness',
    short: 'Brightness',
    asc: 'darkest first',
    desc: 'brightest first',
    first: 'desc',
    value: { kind: 'photo', columns: ['brightness'] },
    changes: 'measures',
  },
  noise: {
    label: 'Noise',
    short: 'Noise',
    asc: 'cleanest first',
    desc: 'noisiest first',
    first: 'asc',
    value: { kind: 'photo', columns: ['noise'] },
    changes: 'measures',
  },
  colorfulness: {
    label: 'Colorfulness',
    short: 'Color',
    asc: 'quietest first',
    desc: 'strongest first',
    first: 'desc',
    value: { kind: 'photo', columns: ['colorfulness'] },
    changes: 'measures',
  },
  stars: {
    label: 'Stars',
    short: 'Stars',
    asc: 'fewest first',
    desc: 'most first',
    first: 'desc',
    value: { kind: 'mark', column: 'stars' },
    changes: 'stars',
  },
  iso: {
    label: 'ISO',
    short: 'ISO',
    asc: 'lowest first',
    desc: 'highest first',
    first: 'asc',
    value: { kind: 'photo', columns: ['iso'] },
    changes: 'metadata',
  },
  faces: {
    label: 'Faces',
    short: 'Faces',
    asc: 'fewest first',
    desc: 'most first',
    first: 'desc',
    value: { kind: 'photo', columns: ['face_count'] },
    changes: 'faces',
  },
  size: {
    label: 'Pixels',
    short: 'Pixels',
    asc: 'smallest first',
    desc: 'largest first',
    first: 'desc',
    value: { kind: 'photo', columns: ['width', 'height'] },
    changes: 'shape',
  },
  added: {
    label: 'Date added',
    short: 'Added',
    asc: 'oldest first',
    desc: 'newest first',
    first: 'desc',
    value: { kind: 'photo', columns: ['added_at'] },
    changes: 'presence',
  },
  manual: {
    label: 'By hand',
    short: 'By hand',
    asc: 'first first',
    desc: 'last first',
    first: 'asc',
    value: { kind: 'album' },
    changes: 'album',
    needs: 'album',
  },
} as const satisfies Record<string, SortRow>;
export type SortKey = keyof typeof SORTS;
/** In the order of the menu. */
export const SORT_KEYS = Object.keys(SORTS) as [SortKey, ...SortKey[]];

/** A key of the table, with all that a row can say. */
export const sortRow = (key: SortKey): SortRow => SORTS[key];

/** An order by `key` as people want it first. */
export const firstSort = (key: SortKey): { key: SortKey; order: Direction } => ({ key, order: SORTS[key].first });

/** Direction in which the headers of a group run under a sort. */
export function groupDirection(group: Group, sort: { key: SortKey; order: Direction }): Direction {
  const lead = sortRow(sort.key).leads?.[group];
  if (lead === undefined) return GROUPS[group].first;
  return (lead === 'with') === (sort.order === 'asc') ? 'asc' : 'desc';
}

/** What an order is without a grader: what the measured critic grades is technical quality. */
export const sortWithout = (key: SortKey): SortKey => (sortRow(key).needs === 'grader' ? 'technical' : key);

/** The order in words for the toolbar: `Technical quality, best first`. */
export function sortTitle(sort: { key: SortKey; order: Direction }): string {
  const row = sortRow(sort.key);
  return row.value.kind === 'album' && sort.order === 'asc' ? row.short : `${row.short}, ${row[sort.order]}`;
}

/** Every order with what its directions mean, a line each, the first direction marked: for the command line's help. */
export function sortHelp(): string[] {
  const width = Math.max(...SORT_KEYS.map((key) => key.length));
  return SORT_KEYS.map((key) => {
    const { label, first, asc, desc } = SORTS[key];
    const { hint } = sortRow(key);
    const other = first === 'asc' ? `desc: ${desc}` : `asc: ${asc}`;
    return `${key.padEnd(width)}  ${label}${hint ? ` (${hint})` : ''}, ${first === 'asc' ? asc : desc} (${other})`;
  });
}
