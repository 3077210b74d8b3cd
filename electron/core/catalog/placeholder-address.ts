/** The blurred placeholder of a photo as something that a page can draw: a bitmap of a dozen pixels in a data URL. */
import { type Quarters, turnedPoint, turnedSize } from '../base/quarters.ts';

const FILE_HEADER = 14;
const INFO_HEADER = 40;
const MASKS = 12;
const PIXELS_AT = FILE_HEADER + INFO_HEADER + MASKS;

/**
 * @param placeholder base64 of 4 × 3 (landscape) or 3 × 4 pixels in little-endian RGB565, see pixels/placeholder.ts.
 * @param size of the photo as it is seen, turned by `quarters`; the placeholder is as its file stands.
 * @returns as the photo is seen; null for anything else.
 */
export function placeholderUrl(
  placeholder: string | null,
  size: { width: number; height: number },
  quarters: Quarters = 0,
): string | null {
  if (placeholder === null) return null;
  const own = turnedSize(size, quarters);
  const wide = own.width >= own.height ? 4 : 3;
  const stored = Buffer.from(placeholder, 'base64');
  if (stored.length !== wide * (7 - wide) * 2) return null;
  const { pixels, columns, rows } = turnedGrid(stored, wide, 7 - wide, quarters);
  // Rows of a bitmap end on four bytes; its height is negative where the first row is the top one.
  const rowBytes = 8;
  const file = Buffer.alloc(PIXELS_AT + rows * rowBytes);
  file.write('BM', 0, 'latin1');
  file.writeUInt32LE(file.length, 2);
  file.writeUInt32LE(PIXELS_AT, 10);
  file.writeUInt32LE(INFO_HEADER, FILE_HEADER);
  file.writeInt32LE(columns, FILE_HEADER + 4);
  file.writeInt32LE(-rows, FILE_HEADER + 8);
  file.writeUInt16LE(1, FILE_HEADER + 12);
  file.writeUInt16LE(16, FILE_HEADER + 14);
  file.writeUInt32LE(3, FILE_HEADER + 16);
  file.writeUInt32LE(rows * rowBytes, FILE_HEADER + 20);
  file.writeUInt32LE(0xf800, FILE_HEADER + INFO_HEADER);
  file.writeUInt32LE(0x07e0, FILE_HEADER + INFO_HEADER + 4);
  file.writeUInt32LE(0x001f, FILE_HEADER + INFO_HEADER + 8);
  for (let row = 0; row < rows; row++) {
    pixels.copy(file, PIXELS_AT + row * rowBytes, row * columns * 2, (row + 1) * columns * 2);
  }
  return `data:image/bmp;base64,${file.toString('base64')}`;
}

/** Cells of two bytes, row by row. */
function turnedGrid(stored: Buffer, wide: number, high: number, quarters: Quarters) {
  if (quarters === 0) return { pixels: stored, columns: wide, rows: high };
  const { width: columns, height: rows } = turnedSize({ width: wide, height: high }, quarters);
  const pixels = Buffer.alloc(stored.length);
  for (let y = 0; y < high; y++) {
    for (let x = 0; x < wide; x++) {
      const to = turnedPoint({ x: (x + 0.5) / wide, y: (y + 0.5) / high }, quarters);
      const at = Math.floor(to.y * rows) * columns + Math.floor(to.x * columns);
      stored.copy(pixels, at * 2, (y * wide + x) * 2, (y * wide + x + 1) * 2);
    }
  }
  return { pixels, columns, rows };
}
