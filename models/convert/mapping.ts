/**
 * From a checkpoint's tensors to the two GGUF files of the engine: the language model and the projector (with the
 * vision tower). Pure: it reads tensors through their source and writes nothing.
 * Sources: llama.cpp's conversion/llama.py (names, permutation), tools/mtmd/clip-impl.h (keys of the projector file).
 */
import { ConversionError } from './failure.ts';
import type { GgufFile, GgufTensor, GgufValue } from './gguf-writer.ts';
import { type Checkpoint, expectTensor } from './layout.ts';
import { convertNumbers, isStoredType, NUMBER_BYTES, type StoredType } from './numbers.ts';
import type { SourceTensor } from './tensor-source.ts';
import type { Tokenizer } from './tokenizer.ts';

/** Who made the model and under what terms; written into both files. */
export interface Provenance {
  /** Name for people, such as `AesMMIT_LLaVA_v1.5_7b_240325`. */
  name: string;
  /** Identifier of the licence, such as `llama2`. */
  licence: string;
  /** Address of the checkpoint, or the name of its folder. */
  source: string;
}

/** A tensor of a GGUF file, not yet in a number format. */
export interface PlannedTensor {
  name: string;
  /** Outermost dimension first. */
  shape: readonly number[];
  /** What it is made from; null where it follows from the layout alone. */
  source: SourceTensor | null;
  /** Vectors (norms, biases) and position tables stay in F32 whatever the file's type. */
  keepF32: boolean;
  /** Number format of the pieces, where it is not the source's. */
  stored?: StoredType;
  /** Its rows in order, in the source's number format (F32 where there is no source). */
  pieces(): AsyncIterable<Uint8Array>;
}

export interface PlannedFile {
  metadata: Map<string, GgufValue>;
  tensors: PlannedTensor[];
}

/** Bytes read at once: large enough for the disk, small against memory. */
const PIECE_BYTES = 4 << 20;

export const string = (value: string): GgufValue => ({ type: 'string', value });
export const uint32 = (value: number): GgufValue => ({ type: 'uint32', value });
export const float32 = (value: number): GgufValue => ({ type: 'float32', value });
export const bool = (value: boolean): GgufValue => ({ type: 'bool', value });

/**
 * Vicuna's template as LLaVA-1.5 was trained with it: single spaces, `</s>` after each answer and no space after that.
 * Source: LLaVA, conversation.py, `vicuna_v1`.
 */
const CHAT_TEMPLATE = [
  "{%- if messages[0]['role'] == 'system' -%}{%- set system = messages[0]['content'] -%}{%- set turns = messages[1:] -%}",
  "{%- else -%}{%- set system = 'A chat between a curious user and an artificial intelligence assistant. ",
  "The assistant gives helpful, detailed, and polite answers to the user\\'s questions.' -%}{%- set turns = messages -%}{%- endif -%}",
  "{{- system + ' ' -}}",
  '{%- for message in turns -%}',
  "{%- if message['role'] == 'user' -%}{{- 'USER: ' + message['content'] + ' ' -}}",
  "{%- else -%}{{- 'ASSISTANT: ' + message['content'] + eos_token -}}{%- endif -%}",
  '{%- endfor -%}',
  "{%- if add_generation_prompt -%}{{- 'ASSISTANT:' -}}{%- endif -%}",
].join('');

