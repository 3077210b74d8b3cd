/** A folder of the disk culled by rules, as the command line asks for it. */
import type { Wish } from '../../../shared/culling.ts';
import { CoreError } from '../base/core-error.ts';
import type { CullReport } from '../base/records.ts';
import { foldersAt } from '../catalog/folders.ts';
import type { Catalog } from '../catalog/open.ts';
import { pathsOf } from '../catalog/photos.ts';
import type { Culling } from './culling.ts';

/**
 * What would be kept of a folder with all below, by paths; without `dryRun` it is marked so, as one step.
 * @throws CoreError NOT_FOUND for a folder that is not in the library.
 */
export function cullFolder(
  catalog: Catalog,
  culling: Culling,
  folder: string,
  wish: Wish,
  dryRun: boolean,
): CullReport {
  const found = foldersAt(catalog, folder);
  if (found === null) throw new CoreError('NOT_FOUND', `${folder} is not in the library. Add it with: keeplight index`);
  const shoot = { kind: 'view', source: { kind: 'all' }, filter: { folders: found } } as const;
  const { photos, decided, keep, reject, untouched } = culling.proposeAll(shoot, wish);
  const paths = pathsOf(catalog, [...keep, ...reject].map(({ id }) => id).concat(untouched));
  const pathOf = (id: number): string => paths.get(id)?.[0] ?? '';
  const round = (score: number): number => Math.round(score * 100) / 100;
  const report: CullReport = {
    photos,
    decided,
    keep: keep.map(({ id, score, reason }) => ({ path: pathOf(id), score: round(score), reason })),
    reject: reject.map(({ id, score, reason, better }) => ({
      path: pathOf(id),
      score: round(score),
      reason,
      better: better === null ? null : pathOf(better),
    })),
    untouched: untouched.map(pathOf),
  };
  if (!dryRun) culling.apply(shoot, wish, 'both', []);
  return report;
}
