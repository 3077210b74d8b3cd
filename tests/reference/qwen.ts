/**
 * Qwen3.5 and Qwen3-VL in double precision, written from what their authors published (transformers' modeling_qwen3_5.py
 * and modeling_qwen3_vl.py; Yang et al. 2024, "Gated Delta Networks") under Hugging Face's names: the state of the
 * linear attention is carried token by token, as the recurrence is defined, never in chunks.
 */
import {
  add,
  attention,
  gelu,
  layerNorm,
  linear,
  type ReferenceTensors,
  type Rows,
  silu,
  softmax,
  tensor,
} from './numbers.ts';

export interface QwenTextConfig {
  num_hidden_layers: number;
  num_attention_heads: number;
  num_key_value_heads: number;
  head_dim: number;
  rms_norm_eps: number;
  rope_parameters: { rope_theta: number; partial_rotary_factor?: number; mrope_section: number[] };
  layer_types?: string[];
  linear_num_key_heads?: number;
  linear_num_value_heads?: number;
  linear_key_head_dim?: number;
}

export interface QwenVisionConfig {
  depth: number;
  hidden_size: number;
  num_heads: number;
  patch_size: number;
  num_position_embeddings: number;
  deepstack_visual_indexes?: number[];
}

/** A word, or a piece of a picture at a row and column of its grid of `rows` × `columns` tokens. */
export type QwenInput = number | { vector: Float64Array; deep: Float64Array[]; row: number; column: number };

/** Time, height and width of each input: words count on, a picture stands still in time and is left by its longer side. */
export function positionsOf(inputs: readonly QwenInput[]): [number, number, number][] {
  const positions: [number, number, number][] = [];
  let next = 0;
  for (let index = 0; index < inputs.length; ) {
    if (typeof inputs[index] === 'number') {
      positions.push([next, next, next]);
      next++;
      index++;
      continue;
    }
    const start = next;
    for (; index < inputs.length; index++) {
      const input = inputs[index]!;
      if (typeof input === 'number') break;
      positions.push([start, start + input.row, start + input.column]);
      next = Math.max(next, start + input.row + 1, start + input.column + 1);
    }
  }
  return positions;
}

/** Logits after every input. @param centred whether norms are kept as distances from 1 (Qwen3.5). */
export function qwenLogits(
  tensors: ReferenceTensors,
  config: QwenTextConfig,
  inputs: readonly QwenInput[],
  centred: boolean,
  prefix = 'model.language_model.',
): Rows {
  const get = (name: string) => tensor(tensors, prefix + name);
  const norm = (rows: Rows, name: string) => rmsNorm(rows, get(name).data, config.rms_norm_eps, centred ? 1 : 0);
  const embedding = get('embed_tokens.weight');
  const width = embedding.shape[1]!;
  let rows: Rows = inputs.map((input) =>
    typeof input === 'number'
      ? Float64Array.from({ length: width }, (_, index) => embedding.data[input * width + index]!)
      : input.vector,
  );
  const positions = positionsOf(inputs);
  for (let block = 0; block < config.num_hidden_layers; block++) {
    const at = `layers.${block}.`;
    const normed = norm(rows, `${at}input_layernorm.weight`);
    const mixed =
      config.layer_types?.[block] === 'linear_attention'
        ? gatedDelta(normed, (name) => get(`${at}linear_attn.${name}`), config)
        : fullAttention(normed, (name) => get(`${at}self_attn.${name}`), config, positions, centred);
    rows = add(rows, mixed);
    const second = norm(rows, `${at}post_attention_layernorm.weight`);
    const gates = linear(second, get(`${at}mlp.gate_proj.weight`));
    const ups = linear(second, get(`${at}mlp.up_proj.weight`));
    const inner = gates.map((row, index) => row.map((value, column) => silu(value) * ups[index]![column]!));
    rows = add(rows, linear(inner, get(`${at}mlp.down_proj.weight`)));
    // The first blocks get what the tower saw on the way as well.
    rows = rows.map((row, index) => {
      const input = inputs[index]!;
      const more = typeof input === 'number' ? undefined : input.deep[block];
      return more ? row.map((value, column) => value + more[column]!) : row;
    });
  }
  const output = tensors.has('lm_head.weight') ? tensor(tensors, 'lm_head.weight') : embedding;
  return linear(norm(rows, 'norm.weight'), output);
}

