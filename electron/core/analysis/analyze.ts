/** The one pass over a photo: read once, decode once, derive everything. Runs in a decoding process (decoding-process.ts). */

import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import sharp from 'sharp';
import { PREVIEW_EDGES, PREVIEW_ENOUGH, type PreviewSize } from '../../../shared/addresses.ts';
import { messageOf } from '../../../shared/error-message.ts';
import { errorCode } from '../base/file-error.ts';
import { type Failure, UnreadablePhoto } from '../base/unreadable.ts';
import type { Analysis, AnalyzedPicture } from '../catalog/analyses.ts';
import { contentHashOf, fingerprintOf } from '../files/fingerprint.ts';
import { openBytes } from '../formats/bytes.ts';
import { isRaw } from '../formats/identify.ts';
import { type Inspection, inspect } from '../formats/inspect.ts';
import { fillGaps, latestBelievable, type Metadata, metadataOf, NO_METADATA } from '../formats/metadata.ts';
import { askForHelp, completeInspection, completeMetadata } from '../formats/raw-help.ts';
import { type DecodeContext, openPicture, type Picture, type Pixels, phaseAfter } from '../pixels/decode.ts';
import { checkSize, HEAVY_BYTES } from '../pixels/limits.ts';
import { placeholderOf } from '../pixels/placeholder.ts';
import { MEASURE_EDGE, measurePicture } from './measures/measure.ts';
import { smaller, visiblePart } from './measures/measured-part.ts';
import { signatureOf } from './signature/signature.ts';

export type AnalysisRequest = {
  /** Absolute paths of the photo's picture files, best for showing first (PairedPhoto.pictures). */
  files: string[];
  /** Where the previews go: see `previewPath`. Written to a neighbour and renamed. */
  previews: Record<PreviewSize, string>;
  /** Hashes of the files' contents when their picture was seen last: where they are the same nothing is decoded. */
  contents?: readonly string[];
  /** Absolute paths of its sidecars: the pool has them read when the pictures are (the later one's word stands over the earlier one's). */
  sidecars?: readonly string[];
};

/**
 * Never throws for a bad photo: that is a Look of state `failed` with its reason.
 * @throws the signal's reason when aborted; a system error when the previews cannot be written.
 */
export async function analyze(request: AnalysisRequest, context: DecodeContext = {}): Promise<Analysis> {
  const look: Analysis = {
    state: 'failed',
    reason: null,
    failure: null,
    loss: null,
    fileIndex: 0,
    kinds: request.files.map(() => null),
    fingerprints: request.files.map(() => null),
    contents: request.files.map(() => null),
    metadata: NO_METADATA,
    sidecarProblem: null,
    picture: null,
    isKept: false,
  };
  const known: { isRaw: boolean; metadata: Metadata; inspection: Inspection }[] = [];
  let measured = { width: 0, height: 0 };
  let isPassing = false;
  look.isKept = request.contents !== undefined && hasContents(request.files, request.contents);
  const wantsPicture = () => !look.isKept && look.state !== 'ready';
  for (const [index, path] of request.files.entries()) {
    context.signal?.throwIfAborted();
    try {
      if (index > 0) context.atPhase?.('reading');
      // The shown file is needed whole; its partner only says what it knows.
      using bytes = openBytes(path, wantsPicture());
      context.atPhase?.(phaseAfter(bytes));
      look.fingerprints[index] = fingerprintOf(bytes);
      look.contents[index] = contentHashOf(bytes);
      const inspection = inspect(bytes, basename(path));
      look.kinds[index] = inspection.kind;
      const latestMs = latestBelievable(path);
      const own = { isRaw: isRaw(inspection.kind), metadata: NO_METADATA, inspection };
      own.metadata = metadataOf(inspection, basename(path), latestMs);
      const all = known.reduce((sum, { metadata }) => fillGaps(sum, metadata), own.metadata);
      known.push(own);
      const help = askForHelp(path, inspection, all, wantsPicture(), context.askExiftool);
      try {
        if (help?.isNeededFirst === true) completeInspection(inspection, await help.answer);
        if (!wantsPicture()) continue;
        const picture = await decode(bytes, path, inspection, context);
        if (look.picture !== null && picture.damage !== null) continue;
        look.picture = await derive(picture, request.previews);
        measured = { width: picture.decodedWidth, height: picture.decodedHeight };
        look.state = picture.damage === null ? 'ready' : 'damaged';
        look.reason = picture.damage;
        look.fileIndex = index;
        if (picture.damage !== null) look.picture.facts.seen.damage = picture.damage;
      } finally {
        if (help !== null) own.metadata = completeMetadata(own.metadata, await help.answer, basename(path), latestMs);
      }
    } catch (error) {
      context.signal?.throwIfAborted();
      // The disk for previews is full or gone: that is the job's trouble, not the photo's.
      if (isSystemError(error)) throw error;
      isPassing ||= failureOf(error) === 'machine';
      if (look.state === 'failed') look.reason ??= sentenceFor(error);
    }
  }
  // Also where another file of the photo could be shown: what this one says is still missing.
  if (isPassing) look.failure = 'machine';
  else if (look.state !== 'ready') look.failure = 'file';
  const [best, ...others] = known.sort((a, b) => Number(b.isRaw) - Number(a.isRaw));
  if (best !== undefined) look.metadata = others.reduce((all, { metadata }) => fillGaps(all, metadata), best.metadata);
  if (look.picture !== null) {
    takeLargestSize(
      look.picture,
      known.map(({ inspection }) => inspection),
    );
    if (Math.max(measured.width, measured.height) < PREVIEW_ENOUGH * Math.max(look.picture.width, look.picture.height))
      look.picture.facts.seen.measuredOn = measured;
  }
  return look;
}

