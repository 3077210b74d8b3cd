/**
 * Finding and judging on the project's own test photos, labelled by eye (labels.json), and on copies made of them:
 * mirrored, and exposed a stop less. Prints what it found; skipped where the photos are not at hand.
 */
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lookForFaces } from '../../electron/core/analysis/faces/look-for-faces.ts';
import type { Face, SeenFaces } from '../../shared/face.ts';

type Label = { box: [number, number, number, number]; eyes: 'open' | 'closed' | 'hidden'; front?: false };

const PHOTOS = fileURLToPath(new URL('../../../shared/photos/', import.meta.url));
const { photos, faceless } = JSON.parse(readFileSync(new URL('labels.json', import.meta.url), 'utf8')) as {
  photos: Record<string, Label[]>;
  faceless: string[];
};
const areHere = Object.keys(photos).every((file) => existsSync(join(PHOTOS, file)));
if (!areHere) console.log('Faces are not looked for in real photos: ../shared/photos is not here.');

let folder = '';
let made = 0;

const COPIES = ['as it is', 'mirrored', 'a stop darker'] as const;
type Copy = (typeof COPIES)[number];

/** The photo as the index shows it: upright, at most 2,048 pixels, in `file` as large as it was. */
async function copyOf(
  name: string,
  copy: Copy,
): Promise<{ preview: string; file: string; width: number; height: number }> {
  let picture = sharp(join(PHOTOS, name), { failOn: 'none' }).rotate().toColourspace('srgb').removeAlpha();
  if (copy === 'mirrored') picture = sharp(await picture.png({ compressionLevel: 0 }).toBuffer()).flop();
  if (copy === 'a stop darker') picture = picture.linear(0.72, 0);
  const [preview, file] = [join(folder, `${++made}-preview.jpg`), join(folder, `${made}.jpg`)];
  const { width, height } = await picture.jpeg({ quality: 95 }).toFile(file);
  await sharp(file)
    .resize(2048, 2048, { fit: 'inside', withoutEnlargement: true })
    .jpeg({ quality: 82 })
    .toFile(preview);
  return { preview, file, width, height };
}

async function look(name: string, copy: Copy): Promise<SeenFaces & { long: number; wide: number }> {
  const { preview, file, width, height } = await copyOf(name, copy);
  const seen = await lookForFaces({ preview, files: [file], width, height, focusTiles: null });
  return { ...seen, long: Math.max(width, height), wide: width };
}

const flipped = ({ box: [left, top, width, height], ...label }: Label): Label => ({
  ...label,
  box: [1 - left - width, top, width, height],
});

function overlap([left, top, width, height]: Label['box'], face: Face): number {
  const across = Math.min(left + width, face.left + face.width) - Math.max(left, face.left);
  const down = Math.min(top + height, face.top + face.height) - Math.max(top, face.top);
  if (across <= 0 || down <= 0) return 0;
  return (across * down) / (width * height + face.width * face.height - across * down);
}

type Met = { label: Label; face: Face | null; edge: number };

describe.skipIf(!areHere)('on labelled real photos', () => {
  const met: Met[] = [];
  const strays: string[] = [];
  const hits: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'keeplight-faces-'));
    for (const copy of COPIES) {
      for (const [name, labels] of Object.entries(photos)) {
        const { faces, long, wide } = await look(name, copy);
        const rest = new Set(faces);
        for (const label of copy === 'mirrored' ? labels.map(flipped) : labels) {
          const face = [...rest].find((one) => overlap(label.box, one) > 0.3) ?? null;
          if (face) rest.delete(face);
          met.push({ label, face, edge: (label.box[2] * wide * 1024) / long });
        }
        for (const stray of rest) strays.push(`${name} ${copy}: ${stray.left.toFixed(2)}, ${stray.top.toFixed(2)}`);
      }
    }
    for (const name of faceless) if ((await look(name, 'as it is')).faces.length > 0) hits.push(name);
  }, 600_000);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('at least 120 faces are labelled', () => {
    console.log(
      `${met.length} faces: ${met.length / COPIES.length} labelled in ${Object.keys(photos).length} photos, and two copies of each`,
    );
    expect(met.length).toBeGreaterThanOrEqual(120);
  });

  test('of larger faces that look at us at least 95 % are found', () => {
    const large = met.filter(({ edge }) => edge >= 40);
    const front = large.filter(({ label }) => label.front !== false);
    const found = (of: readonly Met[]) => of.filter(({ face }) => face !== null).length;
    console.log(
      `Found ${found(front)} of ${front.length} faces from 40 pixels of 1,024 on (with profiles and faces turned down ${found(large)} of ${large.length}; of all sizes ${found(met)} of ${met.length}); where no face is labelled: ${strays.length} ${strays.join('; ')}`,
    );
    expect(found(front) / front.length).toBeGreaterThanOrEqual(0.95);
    expect(strays.length).toBeLessThanOrEqual(0.02 * met.length);
  });

  test('of photos without people at most 2 % are hit', () => {
    console.log(`Hit: ${hits.length} of ${faceless.length} photos without people ${hits.join('; ')}`);
    expect(hits.length).toBeLessThanOrEqual(0.02 * faceless.length);
  });

  test('eyes that are called open are, and those called closed mostly', () => {
    const called = (state: Face['eyes']) => met.filter(({ face }) => face?.eyes === state);
    const [open, closed, unknown] = [called('open'), called('closed'), called('unknown')];
    const openRight = open.filter(({ label }) => label.eyes === 'open').length;
    const closedRight = closed.filter(({ label }) => label.eyes === 'closed').length;
    const openAll = met.filter(({ label, face }) => face !== null && label.eyes === 'open').length;
    console.log(
      `Called open ${open.length}, right ${openRight}, of ${openAll} open ones; called closed ${closed.length}, right ${closedRight}; not judged ${unknown.length}`,
      Object.entries(Object.groupBy(unknown, ({ face }) => face!.untold!)).map(([why, of]) => `${why} ${of?.length}`),
    );
    expect(openRight / open.length).toBeGreaterThanOrEqual(0.97);
    expect(openRight / openAll).toBeGreaterThanOrEqual(0.8);
    if (closed.length > 0) expect(closedRight / closed.length).toBeGreaterThanOrEqual(0.75);
  });
});
