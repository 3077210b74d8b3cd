/**
 * `npm test [-- <files or vitest options>]`: sets up what is missing, runs the checks (check.mjs) and the tests, and ends
 * with the totals alone on the last line, where each check counts as a test. `--long` runs the long ones instead
 * (`npm run test:long`), `--unit` those that need no bridge, page or browser and end in half a minute (`test:unit`).
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runChecks } from './check.mjs';
import { foreground, main, prepare, ROOT, say } from './setup.mjs';
import { ensureBrowser } from './test-browser.mjs';

const PHOTOS = join(ROOT, '..', 'shared', 'photos');
const TOTALS = join(ROOT, '.cache', 'test-totals.json');

await main(async () => {
  const parameters = process.argv.slice(2);
  const modes = ['--long', '--unit'].filter((mode) => parameters.includes(mode));
  const chosen = parameters.filter((text) => !modes.includes(text));
  const unit = modes.includes('--unit');
  const { runtime, env } = await prepare({ page: !unit, bridge: !unit });
  const browser = unit ? null : await ensureBrowser(runtime);
  if (!existsSync(PHOTOS)) say('Tests on real photos are skipped: ../shared/photos is not here.');

  // Whoever asks for some of the tests wants only those.
  const checks = modes.length + chosen.length > 0 ? { passed: 0, failed: 0 } : await runChecks(runtime, env);
  mkdirSync(join(TOTALS, '..'), { recursive: true });
  rmSync(TOTALS, { force: true });
  const started = Date.now();
  const project = unit ? ['--project', 'unit'] : [];
  const code = await foreground(
    runtime,
    [join(ROOT, 'node_modules', 'vitest', 'vitest.mjs'), 'run', ...project, ...chosen],
    {
      env: {
        ...env,
        KEEPLIGHT_TEST_TOTALS: TOTALS,
        ...(browser ? { KEEPLIGHT_BROWSER: browser } : {}),
        ...(modes.includes('--long') ? { KEEPLIGHT_LONG: '1' } : {}),
      },
    },
  );
  return close(code, checks, (Date.now() - started) / 1000);
});

/**
 * @param {number} code of vitest
 * @param {{ passed: number, failed: number }} checks
 * @param {number} seconds
 */
function close(code, checks, seconds) {
  /** @type {import('./test-totals.ts').TestTotals} */
  let totals = { passed: 0, failed: 1, skipped: 0, reasons: [] };
  try {
    totals = JSON.parse(readFileSync(TOTALS, 'utf8'));
  } catch {
    say('vitest ended before it had run the tests.');
  }
  // What vitest calls a failure is one, even where no test carries it.
  if (code !== 0 && totals.failed === 0) totals.failed = 1;
  totals.passed += checks.passed;
  totals.failed += checks.failed;
  if (totals.reasons.length > 0) process.stdout.write('\nSkipped:\n');
  for (const { file, reason, count } of totals.reasons) process.stdout.write(`  ${file}: ${reason} (${count})\n`);
  process.stdout.write(`\nThe tests took ${Math.round(seconds)} s.\n`);
  process.stdout.write(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped\n`);
  return totals.failed > 0 ? code || 1 : code;
}
