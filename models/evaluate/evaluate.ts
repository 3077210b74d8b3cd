/**
 * `keeplight evaluate`: runs a judge over an annotated set and says how well it does, with published figures beside.
 * Resumable (a journal of answers) and deterministic (greedy answers, the file's order, a seeded bootstrap).
 */

import { createHash } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join, normalize } from 'node:path';
import { messageOf } from '../../shared/error-message.ts';
import { ModelError, type ModelErrorCode } from '../model-api.ts';
import {
  AESBENCH_PARTS,
  type AesBenchPart,
  type AesBenchQuestion,
  looksLikeAesBench,
  matchOption,
  readAesBench,
} from './aesbench.ts';
import { EvaluationError } from './failure.ts';
import { type JournalEntry, openJournal } from './journal.ts';
import type { Judge } from './judge.ts';
import { aesBenchTables, agreementTable } from './report.ts';
import type { AesBenchResult, Failure, ScoreResult } from './results.ts';
import { detectScoreFormat, readScores, type ScoredPhoto, type ScoreFormat } from './scores.ts';
import { agreementOf, shareOf } from './statistics.ts';

export type { AesBenchResult, ScoreResult } from './results.ts';

export interface EvaluationOptions {
  /** The annotation file. */
  annotations: string;
  /** Folder of the pictures. */
  images: string;
  /** Folder for the journal, the report and the responses; made where it is missing. */
  output: string;
  judge: Judge;
  /** Default: told from the file. */
  format?: 'aesbench' | ScoreFormat;
  /**
   * File with AesBench's right options, `{"picture": {"AesP": "A) Yes", …}}`, where the annotations come without them.
   * Default: `<annotations>.answers.json` (the ending .json replaced), where there is such a file.
   */
  answers?: string;
  /** File for AesBench's answers in the form in which its challenge takes them. */
  submission?: string;
  /** Of AesBench; default all. */
  parts?: readonly AesBenchPart[];
  /** Only the first so many questions or photos, in the file's order. */
  limit?: number;
  /** Of the bootstrap. Default 1. */
  seed?: number;
  signal?: AbortSignal;
  onProgress?: (progress: { done: number; total: number; secondsLeft: number | null }) => void;
}

export interface Evaluation {
  result: AesBenchResult | ScoreResult;
  /** For people: tables with published figures. */
  text: string;
  /** Files written: the report as JSON and text, and the responses. */
  files: string[];
}

/**
 * @throws EvaluationError for a file that cannot be used or a journal of something else; the signal's reason when
 * stopped (what was answered stays in the journal). A picture that cannot be judged is a failure in the result.
 */
export async function evaluate(options: EvaluationOptions): Promise<Evaluation> {
  options.signal?.throwIfAborted();
  const text = await readFile(options.annotations, 'utf8').catch((error: Error) => {
    throw new EvaluationError(`The annotation file cannot be read: ${error.message}.`);
  });
  const format =
    options.format ?? (looksLikeAesBench(text) ? 'aesbench' : detectScoreFormat(options.annotations, text));
  const evaluation =
    format === 'aesbench' ? await evaluateAesBench(options, text) : await evaluateScores(options, format, text);
  const report = join(options.output, 'report');
  await writeWhole(`${report}.json`, `${JSON.stringify(evaluation.result, null, 2)}\n`);
  await writeWhole(`${report}.txt`, evaluation.text);
  return { ...evaluation, files: [`${report}.json`, `${report}.txt`, ...evaluation.files] };
}

async function evaluateAesBench(options: EvaluationOptions, text: string): Promise<Evaluation> {
  const answersFile = options.answers ?? options.annotations.replace(/(\.json)?$/i, '.answers.json');
  const answers = await readFile(answersFile, 'utf8').catch((error: Error) => {
    if (options.answers === undefined) return null;
    throw new EvaluationError(`The file of answers cannot be read: ${error.message}.`);
  });
  const file = readAesBench(text, options.parts ?? AESBENCH_PARTS, answers);
  const questions = file.questions.slice(0, options.limit);
  const keyOf = (question: AesBenchQuestion) => `${question.part} ${question.image}`;
  const entries = await judgeAll(options, text, questions, keyOf, async (question) => ({
    answer: await options.judge.answer(pathOf(options.images, question.image), question.prompt, options.signal),
  }));

  const tallies: Partial<Record<AesBenchPart, Map<string, { right: number; count: number }>>> = {};
  const result: AesBenchResult = {
    kind: 'aesbench',
    judge: options.judge.name,
    accuracy: {},
    unmatched: 0,
    withoutAnswer: 0,
    answersByWording: 0,
    withoutDimension: questions.filter(({ part, dimension }) => dimension === null && /^Aes[PE]$/.test(part)).length,
    oddities: file.oddities,
    asked: questions.length,
    failures: failuresOf(questions, entries, keyOf),
  };
  for (const question of questions) {
    const response = entries.get(keyOf(question))?.answer;
    if (response === undefined || question.part === 'AesI') continue;
    const chosen = matchOption(response, question.options);
    if (chosen === null) result.unmatched++;
    if (question.answer === null) {
      result.withoutAnswer++;
      continue;
    }
    if (question.answerByWording) result.answersByWording++;
    tallies[question.part] ??= new Map();
    const tally = tallies[question.part]!;
    for (const column of [question.dimension, question.source, question.questionType, 'Overall']) {
      if (column === null) continue;
      const cell = tally.get(column) ?? { right: 0, count: 0 };
      tally.set(column, { right: cell.right + (chosen === question.answer ? 1 : 0), count: cell.count + 1 });
    }
  }
  for (const [part, tally] of Object.entries(tallies) as [
    AesBenchPart,
    Map<string, { right: number; count: number }>,
  ][])
    result.accuracy[part] = Object.fromEntries(
      [...tally].map(([column, { right, count }]) => [column, { ...shareOf(right, count), count }]),
    );

  // Responses in the form in which AesBench's authors take submissions: one file a part.
  const files: string[] = [];
  for (const part of AESBENCH_PARTS) {
    const responses: Record<string, Record<string, string>> = {};
    for (const question of questions) {
      const answer = entries.get(keyOf(question))?.answer;
      if (question.part === part && answer !== undefined)
        responses[question.image] = { [`${part === 'AesA' ? 'AesA1' : part}_response`]: answer };
    }
    if (Object.keys(responses).length === 0) continue;
    const file = join(options.output, `${part}-responses.json`);
    await writeWhole(file, `${JSON.stringify(responses, null, 2)}\n`);
    files.push(file);
  }
  if (options.submission !== undefined) {
    await writeWhole(options.submission, `${JSON.stringify(submissionOf(questions, entries, keyOf), null, 2)}\n`);
    files.push(options.submission);
  }
  return { result, text: aesBenchTables(result), files };
}

