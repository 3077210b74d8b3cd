/** The critique in a real browser: first the measured critic alone, then a model of random weights through the engine. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findBrowser } from '../../build/test-browser.mjs';
import { withFault, withGrain } from '../../electron/core/demo/faults.ts';
import { SCENES } from '../../electron/core/demo/scenes.ts';
import type { Fault } from '../../electron/core/demo/shoot.ts';
import { renderTerrain } from '../../electron/core/demo/terrain.ts';
import { buildBridge } from '../../models/bridge/build.ts';
import { makeTinyModel } from '../../models/tiny/make.ts';
import { accessibilityFaults, faultsInBothThemes } from './axe.ts';
import { type Library, openLibrary, openWindow, type Window } from './support.ts';

const SIZE = { width: 1500, height: 1000 };
const FAULTS: Readonly<Record<string, Fault | null>> = {
  'intact.jpg': null,
  'dark.jpg': { name: 'underexposed', strength: -2.5 },
  'cold.jpg': { name: 'colour-cast', strength: -1 },
};

/** Half a percent of the picture, burnt. */
const SUN = Buffer.from(
  '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100"><circle cx="50" cy="50" r="49" fill="#fff"/></svg>',
);

/** Those, and a leaning one. */
const PHOTOS = Object.keys(FAULTS).length + 1;

const browser = findBrowser();
if (browser === null) console.log('Tests of the critique are skipped: no Chromium was found.');

let shoot: Promise<ReadonlyMap<string, Buffer>> | null = null;

/** One scene with planted faults, so that what the page says can be checked against what was done. */
async function renderShoot(folder: string): Promise<void> {
  shoot ??= drawShoot();
  await mkdir(folder, { recursive: true });
  for (const [name, bytes] of await shoot) await writeFile(join(folder, name), bytes);
}

async function drawShoot(): Promise<ReadonlyMap<string, Buffer>> {
  const scene = SCENES['lake at dawn'];
  if (scene?.kind !== 'terrain') throw new Error('The scene of this test has changed its kind.');
  const { rgb: light } = renderTerrain(scene, SIZE.width, SIZE.height);
  const rgb = await sharp(light, { raw: { ...SIZE, channels: 3 } })
    .sharpen({ sigma: 0.7, m1: 0.6, m2: 2.2 })
    .raw()
    .toBuffer();
  const files = new Map<string, Buffer>();
  for (const [name, fault] of Object.entries(FAULTS)) {
    const made = await withFault(withGrain({ rgb, ...SIZE }, 1.3), fault);
    const plain = sharp(made.rgb, { raw: { width: made.width, height: made.height, channels: 3 } });
    const picture = fault === null ? plain.composite([{ input: SUN, left: 1100, top: 120 }]) : plain;
    files.set(name, await picture.jpeg({ quality: 92 }).toBuffer());
  }
  files.set('tilted.jpg', await leaningFence(3));
  return files;
}

/** A meadow behind a fence: a lean is believed where rails and posts agree. @param degrees clockwise */
async function leaningFence(degrees: number): Promise<Buffer> {
  const posts = Array.from({ length: 11 }, (_, at) => {
    const height = 560 + (at % 3) * 60;
    return `<rect x="${60 + at * 170}" y="${1080 - height}" width="26" height="${height}" fill="#3a2f26"/>`;
  });
  const rails = [600, 760, 920].map((y) => `<rect x="0" y="${y}" width="1900" height="16" fill="#59483a"/>`);
  const level = `<svg xmlns="http://www.w3.org/2000/svg" width="1900" height="1300"><rect width="1900" height="560"
    fill="#9cc3e6"/><rect y="560" width="1900" height="740" fill="#4c7a3a"/>${[...posts, ...rails].join('')}</svg>`;
  const turned = await sharp(Buffer.from(level))
    .rotate(degrees, { background: '#888' })
    .toBuffer({ resolveWithObject: true });
  const { data, info } = turned;
  const grain = { type: 'gaussian', mean: 128, sigma: 9 } as const;
  const noise = await sharp({ create: { ...SIZE, channels: 3, background: '#808080', noise: grain } })
    .png()
    .toBuffer();
  return sharp(data)
    .extract({ left: (info.width - SIZE.width) >> 1, top: (info.height - SIZE.height) >> 1, ...SIZE })
    .composite([{ input: noise, blend: 'soft-light' }])
    .jpeg({ quality: 92 })
    .toBuffer();
}

