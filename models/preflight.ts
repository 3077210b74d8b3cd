/** Checks a model and its projector before they are loaded: do they exist, are they whole, do they belong together? */
import { basename } from 'node:path';
import { type GgufHeader, numberIn, readGgufHeader, textIn } from './gguf-header.ts';
import { ModelError } from './model-api.ts';

export interface PairFacts {
  /** Bytes of both files. */
  bytes: number;
  blocks: number;
  embedding: number;
  /** Longest context that the model was trained for. */
  trainedContext: number;
  /** Bytes that the keys and values of one token take at 16 bits. */
  bytesPerToken: number;
  /** Bytes of the running state of one sequence, where attention is linear. */
  bytesPerSequence: number;
  /** LLaVA-1.5's shape: one square picture through CLIP and a plain projector. */
  llava: boolean;
  /** Width and height that the tower takes; null where it follows the picture. */
  imageSize: number | null;
  /** Tokens of a picture; where it follows the picture, the most that we allow. */
  imageTokens: number;
  /** Where the tower takes any shape on a grid: pixels of a token's side, and the bounds of a picture. */
  grid: { step: number; leastPixels: number; mostPixels: number } | null;
  /** Qwen3-VL or Qwen3.5, which speak in the same turns. */
  qwen: boolean;
  chatTemplate: string | null;
  /** The weights are 32-bit numbers: whoever keeps them so wants exact answers. */
  fullPrecision: boolean;
  /** The weights are in fewer bits than a floating-point number has. */
  quantized: boolean;
  /** Sentences for people. */
  notes: string[];
}

/** llama.cpp's file types of whole floating-point numbers: F32, F16, BF16. */
const FLOATING: ReadonlySet<number> = new Set([0, 1, 32]);

/** Where a tower takes pictures of any size, this many tokens are enough to judge one. */
export const FREE_TOKENS = 1024;

/**
 * Of Qwen's newer towers: about 780 × 520 pixels of a photo in 3:2, as the photos of AVA are, which its graders learned
 * from. More would cost time and show a grader what it has never seen. The lower bound is Qwen's own.
 */
const GRID_TOKENS = 400;
const GRID_LEAST_PIXELS = 65_536;

/** @throws ModelError `bad-file` or `mismatch` with a sentence. */
export async function inspectPair(model: string, mmproj: string): Promise<PairFacts> {
  const text = await readGgufHeader(model);
  const eyes = await readGgufHeader(mmproj);
  const architecture = textIn(text, 'general.architecture') ?? 'unknown';
  if (architecture === 'clip')
    throw new ModelError(
      'mismatch',
      `${basename(model)} is a projector, not a language model; the two files may be swapped.`,
    );
  const other = textIn(eyes, 'general.architecture') ?? 'unknown';
  if (other !== 'clip')
    throw new ModelError('mismatch', `${basename(mmproj)} is no projector: it holds a model of the kind "${other}".`);
  if (eyes.metadata.get('clip.has_vision_encoder') !== true)
    throw new ModelError('mismatch', `${basename(mmproj)} has no vision tower.`);

  const need = (header: GgufHeader, key: string, highest: number) => {
    const value = numberIn(header, key);
    if (value === null || !Number.isInteger(value) || value < 1 || value > highest)
      throw new ModelError('bad-file', `${basename(header.path)} is damaged: its ${key} is ${value ?? 'missing'}.`);
    return value;
  };
  const embedding = need(text, `${architecture}.embedding_length`, 1 << 18);
  const blocks = need(text, `${architecture}.block_count`, 512);
  const trainedContext = need(text, `${architecture}.context_length`, 1 << 26);
  const heads = numberIn(text, `${architecture}.attention.head_count`) ?? 1;
  const keyHeads = numberIn(text, `${architecture}.attention.head_count_kv`) ?? heads;
  const headWidth = numberIn(text, `${architecture}.attention.key_length`) ?? embedding / Math.max(1, heads);

  const kind = textIn(eyes, 'clip.projector_type') ?? textIn(eyes, 'clip.vision.projector_type') ?? 'unknown';
  const imageSize = need(eyes, 'clip.vision.image_size', 8192);
  const patchSize = need(eyes, 'clip.vision.patch_size', 512);
  const towerBlocks = need(eyes, 'clip.vision.block_count', 512);
  const width = need(eyes, 'clip.vision.embedding_length', 1 << 16);
  const towerHeads = need(eyes, 'clip.vision.attention.head_count', 4096);
  const notes: string[] = [];
  const llava =
    kind === 'mlp' && eyes.tensors.has('v.class_embd') && !eyes.metadata.has('clip.vision.image_grid_pinpoints');
  if (llava) {
    if (imageSize % patchSize !== 0 || width % towerHeads !== 0)
      throw new ModelError('bad-file', `${basename(mmproj)} is damaged: its patches or heads do not divide evenly.`);
    checkFeatureLayer(eyes, towerBlocks, notes);
    checkTower(eyes, towerBlocks, width, (imageSize / patchSize) ** 2 + 1);
    const output = (eyes.tensors.get('mm.2.weight') ?? eyes.tensors.get('mm.0.weight'))?.dimensions[1];
    if (output !== embedding)
      throw new ModelError(
        'mismatch',
        `The projector ${basename(mmproj)} does not fit the model ${basename(model)}: it gives ${output ?? 'no'} numbers a token and the model takes ${embedding}.`,
      );
  }
  const merged = kind === 'qwen3vl_merger';
  const step = patchSize * (numberIn(eyes, 'clip.vision.spatial_merge_size') ?? 2);
  if (merged) {
    const each = (eyes.tensors.get('mm.2.bias') ?? { dimensions: [] }).dimensions[0] ?? 0;
    if (each !== embedding)
      throw new ModelError(
        'mismatch',
        `The projector ${basename(mmproj)} does not fit the model ${basename(model)}: it gives ${each || 'no'} numbers a token and the model takes ${embedding}.`,
      );
  }
  const state = linearState(text, architecture, blocks);
  const fixed = llava || kind === 'gemma3' || eyes.metadata.has('clip.vision.image_grid_pinpoints');
  return {
    fullPrecision: numberIn(text, 'general.file_type') === 0,
    quantized: !FLOATING.has(numberIn(text, 'general.file_type') ?? 0),
    bytes: text.bytes + eyes.bytes,
    blocks,
    embedding,
    trainedContext,
    bytesPerToken: (blocks - state.blocks) * keyHeads * headWidth * 2 * 2,
    bytesPerSequence: state.bytes,
    llava,
    imageSize: llava ? imageSize : null,
    imageTokens: llava ? (imageSize / patchSize) ** 2 : fixed ? 2880 : merged ? GRID_TOKENS : FREE_TOKENS,
    grid: merged ? { step, leastPixels: GRID_LEAST_PIXELS, mostPixels: GRID_TOKENS * step * step } : null,
    qwen: merged && (architecture === 'qwen35' || architecture === 'qwen3vl'),
    chatTemplate: textIn(text, 'tokenizer.chat_template'),
    notes,
  };
}

