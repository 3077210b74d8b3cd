/**
 * Opens a low-rank adapter as PEFT and LLaVA's trainer leave it: `adapter_config.json`, `adapter_model.safetensors` or
 * `.bin`, and `non_lora_trainables.bin` where the projector was trained too. Whatever Keeplight would apply otherwise
 * than it was trained is refused here, from headers alone.
 * Sources: peft's LoraConfig and tuners/lora/layer.py (scaling, fan_in_fan_out), LLaVA's train.py (the third file).
 */
import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { ConversionError } from './failure.ts';
import { asObject, type JsonObject, openFile, type ReadableFile, readJsonFile } from './files.ts';
import { isStoredType } from './numbers.ts';
import { readPytorch } from './pytorch.ts';
import { readSafetensors, shown } from './safetensors.ts';
import type { SourceTensor } from './tensor-source.ts';

/** What is added to one matrix: `scale` × b·a. */
export interface LowRank {
  /** Such as `layers.0.self_attn.q_proj`, or `lm_head`. */
  module: string;
  /** [rank, input] */
  a: SourceTensor;
  /** [output, rank] */
  b: SourceTensor;
  /** alpha / rank, or alpha / √rank where it was trained so. */
  scale: number;
}

export interface OpenedAdapter {
  /** Name of its folder. */
  name: string;
  lowRank: ReadonlyMap<string, LowRank>;
  /** The projector as it was trained, `0.weight`, `0.bias`, `2.weight`, `2.bias`; empty where it was not. */
  projector: ReadonlyMap<string, SourceTensor>;
  warnings: string[];
  /** Changes when a file of the folder does. */
  fingerprint: string;
  close(): Promise<void>;
}

const WEIGHTS = ['adapter_model.safetensors', 'adapter_model.bin'] as const;
const TRAINED_WHOLE = ['non_lora_trainables.bin', 'non_lora_trainables.safetensors'] as const;
/** The layers of LLaMA that may be tuned. */
const MODULE = /^(?:layers\.\d{1,4}\.(?:self_attn\.[qkvo]_proj|mlp\.(?:gate|up|down)_proj)|lm_head)$/;

/** @throws ConversionError with one sentence for everything that cannot be applied as it was trained. */
export async function openAdapter(path: string): Promise<OpenedAdapter> {
  const folder = resolve(path);
  const name = basename(folder);
  const files = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    throw new ConversionError(
      error.code === 'ENOTDIR'
        ? `${name} is a file; the folder that PEFT wrote is needed, with adapter_config.json in it.`
        : `The folder ${path} cannot be read (${error.code}).`,
    );
  });
  const config = await readJsonFile(join(folder, 'adapter_config.json'));
  if (!config) throw new ConversionError(`${name} has no adapter_config.json: it is no adapter that PEFT wrote.`);
  refuseOtherKinds(config);
  const weights = WEIGHTS.find((file) => files.includes(file));
  if (!weights) throw new ConversionError(`${name} has neither ${WEIGHTS.join(' nor ')}.`);

  const opened: ReadableFile[] = [];
  const close = async () => {
    await Promise.all(opened.map((file) => file.close()));
  };
  const read = async (file: string) => {
    const readable = await openFile(join(folder, file));
    opened.push(readable);
    return file.endsWith('.safetensors') ? readSafetensors(readable) : readPytorch(readable);
  };
  try {
    const lowRank = pairsOf(await read(weights), config);
    const whole = TRAINED_WHOLE.find((file) => files.includes(file));
    const projector = whole ? projectorOf(await read(whole)) : new Map<string, SourceTensor>();
    const fingerprint: [string, number, number][] = [];
    for (const file of [weights, whole, 'adapter_config.json']) {
      if (!file) continue;
      const { size, mtimeMs } = await stat(join(folder, file));
      fingerprint.push([file, size, Math.round(mtimeMs)]);
    }
    return { name, lowRank, projector, warnings: [], fingerprint: JSON.stringify(fingerprint), close };
  } catch (error) {
    await close();
    throw error;
  }
}

function refuseOtherKinds(config: JsonObject): void {
  const kind = config.peft_type;
  if (typeof kind !== 'string' || kind.toUpperCase() !== 'LORA')
    throw new ConversionError(`The adapter is of the kind ${shown(String(kind ?? 'unknown'))}; LORA is needed.`);
  if (config.use_dora === true)
    throw new ConversionError('The adapter was trained with DoRA (use_dora), which the engine cannot apply.');
  if (config.fan_in_fan_out === true)
    throw new ConversionError(
      'The adapter was trained for layers that keep their weights transposed (fan_in_fan_out), which LLaMA has not.',
    );
  if (config.lora_bias === true)
    throw new ConversionError('The adapter has biases of its own (lora_bias), which the engine cannot apply.');
  const whole = config.modules_to_save;
  if (Array.isArray(whole) && whole.length > 0)
    throw new ConversionError(
      `The adapter holds whole layers (modules_to_save: ${shown(whole.map(String).join(', '))}), which cannot be loaded beside a model.`,
    );
  if (Array.isArray(config.layer_replication) && config.layer_replication.length > 0)
    throw new ConversionError(
      'The adapter was trained on repeated layers (layer_replication), which its base has not.',
    );
  if (Array.isArray(config.alora_invocation_tokens) && config.alora_invocation_tokens.length > 0)
    throw new ConversionError('The adapter acts only after certain words (aLoRA), which Keeplight never says.');
  const start = config.init_lora_weights;
  if (typeof start === 'string' && /^(pissa|olora|loftq|corda)/i.test(start))
    throw new ConversionError(
      `The adapter was trained on a changed base (init_lora_weights: ${shown(start)}); convert it to a plain one with PEFT first.`,
    );
}

