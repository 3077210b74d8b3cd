/** The search for faces over a real core: what is found, kept, listed, filtered, made stale and deleted. */
import { copyFileSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { openCatalog } from '../../electron/core/catalog/open.ts';
import { type Face, faceReasons, facesText } from '../../shared/face.ts';
import { settingsSchema } from '../../shared/settings.ts';
import { PHOTOS } from '../measure/real-photos.ts';
import { makePhoto, workplace } from './made-photos.ts';

const PORTRAIT = join(PHOTOS, 'formats/astronaut.png');
const isHere = existsSync(PORTRAIT);
if (!isHere) console.log('The search for faces is only tried without one: ../shared/photos is not here.');

test('photos without a face are told from photos that were not looked at, and a lost preview costs only its photo', async () => {
  await using place = workplace();
  for (let index = 0; index < 3; index++) await makePhoto(join(place.photos, `${index}.jpg`), index);
  const core = await place.open();
  await core.index([place.photos]);
  expect(core.list().map(({ faces }) => faces)).toEqual([null, null, null]);
  const previews = readdirSync(join(place.data, 'previews'), { recursive: true, encoding: 'utf8' });
  rmSync(join(place.data, 'previews', previews.find((name) => /[/\\]2-1-screen\.jpg$/.test(name))!));
  await core.findFaces();
  expect(core.list({ sort: 'name' }).map(({ id, faces }) => [id, faces])).toEqual(
    [1, 2, 3].map((id) => [
      core.list({ sort: 'name' })[id - 1]!.id,
      core.list({ sort: 'name' })[id - 1]!.id === 2 ? null : [],
    ]),
  );
  expect(core.list({ filter: 'no:faces' })).toHaveLength(2);
  expect(core.list({ filter: 'has:faces' })).toHaveLength(0);
  expect(place.logged.join()).toMatch(/Faces of photo 2: Its preview could not be read/);
});

test.skipIf(!isHere)(
  'a face is found, listed, filtered by, made stale by another content, and deleted by the switch',
  async () => {
    await using place = workplace();
    copyFileSync(PORTRAIT, join(place.photos, 'portrait.png'));
    await makePhoto(join(place.photos, 'plain.jpg'), 1);
    const core = await place.open();
    await core.index([place.photos]);
    await core.findFaces();
    const [first] = core.list({ filter: 'faces>=1' });
    expect(first!.faces).toMatchObject([{ prominent: true, eyes: 'open' }]);
    const { box, score, eyeFocus } = first!.faces![0]!;
    const expected = [0.35, 0.137, 0.181, 0.21];
    for (const [place, value] of box.entries()) expect(value).toBeCloseTo(expected[place]!, 1);
    expect(score).toBeGreaterThan(0.8);
    expect(eyeFocus).toBeGreaterThan(2);
    expect(core.list({ sort: 'faces' })[0]!.path).toMatch(/portrait\.png$/);
    const client = createRouterClient(core.router, { context: {} });
    const detail = await client.photos.detail({ id: first!.id });
    expect(facesText(detail.seenFaces!.faces)).toBe('1 face found; eyes open in 1');
    expect(Math.abs(detail.seenFaces!.faces[0]!.yaw)).toBeLessThan(15);
    const query = { source: { kind: 'all' }, filter: {}, sort: { key: 'name', order: 'asc' }, group: 'none' } as const;
    expect((await client.photos.facets({ query })).faces).toEqual([
      { value: 0, count: 1 },
      { value: 1, count: 1 },
    ]);

    await sharp(PORTRAIT).blur(3).png().toFile(join(place.photos, 'next.png'));
    copyFileSync(join(place.photos, 'next.png'), join(place.photos, 'portrait.png'));
    rmSync(join(place.photos, 'next.png'));
    await core.index([place.photos]);
    expect(core.show(first!.id).faces).toBeNull();
    expect(core.list({ filter: 'has:faces' })).toEqual([]);
    await core.findFaces();
    const blurred = core.show(first!.id).faces![0]!;
    expect(blurred.eyeFocus!).toBeLessThan(eyeFocus! / 1.5);
    expect(core.list({ filter: 'reason:soft-eyes' }).map(({ id }) => id)).toEqual([first!.id]);
    expect(core.show(first!.id).grade!.reasons.map(({ name }) => name)).not.toContain('soft-eyes');

    const settings = settingsSchema.parse({ faces: false });
    await client.settings.set(settings);
    await expect.poll(() => core.show(first!.id).faces).toBeNull();
    await core.findFaces();
    expect(core.list().map(({ faces }) => faces)).toEqual([null, null]);
    await core.close();
    const catalog = openCatalog({ dataDirectory: place.data, readOnly: true });
    expect(catalog.prepare('SELECT (SELECT count(*) FROM face) + (SELECT count(*) FROM face_look)').pluck().get()).toBe(
      0,
    );
    catalog.close();
  },
);

test('the worst prominent face decides, and what cannot be told is no fault', () => {
  const face = (part: Partial<Face>): Face => ({
    left: 0,
    top: 0,
    width: 0.1,
    height: 0.1,
    score: 0.9,
    yaw: 0,
    pitch: 0,
    roll: 0,
    pixels: 400,
    eyes: 'open',
    untold: null,
    aspect: 0.3,
    eye: { x: 0.05, y: 0.05, width: 0.02 },
    eyeFocus: 2.5,
    prominent: true,
    ...part,
  });
  const names = (...faces: Face[]) => faceReasons({ faces, frameFocus: 3 }).map(({ name }) => name);
  expect(names(face({}), face({ eyes: 'closed' }))).toEqual(['eyes-closed']);
  expect(names(face({}), face({ eyes: 'closed', prominent: false }))).toEqual([]);
  expect(names(face({ eyes: 'unknown', untold: 'covered' }))).toEqual([]);
  expect(names(face({}), face({ eyeFocus: 1.1 }))).toEqual(['soft-eyes']);
  expect(faceReasons({ faces: [face({ eyes: 'closed' })], frameFocus: null })[0]).toMatchObject({ weight: 0 });
  expect(facesText([])).toBe('No face found');
  expect(facesText([face({}), face({}), face({ eyes: 'unknown', untold: 'small' })])).toBe(
    '3 faces found; eyes open in 2, 1 not judged (too small)',
  );
});
