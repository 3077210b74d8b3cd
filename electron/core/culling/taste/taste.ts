/**
 * A person's taste as a service: learned again a little after marks change, written to every photo so that views sort
 * by it, forgotten and switched off on demand. Nothing of it leaves the machine.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { TasteState } from '../../../../shared/contract-culling.ts';
import type { Level } from '../../../../shared/grade.ts';
import type { Settings } from '../../../../shared/settings.ts';
import type { Changes } from '../../base/events.ts';
import type { Catalog } from '../../catalog/open.ts';
import {
  type MarkedRow,
  markedPhotos,
  readTaste,
  type TasteRow,
  tastedPhotos,
  tasteGround,
  tastePage,
  writeTaste,
  writeTastes,
} from '../../catalog/taste.ts';
import type { TastePhoto } from './features.ts';
import { type Learned, learn, type Marked, tasteReader } from './learn.ts';

/** Changes when the same marks would teach something else. */
const VERSION = 1;
/** Milliseconds after the last mark. */
const REST = 1500;
const PAGE = 1000;
/** Differences that nobody sees are not written. */
const SEEN = 0.05;
const DAY = 86_400_000;

/** Share of new marks from which it is worth to learn again. */
const ENOUGH = 0.05;

/** Marks, and the newest critique, of what `tasteGround` says. */
function partsOf(ground: string): [marks: number, critique: number] {
  const numbers = ground.split(' ').map(Number);
  return [numbers[0] ?? 0, numbers.at(-1) ?? 0];
}

type Stored = {
  version: number;
  /** What it was learned from, see `tasteGround`. */
  ground: string;
  /** Marks up to then are forgotten. */
  since: number;
  use: boolean;
  learned: Learned;
};

export type FindTasteFaces = (ids: readonly number[]) => ReadonlyMap<number, TastePhoto['faces']>;

export type TasteOptions = {
  catalog: Catalog;
  changes: Changes;
  settings: () => Settings;
  /** Learn by itself a little after marks change. */
  background: boolean;
  faces?: FindTasteFaces | null;
  log: (text: string) => void;
};

