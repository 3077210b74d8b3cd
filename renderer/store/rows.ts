/**
 * Rows of photos as the page last read them. A tile subscribes to its own photo, so that a change draws one tile
 * again and not the grid.
 */
import type { PhotoRow } from '../../shared/photo.ts';
import type { Api } from './connection.ts';

/** Rows kept at most: about 600 bytes each. */
const KEPT = 24_000;
/** Ids asked for in one call; the contract takes 2,000. */
const BATCH = 1_000;

export interface RowsStore {
  /** The row of a photo if the page has it. */
  rowOf(id: number): PhotoRow | undefined;
  /** Runs whenever the row of a photo changes; it is read when missing. @returns ends it */
  followRow(id: number, listener: () => void): () => void;
  /** Asks for rows that the page has not: calls of one turn travel together. */
  wantRows(ids: Iterable<number>): void;
  /** Rows of all these photos, read where missing. For marks on photos that are not on screen. */
  rowsOf(ids: readonly number[], signal?: AbortSignal): Promise<PhotoRow[]>;
  /** These photos changed in the core (null: many): shown ones are read again at once, the others when wanted. */
  readAgain(ids: readonly number[] | null): void;
  /**
   * Changes rows at once, before the core has answered.
   * @returns to be called when it has: false goes back to what the core has, once nothing else is on its way to it
   */
  changeRows(ids: Iterable<number>, change: (row: PhotoRow) => PhotoRow): (isWritten: boolean) => void;
}

export function createRowsStore({ api }: { api: Api }): RowsStore {
  const rows = new Map<number, PhotoRow>();
  const listeners = new Map<number, Set<() => void>>();
  const wanted = new Set<number>();
  const underWay = new Set<number>();
  /** Ids that changed while their answer was under way: that answer is already old. */
  const outdated = new Set<number>();
  /** Rows as the core has them, while changes of the person are on their way to it. */
  const settled = new Map<number, { row: PhotoRow; open: number }>();
  let timer: ReturnType<typeof setTimeout> | null = null;

  function tell(id: number): void {
    for (const listener of listeners.get(id) ?? []) listener();
  }

  function store(row: PhotoRow): void {
    // Young rows are at the end of the map: the oldest goes first.
    rows.delete(row.id);
    rows.set(row.id, row);
    const waiting = settled.get(row.id);
    if (waiting !== undefined) waiting.row = row;
    if (rows.size > KEPT) {
      for (const id of rows.keys()) {
        if (rows.size <= KEPT) break;
        if (!listeners.has(id)) rows.delete(id);
      }
    }
    tell(row.id);
  }

  function wantRows(ids: Iterable<number>): void {
    for (const id of ids) if (!rows.has(id) && !underWay.has(id)) wanted.add(id);
    if (wanted.size > 0 && timer === null) timer = setTimeout(fetchWanted, 0);
  }

  async function fetchWanted(): Promise<void> {
    timer = null;
    const ids = [...wanted].slice(0, BATCH);
    for (const id of ids) {
      wanted.delete(id);
      underWay.add(id);
    }
    if (wanted.size > 0) timer = setTimeout(fetchWanted, 0);
    try {
      for (const row of await api.photos.rows({ ids })) if (!outdated.has(row.id)) store(row);
    } catch {
      // Whoever still shows them asks again when the way to the core is back (readAgain).
    }
    const again = ids.filter((id) => outdated.delete(id));
    for (const id of ids) underWay.delete(id);
    if (again.length > 0) readAgain(again);
  }

  function readAgain(ids: readonly number[] | null): void {
    const changed = ids ?? [...rows.keys(), ...underWay];
    const shown: number[] = ids === null ? [...listeners.keys()] : [];
    for (const id of changed) {
      if (underWay.has(id)) outdated.add(id);
      else if (listeners.has(id)) shown.push(id);
      else rows.delete(id);
    }
    const again = shown.filter((id) => !underWay.has(id));
    if (again.length === 0) return;
    for (const id of again) wanted.add(id);
    if (timer === null) timer = setTimeout(fetchWanted, 0);
  }

  return {
    rowOf: (id) => rows.get(id),
    followRow(id, listener) {
      const own = listeners.get(id) ?? new Set();
      own.add(listener);
      listeners.set(id, own);
      wantRows([id]);
      return () => {
        own.delete(listener);
        if (own.size === 0) listeners.delete(id);
      };
    },
    wantRows,
    async rowsOf(ids, signal) {
      const missing = ids.filter((id) => !rows.has(id));
      const read = new Map<number, PhotoRow>();
      for (let start = 0; start < missing.length; start += BATCH) {
        const batch = await api.photos.rows({ ids: missing.slice(start, start + BATCH) }, { signal });
        for (const row of batch) read.set(row.id, row);
      }
      return ids.flatMap((id) => rows.get(id) ?? read.get(id) ?? []);
    },
    readAgain,
    changeRows(ids, change) {
      const changed: number[] = [];
      for (const id of ids) {
        const row = rows.get(id);
        if (row === undefined) continue;
        changed.push(id);
        const waiting = settled.get(id) ?? { row, open: 0 };
        waiting.open++;
        settled.set(id, waiting);
        rows.set(id, change(row));
        if (underWay.has(id)) outdated.add(id);
        tell(id);
      }
      return (isWritten) => {
        for (const id of changed) {
          const waiting = settled.get(id);
          if (waiting === undefined) continue;
          if (isWritten) waiting.row = change(waiting.row);
          if (--waiting.open > 0) continue;
          settled.delete(id);
          if (isWritten) continue;
          rows.set(id, waiting.row);
          tell(id);
        }
      };
    },
  };
}
