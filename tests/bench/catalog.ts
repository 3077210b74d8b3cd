/** What views of a hundred thousand photos cost: the median of several runs, in the core itself. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PhotoColumns } from '../../electron/core/catalog/columns.ts';
import { distributionOf, facetsOf } from '../../electron/core/catalog/facets.ts';
import { openCatalog } from '../../electron/core/catalog/open.ts';
import { orderOf } from '../../electron/core/catalog/order.ts';
import { photoRows } from '../../electron/core/catalog/photos.ts';
import { setMarks } from '../../electron/core/history/marks.ts';
import { ALL_PHOTOS, type Filter, type Query } from '../../shared/query.ts';
import { GROUP_KEYS, SORT_KEYS } from '../../shared/sorts.ts';
import { fillCatalog } from '../core/synthetic.ts';
import type { BenchContext, Benchmark, Measurement } from './bench.ts';

const PHOTOS = 100_000;
const RUNS = 7;
const ORDER_TARGET = { most: 100 };

function median(work: () => void): number {
  const times = Array.from({ length: RUNS }, () => {
    const began = performance.now();
    work();
    return performance.now() - began;
  }).sort((a, b) => a - b);
  return times[RUNS >> 1]!;
}

const FILTERS: Readonly<Record<string, Filter>> = {
  'grade and flags': { grade: { min: 60 }, flags: ['pick', 'none'] },
  'camera, ISO and stars': { cameras: ['Canon EOS 6D', 'NIKON D750'], iso: { max: 800 }, stars: { min: 1 } },
  'date and reasons': { date: { from: '2011-01-01', to: '2012-12-31' }, reasons: ['soft-focus', 'noise'] },
  'a word': { text: 'sunset' },
  'the first letter of a word': { text: 's' },
  'two words': { text: 'img harb' },
};

async function run({ signal, say }: BenchContext): Promise<Measurement[]> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'keeplight-bench-'));
  try {
    say(`making ${PHOTOS} photos`);
    let catalog = openCatalog({ dataDirectory });
    fillCatalog(catalog, { photos: PHOTOS });
    catalog.close();
    signal.throwIfAborted();
    let began = performance.now();
    catalog = openCatalog({ dataDirectory });
    const opening = performance.now() - began;
    began = performance.now();
    const columns = new PhotoColumns(catalog);
    const loading = performance.now() - began;
    const measured: Measurement[] = [
      { label: 'Open the catalog', value: opening, unit: 'ms' },
      { label: 'Read the columns', value: loading, unit: 'ms' },
    ];
    const order = (view: Partial<Query>) => median(() => orderOf(catalog, columns, { ...ALL_PHOTOS, ...view }));
    for (const key of SORT_KEYS) {
      for (const direction of ['asc', 'desc'] as const) {
        const value = order({ sort: { key, order: direction } });
        measured.push({ label: `photos.order by ${key} ${direction}`, value, unit: 'ms', target: ORDER_TARGET });
      }
    }
    for (const group of GROUP_KEYS) {
      if (group === 'none') continue;
      measured.push({
        label: `photos.order under ${group}s`,
        value: order({ group, stacks: 'collapsed' }),
        unit: 'ms',
        target: ORDER_TARGET,
      });
    }
    for (const [label, filter] of Object.entries(FILTERS)) {
      measured.push({
        label: `photos.order with ${label}`,
        value: order({ filter }),
        unit: 'ms',
        target: ORDER_TARGET,
      });
      const facets = median(() => facetsOf(catalog, columns, { ...ALL_PHOTOS, filter }));
      measured.push({ label: `photos.facets with ${label}`, value: facets, unit: 'ms', target: { most: 150 } });
    }
    const ids = Array.from({ length: 200 }, (_, index) => 1 + index * 7);
    measured.push({ label: 'photos.rows, 200', value: median(() => photoRows(catalog, ids)), unit: 'ms' });
    measured.push({
      label: 'photos.distribution',
      value: median(() => distributionOf(catalog, columns, ALL_PHOTOS)),
      unit: 'ms',
    });
    let stars = 0;
    const mark = median(() => {
      stars = (stars + 1) % 6;
      columns.refresh(setMarks(catalog, [PHOTOS / 2], { stars }));
    });
    measured.push({ label: 'Mark one photo, on the disk', value: mark, unit: 'ms' });
    measured.push({
      label: 'Memory of the process',
      value: process.memoryUsage.rss() / 2 ** 20,
      unit: 'MB',
      target: { most: 400 },
    });
    catalog.close();
    return measured;
  } finally {
    rmSync(dataDirectory, { recursive: true, force: true });
  }
}

const benchmark: Benchmark = {
  name: 'Catalog',
  about: `What views of ${PHOTOS} photos cost in the core: medians of ${RUNS} runs.`,
  run,
};
export default benchmark;
