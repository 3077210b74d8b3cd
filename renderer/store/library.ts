/** What is being looked at: the query, and the order of photos that answers it. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import { ALL_PHOTOS, type Filter, type Query, type Source } from '../../shared/query.ts';
import { type ConnectionStore, wasAborted } from './connection.ts';
import { isUnderWay, type JobsStore } from './jobs.ts';
import type { Memory } from './memory.ts';
import { EMPTY_ORDER, holdOrder, isHead, type Order, sameOrder, samePhotos, unpackOrder } from './order.ts';

export interface Library {
  readonly query: Query;
  /** Of a library whose whole order takes a while, its beginning first. */
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

export interface LibraryStore {
  library: StoreApi<Library>;
  /** Index behind the last photo that is drawn: what stands before it is not moved by work in the background. */
  setShownEnd(index: number): void;
  /** The person did something that may change the order: the next one is not held back. */
  personActed(): void;
  /** Takes the order that was held back. */
  sortAgain(): void;
  /** Reads the order of the current query. A newer call ends an older one. @param byCore its events caused it */
  readOrder(byCore?: boolean): Promise<void>;
  /** The order may have changed in the core: it is read again, not more often than every CALM milliseconds. */
  orderMayHaveChanged(): void;
  /** Goes to a place of the sidebar; filters stay behind. */
  showSource(source: Source): void;
  /** Replaces keys of the filter; an undefined or empty one is removed. */
  setFilter(change: Partial<Filter>): void;
  clearFilter(): void;
  setSort(sort: Query['sort']): void;
  setGroup(group: Query['group']): void;
  /** Closes all stacks, or opens them: each stands together then. */
  toggleAllStacks(): void;
  /** Turns one stack the other way round. */
  toggleStackOf(stack: number): void;
}

/** Milliseconds after an action of the person in which a new order is its doing. */
const OWN_DOING = 2_000;
/** Photos from which a view's beginning is asked for first. */
const LARGE = 50_000;
/** Milliseconds in which the photos of a beginning come to be seen. */
const SEEN = 300;
/** Milliseconds after which an order's beginning is asked for too. */
const LONG = 150;
/** Shortest time between two orders that the core's events cause, in milliseconds. */
const CALM = 400;

