/** How well the critics know a person, as the page and the command line show it. */
import { z } from 'zod';

/** A value with the ends of its 95 % interval. */
const intervalSchema = z.object({ value: z.number(), low: z.number(), high: z.number() });

export const ownEvaluationSchema = z.object({
  /** Photos with a flag, stars or a grade in words. */
  decided: z.int(),
  /** Of all of them, those that the last export of training data held out. */
  heldOut: z.int(),
  critics: z.array(
    z.object({
      critic: z.string(),
      title: z.string(),
      /** Of the decided ones, those that this critic graded. */
      photos: z.int(),
      srcc: intervalSchema.nullable(),
      pairs: intervalSchema.nullable(),
      momentPairs: z.object({ count: z.int(), share: intervalSchema.nullable() }),
      calibration: z.array(
        z.object({ decision: z.int(), photos: z.int(), mean: z.number(), low: z.number(), high: z.number() }),
      ),
    }),
  ),
});
export type OwnEvaluation = z.infer<typeof ownEvaluationSchema>;

/** A decision as people say it. @param decision 0 rejected, 1–5 stars; a pick without stars counts as 4 */
export function decisionText(decision: number): string {
  return decision === 0 ? 'rejected' : decision === 1 ? '1 star' : `${decision} stars`;
}
