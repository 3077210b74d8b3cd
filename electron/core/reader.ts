/**
 * The library for reading alone: the catalog and nothing that looks, judges or writes, so that a list or one photo is
 * there in the time that the catalog needs. Needs no lock: it works beside a running Keeplight.
 */

import type { OwnEvaluation } from '../../shared/own-evaluation.ts';
import type { ListedPhoto, ListOptions } from './base/records.ts';
import { PhotoColumns } from './catalog/columns.ts';
import { allCritiquesOf } from './catalog/critiques.ts';
import { eachListed, listedIds } from './catalog/list.ts';
import { forgetStatements, openCatalog } from './catalog/open.ts';
import { listedPhotos, resolvePhoto } from './catalog/photos.ts';
import { evaluateOwn } from './critics/own-evaluation.ts';

export type Reader = {
  /** Read a page at a time while they are taken. @throws CoreError INVALID for the filter, NOT_FOUND for the folder. */
  each(options?: ListOptions): Iterable<ListedPhoto>;
  /** @throws CoreError NOT_FOUND. */
  show(idOrPath: number | string): ListedPhoto;
  /** Every critique of a photo, newest first. @throws CoreError NOT_FOUND. */
  critiques(idOrPath: number | string): ReturnType<typeof allCritiquesOf>;
  /** How well each critic's grades agree with what the person decided. */
  ownEvaluation(onHeldOut: boolean): OwnEvaluation;
  close(): void;
};

/** @throws CoreError CONFLICT: the catalog is of another version. */
export function openReader(options: { dataDirectory: string }): Reader {
  const catalog = openCatalog({ ...options, readOnly: true });
  return {
    each: (list) =>
      eachListed(
        catalog,
        listedIds(catalog, () => new PhotoColumns(catalog), list),
      ),
    show: (photo) => listedPhotos(catalog, [resolvePhoto(catalog, photo)])[0]!,
    critiques: (photo) => allCritiquesOf(catalog, resolvePhoto(catalog, photo)),
    ownEvaluation: (onHeldOut) => evaluateOwn(catalog, onHeldOut),
    close() {
      forgetStatements(catalog);
      catalog.close();
    },
  };
}
