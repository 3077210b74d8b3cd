/** What the page says: filters, progress, sizes. */
import { describe, expect, test } from 'vitest';
import { jobLine, timeLeft } from '../../renderer/app/jobs/words.ts';
import { chipsOf, rangeText } from '../../renderer/panels/filter/filterWords.ts';
import { headerNote } from '../../renderer/views/grid/headers.ts';
import { hoverLines } from '../../renderer/views/grid/hoverLines.ts';
import type { Job } from '../../shared/job.ts';
import { ALL_PHOTOS, filterSchema } from '../../shared/query.ts';
import { reasonFacts, reasonsSpokenOf } from '../../shared/reasons.ts';
import { SORT_KEYS, SORTS, sortTitle, sortWithout } from '../../shared/sorts.ts';

const folder = { id: 7, parentId: null, name: 'Iceland', count: 3, state: 'online' as const, rootId: 1 };

test('reasons are words, those of a model too', () => {
  expect(reasonFacts('soft-focus')).toMatchObject({ label: 'Soft', kind: 'fault' });
  expect(reasonFacts('strong-light')).toEqual({ label: 'Light & color: strong', kind: 'merit' });
  expect(reasonFacts('weak-technical')).toEqual({ label: 'Technical: weak', kind: 'fault' });
  expect(reasonFacts('of-another-critic').label).toBe('of-another-critic');
});

test('words that stand in no photo are taken for the fault that they name', () => {
  expect(reasonsSpokenOf('Blurry')).toEqual(['soft-focus', 'motion-blur', 'missed-focus']);
  expect(reasonsSpokenOf('too noisy')).toEqual(['noise']);
  expect(reasonsSpokenOf('harbour')).toEqual([]);
  expect(reasonsSpokenOf('')).toEqual([]);
});

test('a tile tells what is known of its photo, heaviest reason last', () => {
  const exposure = {
    camera: null,
    lens: null,
    shutter: 0.004,
    aperture: 8,
    iso: 200,
    focalLength: 18,
    focalLength35: null,
  };
  const reasons = [
    { name: 'noise', weight: -2, text: 'A little noise.' },
    { name: 'soft-focus', weight: -9, text: 'Soft all over.' },
  ];
  const photo = {
    name: 'a.jpg',
    takenAt: Date.UTC(2024, 4, 1, 9, 30),
    takenAtOffset: 120,
    takenAtPrecision: null,
    error: null,
  };
  expect(hoverLines({ ...photo, exposure, reasons })).toEqual([
    'a.jpg',
    expect.stringMatching(/^Wednesday,? 1 May 2024, 09:30:00 UTC\+2$/),
    '18 mm f/8 1/250 s ISO 200',
    'Soft all over.',
  ]);
  const nothing = { ...exposure, shutter: null, aperture: null, iso: null, focalLength: null };
  expect(hoverLines({ ...photo, takenAt: null, exposure: nothing, reasons: [] })).toEqual(['a.jpg', 'No date']);
});

describe('chips of the filter', () => {
  test('say each key that narrows, and what takes it away', () => {
    const chips = chipsOf(
      {
        grade: { min: 60 },
        flags: ['pick', 'none'],
        stars: { min: 3 },
        colors: ['red', 'blue', 'green'],
        folders: [7],
        iso: { min: 100, max: 800 },
        gps: true,
        reasons: ['soft-focus'],
        cameras: [''],
        text: 'harbour',
      },
      [folder],
    );
    expect(chips.map((chip) => chip.text)).toEqual([
      'Grade ≥ 60',
      'Not rejected',
      'Stars ≥ 3',
      '3 labels',
      'Iceland',
      'ISO 100–800',
      'With GPS',
      'Soft',
      'Unknown camera',
      '“harbour”',
    ]);
    expect(chips[0]?.removal).toEqual({ grade: undefined });
  });

  test('cover every key of the filter', () => {
    const full = {
      grade: { min: 1 },
      levels: ['good' as const],
      flags: ['pick' as const],
      stars: { max: 0 },
      colors: ['red' as const],
      date: { from: '2008-10-22', to: '2008-10-22' },
      cameras: ['a'],
      lenses: ['b'],
      iso: { max: 400 },
      focus: { min: 50 },
      subjectFocus: { max: 40 },
      faces: { min: 1 },
      kinds: ['raw' as const],
      folders: [1],
      gps: false,
      reasons: ['noise'],
      states: ['failed' as const],
      keywords: ['sea'],
      text: 'x',
    };
    const chips = chipsOf(filterSchema.parse(full), []);
    expect(new Set(chips.map((chip) => chip.name))).toEqual(new Set(Object.keys(filterSchema.shape)));
    for (const chip of chips) expect(chip.text).not.toBe('');
  });

  test('ranges read as people write them', () => {
    expect(rangeText({ min: 3 })).toBe('≥ 3');
    expect(rangeText({ max: 3 })).toBe('≤ 3');
    expect(rangeText({ min: 3, max: 3 })).toBe('3');
    expect(rangeText({ min: 3, max: 5 })).toBe('3–5');
  });
});

test('a grade is called by who judged', () => {
  const filter = { grade: { min: 60 } };
  expect(chipsOf(filter, [])[0]?.text).toBe('Grade ≥ 60');
  expect(chipsOf(filter, [], 'Technical quality')[0]?.text).toBe('Technical quality ≥ 60');
  expect(sortTitle(ALL_PHOTOS.sort)).toBe('Technical quality, best first');
  expect(sortWithout('grade')).toBe('technical');
  expect(sortWithout('date')).toBe('date');
});

test('every order has words for both directions', () => {
  for (const key of SORT_KEYS) {
    expect(SORTS[key].asc).not.toBe(SORTS[key].desc);
    expect(sortTitle({ key, order: 'desc' })).toContain(SORTS[key].short);
  }
});

test('a level’s header says which grades it holds', () => {
  expect(headerNote({ key: 'excellent', label: 'Excellent', start: 0, count: 93 })).toBe('93 photos, 80 and above');
  expect(headerNote({ key: 'good', label: 'Good', start: 0, count: 1 })).toBe('1 photo, 60 to 79');
  expect(headerNote({ key: 'bad', label: 'Bad', start: 0, count: 2 })).toBe('2 photos, below 20');
  expect(headerNote({ key: '2008-10-22', label: '22 October 2008', start: 0, count: 2 })).toBe('2 photos');
});

describe('progress in words', () => {
  const job: Job = {
    id: 1,
    kind: 'grade',
    title: 'Grading with AesExpert 7B Q4',
    description: '',
    state: 'running',
    done: 8112,
    total: 12408,
    failed: 0,
    unit: 'photos',
    rate: 41 / 60,
    secondsLeft: 6240,
    error: null,
    canPause: true,
    createdAt: 0,
  };
  test('a running job says how far, how fast and how long', () => {
    expect(jobLine(job)).toBe('Grading with AesExpert 7B Q4 · 8,112 of 12,408 · 41 a minute · 1 h 44 min left');
  });
  test('a paused one says neither rate nor time; failures are counted', () => {
    expect(jobLine({ ...job, state: 'paused', failed: 2 })).toBe(
      'Grading with AesExpert 7B Q4 · Paused · 8,112 of 12,408 · 2 failed',
    );
  });
  test('times are as rough as they are known', () => {
    expect([0.2, 40, 59, 60, 720, 3600, 6240].map(timeLeft)).toEqual([
      '1 s left',
      '40 s left',
      '59 s left',
      '1 min left',
      '12 min left',
      '1 h left',
      '1 h 44 min left',
    ]);
  });
});
