/** The browser that the tests drive: one that is here, else one that can be installed. */
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ROOT, requirePackage, run, say } from './setup.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'];
const PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];
const INSTALL_SECONDS = 300;

/** @param {string} path */
function executable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** @returns {string | null} path of a Chromium; KEEPLIGHT_BROWSER names another one */
export function findBrowser() {
  const named = process.env.KEEPLIGHT_BROWSER;
  if (named) return executable(named) ? named : null;
  const directories = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const candidates = [...NAMES.flatMap((name) => directories.map((directory) => join(directory, name))), ...PLACES];
  const found = candidates.find(executable);
  if (found) return found;
  try {
    const own = requirePackage('playwright').chromium.executablePath();
    return existsSync(own) ? own : null;
  } catch {
    return null;
  }
}

/**
 * @param {string} runtime
 * @returns {Promise<string | null>} path of a Chromium, installed if it can be; null after a sentence
 */
export async function ensureBrowser(runtime) {
  const present = findBrowser();
  if (present) return present;
  if (existsSync('/etc/debian_version') && process.getuid?.() === 0) {
    say('Installing Chromium for the tests with apt-get…');
    const env = { DEBIAN_FRONTEND: 'noninteractive' };
    await run('apt-get', ['update', '-qq'], { env, quiet: true, seconds: INSTALL_SECONDS });
    const install = ['install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'];
    const { code, output } = await run('apt-get', install, { env, quiet: true, seconds: INSTALL_SECONDS });
    if (code !== 0) process.stderr.write(output);
  } else {
    say("Fetching Playwright's Chromium for the tests…");
    const script = join(ROOT, 'node_modules', 'playwright', 'cli.js');
    await run(runtime, [script, 'install', 'chromium'], { quiet: true, seconds: INSTALL_SECONDS });
  }
  const installed = findBrowser();
  if (!installed) {
    say('There is no Chromium for the tests in a browser, so they are skipped. Debian: apt-get install chromium.');
  }
  return installed;
}
