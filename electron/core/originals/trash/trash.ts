/** The system's trash: the freedesktop.org one by its specification (1.0), so that files can be brought back; else the system's own. */
import { constants } from 'node:fs';
import { access, lstat, mkdir, open, readFile, realpath, rename, stat, unlink } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, extname, join, relative, sep } from 'node:path';
import { CoreError } from '../../base/core-error.ts';
import { codeOf, isTaken, makeFolderOf, moveFile } from '../files/place-file.ts';

/** Whether this system's trash is one whose files we know where to find. */
export const canBringBack = process.platform !== 'win32' && process.platform !== 'darwin';

/** Drives of other computers: what lies in a trash there is seen by nobody who would empty it or look for it. */
const NETWORK =
  /^(nfs\d?|cifs|smb\d?|smbfs|afpfs|ncpfs|9p|ceph|glusterfs|fuse\.(sshfs|rclone|gvfsd-fuse|davfs\w*|smbnetfs|s3fs))$/;

/** @throws CoreError NOT_FOUND or UNAVAILABLE with a sentence when a file cannot leave its folder. */
export async function mayLeave(path: string): Promise<void> {
  const name = basename(path);
  try {
    const found = await lstat(path);
    if (!found.isFile()) throw new CoreError('INVALID', `${name} is no file.`);
    const folder = await stat(dirname(path));
    // In a folder like /tmp only the owner of a file, or of the folder, may take it away.
    const uid = process.getuid?.();
    if ((folder.mode & 0o1000) !== 0 && uid !== undefined && uid !== 0 && found.uid !== uid && folder.uid !== uid) {
      throw new CoreError('UNAVAILABLE', `You may not take ${name} out of its folder.`);
    }
    await access(dirname(path), constants.W_OK | constants.X_OK);
  } catch (error) {
    if (error instanceof CoreError) throw error;
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new CoreError('NOT_FOUND', `${name} is not there any more.`);
    if (code === 'EROFS') throw new CoreError('UNAVAILABLE', `The disk that holds ${name} can only be read.`);
    throw new CoreError('UNAVAILABLE', `You may not take ${name} out of its folder.`, { cause: error });
  }
}

/** Where a file lies in a trash, and the note on it; null where only the system knows. */
export type TrashPlace = { target: string; note: string | null };

export type Trash = {
  /** Holds files/ and info/. */
  folder: string;
  /** What paths in notes begin at; null: they are absolute. */
  top: string | null;
};

/**
 * The trash that a file goes to. @throws CoreError UNAVAILABLE where there is none: drives of other computers, and
 * volumes on which none can be made.
 */
export async function trashFor(path: string): Promise<Trash> {
  const real = join(await realpath(dirname(path)), basename(path));
  // Of the folder: layered file systems give their files numbers of their own.
  const { dev } = await stat(dirname(real));
  const top = await topOf(dirname(real), dev);
  const filesystem = await filesystemAt(top);
  if (filesystem !== null && NETWORK.test(filesystem)) {
    throw new CoreError('UNAVAILABLE', `${basename(path)} lies on a drive of another computer, which has no trash.`);
  }
  const home = join(process.env.XDG_DATA_HOME || join(homedir(), '.local/share'), 'Trash');
  if (await isOnDevice(home, dev)) return { folder: await made(home), top: null };
  const uid = process.getuid?.() ?? 0;
  const shared = join(top, '.Trash');
  const found = await lstat(shared).catch(() => null);
  // One folder for all users must be sticky and no link, or anybody could lead files elsewhere.
  if (found?.isDirectory() && (found.mode & 0o1000) !== 0) {
    const own = await made(join(shared, String(uid))).catch(() => null);
    if (own !== null) return { folder: own, top };
  }
  try {
    const own = await made(join(top, `.Trash-${uid}`));
    if ((await lstat(own)).dev !== dev) throw new Error('It leads elsewhere.');
    return { folder: own, top };
  } catch (error) {
    throw new CoreError('UNAVAILABLE', `The drive that holds ${basename(path)} has no trash.`, { cause: error });
  }
}

