/** The grid with 100,000 photos: quick to stand, small in the document, steady while scrolling. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fillBigLibrary } from './big-library.ts';
import { complain, type Library, layoutShifts, openLibrary, openWindow, type Window } from './support.ts';

const PHOTOS = 100_000;
let library: Library;
let shown: Window;

beforeAll(async () => {
  library = await openLibrary({ frames: [], prepare: (data) => fillBigLibrary(data, PHOTOS, 0) });
  shown = await openWindow(library, { width: 1440, height: 900 });
  await shown.page.waitForSelector('.tile[aria-label*="technical quality"]', { timeout: 60_000 });
}, 240_000);
afterAll(async () => {
  await shown?.close();
  await library?.close();
});

test('all photos are there, few of them in the document', async () => {
  expect(await shown.page.locator('.place-total').textContent()).toBe('100,000');
  expect(await shown.page.locator('.tile').count()).toBeLessThan(200);
  expect(Number(await shown.page.locator('[data-photos]').getAttribute('aria-rowcount'))).toBeGreaterThan(10_000);
});

test('goes to the end and back by key, with rows that come and nothing that jumps', async () => {
  await shown.page.locator('[data-photos]').focus();
  await shown.page.keyboard.press('End');
  await shown.page.waitForSelector('.tile[data-index="99999"]');
  const place = await shown.page.evaluate(() => {
    const view = document.querySelector('.grid-scroll')!;
    return view.scrollHeight - view.clientHeight - view.scrollTop;
  });
  expect(place).toBeLessThan(40);
  expect(await shown.page.locator('.tile').count()).toBeLessThan(200);
  await shown.page.keyboard.press('PageUp');
  await shown.page.keyboard.press('Home');
  await shown.page.waitForSelector('.tile[data-index="0"]');
});

test('leaping through the library shows photos wherever one stops, without a layout shift', async () => {
  await shown.page.evaluate(() => {
    window.shifts = [];
  });
  for (const share of [0.5, 0.1, 0.93, 0.31]) {
    await shown.page.evaluate((at) => {
      const view = document.querySelector('.grid-scroll')!;
      view.scrollTop = view.scrollHeight * at;
    }, share);
    // Every tile on screen knows its photo.
    await shown.page.waitForFunction(() => {
      const view = document.querySelector('.grid-scroll')!.getBoundingClientRect();
      const seen = [...document.querySelectorAll('.tile')].filter((tile) => {
        const box = tile.getBoundingClientRect();
        return box.bottom > view.top && box.top < view.bottom;
      });
      return seen.length > 8 && seen.every((tile) => tile.getAttribute('aria-label') !== 'Photo');
    });
  }
  expect(await layoutShifts(shown.page)).toEqual([]);
});

test('a change of size keeps the photo that is at the top of the view', async () => {
  const first = () =>
    shown.page.evaluate(() => {
      const view = document.querySelector('.grid-scroll')!.getBoundingClientRect();
      const tiles = [...document.querySelectorAll<HTMLElement>('.tile')].filter(
        (tile) => tile.getBoundingClientRect().bottom > view.top + 1,
      );
      return Math.min(...tiles.map((tile) => Number(tile.dataset.index)));
    });
  await shown.page.keyboard.press('Control+d');
  await shown.page.evaluate(() => {
    const view = document.querySelector('.grid-scroll')!;
    view.scrollTop = view.scrollHeight / 2;
  });
  await shown.page.waitForFunction(() => Number(document.querySelector<HTMLElement>('.tile')?.dataset.index) > 10_000);
  const before = await first();
  await shown.page.getByRole('slider', { name: 'Size of thumbnails' }).focus();
  for (let press = 0; press < 8; press++) await shown.page.keyboard.press('ArrowRight');
  // The row that held it may begin a few photos earlier now.
  await expect.poll(async () => Math.abs((await first()) - before)).toBeLessThan(16);
});

test('a layout taller than the browser can scroll is reached everywhere, and walked by the pixel', async () => {
  const { page } = shown;
  const slider = page.getByRole('slider', { name: 'Size of thumbnails' });
  await slider.focus();
  await page.keyboard.press('End');
  await page.waitForSelector('.grid-content[data-scaled]');
  await page.locator('[data-photos]').focus();
  await page.keyboard.press('End');
  await page.waitForSelector('.tile[data-index="99999"]');
  /** Until nothing has scrolled for a while: content and layout are put in step again when the view rests. */
  const rests = () =>
    page.evaluate(
      () =>
        new Promise<void>((resolve) => {
          const view = document.querySelector('.grid-scroll')!;
          let [top, since] = [view.scrollTop, performance.now()];
          const look = () => {
            if (view.scrollTop !== top) [top, since] = [view.scrollTop, performance.now()];
            if (performance.now() - since > 250) resolve();
            else requestAnimationFrame(look);
          };
          requestAnimationFrame(look);
        }),
    );
  const box = (index: number) => page.locator(`.tile[data-index="${index}"]`).boundingBox();
  const view = (await page.locator('.grid-scroll').boundingBox())!;
  const last = (await box(99_999))!;
  expect(last.y + last.height).toBeLessThanOrEqual(view.y + view.height);
  expect(last.y + last.height).toBeGreaterThan(view.y + view.height - 40);

  // The bar's middle is the middle of the photos, and a wheel moves them as far as it turns.
  await page.evaluate(() => {
    const scroll = document.querySelector('.grid-scroll')!;
    scroll.scrollTop = (scroll.scrollHeight - scroll.clientHeight) / 2;
  });
  await page.waitForFunction(() => {
    const at = [...document.querySelectorAll<HTMLElement>('.tile')].map((tile) => Number(tile.dataset.index));
    return at.some((index) => index > 48_000 && index < 52_000);
  });
  await rests();
  const inView = await page.evaluate((edges) => {
    const tiles = [...document.querySelectorAll<HTMLElement>('.tile')].filter((tile) => {
      const { top } = tile.getBoundingClientRect();
      return top > edges.y && top < edges.y + edges.height;
    });
    return Number(tiles[0]!.dataset.index);
  }, view);
  const before = (await box(inView))!;
  await page.mouse.move(view.x + 300, view.y + 300);
  await page.mouse.wheel(0, 200);
  await expect.poll(async () => (await box(inView))!.y).toBe(before.y - 200);
  await rests();
  expect((await box(inView))!.y).toBe(before.y - 200);

  await page.locator('[data-photos]').focus();
  await page.keyboard.press('Home');
  await page.waitForSelector('.tile[data-index="0"]');
  expect((await box(0))!.y).toBeGreaterThan(view.y);
  expect(await complain(page)).toEqual([]);
  await slider.focus();
  await page.keyboard.press('Home');
  for (let press = 0; press < 8; press++) await page.keyboard.press('ArrowRight');
  await page.waitForFunction(() => document.querySelector('.grid-content[data-scaled]') === null);
});

