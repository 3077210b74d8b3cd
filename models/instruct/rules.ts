/**
 * From a person's view of a photo to questions with their answers, by rules alone: every answer is made of what the
 * person said and of nothing else. The kinds are AesMMIT's (yes-no, what, how, why), and multiple choice, whose wrong
 * alternatives are the opposite of what was said.
 */
import type { QuestionType } from '../../shared/dataset.ts';
import { ATTRIBUTE_NAMES, ATTRIBUTES, type Attribute, type PersonView, type Side } from '../../shared/feedback.ts';
import { LEVELS, type Level } from '../../shared/grade.ts';
import { ALTERNATIVES } from './alternatives.ts';

export interface Pair {
  question: string;
  answer: string;
  qtype: QuestionType | 'description';
  /** Of a multiple choice: shuffled when it is written, the first is the right one. */
  options?: readonly string[];
}

export interface Remarks extends PersonView {
  /** Reasons of which the person said that they were meant, as people read them, with their words. */
  meant: readonly { label: string; word: string }[];
}

/** What the person is asked in a round, and the answer in full. */
const DESCRIPTION_QUESTION = 'Describe the aesthetic experience of this image in detail.';
/** The question and the stem of the answer are those by which Keeplight grades. */
const GRADE_QUESTION = 'How would you rate the aesthetics of this image?';

const opposite: Readonly<Record<Side, Side>> = { helps: 'hurts', hurts: 'helps' };

/** Options of one multiple choice. */
const OPTIONS = 4;

/** Every pair that follows from a view, in a fixed order. */
export function pairsOf(view: Remarks): Pair[] {
  const pairs: Pair[] = [];
  const ask = (qtype: Pair['qtype'], question: string, answer: string) =>
    pairs.push({ qtype, question, answer: sentence(answer) });
  const whole = descriptionOf(view);
  // One word for a grade is no description.
  if (view.line !== '' || saidOf(view).length > 0) ask('description', DESCRIPTION_QUESTION, whole);
  if (view.grade !== null) pairs.push(...ofGrade(view.grade));
  for (const attribute of ATTRIBUTE_NAMES) {
    const said = view.attributes[attribute];
    if (said) pairs.push(...ofAttribute(attribute, said));
  }
  const texts = (side: Side) =>
    saidOf(view)
      .filter((said) => said.side === side)
      .map(({ text }) => text);
  for (const side of ['helps', 'hurts'] as const) {
    const all = texts(side);
    if (all.length > 0) ask('what', `What ${side} this image?`, joined(all));
    const isOf =
      view.grade !== null && (side === 'helps' ? LEVELS.indexOf(view.grade) <= 1 : LEVELS.indexOf(view.grade) >= 3);
    if (isOf && all.length > 0)
      ask('why', `Why are the aesthetics of this image ${view.grade}?`, `Because of ${joined(all)}`);
  }
  pairs.push(...acrossAttributes(view));
  if (view.feeling !== '') {
    ask('what', 'What feeling does this image convey?', view.feeling);
    ask('how', 'How does this image feel?', view.feeling);
  }
  for (const { label, word } of view.meant) {
    const what = label.toLowerCase();
    ask('yes-no', `Was it meant that this image is described as "${what}"?`, 'Yes');
    ask('yes-no', `Is "${what}" a mistake in this image?`, 'No');
    if (word !== '') ask('why', `Why is "${what}" no mistake in this image?`, word);
  }
  return pairs;
}

function ofGrade(grade: Level): Pair[] {
  const far = LEVELS.indexOf(grade) <= 2 ? 'bad' : 'excellent';
  const answer = `The aesthetics of the image is ${grade}.`;
  return [
    { qtype: 'how', question: GRADE_QUESTION, answer },
    {
      qtype: 'what',
      question: 'What is the aesthetic level of this image: excellent, good, fair, poor or bad?',
      answer,
    },
    { qtype: 'yes-no', question: `Are the aesthetics of this image ${grade}?`, answer: 'Yes.' },
    { qtype: 'yes-no', question: `Are the aesthetics of this image ${far}?`, answer: 'No.' },
    {
      qtype: 'multiple-choice',
      question: GRADE_QUESTION,
      answer: '',
      options: [capital(grade), ...LEVELS.filter((level) => level !== grade).map(capital)],
    },
  ];
}

