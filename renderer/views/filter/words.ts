/** Values of the filter as people read them. */
import { DIMENSION_LABELS, DIMENSIONS, type Level } from '../../../shared/grade.ts';
import type { Color, Flag, Kind, PhotoState } from '../../../shared/photo.ts';
import { REASON_FACTS, type ReasonFacts, reasonLabel } from '../../../shared/reasons.ts';

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

/**
 * A reason as people read it: a measured one by its caption, a model's own (`weak-light`) by the dimension that stands
 * out from the photo as a whole.
 */
export function reasonWords(name: string): ReasonFacts {
  const dimension = DIMENSIONS.find((one) => name === `strong-${one}` || name === `weak-${one}`);
  if (dimension !== undefined) {
    const isStrong = name.startsWith('strong-');
    return {
      label: `${DIMENSION_LABELS[dimension]}: ${isStrong ? 'strong' : 'weak'}`,
      kind: isStrong ? 'merit' : 'fault',
    };
  }
  if (name in REASON_FACTS) return REASON_FACTS[name as keyof typeof REASON_FACTS];
  return { label: reasonLabel(name), kind: 'fault' };
}
