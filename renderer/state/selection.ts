/** Which photos are selected, and which one the keyboard is on. Works like a file manager's. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { library } from './library.ts';
import type { Order } from './order.ts';

export interface Selection {
  readonly ids: ReadonlySet<number>;
  /** The photo that keys act on and that the loupe shows; null only in an empty view. */
  readonly focus: number | null;
  /** Where a range with Shift starts. */
  readonly anchor: number | null;
}

export const selection = createStore<Selection>(() => ({ ids: new Set(), focus: null, anchor: null }));

export const useSelection = <T>(pick: (selection: Selection) => T): T => useStore(selection, pick);

/** Selects this photo alone and puts the keyboard on it. */
export function selectOnly(id: number): void {
  selection.setState({ ids: new Set([id]), focus: id, anchor: id });
}

/** Adds the photo to the selection or takes it out. */
export function toggleSelected(id: number): void {
  const ids = new Set(selection.getState().ids);
  if (!ids.delete(id)) ids.add(id);
  selection.setState({ ids, focus: id, anchor: id });
}

/** Selects from the anchor to this photo. @param keep adds to what is selected instead of replacing it */
export function selectTo(id: number, keep = false): void {
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

/** Replaces the selection, as a rubber band does; the keyboard stays where it is unless it is given. */
export function selectExactly(ids: ReadonlySet<number>, focus?: number): void {
  selection.setState((before) => ({ ids, focus: focus ?? before.focus, anchor: focus ?? before.anchor }));
}

/** The whole view, on screen or not. */
export function selectAll(): void {
  const { order } = library.getState();
  selection.setState((before) => ({ ids: new Set(order.ids), focus: before.focus ?? order.ids[0] ?? null }));
}

export function selectNone(): void {
  selection.setState((before) => ({ ids: new Set(), anchor: before.focus }));
}

/** Puts the keyboard on the photo at an index of the order; the selection follows, or grows with `extend`. */
export function moveTo(index: number, extend = false): void {
  const { order } = library.getState();
  if (order.total === 0) return;
  const id = order.ids[Math.max(0, Math.min(order.total - 1, index))]!;
  if (extend) selectTo(id);
  else selectOnly(id);
}

/** Index of the focused photo in the order; 0 when none is. */
export function focusIndex(): number {
  const { focus } = selection.getState();
  return focus === null ? 0 : Math.max(0, library.getState().order.indexOf(focus));
}

/** The next photo or the one before (`by` = 1, −1); stays at the ends. */
export function step(by: number, extend = false): void {
  moveTo(selection.getState().focus === null ? 0 : focusIndex() + by, extend);
}

/** Selected photos in the view's order: what the keys act on. The focused photo when nothing is selected. */
export function chosenPhotos(): number[] {
  const { ids, focus } = selection.getState();
  if (ids.size === 0) return focus === null ? [] : [focus];
  if (ids.size === 1) return [...ids];
  const chosen: number[] = [];
  for (const id of library.getState().order.ids) if (ids.has(id)) chosen.push(id);
  return chosen;
}

/**
 * Keeps focus and selection meaningful in a new order: what has left the view is no longer selected, and the
 * keyboard goes to the photo that took the place of the one it was on.
 */
export function followOrder(before: Order, now: Order): void {
  const { ids, focus, anchor } = selection.getState();
  const remaining = new Set<number>();
  for (const id of ids) if (now.indexOf(id) >= 0) remaining.add(id);
  let nextFocus = focus;
  if (focus === null || now.indexOf(focus) < 0) {
    const place = focus === null ? 0 : Math.max(0, before.indexOf(focus));
    nextFocus = now.total === 0 ? null : now.ids[Math.min(place, now.total - 1)]!;
    if (nextFocus !== null && focus !== null && ids.has(focus) && remaining.size === 0) remaining.add(nextFocus);
  }
  const nextAnchor = anchor !== null && now.indexOf(anchor) >= 0 ? anchor : nextFocus;
  if (remaining.size !== ids.size || nextFocus !== focus || nextAnchor !== anchor) {
    selection.setState({ ids: remaining, focus: nextFocus, anchor: nextAnchor });
  }
}
