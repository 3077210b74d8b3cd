/** Electron's program: its npm package has only a script that fetches it. Where it cannot be had, the browser shell runs. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { ROOT, run, say } from './setup.mjs';

const PACKAGE = join(ROOT, 'node_modules', 'electron');
const FAILURE = join(ROOT, '.cache', 'electron-unavailable');
/** A failed try is believed for a day. */
const BELIEVED_MILLISECONDS = 24 * 60 * 60 * 1000;
const REACH_MILLISECONDS = 5000;
const FETCH_SECONDS = 300;

/** @returns {string | null} path of the program, if it is installed */
export function electronBinary() {
  try {
    const program = readFileSync(join(PACKAGE, 'path.txt'), 'utf8').trim();
    const path = join(process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(PACKAGE, 'dist'), program);
    return existsSync(path) ? path : null;
  } catch {
    return null;
  }
}

/**
 * Why no window can be opened here, as a sentence; null when one can.
 * @returns {string | null}
 */
export function noWindowReason() {
  if (process.platform !== 'linux') return null;
  if (!process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return 'This machine has no display.';
  // Chromium's sandbox refuses to run as root, and without its sandbox the app is not started.
  if (process.getuid?.() === 0) return 'The desktop window does not run as root.';
  return null;
}

/** @returns {Promise<boolean>} whether the place that Electron's program comes from answers */
function reachable() {
  const proxied = process.env.HTTPS_PROXY ?? process.env.https_proxy ?? process.env.ALL_PROXY;
  if (proxied) return Promise.resolve(true);
  const address = process.env.ELECTRON_MIRROR ?? process.env.npm_config_electron_mirror ?? 'https://github.com/';
  if (!address.startsWith('https:')) return Promise.resolve(true);
  return new Promise((resolve) => {
    const call = request(address, { method: 'HEAD', timeout: REACH_MILLISECONDS }, (answer) => {
      answer.resume();
      resolve(true);
    });
    call.on('timeout', () => call.destroy(new Error('timeout')));
    call.on('error', () => resolve(false));
    call.end();
  });
}

/**
 * @param {string} runtime
 * @returns {Promise<string | null>} path of the program, fetched if it can be
 */
export async function ensureElectron(runtime) {
  const present = electronBinary();
  if (present) return present;
  const version = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8')).version;
  if (failedLately(version)) {
    say('Electron could not be fetched lately; delete .cache/electron-unavailable to try again.');
    return null;
  }
  say(`Fetching Electron ${version} (about 110 MB, once)…`);
  if (await reachable()) {
    const { code } = await run(runtime, [join(PACKAGE, 'install.js')], { seconds: FETCH_SECONDS, quiet: true });
    const fetched = electronBinary();
    if (code === 0 && fetched) return fetched;
  }
  mkdirSync(join(FAILURE, '..'), { recursive: true });
  writeFileSync(FAILURE, `${version} ${Date.now()}\n`);
  say("Electron's program cannot be had here (it comes from GitHub, or from ELECTRON_MIRROR).");
  return null;
}

/** @param {string} version */
function failedLately(version) {
  try {
    const [failed, time] = readFileSync(FAILURE, 'utf8').trim().split(' ');
    return failed === version && Date.now() - Number(time) < BELIEVED_MILLISECONDS;
  } catch {
    return false;
  }
}
