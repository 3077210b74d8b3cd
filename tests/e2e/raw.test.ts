/** A RAW with a small preview in a real browser: what is seen is said, and the RAW itself takes the preview's place. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findBrowser } from '../../build/test-browser.mjs';
import { makeDng } from '../library/made-dng.ts';
import { type Library, openLibrary, openWindow, type Window } from './support.ts';

const WIDTH = 3000;
const HEIGHT = 2000;
const browser = findBrowser();
if (browser === null) console.log('Tests of RAW files in the loupe are skipped: no Chromium was found.');

/** Lines of two pixels: a preview of a third of the size cannot have them. */
async function drawScene(): Promise<Buffer> {
  const lines =
    '<pattern id="l" width="8" height="8" patternUnits="userSpaceOnUse"><path d="M0 2H8" stroke="#e8dcc0" stroke-width="4"/></pattern>';
  const drawn = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}"><defs>${lines}</defs>
    <rect width="100%" height="100%" fill="#35506a"/><rect x="900" y="500" width="1200" height="1000" fill="url(#l)"/>
    <circle cx="300" cy="300" r="180" fill="#fff"/></svg>`;
  return sharp(Buffer.from(drawn)).removeAlpha().raw().toBuffer();
}

const seen = (page: Page) =>
  page.evaluate(() => {
    const surface = document.querySelector<HTMLElement>('.surface')!;
    return {
      stage: surface.dataset.stage,
      width: surface.querySelector<HTMLImageElement>('.surface-layer > img')?.naturalWidth ?? 0,
      words: document.querySelector('.loupe-caption > :last-child')?.textContent ?? '',
    };
  });

describe.skipIf(browser === null)('a RAW in the loupe', () => {
  let library: Library;
  let window: Window;
  let page: Page;

  beforeAll(async () => {
    library = await openLibrary({ frames: [] });
    const folder = join(library.photos, 'raw');
    await mkdir(folder, { recursive: true });
    const rgb = await drawScene();
    const preview = await sharp(rgb, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
      .resize(1000)
      .jpeg({ quality: 90 })
      .toBuffer();
    const whole = makeDng({ rgb, width: WIDTH, height: HEIGHT, preview });
    await writeFile(join(folder, 'a-small-preview.dng'), whole);
    // The sensor's values of the lower half are overwritten by nothing at all: cut before the preview.
    const cut = makeDng({ rgb, width: WIDTH, height: HEIGHT, cut: WIDTH * HEIGHT });
    await writeFile(join(folder, 'b-cut.dng'), Buffer.concat([cut, preview]));
    await library.core.index([library.photos]);
    window = await openWindow(library, { width: 1440, height: 900 });
    page = window.page;
    await page.getByRole('gridcell', { name: /a-small-preview/ }).click();
    await page.keyboard.press('e');
    await page.waitForSelector('.surface[data-sharp] .surface-layer > img');
  });

  afterAll(async () => {
    await window?.close();
    await library?.close();
  });

  test('fitted, its preview is named where it is drawn larger than it is', async () => {
    expect((await seen(page)).words).toMatch(/^Preview 1,000 × 667, enlarged 1\.\d×$/);
  });

  test('at 100 % it is developed, and never before said to be', async () => {
    const heard = page.evaluate(
      () =>
        new Promise<string[]>((resolve) => {
          const all: string[] = [];
          const place = document.querySelector('.loupe-caption > :last-child')!;
          const note = () => {
            const surface = document.querySelector<HTMLElement>('.surface')!;
            const image = surface.querySelector<HTMLImageElement>('.surface-layer > img');
            all.push(`${image?.naturalWidth}: ${place.textContent}`);
            if (surface.dataset.stage === 'developed') resolve(all);
          };
          new MutationObserver(note).observe(place, { characterData: true, subtree: true, childList: true });
        }),
    );
    await page.keyboard.press('z');
    const all = await heard;
    expect(all.at(-1)).toBe('3000: 100 % · developed from the RAW');
    expect(all).toContainEqual(
      expect.stringMatching(/^1000: Embedded preview 1,000 × 667, enlarged 3\.0× · developing/),
    );
    expect(all.filter((line) => /%/.test(line) && !line.startsWith('3000'))).toEqual([]);
  });

  test('one that cannot be developed keeps its preview, and says so', async () => {
    await page.keyboard.press('ArrowRight');
    await expect
      .poll(() => seen(page), { timeout: 20_000 })
      .toMatchObject({ stage: 'embedded', width: 1000, words: expect.stringMatching(/cannot be developed$/) });
    expect((await seen(page)).words).toMatch(/^Embedded preview 1,000 × 667, enlarged 3\.0×/);
  });
});
