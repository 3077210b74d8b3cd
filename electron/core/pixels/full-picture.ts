/** All pixels of a photo for the 100 % view: an upright sRGB JPEG, the original's own bytes where they are that already. */
import { basename } from 'node:path';
import sharp from 'sharp';
import { orientationOf, type Quarters } from '../base/quarters.ts';
import { UnreadablePhoto } from '../base/unreadable.ts';
import { type Bytes, bytesOf, openBytes } from '../formats/bytes.ts';
import { profileDescription } from '../formats/icc.ts';
import { isRaw } from '../formats/identify.ts';
import { type Inspection, inspect } from '../formats/inspect.ts';
import { type JpegHeader, readJpegHeader } from '../formats/jpeg.ts';
import { askForHelp, completeInspection } from '../formats/raw-help.ts';
import { type DecodeContext, openPicture, type Picture, type Pixels, phaseAfter, turnPixels } from './decode.ts';
import { type Developed, type Development, develop } from './libraw.ts';
import { checkSize, HEAVY_BYTES } from './limits.ts';
import { matchTones } from './tones.ts';

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
export async function renderFull(
  path: string,
  context: DecodeContext = {},
  quarters: Quarters = 0,
): Promise<FullPicture> {
  const { signal, whenHeavy } = context;
  using bytes = openBytes(path);
  context.atPhase?.(phaseAfter(bytes));
  const inspection = await inspectForPicture(bytes, path, context);
  const asItIs = quarters === 0 ? showable(bytes, inspection) : null;
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
      quarters,
    });
    return await encode(picture);
  } finally {
    release?.();
  }
}

async function encode({ rgb, width, height }: Pixels): Promise<FullPicture> {
  const jpeg = await sharp(rgb, { raw: { width, height, channels: 3 }, limitInputPixels: false })
    .jpeg({ quality: 90, optimiseCoding: false })
    .toBuffer();
  return { jpeg, width, height };
}

/** Long edge at which tones are compared. */
const TONES_EDGE = 512;
/** Sizes of one picture by different makers differ by the sensor's margins, not by more. */
const MOST_MARGIN = 0.05;

/**
 * The RAW itself instead of its preview, framed and in the tones of the preview.
 * @throws UnreadablePhoto with a sentence when the file is no RAW or cannot be developed; the signal's reason when aborted
 */
export async function renderDeveloped(
  path: string,
  development: Development,
  context: DecodeContext = {},
  quarters: Quarters = 0,
): Promise<FullPicture> {
  const { signal, whenHeavy } = context;
  using bytes = openBytes(path);
  context.atPhase?.(phaseAfter(bytes));
  const inspection = await inspectForPicture(bytes, path, context);
  if (!isRaw(inspection.kind) || bytes.whole === null) throw new UnreadablePhoto('There is no RAW data to develop.');
  const release = await whenHeavy?.();
  try {
    const preview = await openPicture(bytes, path, inspection, {
      longEdge: TONES_EDGE,
      signal,
      previewsOnly: true,
    }).catch(() => null);
    const developed = await frame(await develop(bytes.whole, development, preview === null), inspection, development);
    signal?.throwIfAborted();
    if (preview !== null) {
      const small = await sharp(developed.rgb, { raw: { ...sizeOf(developed), channels: 3 }, limitInputPixels: false })
        .resize(TONES_EDGE, TONES_EDGE, { fit: 'inside' })
        .raw()
        .toBuffer({ resolveWithObject: true });
      matchTones(developed.rgb, { rgb: small.data, ...small.info }, preview);
    }
    const upright = inspection.turn === 1 ? developed : await turnPixels(developed, inspection.turn);
    return await encode(quarters === 0 ? upright : await turnPixels(upright, orientationOf(quarters)));
  } finally {
    release?.();
  }
}

const sizeOf = ({ width, height }: Pixels) => ({ width, height });

/** The part that the camera shows: as the file says, else the middle of what the sensor saw. */
async function frame(developed: Developed, { width, height }: Inspection, development: Development): Promise<Pixels> {
  const share = development === 'half' ? 0.5 : 1;
  const wanted = { width: Math.floor(width * share), height: Math.floor(height * share) };
  const isNear = (own: number, other: number) => own >= other && own - other <= MOST_MARGIN * other;
  const middle = {
    left: Math.floor((developed.width - wanted.width) / 2),
    top: Math.floor((developed.height - wanted.height) / 2),
    ...wanted,
  };
  const isFramed = isNear(developed.width, wanted.width) && isNear(developed.height, wanted.height);
  const crop = developed.crop ?? (isFramed ? middle : null);
  if (crop === null || (crop.width === developed.width && crop.height === developed.height)) return developed;
  const { data, info } = await sharp(developed.rgb, {
    raw: { ...sizeOf(developed), channels: 3 },
    limitInputPixels: false,
  })
    .extract(crop)
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { rgb: data, width: info.width, height: info.height };
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
 * The picture of a file, upright, no larger than asked for: in sRGB, as a model is given it, or in its own colors.
 * @throws UnreadablePhoto with a sentence; the signal's reason when aborted
 */
export async function decodeFile(
  path: string,
  longEdge: number,
  context: DecodeContext = {},
  ownColors = false,
  quarters: Quarters = 0,
): Promise<Picture> {
  const { signal, whenHeavy } = context;
  using bytes = openBytes(path);
  context.atPhase?.(phaseAfter(bytes));
  const inspection = await inspectForPicture(bytes, path, context);
  const release = checkSize(inspection) > HEAVY_BYTES ? await whenHeavy?.() : undefined;
  try {
    return await openPicture(bytes, path, inspection, { longEdge, signal, ownColors, quarters });
  } finally {
    release?.();
  }
}
