/** Taste against four simulated photographers of different preferences, and one who marks at random. */
import { describe, expect, test } from 'vitest';
import type { TastePhoto } from '../../electron/core/culling/taste/features.ts';
import { type Learned, learn, type Marked, tasteReader } from '../../electron/core/culling/taste/learn.ts';
import { Sums, solveRidge } from '../../electron/core/culling/taste/ridge.ts';
import { seededRandom } from '../../shared/random.ts';

/** Photos of many shoots: measures hang together as they do in photos, and the generic grade on some of them. */
function madePhotos(count: number, seed: number): (TastePhoto & { shoot: number })[] {
  const random = seededRandom(seed);
  const gauss = () => (random() + random() + random() + random() - 2) * Math.sqrt(3);
  let light = 0;
  let mood = 0;
  return Array.from({ length: count }, (_, index) => {
    if (index % 12 === 0) {
      light = gauss();
      mood = gauss();
    }
    const focus = Math.max(0, Math.min(100, 70 + 18 * gauss()));
    const brightness = Math.max(5, Math.min(250, 115 + 34 * light + 22 * gauss()));
    const colorfulness = Math.max(0, 38 + 16 * mood + 14 * gauss());
    const subjectFocus = Math.max(0, Math.min(100, focus + 8 * gauss()));
    const backgroundFocus = Math.max(0, Math.min(100, subjectFocus - 25 + 22 * gauss()));
    const contrast = Math.max(2, 20 + 6 * gauss());
    const warm = 0.25 * gauss();
    const noise = Math.max(0, 4 + 2 * gauss());
    const clippedHighlights = Math.max(0, 2 * gauss() + (brightness - 150) / 30);
    const technical = Math.max(0, Math.min(100, 0.5 * focus + 30 - 2 * noise - 2 * clippedHighlights + 5 * gauss()));
    return {
      id: index + 1,
      shoot: Math.floor(index / 12),
      grade: Math.max(0, Math.min(100, 0.6 * technical + 20 + 0.15 * colorfulness + 6 * gauss())),
      technical,
      measures: {
        focus,
        subjectFocus,
        backgroundFocus,
        brightness,
        colorfulness,
        contrast,
        noise,
        clippedHighlights,
        castRed: warm,
        castBlue: -warm,
        subjectSpread: Math.max(0, 20 + 8 * gauss()),
        dynamicRange: Math.max(1, 6 + 1.5 * gauss()),
      },
      dimensions: null,
      width: random() < 0.35 ? 4000 : 6000,
      height: 4000,
      iso: 100 * 2 ** Math.floor(random() * 6),
      aperture: 1.8 * 2 ** (random() * 3),
      shutter: 2 ** -(4 + random() * 6),
      focal: 24 * 2 ** (random() * 3),
      takenAt: index * 60_000,
      faces: null,
    };
  });
}

const measure = (photo: TastePhoto, name: string): number => Number(photo.measures?.[name] ?? 0);

const PHOTOGRAPHERS: Record<string, (photo: TastePhoto) => number> = {
  'of dark, quiet pictures': (photo) => -measure(photo, 'brightness') / 34 - measure(photo, 'colorfulness') / 22,
  'of strong color and light': (photo) =>
    measure(photo, 'colorfulness') / 18 + measure(photo, 'brightness') / 45 + measure(photo, 'castRed') / 0.4,
  'of blurred backgrounds': (photo) =>
    (measure(photo, 'subjectFocus') - measure(photo, 'backgroundFocus')) / 18 - Math.log2(photo.aperture ?? 4) / 1.5,
  'who goes by the grade alone': (photo) => (photo.grade ?? 0) / 8,
};

/** Half of the photos are picked, half rejected, by a score with a little doubt. */
function marksBy(
  photos: readonly (TastePhoto & { shoot: number })[],
  score: (photo: TastePhoto) => number,
  doubt: number,
  seed: number,
): Marked[] {
  const random = seededRandom(seed);
  const scored = photos.map((photo) => ({ photo, value: score(photo) + doubt * (random() + random() - 1) }));
  const middle = scored.map(({ value }) => value).sort((a, b) => a - b)[Math.floor(scored.length / 2)]!;
  return scored.map(({ photo, value }) => ({
    photo,
    liking: value >= middle ? 0.6 : -1,
    shoot: `shoot ${photo.shoot}`,
    moment: null,
  }));
}

