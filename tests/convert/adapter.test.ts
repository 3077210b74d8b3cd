/** Adapters of PEFT, loaded beside the model and merged into it, against the reference with merged weights. */
import { existsSync } from 'node:fs';
import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bridgeFile } from '../../models/bridge/place.ts';
import { convertAdapter } from '../../models/convert/adapter.ts';
import { convertCheckpoint } from '../../models/convert/convert.ts';
import { readGgufHeader } from '../../models/gguf-header.ts';
import { inspectAdapter } from '../../models/preflight-adapter.ts';
import { type CheckpointSpec, type Tensors, TINY, writeCheckpoint } from './checkpoints.ts';
import { engineProbabilities, pictureOf, promptOf, referenceProbabilities } from './inference.ts';
import { type AdapterSpec, writeAdapter } from './made-adapter.ts';
import { GROUPED, PLAIN, temporaryFolder } from './support.ts';
import { trainVocabulary } from './vocabulary.ts';

const vocabulary = trainVocabulary();
const prompt = promptOf(vocabulary);
const bridge = existsSync(bridgeFile('cpu'));
if (!bridge) console.log('skipped: the bridge is not built, so adapters cannot be run');
const folder = await temporaryFolder('adapter');

const ALL = ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj'];
const LLAVA: AdapterSpec = { rank: 8, alpha: 16, targets: ALL, type: 'F32', format: 'bin', projector: true };
const SINGLE: CheckpointSpec = { ...PLAIN, type: 'F32' };

const CASES: [string, CheckpointSpec, AdapterSpec][] = [
  ['LLaVA’s: all layers, alpha twice the rank, the projector too', SINGLE, LLAVA],
  [
    'F16 safetensors, attention alone, grouped heads',
    { ...SINGLE, dimensions: GROUPED, seed: 4 },
    { ...LLAVA, targets: ['q_proj', 'k_proj'], type: 'F16', format: 'safetensors', projector: false, strength: 1 },
  ],
  [
    'rslora, ranks and alphas of their own, the output layer',
    { ...SINGLE, seed: 5 },
    {
      ...LLAVA,
      targets: [...ALL, 'lm_head'],
      rslora: true,
      alpha: 4,
      ranks: { 'mlp.up_proj': 3 },
      alphas: { q_proj: 9, 'layers.1.mlp.up_proj': 2 },
      projector: false,
    },
  ],
  [
    'BF16, Hugging Face’s names',
    { ...SINGLE, naming: 'hf', seed: 6 },
    { ...LLAVA, type: 'BF16', prefix: 'model.language_model.layers' },
  ],
];

test.skipIf(!bridge).each(CASES)('%s: loaded and merged alike, and as the reference', async (title, spec, adapter) => {
  const place = join(folder, title.replace(/\W+/g, '-').slice(0, 30));
  const { tensors } = await writeCheckpoint(place, vocabulary, spec);
  const merged = await writeAdapter(`${place}-lora`, tensors, adapter);
  const base = await convertCheckpoint({ checkpoint: place, output: `${place}-out`, quantization: 'F32' });
  const added = await convertAdapter({ folder: `${place}-lora`, ...base, output: `${place}-added` });
  expect(added.mmproj === null).toBe(!adapter.projector);
  const one = await convertCheckpoint({
    checkpoint: place,
    merge: `${place}-lora`,
    output: `${place}-merged`,
    quantization: 'F32',
  });
  const size = spec.dimensions.vision.imageSize;
  const pictures = [pictureOf(size, 1), pictureOf(size, 2)];
  const reference = (weights: Tensors) =>
    pictures.map((picture) => referenceProbabilities(weights, spec.dimensions, prompt, picture, spec.config));
  const wanted = reference(merged());
  // The adapter must matter more than the tolerance, or the test would pass without it.
  const moved = largestDifference(wanted, reference(tensors));
  expect(moved).toBeGreaterThan(0.03);

  const mmproj = added.mmproj ?? base.mmproj;
  const loadedAt = (scale: number) =>
    engineProbabilities({ model: base.model, mmproj, adapter: { path: added.adapter, scale } }, prompt, size, pictures);
  const loaded = largestDifference(await loadedAt(1), wanted);
  const inOne = largestDifference(await engineProbabilities(one, prompt, size, pictures), wanted);
  const half = largestDifference(await loadedAt(0.5), reference(merged(0.5)));
  // Not at all added it is the base; a projector that was trained has no strength.
  const none = adapter.projector ? 0 : largestDifference(await loadedAt(0), reference(tensors));
  console.log(
    `${title}: moves ${moved.toFixed(2)}; loaded ${loaded.toExponential(1)}, merged ${inOne.toExponential(1)}, half as strong ${half.toExponential(1)}, not added ${none.toExponential(1)}`,
  );
  expect(Math.max(loaded, inOne, half, none)).toBeLessThan(3e-3);
});

