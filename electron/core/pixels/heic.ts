/**
 * HEVC pictures (the iPhone's HEIC) through libheif's WebAssembly build. libheif applies the file's own crop, turn and mirror (clap,
 * irot, imir). Blocking, half a second for 12 megapixels: only ever in a worker.
 */
import { createRequire } from 'node:module';
import { UnreadablePhoto } from '../base/unreadable.ts';

type Handle = { readonly handle: unique symbol };
type Context = { readonly context: unique symbol };
type Channel = { id: unknown; data: Uint8Array; stride: number; width: number; height: number; bits_per_pixel: number };

/** What is used of libheif's own functions. A result with a `code` is an error. */
type Heif = {
  heif_error_code: { heif_error_Ok: unknown };
  heif_colorspace: { heif_colorspace_RGB: unknown };
  heif_chroma: { heif_chroma_interleaved_RGBA: unknown; heif_chroma_interleaved_RRGGBB_LE: unknown };
  heif_context_alloc(): Context;
  heif_context_free(context: Context): void;
  heif_context_read_from_memory(context: Context, file: Uint8Array): { code: unknown };
  heif_js_context_get_list_of_top_level_image_IDs(context: Context): number[] | { code: unknown };
  heif_js_context_get_image_handle(context: Context, item: number): Handle | { code: unknown } | null;
  heif_image_handle_get_width(handle: Handle): number;
  heif_image_handle_get_height(handle: Handle): number;
  heif_image_handle_release(handle: Handle): void;
  heif_js_decode_image2(
    handle: Handle,
    colorspace: unknown,
    chroma: unknown,
  ): Promise<{ image: unknown; channels: Channel[] } | { code: unknown } | null>;
  heif_image_release(image: unknown): void;
};

const require = createRequire(import.meta.url);
const MODULE = 'libheif-js/wasm-bundle';

/** WebAssembly's memory never shrinks: after a picture of more pixels the decoder is loaded anew. */
const BIG_PIXELS = 20_000_000;

/** Row by row in the file's own color space: RGBA of eight bits, or RGB of sixteen (full range). */
export type HeifPixels = { data: Buffer | Uint16Array; channels: 3 | 4; width: number; height: number };

/**
 * @param item of the photo (formats/heif.ts); null, or one that cannot be opened, for the first that can.
 * @param isDeep sixteen bits a sample, for pictures whose ten or twelve must not be lost before they are tone-mapped.
 * @throws UnreadablePhoto when there is no picture or its data is incomplete.
 */
export async function decodeHeif(file: Buffer, item: number | null, isDeep = false): Promise<HeifPixels> {
  const heif: Heif = require(MODULE);
  const context = heif.heif_context_alloc();
  let handle: Handle | null = null;
  let isBig = false;
  try {
    handle = quietly(() => openItem(heif, context, file, item));
    if (handle === null)
      throw new UnreadablePhoto('The HEIF file is damaged: it holds no picture that can be decoded.');
    isBig = heif.heif_image_handle_get_width(handle) * heif.heif_image_handle_get_height(handle) > BIG_PIXELS;
    const { heif_chroma_interleaved_RGBA: plain, heif_chroma_interleaved_RRGGBB_LE: deep } = heif.heif_chroma;
    const { heif_colorspace_RGB: rgb } = heif.heif_colorspace;
    const decoded = await heif.heif_js_decode_image2(handle, rgb, isDeep ? deep : plain);
    const [channel] = decoded !== null && 'channels' in decoded ? decoded.channels : [];
    if (channel === undefined)
      throw new UnreadablePhoto('Its picture data is incomplete or damaged and cannot be decoded.');
    const pixels = isDeep ? deepPixels(channel) : plainPixels(channel);
    if (decoded !== null && 'image' in decoded) heif.heif_image_release(decoded.image);
    return pixels;
  } finally {
    if (handle !== null) heif.heif_image_handle_release(handle);
    heif.heif_context_free(context);
    if (isBig) delete require.cache[require.resolve(MODULE)];
  }
}

function openItem(heif: Heif, context: Context, file: Buffer, item: number | null): Handle | null {
  if (heif.heif_context_read_from_memory(context, file).code !== heif.heif_error_code.heif_error_Ok) return null;
  const top = heif.heif_js_context_get_list_of_top_level_image_IDs(context);
  for (const id of [...(item === null ? [] : [item]), ...(Array.isArray(top) ? top : [])]) {
    const handle = heif.heif_js_context_get_image_handle(context, id);
    if (handle !== null && !('code' in handle)) return handle;
  }
  return null;
}

function plainPixels({ data, stride, width, height }: Channel): HeifPixels {
  const out = Buffer.alloc(width * height * 4);
  for (let y = 0; y < height; y++) out.set(data.subarray(y * stride, y * stride + width * 4), y * width * 4);
  return { data: out, channels: 4, width, height };
}

function deepPixels({ data, stride, width, height, bits_per_pixel: bits }: Channel): HeifPixels {
  const out = new Uint16Array(width * height * 3);
  const scale = 65_535 / (2 ** bits - 1);
  for (let y = 0; y < height; y++)
    for (let at = 0, from = y * stride, to = y * width * 3; at < width * 3; at++, from += 2)
      out[to + at] = Math.round((data[from]! | (data[from + 1]! << 8)) * scale);
  return { data: out, channels: 3, width, height };
}

/** libheif-js reports what it cannot read on the console, where it helps nobody. */
function quietly<Result>(work: () => Result): Result {
  const { log, error } = console;
  console.log = () => {};
  console.error = () => {};
  try {
    return work();
  } finally {
    Object.assign(console, { log, error });
  }
}
