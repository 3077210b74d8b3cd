/** What is learned of a slow grader from its own grades, on features whose truth is known; and the order of its queue. */
import { expect, test } from 'vitest';
import { LEAST_LESSONS, type Lesson, learnEstimator } from '../../electron/core/critics/estimator.ts';
import { promisingFirst } from '../../electron/core/critics/queue-order.ts';
import { spearman } from '../../models/evaluate/statistics.ts';
import { agreementText } from '../../shared/estimate.ts';
import { seededRandom } from '../../shared/random.ts';

const FEATURES = 128;
/** Directions in which photos differ, fewer than features, as in a tower. */
const DIRECTIONS = 12;

/** Photos with features of a low rank and noise; the first `taught` directions make the grade. @param noise points */
function madePhotos(count: number, taught: number, noise: number, seed: number): Lesson[] {
  const uniform = seededRandom(seed);
  const gauss = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const directions = Array.from({ length: DIRECTIONS }, () => Float64Array.from({ length: FEATURES }, gauss));
  return Array.from({ length: count }, (_, photo) => {
    const place = directions.map(gauss);
    const features = Float32Array.from({ length: FEATURES }, (_, at) =>
      place.reduce((sum, value, direction) => sum + value * directions[direction]![at]!, 0.3 * gauss()),
    );
    const merit = place.slice(0, taught).reduce((sum, value) => sum + value, 0) / Math.sqrt(Math.max(1, taught));
    return { features, value: 50 + 12 * merit + noise * gauss(), shoot: `${photo % 20}`, moment: null };
  });
}

test('from 200 of 2,000 photos it tells the best of the others, and says itself how well', () => {
  const photos = madePhotos(2000, 3, 5, 11);
  const learned = learnEstimator(photos.slice(0, 200))!;
  const others = photos.slice(200);
  const said = others.map(({ features }) => learned.estimate(features).value);
  const truth = others.map(({ value }) => value);
  const srcc = spearman(said, truth);
  const recall = recallOfBest(said, truth);
  console.log(
    `Made features: SRCC ${srcc.toFixed(3)}, recall of the best tenth ${recall.toFixed(2)}; it says ${agreementText(learned, 'the grader')}`,
  );
  expect(srcc).toBeGreaterThan(0.85);
  expect(recall).toBeGreaterThan(0.6);
  // What it says of itself is neither praise nor modesty.
  expect(Math.abs(learned.agreement - srcc)).toBeLessThan(0.06);
  expect(learned.graded).toBe(200);
});

test('where grades have nothing to do with features it says so; below a number of lessons it says nothing', () => {
  const photos = madePhotos(200, 0, 10, 12);
  expect(Math.abs(learnEstimator(photos)!.agreement)).toBeLessThan(0.3);
  expect(learnEstimator(photos.slice(0, LEAST_LESSONS - 1))).toBeNull();
});

test('what shoots have in common is not taken for judgement: they are held out whole', () => {
  // Each shoot has its own look and its own level; between shoots nothing follows from the look.
  const uniform = seededRandom(13);
  const shoots = Array.from({ length: 20 }, () => ({
    look: Float32Array.from({ length: FEATURES }, () => uniform() - 0.5),
    level: 30 + 40 * uniform(),
  }));
  const photos: Lesson[] = Array.from({ length: 200 }, (_, photo) => {
    const shoot = shoots[photo % 20]!;
    const features = shoot.look.map((value) => value + 0.02 * (uniform() - 0.5));
    return { features, value: shoot.level + uniform(), shoot: `${photo % 20}`, moment: null };
  });
  expect(learnEstimator(photos)!.agreement).toBeLessThan(0.5);
});

test('an estimate is less certain far away from what taught it', () => {
  const photos = madePhotos(300, 3, 5, 14);
  const learned = learnEstimator(photos.slice(0, 150))!;
  const near = photos.slice(150).map(({ features }) => learned.estimate(features).spread);
  const far = photos.slice(150).map(({ features }) => learned.estimate(features.map((value) => 4 * value)).spread);
  const mean = (list: number[]) => list.reduce((sum, value) => sum + value, 0) / list.length;
  expect(mean(far)).toBeGreaterThan(1.5 * mean(near));
});

test('what is likely best is graded first, then what is most uncertain', () => {
  const photo = (id: number, promise: number | null, spread: number | null = null) => ({
    ...{ id, promise, spread },
    folder: 1,
    glimpsed: spread !== null,
  });
  const estimated = Array.from({ length: 20 }, (_, at) => photo(at + 1, at, at % 5));
  const order = promisingFirst(estimated);
  expect(order.slice(0, 2)).toEqual([20, 19]);
  expect(order.slice(2, 5)).toEqual([5, 10, 15]);
  expect(order).toHaveLength(20);
  // What has no estimate is the most uncertain, and taken from all over.
  const some = [...Array.from({ length: 8 }, (_, at) => photo(at + 1, null)), photo(9, 90, 1), photo(10, 80, 9)];
  expect(promisingFirst(some)).toEqual([9, 1, 5, 3, 7, 2, 6, 4, 8, 10]);
});

/** Of the best tenth by the truth, the share that the best tenth by estimates has. */
function recallOfBest(said: readonly number[], truth: readonly number[]): number {
  const best = (values: readonly number[]) =>
    new Set([...values.keys()].sort((a, b) => values[b]! - values[a]!).slice(0, values.length / 10));
  const [found, wanted] = [best(said), best(truth)];
  return [...wanted].filter((index) => found.has(index)).length / wanted.size;
}
