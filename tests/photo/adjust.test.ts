import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  adjustmentLabel,
  CURVE_POINTS,
  contrastMatrix,
  curveOf,
  frameOf,
  fromLinear,
  heldLight,
  levelShare,
  previewOf,
  toLinear,
} from '../../renderer/photo/adjust.ts';

fc.configureGlobal({ seed: 4109 });

const photoSize = fc.record({ width: fc.integer({ min: 50, max: 9000 }), height: fc.integer({ min: 50, max: 9000 }) });
const degrees = fc.double({ min: -45, max: 45, noNaN: true });

/** Whether a point (from the centre, picture turned clockwise by `turn` degrees) lies on the turned picture. */
function isOnPicture(x: number, y: number, turn: number, width: number, height: number): boolean {
  const angle = (turn * Math.PI) / 180;
  const u = x * Math.cos(angle) + y * Math.sin(angle);
  const v = -x * Math.sin(angle) + y * Math.cos(angle);
  return Math.abs(u) <= width / 2 + 1e-6 * width && Math.abs(v) <= height / 2 + 1e-6 * height;
}

describe('the frame of a straightened photo', () => {
  test('has no corner beside the turned picture, and a slightly larger one would', () => {
    fc.assert(
      fc.property(photoSize, degrees, ({ width, height }, turn) => {
        const share = levelShare({ width, height }, turn);
        const corners = (size: number) =>
          [-1, 1].flatMap((sx) =>
            [-1, 1].map((sy) => isOnPicture((sx * size * width) / 2, (sy * size * height) / 2, turn, width, height)),
          );
        expect(corners(share).every(Boolean)).toBe(true);
        expect(share).toBeGreaterThan(0);
        expect(share).toBeLessThanOrEqual(1);
        if (Math.abs(turn) > 0.05) {
          expect(corners(share * 1.001).every(Boolean)).toBe(false);
        }
      }),
    );
  });

  test('keeps everything without a turn and keeps less the further it turns', () => {
    const photo = { width: 6000, height: 4000 };
    expect(levelShare(photo, 0)).toBe(1);
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 40, noNaN: true }),
        fc.double({ min: 0.1, max: 5, noNaN: true }),
        (turn, more) => {
          expect(levelShare(photo, turn + more)).toBeLessThan(levelShare(photo, turn));
          expect(levelShare(photo, -turn)).toBeCloseTo(levelShare(photo, turn), 12);
        },
      ),
    );
  });

  test('together with a crop stays on the picture and inside the crop', () => {
    const cut = fc.double({ min: 0, max: 0.4, noNaN: true });
    fc.assert(
      fc.property(photoSize, degrees, cut, cut, cut, cut, (photo, turn, left, top, right, bottom) => {
        const frame = frameOf(photo, [
          { kind: 'straighten', degrees: turn },
          { kind: 'crop', left, top, right, bottom },
        ])!;
        expect(frame.left).toBeGreaterThanOrEqual(left - 1e-9);
        expect(frame.top).toBeGreaterThanOrEqual(top - 1e-9);
        expect(frame.left + frame.width).toBeLessThanOrEqual(Math.max(frame.left, 1 - right) + 1e-9);
        expect(frame.top + frame.height).toBeLessThanOrEqual(Math.max(frame.top, 1 - bottom) + 1e-9);
      }),
    );
  });
});

