/** Batches of files that leave the library or come into it: what was asked for, and how far each file is. */
import { durably } from './history.ts';
import { type Catalog, query } from './open.ts';

export type BatchKind = 'export' | 'import' | 'trash' | 'move';
export type BatchFileState = 'planned' | 'working' | 'done' | 'skipped' | 'failed' | 'back';
export type BatchFile = {
  position: number;
  /** Files of one photo go together; 0: of none. Of imports a number within the batch, negative for second copies. */
  photo: number;
  /** Absolute. */
  source: string;
  /** Absolute: where it is to be or, when it is done, is. */
  target: string;
  /** Path of the note of a trash; null where there is none. */
  note: string | null;
  size: number;
  state: BatchFileState;
  /** It has another name than the pattern says, because that one was taken. */
  renamed: boolean;
  reason: string | null;
};
export type NewBatchFile = Pick<BatchFile, 'photo' | 'source' | 'target' | 'size'>;
export type Batch = { id: number; kind: BatchKind; options: string; closed: boolean };

/** Keeps a batch with its files; it is on the disk when this returns. @returns its id. */
export function addBatch(
  catalog: Catalog,
  kind: BatchKind,
  options: unknown,
  files: readonly NewBatchFile[],
  now = Date.now(),
): number {
  return durably(catalog, () => {
    const id = Number(
      query(catalog, 'INSERT INTO batch (kind, options, created_at) VALUES (?, ?, ?)').run(
        kind,
        JSON.stringify(options),
        now,
      ).lastInsertRowid,
    );
    const insert = query(
      catalog,
      'INSERT INTO batch_file (batch_id, position, photo_id, source, target, size) VALUES (?, ?, ?, ?, ?, ?)',
    );
    for (const [position, { photo, source, target, size }] of files.entries()) {
      insert.run(id, position, photo, source, target, size);
    }
    return id;
  });
}

const BATCHES = 'SELECT id, kind, options, closed FROM batch';
type BatchRow = Omit<Batch, 'closed'> & { closed: number };
const batchOf = (row: BatchRow): Batch => ({ ...row, closed: row.closed === 1 });

export function batchById(catalog: Catalog, id: number): Batch | undefined {
  const row = query<BatchRow>(catalog, `${BATCHES} WHERE id = ?`).get(id);
  return row && batchOf(row);
}

/** Batches of these kinds of which something may be left to do, oldest first. */
export function openBatches(catalog: Catalog, kinds: readonly BatchKind[]): Batch[] {
  return query<BatchRow>(
    catalog,
    `${BATCHES} WHERE closed = 0 AND kind IN (SELECT value FROM json_each(?)) ORDER BY id`,
  )
    .all(JSON.stringify(kinds))
    .map(batchOf);
}

export function setBatchClosed(catalog: Catalog, id: number, closed: boolean): void {
  query(catalog, 'UPDATE batch SET closed = ? WHERE id = ?').run(closed ? 1 : 0, id);
}

type FileRow = Omit<BatchFile, 'renamed'> & { renamed: number };

/** Files of a batch in their order. */
export function batchFiles(catalog: Catalog, batch: number): BatchFile[] {
  return query<FileRow>(
    catalog,
    `SELECT position, photo_id AS photo, source, target, note, size, state, renamed, reason
     FROM batch_file WHERE batch_id = ? ORDER BY position`,
  )
    .all(batch)
    .map((row) => ({ ...row, renamed: row.renamed === 1 }));
}

export type BatchFileChange = Partial<Pick<BatchFile, 'target' | 'note' | 'state' | 'renamed' | 'reason'>>;

/**
 * Writes how far files of a batch are. @param durable it is on the disk when this returns: before a file is touched of
 * which nobody could say afterwards where it was.
 */
export function setBatchFiles(
  catalog: Catalog,
  batch: number,
  changes: readonly (BatchFileChange & { position: number })[],
  durable = false,
): void {
  const update = query(
    catalog,
    `UPDATE batch_file SET target = coalesce(@target, target), note = CASE @noted WHEN 1 THEN @note ELSE note END,
       state = coalesce(@state, state), renamed = coalesce(@renamed, renamed), reason = coalesce(@reason, reason)
     WHERE batch_id = @batch AND position = @position`,
  );
  const write = () => {
    for (const { position, target, note, state, renamed, reason } of changes) {
      update.run({
        batch,
        position,
        target: target ?? null,
        note: note ?? null,
        noted: note === undefined ? 0 : 1,
        state: state ?? null,
        renamed: renamed === undefined ? null : renamed ? 1 : 0,
        reason: reason ?? null,
      });
    }
  };
  if (durable) durably(catalog, write);
  else catalog.transaction(write)();
}

/** Photos of a batch of which every file is in this state. */
export function photosWholly(catalog: Catalog, batch: number, state: BatchFileState): number[] {
  return query<number>(
    catalog,
    `SELECT photo_id FROM batch_file WHERE batch_id = ? AND photo_id > 0 GROUP BY photo_id
     HAVING sum(state <> ?) = 0 ORDER BY min(position)`,
  )
    .pluck()
    .all(batch, state);
}

/** Newest batch of the trash of which something lies there. */
export function lastTrashed(catalog: Catalog): number | undefined {
  return query<number>(
    catalog,
    `SELECT b.id FROM batch b WHERE b.kind = 'trash' AND EXISTS
       (SELECT 1 FROM batch_file f WHERE f.batch_id = b.id AND f.state = 'done') ORDER BY b.id DESC LIMIT 1`,
  )
    .pluck()
    .get();
}

/** Absolute paths of files of the library that may hold the same bytes: size and both ends are the same. */
export function filesByFingerprint(catalog: Catalog, fingerprint: string): string[] {
  return query<string>(
    catalog,
    `SELECT r.path || '/' || CASE f.path WHEN '' THEN '' ELSE f.path || '/' END || x.name
     FROM file x JOIN folder f ON f.id = x.folder_id JOIN root r ON r.id = f.root_id
     WHERE x.fingerprint = ? AND x.role <> 'sidecar'
       AND x.photo_id NOT IN (SELECT photo_id FROM put_away)`,
  )
    .pluck()
    .all(fingerprint);
}
