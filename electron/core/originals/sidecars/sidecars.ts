/**
 * Sidecars written and put back. Each is planned from the disk as it is, written down with the bytes that were there,
 * written beside and renamed, and only then believed; a failure costs that sidecar alone.
 */
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { CoreError } from '../../base/core-error.ts';
import { errorCode, sentenceForFileError } from '../../base/file-error.ts';
import { breathing } from '../../base/pauses.ts';
import type { SidecarReport } from '../../base/records.ts';
import type { DiskFile } from '../../catalog/files.ts';
import { rootById } from '../../catalog/folders.ts';
import type { Catalog } from '../../catalog/open.ts';
import { keepBytes, keptBytes, landFile, landWord, type SidecarPlace, sidecarPlaces } from '../../catalog/sidecars.ts';
import type { BesideFile } from '../../history/kinds/command.ts';
import type { SidecarCommand } from '../../history/kinds/sidecar.ts';
import { record, strike, type Way } from '../../history/steps.ts';
import { bytesOrNone, replaceFile, sweepTemporary } from '../files/safe-write.ts';
import { SidecarRefusal } from './compose.ts';
import { FolderNames } from './place.ts';
import { type Plan, type PlannedFile, type PlanOptions, planSidecar } from './plan.ts';

export type WriteOptions = {
  /** Says what would be written and writes nothing. */
  dryRun: boolean;
  /** False while marks are written as they are made: undoing the mark is undoing its sidecar. */
  asStep: boolean;
  signal: AbortSignal;
  report?: (done: number, total: number, failed: number) => void;
};

/** Photos planned and written in one go. */
const BATCH = 100;

export class SidecarWriter {
  readonly #catalog: Catalog;
  readonly #options: () => PlanOptions;
  readonly #landed: (photos: readonly number[]) => void;

  /** @param landed photos whose files say something else now. */
  constructor(catalog: Catalog, options: () => PlanOptions, landed: (photos: readonly number[]) => void) {
    this.#catalog = catalog;
    this.#options = options;
    this.#landed = landed;
  }

  /** @throws the signal's reason; what was written until then is written, and can be undone. */
  async write(photos: readonly number[], options: WriteOptions): Promise<SidecarReport> {
    const places = sidecarPlaces(this.#catalog, photos);
    const report: SidecarReport = { written: [], unchanged: 0, conflicts: [], failed: [] };
    const breathe = breathing(options.signal);
    const folders = new Folders(options.dryRun);
    let step: number | null = null;
    for (let start = 0; start < places.length; start += BATCH) {
      const plans: Plan[] = [];
      for (const place of places.slice(start, start + BATCH)) {
        await breathe();
        const plan = this.#plan(place, folders, report);
        if (plan !== null) plans.push(plan);
      }
      if (!options.dryRun && plans.length > 0) {
        step = await this.#perform(plans, step, options, report);
        this.#landed(plans.map(({ place }) => place.photo));
      } else for (const { files } of plans) report.written.push(...files.map(({ path }) => path));
      options.report?.(Math.min(start + BATCH, places.length), places.length, report.failed.length);
    }
    return report;
  }

  #plan(place: SidecarPlace, folders: Folders, report: SidecarReport): Plan | null {
    try {
      const plan = planSidecar(this.#catalog, place, folders.at(place), this.#options());
      if (plan === null || (plan.files.length === 0 && plan.conflicts.length === 0)) report.unchanged++;
      report.conflicts.push(...(plan?.conflicts ?? []));
      return plan;
    } catch (error) {
      const reason = sentenceForWriting(error);
      report.failed.push({ path: join(place.rootPath, place.folder, place.name), reason });
      return null;
    }
  }

  /** @returns the step of the history that these belong to. */
  async #perform(
    plans: readonly Plan[],
    step: number | null,
    { asStep, signal }: WriteOptions,
    report: SidecarReport,
  ): Promise<number | null> {
    const files = plans.flatMap((plan) => plan.files.map((file) => ({ plan, file })));
    let current = step;
    if (asStep && files.length > 0) {
      this.#catalog.transaction(() => {
        for (const { file } of files) {
          if (file.before !== null) keepBytes(this.#catalog, hashOf(file.before), file.before);
          keepBytes(this.#catalog, hashOf(file.after), file.after);
        }
      })();
      current = record(
        this.#catalog,
        step,
        files.map(({ plan, file }) => commandOf(plan, file)),
      );
    }
    const failed = new Set<PlannedFile>();
    const breathe = breathing(signal);
    for (const { plan, file } of files) {
      try {
        await breathe();
        replaceFile(plan.place.rootPath, file.path, file.after, file.before);
        report.written.push(file.path);
      } catch (error) {
        failed.add(file);
        if (!signal.aborted) report.failed.push({ path: file.path, reason: sentenceForWriting(error) });
      }
    }
    this.#catalog.transaction(() => {
      for (const plan of plans) this.#land(plan, failed);
    })();
    if (asStep && current !== null && failed.size > 0) {
      const paths = new Set(
        files.filter(({ file }) => failed.has(file)).map(({ plan, file }) => `${plan.place.root} ${file.relativePath}`),
      );
      strike(this.#catalog, current, ({ target }) => {
        const { root, path } = JSON.parse(target) as SidecarCommand['target'];
        return paths.has(`${root} ${path}`);
      });
    }
    signal.throwIfAborted();
    return current;
  }

  #land({ place, files, saidAfter }: Plan, failed: ReadonlySet<PlannedFile>): void {
    for (const file of files) {
      if (!failed.has(file)) this.#landFile(place.photo, place.root, file.relativePath, file.path, hashOf(file.after));
    }
    if (files.some((file) => failed.has(file))) return;
    landWord(this.#catalog, place.photo, saidAfter, 'written');
  }

  #landFile(photo: number, root: number, relativePath: string, path: string, hash: string | null): void {
    const found = hash === null ? null : diskFile(path, relativePath);
    landFile(this.#catalog, { photo, root, relativePath }, found, hash);
  }

  /** Brings sidecars to how they were before or after a step, where nobody changed them since. */
  async bring(files: readonly BesideFile[], way: Way): Promise<Map<BesideFile, string>> {
    const held = new Map<BesideFile, string>();
    const breathe = breathing(new AbortController().signal);
    for (const file of files) {
      await breathe();
      try {
        this.#bringOne(file, way);
      } catch (error) {
        held.set(file, sentenceForWriting(error));
      }
    }
    return held;
  }

  #bringOne({ photo, root, path: relativePath, before, after }: BesideFile, way: Way): void {
    const [from, to] = way === 'undo' ? [after, before] : [before, after];
    const found = rootById(this.#catalog, root);
    if (found === undefined) throw new CoreError('NOT_FOUND', 'Its folder is no longer in the library.');
    const path = join(found.path, relativePath);
    const there = bytesOrNone(path);
    const hash = there === null ? null : hashOf(there);
    if (hash !== to) {
      if (hash !== from) throw new CoreError('CONFLICT', 'It was changed since and stays as it is.');
      const bytes = to === null ? null : keptBytes(this.#catalog, to);
      if (to !== null && bytes === null) throw new CoreError('NOT_FOUND', 'Its earlier bytes are no longer kept.');
      replaceFile(found.path, path, bytes, there);
    }
    this.#catalog.transaction(() => this.#landFile(photo, root, relativePath, path, to))();
  }
}