/** What the challenge takes: the option as the file has it, of AesA its word alone; else what the model said. */
function submissionOf(
  questions: readonly AesBenchQuestion[],
  entries: ReadonlyMap<string, JournalEntry>,
  keyOf: (question: AesBenchQuestion) => string,
): Record<string, Record<string, string>> {
  const pictures: Record<string, Record<string, string>> = {};
  for (const question of questions) {
    const response = entries.get(keyOf(question))?.answer;
    if (response === undefined || question.part === 'AesI') continue;
    const letter = matchOption(response, question.options);
    const chosen = question.options.find((option) => option.letter === letter);
    pictures[question.image] ??= {};
    pictures[question.image]![question.part === 'AesA' ? 'AesA1' : question.part] = !chosen
      ? response
      : question.part === 'AesA'
        ? chosen.text.toLowerCase()
        : `${chosen.written}) ${chosen.text}`;
  }
  return pictures;
}

async function evaluateScores(options: EvaluationOptions, format: ScoreFormat, text: string): Promise<Evaluation> {
  const photos = readScores(format, text).slice(0, options.limit);
  const keyOf = (photo: ScoredPhoto) => photo.image;
  const entries = await judgeAll(options, text, photos, keyOf, async (photo) => ({
    grade: await options.judge.grade(pathOf(options.images, photo.image), options.signal),
  }));
  const judged = photos.filter((photo) => entries.get(photo.image)?.grade !== undefined);
  const predicted = judged.map((photo) => entries.get(photo.image)!.grade!);
  const result: ScoreResult = {
    kind: 'scores',
    format,
    judge: options.judge.name,
    agreement: agreementOf(
      predicted,
      judged.map((photo) => photo.score),
      options.seed ?? 1,
    ),
    failures: failuresOf(photos, entries, keyOf),
  };
  return { result, text: agreementTable(result), files: [] };
}

/** After these the model answers nothing any more, so the photo is not to blame. */
const FATAL: readonly ModelErrorCode[] = ['closed', 'no-bridge', 'bad-file', 'mismatch', 'memory'];

/** Asks for everything that the journal does not hold yet, in order; one bad picture never stops the rest. */
async function judgeAll<Item extends { image: string }>(
  options: EvaluationOptions,
  annotations: string,
  items: readonly Item[],
  keyOf: (item: Item) => string,
  judge: (item: Item) => Promise<Pick<JournalEntry, 'answer' | 'grade'>>,
): Promise<Map<string, JournalEntry>> {
  const data = createHash('sha256').update(annotations).digest('hex');
  const journal = await openJournal(join(options.output, 'answers.jsonl'), `${options.judge.identity} ${data}`);
  const entries = new Map(journal.known);
  const begun = performance.now();
  let answered = 0;
  try {
    for (const [index, item] of items.entries()) {
      options.signal?.throwIfAborted();
      const key = keyOf(item);
      if (!entries.has(key)) {
        let entry: JournalEntry;
        try {
          entry = { key, ...(await judge(item)) };
        } catch (error) {
          options.signal?.throwIfAborted();
          if (error instanceof ModelError && FATAL.includes(error.code)) throw error;
          entry = { key, failure: messageOf(error) };
        }
        await journal.add(entry);
        entries.set(key, entry);
        answered++;
      }
      const seconds = (performance.now() - begun) / 1000;
      const left = items.length - index - 1;
      options.onProgress?.({
        done: index + 1,
        total: items.length,
        secondsLeft: answered > 0 ? (seconds / answered) * left : null,
      });
    }
  } finally {
    await journal.close();
  }
  return entries;
}

function failuresOf<Item extends { image: string }>(
  items: readonly Item[],
  entries: ReadonlyMap<string, JournalEntry>,
  keyOf: (item: Item) => string,
): Failure[] {
  return items.flatMap((item) => {
    const reason = entries.get(keyOf(item))?.failure;
    return reason === undefined ? [] : [{ image: item.image, reason }];
  });
}

/** The picture's path, which must lie below the folder. */
function pathOf(folder: string, image: string): string {
  const inside = normalize(image.replaceAll('\\', '/'));
  if (inside.startsWith('..') || inside.startsWith('/') || /^[A-Za-z]:/.test(inside) || inside.includes('\0'))
    throw new EvaluationError(`${image.slice(0, 80)} does not lie in the folder of pictures.`);
  return join(folder, inside);
}

async function writeWhole(path: string, text: string): Promise<void> {
  await writeFile(`${path}.partial`, text);
  await rename(`${path}.partial`, path);
}
