/** Headers and metadata packets of PNG, WebP, GIF and BMP. Source: W3C PNG, WebP container specification, GIF89a, Windows GDI. */

import type { Bytes } from './bytes.ts';
import type { Cicp } from './hdr.ts';
import {
  INFLATION_BUDGET,
  type InflationBudget,
  inflateWithin,
  type PngPackets,
  readPngText,
  takeExif,
} from './png-text.ts';

/** With the packets of metadata that it carries. */
export type RasterHeader = PngPackets & {
  width: number;
  height: number;
  bitsPerSample: number;
  /** Samples a pixel once unpacked. */
  channels: number;
  hasAlpha: boolean;
  /** A decoder must hold the whole picture: interlaced PNG, lossless WebP. */
  needsWhole: boolean;
  icc: Buffer | null;
  /** Color as a cICP chunk says it (PNG); null when absent. */
  cicp: Cicp | null;
  /** Pixels of the biggest frame when it is not the canvas (GIF). */
  framePixels: number;
};

function emptyHeader(): RasterHeader {
  return {
    width: 0,
    height: 0,
    bitsPerSample: 8,
    channels: 4,
    hasAlpha: false,
    needsWhole: false,
    exif: [],
    xmp: [],
    iptc: null,
    icc: null,
    cicp: null,
    dates: [],
    framePixels: 0,
  };
}

const MAX_CHUNKS = 10_000;
const MAX_PACKET = 16 * 2 ** 20;

export function readPngHeader(bytes: Bytes): RasterHeader | null {
  const start = bytes.at(0, 33);
  if (start.length < 33 || start.toString('latin1', 12, 16) !== 'IHDR') return null;
  const header = emptyHeader();
  header.width = start.readUInt32BE(16);
  header.height = start.readUInt32BE(20);
  header.bitsPerSample = start.readUInt8(24);
  header.channels = { 0: 1, 2: 3, 3: 4, 4: 2 }[start.readUInt8(25)] ?? 4;
  header.hasAlpha = (start.readUInt8(25) & 4) !== 0;
  header.needsWhole = start.readUInt8(28) !== 0;
  const budget: InflationBudget = { left: INFLATION_BUDGET };
  const early: Buffer[] = [];
  let position = 8;
  for (let count = 0; count < MAX_CHUNKS; count++) {
    const head = bytes.at(position, 8);
    if (head.length < 8) break;
    const length = head.readUInt32BE(0);
    const type = head.toString('latin1', 4, 8);
    if (type === 'IEND') break;
    const body = () => bytes.at(position + 8, Math.min(length, MAX_PACKET));
    if (type === 'eXIf') takeExif(body(), early);
    else if (type === 'zxIf') takeExif(inflateWithin(body().subarray(5), budget) ?? Buffer.alloc(0), early);
    else if (type === 'tRNS') header.hasAlpha = true;
    else if (type === 'cICP' && length === 4) header.cicp = readPngCicp(body());
    else if (type === 'iCCP') header.icc ??= readPngProfile(body(), budget);
    else if (type === 'iTXt' || type === 'tEXt' || type === 'zTXt') readPngText(type, body(), header, budget);
    position += 12 + length;
  }
  // The chunk made for it is believed before a copy in a text.
  header.exif.unshift(...early);
  return header;
}

function readPngCicp(body: Buffer): Cicp | null {
  return body.length < 4 ? null : { primaries: body[0]!, transfer: body[1]!, matrix: body[2]! };
}

function readPngProfile(body: Buffer, budget: InflationBudget): Buffer | null {
  const end = body.indexOf(0);
  return end === -1 ? null : inflateWithin(body.subarray(end + 2), budget);
}

export function readWebpHeader(bytes: Bytes): RasterHeader | null {
  const header = emptyHeader();
  let position = 12;
  for (let count = 0; count < MAX_CHUNKS; count++) {
    const head = bytes.at(position, 18);
    if (head.length < 8) break;
    const type = head.toString('latin1', 0, 4);
    const length = head.readUInt32LE(4);
    if (type === 'VP8X' && head.length >= 18) {
      header.width = 1 + head.readUIntLE(12, 3);
      header.height = 1 + head.readUIntLE(15, 3);
      header.hasAlpha = (head.readUInt8(8) & 16) !== 0;
    } else if (type === 'VP8 ' && header.width === 0 && head.length >= 18) {
      header.width = head.readUInt16LE(14) & 0x3fff;
      header.height = head.readUInt16LE(16) & 0x3fff;
    } else if (type === 'VP8L') {
      header.needsWhole = true;
      if (header.width === 0 && head.length >= 13) {
        const packed = head.readUInt32LE(9);
        header.width = 1 + (packed & 0x3fff);
        header.height = 1 + ((packed >> 14) & 0x3fff);
        header.hasAlpha = ((packed >> 28) & 1) === 1;
      }
    } else if (type === 'ICCP') header.icc ??= bytes.at(position + 8, Math.min(length, MAX_PACKET));
    else if (type === 'XMP ') header.xmp.push(bytes.at(position + 8, Math.min(length, MAX_PACKET)));
    else if (type === 'EXIF') takeExif(bytes.at(position + 8, Math.min(length, MAX_PACKET)), header.exif);
    position += 8 + length + (length & 1);
  }
  return header.width > 0 && header.height > 0 ? header : null;
}

/** Adobe's XMP specification, part 3: a 1 and all numbers from 255 down to 0, and the end of the extension. */
const GIF_XMP_TAIL = Buffer.from([0x01, 0xff, 0xfe, 0xfd, 0xfc]);
const GIF_XMP_TAIL_LENGTH = 258;

export function readGifHeader(bytes: Bytes): RasterHeader | null {
  const start = bytes.at(0, 13);
  if (start.length < 13) return null;
  const header = emptyHeader();
  header.width = start.readUInt16LE(6);
  header.height = start.readUInt16LE(8);
  header.needsWhole = true;
  const flags = start.readUInt8(10);
  let position = 13 + ((flags & 0x80) !== 0 ? 3 * 2 ** ((flags & 7) + 1) : 0);
  for (let count = 0; count < 64; count++) {
    const block = bytes.at(position, 14);
    if (block[0] === 0x21) {
      if (block[1] === 0xf9 && ((block[3] ?? 0) & 1) === 1) header.hasAlpha = true;
      if (block.toString('latin1', 1, 14) === '\xff\x0bXMP DataXMP') {
        // The packet is not cut into blocks; a magic tail leads whoever skips it as such out again.
        const packet = bytes.at(position + 14, MAX_PACKET);
        const end = packet.indexOf(GIF_XMP_TAIL);
        if (end === -1) break;
        header.xmp.push(packet.subarray(0, end));
        position += 14 + end + GIF_XMP_TAIL_LENGTH;
        continue;
      }
      position += 2;
      for (let size = bytes.at(position, 1)[0] ?? 0; size > 0; size = bytes.at(position, 1)[0] ?? 0)
        position += 1 + size;
      position += 1;
    } else if (block[0] === 0x2c && block.length >= 10) {
      header.framePixels = block.readUInt16LE(5) * block.readUInt16LE(7);
      break;
    } else break;
  }
  return header;
}

export function readBmpHeader(bytes: Bytes): RasterHeader | null {
  const start = bytes.at(0, 54);
  if (start.length < 26) return null;
  const header = emptyHeader();
  if (start.readUInt32LE(14) === 12) {
    header.width = start.readUInt16LE(18);
    header.height = start.readUInt16LE(20);
  } else {
    header.width = Math.abs(start.readInt32LE(18));
    header.height = Math.abs(start.readInt32LE(22));
  }
  return header;
}
