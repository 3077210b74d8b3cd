/** Words and sidecars in real Chromium: a person marks, words and writes, and exiftool reads what came out. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exiftoolPath } from 'exiftool-vendored';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HAS_EXIFTOOL } from '../library/differential.ts';
import { complain, type Library, openLibrary, openWindow, type Window } from './support.ts';

const SHOTS = process.env.KEEPLIGHT_SHOTS;

let library: Library;
let shown: Window;
const tile = (name: string) => shown.page.locator(`.tile[aria-label^="${name}"]`);
const sidecar = (name: string) => join(library.photos, `harbour/${name}.xmp`);
const words = () => shown.page.getByRole('region', { name: 'Words' });
async function shot(name: string): Promise<void> {
  if (SHOTS !== undefined) await shown.page.screenshot({ path: join(SHOTS, `${name}.png`) });
}

beforeAll(async () => {
  library = await openLibrary();
  shown = await openWindow(library, { width: 1280, height: 900 });
  await shown.page.waitForSelector('.thumb[data-loaded]');
  await shown.page.getByRole('button', { name: /^Sort:/ }).click();
  await shown.page.getByRole('menuitemcheckbox', { name: 'File name' }).click();
  await tile('frame-01').click();
}, 240_000);
afterAll(async () => {
  await shown?.close();
  await library?.close();
});

test('keywords, title and caption of a selection, completed from the library, searchable, undone in steps', async () => {
  const { page } = shown;
  await tile('frame-02').click({ modifiers: ['Control'] });
  await page.keyboard.press('i');
  await page.getByRole('radio', { name: 'Photo', exact: true }).click();
  await expect.poll(() => words().locator('h3').textContent()).toContain('2 photos');
  const field = words().getByRole('combobox', { name: 'Add a keyword' });
  await field.fill('harbour light');
  await field.press('Enter');
  await expect.poll(() => words().locator('.keywords li').allTextContents()).toEqual(['harbour light']);
  await words().getByLabel('Caption').fill('Boats before the storm');
  await words().getByLabel('Title').click();
  await expect.poll(() => library.core.list({ filter: 'storm' }).length).toBe(2);
  await tile('frame-03').click();
  await field.fill('harb');
  await expect.poll(() => words().getByRole('option').allTextContents()).toEqual(['harbour light2']);
  await field.press('ArrowDown');
  await field.press('Enter');
  await expect.poll(() => library.core.list({ filter: 'keyword:"harbour light"' }).length).toBe(3);
  await shot('words');
  await tile('frame-03').click();
  await page.keyboard.press('Control+z');
  await expect.poll(() => library.core.list({ filter: 'keyword:"harbour light"' }).length).toBe(2);
});

test.skipIf(!HAS_EXIFTOOL)('what is written is shown first, then written, read by exiftool, and undone', async () => {
  const { page } = shown;
  await tile('frame-01').click();
  await page.keyboard.press('p');
  await page.keyboard.press('4');
  await expect.poll(() => library.core.list({ filter: 'flag:pick stars:4' }).length).toBe(1);
  await page.keyboard.press('Control+s');
  const dialog = page.getByRole('dialog', { name: 'Write into sidecars' });
  await dialog.getByText('1 sidecar is written').waitFor();
  expect(existsSync(sidecar('frame-01'))).toBe(false);
  expect(await complain(page)).toEqual([]);
  await shot('plan');
  await dialog.getByRole('button', { name: 'Write 1 sidecar' }).click();
  await expect.poll(() => existsSync(sidecar('frame-01'))).toBe(true);
  const said = execFileSync(
    await exiftoolPath(),
    ['-s3', '-Rating', '-Pick', '-Subject', '-Description', sidecar('frame-01')],
    {
      encoding: 'utf8',
    },
  );
  expect(said.trim().split('\n')).toEqual(['4', '1', 'harbour light', 'Boats before the storm']);
  await page.keyboard.press('Control+z');
  await expect.poll(() => existsSync(sidecar('frame-01'))).toBe(false);
});

test('asked once whether marks are written as they are made; then they are', async () => {
  const { page } = shown;
  const question = page.getByRole('region', { name: 'Sidecars' });
  await shot('question');
  await question.getByRole('button', { name: 'Write as I mark' }).click();
  await expect.poll(() => question.count()).toBe(0);
  // What was decided before follows at once.
  await expect.poll(() => existsSync(sidecar('frame-01')), { timeout: 15_000 }).toBe(true);
  await tile('frame-04').click();
  await page.keyboard.press('5');
  await expect
    .poll(() => existsSync(sidecar('frame-04')) && readFileSync(sidecar('frame-04'), 'utf8'), { timeout: 15_000 })
    .toContain('xmp:Rating="5"');
  // Undo takes the mark back, here and there.
  await page.keyboard.press('Control+z');
  await expect.poll(() => readFileSync(sidecar('frame-04'), 'utf8'), { timeout: 15_000 }).toContain('xmp:Rating="0"');
});

test('a sidecar that another program changed is followed; a contradiction is shown and chosen', async () => {
  const { page } = shown;
  const change = (stars: number, ahead: number) => {
    const text = readFileSync(sidecar('frame-04'), 'utf8').replace(/xmp:Rating="\d"/, `xmp:Rating="${stars}"`);
    writeFileSync(sidecar('frame-04'), text);
    utimesSync(sidecar('frame-04'), new Date(), new Date(Date.now() + ahead));
  };
  change(2, 1000);
  await expect.poll(() => library.core.list({ filter: 'stars:2' }).length, { timeout: 20_000 }).toBe(1);
  // Both at once, theirs the newer: nothing is overwritten.
  change(3, 600_000);
  await tile('frame-04').click();
  await page.keyboard.press('1');
  const differ = page.getByRole('region', { name: 'Library and sidecar differ' });
  const isShown = () => differ.isVisible();
  await expect.poll(isShown, { timeout: 20_000 }).toBe(true);
  expect(await differ.textContent()).toMatch(/1 star.*3 stars/);
  await shot('differ');
  await differ.getByRole('button', { name: 'Keep ours' }).click();
  await expect.poll(() => readFileSync(sidecar('frame-04'), 'utf8'), { timeout: 15_000 }).toContain('xmp:Rating="1"');
  expect(shown.complaints).toEqual([]);
  expect(readdirSync(join(library.photos, 'harbour')).filter((name) => name.startsWith('.'))).toEqual([]);
});
