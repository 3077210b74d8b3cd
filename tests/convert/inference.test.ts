import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bridgeFile } from '../../models/bridge/place.ts';
import { convertCheckpoint } from '../../models/convert/convert.ts';
import { type CheckpointSpec, type Dimensions, TINY, writeCheckpoint } from './checkpoints.ts';
import { engineProbabilities, pictureOf, promptOf, referenceProbabilities } from './inference.ts';
import { GROUPED, PLAIN, temporaryFolder } from './support.ts';
import { trainVocabulary } from './vocabulary.ts';

const vocabulary = trainVocabulary();
const prompt = promptOf(vocabulary);
const bridge = existsSync(bridgeFile('cpu'));
if (!bridge) console.log('skipped: the bridge is not built, so converted models cannot be run');

const folder = await temporaryFolder('inference');

const SPECS: [string, CheckpointSpec][] = [
  ['LLaVA, F16, one file', PLAIN],
  ['LLaVA, BF16 shards, tower beside', { ...PLAIN, type: 'BF16', shards: 3, tower: 'beside', seed: 2 }],
  ['LLaVA, F32 .bin, tokenizer.json', { ...PLAIN, type: 'F32', format: 'bin', tokenizer: 'json', seed: 3 }],
  ['Hugging Face, grouped heads', { ...PLAIN, type: 'F32', naming: 'hf', dimensions: GROUPED, seed: 4 }],
  ['Hugging Face now, F16 .bin shards', { ...PLAIN, naming: 'hf-new', format: 'bin', shards: 2, seed: 5 }],
  [
    'wide heads, three of them, tied output, another rope base, the last layer of the tower',
    {
      ...PLAIN,
      type: 'F32',
      seed: 8,
      dimensions: {
        embedding: 80,
        feedForward: 112,
        blocks: 1,
        heads: 3,
        keyHeads: 1,
        headWidth: 32,
        vision: { embedding: 192, feedForward: 64, blocks: 2, heads: 3, imageSize: 24, patchSize: 8 },
        projector: 'mlp2x_gelu',
      },
      config: { tie_word_embeddings: true, rope_theta: 500000, rms_norm_eps: 1e-3, mm_vision_select_layer: -1 },
    },
  ],
  ['LLaVA 1, linear projector', { ...PLAIN, dimensions: { ...TINY, projector: 'linear' }, seed: 6 }],
];

test.skipIf(!bridge).each(SPECS)('%s: the engine gives the checkpoint’s own probabilities', async (title, spec) => {
  const checkpoint = join(folder, title.replace(/\W+/g, '-'));
  const { tensors, vision } = await writeCheckpoint(checkpoint, vocabulary, spec);
  const files = await convertCheckpoint({ checkpoint, vision, output: `${checkpoint}-out`, quantization: 'F32' });
  const size = spec.dimensions.vision.imageSize;
  const pictures = [pictureOf(size, 1), pictureOf(size, 2)];
  const expected = pictures.map((picture) =>
    referenceProbabilities(tensors, spec.dimensions, prompt, picture, spec.config),
  );
  // The two pictures must differ more than the tolerance, or the test would not notice a blind model.
  expect(largestDifference([expected[0]!], [expected[1]!])).toBeGreaterThan(0.01);
  const actual = await engineProbabilities(files, prompt, size, pictures);
  const difference = largestDifference(actual, expected);
  console.log(`${title}: largest difference ${difference.toExponential(1)}`);
  expect(difference).toBeLessThan(3e-3);
});

test.skipIf(!bridge)('quantizing drifts little, and F16 hardly', { timeout: 240_000 }, async () => {
  // 256 columns, so that the K-quants' blocks are what is tested.
  const dimensions: Dimensions = { ...TINY, embedding: 256, feedForward: 512, heads: 4, keyHeads: 4 };
  const checkpoint = join(folder, 'drift');
  const { tensors } = await writeCheckpoint(checkpoint, vocabulary, { ...PLAIN, dimensions, seed: 7 });
  const size = dimensions.vision.imageSize;
  const pictures = [1, 2, 3].map((seed) => pictureOf(size, seed));
  const expected = pictures.map((picture) => referenceProbabilities(tensors, dimensions, prompt, picture));
  // Random weights are far more sensitive than trained ones; a wrong conversion differs by more than these.
  const limits = { F16: 0.01, Q8_0: 0.08, Q6_K: 0.12, Q5_K_M: 0.2, Q4_K_M: 0.35 } as const;
  for (const [quantization, limit] of Object.entries(limits) as [keyof typeof limits, number][]) {
    const files = await convertCheckpoint({ checkpoint, output: `${checkpoint}-out`, quantization });
    const drift = largestDifference(await engineProbabilities(files, prompt, size, pictures), expected);
    console.log(`${quantization}: level probabilities drift by at most ${drift.toFixed(4)} on random weights`);
    expect(drift).toBeLessThan(limit);
  }
});

function largestDifference(a: readonly number[][], b: readonly number[][]): number {
  return Math.max(...a.flatMap((row, index) => row.map((value, column) => Math.abs(value - b[index]![column]!))));
}
