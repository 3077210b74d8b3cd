/**
 * The five aesthetic levels and what follows from them. Every number a person sees (grade, level, stars) is
 * computed here and nowhere else.
 * Source: Q-Align (Wu et al., 2023) for the level words and their equally spaced weights.
 */

export const LEVELS = ['excellent', 'good', 'fair', 'poor', 'bad'] as const;
export type Level = (typeof LEVELS)[number];

/** Probabilities of the five levels, in the order of LEVELS; they sum to 1. */
export type LevelProbabilities = readonly [number, number, number, number, number];

const WEIGHTS: LevelProbabilities = [1, 0.75, 0.5, 0.25, 0];

/** Lowest grade (0–100) of each level, in the order of LEVELS: five bands of twenty. */
export const LEVEL_FLOORS: Readonly<Record<Level, number>> = { excellent: 80, good: 60, fair: 40, poor: 20, bad: 0 };

/** Expected level as a grade, 0–100. @param probabilities in the order of LEVELS, summing to 1. */
export function gradeOf(probabilities: LevelProbabilities): number {
  return 100 * probabilities.reduce((sum, probability, index) => sum + probability * WEIGHTS[index]!, 0);
}

/** The level whose band holds the grade. @param grade 0–100. */
export function levelOf(grade: number): Level {
  return LEVELS.find((level) => grade >= LEVEL_FLOORS[level]) ?? 'bad';
}

/** 1 minus the normalised entropy of the five probabilities: 0 = no idea, 1 = certain. */
export function confidenceOf(probabilities: LevelProbabilities): number {
  const entropy = probabilities.reduce((sum, p) => (p > 0 ? sum - p * Math.log(p) : sum), 0);
  return 1 - entropy / Math.log(LEVELS.length);
}

/** AesBench's eight dimensions, perception first, then empathy. */
export const DIMENSIONS = [
  'technical',
  'light',
  'composition',
  'content',
  'emotion',
  'interest',
  'uniqueness',
  'vibe',
] as const;
export type Dimension = (typeof DIMENSIONS)[number];

export const DIMENSION_LABELS: Readonly<Record<Dimension, string>> = {
  technical: 'Technical',
  light: 'Light & color',
  composition: 'Composition',
  content: 'Content',
  emotion: 'Emotion',
  interest: 'Interest',
  uniqueness: 'Uniqueness',
  vibe: 'Vibe',
};

/** A dimension in a critic's own words: what the measured one grades as a whole is technical quality already. */
export function dimensionLabel(dimension: Dimension, critic: string): string {
  return critic === 'measured' && dimension === 'technical' ? 'Detail & noise' : DIMENSION_LABELS[dimension];
}
