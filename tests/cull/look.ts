/** Made frames as the catalog would know them, looked at by the real measures but without files. */
import sharp from 'sharp';
import { measurePicture } from '../../electron/core/analysis/measures/measure.ts';
import { signatureOf } from '../../electron/core/analysis/signature/signature.ts';
import type { Frame } from '../../electron/core/catalog/moments.ts';
import type { Candidate } from '../../electron/core/culling/best.ts';
import type { Looks } from '../../electron/core/culling/kinds/kind.ts';
import { type Structure, structureOf } from '../../electron/core/culling/kinds/likeness.ts';
import { judgeFacts } from '../../models/measured/critic.ts';
import type { MadeFrame } from './made-shoot.ts';

export interface Looked extends Looks {
  /** `id` is the index of the made frame. */
  readonly frames: Frame[];
  candidate(id: number): Candidate;
}

/** The same looks with what another clock or body would have written. */
export function retold(looked: Looked, made: readonly MadeFrame[]): Looked {
  const frames = looked.frames.map((frame, index) => ({ ...frame, ...rowOf(made[index]!) }));
  return { ...looked, frames };
}

const rowOf = ({ name, body, takenAt, shutter, aperture, iso, focalLength, bias }: MadeFrame) => ({
  ...{ name, body, takenAt, shutter, aperture, iso, focalLength, bias },
});

export async function lookAt(made: readonly MadeFrame[]): Promise<Looked> {
  const frames: Frame[] = [];
  const structures: Structure[] = [];
  const candidates: Candidate[] = [];
  for (const [id, frame] of made.entries()) {
    const { rgb, width, height } = await frame.draw();
    const facts = measurePicture({ rgb, width, height, sourceWidth: width, sourceHeight: height });
    const thumb = await sharp(rgb, { raw: { width, height, channels: 3 } })
      .resize(320, 320, { fit: 'inside' })
      .raw()
      .toBuffer({ resolveWithObject: true });
    structures.push(structureOf(signatureOf(thumb.data, thumb.info.width, thumb.info.height)));
    const { iso, shutter, focalLength } = frame;
    const { critique } = judgeFacts(facts, { width, height, iso, exposureSeconds: shutter, focalLength });
    candidates.push({ id, seen: facts.seen, technical: critique.technical });
    frames.push({
      id,
      camera: 1,
      ...rowOf(frame),
      folder: 1,
      kind: 'jpeg',
      content: String(id),
      width,
      height,
      dHash: facts.seen.dHash,
      pHash: facts.seen.pHash,
      stack: null,
      stackKind: null,
      top: 0,
      topByPerson: 0,
    });
  }
  return {
    frames,
    structure: (id) => structures[id]!,
    focusTiles: (id) => candidates[id]!.seen!.focusTiles,
    candidate: (id) => candidates[id]!,
  };
}