describe('tones', () => {
  test('sRGB and linear light undo each other', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (value) => {
        expect(fromLinear(toLinear(value))).toBeCloseTo(value, 6);
      }),
    );
  });

  test('a curve never falls, stays within range and without a gain changes nothing', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.05, max: 30, noNaN: true }), fc.boolean(), (gain, hold) => {
        const curve = curveOf(gain, hold);
        expect(curve).toHaveLength(CURVE_POINTS);
        curve.forEach((value, index) => {
          expect(value).toBeGreaterThanOrEqual(index === 0 ? 0 : curve[index - 1]!);
          expect(value).toBeLessThanOrEqual(1);
        });
      }),
    );
    curveOf(1, true).forEach((value, index) => {
      expect(value).toBeCloseTo(index / (CURVE_POINTS - 1), 6);
    });
  });

  test('one stop doubles linear light, and held highlights keep their differences', () => {
    const middle = 64;
    expect(toLinear(curveOf(2, false)[middle]!)).toBeCloseTo(2 * toLinear(middle / (CURVE_POINTS - 1)), 6);
    fc.assert(
      fc.property(
        fc.double({ min: 0.1, max: 16, noNaN: true }),
        fc.double({ min: 0, max: 0.98, noNaN: true }),
        (gain, light) => {
          expect(heldLight(light, gain)).toBeLessThan(heldLight(light + 0.02, gain));
          expect(heldLight(1, gain)).toBeCloseTo(1, 9);
          // Shadows take the whole gain.
          expect(heldLight(1e-4, gain) / 1e-4).toBeCloseTo(gain, 2);
          if (gain > 1) expect(heldLight(light, gain)).toBeLessThanOrEqual(light * gain + 1e-9);
          else expect(heldLight(light, gain)).toBeLessThanOrEqual(light + 1e-9);
        },
      ),
    );
  });

  test('a white balance keeps the brightness of grey and moves the channels as asked', () => {
    const { curves } = previewOf({ width: 3, height: 2 }, [
      { kind: 'white-balance', red: 1.25, blue: 0.8, kelvin: 700 },
    ]);
    const grey = 50;
    const light = toLinear(grey / (CURVE_POINTS - 1));
    const [red, green, blue] = [curves!.red, curves!.green, curves!.blue].map((curve) => toLinear(curve[grey]!));
    expect(0.2126 * red! + 0.7152 * green! + 0.0722 * blue!).toBeCloseTo(light, 6);
    expect(red! / green!).toBeCloseTo(1.25, 4);
    expect(blue! / green!).toBeCloseTo(0.8, 4);
  });

  test('contrast stretches luminance about the middle and leaves color differences', () => {
    const apply = (matrix: number[], [r, g, b]: number[]) =>
      [0, 1, 2].map(
        (row) => matrix[row * 5]! * r! + matrix[row * 5 + 1]! * g! + matrix[row * 5 + 2]! * b! + matrix[row * 5 + 4]!,
      );
    const luma = ([r, g, b]: number[]) => 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
    const unit = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.double({ min: 0.2, max: 4, noNaN: true }), unit, unit, unit, (factor, r, g, b) => {
        const out = apply(contrastMatrix(factor), [r, g, b]);
        expect(luma(out)).toBeCloseTo(0.5 + factor * (luma([r, g, b]) - 0.5), 6);
        expect(out[0]! - out[1]!).toBeCloseTo(r - g, 6);
      }),
    );
  });
});

describe('captions of suggestions', () => {
  test('say what and by how much', () => {
    expect(adjustmentLabel({ kind: 'straighten', degrees: 1.42 })).toBe('Straighten 1.4° right');
    expect(adjustmentLabel({ kind: 'straighten', degrees: -1.8 })).toBe('Straighten 1.8° left');
    expect(adjustmentLabel({ kind: 'crop', left: 0.12, top: 0, right: 0, bottom: 0 })).toBe('Crop left 12 %');
    expect(adjustmentLabel({ kind: 'crop', left: 0.12, top: 0.1, right: 0, bottom: 0 })).toBe('Crop closer');
    expect(adjustmentLabel({ kind: 'exposure', ev: -0.6, holdHighlights: false })).toBe('Exposure −0.6 EV');
    expect(adjustmentLabel({ kind: 'white-balance', red: 1.1, blue: 0.9, kelvin: 420 })).toBe('Warmer 400 K');
    expect(adjustmentLabel({ kind: 'white-balance', red: 0.9, blue: 1.1, kelvin: -420 })).toBe('Cooler 400 K');
    expect(adjustmentLabel({ kind: 'contrast', factor: 1.15 })).toBe('Contrast +15 %');
  });
});
