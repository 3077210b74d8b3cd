/** What a person decides on photos, as steps of the history. */

import { CoreError } from '../base/core-error.ts';
import { countPhotos, type Mark, type MarkChange, marksOf } from '../catalog/marks.ts';
import type { Catalog } from '../catalog/open.ts';
import type { MarksCommand } from './kinds/marks.ts';
import { packIds } from './kinds/packed-ids.ts';
import { perform } from './steps.ts';

/** Some photos and what is set on them. */
export type MarkAssignment = MarkChange & { ids: readonly number[] };

/**
 * Sets what is given on all these photos as one step. Photos that are that way already are left alone.
 * @returns ids of the photos that changed. @throws CoreError NOT_FOUND when one does not exist; then nothing changes.
 * @internal for tests
 */
export function setMarks(catalog: Catalog, ids: readonly number[], change: MarkChange, now = Date.now()): number[] {
  return setMarksEach(catalog, [{ ids, ...change }], now);
}

/**
 * Sets different marks on different photos as one step: the winner picked and the others rejected.
 * @returns ids of the photos that changed.
 * @throws CoreError NOT_FOUND when a photo does not exist, INVALID when two assignments name the same one; then
 * nothing changes.
 */
export function setMarksEach(catalog: Catalog, assignments: readonly MarkAssignment[], now = Date.now()): number[] {
  const most = countPhotos(catalog);
  const wanted = assignments
    .filter(({ flag, stars, color }) => flag !== undefined || stars !== undefined || color !== undefined)
    .map(({ ids, flag, stars, color }) => ({ change: { flag, stars, color }, ids: distinct(ids, most) }));
  const [only, ...others] = wanted;
  if (!only) return [];
  const all = others.length === 0 ? only.ids : new Set<number>();
  for (const { ids } of others.length === 0 ? [] : wanted) {
    for (const id of ids) {
      if (all.has(id)) throw new CoreError('INVALID', `Photo ${id} is to be marked in two ways at once.`);
      all.add(id);
    }
  }
  if (all.size === 0) return [];
  const { photos } = perform(
    catalog,
    () => wanted.flatMap(({ ids, change }) => commandsFor(catalog, ids, change)),
    now,
  );
  return photos === 'all' ? [...all] : photos;
}

/** Nobody has more photos than there are: a list that names more is not read to its end. @throws CoreError NOT_FOUND. */
function distinct(ids: readonly number[], most: number): Set<number> {
  const found = new Set<number>();
  for (const id of ids) {
    found.add(id);
    if (found.size > most) throw new CoreError('NOT_FOUND', 'Some of these photos do not exist.');
  }
  return found;
}

/** One command for all photos that have the same marks now; none for those that are as wanted. */
function commandsFor(catalog: Catalog, ids: ReadonlySet<number>, change: MarkChange): MarksCommand[] {
  const found = marksOf(catalog, [...ids]);
  if (found.length < ids.size) {
    const there = new Set(found.map(([id]) => id));
    throw new CoreError('NOT_FOUND', `There is no photo ${[...ids].find((id) => !there.has(id))}.`);
  }
  const groups = new Map<string, { before: MarkChange; ids: number[] }>();
  for (const [id, flag, stars, color] of found) {
    if ((change.flag ?? flag) === flag && (change.stars ?? stars) === stars && (change.color ?? color) === color) {
      continue;
    }
    const key = `${change.flag && flag} ${change.stars === undefined ? '' : stars} ${change.color && color}`;
    let group = groups.get(key);
    if (!group) {
      group = { before: only(change, { flag, stars, color }), ids: [] };
      groups.set(key, group);
    }
    group.ids.push(id);
  }
  return [...groups.values()].map((group) => ({
    kind: 'marks',
    target: { photos: packIds(group.ids) },
    before: group.before,
    after: change,
  }));
}

function only(change: MarkChange, mark: Mark): MarkChange {
  return {
    flag: change.flag === undefined ? undefined : mark.flag,
    stars: change.stars === undefined ? undefined : mark.stars,
    color: change.color === undefined ? undefined : mark.color,
  };
}
