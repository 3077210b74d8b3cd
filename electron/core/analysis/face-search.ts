/**
 * Looks for faces in photos that have their previews, behind everything else: what is left to do is a query, so it may
 * stop anywhere. Switched off, it deletes what was found.
 */
import type { SeenFaces } from '../../../shared/face.ts';
import { previewPath } from '../base/data-places.ts';
import type { Changes } from '../base/events.ts';
import type { JobContext, JobRunner } from '../base/jobs.ts';
import type { LogLine } from '../base/records.ts';
import { LostPhoto, UnreadablePhoto } from '../base/unreadable.ts';
import { countsUnlooked, type FacelessPhoto, forgetFaces, storeFaces, unlookedPhotos } from '../catalog/faces.ts';
import type { Catalog } from '../catalog/open.ts';
import { picturePaths } from '../catalog/photos.ts';
import { regroupMoments } from '../culling/moments.ts';
import type { AnalysisPool } from './analysis-pool.ts';
import type { IndexGate } from './index-gate.ts';

export type FaceRoom = {
  catalog: Catalog;
  changes: Changes;
  dataDirectory: string;
  jobs: JobRunner;
  gate: IndexGate;
  pool: () => AnalysisPool;
  /** Photos that may be under way at once. */
  inFlight: () => number;
  isOn: () => boolean;
  /** Ends when nobody waits for something else. */
  calm: () => Promise<void>;
  /** From which frames show the same view, 0–1. */
  likeness: () => number;
  log: (line: LogLine) => void;
};

/** Photos asked for, and written, at once. */
const PAGE = 100;
const BATCH = 16;
/** Photos of which is asked at once whether faces were looked for. */
const STEP = 2000;
/** After whatever is indexed. */
const PRIORITY = -1;

export class FaceSearch {
  readonly #room: FaceRoom;
  #wasOn: boolean;

  constructor(room: FaceRoom) {
    this.#room = room;
    this.#wasOn = room.isOn();
    room.jobs.define('faces', { unit: 'photos', canPause: true, run: (job) => this.#run(job) });
  }

  /** @returns the job that looks for faces; null where there is nothing to do, or it is switched off. */
  start(): number | null {
    const { catalog, jobs, isOn } = this.#room;
    if (!isOn() || unlookedPhotos(catalog, 0, 1).length === 0) return null;
    const [unfinished] = jobs.unfinished('faces');
    // One at work takes in what has become ready meanwhile; a paused one waits for the person.
    if (unfinished !== undefined) return unfinished.id;
    return jobs.start('faces', 'Looking for faces', {});
  }

  /** Starts if something is left from before: found in steps, since of a million photos it takes a second. */
  async catchUp(): Promise<void> {
    const { calm, catalog, isOn } = this.#room;
    await calm();
    for (const counted of isOn() && catalog.open ? countsUnlooked(catalog, STEP) : []) {
      if (counted > 0) {
        this.start();
        return;
      }
      await calm();
      if (!isOn() || !catalog.open) return;
    }
  }

  /** Deletes what was found. */
  async forget(): Promise<void> {
    const { catalog, changes, jobs } = this.#room;
    for (const { id } of jobs.unfinished('faces')) await jobs.cancel(id);
    forgetFaces(catalog);
    changes.allPhotos(['faces']);
  }

  /** Does what the setting says now. */
  async follow(): Promise<void> {
    const isOn = this.#room.isOn();
    if (isOn === this.#wasOn) return;
    this.#wasOn = isOn;
    if (isOn) this.start();
    else await this.forget();
  }

  async #run(job: JobContext): Promise<'forget'> {
    const { catalog, changes } = this.#room;
    const progress = { done: 0, failed: 0, faces: 0 };
    let left = 0;
    const count = async () => {
      let counted = 0;
      for (const some of countsUnlooked(catalog, STEP)) {
        counted += some;
        await this.#room.calm();
        job.signal.throwIfAborted();
      }
      left = progress.done + counted;
    };
    const report = () => {
      const total = job.before + Math.max(left, progress.done);
      job.report({ done: job.before + progress.done, failed: progress.failed, total });
    };
    job.report({ description: 'Where faces are, and whether their eyes are open and sharp' });
    await count();
    report();
    let waiting: { photo: FacelessPhoto; seen: SeenFaces | string }[] = [];
    const flush = () => {
      const found = waiting;
      waiting = [];
      if (found.length === 0) return;
      for (const { seen } of found) if (typeof seen !== 'string') progress.faces += seen.faces.length;
      const written = catalog.transaction(() => found.filter(({ photo, seen }) => storeFaces(catalog, photo, seen)))();
      changes.photos(
        written.map(({ photo }) => photo.photo),
        ['faces'],
      );
      report();
    };
    const look = async (photo: FacelessPhoto) => {
      const seen = await this.#look(photo, job.signal);
      progress.done++;
      if (seen === null || typeof seen === 'string') progress.failed++;
      if (seen !== null) waiting.push({ photo, seen });
      if (waiting.length >= BATCH) flush();
    };
    // Photos that become ready meanwhile may have lower ids; one that another time may suit better is not asked twice.
    const tried = new Set<string>();
    try {
      for (let isNew = true; isNew; ) {
        isNew = false;
        await count();
        for (let page = unlookedPhotos(catalog, 0, PAGE); page.length > 0; ) {
          const fresh = page.filter((one) => !tried.has(keyOf(one)));
          for (const one of fresh) tried.add(keyOf(one));
          isNew ||= fresh.length > 0;
          await eachOf(fresh, this.#room.inFlight(), job.signal, look);
          page = unlookedPhotos(catalog, page.at(-1)!.photo, PAGE);
        }
        flush();
      }
    } finally {
      flush();
    }
    // Open eyes are a reason to be on top of a moment.
    if (progress.faces > 0) await regroupMoments(catalog, changes, this.#room.likeness(), job.signal);
    return 'forget';
  }

  /** @returns a sentence where it cannot be told; null where another time may be better. */
  async #look(photo: FacelessPhoto, signal: AbortSignal): Promise<SeenFaces | string | null> {
    const { catalog, dataDirectory, gate, log, pool } = this.#room;
    const request = {
      preview: previewPath(dataDirectory, photo.photo, photo.version, 'screen'),
      files: picturePaths(catalog, photo.photo),
      width: photo.width,
      height: photo.height,
      focusTiles: photo.focusTiles,
      quarters: photo.quarters,
    };
    await gate.enter(signal);
    try {
      return await pool().faces(request, { signal, priority: PRIORITY });
    } catch (error) {
      if (!(error instanceof UnreadablePhoto)) throw error;
      log({
        level: 'warning',
        text: `Faces of photo ${photo.photo}: ${error.message}`,
      });
      const isOfThePhoto = error.failure === 'file' || (error instanceof LostPhoto && error.loss === 'died');
      return isOfThePhoto ? error.message : null;
    } finally {
      gate.leave();
    }
  }
}

const keyOf = ({ photo, content, quarters }: Pick<FacelessPhoto, 'photo' | 'content' | 'quarters'>): string =>
  `${photo} ${content} ${quarters}`;

/** So many at a time; the first failure ends it when what is under way has ended. */
async function eachOf<Item>(
  items: readonly Item[],
  atOnce: number,
  signal: AbortSignal,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const rest = items.values();
  let failure: unknown = null;
  const worker = async () => {
    for (const item of rest) {
      if (failure !== null || signal.aborted) return;
      try {
        await work(item);
      } catch (error) {
        failure ??= error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, atOnce) }, worker));
  signal.throwIfAborted();
  if (failure !== null) throw failure;
}
