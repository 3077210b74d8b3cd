/**
 * Where on a photo something was measured: one row a kind. A reason (reasons.ts) or a measure names its kinds; what of them
 * is located on a photo is found again in the same pixels by the same thresholds (core/analysis/evidence/), never kept.
 */
import { z } from 'zod';
import { type MeasureName, measureText } from './measures.ts';

interface EvidenceRow {
  /** The measure that the shown place gave; its value is checked against the stored one before anything is shown. */
  readonly measure: MeasureName | null;
  /** What frames of a moment are told apart by, where that is no measure (core/culling/signs.ts). */
  readonly sign?: string;
  /** How it is drawn: in the color of burnt white, of black, or as what is looked at. */
  readonly tone: 'white' | 'black' | 'place';
  /** A few words with the number; `value` is the measure's, `share` what the shape covers, 0–1. */
  readonly caption: (value: number, share: number | null) => string;
}

const rows = <const T extends Record<string, EvidenceRow>>(table: T): T => table;
const of100 = (value: number) => `${value.toFixed(0)} of 100`;

export const EVIDENCE_FACTS = rows({
  sharpest: { measure: 'focus', tone: 'place', caption: (value) => `sharpest parts: ${of100(value)}` },
  subject: { measure: 'subjectFocus', tone: 'place', caption: (value) => `subject: ${of100(value)}` },
  background: {
    measure: 'backgroundFocus',
    tone: 'place',
    caption: (value) => `sharpest of the background: ${of100(value)}`,
  },
  'in-focus': {
    measure: 'sharpArea',
    tone: 'place',
    caption: (value) => `in focus: ${measureText('sharpArea', value)} of what has detail`,
  },
  detail: {
    measure: 'detail',
    tone: 'place',
    caption: (value) => `focus can be judged in ${measureText('detail', value)} of the photo`,
  },
  highlights: {
    measure: 'clippedHighlights',
    tone: 'white',
    caption: (value) => `clipped to white: ${measureText('clippedHighlights', value)} of the photo`,
  },
  sky: {
    measure: 'clippedSky',
    tone: 'white',
    caption: (value) => `${measureText('clippedSky', value)} of its upper third`,
  },
  red: {
    measure: 'clippedRed',
    tone: 'white',
    caption: (value) => `red at its end: ${measureText('clippedRed', value)} of the photo`,
  },
  green: {
    measure: 'clippedGreen',
    tone: 'white',
    caption: (value) => `green at its end: ${measureText('clippedGreen', value)} of the photo`,
  },
  blue: {
    measure: 'clippedBlue',
    tone: 'white',
    caption: (value) => `blue at its end: ${measureText('clippedBlue', value)} of the photo`,
  },
  shadows: {
    measure: 'blockedShadows',
    tone: 'black',
    caption: (value) => `pure black: ${measureText('blockedShadows', value)} of the photo`,
  },
  brightest: {
    measure: 'brightest',
    tone: 'place',
    caption: (value) => `brightest spot: ${measureText('brightest', value)} of 255`,
  },
  smoothest: {
    measure: 'noise',
    tone: 'place',
    caption: (value) => `grain of the smoothest parts: ±${measureText('noise', value)}`,
  },
  bands: {
    measure: 'banding',
    tone: 'place',
    caption: (value) => `broken into steps: ${measureText('banding', value)} of the smooth parts`,
  },
  lines: {
    measure: 'tilt',
    tone: 'place',
    caption: (value) => `leans ${Math.abs(value).toFixed(1)}° ${value > 0 ? 'clockwise' : 'counter-clockwise'}`,
  },
  tint: {
    measure: 'castRed',
    tone: 'place',
    caption: (_, share) => `the tint that was measured: ${(100 * (share ?? 0)).toFixed(0)} % of the photo has it`,
  },
  neutral: {
    measure: 'neutralArea',
    tone: 'place',
    caption: (value) => `gray: ${measureText('neutralArea', value)} of the photo`,
  },
  eye: {
    measure: 'thirds',
    tone: 'place',
    caption: (value) => `what draws the eye: ${measureText('thirds', value)} from a crossing of the thirds`,
  },
  'closed-eyes': { measure: null, sign: 'eyes', tone: 'place', caption: () => 'eyes closed or lowered' },
  'soft-eyes': {
    measure: null,
    sign: 'eyeFocus',
    tone: 'place',
    caption: (value) => `focus at the eye: ${value.toFixed(1)}`,
  },
});

