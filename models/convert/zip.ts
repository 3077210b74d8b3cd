/**
 * The directory of a zip archive with stored (uncompressed) entries, as torch.save writes it, with zip64.
 * Source: PKWARE APPNOTE 6.3.10, sections 4.3.7, 4.3.12, 4.3.14–4.3.16 and 4.5.3.
 */
import { ConversionError } from './failure.ts';
import type { ReadableFile } from './files.ts';

export interface ZipEntry {
  name: string;
  /** Bytes; stored as they are. */
  size: number;
  /** Where the entry's bytes start in the file. */
  start: number;
}

/** A shard of a 7B model has some 200 entries and 20 kB of directory. */
const LARGEST_DIRECTORY = 4 << 20;

/** @throws ConversionError where the archive is damaged, compressed or encrypted. */
export async function readZipDirectory(file: ReadableFile): Promise<Map<string, ZipEntry>> {
  const broken = (what: string) => new ConversionError(`${file.name} is no whole zip archive: ${what}.`);
  const tailLength = Math.min(file.size, 22 + 65535);
  const tail = Buffer.from(await file.read(file.size - tailLength, tailLength));
  const end = tail.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  if (end < 0 || end + 22 > tail.length)
    throw broken('its directory is missing at the end, so it is probably truncated');
  let count = tail.readUInt16LE(end + 10);
  let size = tail.readUInt32LE(end + 12);
  let start = tail.readUInt32LE(end + 16);
  if (count === 0xffff || size === 0xffffffff || start === 0xffffffff) {
    const locator = end - 20;
    if (locator < 0 || tail.readUInt32LE(locator) !== 0x07064b50) throw broken('its zip64 directory is missing');
    const record = Buffer.from(await file.read(safe(tail.readBigUInt64LE(locator + 8)), 56));
    if (record.readUInt32LE(0) !== 0x06064b50) throw broken('its zip64 directory is damaged');
    count = safe(record.readBigUInt64LE(32));
    size = safe(record.readBigUInt64LE(40));
    start = safe(record.readBigUInt64LE(48));
  }
  if (size > LARGEST_DIRECTORY || start + size > file.size || count * 46 > size)
    throw broken('its directory does not fit into it');

  const directory = Buffer.from(await file.read(start, size));
  const entries = new Map<string, ZipEntry>();
  let at = 0;
  for (let index = 0; index < count; index++) {
    if (at + 46 > directory.length || directory.readUInt32LE(at) !== 0x02014b50)
      throw broken('its directory is damaged');
    const flags = directory.readUInt16LE(at + 8);
    const method = directory.readUInt16LE(at + 10);
    let packed = directory.readUInt32LE(at + 20);
    let unpacked = directory.readUInt32LE(at + 24);
    const nameLength = directory.readUInt16LE(at + 28);
    const extraLength = directory.readUInt16LE(at + 30);
    const commentLength = directory.readUInt16LE(at + 32);
    let header = directory.readUInt32LE(at + 42);
    const next = at + 46 + nameLength + extraLength + commentLength;
    if (next > directory.length) throw broken('its directory is damaged');
    const name = directory.toString('utf8', at + 46, at + 46 + nameLength);
    const extra = directory.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength);
    for (let field = 0; field + 4 <= extra.length; ) {
      const fieldEnd = field + 4 + extra.readUInt16LE(field + 2);
      if (fieldEnd > extra.length) break;
      if (extra.readUInt16LE(field) === 1) {
        let cursor = field + 4;
        const wide = () => {
          if (cursor + 8 > fieldEnd) throw broken('a zip64 entry is damaged');
          cursor += 8;
          return safe(extra.readBigUInt64LE(cursor - 8));
        };
        if (unpacked === 0xffffffff) unpacked = wide();
        if (packed === 0xffffffff) packed = wide();
        if (header === 0xffffffff) header = wide();
      }
      field = fieldEnd;
    }
    if (flags & 1) throw new ConversionError(`${file.name} is encrypted, which no checkpoint is.`);
    if (method !== 0 || packed !== unpacked)
      throw new ConversionError(`${file.name} is compressed; torch.save stores tensors uncompressed.`);
    if (entries.has(name)) throw broken('two of its entries have one name');
    entries.set(name, { name, size: unpacked, start: header });
    at = next;
  }
  // The local header has a name and an extra field of its own length: only it tells where the bytes start.
  for (const entry of entries.values()) {
    const header = Buffer.from(await file.read(entry.start, 30));
    if (header.readUInt32LE(0) !== 0x04034b50) throw broken('an entry is not where its directory says');
    entry.start += 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
    if (entry.start + entry.size > file.size) throw broken('an entry reaches beyond its end');
  }
  return entries;
}

/** Offsets beyond 2^53 are damage; they fail every comparison with the file's size. */
function safe(value: bigint): number {
  return value > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(value);
}