/** The language model's file. @throws ConversionError where a tensor is missing or of another shape. */
export function planTextFile(checkpoint: Checkpoint, tokenizer: Tokenizer, provenance: Provenance): PlannedFile {
  const { textLayout: layout, text } = checkpoint;
  if (tokenizer.tokens.length !== layout.vocabulary)
    throw new ConversionError(
      `The tokenizer has ${tokenizer.tokens.length} tokens and the embedding ${layout.vocabulary} rows.`,
    );
  const metadata = new Map<string, GgufValue>([
    ['general.architecture', string('llama')],
    ['general.type', string('model')],
    ...provenanceOf(provenance),
    ['llama.context_length', uint32(layout.contextLength)],
    ['llama.embedding_length', uint32(layout.embedding)],
    ['llama.block_count', uint32(layout.blocks)],
    ['llama.feed_forward_length', uint32(layout.feedForward)],
    ['llama.attention.head_count', uint32(layout.heads)],
    ['llama.attention.head_count_kv', uint32(layout.keyHeads)],
    ['llama.attention.layer_norm_rms_epsilon', float32(layout.normEpsilon)],
    ['llama.rope.dimension_count', uint32(layout.headWidth)],
    ['llama.rope.freq_base', float32(layout.ropeBase)],
    ['llama.vocab_size', uint32(layout.vocabulary)],
  ]);
  if (layout.headWidth * layout.heads !== layout.embedding) {
    metadata.set('llama.attention.key_length', uint32(layout.headWidth));
    metadata.set('llama.attention.value_length', uint32(layout.headWidth));
  }
  if (layout.ropeScale !== 1) {
    metadata.set('llama.rope.scaling.type', string('linear'));
    metadata.set('llama.rope.scaling.factor', float32(layout.ropeScale));
  }
  for (const [key, value] of tokenizerMetadata(tokenizer)) metadata.set(key, value);

  const { embedding, feedForward, heads, keyHeads, headWidth } = layout;
  const used = new Set<string>();
  const plan = (name: string, key: string, shape: readonly number[], headsToPermute = 0): PlannedTensor => {
    used.add(key);
    const source = expectTensor(text, key, shape, 'language model');
    return planned(name, source, shape.length === 1, headsToPermute);
  };
  const tensors = [plan('token_embd.weight', 'embed_tokens.weight', [layout.vocabulary, embedding])];
  for (let block = 0; block < layout.blocks; block++) {
    const to = `blk.${block}`;
    const from = `layers.${block}`;
    tensors.push(
      plan(`${to}.attn_norm.weight`, `${from}.input_layernorm.weight`, [embedding]),
      plan(`${to}.attn_q.weight`, `${from}.self_attn.q_proj.weight`, [heads * headWidth, embedding], heads),
      plan(`${to}.attn_k.weight`, `${from}.self_attn.k_proj.weight`, [keyHeads * headWidth, embedding], keyHeads),
      plan(`${to}.attn_v.weight`, `${from}.self_attn.v_proj.weight`, [keyHeads * headWidth, embedding]),
      plan(`${to}.attn_output.weight`, `${from}.self_attn.o_proj.weight`, [embedding, heads * headWidth]),
      plan(`${to}.ffn_norm.weight`, `${from}.post_attention_layernorm.weight`, [embedding]),
      plan(`${to}.ffn_gate.weight`, `${from}.mlp.gate_proj.weight`, [feedForward, embedding]),
      plan(`${to}.ffn_up.weight`, `${from}.mlp.up_proj.weight`, [feedForward, embedding]),
      plan(`${to}.ffn_down.weight`, `${from}.mlp.down_proj.weight`, [embedding, feedForward]),
    );
  }
  tensors.push(plan('output_norm.weight', 'norm.weight', [embedding]));
  if (!layout.tied) tensors.push(plan('output.weight', 'lm_head.weight', [layout.vocabulary, embedding]));
  const stray = [...text.keys()].find((key) => !used.has(key));
  if (stray) throw new ConversionError(`The language model has the tensor ${stray}, which LLaMA does not have.`);
  return { metadata, tensors };
}

function tokenizerMetadata(tokenizer: Tokenizer): [string, GgufValue][] {
  const { tokens } = tokenizer;
  const entries: [string, GgufValue][] = [
    ['tokenizer.ggml.model', string('llama')],
    ['tokenizer.ggml.pre', string('default')],
    ['tokenizer.ggml.tokens', { type: 'array', of: 'string', values: tokens.map((token) => token.text) }],
    ['tokenizer.ggml.scores', { type: 'array', of: 'float32', values: tokens.map((token) => token.score) }],
    ['tokenizer.ggml.token_type', { type: 'array', of: 'int32', values: tokens.map((token) => token.type) }],
    ['tokenizer.ggml.bos_token_id', uint32(tokenizer.beginId)],
    ['tokenizer.ggml.eos_token_id', uint32(tokenizer.endId)],
  ];
  if (tokenizer.unknownId !== null) entries.push(['tokenizer.ggml.unknown_token_id', uint32(tokenizer.unknownId)]);
  if (tokenizer.padId !== null) entries.push(['tokenizer.ggml.padding_token_id', uint32(tokenizer.padId)]);
  entries.push(
    ['tokenizer.ggml.add_bos_token', bool(tokenizer.addBegin)],
    ['tokenizer.ggml.add_eos_token', bool(tokenizer.addEnd)],
    ['tokenizer.ggml.add_space_prefix', bool(tokenizer.addSpacePrefix)],
    ['tokenizer.chat_template', string(CHAT_TEMPLATE)],
  );
  return entries;
}

/**
 * The projector's file, with the blocks of the vision tower that run. `feature_layer` says how many: without it the
 * engine would run one too few.
 * @throws ConversionError where a tensor is missing or of another shape.
 */
