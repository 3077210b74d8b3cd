/**
 * Taste from marks: ridge regression on what the grade leaves unexplained, over single marks and over pairs inside
 * moments. Ridge on frozen features beat prompts of examples and fine-tuning for personal aesthetics (ACL Findings
 * 2026). It is used only when, on photos that it has not seen, it puts clearly more pairs right than the grade does.
 */
import { FEATURE_NAMES, Scale, type ScaleNumbers, type TastePhoto } from './features.ts';
import { FOLDS, foldsOf } from './folds.ts';
import { Sums, solveRidge } from './ridge.ts';

/** A photo that a person decided on. */
export type Marked = {
  photo: TastePhoto;
  /** −1 (rejected) to 1 (picked, five stars). */
  liking: number;
  /** Photos of one shoot share it: what is held out is held out whole. */
  shoot: string;
  /** Moment; null where it belongs to none. */
  moment: number | null;
};

export type TasteModel = {
  /** What an unknown grade counts as. */
  grade: number;
  scale: ScaleNumbers;
  /** Grade points for one spread of each feature. */
  weights: number[];
  /** Middle of the predictions over the photos that it learned from. */
  middle: number;
  /** n/(n+10). */
  share: number;
};

export type Learned = {
  marks: number;
  ready: boolean;
  accuracy: number | null;
  baseline: number | null;
  features: { name: string; weight: number }[];
  text: string;
  model: TasteModel | null;
};

/** Marks before anything is tried. */
const LEAST_MARKS = 20;
/** Accuracy on unseen photos by which it must be better than the grade. */
const BETTER_BY = 0.02;
/** Of chance's own spread, by which it must be better than a coin. */
const SPREADS = 2;
/** Half of the marks against each other are this many. */
const BLEND = 10;
/** Grade points between a pick and a reject that are explained. */
const REACH = 30;
const PENALTIES = [3, 10, 30, 100, 300, 1000] as const;
/** Pairs inside a moment say more than marks of different scenes: how often each is counted. */
const PAIR_WEIGHT = 0.5;
const MOST_PAIRS_IN_MOMENT = 40;

type Row = { x: Float64Array; grade: number; liking: number; fold: number; shoot: string; moment: number | null };

/** @returns what was learned, with the model where it is good enough to be used */
export function learn(marked: readonly Marked[]): Learned {
  const n = marked.length;
  const nothing = { marks: n, ready: false, accuracy: null, baseline: null, features: [], model: null };
  if (n < LEAST_MARKS)
    return { ...nothing, text: `Taste is learned from ${LEAST_MARKS} marks on; there ${n === 1 ? 'is' : 'are'} ${n}.` };
  const likings = new Set(marked.map(({ liking }) => liking));
  if (likings.size < 2)
    return { ...nothing, text: 'All marks say the same: taste needs picks and rejects, or different stars.' };
  const photos = marked.map(({ photo }) => photo);
  const scale = Scale.over(photos);
  const grades = photos.map(({ grade, technical }) => grade ?? technical);
  const known = grades.filter((grade) => grade !== null);
  const grade = known.length === 0 ? 50 : known.reduce((sum, value) => sum + value, 0) / known.length;
  const folds = foldsOf(marked);
  const rows = marked.map(
    ({ photo, liking, shoot, moment }, index): Row => ({
      x: scale.of(photo),
      grade: grades[index] ?? grade,
      liking,
      fold: folds[index]!,
      shoot,
      moment,
    }),
  );
  const parts = Array.from({ length: FOLDS }, (_, fold) => sumsOf(rows.filter((row) => row.fold === fold)));
  const all = parts.reduce((sum, part) => sum.plus(part));
  const share = n / (n + BLEND);

  const baseline = accuracyOf(rows, (row) => row.grade);
  // The penalty by the error on what is held out, not by the accuracy that is told: else chance would choose the luckiest.
  let best = { penalty: PENALTIES[0] as number, accuracy: 0.5, error: Number.POSITIVE_INFINITY };
  for (const penalty of PENALTIES) {
    const predicted = new Map<Row, number>();
    let error = 0;
    for (const [fold, part] of parts.entries()) {
      const weights = solveRidge(all.minus(part), penalty);
      const held = rows.filter((row) => row.fold === fold);
      const misses = held.map((row) => {
        const explained = dot(weights, row.x);
        predicted.set(row, row.grade + share * explained);
        return residualOf(row) - explained;
      });
      const middle = misses.reduce((sum, miss) => sum + miss, 0) / Math.max(1, misses.length);
      for (const miss of misses) error += (miss - middle) ** 2;
    }
    // Folds have models of their own: only within one do their predictions mean the same.
    const { value } = accuracyOf(rows, (row) => predicted.get(row)!);
    if (error < best.error) best = { penalty, accuracy: value, error };
  }
  const weights = solveRidge(all, best.penalty);
  const features = Array.from(weights, (weight, index) => ({ name: FEATURE_NAMES[index]!, weight: share * weight }))
    .filter(({ weight }) => Math.abs(weight) >= 0.05)
    .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
    .slice(0, 12);
  const certain = 0.5 + SPREADS * baseline.spread;
  const isPredictable = Math.max(best.accuracy, baseline.value) >= certain;
  const ready = best.accuracy >= certain && best.accuracy - baseline.value >= BETTER_BY;
  const percent = (value: number) => `${Math.round(100 * value)} %`;
  const text = ready
    ? `Of two photos that it has not seen it finds the one you prefer in ${percent(best.accuracy)}; the grade in ${percent(baseline.value)}.`
    : isPredictable
      ? `Not used: it finds the photo you prefer in ${percent(best.accuracy)}, the grade alone in ${percent(baseline.value)}.`
      : 'Not used: what you mark does not follow from anything that is measured. More marks may tell.';
  const predictions = rows.map(({ x }) => dot(weights, x));
  return {
    marks: n,
    ready,
    accuracy: round(best.accuracy),
    baseline: round(baseline.value),
    features,
    text,
    model: ready
      ? {
          grade,
          scale: scale.numbers,
          weights: [...weights],
          middle: predictions.reduce((sum, value) => sum + value, 0) / n,
          share,
        }
      : null,
  };
}

