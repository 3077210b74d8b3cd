/** The files of one photo get their names together, so that a RAW, its JPEG and their sidecars are never parted. */
import { link, rename, rm, unlink } from 'node:fs/promises';
import { extname } from 'node:path';
import { CoreError } from '../../base/core-error.ts';
import { type BatchFile, batchFiles, setBatchFiles } from '../../catalog/batches.ts';
import type { Catalog } from '../../catalog/open.ts';
import { claim, codeOf, isTaken, makeFolderOf, sameContent } from './place-file.ts';

/** What became of a file of a batch. */
export type PlacedFile = Pick<BatchFile, 'position' | 'state'> &
  Partial<Pick<BatchFile, 'target' | 'renamed' | 'reason' | 'note'>>;

/** Numbers that are tried for a photo whose names were taken since it was planned. */
const MOST_NUMBERS = 9999;

/** Gives the parts of one photo their names, all with the same number. */
export async function placeGroup(
  parts: readonly { file: BatchFile; part: string }[],
  isLink: boolean,
): Promise<PlacedFile[]> {
  const first = parts[0]!.file.target;
  const stem = first.slice(0, first.length - extname(first).length);
  for (let number = 1, round = 0; number <= MOST_NUMBERS && round < MOST_NUMBERS; round++) {
    const targets = parts.map(({ file: { target } }) =>
      number === 1
        ? target
        : target.startsWith(`${stem}.`)
          ? `${stem}-${number}${target.slice(stem.length)}`
          : `${target.slice(0, target.length - extname(target).length)}-${number}${extname(target)}`,
    );
    const there: boolean[] = [];
    for (const [index, { part }] of parts.entries()) {
      const target = targets[index]!;
      if (!(await isTaken(target))) there.push(false);
      else if (await sameContent(part, target)) there.push(true);
      else break;
    }
    if (there.length < parts.length) {
      number++;
      continue;
    }
    const results: PlacedFile[] = [];
    const given: { part: string; target: string }[] = [];
    for (const [index, { file, part }] of parts.entries()) {
      const target = targets[index]!;
      const { position } = file;
      const renamed = file.renamed || number > 1;
      if (there[index])
        results.push({ position, target, state: file.state === 'working' ? 'done' : 'skipped', renamed });
      else if (await (isLink ? linked(part, target) : claim(part, target))) {
        given.push({ part, target });
        results.push({ position, target, state: 'done', renamed });
      } else break;
    }
    if (results.length === parts.length) return results;
    // Another program took a name in this very moment. What has its name already gives it back, so that all files of the
    // photo are looked at again: what came may be the very same.
    for (const { part, target } of given) await (isLink ? unlink(target) : rename(target, part));
  }
  throw new CoreError('CONFLICT', 'No name is free for it.');
}

async function linked(source: string, target: string): Promise<boolean> {
  await makeFolderOf(target);
  try {
    await link(source, target);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Files of each photo; those of no photo stand for themselves. */
export function groupsOf(files: readonly BatchFile[]): BatchFile[][] {
  const groups = new Map<number | string, BatchFile[]>();
  for (const file of files) {
    const key = file.photo === 0 ? `alone ${file.position}` : file.photo;
    const group = groups.get(key);
    if (group) group.push(file);
    else groups.set(key, [file]);
  }
  return [...groups.values()];
}

/** Takes away the parts of files that were being written when the process ended. */
export async function removeParts(catalog: Catalog, batch: number): Promise<void> {
  for (const { position, note } of batchFiles(catalog, batch)) {
    if (note === null) continue;
    await rm(note, { force: true }).catch(() => {});
    setBatchFiles(catalog, batch, [{ position, note: null }]);
  }
}
