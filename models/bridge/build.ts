/**
 * Builds the bridge: `node models/bridge/build.ts`. Takes llama.cpp's multimodal library out of the sources that
 * node-llama-cpp ships, mends it, compiles it once and links it once for each installed variant. Needs a C++ compiler
 * and nothing else; a second run finds everything done and returns at once.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type Backend,
  bridgeFile,
  bridgeHome,
  installedVariants,
  NODE_LLAMA_CPP,
  nodeLlamaCppHome,
  nodeLlamaCppVersion,
  type Variant,
} from './place.ts';
import { MENDS, unpackSources } from './sources.ts';
import {
  compileArguments,
  findToolchain,
  linkAddonArguments,
  linkLibraryArguments,
  run,
  type Toolchain,
} from './toolchain.ts';
import { importLibrary, libraryFrom } from './windows.ts';

export { NoCompilerError } from './toolchain.ts';

export interface BuildOptions {
  /** Gets a line for people whenever something takes time. */
  log?: (line: string) => void;
  signal?: AbortSignal;
}

export interface BuildResult {
  /** Backends that can see. */
  backends: Backend[];
  /** False when everything was there already. */
  built: boolean;
  milliseconds: number;
}

const MTMD_DEFINES = ['GGML_SHARED', 'GGML_BACKEND_SHARED', 'LLAMA_SHARED'];
const ADDON_DEFINES = [...MTMD_DEFINES, 'NAPI_VERSION=7', 'NAPI_CPP_EXCEPTIONS', 'NODE_GYP_MODULE_NAME=keeplight_eyes'];
const here = dirname(fileURLToPath(import.meta.url));
const packages = join(nodeLlamaCppHome(), '..');

/**
 * Builds what is missing or out of date.
 * @throws NoCompilerError; Error with a sentence when node-llama-cpp is not the pinned version or a step fails;
 * the signal's reason when aborted.
 */
export async function buildBridge({ log = () => {}, signal }: BuildOptions = {}): Promise<BuildResult> {
  const started = performance.now();
  const version = await nodeLlamaCppVersion();
  if (version !== NODE_LLAMA_CPP)
    throw new Error(`The bridge fits node-llama-cpp ${NODE_LLAMA_CPP} and ${version} is installed; run "npm ci".`);
  const variants = await installedVariants();
  if (variants.length === 0)
    throw new Error(`node-llama-cpp has no prebuilt engine for ${process.platform}-${process.arch}.`);
  const backends = variants.map(({ backend }) => backend);
  const elapsed = () => Math.round(performance.now() - started);
  const home = bridgeHome();
  const fingerprint = await fingerprintOf(variants);
  if (await isBuilt(home, backends, fingerprint)) return { backends, built: false, milliseconds: elapsed() };

  const toolchain = await findToolchain(signal);
  await mkdir(home, { recursive: true });
  const unlock = await lock(home, log, signal);
  try {
    if (await isBuilt(home, backends, fingerprint)) return { backends, built: false, milliseconds: elapsed() };
    log('Building the bridge that lets AesExpert see (once, about a minute) …');
    const source = await prepareSources(home, signal);
    const objects = await compileLibrary(toolchain, home, source, log, signal);
    const addon = await compileAddon(toolchain, home, source, log, signal);
    for (const variant of variants) await link(toolchain, home, variant, objects, addon, signal);
    await writeFile(join(home, 'stamp'), fingerprint);
    log(`The bridge is built for ${backends.join(', ')} (${Math.round(elapsed() / 1000)} s).`);
    return { backends, built: true, milliseconds: elapsed() };
  } finally {
    await unlock();
  }
}

/** Whether the bridge is there and up to date, without building anything. */
export async function bridgeIsBuilt(): Promise<boolean> {
  const variants = await installedVariants();
  const backends = variants.map(({ backend }) => backend);
  // A packaged app has nothing that could be newer than its bridge.
  if ((await addonSources()).length === 0) return backends.every((backend) => existsSync(bridgeFile(backend)));
  return isBuilt(bridgeHome(), backends, await fingerprintOf(variants));
}

