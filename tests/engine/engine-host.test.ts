/** Several engines of several kinds at once: two models in processes of their own, and a small one made here. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  createEngineHost,
  type EngineKind,
  type EnginePool,
  type RunningEngine,
} from '../../electron/core/engines/host.ts';
import { languageModels, type OpenableModel } from '../../electron/core/engines/language-models.ts';
import { ModelError, type ModelSession } from '../../models/model-api.ts';
import { makeTinyModel } from '../../models/tiny/make.ts';
import { type Settings, settingsSchema } from '../../shared/settings.ts';
import { BUILD_TIMEOUT, image, ready, temporaryFolder } from './setting.ts';

const directory = temporaryFolder();
let clock = 1000;
let scarce = false;
const said: string[] = [];
const host = createEngineHost({ log: (text) => said.push(text), now: () => clock, isScarce: () => scarce });
afterAll(() => host.close());

const defaults = settingsSchema.parse({});
const settings: Settings = {
  ...defaults,
  performance: { ...defaults.performance, gpu: 'off', modelThreads: 1, unloadAfterMinutes: 30 },
};
let pool: EnginePool<OpenableModel, ModelSession>;
let first: OpenableModel;
let second: OpenableModel;
beforeAll(async () => {
  await ready();
  const model = async (name: string, seed: number): Promise<OpenableModel> => ({
    ...{ name, title: name, family: null, adapter: null },
    ...(await makeTinyModel(join(directory, name), { seed })),
  });
  [first, second] = [await model('first', 71), await model('second', 72)];
  pool = host.pool(languageModels({ settings: () => settings, cacheDirectory: directory }));
}, BUILD_TIMEOUT);

/** An engine inside this process, as one for faces is. */
function faces(idleMinutes: number, open: () => void = () => {}): EngineKind<{ name: string }, RunningEngine> {
  return {
    kind: 'faces',
    keyOf: ({ name }) => name,
    async open() {
      open();
      const { promise, resolve } = Promise.withResolvers<null>();
      return { exited: promise, close: async () => resolve(null) };
    },
    describe: () => ({ backend: 'cpu' }),
    measure: async () => ({ memoryBytes: 150e6, deviceMemoryBytes: null, tokensPerSecond: null }),
    idleMinutes: () => idleMinutes,
  };
}
const heldNames = () =>
  host
    .held()
    .map(({ model }) => model)
    .sort();

test('two models and another kind are open together, each with its own memory', async () => {
  const grade = (model: OpenableModel) => pool.use(model, (session) => session.grade(image(1)));
  const [a, b] = await Promise.all([grade(first), grade(second)]);
  expect(a.value).not.toBe(b.value);
  await host.pool(faces(5)).use({ name: 'faces' }, async () => {});
  await host.tidy();
  expect(heldNames()).toEqual(['faces', 'first', 'second']);
  for (const engine of host.held()) expect(engine.memoryBytes).toBeGreaterThan(20e6);
  expect((await grade(first)).value).toBe(a.value);
  expect(pool.state()).toMatchObject({ state: 'ready', model: 'first' });
  expect(host.held()[0]).not.toHaveProperty('pid');
});

test('each is closed after the idle time of its kind, one in use never', async () => {
  const { release } = await pool.borrow(first);
  clock += 6 * 60_000;
  await host.tidy();
  expect(heldNames()).toEqual(['first', 'second']);
  clock += 25 * 60_000;
  await host.tidy();
  expect(heldNames()).toEqual(['first']);
  expect(host.held()[0]).toMatchObject({ users: 1, idle: 0 });
  release();
});

test('other settings open the same model once more, and close the one before', async () => {
  settings.performance = { ...settings.performance, gpuLayers: 0 };
  await pool.use(first, async (session) => expect(session.info.name).toBe('first'));
  expect(heldNames()).toEqual(['first']);
});

test('short memory closes the one that was unused the longest', async () => {
  clock += 1000;
  await pool.use(second, async () => {});
  scarce = true;
  await host.tidy();
  scarce = false;
  expect(heldNames()).toEqual(['second']);
  expect(said.at(-1)).toContain('first');
});

test('one that finds no memory is opened when another made room', async () => {
  let tries = 0;
  const kind = faces(5, () => {
    tries += 1;
    if (host.held().length > 0) throw new ModelError('memory', 'There is not enough memory.');
  });
  await host.pool(kind).use({ name: 'large' }, async () => {});
  expect(tries).toBe(2);
  expect(heldNames()).toEqual(['large']);
});

test('one that cannot be opened says why and is tried again at the next use', async () => {
  let broken = true;
  const kind = faces(5, () => {
    if (broken) throw new ModelError('bad-file', 'The weights are damaged.');
  });
  const own = host.pool(kind);
  await expect(own.use({ name: 'weak' }, async () => {})).rejects.toThrow('damaged');
  expect(own.state()).toMatchObject({ state: 'failed', problem: 'The weights are damaged.' });
  broken = false;
  await own.use({ name: 'weak' }, async () => {});
  expect(own.state().state).toBe('ready');
  await own.unload('weak');
  expect(own.state().state).toBe('stopped');
});
