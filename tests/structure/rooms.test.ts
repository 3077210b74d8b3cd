/** The house keeps its walls: rooms import one way, SQL stays in the catalog, nothing but originals/ writes beside photos. */
import { expect, test } from 'vitest';
import { circleIn, graphOf, sourcesOf } from './sources.ts';

const sources = sourcesOf('shared', 'models', 'electron', 'renderer');

/** Rooms of the core from the ground up: each may import those before it, never those after it. */
const CORE_ROOMS = [
  'base',
  'formats',
  'catalog',
  'history',
  'pixels',
  'files',
  'originals',
  'demo',
  'culling',
  'learning',
  'analysis',
  'engines',
  'critics',
  'report',
  'doctor',
  'api',
] as const;

const coreRoomOf = (path: string): string | null => /^electron\/core\/([^/]+)\//.exec(path)?.[1] ?? null;

/** A folder that holds code; the entries of the programs, which lie in electron/ itself, stand for themselves. */
const folderOf = (path: string): string =>
  /^electron\/[^/]+$/.test(path) ? path : path.slice(0, path.lastIndexOf('/'));

test('there is something to look at', () => {
  expect(sources.length).toBeGreaterThan(300);
  expect(sources.flatMap(({ imports }) => imports).length).toBeGreaterThan(1000);
});

test('every import names a file that is there', () => {
  const paths = new Set(sources.map(({ path }) => path));
  const missing = sources.flatMap(({ path, imports }) =>
    imports
      .filter((imported) => /\.tsx?$/.test(imported) && !paths.has(imported))
      .map((imported) => `${path}: ${imported}`),
  );
  expect(missing).toEqual([]);
});

test('rooms of the core import downwards only', () => {
  const graph = graphOf(sources, coreRoomOf);
  const rooms = new Set(sources.map(({ path }) => coreRoomOf(path)).filter((room) => room !== null));
  expect([...rooms].filter((room) => !CORE_ROOMS.some((known) => known === room))).toEqual([]);
  const upwards = [...graph].flatMap(([from, targets]) =>
    [...targets]
      .filter(([to]) => CORE_ROOMS.indexOf(to as never) > CORE_ROOMS.indexOf(from as never))
      .map(([, why]) => why),
  );
  expect(upwards).toEqual([]);
});

test('no room of the core imports core.ts, and no folder is in a circle of value or type imports', () => {
  const users = sources.filter(
    ({ path, imports }) => coreRoomOf(path) !== null && imports.includes('electron/core/core.ts'),
  );
  expect(users.map(({ path }) => path)).toEqual([]);
  expect(circleIn(graphOf(sources, folderOf))).toBeNull();
});

test('a circle is found where there is one', () => {
  const made = [
    { path: 'a/x.ts', text: '', imports: ['b/y.ts'] },
    { path: 'b/y.ts', text: '', imports: ['c/z.ts'] },
    { path: 'c/z.ts', text: '', imports: ['a/x.ts'] },
  ];
  expect(circleIn(graphOf(made, folderOf))).toEqual(['a', 'b', 'c', 'a']);
  expect(circleIn(graphOf(made.slice(0, 2), folderOf))).toBeNull();
});

test('every line of SQL is in the catalog', () => {
  const SQL =
    /\b(SELECT\s+[\w*(]|INSERT\s+(OR\s+\w+\s+)?INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s)|\.(prepare|pragma)\(/;
  const outside = sources.filter(
    ({ path, text }) => path.startsWith('electron/') && coreRoomOf(path) !== 'catalog' && SQL.test(text),
  );
  expect(outside.map(({ path }) => path)).toEqual([]);
  expect(sources.filter(({ path, text }) => coreRoomOf(path) === 'catalog' && SQL.test(text)).length).toBeGreaterThan(
    10,
  );
});

/** Who writes files, and that it is inside the data folder. Whoever is not here may only read. */
const WRITERS: Readonly<Record<string, string>> = {
  'electron/core/base/private-folder.ts': 'makes the data folder and its modes',
  'electron/core/catalog/lock.ts': 'the data folder, and owner.txt and lock.sqlite in it',
  'electron/core/catalog/backup.ts': 'backups/ of the data folder',
  'electron/core/catalog/mend.ts': 'catalog.sqlite of the data folder, set aside and replaced when a person says so',
  'electron/core/catalog/refusal.ts': 'catalog.damaged of the data folder',
  'electron/core/catalog/seal.ts': 'catalog.seal of the data folder',
  'electron/core/analysis/analyze.ts': 'previews/ of the data folder',
  'electron/core/analysis/upkeep.ts': 'previews/ of the data folder',
  'electron/core/engines/engine-keys.ts': 'engine-keys.json of the data folder',
  'electron/core/engines/install.ts': 'models/ of the data folder',
  'electron/core/engines/pinned-files.ts': 'models/ of the data folder',
  'electron/core/engines/probe.ts': 'a folder of its own among the temporary ones, gone when the machine is measured',
  'electron/core/engines/adapters.ts': 'models/ of the data folder',
  'electron/core/engines/shelf.ts': 'models/ of the data folder',
  'electron/core/report/file.ts': 'a folder of its own among the temporary ones, gone when a PDF is printed',
  'electron/core/demo/render.ts': 'demo-shoot/ of the data folder',
  'electron/core/demo/worker.ts': 'demo-shoot/ of the data folder',
};
const WRITES =
  /\b(writeFile|writeFileSync|appendFile|appendFileSync|rename|renameSync|rm|rmSync|unlink|unlinkSync|mkdir|mkdirSync|copyFile|copyFileSync|link|symlink|truncate|createWriteStream|utimes|chmod|chmodSync)\b[^;]*from 'node:fs|toFile\(/;

test('only originals/ may write outside the data folder', () => {
  const writers = sources.filter(
    ({ path, text }) =>
      (path.startsWith('electron/core/') &&
        coreRoomOf(path) !== 'originals' &&
        text.split('\n').some((line) => WRITES.test(line))) ||
      (path.startsWith('electron/core/') && coreRoomOf(path) !== 'originals' && WRITES.test(text)),
  );
  expect(writers.map(({ path }) => path).sort()).toEqual(Object.keys(WRITERS).sort());
});

test('every property test has a fixed seed: a failure is the same one tomorrow', () => {
  const properties = sourcesOf('tests').filter(({ text }) => text.includes('fc.assert('));
  expect(properties.length).toBeGreaterThan(20);
  const open = properties.filter(
    ({ text }) =>
      !/fc\.configureGlobal\(\{ seed: \d+/.test(text) &&
      text.split('fc.assert(').length > text.split(/\bseed\b/).length,
  );
  expect(open.map(({ path }) => path)).toEqual([]);
});