function ofAttribute(
  attribute: Attribute,
  { side, text, suggestion }: { side: Side; text: string; suggestion: string },
): Pair[] {
  const name = ATTRIBUTES[attribute].label.toLowerCase();
  const base = side === 'helps' ? 'help' : 'hurt';
  const other = side === 'helps' ? 'hurt' : 'help';
  const pairs: Pair[] = [
    { qtype: 'yes-no', question: `Does the ${name} ${base} this image?`, answer: 'Yes.' },
    { qtype: 'yes-no', question: `Does the ${name} ${other} this image?`, answer: 'No.' },
    {
      qtype: 'how',
      question: `How does the ${name} affect this image?`,
      answer: sentence(`It ${side} the image${text === '' ? '' : `: ${text}`}`),
    },
  ];
  if (text !== '')
    pairs.push(
      { qtype: 'what', question: `What about the ${name} ${side} this image?`, answer: sentence(text) },
      { qtype: 'why', question: `Why does the ${name} ${base} this image?`, answer: sentence(text) },
      {
        qtype: 'multiple-choice',
        question: `Which of these is true of the ${name} of this image?`,
        answer: '',
        options: [
          text,
          ...ALTERNATIVES[attribute][opposite[side]].filter((one) => one !== text).slice(0, OPTIONS - 1),
        ].map(capital),
      },
    );
  if (suggestion !== '')
    pairs.push(
      { qtype: 'how', question: `How could the ${name} of this image be improved?`, answer: sentence(suggestion) },
      {
        qtype: 'what',
        question: `What would you change about the ${name} of this image?`,
        answer: sentence(suggestion),
      },
    );
  return pairs;
}

/** Where some attributes help and others hurt, each side is the wrong answer to the other's question. */
function acrossAttributes(view: Remarks): Pair[] {
  const of = (side: Side) =>
    ATTRIBUTE_NAMES.filter((name) => view.attributes[name]?.side === side).map((name) => ATTRIBUTES[name].label);
  return (['helps', 'hurts'] as const).flatMap((side): Pair[] => {
    const [right] = of(side);
    const wrong = of(opposite[side]);
    if (right === undefined || wrong.length === 0) return [];
    return [
      {
        qtype: 'multiple-choice',
        question: `Which of these ${side} this image?`,
        answer: '',
        options: [right, ...wrong.slice(0, OPTIONS - 1)],
      },
    ];
  });
}

/** What was said in words, of attributes alone. */
function saidOf({ attributes }: Pick<Remarks, 'attributes'>): { side: Side; text: string }[] {
  return ATTRIBUTE_NAMES.flatMap((name) => {
    const said = attributes[name];
    return said && said.text !== '' ? [{ side: said.side, text: said.text }] : [];
  });
}

/** The whole view in the person's own words, coarse to fine. */
function descriptionOf(view: Remarks): string {
  const parts = [view.line, view.grade === null ? '' : `The aesthetics of the image is ${view.grade}`];
  for (const name of ATTRIBUTE_NAMES) {
    const said = view.attributes[name];
    if (!said) continue;
    parts.push(
      `The ${ATTRIBUTES[name].label.toLowerCase()} ${said.side} the image${said.text === '' ? '' : `: ${said.text}`}`,
      said.suggestion,
    );
  }
  parts.push(view.feeling === '' ? '' : `It feels: ${view.feeling}`);
  return parts
    .filter((part) => part !== '')
    .map(sentence)
    .join(' ');
}

const joined = (texts: readonly string[]): string => texts.map((text) => text.replace(/[.!?…]+$/, '')).join('; ');
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const sentence = (text: string): string =>
  /[.!?…]$/.test(text.trim()) ? capital(text.trim()) : `${capital(text.trim())}.`;
