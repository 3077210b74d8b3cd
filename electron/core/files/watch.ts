/**
 * Watches roots and says below which folders something changed; the scan finds out what. Where the system watches a whole tree with
 * one handle (macOS, Windows) that is used; on Linux each folder is watched, never each file.
 */
import { type FSWatcher as TreeWatcher, watch as watchTree } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, relative, sep } from 'node:path';
import { watch as watchFolders } from 'chokidar';
import { errorCode } from '../base/file-error.ts';

export type RootEvent =
  /** Folders (relative to the root, '' for the root itself) whose contents changed; scan each with what lies below it. */
  | { type: 'changed'; root: string; folders: string[] }
  /** The root vanished (unplugged) or came back. */
  | { type: 'gone'; root: string }
  | { type: 'back'; root: string }
  /** The system cannot watch all folders; scanning by hand still works. */
  | { type: 'limited'; root: string; reason: string };

export interface RootWatcher {
  /** Resolves when the root is being watched; a missing root is waited for. */
  add(root: string): Promise<void>;
  remove(root: string): Promise<void>;
  close(): Promise<void>;
}

export type WatchOptions = {
  /** Milliseconds without a further change before a burst is told. Default 800. */
  quietMs?: number;
  /** Milliseconds after which a burst that does not end is told anyway. Default 5000. */
  longestMs?: number;
  /** Milliseconds between looks at whether the roots are there. Default 4000. */
  presenceMs?: number;
};

/** More changed folders than this are told as one: the root. */
const MANY_FOLDERS = 200;

type Watched = {
  root: string;
  stop: (() => Promise<void>) | null;
  changed: Set<string>;
  quiet: NodeJS.Timeout | null;
  since: number;
  isLimited: boolean;
};

export function watchRoots(onEvent: (event: RootEvent) => void, options: WatchOptions = {}): RootWatcher {
  const { quietMs = 800, longestMs = 5000, presenceMs = 4000 } = options;
  const watched = new Map<string, Watched>();

  const tell = (entry: Watched) => {
    entry.quiet = null;
    const folders = entry.changed.size > MANY_FOLDERS ? [''] : topmost([...entry.changed]);
    entry.changed.clear();
    if (folders.length > 0 && watched.get(entry.root) === entry)
      onEvent({ type: 'changed', root: entry.root, folders });
  };

  const note = (entry: Watched, folder: string) => {
    if (isSystemPath(folder)) return;
    const now = performance.now();
    if (entry.changed.size === 0) entry.since = now;
    entry.changed.add(folder);
    if (entry.quiet !== null) clearTimeout(entry.quiet);
    entry.quiet = setTimeout(() => tell(entry), Math.max(0, Math.min(quietMs, entry.since + longestMs - now)));
  };

  const limit = (entry: Watched, error: unknown) => {
    if (entry.isLimited) return;
    entry.isLimited = true;
    const reason =
      errorCode(error) === 'ENOSPC' || errorCode(error) === 'EMFILE'
        ? 'The system allows no more watched folders: changes there show after the next scan.'
        : 'Some folders cannot be watched: changes there show after the next scan.';
    onEvent({ type: 'limited', root: entry.root, reason });
  };

  const begin = async (entry: Watched): Promise<void> => {
    const usesTree = process.platform === 'darwin' || process.platform === 'win32';
    entry.stop = usesTree ? beginTree(entry, note, limit) : await beginFolders(entry, note, limit);
  };

  const checkPresence = async () => {
    for (const entry of watched.values()) {
      const isThere = await isFolder(entry.root);
      if (watched.get(entry.root) !== entry) continue;
      if (!isThere && entry.stop !== null) {
        const { stop } = entry;
        entry.stop = null;
        await stop();
        onEvent({ type: 'gone', root: entry.root });
      } else if (isThere && entry.stop === null) {
        await begin(entry);
        onEvent({ type: 'back', root: entry.root });
      }
    }
  };

  let isChecking = false;
  const presence = setInterval(() => {
    if (isChecking) return;
    isChecking = true;
    void checkPresence().finally(() => {
      isChecking = false;
    });
  }, presenceMs);
  presence.unref();

  const stopEntry = async (entry: Watched) => {
    if (entry.quiet !== null) clearTimeout(entry.quiet);
    entry.quiet = null;
    const { stop } = entry;
    entry.stop = null;
    await stop?.();
  };

  return {
    async add(root) {
      if (watched.has(root)) return;
      const entry: Watched = { root, stop: null, changed: new Set(), quiet: null, since: 0, isLimited: false };
      watched.set(root, entry);
      if (await isFolder(root)) await begin(entry);
    },
    async remove(root) {
      const entry = watched.get(root);
      watched.delete(root);
      if (entry !== undefined) await stopEntry(entry);
    },
    async close() {
      clearInterval(presence);
      const entries = [...watched.values()];
      watched.clear();
      await Promise.all(entries.map(stopEntry));
    },
  };
}

type Note = (entry: Watched, folder: string) => void;
type Limit = (entry: Watched, error: unknown) => void;

function beginTree(entry: Watched, note: Note, limit: Limit): () => Promise<void> {
  const watcher: TreeWatcher = watchTree(entry.root, { recursive: true, persistent: false }, (_event, name) => {
    note(entry, name === null ? '' : folderOf(name.split(sep).join('/')));
  });
  watcher.on('error', (error) => limit(entry, error));
  return async () => watcher.close();
}

async function beginFolders(entry: Watched, note: Note, limit: Limit): Promise<() => Promise<void>> {
  const inside = (path: string) => relative(entry.root, path).split(sep).join('/');
  const watcher = watchFolders(entry.root, {
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
    if (isReady && folder !== null && !basename(name ?? '').startsWith('.')) note(entry, inside(folder));
  });
  // A folder that arrives with its contents is told as a whole: files may have come before it was watched.
  watcher.on('addDir', (path) => note(entry, inside(path)));
  watcher.on('unlinkDir', (path) => note(entry, path === entry.root ? '' : inside(dirname(path))));
  watcher.on('error', (error) => limit(entry, error));
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
