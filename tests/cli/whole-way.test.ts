import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Dimensions, TINY, writeCheckpoint } from '../convert/checkpoints.ts';
import { pictureOf, referenceProbabilities } from '../convert/inference.ts';
import { trainVocabulary } from '../convert/vocabulary.ts';
import { BUILD_TIMEOUT, ready } from '../engine/setting.ts';
import { startCli } from './run-cli.ts';

/** From a checkpoint to grades by the command line alone, held against the checkpoint's own tensors. */
let folder: string;
beforeAll(async () => {
  await ready();
  folder = await mkdtemp(join(tmpdir(), 'keeplight-whole-way-'));
}, BUILD_TIMEOUT);
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Traced {
  path: string;
  trace: {
    questions: { name: string; before: number[]; after: number[]; words: number[]; probabilities: number[] }[];
  };
}

const UNUSUAL: Dimensions = {
  ...TINY,
  blocks: 3,
  keyHeads: 2,
  vision: { embedding: 128, feedForward: 160, blocks: 4, heads: 2, imageSize: 84, patchSize: 14 },
};

test.each([
  ['the usual shape, tower inside', TINY, 'llava', 'inside', 'model'],
  ['other depths and widths, grouped heads, tower beside', UNUSUAL, 'hf', 'beside', 'json'],
] as const)('convert and grade: %s', async (title, dimensions, naming, tower, tokenizer) => {
  const place = join(folder, title.replace(/\W+/g, '-'));
  const vocabulary = trainVocabulary();
  const checkpoint = join(place, 'checkpoint');
  const { tensors, vision } = await writeCheckpoint(checkpoint, vocabulary, {
    dimensions,
    type: 'F32',
    naming,
    format: 'safetensors',
    shards: 1,
    tokenizer,
    tower,
  });
  const conversion = await startCli([
    'convert',
    checkpoint,
    ...(vision === undefined ? [] : ['--vision', vision]),
    '--out',
    join(place, 'model'),
    '--quantize',
    'F32',
    '--json',
  ]).ended;
  expect(conversion.stderr).not.toContain('Error');
  const files = JSON.parse(conversion.stdout) as { model: string; mmproj: string; quantization: string };
  expect(files.quantization).toBe('F32');

  const size = dimensions.vision.imageSize;
  const photos = join(place, 'photos');
  await mkdir(photos, { recursive: true });
  const pictures = new Map<string, Uint8Array>();
  for (const seed of [1, 2, 3]) {
    const path = join(photos, `picture-${seed}.png`);
    pictures.set(path, pictureOf(size, seed));
    await sharp(pictures.get(path)!, { raw: { width: size, height: size, channels: 3 } })
      .png()
      .toFile(path);
  }
  const graded = await startCli([
    'grade',
    photos,
    '--model',
    files.model,
    '--mmproj',
    files.mmproj,
    '--trace',
    '--json',
    '--data',
    join(place, 'data'),
  ]).ended;
  const documents = JSON.parse(graded.stdout) as Traced[];
  expect(documents).toHaveLength(3);
  let largest = 0;
  for (const { path, trace } of documents) {
    expect(trace.questions).toHaveLength(9);
    for (const { before, after, words, probabilities } of trace.questions) {
      const prompt = { before, after, words };
      const expected = referenceProbabilities(tensors, dimensions, prompt, pictures.get(path)!);
      for (const [index, value] of expected.entries()) {
        largest = Math.max(largest, Math.abs(value - probabilities[index]!));
      }
    }
  }
  console.log(`${title}: largest difference of a level's probability ${largest.toExponential(1)}`);
  expect(largest).toBeLessThan(3e-3);
});