export function planProjectorFile(checkpoint: Checkpoint, provenance: Provenance): PlannedFile {
  const { visionLayout: layout, projectorLayout, vision, projector } = checkpoint;
  const { embedding, feedForward, patchSize } = layout;
  const metadata = new Map<string, GgufValue>([
    ['general.architecture', string('clip')],
    ['general.type', string('mmproj')],
    ...provenanceOf(provenance),
    ['clip.has_vision_encoder', bool(true)],
    ['clip.has_llava_projector', bool(true)],
    ['clip.projector_type', string('mlp')],
    ['clip.vision.image_size', uint32(layout.imageSize)],
    ['clip.vision.patch_size', uint32(patchSize)],
    ['clip.vision.embedding_length', uint32(embedding)],
    ['clip.vision.feed_forward_length', uint32(feedForward)],
    ['clip.vision.projection_dim', uint32(layout.projection)],
    ['clip.vision.block_count', uint32(layout.usedBlocks)],
    ['clip.vision.attention.head_count', uint32(layout.heads)],
    ['clip.vision.attention.layer_norm_epsilon', float32(layout.normEpsilon)],
    ['clip.vision.image_mean', { type: 'array', of: 'float32', values: layout.mean }],
    ['clip.vision.image_std', { type: 'array', of: 'float32', values: layout.deviation }],
    ['clip.vision.feature_layer', { type: 'array', of: 'int32', values: [layout.usedBlocks] }],
    ['clip.use_gelu', bool(layout.activation === 'gelu')],
  ]);

  const plan = (name: string, key: string, shape: readonly number[], keepF32 = shape.length === 1): PlannedTensor =>
    planned(name, expectTensor(vision, key, shape, 'vision tower'), keepF32, 0);
  const pair = (to: string, from: string, shape: readonly number[]): PlannedTensor[] => [
    plan(`${to}.weight`, `${from}.weight`, shape),
    plan(`${to}.bias`, `${from}.bias`, [shape[0]!]),
  ];
  const square = [embedding, embedding];
  const positions = (layout.imageSize / patchSize) ** 2 + 1;
  const tensors = [
    plan('v.class_embd', 'embeddings.class_embedding', [embedding]),
    plan('v.patch_embd.weight', 'embeddings.patch_embedding.weight', [embedding, 3, patchSize, patchSize]),
    plan('v.position_embd.weight', 'embeddings.position_embedding.weight', [positions, embedding], true),
    ...pair('v.pre_ln', 'pre_layrnorm', [embedding]),
  ];
  for (let block = 0; block < layout.usedBlocks; block++) {
    const to = `v.blk.${block}`;
    const from = `encoder.layers.${block}`;
    tensors.push(
      ...pair(`${to}.attn_q`, `${from}.self_attn.q_proj`, square),
      ...pair(`${to}.attn_k`, `${from}.self_attn.k_proj`, square),
      ...pair(`${to}.attn_v`, `${from}.self_attn.v_proj`, square),
      ...pair(`${to}.attn_out`, `${from}.self_attn.out_proj`, square),
      ...pair(`${to}.ln1`, `${from}.layer_norm1`, [embedding]),
      ...pair(`${to}.ffn_up`, `${from}.mlp.fc1`, [feedForward, embedding]),
      ...pair(`${to}.ffn_down`, `${from}.mlp.fc2`, [embedding, feedForward]),
      ...pair(`${to}.ln2`, `${from}.layer_norm2`, [embedding]),
    );
  }
  const { output, hidden } = projectorLayout;
  if (projectorLayout.kind === 'linear') tensors.push(...linearAsTwoLayers(projector, output, embedding));
  else
    tensors.push(
      planned('mm.0.weight', expectTensor(projector, '0.weight', [hidden, embedding], 'projector'), false, 0),
      biasOf(projector, 'mm.0.bias', '0.bias', hidden),
      planned('mm.2.weight', expectTensor(projector, '2.weight', [output, hidden], 'projector'), false, 0),
      biasOf(projector, 'mm.2.bias', '2.bias', output),
    );
  return { metadata, tensors };
}

export function provenanceOf(provenance: Provenance): [string, GgufValue][] {
  return [
    ['general.name', string(provenance.name)],
    ['general.license', string(provenance.licence)],
    ['general.source.url', string(provenance.source)],
  ];
}

/** A bias, zeros where the checkpoint has none: the engine adds one always. */
function biasOf(
  projector: ReadonlyMap<string, SourceTensor>,
  name: string,
  key: string,
  length: number,
): PlannedTensor {
  if (projector.has(key)) return planned(name, expectTensor(projector, key, [length], 'projector'), true, 0);
  return generated(name, [length], function* () {
    yield new Float32Array(length);
  });
}

