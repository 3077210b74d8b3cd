import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { renderDemoShoot } from '../../electron/core/demo/render.ts';
import { wear } from './clothes.ts';
import { openRaw } from './degrade.ts';
import { FIRST_HALF, PHOTOS, SECOND_HALF, withoutPhotos } from './real-photos.ts';

/** Of the demo shoot every so many frames is tried. */
const EVERY = 6;
/**
 * Comparisons that may be further apart. The bar is none; these only keep it from growing. What is left: a red rose whose gray
 * is brighter than its red, snow whose overexposure is near the threshold, and a dune out of focus that is nearly plain.
 */
const MOST_REAL = 3;
const MOST_DEMO = 5;

it.skipIf(withoutPhotos())(
  'real photos have one grade in six color spaces, four sizes and four qualities',
  async () => {
    const apart: string[] = [];
    for (const photo of [...FIRST_HALF, ...SECOND_HALF])
      apart.push(...(await wear(photo, await openRaw(join(PHOTOS, photo), 6000))));
    console.log(`Grades of one picture that are further apart than they may be:\n${apart.join('\n')}`);
    expect(apart.length).toBeLessThanOrEqual(MOST_REAL);
  },
  1_800_000,
);

it('the demo shoot too', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'keeplight-clothes-demo-'));
  try {
    const { frames } = await renderDemoShoot(folder);
    const apart: string[] = [];
    for (const { file } of frames.filter((_, at) => at % EVERY === 0))
      apart.push(...(await wear(file, await openRaw(join(folder, file), 6000))));
    console.log(`Grades of one frame that are further apart than they may be:\n${apart.join('\n')}`);
    expect(apart.length).toBeLessThanOrEqual(MOST_DEMO);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 1_800_000);
