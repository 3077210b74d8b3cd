/** Opens the weights of a checkpoint folder, however they are cut into files, as one source of tensors. */
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ConversionError } from './failure.ts';
import { asObject, openFile, type ReadableFile, readJsonFile } from './files.ts';
import { readPytorch } from './pytorch.ts';
import { readSafetensors, shown } from './safetensors.ts';
import type { SourceTensor, TensorSource } from './tensor-source.ts';

/** A 7B model's has 30 kB. */
const LARGEST_INDEX = 8 << 20;

const PROJECTOR_APART = /^mm_projector\.(bin|safetensors)$/;

/**
 * @param folder that holds `model.safetensors`, `pytorch_model.bin`, either in shards with an index, or any single
 * safetensors or `.bin` file. A projector that LLaVA's first stage saved apart (`mm_projector.bin`) is read too.
 * @throws ConversionError naming every file that is missing, or the first that is damaged.
 */
export async function openCheckpoint(folder: string): Promise<TensorSource> {
  const files = await listFolder(folder);
  const names = await weightFiles(folder, files);
  const opened: ReadableFile[] = [];
  const close = async () => {
    await Promise.all(opened.map((file) => file.close()));
  };
  try {
    const tensors = new Map<string, SourceTensor>();
    for (const name of names.files) {
      const file = await openFile(join(folder, name));
      opened.push(file);
      const read = name.endsWith('.safetensors') ? readSafetensors : readPytorch;
      for (const tensor of await read(file)) {
        const before = tensors.get(tensor.name);
        // The published LLaVA-1.5 has its projector in the weights and once more apart.
        if (before && PROJECTOR_APART.test(name)) continue;
        if (before)
          throw new ConversionError(`${shown(tensor.name)} is in ${before.origin} and again in ${tensor.origin}.`);
        tensors.set(tensor.name, tensor);
      }
    }
    for (const [tensor, file] of names.expected)
      if (!tensors.has(tensor))
        throw new ConversionError(`The index says that ${shown(tensor)} is in ${file}, and it is not there.`);
    if (tensors.size === 0) throw new ConversionError(`${names.files.join(', ')} in ${basename(folder)}: no tensors.`);
    return { tensors, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function listFolder(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const why =
      code === 'ENOENT'
        ? 'does not exist'
        : code === 'ENOTDIR'
          ? 'is a file, not a folder'
          : `cannot be read (${code})`;
    throw new ConversionError(`The folder ${folder} ${why}.`);
  }
}

/** Which files hold the weights, and which tensors an index promises. */
async function weightFiles(
  folder: string,
  files: readonly string[],
): Promise<{ files: string[]; expected: Map<string, string> }> {
  const beside = files.filter((name) => PROJECTOR_APART.test(name)).slice(0, 1);
  for (const [index, single] of [
    ['model.safetensors.index.json', 'model.safetensors'],
    ['pytorch_model.bin.index.json', 'pytorch_model.bin'],
  ] as const) {
    if (files.includes(index)) {
      const expected = await readIndex(folder, index);
      const shards = [...new Set(expected.values())].sort();
      const missing = shards.filter((shard) => !files.includes(shard));
      if (missing.length > 0)
        throw new ConversionError(
          `${missing.length} of the ${shards.length} weight files are missing: ${missing.slice(0, 8).join(', ')}${missing.length > 8 ? ' …' : ''}. ${index} names them.`,
        );
      return { files: [...shards, ...beside.filter((name) => !shards.includes(name))], expected };
    }
    if (files.includes(single)) return { files: [single, ...beside], expected: new Map() };
  }
  for (const extension of ['safetensors', 'bin']) {
    const shards = numberedShards(files, extension);
    if (shards.length > 0) return { files: [...shards, ...beside], expected: new Map() };
  }
  const notWeights = /^(training_args|optimizer|scheduler|rng_state|mm_projector|adapter_model)/;
  for (const extension of ['.safetensors', '.bin']) {
    const candidates = files.filter((name) => name.endsWith(extension) && !notWeights.test(name));
    if (candidates.length === 1) return { files: [candidates[0]!, ...beside], expected: new Map() };
    if (candidates.length > 1)
      throw new ConversionError(
        `${basename(folder)} has ${candidates.length} ${extension} files and no index that says how they belong together.`,
      );
  }
  if (files.includes('adapter_config.json') || files.some((name) => name.startsWith('adapter_model')))
    throw new ConversionError(
      `${basename(folder)} holds a LoRA adapter, not a whole model: give its base model with --merge and this folder.`,
    );
  const found = files.slice(0, 6).join(', ') || 'nothing';
  throw new ConversionError(
    `${basename(folder)} has no weights: model.safetensors or pytorch_model.bin (or their shards with an index) is needed, found ${found}.`,
  );
}

/** Shards without an index: their names say how many there must be. @throws ConversionError naming the missing. */
function numberedShards(files: readonly string[], extension: string): string[] {
  const pattern = new RegExp(`^(.+)-(\\d{5})-of-(\\d{5})\\.${extension}$`);
  const first = files.find((name) => pattern.test(name));
  if (!first) return [];
  const [, stem, , total] = pattern.exec(first)!;
  const shards = Array.from(
    { length: Number(total) },
    (_, index) => `${stem}-${String(index + 1).padStart(5, '0')}-of-${total}.${extension}`,
  );
  const missing = shards.filter((name) => !files.includes(name));
  if (missing.length > 0)
    throw new ConversionError(
      `${missing.length} of the ${shards.length} weight files are missing: ${missing.slice(0, 8).join(', ')}${missing.length > 8 ? ' …' : ''}.`,
    );
  return shards;
}

async function readIndex(folder: string, index: string): Promise<Map<string, string>> {
  const map = asObject((await readJsonFile(join(folder, index), LARGEST_INDEX))?.weight_map);
  if (!map) throw new ConversionError(`${index} has no weight_map.`);
  const expected = new Map<string, string>();
  for (const [tensor, file] of Object.entries(map)) {
    if (typeof file !== 'string' || !/^[\w][\w.-]*\.(safetensors|bin)$/.test(file))
      throw new ConversionError(`${index} places ${shown(tensor)} in a file with an unusable name.`);
    expected.set(tensor, file);
  }
  if (expected.size === 0) throw new ConversionError(`${index} names no tensors.`);
  return expected;
}
