/** What the filter could narrow to, with counts, for the query that is shown. */
import { useEffect } from 'react';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { Facets } from '../../shared/contract.ts';
import { api, wasAborted } from './client.ts';
import { library } from './library.ts';
import { notifyProblem } from './notices.ts';

export const facets = createStore<{ value: Facets | null }>(() => ({ value: null }));

let users = 0;
let asking: AbortController | null = null;

/** Reads the counts again when someone shows them. */
export async function readFacets(): Promise<void> {
  if (users === 0) return;
  asking?.abort();
  const own = new AbortController();
  asking = own;
  try {
    const value = await api.photos.facets({ query: library.getState().query }, { signal: own.signal });
    if (!own.signal.aborted) facets.setState({ value });
  } catch (error) {
    if (!own.signal.aborted && !wasAborted(error)) notifyProblem(error);
  }
}

/** Counts for the query that is shown, kept fresh while the component is there. */
export function useFacets(): Facets | null {
  useEffect(() => {
    users++;
    void readFacets();
    const stop = library.subscribe((now, before) => {
      if (now.query !== before.query || now.order !== before.order) void readFacets();
    });
    return () => {
      users--;
      stop();
    };
  }, []);
  return useStore(facets, (state) => state.value);
}