/** Objects of the multimodal library and its mended sources, built when missing: what the tests' oracle is made of. */
export async function libraryParts(
  options: BuildOptions = {},
): Promise<{ source: string; objects: string; library: (backend: Backend) => string }> {
  await buildBridge(options);
  const home = bridgeHome();
  return {
    source: join(home, 'source'),
    objects: join(home, 'objects'),
    library: (backend) => join(home, backend, libraryFile()),
  };
}

async function isBuilt(home: string, backends: Backend[], fingerprint: string): Promise<boolean> {
  const stamp = await readFile(join(home, 'stamp'), 'utf8').catch(() => null);
  return stamp === fingerprint && backends.every((backend) => existsSync(bridgeFile(backend, home)));
}

/** Everything that the result depends on, but the compiler: a newer one is no reason to build again. */
async function fingerprintOf(variants: Variant[]): Promise<string> {
  const hash = createHash('sha256');
  const bundle = await stat(join(nodeLlamaCppHome(), 'llama', 'gitRelease.bundle'));
  hash.update(JSON.stringify([NODE_LLAMA_CPP, bundle.size, MENDS, variants, ADDON_DEFINES, process.platform]));
  for (const file of await addonSources()) hash.update(await readFile(file));
  return hash.digest('hex');
}

/** The bridge's own C++, headers too; none in a packaged app, which ships the bridge built. */
async function addonSources(): Promise<string[]> {
  const names = (await readdir(here)).filter((name) => /\.(cpp|h)$/.test(name));
  return names.sort().map((name) => join(here, name));
}

/** Unpacks once; the stamp names the mends, so that a new mend unpacks again. */
async function prepareSources(home: string, signal?: AbortSignal): Promise<string> {
  const directory = join(home, 'source');
  const stamp = join(directory, 'unpacked');
  const wanted = createHash('sha256')
    .update(JSON.stringify([NODE_LLAMA_CPP, MENDS]))
    .digest('hex');
  if ((await readFile(stamp, 'utf8').catch(() => null)) === wanted) return directory;
  signal?.throwIfAborted();
  await rm(directory, { recursive: true, force: true });
  await rm(join(home, 'objects'), { recursive: true, force: true });
  await unpackSources(join(nodeLlamaCppHome(), 'llama', 'gitRelease.bundle'), directory);
  await writeFile(stamp, wanted);
  return directory;
}

/** Include folders of llama.cpp, for the library and for what is built on it. */
export function sourceIncludes(source: string): string[] {
  const folders = ['tools/mtmd', 'tools/mtmd/models', 'include', 'ggml/include', 'src', 'common', 'vendor'];
  return [...folders, 'vendor/stb', 'vendor/miniaudio', 'vendor/hash'].map((folder) => join(source, folder));
}

async function compileLibrary(
  toolchain: Toolchain,
  home: string,
  source: string,
  log: (line: string) => void,
  signal?: AbortSignal,
): Promise<string[]> {
  const directory = join(home, 'objects');
  await mkdir(directory, { recursive: true });
  const mtmd = join(source, 'tools', 'mtmd');
  const programs = new Set(['mtmd-cli.cpp', 'deprecation-warning.cpp']);
  const list = async (folder: string) =>
    (await readdir(folder))
      .filter((name) => name.endsWith('.cpp') && !programs.has(name))
      .map((name) => join(folder, name));
  const hash = join(source, 'vendor', 'hash');
  const sources = [
    ...(await list(mtmd)),
    ...(await list(join(mtmd, 'models'))),
    ...[join(hash, 'hash.cpp'), join(hash, 'xxhash', 'xxhash.c')],
    ...[join(hash, 'sha1', 'sha1.c'), join(hash, 'sha256', 'sha256.c')],
  ];
  const jobs = sources.map((file) => ({
    source: file,
    object: join(directory, `${basename(dirname(file))}-${basename(file)}.o`),
    includes: sourceIncludes(source),
    defines: MTMD_DEFINES,
    c: file.endsWith('.c') && !file.endsWith('sha1.c'), // sha1 lives in a C++ namespace
  }));
  const missing = jobs.filter(({ object }) => !existsSync(object));
  await compileAll(toolchain, missing, log, signal);
  return jobs.map((job) => job.object);
}

type Job = Parameters<typeof compileArguments>[1];

