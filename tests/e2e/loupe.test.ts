/** The loupe in a real browser on the real core: what is on screen is compared with the photos' own pixels. */
import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findBrowser } from '../../build/test-browser.mjs';
import { faultsInBothThemes } from './axe.ts';
import { type Library, openLibrary, openWindow, usualFrames, type Window } from './support.ts';

const LARGE = { width: 6000, height: 4000, count: 5 };
const browser = findBrowser();
if (browser === null) console.log('Tests of the loupe are skipped: no Chromium was found.');

/** 24 MP: the upper 40 % is pure white, below it fine lines; a mark differs from photo to photo. */
async function renderLarge(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const lines = await sharp({
    create: { width: 64, height: 64, channels: 3, background: '#5a6a4a' },
  })
    .composite([
      {
        input: Buffer.from(
          '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><path d="M0 8H64M0 24H64M0 40H64M0 56H64M8 0V64M40 0V64" stroke="#c8b48c" stroke-width="3"/></svg>',
        ),
      },
    ])
    .png()
    .toBuffer();
  for (let index = 0; index < LARGE.count; index++) {
    const white = await sharp({
      create: { width: LARGE.width, height: LARGE.height * 0.4, channels: 3, background: '#ffffff' },
    })
      .png()
      .toBuffer();
    const mark = Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" width="600" height="600"><circle cx="300" cy="300" r="${200 + index * 12}" fill="hsl(${index * 50},60%,45%)"/></svg>`,
    );
    await sharp({ create: { width: LARGE.width, height: LARGE.height, channels: 3, background: '#404040' } })
      .composite([
        { input: lines, tile: true, left: 0, top: 0 },
        { input: white, left: 0, top: 0 },
        { input: mark, left: 800 + index * 500, top: 2400 },
      ])
      .withExif({ IFD0: { Make: 'Sturdy', Model: 'Sturdy Large' }, IFD2: { FNumber: '8/1', ExposureTime: '1/250' } })
      .jpeg({ quality: 85 })
      .toFile(join(folder, `large-${index + 1}.jpg`));
  }
}

/** The photo on screen: its id, its picture, and where it lies. */
function shown(page: Page) {
  return page.evaluate(() => {
    const surface = document.querySelector<HTMLElement>('.surface')!;
    const image = surface.querySelector<HTMLImageElement>('.surface-layer > img');
    const place = surface.querySelector('.surface-place')!.getBoundingClientRect();
    const pane = surface.getBoundingClientRect();
    return {
      id: Number(surface.dataset.photo),
      isSharp: surface.dataset.sharp === 'true',
      source: image === null ? null : new URL(image.src).pathname,
      natural: image === null ? 0 : image.naturalWidth,
      place: { x: place.x, y: place.y, width: place.width, height: place.height },
      pane: { x: pane.x, y: pane.y, width: pane.width, height: pane.height },
    };
  });
}

async function waitSharp(page: Page): Promise<void> {
  await page.waitForSelector('.surface[data-sharp] .surface-layer > img');
}

