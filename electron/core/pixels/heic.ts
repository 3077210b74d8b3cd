/**
 * HEVC pictures (the iPhone's HEIC) through libheif's WebAssembly build. libheif applies the file's own turn and mirror (irot, imir),
 * so EXIF's orientation must not be applied again. Blocking, half a second for 12 megapixels: only ever in a worker.
 */
import { createRequire } from 'node:module';
import { UnreadablePhoto } from '../base/unreadable.ts';

type HeifImage = {
  get_width(): number;
  get_height(): number;
  is_primary(): boolean;
  display(
    target: { data: Uint8ClampedArray; width: number; height: number },
    done: (result: { data: Uint8ClampedArray } | null) => void,
  ): void;
  free(): void;
};

type Heif = { HeifDecoder: new () => { decode(file: Uint8Array): HeifImage[]; decoder?: number } };

const require = createRequire(import.meta.url);
const MODULE = 'libheif-js/wasm-bundle';

/** WebAssembly's memory never shrinks: after a picture of more pixels the decoder is loaded anew. */
const BIG_PIXELS = 20_000_000;

/** Four bytes a pixel, in the file's own colour space. */
export type HeifPixels = { rgba: Buffer; width: number; height: number };

/** @throws UnreadablePhoto when there is no picture or its data is incomplete. */
export async function decodeHeif(file: Buffer): Promise<HeifPixels> {
  const heif: Heif = require(MODULE);
  const images = quietly(() => new heif.HeifDecoder().decode(file));
  let isBig = false;
  try {
    const image = images.find((candidate) => candidate.is_primary()) ?? images[0];
    if (image === undefined)
      throw new UnreadablePhoto('The HEIF file is damaged: it holds no picture that can be decoded.');
    const width = image.get_width();
    const height = image.get_height();
    isBig = width * height > BIG_PIXELS;
    const data = new Uint8ClampedArray(width * height * 4);
    const result = await new Promise<{ data: Uint8ClampedArray } | null>((resolve) => {
      quietly(() => image.display({ data, width, height }, resolve));
    });
    if (result === null) throw new UnreadablePhoto('Its picture data is incomplete or damaged and cannot be decoded.');
    return { rgba: Buffer.from(data.buffer, data.byteOffset, data.byteLength), width, height };
  } finally {
    for (const image of images) image.free();
    if (isBig) delete require.cache[require.resolve(MODULE)];
  }
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
