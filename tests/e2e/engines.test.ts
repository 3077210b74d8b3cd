/** Engines on other computers in a real browser: what leaves is read and agreed to, two are added, a folder is judged by both. */
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findBrowser } from '../../build/test-browser.mjs';
import { type SpeakingServer, speakingServer } from '../remote/speaking-server.ts';
import { faultsInBothThemes } from './axe.ts';
import { type Library, openLibrary, openWindow, usualFrames, type Window } from './support.ts';

const browser = findBrowser();
if (browser === null) console.log('Tests of engines elsewhere are skipped: no Chromium was found.');
const PHOTOS = 12;

describe.skipIf(browser === null)('engines on other computers', () => {
  let library: Library;
  let window: Window;
  let servers: SpeakingServer[];
  const page = (): Page => window.page;
  beforeAll(async () => {
    library = await openLibrary({ frames: usualFrames().slice(0, PHOTOS) });
    servers = [await speakingServer({ delay: 15 }), await speakingServer({ delay: 25, key: 'sk-studio' })];
    window = await openWindow(library, { width: 1440, height: 900 });
  }, 120_000);
  afterAll(async () => {
    await window?.close();
    await Promise.all((servers ?? []).map((server) => server.kill().catch(() => {})));
    await library?.close();
  });

  const dialog = () => page().getByRole('dialog');
  const photosAt = ({ photos, pictures }: SpeakingServer) =>
    [...photos].filter(([name]) => pictures.get(name)?.[0] === 0xff).length;

  async function add(server: SpeakingServer, key: string): Promise<void> {
    await page().getByRole('button', { name: 'Add an engine' }).click();
    await dialog().getByLabel('Address').fill(server.address);
    if (key !== '') await dialog().getByLabel('Key').fill(key);
    await dialog().getByRole('button', { name: 'Ask what it is' }).click();
    await dialog().getByText('What leaves this computer').waitFor();
  }

  test('without one the page says that nothing leaves; with one what leaves stands there before the yes', async () => {
    await page().waitForSelector('.tile');
    await page().keyboard.press('Control+,');
    await page().getByRole('button', { name: 'Models', exact: true }).first().click();
    const section = page().getByRole('region', { name: 'On other computers' });
    await section.waitFor();
    expect(await section.innerText()).toContain('Nothing is sent before you have read what leaves');
    await add(servers[0]!, '');
    const leaves = await dialog().locator('.leaves').innerText();
    for (const part of [servers[0]!.address, '336 × 336 pixels', 'JPEG', 'without EXIF'])
      expect(leaves).toContain(part);
    await dialog().getByRole('radio', { name: '1,024' }).click();
    expect(await dialog().locator('.leaves').innerText()).toContain('at most 1,024 pixels');
    await dialog().getByRole('radio', { name: '336' }).click();
    expect(await dialog().getByRole('button', { name: 'Add this engine' }).isDisabled()).toBe(true);
    expect(servers[0]!.pictures.size).toBe(0);
    expect(await faultsInBothThemes(page())).toEqual([]);
    await dialog().getByText('Yes, send that').click();
    await dialog().getByRole('button', { name: 'Add this engine' }).click();
    await dialog().waitFor({ state: 'detached' });
    await section.getByText(servers[0]!.address).waitFor();
    expect(photosAt(servers[0]!)).toBe(0);
  }, 120_000);

  test('a wrong key and a wrong address are answered with a sentence; the second engine joins the same critic', async () => {
    await page().getByRole('button', { name: 'Add an engine' }).click();
    await dialog().getByLabel('Address').fill('http://8.8.8.8:8000');
    await dialog().getByRole('button', { name: 'Ask what it is' }).click();
    await dialog().getByText('use https').waitFor();
    await dialog().getByLabel('Address').fill(servers[1]!.address);
    await dialog().getByRole('button', { name: 'Ask what it is' }).click();
    await dialog().getByText('does not accept the key').waitFor();
    await dialog().getByRole('button', { name: 'Cancel' }).click();
    await add(servers[1]!, 'sk-studio');
    await dialog().getByText('Yes, send that').click();
    await dialog().getByRole('button', { name: 'Add this engine' }).click();
    await dialog().waitFor({ state: 'detached' });
    expect(await page().locator('[data-engine]').count()).toBe(2);
    // One critic for both, in the list above.
    expect(await page().locator('[data-model="aesthetic-judge"]').count()).toBe(1);
    await page().locator(`[data-engine="${servers[1]!.address}"]`).getByRole('button', { name: 'Test' }).click();
    await page().getByText('It grades: the five level words take').waitFor();
  }, 120_000);

  test('it is chosen, the folder is judged over both, the page shows how each is', async () => {
    await page().locator('[data-model="aesthetic-judge"]').getByRole('button', { name: 'Let it grade' }).click();
    await page().getByRole('button', { name: 'Grade the whole library now' }).click();
    await expect
      .poll(() => library.core.list().filter(({ grade }) => grade?.critic === 'aesthetic-judge').length, {
        timeout: 60_000,
      })
      .toBe(PHOTOS);
    expect(photosAt(servers[0]!) + photosAt(servers[1]!)).toBe(PHOTOS);
    expect(Math.min(...servers.map(photosAt))).toBeGreaterThan(0);
    for (const { address } of servers) {
      await page()
        .locator(`[data-engine="${address}"][data-state="well"]`)
        .getByText(/\d+ done/)
        .waitFor();
      await page()
        .locator(`[data-engine="${address}"]`)
        .getByText(/photos a minute/)
        .waitFor();
    }
    await servers[0]!.kill();
    await page().locator(`[data-engine="${servers[0]!.address}"]`).getByRole('button', { name: 'Test' }).click();
    await page().getByText('nobody listens there').waitFor();
    expect(await faultsInBothThemes(page())).toEqual([]);
  }, 120_000);

  test('removed, it is sent nothing any more', async () => {
    for (const { address } of servers) {
      await page()
        .getByRole('button', { name: `Remove ${address}` })
        .click();
      await dialog().getByRole('button', { name: 'Remove' }).click();
      await page().locator(`[data-engine="${address}"]`).waitFor({ state: 'detached' });
    }
    expect(library.core.settings.models.active).toBeNull();
    expect(window.complaints).toEqual([]);
  }, 120_000);
});
