import type { Benchmark, Measurement } from './bench.ts';
import { benchEngine } from './engine-floor.ts';

/** `1b` for routine runs; KEEPLIGHT_BENCH_MODEL=7b for the size that people run. */
export const SHAPE = process.env.KEEPLIGHT_BENCH_MODEL === '7b' ? '7b' : '1b';
/** What the bars that are no ratios count in. */
const UNITS: readonly (readonly [RegExp, readonly [string, number]])[] = [
  [/memory/, ['MB', 1e-6]],
  [/first word/, ['ms', 1]],
];

const models: Benchmark = {
  name: 'Models',
  about: `A ${SHAPE}-shaped model with random 4-bit weights on the CPU. Photo by photo in turns: the bare engine, the whole program in its own process, llama.cpp's own program; the fastest of each counts.`,
  async run(context) {
    const { bars, photosPerMinute, milliseconds, questionTokens } = await benchEngine({
      shape: SHAPE,
      gpu: 'off',
      signal: context.signal,
      log: context.say,
    });
    const time = (label: string, value: number): Measurement => ({ label, value, unit: 'ms' });
    return [
      ...bars.map(({ name, value, limit, bound }): Measurement => {
        const [unit, scale] = UNITS.find(([pattern]) => pattern.test(name))?.[1] ?? ['×', 1];
        const bar = Number((limit * scale).toPrecision(4));
        return {
          label: name,
          value: value * scale,
          unit,
          target: bound === 'at most' ? { most: bar } : { least: bar },
        };
      }),
      time('the first word that a person sees of an explanation: the verdict', milliseconds.verdict),
      time('one decode step', milliseconds.decodeStep),
      time(
        `the question's prefill: ${questionTokens.read} of ${questionTokens.all} tokens`,
        milliseconds.questionPrefill,
      ),
      { label: 'photos graded a minute, nine judgements each', value: photosPerMinute, unit: '' },
      time('grade', milliseconds.grade),
      time('bare floor of a grade', milliseconds.bareFloor),
      time('– encode', milliseconds.encode),
      time('– prefill', milliseconds.prefill),
      time('– nine judgements, together', milliseconds.nineTogether),
      time('nine judgements, the question once and the stems one by one', milliseconds.questionOnceStemsOneByOne),
      time('nine judgements, each question whole', milliseconds.eachQuestionWhole),
      ...(milliseconds.asText === null ? [] : [time('nine judgements as text', milliseconds.asText)]),
    ];
  },
};
export default models;
