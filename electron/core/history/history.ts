/**
 * Everything that a person changes in the library goes through here: it becomes a step of the history, and whoever
 * shows the library is told. The page's calls and the command line use the same functions.
 */
import type { Album } from '../../../shared/contract.ts';
import { MARK_COLUMNS, markedColumns, type PhotoColumn, SIDECAR_COLUMNS } from '../../../shared/photo-columns.ts';
import type { Filter } from '../../../shared/query.ts';
import type { WordField } from '../../../shared/statement.ts';
import { CoreError } from '../base/core-error.ts';
import type { Changes } from '../base/events.ts';
import type { Quarters } from '../base/quarters.ts';
import type { PhotoColumns } from '../catalog/columns.ts';
import { addView } from '../catalog/feedback.ts';
import { rootById } from '../catalog/folders.ts';
import type { Catalog } from '../catalog/open.ts';
import * as albums from './albums.ts';
import { type AnswerGiven, setAnswers } from './answers.ts';
import type { BesideFile, Outcome } from './kinds/command.ts';
import type { MomentsCommand } from './kinds/moments.ts';
import { movedCommands } from './kinds/moved-files.ts';
import { rootRemoval } from './kinds/root.ts';
import { type MarkAssignment, setMarksEach } from './marks.ts';
import { rotatePhotos } from './rotation.ts';
import { type TakenStatement, takeStatements } from './statements.ts';
import { next, perform, state, travel, type Way } from './steps.ts';
import { withWholeMoments } from './whole-moments.ts';
import { type KeywordChange, setKeywords, setWords } from './words.ts';

/** Those who work in roots: they let go of one before it leaves and take it up again when it came back. */
export type RootKeeper = {
  /** @throws CoreError NOT_FOUND when there is no such root. */
  leaving(root: number): Promise<void>;
  left(previews: readonly { id: number; version: number }[]): void;
  returned(root: number): void;
};

/** Whoever may write beside the photos. */
export type BesideKeeper = {
  /** Brings files to how they are before or after a step. @returns those that could not be, with a sentence each. */
  bring(files: readonly BesideFile[], way: Way): Promise<Map<BesideFile, string>>;
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
  beside: BesideKeeper;
  /** A person decided something on these photos, or took it back. */
  onDecided: (photos: readonly number[]) => void;
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

  /**
   * One decision marks all frames of a moment that stays whole.
   * @returns ids of the photos that changed. @throws CoreError NOT_FOUND or INVALID; then nothing changes.
   */
  mark(assignments: readonly MarkAssignment[]): number[] {
    const photos = setMarksEach(this.#catalog, withWholeMoments(this.#catalog, assignments));
    this.#tell({ photos, columns: markedColumns(...assignments) });
    return photos;
  }

  /** @returns ids of the photos whose answer is another now. */
  answer(given: AnswerGiven): number[] {
    const photos = setAnswers(this.#catalog, given);
    this.#tell({ photos, columns: ['answer'] });
    return photos;
  }

  /** Keeps what a person said of a photo. */
  giveView(given: Parameters<typeof addView>[1], now: number): void {
    this.#tell(
      perform(
        this.#catalog,
        () => {
          const target = { id: addView(this.#catalog, given, now), photo: given.photo };
          return [{ kind: 'feedback', target, before: false, after: true }];
        },
        now,
      ),
    );
  }

  /** @param plan reads the catalog and says how moments are to be; null: as they are. What it throws changes nothing. */
  arrangeMoments(plan: () => MomentsCommand | null): void {
    const done = perform(this.#catalog, () => {
      const command = plan();
      return command === null ? [] : [command];
    });
    this.#tell(done);
  }

  /** Turns photos, as one step. @returns ids of the photos that were turned. @throws CoreError NOT_FOUND. */
  rotate(ids: readonly number[], by: Quarters): number[] {
    const photos = rotatePhotos(this.#catalog, ids, by);
    this.#tell({ photos, columns: ['shape', 'measures', 'faces'] });
    return photos;
  }

  /** Gives and takes keywords as one step. @returns ids of the photos that changed. @throws CoreError NOT_FOUND. */
  tag(ids: readonly number[], change: KeywordChange): number[] {
    const photos = setKeywords(this.#catalog, ids, change);
    this.#tell({ photos, columns: ['keywords'] });
    return photos;
  }

  /** Sets title or caption as one step; null takes it out. @returns ids of the photos that changed. */
  word(ids: readonly number[], field: WordField, value: string | null): number[] {
    const photos = setWords(this.#catalog, ids, field, value);
    this.#tell({ photos, columns: ['metadata'] });
    return photos;
  }

  /** Takes over what sidecars say, as one step. @returns ids of the photos that changed. */
  take(taken: readonly TakenStatement[]): number[] {
    const photos = takeStatements(this.#catalog, taken);
    this.#tell({ photos, columns: [...MARK_COLUMNS, 'metadata'] });
    return photos;
  }

  /** Tells that a step was written down elsewhere. */
  stepped(): void {
    this.#options.changes.tell({ kind: 'history', ...this.state() });
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
      // Files first: a kill after it leaves a step that is taken again and finds them as they should be.
      const held = step.beside.length === 0 ? new Map() : await this.#options.beside.bring(step.beside, way);
      // Meanwhile another step may have become the next one.
      if (next(this.#catalog, way)?.id !== step.id) continue;
      const keys = new Set([...held.keys()].map(keyOfFile));
      const { label, outcome, note } = travel(this.#catalog, way, Date.now(), (file) => keys.has(keyOfFile(file)));
      this.#follow(outcome);
      const ids = outcome.photos === 'all' || outcome.root !== null ? [] : outcome.photos;
      return { label, ids, note: notesOf(note, held) };
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
    if (photos !== 'all' && photos.length > 0 && columns.some((column) => DECIDED.has(column))) {
      this.#options.onDecided(photos);
    }
    if (folders) changes.tell({ kind: 'folders' });
    if (filled !== null) changes.tell({ kind: 'albums', filled: [...filled] });
    changes.tell({ kind: 'history', ...this.state() });
  }
}

/** What a sidecar says of a photo. */
const DECIDED: ReadonlySet<PhotoColumn> = new Set(SIDECAR_COLUMNS);

const keyOfFile = ({ root, path }: BesideFile): string => `${root} ${path}`;

/** Sentences that are told one by one; of more files only how many. */
const MOST_SENTENCES = 2;

function notesOf(note: string | null, held: ReadonlyMap<BesideFile, string>): string | null {
  const sentences = [...held].map(([{ path }, sentence]) => `${path}: ${sentence}`);
  const told =
    sentences.length > MOST_SENTENCES
      ? [`${sentences.length.toLocaleString('en')} sidecars stay as they are, for instance ${sentences[0]}`]
      : sentences;
  const all = [...(note === null ? [] : [note]), ...told];
  return all.length === 0 ? null : all.join(' ');
}
