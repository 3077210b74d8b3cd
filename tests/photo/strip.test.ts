import fc from 'fast-check';
import { expect, test } from 'vitest';
import { layOutStrip, STRIP_PADDING, stripIndexAt, stripScroll, stripWidth } from '../../renderer/views/loupe/strip.ts';

fc.configureGlobal({ seed: 4108 });

const ratios = fc.array(fc.double({ min: 0.1, max: 8, noNaN: true }), { minLength: 1, maxLength: 400 });
const share = fc.double({ min: 0, max: 0.999, noNaN: true });

test('every picture of the strip is found at its own place', () => {
  fc.assert(
    fc.property(ratios, share, (all, at) => {
      const strip = layOutStrip(all);
      const index = Math.floor(at * all.length);
      expect(stripIndexAt(strip, strip.lefts[index]!)).toBe(index);
      expect(stripIndexAt(strip, strip.lefts[index]! + stripWidth(strip, index))).toBe(index);
      expect(stripWidth(strip, index)).toBeGreaterThanOrEqual(30);
    }),
  );
});

test('the current picture is always scrolled into sight, within the strip, and stays while it is there', () => {
  fc.assert(
    fc.property(ratios, share, fc.nat(30_000), fc.integer({ min: 200, max: 3000 }), (all, at, before, width) => {
      const strip = layOutStrip(all);
      const index = Math.floor(at * all.length);
      const longest = Math.max(0, strip.lefts[all.length]! + 2 * STRIP_PADDING - width);
      const scroll = stripScroll(strip, index, Math.min(before, longest), width);
      expect(scroll).toBeGreaterThanOrEqual(0);
      expect(scroll).toBeLessThanOrEqual(longest);
      expect(strip.lefts[index]! + STRIP_PADDING).toBeGreaterThanOrEqual(scroll);
      expect(strip.lefts[index]! + STRIP_PADDING + stripWidth(strip, index)).toBeLessThanOrEqual(scroll + width);
      expect(stripScroll(strip, index, scroll, width)).toBe(scroll);
    }),
    {
      examples: [
        [
          [0.1, 1.8017241379310345, 0.1, 0.5775862068965517, 2.1293103448275863, 0.1, 0.7155172413793104],
          1 / 7,
          247,
          200,
        ],
      ],
    },
  );
});
