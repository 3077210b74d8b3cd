/**
 * Sidecars as a service: written on command as a job and a step of the history, written along with every mark where a
 * person wants that, read back, and asked about where library and sidecar contradict each other.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Settings } from '../../../../shared/settings.ts';
import { STATEMENT_FIELDS, type StatementField } from '../../../../shared/statement.ts';
import { CoreError } from '../../base/core-error.ts';
import type { JobContext, JobRunner } from '../../base/jobs.ts';
import { breathing } from '../../base/pauses.ts';
import type { LogLine, SidecarReport } from '../../base/records.ts';
import { acknowledge, agree, agreedStatement, ourStatement, theirStatement } from '../../catalog/agreed.ts';
import { sidecarsOf } from '../../catalog/files.ts';
import type { Catalog } from '../../catalog/open.ts';
import { sidecarPlaces, unwrittenPhotos } from '../../catalog/sidecars.ts';
import { fileWords } from '../../catalog/words.ts';
import type { BesideFile } from '../../history/kinds/command.ts';
import { packIds, unpackIds } from '../../history/kinds/packed-ids.ts';
import type { TakenStatement } from '../../history/statements.ts';
import type { Way } from '../../history/steps.ts';
import { labelWords } from './label-words.ts';
import { SidecarWriter } from './sidecars.ts';

/** What a person's choice does to the library, as steps of the history. */
export type Decisions = {
  take(taken: readonly TakenStatement[]): number[];
};

export type SidecarsRoom = {
  catalog: Catalog;
  jobs: JobRunner;
  settings: () => Settings;
  /** Photos whose files say something else now. */
  landed: (photos: readonly number[]) => void;
  /** A step was written down. */
  stepped: () => void;
  log: (line: LogLine) => void;
};

const payloadSchema = z.object({ photos: z.string(), live: z.boolean() });

/** Marks that follow each other within this time are written in one go. */
const LIVE_MILLISECONDS = 700;
/** What waits when everything is closed is written within this time, or after the next start. */
const CLOSING_MILLISECONDS = 3000;
/** Reports of jobs that are kept. */
const KEPT_REPORTS = 8;

export class Sidecars {
  readonly #room: SidecarsRoom;
  readonly #writer: SidecarWriter;
  readonly #reports = new Map<number, SidecarReport>();
  readonly #waiting = new Set<number>();
  #timer: NodeJS.Timeout | null = null;