describe.skipIf(browser === null)('the loupe', () => {
  let library: Library;
  let window: Window;
  let page: Page;
  const nameOf = (id: number): string => library.core.show(id).path.split('/').at(-1)!;
  /** Shows a folder in the grid, with the keyboard on the photos. */
  const openFolder = async (name: string, count: number): Promise<void> => {
    await page.keyboard.press('g');
    await page.locator('.place-open', { hasText: name }).click();
    await page.waitForFunction((wanted) => document.querySelectorAll('[data-index]').length === wanted, count);
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  };
  const current = async (): Promise<string> => nameOf((await shown(page)).id);

  beforeAll(async () => {
    const frames = usualFrames().filter((frame) => frame.name.startsWith('harbour/'));
    library = await openLibrary({ frames });
    await renderLarge(join(library.photos, 'large'));
    await library.core.index([library.photos]);
    window = await openWindow(library, { width: 1440, height: 900 });
    page = window.page;
    await openFolder('large', LARGE.count);
    await page.keyboard.press('Home');
    await page.keyboard.press('e');
    await waitSharp(page);
  });

  afterAll(async () => {
    await window?.close();
    await library?.close();
  });

  test('fits the photo, names it, and shows it in the strip', async () => {
    const now = await shown(page);
    expect(now.place.width / now.place.height).toBeCloseTo(1.5, 2);
    expect(Math.abs(now.place.width - now.pane.width) < 1 || Math.abs(now.place.height - now.pane.height) < 1).toBe(
      true,
    );
    expect(now.source).toMatch(/\/screen\//);
    expect(await page.locator('h1').textContent()).toBe(nameOf(now.id));
    expect(await page.locator('.loupe-caption').textContent()).toContain('f/8 1/250 s');
    expect(await page.locator('.strip-cell').count()).toBe(LARGE.count);
    expect(await page.locator('.strip-cell[aria-selected=true]').getAttribute('aria-label')).toBe(nameOf(now.id));
  });

  test('puts the next photo on screen within the frame of the key press, decoded beforehand', async () => {
    await page.keyboard.press('Home');
    const steps = await page.evaluate(async (count) => {
      const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
      const found: { before: string; after: string; isDecoded: boolean; milliseconds: number }[] = [];
      /** The picture of the next photo has come, and what was to be decoded before it is asked for here is decoded. */
      const waitForNext = async () => {
        const next = document.querySelector('.strip-cell[aria-selected=true]')!.nextElementSibling!.id.split('-')[1];
        const fetched = () =>
          performance.getEntriesByType('resource').find((one) => one.name.includes(`/screen/${next}?`))?.name;
        while (fetched() === undefined) await frame();
        const image = new Image();
        image.src = fetched()!;
        await image.decode();
      };
      for (let step = 0; step < count; step++) {
        await waitForNext();
        const surface = document.querySelector<HTMLElement>('.surface')!;
        const before = surface.dataset.photo!;
        const start = performance.now();
        document.body.dispatchEvent(
          new KeyboardEvent('keydown', { key: 'ArrowRight', code: 'ArrowRight', bubbles: true, cancelable: true }),
        );
        await frame();
        const image = document.querySelector<HTMLImageElement>('.surface-layer > img');
        found.push({
          before,
          after: document.querySelector<HTMLElement>('.surface')!.dataset.photo!,
          isDecoded: image?.complete === true && image.naturalWidth > 0,
          milliseconds: performance.now() - start,
        });
        await frame();
      }
      return found;
    }, 3);
    for (const step of steps) {
      expect(step.after).not.toBe(step.before);
      expect(step.isDecoded).toBe(true);
    }
    console.log(
      `Key to frame with the next photo (24 MP): ${steps.map((one) => one.milliseconds.toFixed(0)).join(', ')} ms`,
    );
  });

  test('moves by keys through the view and stops at its ends', async () => {
    await page.keyboard.press('Home');
    const first = await current();
    await page.keyboard.press('ArrowLeft');
    expect(await current()).toBe(first);
    await page.keyboard.press('ArrowDown');
    const second = await current();
    expect(second).not.toBe(first);
    await page.keyboard.press('End');
    const last = await current();
    await page.keyboard.press('ArrowRight');
    expect(await current()).toBe(last);
    await page.keyboard.press('PageUp');
    expect(await current()).toBe(first);
    await page.locator('.strip-cell').nth(1).click();
    expect(await current()).toBe(second);
    await page.keyboard.press('Home');
  });

  test('shows 100 % of the original, keeps the point under the pointer, pans with the mouse and the keys', async () => {
    const fitted = await shown(page);
    const pointer = { x: fitted.pane.x + fitted.pane.width * 0.6, y: fitted.pane.y + fitted.pane.height * 0.62 };
    const pointOf = (one: typeof fitted) => ({
      x: (pointer.x - one.place.x) / one.place.width,
      y: (pointer.y - one.place.y) / one.place.height,
    });
    await page.mouse.move(pointer.x, pointer.y);
    await page.keyboard.press('z');
    await page.waitForFunction(() =>
      document.querySelector<HTMLImageElement>('.surface-layer > img')?.src.includes('/full/'),
    );
    await waitSharp(page);
    const close = await shown(page);
    expect(close.natural).toBe(LARGE.width);
    expect(close.place.width).toBeCloseTo(LARGE.width, 0);
    // A fitted photo lies on whole pixels: half a pixel of it is many of the original's.
    expect(Math.abs(pointOf(close).x - pointOf(fitted).x)).toBeLessThan(0.002);
    expect(Math.abs(pointOf(close).y - pointOf(fitted).y)).toBeLessThan(0.002);

    await page.mouse.wheel(0, -120);
    await page.waitForFunction(
      (width) => document.querySelector('.surface-place')!.getBoundingClientRect().width > width,
      LARGE.width,
    );
    const closer = await shown(page);
    expect(pointOf(closer).x).toBeCloseTo(pointOf(close).x, 3);

    await page.mouse.down();
    await page.mouse.move(pointer.x - 90, pointer.y - 40, { steps: 3 });
    await page.mouse.up();
    const panned = await shown(page);
    expect(panned.place.x - closer.place.x).toBeCloseTo(-90, 0);
    expect(panned.place.y - closer.place.y).toBeCloseTo(-40, 0);
    await page.keyboard.press('Shift+ArrowRight');
    const further = await shown(page);
    expect(further.id).toBe(panned.id);
    expect(further.place.x).toBeLessThan(panned.place.x);

    await page.keyboard.press('ArrowRight');
    const next = await shown(page);
    expect(next.id).not.toBe(panned.id);
    expect(next.place.width).toBeCloseTo(further.place.width, 0);
    expect(next.place.x).toBeCloseTo(further.place.x, 0);
    await page.keyboard.press('Escape');
    expect((await shown(page)).place.width).toBeCloseTo(fitted.place.width, 0);
    await page.keyboard.press('ArrowLeft');
  });

  test('zooms by double click, by the keys + and −, and at the subject when the mouse is elsewhere', async () => {
    const fitted = await shown(page);
    await page.locator('.surface').dblclick({ position: { x: 200, y: 300 } });
    expect((await shown(page)).place.width).toBeCloseTo(LARGE.width, 0);
    await page.locator('.surface').dblclick({ position: { x: 200, y: 300 } });
    expect((await shown(page)).place.width).toBeCloseTo(fitted.place.width, 0);
    await page.mouse.move(5, 5);
    await page.keyboard.press('+');
    expect((await shown(page)).place.width).toBeGreaterThan(fitted.place.width);
    await page.keyboard.press('-');
    await page.keyboard.press('-');
    expect((await shown(page)).place.width).toBeCloseTo(fitted.place.width, 0);
    await page.keyboard.press('z');
    const now = await shown(page);
    const measures = library.core.show(now.id).measures as { subjectX: number; subjectY: number };
    const middle = (now.pane.x + now.pane.width / 2 - now.place.x) / now.place.width;
    // The sharpest tile at the subject: not its middle, but near it.
    expect(Math.abs(middle - measures.subjectX / 100)).toBeLessThan(0.2);
    await page.keyboard.press('Escape');
    // From the grid the same key opens the loupe there.
    await page.keyboard.press('g');
    await page.waitForSelector('[data-index]');
    await page.keyboard.press('z');
    await page.waitForSelector('.surface[data-enlarged]');
    const again = await shown(page);
    expect(again.id).toBe(now.id);
    expect(again.place.width).toBeCloseTo(now.place.width, 0);
    expect(again.place.x).toBeCloseTo(now.place.x, 0);
    await page.keyboard.press('Escape');
  });

  test('zooms and moves with two fingers', async () => {
    const fitted = await shown(page);
    const session = await page.context().newCDPSession(page);
    const middle = { x: fitted.pane.x + fitted.pane.width / 2, y: fitted.pane.y + fitted.pane.height / 2 };
    const touch = async (type: 'touchStart' | 'touchMove' | 'touchEnd', apart: number | null, by = 0) => {
      const touchPoints =
        apart === null ? [] : [-apart, apart].map((x, id) => ({ x: middle.x + x + by, y: middle.y, id }));
      await session.send('Input.dispatchTouchEvent', { type, touchPoints });
      // Movements of fingers are handed to the page with its frames.
      await page.evaluate(
        () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve(null)))),
      );
    };
    await touch('touchStart', 60);
    for (const apart of [80, 110, 150, 180]) await touch('touchMove', apart);
    const zoomed = await shown(page);
    expect(zoomed.place.width / fitted.place.width).toBeGreaterThan(2.4);
    expect(zoomed.place.width / fitted.place.width).toBeLessThan(3.4);
    expect((middle.x - zoomed.place.x) / zoomed.place.width).toBeCloseTo(0.5, 1);
    await touch('touchMove', 180, 50);
    expect((await shown(page)).place.x - zoomed.place.x).toBeGreaterThan(30);
    await touch('touchEnd', null);
    await page.keyboard.press('Escape');
    await session.detach();
  });

  test('paints what is clipped where it is clipped, and hides it again', async () => {
    await page.keyboard.press('j');
    const overlay = page.locator('.overlay-clipping[data-highlights]');
    await overlay.waitFor();
    expect(Number(await overlay.getAttribute('data-highlights'))).toBeCloseTo(0.4, 1);
    const painted = await overlay.evaluate((element) => {
      const canvas = element as HTMLCanvasElement;
      const alpha = (x: number, y: number) =>
        canvas.getContext('2d')!.getImageData(canvas.width * x, canvas.height * y, 1, 1).data[3];
      return { sky: alpha(0.5, 0.2), ground: alpha(0.5, 0.9) };
    });
    expect(painted.sky).toBe(235);
    expect(painted.ground).toBe(0);
    await page.keyboard.press('j');
    await overlay.waitFor({ state: 'detached' });
  });

  test('lays the focus map and the thirds over the photo', async () => {
    await page.keyboard.press('k');
    const map = page.getByRole('img', { name: /Focus map/ });
    await map.waitFor();
    const tiles = (library.core.show((await shown(page)).id).measures as { focusTiles: string }).focusTiles;
    expect(await map.locator('rect').count()).toBe([...tiles].filter((tile) => tile !== '0').length);
    await page.keyboard.press('k');
    await page.keyboard.press('o');
    await page.locator('.overlay-thirds').waitFor();
    await page.keyboard.press('o');
    expect(await page.locator('.overlay-thirds, .overlay-focus').count()).toBe(0);
  });

  test('tells the histogram, the facts of the file and every measure with its meaning', async () => {
    await page.getByRole('radio', { name: 'Photo', exact: true }).click();
    const histogram = page.getByRole('img', { name: /^Histogram: / });
    await histogram.waitFor();
    const words = (await histogram.getAttribute('aria-label'))!;
    expect(Number(/([\d.]+) % white/.exec(words)![1])).toBeGreaterThan(38);
    const facts = page.locator('.fact-groups');
    expect(await facts.textContent()).toContain('Sturdy Large');
    expect(await facts.textContent()).toContain('6000 × 4000 · 24 megapixels');
    await page.getByRole('radio', { name: 'Measures', exact: true }).click();
    await page.locator('[data-measure=clippedHighlights]').waitFor();
    const measure = await page.locator('[data-measure=clippedHighlights]').textContent();
    const value = (library.core.show((await shown(page)).id).measures as { clippedHighlights: number })
      .clippedHighlights;
    expect(measure).toContain(`${value.toFixed(1)} %`);
    expect(measure).toContain('pure white');
    await page.getByRole('radio', { name: 'Critique', exact: true }).click();
    // A click leaves the keyboard on the photos.
    const before = await current();
    await page.keyboard.press('ArrowRight');
    expect(await current()).not.toBe(before);
    await page.keyboard.press('ArrowLeft');
  });

  test('marks by key and by mouse, and the marks are in the catalog', async () => {
    const { id } = await shown(page);
    const marks = () => {
      const { flag, stars, color } = library.core.show(id);
      return { flag, stars, color };
    };
    await page.keyboard.press('p');
    await page.keyboard.press('4');
    await expect.poll(marks).toEqual({ flag: 'pick', stars: 4, color: 'none' });
    const bar = page.getByRole('group', { name: /^Marks of/ });
    await bar.getByRole('button', { name: 'Pick' }).click();
    await bar.getByRole('button', { name: '2 stars' }).click();
    await bar.getByRole('button', { name: /^Color label/ }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Green' }).click();
    await expect.poll(marks).toEqual({ flag: 'none', stars: 2, color: 'green' });
    await page.keyboard.press('Shift+x');
    expect((await shown(page)).id).not.toBe(id);
    await expect.poll(marks).toEqual({ flag: 'reject', stars: 2, color: 'green' });
    await page.keyboard.press('u');
    await page.keyboard.press('Home');
  });

  test('has no fault that axe finds, on any page of the inspector', async () => {
    for (const name of ['Critique', 'Photo', 'Measures']) {
      await page.getByRole('radio', { name, exact: true }).click();
      const section = page.getByRole('region', { name, exact: true });
      await section.locator('.critique, .fact-group').first().waitFor();
      expect(await faultsInBothThemes(page)).toEqual([]);
    }
    await page.getByRole('radio', { name: 'Critique', exact: true }).click();
  });

  test('says why a broken photo cannot be shown, and keeps the preview of one that has gone', async () => {
    await openFolder('harbour', 13);
    await page.keyboard.press('End');
    await page.keyboard.press('e');
    const state = page.locator('.loupe .state');
    await state.waitFor();
    expect(await state.textContent()).toContain('broken.jpg cannot be shown');
    const broken = library.core.list().find((one) => one.path.endsWith('broken.jpg'))!;
    expect(await state.textContent()).toContain(broken.error!);
    expect(await page.locator('.surface').count()).toBe(0);

    await page.keyboard.press('Home');
    await waitSharp(page);
    const { id } = await shown(page);
    const { path } = library.core.show(id);
    await stat(path);
    await rm(path);
    await library.core.index([library.photos]);
    await expect.poll(() => library.core.show(id).state).toBe('missing');
    await page.locator('.loupe-caption', { hasText: 'not here now' }).waitFor();
    expect((await shown(page)).source).toMatch(/\/screen\//);
  });

  test('complained of nothing', () => {
    expect(window.complaints).toEqual([]);
  });
});
