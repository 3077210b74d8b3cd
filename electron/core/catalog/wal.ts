/**
 * The write-ahead log read without SQLite: what it holds that counts, and whether some of it was damaged. SQLite itself
 * stops silently at the first frame that does not fit, and forgets what was committed behind it.
 */
import { existsSync, readFileSync } from 'node:fs';

const HEADER = 32;
const FRAME_HEADER = 24;
const MAGIC = 0x377f0682;

export type Log = {
  /** Page number → its bytes after the last commit that counts. */
  pages: Map<number, Buffer>;
  /** Pages of the catalog after that commit; null when the log holds none. */
  size: number | null;
  /** True when frames that were committed lie behind one that is broken. */
  damaged: boolean;
};

const NOTHING: Log = { pages: new Map(), size: null, damaged: false };

/** @param path of the catalog; its log lies beside it. @throws what reading the file throws. */
export function readLog(path: string): Log {
  const logPath = `${path}-wal`;
  if (!existsSync(logPath)) return NOTHING;
  const bytes = readFileSync(logPath);
  if (bytes.length < HEADER) return NOTHING;
  const magic = bytes.readUInt32BE(0);
  const pageSize = bytes.readUInt32BE(8);
  const sizes = pageSize >= 512 && pageSize <= 65_536 && (pageSize & (pageSize - 1)) === 0;
  const bigEndian = (magic & 1) === 1;
  let sums = sizes ? summed(bytes.subarray(0, 24), [0, 0], bigEndian) : null;
  // A log without a sound header counts for nothing, yet what it held was committed.
  if ((magic & ~1) !== MAGIC || !sums || sums[0] !== bytes.readUInt32BE(24) || sums[1] !== bytes.readUInt32BE(28)) {
    return { ...NOTHING, damaged: bytes.some((byte) => byte !== 0) };
  }
  const salt = bytes.subarray(16, 24);
  const pages = new Map<number, Buffer>();
  let waiting = new Map<number, Buffer>();
  let size: number | null = null;
  let broken = false;
  for (let at = HEADER; at + FRAME_HEADER + pageSize <= bytes.length; at += FRAME_HEADER + pageSize) {
    const frame = bytes.subarray(at, at + FRAME_HEADER + pageSize);
    const current = frame.subarray(8, 16).equals(salt);
    const commits = frame.readUInt32BE(4);
    if (broken) {
      if (current && commits > 0) return { pages, size, damaged: true };
      continue;
    }
    const page = frame.subarray(FRAME_HEADER);
    const next = summed(page, summed(frame.subarray(0, 8), sums, bigEndian), bigEndian);
    if (!current || next[0] !== frame.readUInt32BE(16) || next[1] !== frame.readUInt32BE(20)) {
      // The last commit of all may be the broken one: a frame of this round that is whole otherwise says so.
      broken = true;
      if (current && commits > 0) return { pages, size, damaged: true };
      continue;
    }
    sums = next;
    waiting.set(frame.readUInt32BE(0), page);
    if (commits === 0) continue;
    for (const [number, content] of waiting) pages.set(number, content);
    waiting = new Map();
    size = commits;
  }
  return { pages, size, damaged: false };
}

/** SQLite's checksum over pairs of 32-bit words. */
function summed(bytes: Buffer, [first, second]: readonly [number, number], bigEndian: boolean): [number, number] {
  let [one, two] = [first, second];
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + 8 <= bytes.length; at += 8) {
    one = (one + words.getUint32(at, !bigEndian) + two) >>> 0;
    two = (two + words.getUint32(at + 4, !bigEndian) + one) >>> 0;
  }
  return [one, two];
}

/** The catalog as it is after its log, in memory: for folders and disks on which SQLite cannot write a byte. */
export function imageOf(path: string): Buffer {
  const { pages, size } = readLog(path);
  const file = readFileSync(path);
  const pageSize = file.length >= 100 ? file.readUInt16BE(16) : 0;
  let image = file;
  if (size !== null && pages.size > 0) {
    const bytes = pageSize === 1 ? 65_536 : pageSize || [...pages.values()][0]!.length;
    image = Buffer.alloc(size * bytes);
    file.copy(image);
    for (const [number, page] of pages) if (number <= size) page.copy(image, (number - 1) * bytes);
  }
  withoutLog(image);
  return image;
}

/** Marks a whole catalog as one that needs no log, so that nothing is made beside it when it is read. */
export function withoutLog(header: Buffer): void {
  if (header.length < 20) return;
  header[18] = 1;
  header[19] = 1;
}
