/** Short messages at the foot of the page: what was undone, what failed. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import { type ConnectionStore, wasAborted } from './connection.ts';

export interface Notice {
  id: number;
  text: string;
  tone: 'plain' | 'problem';
  action: { label: string; run: () => void } | null;
}

/** Milliseconds a notice stays; problems stay until they are closed. */
export const NOTICE_STAYS = 6_000;
const SHOWN = 3;

export interface NoticesStore {
  notices: StoreApi<{ list: readonly Notice[] }>;
  /** Shows a message in place of the last one: only what was done last can be taken back. Problems stay beside it. */
  notify(text: string, action?: Notice['action'], tone?: Notice['tone']): number;
  /** Shows why something failed; an aborted call is not a failure. */
  notifyProblem(error: unknown): void;
  closeNotice(id: number): void;
}

export function createNoticesStore({ sentenceOf }: Pick<ConnectionStore, 'sentenceOf'>): NoticesStore {
  const notices = createStore<{ list: readonly Notice[] }>(() => ({ list: [] }));
  let lastId = 0;

  const notify: NoticesStore['notify'] = (text, action = null, tone = 'plain') => {
    const id = ++lastId;
    notices.setState(({ list }) => ({
      list: [
        ...list.filter((notice) => notice.tone === 'problem' && notice.text !== text),
        { id, text, tone, action },
      ].slice(-SHOWN),
    }));
    return id;
  };

  return {
    notices,
    notify,
    notifyProblem(error) {
      if (!wasAborted(error)) notify(sentenceOf(error), null, 'problem');
    },
    closeNotice(id) {
      notices.setState(({ list }) => ({ list: list.filter((notice) => notice.id !== id) }));
    },
  };
}
