/** Which model is it? By its whole content, which takes as long as reading it, or by samples, which takes no time. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';

const SAMPLES = 64;
const SAMPLE_BYTES = 16 * 1024;

/** Hash of the files' sizes and of samples spread over them. Tells models apart; proves nothing. */
export async function fingerprintOf(paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  const piece = Buffer.alloc(SAMPLE_BYTES);
  for (const path of paths) {
    const handle = await open(path, 'r');
    try {
      const { size } = await handle.stat();
      hash.update(`${size}\n`);
      for (let index = 0; index < SAMPLES; index++) {
        const at = Math.floor((Math.max(0, size - SAMPLE_BYTES) * index) / (SAMPLES - 1));
        const { bytesRead } = await handle.read(piece, 0, SAMPLE_BYTES, at);
        hash.update(piece.subarray(0, bytesRead));
      }
    } finally {
      await handle.close();
    }
  }
  return hash.digest('hex');
}

/** sha256 of a file's whole content. @param onProgress gets the bytes read so far. */
export async function hashFile(
  path: string,
  signal?: AbortSignal,
  onProgress?: (bytes: number) => void,
): Promise<string> {
  const hash = createHash('sha256');
  let read = 0;
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20, ...(signal ? { signal } : {}) })) {
    hash.update(piece as Buffer);
    read += (piece as Buffer).length;
    onProgress?.(read);
  }
  return hash.digest('hex');
}
