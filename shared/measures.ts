/**
 * Facts computed from a photo's pixels, without judgement: what each is called, its unit, range and meaning.
 * The table below is the one definition: the schema, the types, captions, the inspector's groups, what the evidence is
 * weighed by and the catalog's columns are read from it, so that a new measure is a row here and the file that computes it.
 * All are taken from the upright sRGB picture at one working size (long edge ≤ 1024), so the same photo gives
 * nearly the same numbers at one and at 24 megapixels.
 */
/** Headings of the inspector, in its order. */
export const MEASURE_GROUPS = {
  focus: 'Focus',
  light: 'Light',
  color: 'Color',
  composition: 'Composition',
  damage: 'Damage',
} as const;
export type MeasureGroup = keyof typeof MEASURE_GROUPS;

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
  /** Where the inspector shows it; within a group in the order of the table. */
  readonly group: MeasureGroup;
  /** Only some photos have it; null where the picture does not tell. */
  readonly optional?: true;
  /** Not seen in the pixels but concluded from the evidence: it changes with the judgement, without a look. */
  readonly judged?: true;
  /** The evidence for and against faults is weighed by it. */
  readonly witness?: true;
  /** The catalog keeps a copy in the column of this name (camelCase as snake_case), for sorting. */
  readonly column?: true;
}

const facts = <const T extends Record<string, MeasureFacts>>(table: T): T => table;

