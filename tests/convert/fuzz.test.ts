import { expect, test } from 'vitest';
import { fuzzParsers } from './fuzz.ts';

test('damaged files are answered by a sentence', async () => {
  const report = await fuzzParsers(2000, 1);
  expect(report.files).toBe(2000);
  // Some damage must go unnoticed (a flipped bit of a weight) and most must not, or the fuzzer misses its aim.
  expect(report.accepted).toBeGreaterThan(50);
  expect(report.accepted).toBeLessThan(1500);
  expect(report.memory).toBeLessThan(600e6);
});
