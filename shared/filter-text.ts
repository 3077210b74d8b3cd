/**
 * A filter as one line of text, for the command line and the search field:
 * `grade>=60 flag:pick stars>=3 camera:"Canon EOS 6D" iso<=800 date:2024-05..2024-06 kind:raw has:gps sunset "old town"`.
 * Keys narrow; several values of a key (`,` between, or the key again) widen it; bare words are looked for in the text.
 */
import { z } from 'zod';
import { LEVELS } from './grade.ts';
import { COLORS, FLAGS, KINDS, PHOTO_STATES } from './photo.ts';
import { type Filter, filterSchema } from './query.ts';

export type ParsedFilter = { filter: Filter } | { error: string };

/** Keys with one of a few values, and where they go. */
const CHOICES = {
  level: { field: 'levels', values: LEVELS },
  flag: { field: 'flags', values: FLAGS },
  color: { field: 'colors', values: COLORS },
  kind: { field: 'kinds', values: KINDS },
  state: { field: 'states', values: PHOTO_STATES },
} as const;
/** Keys with any text. */
const TEXTS = { camera: 'cameras', lens: 'lenses', reason: 'reasons', keyword: 'keywords' } as const;
/** Keys with a number or two, and where they go. */
const RANGES = {
  grade: 'grade',
  stars: 'stars',
  iso: 'iso',
  faces: 'faces',
  focus: 'focus',
  subjectfocus: 'subjectFocus',
} as const;

/** Everything that may stand before `:`, for messages and completion. */
export const FILTER_KEYS = [
  ...Object.keys(RANGES),
  'date',
  ...Object.keys(CHOICES),
  ...Object.keys(TEXTS),
  'folder',
  'has',
  'no',
];

const isChoice = (key: string): key is keyof typeof CHOICES => key in CHOICES;
const isText = (key: string): key is keyof typeof TEXTS => key in TEXTS;
const isRange = (key: string): key is keyof typeof RANGES => key in RANGES;

class FilterError extends Error {}

type Token = { key: string; sign: string; values: string[] } | { words: string };

/** A quote inside quotes is written `\"`, a backslash `\\`. */
const QUOTED = '"(?:[^"\\\\]|\\\\.)*"';
const TOKEN = new RegExp(
  `([A-Za-z]+)(:|>=|<=|=|>|<)((?:${QUOTED}|[^\\s",]+)(?:,(?:${QUOTED}|[^\\s",]+))*)?|(${QUOTED})|([^\\s"]+)`,
  'g',
);
const VALUE = new RegExp(`${QUOTED}|[^,]+`, 'g');

const unquote = (text: string): string => (text.startsWith('"') ? text.slice(1, -1).replace(/\\(.)/g, '$1') : text);

function* tokens(text: string): Generator<Token> {
  const quotes = text.replace(/\\./g, '').split('"').length - 1;
  if (quotes % 2 === 1) throw new FilterError('A quotation mark is not closed.');
  for (const [whole, key, sign, values, quoted, word] of text.matchAll(TOKEN)) {
    if (key !== undefined && sign !== undefined) {
      if (values === undefined) throw new FilterError(`After "${key}${sign}" a value is missing.`);
      yield { key: key.toLowerCase(), sign, values: [...values.matchAll(VALUE)].map(([value]) => unquote(value)) };
    } else if (quoted !== undefined) yield { words: `"${unquote(quoted)}"` };
    else yield { words: word ?? whole };
  }
}

function list(values: readonly string[]): string {
  return values.length < 2 ? values.join('') : `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`;
}

function numberOf(key: string, text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new FilterError(`"${key}" needs a number, not "${text}".`);
  return value;
}

type Range = { min?: number; max?: number };

/** The next number above or below, for `>` and `<`: ranges include their ends. */
function beyond(value: number, direction: 1 | -1): number {
  const view = new DataView(new ArrayBuffer(8));
  if (value === 0) return direction * Number.MIN_VALUE;
  view.setFloat64(0, value);
  view.setBigInt64(0, view.getBigInt64(0) + (value > 0 === direction > 0 ? 1n : -1n));
  return view.getFloat64(0);
}

function narrow(range: Range, key: string, sign: string, text: string): Range {
  if (sign === ':' && text.includes('..')) {
    const [from = '', to = ''] = text.split('..', 2);
    if (from === '' && to === '') throw new FilterError(`"${key}:.." needs a number on one side.`);
    return {
      ...range,
      ...(from === '' ? {} : { min: numberOf(key, from) }),
      ...(to === '' ? {} : { max: numberOf(key, to) }),
    };
  }
  const value = numberOf(key, text);
  switch (sign) {
    case '>=':
      return { ...range, min: value };
    case '<=':
      return { ...range, max: value };
    case '>':
      return { ...range, min: beyond(value, 1) };
    case '<':
      return { ...range, max: beyond(value, -1) };
    default:
      return { min: value, max: value };
  }
}

