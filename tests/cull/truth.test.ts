/** Moments are found in a made shoot as they were planted; more shoots in truth.long.test.ts. */
import { test } from 'vitest';
import { expectBars, tryShoot } from './truth.ts';

test('of one made shoot, by whatever its files tell of time and bodies', async () => {
  expectBars(await tryShoot(3, 9));
});
