/**
 * Qwen3.5 shaped pairs with random weights, written in a second: Q-ReAlign Mini's proportions for measurements, and a slice
 * of it (a sixth of its blocks) by which this machine is measured before any model is fetched. What a computation takes
 * does not depend on what the weights say.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readByteTokenizer } from '../convert/byte-bpe.ts';
import { writeGguf } from '../convert/gguf-writer.ts';
import { understandQwen } from '../convert/qwen-layout.ts';
import { planQwenProjector, planQwenText } from '../convert/qwen-mapping.ts';
import type { SourceTensor } from '../convert/tensor-source.ts';
import { type ModelPair, Noise, randomFile } from './make.ts';
import { QWEN_TEMPLATE, type QwenShape, qwenConfig, qwenTensors, smallByteTokenizer, TINY_QWEN35 } from './qwen.ts';

/** Proportions of Qwen3.5 0.8B, its vocabulary left out: a grader reads five words of it. */
export const MINI: Readonly<QwenShape> = {
  ...TINY_QWEN35,
  blocks: 24,
  embedding: 1024,
  feedForward: 3584,
  heads: 8,
  keyHeads: 2,
  headWidth: 256,
  linearKeyHeads: 16,
  linearValueHeads: 16,
  linearWidth: 128,
  rotary: 0.25,
  sections: [11, 11, 10],
  visionBlocks: 12,
  visionEmbedding: 768,
  visionFeedForward: 3072,
  visionHeads: 12,
  side: 48,
};

/** The slice: four blocks of 24, and two of the tower's twelve. */
export const SLICE: Readonly<QwenShape> = { ...MINI, blocks: 4, visionBlocks: 2 };

/** Tera-operations that a picture of `tokens` takes in the tower, and picture and questions in the language model. */
export function workOf(shape: QwenShape, tokens: number, questionTokens: number): { tower: number; text: number } {
  const patches = 4 * tokens;
  const { visionEmbedding: width, embedding } = shape;
  const block = 4 * width ** 2 + 2 * width * shape.visionFeedForward;
  const tower =
    shape.visionBlocks * (2 * patches * block + 4 * patches ** 2 * width) +
    2 * tokens * (16 * width ** 2 + 4 * width * embedding);
  const inner = shape.linearValueHeads * shape.linearWidth;
  const linear = embedding * (2 * shape.linearKeyHeads * shape.linearWidth + 3 * inner);
  const full = embedding * shape.headWidth * (3 * shape.heads + 2 * shape.keyHeads);
  const each = (3 * linear + full) / 4 + 3 * embedding * shape.feedForward;
  return { tower: tower / 1e12, text: (2 * (tokens + questionTokens) * shape.blocks * each) / 1e12 };
}

/** Writes the pair: the language model in 8 bits, as Q-ReAlign is kept, the tower in 16. */
export async function makeRandomQwen(
  directory: string,
  shape: QwenShape,
  options: { signal?: AbortSignal; tower?: 'F16' | 'Q8_0' } = {},
): Promise<ModelPair> {
  const { signal, tower = 'F16' } = options;
  const small = smallByteTokenizer();
  const rows = Object.keys(small.model.vocab).length + small.added_tokens.length;
  const sources = new Map<string, SourceTensor>();
  for (const [name, dimensions] of qwenTensors(shape, rows))
    sources.set(name, {
      name,
      shape: dimensions,
      type: 'F16',
      origin: 'nowhere',
      read: () => Promise.reject(new Error('Only the shape of this tensor exists.')),
    });
  const parts = { source: { tensors: sources, close: async () => {} }, config: qwenConfig(shape, rows) };
  const checkpoint = understandQwen(parts, 'qwen35');
  const json = new TextEncoder().encode(JSON.stringify(small));
  const words = { eos_token: '<|im_end|>', pad_token: '<|endoftext|>' };
  const files = { model: null, json, added: null, config: words, modelConfig: null };
  const tokenizer = readByteTokenizer(files, QWEN_TEMPLATE, rows);
  const provenance = { name: 'keeplight-random', licence: 'apache-2.0', source: 'models/tiny' };
  const pair = { model: join(directory, 'qwen-q8.gguf'), mmproj: join(directory, `qwen-mmproj-${tower}.gguf`) };
  await mkdir(directory, { recursive: true });
  const noise = new Noise(shape.seed);
  // What is remembered fades: a positive decay would grow without end.
  const text = randomFile(planQwenText(checkpoint, tokenizer, provenance), () => 'Q8_0', noise, 7);
  const steady = text.tensors.map((tensor) =>
    tensor.name.endsWith('ssm_a') ? { ...tensor, data: () => fading(tensor.shape[0]!) } : tensor,
  );
  await writeGguf(pair.model, { ...text, tensors: steady }, { signal });
  // The same numbers in both forms of the tower, so that what it sees can be compared.
  const eyes = randomFile(planQwenProjector(checkpoint, provenance), () => 'F16', noise, tower === 'F16' ? 1 : 7);
  const tensors = eyes.tensors.map((tensor) =>
    tower === 'F16' || tensor.type !== 'F16' || tensor.name.includes('patch_embd')
      ? tensor
      : { ...tensor, type: 'Q8_0' as const, data: () => eightBits(tensor.data()) },
  );
  await writeGguf(pair.mmproj, { ...eyes, tensors }, { signal });
  return pair;
}

function* fading(heads: number): Generator<Uint8Array> {
  yield new Uint8Array(new Float32Array(heads).fill(-0.5).buffer);
}

/** Half-precision numbers as Q8_0: blocks of 32, each with its own scale. */
async function* eightBits(pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const known = new Map<string, Uint8Array>();
  for await (const piece of pieces) {
    // Noise repeats itself: the same piece is worked out once.
    const key = `${piece.byteOffset} ${piece.byteLength} ${piece.buffer.byteLength}`;
    let bytes = known.get(key);
    if (!bytes) {
      const numbers = new Float16Array(piece.buffer, piece.byteOffset, piece.byteLength / 2);
      bytes = new Uint8Array((numbers.length / 32) * 34);
      const view = new DataView(bytes.buffer);
      for (let block = 0; block < numbers.length / 32; block++) {
        const values = numbers.subarray(32 * block, 32 * block + 32);
        const scale = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / 127;
        view.setFloat16(34 * block, scale, true);
        for (const [index, value] of values.entries())
          view.setInt8(34 * block + 2 + index, scale === 0 ? 0 : Math.round(value / scale));
      }
      known.set(key, bytes);
    }
    yield bytes;
  }
}
