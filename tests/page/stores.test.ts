/** The stores of the page over a real core: marks and undo, selection, places, what is said, and a way that breaks. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { followNavigation } from '../../renderer/store/navigation-history.ts';
import type { Job } from '../../shared/job.ts';
import { type Library, openLibrary, type TestPage } from './page.ts';

let library: Library;
let page: TestPage;

beforeEach(async () => {
  library = await openLibrary(120);
  page = await library.start();
});
afterEach(() => library[Symbol.asyncDispose]());

const orderOf = (of: TestPage) => of.library.library.getState().order;
const idsOf = (of: TestPage) => [...orderOf(of).ids];
const texts = (of: TestPage) => of.notices.notices.getState().list.map(({ text }) => text);
const markOf = (id: number) => {
  const { flag, stars, color } = library.core.show(id);
  return { flag, stars, color };
};

describe('marks', () => {
  test('of a selection are one step, said with a way back that takes it back', async () => {
    const ids = idsOf(page).slice(0, 12);
    const before = ids.map(markOf);
    const wanted = before.some(({ color }) => color !== 'green') ? 'green' : 'blue';
    page.selection.selectOnly(ids[0]!);
    page.selection.selectTo(ids[11]!);
    page.marks.mark({ color: wanted });
    await page.settle();
    expect(ids.map((id) => markOf(id).color)).toEqual(ids.map(() => wanted));
    expect(texts(page)).toEqual([`12 photos ${wanted}`]);
    page.notices.notices.getState().list[0]!.action!.run();
    await page.settle();
    expect(ids.map(markOf)).toEqual(before);
    expect(texts(page)[0]).toMatch(/^Undone: /);
    await page.history.redo();
    await page.settle();
    expect(markOf(ids[5]!).color).toBe(wanted);
    page.history.undo();
    page.history.undo();
    await page.settle();
    expect(texts(page)).toEqual(['Nothing to undo']);
  });

  test('relative stars are taken from what each photo has; the loupe marks the photo that it shows', async () => {
    const ids = idsOf(page).slice(0, 8);
    const before = ids.map((id) => markOf(id).stars);
    page.selection.selectExactly(new Set(ids), ids[2]);
    void page.marks.changeStars(1);
    await page.settle();
    expect(ids.map((id) => markOf(id).stars)).toEqual(before.map((stars) => Math.min(5, stars + 1)));
    page.view.showView('loupe');
    expect(page.marks.markTargets()).toEqual([ids[2]]);
    page.view.showView('grid');
    expect(page.marks.markTargets()).toEqual(ids);
  });

  test('go on to the next photo when asked, also where the marked one leaves the view', async () => {
    page.library.setFilter({ flags: ['none'] });
    await page.settle();
    const [first, second, third] = idsOf(page);
    page.selection.selectOnly(first!);
    page.marks.mark({ stars: 3 }, true);
    expect(page.selection.selection.getState().focus).toBe(second);
    page.rows.wantRows([second!]);
    await page.settle();
    page.marks.mark({ flag: 'pick' });
    await page.settle();
    expect(orderOf(page).indexOf(second!)).toBe(-1);
    expect(page.selection.selection.getState()).toMatchObject({ focus: third, ids: new Set([third]) });
  });

  test('that the core refuses are taken back and the reason is said', async () => {
    const [id] = idsOf(page);
    page.rows.wantRows([id!]);
    await page.settle();
    const before = page.rows.rowOf(id!)!;
    const other = before.color === 'red' ? 'blue' : 'red';
    const setting = page.marks.setMarks([id!, 9_999_999], { color: other });
    expect(page.rows.rowOf(id!)?.color).toBe(other);
    await Promise.all([setting, page.settle()]);
    expect(page.rows.rowOf(id!)?.color).toBe(before.color);
    expect(texts(page)).toEqual(['There is no photo 9999999.']);
    expect(page.notices.notices.getState().list[0]).toMatchObject({ tone: 'problem' });
    page.notices.closeNotice(page.notices.notices.getState().list[0]!.id);
    expect(texts(page)).toEqual([]);
  });
});

test('a selection is a file manager’s: ranges from an anchor, single ones added, all, none', () => {
  const ids = idsOf(page);
  const { selection } = page.selection;
  const chosen = () => page.selection.chosenPhotos();
  page.selection.moveTo(4);
  page.selection.step(2, true);
  expect(chosen()).toEqual(ids.slice(4, 7));
  page.selection.selectTo(ids[2]!);
  expect(chosen()).toEqual(ids.slice(2, 5));
  page.selection.toggleSelected(ids[50]!);
  page.selection.selectTo(ids[48]!, true);
  expect(chosen()).toEqual([...ids.slice(2, 5), ...ids.slice(48, 51)]);
  page.selection.selectAll();
  expect(selection.getState().ids.size).toBe(ids.length);
  page.selection.selectNone();
  expect(chosen()).toEqual([ids[48]]);
  page.selection.moveTo(10_000);
  expect(page.selection.focusIndex()).toBe(ids.length - 1);
  page.selection.step(1);
  expect(selection.getState().focus).toBe(ids.at(-1));
});

test('while work goes on in the background what is on screen keeps its place, and is sorted once at its end', async () => {
  const other = await library.start();
  page.library.setSort({ key: 'stars', order: 'desc' });
  page.library.setShownEnd(20);
  await page.settle();
  const before = idsOf(page);
  const last = before.at(-1)!;
  const job: Job = {
    id: 1,
    kind: 'index',
    title: 'Indexing',
    description: '',
    state: 'running',
    done: 1,
    total: 2,
    unit: 'photos',
    failed: 0,
    rate: null,
    secondsLeft: null,
    error: null,
    canPause: true,
    createdAt: 0,
  };
  page.jobs.receiveJobs([job]);
  void other.marks.setMarks([last], { stars: 5 });
  await Promise.all([page.settle(), other.settle()]);
  expect(idsOf(page).slice(0, 20)).toEqual(before.slice(0, 20));
  expect(page.library.library.getState().held?.ids[0]).not.toBe(undefined);
  const held = page.library.library.getState().held!;
  expect(held.indexOf(last)).toBeLessThan(before.length - 1);
  page.jobs.receiveJobs([{ ...job, state: 'done' }]);
  expect(page.library.library.getState()).toMatchObject({ order: held, held: null });
  // What the person does is no work in the background.
  page.jobs.receiveJobs([job]);
  const lowest = idsOf(page).at(-1)!;
  void page.marks.setMarks([lowest], { stars: 5 });
  await page.settle();
  expect(page.library.library.getState().held).toBeNull();
  expect(orderOf(page).indexOf(lowest)).toBeLessThan(idsOf(page).length - 1);
});

describe('places', () => {
  test('filling an album asks for an order where that album is shown, and nowhere else', async () => {
    const other = await library.start();
    const ids = idsOf(page);
    const album = (await Promise.all([page.places.createAlbum('Chosen', ids.slice(0, 3)), page.settle()]))[0]!;
    const second = (await Promise.all([page.places.createAlbum('Others', []), page.settle()]))[0]!;
    page.library.showSource({ kind: 'album', id: album.id });
    await Promise.all([page.settle(), other.settle()]);
    expect(idsOf(page).toSorted()).toEqual(ids.slice(0, 3).toSorted());
    page.forget();
    other.forget();
    void other.places.addToAlbum(second.id, ids.slice(3, 9));
    await Promise.all([page.settle(), other.settle()]);
    expect(page.traffic.calls).toEqual(['albums.list']);
    expect(page.places.places.getState().albums.find(({ id }) => id === second.id)?.count).toBe(6);
    expect(texts(other)).toEqual(['6 photos added to \u2068Others\u2069']);
    page.forget();
    other.forget();
    void other.places.addToAlbum(album.id, ids.slice(3, 5));
    await Promise.all([page.settle(), other.settle()]);
    expect(page.traffic.calls.toSorted()).toEqual(['albums.list', 'photos.order']);
    expect(other.traffic.calls).not.toContain('photos.order');
    expect(orderOf(page).total).toBe(5);
    page.library.setSort({ key: 'manual', order: 'asc' });
    await page.settle();
    void page.places.moveInAlbum(album.id, [ids[4]!], ids[0]!);
    await Promise.all([page.settle(), other.settle()]);
    expect(idsOf(page)[0]).toBe(ids[4]);
    expect(idsOf(page)).toEqual([4, 0, 1, 2, 3].map((at) => ids[at]));
  });

  test('a smart album is counted and ordered again by what its filter reads', async () => {
    const ids = idsOf(page);
    const album = (await Promise.all([page.places.createAlbum('Five', [], { stars: { min: 5 } }), page.settle()]))[0]!;
    page.library.showSource({ kind: 'album', id: album.id });
    await page.settle();
    const count = orderOf(page).total;
    const low = ids.find((id) => markOf(id).stars < 5)!;
    page.forget();
    void page.marks.setMarks([low], { color: markOf(low).color === 'red' ? 'blue' : 'red' });
    await page.settle();
    expect(page.traffic.calls).toEqual(['marks.set']);
    void page.marks.setMarks([low], { stars: 5 });
    await page.settle();
    expect(orderOf(page).total).toBe(count + 1);
    expect(page.places.places.getState().albums[0]?.count).toBe(count + 1);
    void page.places.setAlbumFilter(album.id, { colors: ['red'] });
    await page.settle();
    expect(idsOf(page).every((id) => markOf(id).color === 'red')).toBe(true);
  });

  test('Back leads to the place and the view before, as one step', async () => {
    const pushed: unknown[] = [];
    let back = (_event: { state: unknown }): void => {};
    followNavigation({
      ...page.library,
      ...page.view,
      window: {
        history: {
          pushState: (state: unknown) => void pushed.push(state),
          replaceState: (state: unknown) => void pushed.push(state),
        },
        addEventListener: (_type, listener) => {
          back = listener;
        },
      },
    });
    page.library.showSource({ kind: 'rejected' });
    page.view.showView('loupe');
    await page.settle();
    expect(pushed).toEqual([
      { view: 'grid', source: { kind: 'all' } },
      { view: 'loupe', source: { kind: 'rejected' } },
    ]);
    back({ state: pushed[0] });
    back({ state: { view: 'nowhere' } });
    await page.settle();
    expect(page.view.viewState.getState().view).toBe('grid');
    expect(page.library.library.getState().query.source).toEqual({ kind: 'all' });
    expect(orderOf(page).total).toBe(120);
    expect(pushed).toHaveLength(2);
  });
});

test('details are read after a rest, once for all who show them, and again when they are shown after a change', async () => {
  const other = await library.start();
  const [first, second] = idsOf(page);
  const ends = [page.details.followDetail(first!), page.details.followDetail(first!)];
  page.details.followDetail(second!)();
  await page.settle();
  expect(page.traffic.calls).toEqual(['photos.detail']);
  for (const end of ends) end();
  const known = () => page.details.details.getState().known.get(first!);
  const stars = (known()!.stars + 1) % 6;
  page.forget();
  void other.marks.setMarks([first!], { stars });
  await Promise.all([page.settle(), other.settle()]);
  expect(page.traffic.calls).toEqual([]);
  page.details.followDetail(first!);
  await page.settle();
  expect(page.traffic.calls).toEqual(['photos.detail']);
  expect(known()?.stars).toBe(stars);
  page.details.followDetail(9_999_999);
  await page.settle();
  expect(page.details.details.getState().problems.get(9_999_999)).toMatch(/photo/);
});

test('where one is in a shoot is remembered though one never rests', async () => {
  await Promise.all([page.cull.openShoot({ kind: 'photos', ids: idsOf(page).slice(0, 9) }), page.settle()]);
  page.forget();
  for (let step = 0; step < 5; step++) {
    page.cull.stepFrame(1);
    await vi.advanceTimersByTimeAsync(120);
  }
  expect(page.traffic.calls.filter((call) => call === 'culling.stay').length).toBeGreaterThanOrEqual(2);
});

describe('when the way to the core breaks', () => {
  test('marks wait and are written when it is back; what others did meanwhile is read; events are heard again', async () => {
    const other = await library.start();
    const [mine, theirs] = idsOf(page);
    for (const id of [mine!, theirs!]) page.rows.followRow(id, () => {});
    await page.settle();
    page.breakWay();
    expect(page.connection.connection.getState().state).toBe('waiting');
    const before = markOf(mine!).stars;
    const stars = (before + 1) % 6;
    void page.marks.setMarks([mine!], { stars });
    const flag = markOf(theirs!).flag === 'pick' ? 'none' : 'pick';
    void other.marks.setMarks([theirs!], { flag });
    await other.settle();
    expect(page.rows.rowOf(mine!)?.stars).toBe(stars);
    expect(page.marks.unwritten.getState().count).toBe(1);
    expect(markOf(mine!).stars).toBe(before);
    page.mendWay();
    await page.settle();
    expect(page.connection.connection.getState()).toEqual({ state: 'open', generation: 2 });
    expect(page.marks.unwritten.getState().count).toBe(0);
    expect(markOf(mine!).stars).toBe(stars);
    expect(page.rows.rowOf(theirs!)?.flag).toBe(flag);
    void other.marks.setMarks([theirs!], { flag: flag === 'pick' ? 'reject' : 'pick' });
    await Promise.all([page.settle(), other.settle()]);
    expect(page.rows.rowOf(theirs!)?.flag).toBe(flag === 'pick' ? 'reject' : 'pick');
  });

  test('a place that is opened meanwhile shows no photos of another one, and is filled when it is back', async () => {
    page.breakWay();
    page.library.showSource({ kind: 'rejected' });
    expect(page.library.library.getState()).toMatchObject({ state: 'loading', answered: null });
    expect(orderOf(page).total).toBe(0);
    page.mendWay();
    await page.settle();
    const ids = idsOf(page);
    expect(ids.length).toBeGreaterThan(0);
    expect(ids.every((id) => markOf(id).flag === 'reject')).toBe(true);
  });

  test('what was decided in a shoot meanwhile is read when it is back, and where one was stays', async () => {
    const other = await library.start();
    await Promise.all([page.cull.openShoot({ kind: 'photos', ids: idsOf(page).slice(0, 6) }), page.settle()]);
    const { photos, decided } = page.cull.cull.getState();
    const theirs = photos.at(-1)!;
    page.cull.goToFrame(photos[1]!);
    await page.settle();
    page.breakWay();
    const flag = decided.get(theirs) === 'pick' ? 'reject' : 'pick';
    void other.marks.setMarks([theirs], { flag });
    await other.settle();
    expect(page.cull.cull.getState().decided.get(theirs)).toBe(decided.get(theirs));
    page.mendWay();
    await page.settle();
    expect(page.cull.cull.getState().decided.get(theirs)).toBe(flag);
    expect(page.cull.cull.getState().at).toBe(photos[1]);
  });

  test('to a program that was started anew, marks fail with a sentence and are taken back', async () => {
    const [id] = idsOf(page);
    page.rows.followRow(id!, () => {});
    await page.settle();
    const before = page.rows.rowOf(id!)!;
    page.breakWay();
    void page.marks.setMarks([id!], { stars: (before.stars + 1) % 6 });
    page.lockOut();
    await page.settle();
    expect(page.connection.connection.getState().state).toBe('locked');
    expect(page.rows.rowOf(id!)?.stars).toBe(before.stars);
    expect(texts(page)).toEqual(['Keeplight was started anew: what was done here last is not saved.']);
  });
});

test('settings are shown and sent at once, what follows is gathered, and they are remembered for the next visit', async () => {
  const kept: Record<string, string> = {};
  const first = await library.start(kept);
  first.settings.changeSettings((settings) => ({ ...settings, autoAdvance: true }));
  // On its way already: a window that closes now loses nothing.
  await new Promise((resolve) => setImmediate(resolve));
  expect(first.traffic.calls).toEqual(['settings.set']);
  first.settings.changeSettings((settings) => ({ ...settings, theme: 'dark' }));
  first.settings.changeSettings((settings) => ({ ...settings, theme: 'light' }));
  expect(first.settings.settings.getState()).toMatchObject({ autoAdvance: true, theme: 'light' });
  await Promise.all([first.settle(), page.settle()]);
  expect(first.traffic.calls).toEqual(['settings.set', 'settings.set']);
  expect(library.core.settings).toMatchObject({ autoAdvance: true, theme: 'light' });
  expect(page.settings.settings.getState().theme).toBe('light');
  first.view.toggleSidebar();
  first.library.setSort({ key: 'name', order: 'asc' });
  await first.settle();
  const next = await library.start(kept);
  expect(next.view.viewState.getState().sidebar).toBe(false);
  expect(next.library.library.getState().query.sort).toEqual({ key: 'name', order: 'asc' });
});
