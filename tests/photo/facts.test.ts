import { expect, test } from 'vitest';
import {
  apertureText,
  exposureLine,
  focalText,
  locationText,
  markText,
  pixelsText,
  shutterText,
  takenText,
} from '../../renderer/panels/inspector/facts.ts';
import { bytesText } from '../../shared/bytes.ts';

test('exposure is written as photographers write it', () => {
  expect(shutterText(1 / 250)).toBe('1/250 s');
  expect(shutterText(0.5)).toBe('0.5 s');
  expect(shutterText(30)).toBe('30 s');
  expect(apertureText(2.8)).toBe('f/2.8');
  expect(apertureText(11)).toBe('f/11');
  expect(focalText(4.25, 26)).toBe('4.3 mm (26 mm on 35 mm film)');
  expect(focalText(50, 50)).toBe('50 mm');
  const exposure = {
    camera: null,
    lens: null,
    shutter: 0.004,
    aperture: 8,
    iso: 200,
    focalLength: 18,
    focalLength35: 27,
  };
  expect(exposureLine(exposure)).toBe('18 mm f/8 1/250 s ISO 200');
  expect(exposureLine({ ...exposure, shutter: null, aperture: null, iso: null, focalLength: null })).toBe('');
});

test('sizes, places and times are readable', () => {
  expect(bytesText(24_160_000)).toBe('24.2 MB');
  expect(bytesText(12)).toBe('12 bytes');
  expect(bytesText(380_400)).toBe('380 kB');
  expect(bytesText(999_600)).toBe('1.0 MB');
  expect(bytesText(141_000_000)).toBe('141 MB');
  expect(bytesText(16 * 2 ** 30)).toBe('17.2 GB');
  expect(bytesText(4_080_000_000)).toBe('4.08 GB');
  expect(pixelsText(6000, 4000)).toBe('6000 × 4000 · 24 megapixels');
  expect(pixelsText(0, 0)).toBe('');
  expect(locationText({ latitude: -33.8568, longitude: 151.2153 })).toBe('33.8568° S, 151.2153° E');
  const taken = takenText(Date.UTC(2024, 5, 7, 6, 5, 4), 345);
  expect(taken.date).toContain('7 June 2024');
  expect(taken.time).toBe('06:05:04 UTC+5:45');
  expect(takenText(0, -180).time).toContain('UTC−3');
});

test('what a file says of itself is one line', () => {
  expect(markText({ flag: 'none', stars: 5, color: 'none' })).toBe('5 stars');
  expect(markText({ flag: 'none', stars: 1, color: 'blue' })).toBe('1 star, blue');
  expect(markText({ flag: 'reject', stars: 0, color: 'none' })).toBe('rejected');
  expect(markText({ flag: 'pick', stars: 3, color: 'red' })).toBe('picked, 3 stars, red');
});
