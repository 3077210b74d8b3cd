/** Decisions of people on photos: flag, stars and color. */
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

/**
 * What file and sidecar say of a photo now, kept beside its mark, which follows them as long as no person has decided
 * here. Part of the caller's transaction; not a step.
 * @param isHeard false when not all of it could be read: then silence takes nothing back.
 */
export function followFile(catalog: Catalog, id: number, said: Mark, isHeard: boolean, now = Date.now()): void {
  if (said.flag === 'none' && said.stars === 0 && said.color === 'none') {
    if (!isHeard) return;
    query(catalog, 'DELETE FROM file_mark WHERE photo_id = ?').run(id);
    query(catalog, "DELETE FROM mark WHERE photo_id = ? AND source = 'file'").run(id);
    return;
  }
  query(
    catalog,
    `INSERT INTO file_mark (photo_id, flag, stars, color) VALUES (?, ?, ?, ?)
     ON CONFLICT (photo_id) DO UPDATE SET flag = excluded.flag, stars = excluded.stars, color = excluded.color`,
  ).run(id, said.flag, said.stars, said.color);
  query(
    catalog,
    `INSERT INTO mark (photo_id, flag, stars, color, source, changed_at) VALUES (?, ?, ?, ?, 'file', ?)
     ON CONFLICT (photo_id) DO UPDATE SET flag = excluded.flag, stars = excluded.stars, color = excluded.color,
       changed_at = excluded.changed_at
     WHERE source = 'file' AND (flag <> excluded.flag OR stars <> excluded.stars OR color <> excluded.color)`,
  ).run(id, said.flag, said.stars, said.color, now);
}

/** What the photo's file and sidecar say where a person decided otherwise; null when they agree or say nothing. */
export function fileSays(catalog: Catalog, id: number): Mark | null {
  return (
    query<Mark>(
      catalog,
      `SELECT s.flag, s.stars, s.color FROM file_mark s LEFT JOIN mark m ON m.photo_id = s.photo_id
       WHERE s.photo_id = ? AND (s.flag <> coalesce(m.flag, 'none') OR s.stars <> coalesce(m.stars, 0)
         OR s.color <> coalesce(m.color, 'none'))`,
    ).get(id) ?? null
  );
}
