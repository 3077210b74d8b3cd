/** Culling over a real catalog: proposals become one step, answers are kept and taken back, a place outlives a restart. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Changes } from '../../electron/core/base/events.ts';
import { PhotoColumns } from '../../electron/core/catalog/columns.ts';
import { type Catalog, openCatalog } from '../../electron/core/catalog/open.ts';
import { Culling } from '../../electron/core/culling/culling.ts';
import { History } from '../../electron/core/history/history.ts';
import type { Shoot, Wish } from '../../shared/culling.ts';
import { fillCatalog } from '../core/synthetic.ts';

const ALL: Shoot = { kind: 'view', source: { kind: 'all' }, filter: {} };
const WISH: Wish = { keep: { unit: 'percent', amount: 20 }, perMoment: 2, above: null, by: 'blend', genre: null };

async function withShoot(
  photos: number,
  work: (room: { catalog: Catalog; columns: PhotoColumns; culling: Culling; history: History }) => unknown,
): Promise<void> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'keeplight-culling-'));
  try {
    const catalog = openCatalog({ dataDirectory });
    fillCatalog(catalog, { photos, words: false });
    const columns = new PhotoColumns(catalog);
    const changes = new Changes(columns);
    const roots = { leaving: async () => {}, left: () => {}, returned: () => {} };
    // Nothing lies beside the made photos.
    const beside = { bring: async () => new Map() };
    const files = { bringBack: async () => {}, moveAgain: async () => {} };
    const history = new History({ catalog, columns, changes, roots, beside, files, onDecided: () => {} });
    await work({ catalog, columns, culling: new Culling({ catalog, columns, changes, history }), history });
    catalog.close();
  } finally {
    rmSync(dataDirectory, { recursive: true, force: true });
  }
}

const marks = (catalog: Catalog) =>
  catalog.prepare('SELECT photo_id, flag, stars, color FROM mark ORDER BY photo_id').raw().all();

test('what is applied is what was proposed, as one step, and one undo takes it back', () =>
  withShoot(400, async ({ catalog, culling, history }) => {
    const asMarked = (flag: string) => catalog.prepare('SELECT count(*) FROM mark WHERE flag = ?').pluck().get(flag);
    const before = marks(catalog);
    const [picks, rejects] = [Number(asMarked('pick')), Number(asMarked('reject'))];
    const proposal = culling.propose(ALL, WISH, 'border', 16);
    expect(proposal.keep + proposal.reject + proposal.decided + proposal.unjudged).toBe(proposal.photos);
    expect(proposal.shown.length).toBe(16);
    expect(marks(catalog)).toEqual(before);
    expect(culling.apply(ALL, WISH, 'both', [])).toEqual({ picked: proposal.keep, rejected: proposal.reject });
    expect([asMarked('pick'), asMarked('reject')]).toEqual([picks + proposal.keep, rejects + proposal.reject]);
    await history.undo();
    const settled = (rows: unknown[]) => rows.filter((row) => (row as unknown[]).slice(1).join() !== 'none,0,none');
    expect(settled(marks(catalog))).toEqual(settled(before));
  }));

test('frames that are left out stay as they are, and picks alone reject nothing', () =>
  withShoot(200, ({ culling }) => {
    const { keep } = culling.proposeAll(ALL, WISH);
    const [out] = keep;
    expect(culling.apply(ALL, WISH, 'picks', [out!.id])).toEqual({ picked: keep.length - 1, rejected: 0 });
    expect(culling.open(ALL).decided).not.toContain(out!.id);
  }));

test('an answer is kept with its evidence, offered for similar photos, and undone', () =>
  withShoot(60, async ({ catalog, culling, history }) => {
    const critiqued = catalog.prepare('SELECT id FROM critique ORDER BY id LIMIT 3').pluck().all() as number[];
    expect(critiqued.length).toBe(3);
    const photos = critiqued.map((critique) => {
      catalog.prepare('DELETE FROM reason WHERE critique_id = ?').run(critique);
      catalog.prepare("INSERT INTO reason VALUES (?, 0, 'soft-focus', -12, 'Soft: 30 of 100.')").run(critique);
      return catalog.prepare('SELECT photo_id FROM critique WHERE id = ?').pluck().get(critique) as number;
    });
    const before = culling.moment(ALL, [photos[0]!]).frames[0]!;
    expect(before.reasons).toMatchObject([{ name: 'soft-focus', answered: null }]);
    const { changed, similar } = culling.answer(ALL, [photos[0]!], 'soft-focus', 'meant', 'a dream');
    expect(changed).toBe(1);
    // The made library gives the same reason to others too.
    for (const photo of photos.slice(1)) expect(similar).toContain(photo);
    expect(similar).not.toContain(photos[0]);
    const after = culling.moment(ALL, [photos[0]!]).frames[0]!;
    expect(after.reasons).toMatchObject([{ name: 'soft-focus', answered: 'meant' }]);
    expect(after.score!).toBeCloseTo(Math.min(100, before.score! + 12), 6);
    const [row] = catalog.prepare('SELECT answer, word, evidence FROM answer').all() as Record<string, string>[];
    expect(row).toMatchObject({ answer: 'meant', word: 'a dream' });
    expect(JSON.parse(row!.evidence!)).toMatchObject({ said: 'Soft: 30 of 100.', weight: -12 });
    expect((await history.undo()).label).toBe('Say of "Soft" on 1 photo: it was meant');
    expect(culling.moment(ALL, [photos[0]!]).frames[0]!.reasons).toMatchObject([{ answered: null }]);
    await history.redo();
    expect(culling.moment(ALL, [photos[0]!]).frames[0]!.reasons).toMatchObject([{ answered: 'meant' }]);
  }));

test('the place in a shoot and its genre are remembered', () =>
  withShoot(50, ({ catalog, columns, culling, history }) => {
    const photo = culling.open(ALL).moments.at(-1)!.photos[0]!;
    culling.stay(ALL, photo);
    culling.setGenre(ALL, 'landscape');
    culling.stay(ALL, photo);
    const again = new Culling({ catalog, columns, changes: new Changes(columns), history });
    expect(again.open(ALL)).toMatchObject({ place: photo, genre: 'landscape' });
    expect(again.last()).toBe(JSON.stringify(ALL));
    again.setGenre(ALL, null);
    expect(again.open(ALL).genre).toBe(again.open(ALL).genreProposed);
  }));

/** Milliseconds of the processor: others work on this machine too. */
function cost(work: () => unknown): number {
  const began = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1000;
}

