/** Repeats: the same pose or view taken again by hand within a minute or two, each like the first one. */
import type { Frame } from '../../catalog/moments.ts';
import { gather } from './bursts.ts';
import { type Group, likeness, pauseBetween, type Question } from './kind.ts';

/** Milliseconds since the last frame of the same view. */
export const AGAIN = 120_000;

export function findRepeats(stream: readonly Frame[], question: Question): Group[] {
  return gather(
    stream.filter(({ takenAt }) => takenAt !== null),
    (last, frame) => pauseBetween(last, frame) <= AGAIN,
    (first, frame) => {
      if (first.width > first.height !== frame.width > frame.height) return null;
      const alike = likeness(first, frame, question);
      return alike >= question.threshold ? alike : null;
    },
  ).map((frames) => ({ kind: 'repeat', frames }));
}
