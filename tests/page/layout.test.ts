/** The grid's layout: complete, without overlap, within its width, and quick for a big library. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { holdOrder, unpackOrder } from '../../renderer/store/order.ts';
import {
  firstRowBelow,
  type LayoutInput,
  layOut,
  pageFrom,
  photosIn,
  rowOfPhoto,
  verticalFrom,
} from '../../renderer/views/grid/layout.ts';
import { PACKED_BYTES } from '../../shared/query.ts';

fc.configureGlobal({ seed: 4120 });

const inputs = fc
  .record({
    ratios: fc.array(fc.double({ min: 0.05, max: 20, noNaN: true }), { minLength: 1, maxLength: 240 }),
    cuts: fc.array(fc.nat(), { maxLength: 6 }),
    mode: fc.constantFrom('justified' as const, 'square' as const),
    width: fc.integer({ min: 160, max: 3000 }),
    size: fc.integer({ min: 80, max: 480 }),
  })
  .map(({ ratios, cuts, mode, width, size }): LayoutInput => {
    const starts = [...new Set([0, ...cuts.map((cut) => cut % ratios.length)])].sort((a, b) => a - b);
    const sections = starts.map((start, at) => ({
      start,
      count: (starts[at + 1] ?? ratios.length) - start,
      label: starts.length === 1 ? '' : `section ${at}`,
    }));
    return {
      ratios: Float32Array.from(ratios),
      sections,
      mode,
      width,
      size,
      gap: 6,
      caption: 0,
      header: 40,
      space: 12,
    };
  });

describe('layOut', () => {
  test('places every photo once, in order, inside the width, without overlap', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const layout = layOut(input);
        expect(layout.rowStart[layout.rows]).toBe(input.ratios.length);
        for (let row = 0; row < layout.rows; row++) {
          const start = layout.rowStart[row]!;
          const end = layout.rowStart[row + 1]!;
          expect(end).toBeGreaterThan(start);
          if (row > 0) {
            const foot = layout.rowTop[row - 1]! + layout.rowHeight[row - 1]!;
            expect(layout.rowTop[row]!).toBeGreaterThanOrEqual(foot + input.gap);
          }
          for (let index = start; index < end; index++) {
            const right = layout.left[index]! + layout.width[index]!;
            // A lone panorama that is wider than the page in its lowest row may round up by a pixel.
            expect(right).toBeLessThanOrEqual(input.width + 1);
            if (index > start) {
              expect(layout.left[index]! - layout.left[index - 1]! - layout.width[index - 1]!).toBeGreaterThanOrEqual(
                input.gap - 1,
              );
            }
          }
        }
        const last = layout.rows - 1;
        expect(layout.height).toBeGreaterThanOrEqual(layout.rowTop[last]! + layout.rowHeight[last]!);
      }),
    );
  });

  test('fills justified rows to the edge, at a height near the wanted one', () => {
    fc.assert(
      fc.property(inputs, (made) => {
        const input = { ...made, mode: 'justified' as const };
        const layout = layOut(input);
        for (let row = 0; row < layout.rows; row++) {
          expect(layout.rowHeight[row]!).toBeLessThanOrEqual(Math.ceil(input.size * 1.5));
          const endsSection = layout.sections.some((section) => section.endRow === row + 1);
          if (endsSection) continue;
          const lastIndex = layout.rowStart[row + 1]! - 1;
          expect(layout.left[lastIndex]! + layout.width[lastIndex]!).toBeGreaterThanOrEqual(input.width - 1);
        }
      }),
    );
  });

  test('never mixes sections in a row, and leaves room for headers', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const layout = layOut(input);
        layout.sections.forEach((section, at) => {
          const facts = input.sections[at]!;
          expect(layout.rowStart[section.firstRow]).toBe(facts.start);
          expect(layout.rowStart[section.endRow]).toBe(facts.start + facts.count);
          if (section.hasHeader) expect(layout.rowTop[section.firstRow]! - section.top).toBe(input.header);
          for (let row = section.firstRow; row < section.endRow; row++) expect(layout.rowSection[row]).toBe(at);
        });
      }),
    );
  });

  test('finds what is at a point, in a box and in a row, as a search of all would', () => {
    fc.assert(
      fc.property(inputs, fc.nat(), fc.nat(), (input, across, down) => {
        const layout = layOut(input);
        const x = across % input.width;
        const y = down % Math.ceil(layout.height);
        const all = [...input.ratios.keys()].filter((index) => {
          const row = rowOfPhoto(layout, index);
          const top = layout.rowTop[row]!;
          const left = layout.left[index]!;
          return x >= left && x < left + layout.width[index]! && y >= top && y < top + layout.rowHeight[row]!;
        });
        const point = { left: x, top: y, right: x + 0.001, bottom: y + 0.001 };
        expect(photosIn(layout, point)[0]).toBe(all[0]);
        expect(photosIn(layout, { left: 0, top: 0, right: input.width + 1, bottom: layout.height })).toHaveLength(
          input.ratios.length,
        );
        const row = firstRowBelow(layout, y);
        if (row > 0) expect(layout.rowTop[row - 1]! + layout.rowHeight[row - 1]!).toBeLessThanOrEqual(y);
      }),
    );
  });

  test('moves up and down by one row and stays at the ends', () => {
    fc.assert(
      fc.property(inputs, fc.nat(), (input, seed) => {
        const layout = layOut(input);
        const index = seed % input.ratios.length;
        const row = rowOfPhoto(layout, index);
        expect(rowOfPhoto(layout, verticalFrom(layout, index, 1))).toBe(Math.min(layout.rows - 1, row + 1));
        expect(rowOfPhoto(layout, verticalFrom(layout, index, -1))).toBe(Math.max(0, row - 1));
        const below = rowOfPhoto(layout, pageFrom(layout, index, 600));
        expect(below).toBeGreaterThanOrEqual(Math.min(layout.rows - 1, row + 1));
        expect(rowOfPhoto(layout, pageFrom(layout, index, -600))).toBeLessThanOrEqual(Math.max(0, row - 1));
      }),
    );
  });

  test('an empty view has no rows', () => {
    const layout = layOut({
      ratios: new Float32Array(0),
      sections: [],
      mode: 'justified',
      width: 800,
      size: 190,
      gap: 6,
      caption: 0,
      header: 40,
      space: 12,
    });
    expect(layout.rows).toBe(0);
    expect(firstRowBelow(layout, 100)).toBe(0);
  });
});

describe('holdOrder', () => {
  const orderOf = (ids: readonly number[]) => {
    const bytes = new Uint8Array(ids.length * PACKED_BYTES);
    const view = new DataView(bytes.buffer);
    for (const [index, id] of ids.entries()) {
      view.setUint32(index * PACKED_BYTES, id, true);
      view.setUint16(index * PACKED_BYTES + 4, 1000 + (id % 7) * 100, true);
    }
    return unpackOrder(Buffer.from(bytes).toString('base64'), []);
  };
  const ids = fc.uniqueArray(fc.integer({ min: 1, max: 2 ** 32 - 1 }), { maxLength: 60 });

  test('keeps what is shown in place, and has every photo of the new order exactly once', () => {
    fc.assert(
      fc.property(ids, ids, fc.nat(70), (before, after, held) => {
        const shown = orderOf(before);
        const now = orderOf(after);
        const result = holdOrder(shown, now, held);
        if (result === null) {
          expect([...now.ids].slice(0, Math.min(held, before.length))).toEqual(before.slice(0, held));
          return;
        }
        expect([...result.ids].toSorted()).toEqual([...now.ids].toSorted());
        const remaining = before.slice(0, held).filter((id) => after.includes(id));
        expect([...result.ids].slice(0, remaining.length)).toEqual(remaining);
        const rest = after.filter((id) => !remaining.includes(id));
        expect([...result.ids].slice(remaining.length)).toEqual(rest);
      }),
    );
  });
});
