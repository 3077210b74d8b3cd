/** Roots and the folders below them. */
import { basename, relative, sep } from 'node:path';
import type { FolderNode } from '../../../shared/contract.ts';
import { nameKey } from '../base/name-key.ts';
import type { PhotoColumns } from './columns.ts';
import { type Catalog, query } from './open.ts';

export type Root = { id: number; path: string; name: string; state: 'online' | 'offline'; scannedAt: number | null };

const ROOTS = 'SELECT id, path, name, state, scanned_at AS scannedAt FROM root';

export function roots(catalog: Catalog): Root[] {
  return query<Root>(catalog, `${ROOTS} ORDER BY id`).all();
}

export function rootById(catalog: Catalog, id: number): Root | undefined {
  return query<Root>(catalog, `${ROOTS} WHERE id = ?`).get(id);
}

/** @returns the new root's id, or that of the one with this path. */
export function addRoot(catalog: Catalog, path: string): number {
  return catalog.transaction(() => {
    const known = query<number>(catalog, 'SELECT id FROM root WHERE path = ?').pluck().get(path);
    if (known !== undefined) return known;
    const name = basename(path) || path;
    const id = Number(
      query(catalog, 'INSERT INTO root (path, name, added_at) VALUES (?, ?, ?)').run(path, name, Date.now())
        .lastInsertRowid,
    );
    query(catalog, "INSERT INTO folder (root_id, parent_id, path, name) VALUES (?, NULL, '', ?)").run(id, name);
    return id;
  })();
}

/** Gives up a root's path, so that another root can take it within the same transaction. */
export function parkRoot(catalog: Catalog, id: number): void {
  query(catalog, 'UPDATE root SET path = path || char(0) WHERE id = ?').run(id);
}

/**
 * Makes what was a root of its own a part of a root above it; its photos keep their ids, marks and previews.
 * @param below path of the old root below the new one, '/' between folders.
 */
export function absorbRoot(catalog: Catalog, from: number, into: number, below: string): void {
  catalog.transaction(() => {
    const parts = below.split('/');
    const parent = ensureFolder(catalog, into, parts.slice(0, -1).join('/'));
    const clash = query<number>(catalog, 'SELECT id FROM folder WHERE root_id = ? AND path = ?')
      .pluck()
      .get(into, below);
    if (clash !== undefined) query(catalog, 'DELETE FROM folder WHERE id = ?').run(clash);
    query(catalog, "UPDATE folder SET parent_id = ?, name = ? WHERE root_id = ? AND path = ''").run(
      parent,
      parts.at(-1),
      from,
    );
    query(
      catalog,
      "UPDATE folder SET root_id = ?, path = CASE path WHEN '' THEN ? ELSE ? || '/' || path END WHERE root_id = ?",
    ).run(into, below, below, from);
    query(catalog, 'DELETE FROM root WHERE id = ?').run(from);
  })();
}

/** @returns id of the folder, made with all above it when it is new. Part of the caller's transaction. */
export function ensureFolder(catalog: Catalog, root: number, path: string): number {
  const known = query<number>(catalog, 'SELECT id FROM folder WHERE root_id = ? AND path = ?').pluck().get(root, path);
  if (known !== undefined) return known;
  const slash = path.lastIndexOf('/');
  const parent = path === '' ? null : ensureFolder(catalog, root, slash === -1 ? '' : path.slice(0, slash));
  return Number(
    query(catalog, 'INSERT INTO folder (root_id, parent_id, path, name) VALUES (?, ?, ?, ?)').run(
      root,
      parent,
      path,
      path.slice(slash + 1),
    ).lastInsertRowid,
  );
}

/**
 * The folders that a folder of the disk is in the library: itself, or the roots that lie below it.
 * @returns ids, none where no photo was found in it or below; null when it is outside of every root and above none.
 */
export function foldersAt(catalog: Catalog, path: string): number[] | null {
  const known = roots(catalog);
  const around = known.find((root) => path === root.path || isInside(path, root.path));
  if (around) {
    const below = relative(around.path, path).split(sep).join('/');
    return query<number>(catalog, 'SELECT id FROM folder WHERE root_id = ? AND path = ?').pluck().all(around.id, below);
  }
  const inside = known.filter((root) => isInside(root.path, path));
  if (inside.length === 0) return null;
  return query<number>(catalog, "SELECT id FROM folder WHERE path = '' AND root_id IN (SELECT value FROM json_each(?))")
    .pluck()
    .all(JSON.stringify(inside.map(({ id }) => id)));
}

