import { describe, expect, it } from 'vitest';
import type { Damage } from './degrade.ts';
import { ratesOf } from './rates.ts';
import { FIRST_HALF, SECOND_HALF, withoutPhotos } from './real-photos.ts';
import { tryPhotos } from './trials.ts';

const DAMAGES: readonly Damage[] = [
  ...[0.2, 0.35, 0.6].map((strength): Damage => ({ kind: 'blur', strength })),
  { kind: 'motion', strength: 0.55, variant: 0 },
  { kind: 'motion', strength: 0.8, variant: 160 },
  { kind: 'motion', strength: 1, variant: 35 },
  { kind: 'motion', strength: 1.6, variant: 90 },
  { kind: 'brighter', strength: 1.5 },
  { kind: 'brighter', strength: 2.5 },
  { kind: 'brighter', strength: 1.5, variant: 1 },
  { kind: 'darker', strength: -1.5 },
  { kind: 'darker', strength: -2.5 },
  { kind: 'darker', strength: -1.5, variant: 1 },
  ...[15, 30].map((strength): Damage => ({ kind: 'noise', strength })),
  ...[5, 10].map((strength): Damage => ({ kind: 'jpeg', strength })),
  ...[1, -1].map((strength): Damage => ({ kind: 'cast', strength })),
  ...[3, -4, 6].map((strength): Damage => ({ kind: 'tilt', strength })),
];

describe.skipIf(withoutPhotos())('the measured critic, all strengths', () => {
  it.each([
    ['first half', FIRST_HALF],
    ['second half', SECOND_HALF],
  ] as const)(
    '%s',
    async (half, photos) => {
      const { trials, intact } = await tryPhotos(photos, DAMAGES, 2400);
      const rates = ratesOf(trials, intact);
      console.log(`The measured critic on real photos, ${half}:\n${rates.table}`);
      expect(rates.ranked).toBeGreaterThanOrEqual(0.96);
      expect(rates.named).toBeGreaterThanOrEqual(0.87);
      expect(rates.accused).toBeLessThanOrEqual(0.07);
    },
    1_800_000,
  );
});
