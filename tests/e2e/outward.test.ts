/** A person culls, exports, throws away, takes that back and reads the report, in real Chromium. */
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findBrowser } from '../../build/test-browser.mjs';
import { faultsInBothThemes } from './axe.ts';
import { type Library, openLibrary, openWindow, type Window } from './support.ts';

const browser = findBrowser();
if (browser === null) console.log('Tests of what leaves the library are skipped: no Chromium was found.');

describe.skipIf(browser === null)('what leaves the library', () => {
  let library: Library;
  let window: Window;
  let home: string;
  const before = { HOME: process.env.HOME, XDG_DATA_HOME: process.env.XDG_DATA_HOME };

  beforeAll(async () => {
    library = await openLibrary({
      frames: Array.from({ length: 8 }, (_, index) => ({
        name: `shoot/frame-${index}.jpg`,
        width: 300,
        height: 200,
        takenAt: `2024:05:01 10:0${index}:00`,
      })),
    });
    home = join(library.directory, '../home-of-a-person');
    mkdirSync(join(home, 'Out'), { recursive: true });
    process.env.HOME = home;
    process.env.XDG_DATA_HOME = join(home, 'data');
    window = await openWindow(library, { width: 1280, height: 800 });
    await window.page.waitForSelector('[data-index]');
  }, 240_000);

  afterAll(async () => {
    await window?.close();
    await library?.close();
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    rmSync(home, { recursive: true, force: true });
  });

  test('an export shows where everything goes, and does it', async () => {
    const { page } = window;
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Control+Shift+E');
    const dialog = page.locator('dialog.export-dialog');
    await dialog.getByRole('button', { name: 'Choose…' }).click();
    await page.getByRole('button', { name: 'Home', exact: true }).click();
    await page.getByRole('button', { name: 'Out', exact: true }).click();
    await page.getByRole('button', { name: 'Export to “Out”' }).click();
    await dialog.getByRole('textbox', { name: 'Names' }).fill('{yyyy}/{shoot}-{counter:2}');
    await dialog.getByText('2024/shoot-01.jpg', { exact: true }).waitFor();
    expect(readdirSync(join(home, 'Out'))).toEqual([]);
    expect(await faultsInBothThemes(page)).toEqual([]);
    await dialog.getByRole('textbox', { name: 'Names' }).fill('{nome}');
    await dialog
      .getByRole('alert')
      .getByText(/A pattern has no \{nome\}/)
      .waitFor();
    await dialog.getByRole('textbox', { name: 'Names' }).fill('{yyyy}/{shoot}-{counter:2}');
    await dialog.getByRole('button', { name: 'Copy 8 files' }).click();
    await expect
      .poll(() => library.core.jobs().find(({ kind }) => kind === 'export')?.state, { timeout: 30_000 })
      .toBe('done');
    expect(readdirSync(join(home, 'Out/2024'))).toHaveLength(8);
  }, 120_000);

  test('Delete counts what goes, Cancel keeps it, and undo brings it back', async () => {
    const { page } = window;
    const files = () => readdirSync(join(library.photos, 'shoot')).sort();
    const all = files();
    await page.keyboard.press('Control+d');
    await page.locator('[data-index]').first().click();
    await page.keyboard.press('Delete');
    const dialog = page.locator('dialog.trash-dialog');
    await dialog.getByRole('heading', { name: 'Move 1 photo to the trash?' }).waitFor();
    await dialog.getByText('1 file,', { exact: false }).waitFor();
    expect(await faultsInBothThemes(page)).toEqual([]);
    // The key that opens it must not also do it.
    await page.keyboard.press('Enter');
    await expect.poll(() => dialog.count()).toBe(0);
    expect(files()).toEqual(all);
    await page.keyboard.press('x');
    await page.keyboard.press('Control+Backspace');
    await dialog.getByRole('button', { name: 'Move 1 photo' }).click();
    await expect.poll(files).toHaveLength(7);
    await expect.poll(() => page.locator('[data-index]').count()).toBe(7);
    await expect.poll(() => library.core.jobs().find(({ kind }) => kind === 'move')?.state).toBe('done');
    await page.keyboard.press('Control+z');
    await expect.poll(files).toEqual(all);
    await expect.poll(() => page.locator('[data-index]').count()).toBe(8);
  }, 120_000);

  test('the report is read and saved as one file', async () => {
    const { page } = window;
    await page.keyboard.press('Shift+R');
    await page.locator('.report h1').waitFor();
    await page.getByText('8 frames, 10:00 to 10:07', { exact: false }).waitFor();
    expect(await faultsInBothThemes(page)).toEqual([]);
    await page.getByRole('button', { name: 'Save…' }).click();
    await page.getByRole('button', { name: 'Home', exact: true }).click();
    await page.getByRole('button', { name: 'Out', exact: true }).click();
    await page.getByRole('button', { name: 'Save in “Out”' }).click();
    const path = join(home, 'Out/All photos.html');
    await expect.poll(() => readdirSync(join(home, 'Out')).sort()).toEqual(['2024', 'All photos.html']);
    expect(readFileSync(path, 'utf8')).toContain('data:image/jpeg;base64');
  }, 60_000);

  test('nothing was complained of', () => {
    expect(window.complaints).toEqual([]);
  });
});
