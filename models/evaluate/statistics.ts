/** How well predicted scores follow people's: correlations, pairs, and intervals from a seeded bootstrap. */

import { seededRandom } from '../../shared/random.ts';

/** Ranks from 1 on; equal values share the mean of their ranks. */
export function ranksOf(values: ArrayLike<number>): Float64Array {
  const order = Uint32Array.from({ length: values.length }, (_, index) => index).sort(
    (a, b) => values[a]! - values[b]!,
  );
  const ranks = new Float64Array(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++;
    for (let index = start; index < end; index++) ranks[order[index]!] = (start + end + 1) / 2;
    start = end;
  }
  return ranks;
}

/** Pearson's linear correlation, −1 to 1; NaN where either side does not vary or there are fewer than two. */
export function pearson(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const count = Math.min(a.length, b.length);
  let [meanA, meanB] = [0, 0];
  for (let index = 0; index < count; index++) {
    meanA += a[index]! / count;
    meanB += b[index]! / count;
  }
  let [product, squareA, squareB] = [0, 0, 0];
  for (let index = 0; index < count; index++) {
    const [x, y] = [a[index]! - meanA, b[index]! - meanB];
    product += x * y;
    squareA += x * x;
    squareB += y * y;
  }
  return squareA > 0 && squareB > 0 ? product / Math.sqrt(squareA * squareB) : Number.NaN;
}

/** Spearman's rank correlation with mean ranks for ties. */
export function spearman(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return pearson(ranksOf(a), ranksOf(b));
}

/**
 * Share of pairs that people order and that the prediction orders the same way; equal predictions count half.
 * NaN where people order no pair. O(n log n).
 */
export function pairAccuracy(predicted: ArrayLike<number>, truth: ArrayLike<number>): number {
  const count = truth.length;
  const distinct = [...new Set(Array.from(predicted))].sort((a, b) => a - b);
  const place = new Map(distinct.map((value, index) => [value, index + 1]));
  const order = Uint32Array.from({ length: count }, (_, index) => index).sort((a, b) => truth[a]! - truth[b]!);
  // A Fenwick tree counts, of those that people put lower, how many are predicted lower.
  const tree = new Float64Array(distinct.length + 1);
  const equal = new Float64Array(distinct.length + 1);
  const below = (position: number) => {
    let sum = 0;
    for (let index = position; index > 0; index -= index & -index) sum += tree[index]!;
    return sum;
  };
  let right = 0;
  let pairs = 0;
  for (let start = 0; start < count; ) {
    let end = start;
    while (end < count && truth[order[end]!] === truth[order[start]!]) end++;
    for (let index = start; index < end; index++) {
      const position = place.get(predicted[order[index]!]!)!;
      right += below(position - 1) + equal[position]! / 2;
      pairs += start;
    }
    for (let index = start; index < end; index++) {
      const position = place.get(predicted[order[index]!]!)!;
      equal[position]!++;
      for (let node = position; node < tree.length; node += node & -node) tree[node]!++;
    }
    start = end;
  }
  return pairs > 0 ? right / pairs : Number.NaN;
}

/**
 * Predictions mapped onto people's scale by the four-parameter logistic that image-quality work fits before PLCC:
 * (b1 − b2) / (1 + exp(−(x − b3) / |b4|)) + b2, by Levenberg–Marquardt from the usual start.
 * Source: VQEG, Final report on the validation of objective models, phase I (2000).
 */
export function logisticMap(predicted: ArrayLike<number>, truth: ArrayLike<number>): Float64Array {
  const count = predicted.length;
  const values = Array.from(predicted);
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(count, 1);
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(count, 1)) || 1;
  const scores = Array.from(truth);
  const lowest = scores.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const highest = scores.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  // Standardised, so that one step size fits every scale.
  const x = values.map((value) => (value - mean) / deviation);
  const falling = pearson(values, scores) < 0;
  let parameters = falling ? [lowest, highest, 0, 1] : [highest, lowest, 0, 1];
  const curve = (b: readonly number[], at: number) =>
    (b[0]! - b[1]!) / (1 + Math.exp(-(at - b[2]!) / Math.abs(b[3]!))) + b[1]!;
  const errorOf = (b: readonly number[]) => x.reduce((sum, at, index) => sum + (scores[index]! - curve(b, at)) ** 2, 0);
  let error = errorOf(parameters);
  let damping = 1e-3;
  for (let step = 0; step < 200 && damping < 1e12; step++) {
    const normal = Array.from({ length: 4 }, () => [0, 0, 0, 0]);
    const gradient = [0, 0, 0, 0];
    for (let index = 0; index < count; index++) {
      const [b1, b2, b3, b4] = parameters as [number, number, number, number];
      const width = Math.abs(b4);
      const s = 1 / (1 + Math.exp(-(x[index]! - b3) / width));
      const slope = (b1 - b2) * s * (1 - s);
      const row = [s, 1 - s, -slope / width, (-slope * (x[index]! - b3) * Math.sign(b4)) / (width * width)];
      const residual = scores[index]! - curve(parameters, x[index]!);
      for (let i = 0; i < 4; i++) {
        gradient[i]! += row[i]! * residual;
        for (let j = 0; j < 4; j++) normal[i]![j]! += row[i]! * row[j]!;
      }
    }
    const change = solve(
      normal.map((row, i) => row.map((value, j) => (i === j ? value * (1 + damping) + 1e-12 : value))),
      gradient,
    );
    const next = parameters.map((value, index) => value + change[index]!);
    const nextError = next[3] !== 0 ? errorOf(next) : Number.POSITIVE_INFINITY;
    if (nextError < error) {
      const gain = error - nextError;
      [parameters, error, damping] = [next, nextError, damping / 10];
      if (gain < 1e-12 * (1 + error)) break;
    } else damping *= 10;
  }
  return Float64Array.from(x, (at) => curve(parameters, at));
}

