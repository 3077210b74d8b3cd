/**
 * JPEG XL through jxl-oxide's WebAssembly: the picture as a PNG, in its own colors and turned as the codestream says. A file that
 * ends early gives what can be seen of it. Blocking: only ever in a worker.
 */
import { readFileSync } from 'node:fs';
import { UnreadablePhoto } from '../base/unreadable.ts';

/** WebAssembly's memory never shrinks: after a picture of more pixels the next one begins with a module of its own. */
const BIG_PIXELS = 8_000_000;
let generation = 0;

/** @throws UnreadablePhoto when nothing can be decoded. */
export async function decodeJxl(file: Buffer): Promise<{ png: Buffer; isComplete: boolean }> {
  const { initSync, JxlImage }: typeof import('jxl-oxide-wasm') = await import(
    `${import.meta.resolve('jxl-oxide-wasm')}?${generation}`
  );
  initSync({ module: readFileSync(new URL(import.meta.resolve('jxl-oxide-wasm/module.wasm'))) });
  const image = new JxlImage();
  try {
    image.feedBytes(file);
    if (!image.tryInit()) throw new UnreadablePhoto('The JPEG XL file ends before its header does.');
    if ((image.width ?? 0) * (image.height ?? 0) > BIG_PIXELS) generation++;
    // Encoding consumes the rendering: it is not freed again.
    return { png: Buffer.from(image.render(0).encodeToPng()), isComplete: image.loaded };
  } catch (error) {
    if (error instanceof UnreadablePhoto) throw error;
    generation++;
    throw new UnreadablePhoto('Its JPEG XL data is incomplete or damaged and cannot be decoded.');
  } finally {
    image.free();
  }
}