test('a shoot of 10,000 opens in a second and a slider is answered in 100 ms', () =>
  withShoot(10_000, ({ columns, culling }) => {
    columns.read();
    expect(cost(() => culling.open(ALL))).toBeLessThan(1000);
    expect(culling.open(ALL).moments.length).toBeGreaterThan(1000);
    culling.propose(ALL, WISH, 'border', 16);
    const times = Array.from({ length: 9 }, (_, index) =>
      cost(() => culling.propose(ALL, { ...WISH, keep: { unit: 'percent', amount: 10 * (index + 1) } }, 'border', 16)),
    );
    expect(times.sort((a, b) => a - b)[4]).toBeLessThan(100);
  }));

test('where the top of a stack leaves with its root the next best stands on top, until the root is back', () =>
  withShoot(40, async ({ catalog, history }) => {
    fillCatalog(catalog, { photos: 40, words: false, root: '/elsewhere', seed: 2 });
    const [here, there] = ['/elsewhere', '/elsewhere'].map((path, index) =>
      catalog
        .prepare(
          `SELECT p.id FROM photo p JOIN folder f ON f.id = p.folder_id JOIN root r ON r.id = f.root_id
           WHERE (r.path = ?) = ? AND p.technical IS NOT NULL ORDER BY p.technical LIMIT 3`,
        )
        .pluck()
        .all(path, index),
    ) as [number[], number[]];
    const stack = Number(catalog.prepare("INSERT INTO stack (kind) VALUES ('manual')").run().lastInsertRowid);
    for (const id of [...here, ...there])
      catalog
        .prepare('UPDATE photo SET stack_id = ?, stack_top = ? WHERE id = ?')
        .run(stack, Number(id === there[0]), id);
    const tops = () =>
      catalog.prepare('SELECT id FROM photo WHERE stack_id = ? AND stack_top = 1').pluck().all(stack) as number[];
    const root = catalog.prepare("SELECT id FROM root WHERE path = '/elsewhere'").pluck().get() as number;
    await history.removeRoot(root);
    expect(tops()).toEqual([here[2]]);
    await history.undo();
    expect(tops()).toEqual([there[0]]);
    catalog.prepare('UPDATE stack SET second_id = ? WHERE id = ?').run(here[0], stack);
    await history.redo();
    expect(tops()).toEqual([here[0]]);
  }));
