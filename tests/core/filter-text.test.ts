/** The filter as one line of text. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FILTER_KEYS, parseFilter } from '../../shared/filter-text.ts';
import { LEVELS } from '../../shared/grade.ts';
import { COLORS, FLAGS, KINDS, PHOTO_STATES } from '../../shared/photo.ts';
import type { Filter } from '../../shared/query.ts';

fc.configureGlobal({ seed: 4113 });

const filterOf = (text: string) => {
  const parsed = parseFilter(text);
  if ('error' in parsed) throw new Error(parsed.error);
  return parsed.filter;
};

test.each<[string, Filter]>([
  ['', {}],
  [
    'grade>=60 flag:pick stars>=3 color:red',
    { grade: { min: 60 }, flags: ['pick'], stars: { min: 3 }, colors: ['red'] },
  ],
  ['camera:"Canon EOS 6D" iso<=800', { cameras: ['Canon EOS 6D'], iso: { max: 800 } }],
  ['date:2024-05..2024-06', { date: { from: '2024-05-01', to: '2024-06-30' } }],
  ['date:2024', { date: { from: '2024-01-01', to: '2024-12-31' } }],
  ['date>=2024-02', { date: { from: '2024-02-01' } }],
  ['date<2024-03', { date: { to: '2024-02-29' } }],
  ['date:..2020-02-01', { date: { to: '2020-02-01' } }],
  ['kind:raw,raw+jpeg has:gps', { kinds: ['raw', 'raw+jpeg'], gps: true }],
  ['focus>=60 subjectfocus<=40', { focus: { min: 60 }, subjectFocus: { max: 40 } }],
  ['no:gps reason:soft-focus state:failed', { gps: false, reasons: ['soft-focus'], states: ['failed'] }],
  ['stars:2..4 stars>=3', { stars: { min: 3, max: 4 } }],
  ['FLAG:Pick flag:none', { flags: ['pick', 'none'] }],
  ['level:good keyword:"old town",sea', { levels: ['good'], keywords: ['old town', 'sea'] }],
  ['word "two words" lens:50mm', { text: 'word "two words"', lenses: ['50mm'] }],
  ['camera:"a \\"b\\", \\\\ c"', { cameras: ['a "b", \\ c'] }],
])('%s', (text, filter) => {
  expect(filterOf(text)).toEqual(filter);
});

test.each([
  ['colour:red', '"colour" is no key of a filter'],
  ['flag:maybe', '"maybe" is no flag: it is pick, none or reject.'],
  ['grade>=good', '"grade" needs a number, not "good".'],
  ['stars:', 'After "stars:" a value is missing.'],
  ['date:yesterday', '"yesterday" is no date'],
  ['date:2024-13', '"2024-13" is no date'],
  ['flag>=pick', '"flag" cannot be compared'],
  ['has:money', '"has:" is only known with gps and faces.'],
  ['"open', 'A quotation mark is not closed.'],
  ['folder:abc', '"folder" needs a number'],
])('%s is refused with a sentence', (text, sentence) => {
  const parsed = parseFilter(text);
  expect('error' in parsed ? parsed.error : '').toContain(sentence);
});

test('strict comparisons leave the number itself out', () => {
  const { grade } = filterOf('grade>60');
  expect(grade!.min! > 60 && grade!.min! < 60.000001).toBe(true);
  const { iso } = filterOf('iso<800');
  expect(iso!.max! < 800 && iso!.max! > 799.999999).toBe(true);
  expect(filterOf('grade>0').grade).toEqual({ min: Number.MIN_VALUE });
  expect(filterOf('grade<0').grade).toEqual({ max: -Number.MIN_VALUE });
});

const range = (max: number) =>
  fc.record({ min: fc.integer({ min: 0, max }), max: fc.integer({ min: 0, max }) }, { requiredKeys: [] });
const day = fc
  .date({ min: new Date('1900-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const some = <Value>(values: readonly Value[]) => fc.uniqueArray(fc.constantFrom(...values), { minLength: 1 });
const names = fc.uniqueArray(fc.string({ unit: 'grapheme', minLength: 1 }), { minLength: 1, maxLength: 3 });
const word = fc.stringMatching(/^[\p{L}\p{N}_.'-]{1,8}$/u);
const filters: fc.Arbitrary<Filter> = fc.record(
  {
    grade: range(100).filter(({ min, max }) => min !== undefined || max !== undefined),
    levels: some(LEVELS),
    flags: some(FLAGS),
    stars: range(5).filter(({ min, max }) => min !== undefined || max !== undefined),
    colors: some(COLORS),
    date: fc.record({ from: day, to: day }, { requiredKeys: [] }).filter(({ from, to }) => Boolean(from ?? to)),
    cameras: names,
    lenses: names,
    iso: range(51200).filter(({ min, max }) => min !== undefined || max !== undefined),
    kinds: some(KINDS),
    folders: fc.uniqueArray(fc.integer({ min: 1, max: 1e6 }), { minLength: 1, maxLength: 4 }),
    gps: fc.boolean(),
    reasons: names,
    states: some(PHOTO_STATES),
    keywords: names,
    text: fc
      .array(
        fc.oneof(
          word,
          word.map((text) => `"${text} x"`),
        ),
        { minLength: 1, maxLength: 4 },
      )
      .map((words) => words.join(' ')),
  },
  { requiredKeys: [] },
);

const CHOICES = [
  ['level', 'levels'],
  ['flag', 'flags'],
  ['color', 'colors'],
  ['kind', 'kinds'],
  ['state', 'states'],
] as const;
const TEXTS = [
  ['camera', 'cameras'],
  ['lens', 'lenses'],
  ['reason', 'reasons'],
  ['keyword', 'keywords'],
] as const;

const quote = (value: string): string =>
  /^[^\s",\\]+$/.test(value) ? value : `"${value.replace(/["\\]/g, (sign) => `\\${sign}`)}"`;

/** The text that parses to this filter again. */
function written(filter: Filter): string {
  const parts: string[] = [];
  for (const key of ['grade', 'stars', 'iso'] as const) {
    const range = filter[key];
    if (range?.min !== undefined && range.min === range.max) parts.push(`${key}=${range.min}`);
    else {
      if (range?.min !== undefined) parts.push(`${key}>=${range.min}`);
      if (range?.max !== undefined) parts.push(`${key}<=${range.max}`);
    }
  }
  if (filter.date?.from || filter.date?.to) parts.push(`date:${filter.date.from ?? ''}..${filter.date.to ?? ''}`);
  for (const [key, field] of CHOICES) {
    const values = filter[field];
    if (values?.length) parts.push(`${key}:${values.join(',')}`);
  }
  for (const [key, field] of TEXTS) {
    const values = filter[field];
    if (values?.length) parts.push(`${key}:${values.map(quote).join(',')}`);
  }
  if (filter.folders?.length) parts.push(`folder:${filter.folders.join(',')}`);
  if (filter.gps !== undefined) parts.push(filter.gps ? 'has:gps' : 'no:gps');
  if (filter.text) parts.push(filter.text);
  return parts.join(' ');
}

test('a filter written as text reads as the same filter', () => {
  fc.assert(
    fc.property(filters, (filter) => {
      expect(filterOf(written(filter))).toEqual(filter);
    }),
    { numRuns: 1000 },
  );
});

test('any text is a filter or a sentence', () => {
  const pieces = fc.constantFrom(...FILTER_KEYS, ':', '>=', '<', '"', ',', '..', ' ', '\\', '5', 'x', '2024-05', '東');
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join('')),
      ),
      (text) => {
        const parsed = parseFilter(text);
        if ('error' in parsed) expect(parsed.error.length).toBeGreaterThan(5);
      },
    ),
    { numRuns: 3000 },
  );
});
