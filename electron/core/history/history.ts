/**
 * Everything that a person changes in the library goes through here: it becomes a step of the history, and whoever
 * shows the library is told. The page's calls and the command line use the same functions.
 */
import type { Album } from '../../../shared/contract.ts';
import type { Filter } from '../../../shared/query.ts';
import { CoreError } from '../base/core-error.ts';
import type { Changes } from '../base/events.ts';
import type { PhotoColumns } from '../catalog/columns.ts';
import { rootById } from '../catalog/folders.ts';
import type { Catalog } from '../catalog/open.ts';
import * as albums from './albums.ts';
import type { Outcome } from './command.ts';
import { rootRemoval } from './kinds/root.ts';
import { type MarkAssignment, setMarksEach } from './marks.ts';
import { next, perform, state, travel, type Way } from './steps.ts';

/** Those who work in roots: they let go of one before it leaves and take it up again when it came back. */
export type RootKeeper = {
  /** @throws CoreError NOT_FOUND when there is no such root. */
  leaving(root: number): Promise<void>;
  left(previews: readonly { id: number; version: number }[]): void;
  returned(root: number): void;
};

export type HistoryOptions = { catalog: Catalog; columns: PhotoColumns; changes: Changes; roots: RootKeeper };

export type Travel = {
  /** Of the step; null when there was none. */
  label: string | null;
  /** Photos that changed; none are named when a whole root came or went. */
  ids: number[];
  /** A sentence on what could not be done; null when all was. */
  note: string | null;
};

export class History {
  readonly #options: HistoryOptions;
  readonly #catalog: Catalog;

  constructor(options: HistoryOptions) {
    this.#options = options;
    this.#catalog = options.catalog;
  }

  state(): { undo: string | null; redo: string | null } {
    return state(this.#catalog);
  }

  undo(): Promise<Travel> {
    return this.#travel('undo');
  }

  redo(): Promise<Travel> {
    return this.#travel('redo');
  }

  /** @returns ids of the photos that changed. @throws CoreError NOT_FOUND or INVALID; then nothing changes. */
  mark(assignments: readonly MarkAssignment[]): number[] {
    const photos = setMarksEach(this.#catalog, assignments);
    this.#tell({ photos, tells: [] });
    return photos;
  }

  createAlbum(album: { name: string; filter: Filter | null; ids: readonly number[] }): Album {
    const made = albums.createAlbum(this.#catalog, this.#options.columns, album);
    this.#tell({ photos: [], tells: ['albums'] });
    return made;
  }

  renameAlbum(id: number, name: string): void {
    albums.renameAlbum(this.#catalog, id, name);
    this.#tell({ photos: [], tells: ['albums'] });
  }

  setAlbumFilter(id: number, filter: Filter): void {
    albums.setAlbumFilter(this.#catalog, id, filter);
    this.#tell({ photos: [], tells: ['albums', 'views'] });
  }

  removeAlbum(id: number): void {
    albums.removeAlbum(this.#catalog, id);
    this.#tell({ photos: [], tells: ['albums'] });
  }

  arrangeAlbums(ids: readonly number[]): void {
    albums.arrangeAlbums(this.#catalog, ids);
    this.#tell({ photos: [], tells: ['albums'] });
  }

  /** @returns how many photos came. */
  addToAlbum(id: number, photos: readonly number[]): number {
    const added = albums.addToAlbum(this.#catalog, id, photos);
    this.#tell({ photos: [], tells: ['albums', 'views'] });
    return added;
  }

  removeFromAlbum(id: number, photos: readonly number[]): void {
    albums.removeFromAlbum(this.#catalog, id, photos);
    this.#tell({ photos: [], tells: ['albums', 'views'] });
  }

  moveInAlbum(id: number, photos: readonly number[], before: number | null): void {
    albums.moveInAlbum(this.#catalog, id, photos, before);
    this.#tell({ photos: [], tells: ['albums', 'views'] });
  }

  /** Takes a root out of the library; its files stay on the disk. @throws CoreError NOT_FOUND. */
  async removeRoot(id: number): Promise<void> {
    await this.#options.roots.leaving(id);
    const done = perform(this.#catalog, () => {
      const found = rootById(this.#catalog, id);
      if (!found) throw new CoreError('NOT_FOUND', 'This folder is no longer in the library.');
      return [rootRemoval(this.#catalog, found)];
    });
    this.#follow(done);
  }

  async #travel(way: Way): Promise<Travel> {
    for (;;) {
      const step = next(this.#catalog, way);
      if (!step) return { label: null, ids: [], note: null };
      for (const id of step.leaving) {
        if (rootById(this.#catalog, id)) await this.#options.roots.leaving(id);
      }
      // While a root was let go of, another step may have become the next one.
      if (next(this.#catalog, way)?.id !== step.id) continue;
      const { label, outcome, note } = travel(this.#catalog, way);
      this.#follow(outcome);
      return { label, ids: outcome.photos === 'all' || outcome.root !== null ? [] : outcome.photos, note };
    }
  }

  #follow(outcome: Outcome): void {
    const { root } = outcome;
    if (root && 'left' in root) this.#options.roots.left(root.left);
    this.#tell(outcome);
    if (root && 'returned' in root) this.#options.roots.returned(root.returned);
  }

  #tell({ photos, tells }: Pick<Outcome, 'photos' | 'tells'>): void {
    const { changes } = this.#options;
    if (photos === 'all') changes.allPhotos();
    else if (photos.length > 0) changes.photos(photos, true);
    else if (tells.includes('views')) changes.tell({ kind: 'photos', ids: [], order: true });
    for (const kind of ['folders', 'albums'] as const) if (tells.includes(kind)) changes.tell({ kind });
    changes.tell({ kind: 'history' });
  }
}
