/** One picture in other clothes: its files in other color spaces, sizes and qualities, and how far their grades are apart. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll } from 'vitest';
import { MEASURE_EDGE, measurePicture } from '../../electron/core/analysis/measures/measure.ts';
import { openBytes } from '../../electron/core/formats/bytes.ts';
import { namedProfile } from '../../electron/core/formats/icc.ts';
import { inspect } from '../../electron/core/formats/inspect.ts';
import { openPicture } from '../../electron/core/pixels/decode.ts';
import { tiffAround } from '../../electron/core/pixels/tiff-around.ts';
import { judgeFacts } from '../../models/measured/critic.ts';
import type { Critique } from '../../shared/critique.ts';
import type { Raw } from './degrade.ts';

/** Points by which grades of one picture may differ. */
const COLOR = 3;
const SIZE = 5;

const folder = mkdtempSync(join(tmpdir(), 'keeplight-clothes-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A profile as a file for libvips, which takes profiles by path alone. */
function profileFile(space: Parameters<typeof namedProfile>[0]): string {
  const path = join(folder, `${space}.icc`);
  writeFileSync(path, namedProfile(space));
  return path;
}

/** As the library reads and judges a file: decoded with its profile, made small in the same two steps. */
export async function judged(bytes: Buffer, extension: string): Promise<Critique> {
  const path = join(folder, `picture.${extension}`);
  writeFileSync(path, bytes);
  using opened = openBytes(path, true);
  const picture = await openPicture(opened, path, inspect(opened, `picture.${extension}`), { longEdge: 2048 });
  const { width, height, sourceWidth, sourceHeight } = picture;
  const small = await sharp(picture.rgb, { raw: { width, height, channels: 3 } })
    .resize(MEASURE_EDGE, MEASURE_EDGE, { fit: 'inside', withoutEnlargement: true })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const facts = measurePicture({
    rgb: small.data,
    width: small.info.width,
    height: small.info.height,
    sourceWidth,
    sourceHeight,
  });
  return judgeFacts(facts, { width: sourceWidth, height: sourceHeight }).critique;
}

const open = ({ data, width, height }: Raw) => sharp(data, { raw: { width, height, channels: 3 } });
const jpeg = { quality: 95, chromaSubsampling: '4:4:4' } as const;

async function inColors(raw: Raw): Promise<[string, Critique][]> {
  const wide = async (space: Parameters<typeof namedProfile>[0]) =>
    judged(await open(raw).withIccProfile(profileFile(space)).jpeg(jpeg).toBuffer(), 'jpg');
  return [
    ['Display P3', await wide('display-p3')],
    ['Adobe RGB', await wide('adobe-rgb')],
    [
      'ProPhoto, 16 bit',
      await judged(
        await open(raw)
          .toColourspace('rgb16')
          .withIccProfile(profileFile('prophoto-rgb'))
          .tiff({ compression: 'none' })
          .toBuffer(),
        'tif',
      ),
    ],
    ['CMYK', await judged(tiffAround(inInks(raw.data), raw.width, raw.height, null, 'cmyk'), 'tif')],
  ];
}

/**
 * Inks without a profile, as programs write them that know none: what all three lack of light is black. (The separation that
 * libvips makes with its own profile merges all that is darker than 40 of 255: another picture, not the same in ink.)
 */
function inInks(rgb: Uint8Array): Buffer {
  const inks = Buffer.alloc((rgb.length / 3) * 4);
  for (let from = 0, to = 0; from < rgb.length; from += 3, to += 4) {
    const light = Math.max(rgb[from]!, rgb[from + 1]!, rgb[from + 2]!);
    for (let channel = 0; channel < 3; channel++)
      inks[to + channel] = light === 0 ? 0 : Math.round(255 * (1 - rgb[from + channel]! / light));
    inks[to + 3] = 255 - light;
  }
  return inks;
}

const MEGAPIXELS = [24, 12, 4, 1];
const QUALITIES = [95, 90, 85, 80];

async function inSizes(source: Raw): Promise<[string, Critique][]> {
  const most = source.width * source.height;
  const sizes = MEGAPIXELS.filter((megapixels) => megapixels * 1e6 <= most * 1.02);
  const made: [string, Critique][] = [];
  for (const megapixels of sizes) {
    const width = Math.round(source.width * Math.sqrt((megapixels * 1e6) / most));
    made.push([`${megapixels} MP`, await judged(await open(source).resize(width).jpeg(jpeg).toBuffer(), 'jpg')]);
  }
  return made;
}

async function inQualities(raw: Raw): Promise<[string, Critique][]> {
  const made: [string, Critique][] = [];
  for (const quality of QUALITIES)
    made.push([`quality ${quality}`, await judged(await open(raw).jpeg({ quality }).toBuffer(), 'jpg')]);
  return made;
}

/** Pairs that are further apart than they may be, with their grades. */
function apart(what: string, all: readonly [string, Critique][], most: number): string[] {
  const values = all.map(([, { value }]) => value);
  const spread = Math.max(...values) - Math.min(...values);
  if (spread <= most) return [];
  return [`${what}: ${all.map(([name, { value }]) => `${name} ${value.toFixed(1)}`).join(', ')}`];
}

/** What is further apart than 3 points in six color spaces, or 5 in sizes or qualities; empty when all is well. */
export async function wear(what: string, raw: Raw): Promise<string[]> {
  const plain: [string, Critique] = ['sRGB', await judged(await open(raw).jpeg(jpeg).toBuffer(), 'jpg')];
  const grey = await judged(await open(raw).greyscale().jpeg(jpeg).toBuffer(), 'jpg');
  return [
    ...apart(what, [plain, ...(await inColors(raw))], COLOR),
    ...apart(`${what}, gray`, [plain, ['gray', grey]], COLOR),
    ...apart(what, await inSizes(raw), SIZE),
    ...apart(what, await inQualities(raw), SIZE),
  ];
}
