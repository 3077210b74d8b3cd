/** Quantizes a GGUF file with llama.cpp, in a process of its own: it can be stopped, and a crash stays there. */
import { rm } from 'node:fs/promises';
import { forkBeside } from '../fork-node.ts';
import { ModelError } from '../model-api.ts';
import { QUANTIZATIONS, type Quantization } from '../quantizations.ts';

export interface QuantizeOptions {
  /** Default: as many as the machine has free. */
  threads?: number;
  /** Ends the work; the half output is removed. */
  signal?: AbortSignal;
  /** Bytes of a tensor that are held in memory at once. Default 256 MB. */
  bufferBytes?: number;
}

/** What the process is told, and what it answers. */
export interface QuantizeRequest {
  input: string;
  output: string;
  type: number;
  threads: number;
  bufferBytes: number;
}
export type QuantizeAnswer = { kind: 'done'; peakMemory: number } | { kind: 'failed'; message: string };

/**
 * Writes `output`, which must not exist yet; give it a temporary name and rename it when this returns.
 * @returns the highest resident memory of the process, bytes.
 * @throws ModelError with a sentence; the signal's reason when aborted.
 */
export async function quantizeGguf(
  input: string,
  output: string,
  type: Quantization,
  { threads = 0, signal, bufferBytes = 256 * 1024 * 1024 }: QuantizeOptions = {},
): Promise<{ peakMemory: number }> {
  signal?.throwIfAborted();
  const child = forkBeside('quantize-process', import.meta.url);
  let said = '';
  child.stderr?.on('data', (piece: Buffer) => {
    said = (said + piece.toString('utf8')).slice(-4000);
  });
  const stop = () => child.kill('SIGKILL');
  signal?.addEventListener('abort', stop, { once: true });
  try {
    return await new Promise((resolve, reject) => {
      let answer: QuantizeAnswer | null = null;
      child.once('error', reject);
      child.on('message', (message: QuantizeAnswer) => {
        answer = message;
      });
      child.once('close', () => {
        if (signal?.aborted) reject(signal.reason);
        else if (answer?.kind === 'done') resolve({ peakMemory: answer.peakMemory });
        else {
          const reason = answer?.kind === 'failed' ? answer.message : said.trim().split('\n').at(-1);
          reject(new ModelError('bad-file', `The model could not be quantized: ${reason || 'the process died'}`));
        }
      });
      const request: QuantizeRequest = { input, output, type: QUANTIZATIONS[type].fileType, threads, bufferBytes };
      child.send(request);
    });
  } catch (error) {
    await rm(output, { force: true });
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}
