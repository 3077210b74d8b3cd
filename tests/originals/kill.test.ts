import { expect, test } from 'vitest';
import { killOftenAndCheck } from './kill.ts';

test('thirty kills while sidecars are written leave each of them whole, and all of it can be undone', async () => {
  expect(await killOftenAndCheck(30, 7)).toBeGreaterThan(30);
}, 300_000);
