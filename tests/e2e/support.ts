/**
 * The whole thing for a test: a library on disk, the real core, the real browser shell, the bundled page, and Chromium.
 * Photos are rendered here, so that every count in a test is known; with `photos` any folder can be shown.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Browser, type BrowserContext, chromium, type Page, type WebSocketRoute } from 'playwright';
import sharp from 'sharp';
import { build } from 'vite';
import { findBrowser } from '../../build/test-browser.mjs';
import { type Core, openCore } from '../../electron/core/core.ts';
import { type Served, serve } from '../../electron/serve.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const TOKEN = 'a-token-for-tests-only';

export interface Frame {
  /** Path below the library's folder. */
  name: string;
  width: number;
  height: number;
  /** EXIF wall time, `2024:05:01 10:00:00`. */
  takenAt?: string;
  camera?: string;
  iso?: number;
  /** Written as they are instead of a picture: a broken file. */
  bytes?: Uint8Array;
}

/** Two shoots and a few odd ones: 30 photos in three folders, of four shapes, and one broken file. */
export function usualFrames(): Frame[] {
  const shapes = [
    [600, 400],
    [400, 600],
    [500, 500],
    [800, 300],
  ] as const;
  const frames = Array.from({ length: 30 }, (_, index): Frame => {
    const [width, height] = shapes[index % shapes.length]!;
    const folder = index < 12 ? 'harbour' : index < 24 ? 'mountain walk' : 'mountain walk/summit';
    const day = index < 12 ? '01' : index < 24 ? '02' : '03';
    return {
      name: `${folder}/frame-${String(index + 1).padStart(2, '0')}.jpg`,
      width,
      height,
      takenAt: `2024:05:${day} 10:${String(index).padStart(2, '0')}:00`,
      camera: index % 3 === 0 ? 'Sturdy One' : 'Sturdy Two',
      iso: [100, 400, 1600][index % 3]!,
    };
  });
  return [...frames, { name: 'harbour/broken.jpg', width: 0, height: 0, bytes: Buffer.from('not a picture at all') }];
}

