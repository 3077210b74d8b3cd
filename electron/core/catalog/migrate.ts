/** Numbered steps that bring a catalog to the newest format, all or none of them. */
import { readdirSync, readFileSync } from 'node:fs';
import type Database from 'better-sqlite3';
import { CoreError } from '../base/core-error.ts';
import { backUp } from './backup.ts';

const MIGRATIONS = new URL('./migrations/', import.meta.url);

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

export function versionOf(database: Database.Database): number {
  return Number(database.pragma('user_version', { simple: true }));
}

/** @throws CoreError CONFLICT for a newer catalog, and for an older one where only this format will do. */
export function refuseOther(database: Database.Database, newest: number, allowed: 'exactly' | 'older'): number {
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

/** @param dataDirectory where the catalog is backed up before; null for one that nobody has yet. */
export function migrate(database: Database.Database, dataDirectory: string | null, target = migrations().length): void {
  const all = migrations();
  const version = refuseOther(database, all.length, 'older');
  if (version >= target) return;
  if (version > 0 && dataDirectory !== null) backUp(database, dataDirectory, `before-${target}`);
  database.transaction(() => {
    for (const migration of all.slice(version, target)) {
      database.exec(readFileSync(new URL(migration.name, MIGRATIONS), 'utf8'));
    }
    database.pragma(`user_version = ${target}`);
  })();
}
