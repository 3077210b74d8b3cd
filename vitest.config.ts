import { fileURLToPath } from 'node:url';
import { defaultExclude, defineConfig } from 'vitest/config';

/** Long tests (`npm run test:long`) run instead of the usual ones. */
const long = process.env.KEEPLIGHT_LONG === '1';

/** Folders whose tests keep both cores busy (a browser, the model): one file at a time, after the others. */
const HEAVY = ['e2e', 'engine', 'shell'];
/** Tests that start programs, render, or look at many photos; the others are `npm run test:unit`. */
const SLOW = [
  'boundary/*',
  'cli/*',
  'convert/*',
  'core/{columns,damage,faces,head,history,dates-and-bodies,edits,failures,index,kill,router,safety,upkeep}',
  'critic/{critics,install}',
  'cull/{arrange,real,truth}',
  'demo/*',
  'faces/*',
  'library/{decoders,develop,differential,exiftool,layouts,look-pool,photos,pixels}',
  'mutation/*',
  'originals/{darktable,embed,kill,round-trip,stories,stories-of-form}',
  'outward/*',
  'remote/{library,session}',
  'page/{head,stores,traffic}',
  'measure/{clothes,critic,measure,resolution,truth}',
];
const files = (places: string) => (long ? `tests/${places}.long.test.ts` : `tests/${places}.test.ts`);
const exclude = long ? defaultExclude : [...defaultExclude, 'tests/**/*.long.test.ts'];
const heavy = HEAVY.map((folder) => files(`${folder}/**/*`));
const slow = SLOW.map(files);

export default defineConfig({
  test: {
    pool: 'forks',
    // Hundreds of processes of ours are started from a few thousand modules: none is compiled twice.
    env: { NODE_COMPILE_CACHE: fileURLToPath(new URL('.cache/test-code', import.meta.url)) },
    testTimeout: long ? 600_000 : 60_000,
    hookTimeout: long ? 600_000 : 120_000,
    teardownTimeout: 30_000,
    passWithNoTests: true,
    reporters: ['default', './build/test-totals.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: [files('**/*')],
          exclude: [...exclude, ...heavy, ...slow],
          maxWorkers: long ? 1 : 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { name: 'slow', include: slow, exclude, maxWorkers: long ? 1 : 2, sequence: { groupOrder: 1 } },
      },
      {
        extends: true,
        test: { name: 'heavy', include: heavy, exclude, maxWorkers: 1, sequence: { groupOrder: 2 } },
      },
    ],
  },
});
