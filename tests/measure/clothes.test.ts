import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { judged, wear } from './clothes.ts';
import { openRaw } from './degrade.ts';
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

it.skipIf(withoutPhotos()).each(['formats/riverbank.avif', '2003-2008 travel/red-rose_panasonic-lc70_progressive.jpg'])(
  'of %s without its color nothing is blamed that color excused',
  async (photo) => {
    const { data, width, height } = await openRaw(join(PHOTOS, photo), 1600);
    const gray = await sharp(data, { raw: { width, height, channels: 3 } })
      .greyscale()
      .jpeg({ quality: 95 })
      .toBuffer();
    const { reasons } = await judged(gray, 'jpg');
    expect(reasons.filter(({ weight }) => weight < 0)).toEqual([]);
  },
);
