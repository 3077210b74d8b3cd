/** Makes tiny LLaVA checkpoints in every layout that the converter accepts: random weights, real file formats. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { seededRandom } from '../../shared/random.ts';
import type { Vocabulary } from './vocabulary.ts';
import { tokenizerJson, tokenizerModel } from './vocabulary.ts';

export interface Tensor {
  shape: number[];
  data: Float32Array;
}
export type Tensors = Map<string, Tensor>;
export type NumberType = 'F32' | 'F16' | 'BF16';

export interface Dimensions {
  embedding: number;
  feedForward: number;
  blocks: number;
  heads: number;
  keyHeads: number;
  /** Where it is not embedding / heads. */
  headWidth?: number;
  vision: {
    embedding: number;
    feedForward: number;
    blocks: number;
    heads: number;
    imageSize: number;
    patchSize: number;
  };
  projector: 'mlp2x_gelu' | 'linear';
}

export const TINY: Dimensions = {
  embedding: 64,
  feedForward: 96,
  blocks: 2,
  heads: 4,
  keyHeads: 4,
  vision: { embedding: 64, feedForward: 96, blocks: 3, heads: 1, imageSize: 56, patchSize: 14 },
  projector: 'mlp2x_gelu',
};

/** The number as the type stores it. */
export function roundTo(value: number, type: NumberType): number {
  if (type === 'F32') return Math.fround(value);
  if (type === 'F16') return Math.f16round(value);
  SCRATCH.setFloat32(0, value);
  const bits = SCRATCH.getUint32(0);
  SCRATCH.setUint32(0, ((bits + 0x7fff + ((bits >>> 16) & 1)) & 0xffff0000) >>> 0);
  return SCRATCH.getFloat32(0);
}
const SCRATCH = new DataView(new ArrayBuffer(4));

/** Random weights under Hugging Face's plain names, rounded to the type in which they will be stored. */
export function makeTensors(dimensions: Dimensions, vocabulary: number, type: NumberType, seed = 1): Tensors {
  const random = seededRandom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const tensors: Tensors = new Map();
  const add = (name: string, shape: number[], scale: number, mean = 0) => {
    const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
    for (let index = 0; index < data.length; index++) data[index] = roundTo(mean + scale * normal(), type);
    tensors.set(name, { shape, data });
  };
  const { embedding, feedForward, blocks, heads, keyHeads, vision } = dimensions;
  const width = dimensions.headWidth ?? embedding / heads;
  const spread = 1 / Math.sqrt(embedding);
  add('model.embed_tokens.weight', [vocabulary, embedding], 0.5);
  for (let block = 0; block < blocks; block++) {
    const at = `model.layers.${block}`;
    add(`${at}.input_layernorm.weight`, [embedding], 0.1, 1);
    add(`${at}.self_attn.q_proj.weight`, [heads * width, embedding], 2 * spread);
    add(`${at}.self_attn.k_proj.weight`, [keyHeads * width, embedding], 2 * spread);
    add(`${at}.self_attn.v_proj.weight`, [keyHeads * width, embedding], spread);
    add(`${at}.self_attn.o_proj.weight`, [embedding, heads * width], spread);
    add(`${at}.post_attention_layernorm.weight`, [embedding], 0.1, 1);
    add(`${at}.mlp.gate_proj.weight`, [feedForward, embedding], spread);
    add(`${at}.mlp.up_proj.weight`, [feedForward, embedding], spread);
    add(`${at}.mlp.down_proj.weight`, [embedding, feedForward], 1 / Math.sqrt(feedForward));
  }
  add('model.norm.weight', [embedding], 0.1, 1);
  add('lm_head.weight', [vocabulary, embedding], 1.5 * spread);

  const eye = vision.embedding;
  const seen = 1 / Math.sqrt(eye);
  const positions = (vision.imageSize / vision.patchSize) ** 2 + 1;
  const tower = 'model.vision_tower.vision_tower.vision_model';
  add(`${tower}.embeddings.class_embedding`, [eye], 0.5);
  add(`${tower}.embeddings.patch_embedding.weight`, [eye, 3, vision.patchSize, vision.patchSize], 0.05);
  add(`${tower}.embeddings.position_embedding.weight`, [positions, eye], 0.5);
  for (const norm of ['pre_layrnorm', 'post_layernorm']) {
    add(`${tower}.${norm}.weight`, [eye], 0.1, 1);
    add(`${tower}.${norm}.bias`, [eye], 0.1);
  }
  for (let block = 0; block < vision.blocks; block++) {
    const at = `${tower}.encoder.layers.${block}`;
    for (const part of ['q_proj', 'k_proj', 'v_proj', 'out_proj']) {
      add(`${at}.self_attn.${part}.weight`, [eye, eye], 1.5 * seen);
      add(`${at}.self_attn.${part}.bias`, [eye], 0.1);
    }
    for (const norm of ['layer_norm1', 'layer_norm2']) {
      add(`${at}.${norm}.weight`, [eye], 0.1, 1);
      add(`${at}.${norm}.bias`, [eye], 0.1);
    }
    add(`${at}.mlp.fc1.weight`, [vision.feedForward, eye], seen);
    add(`${at}.mlp.fc1.bias`, [vision.feedForward], 0.1);
    add(`${at}.mlp.fc2.weight`, [eye, vision.feedForward], 1 / Math.sqrt(vision.feedForward));
    add(`${at}.mlp.fc2.bias`, [eye], 0.1);
  }
  if (dimensions.projector === 'linear') {
    add('model.mm_projector.weight', [embedding, eye], 0.5 * seen);
    add('model.mm_projector.bias', [embedding], 0.1);
  } else {
    add('model.mm_projector.0.weight', [embedding, eye], seen);
    add('model.mm_projector.0.bias', [embedding], 0.1);
    add('model.mm_projector.2.weight', [embedding, embedding], spread);
    add('model.mm_projector.2.bias', [embedding], 0.1);
  }
  return tensors;
}

