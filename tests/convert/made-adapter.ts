/** Makes small adapters as PEFT and LLaVA's trainer leave them, and the weights that they stand for. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { seededRandom } from '../../shared/random.ts';
import { type NumberType, roundTo, safetensors, type Tensor, type Tensors, torchZip } from './checkpoints.ts';

export interface AdapterSpec {
  rank: number;
  alpha: number;
  /** Modules by the end of their names, such as `q_proj`; `lm_head` too. */
  targets: readonly string[];
  type: NumberType;
  format: 'safetensors' | 'bin';
  rslora?: boolean;
  /** Ranks and alphas of single modules. */
  ranks?: Readonly<Record<string, number>>;
  alphas?: Readonly<Record<string, number>>;
  /** The projector was trained too. */
  projector?: boolean;
  seed?: number;
  /** How far it goes from the base. */
  strength?: number;
  config?: Record<string, unknown>;
  /** Tensors beside the usual ones. */
  extra?: Tensors;
  /** Of the layers' names, before `layers.`; LLaVA's own by default. */
  prefix?: string;
}

/**
 * Writes the folder. @param base the checkpoint's weights under LLaVA's names.
 * @returns the merged weights at a strength, in double precision rounded once, as the definition says: W + s·B·A.
 */
export async function writeAdapter(
  folder: string,
  base: Tensors,
  spec: AdapterSpec,
): Promise<(strength?: number) => Tensors> {
  const random = seededRandom(spec.seed ?? 11);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const filled = (shape: number[], scale: number): Tensor => ({
    shape,
    data: Float32Array.from({ length: shape[0]! * (shape[1] ?? 1) }, () => roundTo(scale * normal(), spec.type)),
  });
  const stored: Tensors = new Map();
  const parts: { name: string; a: Tensor; b: Tensor; scale: number }[] = [];
  for (const [name, { shape }] of base) {
    const module = name.replace(/\.weight$/, '');
    if (!/^model\.layers\.|^lm_head$/.test(module) || !spec.targets.some((target) => module.endsWith(target))) continue;
    const of = (patterns: Readonly<Record<string, number>> | undefined) =>
      Object.entries(patterns ?? {}).find(([key]) => module.endsWith(key))?.[1];
    const rank = of(spec.ranks) ?? spec.rank;
    const alpha = of(spec.alphas) ?? spec.alpha;
    const a = filled([rank, shape[1]!], 1 / Math.sqrt(shape[1]!));
    const b = filled([shape[0]!, rank], (spec.strength ?? 0.6) / Math.sqrt(rank));
    const title = `base_model.model.${module.replace(/^model\.layers/, spec.prefix ?? 'model.layers')}`;
    stored.set(`${title}.lora_A.weight`, a);
    stored.set(`${title}.lora_B.weight`, b);
    parts.push({ name, a, b, scale: alpha / (spec.rslora ? Math.sqrt(rank) : rank) });
  }
  for (const [name, tensor] of spec.extra ?? []) stored.set(name, tensor);
  await mkdir(folder, { recursive: true });
  const config = {
    peft_type: 'LORA',
    task_type: 'CAUSAL_LM',
    r: spec.rank,
    lora_alpha: spec.alpha,
    lora_dropout: 0.05,
    bias: 'none',
    fan_in_fan_out: false,
    target_modules: spec.targets,
    modules_to_save: null,
    use_rslora: spec.rslora ?? false,
    rank_pattern: spec.ranks ?? {},
    alpha_pattern: spec.alphas ?? {},
    ...spec.config,
  };
  await writeFile(join(folder, 'adapter_config.json'), JSON.stringify(config));
  const bytes = spec.format === 'bin' ? torchZip(stored, spec.type) : safetensors(stored, spec.type);
  await writeFile(join(folder, `adapter_model.${spec.format}`), bytes);

  const projector: Tensors = new Map();
  if (spec.projector) {
    for (const [name, { shape, data }] of base) {
      if (!name.startsWith('model.mm_projector.')) continue;
      projector.set(name, {
        shape,
        data: data.map((value) => roundTo(value + 0.15 * normal() * Math.abs(value), 'F16')),
      });
    }
    const named: Tensors = new Map([...projector].map(([name, tensor]) => [`base_model.model.${name}`, tensor]));
    await writeFile(join(folder, 'non_lora_trainables.bin'), torchZip(named, 'F16'));
  }

  return (strength = 1) => {
    const merged: Tensors = new Map([...base, ...projector]);
    for (const { name, a, b, scale } of parts) {
      const { shape, data } = base.get(name)!;
      const [rows, columns] = shape as [number, number];
      const rank = a.shape[0]!;
      const sum = Float32Array.from(data, (value, index) => {
        const row = Math.floor(index / columns);
        let added = 0;
        for (let part = 0; part < rank; part++)
          added += b.data[row * rank + part]! * a.data[part * columns + (index % columns)]!;
        return value + strength * scale * added;
      });
      merged.set(name, { shape: [rows, columns], data: sum });
    }
    return merged;
  };
}
