/** Values of the filter as people read them. */
import type { Level } from '../../../shared/grade.ts';
import type { Color, Flag, Kind, PhotoState } from '../../../shared/photo.ts';

export const LEVEL_WORDS: Readonly<Record<Level, string>> = {
  excellent: 'Excellent',
  good: 'Good',
  fair: 'Fair',
  poor: 'Poor',
  bad: 'Bad',
};
export const FLAG_WORDS: Readonly<Record<Flag, string>> = { pick: 'Picked', none: 'No flag', reject: 'Rejected' };
export const COLOR_WORDS: Readonly<Record<Color, string>> = {
  none: 'No label',
  red: 'Red',
  yellow: 'Yellow',
  green: 'Green',
  blue: 'Blue',
  purple: 'Purple',
};
export const KIND_WORDS: Readonly<Record<Kind, string>> = {
  jpeg: 'JPEG',
  raw: 'RAW',
  'raw+jpeg': 'RAW + JPEG',
  heic: 'HEIC',
  avif: 'AVIF',
  png: 'PNG',
  tiff: 'TIFF',
  webp: 'WebP',
  gif: 'GIF',
  bmp: 'BMP',
  other: 'Other',
};
export const STATE_WORDS: Readonly<Record<PhotoState, string>> = {
  pending: 'Not looked at yet',
  ready: 'Ready',
  failed: 'Broken',
  missing: 'Missing',
};
