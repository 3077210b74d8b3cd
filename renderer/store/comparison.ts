/**
 * Photos that stand side by side in compare and survey. The first one in compare is the one to beat; the arrow keys
 * bring in challengers. While survey is open the selection is the one photo that the keyboard is on, so that a mark
 * meets that photo and not the whole comparison.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Contradiction } from '../../shared/claims.ts';
import type { Settling, Verdict } from '../../shared/contract.ts';
import { FIT, type Placement, type Point } from '../picture/geometry.ts';
import { type ConnectionStore, wasAborted } from './connection.ts';
import type { LibraryStore } from './library.ts';
import type { RowsStore } from './rows.ts';
import type { SelectionStore } from './selection.ts';
import type { ViewStore } from './view.ts';

/** Most photos in compare (contract: critic.compare) and in survey (more would be thumbnails). */
export const COMPARED = 4;
export const SURVEYED = 48;

export interface Comparison {
  readonly ids: readonly number[];
  /** The frames that challengers come from; null: the view's photos. More of them than fit are paged through. */
  readonly pool: readonly number[] | null;
  /** Zoom and pan that all share. */
  readonly placement: Placement;
  /** How far a photo was moved alone, in shares of its size. */
  readonly offsets: ReadonlyMap<number, Point>;
  readonly verdict: Verdict | null;
  readonly verdictState: 'none' | 'asking' | 'ready' | 'failed';
  readonly verdictProblem: string | null;
  /** What goes on, for people: photos that are judged first, or words that are on their way; null when all is there. */
  readonly progress: string | null;
  /** By what it was decided. */
  readonly used: string | null;
  /** The verdict in a model's words. */
  readonly words: {
    readonly by: string;
    readonly text: string;
    readonly contradicted: readonly Contradiction[];
  } | null;
}

const NO_VERDICT = {
  verdict: null,
  verdictState: 'none',
  verdictProblem: null,
  progress: null,
  used: null,
  words: null,
} as const;

/** Place of the photo that challengers replace: the focused one, or the last while the keyboard is on the first. */
export function challengerIndex(ids: readonly number[], focus: number | null): number {
  const at = focus === null ? -1 : ids.indexOf(focus);
  return at > 0 ? at : ids.length - 1;
}

/** Letter of a place: A, B, C, D. */
export function letterOf(index: number): string {
  return 'ABCD'[index] ?? '';
}

/** The comparison after one more event of its settling. */
function after({ words }: Comparison, event: Settling): Partial<Comparison> {
  switch (event.kind) {
    case 'grading':
      return { progress: `${event.by} judges photo ${event.done + 1} of ${event.total}…` };
    case 'verdict':
      return { verdict: event.verdict, verdictState: 'ready', used: event.used, progress: null };
    case 'wording':
      return { progress: `${event.by} writes…`, words: { by: event.by, text: '', contradicted: [] } };
    case 'token':
      return words === null ? {} : { words: { ...words, text: words.text + event.text } };
    case 'contradicted':
      return words === null ? {} : { words: { ...words, contradicted: [...words.contradicted, event] } };
    case 'unworded':
      return { words: null, progress: null, verdictProblem: `It could not be put into words: ${event.text}` };
  }
}

export interface ComparisonStore {
  comparison: StoreApi<Comparison>;
  /** Opens a comparison of what is chosen and asks which is the better one. */
  versus(): void;
  /** What compare and survey open with next, wherever these photos stand in the view. @param focus the keyboard goes there */
  compareThese(ids: readonly number[], focus: number): void;
  /** Puts the next (1) or previous (−1) frames of the pool side by side. @returns false where all are on screen */
  turnPage(by: 1 | -1): boolean;
  /** Opens a comparison of what is chosen; one photo of a stack brings its frames. The keyboard starts on the challenger where it was on none of them. */
  startComparison(): void;
  /** Opens a survey of what is chosen. */
  startSurvey(): void;
  /** Leaves the survey: what remained in it is selected. */
  endSurvey(): void;
  /** Puts the keyboard on the next or previous photo of the comparison, round the ends in compare. */
  focusNext(by: number, isSurvey: boolean): void;
  /** Takes a photo out of the comparison; the keyboard goes to the one that takes its place. */
  takeOut(id: number, isSurvey: boolean): void;
  /** Brings the next (1) or previous (−1) photo of the view in as challenger. */
  nextChallenger(by: 1 | -1): void;
  /** Puts a photo into a place of the comparison. */
  challenge(id: number, slot: number): void;
  /** Adds the next photo of the view to the comparison. */
  addChallenger(): void;
  /** Exchanges the challenger with the photo to beat. */
  swap(): void;
  setPlacement(placement: Placement): void;
  /** Moves one photo alone, to line frames up. */
  setOffset(id: number, offset: Point): void;
  /** Asks the critic which is the better one, and by what; photos that it has not judged are judged first. */
  askVerdict(): Promise<void>;
  /** Waits no longer for what is judged or written; a verdict that is there stays. */
  stopVerdict(): void;
}

