import { dirname, resolve } from 'node:path';
import { AESBENCH_PARTS } from '../../../../models/evaluate/aesbench.ts';
import { evaluate } from '../../../../models/evaluate/evaluate.ts';
import { sessionJudge } from '../../../../models/evaluate/judge.ts';
import { chooseModel } from './choose-model.ts';
import type { Verb } from './verb.ts';

const FORMATS = ['aesbench', 'ava', 'para', 'aadb', 'eva', 'plain'] as const;

const evaluateVerb: Verb = {
  usage:
    'evaluate <annotation file> --out <dir> [--images <dir>] [--format <format>] [--part <part>] [--answers <file>] [--submission <file>] [--limit <n>] [--model <name or .gguf>] [--mmproj <.gguf>] [--data <dir>] [--json]',
  about:
    "Runs a model over AesBench (its paper's tables, with the published figures beside ours) or over photos scored by " +
    'people (AVA, PARA, AADB, EVA, or a list of image and gt_score: rank and linear correlation, pair accuracy, with ' +
    'bootstrap intervals). Answers are kept as they come, so a run that was stopped is continued by calling again.',
  options: {
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
  words: { least: 1, most: 1 },
  async run(call) {
    const annotations = resolve(call.words[0] ?? '');
    const answers = call.text('answers');
    const submission = call.text('submission');
    const part = call.choice('part', AESBENCH_PARTS);
    const evaluation = await call.withCore({}, async (core) => {
      await chooseModel(core, call.text('model'), call.text('mmproj'), call.signal);
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