function pairsOf(tensors: readonly SourceTensor[], config: JsonObject): Map<string, LowRank> {
  const halves = new Map<string, { a?: SourceTensor; b?: SourceTensor }>();
  for (const tensor of tensors) {
    const found = /^(?:base_model\.model\.)?(.+)\.lora_(A|B)(?:\.\w{1,40})?\.weight$/.exec(tensor.name);
    if (!found) throw new ConversionError(whyNotLowRank(tensor.name));
    const module = moduleOf(found[1]!);
    const half = halves.get(module) ?? {};
    const side = found[2] === 'A' ? 'a' : 'b';
    if (half[side]) throw new ConversionError(`The adapter has ${shown(tensor.name)} twice.`);
    if (tensor.shape.length !== 2 || tensor.shape.some((size) => size < 1))
      throw new ConversionError(
        `${shown(tensor.name)} has the shape [${tensor.shape.join(', ')}]; a matrix is needed.`,
      );
    if (!isStoredType(tensor.type))
      throw new ConversionError(`${shown(tensor.name)} is stored as ${tensor.type}; F32, F16 or BF16 is needed.`);
    half[side] = tensor;
    halves.set(module, half);
  }
  const pairs = new Map<string, LowRank>();
  for (const [module, { a, b }] of halves) {
    if (!a || !b)
      throw new ConversionError(`The adapter has only one half of ${module}: lora_${a ? 'B' : 'A'} is missing.`);
    const rank = a.shape[0]!;
    if (b.shape[1] !== rank)
      throw new ConversionError(
        `The two halves of ${module} do not fit: lora_A is [${a.shape.join(', ')}] and lora_B [${b.shape.join(', ')}].`,
      );
    pairs.set(module, { module, a, b, scale: scaleOf(module, rank, config) });
  }
  if (pairs.size === 0) throw new ConversionError('The adapter holds no tensors.');
  return pairs;
}

/** alpha / r, alpha / √r with rslora, with what the patterns say of single modules. The rank is that of the tensor. */
function scaleOf(module: string, rank: number, config: JsonObject): number {
  const usual = config.r;
  const said = patternFor(module, config.rank_pattern, 'rank_pattern') ?? usual;
  if (said !== rank)
    throw new ConversionError(
      `The config says rank ${shown(String(said))} for ${module} and its tensors have ${rank}: they do not belong together.`,
    );
  const alpha = patternFor(module, config.alpha_pattern, 'alpha_pattern') ?? config.lora_alpha;
  if (typeof alpha !== 'number' || !Number.isFinite(alpha) || alpha <= 0)
    throw new ConversionError(`The adapter's lora_alpha is ${shown(String(alpha))}; a number above 0 is needed.`);
  return alpha / (config.use_rslora === true ? Math.sqrt(rank) : rank);
}

/** PEFT matches the end of a module's name; only plain names are taken, since a pattern of a stranger could run for ever. */
function patternFor(module: string, patterns: unknown, key: string): unknown {
  for (const [name, value] of Object.entries(asObject(patterns) ?? {})) {
    const plain = name.replaceAll('\\.', '.').replace(/^base_model\.model\./, '');
    if (!/^[\w.]{1,200}$/.test(plain))
      throw new ConversionError(
        `The adapter's ${key} names layers by the expression ${shown(name)}; plain names are needed.`,
      );
    const wanted = bareModule(plain);
    if (module === wanted || module.endsWith(`.${wanted}`)) return value;
  }
  return undefined;
}

const bareModule = (name: string): string => name.replace(/^(?:model\.)?(?:language_model\.)?(?:model\.)?/, '');

function moduleOf(name: string): string {
  const module = bareModule(name);
  if (MODULE.test(module)) return module;
  if (/vision_tower|vision_model/.test(name))
    throw new ConversionError(
      `The adapter tunes the vision tower (${shown(name)}), which stays as it is here: train it with the tower frozen.`,
    );
  if (/mm_projector|multi_modal_projector/.test(name))
    throw new ConversionError(
      `The adapter tunes the projector by low-rank parts (${shown(name)}): train the projector whole, as LLaVA does.`,
    );
  throw new ConversionError(`The adapter tunes ${shown(name)}, which a LLaMA model has not.`);
}

function whyNotLowRank(name: string): string {
  if (/lora_magnitude_vector/.test(name))
    return `The adapter was trained with DoRA (${shown(name)}), which the engine cannot apply.`;
  if (/lora_embedding_[AB]/.test(name))
    return `The adapter tunes the embedding of words (${shown(name)}): train the attention and feed-forward layers alone.`;
  if (/\.bias$/.test(name)) return `The adapter tunes biases (${shown(name)}), which LLaMA has not.`;
  return `The adapter holds ${shown(name)}, which is no part of a low-rank adapter.`;
}

function projectorOf(tensors: readonly SourceTensor[]): Map<string, SourceTensor> {
  const projector = new Map<string, SourceTensor>();
  for (const tensor of tensors) {
    const key = /^(?:base_model\.model\.)?(?:model\.)?(?:mm_projector|multi_modal_projector)\.(.+)$/.exec(
      tensor.name,
    )?.[1];
    const plain = key?.replace(/^linear_1\./, '0.').replace(/^linear_2\./, '2.');
    if (!plain || !/^[02]\.(weight|bias)$/.test(plain))
      throw new ConversionError(
        `Beside the adapter ${shown(tensor.name)} was trained whole; of such only LLaVA's two-layer projector can be taken over.`,
      );
    if (!isStoredType(tensor.type))
      throw new ConversionError(`${shown(tensor.name)} is stored as ${tensor.type}; F32, F16 or BF16 is needed.`);
    projector.set(plain, tensor);
  }
  return projector;
}
