/**
 * What a slow grader would say, from what its vision tower saw: ridge regression from pooled features to the grader's own
 * grades, in its dual form, for there are far fewer graded photos than features. How far it is to be believed is told by
 * photos that were held out, whole shoots or moments at a time.
 */
import { spearman } from '../../../models/evaluate/statistics.ts';
import { FOLDS, foldsOf } from '../culling/taste/folds.ts';
import { type Sums, solveRidge } from '../culling/taste/ridge.ts';

export type Lesson = {
  features: Float32Array;
  /** The grader's grade, 0–100. */
  value: number;
  /** Photos of one shoot share it: what is held out is held out whole. */
  shoot: string;
  /** Moment; null where it belongs to none. */
  moment: number | null;
};

export type Estimator = {
  /** Spearman's rank correlation of held-out estimates with grades, −1 to 1; 0 where either does not vary. */
  agreement: number;
  graded: number;
  /** @returns the estimate, 0–100, and how far models of parts of the lessons are apart, in points. */
  estimate(features: ArrayLike<number>): { value: number; spread: number };
};

/** Graded photos below which nothing is learned. */
export const LEAST_LESSONS = 40;
/** More are not learned from: time rises with the cube, and the first hundreds say most. */
export const MOST_LESSONS = 600;
/** In units of a kernel whose diagonal is about 1. */
const PENALTIES = [0.03, 0.1, 0.3, 1, 3, 10, 30] as const;
/** Below this a feature does not vary. */
const LEAST_DEVIATION = 1e-9;

/** A linear model of standardized features. */
type Plane = { weights: Float64Array; middle: number };

/** @param lessons of one length of features; null below LEAST_LESSONS. Takes about a second for MOST_LESSONS. */
export function learnEstimator(lessons: readonly Lesson[]): Estimator | null {
  if (lessons.length < LEAST_LESSONS) return null;
  const scale = scaleOf(lessons);
  const rows = lessons.map(({ features }) => standardized(features, scale));
  const kernel = kernelOf(rows);
  const folds = foldsOf(lessons);
  const values = lessons.map(({ value }) => value);
  const groups = Array.from({ length: FOLDS }, (_, fold) => [...folds.keys()].filter((index) => folds[index] === fold));
  const others = groups.map((group) => [...folds.keys()].filter((index) => !group.includes(index)));

  // Of each penalty what it says of each photo while its part is held out.
  const heldOut = PENALTIES.map((penalty) => {
    const said = new Float64Array(lessons.length);
    for (const [fold, group] of groups.entries()) {
      const taught = others[fold]!;
      if (taught.length === 0 || group.length === 0) continue;
      const { shares, middle } = solve(kernel, values, taught, penalty);
      for (const index of group) {
        let sum = middle;
        for (const [at, other] of taught.entries()) sum += shares[at]! * kernel[index]![other]!;
        said[index] = sum;
      }
    }
    return said;
  });
  const errorOn = (said: Float64Array, some: readonly number[]) =>
    some.reduce((sum, index) => sum + (said[index]! - values[index]!) ** 2, 0);
  const bestFor = (some: readonly number[]) => {
    const errors = heldOut.map((said) => errorOn(said, some));
    return errors.indexOf(Math.min(...errors));
  };
  // The penalty of a part is chosen by the other parts: it would be the luckiest else, and the agreement too high.
  const told = new Float64Array(lessons.length);
  for (const [fold, group] of groups.entries()) {
    const said = heldOut[bestFor(others[fold]!)]!;
    for (const index of group) told[index] = said[index]!;
  }
  const agreement = spearman(told, values);

  const all = [...lessons.keys()];
  const penalty = PENALTIES[bestFor(all)]!;
  const planeOf = (some: readonly number[]): Plane => {
    const { shares, middle } = solve(kernel, values, some, penalty);
    const weights = new Float64Array(scale.length);
    for (const [at, index] of some.entries()) {
      const row = rows[index]!;
      for (let place = 0; place < weights.length; place++) weights[place]! += shares[at]! * row[place]!;
    }
    return { weights, middle };
  };
  const whole = planeOf(all);
  const parts = others.filter(({ length }) => length > 0).map(planeOf);
  return {
    agreement: Number.isNaN(agreement) ? 0 : agreement,
    graded: lessons.length,
    estimate(features) {
      const row = standardized(features, scale);
      const said = parts.map((plane) => read(plane, row));
      const mean = said.reduce((sum, value) => sum + value, 0) / said.length;
      const variance = said.reduce((sum, value) => sum + (value - mean) ** 2, 0) / said.length;
      const value = Math.max(0, Math.min(100, read(whole, row)));
      return { value: Math.round(100 * value) / 100, spread: Math.sqrt(variance) };
    },
  };
}

type Scale = { length: number; mean: Float64Array; factor: Float64Array };

/** Each feature about its mean and by its deviation; together of length 1 on the average. */
function scaleOf(lessons: readonly Lesson[]): Scale {
  const { length } = lessons[0]!.features;
  const mean = new Float64Array(length);
  const factor = new Float64Array(length);
  for (const { features } of lessons)
    for (let place = 0; place < length; place++) mean[place]! += features[place]! / lessons.length;
  for (const { features } of lessons)
    for (let place = 0; place < length; place++) factor[place]! += (features[place]! - mean[place]!) ** 2;
  for (let place = 0; place < length; place++) {
    const deviation = Math.sqrt(factor[place]! / lessons.length);
    factor[place] = deviation > LEAST_DEVIATION ? 1 / (deviation * Math.sqrt(length)) : 0;
  }
  return { length, mean, factor };
}

function standardized(features: ArrayLike<number>, { length, mean, factor }: Scale): Float32Array {
  const row = new Float32Array(length);
  for (let place = 0; place < length; place++) row[place] = (features[place]! - mean[place]!) * factor[place]!;
  return row;
}

function kernelOf(rows: readonly Float32Array[]): Float64Array[] {
  const kernel = rows.map(() => new Float64Array(rows.length));
  for (const [one, row] of rows.entries()) {
    for (let other = 0; other <= one; other++) {
      const column = rows[other]!;
      let sum = 0;
      for (let place = 0; place < row.length; place++) sum += row[place]! * column[place]!;
      kernel[one]![other] = sum;
      kernel[other]![one] = sum;
    }
  }
  return kernel;
}

/** Shares of the lessons in a model of some of them, about their middle: (K + penalty) shares = values − middle. */
function solve(
  kernel: readonly Float64Array[],
  values: readonly number[],
  some: readonly number[],
  penalty: number,
): { shares: Float64Array; middle: number } {
  const size = some.length;
  const middle = some.reduce((sum, index) => sum + values[index]!, 0) / size;
  const xx = new Float64Array(size * size);
  for (const [row, index] of some.entries())
    for (let column = 0; column < size; column++) xx[row * size + column] = kernel[index]![some[column]!]!;
  const xy = Float64Array.from(some, (index) => values[index]! - middle);
  const sums: Pick<Sums, 'size' | 'xx' | 'xy'> = { size, xx, xy };
  return { shares: solveRidge(sums, penalty), middle };
}

function read({ weights, middle }: Plane, row: Float32Array): number {
  let sum = middle;
  for (let place = 0; place < weights.length; place++) sum += weights[place]! * row[place]!;
  return sum;
}
