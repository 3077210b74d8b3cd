/**
 * Writes models with random weights: `node models/tiny/make.ts <folder> [--shape tiny|1b|7b] [--seed N]`.
 * `tiny` grades a photo in milliseconds and serves the tests; `1b` and `7b` have real proportions and random 4-bit
 * blocks, for measurements of time and memory, which do not depend on what the weights say.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { seededRandom } from '../../shared/random.ts';
import { type GgufFile, TENSOR_TYPES, type TensorType, tensorBytes, writeGguf } from '../convert/gguf-writer.ts';
import { understandCheckpoint } from '../convert/layout.ts';
import { asGgufFile, type PlannedFile, planProjectorFile, planTextFile } from '../convert/mapping.ts';
import type { SourceTensor } from '../convert/tensor-source.ts';
import {
  makeTinyCheckpoint,
  TINY,
  type TinyCheckpoint,
  type TinyShape,
  tensorShapes,
  understandTiny,
} from './checkpoint.ts';
import { normals } from './random.ts';
import { llamaTokenizer } from './vocabulary.ts';

export { makeTinyCheckpoint, type TinyCheckpoint, type TinyShape } from './checkpoint.ts';

export interface ModelPair {
  model: string;
  mmproj: string;
}

const PROVENANCE = { name: 'keeplight-random', licence: 'apache-2.0', source: 'models/tiny' };

/** Writes a tiny pair. @param type of its matrices. */
export async function makeTinyModel(
  directory: string,
  options: Partial<TinyShape> & { type?: 'F32' | 'F16' } = {},
): Promise<ModelPair> {
  const { type = 'F32', ...shape } = options;
  return writeTinyModel(directory, makeTinyCheckpoint(shape), type);
}

/** Writes a checkpoint that was made before, so that a test can compare with its tensors. */
export async function writeTinyModel(
  directory: string,
  tiny: TinyCheckpoint,
  type: 'F32' | 'F16' = 'F32',
): Promise<ModelPair> {
  const checkpoint = understandTiny(tiny);
  const pair = { model: join(directory, 'tiny.gguf'), mmproj: join(directory, 'tiny-mmproj.gguf') };
  await mkdir(directory, { recursive: true });
  await writeGguf(pair.model, asGgufFile(planTextFile(checkpoint, tiny.tokenizer, PROVENANCE), type));
  await writeGguf(pair.mmproj, asGgufFile(planProjectorFile(checkpoint, PROVENANCE), type));
  return pair;
}

const VIT_LARGE = {
  imageSize: 336,
  patchSize: 14,
  visionBlocks: 24,
  visionEmbedding: 1024,
  visionFeedForward: 4096,
  visionHeads: 16,
};
/** The proportions of TinyLlama 1.1B and Llama-2 7B, each with CLIP ViT-L/14-336. */
export const REAL_SHAPES: Readonly<Record<'1b' | '7b', TinyShape>> = {
  '1b': {
    ...TINY,
    ...VIT_LARGE,
    blocks: 22,
    embedding: 2048,
    feedForward: 5632,
    heads: 32,
    keyHeads: 4,
    contextLength: 4096,
  },
  '7b': {
    ...TINY,
    ...VIT_LARGE,
    blocks: 32,
    embedding: 4096,
    feedForward: 11008,
    heads: 32,
    keyHeads: 32,
    contextLength: 4096,
  },
};

/** Writes a pair of real proportions with random weights: Q4_K_M's mix of types, the projector in F16, Llama 2's words. @param blocks fewer than its own, for a part of its work */
export async function makeRealSizedModel(
  directory: string,
  size: '1b' | '7b',
  signal?: AbortSignal,
  blocks = REAL_SHAPES[size].blocks,
): Promise<ModelPair> {
  const shape = { ...REAL_SHAPES[size], blocks };
  const tokenizer = await llamaTokenizer();
  const sources = new Map<string, SourceTensor>();
  for (const [name, dimensions] of tensorShapes(shape, tokenizer.tokens.length))
    sources.set(name, {
      name,
      shape: dimensions,
      type: 'F16',
      origin: 'nowhere',
      read: () => Promise.reject(new Error('Only the shape of this tensor exists.')),
    });
  const { config } = makeTinyCheckpoint({ seed: 1 });
  const { heads, keyHeads, visionHeads } = shape;
  const realConfig = {
    ...{ ...config, hidden_size: undefined, intermediate_size: undefined, num_hidden_layers: undefined },
    ...{ num_attention_heads: heads, num_key_value_heads: keyHeads, max_position_embeddings: shape.contextLength },
    vision_config: { num_attention_heads: visionHeads, hidden_act: 'quick_gelu', projection_dim: 768 },
  };
  const checkpoint = understandCheckpoint({
    source: { tensors: sources, close: async () => {} },
    config: JSON.parse(JSON.stringify(realConfig)) as { [key: string]: unknown },
  });
  const pair = { model: join(directory, `${size}-q4.gguf`), mmproj: join(directory, `${size}-mmproj.gguf`) };
  await mkdir(directory, { recursive: true });
  const noise = new Noise(shape.seed);
  const text = planTextFile(checkpoint, tokenizer, PROVENANCE);
  await writeGguf(
    pair.model,
    randomFile(text, (name) => quantizedType(name, shape.blocks), noise, 15),
    { signal },
  );
  await writeGguf(
    pair.mmproj,
    randomFile(planProjectorFile(checkpoint, PROVENANCE), () => 'F16', noise, 1),
    { signal },
  );
  return pair;
}

