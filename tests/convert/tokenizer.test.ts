import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getLlama, LlamaLogLevel } from 'node-llama-cpp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { convertCheckpoint } from '../../models/convert/convert.ts';
import { seeded, TINY, writeCheckpoint } from './checkpoints.ts';
import { encodeSentencePiece, trainVocabulary } from './vocabulary.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keeplight-tokenizer-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Texts of every kind: words, random Unicode, spaces, nothing, what only bytes can say. */
function texts(count: number): string[] {
  const random = seeded(7);
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
  await writeCheckpoint(checkpoint, vocabulary, {
    dimensions: TINY,
    type: 'F16',
    naming: 'llava',
    format: 'safetensors',
    shards: 1,
    tokenizer,
    tower: 'inside',
  });
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