/** Whether a path lies below a folder. */
export function isInside(path: string, folder: string): boolean {
  return path.startsWith(folder.endsWith(sep) ? folder : folder + sep) && path !== folder;
}

/** Ids of these folders and all below them. */
export function foldersBelow(catalog: Catalog, ids: readonly number[]): Set<number> {
  return new Set(
    query<number>(
      catalog,
      `WITH RECURSIVE below (id) AS (
         SELECT value FROM json_each(?) UNION SELECT f.id FROM folder f JOIN below ON f.parent_id = below.id
       ) SELECT id FROM below`,
    )
      .pluck()
      .all(JSON.stringify(ids)),
  );
}

/** Every folder's path for people and its place among all of them; in that order. */
export function folderNames(catalog: Catalog): Map<number, { path: string; rank: number }> {
  const rows = query<{ id: number; root: string; path: string }>(
    catalog,
    'SELECT f.id, r.name AS root, f.path FROM folder f JOIN root r ON r.id = f.root_id',
  ).all();
  const named = rows.map(({ id, root, path }) => {
    const full = path === '' ? root : `${root}/${path}`;
    // A folder comes right before those inside it, so '/' must sort before every other sign.
    return { id, path: full, key: full.split('/').map(nameKey).join('\u0001') };
  });
  named.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.id - b.id));
  return new Map(named.map(({ id, path }, rank) => [id, { path, rank }]));
}

/** Photos in each folder itself. */
export function directCounts(columns: PhotoColumns): Map<number, number> {
  const counts = new Map<number, number>();
  const { alive } = columns.smalls;
  const { folder: folders } = columns.references;
  for (let slot = 0; slot < columns.length; slot++) {
    if (alive[slot] === 0) continue;
    const folder = folders[slot]!;
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return counts;
}

/** The same from the catalog's index, while the columns are still read. */
function indexedCounts(catalog: Catalog): Map<number, number> {
  return new Map(
    query<[number, number]>(catalog, 'SELECT folder_id, count(*) FROM photo GROUP BY folder_id').raw().all(),
  );
}

/** Counts of folders → counts of folders with all below them. */
export function withBelow(catalog: Catalog, direct: ReadonlyMap<number, number>): Map<number, number> {
  const parents = new Map(query<[number, number | null]>(catalog, 'SELECT id, parent_id FROM folder').raw().all());
  const all = new Map<number, number>();
  for (const [folder, count] of direct) {
    for (let at: number | null | undefined = folder; at != null; at = parents.get(at)) {
      all.set(at, (all.get(at) ?? 0) + count);
    }
  }
  return all;
}

/** `folders.tree`: folders with photos in or below them, and every root, in the order of their names. */
export function folderTree(catalog: Catalog, columns: PhotoColumns): FolderNode[] {
  const counts = withBelow(catalog, columns.has(['folder']) ? directCounts(columns) : indexedCounts(catalog));
  const names = folderNames(catalog);
  return query<FolderNode>(
    catalog,
    `SELECT f.id, f.parent_id AS parentId, f.name, 0 AS count, r.state,
       CASE WHEN f.parent_id IS NULL THEN r.id END AS rootId
     FROM folder f JOIN root r ON r.id = f.root_id`,
  )
    .all()
    .map((folder) => ({ ...folder, count: counts.get(folder.id) ?? 0 }))
    .filter((folder) => folder.count > 0 || folder.rootId !== null)
    .sort((a, b) => (names.get(a.id)?.rank ?? 0) - (names.get(b.id)?.rank ?? 0));
}

/** @returns whether that is new. */
export function setRootState(catalog: Catalog, root: number, state: 'online' | 'offline'): boolean {
  return (
    query(catalog, 'UPDATE root SET state = @state WHERE id = @root AND state <> @state').run({ root, state }).changes >
    0
  );
}

/** @param at milliseconds since 1970. */
export function rootScanned(catalog: Catalog, root: number, at: number): void {
  query(catalog, 'UPDATE root SET scanned_at = ? WHERE id = ?').run(at, root);
}
