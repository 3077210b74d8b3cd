import { statSync } from 'node:fs';
import type { PhotoColumns } from '../../catalog/columns.ts';
import { listedIds } from '../../catalog/list.ts';
import type { Catalog } from '../../catalog/open.ts';
import { resolvePhoto } from '../../catalog/photos.ts';

/** Photos and folders that a person named, by id or path; the whole library when none is named. */
export function chosenPhotos(catalog: Catalog, columns: PhotoColumns, named: readonly string[]): number[] {
  if (named.length === 0) return listedIds(catalog, () => columns);
  const ids = named.flatMap((name) =>
    isFolder(name) ? listedIds(catalog, () => columns, { folder: name }) : [resolvePhoto(catalog, name)],
  );
  return [...new Set(ids)];
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
