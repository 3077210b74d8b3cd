/** What a person does with albums, as steps of the history. */
import type { Album } from '../../../shared/contract.ts';
import type { Filter } from '../../../shared/query.ts';
import {
  type AlbumRow,
  albumById,
  albumPositions,
  albumRow,
  existingPhotos,
  nextAlbumId,
  nextAlbumPosition,
  photosOfAlbum,
  requireAlbum,
} from '../catalog/albums.ts';
import type { PhotoColumns } from '../catalog/columns.ts';
import type { Catalog } from '../catalog/open.ts';
import type { AlbumCommand } from './kinds/album.ts';
import type { AlbumArrangementCommand } from './kinds/album-arrangement.ts';
import { type AlbumPhotosCommand, placesIn } from './kinds/album-photos.ts';
import { packIds } from './kinds/packed-ids.ts';
import { perform } from './steps.ts';

export function createAlbum(
  catalog: Catalog,
  columns: PhotoColumns,
  { name, filter, ids }: { name: string; filter: Filter | null; ids: readonly number[] },
): Album {
  let album = 0;
  perform(catalog, () => {
    album = nextAlbumId(catalog);
    const kind = filter ? 'smart' : 'album';
    const command: AlbumCommand = {
      kind: 'album',
      target: { album },
      before: null,
      after: {
        name,
        kind,
        filter: filter ? JSON.stringify(filter) : null,
        position: nextAlbumPosition(catalog, kind),
        createdAt: Date.now(),
        photos: packIds(filter ? [] : existingPhotos(catalog, [...new Set(ids)])),
      },
    };
    return [command];
  });
  return albumById(catalog, columns, album);
}

export function renameAlbum(catalog: Catalog, id: number, name: string): void {
  requireAlbum(catalog, id);
  change(catalog, id, { name });
}

export function setAlbumFilter(catalog: Catalog, id: number, filter: Filter): void {
  requireAlbum(catalog, id, 'smart');
  change(catalog, id, { filter: JSON.stringify(filter) });
}

function change(catalog: Catalog, album: number, to: Partial<AlbumRow>): void {
  perform(catalog, () => {
    const before = albumRow(catalog, album)!;
    const after = { ...before, ...to };
    if (before.name === after.name && before.filter === after.filter) return [];
    const command: AlbumCommand = { kind: 'album', target: { album }, before, after };
    return [command];
  });
}

/** The photos stay in the library. */
export function removeAlbum(catalog: Catalog, album: number): void {
  requireAlbum(catalog, album);
  perform(catalog, () => {
    const photos = packIds(photosOfAlbum(catalog, album).map(([photo]) => photo));
    const before = { ...albumRow(catalog, album)!, photos };
    const command: AlbumCommand = { kind: 'album', target: { album }, before, after: null };
    return [command];
  });
}

/** Puts albums into this order; those that are not named keep theirs, after them. */
export function arrangeAlbums(catalog: Catalog, ids: readonly number[]): void {
  perform(catalog, () => {
    const before = albumPositions(catalog);
    const known = before.map(([id]) => id);
    const order = [...new Set([...ids.filter((id) => known.includes(id)), ...known])];
    if (order.every((id, index) => id === known[index])) return [];
    const after = order.map((id, index): [number, number] => [id, index + 1]);
    const command: AlbumArrangementCommand = { kind: 'album-arrangement', target: null, before, after };
    return [command];
  });
}

/** Appends photos; those that are in it already stay where they are. @returns how many came. */
export function addToAlbum(catalog: Catalog, id: number, photos: readonly number[]): number {
  const { name } = requireAlbum(catalog, id, 'album');
  let came = 0;
  perform(catalog, () => {
    const order = orderOf(catalog, id);
    const inside = new Set(order);
    const fresh = existingPhotos(
      catalog,
      [...new Set(photos)].filter((photo) => !inside.has(photo)),
    );
    came = fresh.length;
    const places = placesIn([...order.slice(-1), ...fresh], new Set(fresh));
    return command(id, name, fresh, null, places);
  });
  return came;
}

export function removeFromAlbum(catalog: Catalog, id: number, photos: readonly number[]): void {
  const { name } = requireAlbum(catalog, id, 'album');
  perform(catalog, () => {
    const order = orderOf(catalog, id);
    const inside = new Set(order);
    const leaving = photos.filter((photo) => inside.has(photo));
    return command(id, name, leaving, placesIn(order, new Set(leaving)), null);
  });
}

/** Moves photos of an album, in the order given, in front of another one of it, or to the end. */
export function moveInAlbum(catalog: Catalog, id: number, photos: readonly number[], before: number | null): void {
  const { name } = requireAlbum(catalog, id, 'album');
  perform(catalog, () => {
    const all = orderOf(catalog, id);
    const inside = new Set(all);
    const moved = new Set(photos.filter((photo) => inside.has(photo)));
    const rest = all.filter((photo) => !moved.has(photo));
    // In front of a photo that moves itself: in front of the next one that stays.
    const from = before === null ? -1 : all.indexOf(before);
    const anchor = from === -1 ? undefined : all.slice(from).find((photo) => !moved.has(photo));
    const at = anchor === undefined ? rest.length : rest.indexOf(anchor);
    const order = [...rest.slice(0, at), ...moved, ...rest.slice(at)];
    if (order.every((photo, index) => photo === all[index])) return [];
    return command(id, name, [...moved], placesIn(all, moved), placesIn(order, moved));
  });
}

const orderOf = (catalog: Catalog, album: number): number[] => photosOfAlbum(catalog, album).map(([photo]) => photo);

function command(
  album: number,
  name: string,
  photos: readonly number[],
  before: AlbumPhotosCommand['before'],
  after: AlbumPhotosCommand['after'],
): AlbumPhotosCommand[] {
  if (photos.length === 0) return [];
  return [{ kind: 'album-photos', target: { album, name, photos: packIds(photos) }, before, after }];
}
