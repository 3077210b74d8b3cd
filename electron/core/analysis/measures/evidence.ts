/**
 * Evidence: how much the measures and traits of a picture speak for each fault rather than for a sound photo. Small
 * trees of at most three questions each add a little to the log-odds of every fault and of soundness (gradient
 * boosting, Friedman 2001). They were learned from sound photos and their damaged copies;
 * tests/measure/learn/learn.ts learns them again from folders of photos and says how well they do on photos not seen.
 * Unit: natural log-odds against soundness.
 */
import { type Evidence, FAULTS } from '../../../../shared/measures.ts';
import { BASE, TREES, type Tree } from './evidence-trees.ts';

/** What a picture is judged by: measures and traits by their names. */
export type Witnesses = Readonly<Record<string, number>>;

function answerOf(tree: Tree | number, witnesses: Witnesses): number {
  let at = tree;
  while (typeof at !== 'number') at = witnesses[at[0]]! <= at[1] ? at[2] : at[3];
  return at;
}

export function scoreOf(base: number, trees: readonly Tree[], witnesses: Witnesses): number {
  return trees.reduce((sum, tree) => sum + answerOf(tree, witnesses), base);
}

export function weighEvidence(witnesses: Witnesses): Evidence {
  const sound = scoreOf(BASE.sound, TREES.sound, witnesses);
  return Object.fromEntries(
    FAULTS.map((fault) => [fault, scoreOf(BASE[fault], TREES[fault], witnesses) - sound]),
  ) as Evidence;
}
