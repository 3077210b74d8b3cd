/**
 * Bursts: hardly any time between the frames, and each like the first one. Several may be under way at once: two bodies
 * that nothing tells apart photograph two things.
 */
import type { Frame } from '../../catalog/moments.ts';
import { fileCounterOf } from '../../formats/file-name-dates.ts';
import { type Group, isInWholeSeconds, likeness, pauseBetween, type Question } from './kind.ts';

/** Milliseconds between frames of one burst where the camera writes parts of a second, and where it does not. */
export const GAP = 1250;
export const GAP_IN_WHOLE_SECONDS = 2000;
/** A button held down is half of the evidence: what moves may differ more than between frames taken by hand. */
const GIVEN_BY_TIME = 0.12;
/** Where no time is known: numbers of files between two frames of one burst. */
const COUNTER_STEP = 2;

export function findBursts(stream: readonly Frame[], question: Question): Group[] {
  const least = question.threshold - GIVEN_BY_TIME;
  return gather(stream, isNext, (first, frame) => {
    const alike = likeness(first, frame, question);
    return alike >= (frame.takenAt === null ? question.threshold : least) ? alike : null;
  }).map((frames) => ({ kind: 'burst', frames }));
}

function isNext(before: Frame, after: Frame): boolean {
  if (before.takenAt === null || after.takenAt === null) {
    const [one, other] = [fileCounterOf(before.name), fileCounterOf(after.name)];
    return one !== null && other !== null && other - one <= COUNTER_STEP && other >= one;
  }
  return pauseBetween(before, after) <= (isInWholeSeconds(before, after) ? GAP_IN_WHOLE_SECONDS : GAP);
}

/**
 * Groups of two or more: each frame joins the open group whose first frame it is most like.
 * @param isNear whether a group that ended with the first is still open at the second
 * @param fits likeness to a group's first frame, null where it does not belong to it
 */
export function gather(
  stream: readonly Frame[],
  isNear: (last: Frame, frame: Frame) => boolean,
  fits: (first: Frame, frame: Frame) => number | null,
): Frame[][] {
  const found: Frame[][] = [];
  let open: Frame[][] = [];
  for (const frame of stream) {
    open = open.filter((group) => isNear(group.at(-1)!, frame));
    let best: Frame[] | null = null;
    let most = Number.NEGATIVE_INFINITY;
    for (const group of open.toReversed()) {
      const alike = fits(group[0]!, frame);
      if (alike === null || alike <= most) continue;
      most = alike;
      best = group;
    }
    if (best !== null) best.push(frame);
    else {
      const group = [frame];
      open.push(group);
      found.push(group);
    }
  }
  return found.filter(({ length }) => length > 1);
}
