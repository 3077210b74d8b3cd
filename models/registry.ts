/**
 * The models that Keeplight knows by name, and where their files are fetched. No hash is written down that was not
 * seen: where the registry has none, the file server's own listing gives size and sha256 of each file, and a file
 * without either counts as unverified and is shown so.
 */
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import type { DownloadFile } from './download.ts';
import { readGgufHeader, textIn } from './gguf-header.ts';
import registry from './registry.json' with { type: 'json' };
import { ModelError } from './session.ts';

const repository = z.string().regex(/^[\w.-]+\/[\w.-]+$/);
const listedFile = z.object({
  path: z.string().min(1),
  bytes: z.int().positive().nullable(),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
});
const folder = { repository, revision: z.string().min(1), files: z.array(z.string().min(1)).min(1) };

export const registryEntrySchema = z.object({
  name: z.string().regex(/^[a-z0-9][a-z0-9.-]{0,63}$/),
  title: z.string(),
  about: z.string(),
  family: z.enum(['vicuna-v1', 'template']),
  source: z.discriminatedUnion('kind', [
    /** Two files that run as they are. */
    z.object({ kind: z.literal('gguf'), repository, revision: z.string(), model: listedFile, mmproj: listedFile }),
    /** A checkpoint that is converted here. Patterns: `*` stands for any part of a name. */
    z.object({
      kind: z.literal('checkpoint'),
      ...folder,
      /** Fetched too when the checkpoint has no vision tower inside. */
      vision: z.object(folder).nullable(),
      quantization: z.string(),
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
    size: z.number().optional(),
    lfs: z.object({ oid: z.string(), size: z.number() }).optional(),
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
  signal?: AbortSignal,
): Promise<DownloadFile[]> {
  const base = (mirror ?? DEFAULT_HOST).replace(/\/+$/, '');
  const address = `${base}/api/models/${source.repository}/tree/${encodeURIComponent(source.revision)}`;
  const timeout = AbortSignal.timeout(30_000);
  const response = await fetch(address, { signal: signal ? AbortSignal.any([signal, timeout]) : timeout }).catch(
    (error: Error) => {
      signal?.throwIfAborted();
      throw new Error(
        `${new URL(base).host} cannot be reached: ${(error.cause as Error | undefined)?.message ?? error.message}.`,
      );
    },
  );
  if (!response.ok)
    throw new Error(`${new URL(base).host} answers ${response.status} when asked for ${source.repository}.`);
  const tree = treeSchema.safeParse(await response.json().catch(() => null));
  if (!tree.success)
    throw new Error(`${new URL(base).host} does not list ${source.repository} in a way that is understood.`);
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
      path: join(directory, ...path.split('/').filter((part) => part !== '..' && part !== '.')),
      bytes: lfs?.size ?? size ?? null,
      sha256: lfs && /^[0-9a-f]{64}$/.test(lfs.oid) ? lfs.oid : null,
    }));
}

function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** The two files of a GGUF entry, ready to be fetched. */
export function ggufFiles(entry: RegistryEntry, directory: string, mirror: string | null): DownloadFile[] {
  if (entry.source.kind !== 'gguf') return [];
  const { repository: from, revision, model, mmproj } = entry.source;
  return [model, mmproj].map(({ path, bytes, sha256 }) => ({
    url: fileAddress(from, revision, path, mirror),
    path: join(directory, basename(path)),
    bytes,
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
