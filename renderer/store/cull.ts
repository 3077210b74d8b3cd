/**
 * Cull mode: a shoot in its moments, where one is in it, what is decided, and how long the rest will take. A decision is
 * shown at once and written by the core; the next frame does not wait for it.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Answer, CullFrame, CullMoment, Genre, Shoot, SuggestionPlan } from '../../shared/culling.ts';
import { WHOLE_KINDS } from '../../shared/moments.ts';
import type { PhotoColumn } from '../../shared/photo-columns.ts';
import type { Settings } from '../../shared/settings.ts';
import { type ConnectionStore, wasAborted } from './connection.ts';
import type { HistoryStore } from './history.ts';
import type { LibraryStore } from './library.ts';
import type { MarkChange, MarksStore } from './marks.ts';
import type { Memory } from './memory.ts';
import type { NoticesStore } from './notices.ts';
import { type PlacesStore, sourceTitle } from './places.ts';
import type { SelectionStore } from './selection.ts';
import type { ViewStore } from './view.ts';

export type CullDecision = 'pick' | 'reject' | 'marked';

/** What is said of a moment: read when one comes to it, and again when a decision changed it. */
export interface MomentCards {
  readonly frames: readonly CullFrame[];
  readonly plan: SuggestionPlan;
}

export interface Cull {
  readonly shoot: Shoot | null;
  readonly name: string;
  readonly state: 'none' | 'opening' | 'ready' | 'failed';
  readonly problem: string | null;
  readonly moments: readonly CullMoment[];
  /** All photos, in the order in which one walks through them. */
  readonly photos: readonly number[];
  readonly momentOf: ReadonlyMap<number, number>;
  /** The frame on screen. */
  readonly at: number | null;
  readonly decided: ReadonlyMap<number, CullDecision>;
  readonly cards: ReadonlyMap<number, MomentCards>;
  readonly genre: Genre;
  readonly genreProposed: Genre;
  /** Seconds for one decided frame at the person's pace; null before that can be told. */
  readonly pace: number | null;
  /** Shoots of the library by long pauses, the newest first; null before they are read. */
  readonly stretches: readonly { readonly from: number; readonly to: number; readonly count: number }[] | null;
  /** Photos for which the reason was given that was answered last. */
  readonly similar: { readonly reason: string; readonly answer: Answer; readonly photos: readonly number[] } | null;
}

const NONE: Cull = {
  shoot: null,
  name: '',
  state: 'none',
  problem: null,
  moments: [],
  photos: [],
  momentOf: new Map(),
  at: null,
  decided: new Map(),
  cards: new Map(),
  genre: 'people',
  genreProposed: 'people',
  pace: null,
  stretches: null,
  similar: null,
};

/** A pause longer than this, in milliseconds, is no part of the pace. */
const PAUSE = 60_000;
/** Decisions that the pace is taken from, and before which nothing is said. */
const PACED = 40;
const LEAST_PACED = 6;
/** Milliseconds after a step until the core remembers the place, however fast the steps follow: a crash loses no more. */
const REST = 200;
/** Moments whose cards are kept. */
const KEPT_CARDS = 60;

export interface CullStore {
  cull: StoreApi<Cull>;
  /** Opens the chosen photos where several are, else the place that is shown; where one was before. */
  openShoot(shoot?: Shoot): Promise<void>;
  /** Opens the shoot of the last visit again where that ended in cull mode. */
  reopenShoot(): void;
  goToFrame(id: number): void;
  /** The next frame (1) or the one before (−1), through all moments. */
  stepFrame(by: number): void;
  stepMoment(by: number): void;
  /** Marks the frame on screen (all frames of a kind that stays whole) and goes on as set. */
  cullMark(change: MarkChange): void;
  cullStars(by: 1 | -1): void;
  /** Does what the moment's plan says. */
  acceptSuggestion(): Promise<void>;
  /** Answers a reason of the frame on screen, by name; the first that is not answered where none is named. */
  answerReason(answer: Answer, name?: string, word?: string): Promise<void>;
  /** Gives the last answer to the same reason of the other photos of the shoot. */
  answerSimilar(): Promise<void>;
  cullUndo(way: 'undo' | 'redo'): Promise<void>;
  setGenre(genre: Genre | null): Promise<void>;
  /** The core tells that photos changed. */
  photosChanged(ids: readonly number[] | null, columns: readonly PhotoColumn[] | null): void;
}

