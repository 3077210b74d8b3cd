import { expect, test } from 'vitest';
import { killOftenAndCheck } from './kill.ts';

test('a core that is killed while it indexes and marks loses no mark and goes on', async () => {
  expect(await killOftenAndCheck(4, 11)).toBeGreaterThan(0);
}, 120_000);
