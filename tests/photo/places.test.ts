/** Where the zoom key goes. */
import { expect, test } from 'vitest';
import { nearest, prominentEyes, sameEye, sharpestNear } from '../../renderer/picture/places.ts';
import type { Face } from '../../shared/face.ts';
import { FOCUS_TILES } from '../../shared/measures.ts';

const face = (x: number, y: number, prominent = true): Face => ({
  left: x - 0.05,
  top: y - 0.05,
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
  eye: { x, y, width: 0.02 },
  eyeFocus: 2,
  prominent,
});

test('the nearest prominent eye is meant, the largest face’s without a pointer', () => {
  const faces = [face(0.2, 0.3), face(0.7, 0.4), face(0.9, 0.4, false)];
  const eyes = prominentEyes(faces);
  expect(nearest(eyes, null)).toEqual({ x: 0.2, y: 0.3 });
  expect(nearest(eyes, { x: 0.95, y: 0.4 })).toEqual({ x: 0.7, y: 0.4 });
  expect(nearest([], { x: 0.5, y: 0.5 })).toBeNull();
});

test('the same face keeps its place in the row, and is not looked for far away', () => {
  const [left, right] = [face(0.3, 0.4), face(0.4, 0.4)];
  // Both moved so far that the left one stands where the right one stood.
  expect(sameEye([left, right], right.eye, [face(0.5, 0.42), face(0.4, 0.41)])).toEqual({ x: 0.5, y: 0.42 });
  expect(sameEye([left, right], left.eye, [face(0.34, 0.41)])).toEqual({ x: 0.34, y: 0.41 });
  expect(sameEye([left, right], left.eye, [face(0.9, 0.9)])).toBeNull();
  expect(sameEye([left], left.eye, [])).toBeNull();
});

test('without faces the sharpest tile about the subject is meant', () => {
  const tiles = Array.from({ length: FOCUS_TILES * FOCUS_TILES }, () => '9');
  tiles[5 * FOCUS_TILES + 6] = 'q';
  tiles[15 * FOCUS_TILES + 15] = 'z';
  expect(sharpestNear(tiles.join(''), { x: 4.5 / FOCUS_TILES, y: 5.5 / FOCUS_TILES })).toEqual({
    x: 6.5 / FOCUS_TILES,
    y: 5.5 / FOCUS_TILES,
  });
  expect(sharpestNear('0'.repeat(FOCUS_TILES * FOCUS_TILES), { x: 0.1, y: 0.2 })).toEqual({ x: 0.1, y: 0.2 });
});
