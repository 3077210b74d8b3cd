/** What is lit on a photo is what was measured: the same pixels, tiles and lines, and as much of them. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { placesIn } from '../../electron/core/analysis/evidence/places.ts';
import { measurePicture, type Picture } from '../../electron/core/analysis/measures/measure.ts';
import { coveredShare, EVIDENCE_FACTS, EVIDENCE_KINDS, maskPixels } from '../../shared/evidence.ts';
import type { Seen } from '../../shared/facts.ts';
import { MEASURE_NAMES } from '../../shared/measures.ts';
import { evidenceOf, REASON_FACTS } from '../../shared/reasons.ts';
import { boxBlurred, changed, coloredLeaves, grey, leaves, painted } from './pictures.ts';

fc.configureGlobal({ seed: 1212 });

const WIDTH = 320;
const HEIGHT = 240;
const FOUND_BY_FACES = EVIDENCE_KINDS.filter((kind) => EVIDENCE_FACTS[kind].measure === null);

const find = (picture: Picture, kind: (typeof EVIDENCE_KINDS)[number]) => placesIn(picture, [kind])[0];

/** A scene with a rectangle of one value, its edges known to the pixel. */
function withPatch(value: number, left: number, top: number, width: number, height: number): Picture {
  const scene = changed(leaves(WIDTH, HEIGHT, 3), (one) => 40 + one * 0.6);
  const rgb = Uint8Array.from(scene.rgb);
  for (let y = top; y < top + height; y++)
    for (let x = left; x < left + width; x++) rgb.fill(value, (y * WIDTH + x) * 3, (y * WIDTH + x + 1) * 3);
  return { ...scene, rgb };
}

describe('the lit area', () => {
  test('of clipped white and of black is the patch that was painted, to the pixel, and the share that is measured', () => {
    const patch = fc.record({
      left: fc.integer({ min: 0, max: WIDTH - 60 }),
      top: fc.integer({ min: 0, max: HEIGHT - 60 }),
      width: fc.integer({ min: 1, max: 60 }),
      height: fc.integer({ min: 1, max: 60 }),
      isWhite: fc.boolean(),
    });
    fc.assert(
      fc.property(patch, ({ left, top, width, height, isWhite }) => {
        const picture = withPatch(isWhite ? 255 : 0, left, top, width, height);
        const { seen } = measurePicture(picture);
        const found = find(picture, isWhite ? 'highlights' : 'shadows');
        const share = (width * height) / (WIDTH * HEIGHT);
        expect(found!.value).toBeCloseTo(100 * share, 9);
        expect(found!.value).toBe(isWhite ? seen.clippedHighlights : seen.blockedShadows);
        if (found!.place.shape !== 'mask') throw new Error('not a mask');
        expect(coveredShare(found!.place)).toBeCloseTo(share, 12);
        const pixels = maskPixels(found!.place);
        for (let y = 0; y < HEIGHT; y++)
          for (let x = 0; x < WIDTH; x++) {
            const isIn = x >= left && x < left + width && y >= top && y < top + height;
            if (pixels[y * WIDTH + x] !== Number(isIn)) throw new Error(`${x}, ${y}`);
          }
      }),
      { numRuns: 25 },
    );
  });

  test('of every kind has the value that is stored of its measure, on any picture', () => {
    const seen = new Set<string>();
    const pictures: Picture[] = [
      coloredLeaves(WIDTH, HEIGHT, 8),
      withPatch(255, 20, 10, 90, 50),
      withPatch(0, 20, 100, 90, 50),
      boxBlurred(leaves(WIDTH, HEIGHT, 4), 3, 3),
      changed(coloredLeaves(WIDTH, HEIGHT, 5), (value) => 16 * Math.round(value / 16)),
      changed(coloredLeaves(WIDTH, HEIGHT, 6), (value, channel) => Math.min(236, value * [1.7, 1.4, 1.1][channel]!)),
      horizonAt(2.2),
      painted(40, 30, (x, y) => grey(200 * x + 50 * y)),
    ];
    for (const picture of pictures) {
      const facts: Seen = measurePicture(picture).seen;
      for (const { kind, value, place } of placesIn(picture, EVIDENCE_KINDS)) {
        const { measure } = EVIDENCE_FACTS[kind];
        expect(value, kind).toBe(facts[measure as keyof Seen]);
        const covered = coveredShare(place);
        if (covered !== null) expect(covered, kind).toBeGreaterThan(0);
        seen.add(kind);
      }
    }
    expect(EVIDENCE_KINDS.filter((kind) => !seen.has(kind) && !FOUND_BY_FACES.includes(kind))).toEqual([]);
  });

  test('of the sharpest parts lies where the picture is sharp', () => {
    const sharp = leaves(WIDTH, HEIGHT, 7);
    const soft = boxBlurred(sharp, 4, 4);
    const rgb = Uint8Array.from(soft.rgb);
    // The right half stays sharp.
    for (let y = 0; y < HEIGHT; y++) {
      const from = (y * WIDTH + WIDTH / 2) * 3;
      rgb.set(sharp.rgb.subarray(from, (y + 1) * WIDTH * 3), from);
    }
    const place = find({ ...sharp, rgb }, 'sharpest')!.place;
    if (place.shape !== 'tiles') throw new Error('not tiles');
    const lit = [...place.tiles].flatMap((one, at) => (one === '1' ? [at % place.columns] : []));
    expect(lit.length).toBeGreaterThan(0);
    expect(Math.min(...lit)).toBeGreaterThanOrEqual(place.columns / 2 - 1);
  });
});

