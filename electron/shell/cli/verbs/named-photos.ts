/** Photos as verbs that write take them: a folder, a filter, or photos by id or path. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Core } from '../../../core/core.ts';
import { UsageError } from './verb.ts';

/** @throws CoreError NOT_FOUND for what is not in the library, INVALID for the filter. @returns ids, none twice */
export function namedPhotos(core: Core, words: readonly string[], filter: string | undefined): number[] {
  if (words.length === 0 && filter === undefined) throw new UsageError('Name photos, a folder, or a --filter.');
  if (words.length === 0) return core.listIds({ filter, sort: 'date', order: 'asc' });
  const ids = words.flatMap((word) => {
    const path = resolve(word);
    if (!/^\d+$/.test(word) && statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
      return core.listIds({ folder: path, filter, sort: 'date', order: 'asc' });
    }
    if (filter !== undefined)
      throw new UsageError('A --filter narrows a folder, not photos that are named one by one.');
    return [core.resolvePhoto(/^\d+$/.test(word) ? word : path)];
  });
  return [...new Set(ids)];
}
