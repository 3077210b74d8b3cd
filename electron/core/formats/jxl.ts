/** JPEG XL: size and metadata, bare codestream or boxes. Source: ISO/IEC 18181-1 (headers), 18181-2 (container). */
import { brotliDecompressSync } from 'node:zlib';
import { readBoxes } from './boxes.ts';
import type { Bytes } from './bytes.ts';
import type { PictureHeader } from './picture-header.ts';

const MAX_PACKET = 16 * 2 ** 20;
/** Width by height where the header only says the shape. */
const RATIOS: readonly [number, number][] = [
  [1, 1],
  [12, 10],
  [4, 3],
  [3, 2],
  [16, 9],
  [5, 4],
  [2, 1],
];

/** null when no size can be read. The size is the one seen upright: decoders turn as the codestream says. */
export function readJxlHeader(bytes: Bytes): PictureHeader | null {
  const header: PictureHeader = { width: 0, height: 0, icc: null, exif: null, xmp: [], iptc: null };
  if (bytes.at(0, 2).equals(Buffer.from([0xff, 0x0a]))) return readSize(bytes.at(2, 32), header);
  const { boxes } = readBoxes(bytes, 0, bytes.size);
  for (const { type, position, length } of boxes) {
    const body = bytes.at(position, Math.min(length, MAX_PACKET));
    const isPacked = type === 'brob';
    const kind = isPacked ? body.toString('latin1', 0, 4) : type;
    if (kind !== 'Exif' && kind !== 'xml ') continue;
    const data = isPacked ? unpack(body.subarray(4)) : body;
    if (data === null) continue;
    if (kind === 'xml ') header.xmp.push(data);
    // Four bytes say where the TIFF header begins.
    else if (data.length > 12) header.exif ??= data.subarray(4 + Math.min(data.readUInt32BE(0), data.length - 4));
  }
  const stream = boxes.find(({ type }) => type === 'jxlc' || type === 'jxlp');
  if (stream === undefined) return null;
  return readSize(bytes.at(stream.position + (stream.type === 'jxlp' ? 4 : 0) + 2, 32), header);
}

function unpack(data: Buffer): Buffer | null {
  try {
    return brotliDecompressSync(data, { maxOutputLength: MAX_PACKET });
  } catch {
    return null;
  }
}

function readSize(stream: Buffer, header: PictureHeader): PictureHeader | null {
  if (stream.length < 16) return null;
  let at = 0;
  const bits = (count: number) => {
    let value = 0;
    for (let bit = 0; bit < count; bit++, at++) value += (((stream[at >> 3] ?? 0) >> (at & 7)) & 1) * 2 ** bit;
    return value;
  };
  const side = (isSmall: boolean) => (isSmall ? (bits(5) + 1) * 8 : bits([9, 13, 18, 30][bits(2)]!) + 1);
  const isSmall = bits(1) === 1;
  const height = side(isSmall);
  const ratio = RATIOS[bits(3) - 1];
  const width = ratio === undefined ? side(isSmall) : Math.floor((height * ratio[0]) / ratio[1]);
  const isAllDefault = bits(1) === 1;
  const orientation = !isAllDefault && bits(1) === 1 ? bits(3) + 1 : 1;
  return Object.assign(header, orientation >= 5 ? { width: height, height: width } : { width, height });
}
