/** How other programs lost what people had said of their photos: each is tried here, over the real core and real files. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import { exiftoolPath } from 'exiftool-vendored';
import { expect, test } from 'vitest';
import type { Core } from '../../electron/core/core.ts';
import { makePhoto, workplace } from '../core/made-photos.ts';
import { smallJpeg } from '../core/small-jpeg.ts';
import { HAS_EXIFTOOL } from '../library/differential.ts';

const detailOf = (core: Core, id: number) => createRouterClient(core.router, { context: {} }).photos.detail({ id });
const write = (core: Core, ...named: string[]) => core.sidecars('write', named, { dryRun: false });
const read = (core: Core, ...named: string[]) => core.sidecars('read', named, { dryRun: false });

const xmp = (attributes: string, inside = ''): string =>
  '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" ' +
  'xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" ' +
  `xmlns:crs="http://ns.adobe.com/camera-raw-settings/1.0/" ${attributes}>${inside}</rdf:Description></rdf:RDF></x:xmpmeta>`;

/** A minimal file that is taken for a RAW by its name. */
const rawBytes = (seed: number) => Buffer.from(`II*\0\x08\0\0\0\0\0 not really a raw ${seed}`, 'latin1');

async function exiftool(...parameters: string[]): Promise<string> {
  return execFileSync(await exiftoolPath(), ['-config', '', ...parameters], { encoding: 'utf8' });
}

test.skipIf(!HAS_EXIFTOOL)(
  'a rating alone makes a sidecar, exiftool reads it, and undo takes the sidecar away',
  async () => {
    await using place = workplace();
    const photo = join(place.photos, 'a.jpg');
    await makePhoto(photo, 1);
    const bytes = readFileSync(photo);
    const core = await place.open();
    await core.index([place.photos]);
    core.mark([photo], { stars: 4 });
    const dry = await core.sidecars('write', [place.photos], { dryRun: true });
    expect(existsSync(join(place.photos, 'a.xmp'))).toBe(false);
    const report = await write(core, place.photos);
    expect(report).toEqual({ written: [join(place.photos, 'a.xmp')], unchanged: 0, conflicts: [], failed: [] });
    expect(report).toEqual(dry);
    expect((await exiftool('-s3', '-Rating', join(place.photos, 'a.xmp'))).trim()).toBe('4');
    expect(readFileSync(photo).equals(bytes)).toBe(true);
    // The scan finds nothing new, and writing again changes nothing.
    const stamp = readFileSync(join(place.photos, 'a.xmp'));
    expect(await core.index([place.photos])).toMatchObject({ indexed: 0, unchanged: 1 });
    expect(await write(core, place.photos)).toMatchObject({ written: [], unchanged: 1 });
    expect(readFileSync(join(place.photos, 'a.xmp')).equals(stamp)).toBe(true);
    expect((await core.undo()).label).toBe('Write 1 sidecar');
    expect(existsSync(join(place.photos, 'a.xmp'))).toBe(false);
    expect((await core.redo()).label).toBe('Write 1 sidecar');
    expect(readFileSync(join(place.photos, 'a.xmp')).equals(stamp)).toBe(true);
  },
);

test('refreshing metadata wipes no rating: a sidecar that goes, or says nothing, takes nothing back', async () => {
  await using place = workplace();
  await makePhoto(join(place.photos, 'a.jpg'), 1);
  const core = await place.open();
  await core.index([place.photos]);
  const photo = join(place.photos, 'a.jpg');
  core.mark([photo], { stars: 5, flag: 'pick', color: 'green' });
  core.tag([photo], { add: ['snow', 'Places|Oslo'], remove: [] });
  core.word([photo], 'caption', 'Ice');
  await write(core);
  rmSync(join(place.photos, 'a.xmp'));
  await core.index([place.photos]);
  const isKept = async () => {
    expect(core.show(photo)).toMatchObject({ stars: 5, flag: 'pick', color: 'green' });
    expect(await detailOf(core, core.resolvePhoto(photo))).toMatchObject({
      keywords: ['Oslo', 'Places', 'snow'],
      caption: 'Ice',
    });
  };
  await isKept();
  // And it can be written again, hierarchy and all.
  expect((await write(core)).written).toHaveLength(1);
  expect(readFileSync(join(place.photos, 'a.xmp'), 'utf8')).toContain('Places|Oslo');
  expect(readFileSync(join(place.photos, 'a.xmp'), 'utf8')).toContain('xmp:Rating="5"');
  writeFileSync(join(place.photos, 'a.xmp'), 'damaged');
  await core.index([place.photos]);
  await isKept();
  const report = await write(core, photo);
  expect(report.failed).toEqual([{ path: photo, reason: expect.stringContaining('left as it is') }]);
  expect(readFileSync(join(place.photos, 'a.xmp'), 'utf8')).toBe('damaged');
});

