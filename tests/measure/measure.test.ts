import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { measurePicture, type Picture } from '../../electron/core/analysis/measures/measure.ts';
import { conclude } from '../../models/measured/evidence.ts';
import { concludedSchema, focusOfTile, hashDistance, type Measures, seenSchema } from '../../shared/facts.ts';
import {
  FOCUS_TILES,
  MEASURE_FACTS,
  MEASURE_NAMES,
  type MeasureName,
  type OptionalMeasureName,
} from '../../shared/measures.ts';
import { seededRandom } from '../../shared/random.ts';
import { TRAITS } from '../../shared/traits.ts';
import { bell, boxBlurred, changed, grey, leaves, mirrored, painted, turned } from './pictures.ts';

/** What was seen in a picture and concluded from it. */
function measuresOf(picture: Picture): Measures {
  const facts = measurePicture(picture);
  return { ...facts.seen, ...conclude(facts) };
}

const WIDTH = 768;
const HEIGHT = 512;
const scene = leaves(WIDTH, HEIGHT, 5);
const clean = measuresOf(scene);

function noisy(sigma: number, seed = 9) {
  const random = seededRandom(seed);
  return changed(scene, (value) => value + sigma * bell(random));
}

describe('every picture', () => {
  it('gives measures that fit the schema, whatever its size', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 90 }),
        fc.integer({ min: 1, max: 90 }),
        fc.integer(),
        (width, height, seed) => {
          const random = seededRandom(seed);
          const facts = measurePicture(painted(width, height, () => [255 * random(), 255 * random(), 255 * random()]));
          const concluded = conclude(facts);
          expect(seenSchema.strict().parse(facts.seen)).toEqual(facts.seen);
          expect(concludedSchema.strict().parse(concluded)).toEqual(concluded);
          const measures: Record<string, unknown> = { ...facts.seen, ...concluded };
          for (const name of MEASURE_NAMES) expect(measures).toHaveProperty(name);
          expect(Object.keys(facts.traits)).toEqual([...TRAITS]);
          for (const value of [...Object.values(measures), ...Object.values(facts.traits)])
            if (typeof value === 'number') expect(value).not.toBeNaN();
        },
      ),
      { numRuns: 40 },
    );
  });

  it('refuses a buffer of the wrong length with a sentence', () => {
    expect(() => measuresOf({ ...scene, width: WIDTH + 1 })).toThrow(/needs \d+ bytes/);
  });

  it.each([
    ['black', 0],
    ['grey', 128],
    ['white', 255],
  ])('of plain %s has nothing to judge focus by', (_, value) => {
    const measures = measuresOf(painted(300, 200, () => grey(value)));
    expect(measures.detail).toBe(0);
    expect(measures.focusTiles).toBe('0'.repeat(FOCUS_TILES * FOCUS_TILES));
    expect(measures.motionDirection).toBeNull();
    expect(measures.tilt).toBeNull();
    expect(measures.contrast).toBe(0);
  });
});

describe('mirrored and turned pictures', () => {
  const symmetric: Exclude<MeasureName, OptionalMeasureName>[] = [
    'focus',
    'motion',
    'brightness',
    'contrast',
    'noise',
    'colorfulness',
    'clippedHighlights',
    'banding',
    'subjectSpread',
  ];
  it.each([
    ['mirrored', mirrored],
    ['turned', turned],
  ])('%s measure alike', (_, change) => {
    const other = measuresOf(change(scene));
    for (const name of symmetric) {
      const [low, high] = MEASURE_FACTS[name].range;
      expect(Math.abs(other[name] - clean[name]), name).toBeLessThan(0.03 * (high - low));
    }
  });

  it('mirrored has the subject on the other side', () => {
    const backdrop = leaves(600, 400, 6);
    const spot = painted(600, 400, (x, y) =>
      grey(
        Math.hypot(x - 0.3, y - 0.3) < 0.05
          ? 250
          : 60 + backdrop.rgb[(Math.floor(y * 600) * 600 + Math.floor(x * 600)) * 3]! / 8,
      ),
    );
    const measures = measuresOf(spot);
    expect(measures.subjectX).toBeLessThan(45);
    expect(measuresOf(mirrored(spot)).subjectX).toBeGreaterThan(55);
  });
});

