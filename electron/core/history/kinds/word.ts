/** Title or caption of photos. */

import { z } from 'zod';
import { photosText } from '../../../../shared/photo.ts';
import { WORD_FIELDS, type WordField } from '../../../../shared/statement.ts';
import { existingPhotos } from '../../catalog/photos.ts';
import { writeText } from '../../catalog/text.ts';
import { setWord, wordOf } from '../../catalog/words.ts';
import { type Command, outcome, reversible } from './command.ts';
import { type PackedIds, packedIdsSchema, unpackIds } from './packed-ids.ts';

/** Photos that had the same text and got the same one; null: none. */
export type WordCommand = Command<{ photos: PackedIds; field: WordField }, string | null>;

export const word = reversible<WordCommand['target'], string | null>({
  name: 'word',
  target: z.object({ photos: packedIdsSchema, field: z.enum(WORD_FIELDS) }),
  state: z.string().nullable(),
  bring(catalog, target, from, to, now) {
    const ids = unpackIds(target.photos);
    const found = existingPhotos(catalog, ids);
    const photos = found.filter((id) => wordOf(catalog, id, target.field) === from);
    for (const id of photos) setWord(catalog, id, target.field, to, now);
    writeText(catalog, photos);
    return outcome({
      photos,
      columns: ['metadata'],
      vanished: ids.length - found.length,
      changedSince: found.length - photos.length,
    });
  },
  label: (commands) => {
    const photos = commands.reduce((sum, { target }) => sum + unpackIds(target.photos).length, 0);
    const [first] = commands;
    return `${first?.after === null ? 'Remove' : 'Set'} the ${first?.target.field} of ${photosText(photos)}`;
  },
});