/** What cannot be read is told by the look that follows. */
function hasContents(files: readonly string[], contents: readonly string[]): boolean {
  try {
    return files.every((path, index) => {
      using bytes = openBytes(path);
      return contentHashOf(bytes) === contents[index];
    });
  } catch {
    return false;
  }
}

/** Node's own argument errors carry codes that begin with ERR_. */
function isSystemError(error: unknown): boolean {
  const code = errorCode(error);
  return code !== null && !code.startsWith('ERR_');
}

/** Memory that was not to be had now may be there the next time. */
function failureOf(error: unknown): Failure {
  if (error instanceof UnreadablePhoto) return error.failure;
  return error instanceof RangeError && /allocation failed/i.test(error.message) ? 'machine' : 'file';
}

function sentenceFor(error: unknown): string {
  if (error instanceof UnreadablePhoto) return error.message;
  return `It is damaged in a way that stops the reader (${messageOf(error)}).`;
}

async function decode(
  bytes: Parameters<typeof openPicture>[0],
  path: string,
  inspection: Inspection,
  { signal, whenHeavy }: DecodeContext,
): Promise<Picture> {
  const release = checkSize(inspection) > HEAVY_BYTES ? await whenHeavy?.() : undefined;
  try {
    return await openPicture(bytes, path, inspection, { longEdge: PREVIEW_EDGES.screen, signal });
  } finally {
    release?.();
  }
}

/** Of a pair the RAW is the photo; its JPEG may have been saved smaller. */
function takeLargestSize(picture: AnalyzedPicture, inspections: readonly Inspection[]): void {
  for (const { uprightWidth: width, uprightHeight: height } of inspections)
    if (width * height > picture.width * picture.height) Object.assign(picture, { width, height });
}

async function derive(picture: Picture, previews: AnalysisRequest['previews']): Promise<AnalyzedPicture> {
  const { width, height } = picture;
  const small = await smaller(picture, MEASURE_EDGE);
  const thumb = await smaller(small, PREVIEW_EDGES.thumb);
  const { pixels: forMeasures } = visiblePart(small, picture.missing, picture.missingAt);
  await writePreview(picture, previews.screen);
  await writePreview(thumb, previews.thumb);
  const facts = measurePicture({
    rgb: forMeasures.rgb,
    width: forMeasures.width,
    height: forMeasures.height,
    sourceWidth: picture.sourceWidth,
    sourceHeight: picture.sourceHeight,
  });
  if (picture.missing > 0) Object.assign(facts.seen, { missing: picture.missing, missingAt: picture.missingAt });
  return {
    width: picture.sourceWidth,
    height: picture.sourceHeight,
    screen: { width, height },
    thumb: { width: thumb.width, height: thumb.height },
    placeholder: placeholderOf(thumb.rgb, thumb.width, thumb.height),
    facts,
    signature: signatureOf(thumb.rgb, thumb.width, thumb.height),
  };
}

async function writePreview({ rgb, width, height }: Pixels, path: string): Promise<void> {
  const jpeg = await sharp(rgb, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 82, optimiseCoding: false })
    .toBuffer();
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${randomBytes(6).toString('hex')}.part`;
  try {
    await writeFile(temporary, jpeg, { mode: 0o600 });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