/** Hash and time of a file: what must not change. */
async function stateOf(path: string): Promise<string> {
  const { mtimeMs, size } = await stat(path);
  return `${createHash('sha256')
    .update(await readFile(path))
    .digest('hex')} ${mtimeMs} ${size}`;
}

/** Mean color of what is on screen inside the photo. */
async function meanOnScreen(page: Page): Promise<[number, number, number]> {
  const box = (await page.locator('.surface-place').boundingBox())!;
  const picture = await page.screenshot({
    clip: { x: box.x + box.width * 0.3, y: box.y + box.height * 0.3, width: box.width * 0.4, height: box.height * 0.4 },
  });
  const { channels } = await sharp(picture).removeAlpha().stats();
  return channels.map(({ mean }) => mean) as [number, number, number];
}

async function openPhoto(library: Library, page: Page, name: string): Promise<number> {
  const photo = library.core.list().find((one) => one.path.endsWith(name))!;
  await page.keyboard.press('g');
  await page.waitForSelector('[data-index]');
  await page.locator(`.tile[aria-label^="${name}"]`).click();
  await page.keyboard.press('e');
  await page.waitForSelector(`.surface[data-photo="${photo.id}"][data-sharp]`);
  return photo.id;
}

describe.skipIf(browser === null)('the measured critic in the loupe', () => {
  let library: Library;
  let window: Window;
  let page: Page;

  beforeAll(async () => {
    library = await openLibrary({ frames: [] });
    await renderShoot(library.photos);
    await library.core.index([library.photos]);
    window = await openWindow(library, { width: 1440, height: 900 });
    page = window.page;
    await page.waitForSelector('[data-index]');
  });

  afterAll(async () => {
    await window?.close();
    await library?.close();
  });

  test('says the grade as measured, and the reasons of the catalog, heaviest first', async () => {
    const id = await openPhoto(library, page, 'dark.jpg');
    const { grade } = library.core.show(id);
    const panel = page.locator('.critique[data-critic=measured]');
    await panel.waitFor();
    expect(await panel.locator('.critique-grade').textContent()).toBe(
      `Technical quality ~about ${Math.round(grade!.value)}`,
    );
    expect(await panel.locator('.critique-critic').textContent()).toBe('Measured');
    expect(await panel.locator('h3').first().textContent()).toMatch(
      /^(Excellent|Good|Fair|Poor|Bad) technical quality · /,
    );
    const names = await panel
      .locator('.reasons li')
      .evaluateAll((rows) => rows.map((row) => (row as HTMLElement).dataset.reason));
    expect(names).toEqual(
      grade!.reasons.toSorted((one, other) => Math.abs(other.weight) - Math.abs(one.weight)).map(({ name }) => name),
    );
    expect(names).toContain('underexposed');
    for (const reason of grade!.reasons) expect(await panel.textContent()).toContain(reason.text);
  });

  test('answers W with its reasons, from any view, and offers a model in one line', async () => {
    const answers = () =>
      expect.poll(() => page.evaluate(() => document.activeElement?.id), { timeout: 20_000 }).toBe('reasons-head');
    await page.keyboard.press('w');
    await answers();
    const shown = await page.locator('.surface').getAttribute('data-photo');
    for (const view of ['c', 'g']) {
      await page.keyboard.press(view);
      await page.waitForSelector(view === 'g' ? '[data-index]' : '.pane');
      // Without a pause: the key that follows belongs to the view that is seen.
      await page.keyboard.press('w');
      await answers();
      expect(await page.locator('.surface').getAttribute('data-photo')).toBe(shown);
    }
    const offer = page.locator('.critique-offer');
    await offer.getByRole('button').click();
    await page.locator('.models').waitFor();
    expect(await page.locator('[data-model=measured]').textContent()).toContain('Grades now');
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.waitForSelector('.loupe');
  });

  test('shows a brighter photo while the suggestion is tried, the original while Space is held, and writes nothing', async () => {
    const path = library.core.list().find((one) => one.path.endsWith('dark.jpg'))!.path;
    const before = await stateOf(path);
    const asIs = await meanOnScreen(page);
    const pill = page.locator('.pill[data-kind=exposure]');
    await pill.click();
    await page.locator('.loupe-caption', { hasText: 'Preview of a suggestion' }).waitFor();
    const tried = await meanOnScreen(page);
    expect(tried[1]).toBeGreaterThan(asIs[1] * 1.25);
    await page.keyboard.down(' ');
    await expect.poll(async () => Math.abs((await meanOnScreen(page))[1] - asIs[1])).toBeLessThan(1);
    await page.keyboard.up(' ');
    await expect.poll(async () => Math.abs((await meanOnScreen(page))[1] - tried[1])).toBeLessThan(1);
    await page.keyboard.press('Escape');
    await expect.poll(async () => Math.abs((await meanOnScreen(page))[1] - asIs[1]) < 1).toBe(true);
    expect(await stateOf(path)).toBe(before);
  });

  test('takes the cast off and turns the horizon level, with the frame that remains', async () => {
    await openPhoto(library, page, 'cold.jpg');
    const asIs = await meanOnScreen(page);
    await page.locator('.pill[data-kind=white-balance]').click();
    await expect.poll(async () => (await meanOnScreen(page))[2] - asIs[2]).toBeLessThan(-3);
    expect((await meanOnScreen(page))[0]).toBeGreaterThan(asIs[0] + 3);

    const id = await openPhoto(library, page, 'tilted.jpg');
    const { tilt } = library.core.show(id).measures as { tilt: number };
    expect(Math.abs(tilt - 3)).toBeLessThan(1);
    await page.locator('.pill[data-kind=straighten]').click();
    const frame = page.locator('.overlay-frame');
    await frame.waitFor();
    const turn = await page.locator('.surface-picture').evaluate((element) => getComputedStyle(element).rotate);
    expect(Number.parseFloat(turn)).toBeCloseTo(-tilt, 0);
    const [outer, inner] = [await page.locator('.surface-place').boundingBox(), await frame.boundingBox()];
    expect(inner!.width / outer!.width).toBeGreaterThan(0.8);
    expect(inner!.width / outer!.width).toBeLessThan(0.97);
    expect(inner!.width / inner!.height).toBeCloseTo(1.5, 1);
    // The next photo is shown as it is.
    await page.keyboard.press('ArrowLeft');
    expect(await frame.count()).toBe(0);
  });

  test('lights up where a reason was measured, exactly as much of the photo, at every zoom, by pointer and by keyboard', async () => {
    const id = await openPhoto(library, page, 'tilted.jpg');
    const words = page.locator('.surface .evidence-words');
    const clean = page
      .locator('.reasons li[data-reason="true-colour"], .reasons li[data-reason="crisp-detail"]')
      .first();
    await clean.hover();
    await expect.poll(() => words.textContent(), { timeout: 20_000 }).toMatch(/of the photo|of 100/);
    await page.mouse.move(5, 5);
    await expect.poll(() => words.textContent()).toBe('');

    // The keyboard lights up the same; the lines lie on the photo, at its angle, fitted and enlarged.
    await page.locator('.reasons li[data-reason=tilted-horizon]').focus();
    const { tilt } = library.core.show(id).measures as { tilt: number };
    await expect.poll(() => words.textContent()).toBe(`leans ${Math.abs(tilt).toFixed(1)}° clockwise`);
    const isOnPhoto = () =>
      page.evaluate(() => {
        const [lit, photo] = ['.evidence', '.surface-place'].map((one) =>
          document.querySelector(one)!.getBoundingClientRect(),
        );
        return Math.max(Math.abs(lit!.x - photo!.x), Math.abs(lit!.y - photo!.y), Math.abs(lit!.width - photo!.width));
      });
    expect(await isOnPhoto()).toBeLessThan(0.01);
    const fitted = (await page.locator('.surface-place').boundingBox())!;
    await page.mouse.dblclick(fitted.x + 300, fitted.y + 200);
    await expect
      .poll(async () => (await page.locator('.surface-place').boundingBox())!.width)
      .toBeGreaterThan(fitted.width);
    // A click on the photo has taken the keyboard there.
    await page.locator('.reasons li[data-reason=tilted-horizon]').focus();
    await page.locator('.evidence').waitFor();
    expect(await isOnPhoto()).toBeLessThan(0.01);
    expect(await faultsInBothThemes(page)).toEqual([]);
    await page.mouse.dblclick(fitted.x + 300, fitted.y + 200);

    // What a mask covers on screen is the share that is stored: a white sun of half a percent.
    await openPhoto(library, page, 'intact.jpg');
    await page.getByRole('radio', { name: 'Measures', exact: true }).click();
    const { measures } = library.core.list().find((one) => one.path.endsWith('intact.jpg'))!;
    const { clippedHighlights } = measures as { clippedHighlights: number };
    expect(clippedHighlights).toBeGreaterThan(0.3);
    await page.locator('[data-measure=clippedHighlights]').hover();
    const mask = page.locator('.evidence canvas');
    await expect.poll(() => mask.getAttribute('data-share'), { timeout: 20_000 }).not.toBeNull();
    expect(100 * Number(await mask.getAttribute('data-share'))).toBeCloseTo(clippedHighlights, 3);
    expect(await words.textContent()).toBe(`clipped to white: ${clippedHighlights.toFixed(1)} % of the photo`);
    await page.getByRole('radio', { name: 'Critique', exact: true }).click();
    await page.mouse.move(5, 5);
  });

  test('has no fault that axe finds, and complained of nothing', async () => {
    await openPhoto(library, page, 'dark.jpg');
    await page.locator('.pill[data-kind=exposure]').click();
    expect(await faultsInBothThemes(page)).toEqual([]);
    expect(window.complaints).toEqual([]);
  });
});

