import { open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readGgufFileInfo } from 'node-llama-cpp';
import { expect, test } from 'vitest';
import { convertCheckpoint, estimateConversion } from '../../models/convert/convert.ts';
import { type CheckpointSpec, safetensors, type Tensors, TINY, torchZip, writeCheckpoint } from './checkpoints.ts';
import { GROUPED, PLAIN, temporaryFolder } from './support.ts';
import { tokenizerModel, trainVocabulary } from './vocabulary.ts';

const vocabulary = trainVocabulary(300);
const folder = await temporaryFolder('layouts');

const SPECS: [string, CheckpointSpec][] = [
  ['LLaVA, one safetensors file, F16', PLAIN],
  ['LLaVA, three shards, BF16, tower beside', { ...PLAIN, shards: 3, type: 'BF16', tower: 'beside' }],
  ['LLaVA, one .bin, F32, tokenizer.json', { ...PLAIN, format: 'bin', type: 'F32', tokenizer: 'json' }],
  ['LLaVA, .bin shards, F16, tower beside', { ...PLAIN, format: 'bin', shards: 2, tower: 'beside' }],
  ['LLaVA, BF16 .bin, grouped heads', { ...PLAIN, format: 'bin', type: 'BF16', dimensions: GROUPED }],
  ['Hugging Face, F32, grouped heads', { ...PLAIN, naming: 'hf', type: 'F32', dimensions: GROUPED }],
  ['Hugging Face now, F16 shards, tokenizer.json', { ...PLAIN, naming: 'hf-new', shards: 2, tokenizer: 'json' }],
  ['LLaVA 1, linear projector', { ...PLAIN, dimensions: { ...TINY, projector: 'linear' } }],
];

test.each(SPECS)('%s becomes the engine’s two files', async (title, spec) => {
  const checkpoint = join(folder, title.replace(/\W+/g, '-'));
  const { tensors, vision } = await writeCheckpoint(checkpoint, vocabulary, spec);
  const output = `${checkpoint}-out`;
  const fractions: number[] = [];
  const result = await convertCheckpoint({
    checkpoint,
    vision,
    output,
    quantization: 'F32',
    onProgress: ({ fraction }) => fractions.push(fraction),
  });
  expect((await readdir(output)).sort()).toEqual(
    [result.mmproj, result.model].map((path) => path.slice(output.length + 1)).sort(),
  );
  expect(fractions.at(-1)).toBe(1);
  expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
  expect(result.warnings).toEqual([]);

  const { dimensions } = spec;
  const text = await readGguf(result.model);
  expect(text.metadata).toMatchObject({
    general: { architecture: 'llama', license: 'llama2' },
    llama: {
      context_length: 1024,
      embedding_length: dimensions.embedding,
      block_count: dimensions.blocks,
      feed_forward_length: dimensions.feedForward,
      attention: { head_count: dimensions.heads, head_count_kv: dimensions.keyHeads },
      rope: { dimension_count: dimensions.embedding / dimensions.heads },
    },
  });
  const projector = await readGguf(result.mmproj);
  const eye = dimensions.vision;
  expect(projector.metadata).toMatchObject({
    general: { architecture: 'clip' },
    clip: {
      has_vision_encoder: true,
      projector_type: 'mlp',
      use_gelu: false,
      vision: { block_count: eye.blocks - 1, feature_layer: [eye.blocks - 1], attention: { head_count: eye.heads } },
    },
  });
  // Plain tensors arrive number for number.
  const same = async (file: GgufOnDisk, name: string, original: string) => {
    const tensor = tensors.get(original)!;
    const written = await file.read(name);
    expect(written.shape).toEqual(tensor.shape);
    expect(Buffer.from(written.data.buffer).equals(Buffer.from(tensor.data.buffer))).toBe(true);
  };
  await same(text, 'token_embd.weight', 'model.embed_tokens.weight');
  await same(text, 'output.weight', 'lm_head.weight');
  await same(text, 'blk.1.attn_v.weight', 'model.layers.1.self_attn.v_proj.weight');
  await same(text, 'blk.1.ffn_down.weight', 'model.layers.1.mlp.down_proj.weight');
  const tower = 'model.vision_tower.vision_tower.vision_model';
  await same(projector, 'v.patch_embd.weight', `${tower}.embeddings.patch_embedding.weight`);
  await same(projector, 'v.blk.1.attn_q.weight', `${tower}.encoder.layers.1.self_attn.q_proj.weight`);
  await same(projector, 'v.blk.0.ffn_up.bias', `${tower}.encoder.layers.0.mlp.fc1.bias`);
  expect(projector.names.filter((name) => name.startsWith(`v.blk.${eye.blocks - 1}.`))).toEqual([]);
  await permuted(text, tensors, 'attn_q', 'q_proj', dimensions.heads);
  await permuted(text, tensors, 'attn_k', 'k_proj', dimensions.keyHeads);
});

