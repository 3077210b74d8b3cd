/** The queue of gradings over a real catalog and a real model: what the model is handed, and in which order. */
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { IndexGate } from '../../electron/core/analysis/index-gate.ts';
import { type Catalog, openCatalog, query } from '../../electron/core/catalog/open.ts';
import { type QueueContext, runQueue } from '../../electron/core/critics/queue.ts';
import { modelNamed } from '../../electron/core/engines/chosen-model.ts';
import { createEngineHost, type EngineHost } from '../../electron/core/engines/host.ts';
import { type LanguageModels, languageModels } from '../../electron/core/engines/language-models.ts';
import { makeTinyModel } from '../../models/tiny/make.ts';
import { makePhoto, workplace } from '../core/made-photos.ts';
import { BUILD_TIMEOUT, picture, ready } from './setting.ts';

const PHOTOS = 8;
const place = workplace();
let name: string;
let catalog: Catalog;
let engines: EngineHost;
let engine: LanguageModels;
const gate = new IndexGate();
/** `read N` when a photo's pixels are asked for, `judged N` when its critique is in the catalog. */
const events: string[] = [];

beforeAll(async () => {
  await ready();
  for (let index = 0; index < PHOTOS; index++) await makePhoto(join(place.photos, `${index}.jpg`), index);
  const core = await place.open();
  await core.index([place.photos]);
  ({ name } = await core.models.addLocal(await makeTinyModel(join(place.data, 'tiny'), { seed: 45 })));
  const { settings } = core;
  await core.close();
  catalog = openCatalog({ dataDirectory: place.data });
  engines = createEngineHost({ log: () => {} });
  engine = engines.pool(
    languageModels({
      settings: () => ({ ...settings, performance: { ...settings.performance, gpu: 'off', modelThreads: 1 } }),
      cacheDirectory: join(place.data, 'cache'),
    }),
  );
}, BUILD_TIMEOUT);
afterAll(async () => {
  await engines.close();
  catalog.close();
  await place[Symbol.asyncDispose]();
});

async function gradeAll(): Promise<{ done: number; failed: number }> {
  events.length = 0;
  const room: QueueContext = {
    catalog,
    engine,
    indexing: gate,
    visible: () => [],
    took: () => {},
    isSlow: () => false,
    now: Date.now,
    identified: () => {},
    judged: (photos) => void events.push(...photos.map((photo) => `judged ${photo}`)),
    readPixels: async (path) => {
      const file = basename(path);
      const sql = 'SELECT photo_id FROM file WHERE name = ?';
      events.push(`read ${query<number>(catalog, sql).pluck().get(file)}`);
      if (file === '5.jpg') throw new Error('This file is damaged.');
      return picture(Number.parseInt(file, 10), 90, 60);
    },
  };
  let last = { done: 0, failed: 0 };
  const { signal } = new AbortController();
  const report = { signal, failed: () => {}, progress: (progress: typeof last) => (last = progress) };
  await runQueue(room, modelNamed(catalog, name)!, null, report);
  return last;
}

/** Photos whose pixels were read before the one before them was judged. */
function readAhead(): number {
  const read = events.filter((event) => event.startsWith('read'));
  return read.filter((event, index) => {
    const before = read[index - 1]?.replace('read', 'judged');
    return before !== undefined && events.indexOf(event) < events.indexOf(before);
  }).length;
}

test('a quick model is handed the next photo too; each is graded once, one that cannot be read alone fails', async () => {
  expect(await gradeAll()).toMatchObject({ done: PHOTOS, failed: 1 });
  expect(events.filter((event) => event.startsWith('judged'))).toHaveLength(PHOTOS - 1);
  expect(new Set(events).size).toBe(events.length);
  expect(readAhead()).toBeGreaterThan(0);
});

test('beside indexing one photo is in hand, and indexing goes on afterwards', async () => {
  query(catalog, "DELETE FROM critique WHERE critic <> 'measured'").run();
  query(catalog, 'DELETE FROM strike').run();
  const { promise, resolve } = Promise.withResolvers<void>();
  const indexing = gate.during(() => promise);
  await gradeAll();
  resolve();
  await indexing;
  expect(events.filter((event) => event.startsWith('judged'))).toHaveLength(PHOTOS - 1);
  expect(readAhead()).toBe(0);
  await gate.enter(new AbortController().signal);
  gate.leave();
});
