import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ModelError } from '../../models/model-api.ts';
import { checkPixels, padToSquare, prepare, resize } from '../../models/runtime/preprocess.ts';
import { padToSquareReference, resizeReference } from '../reference/preprocess.ts';
import { picture } from './setting.ts';

describe('preparing a picture', () => {
  test('agrees with the reference: at most one step of 255, and hardly ever that', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 90 }),
        fc.integer({ min: 1, max: 90 }),
        fc.constantFrom(14, 28, 56, 61),
        fc.integer({ min: 1, max: 1000 }),
        (width, height, size, seed) => {
          const input = picture(seed, width, height);
          const expected = resizeReference(padToSquareReference(input), size, size).data;
          const { data } = prepare(input, size);
          expect(data).toHaveLength(expected.length);
          let off = 0;
          for (const [index, value] of data.entries()) {
            const difference = Math.abs(value - expected[index]!);
            expect(difference).toBeLessThanOrEqual(1);
            off += difference;
          }
          expect(off / data.length).toBeLessThan(0.02); // halves are rounded by other arithmetic
        },
      ),
      { numRuns: 60 },
    );
  });

  test('a picture of the tower’s size is not touched', () => {
    const input = picture(1, 56);
    expect(prepare(input, 56)).toBe(input);
  });

  test('pads with CLIP’s mean color, the odd pixel to the right or at the bottom, and crops nothing', () => {
    const input = { width: 3, height: 2, data: Uint8Array.from({ length: 18 }, (_, index) => index) };
    const { width, height, data } = padToSquare(input);
    expect([width, height]).toEqual([3, 3]);
    expect([...data.subarray(0, 18)]).toEqual([...input.data]);
    expect([...data.subarray(18)]).toEqual([122, 116, 104, 122, 116, 104, 122, 116, 104]);
    const tall = padToSquare({ width: 1, height: 4, data: new Uint8Array(12).fill(9) });
    expect([...tall.data.subarray(0, 9)]).toEqual([122, 116, 104, 9, 9, 9, 122, 116, 104]);
  });

  test('is Pillow’s bicubic filter byte for byte', () => {
    const row = (values: number[]) => ({
      width: values.length,
      height: 1,
      data: Uint8Array.from(values.flatMap((value) => [value, value, value])),
    });
    const red = (data: Uint8Array) => [...data].filter((_, index) => index % 3 === 0);
    // Pillow 12.3: Image.frombytes('L', (8, 1), bytes([0, 30, …])).resize((3, 1), Image.BICUBIC)
    expect(red(resize(row([0, 30, 60, 90, 120, 150, 180, 210]), 3, 1).data)).toEqual([27, 105, 183]);
    expect(red(resize(row([0, 255]), 4, 1).data)).toEqual([0, 53, 202, 255]);
    // bytes((i * i * 7 + i * 13) % modulus for i in range(width * height * 3)), the sha256 of the result.
    const known: [width: number, height: number, modulus: number, to: [number, number], hash: string][] = [
      [37, 23, 256, [14, 14], '11a0cf615f53e496517195c80402d38b1d3e92932b57cf16c3afa2f1d2983f7a'],
      [37, 23, 256, [56, 56], 'bab6851c56035189b2fa81fdc1185e033dbb7b0b902434c7d2db3146324f0138'],
      [37, 23, 256, [23, 37], 'fa4c4b92778ed190b5002ce24c66b7b21b16668acf4f30a9eef3ef0adcea5c03'],
      [37, 23, 256, [9, 40], 'fd5442e3981ee1983405e96885c0e1cc1f4ed936fb7850b2941409db50715ac6'],
      [1000, 667, 251, [336, 336], '24125f5c09d7a1a9ad8c63c2509b8d52f676ea9139e4b94dd980437fd2d25982'],
    ];
    for (const [width, height, modulus, [toWidth, toHeight], hash] of known) {
      const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * i * 7 + i * 13) % modulus);
      const result = resize({ width, height, data }, toWidth, toHeight);
      expect(createHash('sha256').update(result.data).digest('hex')).toBe(hash);
    }
  });

  test('a picture for a tower of any shape keeps its shape and is bounded', () => {
    expect(prepare(picture(2, 40, 30), null)).toMatchObject({ width: 40, height: 30 });
    const large = { width: 2688, height: 1344, data: new Uint8Array(2688 * 1344 * 3) };
    expect(prepare(large, null)).toMatchObject({ width: 1344, height: 672 });
  });

  test.each([
    [{ width: 0, height: 4, data: new Uint8Array(0) }],
    [{ width: 2, height: 2, data: new Uint8Array(11) }],
    [{ width: 2.5, height: 2, data: new Uint8Array(15) }],
    [{ width: 1e6, height: 1e6, data: new Uint8Array(3) }],
  ])('refuses %o', (pixels) => {
    expect(() => checkPixels(pixels)).toThrow(ModelError);
  });
});
