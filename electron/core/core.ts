/**
 * The composition root: opens the catalog, puts the services together, closes everything again.
 * Runs in a utility process of Electron or in Node; shells (window, browser, command line) only talk to `Core`.
 */

import { availableParallelism } from 'node:os';
import type { PictureSize } from '../../shared/addresses.ts';
import type { CoreEvent } from '../../shared/contract.ts';
import type { TasteState } from '../../shared/contract-culling.ts';
import type { Wish } from '../../shared/culling.ts';
import { messageOf } from '../../shared/error-message.ts';
import type { Job } from '../../shared/job.ts';
import type { Color, Flag } from '../../shared/photo.ts';
import { SIDECAR_COLUMNS } from '../../shared/photo-columns.ts';
import type { Settings } from '../../shared/settings.ts';
import type { WordField } from '../../shared/statement.ts';
import { type AnalysisOptions, type AnalysisPool, openAnalysisPool } from './analysis/analysis-pool.ts';
import { FaceSearch } from './analysis/face-search.ts';
import { IndexGate } from './analysis/index-gate.ts';
import { Library } from './analysis/library.ts';
import { evidenceOfPhoto } from './analysis/photo-evidence.ts';
import { servePicture } from './analysis/served-picture.ts';
import { sweepPreviews } from './analysis/upkeep.ts';
import { type CoreRouter, createRouter } from './api/router.ts';
import { CoreError } from './base/core-error.ts';
import { codeCachePath, modelCacheFolder } from './base/data-places.ts';
import { DiskTokens } from './base/disk-tokens.ts';
import { Changes } from './base/events.ts';
import { sentenceOf } from './base/failure.ts';
import { finishJob } from './base/finish-job.ts';
import { JobRunner } from './base/jobs.ts';
import { settlesWithin } from './base/pauses.ts';
import type { Quarters } from './base/quarters.ts';
import { Questions } from './base/questions.ts';
import type {
  CullReport,
  Finding,
  IndexProgress,
  IndexReport,
  ListedPhoto,
  ListOptions,
  LogLine,
  ServedPicture,
  SidecarReport,
} from './base/records.ts';
import { SettingsStore } from './base/settings-store.ts';
import { PhotoColumns } from './catalog/columns.ts';
import { jobStore } from './catalog/jobs.ts';
import { Keeper } from './catalog/keeper.ts';
import { eachListed, listedIds } from './catalog/list.ts';
import { type Lock, lockData } from './catalog/lock.ts';
import { type Catalog, closeCatalog, openCatalog } from './catalog/open.ts';
import { orderedIds, prepareOrders } from './catalog/order.ts';
import { listedPhotos, pathsOf, resolvePhoto } from './catalog/photos.ts';
import { readSettings, writeSettings } from './catalog/settings.ts';
import { quartersAt } from './catalog/turned.ts';
import { type Critics, openCritics } from './critics/critics.ts';
import { cullFolder } from './culling/cull-folder.ts';
import { Culling } from './culling/culling.ts';
import { cullFaces, tasteFaces } from './culling/faces.ts';
import { Moments } from './culling/service.ts';
import { Taste } from './culling/taste/taste.ts';
import { examine } from './doctor/doctor.ts';
import { EngineKeys, type Keychain } from './engines/engine-keys.ts';
import { createEngineHost } from './engines/host.ts';
import { languageModels } from './engines/language-models.ts';
import { createMachineProbe, SLOW_SECONDS } from './engines/probe.ts';
import { openRemoteEngines, type RemoteEngines } from './engines/remote-engines.ts';
import { type ModelShelf, openShelf } from './engines/shelf.ts';
import { openDiskReader } from './files/disk-reader.ts';
import { History, type Travel } from './history/history.ts';
import type { KeywordChange } from './history/words.ts';
import { Feedback } from './learning/feedback.ts';
import { type Originals, openOriginals } from './originals/originals.ts';
import { chosenPhotos } from './originals/sidecars/chosen.ts';
import { Sidecars } from './originals/sidecars/service.ts';
import { Reports } from './report/reports.ts';

