/** Values of a photo as people read them: one list for the filter, the inspector and the menus. */
import type { Level } from './grade.ts';
import type { MomentKind } from './moments.ts';
import type { Color, Flag, Kind, PhotoState } from './photo.ts';

export const LEVEL_LABELS: Readonly<Record<Level, string>> = {
  excellent: 'Excellent',
  good: 'Good',
  fair: 'Fair',
  poor: 'Poor',
  bad: 'Bad',
};
export const FLAG_LABELS: Readonly<Record<Flag, string>> = { pick: 'Picked', none: 'No flag', reject: 'Rejected' };
export const COLOR_LABELS: Readonly<Record<Color, string>> = {
  none: 'No label',
  red: 'Red',
  yellow: 'Yellow',
  green: 'Green',
  blue: 'Blue',
  purple: 'Purple',
};
export const KIND_LABELS: Readonly<Record<Kind, string>> = {
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
  jxl: 'JPEG XL',
  jp2: 'JPEG 2000',
  psd: 'Photoshop',
  other: 'Other',
};
export const MOMENT_LABELS: Readonly<Record<MomentKind, string>> = {
  burst: 'Burst',
  repeat: 'Repeat',
  duplicate: 'Copies',
  bracket: 'Bracket',
  'focus-bracket': 'Focus bracket',
  panorama: 'Panorama',
  manual: 'Stack',
};
export const MOMENTS_LABELS: Readonly<Record<MomentKind, string>> = {
  burst: 'Bursts',
  repeat: 'Repeats',
  duplicate: 'Groups of copies',
  bracket: 'Brackets',
  'focus-bracket': 'Focus brackets',
  panorama: 'Panoramas',
  manual: 'Stacks by hand',
};
export const STATE_LABELS: Readonly<Record<PhotoState, string>> = {
  pending: 'Not looked at yet',
  ready: 'Ready',
  failed: 'Broken',
  missing: 'Missing',
};
