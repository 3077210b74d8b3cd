/** Going to a day in what is shown. */
import type { Api } from './connection.ts';
import type { LibraryStore } from './library.ts';
import type { NoticesStore } from './notices.ts';
import { isHead } from './order.ts';
import type { RowsStore } from './rows.ts';
import type { SelectionStore } from './selection.ts';

export interface DatesStore {
  /** Day of the photo that the keyboard is on as YYYY-MM-DD; empty where it has none. */
  dateOfFocus(): string;
  /** Puts the keyboard on the first photo of that day or after it; says so where there is none of that day. */
  goToDate(date: string): Promise<void>;
}

const DAY = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' });
const dayText = (date: string): string => DAY.format(new Date(`${date}T00:00:00Z`));

export function createDatesStore({
  api,
  library,
  rowOf,
  selection,
  moveTo,
  notify,
  notifyProblem,
}: { api: Api } & Pick<LibraryStore, 'library'> &
  Pick<RowsStore, 'rowOf'> &
  Pick<SelectionStore, 'selection' | 'moveTo'> &
  Pick<NoticesStore, 'notify' | 'notifyProblem'>): DatesStore {
  /** Goes there once its place is known: the beginning of a view comes before the rest. */
  function go(id: number): void {
    const { order, query } = library.getState();
    const index = order.indexOf(id);
    if (index >= 0) moveTo(index);
    else if (isHead(order)) {
      const stop = library.subscribe((now) => {
        if (now.query === query && isHead(now.order)) return;
        stop();
        if (now.query === query) go(id);
      });
    }
  }

  return {
    dateOfFocus() {
      const { focus } = selection.getState();
      const takenAt = focus === null ? null : (rowOf(focus)?.takenAt ?? null);
      return takenAt === null ? '' : new Date(takenAt).toISOString().slice(0, 10);
    },
    async goToDate(date) {
      try {
        const found = await api.photos.atDate({ query: library.getState().query, date });
        if (found === null) notify('None of the photos here has a date');
        else {
          go(found.id);
          if (found.date !== date) {
            notify(
              `No photo of ${dayText(date)} here. ${found.date > date ? 'The next is' : 'The last is'} of ${dayText(found.date)}`,
            );
          }
        }
      } catch (error) {
        notifyProblem(error);
      }
    },
  };
}
