/**
 * Copies of the catalog in backups/: each is checked before it counts, carries the checksum of its bytes in its name,
 * and takes the place of older ones only.
 */
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import type Database from 'better-sqlite3';
import { CoreError } from '../base/core-error.ts';
import { backupsPath } from '../base/data-places.ts';
import { type Holdings, holdingsOf } from './holdings.ts';
import { sumOf } from './seal.ts';
import { isSound, isSoundApart, isWhole } from './soundness.ts';
import { withoutLog } from './wal.ts';

const KEPT_BACKUPS = 5;
/** Pages copied between two turns of the event loop: a few milliseconds. */
const PAGES_A_TURN = 400;
/** Clocks differ; a backup further ahead than this has a wrong date. */
const AHEAD_MILLISECONDS = 10 * 60 * 1000;

export type Backup = {
  path: string;
  /** Milliseconds since 1970. */
  madeAt: number;
};

/**
 * Copies the catalog as it is into backups/ and forgets the oldest copies.
 * @returns the copy's path. @throws CoreError UNAVAILABLE when catalog or copy are damaged; then no copy is kept.
 */
export function backUp(database: Database.Database, dataDirectory: string, label: string): string {
  if (!isWhole(database)) throw damaged();
  const unfinished = nextBackup(dataDirectory);
  try {
    const [checkpoint] = database.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[];
    // Page for page where nobody else has it open: a first page of the one then fits the other.
    if (checkpoint?.busy === 0 && !database.memory) copyFileSync(database.name, unfinished);
    else database.prepare('VACUUM INTO ?').run(unfinished);
    closeUp(unfinished);
    if (!isSound(unfinished)) throw damaged();
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
  return finishBackup(dataDirectory, unfinished, label);
}

/** The same in small steps and another thread, with room for key presses in between. */
export async function backUpGently(
  database: Database.Database,
  dataDirectory: string,
  label: string,
  signal?: AbortSignal,
): Promise<string> {
  const sound = await isSoundApart(database.name, signal);
  if (sound === false) throw damaged();
  signal?.throwIfAborted();
  const unfinished = nextBackup(dataDirectory);
  try {
    await database.backup(unfinished, {
      progress() {
        signal?.throwIfAborted();
        return PAGES_A_TURN;
      },
    });
    closeUp(unfinished);
    if ((await isSoundApart(unfinished, signal)) !== true) throw damaged();
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
  return finishBackup(dataDirectory, unfinished, label);
}

const damaged = () =>
  new CoreError('UNAVAILABLE', 'No backup was made, because the catalog is damaged; the backups are as they were.');

function nextBackup(dataDirectory: string): string {
  const folder = backupsPath(dataDirectory);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const unfinished = join(folder, 'catalog.sqlite.part');
  for (const ending of ['', '-journal', '-wal', '-shm']) rmSync(unfinished + ending, { force: true });
  closeSync(openSync(unfinished, 'w', 0o600));
  return unfinished;
}

/** The copy needs no log beside it, so that it can be read where nothing can be written. */
function closeUp(path: string): void {
  const file = openSync(path, 'r+');
  try {
    const header = Buffer.alloc(100);
    readSync(file, header, 0, 100, 0);
    withoutLog(header);
    writeSync(file, header, 18, 2, 18);
  } finally {
    closeSync(file);
  }
}

function finishBackup(dataDirectory: string, unfinished: string, label: string): string {
  const time = new Date().toISOString().replace(/[:.]/g, '-');
  const path = join(backupsPath(dataDirectory), `catalog-${time}-${label}-${sumOf(unfinished).sum}.sqlite`);
  renameSync(unfinished, path);
  forgetOldest(dataDirectory, path);
  return path;
}

/** Keeps the newest good ones and the one that holds most; what is damaged is left where it is and counts for nothing. */
function forgetOldest(dataDirectory: string, made: string): void {
  const good = listed(dataDirectory).filter(({ path }) => path === made || hasItsSum(path));
  const kept = new Set([made, ...good.slice(0, KEPT_BACKUPS).map(({ path }) => path)]);
  let richest: { path: string; weight: number } | null = null;
  for (const { path } of good) {
    const holds = holdingsOf(path);
    const weight = holds ? holds.steps + holds.marks + holds.albums : -1;
    if (!richest || weight > richest.weight) richest = { path, weight };
  }
  if (richest) kept.add(richest.path);
  for (const { path } of good) if (!kept.has(path)) rmSync(path, { force: true });
}

/** Newest first; those with a date that has yet to come are last. */
export function listed(dataDirectory: string): Backup[] {
  const folder = backupsPath(dataDirectory);
  if (!existsSync(folder)) return [];
  const now = Date.now() + AHEAD_MILLISECONDS;
  return readdirSync(folder)
    .filter((name) => name.endsWith('.sqlite'))
    .map((name) => ({ path: join(folder, name), madeAt: timeOf(join(folder, name)) }))
    .sort((left, right) => {
      const [later, sooner] = [left.madeAt > now, right.madeAt > now];
      return later === sooner ? right.madeAt - left.madeAt || (left.path < right.path ? 1 : -1) : later ? 1 : -1;
    });
}

/** Paths, newest first. */
export const backups = (dataDirectory: string): string[] => listed(dataDirectory).map(({ path }) => path);

function timeOf(path: string): number {
  const named = /(\d{4}-\d\d-\d\dT\d\d)-(\d\d)-(\d\d)-(\d{3})Z/.exec(basename(path));
  return named ? Date.parse(`${named[1]}:${named[2]}:${named[3]}.${named[4]}Z`) : statSync(path).mtimeMs;
}

/** Milliseconds since the newest one; infinite without any, and where the only ones are of a time that has yet to come. */
export function newestBackupAge(dataDirectory: string): number {
  const now = Date.now();
  const past = listed(dataDirectory).filter(({ madeAt }) => madeAt <= now + AHEAD_MILLISECONDS);
  return past[0] ? Math.max(0, now - past[0].madeAt) : Number.POSITIVE_INFINITY;
}

const namedSum = (path: string): string | null => /-([0-9a-f]{8})\.sqlite$/.exec(basename(path))?.[1] ?? null;

/** False when its bytes are not those that were written; one without a sum in its name is checked by SQLite alone. */
function hasItsSum(path: string): boolean {
  const sum = namedSum(path);
  return sum === null ? isSound(path) : sumOf(path).sum === sum;
}

/** The newest one that is whole, with what is in it; null without any. */
export function newestGoodBackup(dataDirectory: string): (Backup & { holds: Holdings }) | null {
  for (const backup of listed(dataDirectory)) {
    if (!hasItsSum(backup.path) || !isSound(backup.path)) continue;
    const holds = holdingsOf(backup.path);
    if (holds) return { ...backup, holds };
  }
  return null;
}

/** True when this file is a copy of a backup, as a person may have put it there. */
export function isOneOfTheBackups(dataDirectory: string, path: string): boolean {
  const sums = new Set(backups(dataDirectory).map(namedSum));
  return sums.has(sumOf(path).sum);
}
