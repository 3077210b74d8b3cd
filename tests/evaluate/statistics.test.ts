import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  agreementOf,
  logisticMap,
  pairAccuracy,
  pearson,
  ranksOf,
  shareOf,
  spearman,
} from '../../models/evaluate/statistics.ts';

test('ranks of equal values are their mean', () => {
  expect([...ranksOf([10, 20, 20, 5])]).toEqual([2, 3.5, 3.5, 1]);
});

test('correlations of known examples', () => {
  // Spearman's textbook example: IQ and hours of television, rho = -29/165.
  const iq = [106, 100, 86, 101, 99, 103, 97, 113, 112, 110];
  const hours = [7, 27, 2, 50, 28, 29, 20, 12, 6, 17];
  expect(spearman(iq, hours)).toBeCloseTo(-29 / 165, 12);
  expect(pearson([1, 2, 3, 4], [2, 4, 6, 8])).toBeCloseTo(1, 12);
  expect(pearson([1, 2, 3], [3, 1, 2])).toBeCloseTo(-0.5, 12);
  expect(pearson([1, 1, 1], [1, 2, 3])).toBeNaN();
});

test('pair accuracy equals counting all pairs', () => {
  const values = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 2, maxLength: 40 });
  fc.assert(
    fc.property(values, values, (a, b) => {
      const count = Math.min(a.length, b.length);
      let [right, pairs] = [0, 0];
      for (let i = 0; i < count; i++)
        for (let j = 0; j < i; j++) {
          if (b[i] === b[j]) continue;
          pairs++;
          right += a[i] === a[j] ? 0.5 : a[i]! > a[j]! === b[i]! > b[j]! ? 1 : 0;
        }
      const found = pairAccuracy(a.slice(0, count), b.slice(0, count));
      if (pairs === 0) expect(found).toBeNaN();
      else expect(found).toBeCloseTo(right / pairs, 12);
    }),
  );
});

test('the logistic finds the curve that made the scores, rising or falling', () => {
  const x = Array.from({ length: 60 }, (_, index) => index);
  for (const direction of [1, -1]) {
    const truth = x.map((value) => 2 + 6 / (1 + Math.exp((-direction * (value - 25)) / 6)));
    const mapped = logisticMap(x, truth);
    for (const [index, value] of truth.entries()) expect(mapped[index]).toBeCloseTo(value, 4);
    expect(pearson([...mapped], truth)).toBeCloseTo(1, 8);
  }
});

test('agreement is the same for the same seed, and its intervals hold the value', () => {
  const truth = Array.from({ length: 80 }, (_, index) => (index * 37) % 80);
  const predicted = truth.map((value, index) => value + 25 * Math.sin(index));
  const first = agreementOf(predicted, truth, 5);
  expect(agreementOf(predicted, truth, 5)).toEqual(first);
  expect(agreementOf(predicted, truth, 6)).not.toEqual(first);
  for (const interval of [first.srcc, first.plcc, first.plccLogistic, first.pairAccuracy]) {
    expect(interval.low).toBeLessThan(interval.value);
    expect(interval.high).toBeGreaterThan(interval.value);
    expect(interval.high - interval.low).toBeLessThan(0.4);
  }
  const perfect = agreementOf(truth, truth);
  expect(perfect.srcc.value).toBeCloseTo(1, 12);
  expect(perfect.pairAccuracy).toEqual({ value: 1, low: 1, high: 1 });
  expect(agreementOf([], []).count).toBe(0);
});

test("Wilson's interval of a known share", () => {
  const { value, low, high } = shareOf(8, 10);
  expect(value).toBe(0.8);
  expect(low).toBeCloseTo(0.4901, 3);
  expect(high).toBeCloseTo(0.9433, 3);
});
