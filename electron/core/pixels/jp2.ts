/** JPEG 2000 through OpenJPEG's WebAssembly → samples of eight bits, channels side by side. Blocking: only ever in a worker. */
import { createRequire } from 'node:module';
import { UnreadablePhoto } from '../base/unreadable.ts';

type Decoder = {
  getEncodedBuffer(length: number): Uint8Array;
  decode(): void;
  getFrameInfo(): { width: number; height: number; bitsPerSample: number; componentCount: number; isSigned: boolean };
  getDecodedBuffer(): Uint8Array;
  delete(): void;
};
type OpenJpeg = { J2KDecoder: new () => Decoder };

const require = createRequire(import.meta.url);

export type Jp2Pixels = { data: Buffer; channels: 1 | 2 | 3 | 4; width: number; height: number };

/** @throws UnreadablePhoto when nothing can be decoded. */
export async function decodeJp2(file: Buffer): Promise<Jp2Pixels> {
  const load: (options: object) => Promise<OpenJpeg> = require('@cornerstonejs/codec-openjpeg/decodewasmjs');
  // A module of its own each time, so that its memory goes with it; what it would print helps nobody.
  const { J2KDecoder } = await load({ print: () => {}, printErr: () => {} });
  const decoder = new J2KDecoder();
  try {
    decoder.getEncodedBuffer(file.length).set(file);
    decoder.decode();
    const { width, height, bitsPerSample, componentCount, isSigned } = decoder.getFrameInfo();
    const samples = decoder.getDecodedBuffer();
    const channels = Math.min(4, componentCount);
    if (!isChannels(channels) || width * height === 0 || bitsPerSample > 16) throw new Error('unusual components');
    const data = Buffer.alloc(width * height * channels);
    const isWide = bitsPerSample > 8;
    const [half, top] = [isSigned ? 2 ** (bitsPerSample - 1) : 0, 2 ** bitsPerSample - 1];
    const view = new DataView(samples.buffer, samples.byteOffset, samples.byteLength);
    for (let pixel = 0, to = 0; pixel < width * height; pixel++)
      for (let channel = 0; channel < channels; channel++, to++) {
        const from = pixel * componentCount + channel;
        const value = isWide
          ? isSigned
            ? view.getInt16(from * 2, true)
            : view.getUint16(from * 2, true)
          : isSigned
            ? view.getInt8(from)
            : view.getUint8(from);
        data[to] = Math.round(((value + half) * 255) / top);
      }
    return { data, channels, width, height };
  } catch {
    throw new UnreadablePhoto('Its JPEG 2000 data is incomplete or damaged and cannot be decoded.');
  } finally {
    decoder.delete();
  }
}

function isChannels(count: number): count is Jp2Pixels['channels'] {
  return count >= 1 && count <= 4;
}