async function made(folder: string): Promise<string> {
  for (const part of ['files', 'info']) await mkdir(join(folder, part), { recursive: true, mode: 0o700 });
  if ((await lstat(folder)).isSymbolicLink()) throw new Error('A trash must not be a link.');
  return folder;
}

/** The highest folder above that lies on the same volume. */
async function topOf(folder: string, dev: number): Promise<string> {
  let top = folder;
  for (let above = dirname(top); above !== top; above = dirname(top)) {
    if ((await stat(above)).dev !== dev) break;
    top = above;
  }
  return top;
}

async function isOnDevice(folder: string, dev: number): Promise<boolean> {
  for (let at = folder; ; at = dirname(at)) {
    try {
      return (await stat(at)).dev === dev;
    } catch {
      if (dirname(at) === at) return false;
    }
  }
}

/** Kind of the file system that is mounted at a folder; null where the system does not say. */
async function filesystemAt(top: string): Promise<string | null> {
  try {
    const mounts = await readFile('/proc/self/mountinfo', 'utf8');
    const lines = mounts.split('\n').filter((line) => unescaped(line.split(' ')[4] ?? '') === top);
    return lines.at(-1)?.split(' - ')[1]?.split(' ')[0] ?? null;
  } catch {
    return null;
  }
}

const unescaped = (path: string): string =>
  path.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));

/**
 * Takes a name in the trash and writes the note that says where the file was. Nothing is moved yet.
 * @param remember is told of a place before anything is written there.
 * @returns an empty target where the system keeps the place to itself.
 */
export async function placeInTrash(
  path: string,
  remember: (place: TrashPlace) => void,
  now = new Date(),
): Promise<TrashPlace> {
  if (!canBringBack) {
    remember({ target: '', note: null });
    return { target: '', note: null };
  }
  const { folder, top } = await trashFor(path);
  const real = join(await realpath(dirname(path)), basename(path));
  const recorded = (top === null ? real : relative(top, real)).split(sep).map(encodeURIComponent).join('/');
  const text = `[Trash Info]\nPath=${recorded}\nDeletionDate=${localTime(now)}\n`;
  const extension = extname(path);
  const stem = basename(path, extension);
  for (let number = 1; ; number++) {
    const name = number === 1 ? `${stem}${extension}` : `${stem}.${number}${extension}`;
    const note = join(folder, 'info', `${name}.trashinfo`);
    const target = join(folder, 'files', name);
    if ((await isTaken(target)) || (await isTaken(note))) continue;
    remember({ target, note });
    try {
      // Whoever makes the note has the name.
      await using handle = await open(note, 'wx', 0o600);
      await handle.writeFile(text);
      await handle.sync();
      return { target, note };
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
  }
}

/** `2026-05-17T09:12:00`, the computer's own time. */
function localTime(date: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** Takes away a note of ours whose file never came. One that another program wrote under this name stays. */
export async function dropNote(note: string, source: string): Promise<void> {
  try {
    const text = await readFile(note, 'utf8');
    const recorded = /^Path=(.*)$/m.exec(text)?.[1] ?? '';
    // Empty: the kill came between its making and its writing.
    if (text === '' || basename(decodeURIComponent(recorded)) === basename(source)) await unlink(note);
  } catch {
    // It was never written.
  }
}

/** Moves a file to the place that `placeInTrash` took. @returns where it lies; null where only the system knows. */
export async function moveToTrash(path: string, target: string): Promise<string | null> {
  if (target === '') {
    const { default: trash } = await import('trash');
    await trash([path], { glob: false });
    return null;
  }
  if (await isTaken(target)) throw new CoreError('CONFLICT', `${basename(target)} came into the trash just now.`);
  await rename(path, target);
  return target;
}

/** Brings a file back to where it was. @returns false where something else has that name. */
export async function bringFromTrash(target: string, source: string, note: string | null): Promise<boolean> {
  await makeFolderOf(source);
  if (!(await moveFile(target, source))) return false;
  if (note !== null) await unlink(note).catch(() => {});
  return true;
}
