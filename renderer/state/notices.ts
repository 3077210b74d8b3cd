/** Short messages at the foot of the page: what was undone, what failed. */
import { createStore } from 'zustand/vanilla';
import { sentenceOf, wasAborted } from './client.ts';

export interface Notice {
  id: number;
  /** Only the newest of a topic is shown. */
  topic: string;
  text: string;
  tone: 'plain' | 'problem';
  action: { label: string; run: () => void } | null;
}

/** Milliseconds a notice stays; problems stay until they are closed. */
export const NOTICE_STAYS = 6_000;
const SHOWN = 3;

export const notices = createStore<{ list: readonly Notice[] }>(() => ({ list: [] }));

let lastId = 0;

/** Shows a message. One with the same `topic` replaces the last one of it. */
export function notify(
  text: string,
  action: Notice['action'] = null,
  tone: Notice['tone'] = 'plain',
  topic: string = text,
): number {
  const id = ++lastId;
  notices.setState(({ list }) => ({
    list: [...list.filter((notice) => notice.topic !== topic), { id, topic, text, tone, action }].slice(-SHOWN),
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