/** Layouts of names: LLaVA's own, Hugging Face's first one and its present one. */
export type Naming = 'llava' | 'hf' | 'hf-new';

function renamed(name: string, naming: Naming): string {
  if (naming === 'llava') return name;
  const prefix = naming === 'hf-new' ? 'model.' : '';
  if (name.startsWith('model.vision_tower.vision_tower.'))
    return `${prefix}${name.slice('model.vision_tower.'.length)}`;
  const projector = /^model\.mm_projector\.(0|2)\.(.+)$/.exec(name);
  if (projector) return `${prefix}multi_modal_projector.linear_${projector[1] === '0' ? 1 : 2}.${projector[2]}`;
  if (name === 'lm_head.weight') return naming === 'hf-new' ? name : 'language_model.lm_head.weight';
  return naming === 'hf-new' ? name.replace(/^model\./, 'model.language_model.') : `language_model.${name}`;
}

export interface CheckpointSpec {
  dimensions: Dimensions;
  type: NumberType;
  naming: Naming;
  format: 'safetensors' | 'bin';
  /** Files that the weights are cut into; 1 = one file without an index. */
  shards: number;
  tokenizer: 'model' | 'json';
  tower: 'inside' | 'beside';
  seed?: number;
  /** Added to the language model's part of the config. */
  config?: Record<string, unknown>;
}

/** @returns the weights as stored, under LLaVA's names, and the vision folder where the tower lies beside. */
export async function writeCheckpoint(folder: string, vocabulary: Vocabulary, spec: CheckpointSpec) {
  const { dimensions, naming } = spec;
  const tensors = makeTensors(dimensions, vocabulary.pieces.length, spec.type, spec.seed);
  const tied = spec.config?.tie_word_embeddings === true;
  if (tied) tensors.set('lm_head.weight', tensors.get('model.embed_tokens.weight')!);
  await mkdir(folder, { recursive: true });
  const isTower = (name: string) => name.startsWith('model.vision_tower.');
  const stored: Tensors = new Map();
  for (const [name, tensor] of tensors)
    if ((spec.tower === 'inside' || !isTower(name)) && !(tied && name === 'lm_head.weight'))
      stored.set(renamed(name, naming), tensor);
  await writeWeights(folder, stored, spec);
  await writeFile(join(folder, 'config.json'), JSON.stringify(configOf(spec, vocabulary.pieces.length), null, 2));
  if (spec.tokenizer === 'model') await writeFile(join(folder, 'tokenizer.model'), tokenizerModel(vocabulary));
  else await writeFile(join(folder, 'tokenizer.json'), JSON.stringify(tokenizerJson(vocabulary)));
  await writeFile(
    join(folder, 'tokenizer_config.json'),
    JSON.stringify({ add_bos_token: true, add_eos_token: false, bos_token: '<s>', eos_token: { content: '</s>' } }),
  );

  let vision: string | undefined;
  if (spec.tower === 'beside') {
    vision = join(folder, '..', `${folder.split('/').at(-1)}-clip`);
    await mkdir(vision, { recursive: true });
    const tower: Tensors = new Map();
    for (const [name, tensor] of tensors)
      if (isTower(name)) tower.set(name.replace('model.vision_tower.vision_tower.', ''), tensor);
    // CLIP folders hold the text half too.
    tower.set('text_model.embeddings.token_embedding.weight', { shape: [3, 4], data: new Float32Array(12) });
    tower.set('logit_scale', { shape: [], data: new Float32Array([4.6]) });
    await writeWeights(vision, tower, { ...spec, shards: 1 });
    const config = {
      architectures: ['CLIPModel'],
      model_type: 'clip',
      projection_dim: 32,
      vision_config: visionConfig(spec),
    };
    await writeFile(join(vision, 'config.json'), JSON.stringify(config));
  }
  return { tensors, vision };
}

