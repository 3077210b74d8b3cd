/** Critiques of shoots and lists of photos: read by the page, or written as one file by a job. */
import { existsSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import type { ShootReport } from '../../../shared/report.ts';
import { CoreError } from '../base/core-error.ts';
import type { JobContext, JobRunner } from '../base/jobs.ts';
import type { Catalog } from '../catalog/open.ts';
import { packIds, unpackIds } from '../history/kinds/packed-ids.ts';
import type { Pieces } from '../originals/files/place-file.ts';
import { writeDocument } from '../originals/files/write-document.ts';
import { findBrowser, printed, reportFile } from './file.ts';
import { contactSheet, csvOf, jsonOf } from './lists.ts';
import { shootReport, type Watch } from './shoot-report.ts';
import { type AskWriter, factsOf, writtenReport } from './written.ts';

export type ReportRequest = { ids: readonly number[]; title: string; version: ShootReport['version'] };

/** Photos in the order in which they are to be listed. */
export type ListRequest = { ids: readonly number[]; title: string };

/** A file that is named, or one of the title's name in a folder, with a number where that is taken. */
export type Target = { path: string; replaces: boolean } | { folder: string; ending: string };

/** What a job wrote. */
export type WrittenDocument = {
  path: string;
  bytes: number;
  /** What a critique says; null for a list. */
  report: ShootReport | null;
};

/** `version` null: a list. */
type Payload = { photos: string; title: string; version: ShootReport['version'] | null; target: Target };

/** What a document may end in, and what is said of another ending. */
const ENDINGS = {
  report: { known: ['html', 'htm', 'pdf'], problem: 'A report is an .html or a .pdf file.' },
  list: {
    known: ['pdf', 'html', 'csv', 'json'],
    problem: 'A list ends in .pdf, .html (a contact sheet), .csv or .json (all that is known).',
  },
} as const;

const KEPT_DOCUMENTS = 8;
const MOST_NUMBERED = 99;

export class Reports {
  readonly #catalog: Catalog;
  readonly #jobs: JobRunner;
  readonly #dataDirectory: string;
  readonly #ask: AskWriter;
  readonly #documents = new Map<number, WrittenDocument>();
  /** What was written last, and of which report: it stays with it while its facts are the same. */
  #written: { facts: string; words: ShootReport['words'] } | null = null;

  constructor(room: { catalog: Catalog; jobs: JobRunner; dataDirectory: string; ask: AskWriter }) {
    this.#catalog = room.catalog;
    this.#jobs = room.jobs;
    this.#dataDirectory = room.dataDirectory;
    this.#ask = room.ask;
    room.jobs.define('document', { unit: 'photos', canPause: false, run: (job) => this.#run(job) });
  }

  /** @throws CoreError NOT_FOUND when none of the photos was looked at; the signal's reason. */
  async read({ ids, title, version }: ReportRequest, watch: Watch = {}): Promise<ShootReport> {
    const report = await shootReport(this.#catalog, ids, { title, version }, watch);
    if (version !== 'full' || this.#written?.facts !== JSON.stringify(factsOf(report))) return report;
    return { ...report, words: this.#written.words };
  }

  /**
   * The same in the words of the chosen model. It stays with the report until its facts change.
   * @throws CoreError UNAVAILABLE without a model, NOT_FOUND; the signal's reason.
   */
  async written(request: ReportRequest, signal?: AbortSignal): Promise<ShootReport> {
    const report = await this.read({ ...request, version: 'full' }, { signal });
    const words = await writtenReport(report, this.#ask, signal);
    this.#written = { facts: JSON.stringify(factsOf(report)), words };
    return { ...report, words };
  }

  /**
   * Starts to write a critique (.html or .pdf). @returns the job
   * @throws CoreError INVALID for another ending, CONFLICT when the file is there and may not be replaced, UNAVAILABLE
   *   for a PDF where no browser prints it.
   */
  startReport({ ids, title, version }: ReportRequest, target: Target): number {
    return this.#start({ photos: packIds(ids), title, version, target });
  }

  /**
   * Starts to write photos as a list: a contact sheet (.pdf, .html), or everything known of them (.csv, .json).
   * @returns the job
   * @throws CoreError INVALID for another ending or no photo, CONFLICT and UNAVAILABLE as above.
   */
  startList({ ids, title }: ListRequest, target: Target): number {
    if (ids.length === 0) throw new CoreError('INVALID', 'There is no photo to be listed.');
    return this.#start({ photos: packIds(ids), title, version: null, target });
  }

  /** What a job of this run wrote; null while it works, and of an earlier run. */
  documentOf(job: number): WrittenDocument | null {
    return this.#documents.get(job) ?? null;
  }

  #start(payload: Payload): number {
    const { target, version, title } = payload;
    const { known, problem } = ENDINGS[version === null ? 'list' : 'report'];
    const ending = endingOf(target);
    if (!known.some((one) => one === ending)) throw new CoreError('INVALID', problem);
    if (ending === 'pdf') findBrowser();
    if ('path' in target && !target.replaces && existsSync(target.path)) {
      throw new CoreError('CONFLICT', `${target.path} is there already: choose another name.`);
    }
    const name = 'path' in target ? basename(target.path) : `${title}.${ending}`;
    return this.#jobs.start('document', `Writing ${name}`, payload);
  }

  async #run(job: JobContext): Promise<undefined> {
    const { photos, title, version, target } = job.payload as Payload;
    const ids = unpackIds(photos);
    const progress = (done: number, description: string) => job.report({ done, total: ids.length, description });
    progress(0, 'Reading what is known');
    let report: ShootReport | null = null;
    let pieces: Pieces;
    const ending = endingOf(target);
    if (version !== null) {
      const watch: Watch = { signal: job.signal, onRead: (read) => progress(read, 'Counting') };
      const found = await this.read({ ids, title, version }, watch);
      report = found;
      const html = await reportFile(found, this.#dataDirectory, {
        signal: job.signal,
        onDone: (done, of) => progress(ids.length, `Pictures: ${done} of ${of}`),
      });
      pieces = [Buffer.from(html)];
    } else {
      const listing = {
        catalog: this.#catalog,
        ids,
        signal: job.signal,
        onListed: (listed: number) => progress(listed, 'Listing'),
      };
      if (ending === 'csv') pieces = csvOf(listing);
      else if (ending === 'json') pieces = jsonOf(listing);
      else pieces = contactSheet(listing, title, this.#dataDirectory);
    }
    if (ending === 'pdf') {
      const onPrinting = () => progress(ids.length, 'Printing');
      pieces = [await printed(pieces, ids.length, { signal: job.signal, onPrinting })];
    }
    const { path, bytes } = await written(target, title, pieces);
    this.#documents.set(job.id, { path, bytes, report });
    for (const oldest of this.#documents.keys()) {
      if (this.#documents.size <= KEPT_DOCUMENTS) break;
      this.#documents.delete(oldest);
    }
    progress(ids.length, `${basename(path)} is written`);
  }
}

const endingOf = (target: Target): string =>
  'path' in target ? extname(target.path).toLowerCase().slice(1) : target.ending;

async function written(target: Target, title: string, pieces: Pieces): Promise<{ path: string; bytes: number }> {
  if ('path' in target) {
    return { path: target.path, bytes: await writeDocument(target.path, pieces, target.replaces) };
  }
  const name = fileName(title);
  const pathOf = (number: number) => join(target.folder, `${name}${number === 1 ? '' : ` ${number}`}.${target.ending}`);
  // Pieces are made once: the name is looked for first, and who takes it in between has it.
  let number = 1;
  while (existsSync(pathOf(number)) && number <= MOST_NUMBERED) number++;
  return { path: pathOf(number), bytes: await writeDocument(pathOf(number), pieces, false) };
}

/** A name that every system takes. */
const fileName = (title: string): string =>
  title
    .replace(/[^\p{L}\p{N} ,.()-]/gu, '_')
    .slice(0, 120)
    .trim() || 'Report';