/** Blocks with linear attention, and the bytes of their state (32-bit numbers) for one sequence. */
function linearState(text: GgufHeader, architecture: string, blocks: number): { blocks: number; bytes: number } {
  const of = (key: string) => numberIn(text, `${architecture}.ssm.${key}`) ?? 0;
  const width = of('state_size');
  if (width === 0) return { blocks: 0, bytes: 0 };
  const listed = text.metadata.get(`${architecture}.attention.recurrent_layers`);
  const interval = numberIn(text, `${architecture}.full_attention_interval`) ?? 4;
  const linear =
    typeof listed === 'object' && 'values' in listed
      ? [...listed.values].filter(Boolean).length
      : blocks - Math.floor(blocks / Math.max(1, interval));
  const channels = of('inner_size') + 2 * of('group_count') * width;
  return { blocks: linear, bytes: linear * 4 * (of('inner_size') * width + channels * (of('conv_kernel') - 1)) };
}

/** LLaVA reads one layer, the last but one; the file may say so, and otherwise the bridge knows. */
function checkFeatureLayer(eyes: GgufHeader, blocks: number, notes: string[]): void {
  const value = eyes.metadata.get('clip.vision.feature_layer');
  if (value === undefined) {
    notes.push(
      `${basename(eyes.path)} does not say which layer of the vision tower to read; LLaVA's last but one is taken.`,
    );
    return;
  }
  const layers = typeof value === 'object' ? value.values : [value];
  const [layer] = layers;
  if (layers.length !== 1 || typeof layer !== 'number' || !Number.isInteger(layer) || layer < 1 || layer > blocks)
    throw new ModelError(
      'bad-file',
      `${basename(eyes.path)} asks for layer ${layers.slice(0, 4).join(', ')} of a vision tower with ${blocks} blocks.`,
    );
}

/** llama.cpp would run into an assertion where a tensor has another size than the header says. */
function checkTower(eyes: GgufHeader, blocks: number, width: number, positions: number): void {
  const expect = (name: string, dimensions: readonly number[]) => {
    const found = eyes.tensors.get(name)?.dimensions;
    const same = found && dimensions.every((size, axis) => (found[axis] ?? 1) === size);
    if (!same)
      throw new ModelError(
        'bad-file',
        `${basename(eyes.path)} is damaged: ${name} is ${found ? `of size ${found.join(' × ')}, not ${dimensions.join(' × ')}` : 'missing'}.`,
      );
  };
  expect('v.class_embd', [width]);
  expect('v.position_embd.weight', [width, positions]);
  for (let block = 0; block < blocks; block++)
    for (const name of ['attn_q', 'attn_k', 'attn_v', 'attn_out'])
      expect(`v.blk.${block}.${name}.weight`, [width, width]);
  const hidden = eyes.tensors.get('mm.0.weight')?.dimensions[1] ?? 0;
  expect('mm.0.weight', [width, hidden]);
  if (eyes.tensors.has('mm.2.weight')) expect('mm.2.weight', [hidden]);
}
