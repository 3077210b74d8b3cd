/** Every file of the test photos through the look pool: size, time, verdict; originals untouched; memory bounded. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AnalysisPool, openAnalysisPool } from '../../electron/core/analysis/analysis-pool.ts';
import type { Analysis } from '../../electron/core/catalog/analyses.ts';
import { pairFiles } from '../../electron/core/files/companions.ts';
import { type FoundFile, walkRoot } from '../../electron/core/files/walk.ts';
import { CAN_SEE_PROCESSES, decodersOf, peakBytes } from './decoder-processes.ts';
import { EXPECTATIONS } from './expectations.ts';
import { HAS_PHOTOS, PHOTOS } from './real-photos.ts';

const folder = mkdtempSync(join(tmpdir(), 'keeplight-look-'));
const pool: AnalysisPool = openAnalysisPool({ workers: 2, secondsPerPhoto: 240 });
const previewsOf = (index: number) => ({
  screen: join(folder, `${index}-screen.jpg`),
  thumb: join(folder, `${index}-thumb.jpg`),
});
const state = (path: string) => {
  const { mtimeMs, size, mode } = statSync(path);
  return [createHash('sha256').update(readFileSync(path)).digest('hex'), mtimeMs, size, mode];
};

afterAll(async () => {
  await pool.close();
  rmSync(folder, { recursive: true });
});

describe.skipIf(!HAS_PHOTOS)('the test photos', () => {
  const looks = new Map<string, Analysis>();
  const before = new Map<string, unknown>();
  let peak = 0;

  beforeAll(async () => {
    for (const [path] of EXPECTATIONS) before.set(path, state(join(PHOTOS, path)));
    const meter = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().rss, ...(CAN_SEE_PROCESSES ? decodersOf().map(peakBytes) : []));
    }, 50);
    await Promise.all(
      EXPECTATIONS.map(async ([path], index) => {
        looks.set(path, await pool.look({ files: [join(PHOTOS, path)], previews: previewsOf(index) }));
      }),
    );
    clearInterval(meter);
  }, 400_000);

  it('come out with the right kind, upright size, time, state and reason', () => {
    const seen = EXPECTATIONS.map(([path, , , , , reason]) => {
      const look = looks.get(path)!;
      const { picture, metadata } = look;
      const row: unknown[] = [
        path,
        look.kinds[0],
        picture && [picture.width, picture.height],
        metadata.takenAt?.local ?? null,
      ];
      if (look.state !== 'ready') row.push(look.state, reason?.test(look.reason ?? '') ? reason : look.reason);
      return row;
    });
    expect(seen).toEqual(EXPECTATIONS);
  });

  it('leave previews of the stated size, sRGB, without a trace of metadata', async () => {
    for (const [index, [path]] of EXPECTATIONS.entries()) {
      const { picture } = looks.get(path)!;
      if (picture === null) continue;
      const previews = previewsOf(index);
      for (const [size, edge] of [
        ['screen', 2048],
        ['thumb', 320],
      ] as const) {
        const { width, height, format, space, orientation, icc } = await sharp(previews[size]).metadata();
        expect([path, width, height, format, space, orientation, icc]).toEqual([
          path,
          picture[size]!.width,
          picture[size]!.height,
          'jpeg',
          'srgb',
          undefined,
          undefined,
        ]);
        expect(Math.max(width, height)).toBeLessThanOrEqual(edge);
        // The preview has the photo's shape: a pixel or, for a RAW's preview with its margins, some percent off.
        const slack = path.includes('raw') ? 0.05 * edge : 1.5;
        expect(
          Math.abs(
            (Math.max(width, height) * Math.min(picture.width, picture.height)) /
              Math.max(picture.width, picture.height) -
              Math.min(width, height),
          ),
          path,
        ).toBeLessThan(slack);
      }
    }
  });

  it('are untouched', () => {
    for (const [path] of EXPECTATIONS) expect(state(join(PHOTOS, path)), path).toEqual(before.get(path));
  });

  it('cost less than a gigabyte of memory, bombs included', () => {
    expect(peak).toBeGreaterThan(0);
    expect(peak / 2 ** 20).toBeLessThan(1024);
  });

  it('all become photos, sidecars or an orphan: nothing is silently missing', async () => {
    const files: FoundFile[] = [];
    for await (const found of walkRoot(PHOTOS)) {
      expect(found.type).toBe('file');
      if (found.type === 'file') files.push(found);
    }
    expect(
      files
        .filter(({ role }) => role === 'picture')
        .map(({ relativePath }) => relativePath)
        .sort(),
    ).toEqual(EXPECTATIONS.map(([path]) => path).sort());
    const { photos, orphans } = pairFiles(files);
    expect(orphans.map(({ relativePath }) => relativePath)).toEqual(['metadata/orphan_digikam-example.xmp']);
    const pair = photos.find(({ isPair }) => isPair)!;
    expect(pair.pictures.map(({ relativePath }) => relativePath)).toEqual([
      'raw/canon_eos_6d.JPG',
      'raw/canon_eos_6d.dng',
    ]);
    expect(pair.sidecars.map(({ relativePath }) => relativePath)).toEqual(['raw/canon_eos_6d.xmp']);
    expect(photos).toHaveLength(126);
  });

  it('of which duplicates have one fingerprint, and near-duplicates have not', () => {
    const fingerprint = (path: string) => looks.get(path)!.fingerprints[0];
    expect(fingerprint('phones/IMG_4120 (1).JPG')).toBe(fingerprint('phones/IMG_4120.JPG'));
    expect(fingerprint('phones/IMG_E4120.JPG')).not.toBe(fingerprint('phones/IMG_4120.JPG'));
    expect(new Set(EXPECTATIONS.map(([path]) => fingerprint(path))).size).toBe(EXPECTATIONS.length - 1);
  });

  it('keep what photographers wrote and cameras measured', () => {
    const of = (path: string) => looks.get(path)!.metadata;
    expect(of('2009-2023 dslr and compacts/fashion-portrait_canon-7d_adobergb_rating3.jpg')).toMatchObject({
      camera: 'Canon EOS 7D',
      lens: 'EF24-70mm f/2.8L USM',
      exposureSeconds: 1 / 125,
      aperture: 11,
      iso: 200,
      rating: 3,
      label: 'blau',
      labelColor: 'blue',
      profile: 'Adobe RGB (1998)',
      creator: 'Peter Bemmann',
    });
    expect(of('metadata/iptc-keywords-caption_nikon-d2x.jpg')).toMatchObject({
      camera: 'Nikon D2X',
      rating: 2,
      label: 'Red',
      focalLength: 130,
      focalLength35: 195,
      takenAt: { local: '2009-06-24T09:41:07.720', offsetMinutes: -240, source: 'exif' },
    });
    expect(of('metadata/iptc-keywords-caption_nikon-d2x.jpg').keywords).toHaveLength(35);
    expect(of('metadata/mushroom_panasonic-g91_rating4_progressive.jpg')).toMatchObject({
      rating: 4,
      takenAt: { local: '2024-09-29T10:37:52.996', offsetMinutes: 60, utcMs: Date.UTC(2024, 8, 29, 9, 37, 52, 996) },
    });
    expect(of('sequences/portrait burst/DSC_0053.nef')).toMatchObject({
      camera: 'Nikon D70s',
      lens: '50 mm f/1.8',
      iso: 200,
    });
    const { gps } = of('heic/IMG_2682_iphone7_gps_p3.heic');
    expect(gps?.latitude).toBeCloseTo(41.22, 2);
    expect(gps?.longitude).toBeCloseTo(-96.07, 2);
    // The addresses that some contributors left in descriptions are no captions.
    expect(of('sequences/lund street walk/lund_08.jpg').caption).toBeNull();
  });

  it('turn face regions with the picture', () => {
    const names = (path: string) => looks.get(path)!.metadata.faces;
    const upright = names('metadata/face-regions_curies.jpg');
    const turned = names('metadata/face-regions_curies_orientation6_grayscale.jpg');
    expect(upright.map(({ name }) => name)).toEqual(['Marie Curie', 'Pierre Curie']);
    for (const [index, face] of upright.entries())
      for (const side of ['left', 'top', 'width', 'height'] as const)
        expect(turned[index]![side]).toBeCloseTo(face[side], 4);
  });
});
