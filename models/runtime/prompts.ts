/**
 * Everything that is said to a model. A change to what is asked for grades changes them: raise PROMPT_VERSION with it,
 * and the queue grades again while the old critiques stay.
 */
import { DIMENSIONS, type Dimension, LEVELS, type Level } from '../../shared/grade.ts';
import type { PromptName } from '../../shared/model.ts';
import type { ExplanationSection, Turn } from '../model-api.ts';

/** Version of prompts, level words and preprocessing; part of a critique's identity. */
export const PROMPT_VERSION = 'llava-levels-1';

/** Vicuna's words as AesExpert was trained with them. Source: LLaVA, conversation.py, `vicuna_v1`. */
export const VICUNA_SYSTEM =
  "A chat between a curious user and an artificial intelligence assistant. The assistant gives helpful, detailed, and polite answers to the user's questions.";

/** The style that asks in this way, and what its judgements are known by. */
export function promptOf(style: Style, name: PromptName): { style: Style; version: string } {
  if (name === 'plain' || style.gap !== '') return { style, version: PROMPT_VERSION };
  return { style: { ...style, gap: ' ' }, version: `${PROMPT_VERSION}+space` };
}

/** Where the picture stands inside a prompt's text. */
export const IMAGE_MARKER = '<__media__>';

/** Level words, best first, as the tokenizer gets them. */
export const LEVEL_WORDS: readonly Level[] = LEVELS;

/**
 * One question for all nine judgements, so that it is read once; only the beginnings of the answer branch.
 * Source of the question and of the first stem: Q-Align (Wu et al. 2023); of the dimensions: AesBench.
 */
export const GRADE_QUESTION = 'How would you rate the aesthetics of this image?';

export type Judgement = 'overall' | Dimension;
export const JUDGEMENTS: readonly Judgement[] = ['overall', ...DIMENSIONS];

export const STEMS: Readonly<Record<Judgement, string>> = {
  overall: 'The aesthetics of the image is',
  technical: 'The technical quality of the image is',
  light: 'The light and color of the image is',
  composition: 'The composition of the image is',
  content: 'The content of the image is',
  emotion: 'The emotion of the image is',
  interest: 'The interest of the image is',
  uniqueness: 'The uniqueness of the image is',
  vibe: 'The vibe of the image is',
};

/** How a conversation about one picture becomes text. Everything after the picture grows only at its end. */
export interface Style {
  /** Up to the picture, without the token that begins a text. */
  before: string;
  /** From the picture through the first question to where the answer begins. */
  ask(question: string): string;
  /** What stands between a question and its answer. */
  gap: string;
  /** What ends an answer. */
  end: string;
  /** A further question to where its answer begins; starts with a special token, or stands behind one. */
  askAgain(question: string): string;
  /** Text that ends an answer, besides the model's own end token. */
  stops: readonly string[];
}

export const VICUNA: Style = {
  before: `${VICUNA_SYSTEM} USER: `,
  ask: (question) => `\n${question} ASSISTANT:`,
  gap: ' ',
  end: '</s>',
  askAgain: (question) => `USER: ${question} ASSISTANT:`,
  stops: ['</s>', 'USER:', 'ASSISTANT:'],
};

/**
 * The turns of Qwen3-VL and Qwen3.5, as their chat template writes them. The picture stands between its two markers, which
 * the vision library writes, and the question follows without a space.
 * @param thinks the model thinks before it answers: an empty thought is put in its mouth.
 */
export function qwenStyle(thinks: boolean): Style {
  const answer = `<|im_end|>\n<|im_start|>assistant\n${thinks ? '<think>\n\n</think>\n\n' : ''}`;
  return {
    before: '<|im_start|>user\n',
    ask: (question) => question + answer,
    gap: '',
    end: '', // askAgain brings what ends the answer before it
    askAgain: (question) => `<|im_end|>\n<|im_start|>user\n${question}${answer}`,
    stops: ['<|im_end|>', '<|im_start|>'],
  };
}

/**
 * A style out of a model's own chat template.
 * @param render turns a conversation into the template's text, with IMAGE_MARKER at the place of the picture; the
 * last message is a question, and the text ends where its answer begins.
 * @throws Error when the template drops the picture or the question.
 */
export function styleFromTemplate(render: (turns: readonly Turn[]) => string): Style {
  const question = 'QUESTION-ONE';
  const reply = 'ANSWER-ONE';
  const further = 'QUESTION-TWO';
  const first = render([{ role: 'person', text: `${IMAGE_MARKER}\n${question}` }]);
  const second = render([
    { role: 'person', text: `${IMAGE_MARKER}\n${question}` },
    { role: 'critic', text: reply },
    { role: 'person', text: further },
  ]);
  const [before, after] = split(first, IMAGE_MARKER);
  const [head, tail] = split(after, question);
  const [, rest] = split(second, reply);
  const cut = rest.indexOf(further);
  if (cut < 0) throw new Error('The chat template drops the second question.');
  return {
    before,
    ask: (text) => head + text + tail,
    gap: /[\s>]$/.test(tail) ? '' : ' ',
    end: '', // askAgain brings what ends the answer before it
    askAgain: (text) => rest.slice(0, cut) + text + rest.slice(cut + further.length),
    stops: [],
  };
}

function split(text: string, at: string): [string, string] {
  const index = text.indexOf(at);
  if (index < 0) throw new Error(`The chat template drops "${at}".`);
  return [text.slice(0, index), text.slice(index + at.length)];
}

/** Headings of an explanation. */
export const SECTION_TITLES: Readonly<Record<ExplanationSection, string>> = {
  grade: 'Overall',
  reasons: 'Why',
  feeling: 'How it feels',
  suggestions: 'What to try',
};

/**
 * The questions of an explanation, coarse to fine, as AesMMIT's people were asked: a grade, reasons by attribute, the
 * feeling; then what could be better. The first of them is read while a person waits for it: it says no word twice, and
 * what is known only of this photo stands last.
 */
export function sectionQuestion(section: Exclude<ExplanationSection, 'grade'>, evidence: readonly string[]): string {
  if (section === 'reasons')
    return `Why? Describe its clarity, color and light, objects and composition.${facts(evidence.map(headOf))}`;
  if (section === 'feeling') return 'What feeling does this image give, and why?';
  return 'How can this image be improved? Give concrete suggestions.';
}

/** What a fact says before its colon; the numbers behind it are for people, and each digit is a token that they wait for. */
function headOf(fact: string): string {
  const [head = fact] = fact.split(': ');
  return head.endsWith('.') ? head : `${head}.`;
}

/** A free question with the measured facts beside it. */
export function factsQuestion(question: string, evidence: readonly string[]): string {
  return `${question.trim()}${facts(evidence)}`;
}

/** Few and in words; numbers about composition are left out on purpose, since the model sees that itself. */
function facts(evidence: readonly string[]): string {
  const list = evidence.map((fact) => fact.trim()).filter(Boolean);
  return list.length === 0 ? '' : ` Measured: ${list.slice(0, 8).join(' ')}`;
}
