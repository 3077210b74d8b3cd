/**
 * The attention mesh, cut in three with its small steps done here, against the whole graph evaluated in double
 * precision by other code (tests/reference/tflite.ts).
 */
import { expect, test } from 'vitest';
import { FACE_EDGE, openAttentionMesh } from '../../models/faces/attention-mesh.ts';
import { cutGraph, tensorNamed } from '../../models/faces/graph.ts';
import { openGraph } from '../../models/faces/runtime.ts';
import { readFaceWeights } from '../../models/faces/weights.ts';
import { evaluate } from '../reference/tflite.ts';

const weights = readFaceWeights();

/** A drawing of a face: what it shows is nothing to the arithmetic, but the graph finds lids in it. */
function drawing(seed: number): Float32Array {
  const face = new Float32Array(FACE_EDGE * FACE_EDGE * 3);
  const tilt = (seed - 1) * 0.15;
  for (let y = 0; y < FACE_EDGE; y++) {
    for (let x = 0; x < FACE_EDGE; x++) {
      const [u, v] = [
        (x - 96) * Math.cos(tilt) + (y - 96) * Math.sin(tilt),
        (y - 96) * Math.cos(tilt) - (x - 96) * Math.sin(tilt),
      ];
      const isFace = (u / 52) ** 2 + (v / 70) ** 2 < 1;
      const eye = Math.min(
        ((u - 24) / 11) ** 2 + ((v + 18) / (3 + 2 * seed)) ** 2,
        ((u + 24) / 11) ** 2 + ((v + 18) / (3 + 2 * seed)) ** 2,
      );
      const mouth = (u / 22) ** 2 + ((v - 38) / 5) ** 2;
      const grey = !isFace ? 0.2 : eye < 0.25 ? 0.1 : eye < 1 ? 0.95 : mouth < 1 ? 0.35 : 0.72 + 0.1 * (u / 60);
      const at = (y * FACE_EDGE + x) * 3;
      face.set([grey, grey * (isFace ? 0.8 : 1), grey * (isFace ? 0.7 : 1)], at);
    }
  }
  return face;
}

const farthest = (one: ArrayLike<number>, other: ArrayLike<number>): number =>
  Array.from(one).reduce((most, value, place) => Math.max(most, Math.abs(value - other[place]!)), 0);

test.each([0, 1, 2])(
  'trunk, windows and both eyes agree with the whole graph to a thousandth of a pixel: drawing %i',
  async (seed) => {
    const mesh = await openAttentionMesh(weights.attentionMesh);
    const face = drawing(seed);
    const seen = await mesh.look(face);
    const eyes = await seen.eyes();
    const expected = evaluate(weights.attentionMesh, face);
    const differences = {
      mesh: farthest(seen.mesh, expected.get('output_mesh_identity')!.values),
      left: farthest(eyes[0], expected.get('output_left_eye')!.values),
      right: farthest(eyes[1], expected.get('output_right_eye')!.values),
      flag: Math.abs(seen.flag - 1 / (1 + Math.exp(-expected.get('conv_faceflag')!.values[0]!))),
    };
    console.log(`Attention mesh, drawing ${seed}: farthest from the reference`, differences);
    expect(Math.max(...Object.values(differences))).toBeLessThan(1e-3);
  },
);

test('detector and plain mesh are the graphs that the reference evaluates', async () => {
  const face = drawing(1);
  const [points] = (await (await openGraph(weights.mesh)).run(face)) as [Float32Array];
  const whole = evaluate(weights.mesh, face);
  expect(farthest(points, whole.get('conv2d_21')!.values)).toBeLessThan(1e-2);
});

test('what hangs on an input that is not given cannot be cut out', () => {
  const name = (tensor: string) => tensorNamed(weights.attentionMesh, tensor);
  expect(() => cutGraph(weights.attentionMesh, [name('p_re_lu_3')], [name('output_left_eye')])).not.toThrow();
  expect(() =>
    cutGraph(weights.attentionMesh, [name('transform_tensor_bilinear_v2_1')], [name('output_mesh')]),
  ).toThrow(/is not given/);
  expect(() => name('no such tensor')).toThrow(/no tensor/);
});
