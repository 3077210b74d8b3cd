/** The catalog's file: opened, brought up to date, backed up, and put right when it is damaged. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { CoreError } from '../base/core-error.ts';
import { backupsPath, catalogPath } from '../base/data-places.ts';
import { sentenceOf } from '../base/failure.ts';

declare const brand: unique symbol;
/** The open catalog. Everything in this folder is plain functions over it. */
export type Catalog = Database.Database & { readonly [brand]: 'catalog' };

export type OpenCatalogOptions = {
  dataDirectory: string;
  readOnly?: boolean;
  /** Says what was put right. */
  warn?: (text: string) => void;
};

const MIGRATIONS = new URL('./migrations/', import.meta.url);
const KEPT_BACKUPS = 5;
/** How long a reader beside a running Keeplight waits for its turn. */
const BUSY_MILLISECONDS = 5000;

/** @throws CoreError with a sentence: newer catalog, read-only folder, full disk, damage without a backup. */
export function openCatalog(options: OpenCatalogOptions): Catalog {
  const path = catalogPath(options.dataDirectory);
  try {
    if (options.readOnly) return openForReading(path);
    mkdirSync(backupsPath(options.dataDirectory), { recursive: true });
    try {
      return openForWriting(options);
    } catch (error) {
      if (!isDamage(error)) throw error;
      restoreNewestBackup(options, error);
      return openForWriting(options);
    }
  } catch (error) {
    throw sentenceOf(error, options.dataDirectory);
  }
}

/** Where nothing was ever indexed, an empty catalog in memory answers. */
function openForReading(path: string): Catalog {
  if (!existsSync(path)) {
    const empty = new Database(':memory:');
    migrate(empty, null);
    return empty as Catalog;
  }
  let database = new Database(path, { readonly: true, timeout: BUSY_MILLISECONDS });
  try {
    if (!canRead(database)) {
      database.close();
      database = new Database(copyForReading(path), { readonly: true });
    }
    refuseOther(database, migrations().length, 'exactly');
  } catch (error) {
    database.close();
    throw error;
  }
  return database as Catalog;
}

function canRead(database: Database.Database): boolean {
  try {
    versionOf(database);
    return true;
  } catch (error) {
    if (error instanceof Database.SqliteError && error.code === 'SQLITE_CANTOPEN') return false;
    throw error;
  }
}

/**
 * In a folder that cannot be written SQLite has no room for the memory that readers of a write-ahead log share: a copy
 * is read instead, until the process ends.
 */
function copyForReading(path: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'keeplight-reading-'));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  const copy = join(directory, 'catalog.sqlite');
  copyFileSync(path, copy);
  if (existsSync(`${path}-wal`)) copyFileSync(`${path}-wal`, `${copy}-wal`);
  return copy;
}

