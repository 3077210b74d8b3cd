/** The roots of the library, kept up to date: added, indexed, watched, removed. */
import { relative, resolve, sep } from 'node:path';
import { CoreError } from '../base/core-error.ts';
import { demoShootPath } from '../base/data-places.ts';
import type { JobContext, JobRunner } from '../base/jobs.ts';
import type { IndexProgress, IndexReport, LogLine } from '../base/records.ts';
import { analyzeAgain } from '../catalog/analyses.ts';
import { forgetOutdatedFacts } from '../catalog/facts.ts';
import { lookAgain } from '../catalog/failures.ts';
import { isBelow } from '../catalog/files.ts';
import { absorbRoot, addRoot, isInside, type Root, rootById, roots } from '../catalog/folders.ts';
import { countUnjudged } from '../catalog/judgements.ts';
import type { Catalog } from '../catalog/open.ts';
import { pathsOf, standingsInRoot } from '../catalog/photos.ts';
import { renderDemoShoot } from '../demo/render.ts';
import { SilentDrive } from '../files/disk-reader.ts';
import type { RootEvent } from '../files/watch.ts';
import { type IndexPayload, type IndexResult, type IndexRoom, indexRoot } from './index-job.ts';
import { judgeAgain, removePreviews } from './upkeep.ts';

export type LibraryOptions = Omit<IndexRoom, 'visible'> & {
  jobs: JobRunner;
  log: (line: LogLine) => void;
  /** Watch the roots. */
  watch: boolean;
  /** Photos were looked at. */
  onReady: () => void;
};

type Payload = IndexPayload & {
  /** Began by itself: not worth keeping in the list when nothing came of it. */ quiet: boolean;
};

/** Changes that a watcher reports within this time are scanned in one go. */
const WATCH_MILLISECONDS = 400;

export class Library {
  readonly #room: LibraryOptions;
  readonly #catalog: Catalog;
  readonly #results = new Map<number, IndexResult>();
  readonly #progress = new Map<number, (progress: IndexProgress) => void>();
  readonly #changed = new Map<number, Set<string>>();
  readonly #postponed = new Set<number>();
  #visible: readonly number[] = [];
  /** Ends the watching of a root, by its path. */
  readonly #watched = new Map<string, () => void>();
  readonly #seen = new Set<string>();
  #flush: NodeJS.Timeout | null = null;

