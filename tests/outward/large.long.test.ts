/** A hundred thousand photos: what takes seconds says how far it is, and nobody else waits for it. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeCatalog, openCatalog } from '../../electron/core/catalog/open.ts';
import { type Core, openCore } from '../../electron/core/core.ts';
import { fillCatalog } from '../core/synthetic.ts';

const PHOTOS = 100_000;
/** Milliseconds: nobody who marks meanwhile takes it for standing still. */
const LONGEST_STALL = 300;
let directory: string;
let core: Core;
let ids: number[];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'keeplight-large-'));
  const data = join(directory, 'data');
  mkdirSync(data);
  const catalog = openCatalog({ dataDirectory: data });
  fillCatalog(catalog, { photos: PHOTOS });
  closeCatalog(catalog, data);
  core = await openCore({ dataDirectory: data, shell: 'browser', log: () => {}, background: false });
  ids = core.listIds({ sort: 'name' });
}, 600_000);
afterAll(async () => {
  await core?.close();
  rmSync(directory, { recursive: true, force: true });
});

/** @returns the result, how long it took, and the longest time in which nothing else had its turn; milliseconds. */
async function watched<T>(name: string, work: () => Promise<T>): Promise<T> {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const begun = performance.now();
  const result = await work();
  const took = performance.now() - begun;
  delay.disable();
  const stall = delay.max / 1e6;
  console.log(`${name}: ${Math.round(took)} ms, longest stall ${Math.round(stall)} ms`);
  expect(stall, name).toBeLessThan(LONGEST_STALL);
  return result;
}

test('the report of all of them is counted in pieces', async () => {
  const told: number[] = [];
  const report = await watched('report', () =>
    core.reports.read({ ids, title: 'All', version: 'full' }, { onRead: (read) => told.push(read) }),
  );
  expect(report.levels.reduce((sum, { count }) => sum + count, 0)).toBeGreaterThan(PHOTOS / 2);
  expect(told.length).toBeGreaterThan(100);
  const gone = AbortSignal.timeout(100);
  await expect(core.reports.read({ ids, title: 'All', version: 'full' }, { signal: gone })).rejects.toThrow(/abort/i);
});

test.each(['csv', 'html'])('a list of all of them (%s) is a job with progress that can be stopped', async (ending) => {
  const path = join(directory, `all.${ending}`);
  const lines: string[] = [];
  await watched(`list as ${ending}`, () =>
    core.finishJob(core.reports.startList({ ids, title: 'All' }, { path, replaces: false }), {
      onProgress: ({ text }) => lines.push(text),
    }),
  );
  expect(statSync(path).size).toBeGreaterThan(10_000_000);
  expect(lines.some((line) => /\([\d,]+ of 100,000 photos\)/.test(line))).toBe(true);
  const stopped = join(directory, `stopped.${ending}`);
  const job = core.reports.startList({ ids, title: 'All' }, { path: stopped, replaces: false });
  await expect(core.finishJob(job, { signal: AbortSignal.timeout(300) })).rejects.toThrow(/abort/i);
  expect(existsSync(stopped)).toBe(false);
});

test('a round is chosen while others have their turn', async () => {
  const round = await watched('round', () => core.feedback.round(true));
  expect(round?.photos).toHaveLength(10);
});
