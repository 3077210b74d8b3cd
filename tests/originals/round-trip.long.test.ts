import { expect, test } from 'vitest';
import { roundTrip } from './round-trip.ts';

test('of 2,400 made sidecars no foreign property reads differently to exiftool', async () => {
  const { written, refused, changed, missed } = await roundTrip(2400);
  expect({ refused, changed, missed }).toEqual({ refused: [], changed: [], missed: [] });
  expect(written).toBeGreaterThan(2000);
});
