/** A card on its way into the library: what is on it, what of that is chosen, where it goes. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import { DEFAULT_PATTERN } from '../../shared/export.ts';
import type { CardPhotoView, ImportPlanView } from '../../shared/outward.ts';
import type { Api, ConnectionStore } from './connection.ts';
import type { Memory } from './memory.ts';
import type { NoticesStore } from './notices.ts';

/** A folder as the page knows it: its token, and its path for people. */
export type Place = { token: string; path: string };

export type CardPhoto = CardPhotoView & {
  /** Name under which the library has it; null: it is new; undefined: not looked into yet. */
  known: string | null | undefined;
};

export interface ImportState {
  card: Place | null;
  state: 'none' | 'reading' | 'ready' | 'failed';
  problem: string | null;
  photos: readonly CardPhoto[];
  /** Photos that a person left out; those that the library has are out by themselves. */
  leftOut: ReadonlySet<number>;
  folder: Place | null;
  backup: Place | null;
  pattern: string;
  plan: ImportPlanView | null;
  planProblem: string | null;
  /** The job that copies; null before it is started. */
  job: number | null;
}

export interface ImportStore {
  importing: StoreApi<ImportState>;
  openCard(place: Place): Promise<void>;
  setImport(change: Partial<Pick<ImportState, 'folder' | 'backup' | 'pattern'>>): void;
  toggleOnCard(ids: readonly number[], goes: boolean): void;
  /** What would happen now, after what was chosen. */
  planImport(pattern: string, signal: AbortSignal): Promise<void>;
  startImport(): Promise<void>;
  /** Data address of a small picture; null where there is none. */
  cardThumb(id: number, signal: AbortSignal): Promise<string | null>;
}

/** Photos that are looked into with one call. */
const LOOKED = 24;

export function goesAlong({ id, known }: CardPhoto, leftOut: ReadonlySet<number>): boolean {
  return known == null && !leftOut.has(id);
}

export function createImportStore({
  api,
  sentenceOf,
  memory,
  notifyProblem,
}: { api: Api; memory: Memory } & Pick<ConnectionStore, 'sentenceOf'> &
  Pick<NoticesStore, 'notifyProblem'>): ImportStore {
  const importing = createStore<ImportState>(() => ({
    card: null,
    state: 'none',
    problem: null,
    photos: [],
    leftOut: new Set(),
    folder: null,
    backup: null,
    pattern: memory.recall<{ pattern: string }>('import', { pattern: DEFAULT_PATTERN }).pattern,
    plan: null,
    planProblem: null,
    job: null,
  }));
  let looking: AbortController | null = null;

  /** Recognises what the library has, a few photos at a time, in the order of the card. */
  async function lookAtAll(card: Place): Promise<void> {
    looking?.abort();
    const stop = new AbortController();
    looking = stop;
    const { photos } = importing.getState();
    try {
      for (let start = 0; start < photos.length; start += LOOKED) {
        const ids = photos.slice(start, start + LOOKED).map(({ id }) => id);
        const found = await api.imports.look({ card: card.token, ids }, { signal: stop.signal });
        const known = new Map(found.map((look) => [look.id, look.known]));
        importing.setState((now) => ({
          photos: now.photos.map((photo) => (known.has(photo.id) ? { ...photo, known: known.get(photo.id) } : photo)),
        }));
      }
    } catch (error) {
      if (!stop.signal.aborted) importing.setState({ state: 'failed', problem: sentenceOf(error) });
    }
  }

  const wanted = () => {
    const { card, folder, backup, pattern, photos, leftOut } = importing.getState();
    const ids = photos.filter((photo) => goesAlong(photo, leftOut)).map(({ id }) => id);
    if (card === null || folder === null || ids.length === 0) return null;
    return { card: card.token, ids, folder: folder.token, backup: backup?.token ?? null, pattern };
  };

  return {
    importing,
    async openCard(card) {
      looking?.abort();
      importing.setState({
        card,
        state: 'reading',
        problem: null,
        photos: [],
        leftOut: new Set(),
        plan: null,
        planProblem: null,
        job: null,
      });
      try {
        const { path, photos } = await api.imports.open({ card: card.token });
        importing.setState({
          card: { token: card.token, path },
          state: 'ready',
          photos: photos.map((photo) => ({ ...photo, known: undefined })),
        });
        await lookAtAll(card);
      } catch (error) {
        importing.setState({ state: 'failed', problem: sentenceOf(error) });
      }
    },
    setImport(change) {
      importing.setState(change);
      if (change.pattern !== undefined) memory.remember('import', { pattern: change.pattern });
    },
    toggleOnCard(ids, goes) {
      const leftOut = new Set(importing.getState().leftOut);
      for (const id of ids) {
        if (goes) leftOut.delete(id);
        else leftOut.add(id);
      }
      importing.setState({ leftOut });
    },
    async planImport(pattern, signal) {
      const request = wanted();
      if (request === null) {
        importing.setState({ plan: null, planProblem: null });
        return;
      }
      try {
        const plan = await api.imports.plan({ ...request, pattern }, { signal });
        if (!signal.aborted) importing.setState({ plan, planProblem: null });
      } catch (error) {
        if (!signal.aborted) importing.setState({ planProblem: sentenceOf(error) });
      }
    },
    async startImport() {
      const request = wanted();
      if (request === null) return;
      try {
        const { job } = await api.imports.start(request);
        importing.setState({ job });
      } catch (error) {
        notifyProblem(error);
      }
    },
    async cardThumb(id, signal) {
      const { card } = importing.getState();
      if (card === null) return null;
      try {
        return (await api.imports.thumb({ card: card.token, id }, { signal })).address;
      } catch {
        // It cannot be shown: its name stands there. Whether it can be copied is another matter.
        return null;
      }
    },
  };
}
