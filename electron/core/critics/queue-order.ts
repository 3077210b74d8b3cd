/**
 * In which order a grader judges what waits: what is on screen; then, in the shoots on screen and after them in the rest,
 * what is likely best, and then what is most uncertain. Where nothing is estimated yet, uncertain photos are spread evenly
 * over the time in which they were taken, so that what is learned from the first speaks of all.
 */
import type { CriticId } from '../../../shared/critique.ts';
import { type PhotoToJudge, photosToJudge } from '../catalog/models.ts';
import type { Catalog } from '../catalog/open.ts';
import { foldersOfPhotos } from '../catalog/photos.ts';

/** Share of what waits that counts as likely best. */
const LIKELY_BEST = 0.1;

export interface Waiting {
  /** The next to judge. @param evenly spread evenly, as learning wants it, where nothing on screen waits */
  next(evenly?: boolean): number | null;
  /** The next that the vision tower has not looked at, of those on screen first; it goes on waiting for its grade. */
  nextUnseen(): number | null;
  size(): number;
  /** How many the vision tower has not looked at. */
  unseen(): number;
  /** What is known of the photos has changed: they are ordered again. */
  reorder(): void;
}

/** What waits for the critic. @param scope only of these; null: of the library. @param skipped left out */
export function openWaiting(
  room: { catalog: Catalog; visible: () => readonly number[] },
  identity: CriticId,
  scope: readonly number[] | null,
  skipped: ReadonlySet<number>,
): Waiting {
  let folders = new Map<number, number>();
  let orders = { promising: new Turn(), unseen: new Turn(), evenly: new Turn() };
  /** How many of each folder are left. */
  let inFolder = new Map<number, number>();
  const left = new Set<number>();
  const unseen = new Set<number>();

  /** @returns whether there is anything. */
  function ask(): boolean {
    const wanted = scope === null ? null : new Set(scope);
    const open = photosToJudge(room.catalog, identity).filter(
      ({ id }) => wanted?.has(id) !== false && !skipped.has(id),
    );
    const promising = promisingFirst(open);
    const evenly = spreadEvenly(open).map(({ id }) => id);
    orders = { promising: new Turn(promising), unseen: new Turn(promising), evenly: new Turn(evenly) };
    inFolder = new Map();
    for (const { folder } of open) inFolder.set(folder, (inFolder.get(folder) ?? 0) + 1);
    folders = new Map(open.map(({ id, folder }) => [id, folder]));
    left.clear();
    unseen.clear();
    for (const { id, glimpsed } of open) {
      left.add(id);
      if (!glimpsed) unseen.add(id);
    }
    return left.size > 0;
  }

  function firstOf(order: Turn, of: ReadonlySet<number>): number | undefined {
    const visible = room.visible();
    const onScreen = visible.find((id) => of.has(id));
    if (onScreen !== undefined) return onScreen;
    const shoots = foldersOfPhotos(room.catalog, visible);
    if ([...shoots].some((folder) => (inFolder.get(folder) ?? 0) > 0)) {
      const id = order.first(of, (one) => shoots.has(folders.get(one) ?? -1));
      if (id !== undefined) return id;
    }
    return order.first(of);
  }

  return {
    size: () => left.size,
    unseen: () => unseen.size,
    reorder: () => void ask(),
    next(evenly = false) {
      if (left.size === 0 && !ask()) return null;
      const id = firstOf(evenly ? orders.evenly : orders.promising, left);
      if (id === undefined) return null;
      left.delete(id);
      unseen.delete(id);
      const folder = folders.get(id) ?? -1;
      inFolder.set(folder, (inFolder.get(folder) ?? 1) - 1);
      return id;
    },
    nextUnseen() {
      const id = firstOf(orders.unseen, unseen);
      if (id === undefined) return null;
      unseen.delete(id);
      return id;
    },
  };
}

/** Ids in order; those of its beginning that are gone are not looked at again. */
class Turn {
  readonly #ids: readonly number[];
  #begin = 0;

  constructor(ids: readonly number[] = []) {
    this.#ids = ids;
  }

  /** The first that is still there and wanted. */
  first(there: ReadonlySet<number>, wanted: (id: number) => boolean = () => true): number | undefined {
    while (this.#begin < this.#ids.length && !there.has(this.#ids[this.#begin]!)) this.#begin++;
    for (let place = this.#begin; place < this.#ids.length; place++) {
      const id = this.#ids[place]!;
      if (there.has(id) && wanted(id)) return id;
    }
    return undefined;
  }
}

/** The likely best, best first; then the most uncertain: those without an estimate, then by how far models of it are apart. */
export function promisingFirst(open: readonly PhotoToJudge[]): number[] {
  const known = open.filter(({ promise }) => promise !== null);
  known.sort((a, b) => b.promise! - a.promise! || a.id - b.id);
  const best = known.slice(0, Math.ceil(LIKELY_BEST * open.length));
  const taken = new Set(best);
  const rest = open.filter((photo) => !taken.has(photo));
  const unknown = spreadEvenly(rest.filter(({ spread }) => spread === null));
  const estimated = rest.filter(({ spread }) => spread !== null);
  estimated.sort((a, b) => b.spread! - a.spread! || a.id - b.id);
  return [...best, ...unknown, ...estimated].map(({ id }) => id);
}

/** The ends and middles of a list before what lies between: places by their binary digits turned about (van der Corput). */
function spreadEvenly<Item>(items: readonly Item[]): Item[] {
  const digits = Math.max(1, Math.ceil(Math.log2(Math.max(2, items.length))));
  const spread: Item[] = [];
  for (let count = 0; count < 2 ** digits; count++) {
    let place = 0;
    for (let digit = 0; digit < digits; digit++) if (count & (1 << digit)) place |= 1 << (digits - 1 - digit);
    if (place < items.length) spread.push(items[place]!);
  }
  return spread;
}
