/** Everything known of the photos that are looked at closely. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { PhotoDetail } from '../../shared/photo.ts';
import { type ConnectionStore, wasAborted } from './connection.ts';

export interface Details {
  known: ReadonlyMap<number, PhotoDetail>;
  /** Why a detail could not be read, for people. */
  problems: ReadonlyMap<number, string>;
}

export interface DetailsStore {
  details: StoreApi<Details>;
  /** Reads the detail of a photo that is shown, now or when it has changed; it stays while it is read. @returns ends it */
  followDetail(id: number): () => void;
  /** Reads the details of photos that may be looked at next. */
  wantDetails(ids: readonly number[], signal: AbortSignal): void;
  /** These photos changed in the core (null: many): what is shown is read again, once for each change. */
  readDetailsAgain(ids: readonly number[] | null): void;
}

/** Details kept: a few kilobytes each. */
const KEPT = 200;
/** Rest on a photo before its detail is read, in milliseconds: stepping through the view must cost nothing. */
const REST = 40;

function without<Key, Value>(map: ReadonlyMap<Key, Value>, key: Key): ReadonlyMap<Key, Value> {
  if (!map.has(key)) return map;
  const next = new Map(map);
  next.delete(key);
  return next;
}

export function createDetailsStore({ api, sentenceOf }: Pick<ConnectionStore, 'api' | 'sentenceOf'>): DetailsStore {
  const details = createStore<Details>(() => ({ known: new Map(), problems: new Map() }));
  /** How many show the photo, and the rest that its first reading waits for. */
  const shown = new Map<number, { users: number; timer: ReturnType<typeof setTimeout> | undefined }>();
  const stale = new Set<number>();
  const reading = new Map<number, AbortController>();

  async function read(id: number, signal?: AbortSignal): Promise<void> {
    reading.get(id)?.abort();
    const own = new AbortController();
    reading.set(id, own);
    stale.delete(id);
    const both = signal === undefined ? own.signal : AbortSignal.any([own.signal, signal]);
    try {
      const detail = await api.photos.detail({ id }, { signal: both });
      if (both.aborted) return;
      details.setState(({ known, problems }) => {
        const next = new Map(known);
        next.delete(id);
        next.set(id, detail);
        for (const oldest of next.keys()) {
          if (next.size <= KEPT) break;
          if (!shown.has(oldest)) next.delete(oldest);
        }
        return { known: next, problems: without(problems, id) };
      });
    } catch (error) {
      if (both.aborted || wasAborted(error)) return;
      details.setState(({ problems }) => ({ problems: new Map(problems).set(id, sentenceOf(error)) }));
    } finally {
      if (reading.get(id) === own) reading.delete(id);
    }
  }

  const isFresh = (id: number): boolean => details.getState().known.has(id) && !stale.has(id);

  return {
    details,
    followDetail(id) {
      const entry = shown.get(id) ?? { users: 0, timer: undefined };
      shown.set(id, entry);
      if (++entry.users === 1 && !isFresh(id) && !reading.has(id)) {
        entry.timer = setTimeout(() => void read(id), details.getState().known.has(id) ? 0 : REST);
      }
      return () => {
        if (--entry.users > 0) return;
        clearTimeout(entry.timer);
        shown.delete(id);
      };
    },
    wantDetails(ids, signal) {
      for (const id of ids) if (!isFresh(id) && !reading.has(id)) void read(id, signal);
    },
    readDetailsAgain(ids) {
      for (const id of ids ?? new Set([...details.getState().known.keys(), ...shown.keys(), ...reading.keys()])) {
        const entry = shown.get(id);
        if (entry !== undefined) {
          clearTimeout(entry.timer);
          void read(id);
        } else if (details.getState().known.has(id) || reading.has(id)) stale.add(id);
      }
    },
  };
}