/** Gaussian elimination with pivoting for a small system. */
function solve(matrix: number[][], right: readonly number[]): number[] {
  const size = right.length;
  const rows = matrix.map((row, index) => [...row, right[index]!]);
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let row = column + 1; row < size; row++)
      if (Math.abs(rows[row]![column]!) > Math.abs(rows[pivot]![column]!)) pivot = row;
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    const head = rows[column]![column]! || 1e-300;
    for (let row = 0; row < size; row++) {
      if (row === column) continue;
      const factor = rows[row]![column]! / head;
      for (let index = column; index <= size; index++) rows[row]![index]! -= factor * rows[column]![index]!;
    }
  }
  return rows.map((row, index) => row[size]! / (row[index]! || 1e-300));
}

export interface Interval {
  value: number;
  /** Ends of the 95 % interval. */
  low: number;
  high: number;
}

export interface Agreement {
  count: number;
  srcc: Interval;
  /** Of the scores as they are. */
  plcc: Interval;
  /** After the four-parameter logistic; the fit is made once on all photos. */
  plccLogistic: Interval;
  pairAccuracy: Interval;
  /** Resamples behind the intervals. */
  resamples: number;
  seed: number;
}

/** @param seed of the bootstrap: the same data and seed give the same intervals. */
export function agreementOf(predicted: readonly number[], truth: readonly number[], seed = 1): Agreement {
  const count = predicted.length;
  const mapped = Array.from(logisticMap(predicted, truth));
  // A hundred thousand photos need no thousand resamples for two digits.
  const resamples = count < 2 ? 0 : Math.max(200, Math.min(1000, Math.floor(4e6 / count)));
  const random = seededRandom(seed);
  const samples = {
    srcc: [] as number[],
    plcc: [] as number[],
    plccLogistic: [] as number[],
    pairAccuracy: [] as number[],
  };
  for (let sample = 0; sample < resamples; sample++) {
    const chosen = Array.from({ length: count }, () => Math.floor(random() * count));
    const [p, t, m] = [predicted, truth, mapped].map((list) => chosen.map((index) => list[index]!));
    samples.srcc.push(spearman(p!, t!));
    samples.plcc.push(pearson(p!, t!));
    samples.plccLogistic.push(pearson(m!, t!));
    samples.pairAccuracy.push(pairAccuracy(p!, t!));
  }
  return {
    count,
    srcc: intervalOf(spearman(predicted, truth), samples.srcc),
    plcc: intervalOf(pearson(predicted, truth), samples.plcc),
    plccLogistic: intervalOf(pearson(mapped, truth), samples.plccLogistic),
    pairAccuracy: intervalOf(pairAccuracy(predicted, truth), samples.pairAccuracy),
    resamples,
    seed,
  };
}

function intervalOf(value: number, samples: readonly number[]): Interval {
  const sorted = samples.filter(Number.isFinite).sort((a, b) => a - b);
  if (sorted.length === 0) return { value, low: Number.NaN, high: Number.NaN };
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
  return { value, low: at(0.025), high: at(0.975) };
}

/** A share with its 95 % interval. Source: Wilson 1927. */
export function shareOf(right: number, count: number): Interval {
  if (count === 0) return { value: Number.NaN, low: Number.NaN, high: Number.NaN };
  const z = 1.959963984540054;
  const share = right / count;
  const spread = (z / (1 + z ** 2 / count)) * Math.sqrt((share * (1 - share)) / count + z ** 2 / (4 * count ** 2));
  const middle = (share + z ** 2 / (2 * count)) / (1 + z ** 2 / count);
  return { value: share, low: middle - spread, high: middle + spread };
}
