/**
 * The catalog's file, opened and brought up to date. One that is not as it was left is refused with a choice
 * (refusal.ts) and stays untouched: nothing here repairs or replaces it by itself.
 */
import { closeSync, existsSync, openSync, statSync } from 'node:fs';
import { uptime } from 'node:os';
import Database from 'better-sqlite3';
import { catalogPath } from '../base/data-places.ts';
import { isDamage, sentenceOf } from '../base/failure.ts';
import { backups, isOneOfTheBackups } from './backup.ts';
import { migrate, migrations, refuseOther, versionOf } from './migrate.ts';
import { refusal, refuseWithoutCatalog } from './refusal.ts';
import { breakSeal, sealCatalog, sealHolds } from './seal.ts';
import { isSound, isWhole } from './soundness.ts';
import { imageOf, readLog } from './wal.ts';

declare const brand: unique symbol;
/** The open catalog. Everything in this folder is plain functions over it. */
export type Catalog = Database.Database & { readonly [brand]: 'catalog' };

export type OpenCatalogOptions = { dataDirectory: string; readOnly?: boolean };

/** How long a reader beside a running Keeplight waits for its turn. */
const BUSY_MILLISECONDS = 5000;
/** A catalog that was not closed in peace is checked in full before it is opened, up to this size; else after. */
const CHECKED_AT_ONCE_BYTES = 48 * 1024 * 1024;

/**
 * @throws CoreError with a sentence: newer catalog, read-only folder, full disk; UNAVAILABLE with choices for a catalog
 *   that is damaged, or that is missing or empty where backups are.
 */
export function openCatalog({ dataDirectory, readOnly }: OpenCatalogOptions): Catalog {
  try {
    refuseWithoutCatalog(dataDirectory);
    return readOnly ? openForReading(dataDirectory) : openForWriting(dataDirectory);
  } catch (error) {
    if (isDamage(error)) throw refusal(dataDirectory, 'damaged', error);
    throw sentenceOf(error, dataDirectory);
  }
}

/** Where nothing was ever indexed, an empty catalog in memory answers. */
function openForReading(dataDirectory: string): Catalog {
  const path = catalogPath(dataDirectory);
  if (!existsSync(path)) {
    const empty = new Database(':memory:');
    migrate(empty, null);
    return empty as Catalog;
  }
  let database = new Database(path, { readonly: true, timeout: BUSY_MILLISECONDS });
  try {
    if (!canRead(database)) {
      database.close();
      // SQLite has no room here for the memory that readers of a log share: what the files hold is read as it is.
      database = new Database(imageOf(path), { readonly: true });
    }
    refuseOther(database, migrations().length, 'exactly');
  } catch (error) {
    database.close();
    throw error;
  }
  return database as Catalog;
}

/** False on a disk that is full or cannot be written. */
function canRead(database: Database.Database): boolean {
  try {
    versionOf(database);
    return true;
  } catch (error) {
    if (error instanceof Database.SqliteError && /^SQLITE_(CANTOPEN|IOERR|FULL|READONLY)/.test(error.code)) {
      return false;
    }
    throw error;
  }
}

function openForWriting(dataDirectory: string): Catalog {
  const path = catalogPath(dataDirectory);
  const isNew = !existsSync(path);
  if (isNew) closeSync(openSync(path, 'a', 0o600));
  else refuseChanged(dataDirectory, path);
  const database = new Database(path, { timeout: BUSY_MILLISECONDS });
  try {
    // A file of some bytes in which nothing was ever made is as empty as none.
    if (versionOf(database) === 0 && backups(dataDirectory).length > 0) throw refusal(dataDirectory, 'empty');
    breakSeal(dataDirectory);
    // Write-ahead log: a kill loses nothing that was committed; marks ask for FULL themselves (history.ts), so that
    // they outlive a power cut too, while the thousands of small writes of indexing need not wait for the disk.
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = NORMAL');
    database.pragma('foreign_keys = ON');
    database.pragma('journal_size_limit = 67108864');
    database.pragma('cache_size = -32000');
    database.pragma('temp_store = MEMORY');
    database.pragma('trusted_schema = OFF');
    database.pragma('cell_size_check = ON');
    migrate(database, dataDirectory);
    // Reads a page of every table: damage shows here rather than in the middle of the work.
    database
      .prepare('SELECT (SELECT max(id) FROM photo) + (SELECT count(*) FROM root) + (SELECT count(*) FROM setting)')
      .get();
  } catch (error) {
    database.close();
    throw error;
  }
  return database as Catalog;
}

/** @throws CoreError UNAVAILABLE when the file is not what was written last; nothing was written into it by then. */
function refuseChanged(dataDirectory: string, path: string): void {
  const holds = sealHolds(dataDirectory);
  if (holds === true) return;
  if (holds === false) {
    // A person may have put a backup in its place.
    if (isOneOfTheBackups(dataDirectory, path)) return;
    throw refusal(dataDirectory, 'damaged');
  }
  if (!restartedSince(`${path}-wal`) && readLog(path).damaged) throw refusal(dataDirectory, 'damaged');
  if (statSync(path).size <= CHECKED_AT_ONCE_BYTES && !isSound(imageOf(path))) {
    throw refusal(dataDirectory, 'damaged');
  }
}

/**
 * Whether the computer was started again since a log was written. A power cut tears a log's end, and what it tears was
 * not yet promised to be on the disk; without one a log that does not fit is a damaged one.
 */
function restartedSince(log: string): boolean {
  const written = statSync(log, { throwIfNoEntry: false })?.mtimeMs;
  return written !== undefined && written < Date.now() - uptime() * 1000;
}

/** Closes what `openCatalog` opened for writing, and remembers what the file was. */
export function closeCatalog(catalog: Catalog, dataDirectory: string): void {
  forgetStatements(catalog);
  catalog.close();
  try {
    sealCatalog(dataDirectory);
  } catch {
    // On a full disk it is opened without: then the full check stands for it.
  }
}

const statements = new WeakMap<Database.Database, Map<string, Database.Statement>>();

/** The prepared statement for a text, prepared once for each catalog. */
export function query<Result, Parameters extends unknown[] = unknown[]>(
  catalog: Database.Database,
  sql: string,
): Database.Statement<Parameters, Result> {
  const known = statements.get(catalog) ?? new Map<string, Database.Statement>();
  statements.set(catalog, known);
  const statement = known.get(sql) ?? catalog.prepare(sql);
  known.set(sql, statement);
  return statement as Database.Statement<Parameters, Result>;
}

/** Before the catalog is closed. */
export function forgetStatements(catalog: Catalog): void {
  statements.delete(catalog);
}

/** The full check of the catalog, and the version of SQLite that reads it. */
export function checkCatalog(catalog: Catalog): { sound: boolean; sqlite: string } {
  return {
    sound: isWhole(catalog),
    sqlite: String(query<string>(catalog, 'SELECT sqlite_version()').pluck().get()),
  };
}
