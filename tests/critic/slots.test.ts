/**
 * The two slots, with models that come the whole way: a Qwen3.5 checkpoint is fetched from a loopback hub as Q-ReAlign
 * Mini and converted, a pair of GGUF files as the writer; the grader's numbers and the writer's words stay apart.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Core } from '../../electron/core/core.ts';
import { openReader } from '../../electron/core/reader.ts';
import { convertCheckpoint } from '../../models/convert/convert.ts';
import { registryEntry } from '../../models/registry.ts';
import { makeTinyQwen, writeTinyQwen } from '../../models/tiny/qwen.ts';
import type { Writing } from '../../shared/contract.ts';
import { fittingPair } from '../../shared/model.ts';
import { makePhoto, workplace } from '../core/made-photos.ts';
import { BUILD_TIMEOUT, ready } from '../engine/setting.ts';

const GRADER = registryEntry('q-realign-mini')!;
const WRITER = registryEntry('qwen3.5-4b')!;
const COMMIT = 'c0de'.repeat(10);
let hub: Server;
let address: string;
let folder: string;

beforeAll(async () => {
  await ready();
  folder = await mkdtemp(join(tmpdir(), 'keeplight-slots-'));
  await writeTinyQwen(join(folder, 'grader'), makeTinyQwen({ seed: 21 }));
  await writeTinyQwen(join(folder, 'other'), makeTinyQwen({ seed: 22 }));
  const made = await convertCheckpoint({
    checkpoint: join(folder, 'other'),
    output: join(folder, 'made'),
    quantization: 'F16',
  });
  if (WRITER.source.kind !== 'gguf') throw new Error('The writer is no GGUF.');
  await mkdir(join(folder, 'writer'));
  await copyFile(made.model, join(folder, 'writer', WRITER.source.model.path));
  await copyFile(made.mmproj, join(folder, 'writer', WRITER.source.mmproj.path));
  const places = new Map([
    [GRADER.source.repository, join(folder, 'grader')],
    [WRITER.source.repository, join(folder, 'writer')],
  ]);
  hub = createServer(async (request, response) => {
    const url = decodeURIComponent(request.url ?? '');
    if (/\/revision\/main$/.test(url)) {
      response.end(JSON.stringify({ sha: COMMIT }));
      return;
    }
    const listed = places.get(/^\/api\/models\/(.+?)\/tree\//.exec(url)?.[1] ?? '');
    if (listed) {
      const tree = (await readdir(listed)).map(async (path) => {
        const bytes = await readFile(join(listed, path));
        const oid = createHash('sha256').update(bytes).digest('hex');
        return { type: 'file', path, size: bytes.length, lfs: { oid, size: bytes.length } };
      });
      response.end(JSON.stringify(await Promise.all(tree)));
      return;
    }
    const wanted = new RegExp(`^/(.+?)/resolve/${COMMIT}/(.+)$`).exec(url);
    const path = join(places.get(wanted?.[1] ?? '') ?? '/nowhere', wanted?.[2] ?? '');
    if (!existsSync(path)) {
      response.writeHead(404).end();
      return;
    }
    const bytes = await readFile(path);
    response.writeHead(200, { 'content-length': bytes.length });
    response.end(request.method === 'HEAD' ? undefined : bytes);
  });
  await new Promise<void>((resolve) => hub.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(hub.address() as AddressInfo).port}`;
}, BUILD_TIMEOUT);

afterAll(async () => {
  hub.close();
  await rm(folder, { recursive: true, force: true });
});

async function heard(writing: AsyncIterable<Writing>) {
  let text = '';
  let value: number | null = null;
  let said = '';
  for await (const event of writing) {
    if (event.kind === 'token') text += event.text;
    if (event.kind === 'critique') value = event.critique.value;
    if (event.kind === 'status') said += event.text;
  }
  return { text, value, said };
}

async function install(core: Core, name: string, licence: string): Promise<void> {
  await core.finishJob(await core.models.install(name, licence));
}

test('a grader from a checkpoint and a writer from GGUF files, each in its place', async () => {
  await using place = workplace();
  for (const seed of [1, 2]) await makePhoto(join(place.photos, `frame-${seed}.jpg`), seed);
  const core = await place.open();
  await core.index([place.photos]);
  const { settings } = core;
  const client = createRouterClient(core.router);
  await client.settings.set({
    ...settings,
    performance: { ...settings.performance, modelThreads: 1 },
    models: { ...settings.models, mirror: address },
  });
  const [photo] = core.listIds({ filter: 'state:ready' }) as [number, number];
  const critiques = async () => (await client.photos.detail({ id: photo })).critiques;
  const model = async (name: string) => (await core.models.list()).find((one) => one.name === name)!;

  // A model that was not made to judge fills the writer's place only: technical quality stays the measured critic's.
  await install(core, WRITER.name, WRITER.licence);
  expect(await model(WRITER.name)).toMatchObject({ active: false, writes: true, slots: ['writer'] });
  expect(await model('measured')).toMatchObject({ active: true });
  await expect(core.models.use(WRITER.name, 'grader')).rejects.toThrow('was not made to judge');
  const measured = (await critiques()).find(({ critic }) => critic === 'measured')!;
  const first = await heard(core.critics.explain(photo, { again: false }, undefined));
  expect(first.value).toBe(measured.value);
  expect(first.text.length).toBeGreaterThan(20);

  await install(core, GRADER.name, GRADER.licence);
  expect(await model(GRADER.name)).toMatchObject({
    active: true,
    writes: false,
    slots: ['grader'],
    state: 'installed',
  });
  expect(await model(WRITER.name)).toMatchObject({ writes: true });
  await core.critics.gradeNow(core.listIds({ filter: 'state:ready' }), {
    trace: false,
    signal: new AbortController().signal,
    onProgress: () => {},
    onFailure: (_, reason) => expect.fail(reason),
  });
  const graded = (await critiques()).find(({ critic }) => critic === GRADER.name)!;
  expect(graded).toMatchObject({ text: null, writer: null });
  // Asked in another way, the same model says something else; both stay, and the one that counted counts.
  const again = await client.critic.again({ id: photo, prompt: 'spaced' });
  expect(again.promptVersion).toMatch(/\+space$/);
  expect(again.value).not.toBe(graded.value);
  await expect(client.critic.again({ id: photo, model: WRITER.name })).rejects.toThrow('was not made to judge');
  const reader = openReader({ dataDirectory: place.data });
  const all = reader.critiques(photo).filter(({ critic }) => critic === GRADER.name);
  reader.close();
  expect(all.map(({ promptVersion, counts }) => [promptVersion, counts])).toEqual([
    [again.promptVersion, false],
    [graded.promptVersion, true],
  ]);
  expect((await critiques()).find(({ critic }) => critic === GRADER.name)?.value).toBe(graded.value);

  const both = await heard(core.critics.explain(photo, { again: false }, undefined));
  expect(both.value).toBe(graded.value);
  const written = (await critiques()).find(({ critic }) => critic === GRADER.name)!;
  expect(written).toMatchObject({ value: graded.value, writer: WRITER.name });
  expect(written.text).toContain(both.text.trim().slice(0, 12));

  // Grading has shown what a photo takes here.
  expect((await model(GRADER.name)).estimate).toMatchObject({ from: 'graded', librarySeconds: 0 });

  // Without a writer the grader's number stands beside measured words, and says so.
  await core.models.remove(WRITER.name);
  const alone = await heard(
    core.critics.explain(core.listIds({ filter: 'state:ready' })[1]!, { again: true }, undefined),
  );
  expect(alone.said).toContain('gives numbers and writes nothing');
  await expect(heard(core.critics.ask(photo, { question: 'Why?', retry: false }, undefined))).rejects.toThrow(
    'choose one',
  );
}, 240_000);

test('the machine is measured with a slice of a model, and the pair that fits it is offered', async () => {
  await using place = workplace();
  await makePhoto(join(place.photos, 'frame.jpg'), 1);
  const core = await place.open();
  await core.index([place.photos]);
  expect(fittingPair(await core.models.list())).toBeNull();
  const models = await core.models.probe();
  const estimate = (name: string) => models.find((one) => one.name === name)!.estimate!;
  expect(estimate(GRADER.name)).toMatchObject({ from: 'probed' });
  expect(estimate(GRADER.name).librarySeconds).toBeCloseTo(estimate(GRADER.name).secondsPerPhoto, 6);
  const times = estimate('aesexpert-7b').secondsPerPhoto / estimate(GRADER.name).secondsPerPhoto;
  expect(times).toBeGreaterThan(4);
  const pair = fittingPair(models)!;
  const isQuick = estimate('aesexpert-7b').secondsPerPhoto <= 20;
  expect(pair.grader.name).toBe(isQuick ? 'aesexpert-7b' : GRADER.name);
  expect(pair.writer.name).toBe(isQuick ? 'aesexpert-7b' : 'qwen3.5-0.8b');
  console.log(
    `probed: Q-ReAlign Mini ${estimate(GRADER.name).secondsPerPhoto.toFixed(2)} s, AesExpert ${estimate('aesexpert-7b').secondsPerPhoto.toFixed(1)} s a photo`,
  );
}, 240_000);
