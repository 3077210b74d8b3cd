/**
 * What a checkpoint is: the dimensions of its language model, vision tower and projector, read from its tensors and
 * checked against its config. Both of LLaVA's layouts are understood: the original (`LlavaLlamaForCausalLM`, also
 * ShareGPT4V and Q-Instruct) and Hugging Face's (`LlavaForConditionalGeneration`).
 */
import { ConversionError } from './failure.ts';
import { asObject, type JsonObject } from './files.ts';
import { sortTensors, sortVision } from './names.ts';
import { isStoredType } from './numbers.ts';
import { shown } from './safetensors.ts';
import type { SourceTensor, TensorSource } from './tensor-source.ts';

export interface TextLayout {
  embedding: number;
  feedForward: number;
  blocks: number;
  heads: number;
  /** Heads of keys and values: fewer where they are shared. */
  keyHeads: number;
  headWidth: number;
  vocabulary: number;
  contextLength: number;
  normEpsilon: number;
  ropeBase: number;
  /** Positions are divided by this; 1 where they are not. */
  ropeScale: number;
  /** Whether the output is the embedding's transpose and not stored. */
  tied: boolean;
}

export interface VisionLayout {
  embedding: number;
  feedForward: number;
  /** Blocks that the tower has. */
  blocks: number;
  /** Blocks that run: 23 of 24 where the features are hidden_states[-2]. */
  usedBlocks: number;
  heads: number;
  imageSize: number;
  patchSize: number;
  normEpsilon: number;
  activation: 'quick_gelu' | 'gelu';
  mean: readonly [number, number, number];
  deviation: readonly [number, number, number];
  projection: number;
}

export interface ProjectorLayout {
  kind: 'mlp' | 'linear';
  /** Width of the image tokens = the language model's embedding. */
  output: number;
  /** Width between the two layers. */
  hidden: number;
}

/** A checkpoint with its tensors under one set of names. */
export interface Checkpoint {
  /** `embed_tokens.weight`, `layers.0.self_attn.q_proj.weight`, …, `norm.weight`, `lm_head.weight`. */
  text: ReadonlyMap<string, SourceTensor>;
  /** `embeddings.class_embedding`, `encoder.layers.0.…`, … */
  vision: ReadonlyMap<string, SourceTensor>;
  /** `0.weight`, `0.bias`, `2.weight`, `2.bias`; only 0 where it is linear. */
  projector: ReadonlyMap<string, SourceTensor>;
  textLayout: TextLayout;
  visionLayout: VisionLayout;
  projectorLayout: ProjectorLayout;
  warnings: string[];
}

export interface CheckpointParts {
  source: TensorSource;
  /** `config.json` */
  config: JsonObject;
  /** `preprocessor_config.json` of the checkpoint. */
  preprocessor?: JsonObject | null;
  /** The vision tower's own folder, where one was given. */
  vision?: { source: TensorSource; config: JsonObject | null; preprocessor: JsonObject | null } | null;
}

/** Beyond it a shape is damage: every token is held in memory with its text. */
export const LARGEST_VOCABULARY = 1 << 20;
const CLIP_MEAN = [0.48145466, 0.4578275, 0.40821073] as const;
const CLIP_DEVIATION = [0.26862954, 0.26130258, 0.27577711] as const;

const ARCHITECTURES =
  /^(LlavaLlamaForCausalLM|LlavaForConditionalGeneration|Share4VLlamaForCausalLM|ShareGPT4VLlamaForCausalLM)$/;

/** @throws ConversionError naming what was found and what is needed. */
export function understandCheckpoint(parts: CheckpointParts): Checkpoint {
  const { config } = parts;
  const warnings: string[] = [];
  refuseOtherModels(config, parts.source);
  const { text, vision: inside, projector } = sortTensors(parts.source);
  let vision = inside;
  if (vision.size === 0) {
    const named = typeof config.mm_vision_tower === 'string' ? config.mm_vision_tower : '';
    if (!parts.vision)
      throw new ConversionError(
        `The checkpoint has no vision tower inside${named ? ` (its config names ${shown(named)})` : ''}. Give the folder of its CLIP model too (--vision).`,
      );
    vision = sortVision(parts.vision.source);
    if (vision.size === 0) throw new ConversionError('The vision folder holds no CLIP vision tower.');
  } else if (parts.vision) warnings.push('The checkpoint has its own vision tower, so the one beside it is not used.');

  if (config.mm_use_im_start_end === true)
    warnings.push(
      'The model was trained with markers around the picture, which Keeplight does not write: its answers may suffer.',
    );
  const textLayout = readTextLayout(config, text);
  const visionLayout = readVisionLayout(parts, vision);
  const projectorLayout = readProjectorLayout(config, projector, visionLayout, textLayout);
  return { text, vision, projector, textLayout, visionLayout, projectorLayout, warnings };
}

