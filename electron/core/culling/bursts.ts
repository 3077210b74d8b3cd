/**
 * Frames of one moment → stacks: same camera, hardly any time between them, and each like the stack's first frame.
 * Likeness to the first frame, never to the one before: a slow pan must not chain into one stack.
 * Source: SCIENCE, section 6 (bursts).
 */
import { hashDistance } from '../../../shared/facts.ts';
import type { Changes } from '../base/events.ts';
import type { Catalog } from '../catalog/open.ts';
import { type Frame, readFrames, writeBurstStacks } from '../catalog/stacks.ts';

/** Milliseconds between frames of one burst where the camera writes parts of a second, and where it does not. */
const GAP = 1250;
const GAP_IN_WHOLE_SECONDS = 2000;
/** Bits of the two 64-bit fingerprints in which frames of a burst may differ: a likeness of at least .93. */
export const MOST_DIFFERENT_BITS = 8;

export type Burst = { frames: Frame[]; top: Frame };

export function looksAlike(a: Pick<Frame, 'dHash' | 'pHash'>, b: Pick<Frame, 'dHash' | 'pHash'>): boolean {
  return hashDistance(a.dHash, b.dHash) + hashDistance(a.pHash, b.pHash) <= MOST_DIFFERENT_BITS;
}

/** @param frames of one camera after the other, each in the order of time. @returns bursts of two frames or more. */
export function* findBursts(frames: Iterable<Frame>): Generator<Burst> {
  let burst: Frame[] = [];
  for (const frame of frames) {
    const first = burst[0];
    const last = burst.at(-1);
    if (first && last && last.camera === frame.camera && isNext(last, frame) && looksAlike(first, frame)) {
      burst.push(frame);
      continue;
    }
    if (burst.length > 1) yield { frames: burst, top: bestOf(burst) };
    burst = [frame];
  }
  if (burst.length > 1) yield { frames: burst, top: bestOf(burst) };
}

function isNext(before: Frame, after: Frame): boolean {
  const wholeSeconds = before.takenAt % 1000 === 0 && after.takenAt % 1000 === 0;
  return after.takenAt - before.takenAt <= (wholeSeconds ? GAP_IN_WHOLE_SECONDS : GAP);
}

/** The technically best frame, the first of equals: the scene is the same, so sharpness and exposure decide. */
function bestOf(frames: readonly Frame[]): Frame {
  return frames.reduce((best, frame) => ((frame.technical ?? -1) > (best.technical ?? -1) ? frame : best));
}

/** Finds the bursts of the library again and writes what differs; stacks that people made are left alone. */
export async function stackBursts(catalog: Catalog, changes: Changes, signal: AbortSignal): Promise<void> {
  const frames = await readFrames(catalog, signal);
  const used = new Set<number>();
  const stacks = [...findBursts(frames)].map((burst) => {
    const kept = burst.frames.find(({ stack }) => stack !== null && !used.has(stack))?.stack ?? null;
    if (kept !== null) used.add(kept);
    return { ...burst, kept };
  });
  changes.photos(writeBurstStacks(catalog, frames, stacks), ['stack']);
}
