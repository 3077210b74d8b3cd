/**
 * Evidence: how much the facts of a picture speak for each fault rather than for a sound photo. Small trees of at most
 * three questions each add a little to the log-odds of every fault and of soundness (gradient boosting, Friedman 2001).
 * They were learned from sound photos and their damaged copies; tests/measure/learn/learn.ts learns them again from
 * folders of photos and says how well they do on photos not seen. Unit: natural log-odds against soundness.
 */
import type { Concluded, Evidence, Facts } from '../../shared/facts.ts';
import { WITNESS_MEASURES } from '../../shared/measures.ts';
import { FAULTS, type FaultName } from '../../shared/reasons.ts';
import { TRAITS } from '../../shared/traits.ts';
import { type Colors, colorsBeside, isColorless } from './colorless.ts';
import { NUMBERS } from './numbers.ts';
import { learnedTrees, TREE_CLASSES, type Tree, type TreeClass } from './trees.ts';

/** What faults are judged by: measures and traits by their names, and the blocks that can be seen. */
export const WITNESSES: readonly string[] = [...WITNESS_MEASURES, 'visibleBlocks', ...TRAITS];

/** Values of the witnesses, in the order of WITNESSES. */
export function witnessesOf({ seen, traits }: Facts): Float64Array {
  const values = new Float64Array(WITNESSES.length);
  let at = 0;
  for (const name of WITNESS_MEASURES) values[at++] = seen[name];
  // Any photo that was ever a JPEG has a trace of blocks: only those that can be seen speak.
  values[at++] = Math.max(0, seen.blockiness - NUMBERS.faintBlocks);
  for (const name of TRAITS) values[at++] = traits[name];
  return values;
}

/** Trees laid out flat, a node a place: walking nested arrays takes five times as long. */
export interface Forest {
  /** Place of each tree's first node. */
  readonly roots: Int32Array;
  /** Feature that a node asks for; −1 for one that ends the way. */
  readonly features: Int32Array;
  /** Threshold of a question, or what is added at the end. */
  readonly numbers: Float64Array;
  /** Nodes that follow up to the threshold and above it. */
  readonly upTo: Int32Array;
  readonly above: Int32Array;
}

export function forestOf(trees: readonly Tree[]): Forest {
  const features: number[] = [];
  const numbers: number[] = [];
  const upTo: number[] = [];
  const above: number[] = [];
  const plant = (tree: Tree | number): number => {
    const place = features.push(typeof tree === 'number' ? -1 : tree[0]) - 1;
    numbers[place] = typeof tree === 'number' ? tree : tree[1];
    upTo[place] = typeof tree === 'number' ? -1 : plant(tree[2]);
    above[place] = typeof tree === 'number' ? -1 : plant(tree[3]);
    return place;
  };
  const roots = Int32Array.from(trees.map(plant));
  return {
    roots,
    features: Int32Array.from(features),
    numbers: Float64Array.from(numbers),
    upTo: Int32Array.from(upTo),
    above: Int32Array.from(above),
  };
}

/** @param values of the features that the trees ask for. */
export function scoreOf(base: number, forest: Forest, values: ArrayLike<number>): number {
  const { roots, features, numbers, upTo, above } = forest;
  let sum = base;
  for (let tree = 0; tree < roots.length; tree++) {
    let at = roots[tree]!;
    for (let feature = features[at]!; feature >= 0; feature = features[at]!) {
      at = values[feature]! <= numbers[at]! ? upTo[at]! : above[at]!;
    }
    sum += numbers[at]!;
  }
  return sum;
}

interface Judges {
  /** Place of each feature among the witnesses. */
  readonly places: Int32Array;
  readonly base: Readonly<Record<TreeClass, number>>;
  readonly forests: Readonly<Record<TreeClass, Forest>>;
}

let judges: Judges | null = null;

function loadJudges(): Judges {
  const { header, classes } = learnedTrees();
  const ofEach = <Value>(of: (name: TreeClass) => Value) =>
    Object.fromEntries(TREE_CLASSES.map((name) => [name, of(name)])) as Record<TreeClass, Value>;
  return {
    places: placesOf(header.features),
    base: ofEach((name) => classes[name].base),
    forests: ofEach((name) => forestOf(classes[name].trees)),
  };
}

/** Place of each feature among the witnesses. @throws when the trees ask for what no analyser saw. */
function placesOf(features: readonly string[]): Int32Array {
  return Int32Array.from(features, (feature) => {
    const place = WITNESSES.indexOf(feature);
    if (place < 0) throw new Error(`The trees ask for "${feature}", which is not measured. Learn them again.`);
    return place;
  });
}

export function weighEvidence(facts: Facts): Evidence {
  judges ??= loadJudges();
  const { places, base, forests } = judges;
  const witnesses = witnessesOf(facts);
  const values = Float64Array.from(places, (place) => witnesses[place]!);
  const against = (fault: FaultName, seen: Float64Array) =>
    scoreOf(base[fault], forests[fault], seen) - scoreOf(base.sound, forests.sound, seen);
  if (isColorless(facts.seen))
    return each((fault) => against(fault, beside(values, places, colorsBeside(fault, facts.seen))));
  const sound = scoreOf(base.sound, forests.sound, values);
  return each((fault) => scoreOf(base[fault], forests[fault], values) - sound);
}

const each = (of: (fault: FaultName) => number) =>
  Object.fromEntries(FAULTS.map((fault) => [fault, of(fault)])) as Record<FaultName, number>;

/** The values with those of other colors in place of their own. */
function beside(values: Float64Array, places: Int32Array, colors: Colors | null): Float64Array {
  if (colors === null) return values;
  return Float64Array.from(places, (place, feature) => colors[WITNESSES[place]!] ?? values[feature]!);
}

/** What the facts of a photo amount to, before anything is said about it. */
export function conclude(facts: Facts): Concluded {
  const evidence = weighEvidence(facts);
  return { cast: NUMBERS.percent / (1 + Math.exp(-evidence['colour-cast'])), evidence };
}
