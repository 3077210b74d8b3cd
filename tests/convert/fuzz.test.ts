import { expect, test } from 'vitest';
import { ConversionError } from '../../models/convert/failure.ts';
import { readPytorch } from '../../models/convert/pytorch.ts';
import { readSafetensors } from '../../models/convert/safetensors.ts';
import { readSentencePiece } from '../../models/convert/sentencepiece.ts';
import { readTokenizer } from '../../models/convert/tokenizer.ts';
import { storedZip } from './checkpoints.ts';
import { fileInMemory, fuzzParsers } from './fuzz.ts';

test('damaged files are answered by a sentence', async () => {
  const report = await fuzzParsers(2000, 1);
  expect(report.files).toBe(2000);
  // Some damage must go unnoticed (a flipped bit of a weight) and most must not, or the fuzzer misses its aim.
  expect(report.accepted).toBeGreaterThan(50);
  expect(report.accepted).toBeLessThan(1500);
  expect(report.memory).toBeLessThan(600e6);
});

test('files made to exhaust memory or time are refused', { timeout: 180_000 }, async () => {
  const flood = (bytes: Buffer) => storedZip([['a/data.pkl', bytes]]);
  const header = (text: Buffer) => {
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(text.length));
    return Buffer.concat([length, text]);
  };
  const long = 'x'.repeat(200_000);
  const hostile: [string, () => unknown][] = [
    ['a header of brackets', () => readSafetensors(fileInMemory(header(Buffer.alloc(8 << 20, '[')), 'a.safetensors'))],
    [
      'a header of empty lists',
      () => readSafetensors(fileInMemory(header(Buffer.from(`{"a":[${'[],'.repeat(2_700_000)}1]}`)), 'a.safetensors')),
    ],
    ['a header that claims gigabytes', () => readSafetensors(fileInMemory(Buffer.alloc(64, 0x7f), 'a.safetensors'))],
    ['a tokenizer of empty pieces', () => readSentencePiece(Buffer.alloc(16 << 20, Buffer.from([0x0a, 0])))],
    ['a pickle of dictionaries', () => readPytorch(fileInMemory(flood(Buffer.alloc(8 << 20, 0x7d)), 'a.bin'))],
    [
      'a pickle of dictionaries in a list',
      () =>
        readPytorch(
          fileInMemory(
            flood(Buffer.concat([Buffer.from([0x5d]), Buffer.alloc(8 << 20, Buffer.from([0x7d, 0x61]))])),
            'a.bin',
          ),
        ),
    ],
    ['a pickle that only marks', () => readPytorch(fileInMemory(flood(Buffer.alloc(8 << 20, 0x28)), 'a.bin'))],
    [
      'a zip of twenty thousand entries',
      () =>
        readPytorch(
          fileInMemory(
            storedZip(Array.from({ length: 20_000 }, (_, index) => [`a/${index}`, Buffer.alloc(0)])),
            'a.bin',
          ),
        ),
    ],
    [
      'a merge of one endless token',
      () => {
        const vocab = { [long]: 0, [`${long}y`]: 1, y: 2 };
        const json = { model: { type: 'BPE', byte_fallback: true, vocab, merges: [[long, 'y']] } };
        const files = {
          model: null,
          json: Buffer.from(JSON.stringify(json)),
          added: null,
          config: null,
          modelConfig: null,
        };
        return readTokenizer(files, 3);
      },
    ],
  ];
  const before = process.memoryUsage.rss();
  for (const [title, read] of hostile) {
    const answer = await Promise.resolve()
      .then(read)
      .then(
        () => 'understood',
        (error: unknown) => error,
      );
    expect([title, answer]).toEqual([title, expect.any(ConversionError)]);
    expect([title, process.memoryUsage.rss() - before < 900e6]).toEqual([title, true]);
  }
});
