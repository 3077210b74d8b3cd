/** Bytes of one file, opened read-only, for parsers that jump about. A small file is read once and kept; a big one is read in pieces. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { unreadableFile } from '../base/file-error.ts';
import { UnreadablePhoto } from '../base/unreadable.ts';

/** Files up to this many bytes are read whole. */
const WHOLE_LIMIT = 160 * 2 ** 20;

export interface Bytes {
  readonly size: number;
  /** A view or copy of the bytes from `offset`; shorter (down to empty) where the file ends. Never throws. */
  at(offset: number, length: number): Buffer;
  /** All bytes, or null for a file that is too big to be kept in memory. */
  readonly whole: Buffer | null;
}

/**
 * Close it when done (`using`).
 * @param keep false for a file of which only the headers are wanted: it is read in pieces whatever its size.
 * @throws UnreadablePhoto with a sentence when the file cannot be opened or read.
 */
export function openBytes(path: string, keep = true): Bytes & Disposable {
  let descriptor: number;
  let size: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (error) {
    throw unreadableFile(error);
  }
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) throw new UnreadablePhoto('This is not a file.');
    size = stats.size;
    if (keep && size <= WHOLE_LIMIT) {
      const whole = readFully(descriptor, 0, size);
      closeSync(descriptor);
      return Object.assign(bytesOf(whole), { [Symbol.dispose]() {} });
    }
  } catch (error) {
    closeSync(descriptor);
    throw unreadableFile(error);
  }
  return {
    size,
    whole: null,
    at(offset, length) {
      const end = Math.min(size, offset + length);
      return offset < 0 || !(end > offset) ? Buffer.alloc(0) : readFully(descriptor, offset, end - offset);
    },
    [Symbol.dispose]() {
      closeSync(descriptor);
    },
  };
}

export function bytesOf(whole: Buffer): Bytes {
  return {
    size: whole.length,
    whole,
    at: (offset, length) =>
      offset < 0 || !(length > 0) ? Buffer.alloc(0) : whole.subarray(offset, Math.min(whole.length, offset + length)),
  };
}

/** A part of other bytes as bytes of its own. */
export function sliceOf(bytes: Bytes, start: number, length: number): Bytes {
  const size = Math.max(0, Math.min(length, bytes.size - start));
  return {
    size,
    whole: null,
    at: (offset, count) => (offset < 0 ? Buffer.alloc(0) : bytes.at(start + offset, Math.min(count, size - offset))),
  };
}

function readFully(descriptor: number, offset: number, length: number): Buffer {
  const buffer = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const count = readSync(descriptor, buffer, filled, length - filled, offset + filled);
    if (count === 0) break;
    filled += count;
  }
  return filled === length ? buffer : buffer.subarray(0, filled);
}
