/** Panoramas in one row and in several, cut from one made view: whole whichever way a photographer goes through it. */
import { expect, test } from 'vitest';
import { findGroups } from '../../electron/core/culling/grouping.ts';
import { type Structure, structureOf } from '../../electron/core/culling/kinds/likeness.ts';
import { seededRandom } from '../../shared/random.ts';
import { plainFrame } from './plain-frame.ts';

const [WIDTH, HEIGHT] = [48, 32];
/** The whole view in cells of signatures. */
const [ALL_ACROSS, ALL_DOWN] = [160, 120];

/** Luminance of a view with structure of several sizes. */
function viewOf(seed: number): (left: number, top: number) => Structure {
  const random = seededRandom(seed);
  const layers = [16, 8, 4].map((cell) => ({
    cell,
    values: Float64Array.from({ length: (ALL_ACROSS / cell + 2) * (ALL_DOWN / cell + 2) }, () => random() * cell * 6),
  }));
  const at = (x: number, y: number) =>
    layers.reduce((sum, { cell, values }) => {
      const [column, row] = [Math.floor(x / cell), Math.floor(y / cell)];
      const [dx, dy] = [x / cell - column, y / cell - row];
      const of = (c: number, r: number) => values[r * Math.floor(ALL_ACROSS / cell + 2) + c]!;
      const upper = of(column, row) * (1 - dx) + of(column + 1, row) * dx;
      return sum + upper * (1 - dy) + (of(column, row + 1) * (1 - dx) + of(column + 1, row + 1) * dx) * dy;
    }, 20);
  return (left, top) => {
    const luma = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, index) =>
      Math.min(255, at(left + (index % WIDTH), top + Math.floor(index / WIDTH)) + random() * 3),
    );
    return structureOf({ width: WIDTH, height: HEIGHT, luma });
  };
}

type Place = readonly [column: number, row: number];
const NEXT = [26, 18] as const;

/** What is found of frames taken two seconds apart at these places. */
function found(seed: number, places: readonly Place[]): string[] {
  const view = viewOf(seed);
  const structures = places.map(([column, row]) => view(8 + column * NEXT[0], 8 + row * NEXT[1]));
  // Fingerprints of other views differ in half of their bits, those of the same one in none.
  const hash = (place: Place) => {
    const random = seededRandom(1 + place[0] * 17 + place[1] * 131);
    return Array.from({ length: 16 }, () => Math.floor(random() * 16).toString(16)).join('');
  };
  const frames = places.map((place, index) =>
    plainFrame(index, 1000 + index * 2100, { dHash: hash(place), pHash: hash([place[1] + 7, place[0] + 3]) }),
  );
  const looks = { structure: (id: number) => structures[id]!, focusTiles: () => null };
  return [...findGroups(frames, { looks, threshold: 0.6 })]
    .flat()
    .map(({ kind, frames: own }) => `${kind} ${own.map(({ id }) => id).join(' ')}`);
}

for (const seed of [1, 2, 3, 4, 5]) {
  test(`of one view, seed ${seed}`, () => {
    const row = (at: number, columns: readonly number[]): Place[] => columns.map((column) => [column, at]);
    expect(found(seed, row(0, [0, 1, 2]))).toEqual(['panorama 0 1 2']);
    expect(found(seed, row(0, [2, 1, 0]))).toEqual(['panorama 0 1 2']);
    expect(
      found(seed, [
        [0, 0],
        [0, 1],
        [0, 2],
        [0, 3],
      ]),
    ).toEqual(['panorama 0 1 2 3']);
    // Back and forth.
    expect(found(seed, [...row(0, [0, 1, 2]), ...row(1, [2, 1, 0])])).toEqual(['panorama 0 1 2 3 4 5']);
    // Each row from the left.
    expect(found(seed, [...row(0, [0, 1, 2]), ...row(1, [0, 1, 2]), ...row(2, [0, 1, 2])])).toEqual([
      'panorama 0 1 2 3 4 5 6 7 8',
    ]);
    // A two by two, either way.
    expect(found(seed, [...row(0, [0, 1]), ...row(1, [1, 0])])).toEqual(['panorama 0 1 2 3']);
    expect(found(seed, [...row(0, [0, 1]), ...row(1, [0, 1])])).toEqual(['panorama 0 1 2 3']);
    // One look down at the end of a row is no row.
    expect(found(seed, [...row(0, [0, 1, 2]), [2, 1]])).toEqual(['panorama 0 1 2']);
    // Two views beside each other are none.
    expect(found(seed, row(0, [0, 1])).filter((one) => one.startsWith('panorama'))).toEqual([]);
  });
}
