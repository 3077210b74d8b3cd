import { readdirSync, readFileSync } from 'node:fs';
import { copyFile, mkdtemp, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Core } from '../../electron/core/core.ts';
import { type ModelPair, makeTinyModel } from '../../models/tiny/make.ts';
import type { Writing } from '../../shared/contract.ts';
import { ALL_PHOTOS } from '../../shared/query.ts';
import { makePhoto, workplace } from '../core/made-photos.ts';
import { BUILD_TIMEOUT, ready } from '../engine/setting.ts';

let folder: string;
let first: ModelPair;
let second: ModelPair;

beforeAll(async () => {
  await ready();
  folder = await mkdtemp(join(tmpdir(), 'keeplight-critic-'));
  first = await makeTinyModel(join(folder, 'first'), { seed: 1 });
  second = await makeTinyModel(join(folder, 'second'), { seed: 2 });
}, BUILD_TIMEOUT);
afterAll(() => rm(folder, { recursive: true, force: true }));

async function withPhotos(place: ReturnType<typeof workplace>, count: number): Promise<Core> {
  for (let seed = 1; seed <= count; seed += 1) {
    await makePhoto(join(place.photos, `frame-${seed}.jpg`), seed, { takenAt: `2024:05:0${(seed % 9) + 1} 10:00:00` });
  }
  const core = await place.open();
  await core.index([place.photos]);
  return core;
}

async function useModel(core: Core, pair: ModelPair, name: string): Promise<void> {
  // One thread: two that wait for each other in a busy loop take minutes where other tests use the cores too.
  const { settings } = core;
  await createRouterClient(core.router).settings.set({
    ...settings,
    performance: { ...settings.performance, modelThreads: 1 },
  });
  await core.models.addLocal({ ...pair, name });
  await core.models.use(name);
}

async function read(
  writing: AsyncIterable<Writing>,
): Promise<{ text: string; kinds: Set<string>; end: string | null }> {
  let text = '';
  let end: string | null = null;
  const kinds = new Set<string>();
  for await (const event of writing) {
    kinds.add(event.kind);
    if (event.kind === 'token') text += event.text;
    if (event.kind === 'end') end = event.reason;
  }
  return { text, kinds, end };
}

const modelProcesses = (): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const words = readFileSync(`/proc/${name}/cmdline`, 'utf8');
        return (
          words.includes('model-process') && readFileSync(`/proc/${name}/stat`, 'utf8').includes(` ${process.pid} `)
        );
      } catch {
        return false;
      }
    })
    .map(Number);

test('choosing a model starts grading in the background when that setting is on, and only one job for a library', async () => {
  await using place = workplace();
  const count = 5;
  await (await withPhotos(place, count)).close();
  const core = await place.open({ background: true });
  const client = createRouterClient(core.router);
  const { settings } = core;
  const jobs = async () => (await client.jobs.list({})).filter(({ kind }) => kind === 'grade');
  const setBackground = (gradeInBackground: boolean) =>
    client.settings.set({
      ...core.settings,
      performance: { ...settings.performance, modelThreads: 1 },
      models: { ...core.settings.models, gradeInBackground },
    });
  const graders = () => core.list().map(({ grade }) => grade?.critic);

  await setBackground(false);
  await core.models.addLocal({ ...first, name: 'first' });
  await core.models.addLocal({ ...second, name: 'second' });
  await core.models.use('first');
  expect(await jobs()).toEqual([]);
  expect(graders()).toEqual(Array(count).fill('measured'));

  await setBackground(true);
  await core.models.use('second');
  const [started] = await jobs();
  // The button for the whole library, and photos that come meanwhile, find it at work.
  expect(await client.critic.grade({ query: ALL_PHOTOS })).toEqual({ job: started!.id });
  core.critics.photosReady();
  expect(await jobs()).toHaveLength(1);
  // What a person paused stays so until a person goes on.
  await client.jobs.pause({ id: started!.id });
  core.critics.photosReady();
  expect((await jobs()).map(({ state }) => state)).toEqual(['paused']);
  expect(await client.critic.grade({ query: ALL_PHOTOS })).toEqual({ job: started!.id });
  await core.finishJob(started!.id);
  expect(graders()).toEqual(Array(count).fill('second'));
  expect((await jobs()).filter(({ state }) => state !== 'done')).toEqual([]);
}, 120_000);

