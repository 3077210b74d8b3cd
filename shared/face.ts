/**
 * What was found of the faces of a photo: where they are, how they are turned, whether their eyes are open and sharp.
 * Facts as they are stored, the words for them, and what is concluded for a warning. Never whose face it is.
 */
import { z } from 'zod';
import type { Reason } from './critique.ts';

/** Its facts of another version are taken again. */
export const FACES_ANALYSER = { name: 'faces', version: 1 } as const;

/** `closed` is closed or lowered: a blink cannot be told from looking down. */
export const EYE_STATES = ['open', 'closed', 'unknown'] as const;
export type EyeState = (typeof EYE_STATES)[number];

/** Why open and closed cannot be told apart, as people read it. */
export const UNTOLD_WORDS = {
  small: 'too small',
  turned: 'turned away',
  covered: 'covered',
  blurred: 'too blurred',
  noisy: 'too noisy',
  between: 'neither clearly open nor closed',
} as const;
export type Untold = keyof typeof UNTOLD_WORDS;
const UNTOLD = Object.keys(UNTOLD_WORDS) as [Untold, ...Untold[]];

const share = z.number().min(0).max(1);

export const faceSchema = z.object({
  /** Of the upright picture, shares of its width and height. */
  left: share,
  top: share,
  width: share,
  height: share,
  /** How sure the detector is, 0–1. */
  score: share,
  /** Degrees: turned to the picture's right, looking down, and leaning clockwise are positive. */
  yaw: z.number(),
  pitch: z.number(),
  roll: z.number(),
  /** Width in pixels of the original. */
  pixels: z.number(),
  eyes: z.enum(EYE_STATES),
  /** Set where `eyes` is `unknown`. */
  untold: z.enum(UNTOLD).nullable(),
  /** Of the nearer eye: height over width of the opening. */
  aspect: z.number(),
  /** The nearer eye's middle, shares of width and height; its width, share of the picture's width. */
  eye: z.object({ x: z.number(), y: z.number(), width: z.number() }),
  /** Focus at the nearer eye, see core/analysis/faces/eye-focus.ts; null where the eye is too small. */
  eyeFocus: z.number().nullable(),
  /** At least a quarter as large as the largest face: it counts for warnings. */
  prominent: z.boolean(),
});
export type Face = z.infer<typeof faceSchema>;

export const seenFacesSchema = z.object({
  /** Largest first. */
  faces: z.array(faceSchema),
  /** The same focus at the sharpest place of the frame; null where no face's eye was measured. */
  frameFocus: z.number().nullable(),
});
export type SeenFaces = z.infer<typeof seenFacesSchema>;

const PROMINENT_SHARE = 0.25;

/** Whether a face counts beside the largest of its photo. Edges in one unit. */
export const isProminent = (edge: number, largest: number): boolean => edge >= PROMINENT_SHARE * largest;

/** Eyes below this focus are soft: of the labelled photos' eyes only those behind the focus, and most that a blur of 2.4 pixels has passed (tests/measure/faces.test.ts). */
export const SOFT_EYES = 1.3;

const isClosed = (face: Face): boolean => face.prominent && face.eyes === 'closed';
const isSoft = (face: Face): boolean => face.prominent && face.eyeFocus !== null && face.eyeFocus < SOFT_EYES;

/** Faces whose eyes a warning is about. */
export const closedFaces = ({ faces }: SeenFaces): Face[] => faces.filter(isClosed);
export const softFaces = ({ faces }: SeenFaces): Face[] => faces.filter(isSoft);

/** Warnings about a photo's faces: they are filters and are said, and cost no grade. The worst prominent face decides. */
export function faceReasons(seen: SeenFaces): Reason[] {
  const { faces, frameFocus } = seen;
  const reasons: Reason[] = [];
  const prominent = faces.filter((face) => face.prominent);
  const { length: closed } = closedFaces(seen);
  if (closed > 0) {
    reasons.push({
      name: 'eyes-closed',
      weight: 0,
      text: `Eyes closed or lowered${ofFaces(closed, prominent.length)}.`,
    });
  }
  const soft = softFaces(seen);
  if (soft.length > 0) {
    const softest = Math.min(...soft.map(({ eyeFocus }) => eyeFocus!));
    const sharper =
      frameFocus !== null && frameFocus >= SOFT_EYES ? `, ${frameFocus.toFixed(1)} at the sharpest place` : '';
    reasons.push({
      name: 'soft-eyes',
      weight: 0,
      text: `Eyes soft${ofFaces(soft.length, prominent.length)}: focus ${softest.toFixed(1)} at the eye${sharper}.`,
    });
  }
  return reasons;
}

const ofFaces = (count: number, all: number): string => (all === 1 ? '' : ` in ${count} of ${all} faces`);

/** `3 faces found; eyes open in 2, 1 not judged (too small)`. Never says that there is nobody. */
export function facesText(faces: readonly Face[]): string {
  if (faces.length === 0) return 'No face found';
  const count = (state: EyeState) => faces.filter(({ eyes }) => eyes === state).length;
  const parts: string[] = [];
  if (count('open') > 0) parts.push(`eyes open in ${count('open')}`);
  if (count('closed') > 0) parts.push(`closed or lowered in ${count('closed')}`);
  if (count('unknown') > 0) {
    const why = new Set(faces.flatMap(({ untold }) => (untold === null ? [] : UNTOLD_WORDS[untold])));
    parts.push(`${count('unknown')} not judged (${[...why].join(', ')})`);
  }
  return `${faces.length} ${faces.length === 1 ? 'face' : 'faces'} found; ${parts.join(', ')}`;
}

/** One face's eyes in words. */
export function eyesText({ eyes, untold }: Pick<Face, 'eyes' | 'untold'>): string {
  if (eyes === 'open') return 'Eyes open';
  return eyes === 'closed'
    ? 'Eyes closed or lowered'
    : `Not judged: ${untold === null ? 'unclear' : UNTOLD_WORDS[untold]}`;
}
