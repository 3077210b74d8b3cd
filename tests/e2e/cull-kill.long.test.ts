/** The same of a shoot as one comes home with; see cull-kill.test.ts. */
import { expect, test } from 'vitest';
import { findBrowser } from '../../build/test-browser.mjs';
import { cullThroughAKill } from './killed-culling.ts';

const browser = findBrowser();
if (browser === null) console.log('Culling through a kill is skipped: no Chromium was found.');

test.skipIf(browser === null)('3,000 frames are culled through a kill', { timeout: 1_800_000 }, async () => {
  await cullThroughAKill(3000);
  expect.hasAssertions();
});
