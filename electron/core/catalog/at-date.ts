/** Where in a view a day is: the first photo of that day or after it, whatever the view is sorted by. */
import type { Query } from '../../../shared/query.ts';
import { NO_DAY } from './column-parts.ts';
import type { PhotoColumns } from './columns.ts';
import { dayNumber, dayText } from './matching.ts';
import type { Catalog } from './open.ts';
import { orderedSlots } from './order.ts';

/**
 * The earliest photo of the view on that day or later, else the latest before it; of equals the first in the view.
 * @param date YYYY-MM-DD, in the cameras' wall time
 * @returns null where no photo of the view has a date
 */
export function photoAtDate(
  catalog: Catalog,
  columns: PhotoColumns,
  view: Query,
  date: string,
): { id: number; date: string } | null {
  const wanted = dayNumber(date);
  const { slots } = orderedSlots(catalog, columns, view);
  const { day } = columns;
  const { date: times } = columns.numbers;
  let after = -1;
  let before = -1;
  for (let index = 0; index < slots.length; index++) {
    const slot = slots[index]!;
    if (day[slot] === NO_DAY) continue;
    if (day[slot]! >= wanted) {
      if (after < 0 || times[slot]! < times[after]!) after = slot;
    } else if (before < 0 || times[slot]! > times[before]!) before = slot;
  }
  const found = after >= 0 ? after : before;
  return found < 0 ? null : { id: columns.references.id[found]!, date: dayText(day[found]!) };
}
