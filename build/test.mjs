/**
 * `npm test [-- <files or vitest options>]`: sets up what is missing, runs the tests, and ends with the totals alone
 * on the last line. `--long` runs the long ones (`npm run test:long`).
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { foreground, main, prepare, ROOT, say } from './setup.mjs';
import { ensureBrowser } from './test-browser.mjs';

const PHOTOS = join(ROOT, '..', 'shared', 'photos');
const TOTALS = join(ROOT, '.cache', 'test-totals.json');

await main(async () => {
  const parameters = process.argv.slice(2);
  const long = parameters.includes('--long');
  const { runtime, env } = await prepare({ page: true, bridge: true });
  const browser = await ensureBrowser(runtime);
  if (!existsSync(PHOTOS)) say('Tests on real photos are skipped: ../shared/photos is not here.');

  mkdirSync(join(TOTALS, '..'), { recursive: true });
  rmSync(TOTALS, { force: true });
  const started = Date.now();
  const code = await foreground(
    runtime,
    [join(ROOT, 'node_modules', 'vitest', 'vitest.mjs'), 'run', ...parameters.filter((text) => text !== '--long')],
    {
      env: {
        ...env,
        KEEPLIGHT_TEST_TOTALS: TOTALS,
        ...(browser ? { KEEPLIGHT_BROWSER: browser } : {}),
        ...(long ? { KEEPLIGHT_LONG: '1' } : {}),
      },
    },
  );
  return close(code, (Date.now() - started) / 1000);
});

/**
 * @param {number} code of vitest
 * @param {number} seconds
 */
function close(code, seconds) {
  /** @type {import('./test-totals.ts').TestTotals} */
  let totals = { passed: 0, failed: 1, skipped: 0, reasons: [] };
  try {
    totals = JSON.parse(readFileSync(TOTALS, 'utf8'));
  } catch {
    say('vitest ended before it had run the tests.');
  }
  // What vitest calls a failure is one, even where no test carries it.
  if (code !== 0 && totals.failed === 0) totals.failed = 1;
  if (totals.reasons.length > 0) process.stdout.write('\nSkipped:\n');
  for (const { file, reason, count } of totals.reasons) process.stdout.write(`  ${file}: ${reason} (${count})\n`);
  process.stdout.write(`\nThe tests took ${Math.round(seconds)} s.\n`);
  process.stdout.write(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped\n`);
  return totals.failed > 0 ? code || 1 : code;
}