type Get = (name: string) => { shape: readonly number[]; data: ArrayLike<number> };

function rmsNorm(rows: Rows, weight: ArrayLike<number>, epsilon: number, from: number): Rows {
  return rows.map((row) => {
    const square = row.reduce((sum, value) => sum + value * value, 0) / row.length;
    return row.map((value, index) => (value / Math.sqrt(square + epsilon)) * (from + weight[index]!));
  });
}

function gatedDelta(rows: Rows, get: Get, config: QwenTextConfig): Rows {
  const keyHeads = config.linear_num_key_heads!;
  const valueHeads = config.linear_num_value_heads!;
  const size = config.linear_key_head_dim!;
  const keys = keyHeads * size;
  const projected = linear(rows, get('in_proj_qkv.weight'));
  const kernel = get('conv1d.weight');
  const taps = kernel.shape[2]!;
  // A causal convolution of each channel, then SiLU.
  const mixed = projected.map((row, time) =>
    row.map((_, channel) => {
      let sum = 0;
      for (let tap = 0; tap < taps; tap++) {
        const from = time - taps + 1 + tap;
        if (from >= 0) sum += kernel.data[channel * taps + tap]! * projected[from]![channel]!;
      }
      return silu(sum);
    }),
  );
  const gates = linear(rows, get('in_proj_z.weight'));
  const betas = linear(rows, get('in_proj_b.weight'));
  const decays = linear(rows, get('in_proj_a.weight'));
  const [log, bias, scale] = [get('A_log').data, get('dt_bias').data, get('norm.weight').data];
  const states = Array.from({ length: valueHeads }, () => new Float64Array(size * size));
  const joined = rows.map((_, time) => {
    const row = new Float64Array(valueHeads * size);
    for (let head = 0; head < valueHeads; head++) {
      const shared = Math.floor(head / (valueHeads / keyHeads));
      const query = unit(mixed[time]!.subarray(shared * size, (shared + 1) * size));
      const key = unit(mixed[time]!.subarray(keys + shared * size, keys + (shared + 1) * size));
      const value = mixed[time]!.subarray(2 * keys + head * size, 2 * keys + (head + 1) * size);
      const beta = 1 / (1 + Math.exp(-betas[time]![head]!));
      const decay = Math.exp(-Math.exp(log[head]!) * Math.log1p(Math.exp(decays[time]![head]! + bias[head]!)));
      const state = states[head]!; // [key][value]
      for (let index = 0; index < state.length; index++) state[index]! *= decay;
      const output = new Float64Array(size);
      for (let v = 0; v < size; v++) {
        let remembered = 0;
        for (let k = 0; k < size; k++) remembered += state[k * size + v]! * key[k]!;
        const change = (value[v]! - remembered) * beta;
        for (let k = 0; k < size; k++) state[k * size + v]! += key[k]! * change;
        for (let k = 0; k < size; k++) output[v]! += (state[k * size + v]! * query[k]!) / Math.sqrt(size);
      }
      const square = output.reduce((sum, x) => sum + x * x, 0) / size;
      for (let v = 0; v < size; v++)
        row[head * size + v] =
          (output[v]! / Math.sqrt(square + config.rms_norm_eps)) * scale[v]! * silu(gates[time]![head * size + v]!);
    }
    return row;
  });
  return linear(joined, get('out_proj.weight'));
}

function unit(values: Float64Array): Float64Array {
  const length = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) + 1e-6);
  return values.map((value) => value / length);
}