const round = (value: number): number => Math.round(value * 1000) / 1000;

/** Reads photos by a model. @returns 0–100, in points of the grade */
export function tasteReader(model: TasteModel): (photo: TastePhoto) => number | null {
  const scale = new Scale(model.scale);
  const weights = Float64Array.from(model.weights);
  if (weights.length !== FEATURE_NAMES.length) return () => null;
  return (photo) => {
    if (photo.measures === null) return null;
    const grade = photo.grade ?? photo.technical ?? model.grade;
    const value = grade + model.share * (dot(weights, scale.of(photo)) - model.middle);
    return Math.max(0, Math.min(100, Math.round(value * 100) / 100));
  };
}

function dot(weights: Float64Array, x: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < weights.length; index++) sum += weights[index]! * x[index]!;
  return sum;
}

/** What the grade leaves unexplained of a liking, in grade points. */
const residualOf = ({ liking, grade }: Row): number => (REACH * liking) / 2 - grade;

/** Rows about the middle of their part, and differences of pairs inside moments. */
function sumsOf(rows: readonly Row[]): Sums {
  const size = FEATURE_NAMES.length;
  const sums = new Sums(size);
  if (rows.length === 0) return sums;
  const middle = new Float64Array(size);
  let gap = 0;
  for (const row of rows) {
    for (let index = 0; index < size; index++) middle[index]! += row.x[index]! / rows.length;
    gap += residualOf(row) / rows.length;
  }
  const x = new Float64Array(size);
  for (const row of rows) {
    for (let index = 0; index < size; index++) x[index] = row.x[index]! - middle[index]!;
    sums.add(x, residualOf(row) - gap, 1);
  }
  for (const [moment, inside] of Map.groupBy(rows, (row) => row.moment)) {
    if (moment === null || inside.length < 2) continue;
    let pairs = 0;
    for (let one = 0; one < inside.length && pairs < MOST_PAIRS_IN_MOMENT; one++) {
      for (let other = one + 1; other < inside.length && pairs < MOST_PAIRS_IN_MOMENT; other++) {
        const [a, b] = [inside[one]!, inside[other]!];
        if (a.liking === b.liking) continue;
        pairs++;
        for (let index = 0; index < size; index++) x[index] = a.x[index]! - b.x[index]!;
        sums.add(x, residualOf(a) - residualOf(b), PAIR_WEIGHT);
      }
    }
  }
  return sums;
}

/**
 * Share of pairs of different liking that a score puts right, ties half, among photos held out together; and the spread
 * that chance alone would give it. Counted by ranks, not pair by pair.
 */
function accuracyOf(rows: readonly Row[], score: (row: Row) => number): { value: number; spread: number } {
  let right = 0;
  let pairs = 0;
  let variance = 0;
  for (const inside of Map.groupBy(rows, (row) => row.fold).values()) {
    const levels = [...new Set(inside.map(({ liking }) => liking))].sort((a, b) => a - b);
    for (let level = 1; level < levels.length; level++) {
      // Every level against all that are liked less.
      const upper = inside.filter(({ liking }) => liking === levels[level]).map(score);
      const lower = inside.filter(({ liking }) => liking < levels[level]!).map(score);
      lower.sort((a, b) => a - b);
      for (const value of upper) right += (below(lower, value, false) + below(lower, value, true)) / 2;
      pairs += upper.length * lower.length;
      // Of the statistic of Mann and Whitney where nothing is told apart.
      variance += (upper.length * lower.length * (upper.length + lower.length + 1)) / 12;
    }
  }
  return pairs === 0 ? { value: 0.5, spread: 0.5 } : { value: right / pairs, spread: Math.sqrt(variance) / pairs };
}

/** How many of sorted values are below one, or up to it. */
function below(sorted: readonly number[], value: number, orEqual: boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < value || (orEqual && sorted[middle] === value)) low = middle + 1;
    else high = middle;
  }
  return low;
}
