/** Which photos are selected, and which one the keyboard is on. Works like a file manager's. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { LibraryStore } from './library.ts';
import { isHead, type Order } from './order.ts';

export interface Selection {
  readonly ids: ReadonlySet<number>;
  /** The photo that keys act on and that the loupe shows; null only in an empty view. */
  readonly focus: number | null;
  /** Where a range with Shift starts. */
  readonly anchor: number | null;
}

export interface SelectionStore {
  selection: StoreApi<Selection>;
  /** Selects this photo alone and puts the keyboard on it. */
  selectOnly(id: number): void;
  /** Adds the photo to the selection or takes it out. */
  toggleSelected(id: number): void;
  /** Selects from the anchor to this photo. @param keep adds to what is selected instead of replacing it */
  selectTo(id: number, keep?: boolean): void;
  /** Replaces the selection, as a rubber band does; the keyboard stays where it is unless it is given. */
  selectExactly(ids: ReadonlySet<number>, focus?: number): void;
  /** The whole view, on screen or not. */
  selectAll(): void;
  selectNone(): void;
  /** Puts the keyboard on the photo at an index of the order; the selection follows, or grows with `extend`. */
  moveTo(index: number, extend?: boolean): void;
  /** Index of the focused photo in the order; 0 when none is. */
  focusIndex(): number;
  /** The next photo or the one before (`by` = 1, −1); stays at the ends. */
  step(by: number, extend?: boolean): void;
  /** Selected photos in the view's order: what the keys act on. The focused photo when nothing is selected. */
  chosenPhotos(): number[];
}

/** Follows the library: what has left the view is no longer selected. */
export function createSelectionStore({ library }: Pick<LibraryStore, 'library'>): SelectionStore {
  const selection = createStore<Selection>(() => ({ ids: new Set(), focus: null, anchor: null }));
  library.subscribe((now, before) => {
    if (now.order === before.order) return;
    const known = selection.getState();
    const next = followed(known, before.order, now.order);
    if (next.ids.size !== known.ids.size || next.focus !== known.focus || next.anchor !== known.anchor) {
      selection.setState(next);
    }
  });

  function selectOnly(id: number): void {
    selection.setState({ ids: new Set([id]), focus: id, anchor: id });
  }

  function selectTo(id: number, keep = false): void {
    const { order } = library.getState();
    const { anchor, focus, ids } = selection.getState();
    const from = order.indexOf(anchor ?? focus ?? id);
    const to = order.indexOf(id);
    if (to < 0) return;
    const start = from < 0 ? to : from;
    const range = order.ids.subarray(Math.min(start, to), Math.max(start, to) + 1);
    const chosen = new Set<number>(keep ? ids : []);
    for (const one of range) chosen.add(one);
    selection.setState({ ids: chosen, focus: id, anchor: order.ids[start] ?? id });
  }

  function moveTo(index: number, extend = false): void {
    const { order } = library.getState();
    if (order.total === 0) return;
    const id = order.ids[Math.max(0, Math.min(order.total - 1, index))]!;
    if (extend) selectTo(id);
    else selectOnly(id);
  }

  function focusIndex(): number {
    const { focus } = selection.getState();
    return focus === null ? 0 : Math.max(0, library.getState().order.indexOf(focus));
  }

  function selectAll(): void {
    const { order, query } = library.getState();
    if (isHead(order)) {
      // All of it is selected when all of it is known.
      const stop = library.subscribe((now) => {
        if (now.query === query && isHead(now.order)) return;
        stop();
        if (now.query === query) selectAll();
      });
      return;
    }
    selection.setState((before) => ({ ids: new Set(order.ids), focus: before.focus ?? order.ids[0] ?? null }));
  }

  return {
    selection,
    selectOnly,
    selectTo,
    moveTo,
    focusIndex,
    toggleSelected(id) {
      const ids = new Set(selection.getState().ids);
      if (!ids.delete(id)) ids.add(id);
      selection.setState({ ids, focus: id, anchor: id });
    },
    selectExactly(ids, focus) {
      selection.setState((before) => ({ ids, focus: focus ?? before.focus, anchor: focus ?? before.anchor }));
    },
    selectAll,
    selectNone: () => selection.setState((before) => ({ ids: new Set(), anchor: before.focus })),
    step: (by, extend = false) => moveTo(selection.getState().focus === null ? 0 : focusIndex() + by, extend),
    chosenPhotos() {
      const { ids, focus } = selection.getState();
      if (ids.size === 0) return focus === null ? [] : [focus];
      if (ids.size === 1) return [...ids];
      const chosen: number[] = [];
      for (const id of library.getState().order.ids) if (ids.has(id)) chosen.push(id);
      return chosen;
    },
  };
}

/**
 * The selection in a new order: what has left the view is no longer selected, and the keyboard goes to the photo that
 * took the place of the one it was on.
 */
function followed({ ids, focus, anchor }: Selection, before: Order, now: Order): Selection {
  const remaining = new Set<number>();
  for (const id of ids) if (now.indexOf(id) >= 0) remaining.add(id);
  let nextFocus = focus;
  if (focus === null || now.indexOf(focus) < 0) {
    const place = focus === null ? 0 : Math.max(0, before.indexOf(focus));
    nextFocus = now.total === 0 ? null : now.ids[Math.min(place, now.total - 1)]!;
    if (nextFocus !== null && focus !== null && ids.has(focus) && remaining.size === 0) remaining.add(nextFocus);
  }
  return { ids: remaining, focus: nextFocus, anchor: anchor !== null && now.indexOf(anchor) >= 0 ? anchor : nextFocus };
}
