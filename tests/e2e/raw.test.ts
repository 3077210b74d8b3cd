/**
 * What is seen is said, in a real browser: a RAW with a small preview, until the RAW itself takes its place, and a photo of
 * which a part is missing.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
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
    // Even noise, so that half of the bytes is half of the rows.
    const noise = await sharp({
      create: {
        width: 900,
        height: 600,
        channels: 3,
        background: '#808080',
        noise: { type: 'gaussian', mean: 128, sigma: 40 },
      },
    })
      .jpeg({ quality: 90 })
      .toBuffer();
    await writeFile(join(folder, 'c-half.jpg'), noise.subarray(0, noise.length / 2));
    await writeFile(
      join(folder, 'd-turned.jpg'),
      (await sharp(noise).withMetadata({ orientation: 6 }).jpeg({ quality: 90 }).toBuffer()).subarray(
        0,
        noise.length / 2,
      ),
    );
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
    await page.setViewportSize({ width: 1200, height: 700 });
    await expect.poll(async () => (await seen(page)).words).toMatch(/^\d+ %$/);
    await page.setViewportSize({ width: 2400, height: 1500 });
    await expect
      .poll(() => seen(page))
      .toMatchObject({ words: expect.stringMatching(/^Preview 1,000 × 667, enlarged [12]\.\d×$/) });
    await page.setViewportSize({ width: 1440, height: 900 });
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

  test('what is missing of a photo is hatched where it would be, and said', async () => {
    await page.keyboard.press('z');
    await page.keyboard.press('ArrowRight');
    const part = page.locator('.missing-part');
    await part.waitFor();
    const shares = () =>
      part.evaluate((element) => {
        const own = element.getBoundingClientRect();
        const photo = element.parentElement!.getBoundingClientRect();
        return {
          top: (own.top - photo.top) / photo.height,
          left: (own.left - photo.left) / photo.width,
          width: own.width / photo.width,
          height: own.height / photo.height,
        };
      });
    // Which of the two comes first is the critic's business.
    const seen = [await shares()];
    const words = [await page.locator('.missing-words').textContent()];
    await page.keyboard.press('ArrowRight');
    await expect.poll(shares).not.toEqual(seen[0]);
    seen.push(await shares());
    words.push(await page.locator('.missing-words').textContent());
    const [lower, left] = seen[0]!.height < 1 ? seen : seen.toReversed();
    expect(lower!.top + lower!.height).toBeCloseTo(1, 2);
    expect(lower!.height).toBeGreaterThan(0.4);
    expect(lower!.height).toBeLessThan(0.6);
    const sentence = `${Math.round(lower!.height * 100)} % of the picture is missing in the file`;
    expect(words[seen.indexOf(lower!)]).toBe(sentence);
    expect(left).toMatchObject({ top: 0, left: 0, height: 1 });
    expect(left!.width).toBeCloseTo(lower!.height, 1);
  });

  test('incomplete is a reason that photos are found by', () => {
    const found = library.core.list({ filter: 'reason:incomplete' });
    expect(found.map(({ path }) => basename(path)).sort()).toEqual(['c-half.jpg', 'd-turned.jpg']);
  });
});
