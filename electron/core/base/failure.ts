/** Failures of the disk and of SQLite → sentences for people. */
import { existsSync, statfsSync } from 'node:fs';
import { CoreError } from './core-error.ts';
import { damageNotePath } from './data-places.ts';

/** Less room than this is none: SQLite asks for some pages at once. */
const ROOM_BYTES = 256 * 1024;

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

export function isDiskFull(error: unknown): boolean {
  const code = codeOf(error);
  return (
    code === 'SQLITE_FULL' ||
    code === 'ENOSPC' ||
    code === 'EDQUOT' ||
    (error instanceof CoreError && error.code === 'DISK_FULL')
  );
}

export function isReadOnly(error: unknown): boolean {
  const code = codeOf(error);
  return code.startsWith('SQLITE_READONLY') || code === 'EROFS' || code === 'EACCES' || code === 'EPERM';
}

/** True when SQLite says that what it reads is no sound catalog. */
export function isDamage(error: unknown): boolean {
  return /^SQLITE_(CORRUPT|NOTADB)/.test(codeOf(error));
}

/** SQLite calls a full disk by many names: the disk itself is asked. */
function hasNoRoom(directory: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(directory);
    return bavail * bsize < ROOM_BYTES;
  } catch {
    return false;
  }
}

/** @returns a CoreError for what is known to happen to disks, else the error itself. */
export function sentenceOf(error: unknown, dataDirectory: string): unknown {
  if (error instanceof CoreError) return error;
  const unanswered = codeOf(error).startsWith('SQLITE_IOERR') || codeOf(error) === 'SQLITE_CANTOPEN';
  if (isDiskFull(error) || (unanswered && hasNoRoom(dataDirectory))) {
    return new CoreError(
      'DISK_FULL',
      `The disk that holds ${dataDirectory} is full. Free some space; nothing was lost.`,
      { cause: error },
    );
  }
  if (codeOf(error).startsWith('SQLITE_READONLY') && existsSync(damageNotePath(dataDirectory))) {
    return new CoreError(
      'UNAVAILABLE',
      `The catalog in ${dataDirectory} is damaged, so nothing more is written into it. Start Keeplight again to choose what to do.`,
      { cause: error },
    );
  }
  if (isReadOnly(error) || codeOf(error) === 'SQLITE_CANTOPEN') {
    return new CoreError('READ_ONLY', `Keeplight cannot write to its data folder ${dataDirectory}.`, { cause: error });
  }
  if (isDamage(error)) {
    return new CoreError(
      'UNAVAILABLE',
      `The catalog in ${dataDirectory} is damaged. Start Keeplight again to choose what to do.`,
      { cause: error },
    );
  }
  if (codeOf(error).startsWith('SQLITE_IOERR')) {
    return new CoreError('UNAVAILABLE', `The disk that holds ${dataDirectory} does not answer.`, { cause: error });
  }
  return error;
}
