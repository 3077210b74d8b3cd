/** What views of a hundred thousand photos cost, or of as many as are asked for: the median of several runs, in the core itself. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { catalogPath } from '../../electron/core/base/data-places.ts';
import { PhotoColumns } from '../../electron/core/catalog/columns.ts';
import { distributionOf, facetsOf } from '../../electron/core/catalog/facets.ts';
import { headOf } from '../../electron/core/catalog/head.ts';
import { type Catalog, openCatalog } from '../../electron/core/catalog/open.ts';
import { orderOf, prepareOrders } from '../../electron/core/catalog/order.ts';
import { photoRows } from '../../electron/core/catalog/photos.ts';
import { setMarks } from '../../electron/core/history/marks.ts';
import { ALL_PHOTOS, type Filter, type Query } from '../../shared/query.ts';
import { GROUP_KEYS, SORT_KEYS } from '../../shared/sorts.ts';
import { fillCatalog } from '../core/synthetic.ts';
import type { BenchContext, Benchmark, Measurement } from './bench.ts';

const PHOTOS = 100_000;
const RUNS = 7;

function timeOf(work: () => void): number {
  const began = performance.now();
  work();
  return performance.now() - began;
}

function median(work: () => void, runs = RUNS): number {
  const times = Array.from({ length: runs }, () => timeOf(work)).sort((a, b) => a - b);
  return times[runs >> 1]!;
}

const FILTERS: Readonly<Record<string, Filter>> = {
  'grade and flags': { grade: { min: 60 }, flags: ['pick', 'none'] },
  'camera, ISO and stars': { cameras: ['Canon EOS 6D', 'NIKON D750'], iso: { max: 800 }, stars: { min: 1 } },
  'date and reasons': { date: { from: '2011-01-01', to: '2012-12-31' }, reasons: ['soft-focus', 'noise'] },
  'a word': { text: 'sunset' },
  'the first letter of a word': { text: 's' },
  'two words': { text: 'img harb' },
};

/** The catalog with its photos in this data folder, made by a process of its own, so that ours holds none of it. */
function make(dataDirectory: string, photos: number): void {
  if (existsSync(catalogPath(dataDirectory))) return;
  const made = spawnSync(process.execPath, [fileURLToPath(import.meta.url), dataDirectory, String(photos)], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (made.status !== 0) throw new Error(`The catalog of ${photos} photos could not be made.`);
}

if (import.meta.main) {
  const [, , dataDirectory = '', photos] = process.argv;
  const catalog = openCatalog({ dataDirectory });
  catalog.pragma('synchronous = OFF');
  fillCatalog(catalog, { photos: Number(photos) });
  catalog.close();
}

/** Milliseconds of the first ask of every order one after the other, of columns that keep nothing of earlier ones. */
function firstOrders(catalog: Catalog): number {
  const columns = new PhotoColumns(catalog);
  columns.read();
  columns.textRanks('name_key');
  let total = 0;
  for (const key of SORT_KEYS) {
    for (const order of ['asc', 'desc'] as const)
      total += timeOf(() => orderOf(catalog, columns, { ...ALL_PHOTOS, sort: { key, order } }));
  }
  return total;
}

/** All orders of a hundredth of the photos, and of them how much more than n log n the whole takes. */
function growth(photos: number, whole: number): Measurement[] {
  const few = Math.round(photos / 100);
  const dataDirectory = mkdtempSync(join(tmpdir(), 'keeplight-bench-'));
  try {
    make(dataDirectory, few);
    const catalog = openCatalog({ dataDirectory });
    const part = Math.min(...Array.from({ length: RUNS }, () => firstOrders(catalog)));
    catalog.close();
    const expected = (photos * Math.log(photos)) / (few * Math.log(few));
    return [
      { label: `All first orders of ${few.toLocaleString('en')} photos, the fastest time`, value: part, unit: 'ms' },
      {
        label: 'All first orders: growth ÷ that of n log n',
        value: whole / part / expected,
        unit: '×',
        target: { most: 1 },
      },
    ];
  } finally {
    rmSync(dataDirectory, { recursive: true, force: true });
  }
}

const photosOf = ({ photos = PHOTOS }: BenchContext): number => photos;
/** What is promised up to a hundred thousand photos, and up to a million. */
const targetsOf = (photos: number) =>
  photos <= PHOTOS
    ? { order: 100, headers: 100, facets: 150, mark: 2, memory: 400 }
    : { order: 150, headers: 200, facets: 150, mark: 2, memory: 800 };

async function run(context: BenchContext): Promise<Measurement[]> {
  const { signal, say } = context;
  const photos = photosOf(context);
  const targets = targetsOf(photos);
  const dataDirectory = context.library ?? mkdtempSync(join(tmpdir(), 'keeplight-bench-'));
  try {
    say(`making ${photos} photos`);
    make(dataDirectory, photos);
    signal.throwIfAborted();
    let began = performance.now();
    const catalog = openCatalog({ dataDirectory });
    const opening = performance.now() - began;
    const heads = (['grade', 'date'] as const).map((key) =>
      median(() => headOf(catalog, { ...ALL_PHOTOS, sort: { key, order: 'desc' } }), 3),
    );
    began = performance.now();
    const columns = new PhotoColumns(catalog);
    const present = performance.now() - began;
    const loading = timeOf(() => columns.read());
    const naming = timeOf(() => columns.textRanks('name_key'));
    // As the core does while it loads, a part at a time.
    await prepareOrders(columns);
    const measured: Measurement[] = [
      { label: 'Open the catalog', value: opening, unit: 'ms' },
      { label: 'photos.head by grade', value: heads[0]!, unit: 'ms', target: { most: 1000 } },
      { label: 'photos.head by date, newest first', value: heads[1]!, unit: 'ms', target: { most: 1000 } },
      { label: 'Read which photos there are', value: present, unit: 'ms' },
      { label: 'Read all columns at once (the app: in turns)', value: loading, unit: 'ms' },
      { label: 'Read the order of names (the app: in turns)', value: naming, unit: 'ms' },
    ];
    for (const key of SORT_KEYS) {
      for (const direction of ['asc', 'desc'] as const) {
        measured.push({
          label: `First photos.order by ${key} ${direction}`,
          value: timeOf(() => orderOf(catalog, columns, { ...ALL_PHOTOS, sort: { key, order: direction } })),
          unit: 'ms',
          target: { most: targets.order },
        });
      }
    }
    const order = (view: Partial<Query>) => median(() => orderOf(catalog, columns, { ...ALL_PHOTOS, ...view }));
    for (const key of SORT_KEYS) {
      for (const direction of ['asc', 'desc'] as const) {
        const value = order({ sort: { key, order: direction } });
        measured.push({
          label: `photos.order by ${key} ${direction}`,
          value,
          unit: 'ms',
          target: { most: targets.order },
        });
      }
    }
    for (const group of GROUP_KEYS) {
      if (group === 'none') continue;
      measured.push({
        label: `photos.order under ${group}s`,
        value: order({ group, stacks: 'collapsed' }),
        unit: 'ms',
        target: { most: targets.headers },
      });
    }
    for (const [label, filter] of Object.entries(FILTERS)) {
      measured.push({
        label: `photos.order with ${label}`,
        value: order({ filter }),
        unit: 'ms',
        target: { most: targets.order },
      });
      const facets = median(() => facetsOf(catalog, columns, { ...ALL_PHOTOS, filter }));
      measured.push({
        label: `photos.facets with ${label}`,
        value: facets,
        unit: 'ms',
        target: { most: targets.facets },
      });
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
      columns.refresh(setMarks(catalog, [photos / 2], { stars }), ['stars']);
    });
    measured.push({ label: 'Mark one photo, on the disk', value: mark, unit: 'ms', target: { most: targets.mark } });
    measured.push({
      label: 'Memory of the process',
      value: process.memoryUsage.rss() / 2 ** 20,
      unit: 'MB',
      target: { most: targets.memory },
    });
    const whole = photos > PHOTOS ? Math.min(...Array.from({ length: 3 }, () => firstOrders(catalog))) : null;
    catalog.close();
    if (whole !== null) measured.push(...growth(photos, whole));
    return measured;
  } finally {
    if (context.library === undefined) rmSync(dataDirectory, { recursive: true, force: true });
  }
}

const benchmark: Benchmark = {
  name: 'Catalog',
  about: (context) =>
    `What views of ${photosOf(context).toLocaleString('en')} photos cost in the core: medians of ${RUNS} runs, so of orders that are kept from the first.`,
  run,
};
export default benchmark;
