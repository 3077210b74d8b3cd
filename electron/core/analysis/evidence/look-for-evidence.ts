/** Evidence of one file, in a decoding process: the picture is made as it was for its measures, and looked at again. */
import { PREVIEW_EDGES } from '../../../../shared/addresses.ts';
import type { EvidenceKind, LocatedEvidence } from '../../../../shared/evidence.ts';
import type { DecodeContext } from '../../pixels/decode.ts';
import { decodeFile } from '../../pixels/full-picture.ts';
import { MEASURE_EDGE } from '../measures/measure.ts';
import { smaller, visiblePart } from '../measures/measured-part.ts';
import { placesIn } from './places.ts';

export type EvidenceRequest = { path: string; kinds: readonly EvidenceKind[] };

/** @throws UnreadablePhoto with a sentence; the signal's reason when aborted */
export async function lookForEvidence(
  { path, kinds }: EvidenceRequest,
  context: DecodeContext = {},
): Promise<LocatedEvidence[]> {
  const picture = await decodeFile(path, PREVIEW_EDGES.screen, context);
  const small = await smaller(picture, MEASURE_EDGE);
  const { pixels, part } = visiblePart(small, picture.missing, picture.missingAt);
  const { sourceWidth, sourceHeight } = picture;
  return placesIn({ ...pixels, sourceWidth, sourceHeight }, kinds).map((found) => ({ ...found, part }));
}