test('the file is what llama.cpp’s own converter says: names, alpha, the halves’ shapes', async () => {
  const { base, adapter } = await madePair('plain', { ...LLAVA, targets: ['q_proj', 'down_proj'], projector: false });
  const { adapter: file } = await convertAdapter({ folder: adapter, ...base, output: join(folder, 'plain-added') });
  const header = await readGgufHeader(file);
  expect(Object.fromEntries([...header.metadata].filter(([key]) => !key.startsWith('general.name')))).toEqual({
    'general.architecture': 'llama',
    'general.type': 'adapter',
    'adapter.type': 'lora',
    'adapter.lora.alpha': 16,
    'general.file_type': 0,
  });
  expect([...header.tensors].map(([name, { dimensions }]) => [name, ...dimensions])).toEqual([
    ['blk.0.attn_q.weight.lora_a', 64, 8],
    ['blk.0.attn_q.weight.lora_b', 8, 64],
    ['blk.0.ffn_down.weight.lora_a', 96, 8],
    ['blk.0.ffn_down.weight.lora_b', 8, 64],
    ['blk.1.attn_q.weight.lora_a', 64, 8],
    ['blk.1.attn_q.weight.lora_b', 8, 64],
    ['blk.1.ffn_down.weight.lora_a', 96, 8],
    ['blk.1.ffn_down.weight.lora_b', 8, 64],
  ]);
  expect(await inspectAdapter(file, base.model)).toMatchObject({ matrices: 4, rank: [8, 8], alpha: 16 });
});

const matrix = (rows: number, columns: number, value = 0.1) => ({
  shape: [rows, columns],
  data: new Float32Array(rows * columns).fill(value),
});
const AT = 'base_model.model.model.layers.0.self_attn.q_proj';

