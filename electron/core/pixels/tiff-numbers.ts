/** Samples of TIFF that are no plain integers: floats of any size, and luma with shared colors. Source: TIFF 6.0 sections 19, 21; IEEE 754; TIFF Technical Note 3 (24 bits). */
import type { TiffLayout } from '../formats/tiff-layout.ts';

/** @param position of the sample in bits. @returns NaN where the data ends before it. */
export function floatAt(data: Buffer, position: number, { bits, littleEndian }: TiffLayout): number {
  const at = position / 8;
  if (at + bits / 8 > data.length) return Number.NaN;
  if (bits === 64) return littleEndian ? data.readDoubleLE(at) : data.readDoubleBE(at);
  if (bits === 32) return littleEndian ? data.readFloatLE(at) : data.readFloatBE(at);
  const code = littleEndian ? data.readUIntLE(at, bits / 8) : data.readUIntBE(at, bits / 8);
  return bits === 24 ? smallFloat(code, 7, 16) : smallFloat(code, 5, 10);
}

function smallFloat(code: number, exponentBits: number, fractionBits: number): number {
  const fraction = (code & (2 ** fractionBits - 1)) / 2 ** fractionBits;
  const most = 2 ** exponentBits - 1;
  const exponent = (code >>> fractionBits) & most;
  const sign = code >>> (exponentBits + fractionBits) === 1 ? -1 : 1;
  if (exponent === most) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  const bias = (most - 1) / 2;
  return exponent === 0 ? sign * fraction * 2 ** (1 - bias) : sign * (1 + fraction) * 2 ** (exponent - bias);
}

/** Bytes of one row of units, each of which holds the luma of its pixels and one color for all of them. */
export function bytesOfUnits({ tile, subsampling: [across, down] }: TiffLayout, rows: number): number {
  return Math.ceil(tile.width / across) * Math.ceil(rows / down) * (across * down + 2);
}

/** Luma and shared color (BT.601, full range) → red, green and blue, 0–255, three a pixel. */
export function colorsOfUnits(
  data: Buffer,
  { tile: { width }, subsampling: [across, down] }: TiffLayout,
  rows: number,
): Float64Array {
  const out = new Float64Array(width * rows * 3);
  const units = Math.ceil(width / across);
  const size = across * down + 2;
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < width; x++) {
      const unit = (Math.floor(y / down) * units + Math.floor(x / across)) * size;
      const luma = data[unit + (y % down) * across + (x % across)] ?? 0;
      const [blue, red] = [(data[unit + size - 2] ?? 128) - 128, (data[unit + size - 1] ?? 128) - 128];
      const at = (y * width + x) * 3;
      const colors = [luma + 1.402 * red, luma - 0.344136 * blue - 0.714136 * red, luma + 1.772 * blue];
      for (const [channel, value] of colors.entries())
        out[at + channel] = Math.max(0, Math.min(255, Math.round(value)));
    }
  return out;
}
