/**
 * Facts computed from a photo's pixels, without judgement: what each is called, its unit, range and meaning.
 * The table below is the one definition; the schema, the type, sort keys and captions are inferred from it.
 * All are taken from the upright sRGB picture at one working size (long edge ≤ 1024), so the same photo gives
 * nearly the same numbers at one and at 24 megapixels.
 */
import { z } from 'zod';

export interface MeasureFacts {
  /** Short name for a caption or a sort menu. */
  readonly label: string;
  readonly unit: '' | '%' | '°' | 'EV' | 'px';
  /** Range that people meet; values may lie outside where the unit allows it. */
  readonly range: readonly [number, number];
  /** Digits after the point worth showing. */
  readonly digits: number;
  /** Which end is usually wanted; `neither` for a description. */
  readonly better: 'high' | 'low' | 'neither';
  /** One sentence for people. */
  readonly meaning: string;
}

const facts = <const T extends Record<string, MeasureFacts>>(table: T): T => table;

/** Numbers that every photo has. */
export const MEASURE_FACTS = facts({
  focus: {
    label: 'Focus',
    unit: '%',
    range: [0, 100],
    digits: 0,
    better: 'high',
    meaning: 'How crisp the sharpest parts of the picture are.',
  },
  subjectFocus: {
    label: 'Subject focus',
    unit: '%',
    range: [0, 100],
    digits: 0,
    better: 'high',
    meaning: 'How crisp the part that draws the eye is.',
  },
  backgroundFocus: {
    label: 'Background focus',
    unit: '%',
    range: [0, 100],
    digits: 0,
    better: 'neither',
    meaning: 'How crisp the sharpest parts away from the subject are.',
  },
  sharpArea: {
    label: 'Sharp area',
    unit: '%',
    range: [0, 100],
    digits: 0,
    better: 'neither',
    meaning: 'Share of the textured area that is in focus: small with a shallow depth of field.',
  },
  detail: {
    label: 'Detail',
    unit: '%',
    range: [0, 100],
    digits: 0,
    better: 'neither',
    meaning: 'Share of the picture with enough structure to judge focus by.',
  },
  focusFalloff: {
    label: 'Edge fall-off',
    unit: '%',
    range: [-100, 100],
    digits: 0,
    better: 'low',
    meaning: 'How much softer the borders are than the centre.',
  },
  motion: {
    label: 'Motion blur',
    unit: '%',
    range: [0, 100],
    digits: 0,
    better: 'low',
    meaning: 'How much softer the sharpest parts are along one direction than across it.',
  },
  lostDetail: {
    label: 'Lost detail',
    unit: '%',
    range: [0, 100],
    digits: 0,
    better: 'low',
    meaning: 'How far the sharpest parts are from crisp along the direction of movement.',
  },
  shadowPoint: {
    label: 'Darkest 1 %',
    unit: '',
    range: [0, 255],
    digits: 0,
    better: 'neither',
    meaning: 'Brightness that 1 % of the pixels stay below (0 black, 255 white).',
  },
  brightness: {
    label: 'Median brightness',
    unit: '',
    range: [0, 255],
    digits: 0,
    better: 'neither',
    meaning: 'Brightness that half of the pixels stay below.',
  },
  highlightPoint: {
    label: 'Brightest 1 %',
    unit: '',
    range: [0, 255],
    digits: 0,
    better: 'neither',
    meaning: 'Brightness that 99 % of the pixels stay below.',
  },
  brightest: {
    label: 'Brightest point',
    unit: '',
    range: [0, 255],
    digits: 0,
    better: 'neither',
    meaning: 'The brightest spot: far below 255 the photo got too little light.',
  },
  clippedHighlights: {
    label: 'Clipped highlights',
    unit: '%',
    range: [0, 100],
    digits: 1,
    better: 'low',
    meaning: 'Share of the picture that is pure white, without detail.',
  },
  clippedSky: {
    label: 'Clipped in the upper third',
    unit: '%',
    range: [0, 100],
    digits: 1,
    better: 'low',
    meaning: 'Share of the upper third that is pure white.',
  },
  clippedRed: {
    label: 'Clipped red',
    unit: '%',
    range: [0, 100],
    digits: 1,
    better: 'low',
    meaning: 'Share of the picture where red has reached its end.',
  },
  clippedGreen: {
    label: 'Clipped green',
    unit: '%',
    range: [0, 100],
    digits: 1,
    better: 'low',
    meaning: 'Share of the picture where green has reached its end.',
  },
  clippedBlue: {
    label: 'Clipped blue',
    unit: '%',
    range: [0, 100],
    digits: 1,
    better: 'low',
    meaning: 'Share of the picture where blue has reached its end.',
  },
  blockedShadows: {
    label: 'Blocked shadows',
    unit: '%',
    range: [0, 100],
    digits: 1,
    better: 'low',
    meaning: 'Share of the picture that is pure black, without detail.',
  },
  dynamicRange: {
    label: 'Tonal range',
    unit: 'EV',
    range: [0, 12],
    digits: 1,
    better: 'neither',
    meaning: 'Stops between the darkest and the brightest 1 % of the picture.',
  },
  contrast: {
    label: 'Contrast',
    unit: '%',
    range: [0, 50],
    digits: 0,
    better: 'neither',
    meaning: 'Spread of brightness: below 12 the picture looks flat.',
  },
  noise: {
    label: 'Noise',
    unit: '',
    range: [0, 40],
    digits: 1,
    better: 'low',
    meaning: 'Grain of a pixel in the smoothest parts, in brightness steps of 255.',
  },
  colourfulness: {
    label: 'Colorfulness',
    unit: '',
    range: [0, 120],
    digits: 0,
    better: 'neither',
    meaning: 'From 0 (grey) over 33 (moderate) to 80 (vivid).',
  },
  castRed: {
    label: 'Red balance',
    unit: 'EV',
    range: [-1, 1],
    digits: 2,
    better: 'neither',
    meaning: 'How far what should be neutral leans to red (+) or cyan (−), against green.',
  },
  castBlue: {
    label: 'Blue balance',
    unit: 'EV',
    range: [-1, 1],
    digits: 2,
    better: 'neither',
    meaning: 'How far what should be neutral leans to blue (+) or yellow (−), against green.',
  },
  cast: {
    label: 'Color cast',
    unit: '%',
    range: [0, 100],
    digits: 0,
    better: 'low',
    meaning: 'How sure it is that the whole picture leans to one color, rather than the scene.',
  },
  neutralArea: {
    label: 'Neutral area',
    unit: '%',
    range: [0, 100],
    digits: 0,
    better: 'neither',
    meaning: 'Share of the picture that is grey, black or white.',
  },
  tiltAgreement: {
    label: 'Tilt agreement',
    unit: '%',
    range: [0, 100],
    digits: 0,
    better: 'neither',
    meaning: 'How well the straight lines of the picture agree about its tilt.',
  },
  subjectX: {
    label: 'Subject, across',
    unit: '%',
    range: [0, 100],
    digits: 0,
    better: 'neither',
    meaning: 'Where the eye is drawn, from the left edge.',
  },
  subjectY: {
    label: 'Subject, down',
    unit: '%',
    range: [0, 100],
    digits: 0,
    better: 'neither',
    meaning: 'Where the eye is drawn, from the top edge.',
  },
  subjectSpread: {
    label: 'Subject spread',
    unit: '%',
    range: [0, 50],
    digits: 0,
    better: 'neither',
    meaning: 'How widely attention is scattered: small where one thing stands out.',
  },
  thirds: {
    label: 'Distance to thirds',
    unit: '%',
    range: [0, 50],
    digits: 0,
    better: 'low',
    meaning: 'Distance from the subject to the nearest crossing of the thirds.',
  },
  blockiness: {
    label: 'JPEG blocks',
    unit: '%',
    range: [0, 100],
    digits: 0,
    better: 'low',
    meaning: 'How strongly the 8 × 8 grid of JPEG compression shows.',
  },
  plainArea: {
    label: 'Plain area',
    unit: '%',
    range: [0, 100],
    digits: 0,
    better: 'neither',
    meaning: 'Share without the least variation: typical of screens and drawings, not of photos.',
  },
  banding: {
    label: 'Banding',
    unit: '%',
    range: [0, 100],
    digits: 0,
    better: 'low',
    meaning: 'How much smooth tones are broken into visible steps.',
  },
});

