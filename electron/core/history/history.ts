/**
 * Everything that a person changes in the library goes through here: it becomes a step of the history, and whoever
 * shows the library is told. The page's calls and the command line use the same functions.
 */
import type { Album } from '../../../shared/contract.ts';
import { markedColumns } from '../../../shared/photo-columns.ts';
import type { Filter } from '../../../shared/query.ts';
import { CoreError } from '../base/core-error.ts';
import type { Changes } from '../base/events.ts';
import type { PhotoColumns } from '../catalog/columns.ts';
import { rootById } from '../catalog/folders.ts';
import type { Catalog } from '../catalog/open.ts';
import * as albums from './albums.ts';
import type { Outcome } from './kinds/command.ts';
import { movedCommands } from './kinds/moved-files.ts';
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

/** Those who move the files of photos: before a step is taken back or done again its files are where it says. */
export type FileKeeper = {
  bringBack(batch: number): Promise<void>;
  moveAgain(batch: number): Promise<void>;
};

export type HistoryOptions = {
  catalog: Catalog;
  columns: PhotoColumns;
  changes: Changes;
  roots: RootKeeper;
  files: FileKeeper;
};

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
    this.#tell({ photos, columns: markedColumns(...assignments) });
    return photos;
  }

  createAlbum(album: { name: string; filter: Filter | null; ids: readonly number[] }): Album {
    const made = albums.createAlbum(this.#catalog, this.#options.columns, album);
    this.#tell({ photos: album.ids, columns: ['album'], albums: [made.id] });
    return made;
  }

  renameAlbum(id: number, name: string): void {
    albums.renameAlbum(this.#catalog, id, name);
    this.#tell({ albums: [] });
  }

  setAlbumFilter(id: number, filter: Filter): void {
    albums.setAlbumFilter(this.#catalog, id, filter);
    this.#tell({ albums: [id] });
  }

  removeAlbum(id: number): void {
    albums.removeAlbum(this.#catalog, id);
    // Whose photos were in it is not kept: whoever shows a photo's albums asks again.
    this.#tell({ photos: 'all', columns: ['album'], albums: [id] });
  }

  arrangeAlbums(ids: readonly number[]): void {
    albums.arrangeAlbums(this.#catalog, ids);
    this.#tell({ albums: [] });
  }

  /** @returns how many photos came. */
  addToAlbum(id: number, photos: readonly number[]): number {
    const added = albums.addToAlbum(this.#catalog, id, photos);
    this.#tell({ photos, columns: ['album'], albums: [id] });
    return added;
  }

  removeFromAlbum(id: number, photos: readonly number[]): void {
    albums.removeFromAlbum(this.#catalog, id, photos);
    this.#tell({ photos, columns: ['album'], albums: [id] });
  }

  moveInAlbum(id: number, photos: readonly number[], before: number | null): void {
    albums.moveInAlbum(this.#catalog, id, photos, before);
    this.#tell({ albums: [id] });
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

  /** The files of a batch are in their new places, or back in their old ones: from now on that can be undone. */
  movedFiles(batch: number, to: 'here' | 'away'): void {
    this.#follow(perform(this.#catalog, () => movedCommands(this.#catalog, batch, to)));
  }

  async #travel(way: Way): Promise<Travel> {
    for (;;) {
      const step = next(this.#catalog, way);
      if (!step) return { label: null, ids: [], note: null };
      for (const id of step.leaving) {
        if (rootById(this.#catalog, id)) await this.#options.roots.leaving(id);
      }
      for (const { batch, to } of step.moving) {
        await (to === 'here' ? this.#options.files.bringBack(batch) : this.#options.files.moveAgain(batch));
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

  #tell({
    photos = [],
    columns = [],
    albums: filled = null,
    folders = false,
  }: { photos?: readonly number[] | 'all' } & Partial<Pick<Outcome, 'columns' | 'albums' | 'folders'>>): void {
    const { changes } = this.#options;
    if (photos === 'all' && columns.includes('presence')) changes.allPhotos(columns);
    else if (photos === 'all') changes.tell({ kind: 'photos', ids: null, columns: [...columns] });
    else changes.photos(photos, columns);
    if (folders) changes.tell({ kind: 'folders' });
    if (filled !== null) changes.tell({ kind: 'albums', filled: [...filled] });
    changes.tell({ kind: 'history', ...this.state() });
  }
}
