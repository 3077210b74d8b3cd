import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  closeScale,
  FIT,
  fitScale,
  LARGEST_SCALE,
  nextScale,
  type Placement,
  panBy,
  photoPointAt,
  placementWithOffset,
  rectangleOf,
  type Size,
  scaleOf,
  settle,
  tile,
  zoomAt,
  zoomTo,
} from '../../renderer/picture/geometry.ts';

fc.configureGlobal({ seed: 4106 });

const side = (low: number, high: number) => fc.integer({ min: low, max: high });
const photoSize: fc.Arbitrary<Size> = fc.record({ width: side(40, 12_000), height: side(40, 12_000) });
const paneSize: fc.Arbitrary<Size> = fc.record({ width: side(200, 4000), height: side(200, 3000) });
const share = fc.double({ min: 0, max: 1, noNaN: true });
const ratio = fc.constantFrom(1, 1.25, 1.5, 2, 3);
const zoomed: fc.Arbitrary<Placement> = fc.record({
  scale: fc.double({ min: 0.01, max: LARGEST_SCALE, noNaN: true }),
  x: share,
  y: share,
});

describe('a fitted photo', () => {
  test('lies wholly in the pane, centred, and touches it unless it is tiny', () => {
    fc.assert(
      fc.property(photoSize, paneSize, (photo, pane) => {
        const { left, top, width, height } = rectangleOf(FIT, photo, pane);
        expect(left).toBeGreaterThanOrEqual(-1e-6);
        expect(top).toBeGreaterThanOrEqual(-1e-6);
        expect(left + width / 2).toBeCloseTo(pane.width / 2, 4);
        expect(top + height / 2).toBeCloseTo(pane.height / 2, 4);
        expect(width / height).toBeCloseTo(photo.width / photo.height, 3);
        if (fitScale(photo, pane) < 4) {
          expect(Math.max(width / pane.width, height / pane.height)).toBeCloseTo(1, 6);
        }
      }),
    );
  });

  test('of unknown size does no harm', () => {
    expect(rectangleOf(FIT, { width: 0, height: 0 }, { width: 800, height: 600 })).toEqual({
      left: 400,
      top: 300,
      width: 0,
      height: 0,
    });
    expect(photoPointAt(FIT, { width: 0, height: 0 }, { width: 8, height: 6 }, { x: 1, y: 1 })).toEqual({
      x: 0.5,
      y: 0.5,
    });
  });
});

describe('zooming to the pointer', () => {
  test('keeps the point of the photo under the pointer, unless the edge of the photo stops it', () => {
    fc.assert(
      fc.property(photoSize, paneSize, zoomed, share, share, share, ratio, (photo, pane, from, px, py, to, pixels) => {
        const start = settle(from, photo, pane, pixels);
        const pointer = { x: px * pane.width, y: py * pane.height };
        const scale = fitScale(photo, pane) + to * LARGEST_SCALE;
        const before = photoPointAt(start, photo, pane, pointer);
        const after = zoomAt(start, photo, pane, pointer, scale, pixels);
        const point = photoPointAt(after, photo, pane, pointer);
        const shown = rectangleOf(after, photo, pane);
        const tolerance = 0.01 / scaleOf(after, photo, pane);
        const stoppedX = shown.left >= -1e-6 || shown.left + shown.width <= pane.width + 1e-6;
        const stoppedY = shown.top >= -1e-6 || shown.top + shown.height <= pane.height + 1e-6;
        expect(stoppedX || Math.abs(point.x - before.x) < tolerance).toBe(true);
        expect(stoppedY || Math.abs(point.y - before.y) < tolerance).toBe(true);
      }),
    );
  });

  test('in and back out at one place ends where it began when no edge is near', () => {
    const photo = { width: 6000, height: 4000 };
    const pane = { width: 1000, height: 700 };
    fc.assert(
      fc.property(share, share, fc.double({ min: 1.1, max: 4, noNaN: true }), (px, py, factor) => {
        const start: Placement = { scale: 0.5, x: 0.5, y: 0.5 };
        const pointer = { x: px * pane.width, y: py * pane.height };
        const back = zoomAt(zoomAt(start, photo, pane, pointer, 0.5 * factor), photo, pane, pointer, 0.5);
        expect(back.x).toBeCloseTo(0.5, 6);
        expect(back.y).toBeCloseTo(0.5, 6);
      }),
    );
  });

  test('never shows emptiness that it could avoid, and never exceeds the largest scale', () => {
    fc.assert(
      fc.property(photoSize, paneSize, zoomed, ratio, (photo, pane, wanted, pixels) => {
        const settled = settle(wanted, photo, pane, pixels);
        const shown = rectangleOf(settled, photo, pane);
        for (const [start, length, room] of [
          [shown.left, shown.width, pane.width],
          [shown.top, shown.height, pane.height],
        ] as const) {
          if (length > room + 1e-6) {
            expect(start).toBeLessThanOrEqual(1e-6);
            expect(start + length).toBeGreaterThanOrEqual(room - 1e-6);
          } else {
            expect(start + length / 2).toBeCloseTo(room / 2, 4);
          }
        }
        expect(scaleOf(settled, photo, pane)).toBeLessThanOrEqual(
          Math.max(LARGEST_SCALE / pixels, fitScale(photo, pane)) + 1e-9,
        );
        expect(settle(settled, photo, pane, pixels)).toEqual(settled);
      }),
    );
  });

  test('to a subject puts it in the middle when there is room around it', () => {
    const placement = zoomTo({ width: 6000, height: 4000 }, { width: 1200, height: 800 }, { x: 0.3, y: 0.6 }, 1);
    expect(placement).toEqual({ scale: 1, x: 0.3, y: 0.6 });
  });

  test('by key always shows more than the fitted photo', () => {
    fc.assert(
      fc.property(photoSize, paneSize, ratio, (photo, pane, pixels) => {
        expect(closeScale(photo, pane, pixels)).toBeGreaterThan(fitScale(photo, pane) * 1.05);
      }),
    );
    expect(closeScale({ width: 6000, height: 4000 }, { width: 1200, height: 800 }, 2)).toBe(0.5);
  });

  test('steps of the keys go through 100 % and end at both ends', () => {
    expect(nextScale(0.3, 'in')).toBe(0.5);
    expect(nextScale(0.5, 'in')).toBe(1);
    expect(nextScale(1, 'out')).toBe(0.5);
    expect(nextScale(0.5, 'in', 2)).toBe(1);
    expect(nextScale(8, 'in')).toBe(8);
    expect(nextScale(0.0625, 'out')).toBe(0);
  });
});

