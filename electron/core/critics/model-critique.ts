/** What a model's probabilities become in the catalog. */
import type { GradeResult } from '../../../models/model-api.ts';
import type { CriticId, Critique, Reason } from '../../../shared/critique.ts';
import { DIMENSION_LABELS, DIMENSIONS } from '../../../shared/grade.ts';

/** Points of a dimension above or below the grade that make it a reason rather than a wobble. */
const NOTICEABLE = 4;
/** The overall grade is roughly a mean of eight: what one dimension pulls is an eighth of its distance. */
const SHARE = 1 / DIMENSIONS.length;

/**
 * @param measured the measured critique of the same content: a model that looks at 336 pixels cannot see focus,
 *   motion and clipping, so these reasons and the suggestions with numbers are taken over from the pixels.
 */
export function critiqueOfGrade(
  result: GradeResult,
  identity: CriticId,
  measured: Pick<Critique, 'reasons' | 'suggestions'> | null,
  now: number,
): Critique {
  const fromDimensions: Reason[] = DIMENSIONS.flatMap((dimension) => {
    const value = result.dimensions[dimension].value;
    const distance = value - result.value;
    if (Math.abs(distance) < NOTICEABLE) return [];
    const side = distance < 0 ? 'weaker than' : 'stronger than';
    return [
      {
        name: `${distance < 0 ? 'weak' : 'strong'}-${dimension}`,
        weight: distance * SHARE,
        text: `${DIMENSION_LABELS[dimension]} is ${side} the photo as a whole (${value.toFixed(0)} against ${result.value.toFixed(0)}).`,
      },
    ];
  });
  return {
    ...identity,
    value: result.value,
    level: result.level,
    confidence: result.confidence,
    probabilities: [...result.probabilities] as Critique['probabilities'],
    dimensions: Object.fromEntries(
      DIMENSIONS.map((dimension) => {
        const { value, probabilities } = result.dimensions[dimension];
        return [dimension, { value, probabilities: [...probabilities] }];
      }),
    ) as Critique['dimensions'],
    technical: null,
    reasons: [...fromDimensions, ...(measured?.reasons ?? [])].toSorted(
      (a, b) => Math.abs(b.weight) - Math.abs(a.weight),
    ),
    suggestions: measured?.suggestions ?? [],
    text: null,
    writer: null,
    createdAt: now,
  };
}
