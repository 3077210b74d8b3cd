/**
 * The TIFF structure: the frame of EXIF blocks, TIFF and BigTIFF files and most RAW files. Reads directories lazily, believes no
 * pointer and no count. Source: TIFF 6.0; BigTIFF (libtiff); Exif 3.0.
 */
import type { Bytes } from './bytes.ts';

export type TiffEntry = { type: number; count: number /** Absolute. */; position: number; length: number };

export type Ifd = { position: number; entries: Map<number, TiffEntry>; next: number };

export type Tiff = {
  bytes: Bytes;
  /** Where the TIFF header stands: offsets count from here. */
  base: number;
  littleEndian: boolean;
  big: boolean;
  /** 42 for TIFF, 43 for BigTIFF, else what a maker put there (RW2 0x55, ORF 0x4f52 …). */
  magic: number;
  first: number;
};

const TYPE_SIZES: readonly number[] = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8];
const MAX_ENTRIES = 2048;
const MAX_IFDS = 96;
/** No metadata value that we use is longer. */
const MAX_VALUE = 16 * 2 ** 20;

/** null when there is no TIFF header at `base`. */
export function openTiff(bytes: Bytes, base = 0): Tiff | null {
  const header = bytes.at(base, 16);
  if (header.length < 8) return null;
  const order = header.toString('latin1', 0, 2);
  if (order !== 'II' && order !== 'MM') return null;
  const littleEndian = order === 'II';
  const magic = littleEndian ? header.readUInt16LE(2) : header.readUInt16BE(2);
  const big = magic === 43;
  if (big && header.length < 16) return null;
  const first = big ? read64(header, 8, littleEndian) : littleEndian ? header.readUInt32LE(4) : header.readUInt32BE(4);
  return { bytes, base, littleEndian, big, magic, first };
}

/** Bytes before a TIFF header that writers put there: an offset, `Exif\0\0`, the head of a JPEG segment. */
const MOST_BEFORE = 32;

/** The TIFF block in a packet of EXIF, whatever its writer put before it; null when none is near its start. */
export function tiffBlockIn(packet: Buffer): Buffer | null {
  const isTiff = (at: number) => /^(II\*\0|MM\0\*)/.test(packet.toString('latin1', at, at + 4));
  // HEIF says in four bytes how far behind them it stands.
  if (packet.length >= 8 && isTiff(4 + packet.readUInt32BE(0))) return packet.subarray(4 + packet.readUInt32BE(0));
  for (let at = 0; at < Math.min(MOST_BEFORE, packet.length - 8); at++) if (isTiff(at)) return packet.subarray(at);
  return null;
}

/** One directory; null when its place or its count cannot be. @param offset from the TIFF header. */
export function readIfd(tiff: Tiff, offset: number): Ifd | null {
  const { bytes, base, littleEndian, big } = tiff;
  const position = base + offset;
  if (offset <= 0 || position + 2 > bytes.size) return null;
  const countSize = big ? 8 : 2;
  const entrySize = big ? 20 : 12;
  const inline = big ? 8 : 4;
  const head = bytes.at(position, countSize);
  if (head.length < countSize) return null;
  const count = big ? read64(head, 0, littleEndian) : read16(head, 0, littleEndian);
  if (count === 0 || count > MAX_ENTRIES) return null;
  const table = bytes.at(position + countSize, count * entrySize + inline);
  const entries = new Map<number, TiffEntry>();
  for (let index = 0; index < count; index++) {
    const at = index * entrySize;
    if (at + entrySize > table.length) break;
    const tag = read16(table, at, littleEndian);
    const type = read16(table, at + 2, littleEndian);
    const values = big ? read64(table, at + 4, littleEndian) : read32(table, at + 4, littleEndian);
    const length = values * (TYPE_SIZES[type] ?? 0);
    if (length === 0 && type !== 2) continue;
    const valueField = at + (big ? 12 : 8);
    const place =
      length <= inline
        ? position + countSize + valueField
        : base + (big ? read64(table, valueField, littleEndian) : read32(table, valueField, littleEndian));
    if (place < 0 || place >= bytes.size) continue;
    if (!entries.has(tag)) entries.set(tag, { type, count: values, position: place, length });
  }
  const after = count * entrySize;
  const next =
    after + inline <= table.length
      ? big
        ? read64(table, after, littleEndian)
        : read32(table, after, littleEndian)
      : 0;
  return { position, entries, next };
}

/** All directories: the chain from the first and their sub-directories; a directory that was seen ends its chain. */
export function readIfds(tiff: Tiff, follow: readonly number[] = [Tag.subIfds]): Ifd[] {
  const found: Ifd[] = [];
  const seen = new Set<number>();
  const queue = [tiff.first];
  while (queue.length > 0 && found.length < MAX_IFDS) {
    const offset = queue.shift()!;
    if (seen.has(offset)) continue;
    seen.add(offset);
    const ifd = readIfd(tiff, offset);
    if (ifd === null) continue;
    found.push(ifd);
    for (const tag of follow) queue.push(...numbersOf(tiff, ifd, tag).slice(0, 16));
    if (ifd.next !== 0) queue.push(ifd.next);
  }
  return found;
}

/** The directory an entry points to (EXIF, GPS …). */
export function subIfd(tiff: Tiff, ifd: Ifd, tag: number): Ifd | null {
  const offset = numberOf(tiff, ifd, tag);
  return offset === null || base(tiff, offset) === ifd.position ? null : readIfd(tiff, offset);
}

function base(tiff: Tiff, offset: number): number {
  return tiff.base + offset;
}

