/**
 * Copies of photos for elsewhere. A plan says what would happen without touching anything; what is started is kept
 * file by file in the catalog, so that it goes on where it was stopped, killed or ran out of room.
 */
import { rm, stat, statfs } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { type ExportOptions, patternProblem } from '../../../../shared/export.ts';
import { CoreError } from '../../base/core-error.ts';
import { isDiskFull } from '../../base/failure.ts';
import type { JobContext, JobRunner } from '../../base/jobs.ts';
import {
  addBatch,
  type BatchFile,
  batchById,
  batchFiles,
  openBatches,
  setBatchClosed,
  setBatchFiles,
} from '../../catalog/batches.ts';
import type { Catalog } from '../../catalog/open.ts';
import { outgoingPhotos } from '../../catalog/outgoing.ts';
import { copyBeside, fileProblem, partOf, writeBeside } from '../files/place-file.ts';
import { groupsOf, type PlacedFile as Placed, placeGroup, removeParts } from '../files/place-group.ts';
import type { Mover } from '../trash/mover.ts';
import { describeCopy, stripCopy } from './metadata.ts';
import { Names, type PlannedFile, planPhoto } from './plan.ts';
import { type Decode, renderPhoto } from './render.ts';
import { writeViews } from './views.ts';

export type ExportRequest = {
  ids: readonly number[];
  /** Absolute. */
  folder: string;
  options: ExportOptions;
};

/** What `export --json` prints. */
export type ExportReport = {
  planned: { from: string; to: string }[];
  /** Files that were made. */
  done: number;
  /** Files that were there already with the same bytes. */
  skipped: number;
  /** Files that got a number, because their name was taken. */
  renamed: number;
  /** Of the files that were made, or in a dry run of those they would be made from. */
  bytes: number;
  failed: { path: string; reason: string }[];
};

export type ExportPlan = { files: PlannedFile[]; failed: { path: string; reason: string }[]; free: number | null };

type Kept = { folder: string; options: ExportOptions };

export type ExporterOptions = { catalog: Catalog; jobs: JobRunner; decode: Decode; mover: Mover };

export class Exporter {
  readonly #room: ExporterOptions;
  readonly #catalog: Catalog;

