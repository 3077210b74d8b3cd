/**
 * Frames → moments. Pictures that are several files of one are put together first and stand as one; then each body's
 * frames are gone through in order, the kinds that stay whole before those that do not.
 */
import type { Frame } from '../catalog/moments.ts';
import { streamsByName, streamsOf } from './bodies.ts';
import { findBrackets } from './kinds/brackets.ts';
import { findBursts } from './kinds/bursts.ts';
import { findDuplicates } from './kinds/duplicates.ts';
import { findFocusBrackets } from './kinds/focus-brackets.ts';
import { type Group, pauseBetween, type Question, runsOf, without } from './kinds/kind.ts';
import { findPanoramas, PAUSE } from './kinds/panoramas.ts';
import { AGAIN, findRepeats } from './kinds/repeats.ts';

/** @param frames that may form moments, in any order. @returns groups a stretch of time at a time; nothing where other work may have its turn. */
export function* findGroups(frames: readonly Frame[], question: Question): Generator<Group[]> {
  const copies = findDuplicates(frames, question.looks);
  const copiesOf = new Map(copies.map((group) => [leader(group.frames), group]));
  const followers = new Set(copies.flatMap(({ frames: same }) => same.filter((one) => one !== leader(same))));
  const single = frames.filter((frame) => !followers.has(frame));
  const streams = [
    ...streamsOf(single.filter(({ takenAt }) => takenAt !== null)),
    ...streamsByName(single.filter(({ takenAt }) => takenAt === null)),
  ];
  for (const stream of streams) {
    for (const run of runsOf(stream, (before, after) => isWithin(AGAIN, before, after))) {
      const groups: Group[] = [];
      const rest: Frame[] = [];
      const asked = { ...question, known: new WeakMap<Frame, Map<Frame, number>>() };
      // Only repeats reach over a longer pause: all else is found part by part, other work having its turn between them.
      for (const part of runsOf(run, (before, after) => isWithin(PAUSE, before, after))) {
        const found = part.length > 1 ? groupsAtOnce(part, asked) : [];
        groups.push(...found);
        rest.push(...without(part, found));
        yield [];
      }
      if (rest.length > 1) groups.push(...findRepeats(rest, asked));
      yield withCopies(groups, run, copiesOf);
    }
  }
}

/** Whether a frame came within so many milliseconds of the one before; where no time is known it follows its name. */
function isWithin(pause: number, before: Frame, after: Frame): boolean {
  return before.takenAt === null || pauseBetween(before, after) <= pause;
}

/** Of frames without a long pause, the kinds that stay whole before bursts. */
function groupsAtOnce(part: readonly Frame[], question: Question): Group[] {
  const groups: Group[] = [];
  let rest = [...part];
  for (const find of [findBracketsOf, findFocusBrackets, findPanoramas, findBursts]) {
    const found = find(rest, question);
    groups.push(...found);
    rest = without(rest, found);
  }
  return groups;
}

const findBracketsOf = (stream: readonly Frame[], { looks }: Question): Group[] => findBrackets(stream, looks);

/** The file that stands for a picture among its copies: the earliest in time that has most pixels. */
function leader(frames: readonly Frame[]): Frame {
  return frames.reduce((best, frame) => {
    const known = Number(frame.takenAt !== null) - Number(best.takenAt !== null);
    return (known || frame.width * frame.height - best.width * best.height) > 0 ? frame : best;
  });
}

/** Copies of a frame follow it into its moment; those of a frame that stands alone are a moment. */
function withCopies(groups: Group[], run: readonly Frame[], copiesOf: ReadonlyMap<Frame, Group>): Group[] {
  if (copiesOf.size === 0) return groups;
  const grouped = groups.map(({ kind, frames }) => ({
    kind,
    frames: frames.flatMap((frame) => copiesOf.get(frame)?.frames ?? [frame]),
  }));
  for (const frame of without(run, groups)) {
    const copies = copiesOf.get(frame);
    if (copies) grouped.push(copies);
  }
  return grouped;
}
