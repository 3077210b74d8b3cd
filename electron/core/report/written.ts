/**
 * A report in the words of the writer model: it is given the report's own facts, and of what it says only sentences stay
 * whose every number stands in them. Pure but for the model, which is handed in.
 */
import type { ShootReport } from '../../../shared/report.ts';

/** What asks the chosen model about a photo; the photo is looked at, because vision models want one. */
export type AskWriter = (
  photo: number,
  request: { question: string; evidence: readonly string[]; maximumTokens: number },
  signal: AbortSignal | undefined,
) => Promise<{ text: string; by: string }>;

const MOST_FACTS = 14;
const MOST_SENTENCES = 5;
const MOST_TOKENS = 220;
const QUESTION =
  'The facts are about a whole shoot, of which this is the strongest frame. In three or four short sentences tell the ' +
  'photographer what went well and what to work on next time. Use only the facts, and say their numbers.';

/** The sentences of a report that carry its numbers, heaviest first. */
export function factsOf(report: ShootReport): string[] {
  return [
    report.summary,
    ...report.numbers.map(({ value, label }) => `${label}: ${value}.`),
    ...report.weaknesses.map(({ count, title, detail }) => `${count} frames: ${title} ${detail}`),
    ...report.next.map(({ text, evidence }) => `${text} (${evidence})`),
    ...report.answered.map(({ title, count }) => `${count} frames: ${title}.`),
    ...(report.timeline === null ? [] : [report.timeline.caption]),
  ].slice(0, MOST_FACTS);
}

/** `12`, `1/125`, `19:48`, `1,204`, `58 %`; not the digits of a word such as `f2x`. */
const NUMBER = /(?<![\w.])\d[\d,]*(?:[./:]\d+)*/g;
const numbersIn = (text: string): string[] => (text.match(NUMBER) ?? []).map((number) => number.replaceAll(',', ''));

/** Of a model's text what can be held against the facts: sentences with a number, each number among the facts'. */
export function checkedSentences(text: string, facts: readonly string[]): { sentences: string[]; dropped: number } {
  const known = new Set(facts.flatMap(numbersIn));
  const all = text
    .replace(/\s+/g, ' ')
    .split(/(?<=[.!?])\s+(?=[\p{Lu}\d])/u)
    .map((sentence) => sentence.trim())
    .filter((sentence) => /[.!?]$/.test(sentence));
  const sentences = all.filter((sentence) => {
    const numbers = numbersIn(sentence);
    return numbers.length > 0 && numbers.every((number) => known.has(number));
  });
  return { sentences: [...new Set(sentences)].slice(0, MOST_SENTENCES), dropped: all.length - sentences.length };
}

/** @throws what the model's engine throws: without a model, or when it dies; the signal's reason. */
export async function writtenReport(
  report: ShootReport,
  ask: AskWriter,
  signal: AbortSignal | undefined,
): Promise<NonNullable<ShootReport['words']>> {
  const facts = factsOf(report);
  const photo = report.best.pictures[0]?.id ?? report.weaknesses[0]?.examples[0]?.id;
  if (photo === undefined) return { by: '', sentences: [], dropped: 0 };
  const { text, by } = await ask(photo, { question: QUESTION, evidence: facts, maximumTokens: MOST_TOKENS }, signal);
  return { by, ...checkedSentences(text, facts) };
}
