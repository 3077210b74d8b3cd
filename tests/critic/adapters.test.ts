/** An adapter on the shelf: it changes grades, strength and content are its identity, and it can be taken away. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Core } from '../../electron/core/core.ts';
import { makeTinyCheckpoint, writeTinyModel } from '../../models/tiny/make.ts';
import type { Tensors } from '../convert/checkpoints.ts';
import { writeAdapter } from '../convert/made-adapter.ts';
import { makePhoto, workplace } from '../core/made-photos.ts';
import { BUILD_TIMEOUT, ready } from '../engine/setting.ts';

let folder: string;
let pair: { model: string; mmproj: string };
let tuned: string;

beforeAll(async () => {
  await ready();
  folder = await mkdtemp(join(tmpdir(), 'keeplight-adapters-'));
  const tiny = makeTinyCheckpoint({ seed: 3 });
  pair = await writeTinyModel(join(folder, 'base'), tiny);
  tuned = join(folder, 'mine');
  const targets = ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'up_proj', 'down_proj'];
  const spec = { rank: 4, alpha: 8, targets, type: 'F32', format: 'bin', projector: true } as const;
  await writeAdapter(tuned, tiny.tensors as unknown as Tensors, spec);
}, BUILD_TIMEOUT);
afterAll(() => rm(folder, { recursive: true, force: true }));

test('an adapter changes grades, each strength keeps its own, and away it goes', async () => {
  await using place = workplace();
  for (const seed of [1, 2, 3]) await makePhoto(join(place.photos, `frame-${seed}.jpg`), seed);
  const core = await place.open();
  await core.index([place.photos]);
  const client = createRouterClient(core.router);
  await client.settings.set({ ...core.settings, performance: { ...core.settings.performance, modelThreads: 1 } });
  const base = await core.models.addLocal({ ...pair, name: 'base' });
  await core.models.use(base.name);
  const plain = await gradesOf(core);
  expect(plain.hashes.size).toBe(1);

  const adapter = await core.models.addAdapter({ path: tuned, base: 'base' });
  expect(adapter).toMatchObject({ name: 'base+mine', adapter: { base: 'base', scale: 1 }, state: 'installed' });
  expect(existsSync(join(place.data, 'models', 'base+mine', 'mine.gguf'))).toBe(true);
  await core.models.use(adapter.name);
  const full = await gradesOf(core);
  expect(largest(full.values, plain.values)).toBeGreaterThan(1);

  await client.models.strengthen({ name: adapter.name, scale: 0.5 });
  const half = await gradesOf(core);
  expect(largest(half.values, full.values)).toBeGreaterThan(0.2);
  expect([...half.hashes, ...full.hashes, ...plain.hashes].length).toBe(
    new Set([...half.hashes, ...full.hashes, ...plain.hashes]).size,
  );

  // Back at full strength nothing is graded again: the critiques of that strength are still there.
  await client.models.strengthen({ name: adapter.name, scale: 1 });
  const judged = () => core.list().map(({ grade }) => grade?.value);
  expect(judged()).toEqual(full.values);
  expect((await core.models.list()).find(({ name }) => name === adapter.name)?.graded).toBe(3);

  // The same folder once more is known; a folder that was trained on converts anew.
  expect((await core.models.addAdapter({ path: tuned, base: 'base' })).name).toBe('base+mine');
  await expect(core.models.remove('base')).rejects.toThrow(/is made of it/);
  await expect(core.models.addAdapter({ path: tuned, base: 'base+mine' })).rejects.toThrow(/has an adapter already/);
  await core.models.remove(adapter.name);
  expect(existsSync(join(place.data, 'models', 'base+mine'))).toBe(false);
  expect((await core.models.list()).find(({ active }) => active)?.name).toBe('base');
  expect(judged()).toEqual(plain.values);
});

async function gradesOf(core: Core) {
  const ids = core.listIds();
  const results = await core.critics.gradeNow(ids, {
    trace: false,
    signal: new AbortController().signal,
    onProgress: () => {},
    onFailure: (photo, reason) => expect.fail(`${photo}: ${reason}`),
  });
  const hashes = new Set([...results.values()].map(({ critique }) => critique.modelHash));
  return { values: core.list().map(({ grade }) => grade?.value ?? -1), hashes };
}

function largest(a: readonly number[], b: readonly number[]): number {
  return Math.max(...a.map((value, index) => Math.abs(value - b[index]!)));
}
