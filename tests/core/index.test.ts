/** Folders on a real disk through the whole core: what a second scan finds, and what stays with a photo. */
import { createHash } from 'node:crypto';
import {
  cpSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Core } from '../../electron/core/core.ts';
import { makePhoto, type Workplace, workplace } from './made-photos.ts';

/** Marks tell photos apart whatever becomes of their names. */
async function marked(place: Workplace, names: readonly string[]): Promise<{ core: Core; ids: number[] }> {
  for (const [index, name] of names.entries()) await makePhoto(join(place.photos, name), index);
  const core = await place.open();
  await core.index([place.photos]);
  const ids = names.map((name) => core.resolvePhoto(join(place.photos, name)));
  for (const [index, id] of ids.entries()) core.mark([id], { stars: (index % 5) + 1 });
  return { core, ids };
}

test('a second index touches nothing, and originals are never written', async () => {
  await using place = workplace();
  const names = ['a.jpg', 'b.jpg', 'sub/c.jpg'];
  const { core } = await marked(place, names);
  const before = names.map((name) => stateOf(join(place.photos, name)));
  const again = await core.index([place.photos]);
  expect(again).toMatchObject({ roots: 1, photos: 3, indexed: 0, unchanged: 3, failed: [] });
  expect(names.map((name) => stateOf(join(place.photos, name)))).toEqual(before);
});

function stateOf(path: string) {
  const { mtimeMs, ino, size } = statSync(path);
  return { mtimeMs, ino, size, hash: createHash('sha256').update(readFileSync(path)).digest('hex') };
}

test('photos that were moved and renamed at once, and whole folders, keep their id, marks and look', async () => {
  await using place = workplace();
  const { core, ids } = await marked(place, ['a.jpg', 'trip/b.jpg', 'trip/day 2/c.jpg']);
  mkdirSync(join(place.photos, 'new/deep'), { recursive: true });
  renameSync(join(place.photos, 'a.jpg'), join(place.photos, 'new/deep/Z.JPG'));
  renameSync(join(place.photos, 'trip'), join(place.photos, 'Reise ü'));
  const report = await core.index([place.photos]);
  expect(report).toMatchObject({ photos: 3, indexed: 0, unchanged: 3 });
  const paths = ['new/deep/Z.JPG', 'Reise ü/b.jpg', 'Reise ü/day 2/c.jpg'].map((name) => join(place.photos, name));
  expect(paths.map((path) => core.resolvePhoto(path))).toEqual(ids);
  expect(paths.map((path) => core.show(path).stars)).toEqual([1, 2, 3]);
  expect(core.list()).toHaveLength(3);
  expect(core.list({ filter: 'reise' })).toHaveLength(2);
});

test('two photos that exchange their names exchange their places, not their marks', async () => {
  await using place = workplace();
  const { core, ids } = await marked(place, ['a.jpg', 'b.jpg']);
  const [a, b, c] = ['a.jpg', 'b.jpg', 'c.tmp'].map((name) => join(place.photos, name)) as [string, string, string];
  renameSync(a, c);
  renameSync(b, a);
  renameSync(c, b);
  await core.index([place.photos]);
  expect([core.resolvePhoto(b), core.resolvePhoto(a)]).toEqual(ids);
  expect([core.show(b).stars, core.show(a).stars]).toEqual([1, 2]);
});

test('a chain of renames over each other is followed by content', async () => {
  await using place = workplace();
  const names = ['1.jpg', '2.jpg', '3.jpg', '4.jpg'];
  const { core, ids } = await marked(place, names);
  for (const name of ['4', '3', '2', '1']) {
    renameSync(join(place.photos, `${name}.jpg`), join(place.photos, `${Number(name) + 1}.jpg`));
  }
  const report = await core.index([place.photos]);
  expect(report.indexed).toBe(0);
  expect(ids.map((id) => core.show(id).path)).toEqual([2, 3, 4, 5].map((n) => join(place.photos, `${n}.jpg`)));
});

test('a photo written over another one keeps its own marks; the other is missing', async () => {
  await using place = workplace();
  const { core, ids } = await marked(place, ['a.jpg', 'b.jpg']);
  renameSync(join(place.photos, 'b.jpg'), join(place.photos, 'a.jpg'));
  await core.index([place.photos]);
  expect(core.resolvePhoto(join(place.photos, 'a.jpg'))).toBe(ids[1]);
  expect(core.show(ids[1]!)).toMatchObject({ stars: 2, state: 'ready' });
  expect(core.show(ids[0]!)).toMatchObject({ stars: 1, state: 'missing' });
});

