/** Where people keep pictures on this machine, for a chooser of folders: own folder, pictures, drives, what was used before. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { homedir, userInfo } from 'node:os';
import { dirname, isAbsolute, join, parse, resolve } from 'node:path';

export type Place = { path: string; kind: 'home' | 'pictures' | 'recent' | 'drive' };

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}

/** Folders in a folder by full path; none where it cannot be read. */
async function foldersIn(path: string): Promise<string[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map(({ name }) => join(path, name));
  } catch {
    return [];
  }
}

/** The folder of pictures as the desktop's settings name it (xdg-user-dirs), else the usual one. */
async function picturesFolder(): Promise<string | null> {
  const home = homedir();
  let named: string | undefined;
  try {
    const settings = await readFile(join(home, '.config', 'user-dirs.dirs'), 'utf8');
    named = /^XDG_PICTURES_DIR="(.+)"$/m.exec(settings)?.[1]?.replace('$HOME', home);
  } catch {
    // Nothing is set on this machine.
  }
  for (const path of [named, join(home, 'Pictures')]) {
    if (path !== undefined && path !== home && (await isFolder(path))) return path;
  }
  return null;
}

/** Roots of drives as this system mounts them, the one it runs from last. */
async function drives(): Promise<string[]> {
  if (process.platform === 'win32') {
    const letters = Array.from({ length: 26 }, (_, index) => `${String.fromCharCode(65 + index)}:\\`);
    const there = await Promise.all(letters.map(isFolder));
    return letters.filter((_, index) => there[index]);
  }
  if (process.platform === 'darwin') return [...(await foldersIn('/Volumes')), '/'];
  const own = userInfo().username;
  const mounts = [`/media/${own}`, `/run/media/${own}`, '/mnt'];
  return [...(await Promise.all(mounts.map(foldersIn))).flat(), '/'];
}

/** Each folder once, under the first kind that it has. @param recent folders that were used before, the newest first */
export async function placesToLook(recent: readonly string[]): Promise<Place[]> {
  const pictures = await picturesFolder();
  const there = await Promise.all(recent.map(isFolder));
  const places: Place[] = [
    ...recent.filter((_, index) => there[index]).map((path): Place => ({ path, kind: 'recent' })),
    ...(pictures === null ? [] : [{ path: pictures, kind: 'pictures' } as const]),
    { path: homedir(), kind: 'home' },
    ...(await drives()).map((path): Place => ({ path, kind: 'drive' })),
  ];
  return places.filter(({ path }, index) => places.findIndex((other) => other.path === path) === index);
}

/** Where choosing begins: beside what was added last, else among the pictures, else at home. */
export async function firstFolder(recent: readonly string[]): Promise<string> {
  for (const path of recent) if (path !== parse(path).root && (await isFolder(path))) return path;
  return (await picturesFolder()) ?? homedir();
}

/**
 * The folder that a typed path means, or the nearest one above it that is there, and what was typed beyond that.
 * A path that does not begin at a root begins at home, as `~` does.
 */
export async function nearestFolder(typed: string): Promise<{ path: string; rest: string }> {
  const text = typed.trim().replace(/^["'](.*)["']$/, '$1');
  const own = text === '~' ? homedir() : text.replace(/^~(?=[/\\])/, homedir());
  const whole = isAbsolute(own) ? own : join(homedir(), own);
  const endsInFolder = /[/\\]$/.test(own);
  let path = resolve(whole);
  let rest = '';
  // The last part may be the beginning of a longer name: it is listed as a folder only where it is one.
  while (!(await isFolder(path))) {
    const above = dirname(path);
    if (above === path) break;
    rest =
      rest === ''
        ? path.slice(above.length).replace(/^[/\\]/, '')
        : join(path.slice(above.length).replace(/^[/\\]/, ''), rest);
    path = above;
  }
  return { path, rest: endsInFolder && rest !== '' ? join(rest, '/') : rest };
}
