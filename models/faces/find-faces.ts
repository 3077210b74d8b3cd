/** Faces of a picture, with what can be told of their eyes. Says where a face is and how it looks, never whose it is. */
import type { Face } from '../../shared/face.ts';
import { type Attention, type AttentionMesh, FACE_EDGE, MESH_POINTS, openAttentionMesh } from './attention-mesh.ts';
import { type Candidate, type Detector, isSame, openDetector } from './detector.ts';
import { judgeEyes, lidsOf } from './eyes.ts';
import { Pyramid, type Rgb, type Square } from './picture.ts';
import { type Graph, openGraph } from './runtime.ts';
import { readFaceWeights } from './weights.ts';

/** Both meshes must be so sure that a candidate is a face. */
const LEAST_FLAG = 0.5;
/** The meshes look at so many times the detector's box. */
const AROUND = 1.5;
/** Candidates that are looked at: the surest; a crowd has more faces than anybody reads. */
const MOST_CANDIDATES = 60;
/** Smaller faces are not looked for, share of the long edge. */
const LEAST_EDGE = 0.012;
/** Eye widths are counted in pixels of a picture of this long edge. */
const PREVIEW_EDGE = 2048;

/** A face as far as the picture alone tells. */
export type FoundFace = Omit<Face, 'pixels' | 'eyeFocus' | 'prominent'>;

export type FaceFinder = { find(picture: Rgb): Promise<FoundFace[]> };

/** Loads the runtime and the weights: a second and 150 MB. @throws Error when they are not what they should be. */
export async function openFaceFinder(): Promise<FaceFinder> {
  const weights = readFaceWeights();
  const detector = await openDetector(weights.detector);
  const plain = await openGraph(weights.mesh);
  const attention = await openAttentionMesh(weights.attentionMesh);
  return { find: (picture) => findFaces(picture, detector, plain, attention) };
}

async function findFaces(rgb: Rgb, detector: Detector, plain: Graph, attention: AttentionMesh): Promise<FoundFace[]> {
  const picture = new Pyramid(rgb);
  const least = LEAST_EDGE * Math.max(rgb.width, rgb.height);
  const candidates = (await detector.find(picture)).filter(({ width }) => width >= least).slice(0, MOST_CANDIDATES);
  const faces: FoundFace[] = [];
  for (const candidate of candidates) {
    const square = squareAround(candidate);
    const face = picture.cut(square, FACE_EDGE, 0, 1);
    const flag = (await plain.run(face)).find(({ length }) => length === 1)![0]!;
    if (1 / (1 + Math.exp(-flag)) <= LEAST_FLAG) continue;
    const seen = await attention.look(face);
    if (seen.flag <= LEAST_FLAG) continue;
    const found = await described(rgb, candidate, square, face, seen);
    if (!faces.some((other) => isSame(found, other))) faces.push(found);
  }
  return faces;
}

/** What the meshes look at: turned so that the eyes lie level. */
function squareAround({ left, top, width, height, eyes: [one, other] }: Candidate): Square {
  return {
    x: left + width / 2,
    y: top + height / 2,
    edge: AROUND * Math.max(width, height),
    turn: Math.atan2(other.y - one.y, other.x - one.x),
  };
}

/** Points of the mesh: cheeks, middle of the forehead's top, chin. */
const [LEFT_CHEEK, RIGHT_CHEEK, FOREHEAD, CHIN] = [234, 454, 10, 152];

async function described(
  { width, height }: Rgb,
  { score }: Candidate,
  square: Square,
  face: Float32Array,
  { mesh, eyes: lookAtEyes }: Attention,
): Promise<FoundFace> {
  const scale = square.edge / FACE_EDGE;
  const [cos, sin] = [Math.cos(square.turn) * scale, Math.sin(square.turn) * scale];
  const place = (x: number, y: number) => {
    const [fromX, fromY] = [x - FACE_EDGE / 2 + 0.5, y - FACE_EDGE / 2 + 0.5];
    return { x: square.x + cos * fromX - sin * fromY, y: square.y + sin * fromX + cos * fromY };
  };
  let [left, top, right, bottom] = [width, height, 0, 0];
  for (let point = 0; point < MESH_POINTS; point++) {
    const { x, y } = place(mesh[3 * point]!, mesh[3 * point + 1]!);
    [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.min(top, y), Math.max(bottom, y)];
  }
  [left, right, top, bottom] = [Math.max(0, left), Math.min(width, right), Math.max(0, top), Math.min(height, bottom)];
  const difference = (from: number, to: number, axis: 0 | 1 | 2) => mesh[3 * to + axis]! - mesh[3 * from + axis]!;
  const yaw = degrees(Math.atan2(difference(LEFT_CHEEK, RIGHT_CHEEK, 2), difference(LEFT_CHEEK, RIGHT_CHEEK, 0)));
  const pitch = degrees(Math.atan2(difference(FOREHEAD, CHIN, 2), difference(FOREHEAD, CHIN, 1)));
  const lids = (await lookAtEyes()).map(lidsOf);
  const nearer = lids[0]!.width >= lids[1]!.width ? 0 : 1;
  const eye = lids[nearer]!;
  const preview = Math.max(width, height) / PREVIEW_EDGE;
  const judged = judgeEyes({ nearer, lids: eye, mesh, face }, { scale: preview / scale, yaw, pitch });
  const at = place(eye.x, eye.y);
  return {
    left: left / width,
    top: top / height,
    width: Math.max(0, right - left) / width,
    height: Math.max(0, bottom - top) / height,
    score,
    yaw,
    pitch,
    roll: degrees(square.turn),
    eyes: judged.state,
    untold: judged.untold,
    aspect: eye.aspect,
    eye: { x: at.x / width, y: at.y / height, width: (eye.width * scale) / width },
  };
}

const degrees = (radians: number): number => (radians * 180) / Math.PI;
