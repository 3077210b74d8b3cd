/** The order of the albums in the sidebar. */
import { z } from 'zod';
import { placeAlbums } from '../../catalog/albums.ts';
import { type Command, outcome, reversible } from './command.ts';

/** Every album with the number of its place. */
const placesSchema = z.array(z.tuple([z.int(), z.int()]));
export type AlbumArrangementCommand = Command<null, z.infer<typeof placesSchema>>;

export const albumArrangement = reversible<null, z.infer<typeof placesSchema>>({
  name: 'album-arrangement',
  target: z.null(),
  state: placesSchema,
  bring(catalog, _target, _from, to) {
    // An album that has gone since has no place any more.
    placeAlbums(catalog, to);
    return outcome({ albums: [] });
  },
  label: () => 'Arrange the albums',
});
