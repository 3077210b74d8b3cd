/**
 * From a Qwen3.5 or Qwen3-VL checkpoint to the two GGUF files of the engine. What differs from a plain copy:
 * - Qwen3.5 keeps its norms as distances from 1, and the decay of its linear attention as a logarithm;
 * - value heads of the linear attention that share a key head lie side by side in the checkpoint; the engine goes through
 *   the key heads again and again (0 1 2 0 1 2), so they are dealt out in that order;
 * - the tower's patches are a convolution over two frames; the engine has one kernel a frame.
 * Sources of names and keys: llama.cpp, src/models/qwen35.cpp, tools/mtmd/clip-impl.h, conversion/qwen.py.
 */
import type { ByteTokenizer } from './byte-bpe.ts';
import { ConversionError } from './failure.ts';
import type { GgufValue } from './gguf-writer.ts';
import { expectTensor } from './layout.ts';
import {
  bool,
  float32,
  type PlannedFile,
  type PlannedTensor,
  type Provenance,
  planned,
  provenanceOf,
  string,
  uint32,
} from './mapping.ts';
import { convertNumbers, NUMBER_BYTES, type StoredType } from './numbers.ts';
import type { LinearLayout, QwenCheckpoint } from './qwen-layout.ts';
import { shown } from './safetensors.ts';
import { elementCount, type SourceTensor } from './tensor-source.ts';

/** Epsilon of the tower's norms, which its code fixes. */
const VISION_EPSILON = 1e-6;

/** The language model's file. @throws ConversionError where a tensor is missing, stray or of another shape. */
export function planQwenText(
  checkpoint: QwenCheckpoint,
  tokenizer: ByteTokenizer,
  provenance: Provenance,
): PlannedFile {
  const { textLayout: layout, visionLayout, text } = checkpoint;
  const { kind, embedding, feedForward, heads, keyHeads, headWidth, linear } = layout;
  const metadata = new Map<string, GgufValue>([
    ['general.architecture', string(kind)],
    ['general.type', string('model')],
    ...provenanceOf(provenance),
    [`${kind}.context_length`, uint32(layout.contextLength)],
    [`${kind}.embedding_length`, uint32(embedding)],
    [`${kind}.block_count`, uint32(layout.blocks)],
    [`${kind}.feed_forward_length`, uint32(feedForward)],
    [`${kind}.attention.head_count`, uint32(heads)],
    [`${kind}.attention.head_count_kv`, uint32(keyHeads)],
    [`${kind}.attention.key_length`, uint32(headWidth)],
    [`${kind}.attention.value_length`, uint32(headWidth)],
    [`${kind}.attention.layer_norm_rms_epsilon`, float32(layout.normEpsilon)],
    [`${kind}.rope.dimension_count`, uint32(layout.rotaryWidth)],
    [`${kind}.rope.dimension_sections`, { type: 'array', of: 'int32', values: [...layout.sections, 0] }],
    [`${kind}.rope.freq_base`, float32(layout.ropeBase)],
    [`${kind}.vocab_size`, uint32(layout.vocabulary)],
  ]);
  if (kind === 'qwen3vl') metadata.set('qwen3vl.n_deepstack_layers', uint32(visionLayout.deepstack.length));
  if (linear) for (const [key, value] of linearMetadata(linear)) metadata.set(`${kind}.${key}`, value);
  for (const [key, value] of tokenizer.metadata) metadata.set(key, value);

  const used = new Set<string>();
  const take = (key: string, shape: readonly number[]): SourceTensor => {
    used.add(key);
    return expectTensor(text, key, shape, 'language model');
  };
  const copy = (name: string, key: string, shape: readonly number[]) => planned(name, take(key, shape), false, 0);
  const norm = (name: string, key: string, width: number): PlannedTensor => {
    const source = take(key, [width]);
    return kind === 'qwen35'
      ? computed(name, source, (values) => values.map((value) => value + 1))
      : planned(name, source, true, 0);
  };
  const tensors = [copy('token_embd.weight', 'embed_tokens.weight', [layout.vocabulary, embedding])];
  for (let block = 0; block < layout.blocks; block++) {
    const to = `blk.${block}`;
    const from = `layers.${block}`;
    tensors.push(norm(`${to}.attn_norm.weight`, `${from}.input_layernorm.weight`, embedding));
    if (linear?.blocks[block]) tensors.push(...linearTensors(linear, embedding, to, `${from}.linear_attn`, take));
    else {
      // A gated head has its query and its gate in turn.
      const queries = heads * headWidth * (kind === 'qwen35' ? 2 : 1);
      tensors.push(
        copy(`${to}.attn_q.weight`, `${from}.self_attn.q_proj.weight`, [queries, embedding]),
        copy(`${to}.attn_k.weight`, `${from}.self_attn.k_proj.weight`, [keyHeads * headWidth, embedding]),
        copy(`${to}.attn_v.weight`, `${from}.self_attn.v_proj.weight`, [keyHeads * headWidth, embedding]),
        copy(`${to}.attn_output.weight`, `${from}.self_attn.o_proj.weight`, [embedding, heads * headWidth]),
        norm(`${to}.attn_q_norm.weight`, `${from}.self_attn.q_norm.weight`, headWidth),
        norm(`${to}.attn_k_norm.weight`, `${from}.self_attn.k_norm.weight`, headWidth),
      );
    }
    tensors.push(
      norm(
        `${to}.${kind === 'qwen35' ? 'post_attention_norm' : 'ffn_norm'}.weight`,
        `${from}.post_attention_layernorm.weight`,
        embedding,
      ),
      copy(`${to}.ffn_gate.weight`, `${from}.mlp.gate_proj.weight`, [feedForward, embedding]),
      copy(`${to}.ffn_up.weight`, `${from}.mlp.up_proj.weight`, [feedForward, embedding]),
      copy(`${to}.ffn_down.weight`, `${from}.mlp.down_proj.weight`, [embedding, feedForward]),
    );
  }
  tensors.push(norm('output_norm.weight', 'norm.weight', embedding));
  if (!layout.tied) tensors.push(copy('output.weight', 'lm_head.weight', [layout.vocabulary, embedding]));
  refuseStray(text, used, 'language model');
  return { metadata, tensors };
}

