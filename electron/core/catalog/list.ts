/** `list`: a filter in words → photos. */
import { parseFilter } from '../../../shared/filter-text.ts';
import type { SortKey } from '../../../shared/query.ts';
import { CoreError } from '../base/core-error.ts';
import type { ListedPhoto, ListOptions } from '../base/records.ts';
import type { PhotoColumns } from './columns.ts';
import type { Catalog } from './open.ts';
import { orderedIds } from './order.ts';
import { listedPhotos } from './photos.ts';

/** Sorts that people read from the smallest up. */
const RISING: ReadonlySet<SortKey> = new Set(['date', 'name', 'added', 'noise', 'iso', 'manual']);

/** @throws CoreError INVALID with a sentence about the filter. */
export function listPhotos(catalog: Catalog, columns: PhotoColumns, options: ListOptions = {}): ListedPhoto[] {
  const parsed = parseFilter(options.filter ?? '');
  if ('error' in parsed) throw new CoreError('INVALID', parsed.error);
  const key = options.sort ?? 'grade';
  const ids = orderedIds(catalog, columns, {
    source: { kind: 'all' },
    filter: parsed.filter,
    sort: { key, order: options.order ?? (RISING.has(key) ? 'asc' : 'desc') },
    group: 'none',
    stacks: 'open',
  });
  return listedPhotos(catalog, ids.slice(0, options.limit));
}
