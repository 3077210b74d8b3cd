/**
 * A folder becomes photos: scan (cheap, the whole root shows at once as pending), reconcile with the catalog, look
 * (what is on screen first), find moments. Every step starts from what the catalog says, so it may stop anywhere.
 */

import { access, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Judgement, judgeFacts } from '../../../models/measured/critic.ts';
import type { PreviewSize } from '../../../shared/addresses.ts';
import type { CriticId } from '../../../shared/critique.ts';
import { LOOKED_COLUMNS, type PhotoColumn, PLACED_COLUMNS } from '../../../shared/photo-columns.ts';
import { CoreError } from '../base/core-error.ts';
import { previewPath, previewsPath } from '../base/data-places.ts';
import type { Changes } from '../base/events.ts';
import { isDiskFull } from '../base/failure.ts';
import type { JobContext } from '../base/jobs.ts';
import { breathing } from '../base/pauses.ts';
import {
  type Analysis,
  type AnalyzedPhoto,
  analysisOrder,
  type KeptPicture,
  storeAnalyses,
} from '../catalog/analyses.ts';
import { outdatedPhotos } from '../catalog/facts.ts';
import { countDeath, retryPassing } from '../catalog/failures.ts';
import {
  addPhotos,
  countOfRoot,
  type DiskFile,
  isBelow,
  mergePhotos,
  missPhotos,
  missRoot,
  type PendingPhoto,
  pendingPhotos,
  placePhotos,
  restorePhotos,
  touchFiles,
} from '../catalog/files.ts';
import { rootById, rootScanned, setRootState as setState } from '../catalog/folders.ts';
import type { Catalog } from '../catalog/open.ts';
import { folderOfPhoto } from '../catalog/photos.ts';
import { regroupMoments } from '../culling/moments.ts';
import type { DiskReader } from '../files/disk-reader.ts';
import { type Reconciled, reconcile, type Scan } from '../files/reconcile.ts';
import type { AnalysisPool } from './analysis-pool.ts';
import type { IndexGate } from './index-gate.ts';
import { judgeAgain, removePreviews } from './upkeep.ts';

export type IndexPayload = {
  root: number;
  /** Only these folders of the root, relative to it, with what lies below; null for all. */
  folders: string[] | null;
};

export type IndexResult = {
  photos: number;
  indexed: number;
  unchanged: number;
  /** Places that could not be walked, absolute. */
  problems: { path: string; reason: string }[];
};

export type IndexRoom = {
  catalog: Catalog;
  changes: Changes;
  dataDirectory: string;
  pool: () => AnalysisPool;
  disk: DiskReader;
  gate: IndexGate;
  /** Looks that may be under way at once; a little more than there are workers. */
  inFlight: () => number;
  /** Photos on the screen, the first one first. */
  visible: () => readonly number[];
  activeCritic: () => CriticId | null;
  /** From which frames show the same view, 0–1. */
  likeness: () => number;
};

/** Photos or files written in one transaction: short enough that a key press in between is not felt. */
const BATCH = 200;
/** A photo over which so many processes ended is not tried once more. */
const DEATHS = 2;
const LOOK_BATCH = 24;
const LOOK_FLUSH_MILLISECONDS = 200;

/** @throws the signal's reason; CoreError when the root has gone or the disk is full. */
export async function indexRoot(room: IndexRoom, payload: IndexPayload, job: JobContext): Promise<IndexResult> {
  const root = rootById(room.catalog, payload.root);
  if (!root) return { photos: 0, indexed: 0, unchanged: 0, problems: [] };
  job.report({ description: `Looking for photos in ${root.name}`, done: 0, total: null });
  const { scan, problems, rootGone } = await walk(room, root, payload.folders, job);
  if (rootGone) {
    setRootState(room, root.id, 'offline');
    const breathe = breathing(job.signal);
    let lost: number[] = [];
    for (const ids of missRoot(room.catalog, root.id)) {
      lost = lost.concat(ids);
      const pause = breathe();
      if (pause === undefined) continue;
      room.changes.photos(lost, ['state']);
      lost = [];
      await pause;
    }
    room.changes.photos(lost, ['state']);
    room.changes.tell({ kind: 'folders' });
    return { photos: countOfRoot(room.catalog, root.id), indexed: 0, unchanged: 0, problems };
  }
  setRootState(room, root.id, 'online');
  const reconciled = await reconcile(room.catalog, scan, room.disk, job.signal);
  await writeScan(room, scan, reconciled, job.signal);
  changePhotos(room, ['state'], () => retryPassing(room.catalog, root.id, payload.folders));
  const indexed = await analyzePending(room, root, job);
  await judgeAgain(room.catalog, room.changes, room.activeCritic, job.signal);
  if (indexed > 0) await regroupMoments(room.catalog, room.changes, room.likeness(), job.signal);
  rootScanned(room.catalog, root.id, Date.now());
  return { photos: countOfRoot(room.catalog, root.id), indexed, unchanged: reconciled.unchanged, problems };
}

