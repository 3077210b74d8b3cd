/** Photos that a person turns: pixels for every orientation a file may have, and all that is known of their places. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import fc from 'fast-check';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { turnedEvidence } from '../../electron/core/analysis/evidence/turned.ts';
import { type Quarters, quartersOf, turnedBox, turnedPoint, turnedTiles } from '../../electron/core/base/quarters.ts';
import { storeFaces } from '../../electron/core/catalog/faces.ts';
import { openCatalog } from '../../electron/core/catalog/open.ts';
import { placeholderUrl } from '../../electron/core/catalog/placeholder-address.ts';
import { turnedFace, turnedSeen, turnedSuggestion } from '../../electron/core/catalog/turned.ts';
import { decodeFile, renderFull } from '../../electron/core/pixels/full-picture.ts';
import { readPicturePath } from '../../electron/shell/picture-path.ts';
import { pictureAddress } from '../../shared/addresses.ts';
import { maskPixels } from '../../shared/evidence.ts';
import type { Face } from '../../shared/face.ts';
import { FOCUS_TILES } from '../../shared/measures.ts';
import { makePhoto, workplace } from './made-photos.ts';

const QUARTERS = [0, 1, 2, 3] as const;
const [WIDE, HIGH] = [96, 64];
const CORNERS = { red: [220, 30, 30], green: [30, 200, 30], blue: [30, 30, 220], grey: [128, 128, 128] } as const;
type Corner = keyof typeof CORNERS;

/** Red and green above, blue and grey below, from the left. */
async function fourCorners(orientation: number): Promise<Buffer> {
  const rgb = Buffer.alloc(WIDE * HIGH * 3);
  for (let y = 0; y < HIGH; y++) {
    for (let x = 0; x < WIDE; x++) {
      const name: Corner = y < HIGH / 2 ? (x < WIDE / 2 ? 'red' : 'green') : x < WIDE / 2 ? 'blue' : 'grey';
      rgb.set(CORNERS[name], (y * WIDE + x) * 3);
    }
  }
  return sharp(rgb, { raw: { width: WIDE, height: HIGH, channels: 3 } })
    .jpeg({ quality: 95 })
    .withMetadata({ orientation })
    .toBuffer();
}

/** Corners from the upper left, row by row. */
function cornersOf(rgb: Uint8Array, width: number, height: number): Corner[] {
  return [
    [0.25, 0.25],
    [0.75, 0.25],
    [0.25, 0.75],
    [0.75, 0.75],
  ].map(([x, y]) => {
    const at = (Math.floor(y! * height) * width + Math.floor(x! * width)) * 3;
    const distance = (name: Corner) => Math.hypot(...CORNERS[name].map((value, channel) => value - rgb[at + channel]!));
    return (Object.keys(CORNERS) as Corner[]).sort((a, b) => distance(a) - distance(b))[0]!;
  });
}

/** What EXIF 2.32 says of each orientation: where the corners of the stored picture are seen, from the upper left. */
const SEEN: Readonly<Record<number, string>> = {
  1: 'red green blue grey',
  2: 'green red grey blue',
  3: 'grey blue green red',
  4: 'blue grey red green',
  5: 'red blue green grey',
  6: 'blue red grey green',
  7: 'grey green blue red',
  8: 'green grey red blue',
};
/** A quarter to the right: the lower left corner comes to the upper left. */
const turnedRight = ([a, b, c, d]: string[]): string[] => [c!, a!, d!, b!];

test('of all eight orientations a file may have, pixels are turned to the right as often as a person said', async () => {
  await using place = workplace();
  for (const orientation of [1, 2, 3, 4, 5, 6, 7, 8]) {
    const path = join(place.photos, `${orientation}.jpg`);
    writeFileSync(path, await fourCorners(orientation));
    let expected = SEEN[orientation]!.split(' ');
    for (const quarters of QUARTERS) {
      const lies = orientation >= 5 !== (quarters % 2 === 1);
      const size = lies ? { width: HIGH, height: WIDE } : { width: WIDE, height: HIGH };
      const { rgb, width, height } = await decodeFile(path, 2048, {}, false, quarters);
      expect([orientation, quarters, { width, height }]).toEqual([orientation, quarters, size]);
      expect([orientation, quarters, cornersOf(rgb, width, height)]).toEqual([orientation, quarters, expected]);
      const full = await renderFull(path, {}, quarters);
      const shown = await sharp(full.jpeg).rotate().raw().toBuffer({ resolveWithObject: true });
      expect(cornersOf(shown.data, shown.info.width, shown.info.height)).toEqual(expected);
      expected = turnedRight(expected);
    }
  }
});