export class Taste {
  readonly #options: TasteOptions;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #turn: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(options: TasteOptions) {
    this.#options = options;
    if (!options.background) return;
    options.changes.subscribe((event) => {
      const isMark =
        event.kind === 'photos' &&
        (event.columns === null ||
          event.columns.some((one) => ['flag', 'stars', 'answer', 'grade', 'presence'].includes(one)));
      if (isMark || event.kind === 'settings') this.#learnSoon();
    });
  }

  /** What is known now, learned again where marks changed since. */
  learnNow(): Promise<TasteState> {
    const next = this.#turn.then(() => this.#learn());
    this.#turn = next.catch(() => undefined);
    return next;
  }

  /**
   * Learns where enough has changed since: for verbs of the command line, of which a script may run one a mark. What
   * is asked for itself (`learnNow`) is always of all marks.
   */
  async settle(): Promise<void> {
    const before = this.#stored();
    const [marks, critiques] = partsOf(tasteGround(this.#options.catalog));
    const [marksBefore, critiquesBefore] = partsOf(before?.ground ?? '0 0');
    const isDue = Math.abs(marks - marksBefore) >= Math.max(1, ENOUGH * marksBefore) || critiques !== critiquesBefore;
    if (isDue || (before !== null && before.use !== this.#options.settings().taste.use)) await this.learnNow();
  }

  /** Forgets the marks up to now. */
  async reset(): Promise<TasteState> {
    const before = this.#stored();
    this.#store({ ...(before ?? this.#empty()), ground: '', since: Date.now() });
    return this.learnNow();
  }

  /** What was learned, as JSON for people. */
  exported(): string {
    const { learned, since } = this.#stored() ?? this.#empty();
    return `${JSON.stringify({ program: 'Keeplight', version: VERSION, since, ...learned }, null, 2)}\n`;
  }

  /** Learns no more; what is under way is finished. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#turn;
  }

  #learnSoon(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      if (!this.#closed)
        this.learnNow().catch((error: unknown) => this.#options.log(`Learning taste failed: ${error}`));
    }, REST);
    this.#timer.unref();
  }

  #empty(): Stored {
    return { version: VERSION, ground: '', since: 0, use: false, learned: learn([]) };
  }

  #stored(): Stored | null {
    const text = readTaste(this.#options.catalog);
    return text === null ? null : (JSON.parse(text) as Stored);
  }

  #store(stored: Stored): void {
    writeTaste(this.#options.catalog, JSON.stringify(stored));
  }

  async #learn(): Promise<TasteState> {
    const { catalog, settings } = this.#options;
    const { use } = settings().taste;
    const before = this.#stored();
    const ground = tasteGround(catalog);
    if (before?.version === VERSION && before.ground === ground && before.use === use) return stateOf(before);
    const since = before?.since ?? 0;
    const rows = markedPhotos(catalog, since);
    const faces = this.#options.faces?.(rows.map(({ id }) => id));
    const learned = learn(rows.map((row) => markedOf(row, faces?.get(row.id) ?? null)));
    const stored = { version: VERSION, ground, since, use, learned };
    // Not before all photos have it: a kill in between learns again.
    await this.#spread(use && learned.ready ? learned.model : null);
    this.#store(stored);
    return stateOf(stored);
  }

  /** Writes what taste says of every photo. */
  async #spread(model: Learned['model']): Promise<void> {
    const { catalog, changes } = this.#options;
    if (model === null) {
      const ids = tastedPhotos(catalog);
      writeTastes(
        catalog,
        ids.map((id) => [id, null] as const),
      );
      changes.photos(ids, ['taste']);
      return;
    }
    const read = tasteReader(model);
    const changed: number[] = [];
    for (let after = 0; ; ) {
      const page = tastePage(catalog, after, PAGE);
      const last = page.at(-1);
      if (last === undefined) break;
      after = last.id;
      const faces = this.#options.faces?.(page.map(({ id }) => id));
      const tastes = page.flatMap((row) => {
        const taste = read(photoOf(row, faces?.get(row.id) ?? null));
        const isSame = taste === null ? row.taste === null : row.taste !== null && Math.abs(taste - row.taste) < SEEN;
        return isSame ? [] : [[row.id, taste] as const];
      });
      writeTastes(catalog, tastes);
      for (const [id] of tastes) changed.push(id);
      await nextTurn();
      if (!catalog.open) return;
    }
    changes.photos(changed, ['taste']);
  }
}

function photoOf(row: TasteRow, faces: TastePhoto['faces']): TastePhoto {
  return { ...row, faces };
}

function markedOf(row: MarkedRow, faces: TastePhoto['faces']): Marked {
  const day = row.takenAt === null ? 'none' : Math.floor(row.takenAt / DAY);
  return { photo: photoOf(row, faces), liking: likingOf(row), shoot: `${row.folder} ${day}`, moment: row.stack };
}

/** Three stars are liked, two are neither. */
const NEUTRAL_STARS = 2;

/** What a grade in words says of liking, where nothing is marked. */
const LIKING: Readonly<Record<Level, number>> = { excellent: 1, good: 0.5, fair: 0, poor: -0.5, bad: -1 };

/** −1 to 1. A reject outweighs its stars, a mark a view; an answer alone says that a photo is liked a little. */
function likingOf({ flag, stars, view }: Pick<MarkedRow, 'flag' | 'stars' | 'view'>): number {
  if (flag === 'reject') return -1;
  if (flag === 'pick') return 0.6 + 0.08 * stars;
  if (stars > 0) return (stars - NEUTRAL_STARS) / (5 - NEUTRAL_STARS);
  return view === null ? 0.3 : LIKING[view];
}

function stateOf({ use, learned }: Stored): TasteState {
  const { marks, ready, accuracy, baseline, features, text } = learned;
  return { marks, ready: ready && use, accuracy, baseline, features, text: use ? text : 'Taste is switched off.' };
}