function visionConfig({ dimensions: { vision } }: CheckpointSpec) {
  return {
    model_type: 'clip_vision_model',
    hidden_size: vision.embedding,
    intermediate_size: vision.feedForward,
    num_hidden_layers: vision.blocks,
    num_attention_heads: vision.heads,
    image_size: vision.imageSize,
    patch_size: vision.patchSize,
    projection_dim: 32,
    hidden_act: 'quick_gelu',
    layer_norm_eps: 1e-5,
  };
}

export function configOf(spec: CheckpointSpec, vocabulary: number): Record<string, unknown> {
  const { embedding, feedForward, blocks, heads, keyHeads, projector, vision } = spec.dimensions;
  const text = {
    hidden_size: embedding,
    intermediate_size: feedForward,
    num_hidden_layers: blocks,
    num_attention_heads: heads,
    num_key_value_heads: keyHeads,
    max_position_embeddings: 1024,
    rms_norm_eps: 1e-5,
    vocab_size: vocabulary,
    hidden_act: 'silu',
    tie_word_embeddings: false,
    ...(spec.dimensions.headWidth ? { head_dim: spec.dimensions.headWidth } : {}),
    ...spec.config,
  };
  if (spec.naming === 'llava')
    return {
      architectures: ['LlavaLlamaForCausalLM'],
      model_type: 'llava_llama',
      rope_scaling: null,
      mm_projector_type: projector,
      mm_vision_tower: 'openai/clip-vit-large-patch14-336',
      mm_vision_select_layer: -2,
      mm_vision_select_feature: 'patch',
      mm_hidden_size: vision.embedding,
      bos_token_id: 1,
      eos_token_id: 2,
      pad_token_id: 0,
      ...text,
    };
  return {
    architectures: ['LlavaForConditionalGeneration'],
    model_type: 'llava',
    image_token_index: 32000,
    projector_hidden_act: 'gelu',
    vision_feature_layer: -2,
    vision_feature_select_strategy: 'default',
    text_config: { model_type: 'llama', ...text },
    vision_config: visionConfig(spec),
  };
}

async function writeWeights(
  folder: string,
  tensors: Tensors,
  spec: Pick<CheckpointSpec, 'format' | 'shards' | 'type'>,
) {
  const encode = spec.format === 'bin' ? torchZip : safetensors;
  const [stem, extension] = spec.format === 'bin' ? ['pytorch_model', 'bin'] : ['model', 'safetensors'];
  if (spec.shards === 1) {
    await writeFile(join(folder, `${stem}.${extension}`), encode(tensors, spec.type));
    return;
  }
  const weightMap: Record<string, string> = {};
  for (let shard = 0; shard < spec.shards; shard++) {
    const number = (value: number) => String(value).padStart(5, '0');
    const file = `${stem}-${number(shard + 1)}-of-${number(spec.shards)}.${extension}`;
    const part: Tensors = new Map([...tensors].filter((_, index) => index % spec.shards === shard));
    for (const name of part.keys()) weightMap[name] = file;
    await writeFile(join(folder, file), encode(part, spec.type));
  }
  const index = { metadata: { total_size: 1 }, weight_map: weightMap };
  await writeFile(join(folder, `${stem}.${extension}.index.json`), JSON.stringify(index));
}

export function encodeNumbers(data: Float32Array, type: NumberType): Buffer {
  const bytes = Buffer.alloc(data.length * (type === 'F32' ? 4 : 2));
  if (type === 'F32') for (let index = 0; index < data.length; index++) bytes.writeFloatLE(data[index]!, index * 4);
  else if (type === 'F16') new Float16Array(bytes.buffer, bytes.byteOffset, data.length).set(data);
  else
    for (let index = 0; index < data.length; index++) {
      SCRATCH.setFloat32(0, data[index]!);
      bytes.writeUInt16LE(SCRATCH.getUint16(0), index * 2);
    }
  return bytes;
}

