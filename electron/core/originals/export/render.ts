/** A photo in another form: smaller, as JPEG, WebP, AVIF or TIFF, with a profile and a watermark. */
import sharp, { type Sharp } from 'sharp';
import type { ExportOptions } from '../../../../shared/export.ts';
import { CoreError } from '../../base/core-error.ts';
import { tiffAround } from '../../pixels/tiff-around.ts';

/** Upright, 8 bits a channel, in the colors of `profile`; null: sRGB. */
export type Pixels = { data: Uint8Array; width: number; height: number; profile: Uint8Array | null };
/** Decodes a photo so that its long edge is at most so long, into sRGB or, where it can be, in its own colors. */
export type Decode = (path: string, longEdge: number, ownColors: boolean, signal: AbortSignal) => Promise<Pixels>;

/** No photo is longer. */
const WHOLE = 65_535;
/** Below this quality nobody would send a photo. */
const LEAST_QUALITY = 20;
/** Of the picture's height. */
const WATERMARK_SHARE = 0.024;

/** @throws CoreError INVALID when even the lowest quality is larger than the limit; UnreadablePhoto; the signal's reason. */
export async function renderPhoto(
  decode: Decode,
  path: string,
  options: ExportOptions,
  signal: AbortSignal,
): Promise<Buffer> {
  const pixels = await decode(path, options.longEdge ?? WHOLE, options.color !== 'srgb', signal);
  const base = await finished(pixels, options);
  const encode = (quality: number) => encoded(base, options, quality);
  const first = await encode(options.quality);
  const limit = options.maxBytes;
  if (limit === null || first.byteLength <= limit) return first;
  if (options.as === 'tiff')
    throw new CoreError('INVALID', 'TIFF has no quality that could be lowered to keep a limit.');
  // Halved until the best quality is found that keeps the limit.
  let [low, high] = [LEAST_QUALITY, options.quality - 1];
  let best: Buffer | null = null;
  while (low <= high) {
    signal.throwIfAborted();
    const middle = Math.floor((low + high) / 2);
    const candidate = await encode(middle);
    if (candidate.byteLength <= limit) {
      best = candidate;
      low = middle + 1;
    } else high = middle - 1;
  }
  if (best) return best;
  throw new CoreError(
    'INVALID',
    `It takes more than ${Math.round(limit / 1000).toLocaleString('en')} kB even at quality ${LEAST_QUALITY}: choose a shorter long edge.`,
  );
}

type Raw = { data: Buffer; width: number; height: number; profile: Uint8Array | null };

async function finished(pixels: Pixels, { longEdge, sharpen, watermark }: ExportOptions): Promise<Raw> {
  const { width, height, profile } = pixels;
  let picture: Sharp = sharp(pixels.data, { raw: { width, height, channels: 3 }, limitInputPixels: false });
  const isSmaller = longEdge !== null && Math.max(width, height) > longEdge;
  if (isSmaller) picture = picture.resize({ width: longEdge, height: longEdge, fit: 'inside', kernel: 'lanczos3' });
  if (sharpen && longEdge !== null) picture = picture.sharpen({ sigma: 0.6, m1: 0.5, m2: 1.5 });
  const sized = await picture.raw().toBuffer({ resolveWithObject: true });
  const raw = { data: sized.data, width: sized.info.width, height: sized.info.height, profile };
  if (watermark === null || watermark === '') return raw;
  const marked = await sharp(raw.data, {
    raw: { width: raw.width, height: raw.height, channels: 3 },
    limitInputPixels: false,
  })
    .composite([{ input: Buffer.from(watermarkOf(watermark, raw.width, raw.height)), top: 0, left: 0 }])
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data: marked.data, width: marked.info.width, height: marked.info.height, profile };
}

/** White text with a soft dark edge: read on snow and on night. */
function watermarkOf(text: string, width: number, height: number): string {
  const size = Math.max(9, Math.round(Math.max(width, height) * WATERMARK_SHARE));
  const escaped = text.replace(/[&<>"']/g, (sign) => `&#${sign.codePointAt(0)};`);
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">` +
    `<text x="${width - size}" y="${height - size}" text-anchor="end" font-family="Inter, Helvetica, Arial, sans-serif" ` +
    `font-size="${size}" fill="#fff" fill-opacity="0.82" stroke="#000" stroke-opacity="0.35" ` +
    `stroke-width="${size / 12}" paint-order="stroke">${escaped}</text></svg>`
  );
}

async function encoded(raw: Raw, options: ExportOptions, quality: number): Promise<Buffer> {
  const picture = colored(raw, options);
  switch (options.as) {
    case 'webp':
      return picture.webp({ quality, effort: 4 }).toBuffer();
    case 'avif':
      return picture.avif({ quality, effort: 4 }).toBuffer();
    case 'tiff':
      return picture.tiff({ compression: 'lzw', predictor: 'horizontal' }).toBuffer();
    default:
      return picture.jpeg({ quality, mozjpeg: true, chromaSubsampling: quality >= 90 ? '4:4:4' : '4:2:0' }).toBuffer();
  }
}

/** With the profile that is wanted, and the pixels in it. */
function colored({ data, width, height, profile }: Raw, { color }: ExportOptions): Sharp {
  const unlimited = { limitInputPixels: false };
  if (profile === null) {
    const plain = sharp(data, { raw: { width, height, channels: 3 }, ...unlimited });
    return plain.withIccProfile(color === 'p3' ? 'p3' : 'srgb');
  }
  const tagged = tiffAround(data, width, height, Buffer.from(profile), 'rgb');
  // Kept as they are: nothing is converted.
  if (color === 'keep') return sharp(tagged, unlimited).keepIccProfile();
  // In eight bits sharp brings colors to sRGB before anything else, which would cut off what P3 has more; in sixteen to P3.
  return sharp(tagged, unlimited).pipelineColourspace('rgb16').withIccProfile('p3');
}
