/**
 * llama.cpp's own HTTP server, built from the same bundle and mended sources as the bridge: a real engine for the long
 * tests. Linux only; about a minute on two cores, once.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { libraryParts, sourceIncludes } from '../../models/bridge/build.ts';
import { readBundle } from '../../models/bridge/bundle.ts';
import { pickEngine } from '../../models/bridge/oracle.ts';
import { bridgeHome, installedVariants, nodeLlamaCppHome } from '../../models/bridge/place.ts';
import { findToolchain, run } from '../../models/bridge/toolchain.ts';
import type { ModelPair } from '../../models/tiny/make.ts';

/** The page that the server would show; ours has none. */
const NO_PAGE = `#pragma once
#include <array>
#include <cstddef>
#include <string>
struct llama_ui_asset { std::string name; const unsigned char * data; size_t size; std::string etag; std::string type; };
static inline const llama_ui_asset * llama_ui_find_asset(const std::string &) { return nullptr; }
static inline bool llama_ui_use_gzip() { return false; }
static inline std::array<llama_ui_asset, 0> llama_ui_get_assets() { return {}; }
`;

/** Builds the server when it is missing. @returns path of the program. */
async function buildServer(): Promise<string> {
  const { source, library } = await libraryParts();
  const home = join(bridgeHome(), 'server');
  const program = join(home, 'llama-server');
  if (existsSync(program)) return program;
  const { files } = await readBundle(join(nodeLlamaCppHome(), 'llama', 'gitRelease.bundle'), (path) =>
    /^(tools\/server\/[^/]+\.(cpp|h)|vendor\/cpp-httplib\/.*)$/.test(path),
  );
  for (const [path, content] of files) {
    await mkdir(dirname(join(home, path)), { recursive: true });
    await writeFile(join(home, path), content);
  }
  await writeFile(join(home, 'tools', 'server', 'ui.h'), NO_PAGE);
  const toolchain = await findToolchain();
  const includes = [join(home, 'tools', 'server'), join(home, 'vendor'), ...sourceIncludes(source)];
  const flags = ['-O1', '-w', '-std=c++17', '-DGGML_SHARED', '-DGGML_BACKEND_SHARED', '-DLLAMA_SHARED'];
  const cpp = async (folder: string) =>
    (await readdir(join(home, folder))).filter((name) => name.endsWith('.cpp')).map((name) => join(home, folder, name));
  const sources = [...(await cpp('tools/server')), join(home, 'vendor', 'cpp-httplib', 'httplib.cpp')];
  const sized = await Promise.all(sources.map(async (path) => ({ path, size: (await stat(path)).size })));
  const waiting = sized.sort((a, b) => b.size - a.size).map(({ path }) => path);
  const objects = waiting.map((path) => `${path}.o`);
  await Promise.all(
    Array.from({ length: availableParallelism() }, async () => {
      for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
        if (existsSync(`${path}.o`)) continue;
        const partial = `${path}.${process.pid}.o`;
        const includeFlags = includes.map((folder) => `-I${folder}`);
        await run(toolchain.command, [...flags, ...includeFlags, '-c', path, '-o', partial]);
        await rename(partial, `${path}.o`);
      }
    }),
  );
  const variant = (await installedVariants()).find(({ backend }) => backend === 'cpu')!;
  const { llama, ggml, base, common } = variant.names;
  const partial = `${program}.${process.pid}`;
  await run(toolchain.command, [
    ...objects,
    ...['-o', partial, library('cpu'), `-L${variant.libraries}`],
    ...[llama, ggml, base, common].map((name) => `-l:${name}`),
    ...['-lssl', '-lcrypto', '-lpthread', '-lm', `-Wl,-rpath,${variant.libraries}`],
    ...[`-Wl,-rpath,${join(bridgeHome(), 'cpu')}`, `-Wl,-rpath-link,${variant.libraries}`],
  ]);
  await rename(partial, program);
  return program;
}

export interface RunningServer {
  address: string;
  /** Ends it at once, as a crash does. */
  kill(): Promise<void>;
}

/**
 * @returns a function that starts the server on a free port of this machine and waits until it answers. `plainText`: it
 * takes the words of a model of random weights as they come.
 */
export async function llamaServer(): Promise<
  (pair: ModelPair, slots?: number, plainText?: boolean) => Promise<RunningServer>
> {
  const program = await buildServer();
  const variant = (await installedVariants()).find(({ backend }) => backend === 'cpu')!;
  const engines = (await readdir(variant.libraries)).filter((name) => name.startsWith('libggml-cpu'));
  const flags = await readFile('/proc/cpuinfo', 'utf8').catch(() => '');
  const environment = {
    ...process.env,
    GGML_BACKEND_PATH: join(variant.libraries, pickEngine(engines, flags)),
    LD_LIBRARY_PATH: variant.libraries,
  };
  return async ({ model, mmproj }, slots = 1, plainText = false) => {
    const port = await freePort();
    const child: ChildProcess = spawn(
      program,
      [
        ...['-m', model, '--mmproj', mmproj, '--host', '127.0.0.1', '--port', String(port), '--no-warmup'],
        ...['-t', '1', '-ngl', '0', '-c', String(2048 * slots), '-np', String(slots), '--jinja'],
        ...(plainText ? ['--skip-chat-parsing'] : []),
      ],
      { env: environment, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    let said = '';
    child.stderr?.on('data', (piece: Buffer) => {
      said = (said + piece.toString('utf8')).slice(-4000);
    });
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    const address = `http://127.0.0.1:${port}`;
    for (let tries = 0; ; tries += 1) {
      const answer = await fetch(`${address}/health`).catch(() => null);
      if (answer?.ok) break;
      if (child.exitCode !== null || tries > 600) throw new Error(`llama-server did not start: ${said}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return {
      address,
      async kill() {
        child.kill('SIGKILL');
        await gone;
      },
    };
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