test('goes to a date in whatever order is shown', async () => {
  const { page } = shown;
  const goTo = async (date: string) => {
    await page.locator('[data-photos]').focus();
    await page.keyboard.press('Control+j');
    await page.getByRole('dialog', { name: 'Go to a date' }).getByLabel('Date', { exact: true }).fill(date);
    await page.keyboard.press('Enter');
    await page.waitForSelector('dialog', { state: 'detached' });
  };
  const known = library.core.list({ limit: PHOTOS }).flatMap(({ takenAt }) => takenAt?.slice(0, 10) ?? []);
  const days = [...new Set(known)].sort();
  const day = days[days.length >> 1]!;
  await goTo(day);
  const names = library.core
    .list({ limit: PHOTOS })
    .flatMap(({ path, takenAt }) => (takenAt?.startsWith(day) === true ? path.split('/').at(-1)! : []));
  const name = async () => (await page.locator('.tile[data-focused]').getAttribute('aria-label'))!.split(',')[0];
  await expect.poll(async () => names.includes((await name())!)).toBe(true);
  await goTo('2199-01-01');
  await page.waitForSelector(`.notice :text("The last is of")`);
});

test('selects and marks all 100,000 at once, and takes it back in one step', async () => {
  await shown.page.locator('[data-photos]').focus();
  await shown.page.keyboard.press('Control+a');
  await shown.page.waitForSelector('.status :text("100,000 selected")');
  await shown.page.keyboard.press('8');
  await shown.page.waitForSelector('.notice :text("100,000 photos green")', { timeout: 60_000 });
  await shown.page.keyboard.press('Control+z');
  await shown.page.waitForSelector('.notice :text("Undone")', { timeout: 60_000 });
  await shown.page.keyboard.press('Control+d');
});

test('headers of months stand over the photos they name, and the page stays accessible', async () => {
  await shown.page.getByRole('button', { name: /^Sort:/ }).click();
  await shown.page.getByRole('menuitemcheckbox', { name: 'Date taken' }).click();
  await shown.page.getByRole('button', { name: /^Sort:/ }).click();
  await shown.page.getByRole('menuitemcheckbox', { name: 'Months' }).click();
  await shown.page.waitForSelector('.grid-header');
  expect(await complain(shown.page)).toEqual([]);
});
