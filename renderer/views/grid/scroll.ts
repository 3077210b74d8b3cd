/**
 * The window on the layout: which rows are drawn, and what stays in place when the layout changes under the eye.
 * Scrolling draws again only when a row comes or goes.
 */

import { type RefObject, useCallback, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { Order } from '../../store/order.ts';
import { fetchAhead } from './ahead.ts';
import { firstRowBelow, type Layout, rowOfPhoto } from './layout.ts';
import {
  isScaled,
  lastTop,
  runsOut,
  type ScrollRoom,
  type Stretch,
  scrollTopOf,
  stretchAround,
  topAfter,
} from './scale.ts';
import { setMoving } from './thumbs.ts';

export interface RowRange {
  first: number;
  /** Exclusive. */
  end: number;
}

/**
 * Heights of the view that are drawn above and below it, so that pictures are there before they are seen: at rest, and
 * while it moves, towards where it goes and behind. Rows come by the screen, when less than `LEAST` is left: a change
 * of the page costs about the same layering and painting however many rows it brings.
 */
const AROUND = 0.75;
const TOWARDS = 1.5;
const BEHIND = 0.5;
const LEAST = 0.5;

/** Milliseconds without a scroll after which the view rests. */
const RESTS = 90;

/** Photo that stays where it is when the layout changes, by its top's distance from the view's top. */
interface Anchor {
  id: number;
  offset: number;
}

/** Where each place was left, for coming back from the loupe. */
const left = new Map<string, Anchor>();

/** Rows in the view, and in so many heights of it above and below. */
function rangeAt(layout: Layout, top: number, height: number, above: number, below: number): RowRange {
  const first = firstRowBelow(layout, top - height * above);
  let end = first;
  const bottom = top + height * (1 + below);
  while (end < layout.rows && layout.rowTop[end]! < bottom) end++;
  return { first, end };
}

export interface GridScroll {
  range: RowRange;
  /** In which what is drawn has its places. */
  stretch: Stretch;
  onScroll: () => void;
  /** Where the layout's origin is on the screen, as the browser has scrolled now. */
  origin: () => { left: number; top: number };
  /** Brings a photo into view with the least movement. */
  reveal: (index: number, center?: boolean) => void;
}

interface GridScrollInput {
  view: RefObject<HTMLElement | null>;
  /** Holds what is drawn, and is moved as a whole where the layout is scaled (scale.ts). */
  drawn: RefObject<HTMLElement | null>;
  layout: Layout;
  /** Of the whole layout, with what of it is still to come, pixels. */
  height: number;
  order: Order;
  /** Names the place: a new one starts at its top, or where it was left. */
  place: string;
  viewHeight: number;
  /** Height that a sticky header covers. */
  covered: number;
}

export function useGridScroll(input: GridScrollInput): GridScroll {
  const { view: element, drawn, layout, height, order, place, viewHeight, covered } = input;
  const [range, setRange] = useState<RowRange>({ first: 0, end: 0 });
  const anchor = useRef<Anchor | null>(null);
  const shown = useRef<{ place: string; top: number; layout: Layout | null }>({ place: '', top: 0, layout: null });
  /** Where the view is: its top in the layout, and the browser's scroll position. */
  const at = useRef({ top: 0, scrollTop: 0 });
  const resting = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  /** Where it was when things were last fetched ahead. */
  const fetched = useRef(Number.NEGATIVE_INFINITY);
  const stretch = useMemo(() => stretchAround(layout.rowTop[range.first] ?? 0, height), [layout, range.first, height]);
  const current = useRef({ layout, order, height, stretch });
  current.current = { layout, order, height, stretch };

  /** Moves what is drawn to where scroll position and top of the layout agree. */
  const align = useCallback((): void => {
    if (drawn.current === null) return;
    const { top, scrollTop } = at.current;
    const { base } = current.current.stretch;
    drawn.current.style.top = isScaled(current.current.height) ? `${base - (top - scrollTop)}px` : '';
  }, [drawn]);

  /** Brings a top of the layout to the view's top. */
  const show = useCallback(
    (top: number): void => {
      const view = element.current;
      if (view === null) return;
      const room: ScrollRoom = { height: current.current.height, view: view.clientHeight };
      view.scrollTop = scrollTopOf(top, room);
      // The browser rounds to pixels of the screen.
      const { scrollTop } = view;
      at.current = { top: isScaled(room.height) ? Math.max(0, Math.min(lastTop(room), top)) : scrollTop, scrollTop };
      align();
    },
    [element, align],
  );

  /** Takes over what the browser has scrolled. @returns the view's top in the layout */
  const follow = useCallback(
    (view: HTMLElement): number => {
      const { scrollTop } = view;
      const room: ScrollRoom = { height: current.current.height, view: view.clientHeight };
      at.current = { top: topAfter(scrollTop, at.current, room), scrollTop };
      if (runsOut(at.current.top, scrollTop, room)) show(at.current.top);
      else align();
      return at.current.top;
    },
    [align, show],
  );

  const update = useCallback((): void => {
    const view = element.current;
    if (view === null) return;
    const { layout: now, order: photos } = current.current;
    const top = follow(view);
    const height = view.clientHeight;
    const moved = top - shown.current.top;
    const anew = shown.current.layout !== now;
    shown.current.top = top;
    shown.current.layout = now;
    // A leap leaves everything behind: only what is seen is drawn, the rest follows when the eye rests.
    const leap = Math.abs(moved) > height * 1.5;
    const moves = moved !== 0 && resting.current !== undefined;
    const least = rangeAt(now, top, height, moves && moved > 0 ? 0 : LEAST, moves && moved < 0 ? 0 : LEAST);
    const [above, below] = leap
      ? [0.1, 0.1]
      : !moves
        ? [AROUND, AROUND]
        : moved > 0
          ? [BEHIND, TOWARDS]
          : [TOWARDS, BEHIND];
    setRange((before) => {
      if (!anew && !leap && before.first <= least.first && before.end >= least.end) return before;
      const next = rangeAt(now, top, height, above, below);
      return before.first === next.first && before.end === next.end ? before : next;
    });
    if (!anew && !leap && Math.abs(top - fetched.current) >= height / 4) {
      fetched.current = top;
      fetchAhead(now, photos, top, height, moved < 0 ? -1 : 1);
    }
    const row = firstRowBelow(now, top);
    const id = photos.ids[now.rowStart[row] ?? 0];
    anchor.current = top <= 0 || id === undefined || row >= now.rows ? null : { id, offset: now.rowTop[row]! - top };
    if (anchor.current === null) left.delete(shown.current.place);
    else left.set(shown.current.place, anchor.current);
  }, [element, follow]);

  useLayoutEffect(() => {
    const view = element.current;
    if (view === null || viewHeight === 0) return;
    const arrives = shown.current.place !== place;
    const keep = arrives ? left.get(place) : anchor.current;
    shown.current.place = place;
    const index = keep == null ? -1 : order.indexOf(keep.id);
    if (keep != null && index >= 0) show(layout.rowTop[rowOfPhoto(layout, index)]! - keep.offset);
    else if (arrives) show(0);
    shown.current.top = at.current.top;
    update();
  }, [element, layout, order, place, viewHeight, show, update]);

  // Rows have places from another base now: where they stand on the screen stays.
  useLayoutEffect(align);

  const pending = useRef(0);
  const onScroll = useCallback(() => {
    if (pending.current !== 0) return;
    // A fade of each picture that flies past would cost more than the pictures: they appear at once until it rests.
    setMoving(true);
    pending.current = requestAnimationFrame(() => {
      pending.current = 0;
      update();
    });
    clearTimeout(resting.current);
    resting.current = setTimeout(() => {
      // A busy page may only be late with its scroll events: the frame will tell.
      const top = element.current?.scrollTop;
      requestAnimationFrame(() => {
        if (element.current?.scrollTop !== top) return;
        resting.current = undefined;
        setMoving(false);
        update();
        if (isScaled(current.current.height)) show(at.current.top);
      });
    }, RESTS);
  }, [element, show, update]);

  const origin = useCallback(() => {
    if (element.current !== null) follow(element.current);
    const box = element.current?.getBoundingClientRect();
    const style = element.current === null ? null : getComputedStyle(element.current);
    return {
      left: (box?.left ?? 0) + Number.parseFloat(style?.paddingLeft ?? '0'),
      top: (box?.top ?? 0) - at.current.top,
    };
  }, [element, follow]);

  const reveal = useCallback(
    (index: number, center = false) => {
      const view = element.current;
      const { layout: now } = current.current;
      if (view === null || now.rows === 0) return;
      const row = rowOfPhoto(now, index);
      const top = now.rowTop[row]!;
      const bottom = top + now.rowHeight[row]!;
      const tall = view.clientHeight;
      const from = follow(view);
      if (center) show((top + bottom - tall) / 2);
      else if (top < from + covered) show(row === 0 ? 0 : top - covered - 8);
      else if (bottom > from + tall) show(bottom - tall + 8);
      update();
    },
    [element, covered, follow, show, update],
  );

  return { range, stretch, onScroll, reveal, origin };
}
