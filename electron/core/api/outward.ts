/** Photos that leave the library: exports and the trash. */
import { relative } from 'node:path';
import type { Query } from '../../../shared/query.ts';
import { settlesWithin } from '../base/pauses.ts';
import { orderedIds } from '../catalog/order.ts';
import { type Base, speaking } from './handler.ts';
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

export function reportHandlers(os: Base, services: Services) {
  const { catalog, columns, reports, tokens } = services;
  const idsOf = async (query: Query) => {
    await columns.load();
    return orderedIds(catalog, columns, { ...query, stacks: 'open' });
  };
  return {
    read: os.report.read.handler(({ input, signal }) =>
      speaking(
        stepsOf(signal, async (own, read) => {
          const { query, ...rest } = input;
          const ids = await idsOf(query);
          const onRead = (done: number) => read({ kind: 'progress', done, total: ids.length });
          return { kind: 'report', report: await reports.read({ ids, ...rest }, { signal: own, onRead }) };
        }),
        services,
      ),
    ),
    words: os.report.words.handler(async ({ input, signal }) => {
      const { query, title } = input;
      return reports.written({ ids: await idsOf(query), title, version: 'full' }, signal);
    }),
    write: os.report.write.handler(async ({ input }) => {
      const { query, folder, ending, ...rest } = input;
      const ids = await idsOf(query);
      return { job: reports.startReport({ ids, ...rest }, { folder: tokens.pathOf(folder), ending }) };
    }),
    list: os.report.list.handler(({ input: { folder, ending, ...request } }) => ({
      job: reports.startList(request, { folder: tokens.pathOf(folder), ending }),
    })),
  };
}

/** Milliseconds between two steps that somebody is told. */
const STEP = 200;

/** Work as the steps that it tells, its result as the last one. The work ends when nobody listens any more. */
async function* stepsOf<Step>(
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal, tell: (step: Step) => void) => Promise<Step>,
): AsyncGenerator<Step> {
  const gone = new AbortController();
  const own = signal ? AbortSignal.any([signal, gone.signal]) : gone.signal;
  let latest: Step | null = null;
  const result = work(own, (step) => {
    latest = step;
  });
  try {
    while (!(await settlesWithin(STEP / 1000, result))) if (latest !== null) yield latest;
    yield await result;
  } finally {
    gone.abort();
    await result.catch(() => {});
  }
}
