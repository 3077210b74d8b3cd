/** Focus brackets: one view, one exposure, and the sharp region migrates from frame to frame. */
import type { Frame } from '../../catalog/moments.ts';
import { type Group, isTakenAlike, type Looks, likeness, pauseBetween, type Question, runsOf } from './kind.ts';

const LEAST_FRAMES = 3;
const PAUSE = 3000;
/** A tripod or a quick hand: at the size of signatures focus hardly changes what is seen. */
const SAME_VIEW = 0.8;
/** Strength of the structure against each other: a frame that got more light has sharper tiles by that alone. */
const SAME_LIGHT = 0.12;
/** Levels of 34 (shared/facts.ts) by which a tile is sharper here than there. */
const SHARPER = 5;
/** Of the tiles that tell: a step of focus wins some and loses some. Shaking loses all, a subject that moves a few. */
const LEAST_SHARE = 0.08;
/** Of the steps: at the ends focus may lie where there is nothing to see. */
const LEAST_STEPS = 0.5;

export function findFocusBrackets(stream: readonly Frame[], question: Question): Group[] {
  const groups: Group[] = [];
  const runs = runsOf(stream, (before, after) => pauseBetween(before, after) <= PAUSE && isTakenAlike(before, after));
  for (const run of runs) {
    if (run.length < LEAST_FRAMES) continue;
    for (let start = 0; start + LEAST_FRAMES <= run.length; ) {
      let end = start + 1;
      let steps = 0;
      while (end < run.length && likeness(run[start]!, run[end]!, question) >= SAME_VIEW) {
        if (migrates(run[end - 1]!, run[end]!, question.looks)) steps++;
        end++;
      }
      if (steps >= LEAST_FRAMES - 1 && steps >= LEAST_STEPS * (end - start - 1))
        groups.push({ kind: 'focus-bracket', frames: run.slice(start, end) });
      start = end;
    }
  }
  return groups;
}

/** Of a character `0`–`9`, `a`–`z`. */
const levelOf = (code: number): number => (code < 58 ? code - 48 : code - 87);

/** Tiles became sharper and others softer, in the same light. */
function migrates(before: Frame, after: Frame, looks: Looks): boolean {
  const one = looks.focusTiles(before.id);
  const other = looks.focusTiles(after.id);
  if (one === null || other === null) return false;
  let tiles = 0;
  let won = 0;
  let lost = 0;
  for (let tile = 0; tile < one.length; tile++) {
    const was = levelOf(one.charCodeAt(tile));
    const is = levelOf(other.charCodeAt(tile));
    if (was === 0 && is === 0) continue;
    tiles++;
    if (is - was >= SHARPER) won++;
    else if (was - is >= SHARPER) lost++;
  }
  if (won < LEAST_SHARE * tiles || lost < LEAST_SHARE * tiles) return false;
  const [first, second] = [looks.structure(before.id)?.strength ?? 1, looks.structure(after.id)?.strength ?? 1];
  return Math.abs(Math.log(first / second)) <= SAME_LIGHT;
}
