/** What a model says of pictures that show nothing, measured once and kept in a file beside the models. */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bias } from './level-scores.ts';

/** @param identity all that the bias depends on, as JSON. @returns null where it was not measured yet. */
export async function keptBias(directory: string | null, identity: readonly unknown[]): Promise<Bias | null> {
  if (directory === null) return null;
  return parseBias(await readFile(biasFile(directory, identity), 'utf8').catch(() => ''));
}

export async function keepBias(directory: string | null, identity: readonly unknown[], bias: Bias): Promise<void> {
  if (directory === null) return;
  const file = biasFile(directory, identity);
  await mkdir(directory, { recursive: true });
  await writeFile(`${file}.partial`, JSON.stringify(bias));
  await rename(`${file}.partial`, file);
}

function biasFile(directory: string, identity: readonly unknown[]): string {
  const hash = createHash('sha256').update(JSON.stringify(identity)).digest('hex');
  return join(directory, `bias-${hash.slice(0, 32)}.json`);
}

function parseBias(text: string): Bias | null {
  try {
    const value = JSON.parse(text) as Bias;
    const lists = Object.values(value);
    const fine = lists.length === 9 && lists.every((list) => list.length === 5 && list.every(Number.isFinite));
    return fine ? value : null;
  } catch {
    return null;
  }
}
