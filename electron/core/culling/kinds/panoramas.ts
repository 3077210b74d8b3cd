/**
 * Panoramas: three views or more of one exposure, each moved the same way against the one before, overlapping it. In
 * several rows the next one begins beside the end of the row before (back and forth) or beside its beginning.
 */
import type { Frame } from '../../catalog/moments.ts';
import { type Group, isTakenAlike, pauseBetween, type Question, runsOf } from './kind.ts';
import { type Alignment, align, bitsBetween, SAME_BITS } from './likeness.ts';

const LEAST_FRAMES = 3;
/** Of each further row. */
const LEAST_ROW = 2;
/** Milliseconds: a motor does not pan by a fifth of the frame, and a photographer does not wait for long. */
const LEAST_PAUSE = 250;
export const PAUSE = 12_000;
/** Shift along the pan and across it, as shares of the frame. */
const LEAST_SHIFT = 0.15;
const MOST_SHIFT = 0.8;
const MOST_SWAY = 0.2;
/** Structure that overlapping parts share; lenses bend it. */
const LEAST_LIKENESS = 0.6;
/** Cells of the coarse structure, 24 along the long edge, along the pan and across it. */
const ALONG = 20;
const ACROSS = 3;

type Step = { right: number; below: number };

export function findPanoramas(stream: readonly Frame[], question: Question): Group[] {
  const groups: Group[] = [];
  const runs = runsOf(stream, (before, after) => {
    const pause = pauseBetween(before, after);
    const isPaused = before.takenAt === null || pause >= LEAST_PAUSE || (pause <= 0 && before.takenAt % 1000 === 0);
    return isPaused && pause <= PAUSE && isTakenAlike(before, after);
  });
  for (const run of runs) {
    if (run.length < LEAST_FRAMES) continue;
    for (let start = 0; start + LEAST_FRAMES <= run.length; ) {
      const end = endOfPanorama(run, start, question);
      if (end > start) groups.push({ kind: 'panorama', frames: run.slice(start, end) });
      start = Math.max(end, start + 1);
    }
  }
  return groups;
}

/** Where the panorama that begins here ends; `start` where none does. */
function endOfPanorama(run: readonly Frame[], start: number, question: Question): number {
  const first = rowFrom(run, start, question);
  if (first.way === null) return start;
  let end = first.end;
  let row = { start, end };
  /** Way from row to row. */
  let down: Step | null = null;
  while (end < run.length) {
    const across = crossing(first.way);
    // Beside the end of the row, or beside its beginning.
    const next: Step | null =
      stepBetween(run[end - 1]!, run[end]!, down, question, across) ??
      stepBetween(run[row.start]!, run[end]!, down, question, across);
    if (next === null) break;
    down = next;
    const begun = end;
    ({ end } = rowFrom(run, begun, question, alongOf(first.way)));
    row = { start: begun, end };
    // One view beside a row is a look up or down, no row.
    if (row.end - row.start < LEAST_ROW) {
      end = begun;
      break;
    }
  }
  return end - start >= LEAST_FRAMES ? end : start;
}

/** The views from `start` on of which each is moved as the one before. @param axis along which; null: either */
function rowFrom(
  run: readonly Frame[],
  start: number,
  question: Question,
  axis: Axis | null = null,
): { end: number; way: Step | null } {
  let way: Step | null = null;
  let end = start + 1;
  for (; end < run.length; end++) {
    const step = stepBetween(run[end - 1]!, run[end]!, way, question, axis);
    if (step === null) break;
    way ??= step;
  }
  return { end, way };
}

type Axis = 'aside' | 'upright';
const alongOf = (way: Step): Axis => (way.right !== 0 ? 'aside' : 'upright');
const crossing = (way: Step): Axis => (way.right !== 0 ? 'upright' : 'aside');

/**
 * The step of a pan that goes on as it began; null where the views are the same, too far apart, or somewhere else.
 * @param way null: any. @param axis along which it must lie; null: either
 */
function stepBetween(
  before: Frame,
  after: Frame,
  way: Step | null,
  { looks }: Question,
  axis: Axis | null = null,
): Step | null {
  if (bitsBetween(before, after) <= SAME_BITS) return null;
  const one = looks.structure(before.id);
  const other = looks.structure(after.id);
  if (one === null || other === null) return null;
  const ways: Alignment[] = [];
  if (axis !== 'upright' && (way === null || way.right !== 0)) ways.push(align(one, other, ALONG, ACROSS));
  if (axis !== 'aside' && (way === null || way.below !== 0)) ways.push(align(one, other, ACROSS, ALONG));
  for (const { likeness, right, below } of ways) {
    if (likeness < LEAST_LIKENESS) continue;
    const isAside = Math.abs(right) > Math.abs(below);
    if (axis !== null && isAside !== (axis === 'aside')) continue;
    const [shift, sway] = isAside ? [right, below] : [below, right];
    if (Math.abs(shift) < LEAST_SHIFT || Math.abs(shift) > MOST_SHIFT || Math.abs(sway) > MOST_SWAY) continue;
    const step = isAside ? { right: Math.sign(shift), below: 0 } : { right: 0, below: Math.sign(shift) };
    if (way === null || (way.right === step.right && way.below === step.below)) return step;
  }
  return null;
}