/** Renders frames below a folder: soft shapes in tones that differ from photo to photo. */
export async function renderFrames(folder: string, frames: readonly Frame[]): Promise<void> {
  for (const [index, frame] of frames.entries()) {
    const path = join(folder, frame.name);
    await mkdir(join(path, '..'), { recursive: true });
    if (frame.bytes !== undefined) {
      await writeFile(path, frame.bytes);
      continue;
    }
    const { width, height } = frame;
    const hue = (index * 47) % 360;
    const picture = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
      <defs><linearGradient id="g" x2="0" y2="1"><stop stop-color="hsl(${hue},45%,62%)"/>
      <stop offset="1" stop-color="hsl(${(hue + 60) % 360},38%,24%)"/></linearGradient></defs>
      <rect width="100%" height="100%" fill="url(#g)"/>
      <circle cx="${25 + ((index * 13) % 50)}%" cy="34%" r="${8 + (index % 7)}%" fill="hsl(${hue},70%,84%)"/>
      <path d="M0 ${height} L${width * 0.3} ${height * 0.55} L${width * 0.55} ${height * 0.8} L${width * 0.8} ${height * 0.5} L${width} ${height}Z" fill="hsl(${(hue + 90) % 360},30%,16%)"/>
    </svg>`;
    await sharp(Buffer.from(picture))
      .withExif({
        IFD0: { Make: 'Sturdy', Model: frame.camera ?? 'Sturdy One' },
        IFD2: {
          ...(frame.takenAt === undefined ? {} : { DateTimeOriginal: frame.takenAt }),
          ...(frame.iso === undefined ? {} : { ISOSpeedRatings: String(frame.iso) }),
        },
      })
      .jpeg({ quality: 90 })
      .toFile(path);
  }
}

export interface Library {
  readonly directory: string;
  readonly photos: string;
  readonly core: Core;
  readonly served: Served;
  /** Ends the browser shell and the core, or only the shell; `start` brings both back on the same port. */
  stop(): Promise<void>;
  /** @param token another one than before, as a new run of the program has. */
  start(token?: string): Promise<void>;
  close(): Promise<void>;
}

export interface LibraryOptions {
  /** Rendered into the library's folder; `usualFrames` when neither this nor `photos` is given. Empty: no root. */
  frames?: readonly Frame[];
  /** Existing folder that is indexed where it is. */
  photos?: string;
  /** Fills the data folder before the core opens it, for synthetic catalogs. */
  prepare?: (dataDirectory: string) => Promise<void>;
}

let page: Promise<string> | null = null;

/** Bundles the page as it is now, once a test process. */
export function bundle(): Promise<string> {
  page ??= (async () => {
    const directory = await mkdtemp(join(tmpdir(), 'keeplight-page-'));
    await build({
      configFile: join(ROOT, 'vite.config.ts'),
      logLevel: 'error',
      build: { outDir: directory, emptyOutDir: true },
    });
    process.once('exit', () => void rm(directory, { recursive: true, force: true }).catch(() => undefined));
    return directory;
  })();
  return page;
}

export async function openLibrary(options: LibraryOptions = {}): Promise<Library> {
  const directory = await mkdtemp(join(tmpdir(), 'keeplight-e2e-'));
  const photos = options.photos ?? join(directory, 'photos');
  const dataDirectory = join(directory, 'data');
  if (options.photos === undefined) {
    await mkdir(photos, { recursive: true });
    await renderFrames(photos, options.frames ?? usualFrames());
  }
  await mkdir(dataDirectory, { recursive: true });
  await options.prepare?.(dataDirectory);
  const bundled = await bundle();

  let core: Core | null = null;
  let served: Served | null = null;
  const start = async (port?: number, token = TOKEN): Promise<void> => {
    core = await openCore({ dataDirectory, shell: 'browser', log: () => {} });
    served = await serve({ core, token, page: pathToFileURL(`${bundled}/`), ...(port ? { port } : {}) });
  };
  const stop = async (): Promise<void> => {
    await served?.close();
    await core?.close();
  };
  await start();
  if (options.photos !== undefined || (options.frames ?? usualFrames()).length > 0) {
    if (options.prepare === undefined) await core!.index([photos]);
  }
  return {
    directory,
    photos,
    get core() {
      return core!;
    },
    get served() {
      return served!;
    },
    stop,
    start: (token) => start(served!.port, token),
    async close() {
      await stop();
      await rm(directory, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

export interface Window {
  readonly browser: Browser;
  readonly context: BrowserContext;
  readonly page: Page;
  /** What the page said to the console as an error, and what it threw. */
  readonly complaints: string[];
  /** Breaks and mends the way to the core; only with `intercept`. */
  readonly sockets: { refuse(): void; allow(): void };
  close(): Promise<void>;
}

export interface WindowOptions {
  /** Lets the test break the page's socket. */
  intercept?: boolean;
  width?: number;
  height?: number;
  scale?: number;
  reducedMotion?: boolean;
  light?: boolean;
}

/** Opens the library's page in Chromium. Layout shifts are recorded from the first paint (see `layoutShift`). */
export async function openWindow(
  library: { readonly served: Pick<Served, 'address'> },
  options: WindowOptions = {},
): Promise<Window> {
  const executablePath = findBrowser();
  if (executablePath === null) throw new Error('No Chromium was found for the test; KEEPLIGHT_BROWSER can name one.');
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--font-render-hinting=none'],
  });
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1280, height: options.height ?? 800 },
    deviceScaleFactor: options.scale ?? 1,
    reducedMotion: options.reducedMotion === true ? 'reduce' : 'no-preference',
    colorScheme: options.light === true ? 'light' : 'dark',
  });
  const complaints: string[] = [];
  const opened = await context.newPage();
  opened.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`${message.text()} ${message.location().url}`);
  });
  opened.on('pageerror', (error) => complaints.push(String(error)));
  await opened.addInitScript(recordShifts);
  const sockets = options.intercept === true ? await interceptSockets(opened) : { refuse() {}, allow() {} };
  await opened.goto(library.served.address);
  return { browser, context, page: opened, complaints, sockets, close: () => browser.close() };
}

async function interceptSockets(page: Page): Promise<Window['sockets']> {
  const open = new Set<WebSocketRoute>();
  let refuses = false;
  await page.routeWebSocket(/\/socket$/, (route) => {
    if (refuses) return void route.close();
    route.connectToServer();
    open.add(route);
  });
  return {
    refuse() {
      refuses = true;
      for (const route of open) void route.close();
      open.clear();
    },
    allow() {
      refuses = false;
    },
  };
}

interface Axe {
  run(
    context: unknown,
    options: unknown,
  ): Promise<{ violations: { id: string; help: string; nodes: { html: string; failureSummary?: string }[] }[] }>;
}

/** Everything that axe finds against WCAG 2.2 A and AA and its best practices on the page as it stands, in words. */
export async function complain(page: Page): Promise<string[]> {
  // Through the debugger, as the page's own policy forbids foreign scripts.
  await page.evaluate(await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
  return page.evaluate(async () => {
    // Fades are over before contrast is judged.
    await Promise.allSettled(document.getAnimations().map((animation) => animation.finished));
    const { axe } = window as unknown as { axe: Axe };
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    const { violations } = await axe.run(document, { runOnly: { type: 'tag', values: tags } });
    return violations.flatMap(({ id, help, nodes }) =>
      nodes.slice(0, 3).map((node) => `${id}: ${help}: ${node.html.slice(0, 160)} ${node.failureSummary ?? ''}`),
    );
  });
}

declare global {
  interface Window {
    shifts?: { value: number; what: string }[];
  }
}

function recordShifts(): void {
  window.shifts = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as unknown as {
      value: number;
      sources: { node: Node | null; previousRect: DOMRect; currentRect: DOMRect }[];
    }[]) {
      const what = entry.sources.map(({ node, previousRect, currentRect }) => {
        const name = node instanceof Element ? `${node.tagName}.${node.className}` : String(node?.nodeName);
        return `${name} ${JSON.stringify(previousRect)} → ${JSON.stringify(currentRect)}`;
      });
      window.shifts?.push({ value: entry.value, what: what.join('; ') });
    }
  }).observe({ type: 'layout-shift', buffered: true });
}

/** Everything that jumped since the page was opened, whether after a key or not. */
export function layoutShifts(page: Page): Promise<{ value: number; what: string }[]> {
  return page.evaluate(() => window.shifts ?? []);
}
