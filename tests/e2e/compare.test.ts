/** Compare and survey in a real browser on the real core. */
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findBrowser } from '../../build/test-browser.mjs';
import { accessibilityFaults, faultsInBothThemes } from './axe.ts';
import { type Frame, type Library, openLibrary, openWindow, type Window } from './support.ts';

const browser = findBrowser();
if (browser === null) console.log('Tests of compare and survey are skipped: no Chromium was found.');

/** Eight photos of one size and one of another, hours apart: no two of one moment. */
const FRAMES: readonly Frame[] = Array.from({ length: 9 }, (_, index) => ({
  name: `day/frame-${index + 1}.jpg`,
  ...(index === 8 ? { width: 900, height: 1200 } : { width: 2400, height: 1600 }),
  takenAt: `2024:05:01 1${index}:00:00`,
}));

const place = (page: Page, letter: string) =>
  page.evaluate((wanted) => {
    const box = document.querySelector(`.pane[data-letter="${wanted}"] .surface-place`)!.getBoundingClientRect();
    const pane = document.querySelector(`.pane[data-letter="${wanted}"] .surface`)!.getBoundingClientRect();
    return {
      width: box.width,
      // The point of the photo in the middle of its pane.
      x: (pane.x + pane.width / 2 - box.x) / box.width,
      y: (pane.y + pane.height / 2 - box.y) / box.height,
      paneX: pane.x,
      paneY: pane.y,
    };
  }, letter);

const inPanes = (page: Page) =>
  page.locator('.pane').evaluateAll((panes) => panes.map((pane) => Number((pane as HTMLElement).dataset.id)));

