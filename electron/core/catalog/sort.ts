/**
 * Slots in the order of their values, exact to the last bit of a double, in a few passes that move nothing out of place
 * that was in place before; what is equal stays as it came, which no comparing sort of this speed does. Twenty-two bits
 * of where a value lies between the least and the greatest order nearly everything: what they leave is put right by
 * insertion, and only where that is much by passes over all bits.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';

const BITS = 11;
const BUCKETS = 2 ** BITS;
/** Greatest key of two passes. */
const GREATEST = BUCKETS * BUCKETS - 1;
/** Passes over one 32-bit half of a double. */
const SHIFTS = [0, BITS, 2 * BITS];
/** Places that insertion may move for each value before passes over all bits are the faster way. */
const MOVES = 8;

/** Arrays of a sort, kept for the next: to get them anew from the system takes as long as to sort. */
let scratch = { known: new Uint32Array(0), keys: new Uint32Array(0), nextKeys: new Uint32Array(0) };

function scratchFor(length: number): typeof scratch {
  if (scratch.known.length < length) {
    const make = () => new Uint32Array(length);
    scratch = { known: make(), keys: make(), nextKeys: make() };
  }
  return scratch;
}

/**
 * Gets what a sort of so many needs from the system, some at a time with room for other work in between: a machine
 * gives fresh memory slower than it is sorted in.
 */
export async function prepareSort(length: number): Promise<void> {
  if (scratch.known.length >= length) return;
  const made: Uint32Array<ArrayBuffer>[] = [];
  for (let array = 0; array < 3; array++) {
    // Memory that was never written to is not there yet.
    made.push(new Uint32Array(length).fill(1));
    await nextTurn();
  }
  const [known, keys, nextKeys] = made;
  if (scratch.known.length < length) scratch = { known: known!, keys: keys!, nextKeys: nextKeys! };
}

/**
 * @param slots in the order that equal values keep, in both directions
 * @param values of each slot; NaN is no value
 * @returns the slots by their values; those without one last, in both directions
 */
export function sortByValue(slots: Uint32Array, values: ArrayLike<number>, order: 'asc' | 'desc'): Uint32Array {
  const rising = sortRising(slots, values);
  return order === 'asc' ? rising : turned(rising, values);
}

/** What rises, falling: equal values stay as they are, those without a value stay last. */
export function turned(rising: Uint32Array, values: ArrayLike<number>): Uint32Array {
  const falling = new Uint32Array(rising.length);
  let end = rising.length;
  while (end > 0 && Number.isNaN(values[rising[end - 1]!]!)) end--;
  falling.set(rising.subarray(end), end);
  let at = 0;
  while (end > 0) {
    let start = end - 1;
    const value = values[rising[start]!]!;
    while (start > 0 && values[rising[start - 1]!] === value) start--;
    for (let index = start; index < end; index++) falling[at++] = rising[index]!;
    end = start;
  }
  return falling;
}

function sortRising(slots: Uint32Array, values: ArrayLike<number>): Uint32Array {
  const { known, keys, nextKeys } = scratchFor(slots.length);
  const sorted = new Uint32Array(slots.length);
  let count = 0;
  let unknown = 0;
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  let before = Number.NEGATIVE_INFINITY;
  let rises = true;
  for (let index = 0; index < slots.length; index++) {
    const slot = slots[index]!;
    const value = values[slot]!;
    if (Number.isNaN(value)) {
      // From the end, turned round below.
      sorted[slots.length - ++unknown] = slot;
      continue;
    }
    known[count++] = slot;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
    if (value < before) rises = false;
    before = value;
  }
  sorted.subarray(count).reverse();
  const found = known.subarray(0, count);
  const place = sorted.subarray(0, count);
  if (rises) {
    place.set(found);
    return sorted;
  }
  const scale = GREATEST / (greatest - least);
  if (!Number.isFinite(scale) || scale === 0) {
    place.set(sortExactly(found, values));
    return sorted;
  }
  const low = new Uint32Array(BUCKETS);
  const high = new Uint32Array(BUCKETS);
  for (let index = 0; index < count; index++) {
    const key = Math.min(GREATEST, (values[found[index]!]! - least) * scale) | 0;
    keys[index] = key;
    low[key & (BUCKETS - 1)]!++;
    high[key >>> BITS]!++;
  }
  // There and back again: into the result, which is not yet needed, and from it to where the slots came from.
  pass(keys, found, 0, low, nextKeys, place);
  pass(nextKeys, place, BITS, high, keys, found);
  if (settle(found, keys, values)) place.set(found);
  else {
    // What insertion left unfinished no longer tells how equal values came.
    count = 0;
    for (let index = 0; index < slots.length; index++) {
      const slot = slots[index]!;
      if (!Number.isNaN(values[slot]!)) found[count++] = slot;
    }
    place.set(sortExactly(found, values));
  }
  return sorted;
}

