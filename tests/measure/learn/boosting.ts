/**
 * Gradient boosting of small trees for several classes (Friedman 2001, algorithm 6, with Newton steps): each round adds
 * to each class's score one tree of at most three questions, so that two numbers can speak together.
 */
import type { Tree } from '../../../models/measured/trees.ts';

export interface Boosted {
  /** Score of each class before any tree spoke. */
  readonly base: readonly number[];
  /** Of each class. */
  readonly trees: readonly (readonly Tree[])[];
}

export interface BoostingOptions {
  rounds: number;
  rate: number;
  /** Pulls every leaf towards 0, in units of summed second derivatives. */
  penalty: number;
  /** Least sum of second derivatives in a leaf. */
  least: number;
}

const BINS = 128;

interface Binned {
  readonly codes: Uint8Array;
  /** Upper end of each bin but the last. */
  readonly ends: readonly number[];
}

/** A number as it is kept in the table: what is learned must be what is used. */
const short = (value: number) => Number(value.toPrecision(4));

function binned(values: Float64Array): Binned {
  const sorted = Float64Array.from(values).sort();
  const ends: number[] = [];
  for (let bin = 1; bin < BINS; bin++) {
    const at = Math.floor((bin * sorted.length) / BINS);
    const end = short((sorted[at - 1]! + sorted[at]!) / 2);
    if (sorted[at - 1]! < sorted[at]! && end > (ends.at(-1) ?? Number.NEGATIVE_INFINITY)) ends.push(end);
  }
  const codes = Uint8Array.from(values, (value) => {
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (value <= ends[middle]!) high = middle;
      else low = middle + 1;
    }
    return low;
  });
  return { codes, ends };
}

/** Adds gradients and second derivatives of rows to their bins; on its own so that it is compiled whole. */
function fill(
  rows: Int32Array,
  codes: Uint8Array,
  first: Float64Array,
  second: Float64Array,
  sums: Float64Array,
): void {
  sums.fill(0);
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at]!;
    const bin = 2 * codes[row]!;
    sums[bin]! += first[row]!;
    sums[bin + 1]! += second[row]!;
  }
}

interface Split {
  readonly feature: number;
  readonly bin: number;
}

function bestSplit(
  rows: Int32Array,
  columns: readonly Binned[],
  first: Float64Array,
  second: Float64Array,
  { penalty, least }: BoostingOptions,
): Split | null {
  const sums = new Float64Array(2 * BINS);
  let gradient = 0;
  let curvature = 0;
  for (const row of rows) {
    gradient += first[row]!;
    curvature += second[row]!;
  }
  const whole = gradient ** 2 / (curvature + penalty);
  let most = 1e-6;
  let best: Split | null = null;
  for (const [feature, { codes, ends }] of columns.entries()) {
    if (ends.length === 0) continue;
    fill(rows, codes, first, second, sums);
    let lowGradient = 0;
    let lowCurvature = 0;
    for (let bin = 0; bin < ends.length; bin++) {
      lowGradient += sums[2 * bin]!;
      lowCurvature += sums[2 * bin + 1]!;
      const highCurvature = curvature - lowCurvature;
      if (lowCurvature < least || highCurvature < least) continue;
      const gain =
        lowGradient ** 2 / (lowCurvature + penalty) + (gradient - lowGradient) ** 2 / (highCurvature + penalty) - whole;
      if (gain <= most) continue;
      most = gain;
      best = { feature, bin };
    }
  }
  return best;
}

/**
 * @param features one column of values for each feature; trees ask for them by their places.
 * @param classes class of each row, 0-based.
 * @param weights of the rows.
 */
export function boost(
  features: readonly Float64Array[],
  classes: Uint8Array,
  weights: Float64Array,
  count: number,
  options: BoostingOptions,
): Boosted {
  const rows = classes.length;
  const columns = features.map(binned);
  const totals = new Float64Array(count);
  for (let row = 0; row < rows; row++) totals[classes[row]!]! += weights[row]!;
  const all = totals.reduce((sum, one) => sum + one, 0);
  const base = Array.from(totals, (total) => Math.log(Math.max(total, 1e-9) / all));
  const scores = base.map((value) => new Float64Array(rows).fill(value));
  const trees: Tree[][] = base.map(() => []);
  const first = base.map(() => new Float64Array(rows));
  const second = base.map(() => new Float64Array(rows));
  const every = Int32Array.from({ length: rows }, (_, row) => row);
  for (let round = 0; round < options.rounds; round++) {
    for (let row = 0; row < rows; row++) {
      let most = Number.NEGATIVE_INFINITY;
      for (let one = 0; one < count; one++) most = Math.max(most, scores[one]![row]!);
      let sum = 0;
      for (let one = 0; one < count; one++) sum += Math.exp(scores[one]![row]! - most);
      for (let one = 0; one < count; one++) {
        const share = Math.exp(scores[one]![row]! - most) / sum;
        first[one]![row] = weights[row]! * ((classes[row] === one ? 1 : 0) - share);
        second[one]![row] = weights[row]! * Math.max(1e-6, share * (1 - share));
      }
    }
    for (let one = 0; one < count; one++) {
      const [gradients, curvatures, score] = [first[one]!, second[one]!, scores[one]!];
      const leafOf = (leaf: Int32Array): number => {
        let gradient = 0;
        let curvature = 0;
        for (const row of leaf) {
          gradient += gradients[row]!;
          curvature += curvatures[row]!;
        }
        const value = short((options.rate * gradient) / (curvature + options.penalty));
        for (const row of leaf) score[row]! += value;
        return value;
      };
      const grow = (within: Int32Array, depth: number): Tree | number => {
        const split = depth === 0 ? null : bestSplit(within, columns, gradients, curvatures, options);
        if (split === null) return leafOf(within);
        const { codes, ends } = columns[split.feature]!;
        return [
          split.feature,
          ends[split.bin]!,
          grow(
            within.filter((row) => codes[row]! <= split.bin),
            depth - 1,
          ),
          grow(
            within.filter((row) => codes[row]! > split.bin),
            depth - 1,
          ),
        ];
      };
      const tree = grow(every, 2);
      if (typeof tree !== 'number') trees[one]!.push(tree);
    }
  }
  return { base, trees };
}