describe.skipIf(browser === null)('compare', () => {
  let library: Library;
  let window: Window;
  let page: Page;
  let order: number[];

  const flags = () => Object.fromEntries(library.core.list().map(({ id, flag }) => [id, flag]));
  const focused = () => page.locator('.pane[aria-current]').getAttribute('data-letter');

  beforeAll(async () => {
    library = await openLibrary({ frames: FRAMES });
    window = await openWindow(library, { width: 1600, height: 900 });
    page = window.page;
    await page.waitForSelector('[data-index]');
    // As the page has them: frames of one moment stand together.
    const tiles = await page
      .locator('[data-index]')
      .evaluateAll((all) => all.map((tile) => [Number((tile as HTMLElement).dataset.index), tile.id] as const));
    order = tiles.sort(([a], [b]) => a - b).map(([, id]) => Number(id.slice('photo-'.length)));
    expect(order).toHaveLength(FRAMES.length);
    await page.keyboard.press('Home');
  });

  afterAll(async () => {
    await window?.close();
    await library?.close();
  });

  test('opens the chosen photo with its neighbour, and the arrow keys bring in the next challengers', async () => {
    await page.keyboard.press('c');
    await page.waitForFunction(() => document.querySelectorAll('.pane .surface[data-sharp]').length === 2);
    expect(await inPanes(page)).toEqual(order.slice(0, 2));
    await page.keyboard.press('ArrowRight');
    expect(await inPanes(page)).toEqual([order[0], order[2]]);
    await page.keyboard.press('ArrowRight');
    expect(await inPanes(page)).toEqual([order[0], order[3]]);
    await page.keyboard.press('ArrowLeft');
    expect(await inPanes(page)).toEqual([order[0], order[2]]);
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    expect(await inPanes(page)).toEqual(order.slice(0, 2));
  });

  test('zooms and pans all photos together, and one alone with Shift', async () => {
    await page.waitForFunction(() => document.querySelectorAll('.pane .surface[data-sharp]').length === 2);
    const from = await place(page, 'A');
    await page.mouse.move(from.paneX + 260, from.paneY + 220);
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('z');
    const [a, b] = [await place(page, 'A'), await place(page, 'B')];
    expect(a.width).toBeGreaterThan(from.width * 2);
    expect(b.width).toBeCloseTo(a.width, 0);
    expect(b.x).toBeCloseTo(a.x, 3);
    expect(b.y).toBeCloseTo(a.y, 3);

    await page.mouse.down();
    await page.mouse.move(from.paneX + 200, from.paneY + 190, { steps: 3 });
    await page.mouse.up();
    const [panned, other] = [await place(page, 'A'), await place(page, 'B')];
    expect((panned.x - a.x) * a.width).toBeCloseTo(60, 0);
    expect(other.x).toBeCloseTo(panned.x, 3);
    expect(other.y).toBeCloseTo(panned.y, 3);

    await page.keyboard.down('Shift');
    await page.mouse.down();
    await page.mouse.move(from.paneX + 180, from.paneY + 190, { steps: 3 });
    await page.mouse.up();
    await page.keyboard.up('Shift');
    const alone = await place(page, 'A');
    expect((alone.x - panned.x) * a.width).toBeCloseTo(20, 0);
    expect((await place(page, 'B')).x).toBeCloseTo(panned.x, 3);
    await page.keyboard.press('Escape');
    expect((await place(page, 'A')).width).toBeCloseTo(from.width, 0);
  });

  test('adds up to four, swaps, takes out, moves the keyboard between them', async () => {
    await page.getByRole('button', { name: 'Add a photo' }).click();
    await page.getByRole('button', { name: 'Add a photo' }).click();
    expect(await inPanes(page)).toEqual(order.slice(0, 4));
    expect(await page.getByRole('button', { name: 'Add a photo' }).isDisabled()).toBe(true);
    expect(await focused()).toBe('D');
    await page.keyboard.press('ArrowDown');
    expect(await focused()).toBe('A');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowUp');
    expect(await focused()).toBe('C');
    await page.getByRole('button', { name: 'Swap' }).click();
    expect(await inPanes(page)).toEqual([order[2], order[1], order[0], order[3]]);
    await page.getByRole('button', { name: 'Take C out of the comparison' }).click();
    await page.getByRole('button', { name: 'Take C out of the comparison' }).click();
    expect(await inPanes(page)).toEqual([order[2], order[1]]);
    expect(
      await page
        .getByRole('button', { name: /Take . out/ })
        .first()
        .isDisabled(),
    ).toBe(true);
  });

  test('says which is better and why, and picks it over the rest', async () => {
    await page.getByRole('button', { name: 'Add a photo' }).click();
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    const height = await page.locator('.compare-panes').evaluate((element) => element.clientHeight);
    await page.keyboard.press('a');
    const verdict = page.locator('.verdict-text');
    await verdict.waitFor();
    // The photos did not move for the text.
    expect(await page.locator('.compare-panes').evaluate((element) => element.clientHeight)).toBe(height);
    expect(await verdict.textContent()).toMatch(/^([ABC] over [ABC] and [ABC].|Too close to call.)/);
    expect(await page.locator('.verdict').textContent()).toContain(
      'No grader is chosen: decided by technical quality, measured without a model.',
    );
    await page.getByText('Compare the numbers').click();
    expect(await page.locator('.verdict table thead th').allTextContents()).toEqual(['What', 'A', 'B', 'C']);
    expect(await page.locator('.verdict table tbody tr').count()).toBeGreaterThan(3);
    expect(await accessibilityFaults(page)).toEqual([]);

    const button = page.getByRole('button', { name: /^Pick [ABC], reject the rest/ });
    const letter = /Pick ([ABC])/.exec((await button.textContent())!)![1]!;
    const ids = await inPanes(page);
    await button.click();
    const winner = ids['ABC'.indexOf(letter)]!;
    await expect.poll(() => ids.map((id) => flags()[id])).toEqual(ids.map((id) => (id === winner ? 'pick' : 'reject')));
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    // One click is one step back.
    await page.keyboard.press('Control+z');
    await expect.poll(() => ids.map((id) => flags()[id])).toEqual(['none', 'none', 'none']);
  });

  test('marks the photo that the keyboard is on, and a mark that advances brings in the next', async () => {
    await page.keyboard.press('Escape');
    await page.keyboard.press('g');
    await page.waitForSelector('[data-index]');
    await expect
      .poll(async () => {
        await page.keyboard.press('Home');
        return page.locator('.status').textContent();
      })
      .toContain('1 selected');
    // A asks from any view, also where nothing was compared before; C only sets side by side.
    await page.reload();
    await page.waitForSelector('[data-index]');
    await page.keyboard.press('Home');
    await page.keyboard.press('e');
    await page.waitForSelector('.loupe');
    await page.keyboard.press('a');
    await page.locator('.verdict-text').waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('c');
    await page.waitForSelector('.pane');
    expect(await page.locator('.verdict-text').count()).toBe(0);
    await page.keyboard.press('ArrowDown');
    expect(await focused()).toBe('B');
    await page.keyboard.press('Shift+x');
    await expect.poll(() => flags()[order[1]!]).toBe('reject');
    await expect.poll(() => inPanes(page)).toEqual([order[0], order[2]]);
    expect(flags()[order[0]!]).toBe('none');
  });

  test('leaves the inspector away until it is asked for, and remembers that apart from the loupe', async () => {
    const inspector = page.locator('.inspector');
    const go = async (key: string, there: string) => {
      await page.keyboard.press(key);
      await page.waitForSelector(there);
    };
    expect(await inspector.count()).toBe(0);
    await go('e', '.loupe');
    await expect.poll(() => inspector.count()).toBe(1);
    await go('c', '.pane');
    expect(await inspector.count()).toBe(0);
    await page.keyboard.press('i');
    await expect.poll(() => inspector.count()).toBe(1);
    await go('g', '[data-index]');
    expect(await inspector.count()).toBe(0);
    await page.reload();
    await page.waitForSelector('[data-index]');
    await go('c', '.pane');
    await expect.poll(() => inspector.count()).toBe(1);
    await page.keyboard.press('i');
    await expect.poll(() => inspector.count()).toBe(0);
    // Nothing to compare: said, with the way out. The sidebar is folded away until it is asked for.
    expect(await page.locator('.sidebar').count()).toBe(0);
    await page.getByRole('button', { name: 'Show the sidebar' }).click();
    await page.locator('.place-open', { hasText: 'Rejected' }).click();
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    await page.keyboard.press('c');
    await page.getByRole('heading', { name: 'Nothing to compare' }).waitFor();
    expect(await faultsInBothThemes(page)).toEqual([]);
    await page.getByRole('button', { name: 'Go to the grid' }).click();
    await page.locator('.place-open', { hasText: 'All photos' }).click();
    await page.waitForSelector('[data-index]');
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  });

  test('survey tiles what is selected, marks one at a time, and leaves the keepers selected', async () => {
    // The first survey of a visit, too, is of what is selected.
    await page.reload();
    await page.waitForSelector('[data-index]');
    await page.keyboard.press('Control+a');
    await page.keyboard.press('n');
    await page.waitForFunction(() => document.querySelectorAll('.survey-photo').length === 9);
    const boxes = await page
      .locator('.survey-picture')
      .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().toJSON()));
    const view = (await page.locator('.survey').boundingBox())!;
    for (const box of boxes) {
      expect(box.left).toBeGreaterThanOrEqual(view.x);
      expect(box.right).toBeLessThanOrEqual(view.x + view.width + 1);
      expect(box.bottom).toBeLessThanOrEqual(view.y + view.height + 1);
    }
    // The chosen photo's marks stand in the toolbar, and nothing reaches over a photo's own width.
    expect(await page.locator('.toolbar .mark-bar').count()).toBe(1);
    const overhang = await page
      .locator('.survey-photo')
      .evaluateAll((all) =>
        Math.max(
          ...all.flatMap((one) =>
            [...one.querySelectorAll('.survey-line > *')].map(
              (part) => part.getBoundingClientRect().right - one.getBoundingClientRect().right,
            ),
          ),
        ),
      );
    expect(overhang).toBeLessThan(1);
    const survey = () =>
      page.locator('.survey-photo').evaluateAll((all) => all.map((one) => Number((one as HTMLElement).dataset.id)));
    const [first, second] = await survey();
    await page.locator(`.survey-photo[data-id="${second}"] .survey-picture`).click();
    await page.keyboard.press('4');
    await expect.poll(() => library.core.show(second!).stars).toBe(4);
    expect(library.core.show(first!).stars).toBe(0);
    await page.getByRole('button', { name: 'Take out' }).click();
    expect(await survey()).not.toContain(second);
    expect((await survey()).length).toBe(8);
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    await page.keyboard.press('ArrowRight');
    expect(await faultsInBothThemes(page)).toEqual([]);
    await page.keyboard.press('g');
    await expect.poll(() => page.locator('.status').textContent()).toContain('8 selected');
  });

  test('complained of nothing', () => {
    expect(window.complaints).toEqual([]);
  });
});
