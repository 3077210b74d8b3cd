/** The vision tower against the double-precision reference: every token, several random towers. */
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type GgufFile, writeGguf } from '../../models/convert/gguf-writer.ts';
import { asGgufFile, planProjectorFile } from '../../models/convert/mapping.ts';
import { understandTiny, VISION_PREFIX } from '../../models/tiny/checkpoint.ts';
import { makeTinyCheckpoint, type TinyCheckpoint, type TinyShape, writeTinyModel } from '../../models/tiny/make.ts';
import { type ClipConfig, clipPatches, normalize, projectPatches } from '../reference/clip.ts';
import { cosine } from '../reference/numbers.ts';
import { probeTokens } from './probing.ts';
import { BUILD_TIMEOUT, picture, ready, temporaryFolder } from './setting.ts';

const directory = temporaryFolder();
beforeAll(ready, BUILD_TIMEOUT);

const TOWERS: Partial<TinyShape>[] = [
  { seed: 11 },
  { seed: 12, visionBlocks: 5, visionHeads: 2, imageSize: 84 },
  {
    seed: 13,
    visionEmbedding: 96,
    visionHeads: 6,
    visionFeedForward: 160,
    visionBlocks: 2,
    embedding: 96,
    heads: 6,
    keyHeads: 3,
  },
  { seed: 14, visionEmbedding: 128, visionHeads: 2, imageSize: 98, patchSize: 14, visionBlocks: 4 },
  { seed: 15, imageSize: 64, patchSize: 16, visionBlocks: 7, visionHeads: 8 },
];

function referenceTokens(tiny: TinyCheckpoint, data: Uint8Array): Float64Array[] {
  const config = tiny.config.vision_config as ClipConfig;
  const patches = clipPatches(tiny.tensors, VISION_PREFIX, config, normalize(data));
  return projectPatches(tiny.tensors, 'model.mm_projector.', patches);
}

function lowestCosine(tiny: TinyCheckpoint, data: Uint8Array, embeddings: Float32Array): number {
  const width = tiny.shape.embedding;
  const expected = referenceTokens(tiny, data);
  expect(embeddings.length).toBe(expected.length * width);
  return Math.min(
    ...expected.map((row, index) => cosine(row, embeddings.subarray(index * width, (index + 1) * width))),
  );
}

describe('the vision tower', () => {
  test.each(TOWERS)('$seed: every token agrees with the reference', async (options) => {
    const tiny = makeTinyCheckpoint(options);
    const pair = await writeTinyModel(join(directory, `tower-${options.seed}`), tiny);
    const size = tiny.shape.imageSize;
    const pictures = [1, 2, 3].map((seed) => ({ size, data: picture(seed, size).data }));
    for (const [index, look] of (await probeTokens(pair, pictures)).entries())
      expect(lowestCosine(tiny, pictures[index]!.data, look.embeddings!)).toBeGreaterThanOrEqual(0.999);
  });

  test('pools mean and standard deviation of the tokens', async () => {
    const tiny = makeTinyCheckpoint({ seed: 16 });
    const pair = await writeTinyModel(join(directory, 'pooling'), tiny);
    const { data } = picture(5);
    const [look] = await probeTokens(pair, [{ size: 56, data }]);
    const rows = referenceTokens(tiny, data);
    const width = tiny.shape.embedding;
    for (let column = 0; column < width; column++) {
      const mean = rows.reduce((sum, row) => sum + row[column]!, 0) / rows.length;
      const variance = rows.reduce((sum, row) => sum + (row[column]! - mean) ** 2, 0) / rows.length;
      expect(look!.features[column]).toBeCloseTo(mean, 2);
      expect(look!.features[width + column]).toBeCloseTo(Math.sqrt(variance), 2);
    }
  });
});

describe("other tools' projector files", () => {
  const shape = { seed: 21, visionBlocks: 4 };

  /** The projector as other converters write it: no feature_layer, and the last block dropped or not. */
  async function foreignPair(name: string, whole: boolean) {
    const tiny = makeTinyCheckpoint(shape);
    const folder = join(directory, name);
    const pair = await writeTinyModel(folder, tiny);
    const checkpoint = understandTiny(tiny);
    const { visionLayout } = checkpoint;
    const plan = planProjectorFile(
      whole ? { ...checkpoint, visionLayout: { ...visionLayout, usedBlocks: visionLayout.blocks } } : checkpoint,
      { name, licence: 'none', source: 'test' },
    );
    plan.metadata.delete('clip.vision.feature_layer');
    const file: GgufFile = asGgufFile(plan, 'F32');
    const post = (part: 'weight' | 'bias') => {
      const { data } = tiny.tensors.get(`${VISION_PREFIX}post_layernorm.${part}`)!;
      return {
        name: `v.post_ln.${part}`,
        shape: [data.length],
        type: 'F32' as const,
        data: () => [new Uint8Array(data.buffer)],
      };
    };
    const tensors = whole ? [...file.tensors, post('weight'), post('bias')] : file.tensors;
    await writeGguf(pair.mmproj, { ...file, tensors });
    return { tiny, pair };
  }

  test.each([
    ['last block dropped, as llama.cpp’s converters do', false],
    ['the whole tower with its final norm', true],
  ])('%s: evaluated right', async (name, whole) => {
    const { tiny, pair } = await foreignPair(`foreign ${whole}`, whole);
    const { data } = picture(7);
    const [look] = await probeTokens(pair, [{ size: 56, data }]);
    expect(lowestCosine(tiny, data, look!.embeddings!), name).toBeGreaterThanOrEqual(0.999);
  });
});