/** As llama.cpp mixes types for Q4_K_M: more bits for the output and half of the values and down-projections. */
function quantizedType(name: string, blocks: number): TensorType {
  if (name === 'output.weight') return 'Q6_K';
  const block = Number(/^blk\.(\d+)\.(?:attn_v|ffn_down)\./.exec(name)?.[1] ?? Number.NaN);
  const more = block < blocks / 8 || block >= (7 * blocks) / 8 || (block - Math.floor(blocks / 8)) % 3 === 2;
  return more ? 'Q6_K' : 'Q4_K';
}

/** The plan with random numbers of each tensor's type. @param fileType llama.cpp's number of the mix. */
export function randomFile(
  plan: PlannedFile,
  typeOf: (name: string) => TensorType,
  noise: Noise,
  fileType: number,
): GgufFile {
  const metadata = new Map(plan.metadata);
  metadata.set('general.file_type', { type: 'uint32', value: fileType });
  return {
    metadata,
    tensors: plan.tensors.map(({ name, shape, keepF32 }) => {
      const type = keepF32 ? 'F32' : typeOf(name);
      return { name, shape, type, data: () => noise.pieces(type, tensorBytes(shape, type), shape.at(-1)!) };
    }),
  };
}

/** Random bytes that are sane numbers in each type, repeated from a piece of a megabyte or so. */
export class Noise {
  readonly #uniform: () => number;
  readonly #pieces = new Map<string, Uint8Array>();

  constructor(seed: number) {
    this.#uniform = seededRandom(seed);
  }

  *pieces(type: TensorType, bytes: number, rowLength: number): Generator<Uint8Array> {
    const piece = this.#piece(type, rowLength);
    for (let written = 0; written < bytes; written += piece.length)
      yield piece.subarray(0, Math.min(piece.length, bytes - written));
  }

  #piece(type: TensorType, rowLength: number): Uint8Array {
    const key = `${type} ${rowLength}`;
    const known = this.#pieces.get(key);
    if (known) return known;
    const { blockSize, blockBytes } = TENSOR_TYPES[type];
    const blocks = Math.ceil((1 << 20) / blockBytes);
    const deviation = 1 / Math.sqrt(rowLength);
    let piece: Uint8Array;
    if (type === 'F32') piece = new Uint8Array(normals(this.#uniform, blocks * blockSize, 0.1, 0.5).buffer);
    else if (type === 'F16')
      piece = new Uint8Array(Float16Array.from(normals(this.#uniform, blocks, deviation)).buffer);
    else {
      piece = Uint8Array.from({ length: blocks * blockBytes }, () => this.#uniform() * 256);
      const view = new DataView(piece.buffer);
      for (let at = 0; at < piece.length; at += blockBytes) {
        // The scales of a block: values of about the deviation, centred.
        if (type === 'Q4_K') {
          view.setFloat16(at, deviation / 250, true);
          view.setFloat16(at + 2, deviation / 33, true);
        } else if (type === 'Q8_0') view.setFloat16(at, deviation / 73, true);
        else view.setFloat16(at + blockBytes - 2, deviation / 1500, true);
      }
    }
    this.#pieces.set(key, piece);
    return piece;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { shape: { type: 'string', default: 'tiny' }, seed: { type: 'string', default: '1' } },
  });
  const [directory] = positionals;
  const { shape, seed } = values;
  if (!directory || !['tiny', '1b', '7b'].includes(shape)) {
    console.error('Usage: node models/tiny/make.ts <folder> [--shape tiny|1b|7b] [--seed N]');
    process.exitCode = 2;
  } else {
    const pair =
      shape === 'tiny'
        ? await makeTinyModel(directory, { seed: Number(seed) })
        : await makeRealSizedModel(directory, shape as '1b' | '7b');
    console.log(JSON.stringify(pair));
  }
}