test('a photo’s own rating is heard and no default is written over it', async () => {
  await using place = workplace();
  const bytesFor = await smallJpeg(1, false);
  writeFileSync(join(place.photos, 'a.jpg'), bytesFor({ stars: 4, keyword: 'alpha' }));
  const core = await place.open();
  await core.index([place.photos]);
  const photo = join(place.photos, 'a.jpg');
  expect(core.show(photo).stars).toBe(4);
  expect(await write(core)).toMatchObject({ written: [], unchanged: 1 });
  core.mark([photo], { flag: 'pick' });
  await write(core);
  expect(readFileSync(join(place.photos, 'a.xmp'), 'utf8')).not.toContain('Rating');
  // Taking the stars away has to be said, because the photo itself says four.
  core.mark([photo], { stars: 0 });
  await write(core);
  expect(readFileSync(join(place.photos, 'a.xmp'), 'utf8')).toContain('xmp:Rating="0"');
});

test('color and everything else come back from the sidecar in a new library', async () => {
  await using place = workplace();
  await using other = workplace();
  await makePhoto(join(place.photos, 'a.jpg'), 1);
  const photo = join(place.photos, 'a.jpg');
  const core = await place.open();
  await core.index([place.photos]);
  core.mark([photo], { stars: 3, flag: 'reject', color: 'purple' });
  core.tag([photo], { add: ['snow', 'Places|Oslo'], remove: [] });
  core.word([photo], 'caption', 'Ice & "light"\nin two lines');
  core.word([photo], 'title', '朝');
  await write(core);
  const again = await other.open();
  await again.index([place.photos]);
  const id = again.resolvePhoto(photo);
  expect(await detailOf(again, id)).toMatchObject({
    stars: 3,
    flag: 'reject',
    color: 'purple',
    keywords: ['Oslo', 'Places', 'snow'],
    caption: 'Ice & "light"\nin two lines',
    title: '朝',
  });
});

test('a sidecar that is not UTF-8 costs that sidecar, with a sentence, and no other', async () => {
  await using place = workplace();
  for (const name of ['a', 'b', 'c']) await makePhoto(join(place.photos, `${name}.jpg`), name.charCodeAt(0));
  const latin = Buffer.from(xmp('', '<dc:source>Zürich</dc:source>'), 'latin1');
  writeFileSync(join(place.photos, 'b.xmp'), latin);
  const core = await place.open();
  await core.index([place.photos]);
  core.mark(core.listIds(), { stars: 2 });
  const report = await write(core);
  expect(report.written.map((path) => path.slice(-5))).toEqual(['a.xmp', 'c.xmp']);
  expect(report.failed).toEqual([
    { path: join(place.photos, 'b.jpg'), reason: expect.stringMatching(/not UTF-8.*left as it is/) },
  ]);
  expect(readFileSync(join(place.photos, 'b.xmp')).equals(latin)).toBe(true);
});

