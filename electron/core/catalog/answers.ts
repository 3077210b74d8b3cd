/** What people answered to reasons that were given for photos. */
import type { Answer } from '../../../shared/culling.ts';
import { type Catalog, query } from './open.ts';

export type AnswerRow = {
  answer: Answer;
  /** In the person's own words; empty when they said none. */
  word: string;
  /** JSON: the sentence that was answered, with its numbers. */
  evidence: string;
};

export type Answered = { photo: number; reason: string; answer: Answer; word: string };

/** Answered reasons of these photos. */
export function answersOf(catalog: Catalog, ids: readonly number[]): Answered[] {
  return query<Answered>(
    catalog,
    `SELECT a.photo_id AS photo, a.reason, a.answer, a.word FROM json_each(?) j JOIN answer a ON a.photo_id = j.value`,
  ).all(JSON.stringify(ids));
}

/** What was answered to this reason of each of these photos that exist; null where nothing was. */
export function answersTo(catalog: Catalog, ids: readonly number[], reason: string): Map<number, AnswerRow | null> {
  const rows = query<{ id: number } & Partial<AnswerRow>>(
    catalog,
    `SELECT p.id, a.answer, a.word, a.evidence FROM json_each(?) j JOIN photo p ON p.id = j.value
     LEFT JOIN answer a ON a.photo_id = p.id AND a.reason = ?`,
  ).all(JSON.stringify(ids), reason);
  return new Map(
    rows.map(({ id, answer, word, evidence }) => [
      id,
      answer ? { answer, word: word ?? '', evidence: evidence ?? '{}' } : null,
    ]),
  );
}

/** Part of the caller's transaction. @param row null takes the answer back */
export function writeAnswer(catalog: Catalog, photo: number, reason: string, row: AnswerRow | null, now: number): void {
  if (row === null) {
    query(catalog, 'DELETE FROM answer WHERE photo_id = ? AND reason = ?').run(photo, reason);
    return;
  }
  query(
    catalog,
    `INSERT INTO answer (photo_id, reason, answer, word, evidence, created_at) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (photo_id, reason) DO UPDATE SET answer = excluded.answer, word = excluded.word,
       evidence = excluded.evidence, created_at = excluded.created_at`,
  ).run(photo, reason, row.answer, row.word, row.evidence, now);
}
