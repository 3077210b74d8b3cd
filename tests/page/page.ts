/**
 * A page in plain Node: its real stores over a wire that counts, to the real core in this process. Only time is made:
 * what rests or is gathered before it is asked for has been asked for when `settle` returns.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RPCLink } from '@orpc/client/websocket';
import { vi } from 'vitest';
import { openCatalog } from '../../electron/core/catalog/open.ts';
import { type Core, openCore } from '../../electron/core/core.ts';
import { createConnector } from '../../electron/shell/page-connection.ts';
import type { Ways } from '../../renderer/store/connection.ts';
import { createPageStores } from '../../renderer/store/page-stores.ts';
import { fillCatalog } from '../core/synthetic.ts';

/** What went over the wire since it was last forgotten. */
export interface Traffic {
  /** Calls of the page, `photos.rows`; the answer belongs to its call. */
  calls: string[];
  /** Messages with events: those that wait together travel together. */
  events: number;
  /** Characters of all messages, both ways. */
  bytes: number;
}

export interface TestPage extends ReturnType<typeof createPageStores> {
  traffic: Traffic;
  /** Starts counting again. */
  forget(): void;
  /** Returns when nothing is under way and nothing waits to be asked for. */
  settle(): Promise<void>;
  /** Breaks the way to the core; with `mend` it is made anew. */
  breakWay(): void;
  mendWay(): void;
  /** The program answers, but does not know this page. */
  lockOut(): void;
}

/** Milliseconds of made time without a call after which nothing waits any more: the longest rest of the page and more. */
const QUIET = 2_500;
const STEP = 50;

type Message = { i: string; p?: { u?: string } };
const realImmediate = setImmediate;

export function openPage(core: Core, kept: Record<string, string> = {}): TestPage {
  const connect = createConnector(core.router);
  const traffic: Traffic = { calls: [], events: 0, bytes: 0 };
  /** Names of the calls that have no answer yet; streams stay. */
  const open = new Map<string, string>();
  const streams = new Set<string>();
  let ways: Ways | null = null;
  let hangUp = () => {};

  function mendWay(): void {
    const listeners: Record<string, ((event: unknown) => void)[]> = {};
    const connection = connect({
      send(text) {
        traffic.bytes += text.length;
        const { i } = JSON.parse(text) as Message;
        if (streams.has(i) && !open.has(i)) traffic.events++;
        open.delete(i);
        for (const listener of listeners.message ?? []) listener({ data: text });
      },
      refuse(reason) {
        throw new Error(reason);
      },
    });
    const wire = {
      readyState: 1,
      addEventListener(kind: string, listener: (event: unknown) => void) {
        listeners[kind] = [...(listeners[kind] ?? []), listener];
      },
      send(text: string) {
        traffic.bytes += text.length;
        const { i, p } = JSON.parse(text) as Message;
        if (p?.u !== undefined) {
          const name = new URL(p.u, 'page:/').pathname.slice(1).replace('/', '.');
          traffic.calls.push(name);
          open.set(i, name);
          if (name === 'app.events') streams.add(i);
        }
        connection.receive(text);
      },
    };
    hangUp = () => {
      connection.close();
      open.clear();
      streams.clear();
      for (const listener of listeners.close ?? []) listener({});
      ways?.broke();
    };
    ways?.opened(new RPCLink({ websocket: wire as unknown as WebSocket }));
  }

  const stores = createPageStores({
    transport(theirs) {
      ways = theirs;
      mendWay();
    },
    storage: () => ({
      getItem: (name) => kept[name] ?? null,
      setItem(name, value) {
        kept[name] = value;
      },
    }),
    width: 1600,
    onMac: false,
    copyText: () => {},
    nextFrame(draw) {
      const timer = setTimeout(draw, 16);
      return () => clearTimeout(timer);
    },
  });

  return {
    ...stores,
    traffic,
    forget() {
      Object.assign(traffic, { calls: [], events: 0, bytes: 0 });
    },
    async settle() {
      for (let quiet = 0; quiet < QUIET; quiet += STEP) {
        await vi.advanceTimersByTimeAsync(STEP);
        await new Promise((resolve) => realImmediate(resolve));
        if (open.size > 0) quiet = 0;
      }
    },
    breakWay: () => hangUp(),
    mendWay,
    lockOut: () => ways?.locked(true),
  };
}

export interface Library extends AsyncDisposable {
  core: Core;
  ids: number[];
  /** A page that has read everything it shows at its start. */
  start(kept?: Record<string, string>): Promise<TestPage>;
}

/** A core over a made-up catalog; from here on the page's time is made. */
export async function openLibrary(photos: number): Promise<Library> {
  const directory = mkdtempSync(join(tmpdir(), 'keeplight-page-'));
  const dataDirectory = join(directory, 'data');
  mkdirSync(dataDirectory);
  const catalog = openCatalog({ dataDirectory });
  const ids = fillCatalog(catalog, { photos, root: join(directory, 'root'), words: false });
  catalog.close();
  const core = await openCore({ dataDirectory, shell: 'browser', log: () => {}, background: false });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  return {
    core,
    ids,
    async start(kept) {
      const page = openPage(core, kept);
      page.app.start();
      await page.settle();
      page.forget();
      return page;
    },
    async [Symbol.asyncDispose]() {
      vi.useRealTimers();
      await core.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
