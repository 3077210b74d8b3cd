/**
 * What PNG keeps in text chunks: XMP, dates, and whole packets of other formats as hexadecimal digits, as ImageMagick
 * and programs built on it write them. Inflates only what is wanted, and only so much of it. Source: W3C PNG;
 * ImageMagick's coders/png.c.
 */
import { inflateSync } from 'node:zlib';
import { tiffBlockIn } from './tiff.ts';

export type PngPackets = {
  /** TIFF blocks, in the order in which they stand in the file. */
  exif: Buffer[];
  xmp: Buffer[];
  /** A bare IPTC record or Photoshop's image resources. */
  iptc: Buffer | null;
  /** Texts that carry a date. */
  dates: string[];
};

const MAX_PACKET = 16 * 2 ** 20;
const MAX_DATES = 8;
/** TIFF blocks that are tried; files have one, or the same one twice. */
const MAX_BLOCKS = 4;
/** Stands before image resources in JPEG; some writers copy it along. */
const PHOTOSHOP_MARK = 'Photoshop 3.0\0';
const XMP_SIGNATURE = Buffer.from('http://ns.adobe.com/xap/1.0/\0', 'latin1');

/** Bytes that may still come out of one file's compressed chunks. */
export type InflationBudget = { left: number };

/** For all compressed chunks of a file together. */
export const INFLATION_BUDGET = 32 * 2 ** 20;

/** @returns null for what is no zlib stream or longer than the budget allows; what was tried is spent. */
export function inflateWithin(data: Buffer, budget: InflationBudget): Buffer | null {
  const most = Math.min(MAX_PACKET, budget.left);
  if (most <= 0) return null;
  try {
    const inflated = inflateSync(data, { maxOutputLength: most });
    budget.left -= inflated.length;
    return inflated;
  } catch (error) {
    const isTooLong = error instanceof RangeError;
    budget.left -= isTooLong ? most : 0;
    return null;
  }
}

/** @param type `tEXt`, `zTXt` or `iTXt`; @param body of the chunk; what it says is added to `packets`. */
export function readPngText(type: string, body: Buffer, packets: PngPackets, budget: InflationBudget): void {
  const end = body.indexOf(0);
  if (end < 1 || end > 79) return;
  const keyword = body.toString('latin1', 0, end).toLowerCase();
  const profile = /^raw profile type (exif|app1|xmp|iptc|8bim|app13)$/.exec(keyword)?.[1];
  const isXmp = keyword === 'xml:com.adobe.xmp';
  const isDate = /^(creation time|exif:datetimeoriginal)$/.test(keyword);
  if (profile === undefined && !isXmp && !isDate) return;
  const text = textOfChunk(type, body, end, budget);
  if (text === null) return;
  if (isXmp) packets.xmp.push(text);
  else if (isDate) {
    if (packets.dates.length < MAX_DATES) packets.dates.push(text.toString('utf8', 0, 64));
  } else takeProfile(profile!, readHexProfile(text), packets);
}

function textOfChunk(type: string, body: Buffer, end: number, budget: InflationBudget): Buffer | null {
  if (type === 'tEXt') return body.subarray(end + 1);
  if (type === 'zTXt') return inflateWithin(body.subarray(end + 2), budget);
  const language = body.indexOf(0, end + 3);
  const translated = language === -1 ? -1 : body.indexOf(0, language + 1);
  if (translated === -1) return null;
  const text = body.subarray(translated + 1);
  return body[end + 1] === 1 ? inflateWithin(text, budget) : text;
}

function takeProfile(profile: string, packet: Buffer | null, packets: PngPackets): void {
  if (packet === null || packet.length === 0) return;
  if (profile === 'iptc' || profile === '8bim' || profile === 'app13')
    packets.iptc ??= withoutMark(packet, PHOTOSHOP_MARK);
  else if (profile === 'xmp') packets.xmp.push(packet);
  else if (packet.subarray(0, XMP_SIGNATURE.length).equals(XMP_SIGNATURE))
    packets.xmp.push(packet.subarray(XMP_SIGNATURE.length));
  else takeExif(packet, packets.exif);
}

/** Keeps the TIFF block of a packet; what holds none, and what comes after the most that are tried, is left out. */
export function takeExif(packet: Buffer, blocks: Buffer[]): void {
  const block = blocks.length < MAX_BLOCKS ? tiffBlockIn(packet) : null;
  if (block !== null) blocks.push(block);
}

function withoutMark(packet: Buffer, mark: string): Buffer {
  return packet.toString('latin1', 0, mark.length) === mark ? packet.subarray(mark.length) : packet;
}

/** A name, the length in bytes, hexadecimal digits in lines; null when it is none. */
function readHexProfile(text: Buffer): Buffer | null {
  const head = /^\s*[^\n]{1,80}\n\s*(\d{1,9})\s/.exec(text.toString('latin1', 0, 256));
  if (head === null) return null;
  const digits = text.toString('latin1', head[0].length).replace(/\s+/g, '');
  // Stops at the first sign that is no digit, as the damaged rest of a file.
  return Buffer.from(digits, 'hex').subarray(0, Number(head[1]));
}
