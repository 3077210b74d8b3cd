/** Photos that leave the library: exports and the trash. */
import { relative } from 'node:path';
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
