/** Moments are found in made shoots as they were planted: the bars of docs/benchmarks.md. */
import { test } from 'vitest';
import { expectBars, tryShoot } from './truth.ts';

test('of made shoots of six seeds, by whatever their files tell of time and bodies', { timeout: 600_000 }, async () => {
  const tried = [];
  for (const seed of [11, 12, 13, 14, 15, 16]) tried.push(...(await tryShoot(seed, 18)));
  expectBars(tried);
});
