/** `npm run check`: format, lint with the layers, types of each folder, unused code, tests. All of them run; one failure fails. */
import { join } from 'node:path';
import { foreground, main, prepare, ROOT, run, say } from './setup.mjs';

const FOLDERS = ['shared', 'models', 'electron', 'renderer', 'build', 'tests'];

await main(async () => {
  const { runtime, env } = await prepare();
  const program = (/** @type {string[]} */ ...parts) => join(ROOT, 'node_modules', ...parts);
  const typescript = program('typescript', 'bin', 'tsc');
  /** @type {[name: string, parameters: string[]][]} */
  const steps = [
    ['format, lint, layers', [program('@biomejs', 'biome', 'bin', 'biome'), 'check', '--error-on-warnings', '.']],
    ...FOLDERS.map((folder) => /** @type {[string, string[]]} */ ([`types of ${folder}/`, [typescript, '-p', folder]])),
    ['unused code', [program('knip', 'bin', 'knip.js')]],
  ];
  let failed = 0;
  for (const [name, parameters] of steps) {
    const { code, output } = await run(runtime, parameters, { env, quiet: true });
    say(`${code === 0 ? 'ok    ' : 'FAILED'}  ${name}`);
    if (code === 0) continue;
    failed += 1;
    say(output.trimEnd());
  }
  if (process.argv.includes('--no-tests')) return failed > 0 ? 1 : 0;
  const tests = await foreground(process.execPath, [join(ROOT, 'build', 'test.mjs')]);
  return failed > 0 ? 1 : tests;
});
