import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { expect, it } from 'vitest';
import { measurePicture } from '../../electron/core/analysis/measures/measure.ts';
import { judgeFacts } from '../../models/measured/critic.ts';
import { hashDistance } from '../../shared/facts.ts';
import {
  type JudgedMeasureName,
  MEASURE_FACTS,
  type MeasureName,
  type OptionalMeasureName,
} from '../../shared/measures.ts';
import { pictureOf } from './degrade.ts';
import { leaves } from './pictures.ts';
import { PHOTOS, withoutPhotos } from './real-photos.ts';

/** What every photo has and was seen. */
type SteadyMeasure = Exclude<MeasureName, OptionalMeasureName | JudgedMeasureName>;

const SAME: readonly SteadyMeasure[] = [
  'focus',
  'subjectFocus',
  'brightness',
  'highlightPoint',
  'shadowPoint',
  'contrast',
  'clippedHighlights',
  'colorfulness',
  'neutralArea',
  'subjectX',
  'subjectY',
];

/** Judges the same picture from a file whose long edge is `edge` and from one of 1 megapixel. */
async function compare(name: string, source: Sharp, edge: number): Promise<void> {
  const sized = async (edge: number) => {
    const file = await source.clone().resize(edge, edge, { fit: 'inside' }).jpeg({ quality: 95 }).toBuffer();
    const picture = await pictureOf(file);
    const facts = measurePicture(picture);
    const about = { width: picture.sourceWidth, height: picture.sourceHeight };
    return { measures: facts.seen, critique: judgeFacts(facts, about).critique };
  };
  const big = await sized(edge);
  const small = await sized(1250);
  for (const measure of SAME) {
    const [low, high] = MEASURE_FACTS[measure].range;
    expect(Math.abs(big.measures[measure] - small.measures[measure]), `${name}: ${measure}`).toBeLessThan(
      0.08 * (high - low),
    );
  }
  expect(hashDistance(big.measures.dHash, small.measures.dHash)).toBeLessThanOrEqual(4);
  expect(Math.abs(big.critique.value - small.critique.value), `${name}: grade`).toBeLessThan(6);
  const faults = ({ critique }: typeof big) =>
    critique.reasons.filter((reason) => reason.weight < 0).map((reason) => reason.name);
  expect(faults(big)).toEqual(faults(small));
}

it('a made picture gives nearly the same measures and grade at 1 and at 4 megapixels', async () => {
  const { rgb, width, height } = leaves(2400, 1600, 21);
  await compare('leaves', sharp(rgb, { raw: { width, height, channels: 3 } }), 2400);
}, 400_000);

it.skipIf(withoutPhotos())(
  'a real photo at 1 and at 24 megapixels too',
  async () => {
    const file = join(PHOTOS, '2009-2023 dslr and compacts/bartender_24mp_progressive_noexif.jpg');
    await compare('bartender', sharp(file).autoOrient().toColourspace('srgb'), 6000);
  },
  400_000,
);
