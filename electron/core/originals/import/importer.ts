/**
 * Photos from a card or folder into the library: copied by a pattern to one place or two, each copy compared, and what
 * the library has already passed over. Nothing is ever deleted from the card.
 */
import { rm } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { exportOptionsSchema, patternProblem } from '../../../../shared/export.ts';
import { CoreError } from '../../base/core-error.ts';
import { isDiskFull } from '../../base/failure.ts';
import type { JobContext, JobRunner } from '../../base/jobs.ts';
import {
  addBatch,
  type BatchFile,
  batchById,
  batchFiles,
  type NewBatchFile,
  openBatches,
  setBatchClosed,
  setBatchFiles,
} from '../../catalog/batches.ts';
import type { Catalog } from '../../catalog/open.ts';
import type { DiskReader } from '../../files/disk-reader.ts';
import type { Exiftool } from '../../formats/exiftool.ts';
import { Names, planPhoto } from '../export/plan.ts';
import { copyBeside, fileProblem, isTaken, partOf } from '../files/place-file.ts';
import { groupsOf, placeGroup, removeParts } from '../files/place-group.ts';
import { byTime, type CardPhoto, readCard } from './card.ts';

export type ImportRequest = {
  /** Absolute. */
  card: string;
  folder: string;
  /** Every file goes here as well, under the same names; null: one copy is enough. */
  backup: string | null;
  pattern: string;
};

/** What `import --json` prints. */
export type ImportReport = {
  planned: { from: string; to: string }[];
  /** Files that were copied and compared, those of the backup not counted. */
  done: number;
  /** Files that were there already with the same bytes. */
  skipped: number;
  /** Photos that the library has, by content, whatever they are called there. */
  known: { path: string; as: string }[];
  renamed: number;
  bytes: number;
  /** Files of the backup that were copied and compared, or were there. */
  backedUp: number;
  failed: { path: string; reason: string }[];
  /** One sentence: what is safe, and what is only on the card. */
  safe: string;
};

type Kept = ImportRequest & { known: ImportReport['known'] };

export type ImporterOptions = {
  catalog: Catalog;
  jobs: JobRunner;
  disk: DiskReader;
  exiftool: () => Exiftool;
  /** Copies of a card have come to this folder. */
  imported: (folder: string) => void;
};

export type PlanOptions = {
  signal?: AbortSignal | undefined;
  onProgress?: (done: number, total: number) => void;
  /** Photos of the card that were looked at already and are wanted; without it all of the card. */
  photos?: readonly CardPhoto[];
};

export class Importer {
  readonly #catalog: Catalog;
  readonly #jobs: JobRunner;
  readonly #disk: DiskReader;
  readonly #exiftool: () => Exiftool;
  readonly #imported: (folder: string) => void;