function linearMetadata(linear: LinearLayout): [string, GgufValue][] {
  return [
    ['ssm.conv_kernel', uint32(linear.kernel)],
    ['ssm.state_size', uint32(linear.headWidth)],
    ['ssm.group_count', uint32(linear.keyHeads)],
    ['ssm.time_step_rank', uint32(linear.valueHeads)],
    ['ssm.inner_size', uint32(linear.valueHeads * linear.headWidth)],
    ['attention.recurrent_layers', { type: 'array', of: 'bool', values: linear.blocks }],
  ];
}

/** The gated delta rule of one block. */
function linearTensors(
  linear: LinearLayout,
  embedding: number,
  to: string,
  from: string,
  take: (key: string, shape: readonly number[]) => SourceTensor,
): PlannedTensor[] {
  const { keyHeads, valueHeads, headWidth: width } = linear;
  const keys = keyHeads * width;
  const values = valueHeads * width;
  const channels = 2 * keys + values;
  // Position in the engine's order → head of the checkpoint.
  const shared = valueHeads / keyHeads;
  const dealt = Array.from({ length: valueHeads }, (_, at) => (at % keyHeads) * shared + Math.floor(at / keyHeads));
  const rowsOf = (size: number, before = 0): Span[] => [
    ...(before > 0 ? [{ start: 0, count: before }] : []),
    ...dealt.map((head) => ({ start: before + head * size, count: size })),
  ];
  const one = (name: string, key: string, change: (value: number) => number) =>
    computed(name, take(`${from}.${key}`, [valueHeads]), (all) =>
      Float32Array.from(dealt, (head) => change(all[head]!)),
    );
  return [
    rows(`${to}.attn_qkv.weight`, take(`${from}.in_proj_qkv.weight`, [channels, embedding]), rowsOf(width, 2 * keys)),
    rows(`${to}.attn_gate.weight`, take(`${from}.in_proj_z.weight`, [values, embedding]), rowsOf(width)),
    rows(`${to}.ssm_beta.weight`, take(`${from}.in_proj_b.weight`, [valueHeads, embedding]), rowsOf(1)),
    rows(`${to}.ssm_alpha.weight`, take(`${from}.in_proj_a.weight`, [valueHeads, embedding]), rowsOf(1)),
    one(`${to}.ssm_a`, 'A_log', (value) => -Math.exp(value)),
    one(`${to}.ssm_dt.bias`, 'dt_bias', (value) => value),
    {
      ...rows(
        `${to}.ssm_conv1d.weight`,
        take(`${from}.conv1d.weight`, [channels, 1, linear.kernel]),
        rowsOf(width, 2 * keys),
      ),
      shape: [channels, linear.kernel],
      keepF32: true,
    },
    planned(`${to}.ssm_norm.weight`, take(`${from}.norm.weight`, [width]), true, 0),
    columns(`${to}.ssm_out.weight`, take(`${from}.out_proj.weight`, [embedding, values]), rowsOf(width)),
  ];
}