describe('what cannot be applied as it was trained is refused in one sentence, and nothing is written', () => {
  const REFUSALS: [string, Partial<AdapterSpec>, RegExp][] = [
    ['another kind', { config: { peft_type: 'IA3' } }, /kind IA3; LORA is needed/],
    ['DoRA by its config', { config: { use_dora: true } }, /DoRA/],
    ['DoRA by its tensors', { extra: new Map([[`${AT}.lora_magnitude_vector`, matrix(64, 1)]]) }, /DoRA/],
    ['transposed layers', { config: { fan_in_fan_out: true } }, /fan_in_fan_out/],
    ['whole layers', { config: { modules_to_save: ['embed_tokens'] } }, /modules_to_save: embed_tokens/],
    ['biases', { extra: new Map([[`${AT}.bias`, matrix(64, 1)]]) }, /tunes biases/],
    ['biases of its own', { config: { lora_bias: true } }, /lora_bias/],
    ['a changed base', { config: { init_lora_weights: 'pissa_niter_16' } }, /changed base/],
    ['certain words', { config: { alora_invocation_tokens: [1, 2] } }, /aLoRA/],
    ['no alpha', { config: { lora_alpha: 0 } }, /lora_alpha is 0/],
    ['another rank than said', { config: { r: 4 } }, /says rank 4 for layers\.0\.\S+ and its tensors have 8/],
    ['an expression of a stranger', { config: { alpha_pattern: { '(a+)+$': 3 } } }, /by the expression/],
    [
      'the embedding of words',
      { extra: new Map([['base_model.model.model.embed_tokens.lora_embedding_A', matrix(8, 99)]]) },
      /embedding of words/,
    ],
    [
      'the vision tower',
      {
        extra: new Map([
          [
            'base_model.model.model.vision_tower.vision_tower.vision_model.encoder.layers.0.self_attn.q_proj.lora_A.weight',
            matrix(8, 64),
          ],
        ]),
      },
      /vision tower/,
    ],
    [
      'the projector by parts',
      { extra: new Map([['base_model.model.model.mm_projector.0.lora_A.weight', matrix(8, 64)]]) },
      /train the projector whole/,
    ],
    [
      'half a pair',
      { extra: new Map([['base_model.model.model.layers.1.mlp.up_proj.lora_A.weight', matrix(8, 64)]]) },
      /only one half of layers\.1\.mlp\.up_proj: lora_B/,
    ],
    [
      'halves that do not fit',
      {
        extra: new Map([
          ['base_model.model.model.layers.1.mlp.up_proj.lora_A.weight', matrix(8, 64)],
          ['base_model.model.model.layers.1.mlp.up_proj.lora_B.weight', matrix(96, 7)],
        ]),
      },
      /do not fit/,
    ],
    [
      'a layer beyond the base',
      {
        extra: new Map([
          ['base_model.model.model.layers.7.mlp.up_proj.lora_A.weight', matrix(8, 64)],
          ['base_model.model.model.layers.7.mlp.up_proj.lora_B.weight', matrix(96, 8)],
        ]),
      },
      /made for another model/,
    ],
    [
      'a base of another width',
      {
        extra: new Map([
          ['base_model.model.model.layers.1.mlp.up_proj.lora_A.weight', matrix(8, 65)],
          ['base_model.model.model.layers.1.mlp.up_proj.lora_B.weight', matrix(96, 8)],
        ]),
      },
      /65 → 96 and that of \S+ 64 → 96/,
    ],
    [
      'no number',
      {
        extra: new Map([
          ['base_model.model.model.layers.1.mlp.up_proj.lora_A.weight', matrix(8, 64, Number.NaN)],
          ['base_model.model.model.layers.1.mlp.up_proj.lora_B.weight', matrix(96, 8)],
        ]),
      },
      /no finite number/,
    ],
    [
      'something unknown',
      { extra: new Map([['base_model.model.model.layers.1.mlp.experts.0.lora_A.weight', matrix(8, 64)]]) },
      /which a LLaMA model has not/,
    ],
  ];
  test.each(REFUSALS)('%s', async (title, change, sentence) => {
    const spec: AdapterSpec = { ...LLAVA, targets: ['v_proj'], format: 'safetensors', projector: false, ...change };
    const { base, adapter } = await madePair(`refused-${title}`, spec);
    const output = join(folder, `refused-out-${title.replace(/\W+/g, '-')}`);
    await expect(convertAdapter({ folder: adapter, ...base, output })).rejects.toThrow(sentence);
    expect(existsSync(output)).toBe(false);
  });

  test('a projector of another shape, and one that is no projector', async () => {
    const { base, adapter } = await madePair('projector', { ...LLAVA, targets: ['v_proj'] });
    const other = join(folder, 'projector-other');
    const { tensors } = await writeCheckpoint(other, vocabulary, {
      ...SINGLE,
      dimensions: { ...TINY, vision: { ...TINY.vision, embedding: 128 } },
    });
    await writeAdapter(`${other}-lora`, tensors, { ...LLAVA, targets: ['v_proj'] });
    const output = join(folder, 'projector-out');
    await expect(convertAdapter({ folder: `${other}-lora`, ...base, output })).rejects.toThrow(
      /does not fit .*: its 0\.weight is \[64, 128\] and \[64, 64\]/,
    );
    await rm(join(adapter, 'non_lora_trainables.bin'));
    await writeFile(
      join(adapter, 'non_lora_trainables.safetensors'),
      await readFile(join(`${other}-lora`, 'adapter_config.json')),
    );
    await expect(convertAdapter({ folder: adapter, ...base, output })).rejects.toThrow(/no whole safetensors file/);
    expect(existsSync(output)).toBe(false);
  });

  test('truncated weights, a folder without them, a file instead of a folder', async () => {
    const { base, adapter } = await madePair('broken', { ...LLAVA, format: 'safetensors', projector: false });
    const output = join(folder, 'broken-out');
    await truncate(join(adapter, 'adapter_model.safetensors'), 4000);
    await expect(convertAdapter({ folder: adapter, ...base, output })).rejects.toThrow(/adapter_model\.safetensors/);
    await rm(join(adapter, 'adapter_model.safetensors'));
    await expect(convertAdapter({ folder: adapter, ...base, output })).rejects.toThrow(/has neither/);
    await expect(convertAdapter({ folder: base.model, ...base, output })).rejects.toThrow(/is a file; the folder/);
    expect(existsSync(output)).toBe(false);
    expect((await readdir(folder)).filter((name) => name.endsWith('.partial'))).toEqual([]);
  });
});

async function madePair(title: string, spec: AdapterSpec) {
  const place = join(folder, title.replace(/\W+/g, '-'));
  const { tensors } = await writeCheckpoint(place, vocabulary, SINGLE);
  shared ??= convertCheckpoint({ checkpoint: place, output: join(folder, 'shared-base'), quantization: 'F32' });
  await writeAdapter(`${place}-lora`, tensors, spec);
  return { base: await shared, adapter: `${place}-lora` };
}
let shared: ReturnType<typeof convertCheckpoint> | null = null;

function largestDifference(a: readonly number[][], b: readonly number[][]): number {
  return Math.max(...a.flatMap((row, index) => row.map((value, column) => Math.abs(value - b[index]![column]!))));
}
