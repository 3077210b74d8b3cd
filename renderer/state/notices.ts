/** Short messages at the foot of the page: what was undone, what failed. */
import { createStore } from 'zustand/vanilla';
import { sentenceOf, wasAborted } from './client.ts';

export interface Notice {
  id: number;
  text: string;
  tone: 'plain' | 'problem';
  action: { label: string; run: () => void } | null;
}

/** Milliseconds a notice stays; problems stay until they are closed. */
export const NOTICE_STAYS = 6_000;
const SHOWN = 3;

export const notices = createStore<{ list: readonly Notice[] }>(() => ({ list: [] }));

let lastId = 0;

/** Shows a message in place of the last one: only what was done last can be taken back. Problems stay beside it. */
export function notify(text: string, action: Notice['action'] = null, tone: Notice['tone'] = 'plain'): number {
  const id = ++lastId;
  notices.setState(({ list }) => ({
    list: [
      ...list.filter((notice) => notice.tone === 'problem' && notice.text !== text),
      { id, text, tone, action },
    ].slice(-SHOWN),
  }));
  return id;
}

/** Shows why something failed; an aborted call is not a failure. */
export function notifyProblem(error: unknown): void {
  if (!wasAborted(error)) notify(sentenceOf(error), null, 'problem');
}

export function closeNotice(id: number): void {
  notices.setState(({ list }) => ({ list: list.filter((notice) => notice.id !== id) }));
}
