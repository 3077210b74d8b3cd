/**
 * The models that Keeplight knows by name, and where their files are fetched. No hash or commit is written down that was
 * not seen: where the registry has none, people are told before the download, the file server's own word is taken the
 * first time, and whoever fetches keeps it. A file without either counts as unverified and is shown so.
 */
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { SLOTS } from '../shared/model.ts';
import type { DownloadFile } from './download.ts';
import { readGgufHeader, textIn } from './gguf-header.ts';
import { ModelError } from './model-api.ts';
import { QUANTIZATION_NAMES } from './quantizations.ts';
import registry from './registry.json' with { type: 'json' };

const repository = z.string().regex(/^[\w.-]+\/[\w.-]+$/);
const listedFile = z.object({
  path: z.string().min(1),
  bytes: z.int().positive().nullable(),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
});
/** A commit: a branch may hold other files tomorrow. Null: the newest at the first download, which is kept from then on. */
const revision = z
  .string()
  .regex(/^[0-9a-f]{40}$/)
  .nullable();
const folder = { repository, revision, files: z.array(z.string().min(1)).min(1) };

export const registryEntrySchema = z.object({
  name: z.string().regex(/^[a-z0-9][a-z0-9.-]{0,63}$/),
  title: z.string(),
  about: z.string(),
  family: z.enum(['vicuna-v1', 'qwen', 'template']),
  /** What it is for: a general model must not grade, and a trained grader writes nothing. */
  slots: z.array(z.enum(SLOTS)).min(1),
  /** Trained to answer in the level words, so that its probabilities are taken as they are. */
  calibrated: z.boolean().default(false),
  /** Arithmetic that one photo takes, in tera-operations: its vision tower, and reading picture and question. */
  work: z.object({ tower: z.number().positive(), text: z.number().positive() }),
  source: z.discriminatedUnion('kind', [
    /** Two files that run as they are. */
    z.object({ kind: z.literal('gguf'), repository, revision, model: listedFile, mmproj: listedFile }),
    /** A checkpoint that is converted here. Patterns: `*` stands for any part of a name. */
    z.object({
      kind: z.literal('checkpoint'),
      ...folder,
      /** Fetched too when the checkpoint has no vision tower inside. */
      vision: z.object(folder).nullable(),
      quantization: z.enum(QUANTIZATION_NAMES),
    }),
  ]),
  /** Estimates for people, until the server's listing is known. */
  approximate: z.object({ downloadBytes: z.number(), bytes: z.number(), memoryBytes: z.number() }),
  licence: z.string(),
  licenceText: z.string(),
  homepage: z.url(),
});
export type RegistryEntry = z.infer<typeof registryEntrySchema>;

export const REGISTRY: readonly RegistryEntry[] = z
  .object({ models: z.array(registryEntrySchema) })
  .parse(registry).models;

/** The file server, where no mirror is set. */
export const DEFAULT_HOST = 'https://huggingface.co';

export function registryEntry(name: string): RegistryEntry | null {
  return REGISTRY.find((entry) => entry.name === name) ?? null;
}

/** Address of one file. @param mirror base address that replaces the file server; null for none. */
export function fileAddress(repositoryName: string, revision: string, path: string, mirror: string | null): string {
  const base = (mirror ?? DEFAULT_HOST).replace(/\/+$/, '');
  const encoded = path.split('/').map(encodeURIComponent).join('/');
  return `${base}/${repositoryName}/resolve/${encodeURIComponent(revision)}/${encoded}`;
}

const treeSchema = z.array(
  z.object({
    type: z.string(),
    path: z.string(),
    size: z.int().nonnegative().optional(),
    lfs: z.object({ oid: z.string(), size: z.int().nonnegative() }).optional(),
  }),
);

/**
 * The files of a repository that are wanted, with size and hash as the server lists them.
 * @throws Error with a sentence when the server does not answer as it should.
 */
export async function listRepository(
  source: { repository: string; revision: string; files: readonly string[] },
  directory: string,
  mirror: string | null,
  most: number,
  signal?: AbortSignal,
): Promise<DownloadFile[]> {
  const base = (mirror ?? DEFAULT_HOST).replace(/\/+$/, '');
  const { host } = new URL(base);
  const address = `${base}/api/models/${source.repository}/tree/${encodeURIComponent(source.revision)}`;
  const tree = treeSchema.safeParse(await ask(address, source.repository, signal));
  if (!tree.success) throw new Error(`${host} does not list ${source.repository} in a way that is understood.`);
  const patterns = source.files.map((pattern) => new RegExp(`^${pattern.split('*').map(literally).join('[^/]*')}$`));
  const wanted = tree.data.filter(
    ({ type, path }) => type === 'file' && patterns.some((pattern) => pattern.test(path)),
  );
  if (wanted.length === 0) throw new Error(`${source.repository} has none of the files that are needed.`);
  // One form of the weights is enough; safetensors are the safer one.
  const safe = wanted.some(({ path }) => path.endsWith('.safetensors'));
  return wanted
    .filter(({ path }) => !safe || !/^pytorch_model.*\.bin(\.index\.json)?$/.test(path))
    .map(({ path, size, lfs }) => ({
      url: fileAddress(source.repository, source.revision, path, mirror),
      path: join(directory, safeName(path)),
      bytes: lfs?.size ?? size ?? null,
      most,
      sha256: lfs && /^[0-9a-f]{64}$/.test(lfs.oid) ? lfs.oid : null,
    }));
}

