/** Marks and their history, against a model of it that is only a list. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { z } from 'zod';
import type { Mark, MarkChange } from '../../electron/core/catalog/marks.ts';
import { type Catalog, openCatalog } from '../../electron/core/catalog/open.ts';
import { setMarks, setMarksEach } from '../../electron/core/history/marks.ts';
import { state as history, redo, undo } from '../../electron/core/history/steps.ts';
import { contract } from '../../shared/contract.ts';
import { COLORS, FLAGS } from '../../shared/photo.ts';
import { fillCatalog } from './synthetic.ts';

fc.configureGlobal({ seed: 4111 });

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
/** Up to three assignments that share no photo. */
const assignments = fc
  .array(fc.integer({ min: 0, max: 3 }), { minLength: 8, maxLength: 8 })
  .chain((hands) =>
    fc
      .tuple(changes, changes, changes)
      .map((each) =>
        each.map((change, hand) => ({ ids: [1, 2, 3, 4, 5, 6, 7, 8].filter((id) => hands[id - 1] === hand), change })),
      ),
  );
const actions = fc.oneof(
  { weight: 4, arbitrary: fc.record({ ids: fc.subarray([1, 2, 3, 4, 5, 6, 7, 8]), change: changes }) },
  { weight: 2, arbitrary: assignments },
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
            const each = Array.isArray(action) ? action : [action];
            const next = each.reduce((marks, { ids, change }) => applied(marks, ids, change), states[at]!);
            if (Array.isArray(action)) {
              setMarksEach(
                catalog,
                action.map(({ ids, change }) => ({ ids, ...change })),
              );
            } else {
              setMarks(catalog, action.ids, action.change);
            }
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
    expect(history(catalog)).toEqual({ undo: 'Color 2 photos red', redo: null });
    // What is so already is no step.
    expect(setMarks(catalog, [1, 2], { color: 'red' })).toEqual([]);
    undo(catalog);
    undo(catalog);
    expect(undo(catalog).outcome.photos).toHaveLength(1500);
    expect(history(catalog)).toEqual({ undo: null, redo: 'Pick 1,500 photos' });
    expect(undo(catalog)).toMatchObject({ label: null, note: null, outcome: { photos: [] } });
    catalog.close();
  }));

test('different marks for different photos are one step, named for people', () =>
  withCatalog((dataDirectory) => {
    const catalog = openCatalog({ dataDirectory });
    const ids = fillCatalog(catalog, { photos: 30, words: false });
    catalog.exec('DELETE FROM mark');
    const before = marksOf(catalog);
    const verdict = [
      { ids: [2], flag: 'pick' as const },
      { ids: [1, 3], flag: 'reject' as const },
    ];
    expect(setMarksEach(catalog, verdict).toSorted((a, b) => a - b)).toEqual([1, 2, 3]);
    expect(history(catalog).undo).toBe('Pick 1 photo, reject 2 photos');
    expect(setMarksEach(catalog, verdict)).toEqual([]);
    expect(undo(catalog).outcome.photos).toHaveLength(3);
    expect(marksOf(catalog)).toEqual(before);
    redo(catalog);
    expect(
      marksOf(catalog)
        .slice(0, 3)
        .map(({ flag }) => flag),
    ).toEqual(['reject', 'pick', 'reject']);
    setMarksEach(catalog, [
      { ids: ids.slice(0, 10), stars: 2 },
      { ids: ids.slice(10, 12), stars: 3 },
    ]);
    expect(history(catalog).undo).toBe('Change the stars of 12 photos');
    // What changes nothing is not told.
    setMarksEach(catalog, [
      { ids: [1], flag: 'reject' },
      { ids: [4], flag: 'reject', stars: 5 },
    ]);
    expect(history(catalog).undo).toBe('Reject 1 photo, give 5 stars to 1 photo');
    setMarksEach(catalog, [
      { ids: [5], flag: 'pick', color: 'red' },
      { ids: [6, 7], flag: 'reject', color: 'blue' },
    ]);
    expect(history(catalog).undo).toBe('Change the marks of 3 photos');
    const now = marksOf(catalog);
    expect(() =>
      setMarksEach(catalog, [
        { ids: [8], stars: 1 },
        { ids: [9, 8], stars: 2 },
      ]),
    ).toThrow('Photo 8 is to be marked in two ways at once.');
    expect(marksOf(catalog)).toEqual(now);
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

test('a call that names a million photos costs little more than reading it', () =>
  withCatalog((dataDirectory) => {
    const catalog = openCatalog({ dataDirectory });
    fillCatalog(catalog, { photos: PHOTOS, words: false });
    const schema = contract.marks.set['~orpc'].inputSchema as z.ZodType<{ ids: number[]; stars?: number }>;
    const text = JSON.stringify({ ids: Array.from({ length: 1_000_000 }, (_, index) => index + 1), stars: 3 });
    const cpu = (work: () => unknown) => {
      const before = process.cpuUsage();
      work();
      const { user, system } = process.cpuUsage(before);
      return user + system;
    };
    const ratios = Array.from({ length: 5 }, () => {
      let parsed: unknown;
      const reading = cpu(() => {
        parsed = JSON.parse(text);
      });
      const rest = cpu(() => {
        const { ids, ...change } = schema.parse(parsed);
        expect(() => setMarks(catalog, ids, change)).toThrow(/do not exist/);
      });
      return rest / reading;
    });
    expect(Math.min(...ratios)).toBeLessThan(4);
    expect(history(catalog).undo).toBeNull();
    catalog.close();
  }));
