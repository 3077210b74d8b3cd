/** Quantizes a GGUF file with llama.cpp, in a process of its own: it can be stopped, and a crash stays there. */
import { fork } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ModelError } from '../session.ts';

/** File types with their numbers in llama.h. */
export const QUANTIZATIONS = {
  F32: 0,
  F16: 1,
  Q4_0: 2,
  Q8_0: 7,
  Q2_K: 10,
  Q3_K_M: 12,
  Q4_K_S: 14,
  Q4_K_M: 15,
  Q5_K_M: 17,
  Q6_K: 18,
  BF16: 32,
} as const;
export type Quantization = keyof typeof QUANTIZATIONS;

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
  const entry = fileURLToPath(new URL(`./quantize-process${extname(import.meta.url)}`, import.meta.url));
  const child = fork(entry, [], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: [],
    env: { ...process.env, ...(process.versions.electron ? { ELECTRON_RUN_AS_NODE: '1' } : {}) },
  });
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
      const request: QuantizeRequest = { input, output, type: QUANTIZATIONS[type], threads, bufferBytes };
      child.send(request);
    });
  } catch (error) {
    await rm(output, { force: true });
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}