export type EvidenceKind = keyof typeof EVIDENCE_FACTS;
export const EVIDENCE_KINDS = Object.keys(EVIDENCE_FACTS) as [EvidenceKind, ...EvidenceKind[]];

const share = z.number();
const pointSchema = z.object({ x: share, y: share });

/** Kinds that show where a measure, or a sign between frames, was taken. */
export function evidenceOfMeasure(name: string): readonly EvidenceKind[] {
  return EVIDENCE_KINDS.filter((kind) => {
    const { measure, sign }: EvidenceRow = EVIDENCE_FACTS[kind];
    return measure === name || sign === name;
  });
}

/** Places in shares of `part`, from its top left corner. */
const shapeSchema = z.discriminatedUnion('shape', [
  /** Equal tiles, row by row: `1` where it was measured, `0` elsewhere. */
  z.object({ shape: z.literal('tiles'), columns: z.int(), rows: z.int(), tiles: z.string().regex(/^[01]*$/) }),
  /** Pixels, row by row, eight a byte, the first one its highest bit; base64. */
  z.object({ shape: z.literal('mask'), width: z.int(), height: z.int(), bits: z.base64() }),
  z.object({ shape: z.literal('lines'), lines: z.array(z.object({ from: pointSchema, to: pointSchema })) }),
  z.object({
    shape: z.literal('boxes'),
    boxes: z.array(z.object({ left: share, top: share, width: share, height: share })),
  }),
  z.object({ shape: z.literal('point'), at: pointSchema, beside: pointSchema }),
]);
export type EvidenceShape = z.infer<typeof shapeSchema>;
export type PlacedShape<Name extends EvidenceShape['shape']> = Extract<EvidenceShape, { shape: Name }>;

export const evidenceSchema = z.object({
  kind: z.enum(EVIDENCE_KINDS),
  /** Of the measure of its row, taken anew. */
  value: z.number(),
  /** The part of the upright picture that was measured, shares: all of it, except where the file lacks some. */
  part: z.object({ left: share, top: share, width: share, height: share }),
  place: shapeSchema,
});
export type LocatedEvidence = z.infer<typeof evidenceSchema>;

export function evidenceText({ kind, value, place }: LocatedEvidence): string {
  const row: EvidenceRow = EVIDENCE_FACTS[kind];
  return row.caption(value, coveredShare(place));
}

/** Share (0–1) of the part that a mask or tiles cover; null for a shape without an area. */
export function coveredShare(place: EvidenceShape): number | null {
  if (place.shape === 'tiles') return [...place.tiles].filter((one) => one === '1').length / place.tiles.length;
  if (place.shape !== 'mask') return null;
  return maskPixels(place).reduce((sum, bit) => sum + bit, 0) / (place.width * place.height);
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
/** Six bits of each character, by its code. */
const SIX = Uint8Array.from({ length: 128 }, (_, code) => Math.max(0, BASE64.indexOf(String.fromCharCode(code))));

/** The pixels of a mask, 1 or 0 each. Each character of base64 holds six. */
export function maskPixels({ width, height, bits }: PlacedShape<'mask'>): Uint8Array {
  const pixels = new Uint8Array(width * height);
  for (let at = 0; at < pixels.length; at++) {
    const place = at % 6;
    pixels[at] = (SIX[bits.charCodeAt((at - place) / 6)]! >> (5 - place)) & 1;
  }
  return pixels;
}