test('a deleted tag does not come back', async () => {
  await using place = workplace();
  const bytesFor = await smallJpeg(3, false);
  writeFileSync(join(place.photos, 'a.jpg'), bytesFor({ stars: null, keyword: 'alpha' }));
  writeFileSync(
    join(place.photos, 'a.xmp'),
    xmp(
      'xmlns:digiKam="http://www.digikam.org/ns/1.0/"',
      '<dc:subject><rdf:Bag><rdf:li>alpha</rdf:li><rdf:li>lake</rdf:li></rdf:Bag></dc:subject>' +
        '<digiKam:TagsList><rdf:Seq><rdf:li>Water/lake</rdf:li></rdf:Seq></digiKam:TagsList>',
    ),
  );
  const core = await place.open();
  await core.index([place.photos]);
  const photo = join(place.photos, 'a.jpg');
  const id = core.resolvePhoto(photo);
  core.tag([photo], { add: ['snow'], remove: ['alpha', 'lake'] });
  expect((await detailOf(core, id)).keywords).toEqual(['Water', 'snow']);
  await write(core);
  expect(readFileSync(join(place.photos, 'a.xmp'), 'utf8')).not.toMatch(/lake|alpha/);
  utimesSync(join(place.photos, 'a.xmp'), new Date(), new Date(Date.now() + 5000));
  writeFileSync(join(place.photos, 'a.jpg'), bytesFor({ stars: 1, keyword: 'alpha' }));
  await core.index([place.photos]);
  expect((await detailOf(core, id)).keywords).toEqual(['Water', 'snow']);
});

test('adding a folder again writes over no sidecar', async () => {
  await using place = workplace();
  await makePhoto(join(place.photos, 'a.jpg'), 1);
  const before = xmp('xmp:Rating="3" crs:Exposure2012="+1.0" xmp:Label="Winner"');
  writeFileSync(join(place.photos, 'a.xmp'), before);
  const core = await place.open();
  await core.index([place.photos]);
  await core.index([place.photos]);
  expect(await write(core)).toMatchObject({ written: [], unchanged: 1 });
  expect(readFileSync(join(place.photos, 'a.xmp'), 'utf8')).toBe(before);
});

test('a photo that moves keeps what its sidecar said, with it or without', async () => {
  await using place = workplace();
  const photo = join(place.photos, 'a.jpg');
  await makePhoto(photo, 1);
  const core = await place.open();
  await core.index([place.photos]);
  const id = core.resolvePhoto(photo);
  core.mark([photo], { stars: 4 });
  core.tag([photo], { add: ['snow'], remove: [] });
  await write(core);
  mkdirSync(join(place.photos, 'moved'));
  renameSync(photo, join(place.photos, 'moved', 'b.jpg'));
  renameSync(join(place.photos, 'a.xmp'), join(place.photos, 'moved', 'b.xmp'));
  await core.index([place.photos]);
  expect(core.show(id)).toMatchObject({ path: join(place.photos, 'moved', 'b.jpg'), stars: 4 });
  expect(core.show(id).files).toContain(join(place.photos, 'moved', 'b.xmp'));
  expect((await detailOf(core, id)).keywords).toEqual(['snow']);
  // Now the sidecar stays behind: marks hold, and the next writing makes one at the new place.
  renameSync(join(place.photos, 'moved', 'b.jpg'), join(place.photos, 'c.jpg'));
  await core.index([place.photos]);
  expect(core.show(id)).toMatchObject({ path: join(place.photos, 'c.jpg'), stars: 4 });
  expect(await write(core)).toMatchObject({ written: [join(place.photos, 'c.xmp')], failed: [] });
});

test('a photo that went while its sidecar waited gets none', async () => {
  await using place = workplace();
  const photo = join(place.photos, 'a.jpg');
  await makePhoto(photo, 1);
  const core = await place.open();
  await core.index([place.photos]);
  core.mark([photo], { stars: 4 });
  rmSync(photo);
  const report = await write(core);
  expect(report.failed).toEqual([{ path: photo, reason: expect.stringContaining('no longer there') }]);
  expect(readdirSync(place.photos)).toEqual([]);
});

