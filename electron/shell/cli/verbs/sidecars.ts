import { resolve } from 'node:path';
import type { SidecarReport } from '../../../core/base/records.ts';
import { UsageError, type Verb } from './verb.ts';

const WHAT = ['write', 'read'] as const;

const sidecars: Verb = {
  usage: 'sidecars write|read [<folder>|<photo>…] [--dry-run] [--data <dir>] [--json]',
  about:
    'write: puts marks, keywords, titles, captions and grades into XMP sidecars beside the photos, into what is there, ' +
    'and leaves everything else in them as it is. read: takes over what other programs wrote into sidecars. Without a ' +
    'folder or photo it is the whole library. Both are steps that can be undone. Where library and sidecar both changed, the newer ' +
    'word holds; what is older stays and is listed as a conflict.',
  options: {
    'dry-run': { type: 'boolean', help: 'say what would be done and do nothing' },
  },
  words: { least: 1, most: Number.POSITIVE_INFINITY },
  async run(call) {
    const [given, ...named] = call.words;
    const what = WHAT.find((word) => word === given);
    if (what === undefined) throw new UsageError(`Usage: keeplight ${sidecars.usage}`);
    const dryRun = call.flag('dry-run');
    const paths = named.map((name) => (/^\d+$/.test(name) ? name : resolve(name)));
    const report = await call.withCore({}, (core) =>
      core.sidecars(what, paths, { dryRun, signal: call.signal, onProgress: ({ text }) => call.progress(text) }),
    );
    await call.print(report, () => linesOf(what, dryRun, report));
  },
};
export default sidecars;

function linesOf(what: (typeof WHAT)[number], dryRun: boolean, report: SidecarReport): string[] {
  const { written, unchanged, conflicts, failed } = report;
  const done = { write: dryRun ? 'to write' : 'written', read: dryRun ? 'to take over' : 'taken over' }[what];
  return [
    `${written.length} ${done}, ${unchanged} unchanged, ${conflicts.length} conflicts, ${failed.length} failed.`,
    ...written.map((path) => `  ${path}`),
    ...conflicts.map(
      ({ path, field, ours, theirs }) =>
        `  ${path}: ${field} is ${ours ?? 'nothing'} here, ${theirs ?? 'nothing'} there`,
    ),
    ...failed.map(({ path, reason }) => `  ${path}: ${reason}`),
  ];
}
