/** An adapter on the shelf: it changes grades, strength and content are its identity, and it can be taken away. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Core } from '../../electron/core/core.ts';
import { convertAdapter } from '../../models/convert/adapter.ts';
import { makeTinyCheckpoint, writeTinyModel } from '../../models/tiny/make.ts';
import type { Model } from '../../shared/model.ts';
import { verb } from '../cli/run-cli.ts';
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

test('a ready GGUF adapter by the verbs: not added it is the base, fully added the merged model', async () => {
  await using place = workplace();
  for (const seed of [1, 2, 3]) await makePhoto(join(place.photos, `frame-${seed}.jpg`), seed);
  const core = await place.open();
  await core.index([place.photos]);
  const { performance } = core.settings;
  await createRouterClient(core.router).settings.set({
    ...core.settings,
    performance: { ...performance, modelThreads: 1 },
  });
  await core.models.addLocal({ ...pair, name: 'base' });
  await core.close();

  const targets = ['q_proj', 'k_proj', 'o_proj', 'down_proj'];
  const tiny = makeTinyCheckpoint({ seed: 3 });
  const peft = join(folder, 'words');
  const merged = await writeAdapter(peft, tiny.tensors as unknown as Tensors, {
    ...{ rank: 4, alpha: 8, targets, type: 'F32', format: 'safetensors', seed: 5 },
  });
  const { adapter: ready } = await convertAdapter({ folder: peft, ...pair, output: join(folder, 'ready') });
  const whole = { ...tiny, tensors: merged() as unknown as typeof tiny.tensors };
  const one = await writeTinyModel(join(folder, 'whole'), whole);

  const run = (...words: string[]) => verb([...words, '--data', place.data]);
  const json = async <T>(...words: string[]): Promise<T> => {
    const { code, stdout, stderr } = await run(...words, '--json');
    expect(code, stderr).toBe(0);
    return JSON.parse(stdout) as T;
  };
  type Graded = { path: string; critique: { value: number; critic: string } };
  const graded = async (...words: string[]) =>
    (await json<Graded[]>('grade', place.photos, ...words)).map(({ critique }) => critique.value);

  const shelf = await json<Model[]>('models', 'add-adapter', ready, '--base', 'base', '--lora-scale', '0.5');
  expect(shelf.find(({ adapter }) => adapter !== null)).toMatchObject({
    adapter: { base: 'base', scale: 0.5 },
    state: 'installed',
  });
  const base = await graded('--model', 'base');
  const mergedGrades = await graded('--model', one.model, '--mmproj', one.mmproj);
  expect(largest(base, mergedGrades)).toBeGreaterThan(1);
  // A value is a grade of 0 to 100: a tenth of a point is a thousandth of a probability.
  expect(largest(await graded('--model', 'base', '--lora', ready, '--lora-scale', '0'), base)).toBeLessThan(0.1);
  const added = await graded('--model', 'base', '--lora', ready);
  expect(largest(added, mergedGrades)).toBeLessThan(0.1);
  // A folder of PEFT is converted on the way, and is the same adapter.
  expect(largest(await graded('--model', 'base', '--lora', peft), added)).toBeLessThan(1e-6);

  const wrong: [string[], number, RegExp][] = [
    [['models', 'add-adapter', ready], 2, /--base <name>/],
    [['models', 'add-adapter', pair.model, '--base', 'base'], 1, /is no adapter/],
    [['models', 'add-adapter', ready, '--base', 'nobody'], 1, /nobody/],
    [['grade', place.photos, '--lora-scale', '0.5'], 2, /belongs to a --lora/],
    [['grade', place.photos, '--lora', ready, '--lora-scale', '3'], 2, /0 to 2/],
  ];
  for (const [words, code, sentence] of wrong) {
    const ended = await run(...words, '--json');
    expect([ended.code, ended.stdout], words.join(' ')).toEqual([code, '']);
    expect(ended.stderr).toMatch(sentence);
  }
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
