import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { readGgufFileInfo } from 'node-llama-cpp';
import { expect, test } from 'vitest';
import { openFile } from '../../models/convert/files.ts';
import { type GgufValue, ggufSize, writeGguf } from '../../models/convert/gguf-writer.ts';
import { convertNumbers, inspectNumbers } from '../../models/convert/numbers.ts';
import { readPytorch } from '../../models/convert/pytorch.ts';
import { readSafetensors } from '../../models/convert/safetensors.ts';
import { readSentencePiece } from '../../models/convert/sentencepiece.ts';
import { encodeNumbers, type NumberType, roundTo, safetensors, type Tensors, torchZip } from './checkpoints.ts';
import { temporaryFolder } from './support.ts';
import { tokenizerModel } from './vocabulary.ts';

fc.configureGlobal({ seed: 4122 });

const folder = await temporaryFolder('formats');

const key = fc.stringMatching(/^[a-z][a-z0-9_]{0,12}(\.[a-z][a-z0-9_]{0,12}){1,3}$/);
const text = fc.string({ unit: 'grapheme', maxLength: 40 });
const whole = (lowest: number, highest: number) => fc.integer({ min: lowest, max: highest });
const numbers: fc.Arbitrary<GgufValue> = fc.oneof(
  whole(0, 255).map((value) => ({ type: 'uint8', value }) as const),
  whole(-128, 127).map((value) => ({ type: 'int8', value }) as const),
  whole(0, 65535).map((value) => ({ type: 'uint16', value }) as const),
  whole(-32768, 32767).map((value) => ({ type: 'int16', value }) as const),
  whole(0, 4294967295).map((value) => ({ type: 'uint32', value }) as const),
  whole(-2147483648, 2147483647).map((value) => ({ type: 'int32', value }) as const),
  fc.float({ noNaN: true }).map((value) => ({ type: 'float32', value }) as const),
  fc.double({ noNaN: true }).map((value) => ({ type: 'float64', value }) as const),
  fc.bigInt(0n, 2n ** 64n - 1n).map((value) => ({ type: 'uint64', value }) as const),
  fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).map((value) => ({ type: 'int64', value }) as const),
);
const value: fc.Arbitrary<GgufValue> = fc.oneof(
  numbers,
  fc.boolean().map((value) => ({ type: 'bool', value }) as const),
  text.map((value) => ({ type: 'string', value }) as const),
  fc.array(text, { maxLength: 20 }).map((values) => ({ type: 'array', of: 'string', values }) as const),
  fc
    .array(whole(-2147483648, 2147483647), { maxLength: 20 })
    .map((values) => ({ type: 'array', of: 'int32', values }) as const),
  fc
    .array(fc.float({ noNaN: true }), { maxLength: 20 })
    .map((values) => ({ type: 'array', of: 'float32', values }) as const),
);

test('what the writer writes, node-llama-cpp reads', async () => {
  const tensors = fc.array(
    fc.record({
      rows: whole(1, 5),
      columns: whole(1, 9),
      type: fc.constantFrom('F32', 'F16', 'BF16'),
      pieces: whole(1, 4),
    }),
    { maxLength: 6 },
  );
  await fc.assert(
    fc.asyncProperty(
      // Keys that are a prefix of another, or whose parts collide, cannot be told apart in a nested object.
      fc.uniqueArray(fc.tuple(key, value), { maxLength: 8, selector: ([name]) => name.split('.')[0]! }),
      tensors,
      fc.constantFrom(8, 32, 64, 4096),
      async (entries, shapes, alignment) => {
        const path = join(folder, 'property.gguf');
        const metadata = new Map<string, GgufValue>([['general.architecture', { type: 'string', value: 'llama' }]]);
        for (const [name, entry] of entries) if (!/^(general|llama|split)\./.test(name)) metadata.set(name, entry);
        const bytes = { F32: 4, F16: 2, BF16: 2 } as const;
        const contents = shapes.map(({ rows, columns, type }, index) =>
          Buffer.alloc(rows * columns * bytes[type as NumberType], index + 1),
        );
        const file = {
          metadata,
          alignment,
          tensors: shapes.map(({ rows, columns, type, pieces }, index) => ({
            name: `t${index}.weight`,
            shape: [rows, columns],
            type: type as NumberType,
            *data() {
              const content = contents[index]!;
              const size = Math.ceil(content.length / pieces);
              for (let start = 0; start < content.length; start += size) yield content.subarray(start, start + size);
            },
          })),
        };
        const written = await writeGguf(path, file);
        expect(ggufSize(file)).toBe(written);
        const info = await readGgufFileInfo(path, { logWarnings: false });
        for (const [name, entry] of metadata) {
          let found: unknown = info.metadata;
          for (const part of name.split('.')) found = (found as Record<string, unknown>)[part];
          const expected =
            entry.type === 'array' ? [...(entry.values as ArrayLike<unknown> & Iterable<unknown>)] : entry.value;
          expect(
            typeof found === 'bigint' ? found : typeof expected === 'bigint' ? BigInt(found as number) : found,
          ).toEqual(expected);
        }
        const handle = await openFile(path);
        try {
          expect(info.fullTensorInfo ?? []).toHaveLength(shapes.length);
          for (const [index, tensor] of (info.fullTensorInfo ?? []).entries()) {
            expect(tensor.dimensions.map(Number)).toEqual([shapes[index]!.columns, shapes[index]!.rows]);
            expect(Number(tensor.fileOffset) % alignment).toBe(0);
            const content = await handle.read(Number(tensor.fileOffset), contents[index]!.length);
            expect(contents[index]!.equals(content)).toBe(true);
          }
        } finally {
          await handle.close();
        }
      },
    ),
    { numRuns: 60 },
  );
});

