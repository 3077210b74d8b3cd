/**
 * What was fetched of each model the first time: commit, sizes and sha256. Where the registry knows none, the first
 * download decides, and every later one must bring the same. The file lies beside the models' folders and stays when a
 * model is removed.
 */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const pinnedSchema = z.object({
  /** Commit of the repository. */
  revision: z.string().regex(/^[0-9a-f]{40}$/),
  files: z.record(z.string(), z.object({ bytes: z.int().nonnegative(), sha256: z.string().regex(/^[0-9a-f]{64}$/) })),
});
export type Pinned = z.infer<typeof pinnedSchema>;

const placeOf = (dataDirectory: string): string => join(dataDirectory, 'models', 'pinned.json');

async function readAll(dataDirectory: string): Promise<Record<string, Pinned>> {
  const text = await readFile(placeOf(dataDirectory), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{}';
    throw error;
  });
  // A damaged file is no reason to trust whatever comes: it is refused, not forgotten.
  return z.record(z.string(), pinnedSchema).parse(JSON.parse(text));
}

/** @param repository as the file server names it. */
export async function pinnedOf(dataDirectory: string, repository: string): Promise<Pinned | null> {
  return (await readAll(dataDirectory))[repository] ?? null;
}

/** Adds what is known now; what was pinned before stays. */
export async function pin(dataDirectory: string, repository: string, pinned: Pinned): Promise<void> {
  const all = await readAll(dataDirectory);
  const before = all[repository];
  const files = { ...pinned.files, ...(before?.files ?? {}) };
  const next = { ...all, [repository]: { revision: before?.revision ?? pinned.revision, files } };
  const place = placeOf(dataDirectory);
  await mkdir(join(dataDirectory, 'models'), { recursive: true });
  await writeFile(`${place}.partial`, `${JSON.stringify(next, null, 2)}\n`);
  await rename(`${place}.partial`, place);
}
