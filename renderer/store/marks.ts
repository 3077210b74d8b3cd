/**
 * A person's marks: shown at once, then written by the core. A mark that could not be written is taken back and said.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { MarkAssignment } from '../../shared/contract.ts';
import { type Color, type Flag, type PhotoRow, photosText } from '../../shared/photo.ts';
import type { Settings } from '../../shared/settings.ts';
import { viewFacts } from '../../shared/views.ts';
import type { Api } from './connection.ts';
import type { HistoryStore } from './history.ts';
import type { LibraryStore } from './library.ts';
import type { NoticesStore } from './notices.ts';
import type { RowsStore } from './rows.ts';
import type { SelectionStore } from './selection.ts';
import type { ViewState } from './view.ts';

export interface MarkChange {
  flag?: Flag;
  stars?: number;
  color?: Color;
}

export interface MarksStore {
  /** Marks that the core has not confirmed yet. */
  unwritten: StoreApi<{ count: number }>;
  /** Photos that a mark acts on: the selection among many, the one that is shown where a view says so. */
  markTargets(): number[];
  /** Sets marks on these photos, at once on the page. Resolves when the core has written them; never rejects. */
  setMarks(ids: readonly number[], change: MarkChange): Promise<boolean>;
  /** Sets different marks on different photos as one step of the history. @param words what was done, for people; null says nothing @returns whether they are written */
  setMarksEach(assignments: readonly MarkAssignment[], words: string | null): Promise<boolean>;
  /**
   * What a mark's key does: marks the targets, then goes on to the next photo when asked (Shift, CapsLock) or set.
   * A mark on several photos never advances.
   */
  mark(change: MarkChange, advance?: boolean): void;
  /** One star more or less on each target, from what each has. */
  changeStars(by: 1 | -1, advance?: boolean): Promise<void>;
  /** Next flag of the round pick → reject → none, by the focused photo's flag, on all targets. */
  cycleFlag(advance?: boolean): void;
  /** The mark of the same kind that all these photos share, or null: what a menu ticks. */
  sharedMark<K extends keyof MarkChange>(ids: readonly number[], kind: K): PhotoRow[K] | null;
}

export interface MarksRoom
  extends Pick<LibraryStore, 'library'>,
    Pick<HistoryStore, 'inTurn' | 'undo'>,
    Pick<RowsStore, 'changeRows' | 'rowOf' | 'rowsOf'>,
    Pick<SelectionStore, 'selection' | 'chosenPhotos' | 'moveTo' | 'step'>,
    Pick<NoticesStore, 'notify' | 'notifyProblem'> {
  api: Api;
  settings: Pick<StoreApi<Settings>, 'getState'>;
  viewState: Pick<StoreApi<ViewState>, 'getState'>;
}

const COLOR_WORDS: Readonly<Record<Color, string>> = {
  none: 'without a label',
  red: 'red',
  yellow: 'yellow',
  green: 'green',
  blue: 'blue',
  purple: 'purple',
};
const FLAG_WORDS: Readonly<Record<Flag, string>> = { pick: 'picked', none: 'unflagged', reject: 'rejected' };
const NEXT_FLAG: Readonly<Record<Flag, Flag>> = { none: 'pick', pick: 'reject', reject: 'none' };

/** What a mark did, for people: `12 photos picked`. */
function describeMark(count: number, change: MarkChange): string {
  const photos = photosText(count);
  if (change.flag !== undefined) return `${photos} ${FLAG_WORDS[change.flag]}`;
  if (change.stars !== undefined) {
    return `${photos} ${change.stars === 0 ? 'without stars' : `with ${change.stars} ${change.stars === 1 ? 'star' : 'stars'}`}`;
  }
  return `${photos} ${COLOR_WORDS[change.color ?? 'none']}`;
}

function clampStars(stars: number): number {
  return Math.max(0, Math.min(5, stars));
}

export function createMarksStore({
  api,
  library,
  inTurn,
  undo,
  changeRows,
  rowOf,
  rowsOf,
  selection,
  chosenPhotos,
  moveTo,
  step,
  notify,
  notifyProblem,
  settings,
  viewState,
}: MarksRoom): MarksStore {
  const unwritten = createStore<{ count: number }>(() => ({ count: 0 }));

  function markTargets(): number[] {
    const { view } = viewState.getState();
    const { focus } = selection.getState();
    if (viewFacts(view).marks === 'focused') return focus === null ? [] : [focus];
    return chosenPhotos();
  }

  async function setMarksEach(assignments: readonly MarkAssignment[], words: string | null): Promise<boolean> {
    const given = assignments.filter(({ ids }) => ids.length > 0);
    const count = given.reduce((sum, { ids }) => sum + ids.length, 0);
    if (count === 0) return true;
    const [only] = given.length === 1 ? given : [];
    const endings = given.map(({ ids, ...change }) => changeRows(ids, (row) => ({ ...row, ...change })));
    unwritten.setState((before) => ({ count: before.count + 1 }));
    try {
      await inTurn(() => (only === undefined ? api.marks.setEach({ changes: given }) : api.marks.set(only)));
      for (const end of endings) end(true);
      if (count > 1 && words !== null) notify(words, { label: 'Undo', run: () => void undo() });
      return true;
    } catch (error) {
      for (const end of endings) end(false);
      notifyProblem(error);
      return false;
    } finally {
      unwritten.setState((before) => ({ count: before.count - 1 }));
    }
  }

  function setMarks(ids: readonly number[], change: MarkChange): Promise<boolean> {
    return setMarksEach([{ ids: [...ids], ...change }], describeMark(ids.length, change));
  }

  function mark(change: MarkChange, advance = false): void {
    const targets = markTargets();
    const goOn = (advance || settings.getState().autoAdvance) && targets.length === 1;
    const at = goOn ? library.getState().order.indexOf(targets[0]!) : -1;
    void setMarks(targets, change);
    if (at >= 0 && at + 1 < library.getState().order.total) moveTo(at + 1);
    else if (goOn && at < 0) step(1);
  }

  return {
    unwritten,
    markTargets,
    setMarks,
    setMarksEach,
    mark,
    async changeStars(by, advance = false) {
      const targets = markTargets();
      if (targets.length === 1) {
        const row = rowOf(targets[0]!);
        if (row !== undefined) mark({ stars: clampStars(row.stars + by) }, advance);
        return;
      }
      try {
        const changing = (await rowsOf(targets)).filter((row) => clampStars(row.stars + by) !== row.stars);
        const byStars = Map.groupBy(changing, (row: PhotoRow) => clampStars(row.stars + by));
        await setMarksEach(
          [...byStars].map(([stars, rows]) => ({ ids: rows.map(({ id }) => id), stars })),
          `${photosText(changing.length)} with one star ${by > 0 ? 'more' : 'less'}`,
        );
      } catch (error) {
        notifyProblem(error);
      }
    },
    cycleFlag(advance = false) {
      const targets = markTargets();
      const { focus } = selection.getState();
      const lead = rowOf(focus !== null && targets.includes(focus) ? focus : (targets[0] ?? 0));
      if (lead !== undefined) mark({ flag: NEXT_FLAG[lead.flag] }, advance);
    },
    sharedMark(ids, kind) {
      const first = rowOf(ids[0] ?? 0)?.[kind];
      if (first === undefined) return null;
      return ids.every((id) => rowOf(id)?.[kind] === first) ? first : null;
    },
  };
}