/** The projector's file with the vision tower. @throws ConversionError as planQwenText does. */
export function planQwenProjector(checkpoint: QwenCheckpoint, provenance: Provenance): PlannedFile {
  const { visionLayout: layout, textLayout, vision } = checkpoint;
  const { embedding, feedForward, patchSize, side, merge } = layout;
  const metadata = new Map<string, GgufValue>([
    ['general.architecture', string('clip')],
    ['general.type', string('mmproj')],
    ...provenanceOf(provenance),
    ['clip.has_vision_encoder', bool(true)],
    ['clip.projector_type', string('qwen3vl_merger')],
    ['clip.use_gelu', bool(true)],
    ['clip.vision.image_size', uint32(side * patchSize)],
    ['clip.vision.patch_size', uint32(patchSize)],
    ['clip.vision.embedding_length', uint32(embedding)],
    ['clip.vision.feed_forward_length', uint32(feedForward)],
    ['clip.vision.projection_dim', uint32(textLayout.embedding)],
    ['clip.vision.block_count', uint32(layout.blocks)],
    ['clip.vision.attention.head_count', uint32(layout.heads)],
    ['clip.vision.attention.layer_norm_epsilon', float32(VISION_EPSILON)],
    ['clip.vision.spatial_merge_size', uint32(merge)],
    ['clip.vision.image_mean', { type: 'array', of: 'float32', values: layout.mean }],
    ['clip.vision.image_std', { type: 'array', of: 'float32', values: layout.deviation }],
    [
      'clip.vision.is_deepstack_layers',
      {
        type: 'array',
        of: 'bool',
        values: Array.from({ length: layout.blocks }, (_, block) => layout.deepstack.includes(block)),
      },
    ],
  ]);
  const used = new Set<string>();
  const take = (key: string, shape: readonly number[]): SourceTensor => {
    used.add(key);
    return expectTensor(vision, key, shape, 'vision tower');
  };
  const pair = (to: string, from: string, shape: readonly number[]): PlannedTensor[] => [
    planned(`${to}.weight`, take(`${from}.weight`, shape), shape.length === 1, 0),
    planned(`${to}.bias`, take(`${from}.bias`, [shape[0]!]), true, 0),
  ];
  const patches = take('patch_embed.proj.weight', [embedding, 3, 2, patchSize, patchSize]);
  const tensors = [
    frame('v.patch_embd.weight', patches, 0),
    frame('v.patch_embd.weight.1', patches, 1),
    planned('v.patch_embd.bias', take('patch_embed.proj.bias', [embedding]), true, 0),
    planned('v.position_embd.weight', take('pos_embed.weight', [side * side, embedding]), true, 0),
  ];
  for (let block = 0; block < layout.blocks; block++) {
    const to = `v.blk.${block}`;
    const from = `blocks.${block}`;
    tensors.push(
      ...pair(`${to}.ln1`, `${from}.norm1`, [embedding]),
      ...pair(`${to}.attn_qkv`, `${from}.attn.qkv`, [3 * embedding, embedding]),
      ...pair(`${to}.attn_out`, `${from}.attn.proj`, [embedding, embedding]),
      ...pair(`${to}.ln2`, `${from}.norm2`, [embedding]),
      ...pair(`${to}.ffn_up`, `${from}.mlp.linear_fc1`, [feedForward, embedding]),
      ...pair(`${to}.ffn_down`, `${from}.mlp.linear_fc2`, [embedding, feedForward]),
    );
  }
  const merged = embedding * merge * merge;
  tensors.push(
    ...pair('v.post_ln', 'merger.norm', [embedding]),
    ...pair('mm.0', 'merger.linear_fc1', [merged, merged]),
    ...pair('mm.2', 'merger.linear_fc2', [textLayout.embedding, merged]),
  );
  for (const [index, block] of layout.deepstack.entries()) {
    const from = `deepstack_merger_list.${index}`;
    tensors.push(
      ...pair(`v.deepstack.${block}.norm`, `${from}.norm`, [merged]),
      ...pair(`v.deepstack.${block}.fc1`, `${from}.linear_fc1`, [merged, merged]),
      ...pair(`v.deepstack.${block}.fc2`, `${from}.linear_fc2`, [textLayout.embedding, merged]),
    );
  }
  refuseStray(vision, used, 'vision tower');
  return { metadata, tensors };
}