/** Folders are looked into once, and cleared of what a kill left in them. */
class Folders {
  readonly #onlyLook: boolean;
  #last: { path: string; names: FolderNames } | null = null;

  constructor(onlyLook: boolean) {
    this.#onlyLook = onlyLook;
  }

  at({ rootPath, folder }: SidecarPlace): FolderNames {
    const path = join(rootPath, folder);
    if (this.#last?.path === path) return this.#last.names;
    if (!this.#onlyLook) sweepQuietly(path);
    this.#last = { path, names: new FolderNames(path) };
    return this.#last.names;
  }
}

function sweepQuietly(folder: string): void {
  try {
    sweepTemporary(folder);
  } catch (error) {
    // A folder that cannot be read or written says so where something is to be written.
    if (errorCode(error) === null) throw error;
  }
}

function commandOf(
  { place, saidBefore, saidAfter }: Plan,
  { relativePath, before, after }: PlannedFile,
): SidecarCommand {
  return {
    kind: 'sidecar',
    target: { photo: place.photo, root: place.root, path: relativePath },
    before: { hash: before === null ? null : hashOf(before), said: saidBefore },
    after: { hash: hashOf(after), said: saidAfter },
  };
}

/** As files/fingerprint.ts has it for whole files. */
const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex').slice(0, 32);

function diskFile(path: string, relativePath: string): DiskFile {
  const stats = statSync(path, { bigint: true });
  return {
    relativePath,
    role: 'sidecar',
    size: Number(stats.size),
    mtimeMs: Number(stats.mtimeNs) / 1e6,
    ctimeMs: process.platform === 'win32' ? null : Number(stats.ctimeNs) / 1e6,
    device: String(stats.dev),
    inode: String(stats.ino),
  };
}

const SENTENCES: Readonly<Record<string, string>> = {
  EACCES: 'The folder cannot be written, so its sidecars are left out.',
  EPERM: 'The folder cannot be written, so its sidecars are left out.',
  EROFS: 'The drive can only be read, so its sidecars are left out.',
  ENOSPC: 'The drive is full, so nothing was written.',
  EDQUOT: 'The drive is full, so nothing was written.',
  ENOENT: 'The folder is no longer there, so nothing was written.',
  ENOTDIR: 'The folder is no longer there, so nothing was written.',
};

function sentenceForWriting(error: unknown): string {
  if (error instanceof SidecarRefusal || error instanceof CoreError) return error.message;
  const code = errorCode(error);
  if (code === null) throw error;
  return SENTENCES[code] ?? sentenceForFileError(error);
}
