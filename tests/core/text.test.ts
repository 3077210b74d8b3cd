/** Search by words: what is found, and that no text can break the search. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addPhotos } from '../../electron/core/catalog/files.ts';
import { addRoot } from '../../electron/core/catalog/folders.ts';
import { type Catalog, openCatalog } from '../../electron/core/catalog/open.ts';
import { photosWithText, writeText } from '../../electron/core/catalog/text.ts';

fc.configureGlobal({ seed: 4112 });

const NAMES = [
  'Öland/IMG_0042.jpg',
  'tokyo/東京タワー.jpg',
  'old town/São Paulo-dusk.JPG',
  'o\'brien/100% "quoted".jpg',
];
let directory: string;
let catalog: Catalog;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'keeplight-text-'));
  catalog = openCatalog({ dataDirectory: directory });
  const root = addRoot(catalog, '/library');
  addPhotos(
    catalog,
    root,
    NAMES.map((relativePath) => {
      const file = { relativePath, role: 'picture' as const, size: 1, mtimeMs: 0, ctimeMs: 0, device: '1', inode: '1' };
      return { pictures: [file], sidecars: [], primary: file, kind: 'jpeg' as const };
    }),
    0,
  );
  catalog.exec("INSERT INTO detail (photo_id, caption) VALUES (1, 'The lighthouse at night')");
  catalog.exec("INSERT INTO keyword (id, name) VALUES (1, 'Sea|Lighthouse')");
  catalog.exec('INSERT INTO photo_keyword VALUES (3, 1)');
  writeText(catalog, [1, 2, 3, 4]);
});

afterAll(() => {
  catalog.close();
  rmSync(directory, { recursive: true, force: true });
});

test.each([
  ['oland', [1]],
  ['ÖLAND', [1]],
  ['img 42', []],
  ['img 0042', [1]],
  ['img_0042.jpg', [1]],
  ['sao pau', [3]],
  ['light', [1, 3]],
  ['"the lighthouse"', [1]],
  ['"lighthouse the"', []],
  ['lighthouse town', [3]],
  ['東京', [2]],
  ['タワー', [2]],
  ['京タ', [2]],
  ["o'brien", [4]],
  ['library', [1, 2, 3, 4]],
  ['quoted 100%', [4]],
  ['NOT lighthouse', []],
  ['light*', [1, 3]],
])('%s finds %j', (words, ids) => {
  expect(photosWithText(catalog, words)).toEqual(ids);
});

test('signs without a word look for nothing', () => {
  for (const words of ['', '   ', '"', '""', '*', '()', '-', '^ : *'])
    expect(photosWithText(catalog, words)).toBeNull();
});

test('no text is an error', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc
      .array(
        fc.constantFrom(
          '"',
          "'",
          '*',
          '(',
          ')',
          'NEAR(',
          'AND',
          'OR',
          'NOT',
          'name:',
          '^',
          '-',
          '+',
          '{',
          '}',
          '\0',
          ' ',
          'a',
          '東',
          ';--',
          '\\',
        ),
        { maxLength: 20 },
      )
      .map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(hostile, (words) => {
      const found = photosWithText(catalog, words);
      expect(found === null || Array.isArray(found)).toBe(true);
    }),
    { numRuns: 2000 },
  );
});