/** Row s·(w/2)+j of a head must lie in row 2j+s. */
async function permuted(file: GgufOnDisk, tensors: Tensors, to: string, from: string, heads: number) {
  const { shape, data } = tensors.get(`model.layers.0.self_attn.${from}.weight`)!;
  const [rows, columns] = shape as [number, number];
  const width = rows / heads;
  const written = (await file.read(`blk.0.${to}.weight`)).data;
  for (let head = 0; head < heads; head++)
    for (let half = 0; half < 2; half++)
      for (let pair = 0; pair < width / 2; pair++) {
        const source = head * width + half * (width / 2) + pair;
        const target = head * width + 2 * pair + half;
        expect(written[target * columns + 3]).toBe(data[source * columns + 3]);
      }
}

interface GgufOnDisk {
  metadata: object;
  names: string[];
  read(name: string): Promise<{ shape: number[]; data: Float32Array }>;
}

/** Reads an F32 file with node-llama-cpp's parser. */
async function readGguf(path: string): Promise<GgufOnDisk> {
  const info = await readGgufFileInfo(path, { logWarnings: false });
  const tensors = info.fullTensorInfo ?? [];
  return {
    metadata: info.metadata,
    names: tensors.map((tensor) => tensor.name),
    async read(name) {
      const tensor = tensors.find((candidate) => candidate.name === name)!;
      const shape = tensor.dimensions.map(Number).reverse();
      const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
      const handle = await open(path, 'r');
      try {
        await handle.read(new Uint8Array(data.buffer), 0, data.byteLength, Number(tensor.fileOffset));
      } finally {
        await handle.close();
      }
      return { shape, data };
    },
  };
}

test('16-bit files keep matrices in 16 bits and vectors in 32; quantized ones get their type', async () => {
  const checkpoint = join(folder, 'types');
  await writeCheckpoint(checkpoint, vocabulary, { ...PLAIN, type: 'BF16' });
  const output = join(folder, 'types-out');
  for (const [quantization, matrix, projectorMatrix] of [
    ['F16', 1, 1],
    ['Q8_0', 8, 1],
  ] as const) {
    const result = await convertCheckpoint({ checkpoint, output, quantization });
    const types = async (path: string) => {
      const tensors = (await readGgufFileInfo(path)).fullTensorInfo ?? [];
      return Object.fromEntries(tensors.map((tensor) => [tensor.name, tensor.ggmlType]));
    };
    expect(await types(result.model)).toMatchObject({ 'blk.0.ffn_up.weight': matrix, 'blk.0.attn_norm.weight': 0 });
    expect(await types(result.mmproj)).toMatchObject({
      'mm.0.weight': projectorMatrix,
      'mm.0.bias': 0,
      'v.class_embd': 0,
    });
  }
});

test('the estimate is what the disk needs', async () => {
  const checkpoint = join(folder, 'estimate');
  await writeCheckpoint(checkpoint, vocabulary, PLAIN);
  const estimate = await estimateConversion({ checkpoint, quantization: 'F16' });
  const result = await convertCheckpoint({ checkpoint, output: join(folder, 'estimate-out'), quantization: 'F16' });
  expect(estimate.resultBytes).toBe(result.modelBytes + result.mmprojBytes);
  expect(estimate.diskNeeded).toBeGreaterThanOrEqual(estimate.resultBytes);
});

test('numbers beyond half precision stay exact in F32, the rest is half', async () => {
  const checkpoint = join(folder, 'large');
  const { tensors } = await writeCheckpoint(checkpoint, vocabulary, { ...PLAIN, type: 'BF16' });
  const large = tensors.get('model.layers.0.mlp.up_proj.weight')!;
  large.data[5] = 2 ** 17;
  await writeFile(join(checkpoint, 'model.safetensors'), safetensors(tensors, 'BF16'));
  const { model } = await convertCheckpoint({ checkpoint, output: `${checkpoint}-out`, quantization: 'F16' });
  const written = (await readGgufFileInfo(model)).fullTensorInfo ?? [];
  const typeOf = (name: string) => written.find((tensor) => tensor.name === name)?.ggmlType;
  expect([typeOf('blk.0.ffn_up.weight'), typeOf('blk.1.ffn_up.weight')]).toEqual([0, 1]);
  expect((await (await readGguf(model)).read('blk.0.ffn_up.weight')).data[5]).toBe(2 ** 17);
});

