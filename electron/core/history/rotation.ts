/** Turning photos by quarters of a circle, in the catalog: their files stay as they are. */

import { CoreError } from '../base/core-error.ts';
import { type Quarters, quartersOf } from '../base/quarters.ts';
import type { Catalog } from '../catalog/open.ts';
import { quartersOfEach } from '../catalog/turned.ts';
import { packIds } from './kinds/packed-ids.ts';
import type { RotationCommand } from './kinds/rotation.ts';
import { perform } from './steps.ts';

/** @returns ids of the photos that were turned. @throws CoreError NOT_FOUND; then nothing changes. */
export function rotatePhotos(catalog: Catalog, ids: readonly number[], by: Quarters, now = Date.now()): number[] {
  const { photos } = perform(
    catalog,
    () => {
      const wanted = [...new Set(ids)];
      const found = quartersOfEach(catalog, wanted);
      if (found.length < wanted.length) {
        const there = new Set(found.map(({ id }) => id));
        throw new CoreError('NOT_FOUND', `There is no photo ${wanted.find((id) => !there.has(id))}.`);
      }
      if (by === 0) return [];
      return [...Map.groupBy(found, ({ quarters }) => quarters)].map(
        ([before, group]): RotationCommand => ({
          kind: 'rotation',
          target: { photos: packIds(group.map(({ id }) => id)) },
          before,
          after: quartersOf(before + by),
        }),
      );
    },
    now,
  );
  return photos === 'all' ? [...ids] : photos;
}
