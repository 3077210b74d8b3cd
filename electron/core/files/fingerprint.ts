/** Content identity of files. */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { Bytes } from '../formats/bytes.ts';

/** Bytes hashed at either end. */
const END = 64 * 1024;

/**
 * Finds a moved or renamed file again: its size and a hash of both ends, cheap for any size.
 * `<size>-<32 hex digits>`. @throws when the file cannot be read
 */
export async function fingerprintFile(path: string): Promise<string> {
  await using file = await open(path, 'r');
  const { size } = await file.stat();
  const hash = createHash('sha256');
  for (const [start, length] of endsOf(size)) {
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(length), 0, length, start);
    hash.update(buffer.subarray(0, bytesRead));
  }
  return format(size, hash.digest('hex'));
}

/** The same of bytes that are open already. */
export function fingerprintOf(bytes: Bytes): string {
  const hash = createHash('sha256');
  for (const [start, length] of endsOf(bytes.size)) hash.update(bytes.at(start, length));
  return format(bytes.size, hash.digest('hex'));
}

function endsOf(size: number): [start: number, length: number][] {
  if (size <= 2 * END) return [[0, size]];
  return [
    [0, END],
    [size - END, END],
  ];
}

function format(size: number, digest: string): string {
  return `${size}-${shortened(digest)}`;
}

/** Read at once while a whole file is hashed. */
const PIECE = 2 ** 20;

/** `contentHashOf` of a file that is not open. @param atPiece told before each megabyte. @throws when it cannot be read. */
export async function hashFile(path: string, atPiece: () => void): Promise<string> {
  await using file = await open(path, 'r');
  const hash = createHash('sha256');
  const piece = Buffer.allocUnsafe(PIECE);
  for (;;) {
    atPiece();
    const { bytesRead } = await file.read(piece, 0, PIECE, null);
    if (bytesRead === 0) break;
    hash.update(piece.subarray(0, bytesRead));
  }
  return shortened(hash.digest('hex'));
}

const shortened = (digest: string): string => digest.slice(0, 32);

/** Hash of all bytes, 32 hex digits. A file too big to be kept is read once more, in pieces. */
export function contentHashOf(bytes: Bytes): string {
  const hash = createHash('sha256');
  const step = 8 * 2 ** 20;
  if (bytes.whole !== null) hash.update(bytes.whole);
  else for (let start = 0; start < bytes.size; start += step) hash.update(bytes.at(start, step));
  return shortened(hash.digest('hex'));
}
