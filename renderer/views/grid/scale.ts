/**
 * Chromium lays out nothing beyond 33.5 million pixels (LayoutUnit: 26 bits before the point), and places boxes to a
 * whole pixel only up to half of that; a million photos are taller. A layout above `TALLEST` is shown through a shorter
 * content: the scroll bar spans all of it, small movements go pixel by pixel, and while the view rests both are put in
 * step again. Pure, for tests.
 */

/** Pixels up to which the content is as tall as the layout. */
export const TALLEST = 8_000_000;

/** Heights of the view that are a leap: a wheel or a key goes less far in one frame, the scroll bar's thumb farther. */
const LEAP = 8;

/** Pixels at both ends where content and layout agree, so that the first and the last photos are reached exactly. */
const EDGE = 100_000;

/** Pixels around what is drawn within which rows get places of their own; whole steps, so that places seldom change. */
const STEP = 1_000_000;

export interface ScrollRoom {
  /** Height of the whole layout, and of the view on it, pixels. */
  readonly height: number;
  readonly view: number;
}

export function isScaled(height: number): boolean {
  return height > TALLEST;
}

/** Height that the browser is given. */
export function contentHeight(height: number): number {
  return Math.min(height, TALLEST);
}

/** The last top there is. */
export function lastTop({ height, view }: ScrollRoom): number {
  return Math.max(0, height - view);
}

/** Where the browser's scroll position stands for a top of the layout. */
export function scrollTopOf(top: number, room: ScrollRoom): number {
  const last = lastTop(room);
  const within = Math.max(0, Math.min(last, top));
  if (!isScaled(room.height) || within <= EDGE) return within;
  const end = TALLEST - room.view;
  if (within >= last - EDGE) return end - (last - within);
  return EDGE + ((within - EDGE) / (last - 2 * EDGE)) * (end - 2 * EDGE);
}

/** Top of the layout for which the browser's scroll position stands: the other way round. */
function topOf(scrollTop: number, room: ScrollRoom): number {
  const last = lastTop(room);
  const end = TALLEST - room.view;
  if (scrollTop <= EDGE) return scrollTop;
  if (scrollTop >= end - EDGE) return last - (end - scrollTop);
  return EDGE + ((scrollTop - EDGE) / (end - 2 * EDGE)) * (last - 2 * EDGE);
}

/**
 * Top of the layout after the browser has scrolled: as many pixels on where it was a small movement, in proportion
 * where it was a leap.
 * @param from top and scroll position before
 */
export function topAfter(scrollTop: number, from: { top: number; scrollTop: number }, room: ScrollRoom): number {
  if (!isScaled(room.height)) return scrollTop;
  const by = scrollTop - from.scrollTop;
  if (Math.abs(by) > LEAP * room.view) return topOf(scrollTop, room);
  return Math.max(0, Math.min(lastTop(room), from.top + by));
}

/** Whether the content's end is nearer than the layout's, so that the next movements would be cut short. */
export function runsOut(top: number, scrollTop: number, room: ScrollRoom): boolean {
  if (!isScaled(room.height)) return false;
  const near = LEAP * room.view;
  const above = scrollTop < near && scrollTop < top;
  const below = TALLEST - room.view - scrollTop;
  return above || (below < near && below < lastTop(room) - top);
}

/** Stretch of the layout in which things are drawn; all of it where it is not scaled. */
export interface Stretch {
  /** Its top in the layout: what is drawn inside is placed from here. */
  readonly base: number;
  readonly end: number;
}

export function stretchAround(top: number, height: number): Stretch {
  if (!isScaled(height)) return { base: 0, end: height };
  const base = Math.max(0, (Math.floor(top / STEP) - 1) * STEP);
  return { base, end: base + 4 * STEP };
}

/** A place in the layout as one in the stretch; what is outside stands just beyond its edge. */
export function placeIn({ base, end }: Stretch, y: number): number {
  return Math.max(base - STEP / 10, Math.min(end, y)) - base;
}
