/** How well a critic knows a person, against counting by hand. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Decided, LEAST_DECIDED, ownAgreement } from '../../models/evaluate/own.ts';
import { pairAccuracy } from '../../models/evaluate/statistics.ts';

const library = fc
  .array(
    fc.record({
      moment: fc.option(fc.integer({ min: 1, max: 6 })),
      decision: fc.integer({ min: 0, max: 5 }),
      grade: fc.integer({ min: 0, max: 20 }),
    }),
    {
      minLength: LEAST_DECIDED,
      maxLength: 60,
    },
  )
  .map((photos) => ({
    decided: photos.map(({ moment, decision }, index): Decided => ({ photo: index + 1, moment, decision })),
    // The critic has not seen every seventh.
    grades: new Map(photos.flatMap(({ grade }, index) => (index % 7 === 6 ? [] : [[index + 1, grade] as const]))),
  }));

test('pairs of one moment are counted, and no other; every decision has its mean', () => {
  let counted = 0;
  fc.assert(
    fc.property(library, ({ decided, grades }) => {
      const own = ownAgreement(decided, grades);
      const judged = decided.filter(({ photo }) => grades.has(photo));
      expect(own.photos).toBe(judged.length);
      let [right, count] = [0, 0];
      for (const a of judged)
        for (const b of judged) {
          if (a.photo >= b.photo || a.moment === null || a.moment !== b.moment || a.decision === b.decision) continue;
          const [better, worse] = a.decision > b.decision ? [a, b] : [b, a];
          const ahead = grades.get(better.photo)! - grades.get(worse.photo)!;
          right += ahead > 0 ? 1 : ahead === 0 ? 0.5 : 0;
          count++;
        }
      expect(own.momentPairs.count).toBe(count);
      if (count > 0) expect(own.momentPairs.share!.value).toBeCloseTo(right / count, 12);
      counted += count;
      for (const { decision, photos, mean, low, high } of own.calibration) {
        const values = judged.filter((one) => one.decision === decision).map(({ photo }) => grades.get(photo)!);
        expect(photos).toBe(values.length);
        expect(mean).toBeCloseTo(values.reduce((sum, value) => sum + value, 0) / values.length, 9);
        expect(low).toBeGreaterThanOrEqual(Math.min(...values));
        expect(high).toBeLessThanOrEqual(Math.max(...values));
      }
      if (judged.length >= LEAST_DECIDED && own.pairs !== null)
        expect(own.pairs.value).toBeCloseTo(
          pairAccuracy(
            judged.map(({ photo }) => grades.get(photo)!),
            judged.map(({ decision }) => decision),
          ),
          12,
        );
    }),
    { numRuns: 60, seed: 7 },
  );
  expect(counted).toBeGreaterThan(1000);
});

test('too few photos, or all decided alike, say nothing', () => {
  const alike = Array.from({ length: 40 }, (_, index): Decided => ({ photo: index, moment: null, decision: 3 }));
  const grades = new Map(alike.map(({ photo }) => [photo, photo]));
  expect(ownAgreement(alike, grades)).toMatchObject({ photos: 40, srcc: null, pairs: null });
  const few = alike.slice(0, LEAST_DECIDED - 1).map((one) => ({ ...one, decision: one.photo % 3 }));
  expect(ownAgreement(few, grades)).toMatchObject({ srcc: null, pairs: null });
  const known = alike.map((one) => ({ ...one, decision: Math.floor(one.photo / 10) }));
  expect(ownAgreement(known, grades).pairs!.value).toBe(1);
  expect(ownAgreement([], grades)).toMatchObject({ photos: 0, calibration: [] });
});
