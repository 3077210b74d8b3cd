/**
 * The C++ compiler of this machine and its command lines. Linux is tested; macOS (clang) and Windows (MSVC) follow
 * their manuals and are UNTESTED.
 */
import { spawn } from 'node:child_process';
import { basename, join } from 'node:path';
import type { Variant } from './place.ts';

/** A compiler is missing. The message is a sentence for people. */
export class NoCompilerError extends Error {
  override name = 'NoCompilerError';
}

export interface Toolchain {
  command: string;
  /** First line of its version, part of the stamp that decides what is built again. */
  version: string;
  kind: 'gcc' | 'clang' | 'msvc';
}

/** @throws NoCompilerError when this machine has none. */
export async function findToolchain(signal?: AbortSignal): Promise<Toolchain> {
  const candidates = [process.env.CXX, ...(process.platform === 'win32' ? ['cl'] : ['c++', 'g++', 'clang++'])];
  for (const command of candidates) {
    if (!command) continue;
    try {
      const msvc = basename(command).replace(/\.exe$/i, '') === 'cl';
      const output = await run(command, msvc ? [] : ['--version'], { signal });
      const version = output.split('\n').find((line) => line.trim()) ?? command;
      return { command, version: version.trim(), kind: msvc ? 'msvc' : /clang/i.test(version) ? 'clang' : 'gcc' };
    } catch (error) {
      signal?.throwIfAborted();
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') continue;
    }
  }
  const how = {
    linux: 'install one with the system’s packages, such as "sudo apt install g++"',
    darwin: 'run "xcode-select --install"',
    win32: 'install the Visual Studio Build Tools with C++ and start from their "Native Tools" prompt',
  }[process.platform as string];
  throw new NoCompilerError(
    `AesExpert needs a C++ compiler once, to be built for this machine, and none was found: ${how ?? 'install one'}.`,
  );
}

/** Arguments that compile one source into one object. */
export function compileArguments(
  toolchain: Toolchain,
  job: { source: string; object: string; includes: readonly string[]; defines: readonly string[]; c: boolean },
): string[] {
  const { source, object, includes, defines, c } = job;
  if (toolchain.kind === 'msvc')
    return [
      ...['/nologo', '/O2', '/EHsc', '/MD', '/utf-8', '/w', c ? '/TC' : '/std:c++17'],
      ...includes.map((path) => `/I${path}`),
      ...defines.map((name) => `/D${name}`),
      ...['/c', source, `/Fo${object}`],
    ];
  return [
    ...['-O2', '-fPIC', '-w', ...(c ? ['-x', 'c'] : ['-x', 'c++', '-std=c++17'])],
    ...includes.map((path) => `-I${path}`),
    ...defines.map((name) => `-D${name}`),
    ...['-c', source, '-o', object],
  ];
}

/** Arguments that link llama.cpp's multimodal library. A symbol that is missing fails here, not at the user's. */
export function linkLibraryArguments(
  toolchain: Toolchain,
  variant: Variant,
  objects: readonly string[],
  output: string,
  importLibraries: readonly string[],
): string[] {
  if (toolchain.kind === 'msvc') return ['/nologo', '/LD', ...objects, ...importLibraries, `/Fe${output}`];
  const { llama, ggml, base } = variant.names;
  if (process.platform === 'darwin')
    return [
      ...['-dynamiclib', '-install_name', `@rpath/${basename(output)}`, '-o', output, ...objects],
      ...[llama, ggml, base].map((name) => join(variant.libraries, name)),
      `-Wl,-rpath,${variant.libraries}`,
    ];
  return [
    ...['-shared', '-Wl,-z,defs', '-Wl,-s', `-Wl,-soname,${basename(output)}`, '-o', output, ...objects],
    ...[`-L${variant.libraries}`, ...[llama, ggml, base].map((name) => `-l:${name}`), '-lpthread', '-lm'],
    ...[`-Wl,-rpath,${variant.libraries}`, `-Wl,-rpath-link,${variant.libraries}`],
  ];
}

/** Arguments that link the addon. Node-API's symbols come from the program that loads it. */
export function linkAddonArguments(
  toolchain: Toolchain,
  variant: Variant,
  objects: readonly string[],
  library: string,
  output: string,
  importLibraries: readonly string[],
): string[] {
  const { llama, ggml, base } = variant.names;
  if (toolchain.kind === 'msvc')
    return [
      ...['/nologo', '/LD', ...objects, ...importLibraries, 'delayimp.lib', `/Fe${output}`],
      ...['/link', '/DELAYLOAD:NODE.EXE'],
    ];
  if (process.platform === 'darwin')
    return [
      ...['-bundle', '-undefined', 'dynamic_lookup', '-o', output, ...objects, library],
      ...[llama, ggml, base].map((name) => join(variant.libraries, name)),
      ...['-Wl,-rpath,@loader_path', `-Wl,-rpath,${variant.libraries}`],
    ];
  return [
    ...['-shared', '-Wl,-s', '-o', output, ...objects, library, `-L${variant.libraries}`],
    ...[llama, ggml, base].map((name) => `-l:${name}`),
    ...[`-Wl,-rpath,$ORIGIN:${variant.libraries}`, `-Wl,-rpath-link,${variant.libraries}`],
  ];
}

/** Runs a program to its end. @returns what it printed. @throws Error with what it printed when it fails. */
export function run(
  command: string,
  parameters: readonly string[],
  options: { signal?: AbortSignal | undefined; cwd?: string } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, parameters, {
      stdio: ['ignore', 'pipe', 'pipe'],
      signal: options.signal,
      ...(options.cwd ? { cwd: options.cwd } : {}),
    });
    let output = '';
    const collect = (piece: Buffer) => {
      if (output.length < 100_000) output += piece.toString('utf8');
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', reject);
    child.once('close', (code, killed) => {
      if (code === 0) resolve(output);
      else reject(new Error(`${basename(command)} failed (${killed ?? code}).\n${output.slice(0, 6000)}`));
    });
  });
}
