/** Opens everything that a conversion reads and works out the two files that it will write, before writing anything. */
import { readdir, stat } from 'node:fs/promises';
import { basename, isAbsolute, join, resolve } from 'node:path';
import { readByteTokenizer } from './byte-bpe.ts';
import { openCheckpoint } from './checkpoint.ts';
import { ConversionError } from './failure.ts';
import { type JsonObject, readJsonFile, readSmallFile } from './files.ts';
import { type CheckpointParts, understandCheckpoint } from './layout.ts';
import { type PlannedFile, type Provenance, planProjectorFile, planTextFile } from './mapping.ts';
import { withAdapter } from './merge.ts';
import { isStoredType, type StoredType } from './numbers.ts';
import { type OpenedAdapter, openAdapter } from './peft.ts';
import { type QwenKind, qwenKind, understandQwen } from './qwen-layout.ts';
import { planQwenProjector, planQwenText } from './qwen-mapping.ts';
import type { TensorSource } from './tensor-source.ts';
import { readTokenizer, type TokenizerFiles } from './tokenizer.ts';

export interface OpenedCheckpoint {
  /** Rows of the embedding. */
  vocabulary: number;
  text: PlannedFile;
  projector: PlannedFile;
  /** How most of the language model's numbers are stored. */
  storedType: StoredType;
  provenance: Provenance;
  warnings: string[];
  /** Changes when a file of the checkpoint does. */
  fingerprint: string;
  close(): Promise<void>;
}

export interface OpenOptions {
  /** Folder of the checkpoint. */
  checkpoint: string;
  /** Folder of an adapter that PEFT wrote: it is merged into the weights. */
  merge?: string | undefined;
  /** Folder of the CLIP model, where the vision tower is not inside. */
  vision?: string | undefined;
  /** Default: the folder's name, with the adapter's behind it. */
  name?: string | undefined;
  /** Default `llama2`, whose terms lie under every LLaVA-1.5 model; `apache-2.0` for Qwen's. */
  licence?: string | undefined;
  /** Where the checkpoint came from. Default: the folder's name. */
  source?: string | undefined;
}

/** Llama 2's tokenizer.model has 0.5 MB, its tokenizer.json 2 MB; Qwen3.5's has 20 MB. */
const LARGEST_TOKENIZER = 48 << 20;

