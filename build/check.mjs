/**
 * `npm run check`: format, lint with the layers, types of each folder, unused code. All of them run; one failure fails.
 * `npm test` begins with the same checks.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { main, prepare, ROOT, run, say } from './setup.mjs';

const FOLDERS = ['shared', 'models', 'electron', 'renderer', 'build', 'tests'];

/**
 * Says of each check how it went.
 * @param {string} runtime
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{ passed: number, failed: number }>}
 */
export async function runChecks(runtime, env) {
  const program = (/** @type {string[]} */ ...parts) => join(ROOT, 'node_modules', ...parts);
  const typescript = program('typescript', 'bin', 'tsc');
  const knip = program('knip', 'bin', 'knip.js');
  /** @type {[name: string, parameters: string[]][]} */
  const steps = [
    ['format, lint, layers', [program('@biomejs', 'biome', 'bin', 'biome'), 'check', '--error-on-warnings', '.']],
    ...FOLDERS.map((folder) => /** @type {[string, string[]]} */ ([`types of ${folder}/`, [typescript, '-p', folder]])),
    ['unused code', [knip]],
    ['code that only tests use', [knip, '--production']],
  ];
  const totals = { passed: 0, failed: 0 };
  for (const [name, parameters] of steps) {
    const { code, output } = await run(runtime, parameters, { env, quiet: true });
    say(`${code === 0 ? 'ok    ' : 'FAILED'}  ${name}`);
    if (code === 0) totals.passed += 1;
    else {
      totals.failed += 1;
      say(output.trimEnd());
    }
  }
  return totals;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await main(async () => {
    const { runtime, env } = await prepare();
    return (await runChecks(runtime, env)).failed > 0 ? 1 : 0;
  });
}