/** Numbers that only some photos have; null where the picture does not tell. */
export const OPTIONAL_MEASURE_FACTS = facts({
  motionDirection: {
    label: 'Motion direction',
    unit: '°',
    range: [0, 180],
    digits: 0,
    better: 'neither',
    meaning: 'Direction of the motion blur, counter-clockwise from horizontal.',
  },
  tilt: {
    label: 'Tilt',
    unit: '°',
    range: [-15, 15],
    digits: 1,
    better: 'neither',
    meaning: 'How far the horizon is turned clockwise; turning back by as much levels it.',
  },
});

export type MeasureName = keyof typeof MEASURE_FACTS;
export type OptionalMeasureName = keyof typeof OPTIONAL_MEASURE_FACTS;

/** Side of the focus map: FOCUS_TILES × FOCUS_TILES tiles, rows from the top. */
export const FOCUS_TILES = 16;

/** Faults that evidence is weighed for, by the names of their reasons. */
export const FAULTS = [
  'soft-focus',
  'motion-blur',
  'overexposed',
  'underexposed',
  'noise',
  'jpeg-damage',
  'colour-cast',
] as const;
export type FaultName = (typeof FAULTS)[number];

/** Natural log-odds of each fault against a sound photo. */
export type Evidence = Record<FaultName, number>;

