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

function requireAlbum(catalog: Catalog, id: number, kind?: Row['kind']): Row {
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

export function createAlbum(
  catalog: Catalog,
  columns: PhotoColumns,
  album: { name: string; filter: Filter | null; ids: readonly number[] },
): Album {
  const id = catalog.transaction(() => {
    const kind = album.filter ? 'smart' : 'album';
    const made = Number(
      query(
        catalog,
        `INSERT INTO album (name, kind, filter, position, created_at)
         VALUES (?, ?, ?, (SELECT coalesce(max(position), 0) + 1 FROM album WHERE kind = ?), ?)`,
      ).run(album.name, kind, album.filter ? JSON.stringify(album.filter) : null, kind, Date.now()).lastInsertRowid,
    );
    if (!album.filter && album.ids.length > 0) addToAlbum(catalog, made, album.ids);
    return made;
  })();
  return albumOf(catalog, columns, requireAlbum(catalog, id));
}

export function renameAlbum(catalog: Catalog, id: number, name: string): void {
  requireAlbum(catalog, id);
  query(catalog, 'UPDATE album SET name = ? WHERE id = ?').run(name, id);
}

export function setAlbumFilter(catalog: Catalog, id: number, filter: Filter): void {
  requireAlbum(catalog, id, 'smart');
  query(catalog, 'UPDATE album SET filter = ? WHERE id = ?').run(JSON.stringify(filter), id);
}

/** The photos stay. */
export function removeAlbum(catalog: Catalog, id: number): void {
  requireAlbum(catalog, id);
  query(catalog, 'DELETE FROM album WHERE id = ?').run(id);
}

/** Puts albums into this order; those that are not named keep theirs, after them. */
export function arrangeAlbums(catalog: Catalog, ids: readonly number[]): void {
  catalog.transaction(() => {
    const rest = query<number>(catalog, 'SELECT id FROM album ORDER BY position, id').pluck().all();
    const order = [...new Set([...ids, ...rest])];
    const place = query(catalog, 'UPDATE album SET position = ? WHERE id = ?');
    for (const [index, id] of order.entries()) place.run(index + 1, id);
  })();
}

/** Appends photos; those that are in it already stay where they are. @returns how many came. */
export function addToAlbum(catalog: Catalog, id: number, photos: readonly number[]): number {
  requireAlbum(catalog, id, 'album');
  return catalog.transaction(() => {
    const last =
      query<number | null>(catalog, 'SELECT max(position) FROM album_photo WHERE album_id = ?').pluck().get(id) ?? 0;
    return query(
      catalog,
      `INSERT INTO album_photo (album_id, photo_id, position)
       SELECT ?, j.value, ? + j.key + 1 FROM json_each(?) j JOIN photo p ON p.id = j.value WHERE true
       ON CONFLICT DO NOTHING`,
    ).run(id, last, JSON.stringify(photos)).changes;
  })();
}

export function removeFromAlbum(catalog: Catalog, id: number, photos: readonly number[]): void {
  requireAlbum(catalog, id, 'album');
  query(catalog, 'DELETE FROM album_photo WHERE album_id = ? AND photo_id IN (SELECT value FROM json_each(?))').run(
    id,
    JSON.stringify(photos),
  );
}

/** Moves photos of an album, in the order given, in front of another one of it, or to the end. */
export function moveInAlbum(catalog: Catalog, id: number, photos: readonly number[], before: number | null): void {
  requireAlbum(catalog, id, 'album');
  catalog.transaction(() => {
    const all = query<number>(
      catalog,
      'SELECT photo_id FROM album_photo WHERE album_id = ? ORDER BY position, photo_id',
    )
      .pluck()
      .all(id);
    const inside = new Set(all);
    const moved = new Set(photos.filter((photo) => inside.has(photo)));
    const rest = all.filter((photo) => !moved.has(photo));
    // In front of a photo that moves itself: in front of the next one that stays.
    const from = before === null ? -1 : all.indexOf(before);
    const anchor = from === -1 ? undefined : all.slice(from).find((photo) => !moved.has(photo));
    const at = anchor === undefined ? rest.length : rest.indexOf(anchor);
    const order = [...rest.slice(0, at), ...moved, ...rest.slice(at)];
    const place = query(catalog, 'UPDATE album_photo SET position = ? WHERE album_id = ? AND photo_id = ?');
    for (const [index, photo] of order.entries()) place.run(index + 1, id, photo);
  })();
}