describe('grading a library', () => {
  test('the queue grades all, grades are kept with their model, a second run has nothing to do', async () => {
    await using place = workplace();
    const core = await withPhotos(place, 6);
    await useModel(core, first, 'first');
    await core.finishJob(await core.critics.grade(ALL_PHOTOS));
    const graded = core.list({ sort: 'grade' });
    expect(graded.map(({ grade }) => grade?.critic)).toEqual(Array(6).fill('first'));
    const values = graded.map(({ grade }) => grade?.value ?? -1);
    expect(values).toEqual(values.toSorted((a, b) => b - a));
    expect(new Set(values).size).toBeGreaterThan(1);

    const client = createRouterClient(core.router);
    const judgedAt = async () =>
      Promise.all(
        core
          .list()
          .map(async ({ id }) => (await client.photos.detail({ id })).critiques.map(({ createdAt }) => createdAt)),
      );
    const before = await judgedAt();
    expect(before.flat().length).toBeGreaterThanOrEqual(6);
    await core.finishJob(await core.critics.grade(ALL_PHOTOS));
    expect(await judgedAt()).toEqual(before);
    const detail = await core.models.list();
    expect(detail.find(({ name }) => name === 'first')?.graded).toBe(6);
    expect(core.list().every(({ grade }) => grade?.critic === 'first')).toBe(true);
  });

  test('a job that goes on says how much of all is done, not of what was left', async () => {
    await using place = workplace();
    const core = await withPhotos(place, 16);
    await useModel(core, first, 'first');
    const client = createRouterClient(core.router);
    const id = await core.critics.grade(ALL_PHOTOS);
    const job = () => core.jobs().find((one) => one.id === id)!;
    await expect.poll(() => job().done, { interval: 2, timeout: 60_000 }).toBeGreaterThan(0);
    await client.jobs.pause({ id });
    const paused = job();
    expect(paused.total).toBe(16);
    const seen: number[] = [];
    const unsubscribe = core.subscribe((event) => {
      if (event.kind === 'jobs') seen.push(event.jobs.find((one) => one.id === id)!.done);
    });
    if (paused.state === 'paused') await client.jobs.resume({ id });
    await expect.poll(() => job().state, { timeout: 60_000 }).toBe('done');
    unsubscribe();
    expect(Math.min(...seen, 16)).toBeGreaterThanOrEqual(paused.done);
    expect(job()).toMatchObject({ done: 16, total: 16, failed: 0 });
  });

  test('another model grades again and the old critiques come back with their model', async () => {
    await using place = workplace();
    const core = await withPhotos(place, 3);
    await useModel(core, first, 'first');
    await core.finishJob(await core.critics.grade(ALL_PHOTOS));
    const byFirst = new Map(core.list().map(({ id, grade }) => [id, grade?.value]));
    await useModel(core, second, 'second');
    expect(core.list().every(({ grade }) => grade?.critic === 'measured')).toBe(true);
    await core.finishJob(await core.critics.grade(ALL_PHOTOS));
    expect(core.list().every(({ grade }) => grade?.critic === 'second')).toBe(true);
    await core.models.use('first');
    expect(new Map(core.list().map(({ id, grade }) => [id, grade?.value]))).toEqual(byFirst);
    await core.models.use('measured');
    expect(core.list().every(({ grade }) => grade?.critic === 'measured')).toBe(true);
    await core.models.remove('first');
    expect((await core.models.list()).map(({ name }) => name)).not.toContain('first');
  });

  test('the same photo gets the same numbers whatever was graded before it', async () => {
    await using place = workplace();
    const core = await withPhotos(place, 5);
    await useModel(core, first, 'first');
    const ids = core.list().map(({ id }) => id);
    const options = { trace: true, signal: AbortSignal.timeout(120_000), onProgress() {}, onFailure() {} };
    const forward = await core.critics.gradeNow(ids, options);
    const backward = await core.critics.gradeNow(ids.toReversed(), options);
    for (const id of ids) expect(backward.get(id)?.critique.value).toBe(forward.get(id)?.critique.value);
  });

  test('a killed model process is opened again and the queue goes on to its end', async () => {
    await using place = workplace();
    const core = await withPhotos(place, 8);
    await useModel(core, first, 'first');
    let killed = 0;
    const unsubscribe = core.subscribe((event) => {
      if (event.kind !== 'engine' || event.engine.state !== 'ready' || killed >= 2) return;
      for (const id of modelProcesses()) {
        killed += 1;
        process.kill(id, 'SIGKILL');
      }
    });
    await core.finishJob(await core.critics.grade(ALL_PHOTOS));
    unsubscribe();
    expect(killed).toBeGreaterThan(0);
    expect(core.list().filter(({ grade }) => grade?.critic === 'first').length).toBeGreaterThanOrEqual(7);
  });

  test('a file that is no model is refused with a sentence; one that breaks later fails the job and is shown', async () => {
    await using place = workplace();
    const core = await withPhotos(place, 2);
    const photo = join(place.photos, 'frame-1.jpg');
    await expect(core.models.addLocal({ model: photo, mmproj: first.mmproj })).rejects.toThrow(/GGUF/);
    expect(await core.models.list()).toEqual(
      expect.not.arrayContaining([expect.objectContaining({ origin: 'local' })]),
    );

    const breaking = { model: join(place.photos, 'breaking.gguf'), mmproj: first.mmproj };
    await copyFile(first.model, breaking.model);
    await useModel(core, breaking, 'breaking');
    await truncate(breaking.model, 5000);
    const job = await core.critics.grade(ALL_PHOTOS);
    await expect(core.finishJob(job)).rejects.toThrow(/truncated or damaged/);
    expect(core.list().every(({ grade }) => grade?.critic === 'measured')).toBe(true);
    expect((await core.models.list()).find(({ name }) => name === 'breaking')?.state).toBe('broken');
    const client = createRouterClient(core.router, { context: {} });
    const explanation = await client.critic.explain({ id: core.list()[0]!.id });
    await expect(
      (async () => {
        for await (const _ of explanation);
      })(),
    ).rejects.toMatchObject({ code: 'MODEL_FAILED', message: expect.stringContaining('breaking.gguf') });
  });
});

