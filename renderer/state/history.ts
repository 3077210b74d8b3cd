/**
 * Undo and redo: the core's history of everything that a person changed, so they outlive the page. Whatever a view
 * changes in the library is written in turn, because a quick undo must not overtake what it takes back.
 */
import { createStore } from 'zustand/vanilla';
import { api } from './client.ts';
import { library, personActed } from './library.ts';
import { notify, notifyProblem } from './notices.ts';
import { readAgain } from './rows.ts';
import { moveTo, selection } from './selection.ts';

export interface History {
  /** What undo would take back, in words; null when there is nothing. */
  undo: string | null;
  redo: string | null;
}

export const history = createStore<History>(() => ({ undo: null, redo: null }));

export async function readHistory(): Promise<void> {
  try {
    history.setState(await api.history.state({}));
  } catch {
    // Read again with the next change or connection.
  }
}

/** Writes go one after another. */
let writing: Promise<unknown> = Promise.resolve();

export function inTurn<T>(write: () => Promise<T>): Promise<T> {
  personActed();
  const turn = writing.then(write, write);
  writing = turn.catch(() => undefined);
  return turn;
}

/** The event that this causes reads the history again, and what else changed. */
async function travel(way: 'undo' | 'redo'): Promise<void> {
  try {
    const { label, ids, note } = await inTurn(() => api.history[way]({}));
    if (label === null) {
      notify(way === 'undo' ? 'Nothing to undo' : 'Nothing to redo');
      return;
    }
    readAgain(ids);
    showAgain(ids);
    const back = way === 'undo' ? { label: 'Redo', run: () => void redo() } : { label: 'Undo', run: () => void undo() };
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

/** Takes back the last step of the history, from any visit. */
export function undo(): Promise<void> {
  return travel('undo');
}

export function redo(): Promise<void> {
  return travel('redo');
}
