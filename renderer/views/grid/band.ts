/**
 * What a press on the grid becomes: a choice, a rubber band, or photos taken along. The rules are a file manager's:
 * a press on a photo takes it (with everything selected) along, a press beside photos or with Ctrl or Shift draws a band.
 */

import { type PointerEvent as ReactPointerEvent, type RefObject, useRef, useState } from 'react';
import { DRAG_STARTS } from '../../store/drag.ts';
import type { Order } from '../../store/order.ts';
import {
  carry,
  chosenPhotos,
  selectExactly,
  selection,
  selectNone,
  selectOnly,
  selectTo,
  toggleSelected,
} from '../../store/stores.ts';
import { type Box, type Layout, photosIn } from './layout.ts';

/** Pixels from the edge within which a band scrolls the grid, and how fast at the very edge, in pixels a frame. */
const EDGE = 36;
const SPEED = 22;

export interface Press {
  band: Box | null;
  onPointerDown: (event: ReactPointerEvent) => void;
}

export function usePress(
  view: RefObject<HTMLElement | null>,
  /** Where the layout's origin is on the screen. */
  origin: () => { left: number; top: number },
  layout: Layout,
  order: Order,
): Press {
  const [band, setBand] = useState<Box | null>(null);
  const current = useRef({ layout, order });
  current.current = { layout, order };

  const drawBand = (start: { x: number; y: number }, from: PointerEvent, keep: boolean): void => {
    const base = keep ? selection.getState().ids : new Set<number>();
    const pointer = { x: from.clientX, y: from.clientY };
    let frame = 0;
    let drawn = '';
    const draw = (): void => {
      frame = requestAnimationFrame(draw);
      const element = view.current;
      if (element === null) return;
      const edges = element.getBoundingClientRect();
      const over = Math.max(0, pointer.y - (edges.bottom - EDGE)) - Math.max(0, edges.top + EDGE - pointer.y);
      if (over !== 0) element.scrollTop += Math.sign(over) * Math.min(1, Math.abs(over) / EDGE) * SPEED;
      const { left, top } = origin();
      const x = Math.max(edges.left, Math.min(edges.right, pointer.x)) - left;
      const y = Math.max(edges.top, Math.min(edges.bottom, pointer.y)) - top;
      const box = {
        left: Math.min(start.x, x),
        right: Math.max(start.x, x),
        top: Math.min(start.y, y),
        bottom: Math.max(start.y, y),
      };
      const state = `${box.left} ${box.top} ${box.right} ${box.bottom}`;
      if (state === drawn) return;
      drawn = state;
      setBand(box);
      const { layout: now, order: photos } = current.current;
      const touched = photosIn(now, box);
      const ids = new Set(base);
      for (const index of touched) ids.add(photos.ids[index]!);
      const last = touched.at(y < start.y ? 0 : -1);
      selectExactly(ids, last === undefined ? undefined : photos.ids[last]);
    };
    const move = (event: PointerEvent): void => {
      pointer.x = event.clientX;
      pointer.y = event.clientY;
    };
    const end = (): void => {
      cancelAnimationFrame(frame);
      window.removeEventListener('pointermove', move);
      window.removeEventListener('pointerup', end);
      window.removeEventListener('pointercancel', end);
      setBand(null);
    };
    window.addEventListener('pointermove', move);
    window.addEventListener('pointerup', end);
    window.addEventListener('pointercancel', end);
    draw();
  };

  const onPointerDown = (event: ReactPointerEvent): void => {
    if (event.button !== 0 || event.pointerType === 'touch' || !(event.target instanceof Element)) return;
    const cell = event.target.closest<HTMLElement>('[data-index]');
    const { left, top } = origin();
    if (view.current === null || event.clientX > left + view.current.clientWidth) return;
    const id = cell === null ? undefined : current.current.order.ids[Number(cell.dataset.index)];
    const { clientX, clientY, shiftKey } = event;
    const adds = event.ctrlKey || event.metaKey;
    const start = { x: clientX - left, y: clientY - top };
    const takesAlong = id !== undefined && !adds && !shiftKey;
    const wasSelected = id !== undefined && selection.getState().ids.has(id);
    if (takesAlong && !wasSelected) selectOnly(id);

    const move = (moved: PointerEvent): void => {
      if (Math.hypot(moved.clientX - clientX, moved.clientY - clientY) < DRAG_STARTS) return;
      stop();
      if (takesAlong) carry({ kind: 'photos', ids: chosenPhotos() }, moved);
      else drawBand(start, moved, adds || shiftKey);
    };
    const up = (): void => {
      stop();
      if (id === undefined) {
        if (!adds && !shiftKey) selectNone();
      } else if (shiftKey) selectTo(id, adds);
      else if (adds) toggleSelected(id);
      else if (wasSelected) selectOnly(id);
    };
    const stop = (): void => {
      window.removeEventListener('pointermove', move);
      window.removeEventListener('pointerup', up);
      window.removeEventListener('pointercancel', stop);
    };
    window.addEventListener('pointermove', move);
    window.addEventListener('pointerup', up);
    window.addEventListener('pointercancel', stop);
  };

  return { band, onPointerDown };
}
