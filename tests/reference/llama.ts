/**
 * LLaMA in double precision, written from the papers (Touvron et al. 2023; Su et al. 2021; Ainslie et al. 2023) and
 * Hugging Face's names and meaning: RMSNorm, rotary positions by halves (rotate_half), grouped keys, SwiGLU.
 */
import { add, attention, linear, type ReferenceTensors, type Rows, rmsNorm, silu, softmax, tensor } from './numbers.ts';

export interface LlamaConfig {
  hidden_size: number;
  num_hidden_layers: number;
  num_attention_heads: number;
  num_key_value_heads: number;
  rms_norm_eps: number;
  rope_theta?: number;
}

/** What stands at a position: a token, or a vector such as a piece of a picture. */
export type Input = number | Float64Array;

/**
 * Logits after every input.
 * @param prefix of the tensor names, such as `model.`; the output is `lm_head.weight`.
 */
export function llamaLogits(
  tensors: ReferenceTensors,
  config: LlamaConfig,
  inputs: readonly Input[],
  prefix = 'model.',
): Rows {
  const get = (name: string) => tensor(tensors, prefix + name);
  const { num_attention_heads: heads, num_key_value_heads: keyHeads, rms_norm_eps: epsilon } = config;
  const embedding = get('embed_tokens.weight');
  const width = embedding.shape[1]!;
  let rows: Rows = inputs.map((input) =>
    typeof input === 'number'
      ? Float64Array.from({ length: width }, (_, index) => embedding.data[input * width + index]!)
      : input,
  );
  for (let block = 0; block < config.num_hidden_layers; block++) {
    const at = (name: string) => get(`layers.${block}.${name}.weight`);
    const normed = rmsNorm(rows, at('input_layernorm'), epsilon);
    const queries = linear(normed, at('self_attn.q_proj'));
    const keys = linear(normed, at('self_attn.k_proj'));
    const values = linear(normed, at('self_attn.v_proj'));
    const headWidth = queries[0]!.length / heads;
    const part = (input: Rows, head: number) =>
      input.map((row) => row.subarray(head * headWidth, (head + 1) * headWidth));
    const turned = (input: Rows) => input.map((row, position) => rotate(row, position, config.rope_theta ?? 10000));
    const joined = rows.map(() => new Float64Array(heads * headWidth));
    for (let head = 0; head < heads; head++) {
      const shared = Math.floor(head / (heads / keyHeads));
      attention(
        turned(part(queries, head)),
        turned(part(keys, shared)),
        part(values, shared),
        (i, j) => j <= i,
      ).forEach((row, index) => {
        joined[index]!.set(row, head * headWidth);
      });
    }
    rows = add(rows, linear(joined, at('self_attn.o_proj')));
    const second = rmsNorm(rows, at('post_attention_layernorm'), epsilon);
    const gates = linear(second, at('mlp.gate_proj'));
    const ups = linear(second, at('mlp.up_proj'));
    const inner = gates.map((row, index) => row.map((value, column) => silu(value) * ups[index]![column]!));
    rows = add(rows, linear(inner, at('mlp.down_proj')));
  }
  return linear(rmsNorm(rows, get('norm.weight'), epsilon), tensor(tensors, 'lm_head.weight'));
}

/** x·cos + rotate_half(x)·sin with frequencies theta^(-2i/width), the two halves of the head against each other. */
function rotate(row: Float64Array, position: number, theta: number): Float64Array {
  const half = row.length / 2;
  const result = new Float64Array(row.length);
  for (let index = 0; index < half; index++) {
    const angle = position * theta ** (-index / half);
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    result[index] = row[index]! * cos - row[index + half]! * sin;
    result[index + half] = row[index + half]! * cos + row[index]! * sin;
  }
  return result;
}

/** Softmax over some words' logits. */
export function wordProbabilities(logits: Float64Array, words: readonly number[]): number[] {
  return [...softmax(words.map((word) => logits[word]!))];
}