function openForWriting({ dataDirectory }: OpenCatalogOptions): Catalog {
  const database = new Database(catalogPath(dataDirectory), { timeout: BUSY_MILLISECONDS });
  try {
    // Write-ahead log: a kill loses nothing that was committed; marks ask for FULL themselves (marks.ts), so that
    // they outlive a power cut too, while the thousands of small writes of indexing need not wait for the disk.
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = NORMAL');
    database.pragma('foreign_keys = ON');
    database.pragma('journal_size_limit = 67108864');
    database.pragma('cache_size = -32000');
    database.pragma('temp_store = MEMORY');
    database.pragma('trusted_schema = OFF');
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

type Migration = { version: number; name: string };

/** All of migrations/, by number; a gap or a twin is a mistake of ours and fails loudly. */
export function migrations(): Migration[] {
  const found = readdirSync(MIGRATIONS)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => ({ version: Number.parseInt(name, 10), name }));
  for (const [index, migration] of found.entries()) {
    if (migration.version !== index + 1)
      throw new Error(`Migration ${migration.name} should have number ${index + 1}.`);
  }
  return found;
}

function versionOf(database: Database.Database): number {
  return Number(database.pragma('user_version', { simple: true }));
}

function refuseOther(database: Database.Database, newest: number, allowed: 'exactly' | 'older'): number {
  const version = versionOf(database);
  if (version > newest) {
    throw new CoreError(
      'CONFLICT',
      `This catalog was written by a newer Keeplight (format ${version}; this one knows ${newest}). Update Keeplight to open it.`,
    );
  }
  if (version < newest && allowed === 'exactly') {
    throw new CoreError(
      'CONFLICT',
      'This catalog is of an older Keeplight. Open it once for writing to bring it up to date.',
    );
  }
  return version;
}

function migrate(database: Database.Database, dataDirectory: string | null): void {
  const all = migrations();
  const version = refuseOther(database, all.length, 'older');
  if (version === all.length) return;
  if (version > 0 && dataDirectory !== null) backUp(database, dataDirectory, `before-${all.length}`);
  database.transaction(() => {
    for (const migration of all.slice(version)) {
      database.exec(readFileSync(new URL(migration.name, MIGRATIONS), 'utf8'));
    }
    database.pragma(`user_version = ${all.length}`);
  })();
}

/** Copies the catalog as it is into backups/ and forgets the oldest copies. @returns the copy's path. */
export function backUp(database: Database.Database, dataDirectory: string, label: string): string {
  const { path, unfinished } = nextBackup(dataDirectory, label);
  database.prepare('VACUUM INTO ?').run(unfinished);
  finishBackup(dataDirectory, unfinished, path);
  return path;
}

/** Pages copied between two turns of the event loop: a few milliseconds. */
const PAGES_A_TURN = 400;

/** The same in small steps, with room for key presses in between. */
export async function backUpGently(database: Database.Database, dataDirectory: string, label: string): Promise<void> {
  const { path, unfinished } = nextBackup(dataDirectory, label);
  await database.backup(unfinished, { progress: () => PAGES_A_TURN });
  finishBackup(dataDirectory, unfinished, path);
}

function nextBackup(dataDirectory: string, label: string): { path: string; unfinished: string } {
  const folder = backupsPath(dataDirectory);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `catalog-${new Date().toISOString().replace(/[:.]/g, '-')}-${label}.sqlite`);
  const unfinished = `${path}.part`;
  rmSync(unfinished, { force: true });
  return { path, unfinished };
}

function finishBackup(dataDirectory: string, unfinished: string, path: string): void {
  renameSync(unfinished, path);
  for (const old of backups(dataDirectory).slice(KEPT_BACKUPS)) rmSync(old, { force: true });
}

/** Newest first. */
export function backups(dataDirectory: string): string[] {
  const folder = backupsPath(dataDirectory);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.sqlite'))
    .sort()
    .reverse()
    .map((name) => join(folder, name));
}

/** Milliseconds; infinite without a backup. */
export function newestBackupAge(dataDirectory: string): number {
  const [newest] = backups(dataDirectory);
  return newest === undefined ? Number.POSITIVE_INFINITY : Date.now() - statSync(newest).mtimeMs;
}

function isDamage(error: unknown): boolean {
  return error instanceof Database.SqliteError && /^SQLITE_(CORRUPT|NOTADB)/.test(error.code);
}

/** Sets the damaged file aside (never deletes it) and puts the newest readable backup in its place. */
function restoreNewestBackup({ dataDirectory, warn }: OpenCatalogOptions, damage: unknown): void {
  const path = catalogPath(dataDirectory);
  const good = backups(dataDirectory).find(isSound);
  if (!good) throw damage;
  const aside = join(dataDirectory, `catalog-damaged-${Date.now()}.sqlite`);
  renameSync(path, aside);
  for (const ending of ['-wal', '-shm']) {
    if (existsSync(path + ending)) renameSync(path + ending, aside + ending);
  }
  copyFileSync(good, path);
  warn?.(`The catalog was damaged. It was put aside as ${aside}, and the backup ${good} took its place.`);
}

function isSound(path: string): boolean {
  try {
    const database = new Database(path, { readonly: true });
    try {
      return database.pragma('quick_check(1)', { simple: true }) === 'ok';
    } finally {
      database.close();
    }
  } catch {
    return false;
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

/** A quick look at the catalog's health, and the version of SQLite that reads it. */
export function checkCatalog(catalog: Catalog): { sound: boolean; sqlite: string } {
  return {
    sound: catalog.pragma('quick_check(1)', { simple: true }) === 'ok',
    sqlite: String(query<string>(catalog, 'SELECT sqlite_version()').pluck().get()),
  };
}
