/**
 * The data folder is its owner's alone: the catalog and the previews show private photos to whoever may read them. On
 * Windows the folder of application data is that already.
 */
import { chmodSync, lstatSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

/** Everything that Keeplight makes at the top of its data folder. */
const OWN =
  /^(catalog[\w.-]*|lock\.sqlite[\w-]*|owner\.txt|engine-keys\.json[\w.]*|open-[\w-]+\.html|backups|previews|models|demo-shoot|code-cache|window)$/;

/**
 * Makes the folder for its owner alone, and mends one that others may enter. In a folder that holds other things as
 * well only what is ours is changed.
 * @throws what making the folder throws; a disk that knows no owners is left as it is.
 */
export function keepPrivate(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: FOLDER_MODE });
  if (process.platform === 'win32') return;
  const names = readdirSync(directory);
  const ours = names.filter((name) => OWN.test(name));
  const isOurs = ours.length === names.length;
  if (isOurs && isPrivate(directory)) {
    // Nobody else gets in: what lies deeper was made so, or mended when the folder was.
    for (const name of ours) restrict(join(directory, name), false);
    return;
  }
  if (isOurs) restrict(directory, false);
  for (const name of ours) restrict(join(directory, name), true);
}

const isPrivate = (path: string): boolean => (lstatSync(path).mode & 0o077) === 0;

function restrict(path: string, deep: boolean): void {
  try {
    const found = lstatSync(path);
    if (found.isSymbolicLink()) return;
    if ((found.mode & 0o077) !== 0) chmodSync(path, found.isDirectory() ? FOLDER_MODE : FILE_MODE);
    if (deep && found.isDirectory()) for (const name of readdirSync(path)) restrict(join(path, name), true);
  } catch {
    // Gone meanwhile, of another owner, or on a disk without owners.
  }
}
