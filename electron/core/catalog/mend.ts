/** What a person chose for a catalog that does not open. The old file is set aside, whatever is chosen. */
import { chmodSync, copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import Database from 'better-sqlite3';
import { CoreError, type Mending } from '../base/core-error.ts';
import { backupsPath, catalogPath, damageNotePath, sealPath } from '../base/data-places.ts';
import { sentenceOf } from '../base/failure.ts';
import { keepPrivate } from '../base/private-folder.ts';
import { newestGoodBackup } from './backup.ts';
import { holdingsOf, holdingsText } from './holdings.ts';
import { takeLock } from './lock.ts';
import { migrate } from './migrate.ts';
import { salvage } from './salvage.ts';
import { sealCatalog } from './seal.ts';
import { isSound } from './soundness.ts';

/**
 * @param mending its file is a path, the name of one in backups/, or `newest`.
 * @returns a sentence on what was done.
 * @throws CoreError CONFLICT while the library is open; NOT_FOUND or INVALID for a file that is none or is damaged;
 *   UNAVAILABLE when nothing can be read. Then nothing was changed.
 */
export function mendCatalog(dataDirectory: string, mending: Mending): string {
  keepPrivate(dataDirectory);
  mkdirSync(backupsPath(dataDirectory), { recursive: true, mode: 0o700 });
  const lock = takeLock(dataDirectory);
  const made = `${catalogPath(dataDirectory)}.new`;
  try {
    removeAll(made);
    const done = make(dataDirectory, mending, made);
    chmodSync(made, 0o600);
    const aside = setAside(dataDirectory);
    renameSync(made, catalogPath(dataDirectory));
    for (const path of [damageNotePath(dataDirectory), sealPath(dataDirectory)]) rmSync(path, { force: true });
    sealCatalog(dataDirectory);
    return aside === null ? done : `${done} What was there before is set aside as ${aside}.`;
  } catch (error) {
    removeAll(made);
    throw sentenceOf(error, dataDirectory);
  } finally {
    lock.release();
  }
}

/** Makes the new catalog beside the old one. @returns a sentence on it. */
function make(dataDirectory: string, mending: Mending, path: string): string {
  switch (mending.kind) {
    case 'restore': {
      const file = backupNamed(dataDirectory, mending.file);
      const holds = isSound(file) ? holdingsOf(file) : null;
      if (!holds) throw new CoreError('INVALID', `${file} is damaged or no catalog; choose another backup.`);
      copyFileSync(file, path);
      return `The backup ${file} is the catalog now: ${holdingsText(holds)}.`;
    }
    case 'salvage': {
      if (!existsSync(catalogPath(dataDirectory)))
        throw new CoreError('NOT_FOUND', 'There is no catalog to save from.');
      const { holds, gaps } = salvage(dataDirectory, path);
      const lost = gaps === 0 ? 'All of it could be read' : `Some of it could not be read any more (${gaps} gaps)`;
      return `Saved from the damaged catalog: ${holdingsText(holds)}. ${lost}.`;
    }
    case 'fresh': {
      const fresh = new Database(path);
      try {
        migrate(fresh, null);
      } finally {
        fresh.close();
      }
      return 'The library is new and empty.';
    }
  }
}

function backupNamed(dataDirectory: string, file: string): string {
  if (file === 'newest') {
    const newest = newestGoodBackup(dataDirectory);
    if (!newest) throw new CoreError('NOT_FOUND', `There is no good backup in ${backupsPath(dataDirectory)}.`);
    return newest.path;
  }
  const known = join(backupsPath(dataDirectory), file);
  const path = isAbsolute(file) || !existsSync(known) ? file : known;
  if (!existsSync(path)) throw new CoreError('NOT_FOUND', `There is no file ${path}.`);
  return path;
}

/** @returns where it lies now; null when there was nothing. */
function setAside(dataDirectory: string): string | null {
  const path = catalogPath(dataDirectory);
  const aside = join(dataDirectory, `catalog-aside-${new Date().toISOString().replace(/[:.]/g, '-')}.sqlite`);
  let moved: string | null = null;
  for (const ending of ['-shm', '-wal', '']) {
    if (!existsSync(path + ending)) continue;
    renameSync(path + ending, aside + ending);
    moved = aside;
  }
  return moved;
}

function removeAll(path: string): void {
  for (const ending of ['', '-journal', '-wal', '-shm']) rmSync(path + ending, { force: true });
}
