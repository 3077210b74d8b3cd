/** What a person who culls waits for: the shoot, the next frame after a key, its pixels, the answer to a slider. */
import { link, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import type { Page } from 'playwright';
import sharp from 'sharp';
import { previewPath } from '../../electron/core/base/data-places.ts';
import { Changes } from '../../electron/core/base/events.ts';
import { PhotoColumns } from '../../electron/core/catalog/columns.ts';
import { openCatalog } from '../../electron/core/catalog/open.ts';
import { regroupMoments } from '../../electron/core/culling/moments.ts';
import { PREVIEW_EDGES } from '../../shared/addresses.ts';
import { fillShoot } from '../cull/made-catalog.ts';
import { type Library, openLibrary, openWindow } from '../e2e/support.ts';
import type { BenchContext, Benchmark, Measurement } from './bench.ts';

const FRAMES = 5_000;
const SLIDER_FRAMES = 10_000;
const USUAL = 0.6;
const OPENINGS = 5;
const KEYS = 60;
const STEPS = 30;
const LARGE_PHOTOS = 14;
/** Different pictures behind all the frames. */
const PICTURES = 24;
/** A person looks for a moment; what comes next is made ready meanwhile. */
const LOOK = 350;

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** A catalog of a shoot in its moments, each frame with both previews. */
async function prepareShoot(dataDirectory: string, frames: number, signal: AbortSignal): Promise<void> {
  const catalog = openCatalog({ dataDirectory });
  const root = join(dataDirectory, 'root');
  await mkdir(root);
  fillShoot(catalog, frames, root);
  await regroupMoments(catalog, new Changes(new PhotoColumns(catalog)), USUAL, signal);
  const ids = catalog.prepare('SELECT id FROM photo').pluck().all() as number[];
  catalog.close();
  const made = join(dataDirectory, 'pictures');
  await mkdir(made);
  for (let index = 0; index < PICTURES; index++) {
    const noise = { type: 'gaussian', mean: 128, sigma: 12 } as const;
    const screen = await sharp({
      create: { width: 2048, height: 1365, channels: 3, background: `hsl(${index * 15}, 40%, 45%)`, noise },
    })
      .jpeg({ quality: 82 })
      .toBuffer();
    await writeFile(join(made, `${index}-screen.jpg`), screen);
    await writeFile(
      join(made, `${index}-thumb.jpg`),
      await sharp(screen).resize(PREVIEW_EDGES.thumb).jpeg().toBuffer(),
    );
  }
  const folders = new Set<string>();
  for (const [index, id] of ids.entries()) {
    for (const size of ['thumb', 'screen'] as const) {
      const path = previewPath(dataDirectory, id, 1, size);
      const folder = dirname(path);
      if (!folders.has(folder)) await mkdir(folder, { recursive: true });
      folders.add(folder);
      await link(join(made, `${index % PICTURES}-${size}.jpg`), path);
    }
  }
}

/** Notes when a key was pressed, and when another photo was on screen whole, in milliseconds since 1970. */
async function watch(page: Page): Promise<void> {
  await page.evaluate(() => {
    const seen: { pressed: number; shown: number }[] = [];
    Object.assign(window, { seen });
    const shown = () => document.querySelector<HTMLElement>('.surface[data-sharp]')?.dataset.photo ?? '';
    window.addEventListener(
      'keydown',
      ({ timeStamp }) => {
        const before = shown();
        const look = () => {
          const now = shown();
          if (now === '' || now === before) requestAnimationFrame(look);
          // The frame after the one in which it was found is surely on screen.
          else {
            requestAnimationFrame(() => {
              const { timeOrigin } = performance;
              seen.push({ pressed: timeOrigin + timeStamp, shown: timeOrigin + performance.now() });
            });
          }
        };
        requestAnimationFrame(look);
      },
      true,
    );
  });
}

type Seen = { pressed: number; shown: number };
const seenIn = (page: Page) => page.evaluate(() => (window as unknown as { seen: Seen[] }).seen);

async function press(page: Page, keys: readonly string[]): Promise<Seen[]> {
  await watch(page);
  for (const [index, key] of keys.entries()) {
    await page.keyboard.press(key);
    await page.waitForFunction((count) => (window as unknown as { seen: Seen[] }).seen.length === count, index + 1);
    await page.waitForTimeout(LOOK);
  }
  return seenIn(page);
}

/** Milliseconds from the key to the first frame, whole; the page is left again. */
async function opening(page: Page): Promise<number> {
  const began = performance.now();
  await page.keyboard.press('q');
  await page.waitForSelector('.cull .surface[data-sharp]');
  const took = performance.now() - began;
  await page.waitForTimeout(LOOK);
  return took;
}

/** When the core says that a mark is on the disk, in milliseconds since 1970. */
function whenWritten(library: Library, signal: AbortSignal): number[] {
  const times: number[] = [];
  const follow = async () => {
    const client = createRouterClient(library.core.router, { context: {} });
    for await (const events of await client.app.events({}, { signal })) {
      const now = performance.timeOrigin + performance.now();
      if (events.some((event) => event.kind === 'photos' && event.columns?.includes('flag'))) times.push(now);
    }
  };
  follow().catch(() => undefined);
  return times;
}

async function culled({ signal, say }: BenchContext): Promise<Measurement[]> {
  say(`making a shoot of ${FRAMES} frames`);
  const library = await openLibrary({ frames: [], prepare: (data) => prepareShoot(data, FRAMES, signal) });
  const over = new AbortController();
  try {
    const { page, close } = await openWindow(library, { width: 1600, height: 900 });
    await page.waitForSelector('.thumb[data-loaded]', { timeout: 120_000 });
    const openings: number[] = [];
    for (let turn = 0; turn < OPENINGS; turn++) {
      openings.push(await opening(page));
      if (turn < OPENINGS - 1) {
        await page.keyboard.press('g');
        await page.waitForSelector('.thumb[data-loaded]');
        await page.waitForTimeout(LOOK);
      }
    }
    say('deciding');
    const written = whenWritten(library, over.signal);
    const keys = Array.from({ length: KEYS }, (_, index) => (index % 3 === 0 ? 'p' : 'x'));
    const seen = await press(page, keys);
    const durable = seen
      .flatMap(({ pressed }) => written.find((time) => time >= pressed) ?? [])
      .map((time, index) => time - seen[index]!.pressed);
    await close();
    const frames = FRAMES.toLocaleString('en');
    const next = seen.map(({ pressed, shown }) => shown - pressed);
    return [
      { label: `Open ${frames} frames, the first time`, value: openings[0]!, unit: 'ms', target: { most: 1000 } },
      { label: `Open ${frames} frames (median)`, value: percentile(openings, 0.5), unit: 'ms', target: { most: 1000 } },
      { label: 'Key → next frame on screen (median)', value: percentile(next, 0.5), unit: 'ms' },
      { label: 'Key → next frame on screen, p95', value: percentile(next, 0.95), unit: 'ms', target: { most: 50 } },
      { label: 'Key → mark on the disk, p95', value: percentile(durable, 0.95), unit: 'ms', target: { most: 50 } },
    ];
  } finally {
    over.abort();
    await library.close();
  }
}

/** The next frame at its own pixels, while one looks at 100 %. */
async function closer({ say }: BenchContext): Promise<Measurement[]> {
  say(`rendering ${LARGE_PHOTOS} photos of 24 MP`);
  const library = await openLibrary({ frames: [] });
  try {
    for (let index = 0; index < LARGE_PHOTOS; index++) {
      const noise = { type: 'gaussian', mean: 128, sigma: 20 } as const;
      await sharp({
        create: { width: 6000, height: 4000, channels: 3, background: `hsl(${index * 25}, 40%, 45%)`, noise },
      })
        .jpeg({ quality: 85 })
        .toFile(join(library.photos, `large-${String(index).padStart(2, '0')}.jpg`));
    }
    await library.core.index([library.photos]);
    const { page, close } = await openWindow(library, { width: 1600, height: 900 });
    await page.waitForSelector('.thumb[data-loaded]');
    await page.keyboard.press('q');
    await page.waitForSelector('.cull .surface[data-sharp]');
    await page.keyboard.press('z');
    await page.waitForSelector('.cull .surface[data-sharp][data-stage="original"]');
    await page.waitForTimeout(3 * LOOK);
    const seen = await press(
      page,
      Array.from({ length: LARGE_PHOTOS - 1 }, () => 'ArrowRight'),
    );
    await close();
    const times = seen.map(({ pressed, shown }) => shown - pressed);
    return [
      { label: 'Key → next frame at 100 %, 24 MP (median)', value: percentile(times, 0.5), unit: 'ms' },
      {
        label: 'Key → next frame at 100 %, 24 MP, p95',
        value: percentile(times, 0.95),
        unit: 'ms',
        target: { most: 150 },
      },
    ];
  } finally {
    await library.close();
  }
}

/** From a step of the slider until the page says what it would keep. */
async function slider({ signal, say }: BenchContext): Promise<Measurement[]> {
  say(`making a shoot of ${SLIDER_FRAMES} frames`);
  const library = await openLibrary({ frames: [], prepare: (data) => prepareShoot(data, SLIDER_FRAMES, signal) });
  try {
    const { page, close } = await openWindow(library, { width: 1600, height: 900 });
    await page.waitForSelector('.thumb[data-loaded]', { timeout: 120_000 });
    await page.keyboard.press('q');
    await page.waitForSelector('.cull .surface[data-sharp]');
    await page.keyboard.press('r');
    const range = page.locator('.propose-slider');
    await range.waitFor();
    await range.focus();
    const times = await page.evaluate(() => {
      const answers: number[] = [];
      Object.assign(window, { answers });
      const number = document.querySelector('.propose-number strong')!;
      let pressed = 0;
      window.addEventListener('keydown', ({ timeStamp }) => (pressed = timeStamp), true);
      new MutationObserver(() => requestAnimationFrame(() => answers.push(performance.now() - pressed))).observe(
        number,
        {
          characterData: true,
          childList: true,
          subtree: true,
        },
      );
      return answers.length;
    });
    for (let step = times; step < STEPS; step++) {
      await page.keyboard.press('ArrowRight');
      await page.waitForFunction((count) => (window as unknown as { answers: number[] }).answers.length > count, step);
      await page.waitForTimeout(100);
    }
    const answers = await page.evaluate(() => (window as unknown as { answers: number[] }).answers);
    await close();
    const frames = SLIDER_FRAMES.toLocaleString('en');
    return [
      {
        label: `Step of a proposal's slider → its numbers, ${frames} frames (median)`,
        value: percentile(answers, 0.5),
        unit: 'ms',
      },
      {
        label: `Step of a proposal's slider → its numbers, ${frames} frames, p95`,
        value: percentile(answers, 0.95),
        unit: 'ms',
        target: { most: 100 },
      },
    ];
  } finally {
    await library.close();
  }
}

async function run(context: BenchContext): Promise<Measurement[]> {
  return [...(await culled(context)), ...(await closer(context)), ...(await slider(context))];
}

export default {
  name: 'Culling',
  about: 'In Chromium, on the real core: from the key to what a person sees, and until a mark is on the disk.',
  run,
} satisfies Benchmark;