  constructor(options: LibraryOptions) {
    this.#room = options;
    this.#catalog = options.catalog;
    options.jobs.define('index', { unit: 'photos', canPause: true, run: (job) => this.#runIndex(job) });
    options.jobs.define('demo', { unit: 'photos', canPause: false, run: (job) => this.#runDemo(job) });
    options.jobs.define('judge', { unit: 'photos', canPause: true, run: (job) => this.#runJudge(job) });
    for (const { path } of roots(this.#catalog)) this.#watch(path);
  }

  get visible(): readonly number[] {
    return this.#visible;
  }

  setVisible(ids: readonly number[]): void {
    this.#visible = ids;
  }

  /** Adds a folder as a root and starts indexing it. @throws CoreError when it is no folder or lies in a root already. */
  async addRoot(path: string): Promise<number> {
    const place = await this.#place(path);
    if (place.folders !== null) {
      throw new CoreError(
        'CONFLICT',
        `${resolve(path)} is part of ${place.root.path}, which is in the library already.`,
      );
    }
    this.#start(place.root, null);
    return place.root.id;
  }

  /** Photos have come to a folder: it is looked through, and added where it is in no root. */
  async imported(path: string): Promise<void> {
    const place = await this.#place(path);
    this.#start(place.root, place.folders);
  }

  /** Lets go of a root that is about to leave the library. @throws CoreError NOT_FOUND. */
  async leaving(id: number): Promise<void> {
    const root = this.#require(id);
    for (const job of this.#room.jobs.unfinished('index')) {
      if ((job.payload as Payload).root === id) await this.#room.jobs.cancel(job.id);
    }
    this.#unwatch(root.path);
  }

  /** A root has left; its photos stay on the disk, their previews need not. */
  left(previews: readonly { id: number; version: number }[]): void {
    void removePreviews(
      this.#room.dataDirectory,
      previews.filter(({ version }) => version > 0),
    );
  }

  /** A root has come back: its photos are looked at again. */
  returned(id: number): void {
    const root = this.#require(id);
    this.#watch(root.path);
    this.#room.changes.namesChanged();
    this.#start(root, null);
  }

  /** Looks for changes in a root, or in all. */
  rescan(id: number | null): void {
    for (const root of id === null ? roots(this.#catalog) : [this.#require(id)]) this.#start(root, null);
  }

  /** Looks at these photos again, whatever became of earlier looks; what has gone is looked for. */
  lookAgain(ids: readonly number[]): void {
    const found = this.#catalog.transaction(() => lookAgain(this.#catalog, ids))();
    this.#room.changes.photos(found.waiting, ['state']);
    for (const root of found.roots) this.#start(this.#require(root), null);
  }

  /** The previews of a photo have gone from the data folder: it is looked at again. */
  remake(photo: number): void {
    const root = analyzeAgain(this.#catalog, photo);
    if (root !== null) this.#startQuietly(this.#require(root), null);
  }

  /** What this version of Keeplight wants to look at again, then every root for what changed while nobody watched. */
  catchUp(): void {
    this.#room.changes.photos(forgetOutdatedFacts(this.#catalog), ['state']);
    if (countUnjudged(this.#catalog) > 0) this.#room.jobs.start('judge', 'Judging again', {});
    for (const root of roots(this.#catalog)) this.#startQuietly(root, null);
  }

  /** Renders the demo shoot and adds it. @returns the job. */
  addDemo(): number {
    return this.#room.jobs.start('demo', 'Demo shoot', {});
  }

  /** Adds the folders and returns when every photo in them was looked at. @throws CoreError; the signal's reason. */
  async index(
    paths: readonly string[],
    signal: AbortSignal | undefined,
    onProgress: ((progress: IndexProgress) => void) | undefined,
  ): Promise<IndexReport> {
    const began = performance.now();
    const places: { root: Root; folders: string[] | null }[] = [];
    for (const path of paths) await this.#requireFolder(resolve(path));
    for (const path of paths) places.push(await this.#place(path));
    // A later folder may have taken an earlier one in.
    const wanted = places.filter(({ root }) => rootById(this.#catalog, root.id) !== undefined);
    const report: IndexReport = { roots: 0, photos: 0, indexed: 0, unchanged: 0, failed: [], seconds: 0, jobs: 0 };
    const seen = new Set<string>();
    for (const { root, folders } of wanted) {
      const key = JSON.stringify([root.id, folders]);
      if (seen.has(key)) continue;
      seen.add(key);
      const { result, problems } = await this.#indexAndWait(root, folders, signal, onProgress);
      const photos = this.#photosIn(root.id, folders);
      const there = photos.filter(({ state }) => state !== 'missing').length;
      report.roots++;
      report.jobs++;
      report.photos += there;
      report.indexed += result.indexed;
      report.unchanged += Math.max(0, there - result.indexed);
      report.failed.push(...problems, ...this.#failuresOf(photos));
    }
    report.seconds = Math.round(performance.now() - began) / 1000;
    return report;
  }

  async close(): Promise<void> {
    if (this.#flush) clearTimeout(this.#flush);
    for (const path of [...this.#watched.keys()]) this.#unwatch(path);
  }

  #require(id: number): Root {
    const root = rootById(this.#catalog, id);
    if (!root) throw new CoreError('NOT_FOUND', 'This folder is no longer in the library.');
    return root;
  }

  /** @throws CoreError NOT_FOUND, UNAVAILABLE: no rights, or a drive that does not answer; INVALID. */
  async #requireFolder(path: string): Promise<void> {
    let isFolder: boolean;
    try {
      isFolder = await this.#room.disk.isFolder(path);
    } catch (error) {
      if (error instanceof SilentDrive) throw new CoreError('UNAVAILABLE', `${path}: ${error.message}`);
      const code = error instanceof Error && 'code' in error ? error.code : null;
      if (code === 'EACCES' || code === 'EPERM') throw new CoreError('UNAVAILABLE', `You may not look into ${path}.`);
      throw new CoreError('NOT_FOUND', `There is no folder ${path}.`, { cause: error });
    }
    if (!isFolder) throw new CoreError('INVALID', `${path} is not a folder.`);
  }

  /** The root that a folder is, or lies in; a new one where there is none, which takes in the roots below it. */
  async #place(path: string): Promise<{ root: Root; folders: string[] | null }> {
    const folder = resolve(path);
    await this.#requireFolder(folder);
    const known = roots(this.#catalog);
    const around = known.find((root) => folder === root.path || isInside(folder, root.path));
    if (around) {
      const below = relative(around.path, folder).split(sep).join('/');
      return { root: around, folders: below === '' ? null : [below] };
    }
    const id = addRoot(this.#catalog, folder);
    for (const inner of known.filter((root) => isInside(root.path, folder))) {
      for (const job of this.#room.jobs.unfinished('index')) {
        if ((job.payload as Payload).root === inner.id) await this.#room.jobs.cancel(job.id);
      }
      this.#unwatch(inner.path);
      absorbRoot(this.#catalog, inner.id, id, relative(folder, inner.path).split(sep).join('/'));
      this.#room.changes.namesChanged();
    }
    this.#watch(folder);
    this.#room.changes.tell({ kind: 'folders' });
    return { root: this.#require(id), folders: null };
  }

  #start(root: Root, folders: string[] | null, quiet = false): number {
    const payload: Payload = { root: root.id, folders, quiet };
    return this.#room.jobs.start('index', `Indexing ${root.name}`, payload);
  }

  /** Begins by itself; not against a person who paused indexing this root: then it follows when that goes on. */
  #startQuietly(root: Root, folders: string[] | null): void {
    if (this.#isPaused(root.id)) this.#postponed.add(root.id);
    else this.#start(root, folders, true);
  }

  #isPaused(root: number): boolean {
    return this.#room.jobs
      .unfinished('index')
      .some(({ state, payload }) => state === 'paused' && (payload as Payload).root === root);
  }

  async #indexAndWait(
    root: Root,
    folders: string[] | null,
    signal: AbortSignal | undefined,
    onProgress: ((progress: IndexProgress) => void) | undefined,
  ): Promise<{ result: IndexResult; problems: IndexResult['problems'] }> {
    signal?.throwIfAborted();
    const id = this.#start(root, folders);
    if (onProgress) this.#progress.set(id, onProgress);
    const cancel = () => void this.#room.jobs.cancel(id);
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      const job = await this.#room.jobs.settled(id);
      signal?.throwIfAborted();
      const result = this.#results.get(id);
      if (job.state !== 'done' || !result) {
        throw new CoreError('UNAVAILABLE', job.error ?? `Indexing ${root.path} was stopped.`);
      }
      return { result, problems: result.problems };
    } finally {
      signal?.removeEventListener('abort', cancel);
      this.#progress.delete(id);
      this.#results.delete(id);
    }
  }

  async #runIndex(job: JobContext): Promise<'forget' | undefined> {
    const { quiet, ...payload } = job.payload as Payload;
    // It was asked for before the person paused this root: then it follows when that goes on.
    if (quiet && this.#isPaused(payload.root)) {
      this.#postponed.add(payload.root);
      return 'forget';
    }
    const tell = this.#progress.get(job.id);
    const current: IndexProgress = { phase: 'scan', done: 0, total: null, failed: 0, text: '' };
    const result = await this.#room.gate.during(() =>
      indexRoot(
        {
          ...this.#room,
          visible: () => this.#visible,
        },
        payload,
        {
          ...job,
          report: (progress) => {
            job.report(progress);
            if (!tell) return;
            Object.assign(current, progress);
            current.phase = current.total === null ? 'scan' : 'look';
            current.text = textOf(current, progress.description);
            tell({ ...current });
          },
        },
      ),
    );
    for (const { path, reason } of result.problems) this.#room.log({ level: 'warning', text: `${path}: ${reason}` });
    this.#results.set(job.id, result);
    if (result.indexed > 0) this.#room.onReady();
    if (this.#postponed.delete(payload.root)) {
      const root = rootById(this.#catalog, payload.root);
      if (root) this.#start(root, null, true);
    }
    return quiet && result.indexed === 0 ? 'forget' : undefined;
  }

  /** What a newer measured critic says of the photos, from the facts that are stored of them. */
  async #runJudge(job: JobContext): Promise<'forget'> {
    const { catalog, changes, activeCritic } = this.#room;
    const total = job.before + countUnjudged(catalog);
    const report = (judged: number) => job.report({ done: job.before + judged, total });
    job.report({ description: 'A newer measured critic judges what was measured before' });
    report(0);
    await judgeAgain(catalog, changes, activeCritic, job.signal, report);
    return 'forget';
  }

  async #runDemo(job: JobContext): Promise<undefined> {
    const directory = demoShootPath(this.#room.dataDirectory);
    job.report({ description: 'Rendering the demo shoot' });
    await renderDemoShoot(directory, {
      signal: job.signal,
      onProgress: ({ done, total }) => job.report({ done, total }),
    });
    const { root } = await this.#place(directory);
    this.#start(root, null);
  }

  #photosIn(root: number, folders: string[] | null): { id: number; state: string; error: string | null }[] {
    const all = standingsInRoot(this.#catalog, root);
    return folders === null
      ? all
      : all.filter((photo) => folders.some((folder) => isBelow(`${photo.folder}/`, folder)));
  }

  #failuresOf(photos: readonly { id: number; state: string; error: string | null }[]): IndexReport['failed'] {
    const failed = photos.filter(({ state, error }) => state !== 'missing' && error !== null);
    const paths = pathsOf(
      this.#catalog,
      failed.map(({ id }) => id),
    );
    return failed.map(({ id, error }) => ({ path: paths.get(id)?.[0] ?? '', reason: error ?? '' }));
  }

  #watch(path: string): void {
    if (!this.#room.watch || this.#watched.has(path)) return;
    this.#watched.set(
      path,
      this.#room.disk.watch(path, (event) => this.#follow(path, event)),
    );
  }

  #unwatch(path: string): void {
    this.#watched.get(path)?.();
    this.#watched.delete(path);
    this.#seen.delete(path);
  }

  #follow(path: string, event: RootEvent): void {
    const root = roots(this.#catalog).find((one) => one.path === path);
    if (!root) return;
    if (event.type === 'limited') {
      this.#room.log({ level: 'warning', text: event.reason });
      return;
    }
    // Whoever begins to watch a root looks through it anyway.
    const isFirst = event.type !== 'changed' && !this.#seen.has(path);
    this.#seen.add(path);
    if (isFirst) return;
    const folders = this.#changed.get(root.id) ?? new Set();
    this.#changed.set(root.id, folders);
    for (const folder of event.type === 'changed' ? event.folders : ['']) folders.add(folder);
    this.#flush ??= setTimeout(() => this.#scanChanged(), WATCH_MILLISECONDS);
  }

  #scanChanged(): void {
    this.#flush = null;
    for (const [id, folders] of this.#changed) {
      const root = rootById(this.#catalog, id);
      if (root) this.#startQuietly(root, folders.has('') ? null : [...folders].sort());
    }
    this.#changed.clear();
  }
}

function textOf(progress: IndexProgress, description: string | undefined): string {
  if (progress.total === null) return description ?? 'Looking for photos';
  const failed = progress.failed > 0 ? `, ${progress.failed} with problems` : '';
  return `Looked at ${progress.done} of ${progress.total} photos${failed}`;
}
