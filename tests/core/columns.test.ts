/** The columns in memory and what is kept beside them are always those of the catalog, however and whenever they were read. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PhotoColumns } from '../../electron/core/catalog/columns.ts';
import { facetsOf } from '../../electron/core/catalog/facets.ts';
import { folderTree } from '../../electron/core/catalog/folders.ts';
import { type Catalog, openCatalog } from '../../electron/core/catalog/open.ts';
import { orderedIds } from '../../electron/core/catalog/order.ts';
import { ALL_PHOTOS } from '../../shared/query.ts';
import { SORT_KEYS } from '../../shared/sorts.ts';
import { fillCatalog } from './synthetic.ts';

let directory: string;
let catalog: Catalog;
let ids: number[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'keeplight-kept-'));
  catalog = openCatalog({ dataDirectory: directory });
  ids = fillCatalog(catalog, { photos: 9000, words: false });
});
afterEach(() => {
  catalog.close();
  rmSync(directory, { recursive: true, force: true });
});

function views(columns: PhotoColumns) {
  const orders = SORT_KEYS.flatMap((key) =>
    (['asc', 'desc'] as const).map((order) => orderedIds(catalog, columns, { ...ALL_PHOTOS, sort: { key, order } })),
  );
  return { orders, facets: facetsOf(catalog, columns, ALL_PHOTOS) };
}

/** Each changes what one kind of order reads, of some photos. @returns their ids */
const CHANGES: Readonly<Record<string, () => number[]>> = {
  'a grade': () => changed('UPDATE photo SET grade = 100 - grade WHERE id % 9 = 0 RETURNING id'),
  'a tier alone': () => changed('UPDATE photo SET grade_tier = 2 - grade_tier WHERE id % 9 = 1 RETURNING id'),
  'an estimate': () =>
    changed(
      'UPDATE photo SET grade_tier = 1, estimate = 100 - grade WHERE id % 9 = 6 AND grade IS NOT NULL RETURNING id',
    ),
  'no estimate any more': () =>
    changed('UPDATE photo SET grade_tier = 2, estimate = NULL WHERE id % 18 = 6 AND grade IS NOT NULL RETURNING id'),
  'a date': () => changed('UPDATE photo SET taken_at = 2000000000000 - taken_at WHERE id % 9 = 2 RETURNING id'),
  'a value that is gone': () => changed('UPDATE photo SET iso = NULL WHERE id % 9 = 3 RETURNING id'),
  stars: () => changed('UPDATE mark SET stars = (stars + 1) % 6 WHERE photo_id % 9 = 4 RETURNING photo_id'),
  'a photo less': () => changed('DELETE FROM photo WHERE id % 90 = 5 RETURNING id'),
  'a photo more': () => fillCatalog(catalog, { photos: 5, root: '/more', words: false }),
};
const changed = (sql: string): number[] => catalog.prepare<[], number>(sql).pluck().all();

test('orders that were kept are those of columns read anew after every change', () => {
  const columns = new PhotoColumns(catalog);
  for (const [what, change] of Object.entries(CHANGES)) {
    const kept = SORT_KEYS.map((key) => ({ ...ALL_PHOTOS, sort: { key, order: 'desc' as const } }));
    for (const view of kept) orderedIds(catalog, columns, view);
    const told = change();
    expect(told.length, what).toBeGreaterThan(0);
    // Told of marks alone, the others of anything.
    columns.refresh(told, what === 'stars' ? ['stars'] : null);
    const fresh = new PhotoColumns(catalog);
    for (const view of [...kept].reverse())
      expect(orderedIds(catalog, columns, view), `${what}, by ${view.sort.key}`).toEqual(
        orderedIds(catalog, fresh, view),
      );
    expect(views(columns), what).toEqual(views(fresh));
  }
});

test('what changes while the columns are loaded in turns is in them', async () => {
  const columns = new PhotoColumns(catalog);
  const loading = columns.load();
  for (const change of Object.values(CHANGES)) {
    columns.refresh(change());
    await nextTurn();
  }
  await loading;
  expect(views(columns)).toEqual(views(new PhotoColumns(catalog)));
  const again = columns.load();
  columns.reload();
  await again;
  expect(views(columns)).toEqual(views(new PhotoColumns(catalog)));
});

test('marks of nearly all photos are read again, and nothing else of them, also while the columns are loaded', async () => {
  const many = fillCatalog(catalog, { photos: 14_000, root: '/many', words: false });
  const all = [...ids, ...many];
  const columns = new PhotoColumns(catalog);
  const loading = columns.load();
  await nextTurn();
  const mark = (stars: number) =>
    catalog
      .prepare(
        `INSERT INTO mark (photo_id, stars, source, changed_at) SELECT id, ?, 'person', 0 FROM photo WHERE true
         ON CONFLICT (photo_id) DO UPDATE SET stars = excluded.stars`,
      )
      .run(stars);
  mark(4);
  columns.refresh(all, ['stars']);
  await loading;
  expect(facetsOf(catalog, columns, ALL_PHOTOS).stars).toEqual([{ value: 4, count: all.length }]);
  mark(2);
  const { revision, presence } = columns;
  columns.refresh(all, ['stars']);
  expect(columns.presence).toBe(presence);
  expect(columns.revision).toBeGreaterThan(revision);
  expect(views(columns)).toEqual(views(new PhotoColumns(catalog)));
});

test('names that change while their order is read in turns are in it', async () => {
  const columns = new PhotoColumns(catalog);
  await columns.load();
  const byName = () => orderedIds(catalog, columns, { ...ALL_PHOTOS, sort: { key: 'name', order: 'desc' } });
  const loading = columns.loadTextRanks();
  await nextTurn();
  const renamed = changed("UPDATE photo SET name_key = '0' || name_key WHERE id % 3 = 0 RETURNING id");
  columns.refresh(renamed);
  columns.forgetNames();
  await loading;
  const fresh = new PhotoColumns(catalog);
  await fresh.loadTextRanks();
  const expected = catalog.prepare('SELECT id FROM photo ORDER BY name_key DESC, id').pluck().all();
  expect(byName()).toEqual(expected);
  expect(orderedIds(catalog, fresh, { ...ALL_PHOTOS, sort: { key: 'name', order: 'desc' } })).toEqual(expected);
});

test('folders are counted alike before and after the columns are read', () => {
  const columns = new PhotoColumns(catalog);
  const before = folderTree(catalog, columns);
  expect(columns.has(['folder'])).toBe(false);
  columns.read();
  expect(folderTree(catalog, columns)).toEqual(before);
  expect(before.find(({ rootId }) => rootId !== null)?.count).toBe(ids.length);
});

test('ids with holes find their slots, and those that are not there find none', () => {
  catalog.exec('DELETE FROM photo WHERE id % 7 < 3');
  const columns = new PhotoColumns(catalog);
  const left = ids.filter((id) => id % 7 >= 3);
  expect(columns.count).toBe(left.length);
  expect(left.map((id) => columns.slotOf(id))).toEqual(left.map((_, slot) => slot));
  for (const id of [0, 1, 2, 7, 8, ids.at(-1)! + 1, 4_000_000_000]) expect(columns.slotOf(id), `${id}`).toBeUndefined();
});
