/** In an album that is sorted by hand, photos can be dropped between others. */

import { useMemo } from 'react';
import { useStore } from 'zustand';
import type { Target } from '../../store/drag.ts';
import { useDropTarget } from '../../store/hooks.ts';
import type { Order } from '../../store/order.ts';
import { drag, library, moveInAlbum } from '../../store/stores.ts';
import { firstRowBelow, type Layout, nearestInRow, rowOfPhoto } from './layout.ts';

/** Index in front of which a drop at this point of the content would land; `count` for the end. */
export function insertionIndex(layout: Layout, x: number, y: number): number {
  if (layout.rows === 0) return 0;
  const row = Math.min(layout.rows - 1, firstRowBelow(layout, y));
  const index = nearestInRow(layout, row, x);
  return x > layout.left[index]! + layout.width[index]! / 2 ? index + 1 : index;
}

/** Makes the grid a target for reordering. @returns where the line that shows the place stands, or null */
export function useAlbumOrder(
  /** Where the layout's origin is on the screen. */
  origin: () => { left: number; top: number },
  layout: Layout,
  order: Order,
): { left: number; top: number; height: number } | null {
  const query = useStore(library, (state) => state.answered);
  const album = query?.source.kind === 'album' && query.sort.key === 'manual' ? query.source.id : null;
  const descending = query?.sort.order === 'desc';

  const target = useMemo<Target>(
    () => ({
      accepts: (load) => album !== null && load.kind === 'photos',
      drop: (load) => {
        if (album === null || load.kind !== 'photos') return;
        const { x, y } = pointIn(origin());
        const taken = new Set(load.ids);
        let at = insertionIndex(layout, x, y);
        // In the album's own order the photo behind the gap is the one in front of which they go.
        if (descending) {
          at--;
          while (at >= 0 && taken.has(order.ids[at]!)) at--;
        } else while (at < order.total && taken.has(order.ids[at]!)) at++;
        const ids = descending ? load.ids.toReversed() : [...load.ids];
        void moveInAlbum(album, ids, order.ids[at] ?? null);
      },
    }),
    [album, descending, origin, layout, order],
  );
  useDropTarget('photos', target);

  const over = useStore(drag, (state) => (state.over === 'photos' ? `${state.x} ${state.y}` : null));
  if (over === null || album === null) return null;
  const { x, y } = pointIn(origin());
  const at = insertionIndex(layout, x, y);
  const inside = at < layout.count && rowOfPhoto(layout, at) === Math.min(layout.rows - 1, firstRowBelow(layout, y));
  const neighbour = inside ? at : Math.max(0, at - 1);
  const row = rowOfPhoto(layout, neighbour);
  const left = inside ? layout.left[neighbour]! - 4 : layout.left[neighbour]! + layout.width[neighbour]! + 2;
  return { left, top: layout.rowTop[row]!, height: layout.rowHeight[row]! };
}

function pointIn(origin: { left: number; top: number }): { x: number; y: number } {
  const { x, y } = drag.getState();
  return { x: x - origin.left, y: y - origin.top };
}
