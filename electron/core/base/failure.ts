/** Failures of the disk and of SQLite → sentences for people. */
import { CoreError } from './core-error.ts';

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

/** @returns a CoreError for what is known to happen to disks, else the error itself. */
export function sentenceOf(error: unknown, dataDirectory: string): unknown {
  if (error instanceof CoreError) return error;
  if (isDiskFull(error)) {
    return new CoreError(
      'DISK_FULL',
      `The disk that holds ${dataDirectory} is full. Free some space; nothing was lost.`,
      { cause: error },
    );
  }
  if (isReadOnly(error) || codeOf(error) === 'SQLITE_CANTOPEN') {
    return new CoreError('READ_ONLY', `Keeplight cannot write to its data folder ${dataDirectory}.`, { cause: error });
  }
  if (codeOf(error) === 'SQLITE_CORRUPT' || codeOf(error) === 'SQLITE_NOTADB') {
    return new CoreError(
      'UNAVAILABLE',
      `The catalog in ${dataDirectory} is damaged. Put a file of its "backups" folder in the place of catalog.sqlite.`,
      { cause: error },
    );
  }
  if (codeOf(error).startsWith('SQLITE_IOERR')) {
    return new CoreError('UNAVAILABLE', `The disk that holds ${dataDirectory} does not answer.`, { cause: error });
  }
  return error;
}
