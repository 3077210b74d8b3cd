/** The calls of the page, through the contract's own client: answers fit their schemas, errors are sentences. */
import { writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { createRouterClient, type ORPCError } from '@orpc/server';
import { expect, test } from 'vitest';
import { joinEvent } from '../../electron/core/api/event-stream.ts';
import type { CoreEvent } from '../../shared/contract.ts';
import { ALL_PHOTOS } from '../../shared/query.ts';
import { makePhoto, workplace } from './made-photos.ts';

test('a person adds a folder by token, browses, marks, undoes, makes albums', async () => {
  await using place = workplace();
  for (let index = 0; index < 4; index++) await makePhoto(join(place.photos, `trip/${index}.jpg`), index);
  const core = await place.open();
  const client = createRouterClient(core.router, { context: {} });
  const events: CoreEvent['kind'][] = [];
  const stop = new AbortController();
  const stream = await client.app.events({}, { signal: stop.signal });
  const listening = (async () => {
    for await (const batch of stream) events.push(...batch.map(({ kind }) => kind));
  })().catch(() => {});

  const listed = await client.disk.list({ token: core.diskToken(place.photos) });
  expect(listed).toMatchObject({ path: place.photos, pictures: 0, folders: [{ name: 'trip' }] });
  expect((await client.disk.list({ token: listed.folders[0]!.token })).pictures).toBe(4);
  // Typed by hand: the nearest folder that is there, and what goes beyond it.
  const typed = async (path: string) => {
    const { path: nearest, rest } = await client.disk.list({ token: null, typed: path });
    return [nearest, rest];
  };
  expect(await typed(place.photos)).toEqual([place.photos, '']);
  expect(await typed(` "${place.photos}/" `)).toEqual([place.photos, '']);
  expect(await typed(`${place.photos}/tr`)).toEqual([place.photos, 'tr']);
  expect(await typed(`${place.photos}/trip/../tr/x`)).toEqual([place.photos, join('tr', 'x')]);
  expect(await typed(`${place.photos}/trip/0.jpg`)).toEqual([join(place.photos, 'trip'), '0.jpg']);
  expect(await typed('~')).toEqual([homedir(), '']);
  expect(listed.places.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['home', 'drive']));
  await client.roots.add({ token: listed.here.token });
  // Choosing another folder begins beside the last one.
  expect(await client.disk.list({ token: null })).toMatchObject({
    path: dirname(place.photos),
    places: expect.arrayContaining([
      expect.objectContaining({ kind: 'recent', name: basename(dirname(place.photos)) }),
    ]),
  });
  await expect.poll(() => core.jobs().map(({ state }) => state), { timeout: 30_000 }).toEqual(['done']);

  const tree = await client.folders.tree({});
  expect(tree.map(({ name, count }) => `${name} ${count}`)).toEqual(['photos 4', 'trip 4']);
  const order = await client.photos.order({ query: { ...ALL_PHOTOS, group: 'day' } });
  expect(order).toMatchObject({
    total: 4,
    sections: [{ key: '2024-05-01', label: expect.stringMatching(/^Wednesday,? 1 May 2024$/), start: 0, count: 4 }],
  });
  const rows = await client.photos.rows({ ids: [1, 2, 3, 4] });
  expect(
    rows.every(({ placeholder, grade }) => placeholder?.startsWith('data:image/bmp') && grade?.critic === 'measured'),
  ).toBe(true);
  expect(await client.photos.detail({ id: 1 })).toMatchObject({ folderPath: 'photos/trip', files: [{ role: 'main' }] });
  expect((await client.photos.facets({ query: ALL_PHOTOS })).total).toBe(4);
  expect((await client.photos.distribution({ query: ALL_PHOTOS })).bins.reduce((a, b) => a + b)).toBe(4);

  expect(await client.marks.set({ ids: [1, 2], flag: 'pick' })).toEqual({ changed: 2 });
  expect(await client.history.state({})).toEqual({ undo: 'Pick 2 photos', redo: null });
  expect(await client.history.undo({})).toEqual({ label: 'Pick 2 photos', ids: [1, 2], note: null });
  expect((await client.photos.counts({})).all).toBe(4);
  const album = await client.albums.create({ name: '  Best  ', filter: null, ids: [3, 1] });
  expect(album).toMatchObject({ name: 'Best', kind: 'album', count: 2 });
  expect((await client.models.list({}))[0]).toMatchObject({ name: 'measured', active: true, graded: 4 });
  const settings = (await client.app.state({})).settings;
  expect((await client.settings.set({ ...settings, theme: 'light' })).theme).toBe('light');

  await expect
    .poll(() => events)
    .toEqual(expect.arrayContaining(['folders', 'photos', 'jobs', 'history', 'albums', 'settings']));
  stop.abort();
  await listening;
  await client.roots.remove({ id: tree[0]!.rootId! });
  expect(await client.folders.tree({})).toEqual([]);
  expect(core.list()).toEqual([]);
  expect(await client.history.undo({})).toEqual({ label: 'Remove photos from the library', ids: [], note: null });
  expect((await client.albums.list({}))[0]).toMatchObject({ name: 'Best', count: 2 });
  expect(core.list()).toHaveLength(4);
});

