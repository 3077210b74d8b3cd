/** A layout taller than the browser can lay out: every place is reached, small movements are exact, leaps in proportion. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  contentHeight,
  lastTop,
  placeIn,
  runsOut,
  type ScrollRoom,
  scrollTopOf,
  stretchAround,
  TALLEST,
  topAfter,
} from '../../renderer/views/grid/scale.ts';

/** The browser's side: a content of a height, scrolled within it and in whole pixels. */
class View {
  top = 0;
  scrollTop = 0;
  readonly room: ScrollRoom;

  constructor(room: ScrollRoom) {
    this.room = room;
  }

  show(top: number): void {
    this.scrollTop = Math.round(scrollTopOf(top, this.room));
    this.top = Math.max(0, Math.min(lastTop(this.room), top));
  }

  scroll(by: number): void {
    const last = contentHeight(this.room.height) - this.room.view;
    const scrollTop = Math.max(0, Math.min(last, this.scrollTop + by));
    this.top = topAfter(scrollTop, this, this.room);
    this.scrollTop = scrollTop;
    if (runsOut(this.top, this.scrollTop, this.room)) this.show(this.top);
  }
}

const rooms = fc.record({
  height: fc.integer({ min: TALLEST + 1, max: 400_000_000 }),
  view: fc.integer({ min: 200, max: 2400 }),
});

describe('a scaled layout', () => {
  test('shows any top, and every small movement goes as far as it was made, up to the ends', () => {
    let moved = 0;
    fc.assert(
      fc.property(
        rooms,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.array(fc.integer({ min: -1600, max: 1600 }), { minLength: 20, maxLength: 200 }),
        (room, share, steps) => {
          const view = new View(room);
          view.show(Math.round(share * lastTop(room)));
          let expected = view.top;
          for (const by of steps) {
            view.scroll(by);
            expected = Math.max(0, Math.min(lastTop(room), expected + by));
            expect(view.top).toBe(expected);
            if (by !== 0) moved++;
          }
        },
      ),
      { seed: 31, numRuns: 200 },
    );
    expect(moved).toBeGreaterThan(5000);
  });

  test('is walked to both ends from near them', () => {
    fc.assert(
      fc.property(
        rooms,
        fc.integer({ min: 0, max: 100_000 }),
        fc.integer({ min: 40, max: 700 }),
        (room, away, step) => {
          const view = new View(room);
          view.show(lastTop(room) - away);
          for (let at = 0; at <= away; at += step) view.scroll(step);
          expect(view.top).toBe(lastTop(room));
          expect(view.scrollTop).toBe(TALLEST - room.view);
          view.show(away);
          for (let at = 0; at <= away; at += step) view.scroll(-step);
          expect([view.top, view.scrollTop]).toEqual([0, 0]);
        },
      ),
      { seed: 32, numRuns: 100 },
    );
  });

  test('a leap of the bar lands where the bar stands in the whole', () => {
    fc.assert(
      fc.property(rooms, fc.double({ min: 0, max: 1, noNaN: true }), (room, share) => {
        const view = new View(room);
        const by = share * (TALLEST - room.view);
        fc.pre(by > 8 * room.view);
        view.scroll(by);
        expect(Math.abs(view.top / lastTop(room) - share)).toBeLessThan(0.013);
        expect(Math.abs(scrollTopOf(view.top, room) - view.scrollTop)).toBeLessThan(0.01);
      }),
      { seed: 33, numRuns: 200 },
    );
  });

  test('places what is drawn exactly, within what the browser can place', () => {
    fc.assert(
      fc.property(rooms, fc.double({ min: 0, max: 1, noNaN: true }), (room, share) => {
        const top = Math.floor(share * lastTop(room));
        const stretch = stretchAround(top, room.height);
        for (const y of [top - 3 * room.view, top, top + 4 * room.view].filter((at) => at >= 0)) {
          expect(placeIn(stretch, y) + stretch.base).toBe(y);
        }
        for (const y of [0, room.height]) expect(Math.abs(placeIn(stretch, y))).toBeLessThanOrEqual(4_000_000);
      }),
      { seed: 34, numRuns: 200 },
    );
  });
});

test('a layout that fits is scrolled as it is', () => {
  const room = { height: TALLEST, view: 900 };
  expect(scrollTopOf(123_456, room)).toBe(123_456);
  expect(topAfter(7_000_000, { top: 0, scrollTop: 0 }, room)).toBe(7_000_000);
  expect(stretchAround(5_000_000, TALLEST)).toEqual({ base: 0, end: TALLEST });
});