/** Two tones that meet in a line through the middle, turned clockwise. */
function horizonAt(degrees: number): Picture {
  const slope = Math.tan((degrees * Math.PI) / 180);
  return painted(512, 384, (x, y) => {
    const edge = 192 + (x * 512 - 256) * slope;
    return grey(210 - 120 * Math.min(1, Math.max(0, y * 512 - edge + 0.5)));
  });
}

test('the horizon is lit along the line that was painted, at its angle', () => {
  for (const degrees of [-2.5, -1, 1.4, 2.8]) {
    const found = find(horizonAt(degrees), 'lines');
    expect(found?.value, `${degrees}°`).toBeCloseTo(degrees, 0);
    if (found?.place.shape !== 'lines') throw new Error('no line');
    expect(found.place.lines).toHaveLength(1);
    const [{ from, to }] = found.place.lines as [(typeof found.place.lines)[number]];
    const rise = Math.tan((degrees * Math.PI) / 180) * 256;
    // Within two of 384 pixels at both borders.
    expect(Math.abs(from.y * 384 - (192 - rise)), `${degrees}° left`).toBeLessThan(3);
    expect(Math.abs(to.y * 384 - (192 + rise)), `${degrees}° right`).toBeLessThan(3);
    expect([from.x, to.x]).toEqual([0, 1]);
  }
});

test('what is measured nowhere is lit nowhere', () => {
  const even = painted(128, 96, () => grey(120));
  const kinds = placesIn(even, EVIDENCE_KINDS).map(({ kind }) => kind);
  for (const kind of ['sharpest', 'subject', 'highlights', 'sky', 'shadows', 'lines', 'bands'] as const)
    expect(kinds).not.toContain(kind);
});

test('a reason that speaks of a measure which has a place names it, and names only kinds that there are', () => {
  for (const name of Object.keys(REASON_FACTS))
    for (const kind of evidenceOf(name)) expect(EVIDENCE_KINDS).toContain(kind);
  for (const kind of EVIDENCE_KINDS) {
    const { measure } = EVIDENCE_FACTS[kind];
    if (measure !== null) expect(MEASURE_NAMES).toContain(measure);
  }
  expect(evidenceOf('clippedHighlights')).toEqual(['highlights']);
  expect(evidenceOf('a reason of another critic')).toEqual([]);
});
