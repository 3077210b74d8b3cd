/** What people said of exported photos, as one document beside them. */
import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { CoreError } from '../../base/core-error.ts';
import type { BatchFile } from '../../catalog/batches.ts';
import { viewsOf } from '../../catalog/feedback.ts';
import type { Catalog } from '../../catalog/open.ts';
import { writeDocument } from '../files/write-document.ts';

/** Writes it over nothing: another one of that name makes ours be numbered. Without views nothing is written. */
export async function writeViews(catalog: Catalog, folder: string, files: readonly BatchFile[]): Promise<void> {
  const seen = new Set<number>();
  const entries = files.flatMap(({ photo, target, state }) => {
    if ((state !== 'done' && state !== 'skipped') || seen.has(photo)) return [];
    seen.add(photo);
    const views = viewsOf(catalog, photo).map(({ id: _, photo: __, ...view }) => view);
    return views.length === 0 ? [] : [{ file: relative(folder, target).replaceAll('\\', '/'), views }];
  });
  if (entries.length === 0) return;
  const bytes = Buffer.from(`${JSON.stringify(entries, null, 2)}\n`);
  for (let number = 1; ; number++) {
    const path = join(folder, number === 1 ? 'keeplight-views.json' : `keeplight-views-${number}.json`);
    const there = await readFile(path).catch(() => null);
    if (there?.equals(bytes)) return;
    if (there) continue;
    try {
      await writeDocument(path, [bytes], false);
      return;
    } catch (error) {
      if (!(error instanceof CoreError && error.code === 'CONFLICT')) throw error;
    }
  }
}
