/** Moments in a library: found by indexing, printed, arranged by hand, undone, and not found otherwise again. */
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import sharp, { type Exif } from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Core, openCore } from '../../electron/core/core.ts';
import { ALL_PHOTOS, PACKED_BYTES, type Query } from '../../shared/query.ts';
import { seededRandom } from '../../shared/random.ts';
import { verb } from '../cli/run-cli.ts';
import { blurred, drawScene, exposed, type Pixels } from './made-scenes.ts';

const WIDTH = 480;
const HEIGHT = 320;
const directory = mkdtempSync(join(tmpdir(), 'keeplight-moments-'));
const photos = join(directory, 'photos');
const dataDirectory = join(directory, 'data');
let core: Core;
let client: ReturnType<typeof clientOf>;
const clientOf = (opened: Core) => createRouterClient(opened.router, { context: {} });
const open = async () => {
  core = await openCore({ dataDirectory, shell: 'browser', log: () => {}, background: false });
  client = clientOf(core);
};

async function write(name: string, { rgb, width, height }: Pixels, at: number, exif: Record<string, string> = {}) {
  const time = new Date(Date.UTC(2026, 4, 9, 10, 0, 0) + at).toISOString();
  const written: Exif = {
    IFD0: { Make: 'Sturdy', Model: 'One' },
    IFD2: {
      DateTimeOriginal: time.slice(0, 19).replaceAll('-', ':').replace('T', ' '),
      SubSecTimeOriginal: time.slice(20, 23),
      ...{ ExposureTime: '1/125', FNumber: '8/1', ISOSpeedRatings: '100', BodySerialNumber: '77' },
      ...exif,
    },
  };
  await sharp(rgb, { raw: { width, height, channels: 3 } })
    .withExif(written)
    .jpeg({ quality: 92 })
    .toFile(join(photos, name));
}

const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);
const idOf = (name: string) => core.list().find(({ path }) => nameOf(path) === name)!.id;
const idsOf = (...names: string[]) => names.map(idOf);
/** Moments as `kind: names, the top in brackets`. */
const moments = () => {
  const paths = core.paths(core.listIds());
  return core.moments
    .all()
    .map(
      ({ kind, top, photos: members }) =>
        `${kind}: ${members.map((id) => (id === top ? `[${nameOf(paths.get(id)!)}]` : nameOf(paths.get(id)!))).join(' ')}`,
    )
    .sort();
};

const BRACKET = 'bracket: b1.jpg [b2.jpg] b3.jpg';
const BURST = 'burst: a1.jpg [a2.jpg] a3.jpg';

beforeAll(async () => {
  await mkdir(photos, { recursive: true });
  const [one, two, three] = [1, 2, 3].map((seed) => drawScene(seededRandom(seed), WIDTH, HEIGHT));
  await write('a1.jpg', await blurred(one!, 1.4), 0);
  await write('a2.jpg', one!, 200);
  await write('a3.jpg', await blurred(one!, 2), 400);
  for (const [index, ev] of [-2, 0, 2].entries()) {
    const bias = { ExposureBiasValue: `${ev}/1`, ExposureTime: ev < 0 ? '1/500' : ev > 0 ? '1/31' : '1/125' };
    await write(`b${index + 1}.jpg`, exposed(two!, ev), 30_000 + 300 * index, bias);
  }
  await write('c1.jpg', three!, 300_000);
  await open();
  await core.index([photos]);
}, 240_000);
afterAll(async () => {
  await core.close();
  rmSync(directory, { recursive: true, force: true });
});

/** Undoes until nothing differs from the beginning, whatever the test did. */
const restored = async () => {
  while ((await core.undo()).label !== null);
  expect(moments()).toEqual([BRACKET, BURST]);
};