test('the writer refuses what the format cannot hold and leaves no file', async () => {
  const path = join(folder, 'refused.gguf');
  const tensor = (name: string, shape: number[], bytes: number) => ({
    name,
    shape,
    type: 'F32' as const,
    *data() {
      yield new Uint8Array(bytes);
    },
  });
  const write = (tensors: ReturnType<typeof tensor>[], metadata: Record<string, GgufValue> = {}) =>
    writeGguf(path, { metadata, tensors });
  await expect(write([tensor('a', [2], 4)])).rejects.toThrow('gave 4 bytes; its shape needs 8');
  await expect(write([tensor('a', [2], 12)])).rejects.toThrow('more than 8 bytes');
  await expect(write([tensor('a', [2], 8), tensor('a', [2], 8)])).rejects.toThrow('Two tensors');
  await expect(write([tensor('a'.repeat(64), [2], 8)])).rejects.toThrow('1 to 63 bytes');
  await expect(write([tensor('a', [1, 1, 1, 1, 2], 8)])).rejects.toThrow('1 to 4 dimensions');
  await expect(write([tensor('a', [0], 0)])).rejects.toThrow('whole numbers from 1');
  await expect(write([], { a: { type: 'uint8', value: 256 } })).rejects.toThrow('does not fit into uint8');
  await expect(write([], { a: { type: 'int64', value: 2n ** 63n } })).rejects.toThrow('does not fit into int64');
  await expect(openFile(path)).rejects.toThrow('missing');
  await expect(openFile(`${path}.partial`)).rejects.toThrow('missing');
});

const someTensors = fc
  .uniqueArray(
    fc.record({
      name: fc.stringMatching(/^[a-z][a-z0-9_.]{0,30}$/),
      shape: fc.array(whole(1, 6), { minLength: 1, maxLength: 4 }),
      seed: whole(0, 1e6),
    }),
    { minLength: 1, maxLength: 6, selector: ({ name }) => name },
  )
  .map((entries): Tensors => {
    const tensors: Tensors = new Map();
    for (const { name, shape, seed } of entries) {
      const count = shape.reduce((product, size) => product * size, 1);
      tensors.set(name, {
        shape,
        data: Float32Array.from({ length: count }, (_, index) => Math.sin(seed + index) * 3),
      });
    }
    return tensors;
  });

test.each([
  ['safetensors', safetensors, readSafetensors],
  ['bin', torchZip, readPytorch],
] as const)('a %s reader returns every tensor as it was saved', async (extension, encode, read) => {
  await fc.assert(
    fc.asyncProperty(someTensors, fc.constantFrom<NumberType>('F32', 'F16', 'BF16'), async (tensors, type) => {
      const path = join(folder, `round.${extension}`);
      await writeFile(path, encode(tensors, type));
      const file = await openFile(path);
      try {
        const found = await read(file);
        expect(found.map(({ name }) => name).sort()).toEqual([...tensors.keys()].sort());
        for (const tensor of found) {
          const original = tensors.get(tensor.name)!;
          expect(tensor.shape).toEqual(original.shape);
          expect(tensor.type).toBe(type);
          const bytes = encodeNumbers(original.data, type);
          expect(bytes.equals(await tensor.read(0, bytes.length))).toBe(true);
          const middle = Math.floor(bytes.length / 2);
          expect(bytes.subarray(middle).equals(await tensor.read(middle, bytes.length - middle))).toBe(true);
        }
      } finally {
        await file.close();
      }
    }),
    { numRuns: 60 },
  );
});

test('SentencePiece pieces come back with text, score and type', () => {
  const piece = fc.record({
    text: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter((value) => value.isWellFormed()),
    score: fc.float({ noNaN: true, noDefaultInfinity: true }),
    type: whole(1, 6),
  });
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 30 }), (pieces) => {
      expect(readSentencePiece(tokenizerModel({ pieces })).pieces).toEqual(pieces);
    }),
  );
});

test('numbers change their format by rounding to nearest', () => {
  const types = fc.constantFrom<NumberType>('F32', 'F16', 'BF16');
  fc.assert(
    fc.property(fc.array(fc.float({ noNaN: true, min: -60000, max: 60000 })), types, types, (values, from, to) => {
      const stored = values.map((value) => roundTo(value, from));
      const bytes = encodeNumbers(Float32Array.from(stored), from);
      const expected = encodeNumbers(
        Float32Array.from(stored, (value) => roundTo(value, to)),
        to,
      );
      expect(Buffer.from(convertNumbers(bytes, from, to)).equals(expected)).toBe(true);
    }),
  );
});

test('every number that is none is found, and those beyond half precision are told', () => {
  for (const type of ['F32', 'F16', 'BF16'] as const)
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
      for (const at of [0, 1, 6]) {
        const values = new Float32Array(7).fill(1);
        values[at] = bad;
        expect(inspectNumbers(encodeNumbers(values, type), type).notFinite).toBe(at);
      }
  const limit = (type: NumberType, value: number) =>
    inspectNumbers(encodeNumbers(new Float32Array([1, value]), type), type);
  expect(limit('F32', 65504)).toEqual({ notFinite: -1, beyondHalf: false });
  expect(limit('F32', -65520)).toEqual({ notFinite: -1, beyondHalf: true });
  expect(limit('BF16', 65280)).toEqual({ notFinite: -1, beyondHalf: false });
  expect(limit('BF16', -65536)).toEqual({ notFinite: -1, beyondHalf: true });
  expect(limit('F16', 65504)).toEqual({ notFinite: -1, beyondHalf: false });
});
