/**
 * Saves what can still be read of a damaged catalog into a new one: row by row, over the gaps, without the damaged
 * file ever being written to.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import Database from 'better-sqlite3';
import { CoreError } from '../base/core-error.ts';
import { catalogPath } from '../base/data-places.ts';
import { newestGoodBackup } from './backup.ts';
import { countHoldings, type Holdings } from './holdings.ts';
import { migrate, migrations, versionOf } from './migrate.ts';
import type { Catalog } from './open.ts';
import { writeText } from './text.ts';
import { imageOf } from './wal.ts';

const ROWS_AT_ONCE = 500;
/** Ids are looked for this far behind a gap. */
const FARTHEST = 2 ** 40;

export type Salvage = { holds: Holdings; gaps: number };

/**
 * @param target path of the new catalog, which must not exist.
 * @throws CoreError UNAVAILABLE when nothing at all can be read.
 */
export function salvage(dataDirectory: string, target: string): Salvage {
  const source = openDamaged(dataDirectory);
  const saved = new Database(target);
  try {
    const version = Math.min(Math.max(1, versionOf(source)), migrations().length);
    saved.pragma('foreign_keys = OFF');
    migrate(saved, null, version);
    let gaps = 0;
    const tables = saved.pragma('table_list') as { schema: string; name: string; type: string; wr: number }[];
    for (const { schema, name, type, wr } of tables) {
      if (schema !== 'main' || type !== 'table' || name.startsWith('sqlite_')) continue;
      gaps += copyTable(source, saved, name, wr === 0);
    }
    keepSequences(source, saved);
    dropStrays(saved);
    migrate(saved, null);
    const ids = saved.prepare<[], number>('SELECT id FROM photo').pluck().all();
    saved.transaction(() => writeText(saved as Catalog, ids))();
    return { holds: countHoldings(saved), gaps };
  } finally {
    saved.close();
    source.close();
  }
}

/** The damaged catalog in memory; where its first page is gone, with that of the newest backup. */
function openDamaged(dataDirectory: string): Database.Database {
  const image = imageOf(catalogPath(dataDirectory));
  const own = opened(image);
  if (own) return own;
  const backup = newestGoodBackup(dataDirectory);
  const lent = backup ? opened(withFirstPage(image, backup.path)) : null;
  if (lent) return lent;
  throw new CoreError('UNAVAILABLE', 'Nothing can be read of the damaged catalog any more; take a backup instead.');
}

function opened(image: Buffer): Database.Database | null {
  let database: Database.Database | null = null;
  try {
    database = new Database(image, { readonly: true });
    database.pragma('cell_size_check = ON');
    if (database.prepare("SELECT count(*) FROM sqlite_schema WHERE name IN ('photo', 'mark')").pluck().get() === 2) {
      return database;
    }
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error;
  }
  database?.close();
  return null;
}

/** Backups are copied page for page, so that their table of tables fits as long as the format is the same. */
function withFirstPage(image: Buffer, backup: string): Buffer {
  const file = openSync(backup, 'r');
  try {
    const header = Buffer.alloc(100);
    readSync(file, header, 0, 100, 0);
    const size = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16);
    const first = Buffer.alloc(size);
    readSync(file, first, 0, size, 0);
    const pages = Math.floor(image.length / size);
    if (pages === 0) return image;
    const mended = Buffer.from(image.subarray(0, pages * size));
    first.copy(mended);
    mended.writeUInt32BE(pages, 28);
    // The list of free pages is of the backup; only reading is done here.
    mended.fill(0, 32, 40);
    mended.copy(mended, 92, 24, 28);
    return mended;
  } finally {
    closeSync(file);
  }
}

/** Ids that were used once are not given again: pictures are named by them. */
function keepSequences(source: Database.Database, saved: Database.Database): void {
  const all = (database: Database.Database) =>
    new Map(database.prepare<[], [string, number]>('SELECT name, seq FROM sqlite_sequence').raw().all());
  let before: Map<string, number>;
  try {
    before = all(source);
  } catch (error) {
    if (error instanceof Database.SqliteError) return;
    throw error;
  }
  const now = all(saved);
  for (const [name, last] of before) {
    if (last <= (now.get(name) ?? 0)) continue;
    saved.prepare('DELETE FROM sqlite_sequence WHERE name = ?').run(name);
    saved.prepare('INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)').run(name, last);
  }
}

