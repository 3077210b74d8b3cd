/** `npm run bench [-- <name>…]`: sets up what is missing, then runs tests/bench/run.ts. */
import { join } from 'node:path';
import { foreground, main, prepare, ROOT } from './setup.mjs';
import { ensureBrowser } from './test-browser.mjs';

await main(async () => {
  const { runtime, env } = await prepare({ page: true, bridge: true });
  const browser = await ensureBrowser(runtime);
  return foreground(runtime, [join(ROOT, 'tests', 'bench', 'run.ts'), ...process.argv.slice(2)], {
    env: { ...env, ...(browser ? { KEEPLIGHT_BROWSER: browser } : {}) },
  });
});
