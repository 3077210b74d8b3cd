/**
 * A tokenizer.json of Qwen's kind, converted: the engine cuts text as the reference does by the file itself, with the
 * small vocabulary of the tests and with the one by which llama.cpp tests Qwen3.5's rule (Qwen2's 151,643 tokens), for
 * which Hugging Face's own ids are at hand too.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getLlama, LlamaLogLevel, readGgufFileInfo } from 'node-llama-cpp';
import { expect, test } from 'vitest';
import { readBundle } from '../../models/bridge/bundle.ts';
import { nodeLlamaCppHome } from '../../models/bridge/place.ts';
import { readByteTokenizer } from '../../models/convert/byte-bpe.ts';
import { type GgufValue, writeGguf } from '../../models/convert/gguf-writer.ts';
import { string, uint32 } from '../../models/convert/mapping.ts';
import { QWEN_CUTTING, QWEN_TEMPLATE, smallByteTokenizer } from '../../models/tiny/qwen.ts';
import { seededRandom } from '../../shared/random.ts';
import { type ByteBpe, byteBpe, encodeBytes } from '../reference/byte-bpe.ts';
import { temporaryFolder } from './support.ts';

const folder = await temporaryFolder('qwen-tokenizer');
const CONFIG = { eos_token: '<|im_end|>', pad_token: '<|endoftext|>', add_bos_token: false };

/** Words, numbers, white space and scripts with and without marks, special tokens in between. */
function texts(count: number): string[] {
  const random = seededRandom(17);
  const below = (limit: number) => Math.floor(random() * limit);
  const words = 'the image is excellent good Fair poor bad aesthetics light how rate café über naïve don’t'.split(' ');
  const one = (text: string) => [...text][below([...text].length)]!;
  const alphabets: (() => string)[] = [
    () => ` ${words[below(words.length)]}`,
    () => words[below(words.length)]!.slice(0, 1 + below(5)),
    () => ' '.repeat(1 + below(4)),
    () => one('\n\r\t \n'),
    () => String.fromCodePoint(32 + below(95)),
    () => ["'s", "'S", "'re", "'LL", "I've", "d'", "'"][below(7)]!,
    () => String(below(100_000)),
    () => String.fromCodePoint(0xc0 + below(0x180)),
    () => one('αβγδΩабвгдЖяאבגדابجد'),
    () => one('漢字仮名ひらがなカタカナ한국어'),
    () => one('កขคनमस्तेไทย'),
    () => one('e\u0301a\u0308\u0915\u094d\u0937'),
    () => one('🙂🦙🚀¿¡«»„“—…•€©'),
    () => ['<|im_start|>', '<|im_end|>', '<think>', '</think>', '<|vision_start|>', '<|im_st'][below(6)]!,
  ];
  const made = ['', ' ', '  ', 'a', '\n', 'The aesthetics of the image is', ' good', '\n\nThe', '1234'];
  while (made.length < count) {
    let text = '';
    for (let length = below(12); length >= 0; length--) text += alphabets[below(alphabets.length)]!();
    made.push(text);
  }
  return made;
}

type TokenizerJson = Parameters<typeof byteBpe>[0];

/** The engine's ids of every text. Text is handed over in NFC, as Keeplight does. */
async function engineIds(json: object, rows: number, list: readonly string[]): Promise<number[][]> {
  const bytes = new TextEncoder().encode(JSON.stringify(json));
  const files = { model: null, json: bytes, added: null, config: CONFIG, modelConfig: null };
  const { metadata, warnings } = readByteTokenizer(files, QWEN_TEMPLATE, rows);
  expect(warnings).toEqual([]);
  const path = join(folder, `${rows}.gguf`);
  const sizes = ['context_length', 'embedding_length', 'block_count', 'attention.head_count'];
  const head: [string, GgufValue][] = [
    ['general.architecture', string('qwen35')],
    ['qwen35.vocab_size', uint32(rows)],
    ...sizes.map((key): [string, GgufValue] => [`qwen35.${key}`, uint32(64)]),
  ];
  await writeGguf(path, { metadata: new Map([...head, ...metadata]), tensors: [] });
  const llama = await getLlama({ build: 'never', gpu: false, logLevel: LlamaLogLevel.error });
  const model = await llama.loadModel({ modelPath: path, vocabOnly: true });
  try {
    expect(model.tokens.eos).not.toBeNull();
    return list.map((text) => [...model.tokenize(text.normalize('NFC'), true)]);
  } finally {
    await model.dispose();
  }
}

function compare(tokenizer: ByteBpe, list: readonly string[], ids: readonly number[][]): void {
  for (const [index, text] of list.entries()) {
    const expected = encodeBytes(tokenizer, text);
    if (ids[index]!.join() !== expected.join()) expect({ text, ids: ids[index] }).toEqual({ text, ids: expected });
  }
}

test('10,000 texts with a small vocabulary', async () => {
  const json = smallByteTokenizer();
  const list = texts(10_000);
  const rows = Object.keys(json.model.vocab).length + json.added_tokens.length;
  compare(byteBpe(json), list, await engineIds(json, rows, list));
});

test('10,000 texts, and those that Hugging Face’s tokenizer was asked, with a vocabulary of real size', {
  timeout: 240_000,
}, async () => {
  const name = 'models/ggml-vocab-qwen35.gguf';
  const { files } = await readBundle(join(nodeLlamaCppHome(), 'llama', 'gitRelease.bundle'), (path) =>
    path.startsWith(name),
  );
  const original = join(folder, 'original.gguf');
  await writeFile(original, files.get(name)!);
  const { tokens, token_type: types, merges } = (await readGgufFileInfo(original)).metadata.tokenizer.ggml;
  const pieces = tokens as string[];
  const normal = pieces.flatMap((text, id) => (types![id] === 1 ? [[text, id] as const] : []));
  const json = {
    model: {
      type: 'BPE',
      vocab: Object.fromEntries(normal),
      merges: (merges as string[]).map((merge) => merge.split(' ')),
    },
    added_tokens: pieces.flatMap((content, id) =>
      types![id] === 3 || types![id] === 4 ? [{ id, content, special: types![id] === 3 }] : [],
    ),
    ...QWEN_CUTTING,
  };
  expect(normal.length).toBeGreaterThan(150_000);
  const own = files.get(`${name}.inp`)!.toString('utf8').split('\n__ggml_vocab_test__\n');
  const published = files.get(`${name}.out`)!.toString('utf8').split('\n').slice(0, own.length);
  const list = [...texts(10_000), ...own];
  const ids = await engineIds(json, pieces.length, list);
  compare(byteBpe(json as unknown as TokenizerJson), list, ids);
  // Hugging Face's ids, as llama.cpp publishes them.
  let compared = 0;
  for (const [index, text] of own.entries()) {
    if (text.normalize('NFC') !== text) continue;
    expect(ids[10_000 + index]!.join(' '), JSON.stringify(text)).toBe(published[index]!.trim());
    compared++;
  }
  expect(compared).toBeGreaterThan(40);
  const words = ['excellent', 'good', 'fair', 'poor', 'bad'].map((word) =>
    encodeBytes(byteBpe(json as unknown as TokenizerJson), ` ${word}`),
  );
  expect(words.every((word) => word.length === 1)).toBe(true);
});
