/**
 * Photos put into an album, taken out of it, or moved in it. A place is remembered by the photo before it, not by a
 * number: so one photo moved in an album of a hundred thousand is one small command, and still right after others came
 * or went.
 */

import { z } from 'zod';
import { photosText } from '../../../../shared/photo.ts';
import { albumRow, existingPhotos, photosOfAlbum, placeInAlbum, takeOutOfAlbum } from '../../catalog/albums.ts';
import type { Catalog } from '../../catalog/open.ts';
import { type Command, outcome, reversible } from './command.ts';
import { packedIdsSchema, packIds, unpackIds } from './packed-ids.ts';

/** For each photo, in the album's order, the one before it; 0 before the first. */
export const placesSchema = z.object({ photos: packedIdsSchema, follow: packedIdsSchema });
type Places = z.infer<typeof placesSchema>;
export type AlbumPhotosCommand = Command<
  { album: number; name: string; photos: z.infer<typeof packedIdsSchema> },
  Places | null
>;

/** Where these photos stand in an order of which they are a part. */
export function placesIn(order: readonly number[], photos: ReadonlySet<number>): Places {
  const ids: number[] = [];
  const follow: number[] = [];
  for (const [index, photo] of order.entries()) {
    if (!photos.has(photo)) continue;
    ids.push(photo);
    follow.push(index === 0 ? 0 : order[index - 1]!);
  }
  return { photos: packIds(ids), follow: packIds(follow) };
}

export const albumPhotos = reversible<AlbumPhotosCommand['target'], Places | null>({
  name: 'album-photos',
  target: z.object({ album: z.int(), name: z.string(), photos: packedIdsSchema }),
  // Null: they are not in the album.
  state: placesSchema.nullable(),
  bring(catalog, { album, name, photos }, _from, to) {
    if (albumRow(catalog, album)?.kind !== 'album') {
      return outcome({ notes: [`The album "${name}" does not exist any more.`] });
    }
    if (to === null) {
      takeOutOfAlbum(catalog, album, unpackIds(photos));
      return outcome({ albums: [album], photos: 'all', columns: ['album'] });
    }
    return outcome({
      albums: [album],
      photos: 'all',
      columns: ['album'],
      vanished: putInPlace(catalog, album, to),
    });
  },
  label(commands) {
    const { target, before, after } = commands[0]!;
    const count = photosText(unpackIds(target.photos).length);
    if (before === null) return `Add ${count} to "${target.name}"`;
    if (after === null) return `Take ${count} out of "${target.name}"`;
    return `Move ${count} in "${target.name}"`;
  },
});

/** Puts photos at their places in an album, wherever they were. @returns how many of them are no longer in the library. */
export function putInPlace(catalog: Catalog, album: number, { photos, follow }: Places): number {
  const wanted = unpackIds(photos);
  const moved = new Set(wanted);
  const existing = new Set(existingPhotos(catalog, wanted));
  const rest = photosOfAlbum(catalog, album).filter(([photo]) => !moved.has(photo));
  const order = woven(
    rest.map(([photo]) => photo),
    wanted,
    unpackIds(follow),
    existing,
  );
  placeInAlbum(catalog, album, numbered(order, new Map(rest)));
  return wanted.length - existing.size;
}

/** Puts each photo behind the one that it follows; one whose leader has gone comes last. */
function woven(
  rest: readonly number[],
  photos: readonly number[],
  follow: readonly number[],
  existing: ReadonlySet<number>,
): number[] {
  const next = new Map<number, number>();
  let last = 0;
  for (const photo of rest) {
    next.set(last, photo);
    last = photo;
  }
  const there = new Set(rest);
  for (const [index, photo] of photos.entries()) {
    if (!existing.has(photo)) continue;
    const leader = follow[index]!;
    const at = leader === 0 || there.has(leader) ? leader : last;
    const after = next.get(at);
    next.set(at, photo);
    if (after === undefined) last = photo;
    else next.set(photo, after);
    there.add(photo);
  }
  const order: number[] = [];
  for (let photo = next.get(0); photo !== undefined; photo = next.get(photo)) order.push(photo);
  return order;
}

/** Numbers closer to each other than this are given anew. */
const CLOSEST = 1e-6;

/** Numbers for those that have none, between their neighbours'; all are numbered again where there is no room. */
function numbered(order: readonly number[], known: ReadonlyMap<number, number>): [number, number][] {
  const places: [number, number][] = [];
  let low = 0;
  for (let index = 0; index < order.length; ) {
    const position = known.get(order[index]!);
    if (position !== undefined) {
      low = position;
      index++;
      continue;
    }
    let end = index;
    while (end < order.length && !known.has(order[end]!)) end++;
    const high = end < order.length ? known.get(order[end]!)! : low + (end - index) + 1;
    const gap = (high - low) / (end - index + 1);
    if (gap < CLOSEST) return order.map((photo, place) => [photo, place + 1]);
    for (let offset = 1; index < end; index++, offset++) places.push([order[index]!, low + gap * offset]);
  }
  return places;
}