/** `2024`, `2024-05` or `2024-05-17` → its first and last day. */
function daysOf(text: string): { first: string; last: string } {
  const match = /^(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?$/.exec(text);
  const wrong = new FilterError(`"${text}" is no date: write 2024, 2024-05 or 2024-05-17.`);
  if (!match) throw wrong;
  const [, year, month, day] = match;
  const first = `${year}-${month ?? '01'}-${day ?? '01'}`;
  const lastMonth = month ?? '12';
  const last = `${year}-${lastMonth}-${day ?? String(new Date(Date.UTC(Number(year), Number(lastMonth), 0)).getUTCDate()).padStart(2, '0')}`;
  if (!z.iso.date().safeParse(first).success || !z.iso.date().safeParse(last).success) throw wrong;
  return { first, last };
}

function narrowDate(date: { from?: string; to?: string }, sign: string, text: string): { from?: string; to?: string } {
  if (text.includes('..')) {
    const [from = '', to = ''] = text.split('..', 2);
    return { ...(from === '' ? {} : { from: daysOf(from).first }), ...(to === '' ? {} : { to: daysOf(to).last }) };
  }
  const { first, last } = daysOf(text);
  const step = (day: string, days: number) => new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);
  switch (sign) {
    case '>=':
      return { ...date, from: first };
    case '<=':
      return { ...date, to: last };
    case '>':
      return { ...date, from: step(last, 1) };
    case '<':
      return { ...date, to: step(first, -1) };
    default:
      return { from: first, to: last };
  }
}

const unite = <Value>(known: readonly Value[] | undefined, more: readonly Value[]): Value[] => [
  ...new Set([...(known ?? []), ...more]),
];

function apply(filter: Filter, { key, sign, values }: { key: string; sign: string; values: string[] }): void {
  if (isRange(key)) {
    if (values.length > 1) throw new FilterError(`"${key}" takes one number, or two with ".." between.`);
    const field = RANGES[key];
    filter[field] = narrow(filter[field] ?? {}, key, sign, values[0]!);
    return;
  }
  if (key === 'date') {
    filter.date = narrowDate(filter.date ?? {}, sign, values[0]!);
    return;
  }
  if (sign !== ':' && sign !== '=') throw new FilterError(`"${key}" cannot be compared: write ${key}:value.`);
  if (isChoice(key)) {
    const { field, values: allowed } = CHOICES[key];
    for (const value of values) {
      if (!(allowed as readonly string[]).includes(value.toLowerCase())) {
        throw new FilterError(`"${value}" is no ${key}: it is ${list(allowed)}.`);
      }
    }
    Object.assign(filter, {
      [field]: unite(
        filter[field] as readonly string[] | undefined,
        values.map((value) => value.toLowerCase()),
      ),
    });
  } else if (isText(key)) Object.assign(filter, { [TEXTS[key]]: unite(filter[TEXTS[key]], values) });
  else if (key === 'folder')
    filter.folders = unite(
      filter.folders,
      values.map((value) => wholeNumber(value)),
    );
  else if (key === 'has' || key === 'no') {
    for (const value of values.map((one) => one.toLowerCase())) {
      if (value === 'gps') filter.gps = key === 'has';
      else if (value === 'faces') filter.faces = key === 'has' ? { min: 1 } : { max: 0 };
      else throw new FilterError(`"${key}:" is only known with gps and faces.`);
    }
  } else throw new FilterError(`"${key}" is no key of a filter: it is ${list(FILTER_KEYS)}.`);
}

function wholeNumber(text: string): number {
  const value = numberOf('folder', text);
  if (!Number.isSafeInteger(value)) throw new FilterError(`"folder" needs the number of a folder, not "${text}".`);
  return value;
}

/** @returns the filter, or one sentence that says what is wrong with the text. */
export function parseFilter(text: string): ParsedFilter {
  const filter: Filter = {};
  const words: string[] = [];
  try {
    for (const token of tokens(text)) {
      if ('words' in token) words.push(token.words);
      else apply(filter, token);
    }
    if (words.length > 0) filter.text = words.join(' ');
    const parsed = filterSchema.safeParse(filter);
    return parsed.success ? { filter: parsed.data } : { error: z.prettifyError(parsed.error) };
  } catch (error) {
    if (error instanceof FilterError) return { error: error.message };
    throw error;
  }
}