/** One transaction. */
function changePhotos(
  { catalog, changes }: IndexRoom,
  columns: readonly PhotoColumn[] | null,
  work: () => readonly number[],
): void {
  changes.photos(catalog.transaction(work)(), columns);
}

function setRootState({ catalog, changes }: IndexRoom, root: number, state: 'online' | 'offline'): void {
  if (setState(catalog, root, state)) changes.tell({ kind: 'folders' });
}

type Walked = { scan: Scan; problems: IndexResult['problems']; rootGone: boolean };

async function walk(
  { disk, dataDirectory }: IndexRoom,
  root: { id: number; path: string },
  folders: string[] | null,
  job: JobContext,
): Promise<Walked> {
  // A root may hold the data folder: derived pictures are no photos.
  const previews = relative(root.path, previewsPath(dataDirectory)).split(sep).join('/');
  const files: DiskFile[] = [];
  const hidden: string[] = [];
  const problems: IndexResult['problems'] = [];
  let rootGone = false;
  for (const folder of folders ?? ['']) {
    const prefix = folder === '' ? '' : `${folder}/`;
    for await (const found of disk.walk(join(root.path, folder), job.signal)) {
      const relativePath = prefix + found.relativePath;
      if (isBelow(relativePath, previews)) continue;
      if (found.type === 'file') {
        files.push({ ...found, relativePath });
        if (files.length % 500 === 0) job.report({ description: `Found ${files.length.toLocaleString('en')} files` });
      } else if (found.rootGone && (folder === '' || (await disk.isAbsent(root.path)))) {
        rootGone = true;
        problems.push({ path: root.path, reason: found.reason });
      } else if (!found.rootGone || !(await disk.isAbsent(join(root.path, folder)))) {
        if (found.hidesContents) hidden.push(relativePath.replace(/\/$/, ''));
        problems.push({ path: join(root.path, relativePath), reason: found.reason });
      }
    }
  }
  return { scan: { root, folders, files, hidden }, problems, rootGone };
}

/** Of a file in the data folder. */
async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}

function* batches<Item>(items: readonly Item[]): Generator<Item[]> {
  for (let start = 0; start < items.length; start += BATCH) yield items.slice(start, start + BATCH);
}

/** Writes what a scan found, in short transactions with room for key presses in between. */
async function writeScan(room: IndexRoom, scan: Scan, found: Reconciled, signal: AbortSignal): Promise<void> {
  const { catalog, changes } = room;
  const root = scan.root.id;
  const write = async (columns: readonly PhotoColumn[] | null, work: () => readonly number[]) => {
    signal.throwIfAborted();
    changePhotos(room, columns, work);
    await nextTurn();
  };
  for (const { into, from } of found.merged) {
    await write(null, () => {
      mergePhotos(catalog, into, from);
      return [into, ...from];
    });
  }
  if (found.entangled.length > 0) {
    await write(PLACED_COLUMNS, () => {
      placePhotos(catalog, root, found.entangled);
      return found.entangled.map(({ photo }) => photo);
    });
  }
  for (const placements of batches(found.placed)) {
    await write(PLACED_COLUMNS, () => {
      placePhotos(catalog, root, placements);
      return placements.map(({ photo }) => photo);
    });
  }
  for (const touched of batches(found.touched)) {
    await write([], () => {
      touchFiles(
        catalog,
        root,
        touched.flatMap(({ files }) => files),
      );
      return [];
    });
  }
  for (const ids of batches(found.restored)) {
    await write(['state'], () => {
      restorePhotos(catalog, ids);
      return ids;
    });
  }
  for (const photos of batches(found.added))
    await write(['presence'], () => addPhotos(catalog, root, photos, Date.now()));
  for (const ids of batches(found.gone)) await write(['state'], () => missPhotos(catalog, ids));
  if (found.added.length + found.placed.length + found.entangled.length + found.merged.length > 0) {
    changes.tell({ kind: 'folders' });
  }
}

