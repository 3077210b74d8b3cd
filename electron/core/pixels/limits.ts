/** How big a picture may be before it is decoded: what it would cost in memory decides, known from the header alone. */

import { UnreadablePhoto } from '../base/unreadable.ts';
import { type FileKind, isRaw } from '../formats/identify.ts';
import type { Inspection } from '../formats/inspect.ts';

const MEGA = 1_000_000;

/** Decoders that pass over the rows once hold only a few of them. */
const STREAMED_PIXELS = 400 * MEGA;
/** A JPEG is made smaller while it is decoded: up to the 65,500 × 65,500 that the format can say, less one zero. */
const JPEG_PIXELS = 1200 * MEGA;
/** Decoders that must hold the whole picture, three to four bytes a pixel and their own copy. */
const WHOLE_PIXELS = 110 * MEGA;
/** Coefficients of a progressive JPEG, all in memory at once. */
const PROGRESSIVE_BYTES = 480 * 2 ** 20;

/** Work that holds more than this is done by one worker at a time. */
export const HEAVY_BYTES = 160 * 2 ** 20;

/**
 * @returns bytes that decoding will hold at once, roughly.
 * @throws UnreadablePhoto when that is too much or the size cannot be.
 */
export function checkSize({ kind, width, height, jpeg, raster, tiff }: Inspection): number {
  const pixels = width * height;
  // Only its preview is decoded, and that is a JPEG.
  if (isRaw(kind)) return 0;
  if (kind === 'jpeg' || kind === 'mpo') {
    if (width > 0 && height === 0) throw new UnreadablePhoto('The JPEG header says a height of 0: it is damaged.');
    if (pixels === 0) throw new UnreadablePhoto('The JPEG header is damaged: it describes no picture.');
    const coefficients = jpeg?.progressive ? jpeg.coefficientBytes : 0;
    if (pixels > JPEG_PIXELS || coefficients > PROGRESSIVE_BYTES) throw tooLarge(width, height);
    return coefficients;
  }
  if (kind === 'heic' || kind === 'avif' || kind === 'gif' || kind === 'bmp' || raster?.needsWhole === true) {
    const largest = Math.max(pixels, raster?.framePixels ?? 0);
    if (largest > WHOLE_PIXELS) throw tooLarge(width, height, raster?.framePixels);
    return largest * 6;
  }
  if (pixels === 0) throw new UnreadablePhoto('The header says a width or height of 0: it is damaged.');
  if (pixels > STREAMED_PIXELS) throw tooLarge(width, height);
  // Lab of eight bits is decoded whole, see picture.ts.
  if ((tiff?.photometric === 8 || tiff?.photometric === 9) && tiff.bitsPerSample === 8) {
    if (pixels > WHOLE_PIXELS) throw tooLarge(width, height);
    return pixels * 6;
  }
  // TIFF strips may be as tall as the picture.
  return kind === 'tiff' ? (pixels * (tiff?.samplesPerPixel ?? 3) * (tiff?.bitsPerSample ?? 8)) / 8 : 0;
}

/** For the decoder, whose own reading of a header may differ from ours. */
export function pixelLimit(kind: FileKind): number {
  if (kind === 'jpeg' || kind === 'mpo' || isRaw(kind)) return JPEG_PIXELS;
  return kind === 'avif' || kind === 'gif' ? WHOLE_PIXELS : STREAMED_PIXELS;
}

function tooLarge(width: number, height: number, framePixels = 0): UnreadablePhoto {
  if (framePixels > width * height)
    return new UnreadablePhoto(
      `It declares a frame of ${megapixels(framePixels)} in a picture of ${width} × ${height}: a damaged file or a trap.`,
    );
  return new UnreadablePhoto(
    `It declares ${width.toLocaleString('en')} × ${height.toLocaleString('en')} pixels (${megapixels(width * height)}), ` +
      'more than can be decoded safely.',
  );
}

function megapixels(pixels: number): string {
  return `${Math.round(pixels / MEGA).toLocaleString('en')} megapixels`;
}
