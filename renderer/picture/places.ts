/** Where the zoom key goes: the eye that is meant, the same face on other frames, the sharpest place of the subject. */
import type { Face } from '../../shared/face.ts';
import { focusOfTile } from '../../shared/facts.ts';
import { FOCUS_TILES } from '../../shared/measures.ts';
import type { Point } from './geometry.ts';

/** Eyes of the prominent faces, the largest face's first. */
export const prominentEyes = (faces: readonly Face[]): Point[] =>
  faces.filter(({ prominent }) => prominent).map(({ eye }) => ({ x: eye.x, y: eye.y }));

/** The nearest of some points; the first one where nothing is meant. Null where there is none. */
export function nearest(points: readonly Point[], to: Point | null): Point | null {
  const [first = null] = points;
  if (to === null || first === null) return first;
  return points.reduce((best, point) => (distance(point, to) < distance(best, to) ? point : best), first);
}

const distance = (one: Point, other: Point): number => Math.hypot(one.x - other.x, one.y - other.y);

/** Faces farther apart than this many widths are others. */
const FARTHEST = 3;

/**
 * The eye of the same face on another frame: from left to right the same one where both show as many prominent faces,
 * else the one that lies nearest. Frames of one moment are framed alike; nothing is recognised.
 * @param eye of one of `faces`. @returns null where no face of the other frame lies near
 */
export function sameEye(faces: readonly Face[], eye: Point, others: readonly Face[]): Point | null {
  const [here, there] = [inRow(faces), inRow(others)];
  const at = here.findIndex((face) => face.eye.x === eye.x && face.eye.y === eye.y);
  const width = here[at]?.width ?? 0.1;
  const same = here.length === there.length && at >= 0 ? there[at] : undefined;
  if (same !== undefined) return { x: same.eye.x, y: same.eye.y };
  const closest = nearest(prominentEyes(others), eye);
  return closest !== null && distance(closest, eye) <= FARTHEST * width ? closest : null;
}

const inRow = (faces: readonly Face[]): Face[] =>
  faces.filter(({ prominent }) => prominent).toSorted((one, other) => one.eye.x - other.eye.x);

/** The sharpest place of the subject; null where it is not known. @param measures of the photo, by name */
export function sharpestOfSubject(measures: Readonly<Record<string, unknown>> | null | undefined): Point | null {
  const { subjectX: x, subjectY: y, focusTiles } = measures ?? {};
  if (typeof x !== 'number' || typeof y !== 'number') return null;
  const subject = { x: x / 100, y: y / 100 };
  return typeof focusTiles === 'string' ? sharpestNear(focusTiles, subject) : subject;
}

/** Tiles around the subject's middle that belong to it, either way. */
const REACH = 2;

/** Middle of the sharpest tile about the subject; the subject itself where no tile there can be judged. */
export function sharpestNear(focusTiles: string, subject: Point): Point {
  const tileOf = (share: number) => Math.min(FOCUS_TILES - 1, Math.max(0, Math.floor(share * FOCUS_TILES)));
  const [column, row] = [tileOf(subject.x), tileOf(subject.y)];
  let best: { point: Point; focus: number } | null = null;
  for (let y = Math.max(0, row - REACH); y <= Math.min(FOCUS_TILES - 1, row + REACH); y++) {
    for (let x = Math.max(0, column - REACH); x <= Math.min(FOCUS_TILES - 1, column + REACH); x++) {
      const focus = focusOfTile({ focusTiles }, x, y);
      if (focus !== null && focus > (best?.focus ?? -1))
        best = { point: { x: (x + 0.5) / FOCUS_TILES, y: (y + 0.5) / FOCUS_TILES }, focus };
    }
  }
  return best?.point ?? subject;
}
