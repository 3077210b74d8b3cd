/** Frames of one body as the catalog would know them, all of one view. */
import type { Frame } from '../../electron/core/catalog/moments.ts';

/** A fingerprint; every frame has it if nothing else is said. */
export const SAME = '0'.repeat(16);

export const plainFrame = (id: number, takenAt: number | null, more: Partial<Frame> = {}): Frame => ({
  id,
  camera: 1,
  body: '77',
  folder: 1,
  name: `beach ${id}.jpg`,
  kind: 'jpeg',
  content: `content ${id}`,
  width: 6000,
  height: 4000,
  takenAt,
  shutter: 1 / 125,
  aperture: 8,
  iso: 100,
  focalLength: 35,
  bias: null,
  dHash: SAME,
  pHash: SAME,
  stack: null,
  stackKind: null,
  top: 0,
  topByPerson: 0,
  ...more,
});
