/** What the finders of all kinds have in common: the frames they are given, what they may ask, and what they answer. */
import type { MomentKind } from '../../../../shared/moments.ts';
import type { Frame } from '../../catalog/moments.ts';
import { likenessOf, type Structure } from './likeness.ts';

/** Frames that were found to belong together, in the order of capture. */
export type Group = { kind: MomentKind; frames: Frame[] };

/** What is seen in frames beside their rows, read when it is first asked for. */
export interface Looks {
  /** Null where nobody took a signature. */
  structure(photo: number): Structure | null;
  /** Focus of the tiles (shared/facts.ts); null where nobody looked. */
  focusTiles(photo: number): string | null;
}

export interface Question {
  readonly looks: Looks;
  /** Likeness 0–1 (likeness.ts) from which two frames show the same view. */
  readonly threshold: number;
  /** Likenesses that were worked out; absent where nobody asks twice. */
  readonly known?: WeakMap<Frame, Map<Frame, number>>;
}

/** Likeness of two frames, worked out once however many kinds ask. */
export function likeness(one: Frame, other: Frame, { looks, known }: Question): number {
  let ofOne = known?.get(one);
  const before = ofOne?.get(other);
  if (before !== undefined) return before;
  const alike = likenessOf(one, other, () => [looks.structure(one.id), looks.structure(other.id)]);
  if (known === undefined) return alike;
  if (ofOne === undefined) {
    ofOne = new Map();
    known.set(one, ofOne);
  }
  ofOne.set(other, alike);
  return alike;
}

/** Nominal exposures are rounded: 1/60 after 1/125 is .94 EV away. */
const ROUNDING = 0.17;

/** EV at ISO 100 that the frame was exposed for; null where the shutter is not known. A lens without contacts counts as f/1. */
export function exposureValue({ shutter, aperture, iso }: Frame): number | null {
  if (shutter === null || !(shutter > 0)) return null;
  const f = aperture !== null && aperture > 0 ? aperture : 1;
  return Math.log2((f * f) / shutter) - Math.log2((iso !== null && iso > 0 ? iso : 100) / 100);
}

/** One exposure, one lens and one format, so far as they are known. */
export function isTakenAlike(one: Frame, other: Frame): boolean {
  if (one.width !== other.width || one.height !== other.height) return false;
  if (one.focalLength !== null && other.focalLength !== null) {
    if (Math.abs(one.focalLength - other.focalLength) > 0.01 * one.focalLength) return false;
  }
  const [first, second] = [exposureValue(one), exposureValue(other)];
  return (first === null) === (second === null) && Math.abs((first ?? 0) - (second ?? 0)) <= 2 * ROUNDING;
}

/** Milliseconds from the end of one exposure to the beginning of the next; 0 where no time is known. */
export function pauseBetween(before: Frame, after: Frame): number {
  if (before.takenAt === null || after.takenAt === null) return 0;
  return after.takenAt - before.takenAt - 1000 * (before.shutter ?? 0);
}

/** The clock of both tells whole seconds alone. */
export function isInWholeSeconds(one: Frame, other: Frame): boolean {
  return (one.takenAt ?? 0) % 1000 === 0 && (other.takenAt ?? 0) % 1000 === 0;
}

/** Longest runs of frames in which each belongs behind the one before it. */
export function* runsOf(
  frames: readonly Frame[],
  goesOn: (before: Frame, after: Frame) => boolean,
): Generator<Frame[]> {
  let run: Frame[] = [];
  for (const frame of frames) {
    const last = run.at(-1);
    if (last && !goesOn(last, frame)) {
      yield run;
      run = [];
    }
    run.push(frame);
  }
  if (run.length > 0) yield run;
}

/** Frames that are in none of the groups. */
export function without(frames: readonly Frame[], groups: readonly Group[]): Frame[] {
  if (groups.length === 0) return [...frames];
  const taken = new Set(groups.flatMap((group) => group.frames));
  return frames.filter((frame) => !taken.has(frame));
}
