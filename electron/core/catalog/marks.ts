/** Decisions of people and their history: every step can be undone and redone, also after a restart. */
import type { Color, Flag } from '../../../shared/photo.ts';
import { CoreError } from '../base/core-error.ts';
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

/** Some photos and what is set on them. */
export type MarkAssignment = MarkChange & { ids: readonly number[] };

/**
 * Sets what is given on all these photos as one step. Photos that are that way already are left alone.
 * @returns ids of the photos that changed. @throws CoreError NOT_FOUND when one does not exist; then nothing changes.
 */
export function setMarks(catalog: Catalog, ids: readonly number[], change: MarkChange, now = Date.now()): number[] {
  return setMarksEach(catalog, [{ ids, ...change }], now);
}

/**
 * Sets different marks on different photos as one step: the winner picked and the others rejected.
 * @returns ids of the photos that changed.
 * @throws CoreError NOT_FOUND when a photo does not exist, INVALID when two assignments name the same one; then
 * nothing changes.
 */
export function setMarksEach(catalog: Catalog, assignments: readonly MarkAssignment[], now = Date.now()): number[] {
  const wanted = assignments
    .filter(({ flag, stars, color }) => flag !== undefined || stars !== undefined || color !== undefined)
    .map(({ ids, ...change }) => ({ change, ids: new Set(ids) }));
  const all = new Set<number>();
  for (const { ids } of wanted) {
    for (const id of ids) {
      if (all.has(id)) throw new CoreError('INVALID', `Photo ${id} is to be marked in two ways at once.`);
      all.add(id);
    }
  }
  if (all.size === 0) return [];
  return durably(catalog, () => {
    const missing = query<number>(
      catalog,
      'SELECT value FROM json_each(?) WHERE value NOT IN (SELECT id FROM photo) LIMIT 1',
    )
      .pluck()
      .get(JSON.stringify([...all]));
    if (missing !== undefined) throw new CoreError('NOT_FOUND', `There is no photo ${missing}.`);
    const step = beginStep(catalog, now);
    const done = wanted.map(({ ids, change }) => ({ change, ids: addChanges(catalog, step, [...ids], change) }));
    const changed = done.flatMap(({ ids }) => ids);
    if (changed.length === 0) {
      // Nothing to undo, and what could be redone still can.
      query(catalog, 'DELETE FROM step WHERE id = ?').run(step);
      return [];
    }
    query(catalog, 'DELETE FROM step WHERE undone = 1').run();
    const label = labelOf(done.filter(({ ids }) => ids.length > 0));
    query(catalog, 'UPDATE step SET label = ? WHERE id = ?').run(label, step);
    apply(catalog, step, 'new', now);
    return changed;
  });
}

/** Notes in a step what these photos are and what they shall be. @returns ids of those that are not that way yet */
function addChanges(catalog: Catalog, step: number, ids: readonly number[], change: MarkChange): number[] {
  return query<number>(
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
      ids: JSON.stringify(ids),
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

const FLAG_WORDS: Readonly<Record<Flag, string>> = { pick: 'pick', none: 'unflag', reject: 'reject' };

const photosText = (count: number) => `${count.toLocaleString('en')} ${count === 1 ? 'photo' : 'photos'}`;

/** `pick 312 photos`, `give 3 stars to 1 photo`. */
function partsOf(change: MarkChange, count: number): string[] {
  const photos = photosText(count);
  const parts: string[] = [];
  if (change.flag !== undefined) parts.push(`${FLAG_WORDS[change.flag]} ${photos}`);
  if (change.stars !== undefined) {
    const stars = change.stars === 1 ? '1 star' : `${change.stars} stars`;
    parts.push(change.stars === 0 ? `take the stars of ${photos}` : `give ${stars} to ${photos}`);
  }
  if (change.color !== undefined) {
    parts.push(change.color === 'none' ? `take the colour of ${photos}` : `colour ${photos} ${change.color}`);
  }
  return parts;
}

/** More parts than this are no sentence that one reads on a button. */
const MOST_PARTS = 3;

/** `Pick 1 photo, reject 2 photos`, `Change the stars of 12 photos`. */
function labelOf(done: readonly { change: MarkChange; ids: readonly number[] }[]): string {
  const parts = done.flatMap(({ change, ids }) => partsOf(change, ids.length));
  const kinds = new Set(done.flatMap(({ change }) => Object.keys(change)));
  const onlyStars = kinds.size === 1 && kinds.has('stars');
  if (done.length > 1 && (onlyStars || parts.length > MOST_PARTS)) {
    const count = done.reduce((sum, { ids }) => sum + ids.length, 0);
    return `Change the ${onlyStars ? 'stars' : 'marks'} of ${photosText(count)}`;
  }
  const text = parts.join(', ');
  return text.charAt(0).toUpperCase() + text.slice(1);
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
