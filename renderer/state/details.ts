/** Everything known of the photo that is looked at closely, and how the view's grades are spread around it. */
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { PhotoDetail, PhotoRow } from '../../shared/photo.ts';
import { type Api, api, sentenceOf, wasAborted } from './client.ts';
import { library } from './library.ts';
import { useRow } from './rows.ts';

interface Known {
  /** The row that the detail was read with: another one means that it has changed. */
  row: PhotoRow;
  detail: PhotoDetail;
}

const details = createStore<{ known: ReadonlyMap<number, Known>; problems: ReadonlyMap<number, string> }>(() => ({
  known: new Map(),
  problems: new Map(),
}));

/** Details kept: a few kilobytes each. */
const KEPT = 200;
/** Rest on a photo before its detail is read, in milliseconds: stepping through the view must cost nothing. */
const REST = 40;

async function read(id: number, row: PhotoRow, signal: AbortSignal): Promise<void> {
  try {
    const detail = await api.photos.detail({ id }, { signal });
    details.setState(({ known, problems }) => {
      const next = new Map(known);
      next.delete(id);
      next.set(id, { row, detail });
      for (const oldest of next.keys()) {
        if (next.size <= KEPT) break;
        next.delete(oldest);
      }
      return { known: next, problems: without(problems, id) };
    });
  } catch (error) {
    if (signal.aborted || wasAborted(error)) return;
    details.setState(({ problems }) => ({ problems: new Map(problems).set(id, sentenceOf(error)) }));
  }
}

function without(map: ReadonlyMap<number, string>, id: number): ReadonlyMap<number, string> {
  const next = new Map(map);
  next.delete(id);
  return next;
}

/** Detail of a photo, read when it is missing or has changed; the last known one stays while it is read again. */
export function useDetail(id: number | null): { detail: PhotoDetail | null; problem: string | null } {
  const row = useRow(id);
  const known = useStore(details, (state) => (id === null ? undefined : state.known.get(id)));
  const problem = useStore(details, (state) => (id === null ? undefined : state.problems.get(id)));
  const isFresh = known !== undefined && known.row === row;
  const isKnown = known !== undefined;
  useEffect(() => {
    if (id === null || row === undefined || isFresh) return;
    const own = new AbortController();
    const timer = setTimeout(() => void read(id, row, own.signal), isKnown ? 0 : REST);
    return () => {
      clearTimeout(timer);
      own.abort();
    };
  }, [id, row, isFresh, isKnown]);
  return { detail: known?.detail ?? null, problem: problem ?? null };
}

/** Reads the details of photos that may be looked at next. */
export function wantDetails(rows: readonly PhotoRow[], signal: AbortSignal): void {
  for (const row of rows) if (!details.getState().known.has(row.id)) void read(row.id, row, signal);
}

/** Reads a photo's detail again, after something was written about it. */
export function readDetailAgain(id: number): void {
  const known = details.getState().known.get(id);
  if (known !== undefined) void read(id, known.row, new AbortController().signal);
}

export type Spread = Awaited<ReturnType<Api['photos']['distribution']>>;

/** Grades of the view in bins, and the library's median of each dimension; null until read. */
export function useSpread(): Spread | null {
  const [spread, setSpread] = useState<Spread | null>(null);
  const query = useStore(library, (state) => state.query);
  const order = useStore(library, (state) => state.order);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another order means other grades.
  useEffect(() => {
    const own = new AbortController();
    // The order changes often while photos are graded: the spread may be a moment late.
    const timer = setTimeout(() => {
      api.photos
        .distribution({ query }, { signal: own.signal })
        .then(setSpread)
        .catch(() => undefined);
    }, 150);
    return () => {
      clearTimeout(timer);
      own.abort();
    };
  }, [query, order]);
  return spread;
}
