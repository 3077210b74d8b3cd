/** What a model wrote of a photo, held against its measures. */
import { z } from 'zod';

export const contradictionSchema = z.object({
  /** The sentence as it was written, without its references. */
  sentence: z.string(),
  /** What was measured instead, for people. */
  text: z.string(),
  /** The reason that says it (reasons.ts); null where a number, or a measure alone, does. */
  reason: z.string().nullable(),
});
export type Contradiction = z.infer<typeof contradictionSchema>;

/** The words of a sentence alone: what a text and a mark on it are matched by. */
export function wordsOfSentence(sentence: string): string {
  return sentence
    .replaceAll(/\s?\[\d{1,2}\]/g, '')
    .replaceAll(/\*\*|__/g, '')
    .replace(/^\s*(?:[-*•]|\d{1,2}[.)])\s+/, '')
    .replaceAll(/\s+/g, ' ')
    .replace(/[.!?\s]+$/, '')
    .trim();
}

/** `2 of 9 sentences contradict what was measured`. */
export function checkedText(sentences: number, contradicted: number): string {
  const all = `${sentences} ${sentences === 1 ? 'sentence' : 'sentences'}`;
  if (contradicted === 0) return `${all} checked: none contradicts what was measured`;
  return `${contradicted} of ${all} ${contradicted === 1 ? 'contradicts' : 'contradict'} what was measured`;
}
