/** Logits of the level words to a grade, without a model: by hand where numbers are round, else by what must hold. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  biasFrom,
  fairProbabilities,
  type LevelLogits,
  plainProbabilities,
  type Reading,
  scoreReadings,
} from '../../models/runtime/level-scores.ts';
import { JUDGEMENTS, type Judgement } from '../../models/runtime/prompts.ts';

const reading = (logits: LevelLogits, mass = 1): Reading => ({ logits, mass });
const readings = (of: (judgement: Judgement) => Reading) =>
  Object.fromEntries(JUDGEMENTS.map((judgement) => [judgement, of(judgement)])) as Record<Judgement, Reading>;
const logarithms = (...shares: number[]) => shares.map((share) => Math.log(share));
const anyLogits = fc.array(fc.integer({ min: -30, max: 30 }), { minLength: 5, maxLength: 5 });

describe('scores of the level words', () => {
  test('are shares of the powers, wherever the logits lie', () => {
    for (const far of [0, 900, -900]) {
      const shares = plainProbabilities(logarithms(8, 4, 2, 1, 1).map((logit) => logit + far));
      for (const [index, share] of [0.5, 0.25, 0.125, 0.0625, 0.0625].entries())
        expect(shares[index]).toBeCloseTo(share, 10);
    }
  });

  test('lose what the model prefers anyway: the mean of the logarithms over the null images, centred', () => {
    const bias = biasFrom([
      readings(() => reading(logarithms(8, 4, 2, 1, 1))),
      readings(() => reading(logarithms(2, 4, 8, 1, 1))),
    ]);
    for (const judgement of JUDGEMENTS) {
      expect(bias[judgement].reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 10);
      // Logarithms of 2: 3 and 1, 2 and 2, 1 and 3, 0, 0 have means of 2, 2, 2, 0, 0, that is 1.2 in the mean.
      for (const [index, power] of [0.8, 0.8, 0.8, -1.2, -1.2].entries())
        expect(bias[judgement][index]).toBeCloseTo(power * Math.LN2, 10);
    }
    expect(fairProbabilities([3, 1, 0, 0, 0], null)).toEqual(plainProbabilities([3, 1, 0, 0, 0]));
    expect(fairProbabilities([3, 1, 0, 0, 0], [3, 1, 0, 0, 0])).toEqual([0.2, 0.2, 0.2, 0.2, 0.2]);
  });

  test('of a null image that rules a word out stay finite', () => {
    const bias = biasFrom([readings(() => reading([0, -2000, -2000, -2000, -2000]))]);
    const floor = Math.log(1e-9);
    expect(bias.overall[0]).toBeCloseTo(-0.8 * floor, 6);
    expect(bias.overall[4]).toBeCloseTo(0.2 * floor, 6);
  });

  test('give the grade of the words, each judgement by its own and less its own bias', () => {
    const sure = (level: number) => [0, 1, 2, 3, 4].map((index) => (index === level ? 800 : 0));
    const said = readings((judgement) =>
      reading(sure(judgement === 'overall' ? 1 : 3), judgement === 'overall' ? 0.7 : 0.1),
    );
    const score = scoreReadings(said, null);
    expect(score).toMatchObject({ value: 75, level: 'good', confidence: 1, mass: 0.7, probabilities: [0, 1, 0, 0, 0] });
    for (const dimension of Object.values(score.dimensions))
      expect(dimension).toEqual({ value: 25, probabilities: [0, 0, 0, 1, 0] });

    expect(
      scoreReadings(
        readings(() => reading(sure(4))),
        null,
      ),
    ).toMatchObject({ value: 0, level: 'bad' });
    expect(
      scoreReadings(
        readings(() => reading(sure(0))),
        null,
      ),
    ).toMatchObject({ value: 100, level: 'excellent' });

    const bias = { ...biasFrom([said]), overall: sure(1), light: [0, 0, 0, 900, 0] };
    const fair = scoreReadings(said, bias);
    expect(fair.value).toBeCloseTo(50, 10);
    expect(fair.level).toBe('fair');
    expect(fair.confidence).toBeCloseTo(0, 10);
    // Of the five words only the fourth is ruled out.
    expect(fair.dimensions.light.value).toBeCloseTo(56.25, 10);
  });

  test('are in their ranges and in sum 1, for whatever a model says', () => {
    fc.assert(
      fc.property(anyLogits, anyLogits, (logits, other) => {
        const bias = biasFrom([readings(() => reading(other))]);
        const score = scoreReadings(
          readings(() => reading(logits)),
          bias,
        );
        expect(score.probabilities.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 10);
        expect(score.value >= 0 && score.value <= 100 && score.confidence >= 0 && score.confidence <= 1).toBe(true);
      }),
      { seed: 8 },
    );
  });
});
