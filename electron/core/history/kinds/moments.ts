/** Moments as people arrange them: photos put together, taken apart, or another one put on top. */

import { z } from 'zod';
import { MOMENT_KINDS } from '../../../../shared/moments.ts';
import { photosText } from '../../../../shared/photo.ts';
import { dropEmptyMoments, dropMoment, membershipsOf, putIntoStacks, writeStack } from '../../catalog/moments.ts';
import { type Command, outcome, reversible } from './command.ts';
import { packedIdsSchema, unpackIds } from './packed-ids.ts';

const stackSchema = z.object({
  id: z.int(),
  kind: z.enum(MOMENT_KINDS),
  second: z.int().nullable(),
  reason: z.string(),
  margin: z.number().nullable(),
  tooClose: z.int(),
  topByPerson: z.int(),
  top: z.int(),
  photos: packedIdsSchema,
});
/** Every moment that the photos of the command are in; the photos that are in none are in no list. */
const stateSchema = z.array(stackSchema);
export type MomentsState = z.infer<typeof stateSchema>;

const ACTS = ['stack', 'unstack', 'split', 'top'] as const;
export type MomentAct = (typeof ACTS)[number];
/** `photos`: all that are moved, and all that share a moment with them before or after. `count`: as people see it. */
export type MomentsTarget = { act: MomentAct; count: number; photos: z.infer<typeof packedIdsSchema> };
export type MomentsCommand = Command<MomentsTarget, MomentsState>;

const placesOf = (state: MomentsState): Map<number, MomentsState[number]> =>
  new Map(state.flatMap((stack) => unpackIds(stack.photos).map((photo) => [photo, stack] as const)));

export const moments = reversible<MomentsTarget, MomentsState>({
  name: 'moments',
  target: z.object({ act: z.enum(ACTS), count: z.int(), photos: packedIdsSchema }),
  state: stateSchema,
  bring(catalog, { photos }, from, to) {
    const ids = unpackIds(photos);
    const found = membershipsOf(catalog, ids);
    const [before, after] = [placesOf(from), placesOf(to)];
    // What was grouped anew since then stays as it is.
    const movable = found.filter(({ id, stack }) => stack === (before.get(id)?.id ?? null));
    const present = new Set(movable.map(({ id }) => id));
    for (const { top, photos: members, ...stack } of to) {
      if (unpackIds(members).some((id) => present.has(id))) writeStack(catalog, stack.id, stack);
    }
    putIntoStacks(
      catalog,
      movable.map(({ id }) => {
        const stack = after.get(id);
        return { id, stack: stack?.id ?? null, top: stack?.top === id ? 1 : 0 };
      }),
    );
    const kept = new Set(to.map(({ id }) => id));
    for (const { id } of from) if (!kept.has(id)) dropMoment(catalog, id);
    dropEmptyMoments(catalog);
    return outcome({
      photos: movable.map(({ id }) => id),
      columns: ['stack'],
      vanished: ids.length - found.length,
      changedSince: found.length - movable.length,
    });
  },
  label(commands) {
    const { act, count } = commands[0]!.target;
    switch (act) {
      case 'stack':
        return `Stack ${photosText(count)}`;
      case 'unstack':
        return `Unstack ${photosText(count)}`;
      case 'split':
        return `Split ${photosText(count)} off their stack`;
      case 'top':
        return 'Put another photo on top';
    }
  },
});
