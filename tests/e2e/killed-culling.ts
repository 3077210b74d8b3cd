/** A person culls a whole shoot with the keys in a real browser; the core's process is killed in the middle. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright';
import { expect } from 'vitest';
import { openCore } from '../../electron/core/core.ts';
import { seededRandom } from '../../shared/random.ts';
import { bundle, type Frame, openWindow, renderFrames } from './support.ts';

const TOKEN = 'a-token-for-tests-only';
const VICTIM = fileURLToPath(new URL('./served-core.ts', import.meta.url));
const START = Date.UTC(2024, 4, 1, 8);

/** Frames in moments of one to six, each a few seconds after the other, half a minute and more between moments. */
function shootOf(count: number): Frame[] {
  const random = seededRandom(count);
  const frames: Frame[] = [];
  for (let at = START; frames.length < count; at += 30_000 + random() * 60_000) {
    const many = Math.min(count - frames.length, 1 + Math.floor(random() * 6));
    for (let index = 0; index < many; index++, at += 4000) {
      const takenAt = new Date(at).toISOString().slice(0, 19).replaceAll('-', ':').replace('T', ' ');
      frames.push({
        name: `shoot/IMG_${String(frames.length + 1).padStart(4, '0')}.jpg`,
        width: 480,
        height: 320,
        takenAt,
      });
    }
  }
  return frames;
}

type Victim = { process: ChildProcess; address: string; port: number };

async function open(data: string, page: string, port = 0): Promise<Victim> {
  const child = spawn(process.execPath, [VICTIM, data, page, String(port), TOKEN], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const line = await new Promise<string>((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (bytes) => {
      text += bytes;
      if (text.includes('\n')) resolve(text);
    });
    child.once('exit', (code) => reject(new Error(`The core ended with ${code} before it was open.`)));
  });
  return { process: child, ...(JSON.parse(line) as { address: string; port: number }) };
}

async function kill(victim: Victim): Promise<void> {
  const ended = new Promise((resolve) => victim.process.once('exit', resolve));
  victim.process.kill('SIGKILL');
  await ended;
}

/** The current frame, as the page names it. */
const current = (page: Page) => page.locator('.cull-frame[aria-current]').getAttribute('data-id');

/** Photos that a key decides: the current one, or all of a moment of a kind that stays whole. */
async function meant(page: Page): Promise<string[]> {
  const kind = await page.locator('.cull-moment h2').innerText();
  if (!/bracket|panorama/i.test(kind)) return [(await current(page))!];
  return page.locator('.cull-frame').evaluateAll((frames) => frames.map((one) => (one as HTMLElement).dataset.id!));
}

/** Presses a key and waits until another frame is on screen, or the shoot is decided. */
async function decide(page: Page, key: string): Promise<void> {
  const before = await current(page);
  await page.keyboard.press(key);
  await page.waitForFunction(
    (id) =>
      document.querySelector('.cull-frame[aria-current]')?.getAttribute('data-id') !== id ||
      /^([\d,]+) of \1 decided/.test(document.querySelector('.cull-count')?.textContent ?? ''),
    before,
  );
}

/** What the catalog holds, read by a program that opens it anew. @param beside while another has it open */
async function marksIn(data: string, beside = false): Promise<Map<string, string>> {
  const core = await openCore({
    ...{ dataDirectory: data, shell: 'browser', log: () => {}, background: false },
    readOnly: beside,
  });
  try {
    return new Map(core.list().map(({ id, flag, stars }) => [String(id), stars > 0 ? `${stars}` : flag]));
  } finally {
    await core.close();
  }
}

const WORDS: Readonly<Record<string, string>> = { p: 'pick', x: 'reject', '4': '4' };

/** Culls a shoot of so many frames; the core is killed when half of it is decided. */
export async function cullThroughAKill(count: number): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'keeplight-cull-'));
  const [data, photos] = [join(directory, 'data'), join(directory, 'photos')];
  let victim: Victim | null = null;
  try {
    await mkdir(data);
    await renderFrames(photos, shootOf(count));
    const core = await openCore({ dataDirectory: data, shell: 'browser', log: () => {}, background: false });
    await core.index([photos]);
    await core.close();
    const bundled = await bundle();
    victim = await open(data, bundled);
    const window = await openWindow({ served: victim });
    const { page } = window;
    const counted = (text: RegExp) => page.locator('.cull-count', { hasText: text }).waitFor();
    const total = count.toLocaleString('en');
    await page.locator('[role="gridcell"]').first().waitFor();
    await page.keyboard.press('q');
    await counted(new RegExp(`^0 of ${total} decided`));

    const random = seededRandom(7);
    /** What the person did, by photo. */
    const did = new Map<string, string>();
    const cullUntil = async (many: number) => {
      while (did.size < many) {
        const key = ['x', 'x', 'p', '4'][Math.floor(random() * 4)]!;
        for (const id of await meant(page)) did.set(id, WORDS[key]!);
        await decide(page, key);
      }
    };
    await cullUntil(count >> 1);
    await counted(new RegExp(`^${did.size.toLocaleString('en')} of ${total} decided`));
    // One more key and the program is gone: the last mark may have been on its way, all before it were not.
    const last = await meant(page);
    await page.keyboard.press('p');
    await kill(victim);
    const found = await marksIn(data);
    const lastFound = found.get(last[0]!);
    expect(['pick', 'none']).toContain(lastFound);
    if (lastFound === 'pick') for (const id of last) did.set(id, 'pick');
    for (const [id, mark] of found) expect(mark, `photo ${id}`).toBe(did.get(id) ?? 'none');

    victim = await open(data, bundled, victim.port);
    await page.goto(victim.address);
    await counted(new RegExp(`^${did.size.toLocaleString('en')} of ${total} decided`));
    await cullUntil(count);
    await counted(new RegExp(`^${total} of ${total} decided`));
    const isWhole = async () => [...(await marksIn(data, true))].every(([id, mark]) => mark === did.get(id));
    await expect.poll(isWhole).toBe(true);
    await kill(victim);
    const whole = await marksIn(data);
    for (const [id, mark] of whole) expect(mark, `photo ${id}`).toBe(did.get(id));

    victim = await open(data, bundled, victim.port);
    await page.goto(victim.address);
    await counted(new RegExp(`^${total} of ${total} decided`));
    // A photo that was marked just before the kill and again after it is one that was decided, and two steps.
    const said = () =>
      page.evaluate(() =>
        ['.cull-count', '.notice'].map((name) => document.querySelector(name)?.textContent ?? '').join(' '),
      );
    for (let text = await said(); !text.startsWith('0 of'); text = await said()) {
      await page.keyboard.press('Control+z');
      await expect.poll(said).not.toBe(text);
    }
    const isUndone = async () => [...(await marksIn(data, true)).values()].every((mark) => mark === 'none');
    await expect.poll(isUndone).toBe(true);
    await kill(victim);
    const undone = await marksIn(data);
    expect([...undone.values()].filter((mark) => mark !== 'none')).toEqual([]);
    await window.close();
  } finally {
    victim?.process.kill('SIGKILL');
    await rm(directory, { recursive: true, force: true, maxRetries: 3 });
  }
}
