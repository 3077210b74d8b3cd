/** Photos whose files a person moved away: everything known of them stays, but no view shows them. */
import { STATE_WHEN_THERE } from './files.ts';
import { type Catalog, query } from './open.ts';

/** Part of the caller's transaction. @returns those that are in the library. */
export function putAway(catalog: Catalog, photos: readonly number[], batch: number): number[] {
  const ids = JSON.stringify(photos);
  query(
    catalog,
    `INSERT INTO put_away (photo_id, batch_id) SELECT p.id, ? FROM photo p
     WHERE p.id IN (SELECT value FROM json_each(?)) ON CONFLICT (photo_id) DO UPDATE SET batch_id = excluded.batch_id`,
  ).run(batch, ids);
  return query<number>(
    catalog,
    "UPDATE photo SET state = 'missing' WHERE id IN (SELECT value FROM json_each(?)) RETURNING id",
  )
    .pluck()
    .all(ids);
}

/** Their files are where they were. Part of the caller's transaction. @returns those that were put away. */
export function takeBack(catalog: Catalog, photos: readonly number[]): number[] {
  const ids = query<number>(
    catalog,
    'DELETE FROM put_away WHERE photo_id IN (SELECT value FROM json_each(?)) RETURNING photo_id',
  )
    .pluck()
    .all(JSON.stringify(photos));
  query(catalog, `UPDATE photo SET state = ${STATE_WHEN_THERE} WHERE id IN (SELECT value FROM json_each(?))`).run(
    JSON.stringify(ids),
  );
  return ids;
}
