/** Old dates, half-known dates, two bodies of one model and damaged sidecars, from files to views. */
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { PhotoColumns } from '../../electron/core/catalog/columns.ts';
import { facetsOf } from '../../electron/core/catalog/facets.ts';
import type { Frame } from '../../electron/core/catalog/moments.ts';
import { openCatalog } from '../../electron/core/catalog/open.ts';
import { orderedIds, orderOf } from '../../electron/core/catalog/order.ts';
import { photoDetail } from '../../electron/core/catalog/photos.ts';
import { streamsOf } from '../../electron/core/culling/bodies.ts';
import { ALL_PHOTOS, PACKED_BYTES } from '../../shared/query.ts';
import { CASES, HAS_CASES } from '../library/real-photos.ts';
import { TiffWriter } from '../library/tiff-writer.ts';
import { segment } from '../library/variants.ts';
import { workplace } from './made-photos.ts';
import { fillCatalog } from './synthetic.ts';

const writer = new TiffWriter(true);

type Said = { taken?: string; subSecond?: string; serial?: string };

/** The same picture for the same hue; another quality makes other bytes of it. */
async function jpegThatSays(
  path: string,
  { taken, subSecond, serial }: Said,
  { hue = 90, quality = 90 }: { hue?: number; quality?: number } = {},
): Promise<void> {
  const stripes = Array.from({ length: 24 }, (_, index) => {
    const [x, y] = [(index % 6) * 16, Math.floor(index / 6) * 16];
    return `<rect x="${x}" y="${y}" width="16" height="16" fill="hsl(${hue},40%,${(index * 37) % 90}%)"/>`;
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="96" height="64">${stripes.join('')}</svg>`;
  const jpeg = await sharp(Buffer.from(svg)).jpeg({ quality }).toBuffer();
  const exif = [
    ...(taken === undefined ? [] : [writer.text(0x9003, taken)]),
    ...(subSecond === undefined ? [] : [writer.text(0x9291, subSecond)]),
    ...(serial === undefined ? [] : [writer.text(0xa431, serial)]),
  ];
  const block = writer.block([writer.text(0x010f, 'Canon'), writer.text(0x0110, 'Canon EOS R6')], exif, [], null);
  const app1 = segment(0xe1, Buffer.from('Exif\0\0', 'latin1'), block);
  writeFileSync(path, Buffer.concat([jpeg.subarray(0, 2), app1, jpeg.subarray(2)]));
}

const sidecar = (attributes: string, text = '') =>
  `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" ${attributes}>${text}</rdf:Description></rdf:RDF></x:xmpmeta>`;

/** The catalog beside the core that writes it. */
function openReader(dataDirectory: string) {
  const catalog = openCatalog({ dataDirectory, readOnly: true });
  return { catalog, [Symbol.dispose]: () => catalog.close() };
}

describe('dates', () => {
  it('before 1970 and half-known ones come from files into views with where they are known from', async () => {
    await using place = workplace();
    await jpegThatSays(join(place.photos, 'old.jpg'), { taken: '1935:06:01 12:00:00' });
    await jpegThatSays(join(place.photos, 'scan.jpg'), { taken: '2020:03:04 10:00:00' });
    writeFileSync(join(place.photos, 'scan.xmp'), sidecar('photoshop:DateCreated="1952-08"'));
    await jpegThatSays(join(place.photos, 'undated.jpg'), {});
    const core = await place.open();
    await core.index([place.photos]);
    const listed = core.list({ sort: 'date', order: 'asc' });
    expect(listed.map(({ path, takenAt }) => [path.split('/').at(-1), takenAt])).toEqual([
      ['old.jpg', '1935-06-01T12:00:00'],
      ['scan.jpg', '1952-08-01T00:00:00'],
      ['undated.jpg', null],
    ]);
    using reader = openReader(place.data);
    const columns = new PhotoColumns(reader.catalog);
    const details = listed.map(({ id }) => photoDetail(reader.catalog, columns, id));
    expect(
      details.map(({ takenAt, takenAtSource, takenAtPrecision }) => [takenAt, takenAtSource, takenAtPrecision]),
    ).toEqual([
      [Date.UTC(1935, 5, 1, 12), 'exif', 'second'],
      [Date.UTC(1952, 7, 1), 'sidecar', 'month'],
      [null, null, null],
    ]);
  });

  it('sort, head their sections and are filtered as a plain reading has it', async () => {
    await using place = workplace();
    mkdirSync(place.data, { recursive: true });
    const catalog = openCatalog({ dataDirectory: place.data });
    try {
      fillCatalog(catalog, { photos: 60, seed: 9, root: '/old' });
      const ids = catalog.prepare<[], number>('SELECT id FROM photo ORDER BY id').pluck().all();
      const date = fc.date({ min: new Date('1826-01-01'), max: new Date('2030-01-01'), noInvalidDate: true });
      const precision = fc.constantFrom('second', 'day', 'month', 'year');
      const told = fc.option(fc.record({ date, precision }), { freq: 8 });
      const day = date.map((at) => at.toISOString().slice(0, 10));
      const update = catalog.prepare('UPDATE photo SET taken_at = ?, taken_precision = ? WHERE id = ?');
      fc.assert(
        fc.property(
          fc.array(told, { minLength: 60, maxLength: 60 }),
          fc.constantFrom('asc', 'desc'),
          fc.constantFrom('day', 'month'),
          fc.record({ from: day, to: day }, { requiredKeys: [] }),
          (dates, order, group, range) => {
            const photos = ids.map((id, index) => ({ id, ...plainly(dates[index] ?? null) }));
            for (const { id, start, precision: known } of photos) update.run(start, known, id);
            const columns = new PhotoColumns(catalog);
            const sort = { key: 'date', order } as const;
            const direction = order === 'asc' ? 1 : -1;
            const sorted = photos.toSorted(
              (a, b) =>
                Number(a.start === null) - Number(b.start === null) ||
                (a.start === null || b.start === null ? 0 : direction * (a.start - b.start)) ||
                a.id - b.id,
            );
            expect(orderedIds(catalog, columns, { ...ALL_PHOTOS, sort, group: 'none' })).toEqual(
              sorted.map(({ id }) => id),
            );
            const grouped = orderOf(catalog, columns, { ...ALL_PHOTOS, sort, group });
            const bytes = Buffer.from(grouped.packed, 'base64');
            const byId = new Map(photos.map((photo) => [photo.id, photo]));
            let at = 0;
            for (const { key, count } of grouped.sections)
              for (const end = at + count; at < end; at++) {
                const { known } = byId.get(bytes.readUInt32LE(at * PACKED_BYTES))!;
                expect(key).toBe(known === null ? 'none' : group === 'day' ? known : known.slice(0, 7));
              }
            const keys = grouped.sections.map(({ key }) => key).filter((key) => key !== 'none');
            const rising = keys.toSorted((a, b) => (a < b ? -1 : 1));
            expect(keys).toEqual(order === 'asc' ? rising : rising.toReversed());
            const isWithin = ({ first, last }: (typeof photos)[number]) =>
              (range.from === undefined && range.to === undefined) ||
              (first !== null && first >= (range.from ?? '') && last! <= (range.to ?? '9999'));
            const filtered = orderedIds(catalog, columns, {
              ...ALL_PHOTOS,
              sort,
              group: 'none',
              filter: { date: range },
            });
            expect(filtered).toEqual(sorted.filter(isWithin).map(({ id }) => id));
            const { days } = facetsOf(catalog, columns, ALL_PHOTOS);
            for (const { value, count } of days)
              expect(photos.filter(({ first, last }) => first === value && last === value)).toHaveLength(count);
          },
        ),
        { numRuns: 60, seed: 3 },
      );
    } finally {
      catalog.close();
    }
  });
});

function plainly(told: { date: Date; precision: string } | null) {
  if (told === null) return { start: null, precision: null, known: null, first: null, last: null };
  const text = told.date.toISOString();
  const known = text.slice(0, { second: 10, day: 10, month: 7, year: 4 }[told.precision]);
  const start = told.precision === 'second' ? told.date.getTime() : Date.parse(`${known.padEnd(10, '-01')}T00:00:00Z`);
  const lastOfMonth = new Date(Date.UTC(told.date.getUTCFullYear(), told.date.getUTCMonth() + 1, 0)).toISOString();
  const last =
    told.precision === 'year' ? `${known}-12-31` : told.precision === 'month' ? lastOfMonth.slice(0, 10) : known;
  return { start, precision: told.precision, known, first: `${known}-01-01`.slice(0, 10), last };
}

describe('bodies', () => {
  const frame = (id: number, name: string, takenAt: number, body = ''): Frame => ({
    id,
    camera: 1,
    body,
    folder: 1,
    name,
    kind: 'jpeg',
    content: null,
    width: 6000,
    height: 4000,
    takenAt,
    shutter: null,
    aperture: null,
    iso: null,
    focalLength: null,
    bias: null,
    dHash: '0000000000000000',
    pHash: '0000000000000000',
    stack: null,
    stackKind: null,
    top: 0,
    topByPerson: 0,
  });
  const names = (frames: Frame[]) =>
    streamsOf(frames)
      .map((stream) => stream.map(({ name }) => name))
      .filter(({ length }) => length > 1);

  it('of one model that shoot at once make a stack each', async () => {
    await using place = workplace();
    for (let index = 0; index < 4; index++)
      for (const [body, serial, offset] of [
        ['A', '111', 10],
        ['B', '222', 25],
      ] as const)
        await jpegThatSays(
          join(place.photos, `${body}_0${index}.jpg`),
          { taken: '2024:07:01 12:00:00', subSecond: String(offset + 20 * index), serial },
          { quality: 90 - 2 * index - (body === 'A' ? 0 : 1) },
        );
    const core = await place.open();
    await core.index([place.photos]);
    const stacks = Map.groupBy(core.list({}), ({ stack }) => stack?.id ?? null);
    const members = [...stacks.values()].map((photos) =>
      photos
        .map(({ path }) => path.split('/').at(-1)![0])
        .sort()
        .join(''),
    );
    expect(members.sort()).toEqual(['AAAA', 'BBBB']);
  });

  it('without a number are told apart by their file counters, and counted frames of one second are in their order', () => {
    const interleaved = [0, 1, 2].flatMap((index) => [
      frame(2 * index + 1, `IMG_10${index}1.JPG`, 100 * index),
      frame(2 * index + 2, `IMG_55${index}1.JPG`, 100 * index + 50),
    ]);
    expect(names(interleaved)).toEqual([
      ['IMG_1001.JPG', 'IMG_1011.JPG', 'IMG_1021.JPG'],
      ['IMG_5501.JPG', 'IMG_5511.JPG', 'IMG_5521.JPG'],
    ]);
    const oneSecond = [frame(1, 'DSC00012.JPG', 0), frame(2, 'DSC00010.JPG', 0), frame(3, 'DSC00011.JPG', 0)];
    expect(names(oneSecond)).toEqual([['DSC00010.JPG', 'DSC00011.JPG', 'DSC00012.JPG']]);
    expect(names([frame(1, 'a.jpg', 0, '1'), frame(2, 'b.jpg', 10, '2'), frame(3, 'c.jpg', 20, '1')])).toEqual([
      ['a.jpg', 'c.jpg'],
    ]);
  });

  it.skipIf(!HAS_CASES)('of the real case make two stacks of six', async () => {
    await using place = workplace();
    const folder = join(CASES, '06-two-bodies');
    for (const name of readdirSync(folder).filter((file) => file.endsWith('.jpg')))
      cpSync(join(folder, name), join(place.photos, name));
    const core = await place.open();
    await core.index([place.photos]);
    const stacks = Map.groupBy(core.list({}), ({ stack }) => stack?.id ?? null);
    expect([...stacks.values()].map((photos) => photos.length)).toEqual([6, 6]);
  });
});

describe('sidecars', () => {
  it('that are not sound are listed under Problems with a sentence, and what they say counts', async () => {
    await using place = workplace();
    for (const name of ['flawed', 'sound', 'hopeless'])
      await jpegThatSays(join(place.photos, `${name}.jpg`), {}, { hue: 10 * name.length });
    writeFileSync(join(place.photos, 'flawed.xmp'), sidecar('xmp:Rating="4"', '<dc:title>Tom & Jerry</dc:title>'));
    writeFileSync(join(place.photos, 'sound.xmp'), sidecar('xmp:Rating="3"'));
    writeFileSync(join(place.photos, 'hopeless.xmp'), 'nothing of the kind');
    const core = await place.open();
    await core.index([place.photos]);
    const byName = new Map(core.list({}).map((photo) => [photo.path.split('/').at(-1), photo]));
    expect(byName.get('flawed.jpg')).toMatchObject({ stars: 4, state: 'ready' });
    expect(byName.get('flawed.jpg')?.error).toMatch(/^flawed\.xmp: The sidecar is not well-formed \(a bare &\).*\.$/);
    expect(byName.get('sound.jpg')).toMatchObject({ stars: 3, state: 'ready', error: null });
    expect(byName.get('hopeless.jpg')?.error).toMatch(/^hopeless\.xmp: The sidecar is not readable XMP/);
    using client = openReader(place.data);
    const problems = orderedIds(client.catalog, new PhotoColumns(client.catalog), {
      ...ALL_PHOTOS,
      source: { kind: 'problems' },
    });
    const names = problems.map((id) => core.show(id).path.split('/').at(-1));
    expect(names.sort()).toEqual(['flawed.jpg', 'hopeless.jpg']);
  });

  it('that say whose they are go to that one of several photos of a name', async () => {
    await using place = workplace();
    for (const name of ['a.jpg', 'a.png'])
      await jpegThatSays(join(place.photos, name), {}, { hue: name.endsWith('png') ? 200 : 90 });
    writeFileSync(
      join(place.photos, 'a.png'),
      await sharp(readFileSync(join(place.photos, 'a.png')))
        .png()
        .toBuffer(),
    );
    const path = join(place.photos, 'a.xmp');
    writeFileSync(path, sidecar('photoshop:SidecarForExtension="PNG" xmp:Rating="5"'));
    const core = await place.open();
    await core.index([place.photos]);
    const stars = core.list({}).map((photo) => [photo.path.split('/').at(-1), photo.stars]);
    expect(new Map(stars as [string, number][])).toEqual(
      new Map([
        ['a.jpg', 0],
        ['a.png', 5],
      ]),
    );
  });
});
