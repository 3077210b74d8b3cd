/**
 * CLIP's vision tower and LLaVA's projector in double precision, written from the papers (Radford et al. 2021; Liu et
 * al. 2023) and Hugging Face's names: class embedding first, positions, pre-norm, blocks of attention and quick-GELU,
 * hidden_states[-2] without the class token, two linear layers with GELU between.
 */
import {
  add,
  attention,
  gelu,
  layerNorm,
  linear,
  quickGelu,
  type ReferenceTensors,
  type Rows,
  tensor,
} from './numbers.ts';

export interface ClipConfig {
  hidden_size: number;
  num_attention_heads: number;
  num_hidden_layers: number;
  image_size: number;
  patch_size: number;
  layer_norm_eps: number;
}

export const CLIP_MEAN = [0.48145466, 0.4578275, 0.40821073] as const;
export const CLIP_STD = [0.26862954, 0.26130258, 0.27577711] as const;

/** RGB bytes of a square picture of the tower's size → numbers, row after row, three channels interleaved. */
export function normalize(rgb: ArrayLike<number>): Float64Array {
  return Float64Array.from({ length: rgb.length }, (_, index) => {
    const channel = index % 3;
    return (rgb[index]! / 255 - CLIP_MEAN[channel]!) / CLIP_STD[channel]!;
  });
}

/**
 * @param prefix of the tower's tensor names, up to and with `vision_model.`
 * @param layer which hidden state, counted as Hugging Face does; -2 is LLaVA's.
 * @returns the patches' vectors, without the class token.
 */
export function clipPatches(
  tensors: ReferenceTensors,
  prefix: string,
  config: ClipConfig,
  pixels: Float64Array,
  layer = -2,
): Rows {
  const get = (name: string) => tensor(tensors, prefix + name);
  const { hidden_size: width, patch_size: patch, image_size: size, num_attention_heads: heads } = config;
  const kernel = get('embeddings.patch_embedding.weight').data;
  const side = size / patch;
  let rows: Rows = [Float64Array.from(get('embeddings.class_embedding').data)];
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const row = new Float64Array(width);
      for (let output = 0; output < width; output++) {
        let sum = 0;
        for (let channel = 0; channel < 3; channel++)
          for (let j = 0; j < patch; j++)
            for (let i = 0; i < patch; i++)
              sum +=
                kernel[((output * 3 + channel) * patch + j) * patch + i]! *
                pixels[((y * patch + j) * size + x * patch + i) * 3 + channel]!;
        row[output] = sum;
      }
      rows.push(row);
    }
  const positions = get('embeddings.position_embedding.weight').data;
  rows = rows.map((row, index) => row.map((value, column) => value + positions[index * width + column]!));
  rows = layerNorm(rows, get('pre_layrnorm.weight'), get('pre_layrnorm.bias'), config.layer_norm_eps);

  const blocks = layer < 0 ? config.num_hidden_layers + 1 + layer : layer;
  const headWidth = width / heads;
  for (let block = 0; block < blocks; block++) {
    const at = (name: string) => get(`encoder.layers.${block}.${name}`);
    const project = (input: Rows, name: string) => linear(input, at(`${name}.weight`), at(`${name}.bias`));
    const normed = layerNorm(rows, at('layer_norm1.weight'), at('layer_norm1.bias'), config.layer_norm_eps);
    const [queries, keys, values] = ['q_proj', 'k_proj', 'v_proj'].map((name) => project(normed, `self_attn.${name}`));
    const joined = rows.map(() => new Float64Array(width));
    for (let head = 0; head < heads; head++) {
      const part = (input: Rows) => input.map((row) => row.subarray(head * headWidth, (head + 1) * headWidth));
      attention(part(queries!), part(keys!), part(values!), () => true).forEach((row, index) => {
        joined[index]!.set(row, head * headWidth);
      });
    }
    rows = add(rows, project(joined, 'self_attn.out_proj'));
    const second = layerNorm(rows, at('layer_norm2.weight'), at('layer_norm2.bias'), config.layer_norm_eps);
    const inner = project(second, 'mlp.fc1').map((row) => row.map(quickGelu));
    rows = add(rows, project(inner, 'mlp.fc2'));
  }
  return rows.slice(1);
}

/** LLaVA-1.5's projector, mlp2x_gelu. @param prefix such as `model.mm_projector.` */
export function projectPatches(tensors: ReferenceTensors, prefix: string, patches: Rows): Rows {
  const layer = (index: number, rows: Rows) =>
    linear(rows, tensor(tensors, `${prefix}${index}.weight`), tensor(tensors, `${prefix}${index}.bias`));
  return layer(
    2,
    layer(0, patches).map((row) => row.map(gelu)),
  );
}
