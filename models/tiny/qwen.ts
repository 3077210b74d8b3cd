/**
 * Makes Qwen3.5 and Qwen3-VL shaped checkpoints with random weights, under the names and with the meaning that Hugging
 * Face gives them, and a small tokenizer over bytes. `realQwen` has the proportions of Q-ReAlign Mini (Qwen3.5 0.8B).
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { seededRandom } from '../../shared/random.ts';
import type { QwenKind } from '../convert/qwen-layout.ts';
import type { TinyTensor } from './checkpoint.ts';
import { normals } from './random.ts';
import { WORDS } from './vocabulary.ts';

export interface QwenShape {
  kind: QwenKind;
  seed: number;
  /** Language model; in Qwen3.5 every fourth block has full attention, the others linear attention. */
  blocks: number;
  embedding: number;
  feedForward: number;
  heads: number;
  keyHeads: number;
  headWidth: number;
  linearKeyHeads: number;
  linearValueHeads: number;
  linearWidth: number;
  /** Share of a head that turns with its position, and how many of those pairs turn with time, height and width. */
  rotary: number;
  sections: readonly [number, number, number];
  tied: boolean;
  /** Vision tower. */
  visionBlocks: number;
  visionEmbedding: number;
  visionFeedForward: number;
  visionHeads: number;
  patchSize: number;
  /** Learned positions a side. */
  side: number;
  deepstack: readonly number[];
}

export const TINY_QWEN35: Readonly<QwenShape> = {
  kind: 'qwen35',
  seed: 1,
  blocks: 4,
  embedding: 64,
  feedForward: 96,
  heads: 4,
  keyHeads: 2,
  headWidth: 32,
  linearKeyHeads: 2,
  linearValueHeads: 6,
  linearWidth: 16,
  rotary: 0.5,
  sections: [3, 3, 2],
  tied: true,
  visionBlocks: 2,
  visionEmbedding: 64,
  visionFeedForward: 96,
  visionHeads: 2,
  patchSize: 16,
  side: 6,
  deepstack: [],
};

export const TINY_QWEN3VL: Readonly<QwenShape> = {
  ...TINY_QWEN35,
  kind: 'qwen3vl',
  rotary: 1,
  sections: [6, 5, 5],
  tied: false,
  visionBlocks: 3,
  deepstack: [0, 1],
};

export interface TinyQwen {
  shape: QwenShape;
  /** As config.json has it. */
  config: { [key: string]: unknown };
  tensors: Map<string, TinyTensor>;
  /** As tokenizer.json and tokenizer_config.json have it. */
  tokenizer: ByteTokenizerFile;
  tokenizerConfig: { [key: string]: unknown };
}

export interface ByteTokenizerFile {
  model: { type: 'BPE'; vocab: Record<string, number>; merges: [string, string][] };
  added_tokens: { id: number; content: string; special: boolean }[];
  normalizer: { type: 'NFC' };
  pre_tokenizer: {
    type: 'Sequence';
    pretokenizers: [
      { type: 'Split'; pattern: { Regex: string }; behavior: 'Isolated'; invert: false },
      { type: 'ByteLevel'; add_prefix_space: false; trim_offsets: false; use_regex: false },
    ];
  };
}

/** @param tokenizer another one than the small one, such as the real model's. */
export function makeTinyQwen(options: Partial<QwenShape> = {}, tokenizer = smallByteTokenizer()): TinyQwen {
  const shape = { ...(options.kind === 'qwen3vl' ? TINY_QWEN3VL : TINY_QWEN35), ...options };
  const rows = 1 + Math.max(...Object.values(tokenizer.model.vocab), ...tokenizer.added_tokens.map(({ id }) => id));
  const uniform = seededRandom(shape.seed);
  const tensors = new Map<string, TinyTensor>();
  for (const [name, size] of qwenTensors(shape, rows)) {
    const count = size.reduce((product, length) => product * length, 1);
    tensors.set(name, {
      shape: size,
      data: normals(uniform, count, deviationOf(name, size), meanOf(name, shape.kind)),
    });
  }
  const eos = '<|im_end|>';
  return {
    shape,
    config: qwenConfig(shape, rows),
    tensors,
    tokenizer,
    tokenizerConfig: {
      add_bos_token: false,
      bos_token: null,
      eos_token: eos,
      pad_token: '<|endoftext|>',
      chat_template: QWEN_TEMPLATE,
    },
  };
}

