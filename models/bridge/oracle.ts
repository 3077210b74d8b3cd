/**
 * llama.cpp's own multimodal program, built from the same mended sources and linked with the same libraries: the
 * oracle for positions, tokens, memory and sampling, and what our speed is compared with. Only tests and benchmarks
 * build it; Linux only.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { open, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { libraryParts, sourceIncludes } from './build.ts';
import { bridgeHome, installedVariants } from './place.ts';
import { findToolchain, run } from './toolchain.ts';

export interface OracleRun {
  model: string;
  mmproj: string;
  /** Path of a PNG. */
  image: string;
  prompt: string;
  tokens: number;
  /** Default 1. */
  threads?: number;
}

export interface OracleText {
  text: string;
  /** From where it begins to look at the picture to its end; loading is left out. */
  milliseconds: number;
}

/** Builds the program when it is missing. @returns a function that runs it greedily and gives its text. */
export async function buildOracle(): Promise<(run: OracleRun) => Promise<OracleText>> {
  const { source, library } = await libraryParts();
  const variant = (await installedVariants()).find(({ backend }) => backend === 'cpu')!;
  const program = join(bridgeHome(), 'llama-mtmd-cli');
  if (!existsSync(program)) {
    const toolchain = await findToolchain();
    const partial = `${program}.${process.pid}`;
    const { llama, ggml, base, common } = variant.names;
    // Its own main() may end before its logging thread has written the text: wait for that thread.
    const wrapper = `${program}.cpp`;
    await writeFile(
      wrapper,
      `#include <cstdio>
#include "log.h"
int oracle_main(int argc, char ** argv);
int main(int argc, char ** argv) {
    const int result = oracle_main(argc, argv);
    common_log_pause(common_log_main());
    fflush(stdout);
    return result;
}
`,
    );
    const object = `${program}.o`;
    const defines = ['-DGGML_SHARED', '-DGGML_BACKEND_SHARED', '-DLLAMA_SHARED'];
    const common17 = ['-O1', '-w', '-std=c++17', ...defines, ...sourceIncludes(source).map((folder) => `-I${folder}`)];
    await run(toolchain.command, [
      ...common17,
      ...['-Dmain=oracle_main', '-c', join(source, 'tools', 'mtmd', 'mtmd-cli.cpp'), '-o', object],
    ]);
    await run(toolchain.command, [
      ...common17,
      ...[wrapper, object, '-o', partial, library('cpu'), `-L${variant.libraries}`],
      ...[llama, ggml, base, common].map((name) => `-l:${name}`),
      ...['-lpthread', '-lm', `-Wl,-rpath,${variant.libraries}`, `-Wl,-rpath,${join(bridgeHome(), 'cpu')}`],
      `-Wl,-rpath-link,${variant.libraries}`,
    ]);
    await rename(partial, program);
  }
  const flags = await readFile('/proc/cpuinfo', 'utf8').catch(() => '');
  const engines = (await readdir(variant.libraries)).filter((name) => name.startsWith('libggml-cpu'));
  const engine = join(variant.libraries, pickEngine(engines, flags));
  return async ({ model, mmproj, image, prompt, tokens, threads = 1 }) => {
    // Into a file: the program's logging thread loses what a pipe does not take at once.
    const output = `${image}.txt`;
    const file = await open(output, 'w');
    let began = performance.now();
    try {
      await new Promise<void>((resolve, reject) => {
        const child = spawn(
          program,
          [
            ...['-m', model, '--mmproj', mmproj, '--image', image, '-p', prompt, '--jinja'],
            ...['--temp', '0', '-n', String(tokens), '-t', String(threads), '-c', '2048', '--no-warmup', '-ngl', '0'],
          ],
          {
            stdio: ['ignore', file.fd, 'pipe'],
            env: { ...process.env, GGML_BACKEND_PATH: engine, LD_LIBRARY_PATH: variant.libraries },
          },
        );
        child.stderr?.on('data', (piece: Buffer) => {
          if (piece.includes('encoding mtmd batch')) began = performance.now();
        });
        child.once('error', reject);
        child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`llama-mtmd-cli failed (${code}).`))));
      });
    } finally {
      await file.close();
    }
    const milliseconds = performance.now() - began;
    return { text: new TextDecoder().decode(await readFile(output)), milliseconds };
  };
}

/** The best of the prebuilt processor engines, as ggml itself would choose: by what the processor can do. */
export function pickEngine(names: readonly string[], flags: string): string {
  const can = (...wanted: string[]) => wanted.every((flag) => new RegExp(`\\b${flag}\\b`).test(flags));
  const order: [string, boolean][] = [
    ['sapphirerapids', can('amx_int8', 'avx512_bf16')],
    ['zen4', can('avx512_bf16', 'avx512_vnni')],
    ['icelake', can('avx512_vnni', 'avx512_vbmi')],
    ['cascadelake', can('avx512_vnni')],
    ['skylakex', can('avx512f', 'avx512bw')],
    ['haswell', can('avx2', 'fma')],
    ['x64', true],
  ];
  for (const [name, fits] of order) {
    const found = names.find((file) => file.includes(`-${name}.`));
    if (fits && found) return found;
  }
  return names[0]!;
}
