import { dirname, resolve } from 'node:path';
import { AESBENCH_PARTS } from '../../../../models/evaluate/aesbench.ts';
import { evaluate } from '../../../../models/evaluate/evaluate.ts';
import { sessionJudge } from '../../../../models/evaluate/judge.ts';
import { LEAST_DECIDED } from '../../../../models/evaluate/own.ts';
import { alignColumns } from '../../../../models/evaluate/report.ts';
import { decisionText, type OwnEvaluation } from '../../../../shared/own-evaluation.ts';
import { chooseModel } from './choose-model.ts';
import { UsageError, type Verb } from './verb.ts';

const FORMATS = ['aesbench', 'ava', 'para', 'aadb', 'eva', 'plain'] as const;

const evaluateVerb: Verb = {
  usage:
    'evaluate --own [--validation] | <annotation file> --out <dir> [--images <dir>] [--format <format>] [--part <part>] [--answers <file>] [--submission <file>] [--limit <n>] [--model <name or .gguf>] [--mmproj <.gguf>] [--data <dir>] [--json]',
  about:
    "Runs a model over AesBench (its paper's tables, with the published figures beside ours) or over photos scored by " +
    'people (AVA, PARA, AADB, EVA, or a list of image and gt_score: rank and linear correlation, pair accuracy, with ' +
    'bootstrap intervals). Answers are kept as they come, so a run that was stopped is continued by calling again. ' +
    'With --own every critic that graded photos of this library is held against your own flags, stars and grades in words.',
  options: {
    own: { type: 'boolean', help: 'how well each critic agrees with what you decided here; needs no file' },
    validation: { type: 'boolean', help: 'of --own: only the shoots that the last `dataset export` held out' },
    out: { type: 'string', value: 'dir', help: 'folder for answers and report (default: beside the annotation file)' },
    images: { type: 'string', value: 'dir', help: 'folder of the pictures (default: that of the annotation file)' },
    format: { type: 'string', value: 'format', help: `${FORMATS.join(', ')} (default: told from the file)` },
    answers: { type: 'string', value: 'file', help: "AesBench's right answers, where they are published apart" },
    submission: { type: 'string', value: 'file', help: "writes AesBench's answers in its challenge's form" },
    part: { type: 'string', value: 'part', help: `only this part of AesBench: ${AESBENCH_PARTS.join(', ')}` },
    limit: { type: 'string', value: 'n', help: 'only the first so many questions or photos' },
    model: { type: 'string', value: 'model', help: 'registry name or path of a GGUF file; default: the chosen model' },
    mmproj: { type: 'string', value: 'file', help: 'path of its projector; default: the one beside it' },
  },
  words: { least: 0, most: 1 },
  async run(call) {
    if (call.flag('own')) {
      if (call.words.length > 0) throw new UsageError('--own looks at this library: it takes no annotation file.');
      const own = await call.withReader((reader) => reader.ownEvaluation(call.flag('validation')));
      await call.print(own, () => ownLines(own));
      return;
    }
    if (call.words.length === 0) throw new UsageError('Name an annotation file, or ask with --own for your own stars.');
    const annotations = resolve(call.words[0] ?? '');
    const answers = call.text('answers');
    const submission = call.text('submission');
    const part = call.choice('part', AESBENCH_PARTS);
    const evaluation = await call.withCore({}, async (core) => {
      await chooseModel(core, call.text('model'), call.text('mmproj'), 'grader', call.signal);
      return core.critics.withModel(
        (session, hash) =>
          evaluate({
            annotations,
            images: resolve(call.text('images') ?? dirname(annotations)),
            output: resolve(call.text('out') ?? `${annotations}.evaluation`),
            judge: sessionJudge(session, hash, core.critics.readPixels),
            format: call.choice('format', FORMATS),
            ...(answers === undefined ? {} : { answers: resolve(answers) }),
            ...(submission === undefined ? {} : { submission: resolve(submission) }),
            ...(part === undefined ? {} : { parts: [part] }),
            limit: call.number('limit', { least: 1, most: 10_000_000, whole: true }),
            signal: call.signal,
            onProgress: ({ done, total, secondsLeft }) =>
              call.progress(
                `Answered ${done} of ${total}${secondsLeft === null ? '' : `, ${Math.ceil(secondsLeft)} s left`}`,
              ),
          }),
        call.signal,
      );
    });
    await call.print({ ...evaluation.result, files: evaluation.files }, () => [
      evaluation.text,
      ...evaluation.files.map((file) => `Written: ${file}`),
    ]);
  },
};
export default evaluateVerb;

function ownLines({ decided, critics }: OwnEvaluation): string[] {
  const interval = (value: { value: number; low: number; high: number } | null) =>
    value === null ? '–' : `${value.value.toFixed(2)} (${value.low.toFixed(2)} … ${value.high.toFixed(2)})`;
  const photos = decided === 1 ? '1 photo was' : `${decided} photos were`;
  if (critics.length === 0) return [`${photos} decided by you; no critic has graded any of them.`];
  return [
    `${photos} decided by you.${decided < LEAST_DECIDED ? ` From ${LEAST_DECIDED} on an agreement says something.` : ''}`,
    '',
    alignColumns([
      ['critic', 'photos', 'rank correlation', 'pairs in your order', 'pairs of one moment'],
      ...critics.map(({ title, photos: graded, srcc, pairs, momentPairs }) => [
        title,
        `${graded}`,
        interval(srcc),
        interval(pairs),
        momentPairs.share === null ? '–' : `${interval(momentPairs.share)} of ${momentPairs.count}`,
      ]),
    ]),
    ...critics.flatMap(({ title, calibration }) => [
      '',
      `${title}: mean grade by what you decided`,
      ...calibration.map(
        ({ decision, photos: count, mean, low, high }) =>
          `  ${decisionText(decision).padEnd(8)}  ${mean.toFixed(0).padStart(3)}  (half of ${count} between ${low.toFixed(0)} and ${high.toFixed(0)})`,
      ),
    ]),
  ];
}