const hash64 = z.string().regex(/^[0-9a-f]{16}$/);

function schemaOf<T extends Record<string, MeasureFacts>, S extends z.ZodType>(table: T, schema: S) {
  return Object.fromEntries(Object.keys(table).map((name) => [name, schema])) as Record<keyof T, S>;
}

export const measuresSchema = z.object({
  ...schemaOf(MEASURE_FACTS, z.number()),
  ...schemaOf(OPTIONAL_MEASURE_FACTS, z.number().nullable()),
  evidence: z.record(z.enum(FAULTS), z.number()),
  /**
   * Focus of each tile, row by row: one character of base 36 a tile, `0` = nothing to judge by, `1` soft … `z`
   * crisp. Read it with `focusOfTile`.
   */
  focusTiles: z.string().regex(new RegExp(`^[0-9a-z]{${FOCUS_TILES * FOCUS_TILES}}$`)),
  /** 64-bit difference hash of the luminance, 16 hexadecimal digits. */
  dHash: hash64,
  /** 64-bit hash of the lowest frequencies of the luminance, 16 hexadecimal digits. */
  pHash: hash64,
});
export type Measures = z.infer<typeof measuresSchema>;

/** Version of the formulas: measures of another version are taken again. */
export const MEASURES_VERSION = 4;

/** Focus 0–100 of one tile, or null where the tile has nothing to judge by. */
export function focusOfTile(measures: Pick<Measures, 'focusTiles'>, column: number, row: number): number | null {
  const level = Number.parseInt(measures.focusTiles[row * FOCUS_TILES + column] ?? '0', 36);
  return level === 0 ? null : ((level - 1) * 100) / 34;
}

const BITS_OF_NIBBLE = [0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4];

/** Number of differing bits of two hashes of 16 hexadecimal digits, 0–64. */
export function hashDistance(first: string, second: string): number {
  let bits = 0;
  for (let index = 0; index < 16; index++) {
    bits += BITS_OF_NIBBLE[Number.parseInt(first[index] ?? '0', 16) ^ Number.parseInt(second[index] ?? '0', 16)] ?? 0;
  }
  return bits;
}
