/** What a new version of Keeplight, or a hand in the data folder, makes necessary to do again. */
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { judgeFacts } from '../../../models/measured/critic.ts';
import type { CriticId } from '../../../shared/critique.ts';
import { previewPath, previewsPath } from '../base/data-places.ts';
import type { Changes } from '../base/events.ts';
import { countGrades } from '../catalog/critiques.ts';
import { factsOf } from '../catalog/facts.ts';
import { saidBy, saveJudgement, unjudgedPhotos } from '../catalog/judgements.ts';
import type { Catalog } from '../catalog/open.ts';
import { writeText } from '../catalog/text.ts';

/** Photos judged in one transaction: short enough that a key press in between is not felt. */
const BATCH = 200;

/**
 * Judges photos again that another version of the measured critic judged: from the facts that are stored of them, so that
 * none is decoded.
 * @param progress told after each batch how many were judged. @returns how many. @throws the signal's reason.
 */
export async function judgeAgain(
  catalog: Catalog,
  changes: Changes,
  active: () => CriticId | null,
  signal: AbortSignal,
  progress: (judged: number) => void = () => {},
): Promise<number> {
  let judged = 0;
  for (let after = 0; ; ) {
    signal.throwIfAborted();
    const photos = unjudgedPhotos(catalog, after, BATCH);
    const last = photos.at(-1);
    if (!last) return judged;
    after = last.photo;
    const ids = photos.map(({ photo }) => photo);
    catalog.transaction(() => {
      const reworded: number[] = [];
      for (const { photo, content, said, value, numbers, ...about } of photos) {
        const facts = factsOf(value, numbers);
        if (!facts) continue;
        const judgement = judgeFacts(facts, about);
        saveJudgement(catalog, photo, content, judgement);
        if (said !== saidBy(judgement)) reworded.push(photo);
      }
      countGrades(catalog, ids, active());
      // The words of a photo are half of the work; sentences that stay are found as before.
      writeText(catalog, reworded);
    })();
    judged += photos.length;
    changes.photos(ids, ['grade']);
    progress(judged);
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
