/** What an evaluation finds. */
import type { AesBenchFile, AesBenchPart } from './aesbench.ts';
import type { ScoreFormat } from './scores.ts';
import type { Agreement, Interval } from './statistics.ts';

export interface Failure {
  image: string;
  reason: string;
}

export interface AesBenchResult {
  kind: 'aesbench';
  judge: string;
  /** Accuracy by part and column; `Overall` is one of the columns. Only where the file holds answers. */
  accuracy: Partial<Record<AesBenchPart, Record<string, Interval & { count: number }>>>;
  /** Responses that name no option; they count as wrong. */
  unmatched: number;
  /** Questions whose right answer the file keeps back. */
  withoutAnswer: number;
  /** Right options of AesA that the file keeps back and AesI's wording tells. */
  answersByWording: number;
  /** Questions of perception and empathy whose dimension the file does not say. */
  withoutDimension: number;
  /** What is odd in the file, and how often. */
  oddities: AesBenchFile['oddities'];
  asked: number;
  failures: Failure[];
}

export interface ScoreResult {
  kind: 'scores';
  format: ScoreFormat;
  judge: string;
  agreement: Agreement;
  failures: Failure[];
}
