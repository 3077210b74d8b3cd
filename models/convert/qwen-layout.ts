/**
 * What a Qwen3.5 or Qwen3-VL checkpoint is: dimensions of its language model and vision tower, read from its tensors and
 * checked against its config. Qwen3.5 mixes two kinds of blocks: most have a gated delta rule (linear attention, with a
 * state that runs along the text), every fourth has gated full attention.
 * Sources: Hugging Face transformers, configuration_qwen3_5.py, modeling_qwen3_5.py, modeling_qwen3_vl.py.
 */
import { ConversionError } from './failure.ts';
import { asObject, type JsonObject } from './files.ts';
import {
  agree,
  blockCount,
  type CheckpointParts,
  count,
  isTied,
  LARGEST_VOCABULARY,
  need,
  positive,
  threeNumbers,
} from './layout.ts';
import { shown } from './safetensors.ts';
import type { SourceTensor } from './tensor-source.ts';

/** Names of llama.cpp's architectures. */
export type QwenKind = 'qwen35' | 'qwen3vl';

export interface QwenTextLayout {
  kind: QwenKind;
  embedding: number;
  feedForward: number;
  blocks: number;
  heads: number;
  keyHeads: number;
  headWidth: number;
  vocabulary: number;
  contextLength: number;
  normEpsilon: number;
  ropeBase: number;
  /** Numbers of a head that are rotated; the rest passes. */
  rotaryWidth: number;
  /** How many pairs turn with time, height and width. */
  sections: readonly [number, number, number];
  tied: boolean;
  /** Null where every block has full attention. */
  linear: LinearLayout | null;
}

export interface LinearLayout {
  keyHeads: number;
  valueHeads: number;
  headWidth: number;
  /** Taps of the convolution over the text. */
  kernel: number;
  /** Of each block, whether its attention is linear. */
  blocks: readonly boolean[];
}

export interface QwenVisionLayout {
  embedding: number;
  feedForward: number;
  blocks: number;
  heads: number;
  patchSize: number;
  /** Learned positions lie on a square of so many a side. */
  side: number;
  /** Patches of each side that are merged into one token. */
  merge: number;
  /** Blocks whose output is handed to the language model's first blocks too. */
  deepstack: readonly number[];
  mean: readonly [number, number, number];
  deviation: readonly [number, number, number];
}

export interface QwenCheckpoint {
  /** `embed_tokens.weight`, `layers.0.…`, `norm.weight`, `lm_head.weight`. */
  text: ReadonlyMap<string, SourceTensor>;
  /** `patch_embed.proj.weight`, `blocks.0.…`, `merger.…` */
  vision: ReadonlyMap<string, SourceTensor>;
  textLayout: QwenTextLayout;
  visionLayout: QwenVisionLayout;
  warnings: string[];
}

const KINDS: Readonly<Record<string, QwenKind>> = {
  Qwen3_5ForConditionalGeneration: 'qwen35',
  Qwen3VLForConditionalGeneration: 'qwen3vl',
};

/** The engine's name of the architecture, where the config says that it is one of these. */
export function qwenKind(config: JsonObject): QwenKind | null {
  const [architecture] = Array.isArray(config.architectures) ? config.architectures : [];
  return KINDS[String(architecture)] ?? null;
}

/** @throws ConversionError naming what was found and what is needed. */
export function understandQwen(parts: CheckpointParts, kind: QwenKind): QwenCheckpoint {
  const { config } = parts;
  const warnings: string[] = [];
  const { text, vision, skipped } = sortTensors(parts);
  if (vision.size === 0) throw new ConversionError('The checkpoint has no vision tower (visual.…): it cannot see.');
  if (skipped > 0) warnings.push(`${skipped} tensors that guess several words ahead (mtp) are left out.`);
  const textConfig = asObject(config.text_config);
  if (!textConfig) throw new ConversionError('The config has no text_config.');
  const textLayout = readText(kind, config, textConfig, text);
  const visionLayout = readVision(parts, vision, textLayout);
  return { text, vision, textLayout, visionLayout, warnings };
}

