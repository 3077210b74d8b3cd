import { describe, expect, it } from 'vitest';
import { HAS_EXIFTOOL } from '../library/differential.ts';
import { roundTrip } from './round-trip.ts';

describe.skipIf(!HAS_EXIFTOOL)('made sidecars', () => {
  it('say what was asked for, and nothing foreign reads differently to exiftool', async () => {
    const { written, refused, changed, missed } = await roundTrip(400);
    expect({ refused, changed, missed }).toEqual({ refused: [], changed: [], missed: [] });
    expect(written).toBeGreaterThan(300);
  }, 240_000);
});
