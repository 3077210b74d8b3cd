/** What the core says of itself, and the page's ear: every event of the core is turned into the reading it calls for. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { CoreEvent } from '../../shared/contract.ts';
import type { Engine } from '../../shared/model.ts';
import { api, connect, connection, listen, sentenceOf } from './client.ts';
import { readFacets } from './facets.ts';
import { readHistory } from './history.ts';
import { readJobs, receiveJobs } from './jobs.ts';
import { library, orderMayHaveChanged, readOrder } from './library.ts';
import { places, readAlbums, readCounts, readFolders } from './places.ts';
import { remember } from './remember.ts';
import { readAgain } from './rows.ts';
import { followOrder } from './selection.ts';
import { receiveSettings } from './settings.ts';

export interface App {
  /** `empty`: no root yet, so the first-run screen has the floor. */
  state: 'starting' | 'empty' | 'ready' | 'failed';
  problem: string | null;
  version: string;
  shell: 'desktop' | 'browser';
  dataDirectory: string;
  dataBytes: number;
  photos: number;
  engine: Engine | null;
  /** Counts changes of the models: whoever lists them reads again. */
  modelsVersion: number;
}

export const app = createStore<App>(() => ({
  state: 'starting',
  problem: null,
  version: '',
  shell: 'browser',
  dataDirectory: '',
  dataBytes: 0,
  photos: 0,
  engine: null,
  modelsVersion: 0,
}));
export const useApp = <T>(pick: (app: App) => T): T => useStore(app, pick);

/** Reads what the core says of itself: version, data folder and its size, settings. */
export async function readApp(): Promise<void> {
  const { version, shell, dataDirectory, dataBytes, photos, settings } = await api.app.state({});
  receiveSettings(settings);
  app.setState({ version, shell, dataDirectory, dataBytes, photos });
}

/** Groups calls that come in bursts: at most one in `pause` milliseconds, the last one always. */
function calmly(pause: number, read: () => Promise<unknown>): () => void {
  let timer: ReturnType<typeof setTimeout> | null = null;
  let last = Number.NEGATIVE_INFINITY;
  return () => {
    if (timer !== null) return;
    timer = setTimeout(
      () => {
        timer = null;
        last = performance.now();
        read().catch(() => undefined);
      },
      Math.max(0, last + pause - performance.now()),
    );
  };
}

const countAgain = calmly(500, readCounts);
const foldersAgain = calmly(500, async () => {
  await readFolders();
  if (app.getState().state === 'empty' && places.getState().folders.length > 0) app.setState({ state: 'ready' });
});
const albumsAgain = calmly(250, readAlbums);
const facetsAgain = calmly(500, readFacets);
const historyAgain = calmly(50, readHistory);

function receive(event: CoreEvent): void {
  switch (event.kind) {
    case 'photos':
      readAgain(event.ids);
      if (event.order) orderMayHaveChanged();
      countAgain();
      facetsAgain();
      albumsAgain();
      break;
    case 'folders':
      foldersAgain();
      countAgain();
      break;
    case 'albums':
      albumsAgain();
      if (library.getState().query.source.kind === 'album') orderMayHaveChanged();
      break;
    case 'jobs':
      receiveJobs(event.jobs);
      break;
    case 'history':
      historyAgain();
      break;
    case 'settings':
      receiveSettings(event.settings);
      break;
    case 'models':
      app.setState((state) => ({ modelsVersion: state.modelsVersion + 1 }));
      break;
    case 'engine':
      app.setState({ engine: event.engine });
      break;
  }
}

async function readEverything(): Promise<void> {
  try {
    await Promise.all([readOrder(), readApp(), readFolders()]);
    const isEmpty = places.getState().folders.length === 0 && app.getState().photos === 0;
    app.setState({ state: isEmpty ? 'empty' : 'ready', problem: null });
    remember('library', { known: !isEmpty });
    await Promise.all([readCounts(), readAlbums(), readJobs(), readHistory()]);
    app.setState({ engine: await api.critic.engine({}) });
  } catch (error) {
    if (app.getState().state === 'starting') app.setState({ state: 'failed', problem: sentenceOf(error) });
  }
}

/** Starts the page's state: connects, reads, and follows what happens. Called once, by the entry. */
export function start(): void {
  library.subscribe((now, before) => {
    if (now.order !== before.order) followOrder(before.order, now.order);
  });
  listen(receive);
  let generation = 0;
  connection.subscribe((now) => {
    if (now.state !== 'open' || now.generation === generation) return;
    generation = now.generation;
    if (generation > 1) readAgain(null);
    void readEverything();
  });
  connect();
}
