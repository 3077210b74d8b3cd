/**
 * A person's marks: shown at once, then written by the core. A mark that could not be written is taken back and said.
 */
import { createStore } from 'zustand/vanilla';
import type { MarkAssignment } from '../../shared/contract.ts';
import type { Color, Flag, PhotoRow } from '../../shared/photo.ts';
import { api } from './client.ts';
import { inTurn, undo } from './history.ts';
import { library } from './library.ts';
import { notify, notifyProblem } from './notices.ts';
import { changeRows, rowOf, rowsOf } from './rows.ts';
import { chosenPhotos, moveTo, selection, step } from './selection.ts';
import { settings } from './settings.ts';
import { viewState } from './view.ts';

export interface MarkChange {
  flag?: Flag;
  stars?: number;
  color?: Color;
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

/** What a mark did, for people: `12 photos picked`. */
export function describeMark(count: number, change: MarkChange): string {
  const photos = count === 1 ? '1 photo' : `${count.toLocaleString('en')} photos`;
  if (change.flag !== undefined) return `${photos} ${FLAG_WORDS[change.flag]}`;
  if (change.stars !== undefined) {
    return `${photos} ${change.stars === 0 ? 'without stars' : `with ${change.stars} ${change.stars === 1 ? 'star' : 'stars'}`}`;
  }
  return `${photos} ${COLOR_WORDS[change.color ?? 'none']}`;
}

/** Photos that a mark acts on: the selection among many, the one that is shown in loupe and compare. */
export function markTargets(): number[] {
  const { view } = viewState.getState();
  const { focus } = selection.getState();
  if (view === 'loupe' || view === 'compare') return focus === null ? [] : [focus];
  return chosenPhotos();
}

/** Marks that the core has not confirmed yet. */
export const unwritten = createStore<{ count: number }>(() => ({ count: 0 }));

/** Sets marks on these photos, at once on the page. Resolves when the core has written them; never rejects. */
export function setMarks(ids: readonly number[], change: MarkChange): Promise<void> {
  return setMarksEach([{ ids: [...ids], ...change }], describeMark(ids.length, change));
}

/** Sets different marks on different photos as one step of the history. @param words what was done, for people */
export async function setMarksEach(assignments: readonly MarkAssignment[], words: string): Promise<void> {
  const given = assignments.filter(({ ids }) => ids.length > 0);
  const count = given.reduce((sum, { ids }) => sum + ids.length, 0);
  if (count === 0) return;
  const [only] = given.length === 1 ? given : [];
  const endings = given.map(({ ids, ...change }) => changeRows(ids, (row) => ({ ...row, ...change })));
  unwritten.setState((before) => ({ count: before.count + 1 }));
  try {
    await inTurn(() => (only === undefined ? api.marks.setEach({ changes: given }) : api.marks.set(only)));
    for (const end of endings) end(true);
    if (count > 1) notify(words, { label: 'Undo', run: () => void undo() });
  } catch (error) {
    for (const end of endings) end(false);
    notifyProblem(error);
  } finally {
    unwritten.setState((before) => ({ count: before.count - 1 }));
  }
}

/**
 * What a mark's key does: marks the targets, then goes on to the next photo when asked (Shift, CapsLock) or set.
 * A mark on several photos never advances.
 */
export function mark(change: MarkChange, advance = false): void {
  const targets = markTargets();
  const goOn = (advance || settings.getState().autoAdvance) && targets.length === 1;
  const at = goOn ? library.getState().order.indexOf(targets[0]!) : -1;
  void setMarks(targets, change);
  if (at >= 0 && at + 1 < library.getState().order.total) moveTo(at + 1);
  else if (goOn && at < 0) step(1);
}

/** One star more or less on each target, from what each has. */
export async function changeStars(by: 1 | -1, advance = false): Promise<void> {
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
      `${changing.length === 1 ? '1 photo' : `${changing.length.toLocaleString('en')} photos`} with one star ${by > 0 ? 'more' : 'less'}`,
    );
  } catch (error) {
    notifyProblem(error);
  }
}

function clampStars(stars: number): number {
  return Math.max(0, Math.min(5, stars));
}

/** Next flag of the round pick → reject → none, by the focused photo's flag, on all targets. */
export function cycleFlag(advance = false): void {
  const targets = markTargets();
  const { focus } = selection.getState();
  const lead = rowOf(focus !== null && targets.includes(focus) ? focus : (targets[0] ?? 0));
  if (lead !== undefined) mark({ flag: NEXT_FLAG[lead.flag] }, advance);
}
const NEXT_FLAG: Readonly<Record<Flag, Flag>> = { none: 'pick', pick: 'reject', reject: 'none' };

/** The mark of the same kind that all these photos share, or null: what a menu ticks. */
export function sharedMark<K extends 'flag' | 'stars' | 'color'>(ids: readonly number[], kind: K): PhotoRow[K] | null {
  const first = rowOf(ids[0] ?? 0)?.[kind];
  if (first === undefined) return null;
  return ids.every((id) => rowOf(id)?.[kind] === first) ? first : null;
}
