/**
 * Moves all files of photos elsewhere and back: to the trash, or to a folder. A photo is moved whole or not at all. What
 * is about to be moved is on the disk before it is touched, so that after a kill every file is known to be here or there.
 */
import { unlink } from 'node:fs/promises';
import { basename } from 'node:path';
import { CoreError } from '../../base/core-error.ts';
import type { JobContext, JobRunner } from '../../base/jobs.ts';
import {
  addBatch,
  type Batch,
  type BatchFile,
  type BatchKind,
  batchById,
  batchFiles,
  type NewBatchFile,
  openBatches,
  setBatchClosed,
  setBatchFiles,
} from '../../catalog/batches.ts';
import type { Catalog } from '../../catalog/open.ts';
import { fileProblem, isTaken, moveFile, sameContent } from '../files/place-file.ts';
import { groupsOf } from '../files/place-group.ts';
import { bringFromTrash, dropNote, mayLeave, moveToTrash, placeInTrash, type TrashPlace } from './trash.ts';

export type MoverOptions = {
  catalog: Catalog;
  jobs: JobRunner;
  /** Photos of a batch have gone: this becomes a step of the history. */
  moved: (batch: Batch) => void;
};

const MOVES: readonly BatchKind[] = ['trash', 'move'];

export class Mover {
  readonly #room: MoverOptions;
  readonly #catalog: Catalog;

