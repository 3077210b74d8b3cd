/**
 * TIFF layouts that the decoder refuses or misreads → samples that it takes: separate planes in tiles or with extra samples, sample
 * sizes between the usual ones, signed and 32-bit integers, old-style JPEG. Source: TIFF 6.0; TIFF Technical Note 2.
 */
import { inflateSync, zstdDecompressSync } from 'node:zlib';
import sharp from 'sharp';
import { UnreadablePhoto } from '../base/unreadable.ts';
import type { Bytes } from '../formats/bytes.ts';
import { type OldJpeg, type TiffLayout, ZSTANDARD } from '../formats/tiff-layout.ts';
import { unpackBits } from './psd.ts';
import { bytesOfUnits, colorsOfUnits, floatAt } from './tiff-numbers.ts';

export type TiffSamples = {
  /** Sixteen bits, full range, or floats as they stand in the file; three or four samples a pixel, or one. */
  data: Uint16Array | Float32Array;
  channels: 1 | 3 | 4;
  space: 'grey' | 'rgb' | 'cmyk';
  /** Share of the pieces that are not in the file, 0–1. */
  missing: number;
};

/** @throws UnreadablePhoto with a sentence when nothing of it can be read. */
export async function readTiffSamples(bytes: Bytes, layout: TiffLayout): Promise<TiffSamples> {
  const { width, height, photometric, samples, tile, isPlanar, pieces, oldJpeg } = layout;
  const wanted = photometric === 2 || photometric === 6 ? 3 : photometric === 5 ? 4 : 1;
  if (samples < wanted || tile.width === 0 || tile.height === 0 || width === 0 || height === 0)
    throw new UnreadablePhoto('The TIFF directory is damaged: its pixels cannot be laid out.');
  if (oldJpeg !== null && !layout.isTiled) {
    const stream = oldJpeg.stream === null ? null : bytes.at(oldJpeg.stream.position, oldJpeg.stream.length);
    for (const jpeg of [stream, jpegOfStrips(bytes, layout, oldJpeg)]) {
      const whole = jpeg === null ? null : await decodeWholeJpeg(jpeg, layout);
      if (whole !== null) return whole;
    }
  }
  const values = new Float32Array(width * height * wanted);
  const across = Math.ceil(width / tile.width);
  const down = Math.ceil(height / tile.height);
  let lost = 0;
  for (let plane = 0; plane < (isPlanar ? wanted : 1); plane++) {
    for (let piece = 0; piece < across * down; piece++) {
      const place = pieces[plane * across * down + piece];
      const packed = place === undefined ? null : bytes.at(place.position, place.length);
      const [left, top] = [(piece % across) * tile.width, Math.floor(piece / across) * tile.height];
      const rows = layout.isTiled ? tile.height : Math.min(tile.height, height - top);
      const pixels = packed === null || packed.length === 0 ? null : await unpackPiece(bytes, layout, packed, rows);
      if (pixels === null || packed!.length < place!.length) lost++;
      if (pixels !== null) put(values, layout, wanted, plane, pixels, { left, top, rows });
    }
  }
  const missing = lost / (across * down * (isPlanar ? wanted : 1));
  if (missing === 1)
    throw new UnreadablePhoto('Its picture data is missing or damaged: nothing of it could be unpacked.');
  return { ...finish(values, layout, wanted), missing };
}

/** Samples of one strip or tile, row by row, `count` of them a pixel. */
type Piece = { samples: ArrayLike<number>; count: number; width: number };

async function unpackPiece(bytes: Bytes, layout: TiffLayout, packed: Buffer, rows: number): Promise<Piece | null> {
  const { tile, compression, bits, isPlanar, samples } = layout;
  if (compression === 6) return decodeOldJpeg(bytes, layout, packed, rows);
  const count = isPlanar ? 1 : samples;
  const source = layout.fillOrder === 2 ? reversed(packed) : packed;
  if (layout.photometric === 6) {
    const units = unpack(source, compression, bytesOfUnits(layout, rows));
    return units === null ? null : { samples: colorsOfUnits(units, layout, rows), count: 3, width: tile.width };
  }
  const stride = Math.ceil((tile.width * count * bits) / 8);
  const data = unpack(source, compression, stride * rows);
  if (data === null) return null;
  const found = numbersOf(data, layout, tile.width * count, rows, stride);
  if (layout.predictor === 2)
    for (let y = 0; y < rows; y++)
      for (let x = count; x < tile.width * count; x++) {
        const at = y * tile.width * count + x;
        found[at] = (found[at]! + found[at - count]!) % 2 ** bits;
      }
  return { samples: found, count, width: tile.width };
}