function refuseStray(map: ReadonlyMap<string, SourceTensor>, used: ReadonlySet<string>, part: string): void {
  const stray = [...map.keys()].find((key) => !used.has(key));
  if (stray)
    throw new ConversionError(`The ${part} has the tensor ${shown(stray)}, which models of this kind do not have.`);
}

interface Span {
  start: number;
  count: number;
}

const bytesOf = (source: SourceTensor, elements: number) => elements * NUMBER_BYTES[source.type as StoredType];

/** A small tensor whose numbers are calculated. */
function computed(name: string, source: SourceTensor, change: (values: Float32Array) => Float32Array): PlannedTensor {
  return {
    name,
    shape: source.shape,
    source,
    stored: 'F32',
    keepF32: true,
    async *pieces() {
      const bytes = await source.read(0, bytesOf(source, elementCount(source.shape)));
      const wide = Uint8Array.from(convertNumbers(bytes, source.type as StoredType, 'F32'));
      yield new Uint8Array(change(new Float32Array(wide.buffer)).buffer);
    },
  };
}

/** Rows in another order. */
function rows(name: string, source: SourceTensor, order: readonly Span[]): PlannedTensor {
  const rowBytes = bytesOf(source, elementCount(source.shape.slice(1)));
  return {
    ...planned(name, source, false, 0),
    async *pieces() {
      for (const { start, count } of order) yield await source.read(start * rowBytes, count * rowBytes);
    },
  };
}

/** Columns in another order, in each row the same. */
function columns(name: string, source: SourceTensor, order: readonly Span[]): PlannedTensor {
  const [height, width] = source.shape as [number, number];
  const rowBytes = bytesOf(source, width);
  return {
    ...planned(name, source, false, 0),
    async *pieces() {
      for (let row = 0; row < height; row++) {
        const old = await source.read(row * rowBytes, rowBytes);
        const fresh = Buffer.allocUnsafeSlow(rowBytes);
        let at = 0;
        for (const { start, count } of order) {
          fresh.set(old.subarray(bytesOf(source, start), bytesOf(source, start + count)), at);
          at += bytesOf(source, count);
        }
        yield fresh;
      }
    },
  };
}

/** The kernel of one of two frames. */
function frame(name: string, source: SourceTensor, which: 0 | 1): PlannedTensor {
  const [output, channels, , height, width] = source.shape as [number, number, number, number, number];
  const plane = bytesOf(source, height * width);
  return {
    ...planned(name, source, false, 0),
    shape: [output, channels, height, width],
    async *pieces() {
      for (let kernel = 0; kernel < output * channels; kernel++)
        yield await source.read((2 * kernel + which) * plane, plane);
    },
  };
}
