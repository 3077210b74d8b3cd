/** Whether a catalog's file is whole: SQLite's full check of every page and index, in this thread or in another. */
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import Database from 'better-sqlite3';

/** The full check of an open database: every page, row and index. Reads all of it, about a second for 100 MB. */
export function isWhole(database: Database.Database): boolean {
  try {
    return database.pragma('integrity_check(1)', { simple: true }) === 'ok';
  } catch (error) {
    if (error instanceof Database.SqliteError) return false;
    throw error;
  }
}

/** The full check of a file or of an image in memory. @returns false also for what is no catalog at all. */
export function isSound(file: string | Buffer): boolean {
  let database: Database.Database | null = null;
  try {
    database = new Database(file, { readonly: true });
    return isWhole(database);
  } catch {
    return false;
  } finally {
    database?.close();
  }
}

const checker = new URL(`./check-worker${extname(import.meta.url)}`, import.meta.url);

/**
 * The same beside the work. @returns null when it was not finished: the signal was aborted, or the disk does not answer.
 */
export function isSoundApart(path: string, signal?: AbortSignal): Promise<boolean | null> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve(null);
    const worker = new Worker(checker, { workerData: path, name: 'check' });
    const stop = () => void worker.terminate();
    signal?.addEventListener('abort', stop, { once: true });
    let verdict: boolean | null = null;
    worker.on('message', (sound: boolean) => {
      verdict = sound;
    });
    worker.on('error', () => {});
    worker.on('exit', () => {
      signal?.removeEventListener('abort', stop);
      resolve(verdict);
    });
  });
}
