/** Decisions of people on photos: flag, stars and colour. */
import type { Color, Flag } from '../../../shared/photo.ts';
import { type Catalog, query } from './open.ts';

export type Mark = { flag: Flag; stars: number; color: Color };
export type MarkChange = Partial<Mark>;

/** Marks of those of these photos that exist; without a decision they are `none`, 0 and `none`. In the order given. */
export function marksOf(catalog: Catalog, ids: readonly number[]): [id: number, Mark['flag'], number, Mark['color']][] {
  return query<[number, Flag, number, Color]>(
    catalog,
    `SELECT p.id, coalesce(m.flag, 'none'), coalesce(m.stars, 0), coalesce(m.color, 'none')
     FROM json_each(?) j JOIN photo p ON p.id = j.value LEFT JOIN mark m ON m.photo_id = p.id`,
  )
    .raw()
    .all(JSON.stringify(ids));
}

/** Photos that there are to mark. */
export function countPhotos(catalog: Catalog): number {
  return query<number>(catalog, 'SELECT count(*) FROM photo').pluck().get() ?? 0;
}

/** Sets what is given on these photos, which exist. Part of the caller's transaction. */
export function writeMarks(catalog: Catalog, ids: readonly number[], change: MarkChange, now: number): void {
  query(
    catalog,
    `INSERT INTO mark (photo_id, flag, stars, color, source, changed_at)
     SELECT value, coalesce(@flag, 'none'), coalesce(@stars, 0), coalesce(@color, 'none'), 'person', @now
     FROM json_each(@ids) WHERE true
     ON CONFLICT (photo_id) DO UPDATE SET flag = coalesce(@flag, flag), stars = coalesce(@stars, stars),
       color = coalesce(@color, color), source = 'person', changed_at = @now`,
  ).run({
    ids: JSON.stringify(ids),
    flag: change.flag ?? null,
    stars: change.stars ?? null,
    color: change.color ?? null,
    now,
  });
}

/** The mark of a photo that the person has not decided on, read from the photo's own metadata. Not a step. */
export function importMark(catalog: Catalog, id: number, mark: Mark, now = Date.now()): void {
  if (mark.flag === 'none' && mark.stars === 0 && mark.color === 'none') return;
  query(
    catalog,
    `INSERT INTO mark (photo_id, flag, stars, color, source, changed_at) VALUES (?, ?, ?, ?, 'file', ?)
     ON CONFLICT (photo_id) DO NOTHING`,
  ).run(id, mark.flag, mark.stars, mark.color, now);
}