export type CoreOptions = {
  /** Where catalog and previews live; made when it is missing. */
  dataDirectory: string;
  shell: 'desktop' | 'browser';
  log: (line: LogLine) => void;
  /** Only reads: needs no lock, so it works beside a running Keeplight. Default false. */
  readOnly?: boolean;
  /** Continue unfinished jobs and watch the roots (the app); false for a single verb of the command line. Default true. */
  background?: boolean;
  /** The system's keychain, where the shell has one. */
  keychain?: Keychain;
};

export type Core = {
  readonly router: CoreRouter;
  readonly dataDirectory: string;
  readonly settings: Settings;
  /** @param options.quarters as the photo is turned now where it is not said. @throws CoreError NOT_FOUND for an unknown id, or when nothing can be shown. */
  picture(
    size: PictureSize,
    id: number,
    options?: { signal?: AbortSignal; quarters?: Quarters },
  ): Promise<ServedPicture>;
  /** Adds a folder and starts indexing it. @throws CoreError when it is no folder. @returns the root's id. */
  addRoot(path: string): Promise<number>;
  /** Adds the folders and returns when every photo in them has been looked at. */
  index(
    paths: readonly string[],
    options?: { signal?: AbortSignal; onProgress?: (progress: IndexProgress) => void },
  ): Promise<IndexReport>;
  /** Looks for faces where it was not done yet, unless it is switched off, and returns when all were looked for. */
  findFaces(options?: { signal?: AbortSignal; onProgress?: (progress: { text: string }) => void }): Promise<void>;
  /** @throws CoreError INVALID for the filter, NOT_FOUND for a folder that is not in the library. */
  list(options?: ListOptions): ListedPhoto[];
  /** The same photos by their ids alone. */
  listIds(options?: ListOptions): number[];
  /** @throws CoreError NOT_FOUND. */
  show(idOrPath: number | string): ListedPhoto;
  /** One step of the history. @throws CoreError NOT_FOUND, and then nothing was changed. */
  mark(
    idsOrPaths: readonly (number | string)[],
    mark: { flag?: Flag; stars?: number; color?: Color },
  ): { changed: number; photos: ListedPhoto[] };
  /** Turns photos by quarters to the right. One step of the history. @throws CoreError NOT_FOUND. */
  rotate(idsOrPaths: readonly (number | string)[], by: Quarters): { changed: number; photos: ListedPhoto[] };
  /** What undo and redo would do now, for people; null where there is nothing. */
  undoState(): { undo: string | null; redo: string | null };
  /** Gives and takes keywords as one step. @throws CoreError NOT_FOUND, INVALID; then nothing was changed. */
  tag(idsOrPaths: readonly (number | string)[], change: KeywordChange): { changed: number; photos: ListedPhoto[] };
  /** Sets the caption, or the title, as one step; null takes it out. @throws CoreError NOT_FOUND. */
  word(
    idsOrPaths: readonly (number | string)[],
    field: WordField,
    value: string | null,
  ): { changed: number; photos: ListedPhoto[] };
  /**
   * Writes sidecars of photos and of all photos in folders, or of the whole library when none is named, or reads them.
   * @throws CoreError NOT_FOUND; the signal's reason, and what was done until then can be undone.
   */
  sidecars(
    what: 'write' | 'read',
    idsOrPaths: readonly string[],
    options: { dryRun: boolean; signal?: AbortSignal; onProgress?: (progress: { text: string }) => void },
  ): Promise<SidecarReport>;
  /** Takes back the last step of the history, or does the last one taken back again. */
  undo(): Promise<Travel>;
  redo(): Promise<Travel>;
  /** What of a folder would be kept; marks it as one step unless `dryRun`. @throws CoreError NOT_FOUND. */
  cull(folder: string, wish: Wish, options: { dryRun: boolean }): CullReport;
  /** What was learned of the person's taste, from all marks up to now. */
  taste(): Promise<TasteState>;
  /** The id of a photo given by id (also as text) or by the path of any of its files. @throws CoreError NOT_FOUND. */
  resolvePhoto(idOrPath: number | string): number;
  /** A folder or file chosen in a native dialog → a token that the page can pass on. */
  diskToken(path: string): string;
  /** Path of the file that stands for the photo: for the desktop shell, which shows it in the file manager. */
  revealPath(id: number): string;
  doctor(options?: { signal?: AbortSignal }): Promise<Finding[]>;
  readonly critics: Critics;
  readonly models: ModelShelf;
  /** Engines on other computers. */
  readonly remoteEngines: RemoteEngines;
  readonly moments: Moments;
  /** Absolute path of the file that stands for each photo. */
  paths(ids: readonly number[]): Map<number, string>;
  /** What leaves the library and comes into it. */
  readonly originals: Originals;
  /** What people say of photos in their own words. */
  readonly feedback: Feedback;
  readonly reports: Reports;
  jobs(): Job[];
  /** Waits for a job and tells how far it is; stopping to wait cancels it. @throws CoreError with the job's reason. */
  finishJob(
    id: number,
    options?: { signal?: AbortSignal; onProgress?: (progress: { text: string }) => void },
  ): Promise<void>;
  /** @returns ends the subscription. */
  subscribe(listener: (event: CoreEvent) => void): () => void;
  /** Finishes the writing in hand and lets go of everything; jobs continue at the next start. */
  close(): Promise<void>;
};

