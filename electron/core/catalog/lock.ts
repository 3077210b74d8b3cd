/** One Keeplight a data folder: a lock that the system lets go of when its holder dies, however it dies. */
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { CoreError } from '../base/core-error.ts';
import { codeCachePath, previewsPath } from '../base/data-places.ts';
import { sentenceOf } from '../base/failure.ts';
import { keepPrivate } from '../base/private-folder.ts';

export type Lock = { release: () => void };

/**
 * Makes the data folder where it is missing, for its owner alone, and takes its lock.
 * @throws CoreError INVALID where a file is in its place; as `takeLock`.
 */
export function lockData(dataDirectory: string): Lock {
  try {
    keepPrivate(dataDirectory);
    mkdirSync(previewsPath(dataDirectory), { recursive: true, mode: 0o700 });
    mkdirSync(codeCachePath(dataDirectory), { recursive: true, mode: 0o700 });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'EEXIST' || code === 'ENOTDIR') {
      throw new CoreError('INVALID', `${dataDirectory} cannot be the data folder: a file is in its place.`);
    }
    // Making folders on a read-only disk is answered with ENOENT by some systems.
    throw sentenceOf(code === 'ENOENT' ? Object.assign(new Error(), { code: 'EROFS' }) : error, dataDirectory);
  }
  return takeLock(dataDirectory);
}

/**
 * Takes the exclusive lock of a small SQLite file, which is a lock of the operating system on that file.
 * @throws CoreError CONFLICT while another process holds it; READ_ONLY or DISK_FULL when the folder cannot be written.
 */
export function takeLock(dataDirectory: string): Lock {
  const ownerPath = join(dataDirectory, 'owner.txt');
  let database: Database.Database | undefined;
  try {
    const path = join(dataDirectory, 'lock.sqlite');
    closeSync(openSync(path, 'a', 0o600));
    database = new Database(path, { timeout: 200 });
    database.pragma('journal_mode = MEMORY');
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database?.close();
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) {
      throw new CoreError('CONFLICT', `Keeplight is already open with this data folder${ownerOf(ownerPath)}.`);
    }
    throw sentenceOf(error, dataDirectory);
  }
  const held = database;
  try {
    writeFileSync(ownerPath, String(process.pid), { mode: 0o600 });
  } catch {
    // Only words for the next one's sentence.
  }
  return { release: () => held.close() };
}

function ownerOf(path: string): string {
  try {
    const owner = readFileSync(path, 'utf8').trim();
    return /^\d+$/.test(owner) ? ` (process ${owner})` : '';
  } catch {
    return '';
  }
}