function sortTensors({ source }: CheckpointParts) {
  const text = new Map<string, SourceTensor>();
  const vision = new Map<string, SourceTensor>();
  const unknown: string[] = [];
  let skipped = 0;
  for (const [name, tensor] of source.tensors) {
    const seen = /^(?:model\.)?visual\.(.+)$/.exec(name)?.[1];
    const words = /^(?:model\.)?(?:language_model\.)?(?:model\.)?((?:embed_tokens|layers|norm|lm_head)\..+)$/.exec(
      name,
    )?.[1];
    if (/^(model\.)?mtp\./.test(name)) skipped++;
    else if (/rotary_(pos_)?emb\.inv_freq$/.test(name)) continue;
    else if (seen) vision.set(seen, tensor);
    else if (words && !text.has(words)) text.set(words, tensor);
    else unknown.push(name);
  }
  if (unknown.some((name) => /(^|\.)lora_[AB]\./.test(name)))
    throw new ConversionError(
      'The checkpoint holds LoRA adapters that are not merged. Merge them into the base model first.',
    );
  if (unknown.length > 0)
    throw new ConversionError(
      `The checkpoint has ${unknown.length} tensors that Qwen models do not have, such as ${unknown.slice(0, 3).map(shown).join(', ')}.`,
    );
  return { text, vision, skipped };
}

function readText(
  kind: QwenKind,
  root: JsonObject,
  config: JsonObject,
  text: ReadonlyMap<string, SourceTensor>,
): QwenTextLayout {
  const part = 'language model';
  const [vocabulary, embedding] = need(text, 'embed_tokens.weight', 2, part) as [number, number];
  if (vocabulary > LARGEST_VOCABULARY)
    throw new ConversionError(
      `The embedding has ${vocabulary} rows; at most ${LARGEST_VOCABULARY} tokens are expected.`,
    );
  const blocks = blockCount(text, /^layers\.(\d{1,5})\./);
  const [feedForward] = need(text, 'layers.0.mlp.gate_proj.weight', 2, part) as [number, number];
  agree(config, 'hidden_size', embedding);
  agree(config, 'intermediate_size', feedForward);
  agree(config, 'num_hidden_layers', blocks);
  if ((config.hidden_act ?? 'silu') !== 'silu')
    throw new ConversionError(`The language model uses ${shown(String(config.hidden_act))}; silu is needed.`);
  const heads = required(config, 'num_attention_heads');
  const keyHeads = required(config, 'num_key_value_heads');
  const headWidth = count(config, 'head_dim') ?? embedding / heads;
  if (!Number.isInteger(headWidth) || headWidth % 2 !== 0 || heads % keyHeads !== 0)
    throw new ConversionError(`${heads} heads of width ${headWidth} cannot share ${keyHeads} key heads.`);
  const rope = asObject(config.rope_parameters) ?? asObject(config.rope_scaling) ?? {};
  const usualShare = kind === 'qwen35' ? 0.25 : 1;
  const rotaryWidth = Math.trunc(
    headWidth * positive(rope, 'partial_rotary_factor', positive(config, 'partial_rotary_factor', usualShare)),
  );
  const sections = (threeNumbers(rope.mrope_section) ?? (kind === 'qwen35' ? [11, 11, 10] : [24, 20, 20])) as [
    number,
    number,
    number,
  ];
  if (sections.some((size) => !Number.isInteger(size)) || sections[0] + sections[1] + sections[2] !== rotaryWidth / 2)
    throw new ConversionError(
      `The config turns ${rotaryWidth / 2} pairs of numbers by ${sections.join(' + ')} positions; they do not add up.`,
    );
  const scaling = rope.rope_type ?? rope.type ?? 'default';
  if (scaling !== 'default' && scaling !== 'mrope')
    throw new ConversionError(
      `The language model scales its positions by ${shown(String(scaling))}, which is not known.`,
    );
  const tied = isTied(text, config, root);
  return {
    kind,
    embedding,
    feedForward,
    blocks,
    heads,
    keyHeads,
    headWidth,
    vocabulary,
    contextLength: count(config, 'max_position_embeddings') ?? 32768,
    normEpsilon: positive(config, 'rms_norm_eps', 1e-6),
    ropeBase: positive(rope, 'rope_theta', positive(config, 'rope_theta', kind === 'qwen35' ? 1e7 : 5e6)),
    rotaryWidth,
    sections,
    tied,
    linear: kind === 'qwen35' ? readLinear(config, text, blocks) : null,
  };
}

