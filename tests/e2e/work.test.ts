/** Long work under a person's hands: pausing, resuming and cancelling it, and fetching a model, in real Chromium. */
import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findBrowser } from '../../build/test-browser.mjs';
import { registryEntry } from '../../models/registry.ts';
import { faultsInBothThemes } from './axe.ts';
import { type Frame, type Library, openLibrary, openWindow, renderFrames, type Window } from './support.ts';

const browser = findBrowser();
if (browser === null) console.log('Tests of long work are skipped: no Chromium was found.');

/** Enough that indexing is still under way when a person reaches for it. */
const MANY: readonly Frame[] = Array.from({ length: 160 }, (_, index) => ({
  name: `frame-${String(index).padStart(3, '0')}.jpg`,
  width: 480,
  height: 320,
}));

const WRITER = registryEntry('qwen3-vl-8b')!;
const FILE_BYTES = 40_000_000;
/** Bytes that the hub hands out before it holds its breath. */
const HANDED_OUT = 10_000_000;

describe.skipIf(browser === null)('work', () => {
  let library: Library;
  let window: Window;
  let directory: string;
  let hub: Server;
  /** Answers that are held: the rest of the file never comes. */
  const held = new Set<ServerResponse>();

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'keeplight-work-'));
    await renderFrames(directory, MANY);
    hub = createServer((request, response) => {
      if (request.url?.includes('/revision/main')) {
        response.end(JSON.stringify({ sha: '0123456789'.repeat(4) }));
        return;
      }
      const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
      const length = { 'content-length': FILE_BYTES - start, etag: '"one"', 'accept-ranges': 'bytes' };
      const range = { 'content-range': `bytes ${start}-${FILE_BYTES - 1}/${FILE_BYTES}` };
      response.writeHead(request.headers.range ? 206 : 200, request.headers.range ? { ...length, ...range } : length);
      if (request.method === 'HEAD') {
        response.end();
        return;
      }
      held.add(response);
      response.write(Buffer.alloc(Math.max(0, HANDED_OUT - start)));
    });
    await new Promise<void>((resolve) => hub.listen(0, '127.0.0.1', resolve));
    library = await openLibrary({ frames: [{ name: 'first.jpg', width: 300, height: 200 }] });
    const { settings } = library.core;
    await createRouterClient(library.core.router, { context: {} }).settings.set({
      ...settings,
      // One photo after the other: it must not be over before the buttons are reached.
      performance: { ...settings.performance, workers: 1 },
      models: { ...settings.models, mirror: `http://127.0.0.1:${(hub.address() as AddressInfo).port}` },
    });
    window = await openWindow(library, { width: 1280, height: 800 });
    await window.page.waitForSelector('[data-index]');
  }, 240_000);

  afterAll(async () => {
    await window?.close();
    for (const response of held) response.destroy();
    hub?.close();
    await library?.close();
    await rm(directory, { recursive: true, force: true });
  });

  test('that indexes can be paused, resumed and cancelled, and leaves the list', async () => {
    const { page } = window;
    const popover = page.locator('.jobs-popover');
    await library.core.addRoot(directory);
    const title = /Indexing keeplight-work/;
    const job = () => library.core.jobs().find((one) => title.test(one.title))!;
    // The line's words are replaced while it is pressed; the press must not be lost with them.
    const line = page.locator('.status-work');
    await line.getByText(title).waitFor();
    const words = await line.textContent();
    const { x, y, width, height } = (await line.boundingBox())!;
    await page.mouse.move(x + width / 2, y + height / 2);
    await page.mouse.down();
    await expect.poll(() => line.textContent(), { timeout: 20_000 }).not.toBe(words);
    await page.mouse.up();
    await popover.waitFor();
    await popover.getByRole('button', { name: /^Pause Indexing keeplight-work/ }).click();
    await expect.poll(() => job().state).toBe('paused');
    const row = popover.locator('.job', { hasText: title });
    await row.getByText(/^Paused/).waitFor();
    expect(await faultsInBothThemes(page)).toEqual([]);
    // What was begun is finished, and nothing after it is begun.
    const { done } = job();
    expect(done).toBeLessThan(MANY.length);
    await row.getByRole('button', { name: /^Resume/ }).click();
    await expect.poll(() => job().done, { timeout: 60_000 }).toBeGreaterThan(done);
    await row.getByRole('button', { name: /^Cancel/ }).click();
    await expect.poll(() => job().state).toBe('cancelled');
    expect(library.core.list().length).toBeGreaterThan(1);
    await row.getByRole('button', { name: /^Dismiss/ }).click();
    await expect.poll(() => row.count()).toBe(0);
    await page.keyboard.press('Escape');
    await expect.poll(() => popover.count()).toBe(0);
  }, 120_000);

  test('that fetches a model shows how far it is, and cancelling offers the model again', async (context) => {
    const { bavail, bsize } = await statfs(library.directory);
    if (bavail * bsize < WRITER.approximate.downloadBytes * 1.2) {
      console.log('Fetching a model is not tested: the disk has too little room for it.');
      context.skip();
    }
    const { page } = window;
    await page.keyboard.press('Control+,');
    await page.getByRole('button', { name: 'Models', exact: true }).click();
    const row = page.locator(`.model[data-model="${WRITER.name}"]`);
    await row.getByRole('button', { name: 'Install' }).click();
    const dialog = page.locator('dialog[open]');
    await dialog.getByText('I agree to these terms').click();
    await dialog.getByRole('button', { name: /^Fetch/ }).click();
    const job = () => library.core.jobs().find((one) => one.kind === 'download')!;
    await expect.poll(() => job()?.done ?? 0, { timeout: 30_000 }).toBeGreaterThan(0);
    await row.getByText(/^Fetching /).waitFor();
    const bar = row.getByRole('progressbar');
    await expect.poll(() => bar.getAttribute('aria-valuenow')).toMatch(/^\d+$/);
    expect(await row.getByRole('button', { name: 'Install' }).count()).toBe(0);
    expect(await faultsInBothThemes(page)).toEqual([]);

    await row.getByRole('button', { name: 'Pause' }).click();
    await expect.poll(() => job().state).toBe('paused');
    await row.getByRole('button', { name: 'Resume' }).click();
    await expect.poll(() => job().state).toBe('running');
    await row.getByRole('button', { name: 'Cancel' }).click();
    await expect.poll(() => job().state).toBe('cancelled');
    await row.getByRole('button', { name: 'Install' }).waitFor();
    expect(await bar.count()).toBe(0);
  }, 120_000);

  test('complained of nothing', () => {
    expect(window.complaints).toEqual([]);
  });
});
