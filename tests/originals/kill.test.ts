import { expect, test } from 'vitest';
import { killOftenAndCheck } from './kill.ts';

test('a dozen kills while sidecars are written leave each of them whole, and all of it can be undone', async () => {
  expect(await killOftenAndCheck(12, 7)).toBeGreaterThan(12);
}, 300_000);