describe.skipIf(browser === null)('a model in the loupe', () => {
  let library: Library;
  let window: Window;
  let page: Page;
  let isReady = false;
  const home = process.env.HOME;

  beforeAll(async () => {
    try {
      await buildBridge({});
      isReady = true;
    } catch (error) {
      console.log(`Tests of a model in the page are skipped: ${error instanceof Error ? error.message : error}`);
      return;
    }
    library = await openLibrary({ frames: [] });
    await renderShoot(library.photos);
    await library.core.index([library.photos]);
    // The chooser starts in the person's own folder.
    process.env.HOME = library.directory;
    await makeTinyModel(join(library.directory, 'my models'));
    window = await openWindow(library, { width: 1440, height: 900 });
    page = window.page;
    await page.waitForSelector('[data-index]');
  }, 600_000);

  afterAll(async () => {
    process.env.HOME = home;
    await window?.close();
    await library?.close();
  });

  const when = (name: string, run: () => Promise<void>, timeout = 120_000) =>
    test(
      name,
      async (context) => {
        if (!isReady) context.skip();
        await run();
      },
      timeout,
    );

  when('is shown with its licence and its size before anything is fetched', async () => {
    await page.keyboard.press('e');
    await page.locator('.critique-offer').getByRole('button').click();
    const offered = page.locator('.model', { hasText: 'AesExpert 7B' });
    expect(await offered.count()).toBe(1);
    await offered.getByRole('button', { name: 'Install' }).click();
    const dialog = page.locator('dialog[open]');
    const fetch = dialog.getByRole('button', { name: /^Fetch/ });
    expect(await fetch.textContent()).toMatch(/GB/);
    expect(await fetch.isDisabled()).toBe(true);
    expect((await dialog.getByRole('document', { name: /^Licence of / }).textContent())!.length).toBeGreaterThan(100);
    await dialog.getByText('I agree to these terms').click();
    expect(await fetch.isDisabled()).toBe(false);
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(library.core.jobs().filter((job) => job.kind === 'download' || job.kind === 'convert')).toEqual([]);
  });

  when('is added from disk by its name and its projector found beside it', async () => {
    await page.getByRole('button', { name: 'Add a model file' }).click();
    const chooser = page.locator('dialog[open]');
    await chooser.getByRole('button', { name: 'my models' }).click();
    await chooser.getByRole('button', { name: /^tiny\.gguf/ }).click();
    expect(await accessibilityFaults(page)).toEqual([]);
    await chooser.getByRole('button', { name: 'Choose', exact: true }).click();
    const row = page.locator('.model', { hasText: 'your own file' });
    await row.waitFor({ timeout: 30_000 });
    await row.getByRole('button', { name: 'Let it grade' }).click();
    await row.locator('.model-active').first().waitFor({ timeout: 30_000 });
    expect(await row.locator('.model-active').allTextContents()).toEqual(['Grades now', 'Writes now']);
    await page.getByRole('button', { name: 'Grade the whole library now' }).click();
    await expect
      .poll(() => library.core.list().filter((one) => one.grade?.critic !== 'measured').length, { timeout: 100_000 })
      .toBe(PHOTOS);
    expect(await page.locator('.engine .facts').textContent()).toContain('Running');
  });

  when('shows the grade, five probabilities and the shape of eight dimensions', async () => {
    const id = await openPhoto(library, page, 'intact.jpg');
    const { grade } = library.core.show(id);
    const panel = page.locator('.critique');
    await expect.poll(() => panel.getAttribute('data-critic')).toBe(grade!.critic);
    expect(await panel.locator('.critique-grade').textContent()).toBe(`Grade ${Math.round(grade!.value)}`);
    expect(await panel.locator('.bars').first().locator('dt').allTextContents()).toEqual([
      'Excellent',
      'Good',
      'Fair',
      'Poor',
      'Bad',
      'Expected',
    ]);
    const radar = await page.getByRole('img', { name: /^Dimensions: / }).getAttribute('aria-label');
    expect(radar!.match(/\d+/g)!.length).toBeGreaterThanOrEqual(8);
  });

  when('explains on W, word by word, keeps the text and shows it at the next visit', async () => {
    await openPhoto(library, page, 'dark.jpg');
    await page.keyboard.press('w');
    const words = page.locator('[aria-label=Explanation]');
    await words.locator('.prose h4').first().waitFor({ timeout: 60_000 });
    await expect.poll(() => words.getAttribute('data-writing'), { timeout: 100_000 }).toMatch(/complete|length/);
    const text = await words.locator('.prose section').first().textContent();
    expect(text!.length).toBeGreaterThan(10);
    expect(await page.locator('[aria-label=Explanation]').count()).toBe(1);
    // What leads to the answer scrolls the page of the inspector: the tabs above and the field below stay.
    const frame = (await page.locator('.inspector').boundingBox())!;
    const tabs = (await page.locator('.inspector-pages').boundingBox())!;
    const field = (await page.getByLabel('Ask about this photo').boundingBox())!;
    expect(tabs.y).toBe(frame.y);
    expect(field.y + field.height).toBeLessThanOrEqual(frame.y + frame.height);
    const notes = await words.locator('.notes li').allTextContents();
    expect(notes.length).toBeGreaterThan(0);
    await page.reload();
    await page.waitForSelector('[data-index]');
    await openPhoto(library, page, 'dark.jpg');
    await expect.poll(() => words.locator('.prose section').first().textContent(), { timeout: 20_000 }).toBe(text);
    // What the text leans on is there again, and nothing was written anew for it.
    await expect.poll(() => words.locator('.notes li').allTextContents(), { timeout: 20_000 }).toEqual(notes);
    expect(await words.getAttribute('data-writing')).toBeNull();
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  when('stops writing when it is told to', async () => {
    await openPhoto(library, page, 'tilted.jpg');
    await page.keyboard.press('w');
    const words = page.locator('[aria-label=Explanation]');
    await words.getByRole('button', { name: 'Stop' }).click({ timeout: 60_000 });
    await expect.poll(() => words.getAttribute('data-writing')).toMatch(/stopped|complete|length/);
    expect(await words.getByRole('button', { name: /Write again|Try again/ }).count()).toBe(1);
  });

  when('talks: a quick question, a question of one’s own, again, and deleted', async () => {
    const id = await openPhoto(library, page, 'intact.jpg');
    const talk = page.locator('.talk');
    await talk.getByRole('button', { name: 'What about the light?' }).click();
    await expect.poll(() => talk.locator('.messages li').count(), { timeout: 100_000 }).toBe(2);
    await page.getByLabel('Ask about this photo').fill('Would a tighter crop help?');
    await page.keyboard.press('Enter');
    await expect.poll(() => talk.locator('.messages li').count(), { timeout: 100_000 }).toBe(4);
    expect(await talk.locator('.message-person').allTextContents()).toEqual([
      'You: What about the light?',
      'You: Would a tighter crop help?',
    ]);
    const before = library.core.critics.messages(id);
    await talk.getByRole('button', { name: 'Retry' }).click();
    // Another answer has taken the place of the last one, to the same question.
    const isAnother = () => {
      const now = library.core.critics.messages(id);
      return now.length === before.length && now.at(-1)!.id !== before.at(-1)!.id && now.at(-1)!.role === 'critic';
    };
    await expect.poll(isAnother, { timeout: 100_000 }).toBe(true);
    await talk.locator('[data-writing]').waitFor({ state: 'detached', timeout: 100_000 });
    expect(await talk.locator('.message-person').count()).toBe(2);
    await talk.locator('.message-person').first().getByRole('button').click();
    await expect.poll(() => talk.locator('.messages li').count()).toBe(2);
    await talk.getByRole('button', { name: 'Delete the talk' }).click();
    await page.locator('dialog[open]').getByRole('button', { name: 'Delete', exact: true }).click();
    await expect.poll(() => talk.locator('.messages li').count()).toBe(0);
  });

  when('gives a written reason for one photo over another', async () => {
    await page.keyboard.press('Escape');
    await page.keyboard.press('g');
    await page.keyboard.press('Control+a');
    await page.keyboard.press('c');
    await page.waitForFunction((count) => document.querySelectorAll('.pane').length === count, PHOTOS);
    await page.keyboard.press('a');
    const verdict = page.locator('.verdict-text');
    await verdict.waitFor({ timeout: 60_000 });
    expect(await verdict.textContent()).toMatch(/^([ABCD] over |Too close to call)/);
    expect(await page.locator('.verdict').textContent()).toMatch(/Decided by the grades of .+ and what was measured/);
  });

  when('is started again when its process dies while it writes', async () => {
    await openPhoto(library, page, 'cold.jpg');
    const words = page.locator('[aria-label=Explanation]');
    await page.keyboard.press('w');
    await words.getByRole('button', { name: 'Stop' }).waitFor({ timeout: 60_000 });
    const killed = await killModels();
    expect(killed).toBeGreaterThan(0);
    await expect.poll(() => words.getAttribute('data-writing'), { timeout: 60_000 }).not.toBe('writing');
    if ((await words.getAttribute('data-writing')) === 'failed') {
      expect((await words.getByRole('alert').textContent())!.length).toBeGreaterThan(20);
    }
    await words.getByRole('button', { name: /Try again|Write again/ }).click();
    await expect.poll(() => words.getAttribute('data-writing'), { timeout: 100_000 }).toMatch(/complete|length/);
  });

  when('gives the floor back to the measured critic', async () => {
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    await openPhoto(library, page, 'intact.jpg');
    await page.locator('.critique').waitFor();
    const before = library.core.list().find((one) => one.path.endsWith('intact.jpg'))!.grade!;
    expect(before.critic).not.toBe('measured');
    // The way to the models leads through the settings while a model speaks.
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByRole('button', { name: /model/i }).first().click();
    await page.locator('[data-model=measured]').getByRole('button', { name: 'Use', exact: true }).click();
    await expect
      .poll(() => library.core.list().find((one) => one.path.endsWith('intact.jpg'))!.grade!.critic)
      .toBe('measured');
    await page.keyboard.press('Escape');
    await openPhoto(library, page, 'intact.jpg');
    await page.locator('.critique[data-critic=measured]').waitFor();
    expect(window.complaints).toEqual([]);
  });
});

/** Kills the model processes of this test. @returns how many there were */
async function killModels(): Promise<number> {
  let killed = 0;
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const [command, status] = await Promise.all([
      readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => ''),
      readFile(`/proc/${name}/status`, 'utf8').catch(() => ''),
    ]);
    if (command.includes('model-process') && status.includes(`PPid:\t${process.pid}\n`)) {
      process.kill(Number(name), 'SIGKILL');
      killed++;
    }
  }
  return killed;
}
