/**
 * Where faces may be: BlazeFace's full-range model (Bazarevsky et al. 2019), which is made for faces of up to a third of
 * a picture 192 pixels wide. So a photo is looked at whole with a rim around it, which makes a tight portrait small
 * enough, and in overlapping tiles of half its long edge, which makes a face in a group large enough.
 */
import type { Pyramid, Square } from './picture.ts';
import { openGraph } from './runtime.ts';

const EDGE = 192;
/** Boxes stand around the middles of a grid of this many by this many places. */
const GRID = 48;
const STRIDE = EDGE / GRID;
/** Numbers a box: middle, size, then x and y of six points. */
const NUMBERS = 16;
/** The photo's long edge goes so many times into the edge of the look with a rim. */
const RIM = 1.6;
/** Tiles overlap by half. */
const TILE = 0.5;
/** Less sure ones are given up; what passes is looked at by the meshes. */
const LEAST_SCORE = 0.5;
/** Boxes that share so much are one face: of their union, or of the smaller one. */
const SAME_UNION = 0.3;
const SAME_SMALLER = 0.65;

/** A place that may be a face, in the picture's pixels. */
export type Candidate = {
  score: number;
  left: number;
  top: number;
  width: number;
  height: number;
  /** Middles of the eyes, the one on the picture's left in an upright face first. */
  eyes: readonly [{ x: number; y: number }, { x: number; y: number }];
};

export type Detector = { find(picture: Pyramid): Promise<Candidate[]> };

export async function openDetector(weights: Uint8Array): Promise<Detector> {
  const graph = await openGraph(weights);
  return {
    async find(picture) {
      const found: Candidate[] = [];
      for (const square of looksOf(picture.width, picture.height)) {
        const [boxes, scores] = (await graph.run(picture.cut(square, EDGE, -1, 1))) as [Float32Array, Float32Array];
        found.push(...candidatesIn(boxes, scores, square));
      }
      return distinct(found);
    },
  };
}

/** Squares that a picture of this size is looked at in. */
function looksOf(width: number, height: number): Square[] {
  const long = Math.max(width, height);
  const looks = [{ x: width / 2 - 0.5, y: height / 2 - 0.5, edge: long * RIM, turn: 0 }];
  const edge = long * TILE;
  for (const y of middles(height, edge)) for (const x of middles(width, edge)) looks.push({ x, y, edge, turn: 0 });
  return looks;
}

/** Middles of tiles that cover a length, each half over the one before. */
function middles(length: number, edge: number): number[] {
  if (length <= edge) return [length / 2 - 0.5];
  const steps = Math.ceil((length - edge) / (edge / 2));
  return Array.from({ length: steps + 1 }, (_, step) => edge / 2 + (step * (length - edge)) / steps - 0.5);
}

function candidatesIn(boxes: Float32Array, scores: Float32Array, square: Square): Candidate[] {
  const scale = square.edge / EDGE;
  const [originX, originY] = [square.x - square.edge / 2, square.y - square.edge / 2];
  const least = Math.log(LEAST_SCORE / (1 - LEAST_SCORE));
  const found: Candidate[] = [];
  for (const [box, score] of scores.entries()) {
    if (score < least) continue;
    const at = box * NUMBERS;
    const middleX = ((box % GRID) + 0.5) * STRIDE;
    const middleY = (Math.floor(box / GRID) + 0.5) * STRIDE;
    const x = (number: number) => originX + (middleX + boxes[at + number]!) * scale;
    const y = (number: number) => originY + (middleY + boxes[at + number]!) * scale;
    const [width, height] = [boxes[at + 2]! * scale, boxes[at + 3]! * scale];
    found.push({
      score: 1 / (1 + Math.exp(-score)),
      left: x(0) - width / 2,
      top: y(1) - height / 2,
      width,
      height,
      eyes: [
        { x: x(4), y: y(5) },
        { x: x(6), y: y(7) },
      ],
    });
  }
  return found;
}

/** The surest of those that show the same face. */
function distinct(candidates: Candidate[]): Candidate[] {
  const kept: Candidate[] = [];
  for (const candidate of candidates.sort((a, b) => b.score - a.score))
    if (!kept.some((other) => isSame(candidate, other))) kept.push(candidate);
  return kept;
}

/** Whether two boxes show the same thing. */
export function isSame(
  a: Pick<Candidate, 'left' | 'top' | 'width' | 'height'>,
  b: Pick<Candidate, 'left' | 'top' | 'width' | 'height'>,
): boolean {
  const across = Math.min(a.left + a.width, b.left + b.width) - Math.max(a.left, b.left);
  const down = Math.min(a.top + a.height, b.top + b.height) - Math.max(a.top, b.top);
  if (across <= 0 || down <= 0) return false;
  const shared = across * down;
  const [areaA, areaB] = [a.width * a.height, b.width * b.height];
  return shared > SAME_UNION * (areaA + areaB - shared) || shared > SAME_SMALLER * Math.min(areaA, areaB);
}
