/** Marks that go into photos themselves: only what was asked for changes, the original stays, signatures are not broken. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { makePhoto, workplace } from '../core/made-photos.ts';
import { HAS_EXIFTOOL } from '../library/differential.ts';
import { xmpTags } from './darktable.ts';
import { embedded } from './embedded.ts';

/** A JPEG with a store of content credentials, as cameras sign with: an APP11 segment with a JUMBF box called c2pa. */
function signedJpeg(jpeg: Buffer): Buffer {
  const label = Buffer.from('c2pa\0');
  const description = Buffer.alloc(8 + 17 + label.length);
  description.writeUInt32BE(description.length, 0);
  description.write('jumd', 4, 'latin1');
  Buffer.from('6332706100110010800000aa00389b71', 'hex').copy(description, 8);
  description[24] = 3;
  label.copy(description, 25);
  const box = Buffer.alloc(8);
  box.writeUInt32BE(8 + description.length, 0);
  box.write('jumb', 4, 'latin1');
  const body = Buffer.concat([Buffer.from('JP\0\x01\0\0\0\x01', 'latin1'), box, description]);
  const head = Buffer.from([0xff, 0xeb, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), head, body, jpeg.subarray(2)]);
}

test.skipIf(!HAS_EXIFTOOL)(
  'what is said goes in, nothing else changes, the original stays beside, and undo puts it back',
  async () => {
    await using place = workplace();
    const at = (name: string) => join(place.photos, name);
    await makePhoto(at('a.jpg'), 1);
    await sharp({ create: { width: 40, height: 30, channels: 3, background: '#4a8' } })
      .tiff({ compression: 'lzw' })
      .toFile(at('b.tif'));
    await makePhoto(at('c.jpg'), 3);
    writeFileSync(at('d.png'), await sharp(at('a.jpg')).png().toBuffer());
    const before = new Map(['a.jpg', 'b.tif', 'c.jpg'].map((name) => [name, readFileSync(at(name))]));
    const core = await place.open();
    await core.index([place.photos]);
    const id = (name: string) => core.resolvePhoto(at(name));
    core.mark([id('a.jpg'), id('b.tif'), id('d.png')], { stars: 4, flag: 'pick', color: 'red' });
    core.tag([id('a.jpg')], { add: ['Places|Oslo', 'snow'], remove: [] });
    core.word([id('a.jpg')], 'caption', 'Ice & "light"');
    const ids = ['a.jpg', 'b.tif', 'c.jpg', 'd.png'].map(id);
    const plan = await core.originals.embedder.plan(ids);
    expect(plan.written).toHaveLength(3);
    expect(readdirSync(place.photos)).toHaveLength(4);
    const report = await embedded(core, ids);
    expect(report).toEqual({
      written: [at('a.jpg'), at('b.tif')],
      unchanged: 1,
      signed: [],
      failed: [{ path: at('d.png'), reason: expect.stringContaining('has a sidecar') }],
    });
    expect(await xmpTags(at('a.jpg'), false)).toMatchObject({
      Rating: 4,
      Label: 'Red',
      Pick: 1,
      Description: 'Ice & "light"',
      Subject: expect.arrayContaining(['snow', 'Oslo']),
      HierarchicalSubject: expect.arrayContaining(['Places|Oslo']),
    });
    for (const name of ['a.jpg', 'b.tif']) {
      expect(readFileSync(`${at(name)}_original`).equals(before.get(name)!), name).toBe(true);
      const [one, other] = [sharp(at(name)), sharp(before.get(name)!)];
      expect((await one.raw().toBuffer()).equals(await other.raw().toBuffer())).toBe(true);
    }
    expect(readFileSync(at('c.jpg')).equals(before.get('c.jpg')!)).toBe(true);
    // The library reads the same from the file, and a second run has nothing to do.
    await core.index([place.photos]);
    expect(core.list()).toHaveLength(4);
    expect(core.show(at('a.jpg'))).toMatchObject({ stars: 4, flag: 'pick', color: 'red' });
    expect(await embedded(core, [id('a.jpg')])).toMatchObject({ written: [], unchanged: 1 });
    expect((await core.undo()).label).toBe('Write into 2 photos');
    for (const name of ['a.jpg', 'b.tif']) expect(readFileSync(at(name)).equals(before.get(name)!), name).toBe(true);
    expect(readdirSync(place.photos)).toHaveLength(4);
    expect((await core.redo()).note).toMatch(/Write into the photo again/);
    expect(readFileSync(at('a.jpg')).equals(before.get('a.jpg')!)).toBe(true);
  },
);

test.skipIf(!HAS_EXIFTOOL)('a signature of content credentials is never made void without being asked', async () => {
  await using place = workplace();
  const photo = join(place.photos, 'signed.jpg');
  await makePhoto(photo, 1);
  const signed = signedJpeg(readFileSync(photo));
  writeFileSync(photo, signed);
  const core = await place.open();
  await core.index([place.photos]);
  const ids = core.listIds();
  core.mark(ids, { stars: 5 });
  expect(await core.originals.embedder.plan(ids)).toMatchObject({ written: [], signed: [photo] });
  expect(await embedded(core, ids)).toMatchObject({ written: [], signed: [photo], failed: [] });
  expect(readFileSync(photo).equals(signed)).toBe(true);
  expect(existsSync(`${photo}_original`)).toBe(false);
  // The sidecar says it without touching the photo.
  await core.sidecars('write', [], { dryRun: false });
  expect(readFileSync(photo).equals(signed)).toBe(true);
  expect(await embedded(core, ids, true)).toMatchObject({ written: [photo] });
  expect(readFileSync(`${photo}_original`).equals(signed)).toBe(true);
});
