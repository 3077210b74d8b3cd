/** What a newer measured critic costs: a library is judged again from its stored facts, and no photo is decoded. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { judgeAgain } from '../../electron/core/analysis/upkeep.ts';
import { Changes } from '../../electron/core/base/events.ts';
import { PhotoColumns } from '../../electron/core/catalog/columns.ts';
import { storeFacts } from '../../electron/core/catalog/facts.ts';
import { countUnjudged } from '../../electron/core/catalog/judgements.ts';
import { openCatalog } from '../../electron/core/catalog/open.ts';
import { MEASURED_CRITIC } from '../../models/measured/critic.ts';
import { seededRandom } from '../../shared/random.ts';
import { fillCatalog } from '../core/synthetic.ts';
import { syntheticFacts } from '../measure/synthetic-facts.ts';
import type { BenchContext, Benchmark, Measurement } from './bench.ts';

const PHOTOS = 100_000;

async function run({ signal, say }: BenchContext): Promise<Measurement[]> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'keeplight-bench-'));
  const catalog = openCatalog({ dataDirectory });
  try {
    say(`making ${PHOTOS} photos`);
    const random = seededRandom(3);
    const ids = fillCatalog(catalog, { photos: PHOTOS });
    catalog.transaction(() => {
      for (const id of ids) storeFacts(catalog, id, syntheticFacts(random));
    })();
    const waiting = countUnjudged(catalog);
    const changes = new Changes(new PhotoColumns(catalog));
    say(`judging ${waiting} of them a first time`);
    await judgeAgain(catalog, changes, () => null, signal);
    // Another version by name: weights changed, so that all is judged, counted and written again.
    catalog
      .prepare("UPDATE critique SET model_hash = 'older' WHERE critic = 'measured' AND model_hash = ?")
      .run(MEASURED_CRITIC.modelHash);
    say('judging them again');
    let longest = 0;
    let last = performance.now();
    const began = last;
    const usedBefore = process.cpuUsage();
    const judged = await judgeAgain(
      catalog,
      changes,
      () => null,
      signal,
      () => {
        const now = performance.now();
        longest = Math.max(longest, now - last);
        last = now;
      },
    );
    const seconds = (performance.now() - began) / 1000;
    const { user, system } = process.cpuUsage(usedBefore);
    const left = countUnjudged(catalog);
    if (left > 0 || judged !== waiting) throw new Error(`${left} photos were not judged.`);
    return [
      { label: `Judge ${judged} photos again`, value: seconds, unit: 's', target: { most: (20 * judged) / PHOTOS } },
      { label: 'Processor time of it, all threads', value: (user + system) / 1e6, unit: 's' },
      { label: 'The same, a photo', value: (1000 * seconds) / judged, unit: 'ms' },
      { label: 'Longest time that the core is busy with it at once', value: longest, unit: 'ms' },
    ];
  } finally {
    catalog.close();
    rmSync(dataDirectory, { recursive: true, force: true });
  }
}

const benchmark: Benchmark = {
  name: 'Judging again',
  about: `${PHOTOS} photos of a catalog whose originals do not exist are judged by another version of the measured critic.`,
  run,
};
export default benchmark;