/**
 * Orders by their values the slots that keys left equal, in place.
 * @param keys of the slots, rising
 * @returns false when that takes too long; the slots are then in no order
 */
function settle(slots: Uint32Array, keys: Uint32Array, values: ArrayLike<number>): boolean {
  let moves = MOVES * slots.length;
  for (let index = 1; index < slots.length; index++) {
    const key = keys[index]!;
    if (keys[index - 1] !== key) continue;
    const slot = slots[index]!;
    const value = values[slot]!;
    let at = index;
    for (; at > 0; at--) {
      const other = slots[at - 1]!;
      if (keys[at - 1] !== key || values[other]! <= value) break;
      slots[at] = other;
    }
    slots[at] = slot;
    moves -= index - at;
    if (moves < 0) return false;
  }
  return true;
}

/** Six passes over all bits of the values, whatever they are. */
function sortExactly(slots: Uint32Array, values: ArrayLike<number>): Uint32Array {
  const doubles = new Float64Array(slots.length);
  // −0 is 0.
  for (let index = 0; index < slots.length; index++) doubles[index] = values[slots[index]!]! + 0;
  const { low, high } = keysOf(doubles);
  const start = new Uint32Array(slots.length);
  for (let index = 0; index < start.length; index++) start[index] = index;
  return radix(high, radix(low, start)).map((place) => slots[place]!);
}

/** Doubles as 64-bit whole numbers of the same order, in two halves. */
function keysOf(doubles: Float64Array): { low: Uint32Array; high: Uint32Array } {
  const words = new Uint32Array(doubles.buffer);
  const low = new Uint32Array(doubles.length);
  const high = new Uint32Array(doubles.length);
  for (let index = 0; index < doubles.length; index++) {
    const upper = words[2 * index + 1]!;
    const negative = upper >= 0x8000_0000;
    low[index] = words[2 * index]! ^ (negative ? 0xffff_ffff : 0);
    high[index] = upper ^ (negative ? 0xffff_ffff : 0x8000_0000);
  }
  return { low, high };
}

/** Places by the 32 bits that each has; equal ones stay as they came. */
function radix(keyOf: Uint32Array, start: Uint32Array): Uint32Array {
  const { length } = start;
  let places = start;
  let keys = new Uint32Array(length);
  const counts = SHIFTS.map(() => new Uint32Array(BUCKETS));
  const [first, second, third] = [counts[0]!, counts[1]!, counts[2]!];
  for (let index = 0; index < length; index++) {
    const key = keyOf[places[index]!]!;
    keys[index] = key;
    first[key & (BUCKETS - 1)]!++;
    second[(key >>> BITS) & (BUCKETS - 1)]!++;
    third[key >>> (2 * BITS)]!++;
  }
  let nextKeys = new Uint32Array(length);
  let nextPlaces = new Uint32Array(length);
  for (const [index, shift] of SHIFTS.entries()) {
    const starts = counts[index]!;
    // All alike, as the low bits of whole numbers are: nothing to do.
    if (length === 0 || starts[(keys[0]! >>> shift) & (BUCKETS - 1)] === length) continue;
    pass(keys, places, shift, starts, nextKeys, nextPlaces);
    const [doneKeys, donePlaces] = [keys, places];
    keys = nextKeys;
    places = nextPlaces;
    nextKeys = doneKeys;
    // What was given stays as it was.
    nextPlaces = donePlaces === start ? new Uint32Array(length) : (donePlaces as Uint32Array<ArrayBuffer>);
  }
  return places;
}

/** Sorts by eleven bits of the keys of `places`; equal ones stay as they came. @param starts how many of each there are */
function pass(
  keys: Uint32Array,
  places: Uint32Array,
  shift: number,
  starts: Uint32Array,
  nextKeys: Uint32Array,
  nextPlaces: Uint32Array,
): void {
  let start = 0;
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    const held = starts[bucket]!;
    starts[bucket] = start;
    start += held;
  }
  for (let index = 0; index < places.length; index++) {
    const key = keys[index]!;
    const at = starts[(key >>> shift) & (BUCKETS - 1)]!++;
    nextKeys[at] = key;
    nextPlaces[at] = places[index]!;
  }
}

/**
 * Slots by a small class of each, below `classes`; within a class they stay as they came.
 * @returns what was given where it is in that order already
 */
export function byClass(slots: Uint32Array, classes: ArrayLike<number>, count: number): Uint32Array {
  const starts = new Uint32Array(count + 1);
  let before = 0;
  let rises = true;
  for (let index = 0; index < slots.length; index++) {
    const own = classes[slots[index]!]!;
    starts[own + 1]!++;
    if (own < before) rises = false;
    before = own;
  }
  if (rises) return slots;
  for (let index = 1; index <= count; index++) starts[index]! += starts[index - 1]!;
  const sorted = new Uint32Array(slots.length);
  for (let index = 0; index < slots.length; index++) {
    const slot = slots[index]!;
    sorted[starts[classes[slot]!]!++] = slot;
  }
  return sorted;
}