export interface ComparisonRoom
  extends Pick<ConnectionStore, 'api' | 'sentenceOf'>,
    Pick<LibraryStore, 'library'>,
    Pick<SelectionStore, 'selection' | 'chosenPhotos' | 'focusIndex' | 'selectExactly'>,
    Pick<RowsStore, 'rowOf'>,
    Pick<ViewStore, 'showView'> {}

export function createComparisonStore(room: ComparisonRoom): ComparisonStore {
  const { api, sentenceOf, library, selection, chosenPhotos, focusIndex, selectExactly, showView, rowOf } = room;
  const comparison = createStore<Comparison>(() => ({
    ids: [],
    pool: null,
    placement: FIT,
    offsets: new Map(),
    ...NO_VERDICT,
  }));
  let asking: AbortController | null = null;

  /** Other photos or another order: the verdict names them by letter, so it is asked for again where one was wanted. */
  function setIds(ids: readonly number[]): void {
    const wasWanted = comparison.getState().verdictState !== 'none';
    asking?.abort();
    comparison.setState({ ids, ...NO_VERDICT });
    if (wasWanted) void askVerdict();
  }

  /** Photos for a comparison: those selected, else the focused one with its neighbour. */
  function candidates(most: number): number[] {
    const chosen = chosenPhotos().slice(0, most);
    const { order } = library.getState();
    if (chosen.length !== 1) return chosen;
    const at = order.indexOf(chosen[0]!);
    const neighbour = at < 0 ? undefined : (order.ids[at + 1] ?? order.ids[at - 1]);
    return neighbour === undefined ? chosen : [chosen[0]!, neighbour];
  }

  let isVerdictWanted = false;

  function versus(): void {
    isVerdictWanted = true;
    showView('compare');
  }

  /** Asked for from elsewhere, once. */
  let wanted: readonly number[] | null = null;
  let finding: number | null = null;

  function compareThese(ids: readonly number[], focus: number): void {
    wanted = ids;
    selectExactly(new Set(ids), focus);
  }

  /** The frames of the stack of a photo that is chosen alone. */
  async function framesOf(id: number): Promise<void> {
    if (finding === id) return;
    finding = id;
    try {
      const [moment] = await api.moments.of({ ids: [id] });
      if (moment !== undefined && selection.getState().focus === id) begin(moment.photos, moment.photos);
      else begin(candidates(COMPARED), null);
    } catch {
      begin(candidates(COMPARED), null);
    } finally {
      finding = null;
    }
  }

  function startComparison(): void {
    comparison.setState({ placement: FIT, offsets: new Map(), ...NO_VERDICT });
    const pool = wanted;
    wanted = null;
    if (pool !== null) {
      begin(pool, pool);
      return;
    }
    const chosen = chosenPhotos();
    const [only] = chosen;
    if (chosen.length === 1 && only !== undefined && (rowOf(only)?.stack ?? null) !== null) {
      comparison.setState({ ids: [], pool: null });
      void framesOf(only);
    } else begin(candidates(COMPARED), null);
  }

  /** @param all of them, the page with the focused one is shown */
  function begin(all: readonly number[], pool: readonly number[] | null): void {
    const { focus } = selection.getState();
    const at = Math.max(0, focus === null ? 0 : all.indexOf(focus));
    const from = Math.max(0, Math.min(all.length - 2, Math.floor(at / COMPARED) * COMPARED));
    const ids = all.slice(from, from + COMPARED);
    comparison.setState({ pool });
    setIds(ids);
    selectExactly(new Set(ids), focus !== null && ids.includes(focus) ? focus : ids[0]);
    if (isVerdictWanted && ids.length > 1) {
      isVerdictWanted = false;
      void askVerdict();
    }
  }

  function startSurvey(): void {
    const chosen = wanted ?? chosenPhotos();
    wanted = null;
    const ids = chosen.length > 1 ? chosen.slice(0, SURVEYED) : neighbours();
    comparison.setState(NO_VERDICT);
    setIds(ids);
    const { focus } = selection.getState();
    focusOn(focus !== null && ids.includes(focus) ? focus : (ids[0] ?? null));
  }

  /** Six photos from the focused one on: a survey of one photo would be a loupe. */
  function neighbours(): number[] {
    const { order } = library.getState();
    const from = Math.max(0, Math.min(focusIndex(), order.total - 6));
    return [...order.ids.subarray(from, from + 6)];
  }

  function focusOn(id: number | null): void {
    if (id !== null) selectExactly(new Set([id]), id);
  }

  function endSurvey(): void {
    const { ids } = comparison.getState();
    const { focus } = selection.getState();
    if (ids.length > 0) selectExactly(new Set(ids), focus !== null && ids.includes(focus) ? focus : ids[0]);
  }

  function focusNext(by: number, isSurvey: boolean): void {
    const { ids } = comparison.getState();
    if (ids.length === 0) return;
    const at = Math.max(0, ids.indexOf(selection.getState().focus ?? -1));
    const next = isSurvey ? Math.min(ids.length - 1, Math.max(0, at + by)) : (at + by + ids.length) % ids.length;
    if (isSurvey) focusOn(ids[next]!);
    else selectExactly(new Set(ids), ids[next]!);
  }

  function takeOut(id: number, isSurvey: boolean): void {
    const { ids } = comparison.getState();
    const at = ids.indexOf(id);
    if (at < 0 || ids.length <= (isSurvey ? 1 : 2)) return;
    const rest = ids.filter((one) => one !== id);
    setIds(rest);
    const next = rest[Math.min(at, rest.length - 1)]!;
    if (isSurvey) focusOn(next);
    else selectExactly(new Set(rest), next);
  }

  function nextChallenger(by: 1 | -1): void {
    const { ids, pool } = comparison.getState();
    const all = pool ?? library.getState().order.ids;
    const slot = challengerIndex(ids, selection.getState().focus);
    let at = pool === null ? library.getState().order.indexOf(ids[slot] ?? -1) : pool.indexOf(ids[slot] ?? -1);
    if (at < 0) return;
    do {
      at += by;
    } while (at >= 0 && at < all.length && ids.includes(all[at]!));
    const id = all[at];
    if (id !== undefined && at >= 0) challenge(id, slot);
  }

  function turnPage(by: 1 | -1): boolean {
    const { ids, pool } = comparison.getState();
    if (pool === null || pool.length <= COMPARED) return false;
    const first = Math.max(0, pool.indexOf(ids[0] ?? -1));
    const from = Math.max(0, Math.min(pool.length - 2, first + by * COMPARED));
    const next = pool.slice(from, from + COMPARED);
    setIds(next);
    selectExactly(new Set(next), next[0]!);
    return true;
  }

  function challenge(id: number, slot: number): void {
    const ids = comparison.getState().ids.with(slot, id);
    setIds(ids);
    selectExactly(new Set(ids), id);
  }

  function addChallenger(): void {
    const { order } = library.getState();
    const { ids } = comparison.getState();
    const last = order.indexOf(ids.at(-1) ?? -1);
    const id =
      order.ids.subarray(last + 1).find((one) => !ids.includes(one)) ?? order.ids.find((one) => !ids.includes(one));
    if (id === undefined || ids.length >= COMPARED) return;
    setIds([...ids, id]);
    selectExactly(new Set([...ids, id]), id);
  }

  function swap(): void {
    const { ids } = comparison.getState();
    if (ids.length < 2) return;
    const slot = challengerIndex(ids, selection.getState().focus);
    setIds(ids.with(0, ids[slot]!).with(slot, ids[0]!));
  }

  function setPlacement(placement: Placement): void {
    comparison.setState(placement.scale === null ? { placement, offsets: new Map() } : { placement });
  }

  function setOffset(id: number, offset: Point): void {
    comparison.setState(({ offsets }) => ({ offsets: new Map(offsets).set(id, offset) }));
  }

  async function askVerdict(): Promise<void> {
    const { ids, verdictState } = comparison.getState();
    if (ids.length < 2 || ids.length > COMPARED || verdictState === 'asking') return;
    asking?.abort();
    const own = new AbortController();
    asking = own;
    comparison.setState({ ...NO_VERDICT, verdictState: 'asking' });
    try {
      for await (const event of await api.critic.settle({ ids: [...ids] }, { signal: own.signal })) {
        if (own.signal.aborted) return;
        comparison.setState((state) => after(state, event));
      }
      if (!own.signal.aborted) comparison.setState({ progress: null });
    } catch (error) {
      if (own.signal.aborted) return;
      if (wasAborted(error)) comparison.setState(NO_VERDICT);
      else comparison.setState({ verdictState: 'failed', verdictProblem: sentenceOf(error), progress: null });
    }
  }

  function stopVerdict(): void {
    asking?.abort();
    if (comparison.getState().verdict === null) comparison.setState(NO_VERDICT);
    else comparison.setState({ progress: null });
  }

  return {
    comparison,
    versus,
    compareThese,
    turnPage,
    startComparison,
    startSurvey,
    endSurvey,
    focusNext,
    takeOut,
    nextChallenger,
    challenge,
    addChallenger,
    swap,
    setPlacement,
    setOffset,
    askVerdict,
    stopVerdict,
  };
}
