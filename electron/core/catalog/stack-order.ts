/** How stacks stand in a sorted view: collapsed to one frame each, or open with their frames together. */
import type { Query } from '../../../shared/query.ts';
import { sortRow } from '../../../shared/sorts.ts';
import type { PhotoColumns } from './columns.ts';

/** Which slot stands for each stack of a view; NO_SLOT for a stack that it has no photo of. */
export type Leaders = Uint32Array;
export const NO_SLOT = 0xffff_ffff;

/** The most stack ids that any of the slots names. */
function mostOf(stacks: Uint32Array, slots: Uint32Array): number {
  let most = 0;
  for (let index = 0; index < slots.length; index++) most = Math.max(most, stacks[slots[index]!]!);
  return most;
}

/** Whether open stacks stand together: an order that a person gave the photos of an album goes before that. */
export function standsTogether(view: Query): boolean {
  const isByHand = sortRow(view.sort.key).value.kind === 'album' && view.source.kind === 'album';
  return view.stacks === 'together' && !isByHand;
}

/**
 * Sorts a view with its stacks as it wants them.
 * @param sort puts slots into the view's order
 * @returns `leaders`: under whose header an open stack's frames stand; null where every frame stands under its own
 */
export function sortWithStacks(
  columns: PhotoColumns,
  view: Query,
  found: Uint32Array,
  sort: (slots: Uint32Array) => Uint32Array,
): { slots: Uint32Array; leaders: Leaders | null } {
  if (view.stacks === 'open' || (view.stacks === 'together' && !standsTogether(view)))
    return { slots: sort(found), leaders: null };
  if (view.stacks === 'collapsed' && (view.toggledStacks ?? []).length === 0) {
    // Most of a library is sorted for nothing when what stays out of sight is taken away only afterwards.
    const below = belowTops(columns, found);
    const sorted = sort(below.slots);
    return { slots: below.open ? firstOfStacks(columns, sorted) : sorted, leaders: null };
  }
  return arrangeStacks(columns, view, sort(found));
}

/**
 * Leaves of each stack its top where the view has it.
 * @returns `open`: whether stacks without their top are left as they are
 */
function belowTops(columns: PhotoColumns, slots: Uint32Array): { slots: Uint32Array; open: boolean } {
  const { stackTop } = columns.smalls;
  const { stack: stacks } = columns.references;
  const tops = new Uint32Array(mostOf(stacks, slots) + 1).fill(NO_SLOT);
  for (let index = 0; index < slots.length; index++) {
    const slot = slots[index]!;
    if (stackTop[slot] === 1) tops[stacks[slot]!] = slot;
  }
  tops[0] = NO_SLOT;
  const kept = new Uint32Array(slots.length);
  let count = 0;
  let open = false;
  for (let index = 0; index < slots.length; index++) {
    const slot = slots[index]!;
    const stack = stacks[slot]!;
    const top = tops[stack]!;
    if (top !== NO_SLOT && top !== slot) continue;
    if (top === NO_SLOT && stack !== 0) open = true;
    kept[count++] = slot;
  }
  return { slots: kept.subarray(0, count), open };
}

/** Of stacks without a top, the first frame alone. */
function firstOfStacks(columns: PhotoColumns, slots: Uint32Array): Uint32Array {
  const { stack: stacks } = columns.references;
  const shown = new Set<number>();
  return slots.filter((slot) => {
    const stack = stacks[slot]!;
    if (stack === 0) return true;
    const isFirst = !shown.has(stack);
    shown.add(stack);
    return isFirst;
  });
}

/**
 * Collapsed stacks keep one frame: the top if the view has it, else the first that it has. Open ones stand together, in the
 * order of capture, at the place of the first.
 */
function arrangeStacks(
  columns: PhotoColumns,
  view: Query,
  slots: Uint32Array,
): { slots: Uint32Array; leaders: Leaders } {
  const { stackTop } = columns.smalls;
  const { stack: stacks } = columns.references;
  const most = mostOf(stacks, slots);
  const open = new Uint8Array(most + 1).fill(view.stacks === 'together' ? 1 : 0);
  for (const id of view.toggledStacks ?? []) if (id <= most) open[id] = 1 - open[id]!;
  const leaders = new Uint32Array(most + 1).fill(NO_SLOT);
  const members = new Map<number, number[]>();
  for (let index = 0; index < slots.length; index++) {
    const slot = slots[index]!;
    const stack = stacks[slot]!;
    if (stack === 0) continue;
    if (open[stack] === 1) {
      const known = members.get(stack);
      if (known) known.push(slot);
      else {
        members.set(stack, [slot]);
        leaders[stack] = slot;
      }
    } else if (stackTop[slot] === 1 || leaders[stack] === NO_SLOT) leaders[stack] = slot;
  }
  if (members.size > 0) {
    const { date } = columns.numbers;
    for (const frames of members.values()) frames.sort((a, b) => date[a]! - date[b]! || 0 || a - b);
  }
  const arranged = new Uint32Array(slots.length);
  let count = 0;
  for (let index = 0; index < slots.length; index++) {
    const slot = slots[index]!;
    const stack = stacks[slot]!;
    if (stack === 0) arranged[count++] = slot;
    else if (leaders[stack] !== slot) continue;
    else if (open[stack] === 0) arranged[count++] = slot;
    else for (const frame of members.get(stack)!) arranged[count++] = frame;
  }
  return { slots: arranged.subarray(0, count), leaders };
}
