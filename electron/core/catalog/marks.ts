/** Decisions of people and their history: every step can be undone and redone, also after a restart. */
import type { Color, Flag } from '../../../shared/photo.ts';
import { CoreError } from '../core-error.ts';
import { type Catalog, query } from './open.ts';

export type Mark = { flag: Flag; stars: number; color: Color };
export type MarkChange = Partial<Mark>;

const SETTERS = 'flag = excluded.flag, stars = excluded.stars, color = excluded.color';

/**
 * Runs a transaction that is on the disk itself, not only in the system's memory, when it returns: a person's
 * decision outlives a power cut. The rest of the catalog can be computed again and need not wait for the disk.
 */
function durably<Result>(catalog: Catalog, work: () => Result): Result {
  catalog.pragma('synchronous = FULL');
  try {
    return catalog.transaction(work).immediate();
  } finally {
    catalog.pragma('synchronous = NORMAL');
  }
}

/**
 * Sets what is given on all these photos as one step. Photos that are that way already are left alone.
 * @returns ids of the photos that changed. @throws CoreError NOT_FOUND when one does not exist; then nothing changes.
 */
export function setMarks(catalog: Catalog, ids: readonly number[], change: MarkChange, now = Date.now()): number[] {
  if (change.flag === undefined && change.stars === undefined && change.color === undefined) return [];
  const wanted = JSON.stringify([...new Set(ids)]);
  return durably(catalog, () => {
    const missing = query<number>(
      catalog,
      'SELECT value FROM json_each(?) WHERE value NOT IN (SELECT id FROM photo) LIMIT 1',
    )
      .pluck()
      .get(wanted);
    if (missing !== undefined) throw new CoreError('NOT_FOUND', `There is no photo ${missing}.`);
    const step = beginStep(catalog, now);
    const changed = query<number>(
      catalog,
      `INSERT INTO change (step_id, photo_id, old_flag, old_stars, old_color, new_flag, new_stars, new_color)
       SELECT @step, id, flag, stars, color, coalesce(@flag, flag), coalesce(@stars, stars), coalesce(@color, color)
       FROM (
         SELECT j.value AS id, coalesce(m.flag, 'none') AS flag, coalesce(m.stars, 0) AS stars,
           coalesce(m.color, 'none') AS color
         FROM json_each(@ids) j LEFT JOIN mark m ON m.photo_id = j.value
       )
       WHERE flag <> coalesce(@flag, flag) OR stars <> coalesce(@stars, stars) OR color <> coalesce(@color, color)
       RETURNING photo_id`,
    )
      .pluck()
      .all({
        step,
        flag: change.flag ?? null,
        stars: change.stars ?? null,
        color: change.color ?? null,
        ids: wanted,
      });
    if (changed.length === 0) {
      // Nothing to undo, and what could be redone still can.
      query(catalog, 'DELETE FROM step WHERE id = ?').run(step);
      return [];
    }
    query(catalog, 'DELETE FROM step WHERE undone = 1').run();
    query(catalog, 'UPDATE step SET label = ? WHERE id = ?').run(labelOf(change, changed.length), step);
    apply(catalog, step, 'new', now);
    return changed;
  });
}

function beginStep(catalog: Catalog, now: number): number {
  return Number(query(catalog, "INSERT INTO step (label, created_at) VALUES ('', ?)").run(now).lastInsertRowid);
}

/** Brings the photos of a step to its old or new marks. */
function apply(catalog: Catalog, step: number, side: 'old' | 'new', now: number): number[] {
  return query<number>(
    catalog,
    `INSERT INTO mark (photo_id, flag, stars, color, source, changed_at)
     SELECT photo_id, ${side}_flag, ${side}_stars, ${side}_color, 'person', ? FROM change WHERE step_id = ?
     ON CONFLICT (photo_id) DO UPDATE SET ${SETTERS}, source = excluded.source, changed_at = excluded.changed_at
     RETURNING photo_id`,
  )
    .pluck()
    .all(now, step);
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

const FLAG_WORDS: Readonly<Record<Flag, string>> = { pick: 'Pick', none: 'Unflag', reject: 'Reject' };

/** `Pick 312 photos`, `Give 3 stars to 1 photo`. */
function labelOf(change: MarkChange, count: number): string {
  const photos = `${count.toLocaleString('en')} ${count === 1 ? 'photo' : 'photos'}`;
  const parts: string[] = [];
  if (change.flag !== undefined) parts.push(`${FLAG_WORDS[change.flag]} ${photos}`);
  if (change.stars !== undefined) {
    const stars = change.stars === 1 ? '1 star' : `${change.stars} stars`;
    parts.push(change.stars === 0 ? `Take the stars of ${photos}` : `Give ${stars} to ${photos}`);
  }
  if (change.color !== undefined) {
    parts.push(change.color === 'none' ? `Take the colour of ${photos}` : `Colour ${photos} ${change.color}`);
  }
  return parts.join(', ');
}

type Step = { id: number; label: string };

const lastDone = (catalog: Catalog) =>
  query<Step>(catalog, 'SELECT id, label FROM step WHERE undone = 0 ORDER BY id DESC LIMIT 1').get();
const firstUndone = (catalog: Catalog) =>
  query<Step>(catalog, 'SELECT id, label FROM step WHERE undone = 1 ORDER BY id LIMIT 1').get();

/** What undo and redo would do, for people. */
export function history(catalog: Catalog): { undo: string | null; redo: string | null } {
  return { undo: lastDone(catalog)?.label ?? null, redo: firstUndone(catalog)?.label ?? null };
}

export function undo(catalog: Catalog, now = Date.now()): { label: string | null; ids: number[] } {
  return durably(catalog, () => {
    const step = lastDone(catalog);
    if (!step) return { label: null, ids: [] };
    query(catalog, 'UPDATE step SET undone = 1 WHERE id = ?').run(step.id);
    return { label: step.label, ids: apply(catalog, step.id, 'old', now) };
  });
}

export function redo(catalog: Catalog, now = Date.now()): { label: string | null; ids: number[] } {
  return durably(catalog, () => {
    const step = firstUndone(catalog);
    if (!step) return { label: null, ids: [] };
    query(catalog, 'UPDATE step SET undone = 0 WHERE id = ?').run(step.id);
    return { label: step.label, ids: apply(catalog, step.id, 'new', now) };
  });
}
