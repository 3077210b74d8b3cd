/**
 * `npm run package`: makes the installers of this system in release/, or says what they need that is not here.
 * `-- --dir` makes the folder without the installer.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildDesktop } from './desktop.mjs';
import { ensureElectron } from './electron-binary.mjs';
import { foreground, main, prepare, ROOT, run, say } from './setup.mjs';

await main(async () => {
  const { runtime, env } = await prepare({ page: true, bridge: true });
  await buildDesktop(runtime);
  const icons = await run(runtime, [join(ROOT, 'build', 'icons.mjs')]);
  if (icons.code !== 0) return icons.code;
  const needs = await missing(runtime);
  if (needs.length > 0) {
    say('Everything up to the installer is made (dist/app, dist/icons). The installer needs:');
    for (const need of needs) say(`  - ${need}`);
    return 1;
  }
  const builder = join(ROOT, 'node_modules', 'electron-builder', 'out', 'cli', 'cli.js');
  const configuration = join(ROOT, 'build', 'electron-builder.mjs');
  return foreground(runtime, [builder, '--config', configuration, '--publish', 'never', ...process.argv.slice(2)], {
    env,
  });
});

/** @param {string} runtime */
async function missing(runtime) {
  const needs = [];
  const described = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  if (!(await ensureElectron(runtime))) {
    needs.push("Electron's program: a connection to GitHub, or a mirror of its releases named in ELECTRON_MIRROR.");
  }
  if (!existsSync(join(ROOT, '.cache', 'bridge', `${process.platform}-${process.arch}`))) {
    needs.push('the bridge for this system: a C++ compiler (`npm run keeplight -- doctor` says which).');
  }
  if (process.platform === 'linux' && !process.argv.includes('--dir') && !(described.homepage && described.author)) {
    needs.push('for the .deb: "homepage" and "author" with an e-mail address in package.json (not for `-- --dir`).');
  }
  return needs;
}
