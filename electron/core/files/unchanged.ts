/**
 * Whether a file is still what it was at the last look. Its size, times and inode say so for nothing, for almost every
 * file. Programs change photos and keep size and mtime (`exiftool -P`): then ctime is new, and the inode where the file
 * was written anew. But touching, chmod, renaming, linking and backups change these too; so when one is another, all
 * bytes are hashed - read once, nothing decoded - and only other content is looked at again. The fingerprint of both
 * ends never decides this: an edit may lie between them.
 */
import type { DiskFile, KnownFile } from '../catalog/files.ts';
import type { DiskReader } from './disk-reader.ts';

/** Says without reading whether a file is as it was. */
export type AsItWas = (file: DiskFile, known: KnownFile) => boolean;

/** File systems store fractions of a millisecond that a double cannot hold exactly. */
const isSameTime = (one: number, other: number): boolean => Math.abs(one - other) < 0.001;

export const hasSameSizeAndTime = (file: DiskFile, known: KnownFile): boolean =>
  file.size === known.size && isSameTime(file.mtimeMs, known.mtime);

/** A ctime that is not known on either side says nothing. */
const hasSameTimes = (file: DiskFile, known: KnownFile): boolean =>
  hasSameSizeAndTime(file, known) &&
  (file.ctimeMs === null || known.ctime === null || isSameTime(file.ctimeMs, known.ctime));

/** Fewer new inodes than this are taken for what they are, however small the library. */
const FEW = 20;

/**
 * FAT, exFAT and some network drives make inodes up anew each time, which would have every file hashed at each scan:
 * where most files have another inode and nothing else is new, inodes say nothing. On Windows they never do.
 */
export function asItWas(files: readonly DiskFile[], knownAt: ReadonlyMap<string, KnownFile>): AsItWas {
  let same = 0;
  let renumbered = 0;
  for (const file of files) {
    const known = knownAt.get(file.relativePath);
    if (known === undefined || !hasSameTimes(file, known)) continue;
    if (file.inode === known.inode) same++;
    else renumbered++;
  }
  const inodesSpeak = renumbered < FEW || renumbered < same;
  return (file, known) =>
    hasSameTimes(file, known) && (file.ctimeMs === null || !inodesSpeak || file.inode === known.inode);
}

/** Has all of the file read. @returns false also when it cannot be read, or when no look has hashed it yet. */
export async function hasSameContent(
  reader: DiskReader,
  path: string,
  file: DiskFile,
  known: KnownFile,
  signal: AbortSignal,
): Promise<boolean> {
  if (known.content === null || known.size !== file.size) return false;
  try {
    return (await reader.hash(path, signal)) === known.content;
  } catch {
    signal.throwIfAborted();
    return false;
  }
}
