/** What a mark costs on the wire between page and core: calls, events and bytes, counted in a library of 100,000 photos. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Library, openLibrary, type TestPage } from './page.ts';

let library: Library;
let page: TestPage;
let stop: (() => void)[] = [];

/** The page as it stands in the grid: some dozen tiles are drawn, the keyboard is on one of them. */
beforeAll(async () => {
  library = await openLibrary(100_000);
  page = await library.start();
  expect(page.library.library.getState()).toMatchObject({ state: 'ready', query: { sort: { key: 'technical' } } });
  expect(page.library.library.getState().order.total).toBe(100_000);
});
afterAll(() => library[Symbol.asyncDispose]());

beforeEach(async () => {
  for (const end of stop) end();
  const { order } = page.library.library.getState();
  stop = [...order.ids.subarray(0, 60)].map((id) => page.rows.followRow(id, () => {}));
  page.selection.moveTo(3);
  await page.settle();
  page.forget();
});

const focused = () => page.selection.selection.getState().focus!;
const otherStars = () => ((page.rows.rowOf(focused())?.stars ?? 0) + 1) % 6;

describe('a star while sorted by grade', () => {
  test('costs three messages, no new order, and less than 20 kB', async () => {
    const { order } = page.library.library.getState();
    const stars = otherStars();
    page.marks.mark({ stars });
    expect(page.rows.rowOf(focused())?.stars).toBe(stars);
    await page.settle();
    expect(page.traffic.calls).toEqual(['marks.set', 'photos.rows']);
    expect(page.traffic.events).toBe(1);
    expect(page.traffic.bytes).toBeLessThanOrEqual(20_000);
    expect(page.library.library.getState().order).toBe(order);
    expect(library.core.show(focused()).stars).toBe(stars);
    expect(page.rows.rowOf(focused())?.stars).toBe(stars);
    expect(page.history.history.getState().undo).toMatch(/stars? (to|of) 1 photo$/);
  });

  test('reads the counts of the filter bar only where it is shown', async () => {
    stop.push(page.facets.follow());
    await page.settle();
    page.forget();
    const before = page.facets.store.getState().value;
    page.marks.mark({ stars: otherStars() });
    await page.settle();
    expect(page.traffic.calls).toEqual(['marks.set', 'photos.rows', 'photos.facets']);
    expect(page.facets.store.getState().value?.stars).not.toEqual(before?.stars);
  });

  test('reads one detail in the loupe', async () => {
    page.view.showView('loupe');
    stop.push(page.details.followDetail(focused()), page.details.followDetail(focused()));
    await page.settle();
    expect(page.traffic.calls).toEqual(['photos.detail']);
    page.forget();
    const stars = otherStars();
    page.marks.mark({ stars });
    await page.settle();
    expect(page.traffic.calls.toSorted()).toEqual(['marks.set', 'photos.detail', 'photos.rows']);
    expect(page.traffic.bytes).toBeLessThanOrEqual(20_000);
    expect(page.details.details.getState().known.get(focused())?.stars).toBe(stars);
    page.view.showView('grid');
  });

  test('is taken back without reading the history: what can be undone is told', async () => {
    page.marks.mark({ stars: otherStars() });
    await page.settle();
    const { undo } = page.history.history.getState();
    page.forget();
    await Promise.all([page.history.undo(), page.settle()]);
    expect(page.traffic.calls).toEqual(['history.undo', 'photos.rows']);
    expect(page.traffic.events).toBe(1);
    expect(page.history.history.getState().redo).toBe(undo);
  });
});

test('a rejection changes a count of the sidebar, and still no order by grade', async () => {
  const before = page.places.places.getState().counts!;
  const { flag } = page.rows.rowOf(focused())!;
  page.marks.mark({ flag: flag === 'reject' ? 'none' : 'reject' });
  await page.settle();
  expect(page.traffic.calls).toEqual(['marks.set', 'photos.rows', 'photos.counts']);
  expect(page.places.places.getState().counts!.rejected - before.rejected).toBe(flag === 'reject' ? -1 : 1);
});

test('sorted by stars, a star asks for the order once', async () => {
  page.library.setSort({ key: 'stars', order: 'desc' });
  await page.settle();
  const { order } = page.library.library.getState();
  const id = order.ids.at(-1)!;
  page.selection.selectOnly(id);
  page.forget();
  page.marks.mark({ stars: 5 });
  await page.settle();
  expect(page.traffic.calls.filter((name) => name === 'photos.order')).toHaveLength(1);
  const now = page.library.library.getState().order;
  expect(now.indexOf(id)).toBeLessThan(order.indexOf(id));
  page.forget();
  page.marks.mark({ color: 'red' });
  page.marks.mark({ color: 'blue' });
  await page.settle();
  expect(page.traffic.calls).not.toContain('photos.order');
});
