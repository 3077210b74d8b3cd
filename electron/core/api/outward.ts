/** Photos that leave the library: exports and the trash. */
import { join, relative } from 'node:path';
import type { Query } from '../../../shared/query.ts';
import { CoreError } from '../base/core-error.ts';
import { orderedIds } from '../catalog/order.ts';
import type { Base } from './handler.ts';
import type { Services } from './services.ts';

/** Files of a plan that a page shows. */
const EXAMPLES = 200;

export function exportHandlers(os: Base, { originals, tokens }: Services) {
  return {
    plan: os.exports.plan.handler(async ({ input, signal }) => {
      const folder = tokens.pathOf(input.folder);
      const { ids, options } = input;
      const { files, failed, free } = await originals.exporter.plan({ ids, folder, options }, signal);
      const fresh = files.filter(({ isThere }) => !isThere);
      return {
        examples: files.slice(0, EXAMPLES).map(({ from, to, isThere, renamed }) => ({
          from,
          to: relative(folder, to).replaceAll('\\', '/'),
          isThere,
          renamed,
        })),
        files: files.length,
        photos: new Set(files.map(({ photo }) => photo)).size,
        bytes: fresh.reduce((sum, { size }) => sum + size, 0),
        skipped: files.length - fresh.length,
        renamed: fresh.filter(({ renamed }) => renamed).length,
        failed: failed.slice(0, EXAMPLES),
        free,
      };
    }),
    start: os.exports.start.handler(async ({ input, signal }) => {
      const { ids, options } = input;
      const { job } = await originals.exporter.start({ ids, folder: tokens.pathOf(input.folder), options }, signal);
      return { job };
    }),
  };
}

export function trashHandlers(os: Base, { catalog, columns, originals, tokens }: Services) {
  const folderOf = (token: string | null) => (token === null ? null : tokens.pathOf(token));
  return {
    plan: os.trash.plan.handler(async ({ input }) => {
      const plan = await originals.trashCan.plan(input.ids, folderOf(input.folder));
      return { ...plan, files: plan.files.length };
    }),
    rejected: os.trash.rejected.handler(async ({ input }) => {
      await columns.load();
      const { query } = input;
      const all = { ...query, stacks: 'open' as const, filter: { flags: ['reject' as const] } };
      const ids = orderedIds(catalog, columns, all);
      const shown = new Set(orderedIds(catalog, columns, { ...query, stacks: 'open' }));
      return { ids, hidden: ids.filter((id) => !shown.has(id)).length };
    }),
    start: os.trash.start.handler(async ({ input }) => {
      const { job } = await originals.trashCan.start(input.ids, folderOf(input.folder));
      return { job };
    }),
  };
}

export function reportHandlers(os: Base, { catalog, columns, reports, tokens }: Services) {
  const idsOf = async (query: Query) => {
    await columns.load();
    return orderedIds(catalog, columns, { ...query, stacks: 'open' });
  };
  return {
    read: os.report.read.handler(async ({ input }) => {
      const { query, ...rest } = input;
      return reports.read({ ids: await idsOf(query), ...rest });
    }),
    words: os.report.words.handler(async ({ input, signal }) => {
      const { query, title } = input;
      return reports.written({ ids: await idsOf(query), title, version: 'full' }, signal);
    }),
    write: os.report.write.handler(async ({ input }) => {
      const { query, folder, ending, ...rest } = input;
      const ids = await idsOf(query);
      return underFreeName(tokens.pathOf(folder), rest.title, ending, (path) =>
        reports.write({ ids, ...rest }, path, false),
      );
    }),
    list: os.report.list.handler(({ input, signal }) =>
      underFreeName(tokens.pathOf(input.folder), input.title, input.ending, (path) =>
        reports.list(input, path, false, signal),
      ),
    ),
  };
}

/** Writes under the title, with a number where that name is taken. */
async function underFreeName(
  folder: string,
  title: string,
  ending: string,
  write: (path: string) => Promise<unknown>,
): Promise<{ name: string }> {
  for (let number = 1; ; number++) {
    const name = `${fileName(title)}${number === 1 ? '' : ` ${number}`}.${ending}`;
    try {
      await write(join(folder, name));
      return { name };
    } catch (error) {
      if (!(error instanceof CoreError) || error.code !== 'CONFLICT' || number > 99) throw error;
    }
  }
}

/** A name that every system takes. */
const fileName = (title: string): string =>
  title
    .replace(/[^\p{L}\p{N} ,.()-]/gu, '_')
    .slice(0, 120)
    .trim() || 'Report';