describe('panning', () => {
  test('moves the photo exactly with the pointer until an edge comes', () => {
    const photo = { width: 6000, height: 4000 };
    const pane = { width: 1000, height: 700 };
    fc.assert(
      fc.property(side(-900, 900), side(-900, 900), (x, y) => {
        const start: Placement = { scale: 1, x: 0.5, y: 0.5 };
        const moved = panBy(start, photo, pane, { x, y });
        const from = rectangleOf(start, photo, pane);
        const to = rectangleOf(moved, photo, pane);
        expect(to.left - from.left).toBeCloseTo(x, 6);
        expect(to.top - from.top).toBeCloseTo(y, 6);
      }),
    );
  });

  test('of several photos shows the same point of each in the middle, whatever their panes', () => {
    fc.assert(
      fc.property(
        fc.array(photoSize, { minLength: 2, maxLength: 4 }),
        fc.array(paneSize, { minLength: 4, maxLength: 4 }),
        zoomed,
        (photos, panes, common) => {
          photos.forEach((photo, index) => {
            const pane = panes[index]!;
            const center = photoPointAt(common, photo, pane, { x: pane.width / 2, y: pane.height / 2 });
            const shown = rectangleOf(common, photo, pane);
            const half = { x: pane.width / 2 / shown.width, y: pane.height / 2 / shown.height };
            const freeX = common.x >= half.x && common.x <= 1 - half.x;
            const freeY = common.y >= half.y && common.y <= 1 - half.y;
            expect(!freeX || Math.abs(center.x - common.x) < 1e-6).toBe(true);
            expect(!freeY || Math.abs(center.y - common.y) < 1e-6).toBe(true);
          });
        },
      ),
    );
  });

  test('one photo of several alone keeps its offset while all move', () => {
    fc.assert(
      fc.property(zoomed, share, share, (common, x, y) => {
        const own = placementWithOffset(common, { x: x - 0.5, y: y - 0.5 });
        expect(own.x - common.x).toBeCloseTo(x - 0.5, 9);
        expect(own.y - common.y).toBeCloseTo(y - 0.5, 9);
        expect(placementWithOffset(FIT, { x, y })).toEqual(FIT);
      }),
    );
  });
});

describe('tiling', () => {
  test('puts every photo inside the pane and none over another', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.3, max: 3.5, noNaN: true }), { minLength: 1, maxLength: 40 }),
        fc.record({ width: side(600, 3000), height: side(500, 2000) }),
        (aspects, pane) => {
          const tiles = tile(aspects, pane, 6);
          expect(tiles).toHaveLength(aspects.length);
          tiles.forEach((one, index) => {
            expect(one.left).toBeGreaterThanOrEqual(-1e-6);
            expect(one.left + one.width).toBeLessThanOrEqual(pane.width + 1e-6);
            expect(one.top + one.height).toBeLessThanOrEqual(pane.height + 1e-6);
            for (const other of tiles.slice(index + 1)) {
              const apart =
                one.left + one.width <= other.left + 1e-6 ||
                other.left + other.width <= one.left + 1e-6 ||
                one.top + one.height <= other.top + 1e-6;
              expect(apart).toBe(true);
            }
          });
        },
      ),
    );
  });

  test('sets landscape photos in a tall pane under each other and portraits in a wide one beside each other', () => {
    const under = tile([1.5, 1.5], { width: 800, height: 1200 }, 6);
    expect(under[0]!.left).toBe(under[1]!.left);
    const beside = tile([0.66, 0.66, 0.66], { width: 1600, height: 800 }, 6);
    expect(new Set(beside.map((one) => one.top)).size).toBe(1);
  });
});