test('copies are photos of their own, and each is followed to where its name went', async () => {
  await using place = workplace();
  const { core } = await marked(place, ['a/x.jpg']);
  cpSync(join(place.photos, 'a/x.jpg'), join(place.photos, 'b/y.jpg'));
  const report = await core.index([place.photos]);
  expect(report).toMatchObject({ photos: 2, indexed: 1 });
  const first = core.resolvePhoto(join(place.photos, 'a/x.jpg'));
  const copy = core.resolvePhoto(join(place.photos, 'b/y.jpg'));
  expect(copy).not.toBe(first);
  mkdirSync(join(place.photos, 'c'));
  renameSync(join(place.photos, 'a/x.jpg'), join(place.photos, 'c/x.jpg'));
  renameSync(join(place.photos, 'b/y.jpg'), join(place.photos, 'c/y.jpg'));
  expect((await core.index([place.photos])).indexed).toBe(0);
  expect(core.resolvePhoto(join(place.photos, 'c/x.jpg'))).toBe(first);
  expect(core.resolvePhoto(join(place.photos, 'c/y.jpg'))).toBe(copy);
});

test('an edit is looked at again and keeps the marks; a mere touch is not looked at', async () => {
  await using place = workplace();
  const { core, ids } = await marked(place, ['a.jpg', 'b.jpg']);
  const before = core.show(ids[0]!);
  await makePhoto(join(place.photos, 'a.jpg'), 77);
  utimesSync(join(place.photos, 'b.jpg'), new Date(), new Date(Date.now() + 5000));
  const report = await core.index([place.photos]);
  expect(report).toMatchObject({ photos: 2, indexed: 1, unchanged: 1 });
  const after = core.show(ids[0]!);
  expect(after).toMatchObject({ stars: 1, state: 'ready' });
  expect(after.measures?.dHash).not.toBe(before.measures?.dHash);
  expect((await core.index([place.photos])).indexed).toBe(0);
});

test('a removed photo stays, greyed with its preview, and comes back with everything', async () => {
  await using place = workplace();
  const { core, ids } = await marked(place, ['a.jpg', 'b.jpg']);
  const bytes = readFileSync(join(place.photos, 'a.jpg'));
  unlinkSync(join(place.photos, 'a.jpg'));
  expect(await core.index([place.photos])).toMatchObject({ photos: 1, indexed: 0 });
  expect(core.show(ids[0]!)).toMatchObject({ state: 'missing', stars: 1 });
  expect(await core.picture('thumb', ids[0]!)).toMatchObject({ type: 'image/jpeg' });
  writeFileSync(join(place.photos, 'elsewhere.jpg'), bytes);
  expect(await core.index([place.photos])).toMatchObject({ photos: 2, indexed: 0 });
  expect(core.show(ids[0]!)).toMatchObject({ state: 'ready', stars: 1, path: join(place.photos, 'elsewhere.jpg') });
});

test('an unplugged root greys its photos and comes back without a new look', async () => {
  await using place = workplace();
  const drive = join(place.photos, 'drive');
  await makePhoto(join(drive, 'a.jpg'), 1);
  await makePhoto(join(drive, 'sub/b.jpg'), 2);
  const core = await place.open();
  await core.index([drive]);
  core.mark([1, 2], { flag: 'pick' });
  renameSync(drive, join(place.photos, 'gone'));
  await expect(core.index([drive])).rejects.toThrow(/There is no folder/);
  const root = await rescan(core);
  expect(root).toMatchObject({ state: 'offline', count: 2 });
  expect(core.list().map(({ state }) => state)).toEqual(['missing', 'missing']);
  expect(await core.picture('thumb', 1)).toMatchObject({ type: 'image/jpeg' });
  renameSync(join(place.photos, 'gone'), drive);
  expect(await core.index([drive])).toMatchObject({ photos: 2, indexed: 0, unchanged: 2 });
  expect(core.list().map(({ state, flag }) => `${state} ${flag}`)).toEqual(['ready pick', 'ready pick']);
});

