/** Moments on the page: which stacks stand open, the moment of a photo with its reason, and what a person makes of them. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { WouldBe } from '../../shared/contract-culling.ts';
import type { MomentKind } from '../../shared/moments.ts';
import { type Moment, WHOLE_KINDS } from '../../shared/moments.ts';
import type { PhotoRow } from '../../shared/photo.ts';
import type { Query } from '../../shared/query.ts';
import { type ConnectionStore, wasAborted } from './connection.ts';
import type { HistoryStore } from './history.ts';
import type { LibraryStore } from './library.ts';
import type { NoticesStore } from './notices.ts';
import type { RowsStore } from './rows.ts';
import type { SelectionStore } from './selection.ts';

/** How many another likeness would find. */
export interface MomentCount {
  moments: number;
  photos: number;
  kinds: Partial<Record<MomentKind, number>>;
}

export interface StacksStore {
  /** Moments of the photos that are looked at closely; null for one that stands alone. */
  moments: StoreApi<{ of: ReadonlyMap<number, Moment | null> }>;
  /** Reads the moment of a photo, now and whenever moments change. @returns ends it */
  followMoment(photo: number): () => void;
  /** The core said that moments changed. */
  momentsChanged(): void;
  /** Opens the stack of the focused photo, or closes it with the keyboard on its top. */
  toggleStack(): Promise<void>;
  /** Puts the chosen photos into one stack, with all of those that are collapsed among them. */
  stackChosen(): Promise<void>;
  unstackChosen(): Promise<void>;
  splitChosen(): Promise<void>;
  putOnTop(): Promise<void>;
  /** In which moments photos on screen would be by the likeness that is tried; null while none is. */
  wouldBe: StoreApi<{ of: ReadonlyMap<number, WouldBe | 'alone'> | null }>;
  /** How many another likeness would find, shown on these photos (null: on none); null when another question overtook this one. */
  countMoments(likeness: number, shown: readonly number[] | null): Promise<MomentCount | null>;
  /** What would be is shown no more. */
  endMomentPreview(): void;
  /** Finds all again. */
  regroup(likeness: number): Promise<void>;
}

export interface StacksRoom
  extends Pick<ConnectionStore, 'api'>,
    Pick<LibraryStore, 'library' | 'toggleStackOf'>,
    Pick<HistoryStore, 'inTurn' | 'undo'>,
    Pick<RowsStore, 'rowOf' | 'rowsOf'>,
    Pick<SelectionStore, 'selection' | 'chosenPhotos' | 'selectOnly'>,
    Pick<NoticesStore, 'notify' | 'notifyProblem'> {}

/** Whether a stack shows one frame in this view. */
export function isCollapsed({ stacks, toggledStacks }: Query, stack: number): boolean {
  return (stacks === 'collapsed') !== (toggledStacks ?? []).includes(stack);
}

/** Photos that one question may name. */
const ASKED = 2000;

const photosText = (count: number): string => `${count.toLocaleString('en')} photos`;

export function createStacksStore({
  api,
  library,
  toggleStackOf,
  inTurn,
  undo,
  rowOf,
  rowsOf,
  selection,
  chosenPhotos,
  selectOnly,
  notify,
  notifyProblem,
}: StacksRoom): StacksStore {
  const moments = createStore<{ of: ReadonlyMap<number, Moment | null> }>(() => ({ of: new Map() }));
  const wouldBe = createStore<{ of: ReadonlyMap<number, WouldBe | 'alone'> | null }>(() => ({ of: null }));
  const followed = new Map<number, number>();

  async function read(photo: number): Promise<void> {
    try {
      const [moment] = await api.moments.of({ ids: [photo] });
      if (followed.has(photo)) moments.setState(({ of }) => ({ of: new Map(of).set(photo, moment ?? null) }));
    } catch (error) {
      if (!wasAborted(error)) notifyProblem(error);
    }
  }

  const stackOf = (photo: number | null): PhotoRow['stack'] => (photo === null ? null : (rowOf(photo)?.stack ?? null));

  /** The chosen photos, and what is under those that are collapsed. */
  async function withCollapsed(chosen: readonly number[]): Promise<number[]> {
    const { query } = library.getState();
    const rows = await rowsOf(chosen);
    const tops = rows.filter(({ stack }) => stack !== null && isCollapsed(query, stack.id)).map(({ id }) => id);
    const under: number[] = [];
    for (let start = 0; start < tops.length; start += ASKED) {
      const found = await api.moments.of({ ids: tops.slice(start, start + ASKED) });
      under.push(...found.flatMap(({ photos }) => photos));
    }
    return [...new Set([...chosen, ...under])];
  }

  async function change(write: () => Promise<unknown>, words: string): Promise<void> {
    try {
      await inTurn(write);
      notify(words, { label: 'Undo', run: () => void undo() });
    } catch (error) {
      notifyProblem(error);
    }
  }

  return {
    moments,
    followMoment(photo) {
      followed.set(photo, (followed.get(photo) ?? 0) + 1);
      void read(photo);
      return () => {
        const users = followed.get(photo)! - 1;
        if (users > 0) followed.set(photo, users);
        else {
          followed.delete(photo);
          moments.setState(({ of }) => {
            const next = new Map(of);
            next.delete(photo);
            return { of: next };
          });
        }
      };
    },
    momentsChanged() {
      for (const photo of followed.keys()) void read(photo);
    },
    async toggleStack() {
      const { focus } = selection.getState();
      const stack = stackOf(focus);
      if (focus === null || stack === null) return;
      const { query, order } = library.getState();
      if (!isCollapsed(query, stack.id) && !stack.top) {
        const [moment] = await api.moments.of({ ids: [focus] }).catch(() => []);
        if (moment !== undefined && order.indexOf(moment.top) >= 0) selectOnly(moment.top);
      }
      toggleStackOf(stack.id);
    },
    async stackChosen() {
      try {
        const ids = await withCollapsed(chosenPhotos());
        await change(() => api.moments.stack({ ids }), `${photosText(ids.length)} stacked`);
      } catch (error) {
        notifyProblem(error);
      }
    },
    unstackChosen: () => change(() => api.moments.unstack({ ids: chosenPhotos() }), 'Unstacked'),
    splitChosen: () => change(() => api.moments.split({ ids: chosenPhotos() }), 'Split off their stack'),
    async putOnTop() {
      const { focus } = selection.getState();
      if (focus !== null) await change(() => api.moments.putOnTop({ id: focus }), 'On top of its stack now');
    },
    wouldBe,
    endMomentPreview: () => wouldBe.setState({ of: null }),
    async countMoments(likeness, shown) {
      try {
        if (shown === null) return await api.moments.count({ likeness });
        const count = await api.moments.count({ likeness, ids: [...shown] });
        const of = new Map<number, WouldBe | 'alone'>(shown.map((id) => [id, 'alone']));
        for (const one of count.shown ?? []) of.set(one.photo, one);
        wouldBe.setState({ of });
        return count;
      } catch {
        return null;
      }
    },
    async regroup(likeness) {
      try {
        await api.moments.regroup({ likeness });
      } catch (error) {
        notifyProblem(error);
      }
    },
  };
}

/** What a kind that stays whole says of itself. */
export const staysWhole = (kind: MomentKind): boolean => WHOLE_KINDS.has(kind);
