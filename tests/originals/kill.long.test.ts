import { expect, test } from 'vitest';
import { killOftenAndCheck } from './kill.ts';

test('three hundred kills while sidecars are written leave each of them whole, and all of it can be undone', async () => {
  expect(await killOftenAndCheck(300, 70)).toBeGreaterThan(300);
}, 1_800_000);
