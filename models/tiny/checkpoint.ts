/**
 * Makes LLaVA-1.5 shaped checkpoints with random weights, under the names and with the meaning that Hugging Face
 * gives them. The numbers are nonsense and the path is real: every test of the engine runs on such models.
 */

import { seededRandom } from '../../shared/random.ts';
import { type Checkpoint, understandCheckpoint } from '../convert/layout.ts';
import type { SourceTensor, TensorSource } from '../convert/tensor-source.ts';
import type { Tokenizer } from '../convert/tokenizer.ts';
import { normals } from './random.ts';
import { tinyTokenizer } from './vocabulary.ts';

export interface TinyShape {
  seed: number;
  /** Language model. */
  blocks: number;
  embedding: number;
  feedForward: number;
  heads: number;
  /** Heads of keys and values; `heads` is a multiple. */
  keyHeads: number;
  contextLength: number;
  /** Vision tower, the last block (which LLaVA does not run) included. */
  imageSize: number;
  patchSize: number;
  visionBlocks: number;
  visionEmbedding: number;
  visionFeedForward: number;
  visionHeads: number;
}

export const TINY: Readonly<TinyShape> = {
  seed: 1,
  blocks: 2,
  embedding: 64,
  feedForward: 128,
  heads: 4,
  keyHeads: 2,
  contextLength: 2048,
  imageSize: 56,
  patchSize: 14,
  visionBlocks: 3,
  visionEmbedding: 64,
  visionFeedForward: 128,
  visionHeads: 4,
};

export interface TinyTensor {
  shape: readonly number[];
  data: Float32Array;
}

export interface TinyCheckpoint {
  shape: TinyShape;
  /** As Hugging Face's config.json has it, with the vision tower's in `vision_config`. */
  config: { [key: string]: unknown };
  /** Names of LLaVA's own layout (`model.layers.0.…`, `model.vision_tower.vision_tower.…`, `model.mm_projector.…`). */
  tensors: Map<string, TinyTensor>;
  tokenizer: Tokenizer;
}

export const VISION_PREFIX = 'model.vision_tower.vision_tower.vision_model.';

export function makeTinyCheckpoint(options: Partial<TinyShape> = {}): TinyCheckpoint {
  const shape = { ...TINY, ...options };
  const tokenizer = tinyTokenizer();
  const uniform = seededRandom(shape.seed);
  const tensors = new Map<string, TinyTensor>();
  for (const [name, size] of tensorShapes(shape, tokenizer.tokens.length)) {
    const count = size.reduce((product, length) => product * length, 1);
    const norm = /norm[12]?\.weight$|layrnorm\.weight$/.test(name);
    const data = norm ? normals(uniform, count, 0.1, 1) : normals(uniform, count, deviationOf(name, size));
    tensors.set(name, { shape: size, data });
  }
  return { shape, config: configOf(shape, tokenizer.tokens.length), tensors, tokenizer };
}

/** Large enough that a photo changes what is said, small enough that nothing saturates. */
function deviationOf(name: string, size: readonly number[]): number {
  if (name.endsWith('bias')) return 0.1;
  if (name.endsWith('embed_tokens.weight')) return 0.6;
  if (name.endsWith('lm_head.weight')) return 2 / Math.sqrt(size[1]!);
  if (/class_embedding|position_embedding/.test(name)) return 0.5;
  return 1.2 / Math.sqrt(size.slice(1).reduce((product, length) => product * length, 1));
}