/** Writes config, tokenizer and weights (`model.safetensors`, 32-bit numbers) as a checkpoint's folder has them. */
export async function writeTinyQwen(folder: string, tiny: TinyQwen): Promise<void> {
  await mkdir(folder, { recursive: true });
  const put = (name: string, value: unknown) => writeFile(join(folder, name), JSON.stringify(value));
  await put('config.json', tiny.config);
  await put('tokenizer.json', tiny.tokenizer);
  await put('tokenizer_config.json', tiny.tokenizerConfig);
  const header: { [name: string]: unknown } = {};
  let offset = 0;
  for (const [name, { shape, data }] of tiny.tensors) {
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  const text = JSON.stringify(header);
  const head = Buffer.from(text.padEnd(Math.ceil(text.length / 8) * 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(head.length));
  const pieces = [...tiny.tensors.values()].map(({ data }) =>
    Buffer.from(data.buffer, data.byteOffset, data.byteLength),
  );
  await writeFile(join(folder, 'model.safetensors'), Buffer.concat([length, head, ...pieces]));
}

/** Names and shapes of all tensors, outermost dimension first. */
export function qwenTensors(shape: QwenShape, rows: number): [string, number[]][] {
  const { embedding, feedForward, heads, keyHeads, headWidth, visionEmbedding: width } = shape;
  const language = 'model.language_model.';
  const list: [string, number[]][] = [[`${language}embed_tokens.weight`, [rows, embedding]]];
  const gate = shape.kind === 'qwen35' ? 2 : 1;
  for (let block = 0; block < shape.blocks; block++) {
    const at = `${language}layers.${block}.`;
    list.push([`${at}input_layernorm.weight`, [embedding]], [`${at}post_attention_layernorm.weight`, [embedding]]);
    if (isLinear(shape, block)) {
      const keys = shape.linearKeyHeads * shape.linearWidth;
      const values = shape.linearValueHeads * shape.linearWidth;
      list.push(
        [`${at}linear_attn.in_proj_qkv.weight`, [2 * keys + values, embedding]],
        [`${at}linear_attn.in_proj_z.weight`, [values, embedding]],
        [`${at}linear_attn.in_proj_b.weight`, [shape.linearValueHeads, embedding]],
        [`${at}linear_attn.in_proj_a.weight`, [shape.linearValueHeads, embedding]],
        [`${at}linear_attn.conv1d.weight`, [2 * keys + values, 1, 4]],
        [`${at}linear_attn.A_log`, [shape.linearValueHeads]],
        [`${at}linear_attn.dt_bias`, [shape.linearValueHeads]],
        [`${at}linear_attn.norm.weight`, [shape.linearWidth]],
        [`${at}linear_attn.out_proj.weight`, [embedding, values]],
      );
    } else
      list.push(
        [`${at}self_attn.q_proj.weight`, [heads * headWidth * gate, embedding]],
        [`${at}self_attn.k_proj.weight`, [keyHeads * headWidth, embedding]],
        [`${at}self_attn.v_proj.weight`, [keyHeads * headWidth, embedding]],
        [`${at}self_attn.o_proj.weight`, [embedding, heads * headWidth]],
        [`${at}self_attn.q_norm.weight`, [headWidth]],
        [`${at}self_attn.k_norm.weight`, [headWidth]],
      );
    list.push(
      [`${at}mlp.gate_proj.weight`, [feedForward, embedding]],
      [`${at}mlp.up_proj.weight`, [feedForward, embedding]],
      [`${at}mlp.down_proj.weight`, [embedding, feedForward]],
    );
  }
  list.push([`${language}norm.weight`, [embedding]]);
  if (!shape.tied) list.push(['lm_head.weight', [rows, embedding]]);
  // Heads that guess ahead come with Qwen3.5 and are not used.
  if (shape.kind === 'qwen35') list.push(['mtp.fc.weight', [embedding, 2 * embedding]]);

  const see = 'model.visual.';
  const pair = (name: string, size: number[]) => list.push([`${name}.weight`, size], [`${name}.bias`, [size[0]!]]);
  pair(`${see}patch_embed.proj`, [width, 3, 2, shape.patchSize, shape.patchSize]);
  list.push([`${see}pos_embed.weight`, [shape.side ** 2, width]]);
  for (let block = 0; block < shape.visionBlocks; block++) {
    const at = `${see}blocks.${block}.`;
    pair(`${at}norm1`, [width]);
    pair(`${at}norm2`, [width]);
    pair(`${at}attn.qkv`, [3 * width, width]);
    pair(`${at}attn.proj`, [width, width]);
    pair(`${at}mlp.linear_fc1`, [shape.visionFeedForward, width]);
    pair(`${at}mlp.linear_fc2`, [width, shape.visionFeedForward]);
  }
  const merger = (at: string, norm: number) => {
    pair(`${at}norm`, [norm]);
    pair(`${at}linear_fc1`, [4 * width, 4 * width]);
    pair(`${at}linear_fc2`, [embedding, 4 * width]);
  };
  merger(`${see}merger.`, width);
  for (const index of shape.deepstack.keys()) merger(`${see}deepstack_merger_list.${index}.`, 4 * width);
  return list;
}

function isLinear(shape: QwenShape, block: number): boolean {
  return shape.kind === 'qwen35' && (block + 1) % 4 !== 0;
}

function meanOf(name: string, kind: QwenKind): number {
  if (!/norm\d?\.weight$/.test(name)) return 0;
  const centred = kind === 'qwen35' && !/visual\.|linear_attn\.norm/.test(name);
  return centred ? 0 : 1;
}

/** Large enough that a photo changes what is said, small enough that nothing saturates. */
function deviationOf(name: string, size: readonly number[]): number {
  if (/norm\d?\.weight$|bias$/.test(name)) return 0.1;
  if (name.endsWith('A_log')) return 0.5;
  if (name.endsWith('embed_tokens.weight')) return 0.3;
  if (name.endsWith('lm_head.weight')) return 2 / Math.sqrt(size[1]!);
  if (name.endsWith('pos_embed.weight')) return 0.5;
  if (name.endsWith('conv1d.weight')) return 0.6;
  return 1.2 / Math.sqrt(size.slice(1).reduce((product, length) => product * length, 1));
}

/** As config.json has it. @param rows of the embedding. */
export function qwenConfig(shape: QwenShape, rows: number): { [key: string]: unknown } {
  const linear = {
    layer_types: Array.from({ length: shape.blocks }, (_, block) =>
      isLinear(shape, block) ? 'linear_attention' : 'full_attention',
    ),
    linear_conv_kernel_dim: 4,
    linear_key_head_dim: shape.linearWidth,
    linear_value_head_dim: shape.linearWidth,
    linear_num_key_heads: shape.linearKeyHeads,
    linear_num_value_heads: shape.linearValueHeads,
  };
  return {
    architectures: [shape.kind === 'qwen35' ? 'Qwen3_5ForConditionalGeneration' : 'Qwen3VLForConditionalGeneration'],
    model_type: shape.kind === 'qwen35' ? 'qwen3_5' : 'qwen3_vl',
    tie_word_embeddings: shape.tied,
    text_config: {
      hidden_size: shape.embedding,
      intermediate_size: shape.feedForward,
      num_hidden_layers: shape.blocks,
      num_attention_heads: shape.heads,
      num_key_value_heads: shape.keyHeads,
      head_dim: shape.headWidth,
      max_position_embeddings: 4096,
      rms_norm_eps: 1e-6,
      hidden_act: 'silu',
      vocab_size: rows,
      rope_parameters: {
        rope_type: 'default',
        rope_theta: 10000,
        mrope_interleaved: true,
        mrope_section: shape.sections,
        partial_rotary_factor: shape.rotary,
      },
      ...(shape.kind === 'qwen35' ? linear : {}),
    },
    vision_config: {
      depth: shape.visionBlocks,
      hidden_size: shape.visionEmbedding,
      intermediate_size: shape.visionFeedForward,
      num_heads: shape.visionHeads,
      patch_size: shape.patchSize,
      temporal_patch_size: 2,
      spatial_merge_size: 2,
      out_hidden_size: shape.embedding,
      num_position_embeddings: shape.side ** 2,
      hidden_act: 'gelu_pytorch_tanh',
      deepstack_visual_indexes: shape.deepstack,
    },
  };
}

/** Bytes, and whole words for what Keeplight asks and hears, each with the space before it. */
export function smallByteTokenizer(): ByteTokenizerFile {
  const vocab: Record<string, number> = {};
  const put = (text: string) => {
    vocab[text] ??= Object.keys(vocab).length;
  };
  let beyond = 256;
  for (let byte = 0; byte < 256; byte++) {
    const plain = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
    put(String.fromCodePoint(plain ? byte : beyond++));
  }
  const merges = new Map<string, [string, string]>();
  for (const word of WORDS)
    for (let length = 1; length <= word.length; length++) {
      const [left, right] = [`Ġ${word.slice(0, length - 1)}`, word[length - 1]!];
      put(left + right);
      merges.set(left + right, [left, right]);
    }
  const special = [
    '<|endoftext|>',
    '<|im_start|>',
    '<|im_end|>',
    '<|vision_start|>',
    '<|vision_end|>',
    '<|image_pad|>',
  ];
  const words = Object.keys(vocab).length;
  return {
    model: { type: 'BPE', vocab, merges: [...merges.values()] },
    added_tokens: [...special, '<think>', '</think>'].map((content, index) => ({
      id: words + index,
      content,
      special: index < special.length,
    })),
    ...QWEN_CUTTING,
  };
}

/** How the tokenizer.json of Qwen3.5 cuts text into words. */
export const QWEN_CUTTING: Pick<ByteTokenizerFile, 'normalizer' | 'pre_tokenizer'> = {
  normalizer: { type: 'NFC' },
  pre_tokenizer: {
    type: 'Sequence',
    pretokenizers: [
      {
        type: 'Split',
        pattern: {
          Regex:
            "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
        },
        behavior: 'Isolated',
        invert: false,
      },
      { type: 'ByteLevel', add_prefix_space: false, trim_offsets: false, use_regex: false },
    ],
  },
};

/** Qwen3.5's turns, without tools and system; thinking is left out unless it is asked for. */
export const QWEN_TEMPLATE = [
  '{%- for message in messages -%}',
  "{{- '<|im_start|>' + message.role + '\\n' -}}",
  '{%- if message.content is string -%}{{- message.content -}}{%- else -%}',
  '{%- for item in message.content -%}',
  "{%- if item.type == 'image' -%}{{- '<|vision_start|><|image_pad|><|vision_end|>' -}}",
  '{%- else -%}{{- item.text -}}{%- endif -%}{%- endfor -%}{%- endif -%}',
  "{{- '<|im_end|>\\n' -}}{%- endfor -%}",
  "{%- if add_generation_prompt -%}{{- '<|im_start|>assistant\\n' -}}",
  "{%- if enable_thinking is defined and enable_thinking -%}{{- '<think>\\n' -}}{%- else -%}{{- '<think>\\n\\n</think>\\n\\n' -}}{%- endif -%}",
  '{%- endif -%}',
].join('');
