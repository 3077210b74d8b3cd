/** Marks and their history, against a model of it that is only a list. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { history, type Mark, type MarkChange, redo, setMarks, undo } from '../../electron/core/catalog/marks.ts';
import { type Catalog, openCatalog } from '../../electron/core/catalog/open.ts';
import { COLORS, FLAGS } from '../../shared/photo.ts';
import { fillCatalog } from './synthetic.ts';

const PHOTOS = 8;

function withCatalog<Result>(work: (dataDirectory: string) => Result): Result {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'keeplight-marks-'));
  try {
    return work(dataDirectory);
  } finally {
    rmSync(dataDirectory, { recursive: true, force: true });
  }
}

function marksOf(catalog: Catalog): Mark[] {
  return catalog
    .prepare<[], Mark>(
      `SELECT coalesce(m.flag, 'none') AS flag, coalesce(m.stars, 0) AS stars, coalesce(m.color, 'none') AS color
       FROM photo p LEFT JOIN mark m ON m.photo_id = p.id ORDER BY p.id`,
    )
    .all();
}

const changes = fc.record(
  {
    flag: fc.constantFrom(...FLAGS),
    stars: fc.integer({ min: 0, max: 5 }),
    color: fc.constantFrom(...COLORS),
  },
  { requiredKeys: [] },
);
const actions = fc.oneof(
  { weight: 4, arbitrary: fc.record({ ids: fc.subarray([1, 2, 3, 4, 5, 6, 7, 8]), change: changes }) },
  { weight: 3, arbitrary: fc.constant('undo' as const) },
  { weight: 2, arbitrary: fc.constant('redo' as const) },
  { weight: 1, arbitrary: fc.constant('restart' as const) },
);

test('undo and redo lead through every state, also across restarts', () => {
  fc.assert(
    fc.property(fc.array(actions, { maxLength: 30 }), (script) =>
      withCatalog((dataDirectory) => {
        let catalog = openCatalog({ dataDirectory });
        fillCatalog(catalog, { photos: PHOTOS, words: false });
        const states = [marksOf(catalog)];
        let at = 0;
        for (const action of script) {
          if (action === 'undo') {
            undo(catalog);
            at = Math.max(0, at - 1);
          } else if (action === 'redo') {
            redo(catalog);
            at = Math.min(states.length - 1, at + 1);
          } else if (action === 'restart') {
            catalog.close();
            catalog = openCatalog({ dataDirectory });
          } else {
            const next = applied(states[at]!, action.ids, action.change);
            setMarks(catalog, action.ids, action.change);
            if (JSON.stringify(next) !== JSON.stringify(states[at])) {
              states.splice(at + 1, states.length, next);
              at++;
            }
          }
          expect(marksOf(catalog)).toEqual(states[at]);
          expect(history(catalog)).toEqual({
            undo: at > 0 ? expect.any(String) : null,
            redo: at < states.length - 1 ? expect.any(String) : null,
          });
        }
        catalog.close();
      }),
    ),
    { numRuns: 25 },
  );
});

function applied(marks: readonly Mark[], ids: readonly number[], change: MarkChange): Mark[] {
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  return marks.map((mark, index) => (ids.includes(index + 1) ? { ...mark, ...given } : mark));
}

test('steps are named for people, and one step holds any number of photos', () =>
  withCatalog((dataDirectory) => {
    const catalog = openCatalog({ dataDirectory });
    const ids = fillCatalog(catalog, { photos: 1500, words: false });
    catalog.exec('DELETE FROM mark');
    expect(setMarks(catalog, ids, { flag: 'pick' })).toHaveLength(1500);
    expect(history(catalog).undo).toBe('Pick 1,500 photos');
    setMarks(catalog, [1], { stars: 1 });
    expect(history(catalog).undo).toBe('Give 1 star to 1 photo');
    setMarks(catalog, [1, 2], { color: 'red' });
    expect(history(catalog)).toEqual({ undo: 'Colour 2 photos red', redo: null });
    // What is so already is no step.
    expect(setMarks(catalog, [1, 2], { color: 'red' })).toEqual([]);
    undo(catalog);
    undo(catalog);
    expect(undo(catalog).ids).toHaveLength(1500);
    expect(history(catalog)).toEqual({ undo: null, redo: 'Pick 1,500 photos' });
    expect(undo(catalog)).toEqual({ label: null, ids: [] });
    catalog.close();
  }));

test('a photo that does not exist is refused and nothing is marked', () =>
  withCatalog((dataDirectory) => {
    const catalog = openCatalog({ dataDirectory });
    fillCatalog(catalog, { photos: 3, words: false });
    const before = marksOf(catalog);
    expect(() => setMarks(catalog, [1, 99], { stars: 3 })).toThrow('There is no photo 99.');
    expect(marksOf(catalog)).toEqual(before);
    expect(history(catalog).undo).toBeNull();
    catalog.close();
  }));