async function compileAll(
  toolchain: Toolchain,
  jobs: readonly Job[],
  log: (line: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  // The longest first, so that no core is left with it at the end.
  const sized = await Promise.all(jobs.map(async (job) => ({ job, size: (await stat(job.source)).size })));
  sized.sort((a, b) => b.size - a.size);
  let done = 0;
  await inParallel(
    sized.map(({ job }) => job),
    async (job) => {
      await compile(toolchain, job, signal);
      done += 1;
      if (done % 20 === 0) log(`  ${done} of ${jobs.length} files`);
    },
  );
}

async function compileAddon(
  toolchain: Toolchain,
  home: string,
  source: string,
  log: (line: string) => void,
  signal?: AbortSignal,
): Promise<string[]> {
  const includes = [
    join(nodeLlamaCppHome(), 'llama', 'addon'),
    join(packages, 'node-addon-api'),
    join(packages, 'node-api-headers', 'include'),
    ...sourceIncludes(source),
  ];
  const jobs = (await addonSources())
    .filter((file) => file.endsWith('.cpp'))
    .map((file) => ({
      source: file,
      object: join(home, 'objects', `bridge-${basename(file)}.o`),
      includes,
      defines: ADDON_DEFINES,
      c: false,
    }));
  await compileAll(toolchain, jobs, log, signal);
  return jobs.map((job) => job.object);
}

/** Compiles under a temporary name, so that a killed build leaves no half object behind. */
async function compile(toolchain: Toolchain, job: Job, signal?: AbortSignal): Promise<void> {
  const partial = `${job.object}.${process.pid}.partial`;
  await run(toolchain.command, compileArguments(toolchain, { ...job, object: partial }), { signal });
  await rename(partial, job.object);
}

async function link(
  toolchain: Toolchain,
  home: string,
  variant: Variant,
  objects: string[],
  addon: string[],
  signal?: AbortSignal,
): Promise<void> {
  const directory = join(home, variant.backend);
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  const imports: string[] = [];
  if (toolchain.kind === 'msvc') {
    for (const name of [variant.names.llama, variant.names.ggml, variant.names.base])
      imports.push(await importLibrary(join(variant.libraries, name), name.replace(/\.dll$/, ''), directory, signal));
    const definition = join(packages, 'node-api-headers', 'def', 'node_api.def');
    imports.push(await libraryFrom(definition, join(directory, 'node_api.lib'), signal));
  }
  const library = join(directory, libraryFile());
  const output = bridgeFile(variant.backend, home);
  if (toolchain.kind === 'msvc') {
    // One DLL: MSVC exports nothing of the multimodal library by itself.
    const all = [...objects, ...addon];
    await run(toolchain.command, linkAddonArguments(toolchain, variant, all, library, output, imports), { signal });
    return;
  }
  await run(toolchain.command, linkLibraryArguments(toolchain, variant, objects, library, imports), { signal });
  await run(toolchain.command, linkAddonArguments(toolchain, variant, addon, library, output, imports), { signal });
}

function libraryFile(): string {
  return (
    { darwin: 'libkeeplight-mtmd.dylib', win32: 'keeplight-mtmd.dll' }[process.platform as string] ??
    'libkeeplight-mtmd.so'
  );
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < items.length) await work(items[next++]!);
  };
  await Promise.all(Array.from({ length: Math.max(1, availableParallelism()) }, lane));
}

/** One build at a time: others wait for it. A lock whose process is gone is taken over. */
async function lock(home: string, log: (line: string) => void, signal?: AbortSignal): Promise<() => Promise<void>> {
  const path = join(home, 'lock');
  for (let waited = false; ; waited = true) {
    try {
      await writeFile(path, String(process.pid), { flag: 'wx' });
      return () => rm(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const owner = Number(await readFile(path, 'utf8').catch(() => ''));
    if (owner > 0 && !isAlive(owner)) {
      await rm(path, { force: true });
      continue;
    }
    if (!waited) log('Waiting for another build of the bridge …');
    signal?.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    const { built, backends } = await buildBridge({ log: (line) => console.error(line) });
    if (!built) console.error(`The bridge is up to date (${backends.join(', ')}).`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
