/** How a person arranges moments: plans of commands for the history. What a person made is never found again otherwise. */
import { CoreError } from '../base/core-error.ts';
import {
  type Membership,
  membershipsOf,
  momentsOfPhotos,
  newMomentId,
  type StackRow,
  stackRow,
} from '../catalog/moments.ts';
import type { Catalog } from '../catalog/open.ts';
import type { MomentAct, MomentsCommand, MomentsState } from '../history/kinds/moments.ts';
import { packIds } from '../history/kinds/packed-ids.ts';
import { type Decision, decide } from './best.ts';
import { candidatesOf } from './looks.ts';
import { chosenTop } from './moments.ts';

type Stack = StackRow & { id: number; top: number; photos: number[] };

/** Puts photos together into one moment; what they leave behind stays as it was. @throws CoreError NOT_FOUND, INVALID. */
export function planStack(catalog: Catalog, ids: readonly number[]): MomentsCommand | null {
  const chosen = [...new Set(ids)];
  if (chosen.length < 2) throw new CoreError('INVALID', 'A stack is made of two photos or more: choose more first.');
  const before = arrangementAround(catalog, chosen);
  const taken = new Set(chosen);
  const now = before.stacks.map((stack) => left(catalog, stack, taken)).filter((stack) => stack !== null);
  const same = before.stacks.find(({ kind, photos }) => kind === 'manual' && isSame(photos, taken));
  if (same) return null;
  return command('stack', chosen.length, before, [...now, made(catalog, newMomentId(catalog), chosen)]);
}

/** Takes the moments of these photos apart: each photo stands alone, and is not found to belong to another again. */
export function planUnstack(catalog: Catalog, ids: readonly number[]): MomentsCommand | null {
  const before = arrangementAround(catalog, ids);
  const apart = before.stacks.flatMap(({ photos }) => (photos.length > 1 ? photos : []));
  if (apart.length === 0) throw new CoreError('INVALID', 'These photos are in no stack.');
  const next = newMomentId(catalog);
  const alone = apart.map((photo, index) => made(catalog, next + index, [photo]));
  const kept = before.stacks.filter(({ photos }) => photos.length < 2);
  return command('unstack', apart.length, before, [...kept, ...alone]);
}

/** Parts a moment in two: these photos, and the others. @throws CoreError INVALID where they are not a part of one. */
export function planSplit(catalog: Catalog, ids: readonly number[]): MomentsCommand | null {
  const chosen = new Set(ids);
  const before = arrangementAround(catalog, ids);
  const [stack, ...others] = before.stacks;
  if (!stack || others.length > 0 || before.free.length > 0 || stack.photos.length <= chosen.size) {
    throw new CoreError('INVALID', 'A part of one open stack can be split off: choose some of its photos.');
  }
  const next = newMomentId(catalog);
  const parts = [stack.photos.filter((id) => !chosen.has(id)), stack.photos.filter((id) => chosen.has(id))];
  return command(
    'split',
    chosen.size,
    before,
    parts.map((photos, index) => made(catalog, next + index, photos)),
  );
}

/** Puts a photo on top of its moment. @throws CoreError INVALID where it is in none. */
export function planTop(catalog: Catalog, photo: number): MomentsCommand | null {
  const before = arrangementAround(catalog, [photo]);
  const [stack] = before.stacks;
  if (!stack || stack.photos.length < 2) throw new CoreError('INVALID', 'This photo is in no stack.');
  if (stack.top === photo) return null;
  const best = bestOf(catalog, stack.photos);
  const { second, reason } = chosenTop(photo, best.top, best.second);
  const row = { second, reason: reason.text, margin: reason.margin, tooClose: 0, topByPerson: 1 };
  return command('top', 1, before, [{ ...stack, ...row, top: photo }]);
}

type Arrangement = { stacks: Stack[]; free: number[] };

/** The moments of these photos, whole, and those of the photos that are in none. @throws CoreError NOT_FOUND. */
function arrangementAround(catalog: Catalog, ids: readonly number[]): Arrangement {
  const memberships = membershipsOf(catalog, ids);
  if (memberships.length < new Set(ids).size) throw new CoreError('NOT_FOUND', 'Some of these photos do not exist.');
  const stacks = new Map<number, Stack>();
  for (const moment of momentsOfPhotos(catalog, ids)) {
    stacks.set(moment.id, { ...stackRow(catalog, moment.id)!, id: moment.id, top: moment.top, photos: moment.photos });
  }
  for (const { id, stack } of memberships.filter(isAlone(stacks))) {
    stacks.set(stack, { ...stackRow(catalog, stack)!, id: stack, top: id, photos: [id] });
  }
  return {
    stacks: [...stacks.values()],
    free: memberships.filter(({ stack }) => stack === null).map(({ id }) => id),
  };
}

const isAlone =
  (known: ReadonlyMap<number, Stack>) =>
  (membership: Membership): membership is Membership & { stack: number } =>
    membership.stack !== null && !known.has(membership.stack);

function isSame(photos: readonly number[], others: ReadonlySet<number>): boolean {
  return photos.length === others.size && photos.every((id) => others.has(id));
}

/** What stays of a moment when photos leave it; null when it is a moment no more. */
function left(catalog: Catalog, stack: Stack, taken: ReadonlySet<number>): Stack | null {
  const photos = stack.photos.filter((id) => !taken.has(id));
  if (photos.length === stack.photos.length) return stack;
  if (photos.length === 0 || (photos.length === 1 && stack.kind !== 'manual')) return null;
  if (photos.includes(stack.top)) return { ...stack, photos };
  return { ...stack, ...described(bestOf(catalog, photos)), photos };
}

function made(catalog: Catalog, id: number, photos: number[]): Stack {
  return { id, kind: 'manual', photos, ...described(bestOf(catalog, photos)) };
}

function bestOf(catalog: Catalog, photos: readonly number[]): Decision {
  const known = candidatesOf(catalog, photos);
  return decide(photos.map((id) => known.get(id) ?? { id, seen: null, technical: null }));
}

function described({ top, second, reason }: Decision): Omit<Stack, 'id' | 'kind' | 'photos'> {
  return { top, second, reason: reason.text, margin: reason.margin, tooClose: Number(reason.tooClose), topByPerson: 0 };
}

function command(act: MomentAct, count: number, before: Arrangement, after: readonly Stack[]): MomentsCommand {
  const photos = [...before.free, ...before.stacks.flatMap((stack) => stack.photos)].sort((a, b) => a - b);
  return {
    kind: 'moments',
    target: { act, count, photos: packIds(photos) },
    before: stateOf(before.stacks),
    after: stateOf(after),
  };
}

function stateOf(stacks: readonly Stack[]): MomentsState {
  return stacks.map(({ photos, ...stack }) => ({ ...stack, photos: packIds(photos) }));
}
