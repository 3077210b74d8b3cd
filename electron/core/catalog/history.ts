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
export function addStep(catalog: Catalog, label: string, commands: readonly StoredCommand[], now: number): number {
  query(catalog, 'DELETE FROM step WHERE undone = 1').run();
  const { lastInsertRowid } = query(catalog, 'INSERT INTO step (label, created_at) VALUES (?, ?)').run(label, now);
  addCommands(catalog, Number(lastInsertRowid), commands);
  return Number(lastInsertRowid);
}

/** Part of the caller's transaction. */
export function addCommands(catalog: Catalog, step: number, commands: readonly StoredCommand[]): void {
  const first = query<number>(catalog, 'SELECT coalesce(max(position) + 1, 0) FROM command WHERE step_id = ?')
    .pluck()
    .get(step)!;
  const insert = query(
    catalog,
    'INSERT INTO command (step_id, position, kind, target, before, after) VALUES (?, ?, ?, ?, ?, ?)',
  );
  for (const [index, { kind, target, before, after }] of commands.entries()) {
    insert.run(step, first + index, kind, target, before, after);
  }
}

export function labelStep(catalog: Catalog, step: number, label: string): void {
  query(catalog, 'UPDATE step SET label = ? WHERE id = ?').run(label, step);
}

/** The step goes with its last command. Part of the caller's transaction. @returns the commands that stay. */
export function removeCommands(
  catalog: Catalog,
  step: number,
  goes: (command: StoredCommand) => boolean,
): StoredCommand[] {
  const all = query<StoredCommand & { position: number }>(
    catalog,
    'SELECT position, kind, target, before, after FROM command WHERE step_id = ? ORDER BY position',
  ).all(step);
  const remove = query(catalog, 'DELETE FROM command WHERE step_id = ? AND position = ?');
  const left = all.filter((command) => !goes(command));
  for (const command of all) if (goes(command)) remove.run(step, command.position);
  if (left.length === 0) query(catalog, 'DELETE FROM step WHERE id = ?').run(step);
  return left;
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