function refuseOtherModels(config: JsonObject, source: TensorSource): void {
  const architecture = Array.isArray(config.architectures) ? String(config.architectures[0]) : null;
  const names = [...source.tensors.keys()];
  const abstractor = names.find((name) => /visual_abstractor|vision2text|multiway/.test(name));
  if (abstractor || /mplug/i.test(architecture ?? '') || /mplug/i.test(String(config.model_type ?? '')))
    throw new ConversionError(
      `This is an mPLUG-Owl2 model (${architecture ?? shown(abstractor ?? '')}): its visual abstractor and two-way language model are not LLaVA's. A LLaVA-1.5 checkpoint with an mlp2x_gelu or linear projector is needed.`,
    );
  if (architecture !== null && !ARCHITECTURES.test(architecture))
    throw new ConversionError(
      `The checkpoint is a ${shown(architecture)}; a LLaVA-1.5 (LlavaLlamaForCausalLM, LlavaForConditionalGeneration), Qwen3.5 (Qwen3_5ForConditionalGeneration) or Qwen3-VL (Qwen3VLForConditionalGeneration) model is needed.`,
    );
  if (names.some((name) => /(^|\.)lora_[AB]\./.test(name)))
    throw new ConversionError(
      'The checkpoint holds LoRA adapters that are not merged. Merge them into the base model first.',
    );
  if (names.some((name) => name.endsWith('image_newline')))
    throw new ConversionError('This is a LLaVA-NeXT (1.6) model, which cuts pictures into tiles; LLaVA-1.5 is needed.');
}

/** A tensor whose numbers are needed, with its number of dimensions checked. */
export function need(
  map: ReadonlyMap<string, SourceTensor>,
  key: string,
  dimensions: number,
  part: string,
): readonly number[] {
  const tensor = map.get(key);
  if (!tensor) throw new ConversionError(`The ${part} lacks the tensor ${key}.`);
  if (tensor.shape.length !== dimensions || tensor.shape.some((size) => size < 1 || size > 0x7fffffff))
    throw new ConversionError(
      `${shown(tensor.name)} has the shape [${tensor.shape.join(', ')}]; ${dimensions} usable dimensions are needed.`,
    );
  return tensor.shape;
}

/** Checks one tensor that the layout implies. */
export function expectTensor(
  map: ReadonlyMap<string, SourceTensor>,
  key: string,
  shape: readonly number[],
  part: string,
): SourceTensor {
  const tensor = map.get(key);
  if (!tensor) throw new ConversionError(`The ${part} lacks the tensor ${key} of shape [${shape.join(', ')}].`);
  if (tensor.shape.length !== shape.length || tensor.shape.some((size, index) => size !== shape[index]))
    throw new ConversionError(
      `${shown(tensor.name)} has the shape [${tensor.shape.join(', ')}]; [${shape.join(', ')}] is needed.`,
    );
  if (!isStoredType(tensor.type))
    throw new ConversionError(
      `${shown(tensor.name)} is stored as ${tensor.type}; F32, F16 or BF16 is needed. Already quantized checkpoints cannot be converted.`,
    );
  return tensor;
}

/** One more than the highest number that the pattern finds. */
export function blockCount(map: ReadonlyMap<string, SourceTensor>, pattern: RegExp): number {
  let highest = -1;
  for (const key of map.keys()) highest = Math.max(highest, Number(pattern.exec(key)?.[1] ?? -1));
  return highest + 1;
}

/** A whole number of a config, from 1 to 2^24; null where it is absent. @throws ConversionError for anything else. */
export function count(config: JsonObject | null, key: string): number | null {
  const value = config?.[key];
  if (value === undefined || value === null) return null;
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 1 || value > 1 << 24)
    throw new ConversionError(
      `The config's ${key} is ${shown(JSON.stringify(value))}; a whole number from 1 on is needed.`,
    );
  return value;
}

/** A number above 0 of a config, or the usual one. */
export function positive(config: JsonObject | null, key: string, usual: number): number {
  const value = config?.[key] ?? usual;
  if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0)
    throw new ConversionError(`The config's ${key} is ${shown(JSON.stringify(value))}; a number above 0 is needed.`);
  return value;
}

/** The tensors decide; a config that says otherwise is another model's. */
export function agree(config: JsonObject | null, key: string, found: number): void {
  const said = count(config, key);
  if (said !== null && said !== found)
    throw new ConversionError(
      `The config's ${key} is ${said} and the tensors have ${found}: they do not belong together.`,
    );
}

