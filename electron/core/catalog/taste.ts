/** What taste learns from and what it says of each photo. */
import type { Level } from '../../../shared/grade.ts';
import type { Flag } from '../../../shared/photo.ts';
import type { Quarters } from '../base/quarters.ts';
import { MEASURES, MEASURES_TABLES, readMeasures } from './facts.ts';
import { type Catalog, query } from './open.ts';

/** A photo with all that taste may read of it. */
export type TasteRow = {
  id: number;
  grade: number | null;
  technical: number | null;
  measures: Record<string, unknown> | null;
  dimensions: Record<string, number> | null;
  width: number;
  height: number;
  iso: number | null;
  aperture: number | null;
  /** Seconds. */
  shutter: number | null;
  /** Millimetres. */
  focal: number | null;
  takenAt: number | null;
  /** What was said of it; null while nothing is. */
  taste: number | null;
};

export type MarkedRow = TasteRow & {
  flag: Flag;
  stars: number;
  isMeant: number;
  view: Level | null;
  folder: number;
  stack: number | null;
};

type Stored = Omit<TasteRow, 'measures' | 'dimensions'> & {
  seen: string | null;
  quarters: Quarters;
  concluded: string | null;
  dimensions: string | null;
};

const COLUMNS = `p.id, p.grade, p.technical, p.width, p.height, p.iso, p.aperture, p.shutter, p.taste,
  coalesce(p.focal_length_35, p.focal_length) AS focal, p.taken_at AS takenAt, c.dimensions, ${MEASURES}`;
const TABLES = `LEFT JOIN critique c ON c.id = p.critique_id ${MEASURES_TABLES}`;

function readRow<Row extends Stored>({ seen, concluded, quarters, dimensions, ...row }: Row) {
  const scores = dimensions === null ? null : (JSON.parse(dimensions) as Record<string, { value: number }>);
  return {
    ...row,
    measures: readMeasures({ seen, concluded, quarters }),
    dimensions:
      scores === null ? null : Object.fromEntries(Object.entries(scores).map(([name, { value }]) => [name, value])),
  };
}

/** Photos that say what a person likes, by id. @param since marks, answers and views from then on, milliseconds */
export function markedPhotos(catalog: Catalog, since: number): MarkedRow[] {
  return query<Stored & Pick<MarkedRow, 'flag' | 'stars' | 'isMeant' | 'view' | 'folder' | 'stack'>>(
    catalog,
    `SELECT ${COLUMNS}, coalesce(m.flag, 'none') AS flag, coalesce(m.stars, 0) AS stars, p.folder_id AS folder,
       p.stack_id AS stack, a.photo_id IS NOT NULL AS isMeant, v.grade AS view
     FROM photo p LEFT JOIN mark m ON m.photo_id = p.id AND m.changed_at > @since
     LEFT JOIN (SELECT DISTINCT photo_id FROM answer WHERE created_at > @since) a ON a.photo_id = p.id
     LEFT JOIN (SELECT content, grade FROM feedback WHERE id IN (SELECT max(id) FROM feedback
         WHERE withdrawn = 0 AND grade IS NOT NULL AND given_at > @since GROUP BY content)) v ON v.content = p.content ${TABLES}
     WHERE (coalesce(m.flag, 'none') <> 'none' OR coalesce(m.stars, 0) > 0 OR a.photo_id IS NOT NULL OR v.grade IS NOT NULL)
       AND ms.value IS NOT NULL ORDER BY p.id`,
  )
    .all({ since })
    .map(readRow);
}

/** Photos by id, a page at a time. */
export function tastePage(catalog: Catalog, after: number, limit: number): TasteRow[] {
  return query<Stored>(catalog, `SELECT ${COLUMNS} FROM photo p ${TABLES} WHERE p.id > ? ORDER BY p.id LIMIT ?`)
    .all(after, limit)
    .map(readRow);
}

export function writeTastes(catalog: Catalog, tastes: readonly (readonly [id: number, taste: number | null])[]): void {
  catalog.transaction(() => {
    const update = query(catalog, 'UPDATE photo SET taste = ? WHERE id = ?');
    for (const [id, taste] of tastes) update.run(taste, id);
  })();
}

/** Photos that have a taste. */
export function tastedPhotos(catalog: Catalog): number[] {
  return query<number>(catalog, 'SELECT id FROM photo WHERE taste IS NOT NULL').pluck().all();
}

/** Changes whenever something that taste hangs on does. */
export function tasteGround(catalog: Catalog): string {
  const count = query<string>(
    catalog,
    `SELECT (SELECT count(*) || ' ' || coalesce(sum(changed_at), 0) || ' ' || coalesce(sum(stars), 0) ||  ' ' ||
       coalesce(sum(flag = 'pick'), 0) || ' ' || coalesce(sum(flag = 'reject'), 0) FROM mark) || ' ' ||
       (SELECT count(*) || ' ' || coalesce(sum(created_at), 0) FROM answer) || ' ' ||
       (SELECT count(*) || ' ' || coalesce(sum(id), 0) FROM feedback WHERE withdrawn = 0 AND grade IS NOT NULL) || ' ' ||
       (SELECT count(*) || ' ' || coalesce(max(id), 0) FROM critique)`,
  ).pluck();
  return count.get() ?? '';
}

export function readTaste(catalog: Catalog): string | null {
  return query<string>(catalog, 'SELECT value FROM taste WHERE id = 1').pluck().get() ?? null;
}

export function writeTaste(catalog: Catalog, value: string): void {
  query(
    catalog,
    'INSERT INTO taste (id, value) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET value = excluded.value',
  ).run(value);
}
