/** A person culls a shoot with the keys alone; the program ends in the middle, every mark is found, all is taken back. */
import { createRouterClient } from '@orpc/server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findBrowser } from '../../build/test-browser.mjs';
import type { ListedPhoto } from '../../electron/core/base/records.ts';
import { complain, type Library, openLibrary, openWindow, type Window } from './support.ts';

let library: Library;
let window: Window;

const decided = (photos: readonly ListedPhoto[]) => photos.filter(({ flag }) => flag !== 'none').length;
const flagsNow = (): Map<string, string> => new Map(library.core.list().map(({ path, flag }) => [path, flag]));

const marksNow = (): string =>
  JSON.stringify(library.core.list().map(({ id, flag, stars, color }) => [id, flag, stars, color]));

const browser = findBrowser();
if (browser === null) console.log('Tests of culling are skipped: no Chromium was found.');

describe.skipIf(browser === null)('culling', () => {
  beforeAll(async () => {
    const names = ['a', 'b', 'c', 'd'];
    // Sixteen frames over three hours: pauses between scenes, four frames in each.
    library = await openLibrary({
      frames: Array.from({ length: 16 }, (_, index) => ({
        name: `wedding/${names[Math.floor(index / 4)]}-${(index % 4) + 1}.jpg`,
        width: 900,
        height: 600,
        takenAt: `2024:05:01 ${10 + Math.floor(index / 4)}:00:${String((index % 4) * 12).padStart(2, '0')}`,
      })),
    });
    window = await openWindow(library);
    await window.page.locator('[role="gridcell"]').first().waitFor();
  });
  afterAll(async () => {
    await window?.close();
    await library?.close();
  });

  const count = () => window.page.locator('.cull-count').innerText();
  const until = (text: RegExp) => window.page.locator('.cull-count', { hasText: text }).waitFor();

  test('one key opens the shoot; every decision goes on to the next frame, and nothing asks', async () => {
    const { page } = window;
    await page.keyboard.press('q');
    await until(/^0 of 16 decided/);
    for (const key of ['p', 'x', '3', 'p', 'x', 'p']) {
      const before = await page.locator('.cull-frame[aria-current]').getAttribute('data-id');
      await page.keyboard.press(key);
      await page.waitForFunction(
        (id) => document.querySelector('.cull-frame[aria-current]')?.getAttribute('data-id') !== id,
        before,
      );
    }
    await until(/^6 of 16 decided · 3 picked/);
    expect(await page.locator('dialog[open]').count()).toBe(0);
    await expect.poll(() => decided(library.core.list())).toBe(5);
    expect(await complain(page)).toEqual([]);
  });

  test('a second window shows the picture that the first one is on, and follows it', async () => {
    const { page, context } = window;
    const [second] = await Promise.all([context.waitForEvent('page'), page.keyboard.press('Shift+F')]);
    const shows = (id: string | null) => second.locator(`.picture-window .surface[data-sharp][data-photo="${id}"]`);
    const at = await page.locator('.cull-frame[aria-current]').getAttribute('data-id');
    await shows(at).waitFor();
    await page.bringToFront();
    await page.keyboard.press('ArrowLeft');
    const before = await page.locator('.cull-frame[aria-current]').getAttribute('data-id');
    expect(before).not.toBe(at);
    await shows(before).waitFor();
    await page.keyboard.press('ArrowRight');
    await shows(at).waitFor();
    expect(second.url()).not.toContain('token');
    expect(await complain(second)).toEqual([]);
    await second.close();
  });

  test('ended in the middle, it is there again with every mark, on the frame where one was', async () => {
    const { page } = window;
    const at = await page.locator('.cull-frame[aria-current]').getAttribute('data-id');
    const before = flagsNow();
    // The place is remembered a moment after one has come to it.
    const { culling } = createRouterClient(library.core.router, { context: {} });
    const { shoot } = await culling.last({});
    await expect.poll(async () => (await culling.open({ shoot: shoot! })).place).toBe(Number(at));
    await library.stop();
    await library.start();
    await page.goto(library.served.address);
    await until(/^6 of 16 decided/);
    await page.locator(`.cull-frame[aria-current][data-id="${at}"]`).waitFor();
    expect(flagsNow()).toEqual(before);
  });

  test('a proposal says what it would do, marks it in one step, and one undo takes it back', async () => {
    const { page } = window;
    const before = flagsNow();
    await page.keyboard.press('r');
    const apply = page.getByRole('button', { name: /^Apply: pick/ });
    await apply.waitFor();
    const words = await apply.innerText();
    const [, picks, rejects] = /pick (\d+), reject (\d+)/.exec(words)!;
    expect(Number(picks) + Number(rejects)).toBe(10);
    expect(flagsNow()).toEqual(before);
    expect(await complain(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await until(/^16 of 16 decided/);
    await expect.poll(() => decided(library.core.list())).toBe(15);
    await page.keyboard.press('Control+z');
    await until(/^6 of 16 decided/);
    expect(flagsNow()).toEqual(before);
  });

  test('Enter does what it says beside its key', async () => {
    const { page } = window;
    for (let left = 10; left > 0; ) {
      const words = await page.locator('.cull-enter').innerText();
      const before = await count();
      await page.keyboard.press('Enter');
      if (/next/.test(words)) await page.keyboard.press('p');
      await expect.poll(count).not.toBe(before);
      left = 16 - Number(/^(\d+)/.exec(await count())![1]);
    }
    await until(/^16 of 16 decided/);
  });

  test('all of it is undone, step by step', async () => {
    const { page } = window;
    for (
      let steps = 0;
      steps < 40 && library.core.list().some(({ flag, stars }) => flag !== 'none' || stars > 0);
      steps++
    ) {
      const before = marksNow();
      await page.keyboard.press('Control+z');
      await expect.poll(marksNow).not.toBe(before);
    }
    await until(/^0 of 16 decided/);
    expect(library.core.list().every(({ flag, stars }) => flag === 'none' && stars === 0)).toBe(true);
    // While the program was away the page could not reach it.
    expect(window.complaints.filter((one) => !one.includes('ERR_CONNECTION_REFUSED'))).toEqual([]);
  });
});