async function rescan(core: Core) {
  const { createRouterClient } = await import('@orpc/server');
  const client = createRouterClient(core.router, { context: {} });
  await client.roots.rescan({ id: null });
  await expect.poll(() => core.jobs().every(({ state }) => state === 'done'), { timeout: 30_000 }).toBe(true);
  return (await client.folders.tree({}))[0];
}

test('a photo that moves to another root is the same photo', async () => {
  await using place = workplace();
  const [card, archive] = [join(place.photos, 'card'), join(place.photos, 'archive')];
  await makePhoto(join(card, 'a.jpg'), 1);
  await makePhoto(join(archive, 'b.jpg'), 2);
  const core = await place.open();
  await core.index([card, archive]);
  const id = core.resolvePhoto(join(card, 'a.jpg'));
  core.mark([id], { stars: 4 });
  renameSync(join(card, 'a.jpg'), join(archive, 'kept.jpg'));
  // Only the new place is scanned: the old one was not seen to be empty by any scan.
  await core.index([archive]);
  expect(core.resolvePhoto(join(archive, 'kept.jpg'))).toBe(id);
  expect(core.show(id)).toMatchObject({ stars: 4, state: 'ready' });
  await core.index([card]);
  expect(core.list()).toHaveLength(2);
});

test('a folder inside a root is indexed as a part of it; a folder around roots takes them in', async () => {
  await using place = workplace();
  const { core, ids } = await marked(place, ['trip/a.jpg', 'trip/more/b.jpg']);
  await makePhoto(join(place.photos, 'trip/more/c.jpg'), 9);
  await makePhoto(join(place.photos, 'other/d.jpg'), 10);
  const inner = await core.index([join(place.photos, 'trip/more')]);
  expect(inner).toMatchObject({ roots: 1, photos: 2, indexed: 1 });
  await expect(core.addRoot(join(place.photos, 'trip'))).rejects.toThrow(/part of/);

  await using outer = workplace();
  await makePhoto(join(outer.photos, 'x/y/a.jpg'), 1);
  await makePhoto(join(outer.photos, 'b.jpg'), 2);
  const second = await outer.open();
  await second.index([join(outer.photos, 'x/y')]);
  second.mark([1], { stars: 3 });
  const report = await second.index([outer.photos]);
  expect(report).toMatchObject({ roots: 1, photos: 2, indexed: 1, unchanged: 1 });
  expect(second.resolvePhoto(join(outer.photos, 'x/y/a.jpg'))).toBe(1);
  expect(second.show(1).stars).toBe(3);
  expect(ids).toHaveLength(2);
});

test('broken files are listed with a reason and do not stop the job', async () => {
  await using place = workplace();
  await makePhoto(join(place.photos, 'good.jpg'), 1);
  writeFileSync(join(place.photos, 'empty.jpg'), '');
  writeFileSync(join(place.photos, 'text.jpg'), 'This is only text, not a picture at all.');
  const core = await place.open();
  const report = await core.index([place.photos]);
  expect(report).toMatchObject({ photos: 3, indexed: 3 });
  expect(report.failed.map(({ path }) => path.split('/').at(-1)).sort()).toEqual(['empty.jpg', 'text.jpg']);
  for (const { reason } of report.failed) expect(reason).toMatch(/^[A-Z].*\.$/);
  expect(core.list({ filter: 'state:failed' })).toHaveLength(2);
  // The next run reads them again only when they change, and still says what is wrong.
  const again = await core.index([place.photos]);
  expect(again).toMatchObject({ indexed: 0, failed: report.failed });
  await makePhoto(join(place.photos, 'empty.jpg'), 5);
  expect(await core.index([place.photos])).toMatchObject({
    indexed: 1,
    failed: [{ path: join(place.photos, 'text.jpg') }],
  });
});

