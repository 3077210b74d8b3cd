/** All pixels of a photo for the 100 % view: an upright sRGB JPEG, the original's own bytes where they are that already. */
import { basename } from 'node:path';
import sharp from 'sharp';
import { type Bytes, bytesOf, openBytes } from '../formats/bytes.ts';
import { profileDescription } from '../formats/icc.ts';
import { isRaw } from '../formats/identify.ts';
import { type Inspection, inspect } from '../formats/inspect.ts';
import { type JpegHeader, readJpegHeader } from '../formats/jpeg.ts';
import { askForHelp, completeInspection } from '../formats/raw-help.ts';
import { type DecodeContext, openPicture, type Pixels, phaseAfter } from './decode.ts';
import { checkSize, HEAVY_BYTES } from './limits.ts';

/** Browsers draw no longer edge. */
const MAX_EDGE = 16_384;
/** An original with more pixels is not handed out as it is; one that must be encoded anew is made smaller. */
const MAX_PIXELS = 120_000_000;
const MAX_ENCODED_PIXELS = 64_000_000;

export type FullPicture = { jpeg: Buffer; width: number; height: number };

/**
 * Of a RAW the largest preview, of a HEIC the decoded picture.
 * @throws UnreadablePhoto with a sentence when nothing can be shown; the signal's reason when aborted
 */
export async function renderFull(path: string, context: DecodeContext = {}): Promise<FullPicture> {
  const { signal, whenHeavy } = context;
  using bytes = openBytes(path);
  context.atPhase?.(phaseAfter(bytes));
  const inspection = await inspectForPicture(bytes, path, context);
  const asItIs = showable(bytes, inspection);
  if (asItIs !== null) return asItIs;
  const { width, height } = inspection;
  const isHeavy = checkSize(inspection) > HEAVY_BYTES || width * height * 3 > HEAVY_BYTES;
  const release = isHeavy ? await whenHeavy?.() : undefined;
  try {
    const shrink = Math.min(1, Math.sqrt(MAX_ENCODED_PIXELS / Math.max(1, width * height)));
    const longEdge = Math.max(1, Math.min(MAX_EDGE, Math.floor(Math.max(width, height) * shrink)));
    const picture = await openPicture(bytes, path, inspection, {
      longEdge: width * height === 0 || isRaw(inspection.kind) ? MAX_EDGE : longEdge,
      signal,
    });
    const { rgb, width: finalWidth, height: finalHeight } = picture;
    const jpeg = await sharp(rgb, {
      raw: { width: finalWidth, height: finalHeight, channels: 3 },
      limitInputPixels: false,
    })
      .jpeg({ quality: 90, optimiseCoding: false })
      .toBuffer();
    return { jpeg, width: finalWidth, height: finalHeight };
  } finally {
    release?.();
  }
}

async function inspectForPicture(bytes: Bytes, path: string, { askExiftool }: DecodeContext): Promise<Inspection> {
  const inspection = inspect(bytes, basename(path));
  const help = askForHelp(path, inspection, null, true, askExiftool);
  if (help !== null) completeInspection(inspection, await help.answer);
  return inspection;
}

/** A JPEG (or a RAW's preview) that a browser shows as it is: upright, sRGB, not too big. */
function showable(bytes: Bytes, { kind, turn, exif, jpeg, raw }: Inspection): FullPicture | null {
  if (turn !== 1 || exif?.isAdobeRgb === true) return null;
  if (kind === 'jpeg' && jpeg !== null && bytes.whole !== null && isPlain(jpeg)) {
    return { jpeg: bytes.whole, width: jpeg.width, height: jpeg.height };
  }
  const preview = isRaw(kind) && raw?.extracted == null ? raw?.previews.find(({ complete }) => complete) : undefined;
  if (preview === undefined) return null;
  const body = bytes.at(preview.position, preview.length);
  const header = readJpegHeader(bytesOf(body));
  if (header === null || !isPlain(header)) return null;
  return { jpeg: Buffer.from(body), width: header.width, height: header.height };
}

function isPlain({ components, precision, width, height, icc, scanPosition }: JpegHeader): boolean {
  const isSrgb = icc === null || /\bsRGB\b/i.test(profileDescription(icc) ?? '');
  return (
    isSrgb &&
    scanPosition !== null &&
    precision === 8 &&
    (components === 1 || components === 3) &&
    width > 0 &&
    height > 0 &&
    Math.max(width, height) <= MAX_EDGE &&
    width * height <= MAX_PIXELS
  );
}

/**
 * The picture of a file, upright in sRGB, no larger than asked for: what a model is given.
 * @throws UnreadablePhoto with a sentence; the signal's reason when aborted
 */
export async function decodeFile(path: string, longEdge: number, context: DecodeContext = {}): Promise<Pixels> {
  const { signal, whenHeavy } = context;
  using bytes = openBytes(path);
  context.atPhase?.(phaseAfter(bytes));
  const inspection = await inspectForPicture(bytes, path, context);
  const release = checkSize(inspection) > HEAVY_BYTES ? await whenHeavy?.() : undefined;
  try {
    return await openPicture(bytes, path, inspection, { longEdge, signal });
  } finally {
    release?.();
  }
}
