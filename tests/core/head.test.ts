/** The beginning of a view that SQL gives is the beginning of the view's order, photo by photo. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PhotoColumns } from '../../electron/core/catalog/columns.ts';
import { headOf } from '../../electron/core/catalog/head.ts';
import { type Catalog, openCatalog } from '../../electron/core/catalog/open.ts';
import { orderOf } from '../../electron/core/catalog/order.ts';
import { createAlbum } from '../../electron/core/history/albums.ts';
import { ALL_PHOTOS, PACKED_BYTES, type Query } from '../../shared/query.ts';
import { SORT_KEYS } from '../../shared/sorts.ts';
import { fillCatalog } from './synthetic.ts';

let directory: string;
let catalog: Catalog;
let columns: PhotoColumns;
let album: number;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'keeplight-head-'));
  catalog = openCatalog({ dataDirectory: directory });
  fillCatalog(catalog, { photos: 2500, root: '/one', words: false });
  fillCatalog(catalog, { photos: 1500, root: '/two', seed: 7, words: false });
  // Equal values, missing ones, grades of two tiers and of none, stacks without a top, sizes of which only one is known.
  catalog.exec(`
    UPDATE photo SET grade_tier = 2 WHERE grade IS NOT NULL AND id % 3 = 0;
    UPDATE photo SET grade_tier = 1, estimate = round(100 - grade) WHERE grade IS NOT NULL AND id % 12 = 3;
    UPDATE photo SET grade_tier = 0 WHERE grade IS NULL AND id % 2 = 0;
    UPDATE photo SET name_key = (SELECT q.name_key FROM photo q WHERE q.id = photo.id - 1) WHERE id % 5 = 0;
    UPDATE photo SET taken_at = (SELECT q.taken_at FROM photo q WHERE q.id = photo.id - 1) WHERE id % 7 = 0;
    UPDATE photo SET taken_at = -3000000000000 + id WHERE id % 31 = 0;
    UPDATE photo SET added_at = unixepoch() * 1000 - (id * 7919) % 4000 * 1000000;
    UPDATE photo SET focus = round(focus / 10), noise = -noise, technical = round(technical), grade = round(grade);
    UPDATE photo SET brightness = 100 + id * 1e-12 WHERE id % 8 = 0 AND brightness IS NOT NULL;
    UPDATE photo SET colorfulness = NULL WHERE id % 2 = 0;
    UPDATE photo SET width = 30000, height = 20 WHERE id % 11 = 0;
    UPDATE photo SET height = 0 WHERE id % 13 = 0;
    UPDATE photo SET stack_top = 0 WHERE stack_id % 4 = 0;`);
  columns = new PhotoColumns(catalog);
  const ids = Array.from({ length: 900 }, (_, index) => 1 + ((index * 37) % 4000));
  album = createAlbum(catalog, columns, { name: 'By hand', filter: null, ids }).id;
});
afterAll(() => {
  catalog.close();
  rmSync(directory, { recursive: true, force: true });
});

const sources = (): Query['source'][] => [
  { kind: 'all' },
  { kind: 'folder', id: 1 },
  { kind: 'folder', id: 4 },
  { kind: 'album', id: album },
  { kind: 'recent' },
  { kind: 'rejected' },
  { kind: 'problems' },
];

function unpacked(packed: string): { ids: number[]; aspects: number[] } {
  const bytes = Buffer.from(packed, 'base64');
  const places = Array.from({ length: bytes.length / PACKED_BYTES }, (_, index) => index * PACKED_BYTES);
  return {
    ids: places.map((place) => bytes.readUInt32LE(place)),
    aspects: places.map((place) => bytes.readUInt16LE(place + 4)),
  };
}

test('for every sort, direction, source and kind of stacks it is the head of the whole order', () => {
  let compared = 0;
  for (const source of sources()) {
    for (const stacks of ['open', 'together', 'collapsed'] as const) {
      for (const key of SORT_KEYS) {
        for (const order of ['asc', 'desc'] as const) {
          const view: Query = { ...ALL_PHOTOS, source, stacks, sort: { key, order } };
          const head = headOf(catalog, view)!;
          const whole = orderOf(catalog, columns, view);
          const [first, all] = [unpacked(head.packed), unpacked(whole.packed)];
          const name = JSON.stringify(view);
          expect(head.total, name).toBe(whole.total);
          expect(first.ids.length, name).toBe(Math.min(600, whole.total));
          expect(first.ids, name).toEqual(all.ids.slice(0, first.ids.length));
          expect(first.aspects, name).toEqual(all.aspects.slice(0, first.ids.length));
          compared += first.ids.length;
        }
      }
    }
  }
  expect(compared).toBeGreaterThan(100_000);
});

test('in a library so large that its reach is guessed it is the head too, by numbers that rise with ids and others', () => {
  const many = mkdtempSync(join(tmpdir(), 'keeplight-head-many-'));
  const large = openCatalog({ dataDirectory: many });
  try {
    large.pragma('synchronous = OFF');
    fillCatalog(large, { photos: 11_000, words: false });
    // Of one number nearly all photos have none, of another nearly all are equal.
    large.exec(`UPDATE photo SET technical = NULL WHERE id > 300;
      UPDATE photo SET focus = 7; UPDATE photo SET focus = id WHERE id % 2000 = 1;`);
    const all = new PhotoColumns(large);
    for (const key of SORT_KEYS) {
      for (const order of ['asc', 'desc'] as const) {
        const view: Query = { ...ALL_PHOTOS, sort: { key, order } };
        const head = unpacked(headOf(large, view)!.packed);
        expect(head.ids, `${key} ${order}`).toEqual(unpacked(orderOf(large, all, view).packed).ids.slice(0, 600));
      }
    }
  } finally {
    large.close();
    rmSync(many, { recursive: true, force: true });
  }
});

test('what SQL does not order has no beginning', () => {
  const smart = createAlbum(catalog, columns, { name: 'Picks', filter: { flags: ['pick'] }, ids: [] }).id;
  expect(headOf(catalog, { ...ALL_PHOTOS, group: 'day' })).toBeNull();
  expect(headOf(catalog, { ...ALL_PHOTOS, filter: { flags: ['pick'] } })).toBeNull();
  expect(headOf(catalog, { ...ALL_PHOTOS, source: { kind: 'best', of: 'month' } })).toBeNull();
  expect(headOf(catalog, { ...ALL_PHOTOS, source: { kind: 'album', id: smart } })).toBeNull();
});
