/** Critiques of shoots: read by the page, or written as one file. */
import { extname } from 'node:path';
import type { ShootReport } from '../../../shared/report.ts';
import { CoreError } from '../base/core-error.ts';
import type { Catalog } from '../catalog/open.ts';
import { writeDocument } from '../originals/files/write-document.ts';
import { printed, reportFile } from './file.ts';
import { contactSheet, csvOf, jsonOf } from './lists.ts';
import { shootReport } from './shoot-report.ts';
import { type AskWriter, factsOf, writtenReport } from './written.ts';

export type ReportRequest = { ids: readonly number[]; title: string; version: ShootReport['version'] };

/** Photos in the order in which they are to be listed. */
export type ListRequest = { ids: readonly number[]; title: string };

export class Reports {
  readonly #catalog: Catalog;
  readonly #dataDirectory: string;

  readonly #ask: AskWriter;
  /** What was written last, and of which report: it stays with it while its facts are the same. */
  #written: { facts: string; words: ShootReport['words'] } | null = null;

  constructor({ catalog, dataDirectory, ask }: { catalog: Catalog; dataDirectory: string; ask: AskWriter }) {
    this.#ask = ask;
    this.#catalog = catalog;
    this.#dataDirectory = dataDirectory;
  }

  /** @throws CoreError NOT_FOUND when none of the photos was looked at. */
  read({ ids, title, version }: ReportRequest): ShootReport {
    const report = shootReport(this.#catalog, ids, { title, version });
    if (version !== 'full' || this.#written?.facts !== JSON.stringify(factsOf(report))) return report;
    return { ...report, words: this.#written.words };
  }

  /**
   * The same in the words of the chosen model. It stays with the report until its facts change.
   * @throws CoreError UNAVAILABLE without a model, NOT_FOUND; the signal's reason.
   */
  async written(request: ReportRequest, signal?: AbortSignal): Promise<ShootReport> {
    const report = this.read({ ...request, version: 'full' });
    const words = await writtenReport(report, this.#ask, signal);
    this.#written = { facts: JSON.stringify(factsOf(report)), words };
    return { ...report, words };
  }

  /**
   * Writes it to a file that ends in .html or .pdf.
   * @throws CoreError INVALID for another ending, CONFLICT when the file is there and may not be replaced, UNAVAILABLE.
   */
  async write(request: ReportRequest, path: string, replaces: boolean): Promise<{ bytes: number }> {
    const ending = extname(path).toLowerCase();
    if (ending !== '.html' && ending !== '.htm' && ending !== '.pdf') {
      throw new CoreError('INVALID', 'A report is an .html or a .pdf file.');
    }
    const html = await reportFile(this.read(request), this.#dataDirectory);
    const bytes = ending === '.pdf' ? await printed(html) : Buffer.from(html);
    await writeDocument(path, bytes, replaces);
    return { bytes: bytes.byteLength };
  }

  /**
   * Writes photos as a list: a contact sheet (.pdf, .html), or everything known of them (.csv, .json).
   * @throws CoreError INVALID for another ending or no photo, CONFLICT when the file is there and may not be replaced,
   *   UNAVAILABLE; the signal's reason.
   */
  async list(
    { ids, title }: ListRequest,
    path: string,
    replaces: boolean,
    signal?: AbortSignal,
  ): Promise<{ bytes: number }> {
    if (ids.length === 0) throw new CoreError('INVALID', 'There is no photo to be listed.');
    const bytes = await this.#listed(ids, title, extname(path).toLowerCase().slice(1), signal);
    await writeDocument(path, bytes, replaces);
    return { bytes: bytes.byteLength };
  }

  async #listed(
    ids: readonly number[],
    title: string,
    ending: string,
    signal: AbortSignal | undefined,
  ): Promise<Uint8Array> {
    switch (ending) {
      case 'csv':
        return csvOf(this.#catalog, ids, signal);
      case 'json':
        return jsonOf(this.#catalog, ids, signal);
      case 'html':
      case 'pdf': {
        const sheet = await contactSheet(this.#catalog, this.#dataDirectory, ids, title, signal);
        return ending === 'pdf' ? printed(sheet) : Buffer.from(sheet);
      }
      default:
        throw new CoreError(
          'INVALID',
          'A list ends in .pdf, .html (a contact sheet), .csv or .json (all that is known).',
        );
    }
  }
}