describe('focus', () => {
  it('falls steadily with blur', () => {
    const values = [1, 3, 5, 9, 15].map(
      (size) => measuresOf(boxBlurred(boxBlurred(scene, size, size), size, size)).focus,
    );
    for (let index = 1; index < values.length; index++) expect(values[index]).toBeLessThan(values[index - 1]!);
    expect(values[0]).toBeGreaterThan(60);
    expect(values.at(-1)).toBeLessThan(35);
  });

  it('does not depend on contrast', () => {
    const faint = measuresOf(changed(scene, (value) => 128 + (value - 128) * 0.4));
    expect(Math.abs(faint.focus - clean.focus)).toBeLessThan(6);
  });

  it('is not raised by noise as by detail', () => {
    const soft = boxBlurred(boxBlurred(scene, 7, 7), 7, 7);
    const random = seededRandom(3);
    const grainy = measuresOf(changed(soft, (value) => value + 6 * bell(random)));
    expect(grainy.focus).toBeLessThan(clean.focus - 20);
  });

  it('maps where the picture is sharp', () => {
    const soft = boxBlurred(boxBlurred(scene, 9, 9), 9, 9);
    const rgb = Uint8Array.from(scene.rgb, (value, at) =>
      Math.floor(at / 3) % WIDTH < WIDTH / 2 ? value : soft.rgb[at]!,
    );
    const measures = measuresOf({ ...scene, rgb });
    const mean = (from: number, to: number) => {
      const values: number[] = [];
      for (let row = 0; row < FOCUS_TILES; row++) {
        for (let column = from; column < to; column++) {
          const value = focusOfTile(measures, column, row);
          if (value !== null) values.push(value);
        }
      }
      return values.reduce((sum, value) => sum + value, 0) / values.length;
    };
    expect(mean(0, 7)).toBeGreaterThan(mean(9, 16) + 25);
  });
});

describe('motion blur', () => {
  it.each([
    ['sideways', 15, 1, 0],
    ['up and down', 1, 15, 90],
  ])('%s is found with its direction', (_, across, down, direction) => {
    const measures = measuresOf(boxBlurred(scene, across, down));
    expect(measures.motion).toBeGreaterThan(18);
    const away = Math.abs(measures.motionDirection! - direction);
    expect(Math.min(away, 180 - away)).toBeLessThan(10);
  });

  it('is not seen in even blur, nor in a scene of lines', () => {
    expect(measuresOf(boxBlurred(scene, 9, 9)).motion).toBeLessThan(8);
    const random = seededRandom(1);
    const rows = Array.from({ length: HEIGHT }, () => 255 * random());
    const lines = painted(WIDTH, HEIGHT, (_, y) => grey(rows[Math.floor(y * WIDTH)]!));
    expect(measuresOf(lines).lostDetail).toBeLessThanOrEqual(100);
  });

  it('grows with the way', () => {
    const values = [1, 5, 9, 17].map((length) => measuresOf(boxBlurred(scene, length, 1)).motion);
    for (let index = 1; index < values.length; index++) expect(values[index]).toBeGreaterThan(values[index - 1]!);
  });
});

describe('exposure', () => {
  it('counts clipping of each channel', () => {
    const measures = measuresOf(
      painted(400, 400, (x, y) => (y < 0.25 ? [255, 255, 255] : x < 0.5 ? [255, 90, 40] : [60 + 100 * x, 90, 140])),
    );
    expect(measures.clippedHighlights).toBeCloseTo(25, 0);
    expect(measures.clippedSky).toBeCloseTo(75, 0);
    expect(measures.clippedRed).toBeCloseTo(62.5, 0);
    expect(measures.clippedGreen).toBeCloseTo(25, 0);
    expect(measures.blockedShadows).toBe(0);
  });

  it('gives percentiles, contrast and tonal range of a ramp', () => {
    const measures = measuresOf(painted(512, 512, (x) => grey(255 * x)));
    expect(measures.brightness).toBeGreaterThan(125);
    expect(measures.brightness).toBeLessThan(131);
    expect(measures.contrast).toBeCloseTo(100 / Math.sqrt(12), 0);
    expect(measures.dynamicRange).toBeGreaterThan(8);
  });

  it('moves with the light', () => {
    const darker = measuresOf(changed(scene, (value) => value * 0.5));
    expect(darker.brightest).toBeCloseTo(clean.brightest / 2, -1);
    expect(darker.brightness).toBeLessThan(clean.brightness);
  });
});

describe('noise', () => {
  it.each([3, 8, 16])('of %i is measured on smooth parts', (sigma) => {
    const random = seededRandom(sigma);
    const picture = painted(900, 600, (x, y) => grey(90 + 60 * x + 40 * y));
    const measures = measuresOf(changed(picture, (value) => value + sigma * bell(random)));
    // Independent noise of three channels: luminance has 0.67 of it, the smoothest tiles a little less.
    expect(measures.noise).toBeGreaterThan(0.5 * sigma);
    expect(measures.noise).toBeLessThan(0.8 * sigma);
  });

  it('grows steadily', () => {
    const values = [0, 4, 9, 18].map((sigma) => measuresOf(noisy(sigma)).noise);
    for (let index = 1; index < values.length; index++) expect(values[index]).toBeGreaterThan(values[index - 1]!);
  });
});

