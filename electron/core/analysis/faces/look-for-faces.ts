/**
 * One photo looked at for faces, in a decoding process: on its preview, and for the focus of small eyes on as much of
 * the original as that takes. The runtime is loaded at the first photo and stays as long as the process.
 */
import sharp from 'sharp';
import { type FaceFinder, type FoundFace, openFaceFinder } from '../../../../models/faces/find-faces.ts';
import { isProminent, type SeenFaces, SOFT_EYES } from '../../../../shared/face.ts';
import { focusOfTile } from '../../../../shared/facts.ts';
import { FOCUS_TILES } from '../../../../shared/measures.ts';
import { orientationOf, type Quarters } from '../../base/quarters.ts';
import { UnreadablePhoto } from '../../base/unreadable.ts';
import { type DecodeContext, type Pixels, turnPixels } from '../../pixels/decode.ts';
import { decodeFile } from '../../pixels/full-picture.ts';
import { FOCUS_EDGE, focusAt, type Place, placeOfEye } from './eye-focus.ts';

export type FacesRequest = {
  /** Absolute path of the photo's preview. */
  preview: string;
  /** Absolute paths of its picture files, best for showing first. */
  files: readonly string[];
  /** Pixels of the photo seen upright. */
  width: number;
  height: number;
  /** Of its measures; null where they are not known. */
  focusTiles: string | null;
  /** How a person turned it: everything here, and all that is found, is as it is then seen. */
  quarters?: Quarters;
};

let finder: Promise<FaceFinder> | null = null;

/** @throws UnreadablePhoto when the preview is gone; the signal's reason when aborted */
export async function lookForFaces(request: FacesRequest, context: DecodeContext = {}): Promise<SeenFaces> {
  finder ??= openFaceFinder();
  context.atPhase?.('decoding');
  const stored = await readPreview(request.preview);
  const { quarters = 0 } = request;
  const preview = quarters === 0 ? stored : await turnPixels(stored, orientationOf(quarters));
  const { find } = await finder;
  const found = await find({ data: preview.rgb, width: preview.width, height: preview.height });
  context.signal?.throwIfAborted();
  const edgeOf = ({ width, height }: FoundFace) => Math.sqrt(width * preview.width * height * preview.height);
  const sorted = found.toSorted((a, b) => edgeOf(b) - edgeOf(a));
  const largest = sorted[0] === undefined ? 0 : edgeOf(sorted[0]);
  const aspect = preview.width / preview.height;
  const measured = sorted.filter((face) => face.untold !== 'small');
  const places = new Map(measured.map((face) => [face, placeOfEye(face.eye, aspect)]));
  const prominent = measured.filter((face) => isProminent(edgeOf(face), largest));
  const picture = await pictureFor(
    prominent.map((face) => places.get(face)!),
    preview,
    request,
    context,
  );
  const faces: SeenFaces['faces'] = [];
  for (const face of sorted) {
    const place = places.get(face);
    const eyeFocus = place === undefined ? null : await focusAt(picture, place);
    const isBlurred = face.untold === null && (eyeFocus === null || eyeFocus < SOFT_EYES);
    faces.push({
      ...face,
      ...(isBlurred ? { eyes: 'unknown', untold: 'blurred' } : {}),
      pixels: face.width * request.width,
      eyeFocus,
      prominent: isProminent(edgeOf(face), largest),
    });
  }
  const sharpest = places.size === 0 ? null : sharpestTile(request.focusTiles);
  return { faces, frameFocus: sharpest === null ? null : await focusAt(picture, sharpest) };
}

async function readPreview(path: string): Promise<Pixels> {
  try {
    const { data, info } = await sharp(path)
      .removeAlpha()
      .toColourspace('srgb')
      .raw()
      .toBuffer({ resolveWithObject: true });
    return { rgb: data, width: info.width, height: info.height };
  } catch {
    throw new UnreadablePhoto('Its preview could not be read.', 'machine');
  }
}

/** The preview where these places are large enough on it, else the original as large as the smallest of them needs. */
async function pictureFor(
  places: readonly Place[],
  preview: Pixels,
  { files, width, height, quarters = 0 }: FacesRequest,
  context: DecodeContext,
): Promise<Pixels> {
  const narrowest = Math.min(...places.map((place) => place.width * preview.width));
  const enlarge = Math.min(FOCUS_EDGE / narrowest, Math.max(width, height) / Math.max(preview.width, preview.height));
  const [file] = files;
  if (places.length === 0 || enlarge <= 1 || file === undefined) return preview;
  try {
    context.atPhase?.('reading');
    return await decodeFile(
      file,
      Math.ceil(Math.max(preview.width, preview.height) * enlarge),
      context,
      false,
      quarters,
    );
  } catch (error) {
    context.signal?.throwIfAborted();
    // The original is gone or cannot be read now: the preview says less, and says it of all faces alike.
    if (error instanceof UnreadablePhoto || (error instanceof Error && 'syscall' in error)) return preview;
    throw error;
  }
}

function sharpestTile(focusTiles: string | null): Place | null {
  if (focusTiles === null) return null;
  let best: { column: number; row: number; focus: number } | null = null;
  for (let row = 0; row < FOCUS_TILES; row++) {
    for (let column = 0; column < FOCUS_TILES; column++) {
      const focus = focusOfTile({ focusTiles }, column, row);
      if (focus !== null && focus > (best?.focus ?? -1)) best = { column, row, focus };
    }
  }
  if (best === null) return null;
  const edge = 1 / FOCUS_TILES;
  return { left: best.column * edge, top: best.row * edge, width: edge, height: edge };
}