export const MEASURE_FACTS = facts({
  focus: {
    label: 'Focus',
    unit: '%',
    range: [0, 100],
    digits: 0,
    better: 'high',
    meaning: 'How crisp the sharpest parts of the picture are.',
    group: 'focus',
    witness: true,
    column: true,
  },
  subjectFocus: {
    label: 'Subject focus',
    unit: '%',
    range: [0, 100],
    digits: 0,
    better: 'high',
    meaning: 'How crisp the part that draws the eye is.',
    group: 'focus',
    witness: true,
    column: true,
  },
  backgroundFocus: {
    label: 'Background focus',
    unit: '%',
    range: [0, 100],
    digits: 0,
    better: 'neither',
    meaning: 'How crisp the sharpest parts away from the subject are.',
    group: 'focus',
    witness: true,
  },
  sharpArea: {
    label: 'Sharp area',
    unit: '%',
    range: [0, 100],
    digits: 0,
    better: 'neither',
    meaning: 'Share of the textured area that is in focus: small with a shallow depth of field.',
    group: 'focus',
    witness: true,
  },
  detail: {
    label: 'Detail',
    unit: '%',
    range: [0, 100],
    digits: 0,
    better: 'neither',
    meaning: 'Share of the picture with enough structure to judge focus by.',
    group: 'focus',
    witness: true,
  },
  focusFalloff: {
    label: 'Edge fall-off',
    unit: '%',
    range: [-100, 100],
    digits: 0,
    better: 'low',
    meaning: 'How much softer the borders are than the centre.',
    group: 'focus',
    witness: true,
  },
  motion: {
    label: 'Motion blur',
    unit: '%',
    range: [0, 100],
    digits: 0,
    better: 'low',
    meaning: 'How much softer the sharpest parts are along one direction than across it.',
    group: 'focus',
  },
  motionDirection: {
    label: 'Motion direction',
    unit: '°',
    range: [0, 180],
    digits: 0,
    better: 'neither',
    meaning: 'Direction of the motion blur, counter-clockwise from horizontal.',
    group: 'focus',
    optional: true,
  },
  lostDetail: {
    label: 'Lost detail',
    unit: '%',
    range: [0, 100],
    digits: 0,
    better: 'low',
    meaning: 'How far the sharpest parts are from crisp along the direction of movement.',
    group: 'focus',
    witness: true,
  },
  brightness: {
    label: 'Median brightness',
    unit: '',
    range: [0, 255],
    digits: 0,
    better: 'neither',
    meaning: 'Brightness that half of the pixels stay below.',
    group: 'light',
    witness: true,
    column: true,
  },
  shadowPoint: {
    label: 'Darkest 1 %',
    unit: '',
    range: [0, 255],
    digits: 0,
    better: 'neither',
    meaning: 'Brightness that 1 % of the pixels stay below (0 black, 255 white).',
    group: 'light',
    witness: true,
  },
  highlightPoint: {
    label: 'Brightest 1 %',
    unit: '',
    range: [0, 255],
    digits: 0,
    better: 'neither',
    meaning: 'Brightness that 99 % of the pixels stay below.',
    group: 'light',
    witness: true,
  },
  brightest: {
    label: 'Brightest point',
    unit: '',
    range: [0, 255],
    digits: 0,
    better: 'neither',
    meaning: 'The brightest spot: far below 255 the photo got too little light.',
    group: 'light',
    witness: true,
  },
  clippedHighlights: {
    label: 'Clipped highlights',
    unit: '%',
    range: [0, 100],
    digits: 1,
    better: 'low',
    meaning: 'Share of the picture that is pure white, without detail.',
    group: 'light',
    witness: true,
  },
  clippedSky: {
    label: 'Clipped in the upper third',
    unit: '%',
    range: [0, 100],
    digits: 1,
    better: 'low',
    meaning: 'Share of the upper third that is pure white.',
    group: 'light',
    witness: true,
  },
  clippedRed: {
    label: 'Clipped red',
    unit: '%',
    range: [0, 100],
    digits: 1,
    better: 'low',
    meaning: 'Share of the picture where red has reached its end.',
    group: 'light',
    witness: true,
  },
  clippedGreen: {
    label: 'Clipped green',
    unit: '%',
    range: [0, 100],
    digits: 1,
    better: 'low',
    meaning: 'Share of the picture where green has reached its end.',
    group: 'light',
    witness: true,
  },
  clippedBlue: {
    label: 'Clipped blue',
    unit: '%',
    range: [0, 100],
    digits: 1,
    better: 'low',
    meaning: 'Share of the picture where blue has reached its end.',
    group: 'light',
    witness: true,
  },
  blockedShadows: {
    label: 'Blocked shadows',
    unit: '%',
    range: [0, 100],
    digits: 1,
    better: 'low',
    meaning: 'Share of the picture that is pure black, without detail.',
    group: 'light',
    witness: true,
  },
  dynamicRange: {
    label: 'Tonal range',
    unit: 'EV',
    range: [0, 12],
    digits: 1,
    better: 'neither',
    meaning: 'Stops between the darkest and the brightest 1 % of the picture.',
    group: 'light',
    witness: true,
  },
  contrast: {
    label: 'Contrast',
    unit: '%',
    range: [0, 50],
    digits: 0,
    better: 'neither',
    meaning: 'Spread of brightness: below 12 the picture looks flat.',
    group: 'light',
    witness: true,
  },
  colorfulness: {
    label: 'Colorfulness',
    unit: '',
    range: [0, 120],
    digits: 0,
    better: 'neither',
    meaning: 'From 0 (grey) over 33 (moderate) to 80 (vivid).',
    group: 'color',
    witness: true,
    column: true,
  },
  castRed: {
    label: 'Red balance',
    unit: 'EV',
    range: [-1, 1],
    digits: 2,
    better: 'neither',
    meaning: 'How far what should be neutral leans to red (+) or cyan (−), against green.',
    group: 'color',
  },
  castBlue: {
    label: 'Blue balance',
    unit: 'EV',
    range: [-1, 1],
    digits: 2,
    better: 'neither',
    meaning: 'How far what should be neutral leans to blue (+) or yellow (−), against green.',
    group: 'color',
  },
  cast: {
    label: 'Color cast',
    unit: '%',
    range: [0, 100],
    digits: 0,
    better: 'low',
    meaning: 'How sure it is that the whole picture leans to one color, rather than the scene.',
    group: 'color',
    judged: true,
  },
  neutralArea: {
    label: 'Neutral area',
    unit: '%',
    range: [0, 100],
    digits: 0,
    better: 'neither',
    meaning: 'Share of the picture that is grey, black or white.',
    group: 'color',
    witness: true,
  },
  tilt: {
    label: 'Tilt',
    unit: '°',
    range: [-15, 15],
    digits: 1,
    better: 'neither',
    meaning: 'How far the horizon is turned clockwise; turning back by as much levels it.',
    group: 'composition',
    optional: true,
  },
  tiltAgreement: {
    label: 'Tilt agreement',
    unit: '%',
    range: [0, 100],
    digits: 0,
    better: 'neither',
    meaning: 'How well the straight lines of the picture agree about its tilt.',
    group: 'composition',
  },
  subjectX: {
    label: 'Subject, across',
    unit: '%',
    range: [0, 100],
    digits: 0,
    better: 'neither',
    meaning: 'Where the eye is drawn, from the left edge.',
    group: 'composition',
  },
  subjectY: {
    label: 'Subject, down',
    unit: '%',
    range: [0, 100],
    digits: 0,
    better: 'neither',
    meaning: 'Where the eye is drawn, from the top edge.',
    group: 'composition',
  },
  subjectSpread: {
    label: 'Subject spread',
    unit: '%',
    range: [0, 50],
    digits: 0,
    better: 'neither',
    meaning: 'How widely attention is scattered: small where one thing stands out.',
    group: 'composition',
  },
  thirds: {
    label: 'Distance to thirds',
    unit: '%',
    range: [0, 50],
    digits: 0,
    better: 'low',
    meaning: 'Distance from the subject to the nearest crossing of the thirds.',
    group: 'composition',
  },
  noise: {
    label: 'Noise',
    unit: '',
    range: [0, 40],
    digits: 1,
    better: 'low',
    meaning: 'Grain of a pixel in the smoothest parts, in brightness steps of 255.',
    group: 'damage',
    witness: true,
    column: true,
  },
  blockiness: {
    label: 'JPEG blocks',
    unit: '%',
    range: [0, 100],
    digits: 0,
    better: 'low',
    meaning: 'How strongly the 8 × 8 grid of JPEG compression shows.',
    group: 'damage',
  },
  banding: {
    label: 'Banding',
    unit: '%',
    range: [0, 100],
    digits: 0,
    better: 'low',
    meaning: 'How much smooth tones are broken into visible steps.',
    group: 'damage',
    witness: true,
  },
  plainArea: {
    label: 'Plain area',
    unit: '%',
    range: [0, 100],
    digits: 0,
    better: 'neither',
    meaning: 'Share without the least variation: typical of screens and drawings, not of photos.',
    group: 'damage',
    witness: true,
  },
});

