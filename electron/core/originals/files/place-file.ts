/**
 * Puts files where none is yet: copied beside their place, read back and compared, then given their name in one step.
 * Nothing that exists is ever written over, and a kill leaves the old or the new, never half a file under a real name.
 */
import { createHash, randomBytes } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { copyFile, link, lstat, mkdir, open, rename, rm, stat, unlink, utimes } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CoreError } from '../../base/core-error.ts';

/** Read at once while files are copied and compared. */
const PIECE = 2 ** 20;

/** Between the name of a file that is being written and its real one. */
const PART = '.keeplight-part-';

export const codeOf = (error: unknown): string | null =>
  error instanceof Error && 'code' in error ? String(error.code) : null;

/** sha256 of all bytes, 64 hex digits. @throws when it cannot be read; the signal's reason. */
export async function hashOfFile(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path, { highWaterMark: PIECE, ...(signal && { signal }) })) {
    hash.update(piece as Buffer);
  }
  return hash.digest('hex');
}

/** Whether two files hold the same bytes. False where one of them is not there. */
export async function sameContent(one: string, other: string, signal?: AbortSignal): Promise<boolean> {
  const [first, second] = await Promise.all([sizeOf(one), sizeOf(other)]);
  if (first === null || first !== second) return false;
  return (await hashOfFile(one, signal)) === (await hashOfFile(other, signal));
}

/** Size of a file; null where there is none, or something that is no file. */
export async function sizeOf(path: string): Promise<number | null> {
  try {
    const found = await stat(path);
    return found.isFile() ? found.size : null;
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw error;
  }
}

/** Whether anything has this name, also a link that leads nowhere. */
export async function isTaken(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return false;
    throw error;
  }
}

/** Makes the folder of a file that is to come. */
export async function makeFolderOf(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
}

/** Name beside `target` under which it is written; ends as the target does, so that programs know its format. */
export function partOf(target: string): string {
  const name = basename(target);
  return join(dirname(target), `${PART}${randomBytes(6).toString('hex')}-${name.slice(-60)}`);
}

/**
 * Gives a file that was written beside `target` its name, unless that is taken.
 * @returns false when something has the name already; the part is still there then.
 */
export async function claim(part: string, target: string): Promise<boolean> {
  try {
    await link(part, target);
    try {
      await unlink(part);
    } catch (error) {
      // One file must not end up with two names.
      await unlink(target);
      throw error;
    }
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EEXIST') return false;
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP' && code !== 'ENOSYS' && code !== 'EMLINK') {
      throw error;
    }
    // Cards and sticks know no hard links: the name is taken by an empty file that only we can have made, then replaced.
    try {
      await (await open(target, 'wx')).close();
    } catch (taken) {
      if (codeOf(taken) === 'EEXIST') return false;
      throw taken;
    }
    try {
      await rename(part, target);
    } catch (failed) {
      await unlink(target);
      throw failed;
    }
  }
  await settleFolder(dirname(target));
  return true;
}

/** Has the names in a folder on the disk itself; Windows and some drives have no such thing. */
export async function settleFolder(folder: string): Promise<void> {
  try {
    await using handle = await open(folder, 'r');
    await handle.sync();
  } catch {
    // Names are settled by the system in its own time.
  }
}

async function settleFile(path: string): Promise<void> {
  await using handle = await open(path, 'r+');
  await handle.sync();
}

export type Copied = { hash: string; bytes: number };

/**
 * Copies a file to a part and compares both by hash, each read from its own disk. Whoever calls claims or removes it.
 * @throws CoreError UNAVAILABLE when the copy is not the same.
 */
export async function copyBeside(source: string, part: string, signal?: AbortSignal): Promise<Copied> {
  await makeFolderOf(part);
  try {
    signal?.throwIfAborted();
    const before = await stat(source);
    // The system copies by itself where it can: without a byte passing here, or sharing the blocks.
    await copyFile(source, part, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    await settleFile(part);
    await utimes(part, before.atime, before.mtime);
    const [hash, copied] = [await hashOfFile(source, signal), await hashOfFile(part, signal)];
    if (hash !== copied) {
      throw new CoreError('UNAVAILABLE', `The copy of ${basename(source)} was not the same as the file itself.`);
    }
    return { hash, bytes: before.size };
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

/** A file that is made while it is written. */
export type Pieces = AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>;

/**
 * Writes a part and reads it back. @returns its bytes
 * @throws CoreError UNAVAILABLE when it is not the same; what making a piece throws.
 */
export async function writeBeside(part: string, pieces: Pieces): Promise<number> {
  await makeFolderOf(part);
  try {
    const hash = createHash('sha256');
    let bytes = 0;
    const handle = await open(part, 'wx');
    try {
      for await (const piece of pieces) {
        const buffer = typeof piece === 'string' ? Buffer.from(piece) : piece;
        hash.update(buffer);
        bytes += buffer.byteLength;
        await handle.writeFile(buffer);
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    if ((await hashOfFile(part)) !== hash.digest('hex')) {
      throw new CoreError('UNAVAILABLE', 'What was written could not be read back as it was.');
    }
    return bytes;
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

/**
 * Moves a file to a name that is free, over to another drive by a copy that is compared first.
 * @returns false when the name is taken.
 */
export async function moveFile(source: string, target: string, signal?: AbortSignal): Promise<boolean> {
  await makeFolderOf(target);
  try {
    return await claim(source, target);
  } catch (error) {
    if (codeOf(error) !== 'EXDEV') throw error;
  }
  const part = partOf(target);
  await copyBeside(source, part, signal);
  if (!(await claim(part, target))) {
    await rm(part, { force: true });
    return false;
  }
  await unlink(source);
  return true;
}

/** What went wrong with one file, as a sentence for people. */
export function fileProblem(error: unknown, path: string): string {
  if (error instanceof CoreError) return error.message;
  const name = basename(path);
  switch (codeOf(error)) {
    case 'ENOENT':
      return `${name} is not there any more.`;
    case 'EACCES':
    case 'EPERM':
      return `You may not change ${name} or its folder.`;
    case 'EROFS':
      return `The disk that holds ${name} can only be read.`;
    case 'ENOSPC':
    case 'EDQUOT':
      return 'The disk is full.';
    case 'EXDEV':
      return `${name} lies on another drive, where a hard link cannot lead.`;
    case 'EIO':
    case 'ENODEV':
    case 'ENXIO':
      return `The drive of ${name} does not answer.`;
    case 'ENAMETOOLONG':
      return `The name of ${name} is too long for that place.`;
    case 'ESTALE':
      return `The drive of ${name} has gone.`;
    default:
      return `${name}: ${error instanceof Error ? error.message : String(error)}`;
  }
}
