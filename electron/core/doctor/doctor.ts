/** What of the machinery works on this machine, and how to mend what does not. Starts nothing that stays. */

import { execFile } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { bridgeIsBuilt } from '../../../models/bridge/build.ts';
import type { DeviceAnswer } from '../../../models/graphics-process.ts';
import { bytesText } from '../../../shared/bytes.ts';
import { messageOf } from '../../../shared/error-message.ts';
import { findNode } from '../base/find-node.ts';
import type { Finding } from '../base/records.ts';
import { type Catalog, checkCatalog } from '../catalog/open.ts';
import type { ModelShelf } from '../engines/shelf.ts';

const run = promisify(execFile);
const PATIENCE_MILLISECONDS = 20_000;

export async function examine(
  catalog: Catalog,
  shelf: ModelShelf,
  options: { dataDirectory: string; signal?: AbortSignal },
): Promise<Finding[]> {
  const [compiler, bridge, exiftool, gpu, models] = await Promise.all([
    findCompiler(options.signal),
    findBridge(),
    findExiftool(options.signal),
    findGpu(options.signal),
    findModels(shelf),
  ]);
  return [
    findNode(),
    findSharp(),
    findCatalog(catalog, options.dataDirectory),
    exiftool,
    compiler,
    bridge,
    gpu,
    models,
  ];
}

function findSharp(): Finding {
  const { vips, heif } = sharp.versions as { vips: string; heif?: string };
  return {
    name: 'Picture decoding',
    state: 'works',
    text: `libvips ${vips}${heif === undefined ? '' : `, libheif ${heif}`}`,
    remedy: null,
  };
}

function findCatalog(catalog: Catalog, dataDirectory: string): Finding {
  const { sound, sqlite } = checkCatalog(catalog);
  return {
    name: 'Catalog',
    state: sound ? 'works' : 'limited',
    text: `SQLite ${sqlite} in ${dataDirectory}`,
    remedy: sound
      ? null
      : 'The catalog is damaged: keeplight doctor --restore newest takes the newest good backup, --salvage what can be read.',
  };
}

async function findExiftool(signal: AbortSignal | undefined): Promise<Finding> {
  const name = 'ExifTool';
  try {
    const { exiftoolPath } = await import('exiftool-vendored');
    const { stdout } = await run(await exiftoolPath(), ['-ver'], { timeout: PATIENCE_MILLISECONDS, signal });
    return { name, state: 'works', text: stdout.trim(), remedy: null };
  } catch {
    return {
      name,
      state: 'limited',
      text: 'Cannot be run; metadata is read without it.',
      remedy:
        process.platform === 'win32' ? 'Install Keeplight again.' : 'Install Perl (Debian: apt-get install perl).',
    };
  }
}

async function findCompiler(signal: AbortSignal | undefined): Promise<Finding> {
  const name = 'Compiler';
  for (const program of process.platform === 'win32' ? ['clang++', 'cl'] : ['c++', 'g++', 'clang++']) {
    try {
      const { stdout, stderr } = await run(program, program === 'cl' ? [] : ['--version'], {
        timeout: PATIENCE_MILLISECONDS,
        signal,
      });
      return { name, state: 'works', text: (stdout || stderr).split('\n', 1)[0]!.trim(), remedy: null };
    } catch {
      // The next one.
    }
  }
  return {
    name,
    state: 'missing',
    text: 'No C++ compiler: models cannot see photos; the measured critic judges.',
    remedy:
      process.platform === 'darwin'
        ? 'xcode-select --install'
        : process.platform === 'win32'
          ? 'Install the Visual Studio Build Tools with "Desktop development with C++".'
          : 'Debian: apt-get install g++',
  };
}

async function findBridge(): Promise<Finding> {
  const built = await bridgeIsBuilt().catch(() => false);
  return {
    name: 'Bridge',
    state: built ? 'works' : 'missing',
    text: built ? 'Built: models can see photos.' : 'Not built: models cannot see photos; the measured critic judges.',
    remedy: built
      ? null
      : 'npm start builds it where a C++ compiler is installed; node models/bridge/build.ts says why not.',
  };
}

/** In a process of its own: a broken graphics driver ends that one. */
async function findGpu(signal: AbortSignal | undefined): Promise<Finding> {
  const name = 'GPU';
  const program = fileURLToPath(
    new URL(`../../../models/graphics-process${extname(import.meta.url)}`, import.meta.url),
  );
  try {
    const { stdout } = await run(process.execPath, [program], {
      timeout: PATIENCE_MILLISECONDS,
      signal,
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    });
    const { gpu, names, total } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as DeviceAnswer;
    if (gpu === false) {
      return { name, state: 'limited', text: 'None that could be used: models run on the CPU.', remedy: null };
    }
    return {
      name,
      state: 'works',
      text: `${names.join(', ') || gpu} through ${gpu}, ${bytesText(total)}`,
      remedy: null,
    };
  } catch (error) {
    signal?.throwIfAborted();
    const reason = messageOf(error).split('\n', 1)[0];
    return {
      name,
      state: 'limited',
      text: `Could not be asked for (${reason}); models run on the CPU.`,
      remedy: null,
    };
  }
}

async function findModels(shelf: ModelShelf): Promise<Finding> {
  const installed = (await shelf.list()).filter((model) => model.origin !== 'measured' && model.state === 'installed');
  return {
    name: 'Models',
    state: installed.length > 0 ? 'works' : 'limited',
    text: installed.length > 0 ? installed.map(({ title }) => title).join(', ') : 'None: the measured critic judges.',
    remedy: installed.length > 0 ? null : 'keeplight models add, or Models in the app.',
  };
}
