/** `list`: a filter in words and a folder of the disk → photos. */
import { resolve } from 'node:path';
import { parseFilter } from '../../../shared/filter-text.ts';
import { ALL_PHOTOS, type Filter, type Query } from '../../../shared/query.ts';
import { firstSort } from '../../../shared/sorts.ts';
import { CoreError } from '../base/core-error.ts';
import type { ListedPhoto, ListOptions } from '../base/records.ts';
import type { PhotoColumns } from './columns.ts';
import { foldersAt, foldersBelow } from './folders.ts';
import { firstIds, HEAD_PHOTOS } from './head.ts';
import type { Catalog } from './open.ts';
import { orderedIds } from './order.ts';
import { listedPhotos } from './photos.ts';

/** Photos read at once: what a list holds in memory at a time. */
const PAGE = 500;

/** @param columns asked for where they are needed @throws CoreError INVALID with a sentence about the filter; NOT_FOUND for a folder outside of the library. */
export function listedIds(catalog: Catalog, columns: () => PhotoColumns, options: ListOptions = {}): number[] {
  const parsed = parseFilter(options.filter ?? '');
  if ('error' in parsed) throw new CoreError('INVALID', parsed.error);
  const filter = options.folder === undefined ? parsed.filter : within(catalog, resolve(options.folder), parsed.filter);
  if (filter === null) return [];
  const sort = firstSort(options.sort ?? 'grade');
  const view: Query = {
    ...ALL_PHOTOS,
    filter,
    sort: { key: sort.key, order: options.order ?? sort.order },
  };
  // A few are read where they stand, and the columns of all photos not at all.
  const first = (options.limit ?? Number.POSITIVE_INFINITY) <= HEAD_PHOTOS ? firstIds(catalog, view) : null;
  const ids = first ?? orderedIds(catalog, columns(), view);
  return options.limit === undefined ? ids : ids.slice(0, options.limit);
}

/** The filter narrowed to what lies at or below a folder of the disk; null when that leaves nothing. */
function within(catalog: Catalog, folder: string, filter: Filter): Filter | null {
  const found = foldersAt(catalog, folder);
  if (found === null) throw new CoreError('NOT_FOUND', `${folder} is not in the library. Add it with: keeplight index`);
  const inside = foldersBelow(catalog, found);
  const named = filter.folders?.length ? foldersBelow(catalog, filter.folders) : inside;
  const folders = [...inside].filter((id) => named.has(id));
  return folders.length === 0 ? null : { ...filter, folders };
}

/** The photos of these ids as `list --json` prints them, in the order given, read a page at a time. */
export function* eachListed(catalog: Catalog, ids: readonly number[]): Generator<ListedPhoto> {
  for (let start = 0; start < ids.length; start += PAGE) yield* listedPhotos(catalog, ids.slice(start, start + PAGE));
}