  constructor(room: ExporterOptions) {
    this.#room = room;
    this.#catalog = room.catalog;
    room.jobs.define('export', { unit: 'files', canPause: true, run: (job) => this.#run(job) });
  }

  /**
   * What an export would do; nothing is written. Where files are rendered or stripped, whether a name that is taken
   * holds the same is known when they have been made: they are planned as if it were free.
   * @throws CoreError INVALID for a pattern or a choice that cannot be, the signal's reason.
   */
  async plan({ ids, folder, options }: ExportRequest, signal?: AbortSignal): Promise<ExportPlan> {
    const problem = problemOf(options);
    if (problem !== null) throw new CoreError('INVALID', problem);
    const names = new Names();
    const files: PlannedFile[] = [];
    const failed: ExportPlan['failed'] = [];
    const photos = outgoingPhotos(this.#catalog, ids);
    for (const [index, photo] of photos.entries()) {
      const path = photo.files[0]?.path ?? `photo ${photo.id}`;
      try {
        const planned = await planPhoto(photo, index + 1, {
          folder,
          options,
          names,
          isAltered: isAltered(options),
          signal,
        });
        if (planned.length === 0) failed.push({ path, reason: 'No name is free for it.' });
        files.push(...planned);
      } catch (error) {
        signal?.throwIfAborted();
        failed.push({ path, reason: fileProblem(error, path) });
      }
    }
    return { files, failed, free: await freeBytes(folder) };
  }

  /** Plans it, keeps it and starts it. @returns its batch and its job. */
  async start(request: ExportRequest, signal?: AbortSignal): Promise<{ batch: number; job: number }> {
    const { files, failed } = await this.plan(request, signal);
    const { folder, options } = request;
    const kept: Kept = { folder, options };
    const rows = files.map(({ photo, from, to, size }) => ({ photo, source: from, target: to, size }));
    for (const { path } of failed) rows.push({ photo: 0, source: path, target: folder, size: 0 });
    const count = new Set(files.map(({ photo }) => photo)).size;
    const photos = `${count.toLocaleString('en')} ${count === 1 ? 'photo' : 'photos'}`;
    if (options.mode === 'move') {
      return this.#room.mover.move(
        rows.filter(({ photo }) => photo > 0),
        folder,
        photos,
      );
    }
    const batch = addBatch(this.#catalog, 'export', kept, rows);
    const renamed = files.flatMap((file, position) => (file.renamed ? [{ position, renamed: true }] : []));
    const lost = failed.map(({ reason }, index) => ({
      position: files.length + index,
      state: 'failed' as const,
      reason,
    }));
    setBatchFiles(this.#catalog, batch, [...renamed, ...lost]);
    const job = this.#room.jobs.start('export', `Exporting ${photos} to ${basename(folder) || folder}`, { batch });
    return { batch, job };
  }

  /** Takes away what a kill left beside copies. For those who run no jobs: what is missing is asked for anew. */
  async heal(): Promise<void> {
    for (const { id } of openBatches(this.#catalog, ['export'])) {
      await removeParts(this.#catalog, id);
      setBatchClosed(this.#catalog, id, true);
    }
  }

  /** What became of a batch. */
  async report(batch: number): Promise<ExportReport> {
    const files = batchFiles(this.#catalog, batch);
    const report: ExportReport = { planned: [], done: 0, skipped: 0, renamed: 0, bytes: 0, failed: [] };
    for (const { source, target, state, renamed, reason, size } of files) {
      if (state === 'failed') report.failed.push({ path: source, reason: reason ?? '' });
      else report.planned.push({ from: source, to: target });
      if (state === 'skipped') report.skipped++;
      if (state !== 'done') continue;
      report.done++;
      if (renamed) report.renamed++;
      report.bytes += await stat(target).then(
        (found) => found.size,
        () => size,
      );
    }
    return report;
  }

  async #run(job: JobContext): Promise<undefined> {
    const { batch } = job.payload as { batch: number };
    const found = batchById(this.#catalog, batch);
    if (!found || found.closed) return;
    const { options } = JSON.parse(found.options) as Kept;
    await removeParts(this.#catalog, batch);
    const files = batchFiles(this.#catalog, batch);
    let done = files.filter(({ state }) => state !== 'planned' && state !== 'working').length;
    let failed = files.filter(({ state }) => state === 'failed').length;
    const report = (description: string) => job.report({ done, total: files.length, failed, description });
    report('');
    for (const group of groupsOf(files)) {
      const waiting = group.filter(({ state }) => state === 'planned' || state === 'working');
      if (waiting.length === 0) continue;
      job.signal.throwIfAborted();
      report(basename(waiting[0]!.source));
      const results = await this.#export(batch, group, options, job.signal);
      setBatchFiles(
        this.#catalog,
        batch,
        results.map((result) => ({ ...result, note: null })),
      );
      done += waiting.length;
      failed += results.filter(({ state }) => state === 'failed').length;
      report(basename(waiting[0]!.source));
    }
    const { folder } = JSON.parse(found.options) as Kept;
    if (options.views) await writeViews(this.#catalog, folder, batchFiles(this.#catalog, batch));
    setBatchClosed(this.#catalog, batch, true);
  }

  /** Makes the files of one photo. @throws CoreError DISK_FULL, and the signal's reason; anything else fails the photo. */
  async #export(
    batch: number,
    group: readonly BatchFile[],
    options: ExportOptions,
    signal: AbortSignal,
  ): Promise<Placed[]> {
    const isLink = options.mode === 'link';
    const parts = group.map((file) => ({ file, part: isLink ? file.source : partOf(file.target) }));
    // What a kill leaves beside the copies is known, so that the next start takes it away.
    setBatchFiles(
      this.#catalog,
      batch,
      parts.map(({ file, part }) => ({ position: file.position, state: 'working', note: isLink ? null : part })),
    );
    try {
      if (!isLink) for (const { file, part } of parts) await this.#make(file, part, options, signal);
      return await placeGroup(parts, isLink);
    } catch (error) {
      signal.throwIfAborted();
      if (isDiskFull(error)) {
        throw new CoreError(
          'DISK_FULL',
          `The disk that holds ${dirname(group[0]!.target)} is full. Free some space and resume; what was copied is whole.`,
          { cause: error },
        );
      }
      return group
        .filter(({ state }) => state !== 'failed')
        .map(({ position, source }) => ({ position, state: 'failed', reason: fileProblem(error, source) }));
    } finally {
      if (!isLink) for (const { part } of parts) await rm(part, { force: true });
    }
  }

  async #make({ source }: BatchFile, part: string, options: ExportOptions, signal: AbortSignal): Promise<void> {
    if (options.as === 'original') {
      await copyBeside(source, part, signal);
      await stripCopy(part, source, options);
    } else {
      await writeBeside(part, [await renderPhoto(this.#room.decode, source, options, signal)]);
      await describeCopy(part, source, options);
    }
  }
}

/** Whether what is made is not byte for byte the original. */
const isAltered = ({ as, stripGps, metadata }: ExportOptions): boolean =>
  as !== 'original' || stripGps || metadata !== 'all';

function problemOf(options: ExportOptions): string | null {
  const problem = patternProblem(options.pattern);
  if (problem !== null) return problem;
  if (options.mode !== 'copy' && isAltered(options)) {
    return 'Only originals as they are can be moved or linked: choose copies, or nothing that changes them.';
  }
  return null;
}

async function freeBytes(folder: string): Promise<number | null> {
  for (let at = resolve(folder); ; at = dirname(at)) {
    try {
      const { bavail, bsize } = await statfs(at);
      return bavail * bsize;
    } catch {
      if (dirname(at) === at) return null;
    }
  }
}
