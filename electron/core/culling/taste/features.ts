/** What taste reads of a photo: measures, what the critic perceived, how it was taken, each as one number. */

import { DIMENSION_LABELS, DIMENSIONS } from '../../../../shared/grade.ts';
import { MEASURE_FACTS, type MeasureName } from '../../../../shared/measures.ts';
import type { TasteRow } from '../../catalog/taste.ts';

/** A photo as it is known; null for what is not. */
export type TastePhoto = Omit<TasteRow, 'taste'> & { faces: { count: number; largest: number } | null };

type Feature = { name: string; read: (photo: TastePhoto) => number | null };

const SKIPPED: ReadonlySet<MeasureName> = new Set([
  'motionDirection',
  'tiltAgreement',
  'clippedRed',
  'clippedGreen',
  'clippedBlue',
]);
const measured = (name: string) => (photo: TastePhoto) => {
  const value = photo.measures?.[name];
  return typeof value === 'number' ? value : null;
};
const log = (value: number | null): number | null => (value === null || value <= 0 ? null : Math.log2(value));

/** Shares of the picture are mostly small: their roots tell more. */
const SHARES: ReadonlySet<string> = new Set([
  'clippedHighlights',
  'clippedSky',
  'blockedShadows',
  'plainArea',
  'neutralArea',
]);
const PLAIN: Feature[] = [
  ...(Object.keys(MEASURE_FACTS) as MeasureName[])
    .filter((name) => !SKIPPED.has(name))
    .map((name): Feature => {
      const read = measured(name);
      const isShare = SHARES.has(name);
      return {
        name: MEASURE_FACTS[name].label,
        read: (photo) => {
          const value = read(photo);
          if (value === null) return null;
          return name === 'tilt' ? Math.abs(value) : isShare ? Math.sqrt(Math.max(0, value)) : value;
        },
      };
    }),
  { name: 'Warmth', read: (photo) => minus(measured('castRed')(photo), measured('castBlue')(photo)) },
  {
    name: 'Depth of field',
    read: (photo) => minus(measured('subjectFocus')(photo), measured('backgroundFocus')(photo)),
  },
  ...DIMENSIONS.map(
    (name): Feature => ({
      name: DIMENSION_LABELS[name],
      read: ({ dimensions }) => dimensions?.[name] ?? null,
    }),
  ),
  { name: 'Grade', read: ({ grade }) => grade },
  { name: 'Technical quality', read: ({ technical }) => technical },
  { name: 'Upright format', read: ({ width, height }) => (width > 0 && height > 0 ? (height > width ? 1 : 0) : null) },
  {
    name: 'Width to height',
    read: ({ width, height }) => (width > 0 && height > 0 ? Math.abs(Math.log2(width / height)) : null),
  },
  { name: 'ISO', read: ({ iso }) => log(iso) },
  { name: 'f-number', read: ({ aperture }) => log(aperture) },
  { name: 'Exposure time', read: ({ shutter }) => log(shutter) },
  { name: 'Focal length', read: ({ focal }) => log(focal) },
  {
    name: 'Time of day',
    read: ({ takenAt }) => (takenAt === null ? null : Math.abs(((takenAt / 3_600_000) % 24) - 13)),
  },
  { name: 'Faces', read: ({ faces }) => (faces === null ? null : Math.log2(1 + faces.count)) },
  { name: 'Largest face', read: ({ faces }) => faces?.largest ?? null },
];

/** Of these people like a middle, or both ends: their squares speak too. */
const CURVED: ReadonlySet<string> = new Set([
  MEASURE_FACTS.brightness.label,
  MEASURE_FACTS.colorfulness.label,
  MEASURE_FACTS.contrast.label,
  MEASURE_FACTS.dynamicRange.label,
  MEASURE_FACTS.focus.label,
  'Warmth',
]);

function minus(one: number | null, other: number | null): number | null {
  return one === null || other === null ? null : one - other;
}

/** Names of the features, in the order of `Scale.of`. */
export const FEATURE_NAMES: readonly string[] = [
  ...PLAIN.map(({ name }) => name),
  ...PLAIN.filter(({ name }) => CURVED.has(name)).map(({ name }) => `${name}, far from the middle`),
];

export type ScaleNumbers = { mean: number[]; spread: number[] };

/** Features brought to mean 0 and spread 1 over the photos that taste knows; what is not known is the mean. */
export class Scale {
  readonly numbers: ScaleNumbers;

  constructor(numbers: ScaleNumbers) {
    this.numbers = numbers;
  }

  static over(photos: readonly TastePhoto[]): Scale {
    const mean: number[] = [];
    const spread: number[] = [];
    for (const { read } of PLAIN) {
      let count = 0;
      let sum = 0;
      let squares = 0;
      for (const photo of photos) {
        const value = read(photo);
        if (value === null) continue;
        count++;
        sum += value;
        squares += value * value;
      }
      const middle = count === 0 ? 0 : sum / count;
      mean.push(middle);
      spread.push(count === 0 ? 0 : Math.sqrt(Math.max(0, squares / count - middle * middle)));
    }
    return new Scale({ mean, spread });
  }

  of(photo: TastePhoto): Float64Array {
    const values = new Float64Array(FEATURE_NAMES.length);
    let curved = PLAIN.length;
    for (const [index, { name, read }] of PLAIN.entries()) {
      const value = read(photo);
      const spread = this.numbers.spread[index]!;
      const scaled =
        value === null || spread < 1e-9 ? 0 : Math.max(-4, Math.min(4, (value - this.numbers.mean[index]!) / spread));
      values[index] = scaled;
      if (CURVED.has(name)) values[curved++] = value === null || spread < 1e-9 ? 0 : (scaled * scaled - 1) / Math.SQRT2;
    }
    return values;
  }
}
