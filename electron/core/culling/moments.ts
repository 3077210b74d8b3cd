/** The moments of the library: found again after photos were looked at, asked for without being written, or read. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Moment } from '../../../shared/moments.ts';
import type { Changes } from '../base/events.ts';
import {
  allMoments,
  type FoundMoment,
  type Frame,
  newMomentId,
  readFrames,
  writeFoundMoments,
} from '../catalog/moments.ts';
import type { Catalog } from '../catalog/open.ts';
import { findGroups } from './grouping.ts';
import type { Group } from './kinds/kind.ts';
import { CatalogLooks } from './looks.ts';
import { topOf } from './tops.ts';

/** Milliseconds of finding after which other work has its turn. */
const TURN = 12;

/** Finds moments without writing them. Those that people made are not among them. @throws the signal's reason. */
async function findMoments(
  catalog: Catalog,
  frames: readonly Frame[],
  threshold: number,
  signal: AbortSignal,
): Promise<FoundMoment[]> {
  const free = frames.filter(({ stackKind }) => stackKind !== 'manual');
  const looks = new CatalogLooks(catalog, free);
  const used = new Set<number>();
  const found: FoundMoment[] = [];
  let began = performance.now();
  for (const groups of findGroups(free, { looks, threshold })) {
    for (const group of groups) found.push(describe(group, looks, used));
    if (performance.now() - began < TURN) continue;
    await nextTurn();
    signal.throwIfAborted();
    began = performance.now();
  }
  return found;
}

function describe(group: Group, looks: CatalogLooks, used: Set<number>): FoundMoment {
  const { kind, frames } = group;
  const kept = frames.find(({ stack }) => stack !== null && !used.has(stack))?.stack ?? null;
  if (kept !== null) used.add(kept);
  const photos = frames.map(({ id }) => id);
  const decision = topOf(group, (photo) => looks.candidate(photo));
  const chosen = frames.find(({ topByPerson, top }) => topByPerson === 1 && top === 1);
  if (chosen === undefined) return { kind, photos, kept, topByPerson: false, ...decision };
  return { kind, photos, kept, topByPerson: true, ...chosenTop(chosen.id, decision.top, decision.second) };
}

/** How a top that a person chose is described: the frame that would be there is the second choice. */
export function chosenTop(top: number, best: number, second: number | null): Pick<Moment, 'top' | 'second' | 'reason'> {
  return {
    top,
    second: best === top ? second : best,
    reason: { text: 'chosen by you', margin: null, tooClose: false },
  };
}

/** Finds the moments of the library again and writes what differs; what people made is left alone. */
export async function regroupMoments(
  catalog: Catalog,
  changes: Changes,
  threshold: number,
  signal: AbortSignal,
): Promise<void> {
  const frames = await readFrames(catalog, signal);
  const found = await findMoments(catalog, frames, threshold, signal);
  changes.photos(writeFoundMoments(catalog, frames, found), ['stack']);
}

/** The moments that the library would have, with those that people made; nothing is written. */
export async function previewMoments(catalog: Catalog, threshold: number, signal: AbortSignal): Promise<Moment[]> {
  const frames = await readFrames(catalog, signal);
  const found = await findMoments(catalog, frames, threshold, signal);
  let next = newMomentId(catalog);
  const made = allMoments(catalog).filter(({ kind }) => kind === 'manual');
  return [...made, ...found.map(({ kept, topByPerson: _, ...moment }) => ({ ...moment, id: kept ?? next++ }))];
}
