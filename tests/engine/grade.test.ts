/** Grades against the references of tower and language model, and their determinism. */
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { biasFrom, fairProbabilities, plainProbabilities } from '../../models/runtime/level-scores.ts';
import { VISION_PREFIX } from '../../models/tiny/checkpoint.ts';
import { makeTinyCheckpoint, type TinyShape, writeTinyModel } from '../../models/tiny/make.ts';
import { gradeOf, levelOf } from '../../shared/grade.ts';
import { type ClipConfig, clipPatches, normalize, projectPatches } from '../reference/clip.ts';
import { type LlamaConfig, llamaLogits, wordProbabilities } from '../reference/llama.ts';
import { padToSquareReference, resizeReference } from '../reference/preprocess.ts';
import { BUILD_TIMEOUT, image, openForTest, picture, ready, temporaryFolder } from './setting.ts';

const directory = temporaryFolder();
beforeAll(ready, BUILD_TIMEOUT);

const SHAPES: Partial<TinyShape>[] = [
  { seed: 31 },
  { seed: 32, heads: 8, keyHeads: 8, blocks: 3, feedForward: 160 },
  { seed: 33, embedding: 96, heads: 6, keyHeads: 2, blocks: 4, visionHeads: 2, imageSize: 84 },
];

describe('grading', () => {
  test.each(SHAPES)('$seed: level probabilities agree with the reference', async (options) => {
    const tiny = makeTinyCheckpoint(options);
    const pair = await writeTinyModel(join(directory, `model-${options.seed}`), tiny);
    const session = await openForTest(pair);
    const size = tiny.shape.imageSize;
    const pictures = [
      [1, size, size],
      [2, 120, 80],
      [3, 75, 200],
    ] as const;
    for (const [seed, width, height] of options.seed === 31 ? pictures : pictures.slice(1, 2)) {
      const { trace } = await session.grade(image(seed, width, height), { trace: true });
      const square = resizeReference(padToSquareReference(picture(seed, width, height)), size, size);
      const vision = clipPatches(
        tiny.tensors,
        VISION_PREFIX,
        tiny.config.vision_config as ClipConfig,
        normalize(square.data),
      );
      const tokens = projectPatches(tiny.tensors, 'model.mm_projector.', vision);
      expect(trace!.questions).toHaveLength(9);
      for (const question of trace!.questions) {
        const logits = llamaLogits(tiny.tensors, tiny.config as unknown as LlamaConfig, [
          ...question.before,
          ...tokens,
          ...question.after,
        ]);
        const expected = wordProbabilities(logits.at(-1)!, question.words);
        for (const [index, probability] of question.probabilities.entries())
          expect(Math.abs(probability - expected[index]!), `${question.name} ${index}`).toBeLessThan(3e-3);
      }
    }
  });

  test('the trace holds what was asked', async () => {
    const tiny = makeTinyCheckpoint({ seed: 34 });
    const session = await openForTest(await writeTinyModel(join(directory, 'trace'), tiny));
    const { trace, milliseconds } = await session.grade(image(1), { trace: true });
    const text = (ids: number[]) => ids.map((id) => tiny.tokenizer.tokens[id]!.text).join('');
    const [overall, ...dimensions] = trace!.questions;
    expect(overall!.name).toBe('overall');
    expect(dimensions.map(({ name }) => name)).toEqual([
      ...['technical', 'light', 'composition', 'content', 'emotion', 'interest', 'uniqueness', 'vibe'],
    ]);
    expect(overall!.before[0]).toBe(1);
    expect(text(overall!.before)).toMatch(/^<s>▁A▁chat▁between.*questions\.▁USER:▁$/);
    expect(text(overall!.after)).toBe(
      '▁<0x0A>How▁would▁you▁rate▁the▁aesthetics▁of▁this▁image?▁ASSISTANT:▁The▁aesthetics▁of▁the▁image▁is',
    );
    expect(overall!.words.map((id) => tiny.tokenizer.tokens[id]!.text)).toEqual([
      ...['▁excellent', '▁good', '▁fair', '▁poor', '▁bad'],
    ]);
    for (const question of trace!.questions)
      expect(question.probabilities).toEqual([...plainProbabilities(question.logits)]);
    expect(milliseconds).toEqual(trace!.milliseconds);
    expect(milliseconds.load).toBeGreaterThan(0);
  });

  test('the grade follows from the probabilities, with the bias of null pictures subtracted', async () => {
    const session = await openForTest(await writeTinyModel(join(directory, 'bias'), makeTinyCheckpoint({ seed: 35 })));
    const result = await session.grade(image(4), { trace: true });
    expect(result.value).toBeCloseTo(gradeOf(result.probabilities), 10);
    expect(result.level).toBe(levelOf(result.value));
    expect(result.probabilities.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 10);
    expect(result.features).toHaveLength(session.info.featureLength);
    // The bias shifts every photo's log-probabilities by the same amount.
    const other = await session.grade(image(5), { trace: true });
    const shift = (grade: typeof result) =>
      grade.probabilities.map((p, index) => Math.log(p) - Math.log(grade.trace!.questions[0]!.probabilities[index]!));
    const [a, b] = [shift(result), shift(other)];
    for (let index = 1; index < 5; index++) expect(a[index]! - a[0]!).toBeCloseTo(b[index]! - b[0]!, 4);
    expect(Math.abs(a[1]! - a[0]!)).toBeGreaterThan(1e-6);
  });

  test('the same photo gives the same numbers whatever was graded before or beside it', async () => {
    const pair = await writeTinyModel(join(directory, 'order'), makeTinyCheckpoint({ seed: 36 }));
    const session = await openForTest(pair);
    const photos = [1, 2, 3, 4, 5, 6, 7];
    const numbers = async (grades: Promise<import('../../models/model-api.ts').GradeResult>[]) =>
      (await Promise.all(grades)).map(({ value, probabilities, dimensions, features }) =>
        JSON.stringify([value, probabilities, dimensions, [...(features ?? [])]]),
      );
    const first = await numbers(photos.map((seed) => session.grade(image(seed, 90, 60))));
    const order = [5, 2, 7, 1, 6, 4, 3, 3, 1];
    const shuffled = await numbers(order.map((seed) => session.grade(image(seed, 90, 60))));
    for (const [index, seed] of order.entries()) expect(shuffled[index]).toBe(first[seed - 1]);
    // In another process, after a conversation, and alone.
    const fresh = await openForTest(pair);
    for await (const event of fresh.chat(image(2, 90, 60), { question: 'Is it sharp?', maximumTokens: 8 })) void event;
    expect((await numbers([fresh.grade(image(2, 90, 60))]))[0]).toBe(first[1]);
  });
});

describe('the bias', () => {
  test('takes a preference off that has nothing to do with the photo', () => {
    const reading = { logits: [2, 0, 0, 0, 0], mass: 1 };
    const names = [
      'overall',
      'technical',
      'light',
      'composition',
      'content',
      'emotion',
      'interest',
      'uniqueness',
      'vibe',
    ];
    const bias = biasFrom([Object.fromEntries(names.map((name) => [name, reading])) as never]);
    for (const probability of fairProbabilities(reading.logits, bias.overall)) expect(probability).toBeCloseTo(0.2, 10);
    const [excellent, good] = fairProbabilities([3, 0, 0, 0, 0], bias.overall);
    expect(excellent).toBeGreaterThan(good);
  });
});
