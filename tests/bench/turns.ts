import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import sharp from 'sharp';
import { type Core, openCore } from '../../electron/core/core.ts';
import { makeRealSizedModel } from '../../models/tiny/make.ts';
import { makePhoto } from '../core/made-photos.ts';
import type { BenchContext, Benchmark, Measurement } from './bench.ts';
import { SHAPE } from './models.ts';

const GRADED = 4;
/** So many that indexing has work for as long as grading does. */
const INDEXED = 240;

const turns: Benchmark = {
  name: 'Grading while indexing',
  about: `The same number of photos graded by a ${SHAPE}-shaped model on the CPU, alone and while a folder of ${INDEXED} photos of 24 MP is indexed.`,
  async run({ say, signal }) {
    const place = await mkdtemp(join(os.tmpdir(), 'keeplight-bench-turns-'));
    try {
      say(`Making ${INDEXED} photos and a model …`);
      const pair = await makeRealSizedModel(join(place, 'model'), SHAPE, signal);
      for (let seed = 0; seed < 2 * GRADED + 1; seed += 1) await makePhoto(join(place, 'graded', `${seed}.jpg`), seed);
      await makeLargePhotos(join(place, 'indexed'), signal);
      return await measure(place, pair, { say, signal });
    } finally {
      await rm(place, { recursive: true, force: true });
    }
  },
};
export default turns;

async function measure(
  place: string,
  pair: { model: string; mmproj: string },
  { say, signal }: BenchContext,
): Promise<Measurement[]> {
  const core = await openCore({
    dataDirectory: join(place, 'data'),
    shell: 'browser',
    log: () => {},
    background: false,
  });
  try {
    return await gradeInTurns(core, place, pair, { say, signal });
  } finally {
    await core.close();
  }
}

async function gradeInTurns(
  core: Core,
  place: string,
  pair: { model: string; mmproj: string },
  { say, signal }: BenchContext,
): Promise<Measurement[]> {
  await core.index([join(place, 'graded')], { signal });
  const { settings } = core;
  await createRouterClient(core.router, { context: {} }).settings.set({
    ...settings,
    performance: { ...settings.performance, gpu: 'off' },
    models: { ...settings.models, gradeInBackground: false },
  });
  const { name } = await core.models.addLocal(pair, signal);
  await core.models.use(name);
  const ids = core.list().map(({ id }) => id);
  say('Warming up …');
  await core.critics.gradeQueue(ids.slice(0, 1), signal);
  say('Grading alone …');
  const alone = await seconds(() => core.critics.gradeQueue(ids.slice(1, 1 + GRADED), signal));
  say('Grading while indexing …');
  const stop = new AbortController();
  let looked = 0;
  const indexing = core
    .index([join(place, 'indexed')], {
      signal: stop.signal,
      onProgress: ({ phase, done }) => {
        if (phase === 'look') looked = done;
      },
    })
    .catch(() => null);
  const together = await seconds(() => core.critics.gradeQueue(ids.slice(1 + GRADED), signal));
  const lookedMeanwhile = looked;
  stop.abort();
  await indexing;
  return [
    {
      label: 'grading while indexing, against grading alone',
      value: together / alone,
      unit: '×',
      target: { most: 1.5 },
    },
    {
      label: `photos looked at meanwhile, of ${INDEXED} that waited`,
      value: lookedMeanwhile,
      unit: '',
      target: { least: 1, most: INDEXED - 1 },
    },
    { label: 'a photo graded alone', value: alone / GRADED, unit: 's' },
    { label: 'a photo graded while indexing', value: together / GRADED, unit: 's' },
  ];
}

/** Four pictures, each in many files that differ in the bytes behind its end. */
async function makeLargePhotos(directory: string, signal: AbortSignal): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (let scene = 0; scene < 4; scene += 1) {
    const small = join(directory, `scene.jpg`);
    await makePhoto(small, 500 + scene);
    const large = await sharp(small).resize(6000, 4000).jpeg({ quality: 88 }).toBuffer();
    await rm(small);
    for (let copy = scene; copy < INDEXED; copy += 4) {
      signal.throwIfAborted();
      await writeFile(join(directory, `${copy}.jpg`), Buffer.concat([large, Buffer.from(`copy ${copy}`)]));
    }
  }
}

async function seconds(task: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await task();
  return (performance.now() - start) / 1000;
}
