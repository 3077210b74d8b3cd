/** What is counted for the query that is shown: what the filter could narrow to, and how the grades are spread. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Facets } from '../../shared/contract.ts';
import { type Api, wasAborted } from './connection.ts';
import type { LibraryStore } from './library.ts';
import type { NoticesStore } from './notices.ts';

export type Spread = Awaited<ReturnType<Api['photos']['distribution']>>;

/** Counts of the query that is shown, read only while somebody shows them. */
export interface Counted<Value> {
  store: StoreApi<{ value: Value | null }>;
  /** Reads again when someone shows the counts. */
  readAgain(): Promise<void>;
  /** Keeps the counts fresh. @returns ends it */
  follow(): () => void;
}

interface CountedRoom<Value> extends Pick<LibraryStore, 'library'> {
  read: (signal: AbortSignal) => Promise<Value>;
  /** Milliseconds by which the counts may be late. */
  rest: number;
  failed: (error: unknown) => void;
}

function createCounted<Value>({ library, read, rest, failed }: CountedRoom<Value>): Counted<Value> {
  const store = createStore<{ value: Value | null }>(() => ({ value: null }));
  let users = 0;
  let asking: AbortController | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function readAgain(): Promise<void> {
    if (users === 0) return;
    clearTimeout(timer);
    asking?.abort();
    const own = new AbortController();
    asking = own;
    try {
      const value = await read(own.signal);
      if (!own.signal.aborted) store.setState({ value });
    } catch (error) {
      if (!own.signal.aborted && !wasAborted(error)) failed(error);
    }
  }

  function readSoon(): void {
    if (rest === 0) return void readAgain();
    clearTimeout(timer);
    timer = setTimeout(() => void readAgain(), rest);
  }

  return {
    store,
    readAgain,
    follow() {
      users++;
      readSoon();
      const stop = library.subscribe((now, before) => {
        if (now.query !== before.query || now.order !== before.order) readSoon();
      });
      return () => {
        users--;
        stop();
        if (users > 0) return;
        clearTimeout(timer);
        asking?.abort();
      };
    },
  };
}

/** What the filter could narrow to, with counts. */
export function createFacetsStore({
  api,
  library,
  notifyProblem,
}: { api: Api } & Pick<LibraryStore, 'library'> & Pick<NoticesStore, 'notifyProblem'>): Counted<Facets> {
  return createCounted({
    library,
    rest: 0,
    read: (signal) => api.photos.facets({ query: library.getState().query }, { signal }),
    failed: notifyProblem,
  });
}

/** The order changes often while photos are graded: the spread may be this much late, in milliseconds. */
const SPREAD_REST = 150;

/** Grades of the view in bins, and the library's median of each dimension. */
export function createSpreadStore({ api, library }: { api: Api } & Pick<LibraryStore, 'library'>): Counted<Spread> {
  return createCounted({
    library,
    rest: SPREAD_REST,
    read: (signal) => api.photos.distribution({ query: library.getState().query }, { signal }),
    // The critique stands without it.
    failed: () => undefined,
  });
}
