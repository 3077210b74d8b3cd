/** How long it takes to find the moments of a shoot anew, once its photos were looked at. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Changes } from '../../electron/core/base/events.ts';
import { PhotoColumns } from '../../electron/core/catalog/columns.ts';
import { openCatalog } from '../../electron/core/catalog/open.ts';
import { previewMoments, regroupMoments } from '../../electron/core/culling/moments.ts';
import { fillShoot } from '../cull/made-catalog.ts';
import type { BenchContext, Benchmark, Measurement } from './bench.ts';

const SIZES = [
  { photos: 5_000, most: 150 },
  { photos: 50_000, most: 2_000 },
] as const;
const USUAL = 0.6;
const RUNS = 5;

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

async function run({ signal, say }: BenchContext): Promise<Measurement[]> {
  const measured: Measurement[] = [];
  for (const { photos, most } of SIZES) {
    const dataDirectory = mkdtempSync(join(tmpdir(), 'keeplight-bench-'));
    try {
      say(`making ${photos} frames`);
      const catalog = openCatalog({ dataDirectory });
      fillShoot(catalog, photos);
      const changes = new Changes(new PhotoColumns(catalog));
      const frames = `${photos.toLocaleString('en')} frames`;
      const first = await milliseconds(() => regroupMoments(catalog, changes, USUAL, signal));
      const times: number[] = [];
      for (let index = 0; index < RUNS; index++) {
        times.push(await milliseconds(() => previewMoments(catalog, USUAL, signal)));
      }
      const median = times.sort((a, b) => a - b)[RUNS >> 1]!;
      measured.push(
        { label: `Moments of ${frames}, found and written for the first time`, value: first, unit: 'ms' },
        { label: `Moments of ${frames}, read and found`, value: median, unit: 'ms', target: { most } },
      );
      catalog.close();
    } finally {
      rmSync(dataDirectory, { recursive: true, force: true });
    }
  }
  return measured;
}

const benchmark: Benchmark = {
  name: 'Moments',
  about:
    'What finding the moments of a made shoot costs in the core, frames, signatures and measures read from the disk.',
  run,
};
export default benchmark;
