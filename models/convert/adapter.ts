/**
 * From a PEFT folder to the GGUF adapter that the engine adds to a model, and, where the projector was trained too, to a
 * copy of the model's projector with the new one inside. Everything is checked before the first byte is written.
 * Source: llama.cpp's convert_lora_to_gguf.py (names, permutation) and src/llama-adapter.cpp (scale = alpha / rank).
 */
import { constants } from 'node:fs';
import { copyFile, mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { type GgufHeader, numberIn, readGgufHeader, textIn } from '../gguf-header.ts';
import { inspectAdapter } from '../preflight-adapter.ts';
import { ConversionError } from './failure.ts';
import { beyondHalfPrecision } from './flaws.ts';
import { syncDirectory, writeGguf } from './gguf-writer.ts';
import { asGgufFile, type PlannedFile, type PlannedTensor, planned } from './mapping.ts';
import { convertNumbers, NUMBER_BYTES, type StoredType, toFloats } from './numbers.ts';
import { type LowRank, type OpenedAdapter, openAdapter } from './peft.ts';
import { elementCount, type SourceTensor } from './tensor-source.ts';

interface AdapterConversion {
  /** Path of the GGUF adapter. */
  adapter: string;
  /** Path of the new projector; null where it was not trained. */
  mmproj: string | null;
  warnings: string[];
}

const NAMES: Readonly<Record<string, string>> = {
  'self_attn.q_proj': 'attn_q',
  'self_attn.k_proj': 'attn_k',
  'self_attn.v_proj': 'attn_v',
  'self_attn.o_proj': 'attn_output',
  'mlp.gate_proj': 'ffn_gate',
  'mlp.up_proj': 'ffn_up',
  'mlp.down_proj': 'ffn_down',
};

/** GGUF's numbers of the formats that a projector is kept in. */
const STORED: Readonly<Record<number, StoredType>> = { 0: 'F32', 1: 'F16', 30: 'BF16' };

/**
 * @param options.folder that PEFT wrote. @param options.model, options.mmproj GGUF files of the base.
 * @param options.output folder, made where it is missing; the files are called after the adapter's folder.
 * @throws ConversionError or ModelError with one sentence; nothing is written then. The signal's reason when cancelled.
 */
export async function convertAdapter(options: {
  folder: string;
  model: string;
  mmproj: string;
  output: string;
  signal?: AbortSignal;
}): Promise<AdapterConversion> {
  const { signal } = options;
  const base = await readGgufHeader(options.model);
  const architecture = textIn(base, 'general.architecture');
  if (architecture !== 'llama')
    throw new ConversionError(
      `The base is a model of the kind ${architecture}; adapters are converted for llama alone.`,
    );
  const adapter = await openAdapter(options.folder);
  try {
    const plan = planAdapter(adapter, base);
    const eyes = adapter.projector.size > 0 ? await readGgufHeader(options.mmproj) : null;
    const patches = eyes ? planProjector(adapter.projector, eyes) : [];
    const sources = [...adapter.lowRank.values()].flatMap(({ a, b }) => [a, b]);
    const large = await beyondHalfPrecision([...sources, ...adapter.projector.values()], { signal });
    for (const { type, source } of patches)
      if (type === 'F16' && large.has(source))
        throw new ConversionError(
          `The trained projector (${source.name}) holds numbers beyond half precision, in which the base keeps its own.`,
        );

    // From here on files are written.
    const output = resolve(options.output);
    await mkdir(output, { recursive: true });
    const file = join(output, `${fileName(adapter.name)}.gguf`);
    const mmproj = eyes ? join(output, `${fileName(adapter.name)}-mmproj.gguf`) : null;
    try {
      if (eyes && mmproj) await writeProjector(eyes, mmproj, patches, signal);
      const single = sources.some(({ type }) => type === 'F32');
      const stayF32 = new Set(plan.tensors.filter(({ source }) => source && large.has(source)).map(({ name }) => name));
      await writeGguf(file, asGgufFile(plan, single ? 'F32' : 'F16', stayF32), { ...(signal ? { signal } : {}) });
      await inspectAdapter(file, base);
    } catch (error) {
      await rm(file, { force: true });
      if (mmproj) await rm(mmproj, { force: true });
      if ((error as NodeJS.ErrnoException).code === 'ENOSPC')
        throw new ConversionError(`The disk became full while writing to ${output}.`, { cause: error });
      throw error;
    }
    return { adapter: file, mmproj, warnings: adapter.warnings };
  } finally {
    await adapter.close();
  }
}

/** The engine multiplies by alpha / rank of each matrix; what a matrix has of its own beyond that goes into its b. */
function planAdapter(adapter: OpenedAdapter, base: GgufHeader): PlannedFile {
  const heads = numberIn(base, 'llama.attention.head_count') ?? 0;
  const keyHeads = numberIn(base, 'llama.attention.head_count_kv') ?? heads;
  const [first] = adapter.lowRank.values();
  const alpha = Math.fround(first!.scale * first!.a.shape[0]!);
  const tensors: PlannedTensor[] = [];
  for (const pair of adapter.lowRank.values()) {
    const name = ggufName(pair.module);
    const matrix = base.tensors.get(name);
    if (!matrix)
      throw new ConversionError(
        pair.module === 'lm_head'
          ? `The adapter tunes the output layer, and ${basename(base.path)} shares it with the embedding of words.`
          : `The adapter tunes ${pair.module}, which ${basename(base.path)} has not: it was made for another model.`,
      );
    const [input = 0, output = 0] = matrix.dimensions;
    if (pair.a.shape[1] !== input || pair.b.shape[0] !== output)
      throw new ConversionError(
        `The adapter was made for another model: its ${pair.module} is ${pair.a.shape[1]} → ${pair.b.shape[0]} and that of ${basename(base.path)} ${input} → ${output}.`,
      );
    const turned = name.endsWith('attn_q.weight') ? heads : name.endsWith('attn_k.weight') ? keyHeads : 0;
    if (turned > 0 && output % (2 * turned) !== 0)
      throw new ConversionError(
        `${basename(base.path)} has ${turned} heads for ${output} rows of ${name}: it is damaged.`,
      );
    tensors.push(
      planned(`${name}.lora_a`, pair.a, false, 0),
      planned(`${name}.lora_b`, scaledBy(pair, alpha), false, turned),
    );
  }
  const metadata: PlannedFile['metadata'] = new Map([
    ['general.architecture', { type: 'string', value: 'llama' }],
    ['general.type', { type: 'string', value: 'adapter' }],
    ['general.name', { type: 'string', value: adapter.name }],
    ['adapter.type', { type: 'string', value: 'lora' }],
    ['adapter.lora.alpha', { type: 'float32', value: alpha }],
  ]);
  return { metadata, tensors };
}

function ggufName(module: string): string {
  if (module === 'lm_head') return 'output.weight';
  const [, block, part] = /^layers\.(\d+)\.(.+)$/.exec(module)!;
  return `blk.${block}.${NAMES[part!]}.weight`;
}

function scaledBy({ a, b, scale }: LowRank, alpha: number): SourceTensor {
  const factor = scale / (alpha / a.shape[0]!);
  if (Math.abs(factor - 1) < 1e-6) return b;
  const type = b.type as StoredType;
  const bytes = NUMBER_BYTES[type];
  return {
    ...b,
    type: 'F32',
    async read(start, length) {
      const values = Float32Array.from(
        toFloats(await b.read((start / 4) * bytes, (length / 4) * bytes), type),
        (value) => value * factor,
      );
      return new Uint8Array(values.buffer);
    },
  };
}

interface Patch {
  offset: number;
  type: StoredType;
  source: SourceTensor;
}

function planProjector(projector: ReadonlyMap<string, SourceTensor>, eyes: GgufHeader): Patch[] {
  return [...projector].map(([key, source]) => {
    const place = eyes.tensors.get(`mm.${key}`);
    if (!place)
      throw new ConversionError(`The adapter brings a projector with ${key}, which ${basename(eyes.path)} has not.`);
    const shape = place.dimensions.toReversed();
    if (shape.join() !== source.shape.join())
      throw new ConversionError(
        `The projector that was trained does not fit ${basename(eyes.path)}: its ${key} is [${source.shape.join(', ')}] and [${shape.join(', ')}] is needed.`,
      );
    const type = STORED[place.type];
    if (!type)
      throw new ConversionError(
        `${basename(eyes.path)} keeps its projector quantized; one in F16 or F32 is needed to take the trained one.`,
      );
    return { offset: place.offset, type, source };
  });
}

async function writeProjector(
  eyes: GgufHeader,
  path: string,
  patches: readonly Patch[],
  signal?: AbortSignal,
): Promise<void> {
  const partial = `${path}.partial`;
  await copyFile(eyes.path, partial, constants.COPYFILE_FICLONE);
  try {
    signal?.throwIfAborted();
    const handle = await open(partial, 'r+');
    try {
      for (const { offset, type, source } of patches) {
        const from = source.type as StoredType;
        const bytes = await source.read(0, elementCount(source.shape) * NUMBER_BYTES[from]);
        const numbers = convertNumbers(bytes, from, type);
        for (let written = 0; written < numbers.byteLength; )
          written += (await handle.write(numbers, written, numbers.byteLength - written, offset + written))
            .bytesWritten;
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(partial, path);
    await syncDirectory(resolve(path, '..'));
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

function fileName(name: string): string {
  return (
    name
      .replace(/[^\w.-]+/g, '-')
      .replace(/^[.-]+/, '')
      .slice(0, 100) || 'adapter'
  );
}