describe('moments', () => {
  it('are found by indexing, and stay the same ones when it is done again', async () => {
    expect(moments()).toEqual([BRACKET, BURST]);
    const before = core.moments.all();
    expect(before.find(({ kind }) => kind === 'burst')).toMatchObject({
      second: idOf('a1.jpg'),
      reason: { text: expect.stringContaining('sharpest'), tooClose: false },
    });
    await client.photos.lookAgain({ ids: idsOf('a1.jpg', 'b2.jpg') });
    await core.index([photos]);
    expect(core.moments.all()).toEqual(before);
  });

  it('are printed by stacks, also as another likeness would find them', async () => {
    await core.close();
    const printed = await verb(['stacks', photos, '--json', '--data', dataDirectory]);
    const loose = await verb(['stacks', '--json', '--threshold', '0.9', '--data', dataDirectory]);
    const elsewhere = await verb(['stacks', dataDirectory, '--json', '--data', dataDirectory]);
    await open();
    const stacks = JSON.parse(printed.stdout);
    expect(stacks).toHaveLength(2);
    expect(Object.keys(stacks[0])).toEqual(['id', 'kind', 'top', 'photos', 'reason']);
    expect(stacks.find(({ kind }: { kind: string }) => kind === 'bracket')).toMatchObject({
      top: join(photos, 'b2.jpg'),
      photos: ['b1.jpg', 'b2.jpg', 'b3.jpg'].map((name) => join(photos, name)),
      reason: { text: 'the middle exposure; a bracket stays whole', margin: null, tooClose: false },
    });
    expect(JSON.parse(loose.stdout).map(({ kind }: { kind: string }) => kind)).toContain('bracket');
    expect(elsewhere.code).toBe(1);
    expect(moments()).toEqual([BRACKET, BURST]);
  });

  it('are counted for another likeness without being changed, and found again by it', async () => {
    const asked = core.listIds();
    const { shown } = await client.moments.count({ likeness: 0.6, ids: asked });
    expect(shown!.map(({ photo, moment, kind, size, top }) => [photo, moment, kind, size, top]).sort()).toEqual(
      core.moments
        .all()
        .flatMap(({ id, kind, photos: members, top }) =>
          members.map((photo) => [photo, id, kind, members.length, photo === top]),
        )
        .sort(),
    );
    const [one] = asked;
    const alone = await client.moments.count({ likeness: 0.6, ids: [one!] });
    expect(alone.shown!.every(({ photo }) => photo === one)).toBe(true);
    expect(await client.moments.count({ likeness: 0.6 })).toEqual({
      moments: 2,
      photos: 6,
      kinds: { bracket: 1, burst: 1 },
    });
    await client.moments.regroup({ likeness: 0.95 });
    expect(core.settings.moments.likeness).toBe(0.95);
    await client.moments.regroup({ likeness: 0.6 });
    expect(moments()).toEqual([BRACKET, BURST]);
  });

  it('that stay whole are marked by one decision, which one undo takes back', async () => {
    const flags = () =>
      core
        .list({ filter: 'flag=reject' })
        .map(({ path }) => nameOf(path))
        .sort();
    await client.marks.set({ ids: idsOf('b1.jpg', 'a1.jpg'), flag: 'reject' });
    expect(flags()).toEqual(['a1.jpg', 'b1.jpg', 'b2.jpg', 'b3.jpg']);
    await core.undo();
    expect(flags()).toEqual([]);
  });
});