export function safetensors(tensors: Tensors, type: NumberType): Buffer {
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  const parts: Buffer[] = [];
  let offset = 0;
  for (const [name, { shape, data }] of tensors) {
    const bytes = encodeNumbers(data, type);
    header[name] = { dtype: type, shape, data_offsets: [offset, offset + bytes.length] };
    offset += bytes.length;
    parts.push(bytes);
  }
  const text = JSON.stringify(header);
  const json = Buffer.from(text.padEnd(Math.ceil(text.length / 8) * 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, ...parts]);
}

/** What torch.save writes: a stored zip with `archive/data.pkl`, one entry a storage, aligned to 64 bytes. */
export function torchZip(tensors: Tensors, type: NumberType): Buffer {
  const pickle = new PickleWriter();
  const entries: [string, Buffer][] = [];
  let key = 0;
  pickle.startStateDict();
  for (const [name, { shape, data }] of tensors) {
    pickle.tensor(name, String(key), { F32: 'FloatStorage', F16: 'HalfStorage', BF16: 'BFloat16Storage' }[type], shape);
    entries.push([`archive/data/${key++}`, encodeNumbers(data, type)]);
  }
  entries.unshift(['archive/data.pkl', pickle.end()]);
  entries.push(['archive/byteorder', Buffer.from('little')], ['archive/version', Buffer.from('3\n')]);
  return storedZip(entries);
}

export function storedZip(entries: readonly [string, Buffer][]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, bytes] of entries) {
    const title = Buffer.from(name);
    const padding = (64 - ((at + 30 + title.length + 4) % 64)) % 64;
    const extra = Buffer.alloc(4 + padding);
    extra.write('FB', 'latin1');
    extra.writeUInt16LE(padding, 2);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt32LE(crc32(bytes), 14);
    local.writeUInt32LE(bytes.length, 18);
    local.writeUInt32LE(bytes.length, 22);
    local.writeUInt16LE(title.length, 26);
    local.writeUInt16LE(extra.length, 28);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    local.copy(central, 16, 14, 26);
    central.writeUInt16LE(title.length, 28);
    central.writeUInt32LE(at, 42);
    parts.push(local, title, extra, bytes);
    directory.push(central, title);
    at += local.length + title.length + extra.length + bytes.length;
  }
  const directoryBytes = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directoryBytes.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, directoryBytes, end]);
}

/** Pickle protocol 2 as torch.save writes a state dict. */
export class PickleWriter {
  readonly #parts: Buffer[] = [Buffer.from([0x80, 2])];
  raw(...bytes: number[]): this {
    this.#parts.push(Buffer.from(bytes));
    return this;
  }
  global(module: string, name: string): this {
    this.#parts.push(Buffer.from(`c${module}\n${name}\n`));
    return this;
  }
  text(value: string): this {
    const bytes = Buffer.from(value);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    this.#parts.push(Buffer.from('X'), length, bytes);
    return this;
  }
  integer(value: number): this {
    const bytes = Buffer.alloc(5);
    bytes.write('J');
    bytes.writeInt32LE(value, 1);
    this.#parts.push(bytes);
    return this;
  }
  tuple(values: readonly number[]): this {
    this.raw(0x28);
    for (const value of values) this.integer(value);
    return this.raw(0x74);
  }
  startStateDict(): this {
    return this.global('collections', 'OrderedDict').raw(0x29, 0x52, 0x71, 0, 0x28);
  }
  tensor(name: string, key: string, storage: string, shape: readonly number[], stride = strides(shape)): this {
    const elements = shape.reduce((product, size) => product * size, 1);
    this.text(name).global('torch._utils', '_rebuild_tensor_v2').raw(0x28);
    this.raw(0x28).text('storage').global('torch', storage).text(key).text('cpu').integer(elements).raw(0x74, 0x51);
    this.integer(0).tuple(shape).tuple(stride).raw(0x89);
    return this.global('collections', 'OrderedDict').raw(0x29, 0x52, 0x74, 0x52);
  }
  end(): Buffer {
    return Buffer.concat([...this.#parts, Buffer.from([0x75, 0x2e])]);
  }
}

function strides(shape: readonly number[]): number[] {
  return shape.map((_, index) => shape.slice(index + 1).reduce((product, size) => product * size, 1));
}