  constructor(room: MoverOptions) {
    this.#room = room;
    this.#catalog = room.catalog;
    room.jobs.define('move', { unit: 'files', canPause: false, run: (job) => this.#run(job) });
  }

  /** Moves files to the system's trash. @param photos for people: `12 photos`. @returns the batch and its job. */
  trash(files: readonly Omit<NewBatchFile, 'target'>[], photos: string): { batch: number; job: number } {
    const rows = files.map((file) => ({ ...file, target: '' }));
    const batch = addBatch(this.#catalog, 'trash', { photos }, rows);
    return { batch, job: this.#room.jobs.start('move', `Moving ${photos} to the trash`, { batch }) };
  }

  /** Moves files to the places that their rows name. */
  move(files: readonly NewBatchFile[], folder: string, photos: string): { batch: number; job: number } {
    const batch = addBatch(this.#catalog, 'move', { photos, folder }, files);
    const title = `Moving ${photos} to ${basename(folder) || folder}`;
    return { batch, job: this.#room.jobs.start('move', title, { batch }) };
  }

  /** Settles what a kill left between two places: each photo is whole again, here or there. For those who run no jobs. */
  async heal(): Promise<void> {
    for (const batch of openBatches(this.#catalog, MOVES)) {
      await this.#settle(batch);
      this.#close(batch);
    }
  }

  /** Brings the files of a batch back, so far as they are there and their places are free. */
  async bringBack(id: number): Promise<void> {
    const batch = batchById(this.#catalog, id);
    if (!batch) return;
    for (const group of groupsOf(batchFiles(this.#catalog, id))) {
      if (group.some(({ state }) => state !== 'done')) continue;
      await this.#bringPhoto(batch, group);
    }
  }

  /** Moves what was brought back once more. */
  async moveAgain(id: number): Promise<void> {
    const batch = batchById(this.#catalog, id);
    if (!batch) return;
    const back = batchFiles(this.#catalog, id).filter(({ state }) => state === 'back');
    setBatchFiles(
      this.#catalog,
      id,
      back.map(({ position }) => ({ position, state: 'planned' })),
    );
    const still = new AbortController().signal;
    for (const group of groupsOf(batchFiles(this.#catalog, id))) {
      if (group.every(({ state }) => state === 'planned')) await this.#movePhoto(batch, group, still);
    }
  }

  async #run(job: JobContext): Promise<undefined> {
    const { batch: id } = job.payload as { batch: number };
    const batch = batchById(this.#catalog, id);
    if (!batch || batch.closed) return;
    await this.#settle(batch);
    const files = batchFiles(this.#catalog, id);
    let done = files.filter(({ state }) => state !== 'planned').length;
    let failed = files.filter(({ state }) => state === 'failed').length;
    try {
      for (const group of groupsOf(files)) {
        if (group.some(({ state }) => state !== 'planned')) continue;
        job.signal.throwIfAborted();
        job.report({ done, total: files.length, failed, description: basename(group[0]!.source) });
        if (!(await this.#movePhoto(batch, group, job.signal))) failed += group.length;
        done += group.length;
      }
      job.report({ done, total: files.length, failed });
      this.#close(batch);
    } catch (error) {
      // Stopped by a person: what has gone until now can be brought back like all of it.
      if (job.signal.aborted) this.#close(batch);
      throw error;
    }
  }

  #close(batch: Batch): void {
    setBatchClosed(this.#catalog, batch.id, true);
    this.#room.moved(batch);
  }

  /** After a kill: files between two places are found, photos of which only a part had gone are put together again. */
  async #settle({ id }: Batch): Promise<void> {
    for (const group of groupsOf(batchFiles(this.#catalog, id))) {
      if (!group.some(({ state }) => state === 'working')) {
        if (group.some(({ state }) => state === 'done') && group.some(({ state }) => state === 'planned')) {
          await this.#putTogether(id, group);
        }
        continue;
      }
      await this.#putTogether(id, group);
    }
  }

  async #putTogether(batch: number, group: readonly BatchFile[]): Promise<void> {
    for (const file of group) {
      if (file.state !== 'working' && file.state !== 'done') continue;
      const [here, there] = [await isTaken(file.source), file.target !== '' && (await isTaken(file.target))];
      if (!here && there) await returnFile(file);
      // Both names lead to it: the kill came between giving the new and taking the old one.
      else if (here && there && (await sameContent(file.source, file.target))) await unlink(file.target);
      if (file.note !== null) await dropNote(file.note, file.source);
      setBatchFiles(this.#catalog, batch, [{ position: file.position, state: 'planned', note: null }]);
    }
  }

  /** @returns whether all files of the photo are in their new places; else all are in their old ones. */
  async #movePhoto(batch: Batch, group: readonly BatchFile[], signal: AbortSignal): Promise<boolean> {
    const moved: BatchFile[] = [];
    let note: string | null = null;
    try {
      for (const file of group) await mayLeave(file.source);
      for (const file of group) {
        const remember = (place: TrashPlace) =>
          setBatchFiles(this.#catalog, batch.id, [{ position: file.position, state: 'working', ...place }], true);
        const to: TrashPlace = { target: file.target, note: null };
        if (batch.kind !== 'trash') remember(to);
        const place = batch.kind === 'trash' ? await placeInTrash(file.source, remember) : to;
        const there = { ...file, ...place };
        note = place.note;
        if (batch.kind === 'trash') {
          const target = await moveToTrash(there.source, there.target);
          there.target = target ?? '';
        } else if (!(await moveFile(there.source, there.target, signal))) {
          throw new CoreError('CONFLICT', `${there.target} is there already.`);
        }
        moved.push(there);
        note = null;
        setBatchFiles(this.#catalog, batch.id, [{ position: file.position, state: 'done', target: there.target }]);
      }
      return true;
    } catch (error) {
      if (note !== null) await unlink(note).catch(() => {});
      const reason = fileProblem(error, group[moved.length]?.source ?? '');
      for (const file of moved) await returnFile(file);
      for (const { position } of group) {
        setBatchFiles(this.#catalog, batch.id, [{ position, state: 'failed', reason, note: null }]);
      }
      signal.throwIfAborted();
      return false;
    }
  }

  async #bringPhoto({ id }: Batch, group: readonly BatchFile[]): Promise<void> {
    const back: BatchFile[] = [];
    try {
      for (const file of group) {
        if (file.target === '') {
          throw new CoreError('UNAVAILABLE', 'This system’s trash gives nothing back to programs: put it back there.');
        }
        if (!(await isTaken(file.target))) {
          throw new CoreError('NOT_FOUND', `${basename(file.source)} is no longer in the trash.`);
        }
      }
      for (const file of group) {
        await returnFile(file);
        back.push(file);
      }
      setBatchFiles(
        this.#catalog,
        id,
        group.map(({ position }) => ({ position, state: 'back', note: null })),
        true,
      );
    } catch (error) {
      // Whole where it was, or whole where it is.
      for (const { source, target } of back) await moveFile(source, target);
      const reason = fileProblem(error, group[back.length]?.source ?? '');
      setBatchFiles(
        this.#catalog,
        id,
        group.map(({ position }) => ({ position, reason })),
      );
    }
  }
}

/** @throws CoreError CONFLICT where something else has its old name by now. */
async function returnFile({ source, target, note }: BatchFile): Promise<void> {
  if (!(await bringFromTrash(target, source, note))) {
    throw new CoreError('CONFLICT', `There is another ${basename(source)} by now; what was moved stays where it is.`);
  }
}
