/** A library of made pictures before a grader that counts as slow: what its fast lane and its queue make of it. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { IndexGate } from '../../electron/core/analysis/index-gate.ts';
import { countGrades } from '../../electron/core/catalog/critiques.ts';
import { knownModel, NO_ADAPTER, saveModel } from '../../electron/core/catalog/models.ts';
import { type Catalog, openCatalog, query } from '../../electron/core/catalog/open.ts';
import { type QueueContext, runQueue } from '../../electron/core/critics/queue.ts';
import { modelNamed } from '../../electron/core/engines/chosen-model.ts';
import { createEngineHost } from '../../electron/core/engines/host.ts';
import { languageModels } from '../../electron/core/engines/language-models.ts';
import type { Pixels } from '../../models/model-api.ts';
import { makeTinyModel } from '../../models/tiny/make.ts';
import type { CriticId } from '../../shared/critique.ts';
import { seededRandom } from '../../shared/random.ts';
import { settingsSchema } from '../../shared/settings.ts';
import { fillCatalog } from '../core/synthetic.ts';

/** Light from one side to the other in two colors, with waves: a few numbers make each picture. */
export function lightPicture(seed: number, edge = 56): Pixels {
  const random = seededRandom(seed);
  const [from, to] = [0, 1].map(() => [random() * 255, random() * 255, random() * 255] as const);
  const [across, down, waves] = [random() - 0.5, random() - 0.5, 60 * random()];
  const data = new Uint8Array(edge * edge * 3);
  for (let y = 0; y < edge; y++) {
    for (let x = 0; x < edge; x++) {
      const share = Math.max(0, Math.min(1, 0.5 + (across * (2 * x - edge) + down * (2 * y - edge)) / edge));
      const wave = waves * Math.sin((x + y) / 3);
      for (let color = 0; color < 3; color++)
        data[(y * edge + x) * 3 + color] = Math.max(
          0,
          Math.min(255, from![color]! * (1 - share) + to![color]! * share + wave),
        );
    }
  }
  return { width: edge, height: edge, data };
}

export async function openSlowGrader(options: { photos: number; seed: number }) {
  const directory = mkdtempSync(join(tmpdir(), 'keeplight-slow-'));
  const catalog: Catalog = openCatalog({ dataDirectory: directory });
  fillCatalog(catalog, { photos: options.photos, seed: options.seed, root: '/made', words: false });
  query(catalog, "UPDATE photo SET state = 'ready', error = NULL, content = 'made ' || id, grade_tier = NULL").run();
  query(catalog, "UPDATE file SET name = photo_id || '.jpg'").run();
  query(catalog, 'UPDATE critique SET content = (SELECT content FROM photo WHERE id = photo_id)').run();
  const pair = await makeTinyModel(join(directory, 'tiny'), { seed: options.seed });
  const known = {
    ...({ name: 'slow', title: 'Slow Grader', origin: 'local', family: null, verified: null, stamp: '' } as const),
    ...{ modelPath: pair.model, mmprojPath: pair.mmproj, bytes: 1, promptVersion: null, addedAt: 0, ...NO_ADAPTER },
    hash: createHash('sha256').update(`${options.seed}`).digest('hex'),
  };
  saveModel(catalog, known);
  const engines = createEngineHost({ log: () => {} });
  const settings = () => settingsSchema.parse({ performance: { gpu: 'off', modelThreads: 1 } });
  const engine = engines.pool(languageModels({ settings, cacheDirectory: join(directory, 'cache') }));
  const ids = query<number>(catalog, 'SELECT id FROM photo ORDER BY id').pluck().all();
  return {
    catalog,
    ids,
    identity: (): CriticId => modelNamed(catalog, 'slow')!.identity!,
    title: () => knownModel(catalog, 'slow')!.title,
    /**
     * Runs the queue until it is empty or so many are graded. @returns what happened, in order
     * @param isSlow whether the grader counts as slow @param broken its file cannot be read
     */
    async run(how: { isSlow: boolean; until?: number; visible?: readonly number[]; broken?: number }) {
      const events: { kind: 'graded' | 'estimated'; photo: number }[] = [];
      const told: string[] = [];
      const stop = new AbortController();
      let graded = 0;
      const room: QueueContext = {
        catalog,
        engine,
        indexing: new IndexGate(),
        visible: () => how.visible ?? [],
        isSlow: () => how.isSlow,
        took: () => {
          graded += 1;
          if (graded === how.until) stop.abort(new Error('Enough.'));
        },
        now: Date.now,
        identified: () => {},
        judged(photos) {
          const identity = modelNamed(catalog, 'slow')!.identity;
          countGrades(catalog, photos, identity);
          const tiers = query<number>(catalog, 'SELECT grade_tier FROM photo WHERE id = ?').pluck();
          for (const photo of photos) events.push({ kind: tiers.get(photo) === 1 ? 'estimated' : 'graded', photo });
        },
        readPixels: async (path) => {
          const photo = Number.parseInt(basename(path), 10);
          if (photo === how.broken) throw new Error('This file is damaged.');
          return lightPicture(photo);
        },
      };
      const report = {
        signal: stop.signal,
        failed: () => {},
        progress: ({ description }: { description: string }) => void told.push(description),
      };
      await runQueue(room, modelNamed(catalog, 'slow')!, null, report).catch((error: unknown) => {
        if (!stop.signal.aborted) throw error;
      });
      return { events, told };
    },
    async close() {
      await engines.close();
      catalog.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
