/**
 * The attention mesh (Grishchenko et al. 2020, "Attention Mesh: High-fidelity Face Mesh Prediction in Real-time"): a
 * trunk finds 468 points of a face and cuts a small window of its own features around each eye, in which a head finds
 * the lids. Between trunk and heads the graph has three operators that LiteRT lacks; it is cut there, and their few
 * multiplications are done here.
 */
import { cutGraph, tensorNamed } from './graph.ts';
import { type Graph, openGraph } from './runtime.ts';

/** Edge of the square that a face is looked at in, pixels. */
export const FACE_EDGE = 192;
/** Points of the mesh; three coordinates each. */
export const MESH_POINTS = 468;
/** Points of an eye; two coordinates each. */
const EYE_POINTS = 71;

/** Features that the eyes' windows are cut from: a grid of 48 × 48 with 32 channels. */
const GRID = 48;
const CHANNELS = 32;
/** Edge of a window. */
const WINDOW = 16;
/** Windows are so many times as wide and high as the points that they are laid around. */
const WINDOW_SCALE = 1.5;
/** Pixels of the face to a place of the grid: the graph's own constants, a quarter one way and four the other. */
const STRIDE = FACE_EDGE / GRID;

/** Points of the mesh that an eye's window is laid around, lids first: from one corner along the lower lid to the other, then the upper lid. */
const EYES = [
  {
    window: 'transform_tensor_bilinear_v2_1',
    points: 'conv_left_eye',
    corners: [33, 133],
    // biome-ignore format: a list of numbers
    around: [33, 7, 163, 144, 145, 153, 154, 155, 133, 246, 161, 160, 159, 158, 157, 173, 130, 25, 110, 24, 23, 22, 26,
      112, 243, 247, 30, 29, 27, 28, 56, 190, 226, 31, 228, 229, 230, 231, 232, 233, 244, 113, 225, 224, 223, 222, 221,
      189, 35, 124, 46, 53, 52, 65, 143, 111, 117, 118, 119, 120, 121, 128, 245, 156, 70, 63, 105, 66, 107, 55, 193],
  },
  {
    window: 'transform_tensor_bilinear_v2_2',
    points: 'conv_right_eye',
    corners: [362, 263],
    // biome-ignore format: a list of numbers
    around: [263, 249, 390, 373, 374, 380, 381, 382, 362, 466, 388, 387, 386, 385, 384, 398, 359, 255, 339, 254, 253,
      252, 256, 341, 463, 467, 260, 259, 257, 258, 286, 414, 446, 261, 448, 449, 450, 451, 452, 453, 464, 342, 445, 444,
      443, 442, 441, 413, 265, 353, 276, 283, 282, 295, 372, 340, 346, 347, 348, 349, 350, 357, 465, 383, 300, 293, 334,
      296, 336, 285, 417],
  },
] as const;

/** Rows of an affine map of the plane: x′ = a x + b y + c. */
type Affine = { x: readonly [number, number, number]; y: readonly [number, number, number] };

export type Attention = {
  /** How sure it is that this is a face, 0–1. */
  flag: number;
  /** x, y, z of each point, pixels of the face's square; z towards the viewer is negative. */
  mesh: Float32Array;
  /** Of the eye on the picture's left in an upright face that looks at us, then of the other one. Asked for apart: most candidates need none. */
  eyes(): Promise<[Float64Array, Float64Array]>;
};

export type AttentionMesh = {
  /** @param face FACE_EDGE × FACE_EDGE, RGB, 0–1, row by row. */
  look(face: Float32Array): Promise<Attention>;
};

