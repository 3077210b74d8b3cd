/**
 * AesBench: its file, the exact words in which its authors ask, and how an answer is matched with the options.
 * Source: Huang et al., "AesBench" (arXiv 2401.08276) and the evaluation scripts beside it.
 */
import { EvaluationError } from './failure.ts';

/** Perception, empathy, assessment, interpretation. */
export const AESBENCH_PARTS = ['AesP', 'AesE', 'AesA', 'AesI'] as const;
export type AesBenchPart = (typeof AESBENCH_PARTS)[number];

export interface Option {
  letter: string;
  text: string;
}

export interface AesBenchQuestion {
  /** File name of the picture. */
  image: string;
  part: AesBenchPart;
  question: string;
  options: Option[];
  /** The prompt, word for word as the authors' scripts build it. */
  prompt: string;
  /** Letter of the right option; null where the file holds none (AesI, and sets whose answers are kept back). */
  answer: string | null;
  /** Column of the table such as `Technical`; null where the file does not say. */
  dimension: string | null;
  /** NIs, AIs, AGIs; null where the file does not say. */
  source: string | null;
  /** Yes-No, What, How, Why: the file's, else from the question's first word. */
  questionType: string | null;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * @param answers text of a file that holds the right options apart, `{"picture": {"AesP": "A) Yes", "AesA1": "High"}}`:
 * the published questions come without them.
 * @throws EvaluationError naming the first picture whose entry cannot be used.
 */
export function readAesBench(
  text: string,
  parts: readonly AesBenchPart[] = AESBENCH_PARTS,
  answers: string | null = null,
): AesBenchQuestion[] {
  const root = parseFields(text, 'The AesBench file');
  const apart = answers === null ? {} : parseFields(answers, 'The file of answers');
  const questions: AesBenchQuestion[] = [];
  for (const [image, entry] of Object.entries(root)) {
    if (!isFields(entry)) throw new EvaluationError(`The AesBench entry of ${image} is no object.`);
    for (const part of parts) {
      const data = namesOf(part)
        .flatMap((name) => [entry[`${name}_data`], entry[name]])
        .find((value) => value !== undefined && value !== null);
      if (data === undefined) continue;
      if (!isFields(data) || typeof data.Question !== 'string')
        throw new EvaluationError(`${part} of ${image} has no Question.`);
      questions.push(questionOf(image, part, data.Question, data, entry, answerApart(apart[image], part)));
    }
  }
  if (questions.length === 0) throw new EvaluationError(`The AesBench file has no questions of ${parts.join(', ')}.`);
  return questions;
}

/** Whether a JSON text has AesBench's shape rather than a list of scores. */
export function looksLikeAesBench(text: string): boolean {
  return /^\s*\{/.test(text) && /"Aes(P|E|A1?|I)(_data)?"\s*:/.test(text);
}

function questionOf(
  image: string,
  part: AesBenchPart,
  question: string,
  data: Fields,
  entry: Fields,
  answerText: string | null,
): AesBenchQuestion {
  const optionText = typeof data.Options === 'string' ? data.Options : '';
  const options = readOptions(optionText);
  if (part !== 'AesI' && options.length < 2)
    throw new EvaluationError(`${part} of ${image} has no Options such as "A) Yes\\nB) No".`);
  const said = firstText(data, ANSWER_KEYS) ?? answerText;
  const answer = said === null ? null : matchOption(said, options);
  if (said !== null && answer === null && part !== 'AesI')
    throw new EvaluationError(`The answer "${said.slice(0, 60)}" of ${part} of ${image} is none of its options.`);
  return {
    image,
    part,
    question,
    options,
    prompt: promptOf(part, question, optionText),
    answer: part === 'AesI' ? null : answer,
    dimension: columnOf(
      firstText(data, ['Dimension', 'dimension', 'Aspect', 'aspect', 'Category', 'category']),
      DIMENSION_NAMES,
    ),
    source: columnOf(
      firstText(data, ['Source', 'source', 'ImageSource']) ??
        firstText(entry, ['Source', 'source', 'ImageSource', 'ImageType', 'image_type']),
      SOURCE_NAMES,
    ),
    questionType:
      columnOf(firstText(data, ['QuestionType', 'question_type', 'Type', 'type', 'qtype']), TYPE_NAMES) ??
      typeOf(question),
  };
}

const ANSWER_KEYS = ['Answer', 'answer', 'Correct', 'correct', 'GroundTruth', 'label'];

/** Names under which a part stands in files: assessment is called AesA1 there. */
function namesOf(part: AesBenchPart): string[] {
  return part === 'AesA' ? ['AesA1', 'AesA'] : [part];
}

/** What a file of answers says about one question. */
function answerApart(entry: unknown, part: AesBenchPart): string | null {
  if (!isFields(entry)) return null;
  for (const name of namesOf(part))
    for (const value of [entry[name], entry[`${name}_data`]]) {
      if (typeof value === 'string' && value.trim() !== '') return value;
      if (isFields(value)) return firstText(value, ANSWER_KEYS);
    }
  return null;
}

function parseFields(text: string, what: string): Fields {
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch (error) {
    throw new EvaluationError(`${what} is not valid JSON (${(error as Error).message}).`);
  }
  if (!isFields(root)) throw new EvaluationError(`${what} holds no object of pictures.`);
  return root;
}

/** The prompts of eval_AesP.py, eval_AesE.py, eval_AesA1.py and eval_AesI.py. */
export function promptOf(part: AesBenchPart, question: string, options: string): string {
  if (part === 'AesI') return question;
  const closing =
    part === 'AesA' ? 'You should output a correct option.' : 'You should output a correct option without explanation.';
  return `${question} Choose one from the following options:\n${options}\n${closing}`;
}

/** Lines such as `A) Yes`, `B. No` or `(C) Medium`. */
export function readOptions(text: string): Option[] {
  const options: Option[] = [];
  for (const match of text.matchAll(/^\s*\(?([A-H])[).:]\s*(.+?)\s*$/gm))
    options.push({ letter: match[1]!, text: match[2]! });
  return options;
}

/**
 * The option that a response means: the letter it begins with, else a letter that it names as the answer, else the one
 * option whose text it contains. Null where that is none or more than one.
 */
export function matchOption(response: string, options: readonly Option[]): string | null {
  const text = response.trim();
  const known = (letter: string | undefined) =>
    letter !== undefined && options.some((option) => option.letter === letter.toUpperCase())
      ? letter.toUpperCase()
      : null;
  // "A is the right one" would begin with a letter too, but so would "A beautiful picture": a bare letter needs an end.
  const leading = known(/^["'(]*([A-Ha-h])(?:[).:,]|["']?\s*$)/.exec(text)?.[1]);
  if (leading) return leading;
  const named = known(
    /\b(?:answer|option|choice)\b[^A-Za-z0-9]{0,3}(?:is\b)?[^A-Za-z0-9]{0,3}\(?([A-H])\b/i.exec(text)?.[1],
  );
  if (named) return named;
  const plain = normalize(text);
  const same = options.filter((option) => normalize(option.text) === plain);
  if (same.length === 1) return same[0]!.letter;
  const padded = ` ${plain} `;
  const contained = options.filter((option) => padded.includes(` ${normalize(option.text)} `));
  // "Very good" contains "good": the longer one is meant.
  const outer = contained.filter(
    (option) => !contained.some((other) => other !== option && normalize(other.text).includes(normalize(option.text))),
  );
  return outer.length === 1 ? outer[0]!.letter : null;
}

function normalize(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

const DIMENSION_NAMES: readonly [RegExp, string][] = [
  [/techni|quality/i, 'Technical'],
  [/colou?r|light/i, 'Color & light'],
  [/compos/i, 'Composition'],
  [/content/i, 'Content'],
  [/emotion/i, 'Emotion'],
  [/interest/i, 'Interest'],
  [/unique/i, 'Uniqueness'],
  [/vibe|atmosphere/i, 'Vibe'],
];
const SOURCE_NAMES: readonly [RegExp, string][] = [
  [/^agis?$|generated|\bai[- ]?image/i, 'AGIs'],
  [/^ais?$|artistic/i, 'AIs'],
  [/^nis?$|natural/i, 'NIs'],
];
const TYPE_NAMES: readonly [RegExp, string][] = [
  [/yes/i, 'Yes-No'],
  [/what/i, 'What'],
  [/how/i, 'How'],
  [/why/i, 'Why'],
];

function columnOf(said: string | null, names: readonly [RegExp, string][]): string | null {
  if (said === null) return null;
  return names.find(([pattern]) => pattern.test(said))?.[1] ?? null;
}

function typeOf(question: string): string | null {
  const first = /^[^A-Za-z]*([A-Za-z]+)/.exec(question)?.[1]?.toLowerCase() ?? '';
  if (/^(is|are|was|were|do|does|did|can|could|has|have|will|would|should)$/.test(first)) return 'Yes-No';
  if (/^(what|which|who|where)$/.test(first)) return 'What';
  if (first === 'how') return 'How';
  return first === 'why' ? 'Why' : null;
}

function firstText(fields: Fields, keys: readonly string[]): string | null {
  for (const key of keys) {
    const value = fields[key];
    if (typeof value === 'string' && value.trim() !== '') return value;
  }
  return null;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
