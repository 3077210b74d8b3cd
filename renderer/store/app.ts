/** What the core says of itself, and the page's ear: every event of the core is turned into the reading it calls for. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { CoreEvent } from '../../shared/contract.ts';
import type { Engine } from '../../shared/model.ts';
import { meets, type PhotoColumn } from '../../shared/photo-columns.ts';
import { COUNT_COLUMNS, facetColumns, foundColumns, orderColumns } from '../../shared/query-columns.ts';
import type { ConnectionStore } from './connection.ts';
import type { CullStore } from './cull.ts';
import type { DetailsStore } from './details.ts';
import type { EnginesStore } from './engines.ts';
import type { HistoryStore } from './history.ts';
import type { JobsStore } from './jobs.ts';
import type { LibraryStore } from './library.ts';
import type { Memory } from './memory.ts';
import type { ModelsStore } from './models.ts';
import { albumsHangOn, type PlacesStore, smartFilterOf } from './places.ts';
import type { ProposalStore } from './proposal.ts';
import type { RowsStore } from './rows.ts';
import type { SettingsStore } from './settings.ts';

export interface App {
  /** `empty`: no root yet, so the first-run screen has the floor. */
  state: 'starting' | 'empty' | 'ready' | 'failed';
  problem: string | null;
  version: string;
  shell: 'desktop' | 'browser';
  dataDirectory: string;
  /** Null until it was asked for. */
  dataBytes: number | null;
  photos: number;
  engine: Engine | null;
}

export interface AppStore {
  app: StoreApi<App>;
  /** Reads what the core says of itself: version, data folder and its size, settings. */
  readApp(): Promise<void>;
  readDataSize(): Promise<void>;
  /** Connects, reads, and follows what happens. Called once. */
  start(): void;
}

