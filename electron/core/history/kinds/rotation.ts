/** Photos that a person turned by quarters of a circle. */

import { z } from 'zod';
import { photosText, quartersSchema } from '../../../../shared/photo.ts';
import { type Quarters, quartersOf } from '../../base/quarters.ts';
import { quartersOfEach, turnPhotos } from '../../catalog/turned.ts';
import { type Command, outcome, reversible } from './command.ts';
import { type PackedIds, packedIdsSchema, unpackIds } from './packed-ids.ts';

/** Photos that stood in the same way and were turned in the same way. */
export type RotationCommand = Command<{ photos: PackedIds }, Quarters>;

const WAYS: Readonly<Record<Quarters, string>> = { 0: 'back', 1: 'right', 2: 'upside down', 3: 'left' };

export const rotation = reversible<RotationCommand['target'], Quarters>({
  name: 'rotation',
  target: z.object({ photos: packedIdsSchema }),
  state: quartersSchema,
  bring(catalog, target, from, to) {
    const ids = unpackIds(target.photos);
    const found = quartersOfEach(catalog, ids);
    const photos = found.filter(({ quarters }) => quarters === from).map(({ id }) => id);
    turnPhotos(catalog, photos, to);
    return outcome({
      photos,
      columns: ['shape', 'measures', 'faces'],
      vanished: ids.length - found.length,
      changedSince: found.length - photos.length,
    });
  },
  label: (commands) => {
    const photos = commands.reduce((sum, { target }) => sum + unpackIds(target.photos).length, 0);
    const [first] = commands;
    return `Rotate ${photosText(photos)} ${WAYS[quartersOf((first?.after ?? 0) - (first?.before ?? 0))]}`;
  },
});
