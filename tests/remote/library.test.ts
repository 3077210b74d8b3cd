/** A library judged by engines on other computers: agreed to first, one queue over all, nothing lost and nothing twice. */
import { readFileSync, statSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import { afterEach, expect, test } from 'vitest';
import type { Core } from '../../electron/core/core.ts';
import { ALL_PHOTOS } from '../../shared/query.ts';
import { makePhoto, workplace } from '../core/made-photos.ts';
import { type SpeakingOptions, type SpeakingServer, speakingServer } from './speaking-server.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function server(options: SpeakingOptions = {}): Promise<SpeakingServer> {
  const started = await speakingServer(options);
  closing.push(() => started.kill().catch(() => {}));
  return started;
}

async function withPhotos(place: ReturnType<typeof workplace>, count: number): Promise<Core> {
  for (let seed = 1; seed <= count; seed += 1) await makePhoto(join(place.photos, `frame-${seed}.jpg`), seed);
  const core = await place.open();
  await core.index([place.photos]);
  return core;
}

async function add(core: Core, { address }: SpeakingServer, key: string | null = null): Promise<string> {
  const probe = await core.remoteEngines.probe(address, key);
  const agreed = probe.sends[0]?.text ?? '';
  const model = probe.models[0] ?? '';
  const { critic } = await core.remoteEngines.add({ address, model, edge: 336, key, atOnce: null, agreed });
  return critic;
}

/** Photos of the library that were judged here: pictures that are not our own gray ones. */
const photosAt = ({ photos, pictures }: SpeakingServer) =>
  [...photos].filter(([name]) => pictures.get(name)?.[0] === 0xff);

test('nothing is sent before the sentence on what leaves was agreed to, word for word', async () => {
  await using place = workplace();
  const judge = await server();
  const core = await withPhotos(place, 2);
  const client = createRouterClient(core.router, { context: {} });
  expect(await client.engines.list({})).toEqual([]);
  const probe = await client.engines.probe({ address: judge.address, key: null });
  expect(judge.requests.map(({ path }) => path)).not.toContain('/v1/chat/completions');
  const engine = { address: judge.address, key: null, model: probe.models[0] ?? '', edge: 336 as const, atOnce: null };
  for (const agreed of ['', 'yes', probe.sends[1]?.text ?? '']) {
    await expect(client.engines.add({ ...engine, agreed })).rejects.toMatchObject({ code: 'INVALID' });
  }
  expect(judge.pictures.size).toBe(0);
  const added = await client.engines.add({ ...engine, agreed: probe.sends[0]?.text ?? '' });
  expect(added).toMatchObject({ address: judge.address, grades: true, atOnce: 2, key: 'none', state: 'idle' });
  expect(added.sends).toBe(probe.sends[0]?.text);
  // It was tried on a gray picture of ours; no photo has left.
  expect(photosAt(judge)).toEqual([]);
  expect((await client.models.list({})).find(({ origin }) => origin === 'remote')).toMatchObject({ active: false });
});

test('two engines share a queue; one is killed in the middle: nothing lost, nothing twice; its grades keep their name', async () => {
  await using place = workplace();
  const [first, second] = [await server({ delay: 2 }), await server({ delay: 2 })];
  const core = await withPhotos(place, 14);
  const critic = await add(core, first);
  expect(await add(core, second)).toBe(critic);
  await core.models.use(critic);
  const descriptions = new Set<string>();
  const unsubscribe = core.subscribe((event) => {
    if (event.kind === 'jobs')
      for (const { kind, description } of event.jobs) if (kind === 'grade') descriptions.add(description);
  });
  const job = core.critics.grade(ALL_PHOTOS);
  await expect.poll(() => photosAt(first).length, { interval: 2, timeout: 30_000 }).toBeGreaterThan(2);
  await first.kill();
  await core.finishJob(job);
  unsubscribe();
  expect(core.jobs().find(({ id }) => id === job)).toMatchObject({ state: 'done', done: 14, failed: 0 });
  expect(core.list().every(({ grade }) => grade?.critic === critic)).toBe(true);
  const client = createRouterClient(core.router, { context: {} });
  for (const { id } of core.list()) {
    const { critiques } = await client.photos.detail({ id });
    expect(critiques.filter((one) => one.critic === critic)).toHaveLength(1);
  }
  // Whole photos that both judged would be work done twice; one that was cut at the first is not whole there.
  const whole = (one: SpeakingServer) =>
    photosAt(one)
      .filter(([, answers]) => answers === 9)
      .map(([name]) => name);
  expect(whole(first).filter((name) => whole(second).includes(name))).toEqual([]);
  expect(new Set([...whole(first), ...whole(second)]).size).toBe(14);
  expect([...descriptions].join('\n')).toMatch(/of 2 engines/);
  expect((await client.engines.list({})).find(({ address }) => address === first.address)).toMatchObject({
    state: 'resting',
  });
  expect((await client.models.list({})).find(({ name }) => name === critic)).toMatchObject({
    graded: 14,
    origin: 'remote',
  });
}, 120_000);

