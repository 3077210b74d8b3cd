/**
 * What a query is said to read is what it reads: whatever changes in a catalog, an order or a count that differs
 * afterwards was said to hang on that column. The page asks again by nothing else.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PhotoColumns } from '../../electron/core/catalog/columns.ts';
import { countsOf, facetsOf } from '../../electron/core/catalog/facets.ts';
import { type Catalog, openCatalog } from '../../electron/core/catalog/open.ts';
import { orderOf } from '../../electron/core/catalog/order.ts';
import { writeText } from '../../electron/core/catalog/text.ts';
import { addToAlbum, createAlbum } from '../../electron/core/history/albums.ts';
import type { PhotoColumn } from '../../shared/photo-columns.ts';
import { ALL_PHOTOS, type Filter, type Query, type Source } from '../../shared/query.ts';
import { COUNT_COLUMNS, facetColumns, foundColumns, orderColumns } from '../../shared/query-columns.ts';
import { GROUP_KEYS, SORT_KEYS } from '../../shared/sorts.ts';
import { fillCatalog } from './synthetic.ts';

const PHOTOS = 400;
let directory: string;
let catalog: Catalog;
let columns: PhotoColumns;
let ids: number[];
let smart: number;
const SMART: Filter = { stars: { min: 3 } };

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'keeplight-columns-'));
  catalog = openCatalog({ dataDirectory: directory });
  ids = fillCatalog(catalog, { photos: PHOTOS });
  // Young enough for the place of what was added lately.
  catalog.prepare('UPDATE photo SET added_at = ? + id WHERE id % 2 = 0').run(Date.now() - 1_000_000);
  writeText(catalog, ids);
  columns = new PhotoColumns(catalog);
  smart = createAlbum(catalog, columns, { name: 'Starred', filter: SMART, ids: [] }).id;
  createAlbum(catalog, columns, { name: 'Chosen', filter: null, ids: ids.slice(0, 60) });
});
afterAll(() => {
  catalog.close();
  rmSync(directory, { recursive: true, force: true });
});

const mark = (column: string, value: string) => `
  INSERT INTO mark (photo_id, flag, stars, color, source, changed_at)
  SELECT id, 'none', 0, 'none', 'person', 0 FROM photo WHERE true ON CONFLICT DO NOTHING;
  UPDATE mark SET ${column} = ${value}`;

/** Each changes one column of many photos, in a way that every reader of it must notice. */
const CHANGES: Readonly<Record<Exclude<PhotoColumn, 'album' | 'answer'>, string>> = {
  flag: mark('flag', "CASE photo_id % 3 WHEN 0 THEN 'pick' WHEN 1 THEN 'reject' ELSE 'none' END"),
  stars: mark('stars', '(stars + 1 + photo_id % 4) % 6'),
  color: mark('color', "CASE WHEN color = 'red' THEN 'blue' ELSE 'red' END"),
  grade: `UPDATE photo SET grade = 100 - grade, technical = 100 - technical,
    reasons = CASE WHEN id % 2 = 0 THEN '' ELSE reasons END;`,
  measures: `UPDATE photo SET focus = 100 - focus, subject_focus = coalesce(100 - subject_focus, focus / 2), brightness = 255 - brightness, noise = 12 - noise,
    colorfulness = 110 - colorfulness`,
  metadata: `UPDATE photo SET taken_at = 2e12 - taken_at, iso = 7000 - iso, size = 3e7 - size,
    camera_id = CASE WHEN camera_id = 1 THEN 2 ELSE 1 END, lens_id = CASE WHEN lens_id = 1 THEN 2 ELSE 1 END,
    kind = CASE WHEN kind = 'jpeg' THEN 'raw' ELSE 'jpeg' END,
    latitude = CASE WHEN latitude IS NULL THEN 47 END, longitude = CASE WHEN latitude IS NULL THEN 8 END`,
  shape: 'UPDATE photo SET width = height, height = width',
  stack: `INSERT INTO stack (kind) VALUES ('burst');
    UPDATE photo SET stack_id = CASE WHEN id % 5 < 2 THEN (SELECT max(id) FROM stack) END, stack_top = (id = 5)`,
  state: `UPDATE photo SET state = CASE WHEN state = 'ready' AND id % 3 = 0 THEN 'missing' ELSE 'ready' END`,
  name: 'UPDATE photo SET name_key = 100000 - id',
  place: 'UPDATE photo SET folder_id = (SELECT max(id) FROM folder) - (id % 2)',
  keywords: 'UPDATE photo_keyword SET keyword_id = keyword_id % 11 + 1 WHERE photo_id % 2 = 0',
  faces: `UPDATE photo SET face_count = id % 5, face_reasons = CASE id % 3 WHEN 0 THEN 'eyes-closed' ELSE '' END`,
  presence: 'DELETE FROM photo WHERE id % 7 = 0',
  taste: 'UPDATE photo SET taste = 100 - coalesce(taste, id % 90)',
};