/** Photos waiting to be looked at: what is on screen comes first, then the rest of those folders, then the others. */
class AnalysisQueue {
  readonly #waiting: Map<number, number>;
  readonly #byFolder: Map<number, number[]>;
  /** After all others, whatever is on screen. */
  readonly #last: number[];

  constructor(pending: readonly PendingPhoto[]) {
    const sound = pending.filter(({ troubled }) => !troubled);
    this.#last = pending.filter(({ troubled }) => troubled).map(({ id }) => id);
    this.#waiting = new Map(sound.map(({ id, folder }) => [id, folder]));
    this.#byFolder = new Map(
      [...Map.groupBy(sound, ({ folder }) => folder)].map(([folder, photos]) => [
        folder,
        photos.map(({ id }) => id).reverse(),
      ]),
    );
  }

  get size(): number {
    return this.#waiting.size + this.#last.length;
  }

  postpone(id: number): void {
    this.#last.push(id);
  }

  take(
    visible: readonly number[],
    folderOf: (id: number) => number | undefined,
  ): { id: number; priority: number } | null {
    for (const id of visible) if (this.#waiting.delete(id)) return { id, priority: 2 };
    const shoot = visible.map(folderOf);
    for (const folder of new Set(shoot)) {
      const id = folder === undefined ? undefined : this.#nextOf(folder);
      if (id !== undefined) return { id, priority: 1 };
    }
    for (const folder of this.#byFolder.keys()) {
      const id = this.#nextOf(folder);
      if (id !== undefined) return { id, priority: 0 };
      this.#byFolder.delete(folder);
    }
    const last = this.#last.shift();
    return last === undefined ? null : { id: last, priority: 0 };
  }

  #nextOf(folder: number): number | undefined {
    const photos = this.#byFolder.get(folder);
    for (let id = photos?.pop(); id !== undefined; id = photos?.pop()) if (this.#waiting.delete(id)) return id;
    return undefined;
  }
}

/** @returns photos looked at. */
async function analyzePending(
  room: IndexRoom,
  root: { id: number; path: string; name: string },
  job: JobContext,
): Promise<number> {
  const { catalog } = room;
  const queue = new AnalysisQueue(pendingPhotos(catalog, root.id));
  const total = queue.size;
  if (total === 0) return 0;
  const folderOf = (id: number) => folderOfPhoto(catalog, id);
  const progress = { done: 0, failed: 0 };
  const outdated = outdatedPhotos(catalog, root.id);
  const description =
    outdated === 0
      ? `Looking at the photos of ${root.name}`
      : `Looking at the photos of ${root.name}, again at ${outdated.toLocaleString('en')} that an older Keeplight measured`;
  const report = () => job.report({ ...progress, total, description });
  report();
  const finished: AnalyzedPhoto[] = [];
  let lastFlush = performance.now();
  const flush = () => {
    const looked = finished.splice(0);
    lastFlush = performance.now();
    if (looked.length === 0) return;
    catalog.transaction(() => storeAnalyses(catalog, looked, room.activeCritic()))();
    room.changes.photos(
      looked.map(({ photo }) => photo),
      LOOKED_COLUMNS,
    );
    const replaced = looked
      .filter(({ look, version }) => look.picture && version > 1)
      .map(({ photo, version }) => ({ id: photo, version: version - 1 }));
    void removePreviews(room.dataDirectory, replaced);
  };
  const underWay = new Set<Promise<void>>();
  let failure: unknown = null;
  const analyze = async (id: number, priority: number) => {
    const looked = await analyzePhoto(room, root, id, priority, job.signal);
    if (looked === 'again') {
      queue.postpone(id);
      return;
    }
    if (looked) {
      finished.push(looked);
      if (looked.look.state !== 'ready') progress.failed++;
    }
    progress.done++;
    if (finished.length >= LOOK_BATCH || performance.now() - lastFlush > LOOK_FLUSH_MILLISECONDS) flush();
    report();
  };
  try {
    for (;;) {
      if (failure !== null) throw failure;
      job.signal.throwIfAborted();
      const next = underWay.size < room.inFlight() ? queue.take(room.visible(), folderOf) : null;
      if (next) {
        const work: Promise<void> = analyze(next.id, next.priority)
          .catch((error: unknown) => {
            failure ??= error;
          })
          .finally(() => underWay.delete(work));
        underWay.add(work);
      } else if (underWay.size > 0) await Promise.race(underWay);
      else break;
    }
  } finally {
    // What was looked at is worth keeping, also when the job was stopped.
    if (failure !== null || job.signal.aborted) await Promise.allSettled(underWay);
    if (!isDiskFull(failure)) flush();
  }
  if (failure !== null) throw failure;
  return progress.done;
}