test('identity: another model or hash is another critic; with the last engine gone the measured critic judges again', async () => {
  await using place = workplace();
  const [one, other, vllm] = [
    await server(),
    await server({ model: 'other-judge' }),
    await server({ dialect: 'vLLM' }),
  ];
  const core = await withPhotos(place, 2);
  const critic = await add(core, one);
  expect(await add(core, other)).toBe('other-judge');
  // The same name, and another server says something else of it.
  expect(await add(core, vllm)).toBe(`${critic}-2`);
  await core.models.use(critic);
  await core.finishJob(core.critics.grade(ALL_PHOTOS));
  const [photo] = core.list();
  expect(photo?.grade).toMatchObject({ critic });
  await core.remoteEngines.remove(`${one.address}/v1`);
  expect(core.settings.models.active).toBeNull();
  expect(core.list()[0]?.grade?.critic).toBe('measured');
  // The same engine again finds its grades.
  expect(await add(core, one)).toBe(critic);
  await core.models.use(critic);
  expect(core.list().map(({ grade }) => grade?.critic)).toEqual([critic, critic]);
  await core.models.remove(critic);
  expect(core.remoteEngines.list().map(({ address }) => address)).toEqual([other.address, vllm.address]);
});

test('an engine without log-probabilities explains, keeps no grade and says in one sentence why', async () => {
  await using place = workplace();
  const studio = await server({ dialect: 'LM Studio' });
  const core = await withPhotos(place, 1);
  await core.models.use(await add(core, studio));
  expect(core.remoteEngines.list()[0]).toMatchObject({ grades: false });
  expect(() => core.critics.grade(ALL_PHOTOS)).toThrow('writes about photos and cannot grade them');
  let text = '';
  const said: string[] = [];
  for await (const event of core.critics.explain(core.list()[0]?.id ?? 0, { again: false }, undefined)) {
    if (event.kind === 'token') text += event.text;
    if (event.kind === 'status') said.push(event.text);
  }
  expect(text).toContain('The light is soft');
  expect(said.join(' ')).toContain('cannot grade');
  expect(core.list()[0]?.grade?.critic).toBe('measured');
});

test('the key is in one file that others cannot read, and nowhere else', async () => {
  await using place = workplace();
  const key = 'sk-very-private-0123456789';
  const guarded = await server({ key });
  const lines: string[] = [];
  const core = await withPhotos(place, 2);
  await expect(core.remoteEngines.probe(guarded.address, 'sk-wrong')).rejects.toThrow('does not accept the key');
  await core.models.use(await add(core, guarded, key));
  await core.finishJob(core.critics.grade(ALL_PHOTOS));
  expect(core.list().every(({ grade }) => grade?.critic === 'aesthetic-judge')).toBe(true);
  lines.push(
    JSON.stringify([
      core.remoteEngines.list(),
      core.jobs(),
      await core.models.list(),
      await core.remoteEngines.test(guarded.address),
    ]),
  );
  expect(lines.join('')).not.toContain(key);
  const { dataDirectory } = core;
  await core.close();
  const holders: string[] = [];
  for (const entry of await readdir(dataDirectory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    if ((await readFile(path)).includes(key)) holders.push(entry.name);
  }
  expect(holders).toEqual(['engine-keys.json']);
  if (process.platform !== 'win32') expect(statSync(join(dataDirectory, 'engine-keys.json')).mode & 0o777).toBe(0o600);
  const again = await place.open();
  await again.remoteEngines.remove(guarded.address);
  expect(readFileSync(join(dataDirectory, 'engine-keys.json'), 'utf8')).toBe('{}');
});

test('an engine that is gone for a while is waited for, and the job goes on where it was', async () => {
  await using place = workplace();
  const judge = await server({ delay: 2 });
  const core = await withPhotos(place, 6);
  await core.models.use(await add(core, judge));
  const job = core.critics.grade(ALL_PHOTOS);
  await expect.poll(() => photosAt(judge).length, { interval: 2, timeout: 30_000 }).toBeGreaterThan(1);
  await judge.kill();
  await expect.poll(() => core.remoteEngines.list()[0]?.state, { timeout: 10_000 }).toBe('resting');
  expect(core.remoteEngines.list()[0]?.problem).toContain(judge.address);
  await judge.revive();
  await core.finishJob(job);
  expect(core.list().every(({ grade }) => grade?.critic === 'aesthetic-judge')).toBe(true);
});