/** The commit that a repository's main branch is at now. @throws Error with a sentence when the server does not say. */
export async function newestCommit(from: string, mirror: string | null, signal?: AbortSignal): Promise<string> {
  const base = (mirror ?? DEFAULT_HOST).replace(/\/+$/, '');
  const answer = await ask(`${base}/api/models/${from}/revision/main`, from, signal);
  const parsed = z.object({ sha: z.string().regex(/^[0-9a-f]{40}$/) }).safeParse(answer);
  if (!parsed.success) throw new Error(`${new URL(base).host} does not say which version of ${from} is the newest.`);
  return parsed.data.sha;
}

/** Whether every file of an entry is known before it is fetched. */
export function isPinned({ source }: RegistryEntry): boolean {
  return (
    source.kind === 'gguf' && source.revision !== null && source.model.sha256 !== null && source.mmproj.sha256 !== null
  );
}

async function ask(address: string, from: string, signal?: AbortSignal): Promise<unknown> {
  const { host } = new URL(address);
  const timeout = AbortSignal.timeout(30_000);
  const response = await fetch(address, { signal: signal ? AbortSignal.any([signal, timeout]) : timeout }).catch(
    (error: Error) => {
      signal?.throwIfAborted();
      throw new Error(`${host} cannot be reached: ${(error.cause as Error | undefined)?.message ?? error.message}.`);
    },
  );
  if (!response.ok) throw new Error(`${host} answers ${response.status} when asked for ${from}.`);
  return readJson(response, host);
}

/** A repository of a model has a few dozen files; a listing is a few kilobytes. */
const MOST_LISTING = 4 * 1024 * 1024;

/** @returns null where the text is no JSON. @throws Error with a sentence where it is far longer than a listing is. */
async function readJson(response: Response, host: string): Promise<unknown> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of response.body ?? []) {
    bytes += piece.length;
    if (bytes > MOST_LISTING) throw new Error(`${host} sends a listing without end.`);
    pieces.push(piece);
  }
  try {
    return JSON.parse(Buffer.concat(pieces).toString('utf8'));
  } catch {
    return null;
  }
}

/**
 * A listed name as the name of a file in our folder, on any system: Windows takes backslashes for folders, colons for
 * drives and streams, and a few names for devices.
 * @throws Error with a sentence for every other.
 */
export function safeName(name: string): string {
  const device = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(name);
  if (device || !/^[\w][\w.-]{0,199}$/.test(name) || name.endsWith('.') || name.includes('..'))
    throw new Error(`The server lists a file ${JSON.stringify(name.slice(0, 80))}, which is no safe name for one.`);
  return name;
}

function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** The two files of a GGUF entry, ready to be fetched. */
export function ggufFiles(
  entry: RegistryEntry,
  commit: string,
  directory: string,
  mirror: string | null,
): DownloadFile[] {
  if (entry.source.kind !== 'gguf') return [];
  const { repository: from, model, mmproj } = entry.source;
  return [model, mmproj].map(({ path, bytes, sha256 }) => ({
    url: fileAddress(from, commit, path, mirror),
    path: join(directory, safeName(basename(path))),
    bytes,
    most: Math.ceil(entry.approximate.downloadBytes * 1.1),
    sha256,
  }));
}

/**
 * The projector that lies beside a model: a GGUF of the kind `clip` in the same folder, the one whose name is most
 * like the model's.
 * @throws ModelError `bad-file` when the model is no GGUF; `mismatch` when no projector is there.
 */
export async function findProjector(model: string): Promise<string> {
  await readGgufHeader(model);
  const directory = dirname(model);
  const found: { path: string; likeness: number }[] = [];
  for (const name of await readdir(directory)) {
    const path = join(directory, name);
    if (!/\.gguf$/i.test(name) || name === basename(model) || !(await stat(path)).isFile()) continue;
    const header = await readGgufHeader(path).catch(() => null);
    if (header && textIn(header, 'general.architecture') === 'clip')
      found.push({ path, likeness: sharedWords(name, basename(model)) });
  }
  found.sort((a, b) => b.likeness - a.likeness || a.path.localeCompare(b.path));
  if (!found[0])
    throw new ModelError('mismatch', `No projector (mmproj) lies beside ${basename(model)}; choose its file too.`);
  return found[0].path;
}

function sharedWords(a: string, b: string): number {
  const words = (name: string) => new Set(name.toLowerCase().split(/[^a-z0-9]+/));
  const other = words(b);
  return [...words(a)].filter((word) => other.has(word)).length;
}
