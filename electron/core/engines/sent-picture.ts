/** The picture that leaves for an engine: small, upright, without a word about where it comes from. */
import sharp from 'sharp';
import type { Pixels } from '../../../models/model-api.ts';
import { checkPixels, padToSquare, resize } from '../../../models/runtime/preprocess.ts';

/** Up to this edge models look at squares, and padding is better than what servers do of their own accord. */
const SQUARE_EDGE = 336;
const QUALITY = 95;

/**
 * @param edge longest edge of what is sent, pixels. Small ones are padded to a square as LLaVA was trained; larger ones
 *   keep their shape, because such models take any.
 * @returns the file's bytes. Made from pixels alone, so it holds no metadata.
 */
export async function sentPicture(pixels: Pixels, edge: number, format: 'jpeg' | 'png'): Promise<Uint8Array> {
  checkPixels(pixels);
  const sized = edge <= SQUARE_EDGE ? resize(padToSquare(pixels), edge, edge) : fitted(pixels, edge);
  const picture = sharp(sized.data, { raw: { width: sized.width, height: sized.height, channels: 3 } });
  return format === 'png'
    ? picture.png({ compressionLevel: 6 }).toBuffer()
    : picture.jpeg({ quality: QUALITY, chromaSubsampling: '4:4:4' }).toBuffer();
}

function fitted(pixels: Pixels, edge: number): Pixels {
  const scale = edge / Math.max(pixels.width, pixels.height);
  if (scale >= 1) return pixels;
  const side = (length: number) => Math.max(1, Math.round(length * scale));
  return resize(pixels, side(pixels.width), side(pixels.height));
}
