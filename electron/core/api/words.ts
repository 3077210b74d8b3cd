/** Keywords, titles and captions, and the sidecars that carry them out. */
import { basename } from 'node:path';
import type { SidecarReport } from '../../../shared/contract-outward.ts';
import { CoreError } from '../base/core-error.ts';
import type { SidecarReport as WholeReport } from '../base/records.ts';
import { sharedWords, suggestedKeywords } from '../catalog/words.ts';
import type { Base } from './handler.ts';
import type { Services } from './services.ts';

/** Suggestions that one looks through. */
const SUGGESTED = 12;
/** Files that a page names. */
const NAMED = 200;

export function wordHandlers(os: Base, { catalog, history }: Services) {
  return {
    tag: os.words.tag.handler(({ input }) => ({ changed: history.tag(input.ids, input).length })),
    set: os.words.set.handler(({ input }) => ({ changed: history.word(input.ids, input.field, input.value).length })),
    shared: os.words.shared.handler(({ input }) => sharedWords(catalog, input.ids)),
    suggest: os.words.suggest.handler(({ input }) => suggestedKeywords(catalog, input.text.trim(), SUGGESTED)),
  };
}

export function sidecarHandlers(os: Base, { history, library, sidecars }: Services) {
  const endless = new AbortController().signal;
  return {
    plan: os.sidecars.plan.handler(async ({ input, signal }) =>
      forPage(await sidecars.plan(input.ids, signal ?? endless)),
    ),
    write: os.sidecars.write.handler(({ input }) => ({ job: sidecars.start(input.ids) })),
    report: os.sidecars.report.handler(({ input }) => {
      const report = sidecars.reportOf(input.job);
      return report && forPage(report);
    }),
    read: os.sidecars.read.handler(async ({ input, signal }) => {
      const folders = sidecars.foldersOf(input.ids);
      if (folders.length > 0) await library.index(folders, signal, undefined);
      return forPage(await sidecars.read(input.ids, history, { dryRun: false, signal: signal ?? endless }));
    }),
    labelWords: os.sidecars.labelWords.handler(({ signal }) => sidecars.labelWords(signal ?? endless)),
    resolve: os.sidecars.resolve.handler(({ input }) => {
      sidecars.resolve(input.id, input.field, input.choice, history);
      return {};
    }),
  };
}

export function embedHandlers(os: Base, { originals, settings }: Services) {
  return {
    plan: os.embed.plan.handler(async ({ input }) => {
      const { written, signed, failed } = await originals.embedder.plan(input.ids);
      return {
        photos: written.length,
        signed: signed.map((path) => basename(path)),
        failed: failed.slice(0, NAMED).map(({ path, reason }) => ({ path: basename(path), reason })),
      };
    }),
    start: os.embed.start.handler(({ input }) => {
      if (!settings.current.sidecars.embed)
        throw new CoreError('INVALID', 'Writing into photos is off: it can be switched on in the settings.');
      return { job: originals.embedder.start(input.ids, input.signed) };
    }),
  };
}

function forPage({ written, unchanged, conflicts, failed }: WholeReport): SidecarReport {
  return {
    written: written.length,
    unchanged,
    names: written.slice(0, NAMED).map((path) => basename(path)),
    conflicts: conflicts.slice(0, NAMED).map(({ path, ...conflict }) => ({ name: basename(path), ...conflict })),
    failed: failed.slice(0, NAMED).map(({ path, reason }) => ({ name: basename(path), reason })),
  };
}
