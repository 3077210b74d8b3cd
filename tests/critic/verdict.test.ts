import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Contender, compareContenders } from '../../electron/core/critics/comparison.ts';
import type { Critique } from '../../shared/critique.ts';
import type { Evidence, Measures } from '../../shared/facts.ts';
import { levelOf } from '../../shared/grade.ts';
import { MEASURE_FACTS, type MeasureName } from '../../shared/measures.ts';
import { FAULTS } from '../../shared/reasons.ts';

fc.configureGlobal({ seed: 4103 });

const NEUTRAL: Measures = {
  ...(Object.fromEntries(Object.keys(MEASURE_FACTS).map((name) => [name, 20])) as Record<MeasureName, number>),
  evidence: Object.fromEntries(FAULTS.map((fault) => [fault, -5])) as Evidence,
  motionDirection: null,
  tilt: null,
  focusTiles: '0'.repeat(256),
  dHash: '0'.repeat(16),
  pHash: '0'.repeat(16),
};

function critiqueOf(value: number, dimensions: Critique['dimensions'] = {}): Critique {
  return {
    critic: 'some-model',
    modelHash: 'hash',
    promptVersion: '1',
    value,
    level: levelOf(value),
    confidence: 0.5,
    probabilities: null,
    dimensions,
    technical: null,
    reasons: [],
    suggestions: [],
    text: null,
    writer: null,
    createdAt: 0,
  };
}

const contender = (id: number, value: number, measures: Partial<Measures> = {}, stack: number | null = null) =>
  ({ id, critique: critiqueOf(value), measures: { ...NEUTRAL, ...measures }, stack }) satisfies Contender;

const anyContender = fc
  .record({
    value: fc.integer({ min: 0, max: 100 }),
    subjectFocus: fc.integer({ min: 0, max: 100 }),
    clippedHighlights: fc.integer({ min: 0, max: 30 }),
    tilt: fc.option(fc.integer({ min: -10, max: 10 })),
    tiltAgreement: fc.integer({ min: 0, max: 100 }),
    noise: fc.integer({ min: 0, max: 30 }),
  })
  .map(({ value, ...measures }) => ({ value, measures }));

describe('A over B', () => {
  test('names the clearly better grade and says by how much', () => {
    const verdict = compareContenders([contender(11, 48), contender(12, 71)], 'some-model');
    expect(verdict.winner).toBe(12);
    expect(verdict.text).toMatch(/^B over A\./);
    expect(verdict.text).toContain('A 48 and B 71');
  });

  test('inside a burst the sharper frame wins over a slightly better model grade', () => {
    const soft = contender(1, 63, { subjectFocus: 40 }, 5);
    const sharp = contender(2, 61, { subjectFocus: 71 }, 5);
    const verdict = compareContenders([soft, sharp], 'some-model');
    expect(verdict.winner).toBe(2);
    expect(verdict.text).toContain('sharpest at the subject (71 against 40)');
  });

  test('twins are too close to call', () => {
    const verdict = compareContenders([contender(1, 55), contender(2, 55), contender(3, 55)], 'some-model');
    expect(verdict.winner).toBeNull();
    expect(verdict.text).toMatch(/^Too close to call\./);
  });

  test('a photo that was never looked at is not judged', () => {
    const verdict = compareContenders(
      [contender(1, 80), { id: 2, critique: null, measures: null, stack: null }],
      'measured',
    );
    expect(verdict.winner).toBeNull();
    expect(verdict.text).toContain('not been looked at');
  });

  test.each([
    { name: 'subjectFocus', sound: { subjectFocus: 60 }, worse: { subjectFocus: 30 } },
    { name: 'motion', sound: { motion: 5 }, worse: { motion: 35 } },
    { name: 'clippedHighlights', sound: { clippedHighlights: 0 }, worse: { clippedHighlights: 10 } },
    { name: 'blockedShadows', sound: { blockedShadows: 0 }, worse: { blockedShadows: 30 } },
    { name: 'tilt', sound: { tilt: 0, tiltAgreement: 90 }, worse: { tilt: -5, tiltAgreement: 90 } },
    { name: 'noise', sound: { noise: 2 }, worse: { noise: 12 } },
  ])('of twins the one that is worse in $name alone loses', ({ name, sound, worse }) => {
    const verdict = compareContenders([contender(1, 55, worse), contender(2, 55, sound)], 'some-model');
    expect(verdict.winner).toBe(2);
    expect(verdict.points[0]).toMatchObject({ name, favours: 2 });
  });

  test('what differs most, in steps that a person sees, comes first', () => {
    // 12 points of focus are two such steps, 8 of noise are four.
    const verdict = compareContenders(
      [contender(1, 70, { subjectFocus: 72, noise: 10 }), contender(2, 55, { subjectFocus: 60, noise: 18 })],
      'some-model',
    );
    expect(verdict.points.slice(0, 2).map(({ name }) => name)).toEqual(['noise', 'subjectFocus']);
    expect(verdict.text).toContain(
      'A is the cleanest (10.0 against 18.0) and is the sharpest at the subject (72 against 60).',
    );
  });

  test('a photo that was measured but not graded has no points to start with', () => {
    const ungraded: Contender = { ...contender(2, 0), critique: null };
    expect(compareContenders([contender(1, 50), ungraded], 'some-model').ranking).toEqual([
      { id: 1, score: 50 },
      { id: 2, score: 0 },
    ]);
  });

  test('the winner does not depend on the order in which photos stand', () => {
    fc.assert(
      fc.property(fc.array(anyContender, { minLength: 2, maxLength: 4 }), fc.boolean(), (drawn, burst) => {
        const contenders = drawn.map(({ value, measures }, index) =>
          contender(index + 1, value, measures, burst ? 9 : null),
        );
        const forward = compareContenders(contenders, 'some-model');
        const backward = compareContenders(contenders.toReversed(), 'some-model');
        expect(backward.winner).toBe(forward.winner);
        expect(backward.ranking).toEqual(forward.ranking);
        if (forward.winner !== null) expect(forward.ranking[0]?.id).toBe(forward.winner);
        for (const point of forward.points) expect(point.values).toHaveLength(contenders.length);
      }),
    );
  });

  test('improving a photo in everything never makes it lose', () => {
    fc.assert(
      fc.property(anyContender, anyContender, (first, second) => {
        const rival = contender(2, second.value, second.measures);
        const before = compareContenders([contender(1, first.value, first.measures), rival], 'some-model');
        fc.pre(before.winner === 1);
        const better = contender(1, Math.min(100, first.value + 10), {
          ...first.measures,
          subjectFocus: Math.min(100, first.measures.subjectFocus + 10),
          clippedHighlights: 0,
          noise: 0,
        });
        expect(compareContenders([better, rival], 'some-model').winner).toBe(1);
      }),
    );
  });
});
