/** Headers and metadata packets of PNG, WebP, GIF and BMP. Source: W3C PNG, WebP container specification, GIF89a, Windows GDI. */
import { inflateSync } from 'node:zlib';
import type { Bytes } from './bytes.ts';
import type { Cicp } from './hdr.ts';

export type RasterHeader = {
  width: number;
  height: number;
  bitsPerSample: number;
  /** Samples a pixel once unpacked. */
  channels: number;
  hasAlpha: boolean;
  /** A decoder must hold the whole picture: interlaced PNG, lossless WebP. */
  needsWhole: boolean;
  exif: { position: number; length: number } | null;
  xmp: Buffer[];
  icc: Buffer | null;
  /** Colour as a cICP chunk says it (PNG); null when absent. */
  cicp: Cicp | null;
  /** Text chunks of PNG that carry a date. */
  dates: string[];
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
    exif: null,
    xmp: [],
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
  let position = 8;
  for (let count = 0; count < MAX_CHUNKS; count++) {
    const head = bytes.at(position, 8);
    if (head.length < 8) break;
    const length = head.readUInt32BE(0);
    const type = head.toString('latin1', 4, 8);
    if (type === 'IEND') break;
    const body = () => bytes.at(position + 8, Math.min(length, MAX_PACKET));
    if (type === 'eXIf') header.exif ??= { position: position + 8, length };
    else if (type === 'tRNS') header.hasAlpha = true;
    else if (type === 'cICP' && length === 4) header.cicp = readPngCicp(body());
    else if (type === 'iCCP') header.icc ??= readPngProfile(body());
    else if (type === 'iTXt' || type === 'tEXt' || type === 'zTXt') readPngText(type, body(), header);
    position += 12 + length;
  }
  return header;
}

function readPngCicp(body: Buffer): Cicp | null {
  return body.length < 4 ? null : { primaries: body[0]!, transfer: body[1]!, matrix: body[2]! };
}

function readPngProfile(body: Buffer): Buffer | null {
  const end = body.indexOf(0);
  return end === -1 ? null : inflate(body.subarray(end + 2));
}

function readPngText(type: string, body: Buffer, header: RasterHeader): void {
  const end = body.indexOf(0);
  if (end === -1) return;
  const keyword = body.toString('latin1', 0, end);
  let text: Buffer | null;
  if (type === 'tEXt') text = body.subarray(end + 1);
  else if (type === 'zTXt') text = inflate(body.subarray(end + 2));
  else {
    const language = body.indexOf(0, end + 3);
    const translated = language === -1 ? -1 : body.indexOf(0, language + 1);
    if (translated === -1) return;
    text = body.subarray(translated + 1);
    if (body[end + 1] === 1) text = inflate(text);
  }
  if (text === null) return;
  if (keyword === 'XML:com.adobe.xmp') header.xmp.push(text);
  else if (keyword === 'Raw profile type xmp') {
    const packet = readHexProfile(text);
    if (packet !== null) header.xmp.push(packet);
  } else if (/^(creation time|exif:datetimeoriginal)$/i.test(keyword) && header.dates.length < 8)
    header.dates.push(text.toString('utf8', 0, 64));
}

/** ImageMagick's way of storing packets: name, length, hexadecimal digits. */
function readHexProfile(text: Buffer): Buffer | null {
  const match = /^\s*\w+\s+(\d+)\s+([0-9a-fA-F\s]+)$/.exec(text.toString('latin1'));
  return match === null ? null : Buffer.from(match[2]!.replace(/\s/g, ''), 'hex');
}

function inflate(data: Buffer): Buffer | null {
  try {
    return inflateSync(data, { maxOutputLength: MAX_PACKET });
  } catch {
    return null;
  }
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
    else if (type === 'EXIF') {
      const prefix = bytes.at(position + 8, 6).toString('latin1') === 'Exif\0\0' ? 6 : 0;
      header.exif ??= { position: position + 8 + prefix, length: length - prefix };
    }
    position += 8 + length + (length & 1);
  }
  return header.width > 0 && header.height > 0 ? header : null;
}

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
    const block = bytes.at(position, 10);
    if (block[0] === 0x21) {
      if (block[1] === 0xf9 && ((block[3] ?? 0) & 1) === 1) header.hasAlpha = true;
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
