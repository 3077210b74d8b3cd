/** Where the bridge and what it is made of lie. The only file that knows these paths. */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The one version of node-llama-cpp whose private side the bridge knows. */
export const NODE_LLAMA_CPP = '3.21.1';

export type Backend = 'cpu' | 'cuda' | 'vulkan' | 'metal';

/** One prebuilt llama.cpp of node-llama-cpp on this machine. */
export interface Variant {
  backend: Backend;
  /** Folder with its shared libraries. */
  libraries: string;
  /** The libraries to link against, file names inside `libraries`. */
  names: { llama: string; ggml: string; base: string; common: string };
}

const repository = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Folder of the built bridge: shipped with the packaged app, else made by build.ts inside the repository. */
export function bridgeHome(): string {
  if (process.env.KEEPLIGHT_BRIDGE) return process.env.KEEPLIGHT_BRIDGE;
  const { resourcesPath } = process as { resourcesPath?: string };
  const shipped = resourcesPath ? join(resourcesPath, 'bridge') : null;
  if (shipped && existsSync(shipped)) return shipped;
  return join(repository, '.cache', 'bridge', `${process.platform}-${process.arch}`);
}

/** The addon of one backend. */
export function bridgeFile(backend: Backend, home = bridgeHome()): string {
  return join(home, backend, 'eyes.node');
}

/** Folder of the installed package node-llama-cpp. */
export function nodeLlamaCppHome(): string {
  return join(dirname(fileURLToPath(import.meta.resolve('node-llama-cpp'))), '..');
}

/** Version of the installed package node-llama-cpp. */
export async function nodeLlamaCppVersion(): Promise<string> {
  const text = await readFile(join(nodeLlamaCppHome(), 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** Prebuilt variants that are installed for this platform, the CPU first. */
export async function installedVariants(): Promise<Variant[]> {
  const scope = join(nodeLlamaCppHome(), '..', '@node-llama-cpp');
  const system = { darwin: 'mac', win32: 'win' }[process.platform as string] ?? process.platform;
  const machine = process.arch === 'arm' ? 'armv7l' : process.arch;
  const architecture = system === 'mac' && machine === 'arm64' ? 'arm64-metal' : machine;
  const prefix = `${system}-${architecture}`;
  const found: Variant[] = [];
  for (const name of existsSync(scope) ? await readdir(scope) : []) {
    if (name !== prefix && !name.startsWith(`${prefix}-`)) continue;
    const libraries = join(scope, name, 'bins', name);
    if (!existsSync(join(libraries, 'llama-addon.node'))) continue; // such as the -ext packages
    const names = libraryNames(await readdir(libraries));
    if (!names) continue;
    const backend = (['cuda', 'vulkan', 'metal'] as const).find((kind) => name.split('-').includes(kind)) ?? 'cpu';
    found.push({ backend, libraries, names });
  }
  return found.sort((a, b) => Number(b.backend === 'cpu') - Number(a.backend === 'cpu'));
}

/** Names differ by variant and version (`libllama.cuda.v0.4.0.so`): they are read, never spelled. */
function libraryNames(files: string[]): Variant['names'] | null {
  const pick = (stem: string) =>
    files.find((file) =>
      new RegExp(`^(lib)?${stem}(\\.(cuda|vulkan|metal))?(\\.v[\\d.]+)?\\.(so|dylib|dll)$`).test(file),
    );
  const llama = pick('llama');
  const ggml = pick('ggml');
  const base = pick('ggml-base');
  const common = pick('llama-common');
  return llama && ggml && base && common ? { llama, ggml, base, common } : null;
}
