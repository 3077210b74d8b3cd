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
import { type Group, type Question, runsOf, without } from './kinds/kind.ts';
import { findPanoramas } from './kinds/panoramas.ts';
import { AGAIN, findRepeats } from './kinds/repeats.ts';

/** @param frames that may form moments, in any order. @returns groups a stretch of time at a time. */
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
    for (const run of runsOf(stream, (before, after) => before.takenAt === null || isSoon(before, after))) {
      yield withCopies(run.length > 1 ? groupsOf(run, question) : [], run, copiesOf);
    }
  }
}

function isSoon(before: Frame, after: Frame): boolean {
  return after.takenAt! - before.takenAt! <= AGAIN + 1000 * (before.shutter ?? 0);
}

function groupsOf(run: readonly Frame[], question: Question): Group[] {
  const groups: Group[] = [];
  let rest = [...run];
  const take = (found: Group[]) => {
    groups.push(...found);
    rest = without(rest, found);
  };
  take(findBrackets(rest, question.looks));
  take(findFocusBrackets(rest, question));
  take(findPanoramas(rest, question));
  take(findBursts(rest, question));
  take(findRepeats(rest, question));
  return groups;
}

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