type Table = typeof MEASURE_FACTS;
/** Names of the rows that have a property. */
type With<Property extends keyof MeasureFacts> = {
  [Name in keyof Table]: Property extends keyof Table[Name] ? Name : never;
}[keyof Table];

export type MeasureName = keyof Table;
export type OptionalMeasureName = With<'optional'>;
export type JudgedMeasureName = With<'judged'>;
export type WitnessMeasureName = With<'witness'>;
export type ColumnMeasureName = With<'column'>;

export const MEASURE_NAMES = Object.keys(MEASURE_FACTS) as MeasureName[];

function having<Property extends 'optional' | 'judged' | 'witness' | 'column'>(property: Property): With<Property>[] {
  return MEASURE_NAMES.filter((name): name is With<Property> => property in MEASURE_FACTS[name]);
}

/** Measures that the evidence is weighed by; the traits (traits.ts) beside them. */
export const WITNESS_MEASURES: readonly WitnessMeasureName[] = having('witness');
/** Measures with a column of their own in the catalog. */
export const COLUMN_MEASURES: readonly ColumnMeasureName[] = having('column');

/** A number with its unit, with a true minus sign. */
export function measureText(name: MeasureName, value: number): string {
  const { unit, digits } = MEASURE_FACTS[name];
  const number = value.toFixed(digits).replace('-', '−');
  return unit === '°' ? `${number}°` : unit === '' ? number : `${number} ${unit}`;
}

/** Side of the focus map: FOCUS_TILES × FOCUS_TILES tiles, rows from the top. */
export const FOCUS_TILES = 16;
