/** What a new version of Keeplight, or a hand in the data folder, makes necessary to do again. */
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { judgeMeasures, MEASURED_CRITIC } from '../../../models/measured/critic.ts';
import type { CriticId } from '../../../shared/critique.ts';
import { MEASURES_VERSION, measuresSchema } from '../../../shared/measures.ts';
import { previewPath, previewsPath } from '../base/data-places.ts';
import type { Changes } from '../base/events.ts';
import { countGrades, saveCritique } from '../catalog/critiques.ts';
import { type Catalog, query } from '../catalog/open.ts';
import { writeText } from '../catalog/text.ts';

/** Photos measured by other formulas are to be looked at again. @returns their ids. */
export function remeasure(catalog: Catalog): number[] {
  return query<number>(
    catalog,
    `UPDATE photo SET state = 'pending' WHERE state = 'ready' AND id IN
       (SELECT photo_id FROM measures WHERE version <> ${MEASURES_VERSION}) RETURNING id`,
  )
    .pluck()
    .all();
}

/** The photo is to be looked at again, because its previews have gone. @returns the root to index, null when it waits already. */
export function analyzeAgain(catalog: Catalog, photo: number): number | null {
  const { changes } = query(catalog, "UPDATE photo SET state = 'pending' WHERE id = ? AND state = 'ready'").run(photo);
  if (changes === 0) return null;
  return (
    query<number>(catalog, 'SELECT f.root_id FROM photo p JOIN folder f ON f.id = p.folder_id WHERE p.id = ?')
      .pluck()
      .get(photo) ?? null
  );
}

type Stale = {
  photo: number;
  content: string;
  measures: string;
  width: number;
  height: number;
  iso: number | null;
  exposureSeconds: number | null;
  focalLength: number | null;
};

const BATCH = 200;

/** Judges photos again that were judged by an older measured critic; their measures hold, nothing is looked at. */
export async function judgeAgain(
  catalog: Catalog,
  changes: Changes,
  active: () => CriticId | null,
  signal: AbortSignal,
): Promise<void> {
  const stale = query<Stale>(
    catalog,
    `SELECT p.id AS photo, p.content, m.value AS measures, p.width, p.height, p.iso, p.shutter AS exposureSeconds,
       p.focal_length AS focalLength
     FROM photo p JOIN measures m ON m.photo_id = p.id AND m.version = ${MEASURES_VERSION}
     WHERE p.content IS NOT NULL AND p.id > ? AND NOT EXISTS (
       SELECT 1 FROM critique c WHERE c.photo_id = p.id AND c.content = p.content
         AND c.critic = ? AND c.model_hash = ? AND c.prompt_version = ?)
     ORDER BY p.id LIMIT ${BATCH}`,
  );
  const { critic, modelHash, promptVersion } = MEASURED_CRITIC;
  for (let after = 0; ; ) {
    signal.throwIfAborted();
    const photos = stale.all(after, critic, modelHash, promptVersion);
    const last = photos.at(-1);
    if (!last) return;
    after = last.photo;
    const ids = photos.map(({ photo }) => photo);
    catalog.transaction(() => {
      for (const { photo, content, measures, ...about } of photos) {
        const parsed = measuresSchema.safeParse(JSON.parse(measures));
        if (parsed.success) saveCritique(catalog, photo, content, judgeMeasures(parsed.data, about));
      }
      countGrades(catalog, ids, active());
      writeText(catalog, ids);
    })();
    changes.photos(ids, ['grade']);
    await nextTurn();
  }
}

/** Deletes derived pictures; never anything else. Never fails. */
export async function removePreviews(
  dataDirectory: string,
  previews: readonly { id: number; version: number }[],
): Promise<void> {
  for (const { id, version } of previews) {
    for (const size of ['thumb', 'screen'] as const) {
      try {
        await rm(previewPath(dataDirectory, id, version, size), { force: true });
      } catch {
        // One that stays only takes room.
      }
    }
  }
}

/** Deletes what a process that died left half-written beside the previews. Never fails. */
export async function sweepPreviews(dataDirectory: string): Promise<void> {
  const previews = previewsPath(dataDirectory);
  const started = performance.timeOrigin;
  for (const folder of await namesIn(previews)) {
    for (const name of await namesIn(join(previews, folder))) {
      if (!name.endsWith('.part')) continue;
      const path = join(previews, folder, name);
      try {
        // A younger one is being written by this process.
        if ((await stat(path)).mtimeMs < started) await rm(path, { force: true });
      } catch {
        // One that stays only takes room.
      }
    }
  }
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