test('each photo of a name gets its own sidecar, and a pair gets one', async () => {
  await using place = workplace();
  const at = (name: string) => join(place.photos, name);
  await makePhoto(at('pair.jpg'), 1);
  writeFileSync(at('pair.NEF'), rawBytes(1));
  // Lightroom's: it says which file it belongs to. Someone's: it says nothing.
  await makePhoto(at('two.jpg'), 2);
  await makePhoto(at('two.png'), 3);
  writeFileSync(at('two.xmp'), xmp('xmp:Rating="1"'));
  await makePhoto(at('said.jpg'), 4);
  await makePhoto(at('said.webp'), 5);
  writeFileSync(at('said.XMP'), xmp('photoshop:SidecarForExtension="webp" xmp:Rating="1"'));
  await makePhoto(at('full.jpg'), 6);
  writeFileSync(at('full.jpg.xmp'), xmp('xmp:Rating="1"'));
  const core = await place.open();
  await core.index([place.photos]);
  core.mark(core.listIds(), { stars: 5 });
  const { written, failed } = await write(core);
  expect(failed).toEqual([]);
  expect(written.map((path) => path.slice(place.photos.length + 1)).sort()).toEqual([
    'full.jpg.xmp',
    'pair.xmp',
    'said.XMP',
    'said.jpg.xmp',
    'two.jpg.xmp',
    'two.png.xmp',
  ]);
  expect(readFileSync(at('two.xmp'), 'utf8')).toBe(xmp('xmp:Rating="1"'));
  expect(readFileSync(at('said.XMP'), 'utf8')).toContain('xmp:Rating="5"');
});

test.skipIf(process.getuid?.() === 0)('a folder that can only be read costs its sidecars alone', async () => {
  await using place = workplace();
  await makePhoto(join(place.photos, 'locked/a.jpg'), 1);
  await makePhoto(join(place.photos, 'open/b.jpg'), 2);
  const core = await place.open();
  await core.index([place.photos]);
  core.mark(core.listIds(), { stars: 2 });
  chmodSync(join(place.photos, 'locked'), 0o555);
  const { written, failed } = await write(core);
  chmodSync(join(place.photos, 'locked'), 0o755);
  expect(written).toEqual([join(place.photos, 'open/b.xmp')]);
  expect(failed).toEqual([
    { path: join(place.photos, 'locked/a.xmp'), reason: expect.stringContaining('cannot be written') },
  ]);
  expect((await core.undo()).label).toBe('Write 1 sidecar');
});

test('nothing is written through a link that leads out of the folder; the mode of a file stays', async () => {
  await using place = workplace();
  const at = (name: string) => join(place.photos, name);
  await makePhoto(at('a.jpg'), 1);
  await makePhoto(at('b.jpg'), 2);
  const outside = join(dirname(place.photos), 'outside.xmp');
  writeFileSync(outside, xmp('xmp:Rating="1"'));
  symlinkSync(outside, at('a.xmp'));
  writeFileSync(at('b.xmp'), xmp('xmp:Rating="1"'), { mode: 0o640 });
  chmodSync(at('b.xmp'), 0o640);
  const core = await place.open();
  await core.index([place.photos]);
  core.mark(core.listIds(), { stars: 5 });
  const { written, failed } = await write(core);
  expect(written).toEqual([at('b.xmp')]);
  expect(failed).toEqual([{ path: at('a.xmp'), reason: expect.stringContaining('leads out') }]);
  expect(readFileSync(outside, 'utf8')).toBe(xmp('xmp:Rating="1"'));
  expect(statSync(at('b.xmp')).mode & 0o777).toBe(0o640);
});

