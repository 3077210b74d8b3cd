/** Photos that could not be looked at: which are tried again, when, and which are left alone. */
import { type Catalog, query } from './open.ts';

/**
 * Photos whose failure was the machine's wait for a look again, in these folders of a root and below; null: in all of it.
 * Part of the caller's transaction. @returns their ids.
 */
export function retryPassing(catalog: Catalog, root: number, folders: readonly string[] | null): number[] {
  return query<number>(
    catalog,
    `UPDATE photo SET state = 'pending', error = NULL
     WHERE failure = 'machine' AND state IN ('failed', 'ready') AND folder_id IN (
       SELECT f.id FROM folder f JOIN json_each(?) j
       WHERE f.root_id = ? AND (j.value = '' OR f.path = j.value OR substr(f.path, 1, length(j.value) + 1) = j.value || '/'))
     RETURNING id`,
  )
    .pluck()
    .all(JSON.stringify(folders ?? ['']), root);
}

/**
 * These photos wait for a look whatever became of earlier ones, because a person asks for it; those that are not there
 * stay so. Part of the caller's transaction. @returns what changed, and the roots that all of them lie in.
 */
export function lookAgain(catalog: Catalog, ids: readonly number[]): { waiting: number[]; roots: number[] } {
  const asked = JSON.stringify(ids);
  const waiting = query<number>(
    catalog,
    `UPDATE photo SET state = 'pending', error = NULL, failure = NULL, deaths = 0
     WHERE state IN ('pending', 'ready', 'failed') AND id IN (SELECT value FROM json_each(?)) RETURNING id`,
  )
    .pluck()
    .all(asked);
  const roots = query<number>(
    catalog,
    `SELECT DISTINCT f.root_id FROM photo p JOIN folder f ON f.id = p.folder_id
     WHERE p.id IN (SELECT value FROM json_each(?))`,
  )
    .pluck()
    .all(asked);
  return { waiting, roots };
}

/** A decoding process ended over the photo. Committed at once: the next start must know. @returns how many did so far. */
export function countDeath(catalog: Catalog, photo: number): number {
  return (
    query<number>(catalog, 'UPDATE photo SET deaths = deaths + 1 WHERE id = ? RETURNING deaths').pluck().get(photo) ?? 0
  );
}
