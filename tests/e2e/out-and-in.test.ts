/**
 * A person's whole way in real Chromium: a card comes in, is culled, words and marks go into sidecars, picks go out as
 * files and as a list. What was written is then read by exiftool and by darktable.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { exiftoolPath } from 'exiftool-vendored';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findBrowser } from '../../build/test-browser.mjs';
import { HAS_EXIFTOOL } from '../library/differential.ts';
import { DARKTABLE, readByDarktable } from '../originals/darktable.ts';
import { faultsInBothThemes } from './axe.ts';
import { type Library, openLibrary, openWindow, renderFrames, type Window } from './support.ts';

const browser = findBrowser();
if (browser === null) console.log('The way of a person is skipped: no Chromium was found.');
const SHOTS = process.env.KEEPLIGHT_SHOTS;

describe.skipIf(browser === null)('a card comes in and picks go out', () => {
  let library: Library;
  let window: Window;
  let home: string;
  let card: string;
  const before = { HOME: process.env.HOME, XDG_DATA_HOME: process.env.XDG_DATA_HOME };
  const shot = async (name: string) => {
    if (SHOTS !== undefined) await window.page.screenshot({ path: join(SHOTS, `${name}.png`) });
  };
  const chooseIn = async (folder: string, verb: string) => {
    const { page } = window;
    await page.getByRole('textbox', { name: 'Path of the folder' }).fill(join(home, folder));
    await page.getByRole('button', { name: `${verb} “${folder}”` }).click();
  };
  const stateOf = (kind: string) => () => library.core.jobs().findLast((job) => job.kind === kind)?.state;

  beforeAll(async () => {
    library = await openLibrary({
      frames: [{ name: 'old/known.jpg', width: 600, height: 400, takenAt: '2024:04:01 09:00:00' }],
    });
    home = join(library.directory, '../home-of-a-person-with-a-card');
    card = join(home, 'CARD');
    for (const folder of ['Out', 'Copies']) mkdirSync(join(home, folder), { recursive: true });
    await renderFrames(
      card,
      Array.from({ length: 6 }, (_, index) => ({
        name: `DCIM/100TEST/IMG_000${index + 1}.jpg`,
        width: index % 2 === 0 ? 600 : 400,
        height: index % 2 === 0 ? 400 : 600,
        takenAt: `2024:05:01 1${index}:00:00`,
        camera: 'Sturdy One',
      })),
    );
    // One is in the library, under another name.
    copyFileSync(join(library.photos, 'old/known.jpg'), join(card, 'DCIM/100TEST/IMG_0000.jpg'));
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

  test('the card shows at once, what the library has is recognized, and the rest is copied to two places', async () => {
    const { page } = window;
    const onCard = () => readdirSync(card, { recursive: true }).sort();
    const whole = onCard();
    await page.keyboard.press('Control+Shift+I');
    await page.getByRole('button', { name: 'Choose a card or folder…' }).click();
    await chooseIn('CARD', 'Look at');
    await expect.poll(() => page.locator('.import-tile').count(), { timeout: 20_000 }).toBe(7);
    await expect.poll(() => page.locator('.import-tile img').count(), { timeout: 20_000 }).toBe(7);
    await page.getByRole('button', { name: 'IMG_0000.jpg in the library as known.jpg' }).waitFor();
    await page.getByText('7 photos on it, 1 in the library already.').waitFor();
    // One is left out by hand.
    await page.getByRole('button', { name: 'IMG_0006.jpg' }).click();
    await page.getByRole('button', { name: 'Choose…', exact: true }).click();
    await chooseIn('Out', 'Import to');
    await page.getByRole('button', { name: 'Choose a second place' }).click();
    await chooseIn('Copies', 'Copy to');
    await page.getByRole('textbox', { name: 'Names' }).fill('{yyyy}-{mm}-{dd}/{name}-{counter:2}');
    await page.getByText('2024-05-01/IMG_0001-01.jpg', { exact: true }).waitFor();
    expect(readdirSync(join(home, 'Out'))).toEqual([]);
    expect(await faultsInBothThemes(page)).toEqual([]);
    await shot('import');
    await page.getByRole('button', { name: 'Import 5 photos' }).click();
    await page.getByText(/All 5 files are in .*Out, each compared with the card, and in .*Copies as well\./).waitFor();
    const copied = readdirSync(join(home, 'Out/2024-05-01')).sort();
    expect(copied).toEqual(Array.from({ length: 5 }, (_, index) => `IMG_000${index + 1}-0${index + 1}.jpg`));
    for (const name of copied) {
      const original = readFileSync(join(card, 'DCIM/100TEST', `${name.slice(0, 8)}.jpg`));
      for (const place of ['Out', 'Copies'])
        expect(readFileSync(join(home, place, '2024-05-01', name)).equals(original), `${place}/${name}`).toBe(true);
    }
    expect(onCard()).toEqual(whole);
    await shot('imported');
    await page.getByRole('button', { name: 'Show the library' }).click();
    await expect.poll(() => library.core.list().length, { timeout: 30_000 }).toBe(6);
    await expect.poll(() => page.locator('[data-index]').count(), { timeout: 30_000 }).toBe(6);
  }, 240_000);

  test.skipIf(!HAS_EXIFTOOL)(
    'culled, worded and written: exiftool and darktable read it',
    async () => {
      const { page } = window;
      await page.getByRole('button', { name: /^Sort:/ }).click();
      await page.getByRole('menuitemcheckbox', { name: 'File name' }).click();
      const photo = (index: number) => join(home, `Out/2024-05-01/IMG_000${index}-0${index}.jpg`);
      const tile = (index: number) => page.locator(`.tile[aria-label^="IMG_000${index}-0${index}"]`);
      for (const [index, keys] of [
        [1, 'p4'],
        [2, 'x'],
        [3, 'p56'],
      ] as const) {
        await tile(index).click();
        for (const key of keys) await page.keyboard.press(key);
      }
      await expect.poll(() => library.core.list({ filter: 'flag:pick' }).length).toBe(2);
      await tile(1).click();
      await page.keyboard.press('i');
      await page.getByRole('radio', { name: 'Photo', exact: true }).click();
      const words = page.getByRole('region', { name: 'Words' });
      const field = words.getByRole('combobox', { name: 'Add a keyword' });
      await field.fill('Places|Oslo');
      await field.press('Enter');
      await words.getByLabel('Caption').fill('Båt før uvær');
      await words.getByLabel('Title').click();
      await expect.poll(() => library.core.list({ filter: 'uvær' }).length).toBe(1);
      await tile(3).click();
      await page.keyboard.press('Control+a');
      await page.keyboard.press('Control+s');
      const dialog = page.getByRole('dialog', { name: 'Write into sidecars' });
      await dialog.getByRole('button', { name: 'Write 3 sidecars' }).click();
      await expect.poll(stateOf('sidecars'), { timeout: 30_000 }).toBe('done');
      const tool = await exiftoolPath();
      const said = (index: number) =>
        JSON.parse(
          execFileSync(tool, ['-config', '', '-j', '-XMP:all', photo(index).replace('.jpg', '.xmp')], {
            encoding: 'utf8',
          }),
        )[0] as Record<string, unknown>;
      expect(said(1)).toMatchObject({
        Rating: 4,
        Pick: 1,
        Description: 'Båt før uvær',
        HierarchicalSubject: 'Places|Oslo',
      });
      expect(said(2)).toMatchObject({ Pick: -1 });
      expect(said(2).Rating).toBeUndefined();
      expect(said(3)).toMatchObject({ Rating: 5, Label: 'Red', Pick: 1 });
      if (DARKTABLE === null) return;
      // darktable looks for IMG.jpg.xmp: what was written is tried under that name, away from the library.
      const folder = join(home, 'darktable');
      mkdirSync(folder);
      const copy = join(folder, 'photo.jpg');
      copyFileSync(photo(1), copy);
      copyFileSync(photo(1).replace('.jpg', '.xmp'), `${copy}.xmp`);
      const read = await readByDarktable(copy, folder);
      expect(read).toMatchObject({ Rating: 4, Description: 'Båt før uvær' });
      expect([read.Subject].flat()).toContain('Oslo');
    },
    240_000,
  );

  test.skipIf(!HAS_EXIFTOOL)(
    'where it is switched on, marks go into a photo itself; its original stays, and undo puts it back',
    async () => {
      const { page } = window;
      const photo = join(home, 'Out/2024-05-01/IMG_0001-01.jpg');
      const original = readFileSync(photo);
      await page.keyboard.press('Control+,');
      await page.getByText('Offer to write into JPEG, HEIC, TIFF and DNG files themselves').click();
      await page.keyboard.press('Escape');
      await page.keyboard.press('Control+d');
      await page.locator('.tile[aria-label^="IMG_0001-01"]').click({ button: 'right' });
      await page.getByRole('menuitem', { name: 'Write into photos…' }).click();
      const dialog = page.locator('dialog.embed-dialog');
      await dialog.getByText('The original stays beside it as', { exact: false }).waitFor();
      expect(await faultsInBothThemes(page)).toEqual([]);
      await shot('embed');
      // Cancel has the focus: the key that opened it must not also do it.
      await page.keyboard.press('Enter');
      await expect.poll(() => dialog.count()).toBe(0);
      expect(readFileSync(photo).equals(original)).toBe(true);
      await page.locator('.tile[aria-label^="IMG_0001-01"]').click({ button: 'right' });
      await page.getByRole('menuitem', { name: 'Write into photos…' }).click();
      await dialog.getByRole('button', { name: 'Write into 1 photo' }).click();
      await expect.poll(stateOf('embed'), { timeout: 30_000 }).toBe('done');
      expect(readFileSync(`${photo}_original`).equals(original)).toBe(true);
      const said = execFileSync(await exiftoolPath(), ['-config', '', '-s3', '-XMP:Rating', '-XMP:Description', photo]);
      expect(said.toString('utf8')).toBe('4\nBåt før uvær\n');
      await page.keyboard.press('Control+z');
      await expect.poll(() => readFileSync(photo).equals(original), { timeout: 30_000 }).toBe(true);
      await expect.poll(() => existsSync(`${photo}_original`)).toBe(false);
    },
    120_000,
  );

  test('picks go out as files and as a list, and a path onto the clipboard', async () => {
    const { page } = window;
    await page.keyboard.press('Control+d');
    const tile = (index: number) => page.locator(`.tile[aria-label^="IMG_000${index}-0${index}"]`);
    await tile(1).click();
    await tile(3).click({ modifiers: ['Control'] });
    await page.keyboard.press('Control+Shift+E');
    const dialog = page.locator('dialog.export-dialog');
    await dialog.getByRole('button', { name: 'Choose…' }).click();
    await chooseIn('Copies', 'Export to');
    await dialog.getByRole('textbox', { name: 'Names' }).fill('client/{counter:3}');
    await dialog.getByText('client/001.jpg', { exact: true }).waitFor();
    await dialog.getByRole('button', { name: 'Copy 4 files' }).click();
    await expect.poll(stateOf('export'), { timeout: 30_000 }).toBe('done');
    expect(readdirSync(join(home, 'Copies/client')).sort()).toEqual(['001.jpg', '001.xmp', '002.jpg', '002.xmp']);
    await tile(1).click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Contact sheet, CSV, JSON…' }).click();
    const list = page.locator('dialog.list-dialog');
    await list.getByRole('radio', { name: 'CSV' }).click();
    await list.getByRole('textbox', { name: 'Title' }).fill('Client picks');
    expect(await faultsInBothThemes(page)).toEqual([]);
    await shot('list');
    await list.getByRole('button', { name: 'Choose a folder…' }).click();
    await chooseIn('Copies', 'Save in');
    const csv = join(home, 'Copies/Client picks.csv');
    await expect.poll(() => existsSync(csv)).toBe(true);
    expect(readFileSync(csv, 'utf8').split('\r\n')).toHaveLength(4);
    await tile(1).click();
    await page.keyboard.press('Control+Shift+C');
    await page.getByText('Its path is copied').waitFor();
    await page.keyboard.press('Control+f');
    await page.keyboard.press('Control+v');
    await expect
      .poll(() => page.locator('input:focus').inputValue())
      .toBe(join(home, 'Out/2024-05-01/IMG_0001-01.jpg'));
    expect(window.complaints).toEqual([]);
  }, 240_000);
});