export function rawValue(tiff: Tiff, ifd: Ifd, tag: number): Buffer | null {
  const entry = ifd.entries.get(tag);
  if (entry === undefined || entry.length > MAX_VALUE) return null;
  const value = tiff.bytes.at(entry.position, entry.length);
  return value.length === entry.length ? value : null;
}

/** Numbers of any numeric type (rationals divided; a division by zero is NaN); empty when absent. At most 4096 of them. */
export function numbersOf(tiff: Tiff, ifd: Ifd, tag: number): number[] {
  const entry = ifd.entries.get(tag);
  if (entry === undefined) return [];
  const size = TYPE_SIZES[entry.type] ?? 0;
  if (size === 0 || entry.type === 2) return [];
  const count = Math.min(entry.count, 4096);
  const value = tiff.bytes.at(entry.position, count * size);
  const numbers: number[] = [];
  for (let at = 0; at + size <= value.length; at += size)
    numbers.push(readNumber(value, at, entry.type, tiff.littleEndian));
  return numbers;
}

/** The first number, when it is one. */
export function numberOf(tiff: Tiff, ifd: Ifd, tag: number): number | null {
  const value = numbersOf(tiff, ifd, tag)[0];
  return value !== undefined && Number.isFinite(value) ? value : null;
}

/** Text up to the first NUL, trimmed; null when absent or empty. UTF-8, else Latin-1. */
export function textOf(tiff: Tiff, ifd: Ifd, tag: number): string | null {
  const entry = ifd.entries.get(tag);
  if (entry === undefined || (entry.type !== 2 && entry.type !== 1 && entry.type !== 7 && entry.type !== 129))
    return null;
  const value = tiff.bytes.at(entry.position, Math.min(entry.length, 65536));
  const end = value.indexOf(0);
  return decodeText(end === -1 ? value : value.subarray(0, end));
}

/** UTF-8 where it is valid, else Latin-1; trimmed, null when nothing is left. */
export function decodeText(bytes: Buffer): string | null {
  const utf8 = bytes.toString('utf8');
  const text = (utf8.includes('\ufffd') ? bytes.toString('latin1') : utf8).replace(/\p{Cc}/gu, ' ').trim();
  return text === '' ? null : text;
}

function readNumber(buffer: Buffer, at: number, type: number, little: boolean): number {
  switch (type) {
    case 1:
    case 7:
      return buffer.readUInt8(at);
    case 6:
      return buffer.readInt8(at);
    case 3:
      return read16(buffer, at, little);
    case 8:
      return little ? buffer.readInt16LE(at) : buffer.readInt16BE(at);
    case 4:
    case 13:
      return read32(buffer, at, little);
    case 9:
      return little ? buffer.readInt32LE(at) : buffer.readInt32BE(at);
    case 5:
      return read32(buffer, at, little) / read32(buffer, at + 4, little);
    case 10:
      return little
        ? buffer.readInt32LE(at) / buffer.readInt32LE(at + 4)
        : buffer.readInt32BE(at) / buffer.readInt32BE(at + 4);
    case 11:
      return little ? buffer.readFloatLE(at) : buffer.readFloatBE(at);
    case 12:
      return little ? buffer.readDoubleLE(at) : buffer.readDoubleBE(at);
    default:
      return read64(buffer, at, little);
  }
}

function read16(buffer: Buffer, at: number, little: boolean): number {
  return little ? buffer.readUInt16LE(at) : buffer.readUInt16BE(at);
}

function read32(buffer: Buffer, at: number, little: boolean): number {
  return little ? buffer.readUInt32LE(at) : buffer.readUInt32BE(at);
}

/** As a double: exact up to 2^53, which no file reaches. */
function read64(buffer: Buffer, at: number, little: boolean): number {
  return little
    ? read32(buffer, at, true) + read32(buffer, at + 4, true) * 2 ** 32
    : read32(buffer, at, false) * 2 ** 32 + read32(buffer, at + 4, false);
}

export const Tag = {
  newSubfileType: 0x00fe,
  imageWidth: 0x0100,
  imageHeight: 0x0101,
  bitsPerSample: 0x0102,
  compression: 0x0103,
  photometric: 0x0106,
  fillOrder: 0x010a,
  imageDescription: 0x010e,
  make: 0x010f,
  model: 0x0110,
  stripOffsets: 0x0111,
  orientation: 0x0112,
  samplesPerPixel: 0x0115,
  rowsPerStrip: 0x0116,
  stripByteCounts: 0x0117,
  planar: 0x011c,
  dateTime: 0x0132,
  artist: 0x013b,
  predictor: 0x013d,
  palette: 0x0140,
  tileWidth: 0x0142,
  tileHeight: 0x0143,
  tileOffsets: 0x0144,
  tileByteCounts: 0x0145,
  subIfds: 0x014a,
  sampleFormat: 0x0153,
  jpegOffset: 0x0201,
  jpegLength: 0x0202,
  jpegQuantization: 0x0207,
  jpegDc: 0x0208,
  jpegAc: 0x0209,
  subsampling: 0x0212,
  referenceBlackWhite: 0x0214,
  xmp: 0x02bc,
  rating: 0x4746,
  cfaPattern: 0x828e,
  iptc: 0x83bb,
  photoshop: 0x8649,
  exif: 0x8769,
  icc: 0x8773,
  gps: 0x8825,
  interop: 0xa005,
  xpTitle: 0x9c9b,
  xpComment: 0x9c9c,
  xpAuthor: 0x9c9d,
  xpKeywords: 0x9c9e,
  dngVersion: 0xc612,
  uniqueCameraModel: 0xc614,
  defaultCropSize: 0xc620,
  cameraSerialNumber: 0xc62f,
} as const;
