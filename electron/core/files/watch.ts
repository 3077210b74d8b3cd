/**
 * Watches a root and says below which folders something changed; the scan finds out what. Where the system watches a whole tree with
 * one handle (macOS, Windows) that is used; on Linux each folder is watched, never each file. Runs in a process of its own
 * (disk-process.ts): a drive that hangs takes the threads by which Node looks at files.
 */
import { type FSWatcher as TreeWatcher, watch as watchTree } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, relative, sep } from 'node:path';
import { watch as watchFolders } from 'chokidar';
import { errorCode } from '../base/file-error.ts';

export type RootEvent =
  /** Folders (relative to the root, '' for the root itself) whose contents changed; scan each with what lies below it. */
  | { type: 'changed'; folders: string[] }
  /** From now on the root is watched: at first, and when it came back. */
  | { type: 'watched' }
  /** The root vanished (unplugged), or its drive fell silent. */
  | { type: 'gone' }
  /** The system cannot watch all folders; scanning by hand still works. */
  | { type: 'limited'; reason: string };

export type WatchOptions = {
  /** Milliseconds without a further change before a burst is told. Default 800. */
  quietMs?: number;
  /** Milliseconds after which a burst that does not end is told anyway. Default 5000. */
  longestMs?: number;
  /** Milliseconds between looks at whether the root is there. Default 4000. */
  presenceMs?: number;
};

/** More changed folders than this are told as one: the root. */
const MANY_FOLDERS = 200;

/**
 * Watches until the process ends; a root that is missing is waited for.
 * @param onAnswer the drive answered, whatever it said: called again and again while it does.
 */
export function watchRoot(
  root: string,
  onEvent: (event: RootEvent) => void,
  onAnswer: () => void,
  { quietMs = 800, longestMs = 5000, presenceMs = 4000 }: WatchOptions = {},
): void {
  const changed = new Set<string>();
  let quiet: NodeJS.Timeout | undefined;
  let since = 0;
  let isLimited = false;
  let stop: (() => Promise<void>) | null = null;

  const tell = () => {
    const folders = changed.size > MANY_FOLDERS ? [''] : topmost([...changed]);
    changed.clear();
    if (folders.length > 0) onEvent({ type: 'changed', folders });
  };
  const note = (folder: string) => {
    if (isSystemPath(folder)) return;
    const now = performance.now();
    if (changed.size === 0) since = now;
    changed.add(folder);
    clearTimeout(quiet);
    quiet = setTimeout(tell, Math.max(0, Math.min(quietMs, since + longestMs - now)));
  };
  const limit = (error: unknown) => {
    if (isLimited) return;
    isLimited = true;
    const reason =
      errorCode(error) === 'ENOSPC' || errorCode(error) === 'EMFILE'
        ? 'The system allows no more watched folders: changes there show after the next scan.'
        : 'Some folders cannot be watched: changes there show after the next scan.';
    onEvent({ type: 'limited', reason });
  };

  const usesTree = process.platform === 'darwin' || process.platform === 'win32';
  let isBusy = false;
  let wasThere = true;
  const look = async () => {
    const isThere = await isFolder(root);
    onAnswer();
    if (isBusy) return;
    isBusy = true;
    try {
      if (isThere && stop === null) {
        stop = usesTree ? beginTree(root, note, limit) : await beginFolders(root, note, limit);
        onEvent({ type: 'watched' });
      } else if (!isThere && (stop !== null || wasThere)) {
        await stop?.();
        stop = null;
        onEvent({ type: 'gone' });
      }
      wasThere = isThere;
    } finally {
      isBusy = false;
    }
  };
  const lookOn = () => void look().finally(() => setTimeout(lookOn, presenceMs));
  lookOn();
}

type Note = (folder: string) => void;
type Limit = (error: unknown) => void;

function beginTree(root: string, note: Note, limit: Limit): () => Promise<void> {
  const watcher: TreeWatcher = watchTree(root, { recursive: true, persistent: false }, (_event, name) => {
    note(name === null ? '' : folderOf(name.split(sep).join('/')));
  });
  watcher.on('error', limit);
  return async () => watcher.close();
}

async function beginFolders(root: string, note: Note, limit: Limit): Promise<() => Promise<void>> {
  const inside = (path: string) => relative(root, path).split(sep).join('/');
  const watcher = watchFolders(root, {
    ignoreInitial: true,
    followSymlinks: false,
    ignorePermissionErrors: true,
    persistent: true,
    // Folders only: a file's change is told by its folder.
    ignored: (path, stats) => isSystemPath(inside(path)) || (stats !== undefined && !stats.isDirectory()),
  });
  let isReady = false;
  watcher.on('raw', (_event, name, details) => {
    const folder = watchedPathOf(details);
    if (isReady && folder !== null && !basename(name ?? '').startsWith('.')) note(inside(folder));
  });
  // A folder that arrives with its contents is told as a whole: files may have come before it was watched.
  watcher.on('addDir', (path) => note(inside(path)));
  watcher.on('unlinkDir', (path) => note(path === root ? '' : inside(dirname(path))));
  watcher.on('error', limit);
  await new Promise<void>((resolve) => watcher.once('ready', resolve));
  isReady = true;
  return () => watcher.close();
}

/** Chokidar's undocumented third argument: the folder whose watcher spoke. */
function watchedPathOf(details: unknown): string | null {
  if (typeof details !== 'object' || details === null || !('watchedPath' in details)) return null;
  return typeof details.watchedPath === 'string' ? details.watchedPath : null;
}

function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash === -1 ? '' : path.slice(0, slash);
}

/** Hidden folders and those of programs: nothing in them is a photo of the person's. */
function isSystemPath(path: string): boolean {
  return path.split('/').some((name) => name.startsWith('.') || name === '@eaDir' || /\.lrdata$/i.test(name));
}

/** Folders without those that lie below another of them. */
function topmost(folders: string[]): string[] {
  const kept = new Set(folders);
  if (kept.has('')) return [''];
  return folders.filter((folder) => {
    for (let parent = folderOf(folder); parent !== ''; parent = folderOf(parent)) if (kept.has(parent)) return false;
    return true;
  });
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}
