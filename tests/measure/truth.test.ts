import { expect, it } from 'vitest';
import type { Damage } from './degrade.ts';
import { ratesOf } from './rates.ts';
import { SECOND_HALF, withoutPhotos } from './real-photos.ts';
import { tryPhotos } from './trials.ts';

const DAMAGES: readonly Damage[] = [
  { kind: 'blur', strength: 0.3 },
  { kind: 'motion', strength: 1, variant: 20 },
  { kind: 'brighter', strength: 2.3 },
  { kind: 'darker', strength: -2 },
  { kind: 'noise', strength: 22 },
  { kind: 'jpeg', strength: 7 },
  { kind: 'cast', strength: 1 },
  { kind: 'tilt', strength: -4 },
];

it.skipIf(withoutPhotos())(
  'the measured critic tells the truth about damaged copies of real photos',
  async () => {
    const { trials, intact } = await tryPhotos(SECOND_HALF, DAMAGES, 1600);
    const rates = ratesOf(trials, intact);
    console.log(`The measured critic on real photos:\n${rates.table}`);
    expect(rates.ranked).toBeGreaterThanOrEqual(0.97);
    expect(rates.named).toBeGreaterThanOrEqual(0.9);
    expect(rates.accused).toBeLessThanOrEqual(0.05);
  },
  600_000,
);
