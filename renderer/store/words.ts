/** Keywords, titles and captions of the chosen photos, and the sidecars that carry them and the marks to other programs. */

import { createStore, type StoreApi } from 'zustand/vanilla';
import type { SidecarReport } from '../../shared/contract-outward.ts';
import { photosText } from '../../shared/photo.ts';
import type { StatementField, WordField } from '../../shared/statement.ts';
import type { Api } from './connection.ts';
import type { HistoryStore } from './history.ts';
import type { NoticesStore } from './notices.ts';
import type { SettingsStore } from './settings.ts';

export type SharedWords = Awaited<ReturnType<Api['words']['shared']>>;
export type Suggestion = Awaited<ReturnType<Api['words']['suggest']>>[number];

export type LabelWords = Awaited<ReturnType<Api['sidecars']['labelWords']>>;

export interface WordsStore {
  /** What would be written into sidecars, while a person looks at it. */
  sidecarPlan: StoreApi<{ ids: readonly number[] | null; report: SidecarReport | null }>;
  /** What photos have in common. @throws with a sentence for people */
  sharedWords(ids: readonly number[], signal: AbortSignal): Promise<SharedWords>;
  /** Keywords of the library that begin so. Never rejects: without an answer nothing is suggested. */
  suggestKeywords(text: string, signal: AbortSignal): Promise<Suggestion[]>;
  /** Gives and takes keywords. Never rejects. */
  tag(ids: readonly number[], change: { add?: string[]; remove?: string[] }): Promise<void>;
  /** Sets title or caption; null takes it out. Never rejects. */
  setWord(ids: readonly number[], field: WordField, value: string | null): Promise<void>;
  /** Chooses between library and sidecar where they contradict each other. Never rejects. */
  resolveDifference(id: number, field: StatementField, choice: 'ours' | 'theirs' | 'both'): Promise<void>;
  /** Shows what would be written into the sidecars of these photos. Never rejects. */
  planSidecars(ids: readonly number[]): Promise<void>;
  /** Closes the plan without writing. */
  closePlan(): void;
  /** Writes what the plan says, as a job. Never rejects. */
  writeSidecars(): Promise<void>;
  /** Words of color labels that the library's sidecars use. Never rejects. */
  readLabelWords(): Promise<LabelWords>;
  /** A person's answer to whether marks go into sidecars as they are made. */
  answerLive(live: 'on' | 'off'): void;
}

export function createWordsStore({
  api,
  inTurn,
  undo,
  notify,
  notifyProblem,
  changeSettings,
}: { api: Api } & Pick<HistoryStore, 'inTurn' | 'undo'> &
  Pick<NoticesStore, 'notify' | 'notifyProblem'> &
  Pick<SettingsStore, 'changeSettings'>): WordsStore {
  const sidecarPlan = createStore<{ ids: readonly number[] | null; report: SidecarReport | null }>(() => ({
    ids: null,
    report: null,
  }));
  const closePlan = (): void => sidecarPlan.setState({ ids: null, report: null });

  async function change(count: number, words: string, write: () => Promise<unknown>): Promise<void> {
    try {
      await inTurn(write);
      if (count > 1) notify(words, { label: 'Undo', run: () => void undo() });
    } catch (error) {
      notifyProblem(error);
    }
  }

  return {
    sidecarPlan,
    sharedWords: (ids, signal) => api.words.shared({ ids: [...ids] }, { signal }),
    async suggestKeywords(text, signal) {
      try {
        return await api.words.suggest({ text }, { signal });
      } catch {
        return [];
      }
    },
    tag(ids, { add = [], remove = [] }) {
      const what = add.length > 0 ? `now with ${add.join(', ')}` : `without ${remove.join(', ')}`;
      return change(ids.length, `${photosText(ids.length)} ${what}`, () =>
        api.words.tag({ ids: [...ids], add, remove }),
      );
    },
    setWord(ids, field, value) {
      const what = value === null ? `without a ${field}` : `with this ${field}`;
      return change(ids.length, `${photosText(ids.length)} ${what}`, () =>
        api.words.set({ ids: [...ids], field, value }),
      );
    },
    resolveDifference: (id, field, choice) => change(1, '', () => api.sidecars.resolve({ id, field, choice })),
    async planSidecars(ids) {
      sidecarPlan.setState({ ids, report: null });
      try {
        const report = await api.sidecars.plan({ ids: [...ids] });
        if (sidecarPlan.getState().ids === ids) sidecarPlan.setState({ ids, report });
      } catch (error) {
        closePlan();
        notifyProblem(error);
      }
    },
    closePlan,
    async writeSidecars() {
      const { ids } = sidecarPlan.getState();
      closePlan();
      if (ids === null) return;
      try {
        await inTurn(() => api.sidecars.write({ ids: [...ids] }));
      } catch (error) {
        notifyProblem(error);
      }
    },
    async readLabelWords() {
      try {
        return await api.sidecars.labelWords({});
      } catch {
        return {};
      }
    },
    answerLive: (live) => changeSettings((settings) => ({ ...settings, sidecars: { ...settings.sidecars, live } })),
  };
}
