/**
 * The page's bundle, read once into memory: a request is looked up among known names, so no path from outside is ever
 * opened. Names under `assets/` carry a hash of their content and never change.
 */
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The bundle's folder: beside the emitted code in a package, in `dist` of a clone. */
export const PAGE_DIRECTORY = new URL(
  import.meta.url.endsWith('.ts') ? '../../dist/renderer/' : '../../renderer/',
  import.meta.url,
);

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
};

export interface PageFile {
  bytes: Buffer;
  type: string;
  /** True when the name changes with the content. */
  immutable: boolean;
}

/**
 * The Content-Security-Policy of the page: it speaks to the core alone. Engines on other computers are spoken to by the
 * core, so they have no place here. @param pictures, sockets sources beside the page's own origin.
 */
export function contentPolicy(pictures: readonly string[], sockets: readonly string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    ['img-src', "'self'", ...pictures, 'data:', 'blob:'].join(' '),
    ['connect-src', "'self'", ...pictures, ...sockets].join(' '),
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/**
 * @param directory of the bundle, a file URL.
 * @returns path as in an address (`/`, `/assets/index-1a2b.js`) → file.
 * @throws when there is no bundle.
 */
export async function readPage(directory: URL, signal?: AbortSignal): Promise<Map<string, PageFile>> {
  const root = fileURLToPath(directory);
  const files = new Map<string, PageFile>();
  let entries: Awaited<ReturnType<typeof readDirectory>>;
  try {
    entries = await readDirectory(root);
  } catch {
    throw new Error(`The page has not been bundled: ${root} is missing. \`npm start\` makes it.`);
  }
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const type = TYPES[extname(entry.name)];
    if (!type) continue;
    const address = `/${relative(root, path).split(sep).join('/')}`;
    files.set(address, { bytes: await readFile(path, { signal }), type, immutable: address.startsWith('/assets/') });
  }
  const index = files.get('/index.html');
  if (!index) throw new Error(`The page has not been bundled: ${root} has no index.html. \`npm start\` makes it.`);
  files.set('/', index);
  return files;
}

const readDirectory = (root: string) => readdir(root, { recursive: true, withFileTypes: true });