function unpack(packed: Buffer, compression: number, size: number): Buffer | null {
  if (compression === 1) return packed;
  if (compression === 32773) return unpackBits(packed, size);
  if (compression === 5) return unpackLzw(packed, size);
  try {
    if (compression === ZSTANDARD) return zstdDecompressSync(packed, { maxOutputLength: size + 4096 });
    return inflateSync(packed, { maxOutputLength: size + 4096 });
  } catch {
    return null;
  }
}

function reversed(data: Buffer): Buffer {
  return Buffer.from(
    data.map((byte) => {
      let out = 0;
      for (let bit = 0; bit < 8; bit++) out |= ((byte >> bit) & 1) << (7 - bit);
      return out;
    }),
  );
}

const CLEAR = 256;
const END = 257;

/** Codes of 9 to 12 bits, the highest bit first; each stands for an earlier string and one byte more. */
function unpackLzw(packed: Buffer, size: number): Buffer {
  const out = Buffer.alloc(size);
  const starts = new Int32Array(4097);
  const lengths = new Int32Array(4097);
  let [at, to, next, width, previous] = [0, 0, 258, 9, -1];
  while (to < size && at + width <= packed.length * 8) {
    let code = 0;
    for (let bit = 0; bit < width; bit++, at++) code = (code << 1) | ((packed[at >> 3]! >> (7 - (at & 7))) & 1);
    if (code === END) break;
    if (code === CLEAR) {
      [next, width, previous] = [258, 9, -1];
      continue;
    }
    const begin = to;
    if (code < 256) out[to++] = code;
    else if (code < next) to += copyWithin(out, starts[code]!, lengths[code]!, to);
    else if (previous !== -1) {
      to += copyWithin(out, starts[4096]!, lengths[4096]!, to);
      if (to < size) out[to++] = out[starts[4096]!]!;
    } else break;
    if (previous !== -1 && next < 4096) {
      // The string before and this one's first byte stand side by side in what was written.
      starts[next] = starts[4096]!;
      lengths[next] = lengths[4096]! + 1;
      next++;
    }
    starts[4096] = begin;
    lengths[4096] = to - begin;
    previous = code;
    width = next >= 2047 ? 12 : next >= 1023 ? 11 : next >= 511 ? 10 : 9;
  }
  return out;
}

/** @returns bytes written: source and target may overlap, as runs do. */
function copyWithin(out: Buffer, from: number, length: number, to: number): number {
  const count = Math.max(0, Math.min(length, out.length - to));
  for (let index = 0; index < count; index++) out[to + index] = out[from + index]!;
  return count;
}

