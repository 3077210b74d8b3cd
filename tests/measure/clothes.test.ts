import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { judged, wear } from './clothes.ts';
import { coloredLeaves } from './pictures.ts';
import { PHOTOS, withoutPhotos } from './real-photos.ts';

it('a made picture has one grade: within 3 points in six color spaces, within 5 in sizes and qualities', async () => {
  const { rgb, width, height } = coloredLeaves(1500, 1000, 17);
  expect(await wear('leaves', { data: Buffer.from(rgb), width, height })).toEqual([]);
}, 240_000);

it.skipIf(withoutPhotos())(
  'a sunset saved in sRGB and in Display P3 has one grade, and nobody blames its color',
  async () => {
    const [first, second] = await Promise.all(
      ['srgb', 'display-p3'].map((space) =>
        judged(readFileSync(join(PHOTOS, `colour/iceland-sunset_${space}_nikon-d800e.jpg`)), 'jpg'),
      ),
    );
    expect(Math.abs(first!.value - second!.value)).toBeLessThanOrEqual(3);
    for (const { reasons } of [first!, second!]) expect(reasons.filter(({ weight }) => weight < 0)).toEqual([]);
  },
);
