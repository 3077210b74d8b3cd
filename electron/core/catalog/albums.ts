/** Albums that people fill by hand, and smart albums, which are saved filters. */
import type { Album } from '../../../shared/contract.ts';
import { type Filter, filterSchema } from '../../../shared/query.ts';
import { CoreError } from '../base/core-error.ts';
import type { PhotoColumns } from './columns.ts';
import { matchingSlots } from './matching.ts';
import { type Catalog, query } from './open.ts';

type Row = {
  id: number;
  name: string;
  kind: 'album' | 'smart';
  filter: string | null;
  position: number;
  count: number;
};

const ROWS = `
  SELECT id, name, kind, filter, position, (SELECT count(*) FROM album_photo WHERE album_id = album.id) AS count
  FROM album`;

function albumOf(catalog: Catalog, columns: PhotoColumns, row: Row): Album {
  const filter = row.filter === null ? null : readFilter(row.filter);
  const count = filter ? matchingSlots(catalog, columns, { source: { kind: 'all' }, filter }).length : row.count;
  return { ...row, filter, count };
}

/** A filter of an older Keeplight may hold what this one does not know: then the album shows all rather than nothing. */
function readFilter(text: string): Filter {
  const parsed = filterSchema.safeParse(JSON.parse(text));
  return parsed.success ? parsed.data : {};
}

export function albums(catalog: Catalog, columns: PhotoColumns): Album[] {
  return query<Row>(catalog, `${ROWS} ORDER BY kind, position, id`)
    .all()
    .map((row) => albumOf(catalog, columns, row));
}

/** @throws CoreError NOT_FOUND; INVALID when it is not of this kind. */
export function requireAlbum(catalog: Catalog, id: number, kind?: Row['kind']): Row {
  const row = query<Row>(catalog, `${ROWS} WHERE id = ?`).get(id);
  if (!row) throw new CoreError('NOT_FOUND', 'This album does not exist any more.');
  if (kind && row.kind !== kind) {
    throw new CoreError(
      'INVALID',
      kind === 'album'
        ? `"${row.name}" is a smart album: its photos are those that its filter finds.`
        : `"${row.name}" has no filter: it is filled by hand.`,
    );
  }
  return row;
}

export function albumById(catalog: Catalog, columns: PhotoColumns, id: number): Album {
  return albumOf(catalog, columns, requireAlbum(catalog, id));
}

/** An album as it is stored; `filter` is JSON. */
export type AlbumRow = { name: string; kind: Row['kind']; filter: string | null; position: number; createdAt: number };

export function albumRow(catalog: Catalog, id: number): AlbumRow | undefined {
  return query<AlbumRow>(
    catalog,
    'SELECT name, kind, filter, position, created_at AS createdAt FROM album WHERE id = ?',
  ).get(id);
}

/** The id that the next album gets; ids are never used twice. */
export function nextAlbumId(catalog: Catalog): number {
  return query<number>(catalog, "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'album'), 0) + 1")
    .pluck()
    .get()!;
}

export function nextAlbumPosition(catalog: Catalog, kind: Row['kind']): number {
  return query<number>(catalog, 'SELECT coalesce(max(position), 0) + 1 FROM album WHERE kind = ?').pluck().get(kind)!;
}

/** Makes the album with this id, or makes it be like this; its photos stay. Part of the caller's transaction. */
export function writeAlbum(catalog: Catalog, id: number, { name, kind, filter, position, createdAt }: AlbumRow): void {
  query(
    catalog,
    `INSERT INTO album (id, name, kind, filter, position, created_at) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET name = excluded.name, filter = excluded.filter, position = excluded.position`,
  ).run(id, name, kind, filter, position, createdAt);
}

/** The photos stay in the library. */
export function deleteAlbum(catalog: Catalog, id: number): void {
  query(catalog, 'DELETE FROM album WHERE id = ?').run(id);
}

/** All albums in the order in which people put them, with the numbers that make the order. */
export function albumPositions(catalog: Catalog): [id: number, position: number][] {
  return query<[number, number]>(catalog, 'SELECT id, position FROM album ORDER BY position, id').raw().all();
}

/** Part of the caller's transaction. */
export function placeAlbums(catalog: Catalog, places: readonly [id: number, position: number][]): void {
  const place = query(catalog, 'UPDATE album SET position = ? WHERE id = ?');
  for (const [id, position] of places) place.run(position, id);
}

/** Photos of an album in its order, with the numbers that make the order. */
export function photosOfAlbum(catalog: Catalog, id: number): [photo: number, position: number][] {
  return query<[number, number]>(
    catalog,
    'SELECT photo_id, position FROM album_photo WHERE album_id = ? ORDER BY position, photo_id',
  )
    .raw()
    .all(id);
}

/** Those of these ids that are photos of the library, in the order given. */
export function existingPhotos(catalog: Catalog, ids: readonly number[]): number[] {
  return query<number>(catalog, 'SELECT p.id FROM json_each(?) j JOIN photo p ON p.id = j.value ORDER BY j.key')
    .pluck()
    .all(JSON.stringify(ids));
}

/** Puts photos into an album, or elsewhere in it. Part of the caller's transaction. */
export function placeInAlbum(catalog: Catalog, id: number, places: readonly [photo: number, position: number][]): void {
  query(
    catalog,
    `INSERT INTO album_photo (album_id, photo_id, position) SELECT ?, value ->> 0, value ->> 1 FROM json_each(?) WHERE true
     ON CONFLICT (album_id, photo_id) DO UPDATE SET position = excluded.position`,
  ).run(id, JSON.stringify(places));
}

export function takeOutOfAlbum(catalog: Catalog, id: number, photos: readonly number[]): void {
  query(catalog, 'DELETE FROM album_photo WHERE album_id = ? AND photo_id IN (SELECT value FROM json_each(?))').run(
    id,
    JSON.stringify(photos),
  );
}
