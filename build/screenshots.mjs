/** `npm run screenshots`: sets up what is missing, then runs tests/e2e/screenshots.ts. */
import { join } from 'node:path';
import { foreground, main, prepare, ROOT } from './setup.mjs';
import { ensureBrowser } from './test-browser.mjs';

await main(async () => {
  const { runtime, env } = await prepare({ page: true });
  const browser = await ensureBrowser(runtime);
  return foreground(runtime, [join(ROOT, 'tests', 'e2e', 'screenshots.ts'), ...process.argv.slice(2)], {
    env: { ...env, ...(browser ? { KEEPLIGHT_BROWSER: browser } : {}) },
  });
});
