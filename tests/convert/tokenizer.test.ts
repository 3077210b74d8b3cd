import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getLlama, LlamaLogLevel, readGgufFileInfo } from 'node-llama-cpp';
import { expect, test } from 'vitest';
import { readBundle } from '../../models/bridge/bundle.ts';
import { nodeLlamaCppHome } from '../../models/bridge/place.ts';
import { convertCheckpoint } from '../../models/convert/convert.ts';
import { seededRandom } from '../../shared/random.ts';
import { configOf, makeTensors, safetensors, TINY, writeCheckpoint } from './checkpoints.ts';
import { PLAIN, temporaryFolder } from './support.ts';
import { encodeSentencePiece, tokenizerJson, tokenizerModel, trainVocabulary } from './vocabulary.ts';

const folder = await temporaryFolder('tokenizer');

/** Texts of every kind: words, random Unicode, spaces, nothing, what only bytes can say. */
function texts(count: number): string[] {
  const random = seededRandom(7);
  const below = (limit: number) => Math.floor(random() * limit);
  const words =
    'the image is excellent good fair poor bad aesthetics light color photo how would you rate café über'.split(' ');
  const alphabets: (() => string)[] = [
    () => ` ${words[below(words.length)]}`,
    () => words[below(words.length)]!.slice(0, 1 + below(5)),
    () => ' '.repeat(1 + below(4)),
    () => String.fromCodePoint(32 + below(95)),
    () => String.fromCodePoint(0xa0 + below(0x500)),
    () => String.fromCodePoint(0x4e00 + below(0x5000)),
    () => String.fromCodePoint(0x1f300 + below(0x500)),
    () => ['\n', '\t', '\u0301', '\u200d', '▁', '\u0000', '漢', '🙂', 'Ω', '👩‍👩‍👧', '\u{10ffff}'][below(11)]!,
  ];
  const made = ['', ' ', '  ', 'a', '\n', 'The aesthetics of the image is', ' good', 'good ', '▁good'];
  while (made.length < count) {
    let text = '';
    for (let length = below(12); length >= 0; length--) text += alphabets[below(alphabets.length)]!();
    made.push(text);
  }
  return made;
}

test.each(['model', 'json'] as const)('a converted tokenizer.%s cuts text as SentencePiece does', async (tokenizer) => {
  const vocabulary = trainVocabulary();
  const checkpoint = join(folder, `checkpoint-${tokenizer}`);
  await writeCheckpoint(checkpoint, vocabulary, { ...PLAIN, tokenizer });
  const { model: path, warnings } = await convertCheckpoint({
    checkpoint,
    output: join(folder, tokenizer),
    quantization: 'F16',
  });
  expect(warnings).toEqual([]);
  const llama = await getLlama({ build: 'never', gpu: false, logLevel: LlamaLogLevel.error });
  const model = await llama.loadModel({ modelPath: path, vocabOnly: true });
  try {
    expect(model.tokens.bos).toBe(1);
    expect(model.tokens.eos).toBe(2);
    for (const text of texts(10_000)) {
      const ids = [...model.tokenize(text)];
      const expected = encodeSentencePiece(vocabulary, text);
      if (ids.join() !== expected.join()) expect({ text, ids }).toEqual({ text, ids: expected });
    }
    for (const word of ['excellent', 'good', 'fair', 'poor', 'bad']) expect(model.tokenize(word)).toHaveLength(1);
  } finally {
    await model.dispose();
  }
});

test('the real vocabulary of Llama 2 comes through both kinds of file', { timeout: 240_000 }, async () => {
  const name = 'models/ggml-vocab-llama-spm.gguf';
  const bundle = join(nodeLlamaCppHome(), 'llama', 'gitRelease.bundle');
  const { files } = await readBundle(bundle, (path) => path === name);
  const original = join(folder, 'llama-2.gguf');
  await writeFile(original, files.get(name)!);
  const { tokens, scores, token_type: types } = (await readGgufFileInfo(original)).metadata.tokenizer.ggml;
  const pieces = (tokens as string[]).map((text, id) => ({
    text,
    score: scores![id] as number,
    type: types![id] as number,
  }));
  expect(pieces).toHaveLength(32000);

  const dimensions = { ...TINY, embedding: 16, feedForward: 16, heads: 2, keyHeads: 2, blocks: 1 };
  const spec = { ...PLAIN, dimensions };
  const weights = safetensors(makeTensors(dimensions, pieces.length, 'F16'), 'F16');
  const llama = await getLlama({ build: 'never', gpu: false, logLevel: LlamaLogLevel.disabled });
  const reference = await llama.loadModel({ modelPath: original, vocabOnly: true });
  const samples = texts(2000);
  const expected = samples.map((text) => reference.tokenize(text).join());
  await reference.dispose();
  for (const kind of ['model', 'json']) {
    const checkpoint = join(folder, `llama-2-${kind}`);
    await mkdir(checkpoint);
    await writeFile(join(checkpoint, 'model.safetensors'), weights);
    await writeFile(join(checkpoint, 'config.json'), JSON.stringify(configOf(spec, pieces.length)));
    if (kind === 'model') await writeFile(join(checkpoint, 'tokenizer.model'), tokenizerModel({ pieces }));
    else await writeFile(join(checkpoint, 'tokenizer.json'), JSON.stringify(tokenizerJson({ pieces })));
    const result = await convertCheckpoint({ checkpoint, output: `${checkpoint}-out`, quantization: 'F16' });
    expect(result.warnings).toEqual([]);
    const model = await llama.loadModel({ modelPath: result.model, vocabOnly: true });
    // Ids of the level words in Llama 2's vocabulary, one token each.
    const words = ['excellent', 'good', 'fair', 'poor', 'bad'];
    expect(words.map((word) => [...model.tokenize(word)])).toEqual([[15129], [1781], [6534], [6460], [4319]]);
    expect(samples.filter((text, index) => model.tokenize(text).join() !== expected[index])).toEqual([]);
    await model.dispose();
  }
});
