import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Core } from '../../electron/core/core.ts';
import { registryEntry } from '../../models/registry.ts';
import { TINY, writeCheckpoint } from '../convert/checkpoints.ts';
import { trainVocabulary } from '../convert/vocabulary.ts';
import { workplace } from '../core/made-photos.ts';
import { BUILD_TIMEOUT, ready } from '../engine/setting.ts';

/** A file server that lists and serves folders as the model hub does, with resumable answers. */
let hub: Server;
let address: string;
let folder: string;
/** Bytes after which the next answer breaks off; null for whole answers. */
let breakAfter: number | null = null;
let ranged = 0;
const COMMIT = 'c0de'.repeat(10);

const AESEXPERT = registryEntry('aesexpert-7b')!;

beforeAll(async () => {
  await ready();
  folder = await mkdtemp(join(tmpdir(), 'keeplight-hub-'));
  await writeCheckpoint(join(folder, 'checkpoint'), trainVocabulary(), {
    dimensions: TINY,
    type: 'F16',
    naming: 'llava',
    format: 'safetensors',
    shards: 2,
    tokenizer: 'model',
    tower: 'beside',
  });
  const places = new Map([
    ['qyuan/AesMMIT_LLaVA_v1.5_7b_240325', join(folder, 'checkpoint')],
    ['openai/clip-vit-large-patch14-336', join(folder, 'checkpoint-clip')],
  ]);
  hub = createServer(async (request, response) => {
    const url = decodeURIComponent(request.url ?? '');
    if (/^\/api\/models\/.+\/revision\/main$/.test(url)) {
      response.end(JSON.stringify({ sha: COMMIT }));
      return;
    }
    const listed = /^\/api\/models\/(.+?)\/tree\//.exec(url)?.[1];
    const listedPlace = listed && places.get(listed);
    if (listedPlace) {
      const names = await readdir(listedPlace);
      const tree = await Promise.all(
        names.map(async (path) => {
          const bytes = await readFile(join(listedPlace, path));
          const oid = createHash('sha256').update(bytes).digest('hex');
          return { type: 'file', path, size: bytes.length, lfs: { oid, size: bytes.length } };
        }),
      );
      response.setHeader('content-type', 'application/json').end(JSON.stringify(tree));
      return;
    }
    const wanted = new RegExp(`^/(.+?)/resolve/${COMMIT}/(.+)$`).exec(url);
    const place = wanted?.[1] && places.get(wanted[1]);
    const path = place && wanted[2] ? join(place, wanted[2]) : null;
    if (!path || !existsSync(path)) {
      response.writeHead(404).end();
      return;
    }
    const bytes = await readFile(path);
    const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    if (request.headers.range) {
      if (start > 0) ranged += 1;
      response.writeHead(206, { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` });
    } else response.writeHead(200, { 'content-length': bytes.length, 'accept-ranges': 'bytes' });
    if (request.method === 'HEAD') response.end();
    else if (breakAfter !== null && bytes.length - start > breakAfter) {
      response.write(bytes.subarray(start, start + breakAfter), () => response.destroy());
      breakAfter = null;
    } else response.end(bytes.subarray(start));
  });
  await new Promise<void>((resolve) => hub.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(hub.address() as AddressInfo).port}`;
}, BUILD_TIMEOUT);

afterAll(async () => {
  hub.close();
  await rm(folder, { recursive: true, force: true });
});

async function throughOurHub(core: Core): Promise<void> {
  const { settings } = core;
  await createRouterClient(core.router).settings.set({
    ...settings,
    performance: { ...settings.performance, modelThreads: 1 },
    models: { ...settings.models, mirror: address },
  });
}

test('one call fetches the checkpoint over a bad line, converts it, tries it and puts it to work', async () => {
  await using place = workplace();
  const core = await place.open();
  await throughOurHub(core);
  breakAfter = 20_000;
  const texts: string[] = [];
  const job = await core.models.install(AESEXPERT.name, AESEXPERT.licence);
  expect((await core.models.list()).find(({ name }) => name === AESEXPERT.name)?.state).toBe('installing');
  await core.finishJob(job, { onProgress: ({ text }) => texts.push(text) });
  expect(ranged).toBeGreaterThan(0);
  const model = (await core.models.list()).find(({ name }) => name === AESEXPERT.name);
  expect(model).toMatchObject({ state: 'installed', active: true, origin: 'builtin', problem: null });
  const left = await readdir(join(place.data, 'models', AESEXPERT.name));
  expect(left.filter((name) => !name.endsWith('.gguf'))).toEqual([]);
  expect(left).toHaveLength(2);
  for (const name of left)
    expect((await stat(join(place.data, 'models', AESEXPERT.name, name))).size).toBeGreaterThan(0);

  await core.models.remove(AESEXPERT.name);
  expect(existsSync(join(place.data, 'models', AESEXPERT.name))).toBe(false);
  expect((await core.models.list()).find(({ name }) => name === AESEXPERT.name)?.state).toBe('available');
});

test('an installation goes on after a restart where it was', async () => {
  await using place = workplace();
  const first = await place.open();
  await throughOurHub(first);
  breakAfter = 30_000;
  const job = await first.models.install(AESEXPERT.name, AESEXPERT.licence);
  const begun = Promise.withResolvers<void>();
  first.subscribe((event) => {
    if (event.kind === 'jobs' && event.jobs.some(({ id, done }) => id === job && done > 0)) begun.resolve();
  });
  await begun.promise;
  await first.close();
  const second = await place.open({ background: true });
  const done = await second
    .finishJob(job)
    .then(() => true)
    .catch((error: Error) => error.message);
  expect(done).toBe(true);
  expect((await second.models.list()).find(({ name }) => name === AESEXPERT.name)?.state).toBe('installed');
});

test('nothing is fetched before the licence was agreed to, nor what the registry does not know', async () => {
  await using place = workplace();
  const core = await place.open();
  await throughOurHub(core);
  await expect(core.models.install(AESEXPERT.name, null)).rejects.toThrow(/agree/);
  await expect(core.models.install('no-such-model', null)).rejects.toThrow(/no model "no-such-model"/);
  expect(core.jobs()).toEqual([]);
});

test('a server that lacks the files fails the job with a sentence that names it', async () => {
  await using place = workplace();
  const core = await place.open();
  await throughOurHub(core);
  const other = registryEntry('llava-1.5-7b')!;
  const job = await core.models.install(other.name, other.licence);
  await expect(core.finishJob(job)).rejects.toThrow(/404|not|127\.0\.0\.1/);
  expect((await core.models.list()).find(({ name }) => name === other.name)?.state).toBe('available');
});