test('of two words the newer holds: theirs is followed, an older one is written over, a tie is shown and chosen', async () => {
  await using place = workplace();
  const photo = join(place.photos, 'a.jpg');
  const sidecar = join(place.photos, 'a.xmp');
  await makePhoto(photo, 1);
  const core = await place.open();
  await core.index([place.photos]);
  const id = core.resolvePhoto(photo);
  const client = createRouterClient(core.router, { context: {} });
  core.mark([id], { stars: 3 });
  await write(core);
  const theirs = (stars: number, date: string) =>
    writeFileSync(sidecar, xmp(`xmp:Rating="${stars}" xmp:MetadataDate="${date}"`));
  // Only they changed it.
  theirs(5, '2099-01-01T00:00:00Z');
  await core.index([place.photos]);
  expect(core.show(id).stars).toBe(5);
  expect((await detailOf(core, id)).differences).toEqual([]);
  // Both did, and theirs says that it is older.
  core.mark([id], { stars: 1 });
  theirs(4, '2020-01-01T00:00:00Z');
  expect(await write(core)).toMatchObject({ written: [sidecar], conflicts: [] });
  expect(readFileSync(sidecar, 'utf8')).toContain('xmp:Rating="1"');
  // Both did, and theirs is newer: nothing is lost on either side until a person chooses.
  core.mark([id], { stars: 2 });
  theirs(4, '2099-06-01T00:00:00Z');
  expect(await write(core)).toEqual({
    written: [],
    unchanged: 0,
    conflicts: [{ path: sidecar, field: 'stars', ours: 2, theirs: 4 }],
    failed: [],
  });
  await core.index([place.photos]);
  expect((await detailOf(core, id)).differences).toEqual([{ field: 'stars', ours: 2, theirs: 4 }]);
  await client.sidecars.resolve({ id, field: 'stars', choice: 'ours' });
  expect((await detailOf(core, id)).differences).toEqual([]);
  expect(await write(core)).toMatchObject({ written: [sidecar] });
  expect(readFileSync(sidecar, 'utf8')).toContain('xmp:Rating="2"');
});

test('reading takes over the newer word as a step that can be undone', async () => {
  await using place = workplace();
  const photo = join(place.photos, 'a.jpg');
  const sidecar = join(place.photos, 'a.xmp');
  await makePhoto(photo, 1);
  const core = await place.open();
  await core.index([place.photos]);
  core.mark([photo], { stars: 1, color: 'blue' });
  writeFileSync(sidecar, xmp('xmp:Rating="4" xmp:Label="Red" xmp:MetadataDate="2099-01-01T00:00:00Z"'));
  expect(await read(core, place.photos)).toEqual({ written: [sidecar], unchanged: 0, conflicts: [], failed: [] });
  expect(core.show(photo)).toMatchObject({ stars: 4, color: 'red' });
  await core.undo();
  expect(core.show(photo)).toMatchObject({ stars: 1, color: 'blue' });
  // An older word is shown, not taken.
  writeFileSync(sidecar, xmp('xmp:Rating="2" xmp:MetadataDate="2001-01-01T00:00:00Z"'));
  core.mark([photo], { stars: 5 });
  expect((await read(core, place.photos)).conflicts).toContainEqual({
    path: sidecar,
    field: 'stars',
    ours: 5,
    theirs: 2,
  });
});

test('undo puts the earlier bytes back, but not over what another program wrote since', async () => {
  await using place = workplace();
  const before = xmp('xmp:Rating="1" crs:Exposure2012="+1.0"');
  for (const name of ['a', 'b']) {
    await makePhoto(join(place.photos, `${name}.jpg`), name.charCodeAt(0));
    writeFileSync(join(place.photos, `${name}.xmp`), before);
  }
  const core = await place.open();
  await core.index([place.photos]);
  core.mark(core.listIds(), { stars: 5 });
  core.tag(core.listIds(), { add: ['snow'], remove: [] });
  expect((await write(core)).written).toHaveLength(2);
  const since = readFileSync(join(place.photos, 'b.xmp'), 'utf8').replace('+1.0', '+2.0');
  writeFileSync(join(place.photos, 'b.xmp'), since);
  const { label, note } = await core.undo();
  expect([label, note]).toEqual(['Write 2 sidecars', expect.stringMatching(/b\.xmp: It was changed since/)]);
  expect(readFileSync(join(place.photos, 'a.xmp'), 'utf8')).toBe(before);
  expect(readFileSync(join(place.photos, 'b.xmp'), 'utf8')).toBe(since);
  // What was said stays said here, differs from nothing that anybody else said, and can be written again.
  const a = core.resolvePhoto(join(place.photos, 'a.jpg'));
  expect(await detailOf(core, a)).toMatchObject({ stars: 5, keywords: ['snow'], differences: [] });
  expect((await write(core, join(place.photos, 'a.jpg'))).written).toHaveLength(1);
});
