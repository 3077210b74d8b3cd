/** Photos of the open shoot whose mark and score disagree: rejected but high, picked but low. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Proposed } from '../../shared/culling.ts';
import type { ConnectionStore } from './connection.ts';
import type { CullStore } from './cull.ts';

export interface SecondLook {
  readonly state: 'reading' | 'ready' | 'failed';
  readonly problem: string | null;
  readonly rejectedHigh: readonly Proposed[];
  readonly pickedLow: readonly Proposed[];
}

export interface SecondLookStore {
  secondLook: StoreApi<SecondLook>;
  readSecondLook(): Promise<void>;
}

export function createSecondLookStore({
  api,
  sentenceOf,
  cull,
}: Pick<ConnectionStore, 'api' | 'sentenceOf'> & Pick<CullStore, 'cull'>): SecondLookStore {
  const secondLook = createStore<SecondLook>(() => ({
    state: 'reading',
    problem: null,
    rejectedHigh: [],
    pickedLow: [],
  }));
  return {
    secondLook,
    async readSecondLook() {
      const { shoot } = cull.getState();
      if (shoot === null) return;
      try {
        secondLook.setState({ ...(await api.culling.secondLook({ shoot })), state: 'ready', problem: null });
      } catch (error) {
        secondLook.setState({ state: 'failed', problem: sentenceOf(error) });
      }
    },
  };
}
