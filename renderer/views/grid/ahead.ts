/** What a scroll will reach is fetched before it is drawn: facts of photos in large answers, pictures in their cache. */
import type { Order } from '../../store/order.ts';
import { rowOf, wantRows } from '../../store/stores.ts';
import { firstRowBelow, type Layout } from './layout.ts';
import { addressOf, loadAhead } from './thumbs.ts';

/** Heights of the view, from its edge, in which facts are never missing; and for how many they are asked then. */
const FACTS_NEAR = 4;
const FACTS = 8;
/** The same for pictures. */
const PICTURES = 3;

/** Ids of the photos between two heights. */
function idsBetween(layout: Layout, order: Order, from: number, to: number): Uint32Array | Float64Array {
  const first = firstRowBelow(layout, from);
  const end = firstRowBelow(layout, to);
  return order.ids.subarray(layout.rowStart[first], layout.rowStart[Math.min(layout.rows, end + 1)]);
}

/** @param top of the view, @param height of the view, @param heading 1 down, -1 up */
export function fetchAhead(layout: Layout, order: Order, top: number, height: number, heading: 1 | -1): void {
  const edge = heading === 1 ? top + height : top;
  const reach = (screens: number) => {
    const end = edge + heading * screens * height;
    return idsBetween(layout, order, Math.min(edge, end), Math.max(edge, end));
  };
  if (reach(FACTS_NEAR).some((id) => rowOf(id) === undefined)) wantRows(reach(FACTS));
  const pictures: string[] = [];
  for (const id of reach(PICTURES)) {
    const row = rowOf(id);
    const address = row === undefined ? null : addressOf(row, 'thumb');
    if (address !== null) pictures.push(address);
  }
  loadAhead(pictures);
}
