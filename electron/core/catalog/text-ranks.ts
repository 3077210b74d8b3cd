/** Where each photo's text stands among all different ones, read from the catalog's index a page at a time. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { SORT_KEYS, sortRow } from '../../../shared/sorts.ts';
import { type Catalog, query } from './open.ts';

/** Rows read at once. */
const PAGE = 4000;

export interface Slots {
  readonly length: number;
  slotOf(id: number): number | undefined;
}

export class TextRanks {
  readonly #catalog: Catalog;
  readonly #slots: Slots;
  readonly #ranks = new Map<string, Uint32Array>();
  /** Counts the times that all was forgotten. */
  #forgotten = 0;

  constructor(catalog: Catalog, slots: Slots) {
    this.#catalog = catalog;
    this.#slots = slots;
  }

  /** By slot; equal texts have one place. @param column of the catalog's photos, with an index over it and the id */
  ranksOf(column: string): Uint32Array {
    let ranks = this.#ranks.get(column) ?? null;
    for (const pages = this.#pages(column); ranks === null; ) ranks = pages.next().value;
    this.#ranks.set(column, ranks);
    return ranks;
  }

  /**
   * Reads those that an order needs, with room for other work between two pages; ends early when texts change or the
   * catalog closes.
   * @param turn whom to let go first before each page
   */
  async load(turn: () => Promise<void>): Promise<void> {
    for (const key of SORT_KEYS) {
      const { value } = sortRow(key);
      if (value.kind !== 'text' || this.#ranks.has(value.column)) continue;
      const forgotten = this.#forgotten;
      for (const ranks of this.#pages(value.column)) {
        if (ranks) this.#ranks.set(value.column, ranks);
        await nextTurn();
        await turn();
        if (!this.#catalog.open || this.#forgotten !== forgotten) return;
      }
    }
  }

  /** Names have changed, or photos came: all is read again when it is asked for. */
  forget(): void {
    this.#ranks.clear();
    this.#forgotten++;
  }

  /** Reads a page with each step; the last step gives the ranks. */
  *#pages(column: string): Generator<Uint32Array | null, null> {
    const ranks = new Uint32Array(this.#slots.length);
    const rows = query<[number, string]>(
      this.#catalog,
      `SELECT id, ${column} FROM photo WHERE (${column}, id) > (?, ?) ORDER BY ${column}, id LIMIT ${PAGE}`,
    ).raw();
    let rank = 0;
    let last: [id: number, text: string] = [0, ''];
    for (;;) {
      const page = rows.all(last[1], last[0]);
      for (const row of page) {
        if (row[1] !== last[1]) rank++;
        last = row;
        const slot = this.#slots.slotOf(row[0]);
        if (slot !== undefined) ranks[slot] = rank;
      }
      if (page.length < PAGE) break;
      yield null;
    }
    yield ranks;
    return null;
  }
}
