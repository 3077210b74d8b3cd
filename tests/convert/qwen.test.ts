/**
 * Qwen3.5 (the family of Q-ReAlign) and Qwen3-VL: tiny checkpoints are made, converted, and graded in the real model
 * process; the reference computes the same from the checkpoint's own tensors in double precision.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { bridgeFile } from '../../models/bridge/place.ts';
import { convertCheckpoint } from '../../models/convert/convert.ts';
import type { Pixels } from '../../models/model-api.ts';
import { gridSize } from '../../models/runtime/preprocess.ts';
import { GRADE_QUESTION, STEMS } from '../../models/runtime/prompts.ts';
import { makeTinyQwen, type QwenShape, type TinyQwen, writeTinyQwen } from '../../models/tiny/qwen.ts';
import { BUILD_TIMEOUT, openForTest, picture, ready } from '../engine/setting.ts';
import { byteBpe, encodeBytes } from '../reference/byte-bpe.ts';
import {
  type QwenTextConfig,
  type QwenVisionConfig,
  qwenLogits,
  qwenPicture,
  wordProbabilities,
} from '../reference/qwen.ts';
import { temporaryFolder } from './support.ts';

const bridge = existsSync(bridgeFile('cpu'));
beforeAll(ready, BUILD_TIMEOUT);
const folder = await temporaryFolder('qwen');
if (!bridge) console.log('The bridge is built first.');

const WORDS = ['excellent', 'good', 'fair', 'poor', 'bad'];

/** Level probabilities of some stems by the reference. @param pixels of a size on the tower's grid. */
function expected(tiny: TinyQwen, pixels: Pixels, stems: readonly string[]): number[][] {
  const tokenizer = byteBpe(tiny.tokenizer);
  const vision = tiny.config.vision_config as QwenVisionConfig;
  const text = tiny.config.text_config as QwenTextConfig;
  const seen = qwenPicture(tiny.tensors, vision, pixels.data, pixels.width, pixels.height);
  const words = WORDS.map((word) => encodeBytes(tokenizer, ` ${word}`)[0]!);
  const thought = tiny.shape.kind === 'qwen35' ? '<think>\n\n</think>\n\n' : '';
  return stems.map((stem) => {
    const before = encodeBytes(tokenizer, '<|im_start|>user\n<|vision_start|>');
    const after = encodeBytes(
      tokenizer,
      `<|vision_end|>${GRADE_QUESTION}<|im_end|>\n<|im_start|>assistant\n${thought}${stem}`,
    );
    const logits = qwenLogits(tiny.tensors, text, [...before, ...seen, ...after], tiny.shape.kind === 'qwen35');
    return wordProbabilities(logits.at(-1)!, words);
  });
}

const CASES: [string, Partial<QwenShape>, [number, number]][] = [
  ['Qwen3.5, three value heads a key head', { seed: 11 }, [320, 224]],
  [
    'Qwen3.5, one value head a key head, output of its own, upright',
    { seed: 12, linearValueHeads: 2, tied: false },
    [224, 352],
  ],
  ['Qwen3-VL with two deep levels', { kind: 'qwen3vl', seed: 13 }, [288, 256]],
];

test.each(CASES)('%s: level probabilities are the reference’s', async (title, shape, [width, height]) => {
  const tiny = makeTinyQwen(shape);
  if (tiny.shape.kind === 'qwen3vl')
    tiny.tokenizerConfig.chat_template = String(tiny.tokenizerConfig.chat_template).replaceAll('think', 'muse');
  const checkpoint = join(folder, title.replace(/\W+/g, '-'));
  await writeTinyQwen(checkpoint, tiny);
  const files = await convertCheckpoint({ checkpoint, output: `${checkpoint}-out`, quantization: 'F32' });
  const session = await openForTest({ model: files.model, mmproj: files.mmproj });
  expect(session.info.family).toBe('qwen');
  const graded = [];
  for (const seed of [1, 2, 1]) {
    const pixels = picture(seed, width, height);
    const { trace } = await session.grade({ key: `picture ${graded.length}`, read: () => pixels }, { trace: true });
    graded.push(trace!.questions.map((question) => question.probabilities));
  }
  const stems = Object.values(STEMS).slice(0, 3);
  const truth = [1, 2].map((seed) => expected(tiny, picture(seed, width, height), stems));
  const difference = (a: number[], b: number[]) => Math.max(...a.map((value, index) => Math.abs(value - b[index]!)));
  // The two pictures must differ by more than the tolerance, or a blind model would pass.
  expect(difference(truth[0]![0]!, truth[1]![0]!)).toBeGreaterThan(0.01);
  let largest = 0;
  for (const [photo, stemsOf] of [truth[0]!, truth[1]!, truth[0]!].entries())
    for (const [index, probabilities] of stemsOf.entries())
      largest = Math.max(largest, difference(graded[photo]![index]!, probabilities));
  console.log(`${title}: largest difference ${largest.toExponential(1)}`);
  expect(largest).toBeLessThan(3e-3);
});

test('the picture gets the size that Qwen’s own processor gives it', () => {
  const grid = { step: 32, leastPixels: 65_536, mostPixels: 400 * 1024 };
  expect(gridSize(640, 480, grid)).toEqual([640, 480]);
  expect(gridSize(6000, 4000, grid)).toEqual([768, 512]);
  expect(gridSize(100, 70, grid)).toEqual([320, 224]);
  expect(gridSize(4000, 100, grid)).toEqual([4000, 96]);
  expect(gridSize(336, 336, grid)).toEqual([320, 320]); // 10.5 steps: to the even number
});
