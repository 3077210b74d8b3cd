/** Stacks on the page over a real core: opened and closed one by one, made and taken apart by hand, with their reason. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Library, openLibrary, type TestPage } from './page.ts';

let library: Library;
let page: TestPage;

beforeEach(async () => {
  library = await openLibrary(40);
  page = await library.start();
});
afterEach(() => library[Symbol.asyncDispose]());

const idsOf = (of: TestPage) => [...of.library.library.getState().order.ids];
const lonely = (count: number) =>
  library.core
    .list()
    .filter(({ stack }) => stack === null)
    .slice(0, count)
    .map(({ id }) => id);

test('photos are stacked, closed and opened alone or all together, and unstacked', async () => {
  const chosen = lonely(3);
  // As the grid does with what it shows.
  for (const id of chosen) page.rows.followRow(id, () => {});
  page.selection.selectExactly(new Set(chosen), chosen[0]);
  await Promise.all([page.stacks.stackChosen(), page.settle()]);
  const [moment] = library.core.moments.of(chosen);
  expect(moment?.photos.toSorted()).toEqual(chosen.toSorted());
  const places = chosen.map((id) => idsOf(page).indexOf(id)).toSorted((a, b) => a - b);
  expect(places[2]! - places[0]!).toBe(2);

  // S on a frame that is not on top: the keyboard stays on the stack.
  const under = chosen.find((id) => id !== moment!.top)!;
  page.selection.selectOnly(under);
  await Promise.all([page.rows.rowsOf([under]), page.settle()]);
  await Promise.all([page.stacks.toggleStack(), page.settle()]);
  expect(idsOf(page).filter((id) => chosen.includes(id))).toEqual([moment!.top]);
  expect(page.selection.selection.getState().focus).toBe(moment!.top);
  await Promise.all([page.rows.rowsOf([moment!.top]), page.settle()]);
  await Promise.all([page.stacks.toggleStack(), page.settle()]);
  expect(idsOf(page)).toHaveLength(40);

  page.library.toggleAllStacks();
  await page.settle();
  expect(idsOf(page).filter((id) => chosen.includes(id))).toEqual([moment!.top]);
  // A closed stack is chosen whole.
  const other = lonely(4).find((id) => !chosen.includes(id))!;
  page.selection.selectExactly(new Set([moment!.top, other]), moment!.top);
  await Promise.all([page.stacks.stackChosen(), page.settle()]);
  expect(library.core.moments.of([other])[0]?.photos.toSorted()).toEqual([...chosen, other].toSorted());
  await Promise.all([page.history.undo(), page.settle()]);
  await Promise.all([page.stacks.unstackChosen(), page.settle()]);
  expect(library.core.moments.of(chosen)).toEqual([]);
});

test('the moment of a photo is followed as it changes', async () => {
  const chosen = lonely(2);
  const end = page.stacks.followMoment(chosen[0]!);
  await page.settle();
  expect(page.stacks.moments.getState().of.get(chosen[0]!)).toBeNull();
  page.selection.selectExactly(new Set(chosen), chosen[0]);
  await Promise.all([page.stacks.stackChosen(), page.settle()]);
  expect(page.stacks.moments.getState().of.get(chosen[0]!)).toMatchObject({
    kind: 'manual',
    photos: expect.any(Array),
  });
  const under = chosen.find((id) => id !== library.core.moments.of(chosen)[0]?.top)!;
  page.selection.selectOnly(under);
  await Promise.all([page.stacks.putOnTop(), page.settle()]);
  expect(page.stacks.moments.getState().of.get(chosen[0]!)).toMatchObject({
    top: under,
    reason: { text: 'chosen by you' },
  });
  end();
  expect(page.stacks.moments.getState().of.size).toBe(0);
});