function readTextLayout(root: JsonObject, text: ReadonlyMap<string, SourceTensor>): TextLayout {
  const nested = asObject(root.text_config);
  const config = nested ?? root;
  const kind = String(config.model_type ?? 'llama');
  if (nested && !/^(llama|vicuna)$/.test(kind))
    throw new ConversionError(`The language model is of the kind ${shown(kind)}; llama is needed.`);
  const part = 'language model';
  const [vocabulary, embedding] = need(text, 'embed_tokens.weight', 2, part) as [number, number];
  if (vocabulary > LARGEST_VOCABULARY)
    throw new ConversionError(
      `The embedding has ${vocabulary} rows; at most ${LARGEST_VOCABULARY} tokens are expected.`,
    );
  const [feedForward] = need(text, 'layers.0.mlp.gate_proj.weight', 2, part) as [number, number];
  const [queryRows] = need(text, 'layers.0.self_attn.q_proj.weight', 2, part) as [number, number];
  const [keyRows] = need(text, 'layers.0.self_attn.k_proj.weight', 2, part) as [number, number];
  const blocks = blockCount(text, /^layers\.(\d{1,5})\./);
  agree(config, 'hidden_size', embedding);
  agree(config, 'intermediate_size', feedForward);
  agree(config, 'num_hidden_layers', blocks);
  // Hugging Face leaves out what equals its defaults: 32 heads.
  const heads = count(config, 'num_attention_heads') ?? 32;
  const headWidth = count(config, 'head_dim') ?? queryRows / heads;
  if (
    !Number.isInteger(headWidth) ||
    headWidth % 2 !== 0 ||
    headWidth * heads !== queryRows ||
    keyRows % headWidth !== 0
  )
    throw new ConversionError(
      `The ${heads} attention heads of the config do not fit the ${queryRows} query and ${keyRows} key rows of the tensors.`,
    );
  const keyHeads = keyRows / headWidth;
  agree(config, 'num_key_value_heads', keyHeads);
  if (heads % keyHeads !== 0) throw new ConversionError(`${heads} attention heads cannot share ${keyHeads} key heads.`);
  const activation = config.hidden_act ?? 'silu';
  if (activation !== 'silu')
    throw new ConversionError(`The language model uses ${shown(String(activation))}; silu is needed.`);
  const tied = isTied(text, config, root);
  return {
    embedding,
    feedForward,
    blocks,
    heads,
    keyHeads,
    headWidth,
    vocabulary,
    contextLength: count(config, 'max_position_embeddings') ?? 2048,
    normEpsilon: positive(config, 'rms_norm_eps', 1e-6),
    ropeBase: positive(asObject(config.rope_parameters) ?? config, 'rope_theta', positive(config, 'rope_theta', 10000)),
    ropeScale: ropeScale(asObject(config.rope_scaling) ?? asObject(config.rope_parameters)),
    tied,
  };
}

/** Whether the embedding serves as the output, too. @throws ConversionError where an output of its own is missing. */
export function isTied(text: ReadonlyMap<string, SourceTensor>, config: JsonObject, root: JsonObject): boolean {
  const tied = !text.has('lm_head.weight');
  if (tied && (config.tie_word_embeddings ?? root.tie_word_embeddings) !== true)
    throw new ConversionError('The language model lacks the tensor lm_head.weight.');
  return tied;
}

function ropeScale(scaling: JsonObject | null): number {
  const kind = scaling?.rope_type ?? scaling?.type ?? 'default';
  if (kind === 'default') return 1;
  if (kind === 'linear') return positive(scaling, 'factor', 1);
  throw new ConversionError(
    `The language model scales its positions by ${shown(String(kind))}; only linear scaling is known.`,
  );
}

