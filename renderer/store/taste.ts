/** What the core learned of the person's taste: read where it is shown. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { TasteState } from '../../shared/contract-culling.ts';
import type { ConnectionStore } from './connection.ts';
import type { NoticesStore } from './notices.ts';

export interface TasteStore {
  taste: StoreApi<{ state: TasteState | null }>;
  /** Learns from the marks up to now where there are new ones. */
  readTaste(): Promise<void>;
  /** Forgets the marks up to now. */
  resetTaste(): Promise<void>;
  /** What was learned, as a document; null where it could not be read, which was said. */
  exportTaste(): Promise<string | null>;
}

export function createTasteStore({
  api,
  notifyProblem,
}: Pick<ConnectionStore, 'api'> & Pick<NoticesStore, 'notifyProblem'>): TasteStore {
  const taste = createStore<{ state: TasteState | null }>(() => ({ state: null }));
  const take = async (asked: Promise<TasteState>): Promise<void> => {
    try {
      taste.setState({ state: await asked });
    } catch (error) {
      notifyProblem(error);
    }
  };
  return {
    taste,
    readTaste: () => take(api.taste.state({})),
    resetTaste: () => take(api.taste.reset({})),
    async exportTaste() {
      try {
        return (await api.taste.export({})).document;
      } catch (error) {
        notifyProblem(error);
        return null;
      }
    },
  };
}
