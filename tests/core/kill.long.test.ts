import { expect, test } from 'vitest';
import { killOftenAndCheck } from './kill.ts';

test('sixty kills at moments of chance lose no mark', async () => {
  expect(await killOftenAndCheck(60, 42)).toBeGreaterThan(100);
}, 900_000);
