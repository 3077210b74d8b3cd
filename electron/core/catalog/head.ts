/**
 * The beginning of a view in its order, straight from the catalog: what is on screen while the columns are still read.
 * It is the beginning of what `order.ts` answers, photo by photo. A view that SQL doesn't answer quickly has none:
 * under headers, filtered, and what is chosen by comparing photos.
 */
import type { Section } from '../../../shared/contract.ts';
import { PACKED_BYTES, type Query, type Source } from '../../../shared/query.ts';
import { type Direction, sortRow } from '../../../shared/sorts.ts';
import { aspectOf, type NumberColumn, numberSql, packingOf, SHOWN, STANDING, TIER } from './column-parts.ts';
import { foldersBelow } from './folders.ts';
import { RECENT_MILLISECONDS } from './matching.ts';
import { type Catalog, query } from './open.ts';
import { standsTogether } from './stack-order.ts';

/** Photos of a beginning: more than any window shows at once. */
export const HEAD_PHOTOS = 600;
/** Rows read for them where stacks are collapsed: frames below their top are left out. */
const ROWS = 3 * HEAD_PHOTOS;

/** `sections`: headers over these photos; what SQL answers has none. */
export type Head = { packed: string; sections: Section[]; total: number; milliseconds: number };

/** The photos of a view in SQL. */
type Members = { from: string; where: string; values: unknown[] };

const MARKED = 'LEFT JOIN mark m ON m.photo_id = p.id';

/** Null for a source that is not a condition on single photos. */
function membersOf(catalog: Catalog, source: Source): Members | null {
  const all = { from: 'photo p', where: 'TRUE', values: [] };
  switch (source.kind) {
    case 'all':
      return all;
    case 'folder': {
      const folders = JSON.stringify([...foldersBelow(catalog, [source.id])]);
      return { ...all, where: 'p.folder_id IN (SELECT value FROM json_each(?))', values: [folders] };
    }
    case 'album': {
      const kind = query<string>(catalog, 'SELECT kind FROM album WHERE id = ?').pluck().get(source.id);
      if (kind !== 'album') return null;
      return {
        from: 'album_photo ap JOIN photo p ON p.id = ap.photo_id',
        where: 'ap.album_id = ?',
        values: [source.id],
      };
    }
    case 'recent':
      return { ...all, where: 'p.added_at >= ?', values: [Date.now() - RECENT_MILLISECONDS] };
    case 'rejected':
      return { from: 'mark r JOIN photo p ON p.id = r.photo_id', where: "r.flag = 'reject'", values: [] };
    case 'problems':
      return { ...all, where: "(p.error IS NOT NULL OR p.state IN ('failed', 'missing'))", values: [] };
    case 'best':
      return null;
  }
}

/** ORDER BY, and what it needs joined; see shared/sorts.ts for photos of equal value and without one. */
function sortingOf({ sort, source }: Query): { join: string; by: string } {
  const { value } = sortRow(sort.key);
  const along = (sql: string, direction: Direction) => `${sql} ${direction.toUpperCase()}`;
  switch (value.kind) {
    case 'photo': {
      const number = value.byTier ? STANDING : numberSql(sort.key as NumberColumn);
      const tier = value.byTier ? `${TIER}, ` : '';
      return { join: '', by: `${tier}${number} IS NULL, ${along(number, sort.order)}, p.id` };
    }
    case 'mark':
      return { join: MARKED, by: `${along(packingOf(value.column), sort.order)}, p.id` };
    case 'text':
      return { join: '', by: `${along(`p.${value.column}`, sort.order)}, p.id` };
    case 'album':
      return source.kind === 'album'
        ? { join: '', by: `${along('ap.position', sort.order)}, ${along('p.id', sort.order)}` }
        : { join: '', by: `p.taken_at IS NULL, ${along('p.taken_at', sort.order)}, p.id` };
  }
}

type Row = [id: number, width: number, height: number, stack: number | null, isTop: number];

/** One frame of each stack as `order.ts` keeps it: its top if the view has it, else the first that it has. */
function collapse(catalog: Catalog, rows: readonly Row[], { from, where, values }: Members): Row[] {
  const stacks = JSON.stringify(rows.flatMap(([, , , stack]) => stack ?? []));
  const topped = new Set(
    query<number>(
      catalog,
      `SELECT p.stack_id FROM ${from} WHERE ${where} AND p.stack_id IN (SELECT value FROM json_each(?)) AND p.stack_top`,
    )
      .pluck()
      .all(...values, stacks),
  );
  const shown = new Set<number>();
  return rows.filter(([, , , stack, isTop]) => {
    if (stack === null) return true;
    if (topped.has(stack)) return isTop === 1;
    const isFirst = !shown.has(stack);
    shown.add(stack);
    return isFirst;
  });
}

