/**
 * Frames of one moment → stacks: same camera, hardly any time between them, and each like the stack's first frame.
 * Likeness to the first frame, never to the one before: a slow pan must not chain into one stack.
 * Source: SCIENCE, section 6 (bursts).
 */
import { hashDistance } from '../../../shared/facts.ts';
import type { Changes } from '../base/events.ts';
import type { Catalog } from '../catalog/open.ts';
import { type Frame, readFrames, writeBurstStacks } from '../catalog/stacks.ts';
import { fileCounterOf } from '../formats/file-name-dates.ts';

/** Milliseconds between frames of one burst where the camera writes parts of a second, and where it does not. */
const GAP = 1250;
const GAP_IN_WHOLE_SECONDS = 2000;
/** Bits of the two 64-bit fingerprints in which frames of a burst may differ: a likeness of at least .93. */
export const MOST_DIFFERENT_BITS = 8;

export type Burst = { frames: Frame[]; top: Frame };

export function looksAlike(a: Pick<Frame, 'dHash' | 'pHash'>, b: Pick<Frame, 'dHash' | 'pHash'>): boolean {
  return hashDistance(a.dHash, b.dHash) + hashDistance(a.pHash, b.pHash) <= MOST_DIFFERENT_BITS;
}

/** @param frames of one body after the other, each in the order of time. @returns bursts of two frames or more. */
export function* findBursts(frames: Iterable<Frame>): Generator<Burst> {
  let burst: Frame[] = [];
  for (const frame of frames) {
    const first = burst[0];
    const last = burst.at(-1);
    if (first && last && isOneBody(last, frame) && isNext(last, frame) && looksAlike(first, frame)) {
      burst.push(frame);
      continue;
    }
    if (burst.length > 1) yield { frames: burst, top: bestOf(burst) };
    burst = [frame];
  }
  if (burst.length > 1) yield { frames: burst, top: bestOf(burst) };
}

function isOneBody(a: Frame, b: Frame): boolean {
  return a.camera === b.camera && a.body === b.body;
}

function isNext(before: Frame, after: Frame): boolean {
  const wholeSeconds = before.takenAt % 1000 === 0 && after.takenAt % 1000 === 0;
  return after.takenAt - before.takenAt <= (wholeSeconds ? GAP_IN_WHOLE_SECONDS : GAP);
}

/** The technically best frame, the first of equals: the scene is the same, so sharpness and exposure decide. */
function bestOf(frames: readonly Frame[]): Frame {
  return frames.reduce((best, frame) => ((frame.technical ?? -1) > (best.technical ?? -1) ? frame : best));
}

/** Frames that a body can make between two of one burst: a counter that is further away belongs to another body. */
const COUNTER_REACH = 100;
/** Milliseconds after which a counter says nothing of the body any more. */
const COUNTER_MEMORY = 60_000;

/**
 * Frames of one second by the camera's own count, which many cameras' clocks do not tell apart; and where no number of
 * the body is known, frames whose counts are far apart as those of two bodies, one after the other.
 */
export function inOrderOfBodies(frames: readonly Frame[]): Frame[] {
  const counted = frames
    .map((frame) => ({ frame, counter: fileCounterOf(frame.name) }))
    .sort(
      (a, b) =>
        a.frame.camera - b.frame.camera ||
        (a.frame.body < b.frame.body ? -1 : a.frame.body > b.frame.body ? 1 : 0) ||
        a.frame.takenAt - b.frame.takenAt ||
        (a.counter ?? 0) - (b.counter ?? 0) ||
        a.frame.id - b.frame.id,
    );
  const ordered: Frame[] = [];
  let lanes: { counter: number; frames: Frame[] }[] = [];
  const settle = () => {
    // A body that was told apart by its counter alone is named by it.
    for (const [index, lane] of lanes.entries())
      for (const frame of lane.frames) ordered.push(index === 0 ? frame : { ...frame, body: `#${index}` });
    lanes = [];
  };
  let last: Frame | null = null;
  for (const { frame, counter } of counted) {
    const goesOn = last !== null && isOneBody(last, frame) && frame.takenAt - last.takenAt <= COUNTER_MEMORY;
    if (!goesOn) settle();
    last = frame;
    if (frame.body !== '' || counter === null) {
      settle();
      ordered.push(frame);
      continue;
    }
    const lane = lanes.find((known) => counter >= known.counter && counter - known.counter <= COUNTER_REACH);
    if (lane === undefined) lanes.push({ counter, frames: [frame] });
    else {
      lane.counter = counter;
      lane.frames.push(frame);
    }
  }
  settle();
  return ordered;
}

/** Finds the bursts of the library again and writes what differs; stacks that people made are left alone. */
export async function stackBursts(catalog: Catalog, changes: Changes, signal: AbortSignal): Promise<void> {
  const frames = inOrderOfBodies(await readFrames(catalog, signal));
  const used = new Set<number>();
  const stacks = [...findBursts(frames)].map((burst) => {
    const kept = burst.frames.find(({ stack }) => stack !== null && !used.has(stack))?.stack ?? null;
    if (kept !== null) used.add(kept);
    return { ...burst, kept };
  });
  changes.photos(writeBurstStacks(catalog, frames, stacks), ['stack']);
}
