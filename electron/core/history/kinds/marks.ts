/** Flags, stars and colors of photos. */

import { z } from 'zod';
import { COLORS, FLAGS, type Flag, photosText } from '../../../../shared/photo.ts';
import { markedColumns } from '../../../../shared/photo-columns.ts';
import { type MarkChange, marksOf, writeMarks } from '../../catalog/marks.ts';
import { type Command, outcome, reversible } from './command.ts';
import { type PackedIds, packedIdsSchema, unpackIds } from './packed-ids.ts';

const changeSchema = z.object({
  flag: z.enum(FLAGS).optional(),
  stars: z.int().min(0).max(5).optional(),
  color: z.enum(COLORS).optional(),
});

/** Photos that had the same marks and got the same ones; only the marks that were set are in before and after. */
export type MarksCommand = Command<{ photos: PackedIds }, MarkChange>;

export const marks = reversible<MarksCommand['target'], MarkChange>({
  name: 'marks',
  target: z.object({ photos: packedIdsSchema }),
  state: changeSchema,
  bring(catalog, target, from, to, now) {
    const ids = unpackIds(target.photos);
    const found = marksOf(catalog, ids);
    const flag = from.flag === to.flag ? undefined : from.flag;
    const stars = from.stars === to.stars ? undefined : from.stars;
    const color = from.color === to.color ? undefined : from.color;
    const unchanged = found.filter(
      (mark) =>
        (flag === undefined || mark[1] === flag) &&
        (stars === undefined || mark[2] === stars) &&
        (color === undefined || mark[3] === color),
    );
    const photos = unchanged.map(([id]) => id);
    const change: MarkChange = {
      ...(flag === undefined ? {} : { flag: to.flag }),
      ...(stars === undefined ? {} : { stars: to.stars }),
      ...(color === undefined ? {} : { color: to.color }),
    };
    if (photos.length > 0) writeMarks(catalog, photos, change, now);
    return outcome({
      photos,
      columns: markedColumns(change),
      vanished: ids.length - found.length,
      changedSince: found.length - photos.length,
    });
  },
  label: (commands) => {
    const byChange = new Map<string, { change: MarkChange; count: number }>();
    for (const { target, after } of commands) {
      const key = JSON.stringify(after);
      const same = byChange.get(key) ?? { change: after, count: 0 };
      same.count += unpackIds(target.photos).length;
      byChange.set(key, same);
    }
    return labelOf([...byChange.values()]);
  },
});

const FLAG_WORDS: Readonly<Record<Flag, string>> = { pick: 'pick', none: 'unflag', reject: 'reject' };

/** `pick 312 photos`, `give 3 stars to 1 photo`. */
function partsOf(change: MarkChange, count: number): string[] {
  const photos = photosText(count);
  const parts: string[] = [];
  if (change.flag !== undefined) parts.push(`${FLAG_WORDS[change.flag]} ${photos}`);
  if (change.stars !== undefined) {
    const stars = change.stars === 1 ? '1 star' : `${change.stars} stars`;
    parts.push(change.stars === 0 ? `take the stars of ${photos}` : `give ${stars} to ${photos}`);
  }
  if (change.color !== undefined) {
    parts.push(change.color === 'none' ? `take the color of ${photos}` : `color ${photos} ${change.color}`);
  }
  return parts;
}

/** More parts than this are no sentence that one reads on a button. */
const MOST_PARTS = 3;

/** `Pick 1 photo, reject 2 photos`, `Change the stars of 12 photos`. */
function labelOf(done: readonly { change: MarkChange; count: number }[]): string {
  const parts = done.flatMap(({ change, count }) => partsOf(change, count));
  const names = new Set(done.flatMap(({ change }) => Object.keys(change)));
  const onlyStars = names.size === 1 && names.has('stars');
  if (done.length > 1 && (onlyStars || parts.length > MOST_PARTS)) {
    const count = done.reduce((sum, part) => sum + part.count, 0);
    return `Change the ${onlyStars ? 'stars' : 'marks'} of ${photosText(count)}`;
  }
  const text = parts.join(', ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
