/**
 * The blurred placeholder that is drawn before a thumbnail has come: 4 × 3 colors (3 × 4 for a portrait) in RGB565, 24 bytes in
 * base64. To draw it: expand each little-endian 16-bit value to a pixel and let the browser scale the tiny picture smoothly.
 */

/** @param rgb upright pixels, three bytes each; a small picture (the thumbnail) is enough. */
export function placeholderOf(rgb: Uint8Array, width: number, height: number): string {
  const columns = width >= height ? 4 : 3;
  const rows = 7 - columns;
  const packed = Buffer.alloc(columns * rows * 2);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const [red, green, blue] = meanOf(rgb, width, span(column, columns, width), span(row, rows, height));
      const value =
        (Math.round((red * 31) / 255) << 11) | (Math.round((green * 63) / 255) << 5) | Math.round((blue * 31) / 255);
      packed.writeUInt16LE(value, (row * columns + column) * 2);
    }
  }
  return packed.toString('base64');
}

type Span = { from: number; to: number };

/** One of `parts` equal parts, at least a pixel wide. */
function span(index: number, parts: number, size: number): Span {
  const from = Math.min(size - 1, Math.floor((index * size) / parts));
  return { from, to: Math.max(from + 1, Math.floor(((index + 1) * size) / parts)) };
}

function meanOf(rgb: Uint8Array, width: number, across: Span, down: Span): [number, number, number] {
  let red = 0;
  let green = 0;
  let blue = 0;
  for (let y = down.from; y < down.to; y++) {
    for (let x = across.from; x < across.to; x++) {
      const at = (y * width + x) * 3;
      red += rgb[at]!;
      green += rgb[at + 1]!;
      blue += rgb[at + 2]!;
    }
  }
  const count = (across.to - across.from) * (down.to - down.from);
  return [red / count, green / count, blue / count];
}