test('boxes, points and maps go where the pixels go', () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(share, share, fc.integer({ min: -8, max: 8 }), (x, y, count) => {
      const quarters = quartersOf(count);
      let point = { x, y };
      for (let turn = 0; turn < quarters; turn++) point = { x: 1 - point.y, y: point.x };
      const turned = turnedPoint({ x, y }, quarters);
      expect(turned.x).toBeCloseTo(point.x, 12);
      expect(turned.y).toBeCloseTo(point.y, 12);
    }),
    { seed: 19 },
  );
  expect(turnedBox({ left: 0.1, top: 0.2, width: 0.3, height: 0.4 }, 1)).toMatchObject({
    top: 0.1,
    width: 0.4,
    height: 0.3,
  });
  expect(turnedBox({ left: 0.1, top: 0.2, width: 0.3, height: 0.4 }, 1).left).toBeCloseTo(0.4, 12);
  const tile = (column: number, row: number) => row * FOCUS_TILES + column;
  const tiles = Array.from({ length: FOCUS_TILES ** 2 }, (_, at) => (at === tile(3, 1) ? 'z' : '0')).join('');
  expect(QUARTERS.map((quarters) => turnedTiles(tiles, quarters).indexOf('z'))).toEqual([
    tile(3, 1),
    tile(FOCUS_TILES - 2, 3),
    tile(FOCUS_TILES - 4, FOCUS_TILES - 2),
    tile(1, FOCUS_TILES - 4),
  ]);
});

test('directions are told as the photo is seen', () => {
  const seen = {
    focusTiles: '0'.repeat(256),
    missingAt: 'bottom',
    motionDirection: 30,
    subjectX: 10,
    subjectY: 40,
    noise: 3,
  };
  expect(turnedSeen(seen, 1)).toMatchObject({
    missingAt: 'left',
    motionDirection: 120,
    subjectX: 60,
    subjectY: 10,
    noise: 3,
  });
  expect(turnedSeen(seen, 3)).toMatchObject({ missingAt: 'right', motionDirection: 120, subjectX: 40, subjectY: 90 });
  const crop = { kind: 'crop', left: 0.1, top: 0, right: 0, bottom: 0 } as const;
  expect(turnedSuggestion({ text: 'Crop left 10 %: the subject comes to a third.', adjustment: crop }, 1)).toEqual({
    text: 'Crop top 10 %: the subject comes to a third.',
    adjustment: { ...crop, left: 0, top: 0.1 },
  });
});

test('evidence lies where its pixels are seen', () => {
  const part = { left: 0, top: 0, width: 1, height: 0.5 };
  const mask = { shape: 'mask', width: 3, height: 2, bits: Buffer.from([0b1000_0100]).toString('base64') } as const;
  const turned = turnedEvidence({ kind: 'highlights', value: 1, part, place: mask }, 1);
  expect(turned.part).toEqual({ left: 0.5, top: 0, width: 0.5, height: 1 });
  expect(turned.place).toMatchObject({ width: 2, height: 3 });
  expect([...maskPixels(turned.place as typeof mask)]).toEqual([0, 1, 0, 0, 1, 0]);
  const tiles = { shape: 'tiles', columns: 2, rows: 1, tiles: '10' } as const;
  expect(turnedEvidence({ kind: 'sharpest', value: 1, part, place: tiles }, 3).place).toEqual({
    shape: 'tiles',
    columns: 1,
    rows: 2,
    tiles: '01',
  });
});

const FACE: Face = {
  ...{ left: 0.1, top: 0.2, width: 0.2, height: 0.3, score: 0.9, yaw: 5, pitch: 2, roll: 170, pixels: 40 },
  ...{ eyes: 'open', untold: null, aspect: 0.3, eye: { x: 0.15, y: 0.3, width: 0.05 }, eyeFocus: 2, prominent: true },
};

test('a face that is turned and turned back is the same, and leans as far as it was turned', () => {
  for (const quarters of QUARTERS) {
    const turned = turnedFace(FACE, quarters, 1.5);
    const back = turnedFace(turned, quartersOf(-quarters), quarters % 2 === 1 ? 1 / 1.5 : 1.5);
    for (const name of ['left', 'top', 'width', 'height', 'roll'] as const)
      expect(back[name]).toBeCloseTo(FACE[name], 10);
    for (const name of ['x', 'y', 'width'] as const) expect(back.eye[name]).toBeCloseTo(FACE.eye[name], 10);
  }
  expect(turnedFace(FACE, 1, 1.5).roll).toBeCloseTo(-100, 10);
  expect(turnedFace(FACE, 1, 1.5).eye.width).toBeCloseTo(0.075, 10);
});

