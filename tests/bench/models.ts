import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import { openCore } from '../../electron/core/core.ts';
import { benchEngine } from '../../models/bench.ts';
import { makeRealSizedModel } from '../../models/tiny/make.ts';
import { makePhoto } from '../core/made-photos.ts';
import type { BenchContext, Benchmark, Measurement } from './bench.ts';

/** `1b` for routine runs; KEEPLIGHT_BENCH_MODEL=7b for the size that people run. */
const SHAPE = process.env.KEEPLIGHT_BENCH_MODEL === '7b' ? '7b' : '1b';
/** What the bars that are no ratios count in. */
const UNITS: readonly (readonly [RegExp, readonly [string, number]])[] = [
  [/memory/, ['MB', 1e-6]],
  [/first word/, ['ms', 1]],
];
const GRADED = 4;
const INDEXED = 60;

const models: Benchmark = {
  name: 'models',
  about: `A ${SHAPE}-shaped model with random 4-bit weights on the CPU, against bare encode and prefill and against llama.cpp's own program; then grading while the library is indexed.`,
  async run(context) {
    const { bars, photosPerMinute, milliseconds } = await benchEngine({
      shape: SHAPE,
      gpu: 'off',
      signal: context.signal,
      log: context.say,
    });
    return [
      ...bars.map(({ name, value, limit, bound, text }): Measurement => {
        const [unit, scale] = UNITS.find(([pattern]) => pattern.test(name))?.[1] ?? ['×', 1];
        const target = bound === 'at most' ? { most: limit * scale } : { least: limit * scale };
        return { label: unit === '×' ? `${name} (${text})` : name, value: value * scale, unit, target };
      }),
      { label: 'photos graded a minute, nine judgements each', value: photosPerMinute, unit: '' },
      { label: 'encode', value: milliseconds.encode, unit: 'ms' },
      { label: 'prefill', value: milliseconds.prefill, unit: 'ms' },
      ...(await gradeWhileIndexing(context)),
    ];
  },
};
export default models;

/** The same photos graded alone and while a folder is indexed; both through the queue. */
async function gradeWhileIndexing({ say, signal }: BenchContext): Promise<Measurement[]> {
  const place = await mkdtemp(join(os.tmpdir(), 'keeplight-bench-turns-'));
  const core = await openCore({
    dataDirectory: join(place, 'data'),
    shell: 'browser',
    log: () => {},
    background: false,
  });
  try {
    const pair = await makeRealSizedModel(join(place, 'model'), SHAPE, signal);
    for (let seed = 0; seed < 2 * GRADED + 1; seed += 1) await makePhoto(join(place, 'graded', `${seed}.jpg`), seed);
    for (let seed = 0; seed < INDEXED; seed += 1) await makePhoto(join(place, 'indexed', `${seed}.jpg`), 100 + seed);
    await core.index([join(place, 'graded')], { signal });
    const { settings } = core;
    await createRouterClient(core.router, { context: {} }).settings.set({
      ...settings,
      performance: { ...settings.performance, gpu: 'off' },
      models: { ...settings.models, gradeInBackground: false },
    });
    const { name } = await core.critic.shelf.addLocal(pair, signal);
    await core.critic.use(name);
    const ids = core.list().map(({ id }) => id);
    say('Grading alone …');
    await core.critic.gradeQueue(ids.slice(0, 1), signal);
    const alone = await seconds(() => core.critic.gradeQueue(ids.slice(1, 1 + GRADED), signal));
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
    const together = await seconds(() => core.critic.gradeQueue(ids.slice(1 + GRADED), signal));
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
      { label: 'photos looked at meanwhile', value: lookedMeanwhile, unit: '', target: { least: 1 } },
    ];
  } finally {
    await core.close();
    await rm(place, { recursive: true, force: true });
  }
}

async function seconds(task: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await task();
  return (performance.now() - start) / 1000;
}
