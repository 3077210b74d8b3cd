import { expect, test } from 'vitest';
import { killOftenAndCheck } from './kill.ts';

test('kills while sidecars are written leave each of them whole, and all of it can be undone', async () => {
  expect(await killOftenAndCheck(4, 7)).toBeGreaterThan(4);
}, 300_000);