describe('color', () => {
  it('of grey is none, of primaries is extreme', () => {
    expect(clean.colorfulness).toBeLessThan(1);
    const vivid = painted(300, 200, (x, y) => (x < 0.5 ? [255, 0, 0] : y < 0.3 ? [0, 0, 255] : [0, 255, 0]));
    expect(measuresOf(vivid).colorfulness).toBeGreaterThan(109);
  });

  it('cast is found with its gains where white is missing, and not in a scene with white', () => {
    const colored = changed(leaves(600, 400, 8), (value, channel) => value * [1, 0.97, 0.94][channel]! + 8);
    expect(measuresOf(colored).cast).toBeLessThan(20);
    const warm = measuresOf(changed(colored, (value, channel) => value * [1.12, 1, 0.76][channel]!));
    expect(warm.castRed - warm.castBlue).toBeGreaterThan(0.3);
    expect(warm.castRed).toBeGreaterThan(warm.castBlue);
  });
});

describe('tilt', () => {
  const horizon = (degrees: number) => {
    const slope = Math.tan((degrees * Math.PI) / 180);
    const texture = leaves(900, 600, 4);
    return painted(900, 600, (x, y) => {
      const below = Math.min(1, Math.max(0, (y - 0.3 - (x - 0.5) * slope) * 900 + 0.5));
      const spot = texture.rgb[(Math.floor(y * 900) * 900 + Math.floor(x * 900)) * 3]! / 6;
      return [170, 200, 230].map((sky, at) => sky + ([20, 50, 70][at]! + spot - sky) * below) as [
        number,
        number,
        number,
      ];
    });
  };
  it.each([-3, -1.5, 0, 2.5])('of a horizon at %f° is found', (degrees) => {
    const measures = measuresOf(horizon(degrees));
    expect(measures.tilt).not.toBeNull();
    expect(Math.abs(measures.tilt! - degrees)).toBeLessThan(0.6);
    expect(measures.tiltAgreement).toBeGreaterThan(45);
  });

  it.each([-6, 5])('is not claimed of one line at %f°: that is a slope', (degrees) => {
    expect(measuresOf(horizon(degrees)).tilt).toBeNull();
  });

  it('is not claimed where there are no lines', () => {
    expect(clean.tiltAgreement).toBeLessThan(45);
  });
});

describe('compression', () => {
  it('shows the grid of blocks at any resize, and no grid in clean pictures', () => {
    expect(clean.blockiness).toBeLessThan(6);
    for (const scale of [1, 0.7]) {
      const random = seededRandom(2);
      const blocks = Array.from({ length: 65536 }, () => 10 * bell(random));
      const picture = painted(896, 600, (x, y) => {
        const column = Math.floor((x * 896) / (8 * scale));
        const row = Math.floor((y * 896) / (8 * scale));
        return grey(120 + 40 * x + blocks[(row * 211 + column) & 65535]!);
      });
      const measures = measuresOf({ ...picture, sourceWidth: 896 / scale, sourceHeight: 600 / scale });
      expect(measures.blockiness).toBeGreaterThan(30);
    }
  });

  it('shows banding in coarse steps', () => {
    const steps = painted(800, 600, (x, y) => grey(Math.round((20 + 210 * x + 20 * y) / 9) * 9));
    const smooth = painted(800, 600, (x, y) => grey(20 + 210 * x + 20 * y));
    expect(measuresOf(steps).banding).toBeGreaterThan(20 + measuresOf(smooth).banding);
  });
});

describe('fingerprints', () => {
  it('stay near under small changes and far from other pictures', () => {
    const brighter = measuresOf(changed(noisy(3), (value) => value * 1.06 + 4));
    expect(hashDistance(clean.dHash, brighter.dHash)).toBeLessThanOrEqual(8);
    expect(hashDistance(clean.pHash, brighter.pHash)).toBeLessThanOrEqual(8);
    const others = [11, 12, 13, 14].map((seed) => measuresOf(leaves(WIDTH, HEIGHT, seed)));
    for (const other of others) expect(hashDistance(clean.pHash, other.pHash)).toBeGreaterThan(14);
  });

  it('measure distance in bits', () => {
    expect(hashDistance('0000000000000000', '0000000000000000')).toBe(0);
    expect(hashDistance('ffffffffffffffff', '0000000000000000')).toBe(64);
    expect(hashDistance('8000000000000001', '0000000000000000')).toBe(2);
  });
});
