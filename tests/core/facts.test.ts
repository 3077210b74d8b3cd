/** What was seen in photos is kept whole, and what an older Keeplight kept of it is carried over. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, expect, test } from 'vitest';
import { catalogPath } from '../../electron/core/base/data-places.ts';
import { PhotoColumns } from '../../electron/core/catalog/columns.ts';
import {
  columnOf,
  factsOf,
  forgetOutdatedFacts,
  outdatedPhotos,
  storeFacts,
} from '../../electron/core/catalog/facts.ts';
import { openCatalog } from '../../electron/core/catalog/open.ts';
import { photoDetail } from '../../electron/core/catalog/photos.ts';
import { asFarAsSeen } from '../../models/measured/seen.ts';
import { COLUMN_MEASURES } from '../../shared/measures.ts';
import { seededRandom } from '../../shared/random.ts';
import { syntheticFacts } from '../measure/synthetic-facts.ts';
import { fillCatalog } from './synthetic.ts';

const folder = mkdtempSync(join(tmpdir(), 'keeplight-facts-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const dataFolder = (): string => mkdtempSync(join(folder, 'data-'));

test('facts come back to the last bit', () => {
  const catalog = openCatalog({ dataDirectory: dataFolder() });
  const random = seededRandom(2);
  for (const id of fillCatalog(catalog, { photos: 20 })) {
    const facts = syntheticFacts(random);
    storeFacts(catalog, id, facts);
    const row = catalog.prepare<[number], { value: string; numbers: Buffer }>('SELECT * FROM facts WHERE photo_id = ?');
    const { value, numbers } = row.get(id)!;
    expect(factsOf(value, numbers)).toEqual(facts);
    expect(factsOf(value, numbers.subarray(8))).toBeNull();
    expect(factsOf(value, null)).toBeNull();
  }
  catalog.close();
});

test('crispness seen on a small preview claims no more in an order than in a grade, also in a library of before', () => {
  const catalog = openCatalog({ dataDirectory: dataFolder() });
  const random = seededRandom(3);
  const ids = fillCatalog(catalog, { photos: 4 });
  const previews = [
    undefined,
    { width: 1024, height: 683 },
    { width: 160, height: 120 },
    { width: 3000, height: 2000 },
  ];
  const photo = { width: 3456, height: 2304 };
  const expected = ids.map((id, index) => {
    const facts = syntheticFacts(random);
    const { measuredOn: _, ...measured } = facts.seen;
    const preview = previews[index];
    const seen = {
      ...measured,
      focus: 97,
      subjectFocus: 96,
      ...(preview === undefined ? {} : { measuredOn: preview }),
    };
    storeFacts(catalog, id, { ...facts, seen });
    catalog
      .prepare('UPDATE photo SET width = ?, height = ?, focus = 97, subject_focus = 96 WHERE id = ?')
      .run(photo.width, photo.height, id);
    const { focus, subjectFocus } = asFarAsSeen(seen, photo);
    return { focus, subject: subjectFocus };
  });
  catalog.exec(
    readFileSync(new URL('../../electron/core/catalog/migrations/0021-files-read-anew.sql', import.meta.url), 'utf8'),
  );
  const found = catalog
    .prepare<[], { focus: number; subject: number }>('SELECT focus, subject_focus AS subject FROM photo ORDER BY id')
    .all();
  expect(found.map(({ focus }) => focus.toFixed(6))).toEqual(expected.map(({ focus }) => focus.toFixed(6)));
  expect(found.map(({ subject }) => subject.toFixed(6))).toEqual(expected.map(({ subject }) => subject.toFixed(6)));
  expect(found.map(({ focus }) => focus < 97)).toEqual([false, true, true, false]);
  catalog.close();
});

test('every measure with a column has one', () => {
  const catalog = openCatalog({ dataDirectory: dataFolder() });
  const columns = catalog.prepare<[], string>("SELECT name FROM pragma_table_info('photo')").pluck().all();
  for (const measure of COLUMN_MEASURES) expect(columns).toContain(columnOf(measure));
  catalog.close();
});

test('what an older Keeplight measured is shown as it was, spelled as now, until the photo is looked at again', () => {
  const dataDirectory = dataFolder();
  const old = new Database(catalogPath(dataDirectory));
  for (const name of ['0001-library.sql', '0002-models.sql']) {
    old.exec(readFileSync(new URL(`../../electron/core/catalog/migrations/${name}`, import.meta.url), 'utf8'));
  }
  old.pragma('user_version = 2');
  const measures = {
    focus: 81.25,
    colourfulness: 33.1,
    tilt: null,
    cast: 12.5,
    evidence: { noise: -3, 'colour-cast': 1 },
  };
  old.exec(`
    INSERT INTO root (path, name, added_at) VALUES ('/photos', 'photos', 0);
    INSERT INTO folder (root_id, path, name) VALUES (1, '', 'photos');
    INSERT INTO photo (folder_id, name, name_key, kind, state, content, added_at, average_color, critique_id, reasons)
      VALUES (1, 'a.jpg', 'a', 'jpeg', 'ready', 'c', 0, '#123456', 1, 'colour-cast,noise,lively-colour');
    INSERT INTO measures VALUES (1, 4, '${JSON.stringify(measures)}');
    INSERT INTO critique (id, photo_id, content, critic, model_hash, prompt_version, value, level, confidence, dimensions,
      suggestions, created_at) VALUES (1, 1, 'c', 'measured', '3', '1', 40, 'fair', 0.5, '{}', '[]', 0);
    INSERT INTO reason VALUES (1, 0, 'colour-cast', -9, 'A cast.'), (1, 1, 'lively-colour', 4, 'Lively.');
    INSERT INTO album (name, kind, filter, position, created_at)
      VALUES ('tinted', 'smart', '{"filter":{"reasons":["colour-cast"],"text":"colour"}}', 0, 0)`);
  old.close();
  const catalog = openCatalog({ dataDirectory });
  const detail = photoDetail(catalog, new PhotoColumns(catalog), 1);
  expect(detail.measures).toEqual({
    ...{ focus: 81.25, colorfulness: 33.1, tilt: null },
    ...{ cast: 12.5, evidence: { noise: -3, 'colour-cast': 1 } },
  });
  expect(detail.reasons.map(({ name }) => name)).toEqual(['colour-cast', 'lively-colour']);
  expect(catalog.prepare('SELECT reasons FROM photo').pluck().get()).toBe('colour-cast,noise,lively-colour');
  expect(catalog.prepare('SELECT filter FROM album').pluck().get()).toBe(
    '{"filter":{"reasons":["colour-cast"],"text":"colour"}}',
  );
  expect(forgetOutdatedFacts(catalog)).toEqual([1]);
  expect(outdatedPhotos(catalog, 1)).toBe(1);
  catalog.close();
});
