import { resolve } from 'node:path';
import type { SidecarReport } from '../../../core/base/records.ts';
import { namedPhotos } from './named-photos.ts';
import { UsageError, type Verb, type VerbCall } from './verb.ts';

const WHAT = ['write', 'read', 'embed'] as const;

const sidecars: Verb = {
  usage: 'sidecars write|read|embed [<folder>|<photo>…] [--signed] [--yes] [--dry-run] [--data <dir>] [--json]',
  about:
    'write: puts marks, keywords, titles, captions and grades into XMP sidecars beside the photos, into what is there, ' +
    'and leaves everything else in them as it is. read: takes over what other programs wrote into sidecars. Without a ' +
    'folder or photo it is the whole library. Both are steps that can be undone. Where library and sidecar both changed, the newer ' +
    'word holds; what is older stays and is listed as a conflict. embed: the same into JPEG, HEIC, TIFF and DNG files ' +
    'themselves, by exiftool on a compared copy; the original stays beside it as IMG.JPG_original. It needs --yes, or ' +
    'the switch in the settings.',
  options: {
    signed: { type: 'boolean', help: 'embed: also photos with content credentials, whose signature becomes void' },
    yes: { type: 'boolean', help: 'embed: write into the photos themselves' },
    'dry-run': { type: 'boolean', help: 'say what would be done and do nothing' },
  },
  words: { least: 1, most: Number.POSITIVE_INFINITY },
  async run(call) {
    const [given, ...named] = call.words;
    const what = WHAT.find((word) => word === given);
    if (what === undefined) throw new UsageError(`Usage: keeplight ${sidecars.usage}`);
    const dryRun = call.flag('dry-run');
    if (what === 'embed') return embed(call, named, dryRun);
    const paths = named.map((name) => (/^\d+$/.test(name) ? name : resolve(name)));
    const report = await call.withCore({}, (core) =>
      core.sidecars(what, paths, { dryRun, signal: call.signal, onProgress: ({ text }) => call.progress(text) }),
    );
    await call.print(report, () => linesOf(what, dryRun, report));
  },
};
export default sidecars;

async function embed(call: VerbCall, named: readonly string[], dryRun: boolean): Promise<void> {
  if (named.length === 0) throw new UsageError('Name the photos or a folder: the whole library is never written into.');
  const report = await call.withCore({}, async (core) => {
    const ids = namedPhotos(core, named, undefined);
    const { embedder } = core.originals;
    if (dryRun) return embedder.plan(ids);
    if (!call.flag('yes') && !core.settings.sidecars.embed)
      throw new UsageError('This writes into the photos themselves: say --yes, or use sidecars write.');
    const job = embedder.start(ids, call.flag('signed'));
    await core.finishJob(job, { signal: call.signal, onProgress: ({ text }) => call.progress(text) });
    return embedder.reportOf(job)!;
  });
  const { written, unchanged, signed, failed } = report;
  await call.print(report, () => [
    `${written.length} ${dryRun ? 'to write' : 'written'}, ${unchanged} unchanged, ${signed.length} signed, ${failed.length} failed.`,
    ...written.map((path) => `  ${path}`),
    ...signed.map((path) => `  ${path}: has content credentials, left alone (--signed writes it and makes them void)`),
    ...failed.map(({ path, reason }) => `  ${path}: ${reason}`),
  ]);
}

function linesOf(what: 'write' | 'read', dryRun: boolean, report: SidecarReport): string[] {
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