test('positions scaled linearly, and a tower that lies where the config says, are taken over', async () => {
  const checkpoint = join(folder, 'scaled');
  const { vision } = await writeCheckpoint(checkpoint, vocabulary, {
    ...PLAIN,
    tower: 'beside',
    config: {
      rope_scaling: { type: 'linear', factor: 4 },
      mm_vision_tower: 'somewhere/scaled-clip',
      mm_use_im_start_end: true,
    },
  });
  expect(vision).toMatch(/scaled-clip$/);
  const result = await convertCheckpoint({
    checkpoint,
    output: `${checkpoint}-out`,
    quantization: 'F16',
    source: 'https://example.org/m',
  });
  expect(result.warnings).toEqual([expect.stringContaining('markers around the picture')]);
  const { metadata } = await readGgufFileInfo(result.model);
  expect(metadata).toMatchObject({
    general: { source: { url: 'https://example.org/m' }, name: 'scaled' },
    llama: { rope: { scaling: { type: 'linear', factor: 4 } } },
  });
});

test('added tokens become special or user-defined ones; those beyond the embedding are named', async () => {
  const checkpoint = join(folder, 'added');
  const rows = vocabulary.pieces.length + 3;
  const wider = { pieces: [...vocabulary.pieces] };
  for (let id = vocabulary.pieces.length; id < rows; id++)
    wider.pieces.push({ text: `unused${id}`, score: -9000, type: 1 });
  await writeCheckpoint(checkpoint, wider, PLAIN);
  await writeFile(join(checkpoint, 'tokenizer.model'), tokenizerModel(vocabulary));
  await writeFile(
    join(checkpoint, 'added_tokens.json'),
    JSON.stringify({ '<image>': rows - 3, '<pad>': rows - 2, '<far>': rows + 7 }),
  );
  const result = await convertCheckpoint({ checkpoint, output: `${checkpoint}-out`, quantization: 'F16' });
  expect(result.warnings).toEqual([expect.stringContaining('<far>')]);
  const { metadata } = await readGgufFileInfo(result.model);
  const { tokens, token_type: types } = metadata.tokenizer.ggml;
  expect((tokens as string[]).slice(-3)).toEqual(['<image>', '<pad>', `[PAD${rows - 1}]`]);
  expect((types as number[]).slice(-3)).toEqual([4, 3, 5]);
});

test('shards without an index are whole when their names say so', async () => {
  const checkpoint = join(folder, 'numbered');
  await writeCheckpoint(checkpoint, vocabulary, { ...PLAIN, shards: 3 });
  const indexed = await convertCheckpoint({ checkpoint, output: join(folder, 'numbered-1'), quantization: 'F16' });
  await rm(join(checkpoint, 'model.safetensors.index.json'));
  const numbered = await convertCheckpoint({ checkpoint, output: join(folder, 'numbered-2'), quantization: 'F16' });
  expect((await readFile(numbered.model)).equals(await readFile(indexed.model))).toBe(true);
});

test('a projector that lies apart is found, and one that is in the weights too is no contradiction', async () => {
  const checkpoint = join(folder, 'apart');
  const { tensors } = await writeCheckpoint(checkpoint, vocabulary, PLAIN);
  const isProjector = ([name]: [string, unknown]) => name.startsWith('model.mm_projector.');
  await writeFile(join(checkpoint, 'mm_projector.bin'), torchZip(new Map([...tensors].filter(isProjector)), 'F16'));
  const both = await convertCheckpoint({ checkpoint, output: join(folder, 'apart-both'), quantization: 'F32' });
  const without = new Map([...tensors].filter((entry) => !isProjector(entry)));
  await writeFile(join(checkpoint, 'model.safetensors'), safetensors(without, 'F16'));
  const apart = await convertCheckpoint({ checkpoint, output: join(folder, 'apart-only'), quantization: 'F32' });
  expect((await readFile(apart.mmproj)).equals(await readFile(both.mmproj))).toBe(true);
});
