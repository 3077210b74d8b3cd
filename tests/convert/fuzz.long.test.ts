import { expect, test } from 'vitest';
import { fuzzParsers } from './fuzz.ts';

test('24,000 damaged files are answered by a sentence', { timeout: 600_000 }, async () => {
  const report = await fuzzParsers(24_000, 1_000_000);
  console.log(
    `${report.files} files, ${report.accepted} still understood, memory grew by ${Math.round(report.memory / 1e6)} MB`,
  );
  expect(report.memory).toBeLessThan(600e6);
});