test('the blurred placeholder lies as the photo does', async () => {
  // 4 × 3 cells; the upper left one is red.
  const stored = Buffer.alloc(24);
  stored.writeUInt16LE(0xf800, 0);
  const reds = async (quarters: Quarters) => {
    const url = placeholderUrl(
      stored.toString('base64'),
      quarters % 2 === 1 ? { width: 3, height: 4 } : { width: 4, height: 3 },
      quarters,
    )!;
    const bitmap = Buffer.from(url.slice(url.indexOf(',') + 1), 'base64');
    const [columns, rows] = [bitmap.readInt32LE(18), -bitmap.readInt32LE(22)];
    const found: number[][] = [];
    for (let y = 0; y < rows; y++)
      for (let x = 0; x < columns; x++)
        if (bitmap.readUInt16LE(bitmap.readUInt32LE(10) + y * 8 + x * 2) === 0xf800) found.push([x, y]);
    return { columns, rows, found };
  };
  expect(await reds(0)).toEqual({ columns: 4, rows: 3, found: [[0, 0]] });
  expect(await reds(1)).toEqual({ columns: 3, rows: 4, found: [[2, 0]] });
  expect(await reds(2)).toEqual({ columns: 4, rows: 3, found: [[3, 2]] });
  expect(await reds(3)).toEqual({ columns: 3, rows: 4, found: [[0, 3]] });
});

test('a picture is named by how it is turned', () => {
  expect(readPicturePath(pictureAddress('thumb', 12, 3, 1).replace(/\?.*/, ''))).toEqual({
    size: 'thumb',
    id: 12,
    quarters: 1,
  });
  expect(readPicturePath('/thumb/12')).toEqual({ size: 'thumb', id: 12, quarters: 0 });
  expect(readPicturePath('/thumb/12/4')).toBeNull();
});

test('photos are turned in one durable step: sizes, pictures, faces and a later look follow, files do not', async () => {
  await using place = workplace();
  mkdirSync(place.photos, { recursive: true });
  const path = join(place.photos, 'corners.jpg');
  const bytes = await fourCorners(1);
  writeFileSync(path, bytes);
  await makePhoto(join(place.photos, 'other.jpg'), 7);
  let core = await place.open();
  await core.index([place.photos]);
  const id = core.resolvePhoto(path);
  const other = core.resolvePhoto(join(place.photos, 'other.jpg'));
  await core.close();
  const catalog = openCatalog({ dataDirectory: place.data });
  const content = catalog.prepare('SELECT content FROM photo WHERE id = ?').pluck().get(id) as string;
  storeFaces(catalog, { photo: id, content, width: WIDE, height: HIGH, quarters: 0 }, { faces: [FACE], frameFocus: 2 });
  catalog.close();

  core = await place.open();
  const before = core.show(id);
  expect(core.rotate([id, other], 1)).toMatchObject({ changed: 2 });
  core.rotate([id], 1);
  expect(core.undoState().undo).toBe('Rotate 1 photo right');
  await core.undo();
  expect(core.undoState()).toEqual({ undo: 'Rotate 2 photos right', redo: 'Rotate 1 photo right' });
  await core.close();

  core = await place.open();
  const client = createRouterClient(core.router, { context: {} });
  const [row] = await client.photos.rows({ ids: [id] });
  expect(row).toMatchObject({ quarters: 1, width: HIGH, height: WIDE });
  expect(core.show(id)).toMatchObject({ width: HIGH, height: WIDE, grade: before.grade });
  expect(core.show(id).faces![0]!.box).toEqual([0.5, 0.1, 0.3, 0.2].map((value) => expect.closeTo(value, 10)));
  const corners = async (size: 'thumb' | 'screen' | 'full') => {
    const picture = await core.picture(size, id);
    const jpeg = 'path' in picture ? readFileSync(picture.path) : picture.bytes;
    const { data, info } = await sharp(jpeg).rotate().raw().toBuffer({ resolveWithObject: true });
    return [info.width, info.height, cornersOf(data, info.width, info.height).join(' ')];
  };
  const turned = [HIGH, WIDE, turnedRight(SEEN[1]!.split(' ')).join(' ')];
  for (const size of ['thumb', 'screen', 'full'] as const) expect(await corners(size)).toEqual(turned);
  // An address that names a turn shows that one.
  const upright = await core.picture('thumb', id, { quarters: 0 });
  expect('path' in upright).toBe(true);

  await client.photos.lookAgain({ ids: [id] });
  await core.index([place.photos]);
  expect(core.show(id)).toMatchObject({ state: 'ready', width: HIGH, height: WIDE });
  expect(await corners('screen')).toEqual(turned);
  expect(readFileSync(path).equals(bytes)).toBe(true);

  await core.undo();
  expect(core.show(id)).toMatchObject({ width: WIDE, height: HIGH, faces: before.faces });
  expect(core.show(other)).toMatchObject({ width: 192, height: 128 });
  await core.redo();
  expect(core.show(other)).toMatchObject({ width: 128, height: 192 });
});
