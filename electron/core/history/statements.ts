/** What sidecars say, taken over as one step of the history. */

import { WORD_FIELDS } from '../../../shared/statement.ts';
import type { Statement } from '../catalog/agreed.ts';
import { ourStatement } from '../catalog/agreed.ts';
import type { MarkChange } from '../catalog/marks.ts';
import type { Catalog } from '../catalog/open.ts';
import { existingPhotos } from '../catalog/photos.ts';
import type { MarksCommand } from './kinds/marks.ts';
import { packIds } from './kinds/packed-ids.ts';
import type { WordCommand } from './kinds/word.ts';
import { perform } from './steps.ts';

/** What is taken over of one photo; fields that are absent stay. */
export type TakenStatement = { photo: number; statement: Partial<Statement> };

/** @returns ids of the photos that changed. */
export function takeStatements(catalog: Catalog, taken: readonly TakenStatement[], now = Date.now()): number[] {
  const { photos } = perform(
    catalog,
    () => {
      const there = new Set(
        existingPhotos(
          catalog,
          taken.map(({ photo }) => photo),
        ),
      );
      return taken
        .filter(({ photo }) => there.has(photo))
        .flatMap(({ photo, statement }): (MarksCommand | WordCommand)[] => {
          const ours = ourStatement(catalog, photo);
          const marks = (['flag', 'stars', 'color'] as const).filter(
            (field) => statement[field] !== undefined && statement[field] !== ours[field],
          );
          const of = (from: Partial<Statement>): MarkChange =>
            Object.fromEntries(marks.map((field) => [field, from[field]]));
          const target = { photos: packIds([photo]) };
          const words = WORD_FIELDS.filter(
            (field) => statement[field] !== undefined && statement[field] !== ours[field],
          );
          return [
            ...(marks.length === 0 ? [] : [{ kind: 'marks', target, before: of(ours), after: of(statement) }]),
            ...words.map((field) => ({
              kind: 'word',
              target: { ...target, field },
              before: ours[field],
              after: statement[field] ?? null,
            })),
          ];
        });
    },
    now,
  );
  return photos === 'all' ? taken.map(({ photo }) => photo) : photos;
}
