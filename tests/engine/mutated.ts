/** Model files with one thing wrong in each, from fixed seeds, and what becomes of them in the model's process. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ModelError } from '../../models/model-api.ts';
import { openModel } from '../../models/runtime/process-client.ts';
import type { ModelPair } from '../../models/tiny/make.ts';
import { seededRandom } from '../../shared/random.ts';
import { image } from './setting.ts';

/** Milliseconds of silence after which loading, or an answer, is given up. */
const PATIENCE = 20_000;
/** From beginning to end of one file, with room for a busy machine: nothing may take longer. */
export const LIMIT = 90_000;
/** Where the metadata and the directory of tensors lie: most of what can be believed wrongly. */
const HEAD = 6000;

export type Outcome = { seed: number; fate: 'graded' | 'refused'; said: string; milliseconds: number };

function mutate(good: Buffer, uniform: () => number): Buffer {
  const below = (limit: number) => Math.floor(uniform() * limit);
  const kind = below(6);
  const bytes = Buffer.from(good);
  const at = below(uniform() < 0.7 ? Math.min(HEAD, bytes.length - 8) : bytes.length - 8);
  if (kind === 0) bytes[at] = bytes[at]! ^ (1 << below(8));
  else if (kind === 1) bytes.writeUInt32LE(below(2 ** 32), at);
  else if (kind === 2) bytes.fill(0xff, at, at + 1 + below(200));
  else if (kind === 3) bytes.fill(0, at, at + 1 + below(200));
  else if (kind === 4) bytes.copy(bytes, at, below(bytes.length - 8), bytes.length);
  else return bytes.subarray(0, Math.max(1, at));
  return bytes;
}

/** Opens the pair with one of its files mutated, and grades one photo where it opens. @throws what is no sentence. */
export async function fateOf(seed: number, pair: ModelPair, folder: string): Promise<Outcome> {
  const uniform = seededRandom(seed);
  const which = uniform() < 0.6 ? 'model' : 'mmproj';
  const path = join(folder, `${seed}.gguf`);
  await writeFile(path, mutate(await readFile(pair[which]), uniform));
  const start = performance.now();
  const done = (fate: Outcome['fate'], said: string): Outcome => {
    return { seed, fate, said, milliseconds: performance.now() - start };
  };
  try {
    const files = { ...pair, [which]: path };
    const session = await openModel({
      name: 'mutated',
      gpu: 'off',
      threads: 1,
      ...files,
      patience: PATIENCE,
      answerPatience: PATIENCE,
    });
    try {
      const { value } = await session.grade(image(3));
      return done('graded', String(value));
    } finally {
      await session.close();
    }
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    return done('refused', error.message);
  }
}
