/** A root taken out of the library; undone, it is back with its photos, their marks, critiques and places in albums. */
import { z } from 'zod';
import { PHOTO_COLUMNS } from '../../../../shared/photo-columns.ts';
import { albumPositions, albumRow, photosOfAlbum } from '../../catalog/albums.ts';
import { photosOfRoot } from '../../catalog/files.ts';
import { foldRoot } from '../../catalog/fold-root.ts';
import { parkRoot, type Root, rootById, roots } from '../../catalog/folders.ts';
import { isKept, keepRoot, restoreRoot } from '../../catalog/kept.ts';
import { mendTops, topsOfMoments } from '../../catalog/moments.ts';
import type { Catalog } from '../../catalog/open.ts';
import { placesIn, placesSchema, putInPlace } from './album-photos.ts';
import { type Command, type Kind, outcome } from './command.ts';

/** Places of its photos in albums: numbers alone would not hold while other photos of the album are moved. */
const stateSchema = z.object({ albums: z.array(z.object({ album: z.int(), places: placesSchema })) }).nullable();
export type RootCommand = Command<{ root: number; path: string; name: string }, z.infer<typeof stateSchema>>;

/** Takes a root out of the library with everything below it. */
export function rootRemoval(catalog: Catalog, { id, path, name }: Root): RootCommand {
  const photos = new Set(photosOfRoot(catalog, id));
  const albums = albumPositions(catalog).flatMap(([album]) => {
    const order = photosOfAlbum(catalog, album).map(([photo]) => photo);
    return order.some((photo) => photos.has(photo)) ? [{ album, places: placesIn(order, photos) }] : [];
  });
  return { kind: 'root', target: { root: id, path, name }, before: { albums }, after: null };
}

export const root: Kind<RootCommand['target'], RootCommand['before']> = {
  name: 'root',
  target: z.object({ root: z.int(), path: z.string(), name: z.string() }),
  state: stateSchema,
  apply(catalog, { target }) {
    if (!rootById(catalog, target.root)) {
      return outcome({ notes: [`${target.name} is no root of its own any more, so nothing was removed.`] });
    }
    const { photos } = keepRoot(catalog, target.root);
    return outcome({
      photos: [...photos.map(({ id }) => id), ...mendTops(catalog)],
      folders: true,
      albums: [],
      columns: ['presence', 'stack'],
      root: { left: photos },
    });
  },
  revert(catalog, { target, before }) {
    if (!isKept(catalog, target.root)) {
      return outcome({ notes: [`Nothing is kept of ${target.name}: add the folder again.`] });
    }
    const tops = topsOfMoments(catalog);
    const returned = comeBack(catalog, target.root, target.path);
    mendTops(catalog, tops);
    for (const { album, places } of before?.albums ?? []) {
      if (albumRow(catalog, album)) putInPlace(catalog, album, places);
    }
    return outcome({
      photos: 'all',
      columns: PHOTO_COLUMNS,
      folders: true,
      albums: [],
      root: { returned },
    });
  },
  label: (commands) => `Remove ${commands[0]?.target.name} from the library`,
  leavingRoot: ({ root: id }) => id,
};

/** @returns the root in which its photos are now: itself, or one above it that was added meanwhile. */
function comeBack(catalog: Catalog, id: number, path: string): number {
  const others = roots(catalog);
  const same = others.find((other) => other.path === path);
  // Two roots may not have one path, not even for a moment.
  if (same) parkRoot(catalog, same.id);
  restoreRoot(catalog, id);
  if (same) foldRoot(catalog, { from: same.id, into: id, below: '', keep: id });
  for (const inner of others) {
    const below = pathBelow(inner, path);
    if (below !== null) foldRoot(catalog, { from: inner.id, into: id, below, keep: id });
  }
  for (const outer of others) {
    const below = pathBelow({ path }, outer.path);
    if (below === null) continue;
    foldRoot(catalog, { from: id, into: outer.id, below, keep: id });
    return outer.id;
  }
  return id;
}

/** Path of a root below a folder, '/' between folders; null when it does not lie in it. */
function pathBelow({ path }: Pick<Root, 'path'>, folder: string): string | null {
  const start = folder.endsWith('/') || folder.endsWith('\\') ? folder.length : folder.length + 1;
  if (!path.startsWith(folder) || path.length <= start) return null;
  if (start > folder.length && !/[/\\]/.test(path[folder.length] ?? '')) return null;
  return path.slice(start).replaceAll('\\', '/');
}
