/** The stream of events to one page: a page that is slow gets what it missed in one piece. */
import type { CoreEvent } from '../../../shared/contract.ts';
import { uniteColumns } from '../../../shared/photo-columns.ts';
import type { Changes } from '../base/events.ts';

/** More changed photos than this are told as "many". */
const MANY = 2000;

/** Joins an event to those that wait, so that a queue never grows beyond one event of each kind. */
export function joinEvent(waiting: CoreEvent[], event: CoreEvent): void {
  const at = waiting.findIndex((other) => other.kind === event.kind);
  const other = waiting[at];
  if (other?.kind === 'photos' && event.kind === 'photos') {
    const ids = other.ids && event.ids ? [...new Set([...other.ids, ...event.ids])] : null;
    const columns = uniteColumns(other.columns, event.columns);
    waiting[at] = { kind: 'photos', ids: ids && ids.length <= MANY ? ids : null, columns };
  } else if (other?.kind === 'albums' && event.kind === 'albums') {
    const filled = other.filled && event.filled ? [...new Set([...other.filled, ...event.filled])] : null;
    waiting[at] = { kind: 'albums', filled };
  } else if (other) waiting[at] = event;
  else waiting.push(event);
}

/** What waits goes out in one piece. Ends with the signal. */
export async function* eventsFor(changes: Changes, signal: AbortSignal | undefined): AsyncGenerator<CoreEvent[]> {
  const waiting: CoreEvent[] = [];
  let wake = () => {};
  const end = changes.subscribe((event) => {
    joinEvent(waiting, event);
    wake();
  });
  const onAbort = () => wake();
  signal?.addEventListener('abort', onAbort);
  try {
    while (!signal?.aborted) {
      if (waiting.length > 0) yield waiting.splice(0);
      else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    end();
    signal?.removeEventListener('abort', onAbort);
  }
}
