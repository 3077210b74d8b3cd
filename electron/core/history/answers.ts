/** What a person answers to reasons, as steps of the history. */
import type { Answer } from '../../../shared/culling.ts';
import { answersTo } from '../catalog/answers.ts';
import type { Catalog } from '../catalog/open.ts';
import type { AnswerCommand } from './kinds/answer.ts';
import { perform } from './steps.ts';

export type AnswerGiven = {
  photos: readonly { id: number; evidence: string }[];
  reason: string;
  /** The reason for people: `Soft`. */
  label: string;
  /** Null takes it back. */
  answer: Answer | null;
  word: string;
};

/** @returns ids of the photos whose answer is another now */
export function setAnswers(catalog: Catalog, { photos, reason, label, answer, word }: AnswerGiven): number[] {
  const { photos: changed } = perform(catalog, () => {
    const found = answersTo(
      catalog,
      photos.map(({ id }) => id),
      reason,
    );
    const isOther = (given: { answer: Answer; word: string } | null) =>
      (given?.answer ?? null) !== answer || (given !== null && given.word !== word);
    const wanted = photos.filter(({ id }) => found.has(id) && isOther(found.get(id) ?? null));
    if (wanted.length === 0) return [];
    const command: AnswerCommand = {
      kind: 'answer',
      target: { photos: wanted.map(({ id }) => id), reason, label },
      before: wanted.map(({ id }) => found.get(id) ?? null),
      after: wanted.map(({ evidence }) => (answer === null ? null : { answer, word, evidence })),
    };
    return [command];
  });
  return changed === 'all' ? [] : changed;
}