function fullAttention(
  rows: Rows,
  get: Get,
  config: QwenTextConfig,
  positions: readonly [number, number, number][],
  gated: boolean,
): Rows {
  const { num_attention_heads: heads, num_key_value_heads: keyHeads, head_dim: size } = config;
  const share = config.rope_parameters.partial_rotary_factor ?? 1;
  const queries = linear(rows, get('q_proj.weight'));
  const keys = linear(rows, get('k_proj.weight'));
  const values = linear(rows, get('v_proj.weight'));
  const part = (input: Rows, start: number) => input.map((row) => row.subarray(start, start + size));
  const turned = (input: Rows, name: string) =>
    rmsNorm(input, get(`${name}.weight`).data, config.rms_norm_eps, gated ? 1 : 0).map((row, index) =>
      turn(row, positions[index]!, Math.trunc(size * share), config.rope_parameters),
    );
  const joined = rows.map(() => new Float64Array(heads * size));
  for (let head = 0; head < heads; head++) {
    const shared = Math.floor(head / (heads / keyHeads));
    const at = head * size * (gated ? 2 : 1);
    const gates = gated ? part(queries, at + size) : null;
    attention(
      turned(part(queries, at), 'q_norm'),
      turned(part(keys, shared * size), 'k_norm'),
      part(values, shared * size),
      (i, j) => j <= i,
    ).forEach((row, index) => {
      joined[index]!.set(gates ? row.map((value, c) => value / (1 + Math.exp(-gates[index]![c]!))) : row, head * size);
    });
  }
  return linear(joined, get('o_proj.weight'));
}

/** Interleaved positions: pairs turn with time, height, width in turn until each has its number; the rest with time. */
function turn(
  row: Float64Array,
  position: readonly [number, number, number],
  rotary: number,
  { rope_theta: theta, mrope_section: sections }: QwenTextConfig['rope_parameters'],
): Float64Array {
  const half = rotary / 2;
  const result = Float64Array.from(row);
  for (let pair = 0; pair < half; pair++) {
    const axis = pair % 3 !== 0 && pair < 3 * sections[pair % 3]! ? pair % 3 : 0;
    const angle = position[axis]! * theta ** ((-2 * pair) / rotary);
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    result[pair] = row[pair]! * cos - row[pair + half]! * sin;
    result[pair + half] = row[pair + half]! * cos + row[pair]! * sin;
  }
  return result;
}

/** GELU by tanh, as the tower's blocks have it. */
const geluTanh = (x: number) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));