/**
 * @returns null when the photo has gone meanwhile, or its file has: then it is missing, not broken; `again` when its
 *   process ended over it, which may have been chance.
 */
async function analyzePhoto(
  room: IndexRoom,
  root: { id: number; path: string },
  id: number,
  priority: number,
  signal: AbortSignal,
): Promise<AnalyzedPhoto | 'again' | null> {
  const order = analysisOrder(room.catalog, id);
  if (!order) return null;
  const previews = {
    thumb: previewPath(room.dataDirectory, id, order.version, 'thumb'),
    screen: previewPath(room.dataDirectory, id, order.version, 'screen'),
  };
  const before = (size: PreviewSize) => previewPath(room.dataDirectory, id, order.version - 1, size);
  const { kept } = order;
  const isThere = kept !== null && (await exists(before('thumb'))) && (await exists(before('screen')));
  const contents = isThere ? kept.contents : undefined;
  await room.gate.enter(signal);
  let look: Analysis;
  try {
    const request = { files: order.files, sidecars: order.sidecars, contents, previews };
    look = await room.pool().look(request, { signal, priority });
  } finally {
    room.gate.leave();
  }
  if (kept !== null && look.isKept && look.loss === null && look.kinds.every((kind) => kind !== null)) {
    keepPicture(look, kept);
    return { photo: id, version: order.version - 1, look, judgement: judge(look) };
  }
  if (look.loss === 'died') {
    const deaths = countDeath(room.catalog, id);
    if (deaths < DEATHS) return 'again';
    look.reason = `${look.reason} That happened ${deaths} times, so it is left alone until ${look.failure === 'file' ? 'its file changes' : 'the next time its folder is looked through'}.`;
  } else if (look.failure === 'machine' && look.state === 'failed' && look.loss === null) {
    await refuseWithoutRoot(root.path);
    if (await room.disk.isAbsent(order.files[0]!)) {
      room.changes.photos(missPhotos(room.catalog, [id]), ['state']);
      return null;
    }
  }
  return { photo: id, version: order.version, look, judgement: judge(look) };
}

/** As if it had been seen again. */
function keepPicture(look: Analysis, { width, height, placeholder, facts }: KeptPicture): void {
  const { damage = null } = facts.seen;
  look.picture = { width, height, placeholder, facts, signature: null };
  look.state = damage === null ? 'ready' : 'damaged';
  look.reason = damage;
  // A sidecar that could not be read now stays a failure of the machine.
  if (look.failure === 'file' && damage === null) look.failure = null;
}

async function refuseWithoutRoot(path: string): Promise<void> {
  try {
    await stat(path);
  } catch (error) {
    throw new CoreError('UNAVAILABLE', `${path} is not there any more. Indexing goes on when it is back.`, {
      cause: error,
    });
  }
}

function judge({ picture, metadata }: Analysis): Judgement | null {
  if (picture === null) return null;
  const { iso, exposureSeconds, focalLength } = metadata;
  return judgeFacts(picture.facts, {
    width: picture.width,
    height: picture.height,
    iso,
    exposureSeconds,
    focalLength,
  });
}