/** Frames of each stack in the order of capture, at the place of the first of them, as `stack-order.ts` puts them. */
function together(catalog: Catalog, rows: readonly Row[], { from, where, values }: Members): Row[] {
  const stacks = JSON.stringify(rows.flatMap(([, , , stack]) => stack ?? []));
  const members = query<[...Row, takenAt: number | null]>(
    catalog,
    `SELECT p.id, p.width, p.height, p.stack_id, p.stack_top, p.taken_at FROM ${from}
     WHERE ${where} AND p.stack_id IN (SELECT value FROM json_each(?)) ORDER BY p.id`,
  )
    .raw()
    .all(...values, stacks);
  const byStack = Map.groupBy(members, ([, , , stack]) => stack);
  const time = (takenAt: number | null) => takenAt ?? Number.NaN;
  for (const frames of byStack.values()) frames.sort((a, b) => time(a[5]) - time(b[5]) || 0 || a[0] - b[0]);
  const shown = new Set<number>();
  return rows.flatMap((row): Row[] => {
    const stack = row[3];
    if (stack === null) return [row];
    if (shown.has(stack)) return [];
    shown.add(stack);
    return byStack.get(stack)!.map(([id, width, height, of, isTop]) => [id, width, height, of, isTop]);
  });
}

/** Photos looked at to guess how far a beginning reaches, and how many times as many as it needs are let in. */
const SAMPLE = 1000;
const AMPLY = 4;

/**
 * A condition that holds for the first photos by a number and for few others. Where numbers rise with ids, as dates do,
 * a sort that keeps only the first would take every single photo in and put it out again. Null where it is of no use.
 */
function reachOf(catalog: Catalog, view: Query, total: number): { where: string; value: number } | null {
  const { value } = sortRow(view.sort.key);
  if (view.source.kind !== 'all' || total < 10 * SAMPLE) return null;
  const isNumber = value.kind === 'photo' && !value.byTier;
  // Outside of albums what is sorted by hand stands by date.
  if (!isNumber && value.kind !== 'album') return null;
  const number = numberSql(isNumber ? (view.sort.key as NumberColumn) : 'date');
  const falls = view.sort.order === 'desc';
  const last = query<number>(catalog, 'SELECT max(id) FROM photo').pluck().get()!;
  const ids = Array.from({ length: SAMPLE }, (_, index) => 1 + Math.floor((index * last) / SAMPLE));
  const numbers = query<number>(
    catalog,
    `SELECT ${number} AS number FROM photo p WHERE id IN (SELECT value FROM json_each(?)) AND number IS NOT NULL
     ORDER BY number ${falls ? 'DESC' : 'ASC'}`,
  )
    .pluck()
    .all(JSON.stringify(ids));
  const reached = numbers[Math.ceil((AMPLY * ROWS * numbers.length) / total)];
  return reached === undefined ? null : { where: `${number} ${falls ? '>=' : '<='} ?`, value: reached };
}

type Beginning = { rows: Row[]; total: number };

function beginningOf(catalog: Catalog, view: Query): Beginning | null {
  if (view.group !== 'none' || Object.keys(view.filter).length > 0) return null;
  if ((view.toggledStacks ?? []).length > 0) return null;
  const members = membersOf(catalog, view.source);
  if (members === null) return null;
  const { from, values } = members;
  const where = `(${members.where}) AND p.id ${SHOWN}`;
  const { join, by } = sortingOf(view);
  const collapsed = view.stacks === 'collapsed';
  const counted = collapsed ? 'count(*) - count(p.stack_id) + count(DISTINCT p.stack_id)' : 'count(*)';
  const total = query<number>(catalog, `SELECT ${counted} FROM ${from} WHERE ${where}`)
    .pluck()
    .get(...values)!;
  const limit = collapsed ? ROWS : HEAD_PHOTOS;
  const first = (condition: string, given: unknown[]) =>
    query<Row>(
      catalog,
      `SELECT p.id, p.width, p.height, p.stack_id, p.stack_top FROM ${from} ${join} WHERE ${condition} ORDER BY ${by}
       LIMIT ${limit}`,
    )
      .raw()
      .all(...given);
  const reach = reachOf(catalog, view, total);
  let found = reach === null ? [] : first(`${reach.where} AND p.id ${SHOWN}`, [reach.value]);
  // Without it there may be more: photos without the number, or a guess that was short.
  if (found.length < limit) found = first(where, values);
  const isSeen = { ...members, where };
  const arranged = collapsed
    ? collapse(catalog, found, isSeen)
    : standsTogether(view)
      ? together(catalog, found, isSeen)
      : found;
  const rows = arranged.slice(0, HEAD_PHOTOS);
  return { rows, total };
}

/** Ids of the first photos of a view, at most HEAD_PHOTOS. Null where there is no beginning. */
export function firstIds(catalog: Catalog, view: Query): number[] | null {
  return beginningOf(catalog, view)?.rows.map(([id]) => id) ?? null;
}

/** `photos.head`. Null where there is none: the whole order says it then. */
export function headOf(catalog: Catalog, view: Query): Head | null {
  const began = performance.now();
  const beginning = beginningOf(catalog, view);
  if (beginning === null) return null;
  const { rows, total } = beginning;
  const bytes = Buffer.alloc(rows.length * PACKED_BYTES);
  for (const [index, [id, width, height]] of rows.entries()) {
    bytes.writeUInt32LE(id, index * PACKED_BYTES);
    bytes.writeUInt16LE(aspectOf(width, height), index * PACKED_BYTES + 4);
  }
  return { packed: bytes.toString('base64'), sections: [], total, milliseconds: performance.now() - began };
}
