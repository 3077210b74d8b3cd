/** The core is killed while a person culls: every mark is found, and all of it can be taken back. */
import { expect, test } from 'vitest';
import { findBrowser } from '../../build/test-browser.mjs';
import { cullThroughAKill } from './killed-culling.ts';

const browser = findBrowser();
if (browser === null) console.log('Culling through a kill is skipped: no Chromium was found.');

test.skipIf(browser === null)('a small shoot is culled through a kill', async () => {
  await cullThroughAKill(24);
  expect.hasAssertions();
});