const SOURCES = (): Source[] => [
  { kind: 'all' },
  {
    kind: 'folder',
    id: catalog.prepare('SELECT min(id) FROM folder WHERE parent_id IS NOT NULL').pluck().get() as number,
  },
  { kind: 'album', id: smart },
  { kind: 'best', of: 'month' },
  { kind: 'best', of: 'folder' },
  { kind: 'recent' },
  { kind: 'rejected' },
  { kind: 'problems' },
];

const FILTERS: readonly Filter[] = [
  { grade: { min: 50 } },
  { levels: ['good', 'fair'] },
  { flags: ['pick'] },
  { stars: { min: 2 } },
  { colors: ['red'] },
  { date: { from: '2011-01-01' } },
  { cameras: ['Canon EOS 6D'] },
  { lenses: ['85mm f/1.8'] },
  { iso: { max: 800 } },
  { kinds: ['jpeg'] },
  { gps: true },
  { faces: { min: 2 } },
  { reasons: ['tilt', 'soft', 'overexposed'] },
  { reasons: ['eyes-closed'] },
  { states: ['ready'] },
  { keywords: ['harbour', 'dog'] },
  { text: 'harbour' },
];

function queries(): Query[] {
  const all: Query[] = [];
  for (const key of SORT_KEYS) all.push({ ...ALL_PHOTOS, sort: { key, order: 'desc' } });
  for (const group of GROUP_KEYS) all.push({ ...ALL_PHOTOS, group });
  for (const source of SOURCES()) all.push({ ...ALL_PHOTOS, source, sort: { key: 'added', order: 'asc' } });
  for (const filter of FILTERS) all.push({ ...ALL_PHOTOS, filter, sort: { key: 'added', order: 'asc' } });
  all.push({ ...ALL_PHOTOS, stacks: 'collapsed', sort: { key: 'added', order: 'asc' } });
  return all;
}

const smartOf = (query: Query): Filter | null =>
  query.source.kind === 'album' && query.source.id === smart ? SMART : null;

/** Answers of the catalog that the page keeps, as texts to compare. */
function answers(query: Query): { order: string; found: string; facets: string } {
  const { packed, sections } = orderOf(catalog, columns, query);
  const facets = facetsOf(catalog, columns, query);
  const found = orderOf(catalog, columns, { ...query, sort: ALL_PHOTOS.sort, group: 'none', stacks: 'open' });
  const shown = Buffer.from(found.packed, 'base64');
  const members = Array.from({ length: found.total }, (_, index) => shown.readUInt32LE(index * 6)).sort(
    (a, b) => a - b,
  );
  return { order: packed + JSON.stringify(sections), found: members.join(), facets: JSON.stringify(facets) };
}

test.each(Object.entries(CHANGES) as [PhotoColumn, string][])('who reads %s was said to', (column, sql) => {
  const all = queries();
  const before = all.map(answers);
  const counts = JSON.stringify(countsOf(columns));
  catalog.exec('SAVEPOINT change');
  catalog.exec(sql);
  writeText(catalog, ids);
  columns.reload();
  const wrong: string[] = [];
  let felt = 0;
  for (const [index, query] of all.entries()) {
    const now = answers(query);
    const said = {
      order: orderColumns(query, smartOf(query)),
      found: foundColumns(query, smartOf(query)),
      facets: facetColumns(query, smartOf(query)),
    };
    for (const part of ['order', 'found', 'facets'] as const) {
      if (now[part] === before[index]![part]) continue;
      felt++;
      if (!said[part].has(column)) wrong.push(`${part} of ${JSON.stringify(query)}`);
    }
  }
  const isCounted = JSON.stringify(countsOf(columns)) !== counts;
  catalog.exec('ROLLBACK TO change; RELEASE change');
  columns.reload();
  expect(wrong).toEqual([]);
  expect(felt).toBeGreaterThan(0);
  if (isCounted) expect(COUNT_COLUMNS.has(column)).toBe(true);
});

test('an album that is filled by hand hangs on what is in it, and a mark does not touch what reads none', () => {
  const source: Source = { kind: 'album', id: smart + 1 };
  const query: Query = { ...ALL_PHOTOS, source, sort: { key: 'manual', order: 'asc' } };
  const before = answers(query).order;
  addToAlbum(catalog, smart + 1, ids.slice(60, 80));
  expect(answers(query).order).not.toBe(before);
  expect(orderColumns(query, null).has('album')).toBe(true);
  for (const column of ['flag', 'stars', 'color'] as const) {
    expect(orderColumns(ALL_PHOTOS, null).has(column)).toBe(false);
    expect(orderColumns(query, null).has(column)).toBe(false);
  }
});
