/** A keyword given to photos or taken from them. */

import { z } from 'zod';
import { photosText } from '../../../../shared/photo.ts';
import { existingPhotos } from '../../catalog/photos.ts';
import { writeText } from '../../catalog/text.ts';
import { hasKeyword, setKeyword } from '../../catalog/words.ts';
import { type Command, outcome, reversible } from './command.ts';
import { type PackedIds, packedIdsSchema, unpackIds } from './packed-ids.ts';

export type KeywordCommand = Command<{ photos: PackedIds; keyword: string }, boolean>;

export const keyword = reversible<KeywordCommand['target'], boolean>({
  name: 'keyword',
  target: z.object({ photos: packedIdsSchema, keyword: z.string() }),
  state: z.boolean(),
  bring(catalog, target, from, to, now) {
    const ids = unpackIds(target.photos);
    const found = existingPhotos(catalog, ids);
    const photos = found.filter((id) => hasKeyword(catalog, id, target.keyword) === from);
    for (const id of photos) setKeyword(catalog, id, target.keyword, to, now);
    writeText(catalog, photos);
    return outcome({
      photos,
      columns: ['keywords'],
      vanished: ids.length - found.length,
      changedSince: found.length - photos.length,
    });
  },
  label: (commands) => {
    const photos = new Set(commands.flatMap(({ target }) => unpackIds(target.photos)));
    const names = (added: boolean) => [
      ...new Set(commands.filter(({ after }) => after === added).map(({ target }) => `“${target.keyword}”`)),
    ];
    const [added, removed] = [names(true), names(false)];
    const parts = [
      ...(added.length > 0 ? [`add ${listed(added)} to`] : []),
      ...(removed.length > 0 ? [`remove ${listed(removed)} from`] : []),
    ];
    const text = `${parts.join(' and ')} ${photosText(photos.size)}`;
    return text.charAt(0).toUpperCase() + text.slice(1);
  },
});

/** More names than this are no label that one reads on a button. */
const MOST_NAMES = 3;

function listed(names: readonly string[]): string {
  return names.length > MOST_NAMES ? `${names.length} keywords` : names.join(', ');
}
