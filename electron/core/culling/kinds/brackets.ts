/**
 * Exposure brackets: frames one after the other in even steps of exposure, by what the camera says (exposure values or
 * bias), never by the pixels' fingerprints: two stops more light change most of their bits.
 */
import type { Frame } from '../../catalog/moments.ts';
import { exposureValue, type Group, isInWholeSeconds, type Looks, pauseBetween } from './kind.ts';
import { align } from './likeness.ts';

const MOST_FRAMES = 9;
/** EV. A bias changes only when somebody bracketed; exposure values may also follow the light. */
const LEAST_BIAS_STEP = 0.3;
const LEAST_STEP = 0.9;
/** Nominal values are rounded. */
const UNEVEN = 0.25;
/** Milliseconds from the end of one exposure to the next; a pair is one only when it follows at once. */
const PAUSE = 4000;
const PAUSE_OF_PAIR = 2000;
/** Structure that neighbours in exposure share when they show one view; clipping leaves little of it. */
const LEAST_LIKENESS = 0.45;
/** Cells that a hand moves between two frames. */
const HAND = 3;
/** A pause this much longer than the others ends a bracket. */
const LONG_PAUSE = 3;

/** @param stream of one body, in order. @returns brackets of two frames or more, as long as each can be. */
export function findBrackets(stream: readonly Frame[], looks: Looks): Group[] {
  const exposures = stream.map(exposureValue);
  const taken = new Uint8Array(stream.length);
  const groups: Group[] = [];
  for (let length = Math.min(MOST_FRAMES, stream.length); length >= 2; length--) {
    for (let start = 0; start + length <= stream.length; start++) {
      if (!isBracket(stream, exposures, taken, start, length, looks)) continue;
      // Of two that overlap, the one that does not bridge a pause: the frame before it was taken on its own.
      if (
        length > 2 &&
        isBracket(stream, exposures, taken, start + 1, length, looks) &&
        bridges(stream, start, length)
      ) {
        continue;
      }
      taken.fill(1, start, start + length);
      groups.push({ kind: 'bracket', frames: stream.slice(start, start + length) });
    }
  }
  return groups;
}

/** The pause behind the first frame is by far the longest. */
function bridges(stream: readonly Frame[], start: number, length: number): boolean {
  const first = pauseBetween(stream[start]!, stream[start + 1]!);
  let longest = 0;
  for (let index = start + 1; index < start + length - 1; index++) {
    longest = Math.max(longest, pauseBetween(stream[index]!, stream[index + 1]!));
  }
  return first > LONG_PAUSE * Math.max(100, longest);
}

function isBracket(
  stream: readonly Frame[],
  exposures: readonly (number | null)[],
  taken: Uint8Array,
  start: number,
  length: number,
  looks: Looks,
): boolean {
  const end = start + length;
  if (end > stream.length) return false;
  const isPair = length === 2;
  for (let index = start; index < end; index++) {
    if (taken[index] === 1) return false;
    if (index > start && !follows(stream[index - 1]!, stream[index]!, isPair ? PAUSE_OF_PAIR : PAUSE)) return false;
  }
  const frames = stream.slice(start, end);
  const biases = frames.map(({ bias }) => bias);
  const own = exposures.slice(start, end);
  const byBias = isEven(biases, LEAST_BIAS_STEP);
  if (!byBias && !isEven(own, LEAST_STEP)) return false;
  // Two frames are a bracket only where they stand alone: else one of a series was exposed otherwise.
  if (isPair && !isAlone(stream, taken, start, end)) return false;
  return isOneView(frames, byBias ? biases : own, looks);
}

function follows(before: Frame, after: Frame, pause: number): boolean {
  if (before.width !== after.width || before.height !== after.height) return false;
  return pauseBetween(before, after) <= pause + (isInWholeSeconds(before, after) ? 999 : 0);
}

/** All different, known, and as far apart from each other when sorted. */
function isEven(values: readonly (number | null)[], least: number): boolean {
  const known: number[] = [];
  for (const value of values) {
    if (value === null) return false;
    known.push(value);
  }
  known.sort((a, b) => a - b);
  const step = (known.at(-1)! - known[0]!) / (known.length - 1);
  if (step < least) return false;
  for (let index = 1; index < known.length; index++) {
    if (Math.abs(known[index]! - known[index - 1]! - step) > Math.min(UNEVEN, step / 3)) return false;
  }
  return true;
}

function isAlone(stream: readonly Frame[], taken: Uint8Array, start: number, end: number): boolean {
  const before = stream[start - 1];
  const after = stream[end];
  const isApart = (one: Frame, other: Frame) => pauseBetween(one, other) > PAUSE_OF_PAIR;
  return (
    (!before || taken[start - 1] === 1 || isApart(before, stream[start]!)) &&
    (!after || taken[end] === 1 || isApart(stream[end - 1]!, after))
  );
}

/** Neighbours in exposure show the same; where no structure is left in one of them nothing speaks against it. */
function isOneView(frames: readonly Frame[], values: readonly (number | null)[], looks: Looks): boolean {
  const ordered = frames.map((frame, index) => ({ frame, value: values[index]! })).sort((a, b) => a.value - b.value);
  for (let index = 1; index < ordered.length; index++) {
    const one = looks.structure(ordered[index - 1]!.frame.id);
    const other = looks.structure(ordered[index]!.frame.id);
    if (one === null || other === null || one.strength < 3 || other.strength < 3) continue;
    if (align(one, other, HAND, HAND).likeness < LEAST_LIKENESS) return false;
  }
  return true;
}
