/** What the tests of the converter start from: a folder of their own, the plain checkpoint, and one with grouped heads. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { type CheckpointSpec, type Dimensions, TINY } from './checkpoints.ts';

/** A temporary folder for the tests of one file, deleted after them. */
export async function temporaryFolder(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `keeplight-${name}-`));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** LLaVA in one safetensors file with everything inside: what the other checkpoints of the tests depart from. */
export const PLAIN: CheckpointSpec = {
  dimensions: TINY,
  type: 'F16',
  naming: 'llava',
  format: 'safetensors',
  shards: 1,
  tokenizer: 'model',
  tower: 'inside',
};

/** Several query heads share one key head, and nothing has the size of anything else. */
export const GROUPED: Dimensions = {
  ...TINY,
  embedding: 96,
  feedForward: 160,
  blocks: 3,
  heads: 6,
  keyHeads: 2,
  vision: { embedding: 128, feedForward: 192, blocks: 4, heads: 2, imageSize: 42, patchSize: 14 },
};