describe('by hand', () => {
  it('photos are put together, whatever they were in, and are not found otherwise again', async () => {
    const made = await client.moments.stack({ ids: idsOf('a1.jpg', 'c1.jpg') });
    expect(made).toMatchObject({ kind: 'manual', photos: idsOf('a1.jpg', 'c1.jpg') });
    const arranged = [BRACKET, 'burst: [a2.jpg] a3.jpg', 'manual: a1.jpg [c1.jpg]'];
    expect(moments()).toEqual(arranged);
    await client.moments.regroup({ likeness: 0.6 });
    expect(moments()).toEqual(arranged);
    expect(await core.undo()).toMatchObject({ label: 'Stack 2 photos', note: null });
    expect(moments()).toEqual([BRACKET, BURST]);
    await core.redo();
    expect(moments()).toEqual(arranged);
    await restored();
  });

  it('a moment is taken apart and stays so, also after a restart; undo brings it back as it was', async () => {
    const before = core.moments.all();
    await client.moments.unstack({ ids: idsOf('a3.jpg') });
    expect(moments()).toEqual([BRACKET]);
    expect(core.list().filter(({ stack }) => stack !== null)).toHaveLength(3);
    await client.moments.regroup({ likeness: 0.6 });
    await core.close();
    await open();
    expect(moments()).toEqual([BRACKET]);
    await restored();
    expect(core.moments.all()).toEqual(before);
  });

  it('a part is split off, another photo is put on top, and both are undone', async () => {
    await client.moments.putOnTop({ id: idOf('a3.jpg') });
    expect(moments()).toEqual([BRACKET, 'burst: a1.jpg a2.jpg [a3.jpg]']);
    expect(core.moments.of(idsOf('a1.jpg'))[0]).toMatchObject({
      second: idOf('a2.jpg'),
      reason: { text: 'chosen by you', margin: null },
    });
    await client.moments.regroup({ likeness: 0.6 });
    expect(moments()).toEqual([BRACKET, 'burst: a1.jpg a2.jpg [a3.jpg]']);
    await client.moments.split({ ids: idsOf('a1.jpg') });
    expect(moments()).toEqual([BRACKET, 'manual: [a2.jpg] a3.jpg']);
    await restored();
  });

  it('nothing is done where it cannot be', async () => {
    await expect(client.moments.stack({ ids: idsOf('a1.jpg') })).rejects.toMatchObject({ code: 'INVALID' });
    await expect(client.moments.unstack({ ids: idsOf('c1.jpg') })).rejects.toMatchObject({ code: 'INVALID' });
    await expect(client.moments.split({ ids: idsOf('a1.jpg', 'a2.jpg', 'a3.jpg') })).rejects.toMatchObject({
      code: 'INVALID',
    });
    await expect(client.moments.stack({ ids: [1, 999] })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(moments()).toEqual([BRACKET, BURST]);
    expect(core.list()).toHaveLength(7);
  });
});

describe('in a view', () => {
  const order = async (query: Partial<Query>) => {
    const { packed } = await client.photos.order({
      query: { ...ALL_PHOTOS, sort: { key: 'focus', order: 'desc' }, ...query },
    });
    const bytes = Buffer.from(packed, 'base64');
    const paths = core.paths(core.listIds());
    return Array.from({ length: bytes.length / PACKED_BYTES }, (_, index) =>
      nameOf(paths.get(bytes.readUInt32LE(index * PACKED_BYTES))!).slice(0, 2),
    ).join(' ');
  };

  it('an open stack stands together in the order of capture, whatever the sort; one alone can be the other way round', async () => {
    const burst = core.moments.of(idsOf('a1.jpg'))[0]!.id;
    for (const key of ['focus', 'name', 'grade', 'date'] as const) {
      const together = await order({ sort: { key, order: 'desc' }, stacks: 'together' });
      expect(together).toMatch(/a1 a2 a3/);
      expect(together).toMatch(/b1 b2 b3/);
    }
    const collapsed = await order({ stacks: 'collapsed' });
    expect(collapsed.split(' ').sort()).toEqual(['a2', 'b2', 'c1']);
    const one = await order({ stacks: 'collapsed', toggledStacks: [burst] });
    expect(one.split(' ').sort()).toEqual(['a1', 'a2', 'a3', 'b2', 'c1']);
    expect(one).toMatch(/a1 a2 a3/);
    const other = await order({ stacks: 'together', toggledStacks: [burst] });
    expect(other.split(' ').sort()).toEqual(['a2', 'b1', 'b2', 'b3', 'c1']);
    expect((await order({ stacks: 'open', sort: { key: 'focus', order: 'desc' } })).startsWith('a1')).toBe(false);
  });
});