/**
 * The engine's projector always has a GELU after its first layer. As gelu(x) − gelu(−x) = x, a linear projector Wx + b
 * is exactly [1 −1]·gelu([W; −W]x + [b; −b]).
 */
function linearAsTwoLayers(
  projector: ReadonlyMap<string, SourceTensor>,
  output: number,
  input: number,
): PlannedTensor[] {
  const weight = expectTensor(projector, '0.weight', [output, input], 'projector');
  const bias = biasOf(projector, 'bias', '0.bias', output);
  const signs = 2 * output;
  return [
    mirrored('mm.0.weight', [signs, input], planned('weight', weight, false, 0)),
    { ...mirrored('mm.0.bias', [signs], bias), keepF32: true },
    {
      ...generated('mm.2.weight', [output, signs], function* () {
        for (let row = 0; row < output; row++) {
          const values = new Float32Array(signs);
          values[row] = 1;
          values[output + row] = -1;
          yield values;
        }
      }),
      keepF32: false,
    },
    generated('mm.2.bias', [output], function* () {
      yield new Float32Array(output);
    }),
  ];
}

function mirrored(name: string, shape: readonly number[], original: PlannedTensor): PlannedTensor {
  const wide = original.source?.type === 'F32' || original.source === null;
  return {
    name,
    shape,
    source: original.source,
    keepF32: false,
    async *pieces() {
      yield* original.pieces();
      for await (const piece of original.pieces()) {
        const negative = Uint8Array.from(piece);
        // The sign is the highest bit of each little-endian number.
        for (let byte = wide ? 3 : 1; byte < negative.length; byte += wide ? 4 : 2) negative[byte]! ^= 0x80;
        yield negative;
      }
    },
  };
}

function generated(name: string, shape: readonly number[], rows: () => Iterable<Float32Array>): PlannedTensor {
  return {
    name,
    shape,
    source: null,
    keepF32: true,
    async *pieces() {
      for (const row of rows()) yield new Uint8Array(row.buffer);
    },
  };
}

/**
 * @param headsToPermute 0 to copy; else the number of heads whose rows are re-ordered: Hugging Face rotates the two
 * halves of a head against each other, the engine neighbouring pairs, so row s·(w/2)+j of a head becomes row 2j+s.
 */
export function planned(name: string, source: SourceTensor, keepF32: boolean, headsToPermute: number): PlannedTensor {
  const bytes = source.shape.reduce((product, size) => product * size, NUMBER_BYTES[source.type as StoredType]);
  return {
    name,
    shape: source.shape,
    source,
    keepF32,
    async *pieces() {
      if (headsToPermute === 0) {
        for (let start = 0; start < bytes; start += PIECE_BYTES)
          yield await source.read(start, Math.min(PIECE_BYTES, bytes - start));
        return;
      }
      const headBytes = bytes / headsToPermute;
      const width = source.shape[0]! / headsToPermute;
      const rowBytes = headBytes / width;
      for (let head = 0; head < headsToPermute; head++) {
        const rows = await source.read(head * headBytes, headBytes);
        const permuted = Buffer.allocUnsafeSlow(headBytes);
        for (let row = 0; row < width; row++) {
          const from = (row % 2) * (width / 2) + Math.floor(row / 2);
          permuted.set(rows.subarray(from * rowBytes, (from + 1) * rowBytes), row * rowBytes);
        }
        yield permuted;
      }
    },
  };
}

/** GGUF's numbers for what a file mostly holds (LLAMA_FTYPE). */
const FILE_TYPES: Readonly<Record<StoredType, number>> = { F32: 0, F16: 1, BF16: 32 };

/**
 * The plan as a file to write.
 * @param type of its matrices. @param stayF32 names of tensors whose numbers are beyond the type's range.
 */
export function asGgufFile(plan: PlannedFile, type: StoredType, stayF32: ReadonlySet<string> = new Set()): GgufFile {
  const tensors = plan.tensors.map((tensor): GgufTensor => {
    const to = tensor.keepF32 || stayF32.has(tensor.name) ? 'F32' : type;
    const stored = tensor.stored ?? tensor.source?.type ?? 'F32';
    if (!isStoredType(stored)) throw new ConversionError(`${tensor.name} is stored as ${stored}.`);
    return {
      name: tensor.name,
      shape: tensor.shape,
      type: to,
      data: async function* () {
        for await (const piece of tensor.pieces()) yield convertNumbers(piece, stored, to);
      },
    };
  });
  const metadata = new Map(plan.metadata);
  metadata.set('general.file_type', uint32(FILE_TYPES[type]));
  return { metadata, tensors };
}
