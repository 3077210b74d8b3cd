/** From the logits of the level words to a grade. */
import {
  confidenceOf,
  DIMENSIONS,
  type Dimension,
  gradeOf,
  type LevelProbabilities,
  levelOf,
} from '../../shared/grade.ts';
import type { GradeResult } from '../model-api.ts';
import { JUDGEMENTS, type Judgement } from './prompts.ts';

/** Logits of the five level words, best first. */
export type LevelLogits = readonly number[];

/** What one look at the level words gave. */
export interface Reading {
  logits: LevelLogits;
  /** Share of all words that the five take together, 0–1; 1 where it is not known. */
  mass: number;
}

/** Softmax over the five words, no bias subtracted. */
export function plainProbabilities(logits: LevelLogits): LevelProbabilities {
  const highest = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - highest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum) as unknown as LevelProbabilities;
}

/** What a model says of pictures that show nothing: the words it prefers anyway, to be subtracted. One a judgement. */
export type Bias = Readonly<Record<Judgement, LevelLogits>>;

/** @param readings of each null image. @returns mean log-probabilities, centred so that they sum to 0. */
export function biasFrom(readings: readonly Readonly<Record<Judgement, Reading>>[]): Bias {
  const bias = {} as Record<Judgement, number[]>;
  for (const judgement of JUDGEMENTS) {
    const mean = [0, 0, 0, 0, 0];
    for (const reading of readings)
      for (const [index, probability] of plainProbabilities(reading[judgement].logits).entries())
        mean[index]! += Math.log(Math.max(probability, 1e-9)) / readings.length;
    const centre = mean.reduce((sum, value) => sum + value, 0) / mean.length;
    bias[judgement] = mean.map((value) => value - centre);
  }
  return bias;
}

/** Probabilities of the five levels with the model's bias taken off. */
export function fairProbabilities(logits: LevelLogits, bias: LevelLogits | null): LevelProbabilities {
  return plainProbabilities(bias ? logits.map((logit, index) => logit - bias[index]!) : logits);
}

/** The numbers of a grade; the caller adds features, times and trace. */
export function scoreReadings(
  readings: Readonly<Record<Judgement, Reading>>,
  bias: Bias | null,
): Pick<GradeResult, 'value' | 'level' | 'confidence' | 'probabilities' | 'dimensions' | 'mass'> {
  const of = (judgement: Judgement) => fairProbabilities(readings[judgement].logits, bias?.[judgement] ?? null);
  const probabilities = of('overall');
  const value = clamp(gradeOf(probabilities));
  const dimensions = {} as Record<Dimension, { value: number; probabilities: LevelProbabilities }>;
  for (const dimension of DIMENSIONS) {
    const own = of(dimension);
    dimensions[dimension] = { value: clamp(gradeOf(own)), probabilities: own };
  }
  return {
    value,
    level: levelOf(value),
    confidence: Math.min(1, Math.max(0, confidenceOf(probabilities))),
    probabilities,
    dimensions,
    mass: readings.overall.mass,
  };
}

/** Rounding may leave a hair above 100. */
function clamp(grade: number): number {
  return Math.min(100, Math.max(0, grade));
}