  constructor(room: SidecarsRoom) {
    this.#room = room;
    this.#writer = new SidecarWriter(
      room.catalog,
      () => {
        const { labels, rejectAsRating, judgements } = room.settings().sidecars;
        return { colorWords: labels, rejectAsRating, judgements, now: new Date() };
      },
      room.landed,
    );
    room.jobs.define('sidecars', { unit: 'photos', canPause: true, run: (job) => this.#run(job) });
  }

  /** Says what would be written. */
  plan(photos: readonly number[], signal: AbortSignal): Promise<SidecarReport> {
    return this.#writer.write(photos, { dryRun: true, asStep: false, signal });
  }

  /** Writes sidecars of these photos as one step of the history. @returns the job. */
  start(photos: readonly number[]): number {
    return this.#room.jobs.start('sidecars', 'Writing sidecars', { photos: packIds(photos), live: false });
  }

  /** What a job of this run did; null while it works, and of an earlier run. */
  reportOf(job: number): SidecarReport | null {
    return this.#reports.get(job) ?? null;
  }

  /** Words of color labels that the library's sidecars use. */
  labelWords(signal: AbortSignal) {
    return labelWords(this.#room.catalog, signal);
  }

  bring(files: readonly BesideFile[], way: Way): Promise<Map<BesideFile, string>> {
    return this.#writer.bring(files, way);
  }

  /** A person changed these photos: written soon, where that is wanted. */
  changed(photos: readonly number[]): void {
    if (this.#room.settings().sidecars.live !== 'on') return;
    for (const photo of photos) this.#waiting.add(photo);
    this.#timer ??= setTimeout(() => this.flush(), LIVE_MILLISECONDS);
  }

  /** Everything that was marked while nobody wrote. */
  catchUp(): void {
    if (this.#room.settings().sidecars.live === 'on') this.changed(unwrittenPhotos(this.#room.catalog));
  }

  /** Writes what waits, now. */
  flush(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const photos = [...this.#waiting];
    this.#waiting.clear();
    if (photos.length > 0) {
      this.#room.jobs.start('sidecars', 'Writing sidecars', { photos: packIds(photos), live: true });
    }
  }

  /** Writes what waits, as far as there is time; the next start does the rest. */
  async close(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const photos = [...this.#waiting];
    this.#waiting.clear();
    if (photos.length === 0) return;
    const signal = AbortSignal.timeout(CLOSING_MILLISECONDS);
    try {
      const { failed } = await this.#writer.write(photos, { dryRun: false, asStep: false, signal });
      for (const { path, reason } of failed) this.#room.log({ level: 'warning', text: `${path}: ${reason}` });
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  async #run(job: JobContext): Promise<'forget' | undefined> {
    const { photos, live } = payloadSchema.parse(job.payload);
    const ids = unpackIds(photos);
    job.report({ done: 0, total: ids.length, description: 'Reading what is there, then writing beside the photos' });
    const report = await this.#writer.write(ids, {
      dryRun: false,
      asStep: !live,
      signal: job.signal,
      report: (done, total, failed) => job.report({ done, total, failed }),
    });
    this.#keep(job.id, report);
    if (!live) this.#room.stepped();
    for (const { path, reason } of report.failed) this.#room.log({ level: 'warning', text: `${path}: ${reason}` });
    return live && report.failed.length === 0 ? 'forget' : undefined;
  }

  #keep(job: number, report: SidecarReport): void {
    this.#reports.set(job, report);
    for (const oldest of this.#reports.keys()) {
      if (this.#reports.size <= KEPT_REPORTS) break;
      this.#reports.delete(oldest);
    }
  }

  /** Absolute paths of the folders in which these photos lie. */
  foldersOf(photos: readonly number[]): string[] {
    const places = sidecarPlaces(this.#room.catalog, photos);
    return [...new Set(places.map(({ rootPath, folder }) => join(rootPath, folder)))];
  }

  /**
   * Takes over what sidecars say where only they changed, or where theirs is the newer word; the library has read them.
   * @throws the signal's reason; then nothing was taken.
   */
  async read(
    photos: readonly number[],
    decisions: Decisions,
    { dryRun, signal }: { dryRun: boolean; signal: AbortSignal },
  ): Promise<SidecarReport> {
    const { catalog } = this.#room;
    const report: SidecarReport = { written: [], unchanged: 0, conflicts: [], failed: [] };
    const taken: TakenStatement[] = [];
    const breathe = breathing(signal);
    for (const place of sidecarPlaces(catalog, photos)) {
      await breathe();
      const { photo, rootPath, changedAt } = place;
      const [ours, theirs] = [ourStatement(catalog, photo), theirStatement(catalog, photo)];
      const agreed = agreedStatement(catalog, photo);
      const sidecars = sidecarsOf(catalog, photo).map(({ relativePath }) => join(rootPath, relativePath));
      const differing = STATEMENT_FIELDS.filter(
        (field) => ours[field] !== theirs[field] && theirs[field] !== agreed[field],
      );
      const [path] = sidecars;
      if (differing.length === 0 || path === undefined) {
        report.unchanged++;
        continue;
      }
      const isNewer = saidAt(fileWords(catalog, photo).metadataDate, agreed.metadataDate, sidecars) >= changedAt;
      const takes = differing.filter((field) => ours[field] === agreed[field] || isNewer);
      for (const field of differing.filter((one) => !takes.includes(one))) {
        report.conflicts.push({ path, field, ours: ours[field], theirs: theirs[field] });
      }
      if (takes.length === 0) continue;
      report.written.push(path);
      taken.push({ photo, statement: Object.fromEntries(takes.map((field) => [field, theirs[field]])) });
    }
    if (!dryRun && taken.length > 0) {
      decisions.take(taken);
      catalog.transaction(() => {
        for (const { photo } of taken) agree(catalog, photo, true);
      })();
    }
    return report;
  }

  /** A person's choice about one difference. @throws CoreError INVALID for both words of a mark. */
  resolve(photo: number, field: StatementField, choice: 'ours' | 'theirs' | 'both', decisions: Decisions): void {
    const { catalog } = this.#room;
    const [ours, theirs] = [ourStatement(catalog, photo), theirStatement(catalog, photo)];
    if (choice === 'both') {
      if (field !== 'title' && field !== 'caption') {
        throw new CoreError('INVALID', 'Only titles and captions can be kept both.');
      }
      const both = [ours[field], theirs[field]].filter((text) => text !== null).join(field === 'title' ? ' / ' : '\n');
      decisions.take([{ photo, statement: { [field]: both } }]);
    } else if (choice === 'theirs') decisions.take([{ photo, statement: { [field]: theirs[field] } }]);
    catalog.transaction(() => acknowledge(catalog, photo, field))();
    this.#room.landed([photo]);
    this.changed([photo]);
  }
}

function saidAt(date: number | null, agreedDate: number | null, sidecars: readonly string[]): number {
  if (date !== null && date !== agreedDate) return date;
  return Math.max(0, ...sidecars.map((path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0));
}
