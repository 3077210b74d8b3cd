/** Keywords, titles and captions that a person gives to photos, as steps of the history. */

import type { WordField } from '../../../shared/statement.ts';
import { CoreError } from '../base/core-error.ts';
import type { Catalog } from '../catalog/open.ts';
import { existingPhotos } from '../catalog/photos.ts';
import { hasKeyword, wordOf } from '../catalog/words.ts';
import type { KeywordCommand } from './kinds/keyword.ts';
import { packIds } from './kinds/packed-ids.ts';
import type { WordCommand } from './kinds/word.ts';
import { perform } from './steps.ts';

/** Names, or paths of a hierarchy with `|` between: `Places|Oslo`. */
export type KeywordChange = { add: readonly string[]; remove: readonly string[] };

/** @throws CoreError INVALID for a keyword that says nothing, or that is to be added and removed at once. */
function cleaned(keywords: readonly string[]): string[] {
  const names = keywords.map((keyword) =>
    keyword
      .normalize('NFC')
      .split('|')
      .map((level) => level.replace(/\s+/g, ' ').trim())
      .join('|'),
  );
  if (names.some((name) => name.split('|').includes(''))) {
    throw new CoreError('INVALID', 'A keyword must say something, also at every level of a hierarchy.');
  }
  return [...new Set(names)];
}

/** @returns ids of the photos that changed. @throws CoreError NOT_FOUND, INVALID; then nothing changes. */
export function setKeywords(
  catalog: Catalog,
  ids: readonly number[],
  change: KeywordChange,
  now = Date.now(),
): number[] {
  const [add, remove] = [cleaned(change.add), cleaned(change.remove)];
  const both = add.find((name) => remove.includes(name));
  if (both !== undefined) throw new CoreError('INVALID', `“${both}” is to be added and removed at once.`);
  const wanted = [...remove.map((name) => [name, false] as const), ...add.map((name) => [name, true] as const)];
  const { photos } = perform(
    catalog,
    () => {
      const found = requireAll(catalog, ids);
      return wanted.flatMap(([name, present]): KeywordCommand[] => {
        const changing = found.filter((id) => hasKeyword(catalog, id, name) !== present);
        if (changing.length === 0) return [];
        const target = { photos: packIds(changing), keyword: name };
        return [{ kind: 'keyword', target, before: !present, after: present }];
      });
    },
    now,
  );
  return photos === 'all' ? [...ids] : photos;
}

/** @returns ids of the photos that changed. @throws CoreError NOT_FOUND; then nothing changes. */
export function setWords(
  catalog: Catalog,
  ids: readonly number[],
  field: WordField,
  value: string | null,
  now = Date.now(),
): number[] {
  const text = value === null ? '' : value.replace(/\r\n?/g, '\n').trim();
  const after = text === '' ? null : text;
  const { photos } = perform(
    catalog,
    () => {
      const groups = Map.groupBy(requireAll(catalog, ids), (id) => wordOf(catalog, id, field));
      return [...groups]
        .filter(([before]) => before !== after)
        .map(
          ([before, group]): WordCommand => ({
            kind: 'word',
            target: { photos: packIds(group), field },
            before,
            after,
          }),
        );
    },
    now,
  );
  return photos === 'all' ? [...ids] : photos;
}

function requireAll(catalog: Catalog, ids: readonly number[]): number[] {
  const wanted = [...new Set(ids)];
  const found = existingPhotos(catalog, wanted);
  if (found.length === wanted.length) return found;
  const there = new Set(found);
  throw new CoreError('NOT_FOUND', `There is no photo ${wanted.find((id) => !there.has(id))}.`);
}
