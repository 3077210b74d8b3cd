/** A catalog that is not opened: what is said of it, and what a person may choose. */
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { CoreError, type MendingChoice } from '../base/core-error.ts';
import { catalogPath, damageNotePath } from '../base/data-places.ts';
import { backups, newestGoodBackup } from './backup.ts';
import { holdingsText, momentText } from './holdings.ts';

/** `missing`: backups without a catalog. `empty`: beside them a catalog in which nothing is. */
export type Complaint = 'missing' | 'empty' | 'damaged';

const WORDS: Readonly<Record<Complaint, (directory: string) => string>> = {
  missing: (directory) => `There are backups in ${directory}, but the catalog itself is not there.`,
  empty: (directory) => `The catalog in ${directory} is empty, although there are backups of one that was not.`,
  damaged: (directory) => `The catalog in ${directory} is damaged.`,
};

/** @returns what to throw: a sentence with the newest good backup and what it holds, and the choices. */
export function refusal(dataDirectory: string, complaint: Complaint, cause?: unknown): CoreError {
  const newest = newestGoodBackup(dataDirectory);
  const choices: MendingChoice[] = [];
  const sentences = [WORDS[complaint](dataDirectory), 'Nothing was changed.'];
  const command = (option: string) => `keeplight doctor ${option} --data ${quoted(dataDirectory)}`;
  if (newest) {
    const moment = momentText(newest.madeAt);
    choices.push({ kind: 'restore', file: newest.path, text: `Take the backup of ${moment}` });
    sentences.push(
      `The newest good backup is of ${moment} and holds ${holdingsText(newest.holds)}: ${command('--restore newest')} takes it.`,
    );
  } else {
    sentences.push('No good backup was found.');
  }
  if (complaint === 'damaged') {
    choices.push({ kind: 'salvage', text: 'Save what can still be read' });
    sentences.push(`${command('--salvage')} saves what can still be read of the damaged file.`);
  }
  choices.push({ kind: 'fresh', text: 'Begin a new library' });
  sentences.push(`${command('--fresh')} begins a new library. The old file is set aside, never deleted.`);
  return new CoreError('UNAVAILABLE', sentences.join(' '), { cause, choices });
}

const quoted = (path: string) => (/^[\w./:@%+-]+$/.test(path) ? path : JSON.stringify(path));

/** @throws CoreError UNAVAILABLE where backups lie beside no catalog or an empty file, or damage was found before. */
export function refuseWithoutCatalog(dataDirectory: string): void {
  if (existsSync(damageNotePath(dataDirectory))) throw refusal(dataDirectory, 'damaged');
  const bytes = statSync(catalogPath(dataDirectory), { throwIfNoEntry: false })?.size;
  if (bytes !== undefined && bytes > 0) return;
  if (backups(dataDirectory).length > 0) throw refusal(dataDirectory, bytes === undefined ? 'missing' : 'empty');
}

/** Remembers damage that was found in an open catalog, for whoever opens it next. */
export function noteDamage(dataDirectory: string): void {
  writeFileSync(
    damageNotePath(dataDirectory),
    'The catalog did not pass the full check; Keeplight asks what to do when it is opened.\n',
    { mode: 0o600 },
  );
}