test('a rating in a sidecar becomes the first mark, never over a decision of the person', async () => {
  await using place = workplace();
  const sidecar = (rating: number, label: string) =>
    `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">` +
    `<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="${rating}" xmp:Label="${label}"/>` +
    `</rdf:RDF></x:xmpmeta>`;
  await makePhoto(join(place.photos, 'a.jpg'), 1);
  await makePhoto(join(place.photos, 'b.jpg'), 2);
  writeFileSync(join(place.photos, 'a.xmp'), sidecar(4, 'Red'));
  writeFileSync(join(place.photos, 'b.xmp'), sidecar(-1, ''));
  const core = await place.open();
  await core.index([place.photos]);
  const [a, b] = ['a.jpg', 'b.jpg'].map((name) => core.resolvePhoto(join(place.photos, name))) as [number, number];
  expect(core.show(a)).toMatchObject({ stars: 4, color: 'red', flag: 'none' });
  expect(core.show(b)).toMatchObject({ stars: 0, flag: 'reject' });
  expect(core.show(a).files).toEqual([join(place.photos, 'a.jpg'), join(place.photos, 'a.xmp')]);
  core.mark([a], { stars: 2 });
  writeFileSync(join(place.photos, 'a.xmp'), sidecar(5, 'Blue'));
  expect((await core.index([place.photos])).indexed).toBe(1);
  expect(core.show(a)).toMatchObject({ stars: 2, color: 'red' });
});

test('names in both Unicode forms, very long ones and strange ones are different photos', async () => {
  await using place = workplace();
  const names = [
    'café.jpg'.normalize('NFC'),
    'café.jpg'.normalize('NFD'),
    `${'ä'.repeat(80)}.jpg`,
    "it's 100% [x] *?.jpg",
    '写真.jpg',
  ];
  for (const [index, name] of names.entries()) await makePhoto(join(place.photos, name), index);
  const core = await place.open();
  expect(await core.index([place.photos])).toMatchObject({ photos: 5, indexed: 5, failed: [] });
  for (const name of names) expect(core.show(join(place.photos, name)).path).toBe(join(place.photos, name));
  expect(core.list({ filter: 'cafe' })).toHaveLength(2);
  expect(core.list({ filter: '写' })).toHaveLength(1);
  rmSync(join(place.photos, names[0]!));
  await core.index([place.photos]);
  expect(core.show(join(place.photos, names[1]!)).state).toBe('ready');
  expect(core.show(join(place.photos, names[0]!)).state).toBe('missing');
});

test('frames of one moment are stacked with one on top; a different scene of that moment is not', async () => {
  await using place = workplace();
  for (const [index, subSecond] of ['10', '40', '70'].entries()) {
    await makePhoto(join(place.photos, `burst-${index}.jpg`), 1, { subSecond });
  }
  await makePhoto(join(place.photos, 'other scene.jpg'), 2, { subSecond: '90' });
  await makePhoto(join(place.photos, 'other camera.jpg'), 1, { subSecond: '80', camera: 'Second' });
  await makePhoto(join(place.photos, 'later.jpg'), 1, { takenAt: '2024:05:01 13:00:00' });
  const core = await place.open();
  await core.index([place.photos]);
  const photos = core.list({ sort: 'name' });
  const burst = photos.filter(({ path }) => path.includes('burst-'));
  expect(new Set(burst.map(({ stack }) => stack?.id)).size).toBe(1);
  expect(burst.map(({ stack }) => stack?.size)).toEqual([3, 3, 3]);
  expect(burst.filter(({ stack }) => stack?.top)).toHaveLength(1);
  expect(photos.filter(({ stack }) => stack === null)).toHaveLength(3);
});

test('a root that holds the data folder does not index its previews', async () => {
  await using place = workplace();
  await makePhoto(join(place.photos, 'a.jpg'), 1);
  const core = await place.open();
  const above = join(place.photos, '..');
  expect(await core.index([above])).toMatchObject({ photos: 1, indexed: 1 });
  expect(await core.index([above])).toMatchObject({ photos: 1, indexed: 0 });
});

test('a watched root shows what is added, changed and removed while it runs', async () => {
  await using place = workplace();
  await makePhoto(join(place.photos, 'a.jpg'), 1);
  const core = await place.open({ background: true });
  await core.index([place.photos]);
  const states = () => core.list({ sort: 'name' }).map(({ path, state }) => `${path.split('/').at(-1)} ${state}`);
  await makePhoto(join(place.photos, 'deep/er/b.jpg'), 2);
  await expect.poll(states, { timeout: 30_000 }).toEqual(['a.jpg ready', 'b.jpg ready']);
  unlinkSync(join(place.photos, 'a.jpg'));
  await expect.poll(states, { timeout: 30_000 }).toEqual(['a.jpg missing', 'b.jpg ready']);
  expect(core.jobs().filter(({ state }) => state === 'failed')).toEqual([]);
});
