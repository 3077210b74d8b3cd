/**
 * Whether eyes are open: how high an eye is for its width, from the lids that the attention mesh finds, and whether the
 * photo lets that be told at all. The rule and its thresholds were measured on 400 real photos of others.
 */
import type { EyeState, Untold } from '../../shared/face.ts';
import { FACE_EDGE } from './attention-mesh.ts';

/** Below this an eye is closed or lowered; from the second on it is open. Height over width. */
const CLOSED = 0.13;
const OPEN = 0.17;
/** Eyes narrower than this are not judged: pixels of a picture of 2,048. */
const LEAST_WIDTH = 8;
/** Faces turned farther are not judged, degrees. */
const MOST_TURN = 45;
/** Under dark glasses it is darker than on the cheek, or of another color (distance of red and green shares) and not brighter. */
const LEAST_BRIGHTNESS = 0.57;
const MOST_COLOR = 0.055;
const MOST_BRIGHTNESS = 1.2;
/** Up to this turn both sides are seen; glasses cover both, a shadow one. */
const BOTH_SEEN = 20;
/** Narrower eyes are not worth a second opinion, pixels of a picture of 2,048. */
const BOTH_WIDTH = 24;
/** Noise of the skin over the contrast of the eye's surroundings from which lids drown in it. */
const MOST_NOISE = 0.5;

/** Places among an eye's points: corners, and pairs of the upper and the lower lid. */
const CORNERS = [0, 8] as const;
const LIDS = [
  [11, 3],
  [12, 4],
  [13, 5],
] as const;

/** Points of the mesh: below each eye, and on the cheek beside it. */
const BELOW = [230, 450] as const;
const CHEEKS = [50, 280] as const;

export type Lids = {
  /** Height of the opening over its width. */
  aspect: number;
  /** Corner to corner, pixels of the face's square. */
  width: number;
  /** Middle, pixels of the face's square. */
  x: number;
  y: number;
};

/** @param points of one eye, as the attention mesh gives them. */
export function lidsOf(points: Float64Array): Lids {
  const distance = (one: number, other: number) =>
    Math.hypot(points[2 * one]! - points[2 * other]!, points[2 * one + 1]! - points[2 * other + 1]!);
  const width = distance(...CORNERS);
  const height = LIDS.reduce((sum, [upper, lower]) => sum + distance(upper, lower), 0) / LIDS.length;
  return {
    aspect: width > 0 ? height / width : 0,
    width,
    x: (points[2 * CORNERS[0]]! + points[2 * CORNERS[1]]!) / 2,
    y: (points[2 * CORNERS[0] + 1]! + points[2 * CORNERS[1] + 1]!) / 2,
  };
}

export type Judged = { state: EyeState; untold: Untold | null };

/**
 * @param nearer which of the two eyes is nearer to us. @param lids of that eye. @param scale pixels of the face's square
 * to a pixel of a picture of 2,048. @param face the square itself, RGB, 0–1. @param yaw, @param pitch degrees
 */
export function judgeEyes(
  { nearer, lids, mesh, face }: { nearer: 0 | 1; lids: Lids; mesh: Float32Array; face: Float32Array },
  { scale, yaw, pitch }: { scale: number; yaw: number; pitch: number },
): Judged {
  const unknown = (untold: Untold): Judged => ({ state: 'unknown', untold });
  if (lids.width / scale < LEAST_WIDTH) return unknown('small');
  if (Math.abs(yaw) > MOST_TURN || Math.abs(pitch) > MOST_TURN) return unknown('turned');
  const isBothSeen = Math.abs(yaw) < BOTH_SEEN && lids.width / scale >= BOTH_WIDTH;
  const sides = isBothSeen ? ([0, 1] as const) : ([nearer] as const);
  if (sides.every((side) => isCovered(face, mesh, side))) return unknown('covered');
  const cheek = patchAt(face, mesh, CHEEKS[nearer]);
  if (cheek.noise > MOST_NOISE * contrastAround(face, lids)) return unknown('noisy');
  if (lids.aspect < CLOSED) return { state: 'closed', untold: null };
  return lids.aspect < OPEN ? unknown('between') : { state: 'open', untold: null };
}

function isCovered(face: Float32Array, mesh: Float32Array, side: 0 | 1): boolean {
  const below = patchAt(face, mesh, BELOW[side]);
  const cheek = patchAt(face, mesh, CHEEKS[side]);
  const ratio = below.brightness / Math.max(1e-3, cheek.brightness);
  if (ratio < LEAST_BRIGHTNESS) return true;
  return ratio < MOST_BRIGHTNESS && Math.hypot(below.red - cheek.red, below.green - cheek.green) >= MOST_COLOR;
}

type Patch = { brightness: number; red: number; green: number; noise: number };

/** Reach of a patch of skin, pixels of the face's square. */
const REACH = 3;

function patchAt(face: Float32Array, mesh: Float32Array, point: number): Patch {
  const sum = [0, 0, 0];
  let steps = 0;
  let count = 0;
  const [x, y] = [within(mesh[3 * point]!), within(mesh[3 * point + 1]!)];
  for (let row = y - REACH; row <= y + REACH; row++) {
    for (let column = x - REACH; column <= x + REACH; column++) {
      const at = (row * FACE_EDGE + column) * 3;
      for (let channel = 0; channel < 3; channel++) sum[channel]! += face[at + channel]!;
      steps += (brightnessAt(face, at) - (brightnessAt(face, at - 3) + brightnessAt(face, at + 3)) / 2) ** 2;
      count++;
    }
  }
  const [red, green, blue] = sum as [number, number, number];
  const all = Math.max(1e-6, red + green + blue);
  return { brightness: all / (3 * count), red: red / all, green: green / all, noise: Math.sqrt(steps / count) };
}

/** Darkest to brightest around an eye. */
function contrastAround(face: Float32Array, { x, y, width }: Lids): number {
  const reach = Math.max(2, Math.round(width / 2));
  let [darkest, brightest] = [1, 0];
  for (let row = within(y) - reach; row <= within(y) + reach; row++) {
    for (let column = within(x) - reach; column <= within(x) + reach; column++) {
      const at = (within(row) * FACE_EDGE + within(column)) * 3;
      const brightness = brightnessAt(face, at);
      darkest = Math.min(darkest, brightness);
      brightest = Math.max(brightest, brightness);
    }
  }
  return Math.max(1e-3, brightest - darkest);
}

const brightnessAt = (face: Float32Array, at: number): number => (face[at]! + face[at + 1]! + face[at + 2]!) / 3;

/** So far inside the square that a patch around it is, too. */
const within = (place: number): number => Math.min(FACE_EDGE - REACH - 2, Math.max(REACH + 1, Math.round(place)));
