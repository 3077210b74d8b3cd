/** Two roots that know the same files become one: a root that comes back may have been added again meanwhile. */
import { mergePhotos } from './files.ts';
import { ensureFolder } from './folders.ts';
import { type Catalog, query } from './open.ts';
import { writeText } from './text.ts';

/**
 * Moves everything of one root into another, below a folder of it; photos keep their ids. Where both know a file, it
 * becomes one photo again, the one of the root `keep`. Part of the caller's transaction.
 * @param below path within the other root, '/' between folders; '' for its top.
 */
export function foldRoot(
  catalog: Catalog,
  { from, into, below, keep }: { from: number; into: number; below: string; keep: number },
): void {
  const folders = query<{ id: number; path: string }>(
    catalog,
    'SELECT id, path FROM folder WHERE root_id = ? ORDER BY path',
  ).all(from);
  const twins = query<{ mine: number; theirs: number }>(
    catalog,
    `SELECT x.photo_id AS mine, y.photo_id AS theirs FROM file x JOIN file y ON y.folder_id = ? AND y.name = x.name
     WHERE x.folder_id = ? AND x.role <> 'sidecar' AND y.role <> 'sidecar'`,
  );
  const movePhotos = query<number>(catalog, 'UPDATE photo SET folder_id = ? WHERE folder_id = ? RETURNING id').pluck();
  const moveFiles = query(catalog, 'UPDATE OR REPLACE file SET folder_id = ? WHERE folder_id = ?');
  const moved: number[] = [];
  for (const { id, path } of folders) {
    const folder = ensureFolder(catalog, into, [below, path].filter((part) => part !== '').join('/'));
    const gone = new Set<number>();
    for (const { mine, theirs } of twins.all(folder, id)) {
      if (gone.has(mine) || gone.has(theirs)) continue;
      const [kept, left] = keep === from ? [mine, theirs] : [theirs, mine];
      mergePhotos(catalog, kept, [left]);
      gone.add(left);
    }
    moved.push(...movePhotos.all(folder, id));
    moveFiles.run(folder, id);
  }
  query(catalog, 'DELETE FROM root WHERE id = ?').run(from);
  // The words of a photo hold the names of its folders.
  writeText(catalog, moved);
}
