/** How big a picture may be before it is decoded: what it would cost in memory decides, known from the header alone. */

import { UnreadablePhoto } from '../base/unreadable.ts';
import { type FileKind, isRaw } from '../formats/identify.ts';
import type { Inspection } from '../formats/inspect.ts';
import { isUnusual } from '../formats/tiff-layout.ts';

const MEGA = 1_000_000;

/** Decoders that pass over the rows once hold only a few of them. */
const STREAMED_PIXELS = 400 * MEGA;
/** A JPEG is made smaller while it is decoded: up to the 65,500 × 65,500 that the format can say, less one zero. */
const JPEG_PIXELS = 1200 * MEGA;
/** Decoders that must hold the whole picture, three to four bytes a pixel and their own copy. */
const WHOLE_PIXELS = 110 * MEGA;
/** What such a decoder may hold of samples: pixels × bytes, so that deep pictures may have fewer of them. */
const WHOLE_BYTES = 440 * MEGA;
/** JPEG XL and JPEG 2000 are computed in numbers of four bytes, three or four of them a pixel. */
const COMPUTED_PIXELS = 36 * MEGA;
/** Multispectral cameras have a few dozen. */
const MOST_SAMPLES = 256;
/** A grid is decoded tile by tile, so only its header says how big it is. */
const GRID_PIXELS = 600 * MEGA;
const TILED_PIXELS = 50 * MEGA;
const TILE_PIXELS = 20 * MEGA;
/** Coefficients of a progressive JPEG, all in memory at once. */
const PROGRESSIVE_BYTES = 480 * 2 ** 20;

/** A RAW's preview of less says nothing of its focus, and fills no tile of the grid. */
const LEAST_PREVIEW_EDGE = 640;

/** Work that holds more than this is done by one worker at a time. */
export const HEAVY_BYTES = 160 * 2 ** 20;

/** A grid of so many pixels that it is decoded tile by tile, or one whose end is missing: of that the rest shows as it is. */
export function needsTiles({ width, height, heif }: Inspection): boolean {
  return heif?.grid != null && (width * height > TILED_PIXELS || heif.missing > 0);
}

/** A RAW whose previews are too small to judge anything by: it is developed when it is looked at. */
export function needsDevelopment({ raw }: Inspection): boolean {
  const previews =
    raw?.extracted == null ? (raw?.previews ?? []) : [...raw.previews, { ...raw.extracted, complete: true }];
  return !previews.some(({ width, height, complete }) => complete && Math.max(width, height) >= LEAST_PREVIEW_EDGE);
}

/** Of a decoder that holds the whole picture: samples as it unpacks them. PNG, WebP and GIF: with alpha, in whole bytes. */
function bytesHeld(pixels: number, bitsPerSample: number, channels: number): number {
  return pixels * channels * (bitsPerSample > 8 ? 2 : 1);
}

/**
 * @returns bytes that decoding will hold at once, roughly.
 * @throws UnreadablePhoto when that is too much or the size cannot be.
 */
export function checkSize(inspection: Inspection): number {
  const { kind, width, height, jpeg, raster, tiff, heif } = inspection;
  const pixels = width * height;
  // Of most only the preview is decoded, and that is a JPEG.
  if (isRaw(kind)) return needsDevelopment(inspection) ? HEAVY_BYTES + 1 : 0;
  if (kind === 'jpeg' || kind === 'mpo') {
    if (width > 0 && height === 0) throw new UnreadablePhoto('The JPEG header says a height of 0: it is damaged.');
    if (pixels === 0) throw new UnreadablePhoto('The JPEG header is damaged: it describes no picture.');
    const coefficients = jpeg?.progressive ? jpeg.coefficientBytes : 0;
    if (pixels > JPEG_PIXELS || coefficients > PROGRESSIVE_BYTES) throw tooLarge(width, height);
    return coefficients;
  }
  if (needsTiles(inspection)) {
    const { tile, width: across, height: down } = heif!.grid!;
    if (pixels > GRID_PIXELS || across * down > GRID_PIXELS || tile.width * tile.height > TILE_PIXELS)
      throw tooLarge(width, height);
    return HEAVY_BYTES + 1;
  }
  if (kind === 'heic' || kind === 'avif' || kind === 'gif' || kind === 'bmp' || raster?.needsWhole === true) {
    const largest = Math.max(pixels, raster?.framePixels ?? 0);
    // YUV and RGB stand side by side while HEIF is decoded; of 8 bits that is what WHOLE_PIXELS allows.
    const channels = heif === null ? (raster?.channels ?? 4) : heif.bitsPerSample > 8 ? 6 : 4;
    const held = bytesHeld(largest, heif?.bitsPerSample ?? raster?.bitsPerSample ?? 8, channels);
    if (largest > WHOLE_PIXELS || held > WHOLE_BYTES) throw tooLarge(width, height, raster?.framePixels);
    return Math.max(held, largest * 6);
  }
  if (kind === 'jxl' || kind === 'jp2' || kind === 'psd') {
    if (pixels > (kind === 'psd' ? WHOLE_PIXELS : COMPUTED_PIXELS)) throw tooLarge(width, height);
    if (pixels > 0) return pixels * (kind === 'psd' ? 8 : 16);
  }
  if (pixels === 0) throw new UnreadablePhoto('The header says a width or height of 0: it is damaged.');
  if (pixels > STREAMED_PIXELS) throw tooLarge(width, height);
  // Lab of eight bits is decoded whole, see picture.ts.
  if ((tiff?.photometric === 8 || tiff?.photometric === 9) && tiff.bitsPerSample === 8) {
    if (pixels > WHOLE_PIXELS) throw tooLarge(width, height);
    return pixels * 6;
  }
  if (tiff !== null && (tiff.layout.samples > MOST_SAMPLES || tiff.layout.bits > 64)) {
    const { samples, bits } = tiff.layout;
    throw new UnreadablePhoto(`Its header is damaged: it says ${samples} samples of ${bits} bits a pixel.`);
  }
  if (tiff !== null && isUnusual(tiff.layout)) {
    // Unpacked here, four bytes a sample and two more.
    const held = pixels * Math.min(4, tiff.samplesPerPixel) * 6;
    if (held > 2 * WHOLE_BYTES) throw tooLarge(width, height);
    return held;
  }
  // TIFF strips may be as tall as the picture.
  if (tiff === null) return 0;
  const { tile, samples, bits } = tiff.layout;
  const held = (Math.min(tile.width, width) * Math.min(tile.height, height) * samples * Math.max(8, bits)) / 8;
  if (held > 2 * WHOLE_BYTES) throw tooLarge(width, height);
  return (pixels * samples * bits) / 8;
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
