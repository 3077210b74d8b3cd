/** Pixels → signature: the mean luminance (Rec. 601 on gamma-encoded values) of each cell of a small grid. */
import { SIGNATURE_EDGE, type Signature } from '../../../../shared/signature.ts';

/** @param rgb interleaved 8-bit sRGB, upright, of `width` × `height` pixels; about 1 ms for a thumb. */
export function signatureOf(rgb: Uint8Array, width: number, height: number): Signature {
  const scale = SIGNATURE_EDGE / Math.max(width, height);
  const columns = Math.max(1, Math.round(width * scale));
  const rows = Math.max(1, Math.round(height * scale));
  const luma = new Uint8Array(columns * rows);
  for (let row = 0; row < rows; row++) {
    const top = Math.floor((row * height) / rows);
    const bottom = Math.max(top + 1, Math.floor(((row + 1) * height) / rows));
    for (let column = 0; column < columns; column++) {
      const left = Math.floor((column * width) / columns);
      const right = Math.max(left + 1, Math.floor(((column + 1) * width) / columns));
      let sum = 0;
      for (let y = top; y < bottom; y++) {
        for (let at = (y * width + left) * 3; at < (y * width + right) * 3; at += 3) {
          sum += 0.299 * rgb[at]! + 0.587 * rgb[at + 1]! + 0.114 * rgb[at + 2]!;
        }
      }
      luma[row * columns + column] = Math.round(sum / ((bottom - top) * (right - left)));
    }
  }
  return { width: columns, height: rows, luma };
}
