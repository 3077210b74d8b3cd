/** Albums themselves: made, named, given another filter, deleted. */
import { z } from 'zod';
import {
  type AlbumRow,
  albumRow,
  deleteAlbum,
  existingPhotos,
  photosOfAlbum,
  placeInAlbum,
  writeAlbum,
} from '../../catalog/albums.ts';
import type { Catalog } from '../../catalog/open.ts';
import { type Command, outcome, reversible } from './command.ts';
import { packedIdsSchema, unpackIds } from './packed-ids.ts';

/** Everything of an album; its photos only where it comes or goes. Null: there is none. */
const stateSchema = z
  .object({
    name: z.string(),
    kind: z.enum(['album', 'smart']),
    filter: z.string().nullable(),
    position: z.number(),
    createdAt: z.number(),
    photos: packedIdsSchema.optional(),
  })
  .nullable();
type State = z.infer<typeof stateSchema>;
export type AlbumCommand = Command<{ album: number }, State>;

export const album = reversible<AlbumCommand['target'], State>({
  name: 'album',
  target: z.object({ album: z.int() }),
  state: stateSchema,
  bring(catalog, target, from, to) {
    const now = albumRow(catalog, target.album);
    if (to === null) {
      if (!now) return outcome({ notes: [`The album "${from?.name}" is gone already.`] });
      deleteAlbum(catalog, target.album);
      return outcome({ albums: [target.album], photos: 'all', columns: ['album'] });
    }
    if (from === null) {
      writeAlbum(catalog, target.album, now ?? to);
      return outcome({
        albums: [target.album],
        photos: 'all',
        columns: ['album'],
        vanished: fill(catalog, target.album, unpackIds(to.photos ?? [])),
      });
    }
    if (!now) return outcome({ notes: [`The album "${from.name}" does not exist any more.`] });
    const { row, left } = changed(now, from, to);
    writeAlbum(catalog, target.album, row);
    const notes = left.map((what) => `The ${what} of "${now.name}" is another one by now and stays.`);
    return outcome({ albums: from.filter === to.filter ? [] : [target.album], notes });
  },
  label(commands) {
    const { before, after } = commands[0]!;
    if (before === null) return `Create album "${after?.name}"`;
    if (after === null) return `Delete album "${before.name}"`;
    if (before.name !== after.name) return `Rename album "${before.name}" to "${after.name}"`;
    return `Change the filter of "${after.name}"`;
  },
});

/** Takes over what the command changed, unless something else changed it since. */
function changed(now: AlbumRow, from: AlbumRow, to: AlbumRow): { row: AlbumRow; left: string[] } {
  const row = { ...now };
  const left: string[] = [];
  if (from.name !== to.name) {
    if (now.name === from.name) row.name = to.name;
    else left.push('name');
  }
  if (from.filter !== to.filter) {
    if (now.filter === from.filter) row.filter = to.filter;
    else left.push('filter');
  }
  return { row, left };
}

/** @returns how many of the photos are no longer in the library. */
function fill(catalog: Catalog, id: number, photos: readonly number[]): number {
  if (photos.length === 0) return 0;
  const existing = existingPhotos(catalog, photos);
  const last = photosOfAlbum(catalog, id).at(-1)?.[1] ?? 0;
  placeInAlbum(
    catalog,
    id,
    existing.map((photo, index) => [photo, last + index + 1]),
  );
  return photos.length - existing.length;
}
