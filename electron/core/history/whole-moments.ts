/** Moments that stay whole are marked whole. */
import { wholeSiblings } from '../catalog/moments.ts';
import type { Catalog } from '../catalog/open.ts';
import type { MarkAssignment } from './marks.ts';

/** The assignments, each with the rest of the brackets and panoramas that it names a part of, unless another names that. */
export function withWholeMoments(catalog: Catalog, assignments: readonly MarkAssignment[]): MarkAssignment[] {
  const added = assignments.map(({ ids }) => wholeSiblings(catalog, ids));
  if (added.every(({ length }) => length === 0)) return [...assignments];
  const named = new Set(assignments.flatMap(({ ids }) => [...ids]));
  return assignments.map((assignment, index) => {
    const siblings = added[index]!.filter((id) => !named.has(id));
    for (const id of siblings) named.add(id);
    return { ...assignment, ids: [...assignment.ids, ...siblings] };
  });
}
