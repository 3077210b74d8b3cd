/**
 * LiteRT (TensorFlow Lite with XNNPACK, as WebAssembly) in Node. Made for browsers: it asks a page's globals for the
 * script that brings its WebAssembly, so they are there while it loads, and gone afterwards. One a process.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { compileFunction } from 'node:vm';

const require = createRequire(import.meta.url);
const SCRIPT = '@litertjs/core/wasm/litert_wasm_internal.js';

type LiteRt = typeof import('@litertjs/core');

export type Graph = {
  /**
   * One evaluation. @param inputs values of each input, in the graph's order.
   * @returns values of each output, in the graph's order, copied
   */
  run(...inputs: readonly Float32Array[]): Promise<Float32Array[]>;
};

let loading: Promise<LiteRt> | null = null;

/** @throws Error when the graph has an operator that LiteRT lacks. */
export async function openGraph(bytes: Uint8Array): Promise<Graph> {
  loading ??= loadRuntime();
  const { loadAndCompile, Tensor } = await loading;
  const model = await loadAndCompile(bytes, { accelerator: 'wasm' });
  const shapes = model.getInputDetails().map(({ shape }) => Array.from(shape));
  return {
    async run(...inputs) {
      const given = inputs.map((values, index) => new Tensor(values, shapes[index]!));
      const made = await model.run(given);
      const values = made.map((tensor) => tensor.toTypedArray() as Float32Array);
      for (const tensor of [...given, ...made]) tensor.delete();
      return values;
    },
  };
}

/** Globals of a page that LiteRT's loader reads. */
type PageGlobals = { self?: unknown; importScripts?: unknown; ModuleFactory?: unknown; Module?: unknown };

async function loadRuntime(): Promise<LiteRt> {
  const page = globalThis as PageGlobals;
  const before = { self: page.self, importScripts: page.importScripts };
  // It looks for a graphics card first and tells at length that Node has none.
  const { warn } = console;
  console.warn = () => {};
  page.self = globalThis;
  page.Module = { print: () => {}, printErr: () => {} };
  page.importScripts = (path: string) => {
    page.ModuleFactory = moduleOf(path);
  };
  try {
    const liteRt = await import('@litertjs/core');
    await liteRt.loadLiteRt(require.resolve(SCRIPT));
    return liteRt;
  } finally {
    console.warn = warn;
    Object.assign(page, before);
  }
}

/** What a CommonJS script exports, whatever its package says of its kind. */
function moduleOf(path: string): unknown {
  const names = ['require', 'module', 'exports', '__filename', '__dirname'];
  const exports = {};
  const module = { exports };
  compileFunction(readFileSync(path, 'utf8'), names, { filename: path })(
    createRequire(path),
    module,
    exports,
    path,
    dirname(path),
  );
  return module.exports;
}