  constructor({ catalog, disk, jobs, exiftool, imported }: ImporterOptions) {
    this.#catalog = catalog;
    this.#jobs = jobs;
    this.#disk = disk;
    this.#exiftool = exiftool;
    this.#imported = imported;
    jobs.define('import', { unit: 'files', canPause: true, run: (job) => this.#run(job) });
  }

  /** Where the files of a card would go; nothing is written. @throws CoreError INVALID for the pattern, NOT_FOUND. */
  async plan(
    { card, folder, backup, pattern }: ImportRequest,
    options: PlanOptions = {},
  ): Promise<{ files: NewBatchFile[]; known: ImportReport['known'] }> {
    const problem = patternProblem(pattern);
    if (problem !== null) throw new CoreError('INVALID', problem);
    const exiftool = options.photos === undefined ? this.#exiftool() : null;
    try {
      const photos = byTime(options.photos ?? (await readCard(this.#catalog, this.#disk, card, exiftool!, options)));
      const names = new Names();
      const copies = exportOptionsSchema.parse({ pattern });
      const files: NewBatchFile[] = [];
      const fresh = photos.filter(({ known }) => known === null);
      for (const [index, photo] of fresh.entries()) {
        const placing = { folder, options: copies, names, isAltered: false, signal: options.signal };
        const planned = await planPhoto(
          { ...photo, facts: { ...photo.facts, shoot: basename(card) } },
          index + 1,
          placing,
        );
        for (const { from, to, size } of planned) {
          files.push({ photo: photo.id, source: from, target: to, size });
          if (backup !== null) {
            files.push({ photo: -photo.id, source: from, target: join(backup, relative(folder, to)), size });
          }
        }
      }
      // A copy of every file first, then the second copies: a card that is taken out early has given most.
      files.sort((a, b) => Number(a.photo < 0) - Number(b.photo < 0));
      const known = photos.flatMap((photo) =>
        photo.known === null ? [] : [{ path: photo.files[0]!.path, as: photo.known }],
      );
      return { files, known };
    } finally {
      await exiftool?.close();
    }
  }

  async start(request: ImportRequest, options: PlanOptions = {}): Promise<{ batch: number; job: number }> {
    const { files, known } = await this.plan(request, options);
    const kept: Kept = { ...request, known };
    const batch = addBatch(this.#catalog, 'import', kept, files);
    return { batch, job: this.#jobs.start('import', `Importing from ${basename(request.card)}`, { batch }) };
  }

  async heal(): Promise<void> {
    for (const { id } of openBatches(this.#catalog, ['import'])) {
      await removeParts(this.#catalog, id);
      setBatchClosed(this.#catalog, id, true);
    }
  }

  /** What became of a batch. */
  report(batch: number): ImportReport {
    const found = batchById(this.#catalog, batch);
    const { known, folder, backup } = JSON.parse(found?.options ?? '{}') as Kept;
    const all = batchFiles(this.#catalog, batch);
    const files = all.filter(({ photo }) => photo > 0);
    const second = all.filter(({ photo }) => photo < 0);
    const isSafe = ({ state }: BatchFile) => state === 'done' || state === 'skipped';
    const done = files.filter(({ state }) => state === 'done');
    return {
      planned: files.map(({ source, target }) => ({ from: source, to: target })),
      done: done.length,
      skipped: files.filter(({ state }) => state === 'skipped').length,
      known,
      renamed: done.filter(({ renamed }) => renamed).length,
      bytes: done.reduce((sum, { size }) => sum + size, 0),
      backedUp: second.filter(isSafe).length,
      failed: all
        .filter(({ state }) => state === 'failed')
        .map(({ source, reason }) => ({ path: source, reason: reason ?? '' })),
      safe: safety(
        files.filter(isSafe).length,
        files.length,
        folder,
        backup,
        second.filter(isSafe).length,
        second.length,
      ),
    };
  }

  async #run(job: JobContext): Promise<undefined> {
    const { batch } = job.payload as { batch: number };
    const found = batchById(this.#catalog, batch);
    if (!found || found.closed) return;
    const { card, folder } = JSON.parse(found.options) as Kept;
    await removeParts(this.#catalog, batch);
    const files = batchFiles(this.#catalog, batch);
    let done = files.filter(({ state }) => state !== 'planned' && state !== 'working').length;
    let failed = files.filter(({ state }) => state === 'failed').length;
    for (const group of groupsOf(files)) {
      const waiting = group.filter(({ state }) => state === 'planned' || state === 'working');
      if (waiting.length === 0) continue;
      job.signal.throwIfAborted();
      job.report({ done, total: files.length, failed, description: basename(waiting[0]!.source) });
      const failures = await this.#copy(batch, group, card, job.signal);
      done += waiting.length;
      failed += failures;
    }
    setBatchClosed(this.#catalog, batch, true);
    job.report({ done, total: files.length, failed, description: this.report(batch).safe });
    if (done > failed) this.#imported(folder);
  }

  /** @returns how many files failed. @throws CoreError UNAVAILABLE when the card has gone, DISK_FULL. */
  async #copy(batch: number, group: readonly BatchFile[], card: string, signal: AbortSignal): Promise<number> {
    const parts = group.map((file) => ({ file, part: partOf(file.target) }));
    setBatchFiles(
      this.#catalog,
      batch,
      parts.map(({ file, part }) => ({ position: file.position, state: 'working', note: part })),
    );
    try {
      for (const { file, part } of parts) await copyBeside(file.source, part, signal);
      const placed = await placeGroup(parts, false);
      setBatchFiles(
        this.#catalog,
        batch,
        placed.map((result) => ({ ...result, note: null })),
        true,
      );
      return 0;
    } catch (error) {
      signal.throwIfAborted();
      if (isDiskFull(error))
        throw new CoreError('DISK_FULL', `The disk is full. ${this.report(batch).safe}`, { cause: error });
      if (!(await isTaken(card).catch(() => false))) {
        throw new CoreError(
          'UNAVAILABLE',
          `The card was taken out. ${this.report(batch).safe} Put it back and resume.`,
        );
      }
      setBatchFiles(
        this.#catalog,
        batch,
        group.map(({ position, source }) => ({
          position,
          state: 'failed',
          reason: fileProblem(error, source),
          note: null,
        })),
      );
      return group.length;
    } finally {
      for (const { part } of parts) await rm(part, { force: true }).catch(() => {});
    }
  }
}

function safety(
  safe: number,
  all: number,
  folder: string,
  backup: string | null,
  second: number,
  seconds: number,
): string {
  const files = (count: number) => `${count.toLocaleString('en')} ${count === 1 ? 'file' : 'files'}`;
  const left = all - safe;
  const copied = `${safe === all && all > 0 ? 'All ' : ''}${files(safe)} ${safe === 1 ? 'is' : 'are'} in ${folder}, each compared with the card`;
  const there =
    backup === null
      ? ''
      : `, ${second === seconds ? 'and' : `${second.toLocaleString('en')} of them`} in ${backup} as well`;
  const rest = left === 0 ? '' : `; ${files(left)} ${left === 1 ? 'is' : 'are'} only on the card`;
  return `${copied}${there}${rest}.`;
}
