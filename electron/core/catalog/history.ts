/** The steps of the history as they are stored: each holds the commands of one gesture. */
import { type Catalog, query } from './open.ts';

export type Step = { id: number; label: string };
/** `target`, `before` and `after` are JSON in the shape of the kind. */
export type StoredCommand = { kind: string; target: string; before: string; after: string };

/**
 * Runs a transaction that is on the disk itself, not only in the system's memory, when it returns: a person's
 * decision outlives a power cut. The rest of the catalog can be computed again and need not wait for the disk.
 */
export function durably<Result>(catalog: Catalog, work: () => Result): Result {
  catalog.pragma('synchronous = FULL');
  try {
    return catalog.transaction(work).immediate();
  } finally {
    catalog.pragma('synchronous = NORMAL');
  }
}

/** Adds a step; what could be redone until now no longer can. Part of the caller's transaction. */
export function addStep(catalog: Catalog, label: string, commands: readonly StoredCommand[], now: number): void {
  query(catalog, 'DELETE FROM step WHERE undone = 1').run();
  const { lastInsertRowid } = query(catalog, 'INSERT INTO step (label, created_at) VALUES (?, ?)').run(label, now);
  const insert = query(
    catalog,
    'INSERT INTO command (step_id, position, kind, target, before, after) VALUES (?, ?, ?, ?, ?, ?)',
  );
  for (const [position, { kind, target, before, after }] of commands.entries()) {
    insert.run(lastInsertRowid, position, kind, target, before, after);
  }
}

/** The step that undo takes back. */
export function lastDone(catalog: Catalog): Step | undefined {
  return query<Step>(catalog, 'SELECT id, label FROM step WHERE undone = 0 ORDER BY id DESC LIMIT 1').get();
}

/** The step that redo does again. */
export function firstUndone(catalog: Catalog): Step | undefined {
  return query<Step>(catalog, 'SELECT id, label FROM step WHERE undone = 1 ORDER BY id LIMIT 1').get();
}

export function commandsOf(catalog: Catalog, step: number): StoredCommand[] {
  return query<StoredCommand>(
    catalog,
    'SELECT kind, target, before, after FROM command WHERE step_id = ? ORDER BY position',
  ).all(step);
}

export function setUndone(catalog: Catalog, step: number, undone: boolean): void {
  query(catalog, 'UPDATE step SET undone = ? WHERE id = ?').run(undone ? 1 : 0, step);
}