export interface CullRoom
  extends Pick<ConnectionStore, 'api' | 'sentenceOf'>,
    Pick<LibraryStore, 'library'>,
    Pick<SelectionStore, 'selection' | 'chosenPhotos' | 'selectOnly'>,
    Pick<MarksStore, 'setMarksEach'>,
    Pick<HistoryStore, 'undo' | 'redo' | 'inTurn'>,
    Pick<NoticesStore, 'notify' | 'notifyProblem'>,
    Pick<ViewStore, 'viewState' | 'showView'>,
    Pick<PlacesStore, 'places'> {
  memory: Memory;
  settings: Pick<StoreApi<Settings>, 'getState'>;
}

const MARKS: readonly PhotoColumn[] = ['flag', 'stars', 'color'];

export function createCullStore(room: CullRoom): CullStore {
  const { api, sentenceOf, library, selection, memory, settings, setMarksEach, notify, notifyProblem } = room;
  const cull = createStore<Cull>(() => NONE);
  const reading = new Map<number, AbortController>();
  /** Where one came to last, until the core is told. */
  let place: { shoot: Shoot; photo: number } | null = null;
  let times: { at: number; count: number }[] = [];
  /** An undo is under way: what it changed is shown. */
  let travels = false;

  const shootOf = (): Shoot => {
    const { ids } = selection.getState();
    if (ids.size > 1) return { kind: 'photos', ids: room.chosenPhotos() };
    const { query } = library.getState();
    // What is decided must not leave the shoot by being decided.
    const { flags: _flags, stars: _stars, colors: _colors, ...filter } = query.filter;
    return { kind: 'view', source: query.source, filter };
  };

  const nameOf = (shoot: Shoot): string => {
    if (shoot.kind === 'view') return sourceTitle(shoot.source, room.places.getState());
    if (shoot.kind === 'photos') return `${shoot.ids.length.toLocaleString('en')} chosen photos`;
    return new Date(shoot.from).toLocaleDateString('en', { dateStyle: 'medium', timeZone: 'UTC' });
  };

  async function openShoot(given?: Shoot): Promise<void> {
    const shoot = given ?? shootOf();
    const before = cull.getState();
    const isSame = before.state === 'ready' && JSON.stringify(before.shoot) === JSON.stringify(shoot);
    if (!isSame) {
      for (const own of reading.values()) own.abort();
      reading.clear();
      times = [];
      cull.setState({ ...NONE, shoot, name: nameOf(shoot), state: 'opening' }, true);
    }
    try {
      const opened = await api.culling.open({ shoot });
      if (cull.getState().shoot !== (isSame ? before.shoot : shoot)) return;
      const momentOf = new Map<number, number>();
      for (const [index, { photos }] of opened.moments.entries()) for (const id of photos) momentOf.set(id, index);
      const decided = new Map<number, CullDecision>(opened.decided.map((id) => [id, 'marked']));
      for (const id of opened.picked) decided.set(id, 'pick');
      for (const id of opened.rejected) decided.set(id, 'reject');
      cull.setState({
        state: 'ready',
        name: nameOf(shoot),
        moments: opened.moments,
        photos: opened.moments.flatMap(({ photos }) => photos),
        momentOf,
        decided,
        genre: opened.genre,
        genreProposed: opened.genreProposed,
        cards: new Map(),
      });
      memory.remember('cull', { open: true });
      void readStretches();
      const at = isSame && before.at !== null && momentOf.has(before.at) ? before.at : opened.place;
      goToFrame(at ?? firstUndecided() ?? opened.moments[0]!.photos[0]!);
    } catch (error) {
      if (!wasAborted(error)) cull.setState({ state: 'failed', problem: sentenceOf(error) });
    }
  }

  async function readStretches(): Promise<void> {
    try {
      const stretches = await api.culling.stretches({});
      cull.setState({ stretches: stretches.toReversed() });
    } catch {
      // The menu offers the place alone.
    }
  }

  const isOpen = (id: number): boolean => !cull.getState().decided.has(id);
  const firstUndecided = (): number | undefined => cull.getState().photos.find(isOpen);

  function goToFrame(id: number): void {
    const { momentOf, moments, shoot } = cull.getState();
    const index = momentOf.get(id);
    if (index === undefined || shoot === null) return;
    cull.setState({ at: id, similar: null });
    for (const near of [index, index + 1, index - 1, index + 2]) if (moments[near] !== undefined) void readCards(near);
    const isWaiting = place !== null;
    place = { shoot, photo: id };
    if (isWaiting) return;
    setTimeout(() => {
      if (place !== null) api.culling.stay(place).catch(() => undefined);
      place = null;
    }, REST);
  }

  async function readCards(index: number, again = false): Promise<MomentCards | null> {
    const { shoot, moments, cards } = cull.getState();
    const known = cards.get(index);
    if (known !== undefined && !again) return known;
    if (shoot === null) return null;
    if (reading.has(index) && !again) return null;
    reading.get(index)?.abort();
    const own = new AbortController();
    reading.set(index, own);
    try {
      const { photos } = moments[index]!;
      const read = await api.culling.moment({ shoot, photos: [...photos] }, { signal: own.signal });
      if (own.signal.aborted || cull.getState().shoot !== shoot) return null;
      cull.setState(({ cards: before }) => {
        const next = new Map(before);
        next.delete(index);
        next.set(index, read);
        for (const oldest of next.keys()) {
          if (next.size <= KEPT_CARDS) break;
          next.delete(oldest);
        }
        return { cards: next };
      });
      return read;
    } catch {
      // Asked for again when one comes to it again.
      return null;
    } finally {
      if (reading.get(index) === own) reading.delete(index);
    }
  }

  function stepFrame(by: number): void {
    const { photos, at } = cull.getState();
    const index = photos.indexOf(at ?? -1);
    const next = photos[Math.max(0, Math.min(photos.length - 1, index + by))];
    if (next !== undefined) goToFrame(next);
  }

  function stepMoment(by: number): void {
    const { moments, momentOf, at } = cull.getState();
    const index = at === null ? 0 : (momentOf.get(at) ?? 0);
    const next = moments[Math.max(0, Math.min(moments.length - 1, index + by))];
    if (next !== undefined) goToFrame(openFrame(next) ?? next.top);
  }

  /** The suggested frame of a moment where it is undecided, else its first undecided one. */
  function openFrame({ photos, top }: CullMoment): number | undefined {
    return isOpen(top) ? top : photos.find(isOpen);
  }

  /**
   * On to the next frame or moment that is undecided, round the end.
   * @param from the moment that one is in @param by `elsewhere`: what is open in this moment is passed over
   */
  function advance(from: number, by: 'frame' | 'moment' | 'elsewhere'): void {
    const { moments, at } = cull.getState();
    const own = moments[from]!;
    if (by === 'frame') {
      const after = own.photos.slice(own.photos.indexOf(at ?? -1) + 1).find(isOpen) ?? own.photos.find(isOpen);
      if (after !== undefined) {
        goToFrame(after);
        return;
      }
    }
    const rest = [...moments.slice(from + 1), ...moments.slice(0, from)];
    const next = rest.find((moment) => (by === 'moment' ? moment.photos.every(isOpen) : moment.photos.some(isOpen)));
    const frame = next === undefined ? undefined : openFrame(next);
    if (frame !== undefined) goToFrame(frame);
    else if (firstUndecided() === undefined) notify('Every photo of this shoot is decided.');
  }

  /** Shows decisions at once. @returns how many frames were undecided until now */
  function show(ids: readonly number[], change: MarkChange): number {
    const decided = new Map(cull.getState().decided);
    let fresh = 0;
    for (const id of ids) {
      const before = decided.get(id);
      if (change.flag === 'none') decided.delete(id);
      else if (change.flag !== undefined) decided.set(id, change.flag);
      else if (before === undefined && ((change.stars ?? 0) > 0 || (change.color ?? 'none') !== 'none'))
        decided.set(id, 'marked');
      if (before === undefined && decided.has(id)) fresh++;
    }
    cull.setState({ decided });
    return fresh;
  }

  function keepPace(count: number): void {
    if (count === 0) return;
    times.push({ at: performance.now(), count });
    if (times.length > PACED) times = times.slice(-PACED);
    let frames = 0;
    let milliseconds = 0;
    for (let index = 1; index < times.length; index++) {
      const gap = times[index]!.at - times[index - 1]!.at;
      if (gap > PAUSE) continue;
      milliseconds += gap;
      frames += times[index]!.count;
    }
    cull.setState({ pace: frames < LEAST_PACED ? null : milliseconds / 1000 / frames });
  }

  /** Says nothing: what was decided is seen. */
  async function decideFrames(assignments: readonly { ids: readonly number[]; change: MarkChange }[]): Promise<void> {
    let fresh = 0;
    const index = cull.getState().momentOf.get(assignments.find(({ ids }) => ids.length > 0)?.ids[0] ?? -1);
    for (const { ids, change } of assignments) fresh += show(ids, change);
    keepPace(fresh);
    const written = await setMarksEach(
      assignments.map(({ ids, change }) => ({ ids: [...ids], ...change })),
      null,
    );
    // What could not be written is not decided, and the core alone knows what of it arrived.
    if (!written) await readDecisions(assignments.flatMap(({ ids }) => ids)).catch(() => undefined);
    if (index !== undefined) await readCards(index, true);
  }

  function cullMark(change: MarkChange): void {
    const { at, momentOf, moments } = cull.getState();
    if (at === null) return;
    const index = momentOf.get(at)!;
    const moment = moments[index]!;
    const ids = moment.kind !== null && WHOLE_KINDS.has(moment.kind) ? moment.photos : [at];
    void decideFrames([{ ids, change }]);
    const isDecision = change.flag !== 'none' && change.stars !== 0 && change.color !== 'none';
    const { advance: by } = settings.getState().cull;
    if (isDecision && by !== 'stay') advance(index, by);
  }

  async function acceptSuggestion(): Promise<void> {
    const { at, momentOf, cards } = cull.getState();
    if (at === null) return;
    const index = momentOf.get(at)!;
    const plan = (cards.get(index) ?? (await readCards(index, true)))?.plan;
    if (plan === undefined || cull.getState().at !== at) return;
    // What was decided meanwhile is a person's.
    const pick = plan.pick.filter(isOpen);
    const reject = plan.reject.filter(isOpen);
    void decideFrames(
      [
        { ids: pick, change: { flag: 'pick' as const } },
        { ids: reject, change: { flag: 'reject' as const } },
      ].filter(({ ids }) => ids.length > 0),
    );
    advance(index, pick.length + reject.length > 0 ? 'frame' : 'elsewhere');
  }

  async function answerReason(answer: Answer, name?: string, word = ''): Promise<void> {
    const { at, momentOf, cards, shoot } = cull.getState();
    if (at === null) return;
    const index = momentOf.get(at)!;
    const card = (cards.get(index) ?? (await readCards(index, true)))?.frames.find(({ id }) => id === at);
    const reason = card?.reasons.find((one) => (name === undefined ? one.answered === null : one.name === name));
    if (reason === undefined) {
      notify('No reason is given against this photo.');
      return;
    }
    // The same answer again takes it back, unless a word comes with it.
    const back = reason.answered === answer && word === '';
    try {
      const { similar } = await room.inTurn(() =>
        api.culling.answer({ shoot, photos: [at], reason: reason.name, answer: back ? null : answer, word }),
      );
      const others = similar.filter((id) => id !== at);
      if (cull.getState().at === at)
        cull.setState({ similar: others.length === 0 ? null : { reason: reason.name, answer, photos: others } });
      await readCards(index, true);
    } catch (error) {
      notifyProblem(error);
    }
  }

  async function answerSimilar(): Promise<void> {
    const { similar, shoot } = cull.getState();
    if (similar === null) return;
    cull.setState({ similar: null });
    try {
      const { reason, answer } = similar;
      const photos = similar.photos.slice(0, 2000);
      const { changed } = await room.inTurn(() => api.culling.answer({ shoot, photos, reason, answer, word: '' }));
      notify(`${changed.toLocaleString('en')} more answered`, { label: 'Undo', run: () => void room.undo() });
    } catch (error) {
      notifyProblem(error);
    }
  }

  async function readDecisions(ids: readonly number[]): Promise<void> {
    const { shoot } = cull.getState();
    const own = ids.filter((id) => cull.getState().momentOf.has(id));
    if (own.length === 0) return;
    const rows = [];
    for (let start = 0; start < own.length; start += 1000)
      rows.push(...(await api.photos.rows({ ids: own.slice(start, start + 1000) })));
    if (cull.getState().shoot !== shoot) return;
    const decided = new Map(cull.getState().decided);
    for (const { id, flag, stars, color } of rows) {
      if (flag !== 'none') decided.set(id, flag);
      else if (stars > 0 || color !== 'none') decided.set(id, 'marked');
      else decided.delete(id);
    }
    cull.setState({ decided });
  }

  // Whichever way leads to the grid: cull mode is left, and not opened by itself at the next start.
  room.viewState.subscribe(({ view }, before) => {
    if (view !== 'grid' || before.view === 'grid' || cull.getState().state === 'none') return;
    memory.remember('cull', { open: false });
    const { at } = cull.getState();
    cull.setState(NONE, true);
    if (at !== null && library.getState().order.indexOf(at) >= 0) room.selectOnly(at);
  });

  return {
    cull,
    openShoot,
    goToFrame,
    stepFrame,
    stepMoment,
    cullMark,
    acceptSuggestion,
    answerReason,
    answerSimilar,
    cullStars(by) {
      const { at } = cull.getState();
      if (at === null) return;
      api.photos
        .rows({ ids: [at] })
        .then(
          ([row]) => row !== undefined && cullMark({ stars: Math.max(0, Math.min(5, row.stars + by)) }),
          notifyProblem,
        );
    },
    reopenShoot() {
      if (!memory.recall('cull', { open: false }).open || cull.getState().state !== 'none') return;
      api.culling.last({}).then(
        ({ shoot }) => {
          if (shoot === null || cull.getState().state !== 'none') return;
          void openShoot(shoot);
          room.showView('cull');
        },
        () => undefined,
      );
    },
    async cullUndo(way) {
      travels = true;
      try {
        await room[way]();
      } finally {
        // Events of the step come with its answer or just after it.
        setTimeout(() => {
          travels = false;
        }, 300);
      }
    },
    async setGenre(genre) {
      const { shoot, at, momentOf } = cull.getState();
      if (shoot === null) return;
      try {
        await api.culling.setGenre({ shoot, genre });
        cull.setState(({ genreProposed }) => ({ genre: genre ?? genreProposed, cards: new Map() }));
        if (at !== null) void readCards(momentOf.get(at)!, true);
      } catch (error) {
        notifyProblem(error);
      }
    },
    photosChanged(ids, columns) {
      const { state, shoot, momentOf, at } = cull.getState();
      if (state !== 'ready' || shoot === null) return;
      const changes = (some: readonly PhotoColumn[]) => columns === null || columns.some((one) => some.includes(one));
      if (ids === null || changes(['stack', 'presence'])) {
        if (changes([...MARKS, 'stack', 'presence'])) void openShoot(shoot);
        return;
      }
      if (changes(MARKS)) void readDecisions(ids).catch(() => undefined);
      const first = ids.find((id) => momentOf.has(id));
      if (travels && first !== undefined && (at === null || !ids.includes(at))) goToFrame(first);
      if (changes([...MARKS, 'answer', 'grade', 'measures', 'taste'])) {
        const touched = new Set(ids.flatMap((id) => momentOf.get(id) ?? []));
        const own = at === null ? undefined : momentOf.get(at);
        cull.setState(({ cards }) => ({
          cards: new Map([...cards].filter(([index]) => !touched.has(index) || index === own)),
        }));
        if (own !== undefined && touched.has(own)) void readCards(own, true);
      }
    },
  };
}
