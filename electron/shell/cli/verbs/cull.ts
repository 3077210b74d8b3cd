import { resolve } from 'node:path';
import { GENRE_NAMES, JUDGE_NAMES, JUDGES, type Wish } from '../../../../shared/culling.ts';
import { UsageError, type Verb, type VerbCall } from './verb.ts';

/** `20%` or `200`. @throws UsageError */
function keepOf(call: VerbCall): Wish['keep'] {
  const text = call.text('keep');
  if (text === undefined) return null;
  const found = /^(\d+(?:\.\d+)?)\s*(%?)$/.exec(text.trim());
  const amount = Number(found?.[1]);
  if (found?.[2] === '%' && amount <= 100) return { unit: 'percent', amount };
  if (found?.[2] === '' && Number.isInteger(amount)) return { unit: 'photos', amount };
  throw new UsageError('--keep takes a share such as 20%, or a number of photos such as 200.');
}

const cull: Verb = {
  usage:
    'cull <folder> [--keep 20%|200] [--per-moment <n>] [--above <score>] [--by <judge>] [--genre <genre>] [--dry-run] [--data <dir>] [--json]',
  about:
    'Picks the best of a folder and rejects the rest, with a reason for each, as one step that can be undone; with ' +
    '--dry-run it only says what it would do. What you marked stays as it is, and brackets and panoramas are kept or ' +
    `fall whole. Shares and numbers are of the photos that are not decided yet.\n\nJudges:\n${JUDGE_NAMES.map((name) => `  ${name.padEnd(10)}${JUDGES[name].meaning}`).join('\n')}`,
  options: {
    keep: { type: 'string', value: 'n', help: 'so many photos, or a share of them (20%)' },
    'per-moment': { type: 'string', value: 'n', help: 'at most so many frames of one moment' },
    above: { type: 'string', value: 'score', help: 'only what the judge gives at least this, 0 to 100' },
    by: { type: 'string', value: 'judge', help: 'one of the judges above (default: blend)' },
    genre: { type: 'string', value: 'genre', help: `what counts: ${GENRE_NAMES.join(', ')} (default: proposed)` },
    'dry-run': { type: 'boolean', help: 'mark nothing' },
  },
  words: { least: 1, most: 1 },
  async run(call) {
    const wish: Wish = {
      keep: keepOf(call),
      perMoment: call.number('per-moment', { least: 1, most: 1000 }) ?? null,
      above: call.number('above', { least: 0, most: 100, whole: false }) ?? null,
      by: call.choice('by', JUDGE_NAMES) ?? 'blend',
      genre: call.choice('genre', GENRE_NAMES) ?? null,
    };
    if (wish.keep === null && wish.perMoment === null && wish.above === null) {
      throw new UsageError('Say what to keep: --keep, --per-moment or --above.');
    }
    const dryRun = call.flag('dry-run');
    const folder = resolve(call.words[0]!);
    const report = await call.withCore({ readOnly: dryRun }, (core) => core.cull(folder, wish, { dryRun }));
    const done = dryRun ? ['would be picked', 'would be rejected'] : ['picked', 'rejected'];
    await call.print(report, () => [
      ...report.keep.map(({ path, score, reason }) => `P ${score.toFixed(0).padStart(3)}  ${path}  ${reason}`),
      ...report.reject.map(({ path, score, reason }) => `X ${score.toFixed(0).padStart(3)}  ${path}  ${reason}`),
      `${report.keep.length} of ${report.photos} photos ${done[0]}, ${report.reject.length} ${done[1]}, ${report.untouched.length} left alone.`,
    ]);
  },
};
export default cull;
