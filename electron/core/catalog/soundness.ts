/** Whether a catalog's file is whole: SQLite's full check of every page and index, in this process or in another. */
import { fork } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
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

const CHECKER = fileURLToPath(new URL(`./check-process${extname(import.meta.url)}`, import.meta.url));

/**
 * The same beside the work, in a process: a check of a large catalog takes half a minute, and a thread would not end before.
 * @returns null when it was not finished: the signal was aborted, or the machine did not let it be read.
 */
export function isSoundApart(path: string, signal?: AbortSignal): Promise<boolean | null> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve(null);
    const child = fork(CHECKER, [path], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      execArgv: [],
      env: { ...process.env, ...(process.versions.electron ? { ELECTRON_RUN_AS_NODE: '1' } : {}) },
    });
    const stop = () => void child.kill('SIGKILL');
    signal?.addEventListener('abort', stop, { once: true });
    let verdict: boolean | null = null;
    child.on('message', (sound) => {
      verdict = typeof sound === 'boolean' ? sound : null;
    });
    const end = () => {
      signal?.removeEventListener('abort', stop);
      resolve(verdict);
    };
    child.on('error', end);
    child.on('exit', end);
  });
}
