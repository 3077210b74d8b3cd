/** What a person waits for in the page: the first pictures, a scroll's frames, the next photo after a key. */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright';
import sharp from 'sharp';
import { SESSION_PATH } from '../../shared/shell.ts';
import { fillBigLibrary } from '../e2e/big-library.ts';
import { type Library, openLibrary, openWindow, type Window } from '../e2e/support.ts';
import type { BenchContext, Benchmark, Measurement } from './bench.ts';

const PHOTOS = 100_000;
const OPENINGS = 5;
const FRESH = 3;
const SCROLL_PIXELS = 24_000;
/** Pixels a second: a fast turn of the wheel. */
const SCROLL_SPEED = 4_000;
/** Scrolls that count, after one that warms up. */
const SCROLLS = 5;
/** Pictures on the bare page that the grid is compared with: enough rows for all scrolls. */
const BARE_PICTURES = 6_000;
const LARGE_PHOTOS = 14;
/** Photos with a picture in a library of more than the usual number. */
const PICTURED = 8_000;

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** Lets every page of the window note when every thumbnail in view is drawn. */
async function notePictures(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const look = () => {
      const view = document.querySelector('.grid-scroll')?.getBoundingClientRect();
      const seen =
        view === undefined
          ? []
          : [...document.querySelectorAll('.tile')].filter((one) => {
              const box = one.getBoundingClientRect();
              return box.bottom > view.top && box.top < view.bottom;
            });
      const drawn = (tile: Element) => {
        const picture = tile.querySelector<HTMLElement>('.picture');
        if (picture === null) return false;
        return picture.dataset.waits === undefined || picture.querySelector('.thumb[data-loaded]') !== null;
      };
      if (seen.length > 8 && seen.every(drawn)) requestAnimationFrame(() => performance.mark('pictures'));
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
}

/** Milliseconds from the navigation until every thumbnail in view is drawn. */
async function timeToPictures(page: Page): Promise<number> {
  await page.reload();
  await page.waitForFunction(() => performance.getEntriesByName('pictures').length > 0);
  return page.evaluate(() => performance.getEntriesByName('pictures')[0]!.startTime);
}

/** Milliseconds from the command to the pictures, in a browser that is running. */
async function timeOfStart(directory: string, page: Page): Promise<number> {
  const began = performance.now();
  const started = spawn('npm', ['start', '--', '--browser'], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    env: { ...process.env, XDG_DATA_HOME: directory },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  try {
    let said = '';
    const address = await new Promise<string>((resolve, reject) => {
      const listen = (chunk: Buffer) => {
        said += chunk.toString();
        const found = /http:\/\/127\.0\.0\.1:\d+\/\S*/.exec(said)?.[0];
        if (found !== undefined) resolve(found);
      };
      started.stdout.on('data', listen);
      started.stderr.on('data', listen);
      started.once('exit', () => reject(new Error(`npm start ended: ${said}`)));
    });
    await page.goto(address);
    await page.waitForFunction(() => performance.getEntriesByName('pictures').length > 0, null, { polling: 20 });
    return performance.now() - began;
  } finally {
    process.kill(-started.pid!, 'SIGTERM');
    // npm goes first; the core holds its folder until it has ended.
    while (isAlive(-started.pid!)) await setTimeout(20);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

interface TraceEvent {
  name: string;
  ts: number;
}

/** Intervals between frames that were drawn while the page scrolled by itself, from Chromium's own trace, ms. */
async function scrollFrames(page: Page): Promise<number[]> {
  const session = await page.context().newCDPSession(page);
  const directory = await mkdtemp(join(tmpdir(), 'keeplight-trace-'));
  try {
    const path = join(directory, 'trace.json');
    const browser = page.context().browser()!;
    await browser.startTracing(page, {
      path,
      categories: ['disabled-by-default-devtools.timeline.frame', 'devtools.timeline.frame', 'blink.user_timing'],
    });
    await page.evaluate(() => performance.mark('scroll-begins'));
    await session.send('Input.synthesizeScrollGesture', {
      x: 800,
      y: 450,
      yDistance: -SCROLL_PIXELS,
      speed: SCROLL_SPEED,
      gestureSourceType: 'mouse',
      preventFling: true,
    });
    await page.evaluate(() => performance.mark('scroll-ends'));
    await browser.stopTracing();
    const { traceEvents } = JSON.parse(await readFile(path, 'utf8')) as { traceEvents: TraceEvent[] };
    const at = (name: string) => traceEvents.find((event) => event.name === name)?.ts ?? Number.NaN;
    const [begins, ends] = [at('scroll-begins'), at('scroll-ends')];
    const drawn = traceEvents
      .filter(({ name, ts }) => name === 'DrawFrame' && ts > begins && ts < ends)
      .map(({ ts }) => ts / 1000)
      .sort((a, b) => a - b);
    return drawn.slice(1).map((time, index) => time - drawn[index]!);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/**
 * What Chromium can do here without a program: the same pictures in rows and nothing else, scrolled in the same way.
 * The page stands on the address of a picture, so that it may load the others.
 */
async function openBarePage(library: Library, window: Window): Promise<Page> {
  const authorization = `Bearer ${library.served.token}`;
  const session = await fetch(new URL(SESSION_PATH, library.served.address), { headers: { authorization } });
  const key = (await session.text()).trim();
  const pictures = library.core
    .list({ limit: BARE_PICTURES })
    .filter(({ width }) => width > 0)
    .map(({ id }) => `/photo/${key}/thumb/${id}?v=1`);
  const page = await window.context.newPage();
  await page.goto(new URL(pictures[0]!, library.served.address).href);
  await page.evaluate((sources) => {
    document.body.replaceChildren();
    Object.assign(document.body.style, { margin: 0, background: '#101011', display: 'block' });
    for (const source of sources) {
      const image = document.createElement('img');
      image.loading = 'lazy';
      image.src = source;
      const place = { width: '282px', height: '188px', margin: '0 6px 6px 0', float: 'left', objectFit: 'cover' };
      Object.assign(image.style, place);
      document.body.append(image);
    }
  }, pictures);
  await page.waitForTimeout(1500);
  return page;
}

/** Share of the photos in view that had no picture yet, looked at in every animation frame of a scroll, percent. */
async function seenWithoutPicture(page: Page): Promise<number> {
  await page.evaluate(() => {
    const view = document.querySelector('.grid-scroll')!;
    const counts = { seen: 0, without: 0, over: false };
    Object.assign(window, { counts });
    const look = () => {
      const { top, bottom } = view.getBoundingClientRect();
      for (const tile of view.querySelectorAll('.tile')) {
        const box = tile.getBoundingClientRect();
        if (box.bottom <= top || box.top >= bottom) continue;
        counts.seen++;
        const picture = tile.querySelector<HTMLElement>('.picture');
        const waits = picture === null || picture.dataset.waits !== undefined;
        if (waits && tile.querySelector('.thumb[data-loaded]') === null) counts.without++;
      }
      if (!counts.over) requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  await scrollFrames(page);
  return page.evaluate(() => {
    const { counts } = window as unknown as { counts: { seen: number; without: number; over: boolean } };
    counts.over = true;
    return (100 * counts.without) / counts.seen;
  });
}

/** Milliseconds from each key press to the frame that shows the next photo, whole. */
async function keyToPhoto(page: Page, presses: number): Promise<number[]> {
  await page.evaluate(() => {
    const times: number[] = [];
    Object.assign(window, { times });
    // The loupe says which photo it shows, and that it shows it sharp.
    const shown = () => document.querySelector<HTMLElement>('.surface[data-sharp]')?.dataset.photo ?? '';
    window.addEventListener(
      'keydown',
      (event) => {
        const before = shown();
        const look = () => {
          const now = shown();
          if (now === '' || now === before) requestAnimationFrame(look);
          // The frame after the one in which it was found is surely on screen.
          else requestAnimationFrame(() => times.push(performance.now() - event.timeStamp));
        };
        requestAnimationFrame(look);
      },
      true,
    );
  });
  for (let press = 0; press < presses; press++) {
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction((count) => (window as unknown as { times: number[] }).times.length === count, press + 1);
    // A person looks for a moment; the next ones are prefetched meanwhile.
    await page.waitForTimeout(350);
  }
  return page.evaluate(() => (window as unknown as { times: number[] }).times);
}

/** What keys and leaps take in the whole of it: until the photos there are known, each once. */
async function goAbout(page: Page, photos: number): Promise<Measurement[]> {
  const many = photos.toLocaleString('en');
  const timed = async (label: string, act: () => Promise<unknown>, seen: () => Promise<unknown>, most: number) => {
    const began = performance.now();
    await act();
    await seen();
    return { label, value: performance.now() - began, unit: 'ms', target: { most } };
  };
  const known = () =>
    page.waitForFunction(() => {
      const view = document.querySelector('.grid-scroll')!.getBoundingClientRect();
      const tiles = [...document.querySelectorAll('.tile')].filter((tile) => {
        const box = tile.getBoundingClientRect();
        return box.bottom > view.top && box.top < view.bottom;
      });
      return tiles.length > 8 && tiles.every((tile) => tile.getAttribute('aria-label') !== 'Photo');
    });
  await page.waitForFunction(
    () => document.querySelector('.grid-scroll')?.getAttribute('aria-busy') === 'false',
    null,
    {
      timeout: 60_000,
    },
  );
  // The core has read all it will read.
  await page.waitForTimeout(photos > PHOTOS ? 12_000 : 2_000);
  await page.locator('[data-photos]').focus();
  const measured = [
    await timed(
      'Leap to the middle → photos known',
      () =>
        page.evaluate(() => {
          const view = document.querySelector('.grid-scroll')!;
          view.scrollTop = view.scrollHeight / 2;
        }),
      known,
      1000,
    ),
    await timed(
      'End → the last photo',
      () => page.keyboard.press('End'),
      () => page.waitForSelector(`.tile[data-index="${photos - 1}"]`),
      1000,
    ),
    await timed(
      'Go to a date → its photo',
      async () => {
        await page.keyboard.press('Control+j');
        await page.getByLabel('Date', { exact: true }).fill('2012-06-15');
        await page.keyboard.press('Enter');
      },
      () => page.waitForSelector('.tile[data-focused]:not([aria-label="Photo"])'),
      1000,
    ),
    await timed(
      'Select all → said',
      () => page.keyboard.press('Control+a'),
      () => page.waitForSelector(`.status :text("${many} selected")`),
      1000,
    ),
  ];
  await page.keyboard.press('Control+d');
  await page.keyboard.press('Home');
  await page.waitForSelector('.tile[data-index="0"]');
  const choose = async (name: string) => {
    await page.getByRole('button', { name: /^Sort:/ }).click();
    await page.getByRole('menuitemcheckbox', { name }).click();
  };
  measured.push(
    await timed(
      'Sort by date under months, both chosen in the menu → the first header',
      async () => {
        await choose('Date taken');
        await choose('Months');
      },
      () => page.waitForSelector('.grid-header'),
      3000,
    ),
  );
  await choose('No headers');
  await choose('Technical quality');
  await page.waitForFunction(() => document.querySelector('.grid-header') === null);
  await page.locator('[data-photos]').focus();
  await page.keyboard.press('Home');
  await page.waitForSelector('.tile[data-index="0"] .thumb[data-loaded]');
  await page.waitForTimeout(1500);
  return measured;
}

async function run(context: BenchContext): Promise<Measurement[]> {
  const { signal, say, photos = PHOTOS } = context;
  const measured: Measurement[] = [];
  const many = photos.toLocaleString('en');
  say(`making ${photos} photos with pictures`);
  // Above the usual number only those photos have a picture that the measured ways lead to.
  const pictures = photos > PHOTOS ? PICTURED : photos;
  const big = await openLibrary({
    frames: [],
    prepare: (data) => fillBigLibrary(data, photos, pictures, context.library),
  });
  try {
    const shown = await openWindow(big, { width: 1600, height: 900 });
    await shown.page.waitForSelector('.thumb[data-loaded]', { timeout: 120_000 });
    await notePictures(shown.page);
    const openings: number[] = [];
    for (let turn = 0; turn < OPENINGS; turn++) {
      signal.throwIfAborted();
      say(`opening the window, ${turn + 1} of ${OPENINGS}`);
      openings.push(await timeToPictures(shown.page));
    }
    measured.push({
      label: `Window open → pictures, ${many} photos (median)`,
      value: percentile(openings, 0.5),
      unit: 'ms',
      target: { most: 1000 },
    });
    const fresh: number[] = [];
    for (let turn = 0; turn < FRESH; turn++) {
      signal.throwIfAborted();
      say(`opening the window on a core that has just started, ${turn + 1} of ${FRESH}`);
      await big.stop();
      await big.start();
      fresh.push(await timeToPictures(shown.page));
    }
    measured.push({
      label: 'Window open → pictures, while the core still reads its columns (median)',
      value: percentile(fresh, 0.5),
      unit: 'ms',
      target: { most: 1500 },
    });
    if (photos <= PHOTOS) {
      await big.stop();
      await symlink(join(big.directory, 'data'), join(big.directory, 'keeplight'));
      const starts: number[] = [];
      for (let turn = 0; turn < FRESH; turn++) {
        signal.throwIfAborted();
        say(`npm start, ${turn + 1} of ${FRESH}`);
        starts.push(await timeOfStart(big.directory, shown.page));
      }
      await big.start();
      await shown.page.goto(big.served.address);
      measured.push({
        label: '`npm start`, everything set up → pictures (median)',
        value: percentile(starts, 0.5),
        unit: 'ms',
        target: { most: 1500 },
      });
    }
    say('going about');
    measured.push(...(await goAbout(shown.page, photos)));
    say('scrolling');
    const bare = await openBarePage(big, shown);
    const scrolls: { ours: number[]; bare: number[] }[] = [];
    for (let turn = 0; turn <= SCROLLS; turn++) {
      signal.throwIfAborted();
      await shown.page.bringToFront();
      const ours = await scrollFrames(shown.page);
      await bare.bringToFront();
      scrolls.push({ ours, bare: await scrollFrames(bare) });
    }
    scrolls.shift();
    await shown.page.bringToFront();
    const medianOf = (of: (one: { ours: number[]; bare: number[] }) => number) => percentile(scrolls.map(of), 0.5);
    const p95 = medianOf(({ ours }) => percentile(ours, 0.95));
    const floor = medianOf((one) => percentile(one.bare, 0.95));
    measured.push(
      {
        label: 'Scroll, frames drawn a second',
        value: medianOf(({ ours }) => 1000 / (ours.reduce((sum, one) => sum + one, 0) / ours.length)),
        unit: '/s',
      },
      { label: 'Scroll, frame median', value: medianOf(({ ours }) => percentile(ours, 0.5)), unit: 'ms' },
      { label: 'Scroll, frame p95', value: p95, unit: 'ms', target: { most: 17 } },
      { label: 'Scroll of a bare page of the same pictures, frame p95', value: floor, unit: 'ms' },
      { label: 'Scroll, frame p95 ÷ that of the bare page', value: p95 / floor, unit: '×', target: { most: 1.1 } },
      { label: 'Scroll, photos in view without their picture', value: await seenWithoutPicture(shown.page), unit: '%' },
    );
    await shown.close();
  } finally {
    await big.close();
  }
  // The next photo of the loupe takes the same of any number.
  if (photos > PHOTOS) return measured;
  signal.throwIfAborted();
  say(`rendering ${LARGE_PHOTOS} photos of 24 MP`);
  const large = await openLibrary({ frames: [] });
  try {
    for (let index = 0; index < LARGE_PHOTOS; index++) {
      await sharp({
        create: {
          width: 6000,
          height: 4000,
          channels: 3,
          background: `hsl(${index * 25}, 40%, 45%)`,
          noise: { type: 'gaussian', mean: 128, sigma: 20 },
        },
      })
        .jpeg({ quality: 85 })
        .toFile(join(large.photos, `large-${String(index).padStart(2, '0')}.jpg`));
    }
    await large.core.index([large.photos]);
    const shown = await openWindow(large, { width: 1600, height: 900 });
    await shown.page.waitForSelector('.thumb[data-loaded]');
    await shown.page.keyboard.press('Home');
    await shown.page.keyboard.press('e');
    await shown.page.waitForSelector('.surface[data-sharp]');
    await shown.page.waitForTimeout(1500);
    const times = await keyToPhoto(shown.page, LARGE_PHOTOS - 1);
    measured.push(
      { label: 'Key press → next photo, 24 MP (median)', value: percentile(times, 0.5), unit: 'ms' },
      { label: 'Key press → next photo, 24 MP, p95', value: percentile(times, 0.95), unit: 'ms', target: { most: 50 } },
    );
    await shown.close();
  } finally {
    await large.close();
  }
  return measured;
}

export default {
  name: 'The page',
  about: 'In Chromium, on the real core: waiting times that a person feels.',
  run,
} satisfies Benchmark;