function readVisionLayout(parts: CheckpointParts, vision: ReadonlyMap<string, SourceTensor>): VisionLayout {
  const own = asObject(parts.config.vision_config);
  const beside = asObject(parts.vision?.config?.vision_config) ?? parts.vision?.config ?? null;
  const inside = [...parts.source.tensors.values()].includes(vision.get('embeddings.class_embedding')!);
  const config = inside ? (own ?? beside) : (beside ?? own);
  const part = 'vision tower';
  const [embedding] = need(vision, 'embeddings.class_embedding', 1, part) as [number];
  const [, , patchSize] = need(vision, 'embeddings.patch_embedding.weight', 4, part) as [
    number,
    number,
    number,
    number,
  ];
  const [positions] = need(vision, 'embeddings.position_embedding.weight', 2, part) as [number, number];
  const [feedForward] = need(vision, 'encoder.layers.0.mlp.fc1.weight', 2, part) as [number, number];
  const blocks = blockCount(vision, /^encoder\.layers\.(\d{1,5})\./);
  const side = Math.sqrt(positions - 1);
  if (!Number.isInteger(side) || side < 1)
    throw new ConversionError(
      `The vision tower has ${positions} positions; a class token and a square of patches are needed (577 for 336 pixels).`,
    );
  agree(config, 'hidden_size', embedding);
  agree(config, 'intermediate_size', feedForward);
  agree(config, 'num_hidden_layers', blocks);
  agree(config, 'patch_size', patchSize);
  agree(config, 'image_size', side * patchSize);
  const heads = count(config, 'num_attention_heads') ?? embedding / 64;
  if (!Number.isInteger(heads) || embedding % heads !== 0)
    throw new ConversionError(
      `The vision tower is ${embedding} wide and its number of heads is not known. Give its folder with a config.json (--vision).`,
    );
  const activation = config?.hidden_act ?? 'quick_gelu';
  if (activation !== 'quick_gelu' && activation !== 'gelu')
    throw new ConversionError(`The vision tower uses ${shown(String(activation))}; quick_gelu or gelu is needed.`);

  const feature = parts.config.mm_vision_select_feature ?? parts.config.vision_feature_select_strategy ?? 'patch';
  if (feature !== 'patch' && feature !== 'default')
    throw new ConversionError(
      `The model reads ${shown(String(feature))} of the vision tower; the patches alone are needed.`,
    );
  const chosen = parts.config.mm_vision_select_layer ?? parts.config.vision_feature_layer ?? -2;
  const select = Array.isArray(chosen) && chosen.length === 1 ? chosen[0] : chosen;
  if (typeof select !== 'number' || !Number.isInteger(select))
    throw new ConversionError(
      `The model reads the layers ${shown(JSON.stringify(chosen))} of the vision tower; one layer is needed.`,
    );
  const usedBlocks = select < 0 ? blocks + 1 + select : select;
  if (usedBlocks < 1 || usedBlocks > blocks)
    throw new ConversionError(`The model reads layer ${select} of a vision tower with ${blocks} blocks.`);

  const preprocessor = parts.preprocessor ?? parts.vision?.preprocessor ?? null;
  return {
    embedding,
    feedForward,
    blocks,
    usedBlocks,
    heads,
    imageSize: side * patchSize,
    patchSize,
    normEpsilon: positive(config, 'layer_norm_eps', 1e-5),
    activation,
    mean: threeNumbers(preprocessor?.image_mean) ?? CLIP_MEAN,
    deviation: threeNumbers(preprocessor?.image_std) ?? CLIP_DEVIATION,
    projection: count(config, 'projection_dim') ?? 768,
  };
}

/** Three positive numbers, such as a mean color; null for anything else. */
export function threeNumbers(value: unknown): [number, number, number] | null {
  if (!Array.isArray(value) || value.length !== 3) return null;
  return value.every((item) => typeof item === 'number' && Number.isFinite(item) && item > 0)
    ? (value as [number, number, number])
    : null;
}

function readProjectorLayout(
  config: JsonObject,
  projector: ReadonlyMap<string, SourceTensor>,
  vision: VisionLayout,
  text: TextLayout,
): ProjectorLayout {
  const said = config.mm_projector_type;
  const strange = [...projector.keys()].find((key) => !/^[02]\.(weight|bias)$/.test(key));
  if (strange || (typeof said === 'string' && said !== 'mlp2x_gelu' && said !== 'linear'))
    throw new ConversionError(
      `The projector is ${shown(String(said ?? 'of an unknown kind'))}${strange ? ` (it has the tensor ${shown(strange)})` : ''}; mlp2x_gelu or linear is needed.`,
    );
  const activation = config.projector_hidden_act ?? 'gelu';
  if (activation !== 'gelu')
    throw new ConversionError(`The projector uses ${shown(String(activation))}; gelu is needed.`);
  const [hidden] = need(projector, '0.weight', 2, 'projector') as [number, number];
  const kind = projector.has('2.weight') ? 'mlp' : 'linear';
  if ((said === 'mlp2x_gelu' && kind !== 'mlp') || (said === 'linear' && kind !== 'linear'))
    throw new ConversionError(
      `The config says that the projector is ${said}, and its tensors are those of a ${kind} one.`,
    );
  expectTensor(projector, '0.weight', [hidden, vision.embedding], 'projector');
  if (kind === 'mlp') expectTensor(projector, '2.weight', [text.embedding, hidden], 'projector');
  else expectTensor(projector, '0.weight', [text.embedding, vision.embedding], 'projector');
  return { kind, output: text.embedding, hidden };
}