describe('writing about a photo', () => {
  test('an explanation grades first, streams, is kept, and is found by its words', async () => {
    await using place = workplace();
    const core = await withPhotos(place, 1);
    const photo = core.list()[0]!.id;
    const measured = await read(core.critics.explain(photo, { again: false }, undefined));
    expect(measured.text).toContain('measured');
    await useModel(core, first, 'first');
    const written = await read(core.critics.explain(photo, { again: false }, undefined));
    expect([...written.kinds]).toEqual(expect.arrayContaining(['critique', 'heading', 'token', 'end']));
    expect(core.show(photo).grade?.critic).toBe('first');
    const again = await read(core.critics.explain(photo, { again: false }, undefined));
    expect(again.text.replace(/\s+/g, ' ').trim().length).toBeGreaterThan(10);
    const word = /[a-z]{5,}/.exec(again.text)?.[0];
    if (word) expect(core.list({ filter: word }).map(({ id }) => id)).toEqual([photo]);
  });

  test('a stopped explanation is not kept; a stopped answer is', async () => {
    await using place = workplace();
    const core = await withPhotos(place, 1);
    const photo = core.list()[0]!.id;
    await useModel(core, first, 'first');
    const stop = new AbortController();
    let pieces = 0;
    const ended = await read(
      (async function* () {
        for await (const event of core.critics.explain(photo, { again: false }, stop.signal)) {
          if (event.kind === 'token' && ++pieces === 3) stop.abort();
          yield event;
        }
      })(),
    ).catch(() => null);
    expect(ended === null || ended.end === 'stopped').toBe(true);
    const detail = core.critics.messages(photo);
    expect(detail).toEqual([]);

    const talk = new AbortController();
    let words = 0;
    for await (const event of core.critics.ask(photo, { question: 'Is it sharp?', retry: false }, talk.signal)) {
      if (event.kind === 'token' && ++words === 4) break;
    }
    expect(core.critics.messages(photo).map(({ role }) => role)).toEqual(['person', 'critic']);
    await read(core.critics.ask(photo, { question: 'Is it sharp?', retry: true }, undefined));
    expect(core.critics.messages(photo).map(({ role }) => role)).toEqual(['person', 'critic']);
    await read(core.critics.ask(photo, { question: 'Why?', retry: false }, undefined));
    const all = core.critics.messages(photo);
    expect(all).toHaveLength(4);
    core.critics.forget(photo, all[0]!.id);
    expect(core.critics.messages(photo).map(({ text }) => text)[0]).toBe('Why?');
    core.critics.forget(photo, null);
    expect(core.critics.messages(photo)).toEqual([]);
  });

  test('free questions without a model are answered with what to do', async () => {
    await using place = workplace();
    const core = await withPhotos(place, 1);
    const asking = read(core.critics.ask(core.list()[0]!.id, { question: 'Why?', retry: false }, undefined));
    await expect(asking).rejects.toThrow(/need a model/);
  });

  test('A over B speaks with the model when it judged both, else with the measures', async () => {
    await using place = workplace();
    const core = await withPhotos(place, 2);
    const ids = core.list().map(({ id }) => id);
    expect(core.critics.compare(ids).critic).toBe('measured');
    await useModel(core, first, 'first');
    await core.finishJob(await core.critics.grade(ALL_PHOTOS));
    const verdict = core.critics.compare(ids);
    expect(verdict.critic).toBe('first');
    expect(verdict.ranking).toHaveLength(2);
    expect(() => core.critics.compare([ids[0]!, ids[0]!])).toThrow(/differ/);
  });

  test('A over B judges first what the grader has not judged, decides by its numbers and lets the writer word it', async () => {
    await using place = workplace();
    const core = await withPhotos(place, 2);
    const ids = core.list().map(({ id }) => id);
    const settled = () => Array.fromAsync(core.critics.settle(ids, undefined));
    const [alone, ...more] = await settled();
    expect(alone).toMatchObject({ kind: 'verdict', used: expect.stringMatching(/^No grader is chosen/) });
    expect(more).toEqual([]);
    await useModel(core, first, 'first');
    const stop = new AbortController();
    await expect(async () => {
      for await (const event of core.critics.settle(ids, stop.signal)) if (event.kind === 'grading') stop.abort();
    }).rejects.toThrow();
    expect(core.critics.compare(ids).critic).toBe('measured');
    const events = await settled();
    const kinds = events.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'grading').length).toBeGreaterThan(0);
    const at = kinds.indexOf('verdict');
    expect(kinds.slice(0, at).every((kind) => kind === 'grading')).toBe(true);
    expect(events[at]).toMatchObject({
      verdict: { critic: 'first' },
      used: expect.stringMatching(/^Decided by the grades of/),
    });
    expect(kinds[at + 1]).toBe('wording');
    expect(kinds).toContain('token');
    // Graded once: asked again nothing is judged.
    expect((await settled()).map(({ kind }) => kind)).not.toContain('grading');
  });
});
