import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countHistogram, paintClipping } from '../../renderer/picture/pixels.ts';

fc.configureGlobal({ seed: 4107 });

const pixel = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255));

test('a histogram counts every pixel once in each channel', () => {
  fc.assert(
    fc.property(fc.array(pixel, { minLength: 1, maxLength: 60 }), (pixels) => {
      const counts = countHistogram(new Uint8ClampedArray(pixels.flatMap((one) => [...one, 255])));
      for (const channel of [counts.red, counts.green, counts.blue, counts.luma]) {
        expect(channel.reduce((sum, count) => sum + count, 0)).toBe(pixels.length);
      }
      expect(counts.red[pixels[0]![0]]).toBeGreaterThan(0);
      expect(counts.pixels).toBe(pixels.length);
    }),
  );
});

test('clipping is painted where a channel is at its end and nowhere else', () => {
  const rgba = new Uint8ClampedArray([255, 252, 251, 255, 255, 90, 20, 255, 128, 128, 128, 255, 2, 5, 0, 255]);
  expect(paintClipping(rgba)).toEqual({ highlights: 0.25, shadows: 0.25 });
  expect(rgba[3]).toBe(235);
  expect(rgba[7]).toBe(110);
  expect(rgba[11]).toBe(0);
  expect(rgba[14]).toBeGreaterThan(rgba[12]!);
});