/** Largest part of the machine that indexing takes when the settings leave it to us: all of it. */
const workersOf = ({ performance }: Settings): number => performance.workers || availableParallelism();

/** Photos from which on catching up waits for the first window. */
const LARGE = 20_000;

/** Jobs that do not stop within this time are left as they are. */
const SECONDS_TO_STOP = 5;

/**
 * @throws CoreError CONFLICT: another Keeplight uses the data folder, or the catalog is newer than this program;
 *   READ_ONLY or DISK_FULL: the data folder cannot be written.
 */
export async function openCore(options: CoreOptions): Promise<Core> {
  const { dataDirectory } = options;
  const readOnly = options.readOnly ?? false;
  const lock = readOnly ? null : lockData(dataDirectory);
  let catalog: Catalog | null = null;
  try {
    catalog = openCatalog({ dataDirectory, readOnly });
    const core = compose(options, catalog, lock);
    if (!readOnly && options.background === false) await core.originals.heal();
    return core;
  } catch (error) {
    catalog?.close();
    lock?.release();
    throw sentenceOf(error, dataDirectory);
  }
}

/** Puts the rooms together over an open catalog. */
function compose(options: CoreOptions, catalog: Catalog, lock: Lock | null): Core {
  const { dataDirectory, log } = options;
  const readOnly = options.readOnly ?? false;
  const background = !readOnly && (options.background ?? true);
  const report = (error: unknown) => log({ level: 'error', text: messageOf(error) });
  const questions = new Questions();
  const columns = new PhotoColumns(catalog, () => questions.calm());
  const changes = new Changes(columns);
  const settings = new SettingsStore({
    read: () => readSettings(catalog),
    write: (changed) => writeSettings(catalog, changed),
  });
  settings.onChange((changed) => changes.tell({ kind: 'settings', settings: changed }));
  const jobs = new JobRunner(jobStore(catalog), {
    onJobs: (list) => changes.tell({ kind: 'jobs', jobs: list }),
    onFailure: (title, error) => log({ level: 'error', text: `${title}: ${messageOf(error)}` }),
    sentence: (error) => messageOf(sentenceOf(error, dataDirectory)),
  });
  let pool: AnalysisPool | null = null;
  let poolSize = 0;
  const openPool = (): AnalysisPool => {
    const workers = workersOf(settings.current);
    // Another number of workers is taken between two photos, when nothing waits.
    if (pool && workers !== poolSize && pool.pending === 0) {
      void pool.close();
      pool = null;
    }
    if (!pool) {
      pool = openAnalysisPool({ workers, codeCache: codeCachePath(dataDirectory) });
      poolSize = workers;
    }
    return pool;
  };
  /** As the photo of this file was turned. */
  const pixelsOf = (path: string, longEdge: number, options: AnalysisOptions & { ownColors?: boolean }) =>
    openPool().pixels(path, longEdge, { ...options, quarters: quartersAt(catalog, path) });
  const disk = openDiskReader({ codeCache: codeCachePath(dataDirectory) });
  const gate = new IndexGate();
  const tokens = new DiskTokens();
  const engines = createEngineHost({ log: (text) => log({ level: 'info', text }) });
  const remoteEngines = openRemoteEngines({
    catalog,
    keys: new EngineKeys(dataDirectory, options.keychain ?? null),
    cacheDirectory: modelCacheFolder(dataDirectory),
    tell: (event) => changes.tell(event),
    async leaving(critic) {
      if (settings.current.models.active === critic) await models.use('measured');
    },
    changed: (critic) => engine.unload(critic),
  });
  const engine = engines.pool(
    languageModels({
      settings: () => settings.current,
      cacheDirectory: modelCacheFolder(dataDirectory),
      elsewhere: (critic) => remoteEngines.open(critic),
    }),
    (state) => changes.tell({ kind: 'engine', engine: state }),
  );
  const probe = createMachineProbe({ catalog, settings: () => settings.current, indexing: gate });
  const critics: Critics = openCritics({
    catalog,
    columns,
    jobs,
    engine,
    settings: () => settings.current,
    order: (view) => orderedIds(catalog, columns, view),
    visible: () => library.visible,
    indexing: gate,
    // What a person waits for goes before what is indexed.
    decode: (path, longEdge, signal) => pixelsOf(path, longEdge, { signal, priority: 3 }),
    tell: (event) => changes.tell(event),
    photosChanged: (ids, photoColumns) => changes.photos(ids, photoColumns),
    allPhotosChanged: (photoColumns) => changes.allPhotos(photoColumns),
    log: (text) => log({ level: 'info', text }),
    took: (critic, milliseconds) => probe.graded(critic, milliseconds),
    isSlow: (critic) => (probe.secondsOf(critic) ?? 0) > SLOW_SECONDS,
  });
  const models = openShelf({
    catalog,
    dataDirectory,
    jobs,
    engine,
    settings: () => settings.current,
    changeSettings: (changed) => settings.set(changed),
    tell: (event) => changes.tell(event),
    removeEngine: (address) => remoteEngines.remove(address),
    estimateOf: (name) => probe.estimateOf(name),
    measure: (signal) => probe.run(signal),
    async activeChanged() {
      await critics.recount();
      if (background) critics.photosReady();
    },
  });
  const library = new Library({
    catalog,
    changes,
    dataDirectory,
    jobs,
    log,
    gate,
    pool: openPool,
    disk,
    inFlight: () => workersOf(settings.current) + 2,
    activeCritic: () => critics.activeCritic(),
    likeness: () => settings.current.moments.likeness,
    watch: background,
    onReady: () => {
      critics.photosReady();
      if (background) faces.start();
    },
  });
  const faces = new FaceSearch({
    catalog,
    changes,
    dataDirectory,
    jobs,
    gate,
    pool: openPool,
    inFlight: () => workersOf(settings.current),
    isOn: () => settings.current.faces,
    calm: () => questions.calm(),
    likeness: () => settings.current.moments.likeness,
    log,
  });
  settings.onChange(() => void faces.follow().catch(report));
  const sidecars = new Sidecars({
    catalog,
    jobs,
    settings: () => settings.current,
    landed: (photos) => changes.photos(photos, SIDECAR_COLUMNS),
    stepped: () => history.stepped(),
    log,
  });
  const originals: Originals = openOriginals({
    catalog,
    dataDirectory,
    disk,
    jobs,
    decode: (path, longEdge, ownColors, signal) => pixelsOf(path, longEdge, { signal, ownColors, priority: 1 }),
    show: (path, longEdge, signal) => pixelsOf(path, longEdge, { ...(signal && { signal }), priority: 3 }),
    imported: (folder) => {
      if (background) void library.imported(folder).catch(report);
    },
    xmp: () => {
      const { labels, rejectAsRating } = settings.current.sidecars;
      return { colorWords: labels, rejectAsRating, now: new Date() };
    },
    wordAnew: (photo, pair, signal) => critics.wordAnew(photo, pair, signal),
    history: () => history,
  });
  const history = new History({
    catalog,
    columns,
    changes,
    roots: library,
    beside: {
      async bring(files, way) {
        const within = files.filter(({ backup }) => backup !== undefined);
        const sidecarFiles = files.filter(({ backup }) => backup === undefined);
        return new Map([
          ...(await sidecars.bring(sidecarFiles, way)),
          ...(await originals.embedder.bring(within, way)),
        ]);
      },
    },
    files: originals.mover,
    onDecided: (photos) => sidecars.changed(photos),
  });
  let wasLive = settings.current.sidecars.live;
  settings.onChange(({ sidecars: { live } }) => {
    if (live === 'on' && wasLive !== 'on') sidecars.catchUp();
    wasLive = live;
  });
  const culling = new Culling({ catalog, columns, changes, history, faces: (ids) => cullFaces(catalog, ids) });
  const taste = new Taste({
    catalog,
    changes,
    settings: () => settings.current,
    background,
    faces: (ids) => tasteFaces(catalog, ids),
    log: (text) => log({ level: 'error', text }),
  });
  const moments = new Moments({ catalog, changes, history, settings });
  const reports = new Reports({
    catalog,
    jobs,
    dataDirectory,
    ask: (photo, request, signal) => critics.say(photo, request, signal),
  });
  const feedback = new Feedback({ catalog, history, settings: () => settings.current });
  const remake = (photo: number) => {
    if (!readOnly) library.remake(photo);
  };
  const doctor: Core['doctor'] = ({ signal } = {}) => examine(catalog, models, { dataDirectory, signal });
  const router = createRouter({
    questions,
    shell: options.shell,
    dataDirectory,
    log,
    catalog,
    columns,
    changes,
    history,
    culling,
    taste,
    moments,
    faces,
    evidence: (photo, kinds, signal) => evidenceOfPhoto(catalog, openPool, photo, kinds, signal),
    jobs,
    library,
    sidecars,
    originals,
    feedback,
    reports,
    critics,
    models,
    remoteEngines,
    settings,
    tokens,
    doctor: (signal) => doctor({ signal }),
  });
  let closing: Promise<void> | null = null;
  const keeper = readOnly ? null : new Keeper({ catalog, dataDirectory, log, background });
  if (!readOnly) void sweepPreviews(dataDirectory);
  if (background) {
    void prepareOrders(columns)
      .then(() => columns.loadForLater())
      .then(() => columns.loadTextRanks())
      .catch(report);
    const catchUp = () => {
      if (closing !== null) return;
      jobs.continueUnfinished();
      library.catchUp();
      void faces.catchUp().catch(report);
      sidecars.catchUp();
    };
    // What was left to do in a large library keeps a processor busy: the window that is opening goes first.
    if (columns.count < LARGE) catchUp();
    else void questions.firstAnswered().then(catchUp).catch(report);
  }
  const close = async () => {
    await sidecars.close();
    await library.close();
    // A job may wait for a drive that never answers; the next start goes on with it. Exiting in order would wait too.
    if (!(await settlesWithin(SECONDS_TO_STOP, jobs.close())))
      process.once('exit', () => process.kill(process.pid, 'SIGKILL'));
    await originals.cards.close();
    critics.close();
    // A verb ends here: what it marked is learned from before it goes.
    if (!readOnly && !background && !keeper?.damaged) await taste.settle();
    await taste.close();
    await engines.close();
    await pool?.close();
    disk.close();
    await keeper?.close();
    if (readOnly || keeper?.damaged) catalog.close();
    else closeCatalog(catalog, dataDirectory);
    lock?.release();
  };
  return {
    router,
    dataDirectory,
    get settings() {
      return settings.current;
    },
    picture: (size, id, { signal, quarters } = {}) => {
      questions.came();
      return servePicture(catalog, dataDirectory, openPool, { size, id, quarters }, signal, remake);
    },
    addRoot: (path) => library.addRoot(path),
    index: (paths, { signal, onProgress } = {}) => library.index(paths, signal, onProgress),
    async findFaces({ signal, onProgress } = {}) {
      const job = faces.start();
      if (job !== null) await finishJob(jobs, changes, job, signal, onProgress);
    },
    list: (list) => [
      ...eachListed(
        catalog,
        listedIds(catalog, () => columns, list),
      ),
    ],
    listIds: (list) => listedIds(catalog, () => columns, list),
    show: (photo) => listedPhotos(catalog, [resolvePhoto(catalog, photo)])[0]!,
    mark(photos, mark) {
      const ids = photos.map((photo) => resolvePhoto(catalog, photo));
      try {
        const { length: changed } = history.mark([{ ids, ...mark }]);
        return { changed, photos: listedPhotos(catalog, ids) };
      } catch (error) {
        throw sentenceOf(error, dataDirectory);
      }
    },
    rotate(photos, by) {
      const ids = photos.map((photo) => resolvePhoto(catalog, photo));
      const { length: changed } = history.rotate(ids, by);
      return { changed, photos: listedPhotos(catalog, ids) };
    },
    undoState: () => history.state(),
    tag(photos, change) {
      const ids = photos.map((photo) => resolvePhoto(catalog, photo));
      const { length: changed } = history.tag(ids, change);
      return { changed, photos: listedPhotos(catalog, ids) };
    },
    word(photos, field, value) {
      const ids = photos.map((photo) => resolvePhoto(catalog, photo));
      const { length: changed } = history.word(ids, field, value);
      return { changed, photos: listedPhotos(catalog, ids) };
    },
    async sidecars(what, named, { dryRun, signal = new AbortController().signal, onProgress }) {
      const chosen = () => chosenPhotos(catalog, columns, named);
      if (what === 'read') {
        const folders = sidecars.foldersOf(chosen());
        if (folders.length > 0) await library.index(folders, signal, onProgress);
        return sidecars.read(chosen(), history, { dryRun, signal });
      }
      if (dryRun) return sidecars.plan(chosen(), signal);
      const job = sidecars.start(chosen());
      await finishJob(jobs, changes, job, signal, onProgress);
      return sidecars.reportOf(job)!;
    },
    undo: () => history.undo(),
    redo: () => history.redo(),
    cull: (folder, wish, { dryRun }) => cullFolder(catalog, culling, folder, wish, dryRun),
    taste: () => taste.learnNow(),
    resolvePhoto: (photo) => resolvePhoto(catalog, photo),
    diskToken: (path) => tokens.tokenFor(path),
    revealPath(id) {
      const [path] = pathsOf(catalog, [id]).get(id) ?? [];
      if (path === undefined) throw new CoreError('NOT_FOUND', `There is no photo ${id}.`);
      return path;
    },
    doctor,
    critics,
    models,
    remoteEngines,
    moments,
    paths: (ids) =>
      new Map([...pathsOf(catalog, ids)].flatMap(([id, [path]]) => (path === undefined ? [] : [[id, path]]))),
    originals,
    feedback,
    reports,
    jobs: () => jobs.list(),
    finishJob: (id, { signal, onProgress } = {}) => finishJob(jobs, changes, id, signal, onProgress),
    subscribe: (listener) => changes.subscribe(listener),
    close() {
      closing ??= close();
      return closing;
    },
  };
}
