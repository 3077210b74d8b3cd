import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Contender, compareContenders } from '../../electron/core/critics/comparison.ts';
import type { Critique } from '../../shared/critique.ts';
import type { Evidence, Measures } from '../../shared/facts.ts';
import { levelOf } from '../../shared/grade.ts';
import { MEASURE_FACTS, type MeasureName } from '../../shared/measures.ts';
import { FAULTS } from '../../shared/reasons.ts';

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