test('what goes wrong on purpose has a code and a sentence; what is malformed is refused', async () => {
  await using place = workplace();
  const core = await place.open();
  const client = createRouterClient(core.router, { context: {} });
  const failure = async (call: Promise<unknown>) => {
    const error = (await call.then(
      () => null,
      (reason: unknown) => reason,
    )) as ORPCError<string, unknown> | null;
    return [error?.code, error?.message, error?.defined];
  };
  expect(await failure(client.photos.detail({ id: 5 }))).toEqual(['NOT_FOUND', 'There is no photo 5.', true]);
  expect(await failure(client.roots.add({ token: '/etc' }))).toEqual([
    'NOT_FOUND',
    expect.stringMatching(/^This choice/),
    true,
  ]);
  expect(await failure(client.disk.list({ token: '../..' }))).toEqual(['NOT_FOUND', expect.any(String), true]);
  expect(await failure(client.jobs.cancel({ id: 1 }))).toEqual(['NOT_FOUND', 'There is no job 1.', true]);
  expect((await failure(client.photos.detail({ id: -1 })))[0]).toBe('BAD_REQUEST');
  expect((await failure(client.marks.set({ ids: [1], stars: 9 })))[0]).toBe('BAD_REQUEST');
  writeFileSync(join(place.photos, 'file'), '');
  await expect(core.addRoot(join(place.photos, 'file'))).rejects.toMatchObject({
    code: 'INVALID',
    message: /is not a folder\.$/,
  });
  await expect(core.index([join(place.photos, 'nowhere')])).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(() => core.list({ filter: 'colour:red' })).toThrow(/is no key/);
  await expect(core.picture('thumb', 9)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('a job can be paused, resumed, cancelled, and goes on after a restart', async () => {
  await using place = workplace();
  for (let index = 0; index < 30; index++) await makePhoto(join(place.photos, `${index}.jpg`), index);
  let core = await place.open();
  let client = createRouterClient(core.router, { context: {} });
  await client.roots.add({ token: core.diskToken(place.photos) });
  const job = () => core.jobs()[0]!;
  await expect.poll(() => job().total, { timeout: 30_000 }).not.toBeNull();
  await client.jobs.pause({ id: job().id });
  const paused = core.list({ filter: 'state:ready' }).length;
  expect(paused === 30 ? 'done' : job().state).toBe(paused === 30 ? 'done' : 'paused');
  if (job().state === 'paused') {
    // What the core begins by itself does not go on against the person.
    const before = core.jobs().length;
    await makePhoto(join(place.photos, 'new.jpg'), 100);
    await core.close();
    core = await place.open({ background: true });
    client = createRouterClient(core.router, { context: {} });
    expect(core.jobs().map(({ state }) => state)).toEqual(Array.from({ length: before }, () => 'paused'));
    expect(core.list({ filter: 'state:ready' })).toHaveLength(paused);
    await client.jobs.resume({ id: job().id });
  }
  await core.close();
  core = await place.open({ background: true });
  client = createRouterClient(core.router, { context: {} });
  await expect.poll(() => core.list({ filter: 'state:pending' }).length, { timeout: 60_000 }).toBe(0);
  await expect.poll(() => core.jobs().every(({ state }) => state === 'done'), { timeout: 30_000 }).toBe(true);
  const [first] = core.jobs();
  if (first) await client.jobs.dismiss({ id: first.id });
  expect(core.jobs().some(({ id }) => id === first?.id)).toBe(false);
});

test('events that wait are joined, so that a slow page never has more than one of a kind', () => {
  const waiting: CoreEvent[] = [];
  for (let id = 1; id <= 3000; id++) {
    joinEvent(waiting, { kind: 'photos', ids: [id], columns: id === 7 ? ['stars', 'flag'] : ['stars'] });
  }
  joinEvent(waiting, { kind: 'history', undo: 'Pick 1 photo', redo: null });
  joinEvent(waiting, { kind: 'history', undo: null, redo: 'Pick 1 photo' });
  joinEvent(waiting, { kind: 'albums', filled: [1] });
  joinEvent(waiting, { kind: 'albums', filled: [2, 1] });
  expect(waiting).toEqual([
    { kind: 'photos', ids: null, columns: ['stars', 'flag'] },
    { kind: 'history', undo: null, redo: 'Pick 1 photo' },
    { kind: 'albums', filled: [1, 2] },
  ]);
  joinEvent(waiting, { kind: 'photos', ids: [1], columns: null });
  joinEvent(waiting, { kind: 'albums', filled: null });
  expect(waiting[0]).toEqual({ kind: 'photos', ids: null, columns: null });
  expect(waiting[2]).toEqual({ kind: 'albums', filled: null });
});
