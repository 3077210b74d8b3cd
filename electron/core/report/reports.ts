/** Critiques of shoots: read by the page, or written as one file. */
import { extname } from 'node:path';
import type { ShootReport } from '../../../shared/report.ts';
import { CoreError } from '../base/core-error.ts';
import type { Catalog } from '../catalog/open.ts';
import { writeDocument } from '../originals/files/write-document.ts';
import { printed, reportFile } from './file.ts';
import { shootReport } from './shoot-report.ts';

export type ReportRequest = { ids: readonly number[]; title: string; version: ShootReport['version'] };

export class Reports {
  readonly #catalog: Catalog;
  readonly #dataDirectory: string;

  constructor({ catalog, dataDirectory }: { catalog: Catalog; dataDirectory: string }) {
    this.#catalog = catalog;
    this.#dataDirectory = dataDirectory;
  }

  /** @throws CoreError NOT_FOUND when none of the photos was looked at. */
  read({ ids, title, version }: ReportRequest): ShootReport {
    return shootReport(this.#catalog, ids, { title, version });
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
}