export function createLibraryStore({
  api,
  connection,
  sentenceOf,
  jobs,
  memory,
}: { memory: Memory } & Pick<ConnectionStore, 'api' | 'connection' | 'sentenceOf'> &
  Pick<JobsStore, 'jobs'>): LibraryStore {
  const library = createStore<Library>(() => ({
    query: firstQuery(memory.recall('query', {})),
    order: EMPTY_ORDER,
    answered: null,
    state: 'loading',
    problem: null,
    milliseconds: 0,
    held: null,
    epoch: 0,
  }));
  let asking: AbortController | null = null;
  let again = false;
  let lastRead = 0;
  let shownEnd = 0;
  let actedAt = Number.NEGATIVE_INFINITY;
  let groupElsewhere: Query['group'] = 'none';

  const isIndexing = (): boolean =>
    jobs.getState().list.some((job) => isUnderWay(job) && ['index', 'grade', 'demo'].includes(job.kind));

  function sortAgain(): void {
    const { held, epoch } = library.getState();
    if (held !== null) library.setState({ order: held, held: null, epoch: epoch + 1 });
  }

  // When the work that moved photos has ended they are sorted once; what a model grades waits until one asks.
  jobs.subscribe(() => {
    const { held, query } = library.getState();
    if (held !== null && query.sort.key !== 'grade' && !isIndexing()) sortAgain();
  });

  /** Shows the beginning of an order that takes long, so far as nothing else was shown of it. */
  async function readHead(query: Query, signal: AbortSignal): Promise<void> {
    try {
      const head = await api.photos.head({ query }, { signal });
      const { answered, epoch } = library.getState();
      if (head === null || head.total === 0 || signal.aborted || answered === query) return;
      const order = unpackOrder(head.packed, head.sections, head.total);
      library.setState({ order, held: null, answered: query, epoch: epoch + 1, milliseconds: head.milliseconds });
    } catch {
      // The order itself says what is wrong.
    }
  }

  async function readOrder(byCore = false): Promise<void> {
    asking?.abort();
    const own = new AbortController();
    asking = own;
    const { query, answered: known, order: before } = library.getState();
    // Of a large view the beginning is shown before the rest is asked for: it takes as long to send as all else.
    if (known === null || (known !== query && before.expected > LARGE)) {
      await readHead(query, own.signal);
      // What is seen of it comes before all that is not.
      if (library.getState().order.expected > LARGE) await new Promise((done) => setTimeout(done, SEEN));
      if (own.signal.aborted) return;
    }
    const long = known === null ? undefined : setTimeout(() => void readHead(query, own.signal), LONG);
    try {
      const answer = await api.photos.order({ query }, { signal: own.signal });
      if (own.signal.aborted) return;
      const order = unpackOrder(answer.packed, answer.sections);
      const { order: shown, epoch, answered } = library.getState();
      const byWork = byCore && answered === query && shown.total > 0 && !isHead(shown);
      const holds = byWork && isIndexing() && query.group === 'none' && performance.now() - actedAt > OWN_DOING;
      const held =
        byWork && query.sort.key === 'grade' && !sameOrder(shown, order) && samePhotos(shown, order)
          ? shown
          : holds
            ? holdOrder(shown, order, shownEnd)
            : null;
      const next = held ?? order;
      library.setState({
        order: sameOrder(shown, next) ? shown : next,
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
      clearTimeout(long);
      if (asking === own) asking = null;
    }
  }

  function orderMayHaveChanged(): void {
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
    memory.remember('query', { source: query.source, sort: query.sort, group: query.group, stacks: query.stacks });
    void readOrder();
  }

  const queryNow = (): Query => library.getState().query;

  return {
    library,
    setShownEnd(index) {
      shownEnd = index;
    },
    personActed() {
      actedAt = performance.now();
    },
    sortAgain,
    readOrder,
    orderMayHaveChanged,
    showSource(source) {
      const query = queryNow();
      const manual = query.sort.key === 'manual' && source.kind !== 'album';
      // The best stand under the month or folder of which they are the best; elsewhere the headers are those from before.
      const wasBest = query.source.kind === 'best';
      if (!wasBest) groupElsewhere = query.group;
      const group = source.kind === 'best' ? source.of : wasBest ? groupElsewhere : query.group;
      setQuery({ ...query, source, filter: {}, group, sort: manual ? ALL_PHOTOS.sort : query.sort });
    },
    setFilter(change) {
      const query = queryNow();
      setQuery({ ...query, filter: compactFilter({ ...query.filter, ...change }) });
    },
    clearFilter: () => setQuery({ ...queryNow(), filter: {} }),
    setSort: (sort) => setQuery({ ...queryNow(), sort }),
    setGroup: (group) => setQuery({ ...queryNow(), group }),
    toggleAllStacks() {
      const { toggledStacks: _, ...query } = queryNow();
      setQuery({ ...query, stacks: query.stacks === 'collapsed' ? 'together' : 'collapsed' });
    },
    toggleStackOf(stack) {
      const query = queryNow();
      const toggled = query.toggledStacks ?? [];
      const isToggled = toggled.includes(stack);
      const toggledStacks = isToggled ? toggled.filter((id) => id !== stack) : [...toggled, stack];
      setQuery({ ...query, toggledStacks });
    },
  };
}

/** The query that a page begins with: the remembered one, without a filter; stacks that are open stand together. */
function firstQuery(remembered: Partial<Query>): Query {
  const query = { ...ALL_PHOTOS, ...remembered, filter: {} };
  return query.stacks === 'open' ? { ...query, stacks: 'together' } : query;
}

/** Without what does not narrow: empty lists, empty ranges, blank text. */
function compactFilter(filter: Filter): Filter {
  const entries = Object.entries(filter).filter(([, value]) => {
    if (value === undefined || value === '') return false;
    if (Array.isArray(value)) return value.length > 0;
    if (typeof value === 'object') return Object.values(value).some((end) => end !== undefined);
    return true;
  });
  return Object.fromEntries(entries) as Filter;
}
