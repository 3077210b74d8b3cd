/** Whether a catalog's file is whole: SQLite's full check of every page and index, in this thread or in another. */
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import Database from 'better-sqlite3';

/** Refusals that say nothing of what is in the file: no more open files, no memory, another program at it. */
const isPassing = (error: unknown): boolean =>
  error instanceof Database.SqliteError && /^SQLITE_(CANTOPEN|NOMEM|BUSY|LOCKED)/.test(error.code);

/**
 * The full check of an open database: every page, row and index. Reads all of it, about a second for 100 MB.
 * @throws SqliteError when the machine did not let it be read.
 */
export function isWhole(database: Database.Database): boolean {
  try {
    return database.pragma('integrity_check(1)', { simple: true }) === 'ok';
  } catch (error) {
    if (error instanceof Database.SqliteError && !isPassing(error)) return false;
    throw error;
  }
}

/** The full check of a file or of an image in memory. @returns false also for what is no catalog, or cannot be opened. */
export const isSound = (file: string | Buffer): boolean => verdictOn(file) === true;

/** The same. @returns null when the machine did not let it be read, which says nothing of it. */
export function verdictOn(file: string | Buffer): boolean | null {
  let database: Database.Database | null = null;
  try {
    database = new Database(file, { readonly: true });
    return isWhole(database);
  } catch (error) {
    return isPassing(error) ? null : false;
  } finally {
    database?.close();
  }
}

const checker = new URL(`./check-worker${extname(import.meta.url)}`, import.meta.url);

/**
 * The same beside the work. @returns null when it was not finished: the signal was aborted, or the machine did not let it be read.
 */
export function isSoundApart(path: string, signal?: AbortSignal): Promise<boolean | null> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve(null);
    const worker = new Worker(checker, { workerData: path, name: 'check' });
    const stop = () => void worker.terminate();
    signal?.addEventListener('abort', stop, { once: true });
    let verdict: boolean | null = null;
    worker.on('message', (sound: boolean | null) => {
      verdict = sound;
    });
    worker.on('error', () => {});
    worker.on('exit', () => {
      signal?.removeEventListener('abort', stop);
      resolve(verdict);
    });
  });
}
