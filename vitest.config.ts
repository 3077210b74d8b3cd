import { defaultExclude, defineConfig } from 'vitest/config';

/** Long tests (`npm run test:long`) run instead of the usual ones. */
const long = process.env.KEEPLIGHT_LONG === '1';

/** Folders whose tests keep both cores busy (a browser, the model): one file at a time, after the others. */
const HEAVY = ['e2e', 'engine', 'shell'];
const files = (folders: string) => (long ? `tests/${folders}/**/*.long.test.ts` : `tests/${folders}/**/*.test.ts`);
const exclude = long ? defaultExclude : [...defaultExclude, 'tests/**/*.long.test.ts'];
const heavy = HEAVY.map((folder) => files(folder));

export default defineConfig({
  test: {
    pool: 'forks',
    testTimeout: long ? 600_000 : 60_000,
    hookTimeout: long ? 600_000 : 120_000,
    teardownTimeout: 30_000,
    passWithNoTests: true,
    reporters: ['default', './build/test-totals.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'light',
          include: [files('*')],
          exclude: [...exclude, ...heavy],
          maxWorkers: long ? 1 : 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { name: 'heavy', include: heavy, exclude, maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
