/** What the columns in memory are read from: parts that are read together, each with its SQL and what its values say. */
import { LEVELS } from '../../../shared/grade.ts';
import { COLORS, FLAGS, KINDS, PHOTO_STATES } from '../../../shared/photo.ts';
import type { PhotoColumn } from '../../../shared/photo-columns.ts';
import { SORT_KEYS, SORTS, type SortKey, sortRow } from '../../../shared/sorts.ts';

/** Level of a photo without a grade; the others are places in LEVELS. */
export const UNGRADED = LEVELS.length;
export const NO_DAY = -(2 ** 31);
/**
 * Who a photo's place in an order by grade is from: the chosen critic; an estimate of what it would say; the measured
 * critic alone; nobody yet. Without a chosen critic the measured one's are `graded`.
 */
export const TIERS = { graded: 0, estimated: 1, measured: 2, none: 3 } as const;
export const TIER_COUNT = Object.keys(TIERS).length;
/** SQL of it. */
export const TIER = `coalesce(p.grade_tier, ${TIERS.none})`;
/** SQL of the number that a photo stands by in an order by tiers: in each tier its own. */
export const STANDING = 'coalesce(p.estimate, p.grade)';

/** Width through height of a photo that nobody has looked at yet. */
const USUAL_ASPECT = 1500;

/** Width ÷ height × 1000, what the page lays a photo out as: 1–65,535. */
export function aspectOf(width: number, height: number): number {
  const aspect = width > 0 && height > 0 ? Math.round((width / height) * 1000) : USUAL_ASPECT;
  return Math.max(1, Math.min(65_535, aspect));
}

/** Orders by a number of the photo itself: each has a column of its name. */
export type NumberColumn = {
  [Key in SortKey]: (typeof SORTS)[Key]['value']['kind'] extends 'photo' ? Key : never;
}[SortKey];
export const NUMBERS: readonly NumberColumn[] = SORT_KEYS.filter(
  (key): key is NumberColumn => sortRow(key).value.kind === 'photo',
);

/** SQL that reads a number column; one column of the catalog, or the product of several. */
export function numberSql(key: NumberColumn): string {
  const names = SORTS[key].value.columns.map((name) => `p.${name}`);
  return names.length === 1 ? names.join() : `nullif(${names.join(' * ')}, 0)`;
}

export const REFERENCES = ['id', 'folder', 'camera', 'lens', 'stack', 'keywords'] as const;
export type ReferenceColumn = (typeof REFERENCES)[number];

/** SQL that gives the place of a text column's value in a list. */
const placeOf = (column: string, values: readonly string[], otherwise: number): string =>
  `CASE ${column} ${values.map((value, index) => `WHEN '${value}' THEN ${index}`).join(' ')} ELSE ${otherwise} END`;

/** Small values in one number, lowest bits first: a row of few values is read in half the time. */
export const PACKED = [
  ['kind', 4, placeOf('p.kind', KINDS, KINDS.length - 1)],
  ['state', 2, placeOf('p.state', PHOTO_STATES, 0)],
  ['problem', 1, '(p.error IS NOT NULL)'],
  ['flag', 2, placeOf("coalesce(m.flag, 'none')", FLAGS, FLAGS.indexOf('none'))],
  ['stars', 3, 'coalesce(m.stars, 0)'],
  ['color', 3, placeOf("coalesce(m.color, 'none')", COLORS, 0)],
  ['gps', 1, '(p.latitude IS NOT NULL)'],
  ['stackTop', 1, 'p.stack_top'],
] as const satisfies readonly (readonly [column: string, bits: number, sql: string])[];
type PackedColumn = (typeof PACKED)[number][0];
/** Known of every photo at once, or concluded from another column. */
export type SmallColumn = PackedColumn | 'tier' | 'level' | 'alive';
export const SMALLS: readonly SmallColumn[] = [...PACKED.map(([column]) => column), 'tier', 'level', 'alive'];

/** SQL of one of them, before it is packed. */
export const packingOf = (column: PackedColumn): string => PACKED.find(([name]) => name === column)![2];

function packingSql(): string {
  let shift = 0;
  return PACKED.map(([, bits, sql]) => {
    const shifted = `((${sql}) << ${shift})`;
    shift += bits;
    return shifted;
  }).join(' | ');
}

/** What is read from the catalog together. */
export const PARTS = [
  'marks',
  'shape',
  'folder',
  'camera',
  'lens',
  'stack',
  'reasons',
  'keywords',
  ...NUMBERS,
] as const;
export type Part = (typeof PARTS)[number];

const MARKS: ReadonlySet<PhotoColumn> = new Set(['flag', 'stars', 'color']);

/** The parts that are read again when these columns changed: a mark moves nothing else. */
export const partsChangedBy = (columns: readonly PhotoColumn[] | null): readonly Part[] =>
  columns?.every((column) => MARKS.has(column)) ? ['marks'] : PARTS;

/** Those of the critique that counts, then warnings about faces. */
const REASONS = "CASE WHEN p.face_reasons = '' THEN p.reasons ELSE ltrim(p.reasons || ',' || p.face_reasons, ',') END";

/** SQL of a part's values in a row; keywords are in a table of their own. */
export function sqlOf(part: Part): string[] {
  switch (part) {
    case 'marks':
      return [packingSql()];
    case 'shape':
      return ['p.width', 'p.height'];
    case 'folder':
    case 'camera':
    case 'lens':
    case 'stack':
      return [`p.${part}_id`];
    case 'reasons':
      return [REASONS];
    case 'keywords':
      return [];
    case 'grade':
      return [numberSql(part), TIER, 'p.estimate'];
    case 'date':
      return [numberSql(part), "nullif(p.taken_precision, 'second')"];
    default:
      return [numberSql(part)];
  }
}

export type Value = number | string | null;
export type Row = [id: number, ...values: Value[]];
export type Tagged = [id: number, keywords: string];

/** SELECT … FROM …, without a condition. */
export function rowsSql(parts: readonly Part[]): string {
  const marks = parts.includes('marks') ? 'LEFT JOIN mark m ON m.photo_id = p.id' : '';
  return `SELECT ${['p.id', ...parts.flatMap(sqlOf)].join(', ')} FROM photo p ${marks}`;
}

export const KEYWORDS = 'SELECT photo_id, group_concat(keyword_id) FROM photo_keyword WHERE photo_id';
export const WANTED = 'IN (SELECT value FROM json_each(?))';

/** Photos that a person put away are not shown (put-away.ts); after the id of a photo. */
export const SHOWN = 'NOT IN (SELECT photo_id FROM put_away)';