/** A picture through tower and merger, row after row of its grid. @param rgb of a size that is a multiple of two patches. */
export function qwenPicture(
  tensors: ReferenceTensors,
  config: QwenVisionConfig,
  rgb: ArrayLike<number>,
  width: number,
  height: number,
  prefix = 'model.visual.',
): Exclude<QwenInput, number>[] {
  const get = (name: string) => tensor(tensors, prefix + name);
  const { patch_size: patch, hidden_size: size, num_heads: heads } = config;
  const [columns, rowCount] = [width / patch, height / patch];
  const kernel = get('patch_embed.proj.weight').data;
  const bias = get('patch_embed.proj.bias').data;
  const pixel = (x: number, y: number, channel: number) => (rgb[(y * width + x) * 3 + channel]! / 255 - 0.5) / 0.5;
  const places: [number, number][] = [];
  for (let y = 0; y < rowCount; y += 2)
    for (let x = 0; x < columns; x += 2)
      for (let dy = 0; dy < 2; dy++) for (let dx = 0; dx < 2; dx++) places.push([x + dx, y + dy]);
  let rows: Rows = places.map(([x, y]) => {
    const row = new Float64Array(size);
    for (let output = 0; output < size; output++) {
      let sum = bias[output]!;
      for (let channel = 0; channel < 3; channel++)
        for (
          let frame = 0;
          frame < 2;
          frame++ // a photo is two frames that are the same
        )
          for (let j = 0; j < patch; j++)
            for (let i = 0; i < patch; i++)
              sum +=
                kernel[(((output * 3 + channel) * 2 + frame) * patch + j) * patch + i]! *
                pixel(x * patch + i, y * patch + j, channel);
      row[output] = sum + position(x, y, output);
    }
    return row;
  });
  /** The learned square of positions, stretched over the grid with its corners on the corners. */
  function position(x: number, y: number, column: number): number {
    const table = get('pos_embed.weight').data;
    const side = Math.sqrt(config.num_position_embeddings);
    const along = (at: number, count: number) => (count === 1 ? 0 : (at * (side - 1)) / (count - 1));
    const [u, v] = [along(x, columns), along(y, rowCount)];
    const [left, top] = [Math.floor(u), Math.floor(v)];
    const value = (cx: number, cy: number) =>
      table[(Math.min(cy, side - 1) * side + Math.min(cx, side - 1)) * size + column]!;
    const [du, dv] = [u - left, v - top];
    return (
      (1 - dv) * ((1 - du) * value(left, top) + du * value(left + 1, top)) +
      dv * ((1 - du) * value(left, top + 1) + du * value(left + 1, top + 1))
    );
  }

  const deep: Rows[] = [];
  const headSize = size / heads;
  for (let block = 0; block < config.depth; block++) {
    const at = (name: string) => get(`blocks.${block}.${name}`);
    const both = (input: Rows, name: string) => linear(input, at(`${name}.weight`), at(`${name}.bias`));
    const joint = both(layerNorm(rows, at('norm1.weight'), at('norm1.bias'), 1e-6), 'attn.qkv');
    const joined = rows.map(() => new Float64Array(size));
    for (let head = 0; head < heads; head++) {
      const part = (which: number) =>
        joint.map((row) => row.subarray(which * size + head * headSize, which * size + (head + 1) * headSize));
      const turned = (input: Rows) => input.map((row, index) => turnPatch(row, places[index]!));
      attention(turned(part(0)), turned(part(1)), part(2), () => true).forEach((row, index) => {
        joined[index]!.set(row, head * headSize);
      });
    }
    rows = add(rows, both(joined, 'attn.proj'));
    const second = layerNorm(rows, at('norm2.weight'), at('norm2.bias'), 1e-6);
    rows = add(
      rows,
      both(
        both(second, 'mlp.linear_fc1').map((row) => row.map(geluTanh)),
        'mlp.linear_fc2',
      ),
    );
    const index = config.deepstack_visual_indexes?.indexOf(block) ?? -1;
    if (index >= 0) deep.push(merge(rows, `deepstack_merger_list.${index}.`, true));
  }
  const merged = merge(rows, 'merger.', false);
  return merged.map((vector, index) => ({
    vector,
    deep: deep.map((level) => level[index]!),
    row: Math.floor(index / (columns / 2)),
    column: index % (columns / 2),
  }));

  function merge(input: Rows, name: string, normAfter: boolean): Rows {
    const norm = (list: Rows) => layerNorm(list, get(`${name}norm.weight`), get(`${name}norm.bias`), 1e-6);
    const four = (list: Rows) =>
      Array.from({ length: list.length / 4 }, (_, index) =>
        Float64Array.from(list.slice(4 * index, 4 * index + 4).flatMap((row) => [...row])),
      );
    const blocks = normAfter ? norm(four(input)) : four(norm(input));
    const inner = linear(blocks, get(`${name}linear_fc1.weight`), get(`${name}linear_fc1.bias`));
    return linear(
      inner.map((row) => row.map(gelu)),
      get(`${name}linear_fc2.weight`),
      get(`${name}linear_fc2.bias`),
    );
  }
}

/** The first half of the pairs turns with the row, the second with the column. */
function turnPatch(row: Float64Array, [x, y]: [number, number]): Float64Array {
  const half = row.length / 2;
  const quarter = half / 2;
  const result = new Float64Array(row.length);
  for (let pair = 0; pair < half; pair++) {
    const angle = (pair < quarter ? y : x) * 10000 ** (-(pair % quarter) / quarter);
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    result[pair] = row[pair]! * cos - row[pair + half]! * sin;
    result[pair + half] = row[pair + half]! * cos + row[pair]! * sin;
  }
  return result;
}

/** Softmax over some words' logits. */
export function wordProbabilities(logits: Float64Array, words: readonly number[]): number[] {
  return [...softmax(words.map((word) => logits[word]!))];
}
