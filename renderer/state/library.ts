/** What is being looked at: the query, and the order of photos that answers it. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { ALL_PHOTOS, type Filter, type Query, type Source } from '../../shared/query.ts';
import { api, connection, sentenceOf, wasAborted } from './client.ts';
import { isUnderWay, jobs } from './jobs.ts';
import { EMPTY_ORDER, holdOrder, type Order, sameOrder, unpackOrder } from './order.ts';
import { recall, remember } from './remember.ts';

export interface Library {
  readonly query: Query;
  readonly order: Order;
  /** The query that `order` answers; it lags behind `query` while the core thinks. */
  readonly answered: Query | null;
  readonly state: 'loading' | 'ready' | 'failed';
  readonly problem: string | null;
  /** Milliseconds that the core needed for the order. */
  readonly milliseconds: number;
  /** The order that the query asks for, while photos on screen are held in their places. */
  readonly held: Order | null;
  /** Counts the orders that a person asked for or agreed to: between two, nothing on screen moves by itself. */
  readonly epoch: number;
}

export const library = createStore<Library>(() => ({
  query: { ...ALL_PHOTOS, ...recall('query', {}), filter: {} },
  order: EMPTY_ORDER,
  answered: null,
  state: 'loading',
  problem: null,
  milliseconds: 0,
  held: null,
  epoch: 0,
}));

export const useLibrary = <T>(pick: (library: Library) => T): T => useStore(library, pick);

let asking: AbortController | null = null;
let again = false;

/** Index behind the last photo that is drawn: what stands before it is not moved by work in the background. */
let shownEnd = 0;
export function setShownEnd(index: number): void {
  shownEnd = index;
}

/** Milliseconds after an action of the person in which a new order is its doing. */
const OWN_DOING = 2_000;
let actedAt = Number.NEGATIVE_INFINITY;

/** The person did something that may change the order: the next one is not held back. */
export function personActed(): void {
  actedAt = performance.now();
}

/** Takes the order that was held back. */
export function sortAgain(): void {
  const { held, epoch } = library.getState();
  if (held !== null) library.setState({ order: held, held: null, epoch: epoch + 1 });
}

// When the work that moved photos has ended they are sorted once.
jobs.subscribe(() => {
  if (library.getState().held !== null && !isIndexing()) sortAgain();
});

function isIndexing(): boolean {
  return jobs.getState().list.some((job) => isUnderWay(job) && ['index', 'grade', 'demo'].includes(job.kind));
}

/** Reads the order of the current query. A newer call ends an older one. @param byCore its events caused it */
export async function readOrder(byCore = false): Promise<void> {
  asking?.abort();
  const own = new AbortController();
  asking = own;
  const { query } = library.getState();
  try {
    const answer = await api.photos.order({ query }, { signal: own.signal });
    if (own.signal.aborted) return;
    const order = unpackOrder(answer.packed, answer.sections);
    const { order: before, epoch, answered } = library.getState();
    const holds =
      byCore && isIndexing() && query.group === 'none' && performance.now() - actedAt > OWN_DOING && before.total > 0;
    const held = holds ? holdOrder(before, order, shownEnd) : null;
    const next = held ?? order;
    library.setState({
      order: sameOrder(before, next) ? before : next,
      held: held === null ? null : order,
      epoch: answered === query ? epoch : epoch + 1,
      answered: query,
      state: 'ready',
      problem: null,
      milliseconds: answer.milliseconds,
    });
  } catch (error) {
    if (own.signal.aborted || wasAborted(error)) return;
    // Read again when the core is back; until then the page says that it waits.
    if (connection.getState().state !== 'open') return;
    library.setState({ state: 'failed', problem: sentenceOf(error) });
  } finally {
    if (asking === own) asking = null;
  }
}

/** Shortest time between two orders that the core's events cause, in milliseconds. */
const CALM = 400;
let lastRead = 0;

/** The order may have changed in the core: it is read again, not more often than every CALM milliseconds. */
export function orderMayHaveChanged(): void {
  if (again) return;
  again = true;
  const wait = asking === null ? Math.max(0, lastRead + CALM - performance.now()) : CALM;
  setTimeout(() => {
    again = false;
    // An order that is on its way is let through; the next turn reads the newer one.
    if (asking !== null) return orderMayHaveChanged();
    lastRead = performance.now();
    void readOrder(true);
  }, wait);
}

function setQuery(query: Query): void {
  // Without the core the photos of another place would stand under the name of this one.
  const gone = connection.getState().state !== 'open';
  library.setState({ query, state: 'loading', ...(gone ? { order: EMPTY_ORDER, answered: null, held: null } : {}) });
  remember('query', { source: query.source, sort: query.sort, group: query.group, stacks: query.stacks });
  void readOrder();
}

/** Goes to a place of the sidebar; filters stay behind. */
export function showSource(source: Source): void {
  const { query } = library.getState();
  const manual = query.sort.key === 'manual' && source.kind !== 'album';
  setQuery({ ...query, source, filter: {}, sort: manual ? ALL_PHOTOS.sort : query.sort });
}

/** Replaces keys of the filter; an undefined or empty one is removed. */
export function setFilter(change: Partial<Filter>): void {
  const { query } = library.getState();
  setQuery({ ...query, filter: compactFilter({ ...query.filter, ...change }) });
}

export function clearFilter(): void {
  setQuery({ ...library.getState().query, filter: {} });
}

export function setSort(sort: Query['sort']): void {
  setQuery({ ...library.getState().query, sort });
}

export function setGroup(group: Query['group']): void {
  setQuery({ ...library.getState().query, group });
}

export function toggleStacks(): void {
  const { query } = library.getState();
  setQuery({ ...query, stacks: query.stacks === 'open' ? 'collapsed' : 'open' });
}

/** Without what does not narrow: empty lists, empty ranges, blank text. */
export function compactFilter(filter: Filter): Filter {
  const entries = Object.entries(filter).filter(([, value]) => {
    if (value === undefined || value === '') return false;
    if (Array.isArray(value)) return value.length > 0;
    if (typeof value === 'object') return Object.values(value).some((end) => end !== undefined);
    return true;
  });
  return Object.fromEntries(entries) as Filter;
}
