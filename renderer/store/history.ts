/**
 * Undo and redo: the core's history of everything that a person changed, so they outlive the page. Whatever a view
 * changes in the library is written in turn, because a quick undo must not overtake what it takes back.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Api } from './connection.ts';
import type { LibraryStore } from './library.ts';
import type { NoticesStore } from './notices.ts';
import type { SelectionStore } from './selection.ts';

export interface History {
  /** What undo would take back, in words; null when there is nothing. */
  undo: string | null;
  redo: string | null;
}

export interface HistoryStore {
  history: StoreApi<History>;
  receiveHistory(now: History): void;
  readHistory(): Promise<void>;
  /** Writes a change when those before it are written. */
  inTurn<T>(write: () => Promise<T>): Promise<T>;
  /** Takes back the last step of the history, from any visit. */
  undo(): Promise<void>;
  redo(): Promise<void>;
}

export interface HistoryRoom
  extends Pick<LibraryStore, 'library' | 'personActed'>,
    Pick<SelectionStore, 'selection' | 'moveTo'>,
    Pick<NoticesStore, 'notify' | 'notifyProblem'> {
  api: Api;
}

export function createHistoryStore({
  api,
  library,
  personActed,
  selection,
  moveTo,
  notify,
  notifyProblem,
}: HistoryRoom): HistoryStore {
  const history = createStore<History>(() => ({ undo: null, redo: null }));

  let writing: Promise<unknown> = Promise.resolve();
  function inTurn<T>(write: () => Promise<T>): Promise<T> {
    personActed();
    const turn = writing.then(write, write);
    writing = turn.catch(() => undefined);
    return turn;
  }

  /** The core tells of what changed and of what can be undone now: nothing is read here. */
  async function travel(way: 'undo' | 'redo'): Promise<void> {
    try {
      const { label, ids, note } = await inTurn(() => api.history[way]({}));
      if (label === null) {
        notify(way === 'undo' ? 'Nothing to undo' : 'Nothing to redo');
        return;
      }
      showAgain(ids);
      const back =
        way === 'undo'
          ? { label: 'Redo', run: () => void travel('redo') }
          : { label: 'Undo', run: () => void travel('undo') };
      notify(`${way === 'undo' ? 'Undone' : 'Done again'}: ${label}${note === null ? '' : `. ${note}`}`, back);
    } catch (error) {
      notifyProblem(error);
    }
  }

  /** Puts the keyboard on what an undo changed, so that one sees what happened. */
  function showAgain(ids: readonly number[]): void {
    const { order } = library.getState();
    const { focus } = selection.getState();
    if (focus !== null && ids.includes(focus)) return;
    const first = ids.find((id) => order.indexOf(id) >= 0);
    if (first !== undefined && ids.length === 1) moveTo(order.indexOf(first));
  }

  return {
    history,
    receiveHistory: ({ undo, redo }) => history.setState({ undo, redo }),
    async readHistory() {
      try {
        history.setState(await api.history.state({}));
      } catch {
        // Told with the next change, read with the next connection.
      }
    },
    inTurn,
    undo: () => travel('undo'),
    redo: () => travel('redo'),
  };
}
