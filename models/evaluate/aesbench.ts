/**
 * AesBench: its file, the exact words in which its authors ask, and how an answer is matched with the options.
 * Source: Huang et al., "AesBench" (arXiv 2401.08276) and the evaluation scripts beside it.
 */
import { EvaluationError } from './failure.ts';

/** Perception, empathy, assessment, interpretation. */
export const AESBENCH_PARTS = ['AesP', 'AesE', 'AesA', 'AesI'] as const;
export type AesBenchPart = (typeof AESBENCH_PARTS)[number];

export interface Option {
  /** By its place: the published file repeats a letter once. */
  letter: string;
  /** As the file has it. */
  written: string;
  text: string;
}

/** What is not as it should be in a file, and how often. */
export const ODDITIES = {
  'no-entry': 'entries are no object',
  'no-question': 'entries of a part have no question',
  'no-options': 'questions have fewer than two options that can be read',
  'empty-option': 'questions have an option without words',
  'repeated-letter': 'questions use a letter for two options',
  'missing-space': 'questions have an option without a space after its letter',
  'strange-answer': 'answers are none of the options and are not used',
} as const;
export type Oddity = keyof typeof ODDITIES;

export interface AesBenchFile {
  questions: AesBenchQuestion[];
  oddities: Partial<Record<Oddity, number>>;
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
  /** The file has no answer; AesI's question says it ("This is an image with high aesthetics"). */
  answerByWording: boolean;
  /** Column of the table such as `Technical`; null where the file does not say. */
  dimension: string | null;
  /** NIs, AIs, AGIs: the file's, else told from the picture's name; null where neither says. */
  source: string | null;
  /** Yes-No, What, How, Why: the file's, else Yes-No where there are two options and the first word where it is a question word. */
  questionType: string | null;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * @param answers text of a file that holds the right options apart, `{"picture": {"AesP": "A) Yes", "AesA1": "High"}}`:
 * the published questions come without them.
 * @returns every question that can be asked, and a count of what is odd.
 * @throws EvaluationError where the text is no such file at all.
 */
export function readAesBench(
  text: string,
  parts: readonly AesBenchPart[] = AESBENCH_PARTS,
  answers: string | null = null,
): AesBenchFile {
  const root = parseFields(text, 'The AesBench file');
  const apart = answers === null ? {} : parseFields(answers, 'The file of answers');
  const questions: AesBenchQuestion[] = [];
  const oddities: AesBenchFile['oddities'] = {};
  const note = (oddity: Oddity) => {
    oddities[oddity] = (oddities[oddity] ?? 0) + 1;
  };
  for (const [image, entry] of Object.entries(root)) {
    if (!isFields(entry)) {
      note('no-entry');
      continue;
    }
    // In the authors' order whatever was asked for: AesI's question tells what AesA asks.
    for (const part of AESBENCH_PARTS) {
      if (!parts.includes(part)) continue;
      const data = namesOf(part)
        .flatMap((name) => [entry[`${name}_data`], entry[name]])
        .find((value) => value !== undefined && value !== null);
      if (data === undefined) continue;
      if (!isFields(data) || typeof data.Question !== 'string') {
        note('no-question');
        continue;
      }
      questions.push(questionOf(image, part, data.Question, data, entry, answerApart(apart[image], part), note));
    }
  }
  if (questions.length === 0) throw new EvaluationError(`The AesBench file has no questions of ${parts.join(', ')}.`);
  return { questions, oddities };
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
  note: (oddity: Oddity) => void,
): AesBenchQuestion {
  const optionText = typeof data.Options === 'string' ? data.Options : '';
  const options = readOptions(optionText);
  if (part !== 'AesI') {
    if (options.length < 2) note('no-options');
    if (options.some((option) => option.text === '')) note('empty-option');
    if (repeatsLetter(options)) note('repeated-letter');
    if (/^\s*\(?[A-H][).:]\S/m.test(optionText)) note('missing-space');
  }
  const said = firstText(data, ANSWER_KEYS) ?? answerText;
  const answer = said === null ? null : matchOption(said, options);
  if (said !== null && answer === null && part !== 'AesI') note('strange-answer');
  const byWording = part === 'AesA' && said === null ? wordingOf(entry, options) : null;
  return {
    image,
    part,
    question,
    options,
    prompt: promptOf(part, question, optionText),
    answer: part === 'AesI' ? null : (answer ?? byWording),
    answerByWording: byWording !== null,
    dimension: columnOf(
      firstText(data, ['Dimension', 'dimension', 'Aspect', 'aspect', 'Category', 'category']),
      DIMENSION_NAMES,
    ),
    source:
      columnOf(
        firstText(data, ['Source', 'source', 'ImageSource']) ??
          firstText(entry, ['Source', 'source', 'ImageSource', 'ImageType', 'image_type']),
        SOURCE_NAMES,
      ) ?? columnOf(image, SOURCE_FILES),
    questionType:
      columnOf(firstText(data, ['QuestionType', 'question_type', 'Type', 'type', 'qtype']), TYPE_NAMES) ??
      typeOf(question, part, options),
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
  for (const match of text.matchAll(/^[^\S\n]*\(?([A-H])[).:][^\S\n]*(.*?)[^\S\n]*$/gm))
    options.push({ letter: 'ABCDEFGH'[options.length] ?? match[1]!, written: match[1]!, text: match[2]! });
  return options;
}

/**
 * The option that a response means: the letter it begins with, else a letter that it names as the answer, else the one
 * option whose text it contains. Null where that is none or more than one.
 */
export function matchOption(response: string, options: readonly Option[]): string | null {
  const whole = response.trim();
  // Where a letter stands for two options only the words tell which is meant.
  const text = repeatsLetter(options) ? whole.replace(/^["'(]*[A-Ha-h][).:]\s*/, '') : whole;
  if (text === '') return null;
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
  const contained = options.filter((option) => option.text !== '' && padded.includes(` ${normalize(option.text)} `));
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

function repeatsLetter(options: readonly Option[]): boolean {
  return new Set(options.map(({ written }) => written)).size < options.length;
}

/** The option of AesA that AesI's question takes for granted; the published file keeps the answers themselves back. */
function wordingOf(entry: Fields, options: readonly Option[]): string | null {
  const question = isFields(entry.AesI_data) ? entry.AesI_data.Question : null;
  const word = typeof question === 'string' ? /image with (high|medium|low) aesthetics/i.exec(question)?.[1] : null;
  return word ? (options.find(({ text }) => text.toLowerCase() === word.toLowerCase())?.letter ?? null) : null;
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
/** Names under which the published file holds pictures of a known set or generator. */
const SOURCE_FILES: readonly [RegExp, string][] = [
  [/(^|[^a-z])(para|tad|koniq|spaq|aadb)([^a-z]|$)/i, 'NIs'],
  [/(^|[^a-z])(baid|artemis|impression|painters)([^a-z]|$)/i, 'AIs'],
  [/(^|[^a-z])(sd|lite|deepai|attngan|midjourney|xl|dalle|glide|dreamstudio)([^a-z]|$)/i, 'AGIs'],
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

function typeOf(question: string, part: AesBenchPart, options: readonly Option[]): string | null {
  // The published file has as many questions with two options as the paper has Yes-No questions.
  if (part !== 'AesI' && options.length === 2) return 'Yes-No';
  const first = /^[^A-Za-z]*([A-Za-z]+)/.exec(question)?.[1]?.toLowerCase() ?? '';
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