export async function openAttentionMesh(weights: Uint8Array): Promise<AttentionMesh> {
  const tensor = (name: string) => tensorNamed(weights, name);
  const trunk = await openGraph(
    cutGraph(weights, [tensor('input_1')], [tensor('output_mesh'), tensor('conv_faceflag'), tensor('p_re_lu_3')]),
  );
  const heads: Graph[] = [];
  for (const { window, points } of EYES)
    heads.push(await openGraph(cutGraph(weights, [tensor(window)], [tensor(points)])));
  return {
    async look(face) {
      const [mesh, flag, features] = (await trunk.run(face)) as [Float32Array, Float32Array, Float32Array];
      const eye = async (index: 0 | 1) => {
        const { around, corners } = EYES[index];
        const map = windowOf(mesh, around, corners);
        const [points] = (await heads[index]!.run(sampled(features, map))) as [Float32Array];
        return placed(points, map);
      };
      return { flag: 1 / (1 + Math.exp(-flag[0]!)), mesh, eyes: async () => [await eye(0), await eye(1)] };
    },
  };
}

/** Places of an eye's window → places of the grid: turned so that the eye's corners lie level, around all its points. */
function windowOf(mesh: Float32Array, around: readonly number[], [left, right]: readonly [number, number]): Affine {
  const at = (point: number) => ({ x: mesh[3 * point]! / STRIDE, y: mesh[3 * point + 1]! / STRIDE });
  const turn = Math.atan2(at(right).y - at(left).y, at(right).x - at(left).x);
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const level = around.map(at).map(({ x, y }) => ({ x: cos * x + sin * y, y: cos * y - sin * x }));
  const xs = level.map(({ x }) => x);
  const ys = level.map(({ y }) => y);
  const [minX, maxX, minY, maxY] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const centre = { x: (minX + maxX) / 2, y: (minY + maxY) / 2 };
  const stepX = (WINDOW_SCALE * (maxX - minX)) / WINDOW;
  const stepY = (WINDOW_SCALE * (maxY - minY)) / WINDOW;
  const half = WINDOW / 2;
  return {
    x: [cos * stepX, -sin * stepY, cos * (centre.x - half * stepX) - sin * (centre.y - half * stepY)],
    y: [sin * stepX, cos * stepY, sin * (centre.x - half * stepX) + cos * (centre.y - half * stepY)],
  };
}

/** Features at the middles of a window's places, between four neighbours; nothing beyond the grid. */
function sampled(features: Float32Array, { x, y }: Affine): Float32Array {
  const window = new Float32Array(WINDOW * WINDOW * CHANNELS);
  for (let row = 0; row < WINDOW; row++) {
    for (let column = 0; column < WINDOW; column++) {
      const gridX = x[0] * (column + 0.5) + x[1] * (row + 0.5) + x[2] - 0.5;
      const gridY = y[0] * (column + 0.5) + y[1] * (row + 0.5) + y[2] - 0.5;
      if (gridX < 0 || gridY < 0 || gridX > GRID - 1 || gridY > GRID - 1) continue;
      const left = Math.min(GRID - 2, Math.floor(gridX));
      const top = Math.min(GRID - 2, Math.floor(gridY));
      const [right, bottom] = [gridX - left, gridY - top];
      const from = (top * GRID + left) * CHANNELS;
      const to = (row * WINDOW + column) * CHANNELS;
      for (let channel = 0; channel < CHANNELS; channel++) {
        const at = from + channel;
        const upper = (1 - right) * features[at]! + right * features[at + CHANNELS]!;
        const below = at + GRID * CHANNELS;
        const lower = (1 - right) * features[below]! + right * features[below + CHANNELS]!;
        window[to + channel] = (1 - bottom) * upper + bottom * lower;
      }
    }
  }
  return window;
}

/** A head tells places of its window in pixels of the face, before it is moved to where the eye is. */
function placed(points: Float32Array, { x, y }: Affine): Float64Array {
  const placed = new Float64Array(2 * EYE_POINTS);
  for (let at = 0; at < placed.length; at += 2) {
    placed[at] = x[0] * points[at]! + x[1] * points[at + 1]! + STRIDE * x[2];
    placed[at + 1] = y[0] * points[at]! + y[1] * points[at + 1]! + STRIDE * y[2];
  }
  return placed;
}
