/** Windows bitmaps: 1, 4, 8 (palette, of 4 and 8 also run-length), 16, 24 and 32 bits a pixel. libvips does not read them. Source: Windows GDI, BITMAPINFOHEADER. */
import { UnreadablePhoto } from '../base/unreadable.ts';

export type BmpPixels = {
  rgb: Buffer;
  width: number;
  height: number /** Rows missing at the end of the file, 0–1. */;
  missing: number;
};

/** @throws UnreadablePhoto for what is no bitmap or is packed in a way nobody uses for photos. */
export function decodeBmp(file: Buffer): BmpPixels {
  if (file.length < 26) throw new UnreadablePhoto('The BMP header is cut off.');
  const dataStart = file.readUInt32LE(10);
  const headerSize = file.readUInt32LE(14);
  const old = headerSize === 12;
  if (!old && file.length < 54) throw new UnreadablePhoto('The BMP header is cut off.');
  const width = old ? file.readUInt16LE(18) : file.readInt32LE(18);
  const signedHeight = old ? file.readUInt16LE(20) : file.readInt32LE(22);
  const bits = file.readUInt16LE(old ? 24 : 28);
  const compression = old ? 0 : file.readUInt32LE(30);
  const height = Math.abs(signedHeight);
  if (width <= 0 || height === 0)
    throw new UnreadablePhoto('The BMP header says a width or height of 0: it is damaged.');
  if (
    ![1, 4, 8, 16, 24, 32].includes(bits) ||
    ![0, 1, 2, 3, 6].includes(compression) ||
    (compression === 1 && bits !== 8) ||
    (compression === 2 && bits !== 4)
  )
    throw new UnreadablePhoto('This bitmap is packed in a way that cannot be read.');
  const palette = readPalette(file, old, headerSize, bits);
  const stride = Math.ceil((width * bits) / 32) * 4;
  const isPacked = compression === 1 || compression === 2;
  const rows = isPacked ? unpackRuns(file.subarray(dataStart), width, height, bits) : file.subarray(dataStart);
  const rowStride = isPacked ? width : stride;
  const masks = readMasks(file, bits, compression, headerSize);
  const rgb = Buffer.alloc(width * height * 3, 128);
  const complete = Math.min(height, Math.floor(rows.length / rowStride));
  if (complete === 0) throw new UnreadablePhoto('The file ends before the first row of the picture.');
  for (let index = 0; index < complete; index++) {
    const y = signedHeight > 0 ? height - 1 - index : index;
    const row = rows.subarray(index * rowStride, (index + 1) * rowStride);
    let out = y * width * 3;
    for (let x = 0; x < width; x++, out += 3) {
      if (bits === 24) {
        rgb[out] = row[x * 3 + 2]!;
        rgb[out + 1] = row[x * 3 + 1]!;
        rgb[out + 2] = row[x * 3]!;
      } else if (bits <= 8) {
        const entry = paletteIndex(row, x, isPacked ? 8 : bits) * 3;
        rgb[out] = palette[entry] ?? 0;
        rgb[out + 1] = palette[entry + 1] ?? 0;
        rgb[out + 2] = palette[entry + 2] ?? 0;
      } else {
        const value = bits === 16 ? row.readUInt16LE(x * 2) : row.readUInt32LE(x * 4);
        for (let channel = 0; channel < 3; channel++) rgb[out + channel] = scaled(value, masks[channel]!);
      }
    }
  }
  return { rgb, width, height, missing: 1 - complete / height };
}

/** Red, green, blue of each entry. */
function readPalette(file: Buffer, old: boolean, headerSize: number, bits: number): Buffer {
  if (bits > 8) return Buffer.alloc(0);
  const count = 2 ** bits;
  const size = old ? 3 : 4;
  const palette = Buffer.alloc(count * 3);
  for (let index = 0; index < count; index++) {
    const at = 14 + headerSize + index * size;
    for (let channel = 0; channel < 3; channel++) palette[index * 3 + channel] = file[at + 2 - channel] ?? 0;
  }
  return palette;
}

function paletteIndex(row: Buffer, x: number, bits: number): number {
  if (bits === 8) return row[x]!;
  return bits === 4 ? (row[x >> 1]! >> (x % 2 === 0 ? 4 : 0)) & 15 : (row[x >> 3]! >> (7 - (x & 7))) & 1;
}

function readMasks(file: Buffer, bits: number, compression: number, headerSize: number): number[] {
  if (compression === 3 || compression === 6) {
    const at = headerSize >= 52 ? 14 + 40 : 54;
    if (file.length >= at + 12) return [0, 4, 8].map((offset) => file.readUInt32LE(at + offset));
  }
  return bits === 16 ? [0x7c00, 0x3e0, 0x1f] : [0xff0000, 0xff00, 0xff];
}

/** The bits under a mask, stretched to 0–255. */
function scaled(value: number, mask: number): number {
  if (mask === 0) return 0;
  const shift = 31 - Math.clz32(mask & -mask);
  const top = mask >>> shift;
  return Math.round((((value & mask) >>> shift) / top) * 255);
}

/** Run-length coding of bytes (RLE8) or of pairs of half bytes (RLE4) → one byte a pixel. */
function unpackRuns(data: Buffer, width: number, height: number, bits: number): Buffer {
  const out = Buffer.alloc(width * height);
  const isHalf = bits === 4;
  const half = (value: number, index: number) => (isHalf ? (index % 2 === 0 ? value >> 4 : value & 15) : value);
  let x = 0;
  let y = 0;
  for (let at = 0; at + 1 < data.length && y < height; at += 2) {
    const count = data[at]!;
    const value = data[at + 1]!;
    if (count > 0) {
      for (let run = 0; run < count && x < width; run++) out[y * width + x++] = half(value, run);
    } else if (value === 0) {
      x = 0;
      y++;
    } else if (value === 1) break;
    else if (value === 2) {
      x += data[at + 2] ?? 0;
      y += data[at + 3] ?? 0;
      at += 2;
    } else {
      const bytes = isHalf ? Math.ceil(value / 2) : value;
      for (let run = 0; run < value && x < width; run++)
        out[y * width + x++] = half(data[at + 2 + (isHalf ? run >> 1 : run)] ?? 0, run);
      at += bytes + (bytes & 1);
    }
  }
  return out;
}
