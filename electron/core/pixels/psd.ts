/** The composite of a Photoshop document → samples of eight bits, channels side by side. Source: Adobe Photoshop File Formats Specification. */
import { inflateSync } from 'node:zlib';
import { UnreadablePhoto } from '../base/unreadable.ts';
import type { Bytes } from '../formats/bytes.ts';
import type { PsdHeader } from '../formats/psd.ts';

export type PsdPixels = {
  data: Buffer;
  channels: 1 | 3 | 4;
  space: 'grey' | 'rgb' | 'cmyk' | 'lab';
  /** Share of the rows that the file ends before, 0–1. */
  missing: number;
};

/** Channels that make the color, by mode; transparency and spot colors follow them and are not used. */
const COLORS: Readonly<Record<number, { count: 1 | 3 | 4; space: PsdPixels['space'] }>> = {
  0: { count: 1, space: 'grey' },
  1: { count: 1, space: 'grey' },
  2: { count: 1, space: 'grey' },
  3: { count: 3, space: 'rgb' },
  4: { count: 4, space: 'cmyk' },
  7: { count: 1, space: 'grey' },
  8: { count: 1, space: 'grey' },
  9: { count: 3, space: 'lab' },
};

/** @throws UnreadablePhoto with a sentence when there is no composite or it is packed in an unknown way. */
export function decodePsd(bytes: Bytes, header: PsdHeader): PsdPixels {
  const { width, height, bits, mode, channels, compositePosition } = header;
  const colors = COLORS[mode];
  if (colors === undefined || channels < colors.count || ![1, 8, 16, 32].includes(bits))
    throw new UnreadablePhoto(
      `This Photoshop document has a color mode (${mode}) that cannot be shown; export a TIFF or JPEG.`,
    );
  const { count } = colors;
  const stride = bits === 1 ? Math.ceil(width / 8) : (width * bits) / 8;
  const { rows, missing } = unpackRows(bytes, header, stride, count, compositePosition);
  const out = Buffer.alloc(width * height * (mode === 2 ? 3 : count), mode === 4 ? 255 : 128);
  for (let channel = 0; channel < count; channel++) {
    for (let y = 0; y < height; y++) {
      const row = rows(channel, y);
      if (row === null) continue;
      for (let x = 0; x < width; x++) {
        const value = sampleAt(row, x, bits);
        const at = y * width + x;
        if (mode === 2) for (let one = 0; one < 3; one++) out[at * 3 + one] = header.palette[one * 256 + value] ?? 0;
        // Stored as light rather than ink: 0 is full ink.
        else out[at * count + channel] = mode === 4 ? 255 - value : value;
      }
    }
  }
  return { data: out, channels: mode === 2 ? 3 : count, space: mode === 2 ? 'rgb' : colors.space, missing };
}

function sampleAt(row: Buffer, x: number, bits: number): number {
  if (bits === 8) return row[x] ?? 0;
  if (bits === 16) return row[x * 2] ?? 0;
  if (bits === 1) return ((row[x >> 3] ?? 0) >> (7 - (x & 7))) & 1 ? 0 : 255;
  // Floats in linear light.
  const linear = row.length >= x * 4 + 4 ? Math.max(0, Math.min(1, row.readFloatBE(x * 4))) : 0;
  return Math.round(255 * (linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055));
}

type Rows = { rows: (channel: number, y: number) => Buffer | null; missing: number };

function unpackRows(bytes: Bytes, header: PsdHeader, stride: number, count: number, start: number): Rows {
  const { height, channels, isBig } = header;
  const method = bytes.at(start, 2);
  if (method.length < 2) throw new UnreadablePhoto('The Photoshop document ends before its picture.');
  const kind = method.readUInt16BE(0);
  if (kind === 0 || kind === 2 || kind === 3) {
    const packed = bytes.at(start + 2, bytes.size);
    const data = kind === 0 ? packed : inflated(packed, stride * height * channels);
    if (kind === 3) undoPrediction(data, header, stride);
    const complete = Math.max(0, Math.min(1, (data.length / stride - (count - 1) * height) / height));
    return {
      rows: (channel, y) => {
        const at = (channel * height + y) * stride;
        return at + stride <= data.length ? data.subarray(at, at + stride) : null;
      },
      missing: 1 - complete,
    };
  }
  if (kind !== 1)
    throw new UnreadablePhoto('The picture of this Photoshop document is packed in a way that cannot be read.');
  const size = isBig ? 4 : 2;
  const lengths = bytes.at(start + 2, channels * height * size);
  const places: number[] = [];
  let at = start + 2 + channels * height * size;
  for (let row = 0; row < channels * height && (row + 1) * size <= lengths.length; row++) {
    places.push(at);
    at += lengths.readUIntBE(row * size, size);
  }
  places.push(at);
  const rows: Rows['rows'] = (channel, y) => {
    const row = channel * height + y;
    const [from, to] = [places[row], places[row + 1]];
    return from === undefined || to === undefined || to > bytes.size
      ? null
      : unpackBits(bytes.at(from, to - from), stride);
  };
  let complete = 0;
  while (complete < height && (places[(count - 1) * height + complete + 1] ?? Infinity) <= bytes.size) complete++;
  return { rows, missing: 1 - complete / height };
}

function inflated(packed: Buffer, size: number): Buffer {
  try {
    return inflateSync(packed, { maxOutputLength: Math.max(1, size) });
  } catch {
    throw new UnreadablePhoto('The picture of this Photoshop document is damaged: it cannot be unpacked.');
  }
}

/** Each sample is stored as its difference from the one on its left. */
function undoPrediction(data: Buffer, { bits }: PsdHeader, stride: number): void {
  for (let start = 0; start + stride <= data.length; start += stride) {
    if (bits === 16)
      for (let at = start + 2; at < start + stride; at += 2)
        data.writeUInt16BE((data.readUInt16BE(at) + data.readUInt16BE(at - 2)) & 0xffff, at);
    else for (let at = start + 1; at < start + stride; at++) data[at] = (data[at]! + data[at - 1]!) & 0xff;
  }
}

/** Apple's PackBits, as TIFF has it too. */
export function unpackBits(packed: Buffer, size: number): Buffer {
  const out = Buffer.alloc(size);
  let to = 0;
  for (let at = 0; at < packed.length && to < size; ) {
    const count = packed.readInt8(at++);
    if (count >= 0) {
      to += packed.copy(out, to, at, Math.min(packed.length, at + count + 1, at + size - to));
      at += count + 1;
    } else if (count !== -128) {
      out.fill(packed[at] ?? 0, to, Math.min(size, to + 1 - count));
      to += 1 - count;
      at++;
    }
  }
  return out;
}
