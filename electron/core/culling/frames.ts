/** What culling reads of a frame: plain values, so that all that is decided here can be tested without a catalog. */
import type { MomentKind, MomentReason } from '../../../shared/moments.ts';

/** What a person decided; `marked`: stars or a color without a flag. */
export type Decision = 'pick' | 'reject' | 'marked' | null;

/** Eyes of the prominent faces, the worst of them; `unknown` where it cannot be told. */
export type Eyes = 'open' | 'closed' | 'unknown';

/** Faces of a frame, so far as they were looked for. */
export type FrameFaces = {
  count: number;
  eyes: Eyes;
  /** Focus at the worst prominent eye, 0–100; null where it cannot be told. */
  eyeFocus: number | null;
  /** The nearest prominent eye, in shares of width and height. */
  eye: { x: number; y: number } | null;
};

/** Names of numbers that a frame is compared by, see signs.ts. */
export type Signs = {
  /** 0–100, high is sharp. */
  subjectFocus: number;
  /** 0–100, low is still. */
  motion: number;
  /** Per cent of the picture. */
  clippedHighlights: number;
  blockedShadows: number;
  /** Degrees off level; null where the lines of the picture do not agree. */
  tilt: number | null;
};

/** A reason of the critic against the frame. `weight` is negative: grade points that it costs. */
export type FrameFault = { name: string; weight: number; text: string };

export type Frame = {
  id: number;
  /** Milliseconds of the camera's clock; null when it is not known. */
  takenAt: number | null;
  folder: number;
  decision: Decision;
  technical: number | null;
  grade: number | null;
  /** 0–100; null while taste is not used. */
  taste: number | null;
  signs: Signs | null;
  faces: FrameFaces | null;
  /** Where the eye is drawn, in shares of width and height. */
  subject: { x: number; y: number } | null;
  faults: readonly FrameFault[];
  /** Reasons and signs that a person answered: they no longer count for this frame. */
  answered: ReadonlySet<string>;
};

/** Frames that belong together; a photo that belongs to none is a moment of one frame without kind. */
export type FrameMoment = {
  id: number | null;
  kind: MomentKind | null;
  /** In order of capture. */
  frames: readonly Frame[];
  top: number | null;
  second: number | null;
  reason: MomentReason | null;
};

/** In order of capture; frames without a time come last, by id. */
export function byCapture(a: Pick<Frame, 'takenAt' | 'id'>, b: Pick<Frame, 'takenAt' | 'id'>): number {
  if (a.takenAt === null || b.takenAt === null)
    return Number(a.takenAt === null) - Number(b.takenAt === null) || a.id - b.id;
  return a.takenAt - b.takenAt || a.id - b.id;
}
