/**
 * The whole circle in a real browser: views of photos are given, become training data, and an adapter that a test made in
 * the trainer's place comes back, changes grades and is held against its base.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findBrowser } from '../../build/test-browser.mjs';
import { buildBridge } from '../../models/bridge/build.ts';
import { makeTinyCheckpoint, writeTinyModel } from '../../models/tiny/make.ts';
import type { Tensors } from '../convert/checkpoints.ts';
import { writeAdapter } from '../convert/made-adapter.ts';
import { loadAsLlava } from '../learning/llava-loader.ts';
import { complain, type Frame, type Library, openLibrary, openWindow, type Window } from './support.ts';

const browser = findBrowser();
if (browser === null) console.log('The test of the circle is skipped: no Chromium was found.');

const FRAMES = Array.from(
  { length: 24 },
  (_, index): Frame => ({
    name: `shoot ${Math.floor(index / 6) + 1}/frame-${String(index + 1).padStart(2, '0')}.jpg`,
    width: index % 2 === 0 ? 600 : 400,
    height: index % 2 === 0 ? 400 : 600,
    takenAt: `2024:05:0${Math.floor(index / 6) + 1} 10:${String(index).padStart(2, '0')}:00`,
  }),
);

describe.skipIf(browser === null)('from views to an adapter and back', () => {
  let library: Library;
  let window: Window;
  let page: Page;
  const home = process.env.HOME;

  beforeAll(async () => {
    await buildBridge();
    library = await openLibrary({ frames: FRAMES });
    // Choosing a folder begins at home.
    process.env.HOME = library.directory;
    const tiny = makeTinyCheckpoint({ seed: 3 });
    const pair = await writeTinyModel(join(library.directory, 'base'), tiny);
    const targets = ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'up_proj', 'down_proj'];
    const spec = { rank: 4, alpha: 8, targets, type: 'F32', format: 'bin', projector: true } as const;
    await writeAdapter(join(library.directory, 'trained'), tiny.tensors as unknown as Tensors, spec);
    const client = createRouterClient(library.core.router);
    const { settings } = library.core;
    await client.settings.set({
      ...settings,
      performance: { ...settings.performance, modelThreads: 1 },
      models: { ...settings.models, gradeInBackground: false },
    });
    await library.core.models.addLocal({ ...pair, name: 'base', title: 'Base' });
    await library.core.models.use('base');
    await grade();
    window = await openWindow(library, { width: 1440, height: 900 });
    page = window.page;
    await page.waitForSelector('[data-index]');
  }, 300_000);
  afterAll(async () => {
    process.env.HOME = home;
    await window?.close();
    await library?.close();
  });

  async function grade(): Promise<void> {
    await library.core.critics.gradeNow(library.core.listIds(), {
      trace: false,
      signal: new AbortController().signal,
      onProgress: () => {},
      onFailure: (photo, reason) => expect.fail(`${photo}: ${reason}`),
    });
  }
  const values = () => library.core.list({ sort: 'name' }).map(({ grade: given }) => given?.value ?? -1);

  test('a view is given in the loupe in a few keys, with nothing of a critic in sight', async () => {
    await page.locator('.tile').first().click();
    await page.keyboard.press('e');
    await page.waitForSelector('.surface[data-sharp]');
    await page.keyboard.press('v');
    const dialog = page.getByRole('dialog', { name: 'Your view' });
    await dialog.waitFor();
    expect(
      await dialog
        .getByRole('textbox')
        .evaluateAll((fields) => fields.map((field) => (field as HTMLInputElement).value).join('')),
    ).toBe('');
    expect(await dialog.innerText()).not.toMatch(/\d{2}\b|Technical|Base/);
    await page.keyboard.press('2');
    await dialog.getByRole('button', { name: 'Light helps' }).click();
    await dialog.getByRole('textbox', { name: 'Light: in what way' }).fill('soft from above');
    await dialog.getByRole('button', { name: 'Composition hurts' }).click();
    await dialog.getByRole('textbox', { name: 'Composition: what would be better' }).fill('wait for the sailboat');
    expect(await complain(page)).toEqual([]);
    if (process.env.KEEPLIGHT_SHOTS)
      await page.screenshot({ path: join(process.env.KEEPLIGHT_SHOTS, 'your-view.png') });
    await page.keyboard.press('Control+Enter');
    await dialog.waitFor({ state: 'detached' });
    const [found] = library.core.listIds({ filter: 'sailboat' });
    expect(library.core.feedback.of(found!)).toMatchObject([
      {
        grade: 'good',
        attributes: { light: { side: 'helps', text: 'soft from above' }, composition: { side: 'hurts' } },
      },
    ]);
  });

  test('two rounds of ten with progress and an end that says how far one agrees', async () => {
    await page.keyboard.press('g');
    await openModels(page);
    await page.getByRole('button', { name: 'Ten photos that teach most' }).click();
    for (const round of [1, 2]) {
      for (let photo = 1; photo <= 10; photo++) {
        const dialog = page.getByRole('dialog', { name: `Your view · ${photo} of 10` });
        await dialog.waitFor();
        await dialog.getByRole('button', { name: /^Excellent/ }).focus();
        await page.keyboard.press(String((photo % 5) + 1));
        await dialog.getByRole('textbox', { name: 'In a line' }).fill(`Round ${round}, remark ${photo}`);
        await page.keyboard.press('Control+Enter');
      }
      const end = page.getByRole('dialog', { name: 'That was all of this round' });
      await end.waitFor();
      await end.getByRole('cell', { name: '%' }).first().waitFor();
      if (process.env.KEEPLIGHT_SHOTS)
        await page.screenshot({ path: join(process.env.KEEPLIGHT_SHOTS, `round-${round}.png`) });
      await end.getByRole('button', { name: round === 1 ? 'Another round' : 'Done' }).click();
    }
    expect(library.core.feedback.agreement().photos).toBe(21);
  });

  test('the views become training data that LLaVA’s loader takes', async () => {
    await page.getByRole('button', { name: 'Make training data…' }).click();
    await page.getByRole('textbox', { name: 'Consent' }).fill('all agreed');
    await page.getByRole('button', { name: 'Choose a folder…' }).click();
    await page.getByRole('button', { name: /^Choose keeplight-e2e/ }).click();
    await page.getByText(/entries to train on and/).waitFor();
    if (process.env.KEEPLIGHT_SHOTS) await page.screenshot({ path: join(process.env.KEEPLIGHT_SHOTS, 'dataset.png') });
    const name = (await readdir(library.directory)).find((one) => one.startsWith('keeplight-dataset-'))!;
    const folder = join(library.directory, name);
    const train = await loadAsLlava(join(folder, 'train.json'), join(folder, 'images'));
    const validation = await loadAsLlava(join(folder, 'validation.json'), join(folder, 'images'));
    expect(train.length).toBeGreaterThan(60);
    expect(validation.length).toBeGreaterThan(10);
    expect(await readFile(join(folder, 'card.md'), 'utf8')).toContain('Consent: all agreed');
    await page.getByRole('dialog').getByRole('button', { name: 'Done' }).click();
  });

  test('an adapter comes back, changes grades at its strength, stands beside its base, and goes again', async () => {
    const before = values();
    await page.locator('[data-model="base"]').getByRole('button', { name: 'Add an adapter' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'trained' }).click();
    await page.getByRole('button', { name: 'Choose trained' }).click();
    const row = page.locator('[data-model="base+trained"]');
    await row.waitFor();
    await row.getByRole('button', { name: 'Let it grade' }).click();
    await row.getByText('Grades now').waitFor();
    await grade();
    const full = values();
    expect(Math.max(...full.map((value, index) => Math.abs(value - before[index]!)))).toBeGreaterThan(1);
    const slider = row.getByRole('slider', { name: /^Strength/ });
    await slider.focus();
    for (let step = 0; step < 10; step++) await page.keyboard.press('ArrowLeft');
    await row.getByText('0.50 ×').waitFor();
    await expect
      .poll(async () => (await library.core.models.list()).find(({ name }) => name === 'base+trained')?.adapter?.scale)
      .toBe(0.5);
    await grade();
    const half = values();
    expect(half).not.toEqual(full);
    expect(half).not.toEqual(before);
    await page.keyboard.press('g');
    await page.waitForSelector('[data-index]');
    await openModels(page);
    for (const title of ['Base', 'Base + trained', 'Technical quality, measured'])
      await page.locator('.own-critic').getByRole('heading', { name: title, exact: true }).waitFor();
    expect(await page.locator('.own-critic', { hasText: 'Base + trained' }).innerText()).toMatch(
      /Puts \d+ % of pairs in your order/,
    );
    expect(await complain(page)).toEqual([]);
    if (process.env.KEEPLIGHT_SHOTS)
      await page.screenshot({ path: join(process.env.KEEPLIGHT_SHOTS, 'models.png'), fullPage: true });
    await page.getByRole('button', { name: 'Remove Base + trained' }).click();
    await page.getByRole('button', { name: 'Remove', exact: true }).click();
    await row.waitFor({ state: 'detached' });
    expect(values()).toEqual(before);
    expect(window.complaints).toEqual([]);
  });
});

async function openModels(page: Page): Promise<void> {
  await page.keyboard.press('Control+,');
  await page.getByRole('button', { name: 'Models', exact: true }).click();
  await page.waitForSelector('.models');
}