function numbersOf(data: Buffer, layout: TiffLayout, across: number, rows: number, stride: number) {
  const { bits, format, littleEndian } = layout;
  const out = new Float64Array(across * rows);
  for (let y = 0; y < rows && y * stride < data.length; y++) {
    const row = data.subarray(y * stride, (y + 1) * stride);
    for (let x = 0; x < across; x++) {
      let value = 0;
      if (format === 3) value = floatAt(row, x * bits, layout);
      else if (bits % 8 === 0) {
        const from = (x * bits) / 8;
        if (from + bits / 8 > row.length) break;
        value = littleEndian ? row.readUIntLE(from, bits / 8) : row.readUIntBE(from, bits / 8);
      } else
        for (let bit = x * bits; bit < (x + 1) * bits; bit++)
          value = value * 2 + (((row[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1);
      out[y * across + x] = value;
    }
  }
  return out;
}

function put(
  values: Float32Array,
  { width, height, isPlanar }: TiffLayout,
  wanted: number,
  plane: number,
  piece: Piece,
  { left, top, rows }: { left: number; top: number; rows: number },
): void {
  for (let y = 0; y < rows && top + y < height; y++)
    for (let x = 0; x < piece.width && left + x < width; x++) {
      const from = (y * piece.width + x) * piece.count;
      const to = ((top + y) * width + left + x) * wanted;
      if (isPlanar) values[to + plane] = piece.samples[from] ?? 0;
      else for (let channel = 0; channel < wanted; channel++) values[to + channel] = piece.samples[from + channel] ?? 0;
    }
}

function finish(values: Float32Array, layout: TiffLayout, wanted: number): Omit<TiffSamples, 'missing'> {
  const { photometric, palette, bits, oldJpeg } = layout;
  if (photometric === 3) {
    const size = palette.length / 3;
    const data = new Uint16Array(values.length * 3);
    for (const [index, value] of values.entries())
      for (let channel = 0; channel < 3; channel++) data[index * 3 + channel] = palette[channel * size + value] ?? 0;
    return { data, channels: 3, space: 'rgb' };
  }
  const channels = wanted === 1 ? 1 : wanted === 3 ? 3 : 4;
  const space = photometric === 2 || photometric === 6 ? 'rgb' : photometric === 5 ? 'cmyk' : 'grey';
  if (layout.format === 3) {
    const data = photometric === 0 ? values.map((value) => 1 - value) : values;
    return { data, channels, space };
  }
  const [black, top] = oldJpeg?.levels ?? [0, rangeOf(values, layout)];
  const shift = layout.format === 2 && wrapsAround(values, layout.width * wanted, bits) ? 2 ** (bits - 1) : 0;
  const data = new Uint16Array(values.length);
  for (const [index, value] of values.entries()) {
    const shifted = shift === 0 ? value : (value + shift) % 2 ** bits;
    const share = Math.max(0, Math.min(1, shift === 0 ? (shifted - black) / (top - black) : shifted / (2 ** bits - 1)));
    data[index] = Math.round((photometric === 0 ? 1 - share : share) * 65_535);
  }
  return { data, channels, space };
}

/** Value that stands for white: the scale's end, for 32 bits that of the smallest usual scale that holds all values. */
function rangeOf(values: Float32Array, { bits }: TiffLayout): number {
  if (bits <= 16) return 2 ** bits - 1;
  const most = values.reduce((greatest, value) => Math.max(greatest, value), 0);
  return most <= 255 ? 255 : most <= 65_535 ? 65_535 : 2 ** bits - 1;
}

/**
 * Files that call their samples signed hold either signed numbers or, by a slip of their writer, ordinary ones (ImageMagick and
 * Pillow read all as such). In the wrong reading neighbours at the middle of the scale jump from one end to the other.
 */
function wrapsAround(values: Float32Array, stride: number, bits: number): boolean {
  const half = 2 ** (bits - 1);
  let [plain, shifted] = [0, 0];
  for (let at = 1; at < values.length; at++) {
    if (at % stride === 0) continue;
    const [here, there] = [values[at]!, values[at - 1]!];
    plain += Math.abs(here - there);
    shifted += Math.abs(((here + half) % (2 * half)) - ((there + half) % (2 * half)));
  }
  return shifted < plain;
}

async function decodeWholeJpeg(jpeg: Buffer, layout: TiffLayout): Promise<TiffSamples | null> {
  const { width, height, photometric } = layout;
  const found = await pixelsOf(jpeg);
  const wanted = photometric <= 1 ? 1 : 3;
  if (found === null || found.width !== width || found.height < height || found.count < wanted) return null;
  const values = new Float32Array(width * height * wanted);
  for (let pixel = 0, to = 0; pixel < width * height; pixel++)
    for (let channel = 0; channel < wanted; channel++, to++) values[to] = found.data[pixel * found.count + channel]!;
  return { ...finish(values, layout, wanted), missing: 0 };
}

/** All strips as one stream: each begins anew, which is what restart markers say. null where they cannot be joined. */
function jpegOfStrips(bytes: Bytes, layout: TiffLayout, tables: OldJpeg): Buffer | null {
  const { tile, pieces, height, isPlanar, samples } = layout;
  const [across, down] = samples >= 3 ? tables.subsampling : [1, 1];
  if (isPlanar || tile.height % (8 * down) !== 0) return null;
  const strips = pieces.map(({ position, length }) => bytes.at(position, length));
  if (strips.some((strip) => strip.length < 2 || (strip[0] === 0xff && strip[1] === 0xd8))) return null;
  const joined = strips.flatMap((strip, index) =>
    index === 0 ? [strip] : [Buffer.from([0xff, 0xd0 | ((index - 1) & 7)]), strip],
  );
  const interval = Math.ceil(tile.width / (8 * across)) * (tile.height / (8 * down));
  return interval > 0xffff ? null : jpegAround(bytes, layout, tables, Buffer.concat(joined), height, interval);
}

/** A strip or tile holds only the entropy-coded data: the headers that make it a JPEG are written here from the tables' places. */
async function decodeOldJpeg(bytes: Bytes, layout: TiffLayout, packed: Buffer, rows: number): Promise<Piece | null> {
  const { tile, oldJpeg } = layout;
  const isWhole = packed[0] === 0xff && packed[1] === 0xd8;
  const jpeg = isWhole ? packed : oldJpeg === null ? null : jpegAround(bytes, layout, oldJpeg, packed, rows);
  const found = jpeg === null ? null : await pixelsOf(jpeg);
  return found === null ? null : { samples: found.data, count: found.count, width: Math.max(tile.width, found.width) };
}

async function pixelsOf(jpeg: Buffer) {
  try {
    const { data, info } = await sharp(jpeg, { failOn: 'none' })
      .toColourspace('srgb')
      .raw()
      .toBuffer({ resolveWithObject: true });
    return { data, count: info.channels, width: info.width, height: info.height };
  } catch {
    return null;
  }
}

function segment(marker: number, ...parts: Buffer[]): Buffer {
  const length = 2 + parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([Buffer.from([0xff, marker, length >> 8, length & 255]), ...parts]);
}

function jpegAround(
  bytes: Bytes,
  layout: TiffLayout,
  tables: OldJpeg,
  packed: Buffer,
  rows: number,
  interval = 0,
): Buffer | null {
  const { tile, samples } = layout;
  const { quantization, dc, ac, subsampling } = tables;
  const count = samples >= 3 ? 3 : 1;
  if (quantization.length < count || dc.length < count || ac.length < count) return null;
  const parts: Buffer[] = [Buffer.from([0xff, 0xd8])];
  for (let index = 0; index < count; index++) {
    parts.push(segment(0xdb, Buffer.from([index]), bytes.at(quantization[index]!, 64)));
    parts.push(segment(0xc4, Buffer.from([index]), huffmanAt(bytes, dc[index]!)));
    parts.push(segment(0xc4, Buffer.from([0x10 | index]), huffmanAt(bytes, ac[index]!)));
  }
  const frame = Buffer.from([8, rows >> 8, rows & 255, tile.width >> 8, tile.width & 255, count]);
  if (interval > 0) parts.push(segment(0xdd, Buffer.from([interval >> 8, interval & 255])));
  const scan = Buffer.from([count]);
  const sampling = (index: number) => (count === 3 && index === 0 ? (subsampling[0] << 4) | subsampling[1] : 0x11);
  const indexes = [0, 1, 2].slice(0, count);
  parts.push(segment(0xc0, frame, Buffer.from(indexes.flatMap((index) => [index + 1, sampling(index), index]))));
  parts.push(
    segment(0xda, scan, Buffer.from(indexes.flatMap((index) => [index + 1, index * 0x11])), Buffer.from([0, 63, 0])),
  );
  return Buffer.concat([...parts, packed, Buffer.from([0xff, 0xd9])]);
}

/** Sixteen counts, then as many values as they add up to. */
function huffmanAt(bytes: Bytes, position: number): Buffer {
  const counts = bytes.at(position, 16);
  return bytes.at(position, 16 + counts.reduce((sum, count) => sum + count, 0));
}
