/** What a slow grader would say of a photo, estimated from what its vision tower saw: never a grade, and never shown as one. */
import { z } from 'zod';
import { LEVELS } from './grade.ts';

/** Agreement with the grader on photos held out, from which on estimates are used. */
export const LEAST_AGREEMENT = 0.6;

export const gradeEstimateSchema = z.object({
  /** 0–100. */
  value: z.number(),
  level: z.enum(LEVELS),
  /** The grader that is estimated. */
  critic: z.string(),
  /** Spearman's rank correlation with its grades, on graded photos that were held out; LEAST_AGREEMENT–1. */
  agreement: z.number(),
  /** Photos that it was learned from. */
  graded: z.number(),
});
export type GradeEstimate = z.infer<typeof gradeEstimateSchema>;

/** `agrees .87 with AesExpert on 214 graded photos`. @param title the grader's name for people */
export function agreementText(
  { agreement, graded }: Pick<GradeEstimate, 'agreement' | 'graded'>,
  title: string,
): string {
  const share = agreement >= 0.995 ? '1' : agreement.toFixed(2).replace(/^0/, '');
  return `agrees ${share} with ${title} on ${graded.toLocaleString('en')} graded photos`;
}

/** What an estimate is, in a sentence. */
export function estimateSentence(estimate: GradeEstimate, title: string): string {
  return `estimated, not graded yet; what is estimated ${agreementText(estimate, title)}`;
}
