/**
 * Weights of the face detector and of the two face meshes, as they lie in their packages, and only if they are the very
 * ones that were measured. Both packages say Apache-2.0 (docs/dependencies.md).
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

export type FaceWeights = {
  /** Full-range detector: 192 × 192 RGB, −1 to 1 → 2,304 boxes with six points each, and their scores. */
  detector: Uint8Array;
  /** 192 × 192 RGB, 0 to 1 → 468 points and a flag: whether it is a face. */
  mesh: Uint8Array;
  /** The same with a closer look at lips and eyes; has three operators that are not part of TensorFlow Lite. */
  attentionMesh: Uint8Array;
};

type Part = { file: string; from?: number; to?: number; sha256: string };

const MESH_FILE = '@mediapipe/face_mesh/face_mesh_solution_packed_assets.data';

/** Offsets: face_mesh_solution_packed_assets_loader.js of the package. */
const PARTS: Readonly<Record<keyof FaceWeights, Part>> = {
  detector: {
    file: '@mediapipe/face_detection/face_detection_full_range.tflite',
    sha256: '99bf9494d84f50acc6617d89873f71bf6635a841ea699c17cb3377f9507cfec3',
  },
  mesh: {
    file: MESH_FILE,
    from: 2_495_952,
    to: 3_737_848,
    sha256: 'c603fa6149219a3e9487dc9abd7a0c24474c77263273d24868378cdf40aa26d1',
  },
  attentionMesh: {
    file: MESH_FILE,
    from: 0,
    to: 2_495_952,
    sha256: '883b7411747bac657c30c462d305d312e9dec6adbf8b85e2f5d8d722fca9455d',
  },
};

const { resolve } = createRequire(import.meta.url);

/** @throws Error when a file is missing or is not the one that was measured. */
export function readFaceWeights(): FaceWeights {
  return { detector: read('detector'), mesh: read('mesh'), attentionMesh: read('attentionMesh') };
}

function read(name: keyof FaceWeights): Uint8Array {
  const { file, from, to, sha256 } = PARTS[name];
  const bytes = readFileSync(resolve(file)).subarray(from, to);
  if (createHash('sha256').update(bytes).digest('hex') !== sha256)
    throw new Error(`The weights in ${file} are not the ones that Keeplight was made for.`);
  return bytes;
}