function readLinear(config: JsonObject, text: ReadonlyMap<string, SourceTensor>, blocks: number): LinearLayout {
  const keyHeads = required(config, 'linear_num_key_heads');
  const valueHeads = required(config, 'linear_num_value_heads');
  const headWidth = required(config, 'linear_key_head_dim');
  if (required(config, 'linear_value_head_dim') !== headWidth)
    throw new ConversionError(
      'Keys and values of the linear attention differ in width, which the engine does not know.',
    );
  if (valueHeads % keyHeads !== 0)
    throw new ConversionError(`${valueHeads} value heads of the linear attention cannot share ${keyHeads} key heads.`);
  const linear = Array.from({ length: blocks }, (_, block) => text.has(`layers.${block}.linear_attn.A_log`));
  const types = config.layer_types;
  if (Array.isArray(types) && types.some((type, block) => (type === 'linear_attention') !== linear[block]))
    throw new ConversionError("The config's layer_types and the tensors do not belong together.");
  return { keyHeads, valueHeads, headWidth, kernel: required(config, 'linear_conv_kernel_dim'), blocks: linear };
}

function readVision(
  parts: CheckpointParts,
  vision: ReadonlyMap<string, SourceTensor>,
  text: QwenTextLayout,
): QwenVisionLayout {
  const config = asObject(parts.config.vision_config);
  const part = 'vision tower';
  const shape = need(vision, 'patch_embed.proj.weight', 5, part);
  const [embedding, channels, frames, patchSize] = shape as [number, number, number, number, number];
  if (channels !== 3 || frames !== 2)
    throw new ConversionError(`The vision tower takes ${frames} frames of ${channels} colors; 2 of 3 are needed.`);
  const [positions] = need(vision, 'pos_embed.weight', 2, part) as [number, number];
  const side = Math.sqrt(positions);
  if (!Number.isInteger(side))
    throw new ConversionError(`The vision tower has ${positions} positions, which make no square.`);
  const [feedForward] = need(vision, 'blocks.0.mlp.linear_fc1.weight', 2, part) as [number, number];
  const blocks = blockCount(vision, /^blocks\.(\d{1,5})\./);
  agree(config, 'hidden_size', embedding);
  agree(config, 'intermediate_size', feedForward);
  agree(config, 'depth', blocks);
  agree(config, 'patch_size', patchSize);
  agree(config, 'out_hidden_size', text.embedding);
  const heads = required(config, 'num_heads');
  if (embedding % heads !== 0 || (embedding / heads) % 4 !== 0)
    throw new ConversionError(`A vision tower ${embedding} wide cannot have ${heads} heads.`);
  const merge = count(config, 'spatial_merge_size') ?? 2;
  if (merge !== 2) throw new ConversionError(`The projector merges ${merge} × ${merge} patches; 2 × 2 are needed.`);
  const activation = config?.hidden_act ?? 'gelu_pytorch_tanh';
  if (activation !== 'gelu_pytorch_tanh')
    throw new ConversionError(`The vision tower uses ${shown(String(activation))}; gelu_pytorch_tanh is needed.`);
  const said = config?.deepstack_visual_indexes ?? [];
  if (!Array.isArray(said) || said.some((block) => !Number.isInteger(block) || block < 0 || block >= blocks))
    throw new ConversionError("The config's deepstack_visual_indexes name no blocks of the vision tower.");
  const half = [0.5, 0.5, 0.5] as const;
  return {
    embedding,
    feedForward,
    blocks,
    heads,
    patchSize,
    side,
    merge,
    deepstack: said as number[],
    mean: threeNumbers(parts.preprocessor?.image_mean) ?? half,
    deviation: threeNumbers(parts.preprocessor?.image_std) ?? half,
  };
}

function required(config: JsonObject | null, key: string): number {
  const value = count(config, key);
  if (value === null) throw new ConversionError(`The config has no ${key}.`);
  return value;
}
