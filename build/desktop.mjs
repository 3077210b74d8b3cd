/**
 * Makes `dist/app`, the tree that Electron runs and that is packaged: the Node side as JavaScript file by file (no
 * bundler, so workers and assets are found beside the code), the preload script as one CommonJS file (Electron's
 * sandbox knows no other), and the page.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { extname, join } from 'node:path';
import { ROOT, run, SetupError, say, whenChanged } from './setup.mjs';

const APP = join(ROOT, 'dist', 'app');
/** Folders of the Node side. */
const SOURCES = ['electron', 'shared', 'models'];
/** What the code reads beside itself. */
const ASSETS = new Set(['.sql', '.json', '.cpp', '.h', '.txt', '.jpg', '.png', '.icc', '.gguf']);
/** Configuration of the type checker is none. */
const NOT_ASSETS = new Set(['tsconfig.json']);

/** @param {string} runtime */
export async function buildDesktop(runtime) {
  const sources = [...SOURCES, 'renderer', 'build', 'vite.config.ts', 'tsconfig.base.json', 'package-lock.json'];
  await whenChanged('desktop', sources, 'dist/app/electron/main.js', async () => {
    say('Compiling the desktop app…');
    rmSync(APP, { recursive: true, force: true });
    await emit(runtime);
    for (const folder of SOURCES) copyAssets(folder);
    await bundlePreload(runtime);
    cpSync(join(ROOT, 'dist', 'renderer'), join(APP, 'renderer'), { recursive: true });
  });
}

/** @param {string} runtime */
async function emit(runtime) {
  const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const { code, output } = await run(runtime, [compiler, '-p', join(ROOT, 'build', 'tsconfig.emit.json')], {
    quiet: true,
  });
  if (code === 0 && existsSync(join(APP, 'electron', 'main.js'))) return;
  throw new SetupError(`The desktop app could not be compiled:\n${output.trimEnd()}`);
}

/** @param {string} folder relative to the repository */
function copyAssets(folder) {
  for (const entry of readdirSync(join(ROOT, folder), { withFileTypes: true })) {
    const place = join(folder, entry.name);
    if (entry.isDirectory()) copyAssets(place);
    else if (ASSETS.has(extname(entry.name)) && !NOT_ASSETS.has(entry.name)) {
      mkdirSync(join(APP, folder), { recursive: true });
      cpSync(join(ROOT, place), join(APP, place));
    }
  }
}

/** @param {string} runtime */
async function bundlePreload(runtime) {
  const vite = join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js');
  const configuration = join(ROOT, 'build', 'preload.vite.config.ts');
  const { code, output } = await run(runtime, [vite, 'build', '--config', configuration], { quiet: true });
  if (code !== 0) throw new SetupError(`The preload script could not be bundled:\n${output.trimEnd()}`);
}