/** Names and shapes of all tensors, outermost dimension first. */
export function tensorShapes(shape: TinyShape, vocabulary: number): [string, number[]][] {
  const { embedding, feedForward } = shape;
  const headWidth = embedding / shape.heads;
  const list: [string, number[]][] = [['model.embed_tokens.weight', [vocabulary, embedding]]];
  for (let block = 0; block < shape.blocks; block++) {
    const at = `model.layers.${block}.`;
    list.push(
      [`${at}input_layernorm.weight`, [embedding]],
      [`${at}self_attn.q_proj.weight`, [embedding, embedding]],
      [`${at}self_attn.k_proj.weight`, [shape.keyHeads * headWidth, embedding]],
      [`${at}self_attn.v_proj.weight`, [shape.keyHeads * headWidth, embedding]],
      [`${at}self_attn.o_proj.weight`, [embedding, embedding]],
      [`${at}post_attention_layernorm.weight`, [embedding]],
      [`${at}mlp.gate_proj.weight`, [feedForward, embedding]],
      [`${at}mlp.up_proj.weight`, [feedForward, embedding]],
      [`${at}mlp.down_proj.weight`, [embedding, feedForward]],
    );
  }
  list.push(['model.norm.weight', [embedding]], ['lm_head.weight', [vocabulary, embedding]]);

  const width = shape.visionEmbedding;
  const positions = (shape.imageSize / shape.patchSize) ** 2 + 1;
  const pair = (name: string, size: number[]) => list.push([`${name}.weight`, size], [`${name}.bias`, [size[0]!]]);
  list.push(
    [`${VISION_PREFIX}embeddings.class_embedding`, [width]],
    [`${VISION_PREFIX}embeddings.patch_embedding.weight`, [width, 3, shape.patchSize, shape.patchSize]],
    [`${VISION_PREFIX}embeddings.position_embedding.weight`, [positions, width]],
  );
  pair(`${VISION_PREFIX}pre_layrnorm`, [width]);
  for (let block = 0; block < shape.visionBlocks; block++) {
    const at = `${VISION_PREFIX}encoder.layers.${block}.`;
    for (const name of ['q_proj', 'k_proj', 'v_proj', 'out_proj']) pair(`${at}self_attn.${name}`, [width, width]);
    pair(`${at}layer_norm1`, [width]);
    pair(`${at}mlp.fc1`, [shape.visionFeedForward, width]);
    pair(`${at}mlp.fc2`, [width, shape.visionFeedForward]);
    pair(`${at}layer_norm2`, [width]);
  }
  pair(`${VISION_PREFIX}post_layernorm`, [width]);
  pair('model.mm_projector.0', [embedding, width]);
  pair('model.mm_projector.2', [embedding, embedding]);
  return list;
}

function configOf(shape: TinyShape, vocabulary: number): { [key: string]: unknown } {
  return {
    architectures: ['LlavaLlamaForCausalLM'],
    model_type: 'llava_llama',
    hidden_act: 'silu',
    hidden_size: shape.embedding,
    intermediate_size: shape.feedForward,
    num_hidden_layers: shape.blocks,
    num_attention_heads: shape.heads,
    num_key_value_heads: shape.keyHeads,
    max_position_embeddings: shape.contextLength,
    rms_norm_eps: 1e-5,
    vocab_size: vocabulary,
    bos_token_id: 1,
    eos_token_id: 2,
    mm_projector_type: 'mlp2x_gelu',
    mm_vision_select_layer: -2,
    mm_vision_select_feature: 'patch',
    vision_config: {
      model_type: 'clip_vision_model',
      hidden_act: 'quick_gelu',
      hidden_size: shape.visionEmbedding,
      intermediate_size: shape.visionFeedForward,
      num_hidden_layers: shape.visionBlocks,
      num_attention_heads: shape.visionHeads,
      image_size: shape.imageSize,
      patch_size: shape.patchSize,
      layer_norm_eps: 1e-5,
      projection_dim: 768,
    },
  };
}

/** The checkpoint as the converter understands it. */
export function understandTiny(tiny: TinyCheckpoint): Checkpoint {
  return understandCheckpoint({ source: tensorsInMemory(tiny.tensors), config: tiny.config });
}

/** Tensors that are in memory already: a tiny model's. */
function tensorsInMemory(
  tensors: Iterable<readonly [name: string, tensor: { shape: readonly number[]; data: Float32Array }]>,
): TensorSource {
  const map = new Map<string, SourceTensor>();
  for (const [name, { shape, data }] of tensors) {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    map.set(name, {
      name,
      shape,
      type: 'F32',
      origin: 'memory',
      read: async (start, length) => bytes.slice(start, start + length),
    });
  }
  return { tensors: map, close: async () => {} };
}
