/** Of a large view that is in memory the beginning is that of its order, headers included; and who waits goes first. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Questions } from '../../electron/core/base/questions.ts';
import { PhotoColumns } from '../../electron/core/catalog/columns.ts';
import { type Catalog, openCatalog } from '../../electron/core/catalog/open.ts';
import { headOfOrder, orderOf } from '../../electron/core/catalog/order.ts';
import { setMarks } from '../../electron/core/history/marks.ts';
import { ALL_PHOTOS, type Query } from '../../shared/query.ts';
import { fillCatalog } from './synthetic.ts';

let directory: string;
let catalog: Catalog;
let columns: PhotoColumns;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'keeplight-large-'));
  catalog = openCatalog({ dataDirectory: directory });
  catalog.pragma('synchronous = OFF');
  fillCatalog(catalog, { photos: 52_000, words: false });
  columns = new PhotoColumns(catalog);
}, 60_000);
afterAll(() => {
  catalog.close();
  rmSync(directory, { recursive: true, force: true });
});

const VIEWS: Partial<Query>[] = [
  {},
  { sort: { key: 'date', order: 'asc' }, group: 'month' },
  { sort: { key: 'date', order: 'desc' }, group: 'day', stacks: 'together' },
  { sort: { key: 'grade', order: 'desc' }, group: 'level' },
  { sort: { key: 'name', order: 'asc' }, group: 'folder', stacks: 'together' },
];

test('the beginning is that of the order, with the headers over it', () => {
  for (const part of VIEWS) {
    const view = { ...ALL_PHOTOS, ...part };
    const whole = orderOf(catalog, columns, view);
    const head = headOfOrder(catalog, columns, view)!;
    expect(head.packed.length).toBeGreaterThan(1000);
    expect(whole.packed.startsWith(head.packed)).toBe(true);
    expect(head.total).toBe(whole.total);
    expect(head.sections).toEqual(whole.sections.slice(0, head.sections.length));
    if (view.group !== 'none') expect(head.sections.length).toBeGreaterThan(0);
  }
});

test('it follows a mark, and a view of few photos has none', () => {
  const view: Query = { ...ALL_PHOTOS, sort: { key: 'stars', order: 'desc' } };
  const before = headOfOrder(catalog, columns, view)!;
  const last = orderOf(catalog, columns, { ...view, sort: { key: 'stars', order: 'asc' } });
  const id = Buffer.from(last.packed, 'base64').readUInt32LE(0);
  columns.refresh(setMarks(catalog, [id], { stars: 5 }), ['stars']);
  const after = headOfOrder(catalog, columns, view)!;
  expect(after.packed).not.toBe(before.packed);
  expect(orderOf(catalog, columns, view).packed.startsWith(after.packed)).toBe(true);
  expect(headOfOrder(catalog, columns, { ...view, filter: { stars: { min: 5 } } })).toBeNull();
});

test('work that nobody waits for rests while questions come, and not for ever', async () => {
  const questions = new Questions();
  const quiet = performance.now();
  await questions.calm();
  expect(performance.now() - quiet).toBeLessThan(40);
  const asking = setInterval(() => questions.came(), 10);
  questions.came();
  const began = performance.now();
  const waits = questions.calm().then(() => performance.now() - began);
  setTimeout(() => clearInterval(asking), 300);
  expect(await waits).toBeGreaterThanOrEqual(300);
  const busy = setInterval(() => questions.came(), 10);
  questions.came();
  const from = performance.now();
  await questions.calm();
  expect(performance.now() - from).toBeGreaterThanOrEqual(999);
  clearInterval(busy);
});
