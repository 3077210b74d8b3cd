/**
 * Slots in the order of their values, exact to the last bit of a double, by radix: each eleven bits of the value are
 * one pass that moves nothing out of place that was in place before; what is equal stays as it came, which no comparing
 * sort of this speed does. The upper half of a double orders nearly everything: what it leaves is put right by
 * insertion, and only where that is much by three more passes.
 */

const BITS = 11;
const BUCKETS = 2 ** BITS;
/** Passes over one 32-bit half of a double. */
const SHIFTS = [0, BITS, 2 * BITS];
/** Places that insertion may move for each value before radix is the faster way. */
const MOVES = 8;

/**
 * @param slots in the order that equal values keep, in both directions
 * @param values of each slot; NaN is no value
 * @returns the slots by their values; those without one last, in both directions
 */
export function sortByValue(slots: Uint32Array, values: ArrayLike<number>, order: 'asc' | 'desc'): Uint32Array {
  const known = new Uint32Array(slots.length);
  const doubles = new Float64Array(slots.length);
  const last = new Uint32Array(slots.length);
  let count = 0;
  let unknown = 0;
  for (let index = 0; index < slots.length; index++) {
    const slot = slots[index]!;
    const value = values[slot]!;
    if (Number.isNaN(value)) last[unknown++] = slot;
    else {
      known[count] = slot;
      // −0 is 0.
      doubles[count++] = value + 0;
    }
  }
  const { low, high } = keysOf(doubles, count, order);
  const places = placesOf(low, high);
  const sorted = new Uint32Array(slots.length);
  for (let index = 0; index < count; index++) sorted[index] = known[places[index]!]!;
  sorted.set(last.subarray(0, unknown), count);
  return sorted;
}

function placesOf(low: Uint32Array, high: Uint32Array): Uint32Array {
  const start = new Uint32Array(high.length);
  for (let index = 0; index < start.length; index++) start[index] = index;
  const places = radix(high, start);
  if (settle(places, low, high)) return places;
  for (let index = 0; index < start.length; index++) start[index] = index;
  return radix(high, radix(low, start));
}

/**
 * Orders by the lower half what the upper one left equal, in place.
 * @returns false when that takes too long; the places are then of no use
 */
function settle(places: Uint32Array, low: Uint32Array, high: Uint32Array): boolean {
  let moves = MOVES * places.length;
  for (let index = 1; index < places.length; index++) {
    const place = places[index]!;
    const [upper, lower] = [high[place]!, low[place]!];
    let at = index;
    for (; at > 0; at--) {
      const before = places[at - 1]!;
      if (high[before] !== upper || low[before]! <= lower) break;
      places[at] = before;
    }
    places[at] = place;
    moves -= index - at;
    if (moves < 0) return false;
  }
  return true;
}

/** Doubles as 64-bit whole numbers of the same order, in two halves. */
function keysOf(doubles: Float64Array, count: number, order: 'asc' | 'desc'): { low: Uint32Array; high: Uint32Array } {
  const words = new Uint32Array(doubles.buffer);
  const low = new Uint32Array(count);
  const high = new Uint32Array(count);
  const turn = order === 'desc' ? 0xffff_ffff : 0;
  for (let index = 0; index < count; index++) {
    const upper = words[2 * index + 1]!;
    const negative = upper >= 0x8000_0000;
    low[index] = words[2 * index]! ^ (negative ? 0xffff_ffff : 0) ^ turn;
    high[index] = upper ^ (negative ? 0xffff_ffff : 0x8000_0000) ^ turn;
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

/** Sorts by eleven bits of the keys; equal ones stay as they came. @param starts how many of each there are */
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
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index]!;
    const at = starts[(key >>> shift) & (BUCKETS - 1)]!++;
    nextKeys[at] = key;
    nextPlaces[at] = places[index]!;
  }
}

/** Slots by a small class of each, below `classes`; within a class they stay as they came. */
export function byClass(slots: Uint32Array, classes: ArrayLike<number>, count: number): Uint32Array {
  const starts = new Uint32Array(count + 1);
  for (let index = 0; index < slots.length; index++) starts[classes[slots[index]!]! + 1]!++;
  for (let index = 1; index <= count; index++) starts[index]! += starts[index - 1]!;
  const sorted = new Uint32Array(slots.length);
  for (let index = 0; index < slots.length; index++) {
    const slot = slots[index]!;
    sorted[starts[classes[slot]!]!++] = slot;
  }
  return sorted;
}
