/** What happened in the core, told to everyone who listens; photos that changed are read again first. */
import type { CoreEvent } from '../../../shared/contract.ts';
import type { PhotoColumn } from '../../../shared/photo-columns.ts';

/** More changed photos than this are told as "many". */
const MANY = 2000;

/** What is kept in memory of all photos (catalog/columns.ts), so far as changes concern it. */
export interface KeptColumns {
  /** @param columns what of them may be another now; null: anything. */
  refresh(ids: readonly number[], columns: readonly PhotoColumn[] | null): void;
  forgetNames(): void;
  reload(): void;
}

export class Changes {
  readonly #columns: KeptColumns;
  readonly #listeners = new Set<(event: CoreEvent) => void>();

  constructor(columns: KeptColumns) {
    this.#columns = columns;
  }

  subscribe(listener: (event: CoreEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(event: CoreEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  /** @param columns what of them may be another now; null: anything. */
  photos(ids: readonly number[], columns: readonly PhotoColumn[] | null): void {
    if (ids.length === 0) return;
    this.#columns.refresh(ids, columns);
    if (columns === null || columns.includes('name')) this.#columns.forgetNames();
    this.tell({ kind: 'photos', ids: ids.length > MANY ? null : [...ids], columns: columns && [...columns] });
  }

  /** Photos have other names or places: their order by name is asked for again. */
  namesChanged(): void {
    this.#columns.forgetNames();
  }

  /** All photos may have changed in these columns. */
  allPhotos(columns: readonly PhotoColumn[]): void {
    this.#columns.reload();
    this.tell({ kind: 'photos', ids: null, columns: [...columns] });
  }
}
