/** Level probabilities of a converted pair in the real engine, and of its checkpoint in the reference. */
import { type Engine, eyesFor, loadAdapter, startEngine } from '../../models/bridge/eyes.ts';
import { seededRandom } from '../../shared/random.ts';
import { clipPatches, normalize, projectPatches } from '../reference/clip.ts';
import { llamaLogits, wordProbabilities } from '../reference/llama.ts';
import { linear, type Rows } from '../reference/numbers.ts';
import type { Dimensions, Tensors } from './checkpoints.ts';
import { encodeSentencePiece, type Vocabulary } from './vocabulary.ts';

const BEFORE = 'A chat between a curious user and an artificial intelligence assistant. USER: ';
const AFTER = '\nHow would you rate the aesthetics of this image? ASSISTANT: The aesthetics of the image is';
const WORDS = ['excellent', 'good', 'fair', 'poor', 'bad'];

export interface Prompt {
  before: number[];
  after: number[];
  words: number[];
}

/** Token ids by the encoder of the tests. */
export function promptOf(vocabulary: Vocabulary): Prompt {
  const words = WORDS.map((word) => encodeSentencePiece(vocabulary, word));
  if (words.some((ids) => ids.length !== 1)) throw new Error('A level word is not one token.');
  return {
    before: [1, ...encodeSentencePiece(vocabulary, BEFORE)],
    after: encodeSentencePiece(vocabulary, AFTER),
    words: words.map((ids) => ids[0]!),
  };
}

/** A square picture of smooth colors, different for each seed. */
export function pictureOf(size: number, seed: number): Uint8Array {
  const random = seededRandom(seed);
  const waves = Array.from({ length: 9 }, () => ({ x: random() * 6, y: random() * 6, at: random() * 6, by: random() }));
  return Uint8Array.from({ length: size * size * 3 }, (_, index) => {
    const pixel = Math.floor(index / 3);
    const [x, y] = [(pixel % size) / size, Math.floor(pixel / size) / size];
    let value = 0.5;
    for (let wave = index % 3; wave < waves.length; wave += 3) {
      const { x: fx, y: fy, at, by } = waves[wave]!;
      value += 0.3 * by * Math.sin(fx * x * 3 + fy * y * 3 + at);
    }
    return Math.max(0, Math.min(255, Math.round(255 * value)));
  });
}

/** From the checkpoint's own tensors, in Hugging Face's meaning, in double precision. */
export function referenceProbabilities(
  tensors: Tensors,
  dimensions: Dimensions,
  prompt: Prompt,
  picture: Uint8Array,
  config: Record<string, unknown> = {},
): number[] {
  const { vision, projector } = dimensions;
  const patches = clipPatches(
    tensors,
    'model.vision_tower.vision_tower.vision_model.',
    {
      hidden_size: vision.embedding,
      num_attention_heads: vision.heads,
      num_hidden_layers: vision.blocks,
      image_size: vision.imageSize,
      patch_size: vision.patchSize,
      layer_norm_eps: 1e-5,
    },
    normalize(picture),
    Number(config.mm_vision_select_layer ?? -2),
  );
  const image: Rows =
    projector === 'linear'
      ? linear(patches, tensors.get('model.mm_projector.weight')!, tensors.get('model.mm_projector.bias')!)
      : projectPatches(tensors, 'model.mm_projector.', patches);
  const logits = llamaLogits(
    tensors,
    {
      hidden_size: dimensions.embedding,
      num_hidden_layers: dimensions.blocks,
      num_attention_heads: dimensions.heads,
      num_key_value_heads: dimensions.keyHeads,
      rms_norm_eps: Number(config.rms_norm_eps ?? 1e-5),
      rope_theta: Number(config.rope_theta ?? 10000),
    },
    [...prompt.before, ...image, ...prompt.after],
  );
  return wordProbabilities(logits.at(-1)!, prompt.words);
}

let started: Promise<Engine> | null = null;

/** In the engine, with its usual precision (half-precision keys and values). */
export async function engineProbabilities(
  files: { model: string; mmproj: string; adapter?: { path: string; scale: number } },
  prompt: Prompt,
  size: number,
  pictures: readonly Uint8Array[],
): Promise<number[][]> {
  started ??= startEngine('off', 1);
  const engine = await started;
  const model = await engine.llama.loadModel({ modelPath: files.model, gpuLayers: 0 });
  const eyes = eyesFor(engine, model);
  try {
    await eyes.open({
      mmproj: files.mmproj,
      useGpu: false,
      threads: 1,
      contextSize: 1024,
      batchSize: 512,
      sequences: 1,
      imageTokens: 0,
      exact: true,
      ...(files.adapter
        ? { adapter: await loadAdapter(model, files.adapter.path), adapterScale: files.adapter.scale }
        : {}),
    });
    const results: number[][] = [];
    for (const picture of pictures) {
      eyes.keep(0);
      const read = (tokens: number[], from: number, last: boolean) =>
        eyes.decode(
          Int32Array.from(tokens),
          Int32Array.from(tokens, (_, index) => from + index),
          new Uint32Array(tokens.length).fill(1),
          Uint8Array.from(tokens, (_, index) => (last && index === tokens.length - 1 ? 1 : 0)),
          Int32Array.from(prompt.words),
        );
      await read(prompt.before, 0, false);
      await eyes.look(picture, size, size, false);
      const next = await eyes.placeImage(prompt.before.length);
      const [, ...logits] = await read(prompt.after, next, true);
      const highest = Math.max(...logits);
      const powers = logits.map((logit) => Math.exp(logit - highest));
      const sum = powers.reduce((total, power) => total + power, 0);
      results.push(powers.map((power) => power / sum));
    }
    return results;
  } finally {
    await eyes.close();
    await model.dispose();
  }
}