/** @throws ConversionError for everything that would make the conversion fail or wrong, as far as headers tell. */
export async function openForConversion(options: OpenOptions): Promise<OpenedCheckpoint> {
  const folder = resolve(options.checkpoint);
  const source = await openCheckpoint(folder);
  const closing: { close(): Promise<void> }[] = [source];
  const close = async () => {
    await Promise.all(closing.map((opened) => opened.close()));
  };
  try {
    const config = await readJsonFile(join(folder, 'config.json'));
    if (!config) throw new ConversionError(`${basename(folder)} has no config.json.`);
    const parts: CheckpointParts = {
      source,
      config,
      preprocessor: await readJsonFile(join(folder, 'preprocessor_config.json')),
    };
    const tokenizerFiles: TokenizerFiles = {
      model: await readSmallFile(join(folder, 'tokenizer.model'), LARGEST_TOKENIZER),
      json: await readSmallFile(join(folder, 'tokenizer.json'), LARGEST_TOKENIZER),
      added: await readJsonFile(join(folder, 'added_tokens.json')),
      config: await readJsonFile(join(folder, 'tokenizer_config.json')),
      modelConfig: config,
    };
    const kind = qwenKind(config);
    if (kind && options.merge !== undefined)
      throw new ConversionError('Adapters are merged into LLaVA-1.5 models alone; this is another kind.');
    const adapter = options.merge === undefined ? null : await openAdapter(options.merge);
    if (adapter) closing.push(adapter);
    const name = options.name ?? [basename(folder), ...(adapter ? [adapter.name] : [])].join('-');
    const provenance = {
      name,
      licence: options.licence ?? (kind ? 'apache-2.0' : 'llama2'),
      source: options.source ?? basename(folder),
    };
    if (kind) {
      const template = await readChatTemplate(folder, tokenizerFiles);
      const planned = planQwen(parts, kind, tokenizerFiles, template, provenance);
      return { ...planned, provenance, fingerprint: JSON.stringify([await listing(folder), null, provenance]), close };
    }
    const visionFolder = await findVision(folder, options.vision, config, source);
    if (visionFolder) {
      const vision = await openCheckpoint(visionFolder);
      closing.push(vision);
      parts.vision = {
        source: vision,
        config: await readJsonFile(join(visionFolder, 'config.json')),
        preprocessor: await readJsonFile(join(visionFolder, 'preprocessor_config.json')),
      };
    }
    return {
      ...planLlava(parts, tokenizerFiles, provenance, adapter),
      provenance,
      fingerprint: JSON.stringify([
        await listing(folder),
        visionFolder && (await listing(visionFolder)),
        provenance,
        adapter?.fingerprint ?? null,
      ]),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

type Planned = Pick<OpenedCheckpoint, 'vocabulary' | 'text' | 'projector' | 'storedType' | 'warnings'>;

function planLlava(
  parts: CheckpointParts,
  files: TokenizerFiles,
  provenance: Provenance,
  adapter: OpenedAdapter | null,
): Planned {
  const plain = understandCheckpoint(parts);
  const checkpoint = adapter ? withAdapter(plain, adapter) : plain;
  const { vocabulary } = checkpoint.textLayout;
  const tokenizer = readTokenizer(files, vocabulary);
  const stored = checkpoint.text.get('layers.0.self_attn.q_proj.weight')!.type;
  return {
    vocabulary,
    text: planTextFile(checkpoint, tokenizer, provenance),
    projector: planProjectorFile(checkpoint, provenance),
    storedType: isStoredType(stored) ? stored : 'F32',
    warnings: [...checkpoint.warnings, ...tokenizer.warnings],
  };
}

function planQwen(
  parts: CheckpointParts,
  kind: QwenKind,
  files: TokenizerFiles,
  template: string | null,
  provenance: Provenance,
): Planned {
  const checkpoint = understandQwen(parts, kind);
  const { vocabulary } = checkpoint.textLayout;
  const tokenizer = readByteTokenizer(files, template, vocabulary);
  const stored = checkpoint.text.get('embed_tokens.weight')!.type;
  return {
    vocabulary,
    text: planQwenText(checkpoint, tokenizer, provenance),
    projector: planQwenProjector(checkpoint, provenance),
    storedType: isStoredType(stored) ? stored : 'F32',
    warnings: [...checkpoint.warnings, ...tokenizer.warnings],
  };
}

/** Jinja, in a file of its own or in one of the tokenizer's; null where there is none. */
async function readChatTemplate(folder: string, { config }: TokenizerFiles): Promise<string | null> {
  const own = await readSmallFile(join(folder, 'chat_template.jinja'), 1 << 20);
  if (own) return own.toString('utf8');
  const beside = await readJsonFile(join(folder, 'chat_template.json'));
  for (const said of [beside?.chat_template, config?.chat_template]) if (typeof said === 'string') return said;
  return null;
}

/** The vision folder: the one given, or, where the tower is not inside, the one that the config names, if it is here. */
async function findVision(
  folder: string,
  given: string | undefined,
  config: JsonObject,
  source: TensorSource,
): Promise<string | null> {
  if (given !== undefined) return resolve(given);
  const inside = [...source.tensors.keys()].some((name) => /^(?:model\.)?vision_tower\./.test(name));
  const named = config.mm_vision_tower;
  if (inside || typeof named !== 'string' || named === '') return null;
  const candidates = [join(folder, basename(named)), join(folder, '..', basename(named))];
  if (isAbsolute(named)) candidates.unshift(named);
  for (const candidate of candidates)
    if (resolve(candidate) !== folder && (await stat(join(candidate, 'config.json')).catch(() => null)))
      return candidate;
  return null;
}

/** Names, sizes and times of a folder's files. */
async function listing(folder: string): Promise<[string, number, number][]> {
  const names = (await readdir(folder)).sort();
  const entries: [string, number, number][] = [];
  for (const name of names) {
    const info = await stat(join(folder, name)).catch(() => null);
    if (info?.isFile()) entries.push([name, info.size, Math.round(info.mtimeMs)]);
  }
  return entries;
}
