/** What a shoot is taken for, from its faces, its lens and its lines. */
import { expect, test } from 'vitest';
import { genreOf } from '../../electron/core/culling/genre.ts';

const lens = (focal: number | null, aperture: number | null = null) => ({ focal, aperture, shutter: null });

test('faces make a shoot of people, whatever the lens', () => {
  for (const focal of [14, 50, 600]) expect(genreOf(lens(focal, 8), { faces: 0.3, lines: 1 })).toBe('people');
  expect(genreOf(lens(600), { faces: 0.29, lines: null })).toBe('action');
});

test('a wide lens is for buildings where lines agree, for landscapes where it is stopped down and they do not', () => {
  expect(genreOf(lens(24, 8), { faces: 0, lines: 0.5 })).toBe('architecture');
  expect(genreOf(lens(24, 8), { faces: 0, lines: 0.49 })).toBe('landscape');
  expect(genreOf(lens(24, 2.8), { faces: 0, lines: 0.2 })).toBe('people');
  expect(genreOf(lens(41, 8), { faces: 0, lines: 1 })).toBe('people');
});

test('nothing known is people: there eyes count only where they were seen, and a tilt never', () => {
  expect(genreOf(lens(null), { faces: null, lines: null })).toBe('people');
});
