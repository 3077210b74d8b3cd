/** Going to a date finds, in any view, what a search photo by photo finds. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { photoAtDate } from '../../electron/core/catalog/at-date.ts';
import { PhotoColumns } from '../../electron/core/catalog/columns.ts';
import { type Catalog, openCatalog, query } from '../../electron/core/catalog/open.ts';
import { orderedIds } from '../../electron/core/catalog/order.ts';
import { ALL_PHOTOS, type Query } from '../../shared/query.ts';
import { fillCatalog } from './synthetic.ts';

let directory: string;
let catalog: Catalog;
let columns: PhotoColumns;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'keeplight-date-'));
  catalog = openCatalog({ dataDirectory: directory });
  fillCatalog(catalog, { photos: 400, words: false });
  catalog.exec('UPDATE photo SET taken_at = NULL WHERE id % 9 = 0');
  columns = new PhotoColumns(catalog);
});
afterAll(() => {
  catalog.close();
  rmSync(directory, { recursive: true, force: true });
});

const dayOf = (milliseconds: number): string => new Date(milliseconds).toISOString().slice(0, 10);

test('the earliest of that day or later, else the latest before', () => {
  const times = new Map(query<[number, number | null]>(catalog, 'SELECT id, taken_at FROM photo').raw().all());
  const days = [...times.values()].flatMap((time) => (time === null ? [] : [time])).sort((a, b) => a - b);
  const kinds = { exact: 0, next: 0, last: 0 };
  fc.assert(
    fc.property(
      fc.integer({ min: days[0]! - 40 * 86_400_000, max: days.at(-1)! + 40 * 86_400_000 }).map(dayOf),
      fc.constantFrom<Partial<Query>>(
        {},
        { sort: { key: 'name', order: 'desc' } },
        { filter: { stars: { min: 2 } } },
        { stacks: 'collapsed', group: 'month' },
      ),
      (date, part) => {
        const view = { ...ALL_PHOTOS, ...part };
        const dated = orderedIds(catalog, columns, view).flatMap((id) => {
          const time = times.get(id) ?? null;
          return time === null ? [] : [{ id, time }];
        });
        const after = dated.filter(({ time }) => dayOf(time) >= date).map(({ time }) => time);
        const wanted = after.length > 0 ? Math.min(...after) : Math.max(...dated.map(({ time }) => time));
        const found = photoAtDate(catalog, columns, view, date)!;
        expect(times.get(found.id)).toBe(wanted);
        expect(dated.some(({ id }) => id === found.id)).toBe(true);
        expect(found.date).toBe(dayOf(wanted));
        kinds[found.date === date ? 'exact' : found.date > date ? 'next' : 'last']++;
      },
    ),
    { seed: 5, numRuns: 300 },
  );
  for (const count of Object.values(kinds)) expect(count).toBeGreaterThan(1);
  expect(
    photoAtDate(catalog, columns, { ...ALL_PHOTOS, filter: { text: 'there is no such word' } }, '2020-01-01'),
  ).toBeNull();
});