/** @returns places at which rows could not be read. */
function copyTable(source: Database.Database, saved: Database.Database, table: string, hasRowid: boolean): number {
  const columns = (saved.pragma(`table_info(${table})`) as { name: string }[]).map(({ name }) => `"${name}"`);
  const list = columns.join(', ');
  const places = columns.map(() => '?').join(', ');
  const insert = saved.prepare(`INSERT OR IGNORE INTO ${table} (${list}) VALUES (${places})`);
  let gaps = 0;
  const add = (row: unknown[]) => {
    try {
      insert.run(row);
    } catch (error) {
      // What came out of a damaged page breaks a rule of its table.
      if (!(error instanceof Database.SqliteError)) throw error;
      gaps += 1;
    }
  };
  saved.transaction(() => {
    try {
      if (hasRowid) gaps += readByRowid(source, table, list, add);
      else gaps += readBothWays(source, table, list, add);
    } catch (error) {
      if (!(error instanceof Database.SqliteError)) throw error;
      gaps += 1;
    }
  })();
  return gaps;
}

type Row = unknown[];

function readByRowid(source: Database.Database, table: string, list: string, add: (row: Row) => void): number {
  const statement = source
    .prepare<[number, number], Row>(`SELECT rowid, ${list} FROM ${table} WHERE rowid > ? ORDER BY rowid LIMIT ?`)
    .raw();
  const read = (after: number, limit: number): Row[] | null => {
    try {
      return statement.all(after, limit);
    } catch (error) {
      if (error instanceof Database.SqliteError) return null;
      throw error;
    }
  };
  let gaps = 0;
  for (let last = 0, limit = ROWS_AT_ONCE, single = 0; ; ) {
    const rows = read(last, limit);
    if (rows) {
      const end = rows.at(-1);
      if (!end) return gaps;
      for (const [, ...row] of rows) add(row);
      last = Number(end[0]);
      single = limit === 1 ? single + 1 : 0;
      if (single > ROWS_AT_ONCE) limit = ROWS_AT_ONCE;
    } else if (limit > 1) {
      limit = 1;
      single = 0;
    } else {
      gaps += 1;
      const next = behindGap(last, (after) => read(after, 1) !== null);
      if (next === null) return gaps;
      last = next;
      limit = ROWS_AT_ONCE;
    }
  }
}

/** The smallest id behind `last` from which reading goes on; null when there is none. */
function behindGap(last: number, reads: (after: number) => boolean): number | null {
  let step = 1;
  while (!reads(last + step)) {
    step *= 2;
    if (step > FARTHEST) return null;
  }
  let [broken, good] = [last + Math.floor(step / 2), last + step];
  while (good - broken > 1) {
    const middle = Math.floor((broken + good) / 2);
    if (reads(middle)) good = middle;
    else broken = middle;
  }
  return good;
}

/** From the one end and, where that does not go through, from the other. */
function readBothWays(source: Database.Database, table: string, list: string, add: (row: Row) => void): number {
  const order = (source.pragma(`table_info(${table})`) as { name: string; pk: number }[])
    .filter(({ pk }) => pk > 0)
    .sort((left, right) => left.pk - right.pk)
    .map(({ name }) => `"${name}"`);
  for (const direction of ['ASC', 'DESC']) {
    const sorted = order.map((name) => `${name} ${direction}`).join(', ');
    try {
      for (const row of source.prepare<[], Row>(`SELECT ${list} FROM ${table} ORDER BY ${sorted}`).raw().iterate()) {
        add(row);
      }
      return direction === 'ASC' ? 0 : 1;
    } catch (error) {
      if (!(error instanceof Database.SqliteError)) throw error;
    }
  }
  return 1;
}

/** Rows whose photo, folder or album was not saved, until none is left. */
function dropStrays(saved: Database.Database): void {
  for (;;) {
    const strays = saved.pragma('foreign_key_check') as { table: string; rowid: number | null; fkid: number }[];
    if (strays.length === 0) return;
    saved.transaction(() => {
      for (const { table, rowid, fkid } of strays) {
        const [key] = (
          saved.pragma(`foreign_key_list(${table})`) as {
            id: number;
            table: string;
            from: string;
            to: string;
            on_delete: string;
          }[]
        ).filter(({ id }) => id === fkid);
        if (rowid !== null && key?.on_delete === 'SET NULL') {
          saved.prepare(`UPDATE ${table} SET "${key.from}" = NULL WHERE rowid = ?`).run(rowid);
        } else if (rowid !== null && table === 'photo' && key?.on_delete === 'NO ACTION') {
          // The photo is worth more than the name of its camera.
          saved.prepare(`UPDATE photo SET "${key.from}" = NULL WHERE rowid = ?`).run(rowid);
        } else if (rowid !== null) {
          saved.prepare(`DELETE FROM ${table} WHERE rowid = ?`).run(rowid);
        } else if (key) {
          saved
            .prepare(`DELETE FROM ${table} WHERE "${key.from}" NOT IN (SELECT "${key.to ?? 'id'}" FROM ${key.table})`)
            .run();
        }
      }
    })();
  }
}
