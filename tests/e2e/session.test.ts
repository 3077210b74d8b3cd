/** How a page is let in, in the real browser: by the printed address, again after a reload, and nobody else. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Library, openLibrary, openWindow, type Window } from './support.ts';

let library: Library;
let shown: Window;
beforeAll(async () => {
  library = await openLibrary();
  shown = await openWindow(library);
});
afterAll(async () => {
  await shown.close();
  await library.close();
});

/** The first Chromium in which it was seen to work. */
const KNOWS_ALLOWLISTS = 156;

const thumbnail = 'img[src*="/photo/"]';

test('the address lets in and leaves the token behind; a reload and a second tab work', async () => {
  const { page, context } = shown;
  await page.locator(thumbnail).first().waitFor();
  expect(page.url()).not.toContain('token');
  expect(await page.evaluate(() => document.cookie)).toBe('');
  expect(await context.cookies()).toEqual([]);
  await page.reload();
  await page.locator(thumbnail).first().waitFor();
  const second = await context.newPage();
  await second.goto(library.served.address);
  await second.locator(thumbnail).first().waitFor();
  await second.close();
  expect(shown.complaints).toEqual([]);
});

test('a tab without the token shows nothing of the library and says what to do', async () => {
  const stranger = await shown.context.newPage();
  await stranger.goto(new URL('/', library.served.address).href);
  await stranger
    .getByText(/address/i)
    .first()
    .waitFor();
  expect(await stranger.locator(thumbnail).count()).toBe(0);
  await stranger.close();
});

test('another port of this computer is sent nothing that lets in', async () => {
  const heard: string[] = [];
  const other = createServer((request, response) => {
    heard.push(JSON.stringify([request.url, request.headers]));
    response.setHeader('Content-Type', 'text/html').end('<title>other</title>');
  });
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  const tab = await shown.context.newPage();
  await tab.goto(library.served.address);
  await tab.locator(thumbnail).first().waitFor();
  const picture = await tab.locator(thumbnail).first().getAttribute('src');
  await tab.goto(`http://127.0.0.1:${port}/`);
  expect(await tab.evaluate(() => [sessionStorage.length, localStorage.length, document.cookie])).toEqual([0, 0, '']);
  expect(heard.length).toBeGreaterThan(0);
  const key = /\/photo\/([\w-]+)\//.exec(picture ?? '')![1]!;
  for (const request of heard) {
    expect(request).not.toContain(library.served.token);
    expect(request).not.toContain(key);
  }
  await tab.close();
  other.close();
});

test('the page has no way out beside its own address: no WebRTC, no foreign request', async () => {
  const { page } = shown;
  await page.reload();
  const said = await page.evaluate(async () => {
    const makers = ['RTCPeerConnection', 'webkitRTCPeerConnection', 'RTCDataChannel'] as const;
    const left = makers.filter((name) => {
      Reflect.deleteProperty(window, name);
      return Reflect.get(window, name) !== undefined;
    });
    const foreign = await fetch('http://127.0.0.1:9/').then(
      () => 'sent',
      () => 'refused',
    );
    return { left, foreign };
  });
  expect(said).toEqual({ left: [], foreign: 'refused' });
});

test('a frame of the page’s own making has no WebRTC either, where the browser knows how to forbid it', async ({
  skip,
}) => {
  const version = Number.parseInt(shown.context.browser()?.version() ?? '', 10);
  if (version < KNOWS_ALLOWLISTS) skip(`Chromium ${version} does not know Connection-Allowlist.`);
  const tab = await shown.context.newPage();
  await tab.goto(library.served.address);
  await tab.locator(thumbnail).first().waitFor();
  // Chromium ends a page that tries; another way of refusing would throw.
  const made = await tab
    .evaluate(async () => {
      const frame = document.createElement('iframe');
      document.body.append(frame);
      const { RTCPeerConnection: Peers } = frame.contentWindow as unknown as typeof globalThis;
      const peers = new Peers({ iceServers: [{ urls: 'stun:127.0.0.1:9' }] });
      peers.createDataChannel('way out');
      await peers.setLocalDescription();
      return 'made';
    })
    .catch(() => 'refused');
  expect(made).toBe('refused');
  await tab.close().catch(() => {});
});
