/**
 * Writes one file beside the photos so that at any moment, also after a kill or a power cut, it is whole: as it was or
 * as it becomes. Written beside, on the disk, then renamed; nothing outside of the root is ever reached through a link.
 */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fchmodSync,
  fsyncSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import { CoreError } from '../../base/core-error.ts';
import { errorCode } from '../../base/file-error.ts';

/** Left behind by a kill; hidden, so that no program takes it for a photo or a sidecar. */
const TEMPORARY = /^\.[^/\\]+\.keeplight-[0-9a-f]{12}(_exiftool_tmp)?$/;
/** A temporary file of another Keeplight that writes just now is younger. */
const LEFT_BEHIND_MILLISECONDS = 10 * 60_000;

/**
 * Replaces, makes or (null) removes a file.
 * @param root a folder of the library; the file must really lie in it.
 * @param expected bytes that must be there now, null for no file: what another program wrote meanwhile is never replaced.
 * @throws CoreError CONFLICT when another program was faster, INVALID for a link that leads out of the root; the
 *   system's own error otherwise.
 */
export function replaceFile(root: string, path: string, bytes: Buffer | null, expected: Buffer | null): void {
  const target = realTarget(root, path);
  const folder = dirname(target);
  if (bytes === null) {
    expectBytes(target, expected);
    unlinkSync(target);
    syncFolder(folder);
    return;
  }
  const mode = expected === null ? null : statSync(target).mode & 0o7777;
  const temporary = join(folder, `.${basename(target)}.keeplight-${randomBytes(6).toString('hex')}`);
  try {
    writeWhole(temporary, bytes, mode);
    expectBytes(target, expected);
    renameSync(temporary, target);
  } catch (error) {
    removeIfThere(temporary);
    throw error;
  }
  syncFolder(folder);
}

/** Bytes of a file; null when there is none. */
export function bytesOrNone(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/** Removes what a kill left behind in a folder. */
export function sweepTemporary(folder: string, now = Date.now()): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (TEMPORARY.test(name) && now - lstatSync(path).mtimeMs > LEFT_BEHIND_MILLISECONDS) removeIfThere(path);
  }
}

/** The file itself where a link stands for it. @throws CoreError INVALID */
export function realTarget(root: string, path: string): string {
  const realRoot = realpathSync(root);
  let target: string;
  try {
    target = realpathSync(path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    // A link that leads nowhere is not followed.
    if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) throw leadsOut(path);
    target = join(realpathSync(dirname(path)), basename(path));
  }
  if (!target.startsWith(realRoot.endsWith(sep) ? realRoot : realRoot + sep)) throw leadsOut(path);
  return target;
}

const leadsOut = (path: string): CoreError =>
  new CoreError('INVALID', `${basename(path)} is a link that leads out of the folder, so nothing was written there.`);

function expectBytes(target: string, expected: Buffer | null): void {
  const there = bytesOrNone(target);
  if (there === null ? expected === null : expected !== null && there.equals(expected)) return;
  throw new CoreError('CONFLICT', 'Another program changed it at the same moment; nothing was written.');
}

function writeWhole(path: string, bytes: Buffer, mode: number | null): void {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);
  const file = openSync(path, flags, 0o666);
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    if (mode !== null) fchmodSync(file, mode);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Makes a rename last. Windows and some network drives know no such thing. */
function syncFolder(folder: string): void {
  let handle: number;
  try {
    handle = openSync(folder, constants.O_RDONLY);
  } catch {
    return;
  }
  try {
    fsyncSync(handle);
  } catch (error) {
    if (!['EINVAL', 'EPERM', 'EISDIR', 'EBADF', 'ENOTSUP'].includes(errorCode(error) ?? '')) throw error;
  } finally {
    closeSync(handle);
  }
}

function removeIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}