export interface AppRoom {
  connection: ConnectionStore;
  cull: CullStore;
  proposal: ProposalStore;
  details: DetailsStore;
  facets: { readAgain(): Promise<void> };
  jobs: JobsStore;
  library: LibraryStore;
  history: HistoryStore;
  memory: Memory;
  models: ModelsStore;
  engines: EnginesStore;
  places: PlacesStore;
  rows: RowsStore;
  settings: SettingsStore;
  stacks: { momentsChanged(): void };
  spread: { readAgain(): Promise<void> };
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

/** What a row holds (shared/photo.ts): the rest is no reason to read it again. */
const ROW_COLUMNS: ReadonlySet<PhotoColumn> = new Set([
  'flag',
  'stars',
  'color',
  'grade',
  'metadata',
  'shape',
  'stack',
  'state',
  'name',
  'place',
  'presence',
]);
const STACK_COLUMN: ReadonlySet<PhotoColumn> = new Set(['stack']);
const GRADE_COLUMN: ReadonlySet<PhotoColumn> = new Set(['grade']);

export function createAppStore(room: AppRoom): AppStore {
  const { history, jobs, memory, models, engines, rows } = room;
  const { api, connection, sentenceOf } = room.connection;
  const { library, readOrder, orderMayHaveChanged } = room.library;
  const { places, readAlbums, readCounts, readFolders } = room.places;
  const app = createStore<App>(() => ({
    state: 'starting',
    problem: null,
    version: '',
    shell: 'browser',
    dataDirectory: '',
    dataBytes: null,
    photos: 0,
    engine: null,
  }));

  async function readApp(): Promise<void> {
    const { version, shell, dataDirectory, photos, settings } = await api.app.state({});
    room.settings.receiveSettings(settings);
    app.setState({ version, shell, dataDirectory, photos });
  }

  async function readDataSize(): Promise<void> {
    const { bytes } = await api.app.dataSize({});
    app.setState({ dataBytes: bytes });
  }

  const countAgain = calmly(500, readCounts);
  const foldersAgain = calmly(500, async () => {
    await readFolders();
    if (app.getState().state === 'empty' && places.getState().folders.length > 0) app.setState({ state: 'ready' });
  });
  const albumsAgain = calmly(250, async () => {
    const { source } = library.getState().query;
    const before = JSON.stringify(smartFilterOf(source, places.getState().albums));
    await readAlbums();
    // What changed while the page knew another filter may have mattered after all.
    if (before !== JSON.stringify(smartFilterOf(source, places.getState().albums))) orderMayHaveChanged();
  });
  const facetsAgain = calmly(500, room.facets.readAgain);
  const spreadAgain = calmly(500, room.spread.readAgain);

  /** Reads again what hangs on these columns, and nothing else. @param changed null: any column */
  function columnsChanged(changed: readonly PhotoColumn[] | null): void {
    const { query } = library.getState();
    const { albums } = places.getState();
    const smart = smartFilterOf(query.source, albums);
    // Which album was filled is told by the event of the albums.
    const told = changed?.filter((column) => column !== 'album') ?? null;
    const touches = (columns: ReadonlySet<PhotoColumn>): boolean => smart === undefined || meets(told, columns);
    if (told?.length === 0) return;
    if (touches(orderColumns(query, smart ?? null))) orderMayHaveChanged();
    if (touches(facetColumns(query, smart ?? null))) facetsAgain();
    if (meets(told, GRADE_COLUMN) || touches(foundColumns(query, smart ?? null))) spreadAgain();
    if (meets(told, COUNT_COLUMNS)) countAgain();
    if (albumsHangOn(told, albums)) albumsAgain();
  }

  function receive(event: CoreEvent): void {
    switch (event.kind) {
      case 'photos':
        if (meets(event.columns, ROW_COLUMNS)) rows.readAgain(event.ids);
        room.details.readDetailsAgain(event.ids);
        room.cull.photosChanged(event.ids, event.columns);
        room.proposal.photosChanged(event.columns);
        if (meets(event.columns, STACK_COLUMN)) room.stacks.momentsChanged();
        columnsChanged(event.columns);
        break;
      case 'folders':
        foldersAgain();
        countAgain();
        break;
      case 'albums': {
        albumsAgain();
        const { source } = library.getState().query;
        if (source.kind !== 'album' || event.filled?.includes(source.id) === false) break;
        orderMayHaveChanged();
        facetsAgain();
        spreadAgain();
        break;
      }
      case 'jobs':
        jobs.receiveJobs(event.jobs);
        break;
      case 'history':
        history.receiveHistory(event);
        break;
      case 'settings':
        room.settings.receiveSettings(event.settings);
        break;
      case 'models':
        models.modelsChanged();
        break;
      case 'engines':
        engines.enginesChanged();
        break;
      case 'engine':
        app.setState({ engine: event.engine });
        break;
    }
  }

  async function readEverything(): Promise<void> {
    try {
      const itself = readApp().then(() => {
        // A library with photos shows them before all of it is counted.
        if (app.getState().state === 'starting' && app.getState().photos > 0) app.setState({ state: 'ready' });
      });
      await Promise.all([readOrder(), itself, readFolders()]);
      const isEmpty = places.getState().folders.length === 0 && app.getState().photos === 0;
      app.setState({ state: isEmpty ? 'empty' : 'ready', problem: null });
      room.cull.reopenShoot();
      memory.remember('library', { known: !isEmpty });
      await Promise.all([readCounts(), readAlbums(), jobs.readJobs(), history.readHistory()]);
      app.setState({ engine: await api.critic.engine({}) });
    } catch (error) {
      if (app.getState().state === 'starting') app.setState({ state: 'failed', problem: sentenceOf(error) });
    }
  }

  return {
    app,
    readApp,
    readDataSize,
    start() {
      room.connection.listen(receive);
      let generation = 0;
      connection.subscribe((now) => {
        if (now.state !== 'open' || now.generation === generation) return;
        generation = now.generation;
        // Whatever happened meanwhile was told to nobody.
        if (generation > 1) receive({ kind: 'photos', ids: null, columns: null });
        void readEverything();
      });
      room.connection.connect();
    },
  };
}