/** Share of pairs of a liked and a disliked photo that a score puts right. */
function pairsRight(marked: readonly Marked[], score: (photo: TastePhoto) => number): number {
  const liked = marked.filter(({ liking }) => liking > 0).map(({ photo }) => score(photo));
  const not = marked.filter(({ liking }) => liking <= 0).map(({ photo }) => score(photo));
  let right = 0;
  for (const one of liked) for (const other of not) right += one > other ? 1 : one === other ? 0.5 : 0;
  return right / (liked.length * not.length);
}

const gradeOf = (photo: TastePhoto): number => photo.grade ?? 0;
/** What the app would sort by. */
const used = (learned: Learned): ((photo: TastePhoto) => number) => {
  if (learned.model === null) return gradeOf;
  const read = tasteReader(learned.model);
  return (photo) => read(photo) ?? 0;
};

describe.each(Object.entries(PHOTOGRAPHERS))('a photographer %s', (_name, score) => {
  test.each([1, 2, 3])(
    'after 100 marks .85 of unseen pairs are right, and never fewer than by the grade (%i)',
    (seed) => {
      const photos = madePhotos(700, seed);
      const learned = learn(marksBy(photos.slice(0, 100), score, 0.5, seed + 10));
      const unseen = marksBy(photos.slice(100), score, 0.5, seed + 20);
      const accuracy = pairsRight(unseen, used(learned));
      const generic = pairsRight(unseen, gradeOf);
      expect(accuracy).toBeGreaterThanOrEqual(0.85);
      expect(accuracy).toBeGreaterThanOrEqual(generic - 0.01);
      // It says of itself what is true.
      if (learned.ready) expect(Math.abs(learned.accuracy! - accuracy)).toBeLessThan(0.12);
    },
  );
});

test('whose marks are random is recognised, and the grade stays', () => {
  const photos = madePhotos(700, 5);
  let used_ = 0;
  for (let seed = 1; seed <= 20; seed++) {
    const random = seededRandom(seed);
    const learned = learn(marksBy(photos.slice(0, 100), () => random(), 0, seed));
    expect(learned.accuracy).toBeLessThan(0.72);
    if (learned.ready) used_++;
    else expect(learned.text).toMatch(/^Not used/);
  }
  // Chance may look like a taste now and then.
  expect(used_).toBeLessThanOrEqual(1);
});

test('nothing is learned from fewer than 20 marks, or from marks that all say the same', () => {
  const photos = madePhotos(60, 3);
  const score = PHOTOGRAPHERS['of dark, quiet pictures']!;
  expect(learn(marksBy(photos.slice(0, 19), score, 0, 1))).toMatchObject({ marks: 19, ready: false, accuracy: null });
  const same = marksBy(photos, score, 0, 1).map((one) => ({ ...one, liking: 1 }));
  expect(learn(same)).toMatchObject({ marks: 60, ready: false, accuracy: null });
});

test('what speaks for a photo is named', () => {
  const learned = learn(marksBy(madePhotos(200, 4), PHOTOGRAPHERS['of dark, quiet pictures']!, 0.2, 9));
  expect(learned.ready).toBe(true);
  const names = learned.features.slice(0, 3).map(({ name, weight }) => `${weight > 0 ? '+' : '-'} ${name}`);
  expect(names).toContain('- Median brightness');
  expect(names).toContain('- Colorfulness');
});

test('10,000 marks are learned from in less than two seconds', () => {
  const marked = marksBy(madePhotos(10_000, 6), PHOTOGRAPHERS['of strong color and light']!, 0.5, 3);
  const began = process.cpuUsage();
  learn(marked);
  const { user, system } = process.cpuUsage(began);
  expect((user + system) / 1000).toBeLessThan(2000);
});

test('ridge finds the weights of a line, and shrinks them by its penalty as the closed form says', () => {
  const random = seededRandom(3);
  const sums = new Sums(2);
  let xx = 0;
  let xy = 0;
  for (let row = 0; row < 50; row++) {
    const x = random() - 0.5;
    const other = random() - 0.5;
    sums.add([x, other], 3 * x - 2 * other, 1);
    xx += x * x;
    xy += x * 3 * x;
  }
  const exact = solveRidge(sums, 1e-9);
  expect(exact[0]).toBeCloseTo(3, 6);
  expect(exact[1]).toBeCloseTo(-2, 6);
  const one = new Sums(1);
  one.xx[0] = xx;
  one.xy[0] = xy;
  expect(solveRidge(one, 5)[0]).toBeCloseTo(xy / (xx + 5), 12);
});
