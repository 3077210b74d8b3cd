/** What a person throws away: exactly the photos that were named, each with all its files. */
import { CoreError } from '../../base/core-error.ts';
import { batchFiles, lastTrashed } from '../../catalog/batches.ts';
import type { Catalog } from '../../catalog/open.ts';
import { type OutgoingPhoto, outgoingPhotos } from '../../catalog/outgoing.ts';
import { groupFolder } from '../files/group-folder.ts';
import { fileProblem, sizeOf } from '../files/place-file.ts';
import type { Mover } from './mover.ts';
import { canBringBack, mayLeave, trashFor } from './trash.ts';

/** What `trash --json` prints. */
export type TrashReport = {
  photos: number;
  /** Absolute paths of all their files. */
  files: string[];
  bytes: number;
  failed: { path: string; reason: string }[];
};

export type TrashPlan = TrashReport & {
  /** Photos that would go. */
  ids: number[];
  /** Photos on drives that have no trash: a folder can take them instead. */
  withoutTrash: number[];
  /** Whether what goes can be brought back from here. */
  canBringBack: boolean;
};

export type TrashCanOptions = {
  catalog: Catalog;
  mover: Mover;
  /** Files of a batch are back: this becomes a step of the history. */
  broughtBack: (batch: number) => void;
};

export class TrashCan {
  readonly #room: TrashCanOptions;

  constructor(room: TrashCanOptions) {
    this.#room = room;
  }

  /** What would go; nothing is touched. @param folder takes them instead of the trash; null: the trash. */
  async plan(ids: readonly number[], folder: string | null): Promise<TrashPlan> {
    const plan: TrashPlan = {
      photos: 0,
      files: [],
      bytes: 0,
      failed: [],
      ids: [],
      withoutTrash: [],
      canBringBack: folder !== null || canBringBack,
    };
    for (const photo of outgoingPhotos(this.#room.catalog, ids)) {
      const paths = photo.files.map(({ path }) => path);
      const problem = await this.#problemOf(photo, folder);
      if (problem !== null) {
        plan.failed.push({ path: paths[0] ?? `photo ${photo.id}`, reason: problem.reason });
        if (problem.noTrash) plan.withoutTrash.push(photo.id);
        continue;
      }
      plan.photos++;
      plan.ids.push(photo.id);
      plan.files.push(...paths);
      for (const path of paths) plan.bytes += (await sizeOf(path).catch(() => null)) ?? 0;
    }
    return plan;
  }

  /** Begins to move these photos, and nothing but them. @throws CoreError NOT_FOUND when none of them can go. */
  async start(ids: readonly number[], folder: string | null): Promise<{ plan: TrashPlan; batch: number; job: number }> {
    const plan = await this.plan(ids, folder);
    if (plan.photos === 0) {
      throw new CoreError('NOT_FOUND', plan.failed[0]?.reason ?? 'None of these photos is in the library.');
    }
    const going = new Set(plan.ids);
    const photos = outgoingPhotos(this.#room.catalog, ids).filter(({ id }) => going.has(id));
    const rows = photos.flatMap(({ id, files }) => files.map(({ path, size }) => ({ photo: id, source: path, size })));
    const words = `${plan.photos.toLocaleString('en')} ${plan.photos === 1 ? 'photo' : 'photos'}`;
    if (folder === null) return { plan, ...this.#room.mover.trash(rows, words) };
    return { plan, ...this.#room.mover.move(await groupFolder(rows, folder), folder, words) };
  }

  /** What became of a batch. */
  report(batch: number, plan: TrashPlan): TrashReport {
    const files = batchFiles(this.#room.catalog, batch);
    const gone = files.filter(({ state }) => state === 'done');
    const failed = files.filter(({ state }) => state === 'failed');
    return {
      photos: new Set(gone.map(({ photo }) => photo)).size,
      files: gone.map(({ source }) => source),
      bytes: gone.reduce((sum, { size }) => sum + size, 0),
      failed: [...plan.failed, ...failed.map(({ source, reason }) => ({ path: source, reason: reason ?? '' }))],
    };
  }

  /** Brings back what was thrown away last. @throws CoreError NOT_FOUND when the trash holds nothing of ours. */
  async restoreLast(): Promise<TrashReport> {
    const { catalog, mover, broughtBack } = this.#room;
    const batch = lastTrashed(catalog);
    if (batch === undefined) throw new CoreError('NOT_FOUND', 'Nothing that Keeplight moved is in the trash.');
    const before = new Set(
      batchFiles(catalog, batch).flatMap(({ state, position }) => (state === 'done' ? [position] : [])),
    );
    await mover.bringBack(batch);
    broughtBack(batch);
    const files = batchFiles(catalog, batch).filter(({ position }) => before.has(position));
    const back = files.filter(({ state }) => state === 'back');
    return {
      photos: new Set(back.map(({ photo }) => photo)).size,
      files: back.map(({ source }) => source),
      bytes: back.reduce((sum, { size }) => sum + size, 0),
      failed: files
        .filter(({ state }) => state === 'done')
        .map(({ source, reason }) => ({ path: source, reason: reason ?? '' })),
    };
  }

  async #problemOf(
    { files }: OutgoingPhoto,
    folder: string | null,
  ): Promise<{ reason: string; noTrash: boolean } | null> {
    let path = '';
    try {
      for (const file of files) {
        path = file.path;
        await mayLeave(path);
      }
    } catch (error) {
      return { reason: fileProblem(error, path), noTrash: false };
    }
    if (folder !== null || !canBringBack) return null;
    try {
      for (const file of files) await trashFor(file.path);
      return null;
    } catch (error) {
      return { reason: fileProblem(error, path), noTrash: true };
    }
  }
}
