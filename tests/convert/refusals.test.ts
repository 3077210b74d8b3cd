import { existsSync } from 'node:fs';
import { mkdir, open, readdir, readFile, truncate, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { convertCheckpoint } from '../../models/convert/convert.ts';
import { ConversionError } from '../../models/convert/failure.ts';
import {
  type CheckpointSpec,
  makeTensors,
  PickleWriter,
  safetensors,
  storedZip,
  type Tensors,
  TINY,
  writeCheckpoint,
} from './checkpoints.ts';
import { PLAIN, temporaryFolder } from './support.ts';
import { integer, message, tokenizerJson, tokenizerModel, trainVocabulary } from './vocabulary.ts';

const vocabulary = trainVocabulary(60);
const folder = await temporaryFolder('refusals');

type Spoil = (checkpoint: string) => Promise<unknown>;
const editConfig =
  (changes: Record<string, unknown>): Spoil =>
  async (checkpoint) => {
    const path = join(checkpoint, 'config.json');
    await writeFile(path, JSON.stringify({ ...JSON.parse(await readFile(path, 'utf8')), ...changes }));
  };
const editTensors =
  (edit: (tensors: Tensors) => void): Spoil =>
  async (checkpoint) => {
    const tensors = makeTensors(TINY, vocabulary.pieces.length, 'F16');
    edit(tensors);
    await writeFile(join(checkpoint, 'model.safetensors'), safetensors(tensors, 'F16'));
  };
const rename = (tensors: Tensors, from: string, to: string) => {
  const tensor = tensors.get(from)!;
  tensors.delete(from);
  tensors.set(to, tensor);
};
const writeBin = (bytes: (checkpoint: string) => Buffer): Spoil => {
  return async (checkpoint) => {
    await unlink(join(checkpoint, 'model.safetensors'));
    await writeFile(join(checkpoint, 'pytorch_model.bin'), bytes(checkpoint));
  };
};
const tinyWithout = (...names: string[]) =>
  editTensors((tensors) => names.forEach((name) => void tensors.delete(name)));

const CASES: [string, Partial<CheckpointSpec>, Spoil, RegExp][] = [
  [
    'mPLUG-Owl2 by its config',
    {},
    editConfig({ architectures: ['MPLUGOwl2LlamaForCausalLM'] }),
    /mPLUG-Owl2.*abstractor.*mlp2x_gelu/,
  ],
  [
    'mPLUG-Owl2 by its tensors',
    {},
    editTensors((tensors) => rename(tensors, 'model.mm_projector.0.weight', 'model.visual_abstractor.encoder.weight')),
    /mPLUG-Owl2/,
  ],
  [
    'another model',
    {},
    editConfig({ architectures: ['Qwen2VLForConditionalGeneration'] }),
    /Qwen2VLForConditionalGeneration; a LLaVA-1\.5 .* model is needed/,
  ],
  [
    'an unknown projector',
    {},
    editConfig({ mm_projector_type: 'resampler' }),
    /projector is resampler.*mlp2x_gelu or linear is needed/,
  ],
  [
    'a deeper projector',
    {},
    editTensors((tensors) =>
      tensors.set('model.mm_projector.4.weight', { shape: [64, 64], data: new Float32Array(4096) }),
    ),
    /4\.weight.*mlp2x_gelu or linear is needed/,
  ],
  [
    'a missing projector',
    {},
    tinyWithout('model.mm_projector.0.weight', 'model.mm_projector.2.weight'),
    /projector lacks the tensor 0\.weight/,
  ],
  [
    'LLaVA-NeXT',
    {},
    editTensors((tensors) => tensors.set('model.image_newline', { shape: [64], data: new Float32Array(64) })),
    /LLaVA-NeXT/,
  ],
  [
    'a missing shard',
    { shards: 3 },
    (checkpoint) => unlink(join(checkpoint, 'model-00002-of-00003.safetensors')),
    /1 of the 3 weight files are missing: model-00002-of-00003/,
  ],
  [
    'shards without an index of which one is missing',
    { shards: 3 },
    async (checkpoint) => {
      await unlink(join(checkpoint, 'model.safetensors.index.json'));
      await unlink(join(checkpoint, 'model-00003-of-00003.safetensors'));
    },
    /1 of the 3 weight files are missing: model-00003-of-00003/,
  ],
  [
    'a truncated safetensors file',
    {},
    (checkpoint) => truncate(join(checkpoint, 'model.safetensors'), 300_000),
    /model\.safetensors is truncated/,
  ],
  [
    'a truncated .bin',
    { format: 'bin' },
    (checkpoint) => truncate(join(checkpoint, 'pytorch_model.bin'), 300_000),
    /pytorch_model\.bin is no whole zip archive.*truncated/,
  ],
  [
    'a tensor of another shape',
    {},
    editTensors((tensors) =>
      tensors.set('model.layers.1.self_attn.v_proj.weight', { shape: [64, 32], data: new Float32Array(2048) }),
    ),
    /layers\.1\.self_attn\.v_proj\.weight has the shape \[64, 32\]; \[64, 64\] is needed/,
  ],
  [
    'a missing tensor',
    {},
    tinyWithout('model.layers.1.mlp.up_proj.weight'),
    /lacks the tensor layers\.1\.mlp\.up_proj\.weight/,
  ],
  [
    'a NaN',
    {},
    editTensors((tensors) => {
      tensors.get('model.layers.1.mlp.down_proj.weight')!.data[77] = Number.NaN;
    }),
    /layers\.1\.mlp\.down_proj\.weight in model\.safetensors holds a value that is no finite number \(element 77\)/,
  ],
  [
    'an infinity in the vision tower',
    {},
    editTensors((tensors) => {
      tensors.get('model.vision_tower.vision_tower.vision_model.embeddings.class_embedding')!.data[5] =
        Number.POSITIVE_INFINITY;
    }),
    /class_embedding.*no finite number/,
  ],
  [
    'a config of another model',
    {},
    editConfig({ num_hidden_layers: 32 }),
    /num_hidden_layers is 32 and the tensors have 2/,
  ],
  ['heads that do not fit', {}, editConfig({ num_attention_heads: 7 }), /7 attention heads/],
  [
    'no tower anywhere',
    { tower: 'beside' },
    async () => {},
    /no vision tower inside.*clip-vit-large-patch14-336.*--vision/,
  ],
  [
    'LoRA',
    {},
    editTensors((tensors) =>
      tensors.set('model.layers.0.self_attn.q_proj.lora_A.weight', { shape: [1, 64], data: new Float32Array(64) }),
    ),
    /LoRA.*Merge/,
  ],
  [
    'an adapter alone',
    {},
    async (checkpoint) => {
      await unlink(join(checkpoint, 'model.safetensors'));
      await writeFile(join(checkpoint, 'adapter_model.safetensors'), 'x');
    },
    /LoRA adapter, not a whole model/,
  ],
  ['the old .bin format', {}, writeBin(() => Buffer.from([0x80, 2, 0x8a, 10, 0x6c])), /PyTorch's old format/],
  [
    'a pickle that wants to run code',
    {},
    writeBin(() =>
      storedZip([
        [
          'a/data.pkl',
          new PickleWriter()
            .raw(0x7d, 0x28)
            .text('x')
            .global('os', 'system')
            .text('touch /tmp/x')
            .raw(0x85, 0x52)
            .end(),
        ],
      ]),
    ),
    /asks for os\.system.*refuses this file.*safetensors/,
  ],
  [
    'a view in a .bin',
    {},
    writeBin(() =>
      storedZip([
        ['a/data.pkl', new PickleWriter().startStateDict().tensor('w', '0', 'HalfStorage', [4, 2], [1, 4]).end()],
        ['a/data/0', Buffer.alloc(16)],
      ]),
    ),
    /w in pytorch_model\.bin is a view.*contiguous/,
  ],
  [
    'a git-lfs pointer',
    {},
    (checkpoint) =>
      writeFile(join(checkpoint, 'model.safetensors'), 'version https://git-lfs.github.com/spec/v1\noid sha256:0\n'),
    /git-lfs pointer/,
  ],
  ['no tokenizer', {}, (checkpoint) => unlink(join(checkpoint, 'tokenizer.model')), /no tokenizer: tokenizer\.model/],
  [
    'a unigram tokenizer',
    {},
    (checkpoint) =>
      writeFile(
        join(checkpoint, 'tokenizer.model'),
        Buffer.concat([tokenizerModel(vocabulary), message(2, integer(3, 1))]),
      ),
    /unigram.*BPE/,
  ],
  [
    'a tokenizer that normalises',
    {},
    (checkpoint) =>
      writeFile(
        join(checkpoint, 'tokenizer.model'),
        Buffer.concat([tokenizerModel(vocabulary), message(3, message(2, Buffer.from('table')))]),
      ),
    /changes text before it cuts it/,
  ],
  [
    'a tokenizer without byte fallback',
    { tokenizer: 'json' },
    (checkpoint) => {
      const json = tokenizerJson(vocabulary);
      return writeFile(
        join(checkpoint, 'tokenizer.json'),
        JSON.stringify({ ...json, model: { ...json.model, byte_fallback: false } }),
      );
    },
    /without byte fallback/,
  ],
  [
    'a larger tokenizer',
    {},
    (checkpoint) => writeFile(join(checkpoint, 'tokenizer.model'), tokenizerModel(trainVocabulary(70))),
    /tokenizer has \d+ tokens and the embedding only/,
  ],
  [
    'a broken config',
    {},
    (checkpoint) => writeFile(join(checkpoint, 'config.json'), '{"a":'),
    /config\.json is not valid JSON/,
  ],
  ['no config', {}, (checkpoint) => unlink(join(checkpoint, 'config.json')), /has no config\.json/],
];

test.each(CASES)(
  '%s is refused with a sentence before anything is written',
  async (title, changes, spoil, sentence) => {
    const checkpoint = join(folder, title.replace(/\W+/g, '-'));
    await writeCheckpoint(checkpoint, vocabulary, { ...PLAIN, ...changes });
    await spoil(checkpoint);
    const output = `${checkpoint}-out`;
    const failure = await convertCheckpoint({ checkpoint, output, quantization: 'F16' }).catch(
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(ConversionError);
    expect((failure as Error).message).toMatch(sentence);
    expect(existsSync(output)).toBe(false);
  },
);

test('a folder that is none is refused', async () => {
  const output = join(folder, 'none-out');
  await expect(convertCheckpoint({ checkpoint: join(folder, 'nowhere'), output })).rejects.toThrow(/does not exist/);
  await writeFile(join(folder, 'file'), '');
  await expect(convertCheckpoint({ checkpoint: join(folder, 'file'), output })).rejects.toThrow(
    /is a file, not a folder/,
  );
});

test('a disk that is too small is refused before the weights are read', async () => {
  // A sparse file of two terabytes: only its header is ever read.
  const checkpoint = join(folder, 'huge');
  await writeCheckpoint(checkpoint, vocabulary, PLAIN);
  const tensors = makeTensors(TINY, vocabulary.pieces.length, 'F16');
  const rows = 2_000_000_000;
  const header: Record<string, unknown> = {};
  let offset = 0;
  for (const [name, { shape }] of tensors) {
    const huge = shape.map((size) =>
      size === TINY.feedForward && /layers\.\d+\.mlp/.test(name) && !name.includes('vision') ? rows : size,
    );
    const bytes = 2 * huge.reduce((product, size) => product * size, 1);
    header[name] = { dtype: 'F16', shape: huge, data_offsets: [offset, offset + bytes] };
    offset += bytes;
  }
  await editConfig({ intermediate_size: undefined })(checkpoint);
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  const handle = await open(join(checkpoint, 'model.safetensors'), 'w');
  await handle.write(Buffer.concat([length, json]));
  await handle.truncate(8 + json.length + offset);
  await handle.close();
  const output = join(folder, 'huge-out');
  await expect(convertCheckpoint({ checkpoint, output })).rejects.toThrow(
    /needs [\d.]+ GB free in .* and [\d.]+ GB are free/,
  );
  expect(existsSync(output)).toBe(false);
});

test('a failure and a cancel after files were begun leave nothing behind', async () => {
  const checkpoint = join(folder, 'cancel');
  await writeCheckpoint(checkpoint, vocabulary, PLAIN);
  const output = join(folder, 'cancel-out');
  await mkdir(output);
  for (const phase of ['check', 'projector', 'model', 'quantize'] as const) {
    const controller = new AbortController();
    const failure = convertCheckpoint({
      checkpoint,
      output,
      quantization: 'Q8_0',
      signal: controller.signal,
      onProgress: (progress) => {
        if (progress.phase === phase) controller.abort(new Error('enough'));
      },
    });
    await expect(failure).rejects.toThrow('enough');
    expect(await readdir(output)).toEqual([]);
  }
  const broken = convertCheckpoint({
    checkpoint,
    output,
    quantize: async () => {
      throw new Error('the quantizer died');
    },
  });
  await expect(broken).rejects.toThrow('the quantizer died');
  expect(await readdir(output)).toEqual([]);
});
