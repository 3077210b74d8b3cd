/** Decodes a file of any kind into upright sRGB pixels: once, as small as is wanted, and tells what is missing. */

import sharp, { type Sharp } from 'sharp';
import { messageOf } from '../../../shared/error-message.ts';
import type { Side } from '../../../shared/facts.ts';
import { orientationOf, type Quarters, turnedSide, turnedSize } from '../base/quarters.ts';
import { UnreadablePhoto } from '../base/unreadable.ts';
import type { Bytes } from '../formats/bytes.ts';
import type { Inspection } from '../formats/inspect.ts';
import type { AskExiftool } from '../formats/raw-help.ts';
import { deepenBlack, isInk } from './ink-black.ts';
import { checkSize } from './limits.ts';
import { type Source, sentenceForMissing, sourcesOf } from './sources.ts';
import { stretchToEight } from './stretch.ts';
import { tiffAround } from './tiff-around.ts';
import { toneMap } from './tone-map.ts';
import { floatsToEight, labToSrgb, signedToOffset } from './unusual-tiff.ts';

// One picture at a time needs no cache between pictures; the pool decides how many threads work.
sharp.cache({ files: 0, memory: 16, items: 16 });
sharp.concurrency(1);

/** Upright 8-bit sRGB, three bytes a pixel, row by row. */
export type Pixels = { rgb: Buffer; width: number; height: number };

/** The profile that pixels are in where they were left in their own colors; null: sRGB. */
export type Profiled = { profile: Buffer | null };

export type Picture = Pixels &
  Profiled & {
    /** Size of the photo seen upright, full resolution (of the RAW itself, not of its preview). */
    sourceWidth: number;
    sourceHeight: number;
    /** Size of what was decoded, upright and before it was made smaller: of a RAW its preview's. */
    decodedWidth: number;
    decodedHeight: number;
    /** A sentence when only a part of the picture could be decoded; null for a whole one. */
    damage: string | null;
    /** Share of the picture that is not in the file or could not be decoded, 0–1. */
    missing: number;
    /** Side at which it is missing, seen upright. */
    missingAt: Side;
  };

/**
 * `reading`: waiting for the drive. `decoding`: all bytes are here, what is left is work. `streaming`: both at once, for
 * files that are too big to be kept.
 */
export type DecodePhase = 'reading' | 'decoding' | 'streaming';

export type DecodeContext = {
  signal?: AbortSignal;
  /** Told at every change; the first is `reading`. */
  atPhase?: (phase: DecodePhase) => void;
  /** Awaited before a decode that holds much memory; the returned function is called after it. */
  whenHeavy?: () => Promise<() => void>;
  /** For RAW files that the readers here know too little of; without it they do with what they know. */
  askExiftool?: AskExiftool;
};

/** What follows once these bytes are open. */
export const phaseAfter = (bytes: Bytes): DecodePhase => (bytes.whole === null ? 'streaming' : 'decoding');

export type PictureOptions = {
  /** Longest edge wanted; a smaller picture stays as it is. Infinity for all pixels. */
  longEdge: number;
  signal?: AbortSignal;
  /** Of a RAW only what its camera made of it, however small. */
  previewsOnly?: boolean;
  /** Colors stay in the profile that the file has, where it holds plain RGB; everything else becomes sRGB all the same. */
  ownColors?: boolean;
  /** How a person turned the photo, beyond what its file says. */
  quarters?: Quarters;
};

type Decoded = Pixels & { damage: string | null; missing: number; profile?: Buffer | null };

/** No photo needs longer on any machine; libvips stops its work then. */
const DECODE_SECONDS = 45;
/** Transparent parts are shown on a middle grey. */
const GROUND = '#808080';

/**
 * @param path of the same file, for decoders that read it themselves when it is too big to be kept.
 * @throws UnreadablePhoto with a sentence when nothing of the picture can be shown.
 */
export async function openPicture(
  bytes: Bytes,
  path: string,
  inspection: Inspection,
  options: PictureOptions,
): Promise<Picture> {
  checkSize(inspection);
  const { signal } = options;
  let failure: UnreadablePhoto | null = null;
  for await (const source of sourcesOf(bytes, path, inspection, options)) {
    signal?.throwIfAborted();
    try {
      const decoded = await decodeSource(source, inspection, options);
      if (isInk(inspection)) await deepenBlack(decoded, inspection.icc);
      const damage =
        source.damage ?? decoded.damage ?? emptyPicture(bytes, decoded, inspection) ?? cutRaw(bytes, inspection);
      const missing = Math.max(source.missing, decoded.missing);
      const size = sourceSize(decoded, source, inspection);
      const own = source.decoded ?? { width: size.sourceWidth, height: size.sourceHeight };
      const isTurned = source.decoded !== undefined && source.turn >= 5;
      const upright: Picture = {
        ...decoded,
        ...size,
        profile: decoded.profile ?? null,
        decodedWidth: isTurned ? own.height : own.width,
        decodedHeight: isTurned ? own.width : own.height,
        damage,
        missing,
        missingAt: sideOf(inspection),
      };
      return await turnedPicture(upright, options.quarters ?? 0);
    } catch (error) {
      if (!(error instanceof UnreadablePhoto)) throw error;
      failure ??= error;
    }
  }
  throw failure ?? new UnreadablePhoto('No picture was found in the file.');
}

async function turnedPicture(picture: Picture, quarters: Quarters): Promise<Picture> {
  if (quarters === 0) return picture;
  const { sourceWidth, sourceHeight, decodedWidth, decodedHeight, missingAt } = picture;
  const source = turnedSize({ width: sourceWidth, height: sourceHeight }, quarters);
  const decoded = turnedSize({ width: decodedWidth, height: decodedHeight }, quarters);
  return {
    ...picture,
    ...(await turnPixels(picture, orientationOf(quarters))),
    sourceWidth: source.width,
    sourceHeight: source.height,
    decodedWidth: decoded.width,
    decodedHeight: decoded.height,
    missingAt: turnedSide(missingAt, quarters),
  };
}

async function decodeSource(
  source: Source,
  inspection: Inspection,
  { longEdge, ownColors }: PictureOptions,
): Promise<Decoded> {
  if (source.hdr !== null) return decodeHdr(source, source.hdr, longEdge);
  if (source.raw === undefined) {
    if (isLab(inspection)) return decodeLab(source, inspection, longEdge);
    if (isFloatRgb(inspection)) return decodeFloats(source, inspection, longEdge);
    if (needsStretch(inspection)) return decodeStretched(source, longEdge);
  }
  const profile = ownColors === true ? await ownProfile(source) : null;
  if (profile === null) return decode(source, longEdge);
  return { ...(await decode({ ...source, profile: null, ignoreIcc: true }, longEdge)), profile };
}

/** The profile of a source that is plain RGB; null for any other, and for one that has none. */
async function ownProfile(source: Source): Promise<Buffer | null> {
  if (source.raw !== undefined) return source.raw.channels === 3 ? source.profile : null;
  const header = await open(source, 'none')
    .metadata()
    .catch(() => null);
  const isRgb = header !== null && (header.space === 'srgb' || header.space === 'rgb16') && header.channels >= 3;
  return isRgb ? (source.profile ?? header.icc ?? null) : null;
}

/** Files are written from the top: what is missing of one that ends early is its end, wherever that lies when seen upright. */
function sideOf({ turn, heif }: Inspection): Side {
  if (heif?.turnsItself === true) return SIDES_BY_QUARTERS[heif.quarters] ?? 'bottom';
  return turn <= 2 ? 'bottom' : turn <= 4 ? 'top' : turn === 5 || turn === 8 ? 'right' : 'left';
}
const SIDES_BY_QUARTERS: readonly Side[] = ['bottom', 'right', 'top', 'left'];

/** libvips → pixels; when it complains, once more taking what it can get, to show what is there. */
async function decode(source: Source, longEdge: number): Promise<Decoded> {
  try {
    return { ...(await render(source, longEdge, 'error')), damage: null, missing: 0 };
  } catch (error) {
    const message = messageOf(error);
    const partial = await render({ ...source, turn: 1 }, longEdge, 'none').catch(() => null);
    const missing = partial === null ? 1 : missingShare(partial);
    if (partial === null || missing > 0.97) throw new UnreadablePhoto(sentenceForDecoder(message, missing));
    const turned = source.turn === 1 ? partial : await turnPixels(partial, source.turn);
    return { ...turned, damage: sentenceForDecoder(message, missing), missing };
  }
}

async function render(source: Source, longEdge: number, failOn: 'error' | 'none'): Promise<Pixels> {
  const pipeline = open(source, failOn);
  if (Number.isFinite(longEdge)) pipeline.resize(longEdge, longEdge, { fit: 'inside', withoutEnlargement: true });
  orient(pipeline, source.turn);
  const pixels = await finish(pipeline.flatten({ background: GROUND }).toColourspace('srgb'));
  return source.profile === null ? pixels : convert(pixels, source.profile);
}

function open(source: Source, failOn: 'error' | 'none'): Sharp {
  return sharp(source.input, {
    failOn,
    limitInputPixels: source.pixelLimit,
    sequentialRead: true,
    ignoreIcc: source.ignoreIcc ?? false,
    ...(source.raw === undefined ? {} : { raw: source.raw }),
  }).timeout({ seconds: DECODE_SECONDS });
}

/** EXIF orientation after the picture was made small: far fewer pixels to turn. */
function orient(pipeline: Sharp, turn: number): Sharp {
  if (turn === 2 || turn === 5 || turn === 7) pipeline.flop();
  if (turn === 4) pipeline.flip();
  const degrees = { 3: 180, 5: 270, 6: 90, 7: 90, 8: 270 }[turn];
  return degrees === undefined ? pipeline : pipeline.rotate(degrees);
}

async function finish(pipeline: Sharp): Promise<Pixels> {
  const { data, info } = await pipeline.raw().toBuffer({ resolveWithObject: true });
  if (info.channels !== 3) throw new UnreadablePhoto(`Its ${info.channels} color channels cannot be shown.`);
  return { rgb: data, width: info.width, height: info.height };
}

export async function turnPixels(pixels: Pixels, turn: number): Promise<Pixels> {
  const { rgb, width, height } = pixels;
  return finish(orient(sharp(rgb, { raw: { width, height, channels: 3 }, limitInputPixels: false }), turn));
}

/** Pixels of a named or detached profile → sRGB: through a TIFF in memory, the one container that is only a header. */
async function convert({ rgb, width, height }: Pixels, profile: Buffer): Promise<Pixels> {
  return finish(sharp(tiffAround(rgb, width, height, profile, 'rgb')).toColourspace('srgb'));
}

/** Single-channel pictures of 16 bits or floats: thermal cameras use a sliver of the scale. */
function needsStretch({ tiff, raster }: Inspection): boolean {
  return (tiff !== null && tiff.samplesPerPixel === 1 && tiff.bitsPerSample >= 16) || raster?.bitsPerSample === 16;
}

async function decodeStretched(source: Source, longEdge: number): Promise<Decoded> {
  const { channels, space } = await open(source, 'none')
    .metadata()
    .catch((error: Error) => {
      throw new UnreadablePhoto(sentenceForDecoder(error.message, 1));
    });
  if (channels !== 1 || (space !== 'grey16' && space !== 'b-w')) return decode(source, longEdge);
  const pipeline = open(source, 'error');
  if (Number.isFinite(longEdge)) pipeline.resize(longEdge, longEdge, { fit: 'inside', withoutEnlargement: true });
  orient(pipeline, source.turn);
  const isGrey16 = space === 'grey16';
  try {
    const { data, info } = await pipeline
      .toColourspace(isGrey16 ? 'grey16' : 'b-w')
      .raw({ depth: isGrey16 ? 'ushort' : 'float' })
      .toBuffer({ resolveWithObject: true });
    const samples = isGrey16
      ? new Uint16Array(data.buffer, data.byteOffset, data.length / 2)
      : new Float32Array(data.buffer, data.byteOffset, data.length / 4);
    const rgb = stretchToEight(samples, info.channels);
    return { rgb, width: info.width, height: info.height, damage: null, missing: 0 };
  } catch {
    return decode(source, longEdge);
  }
}

/** Of eight bits; the decoder reads sixteen itself. */
function isLab({ tiff }: Inspection): boolean {
  return (
    tiff !== null &&
    tiff.bitsPerSample === 8 &&
    tiff.samplesPerPixel === 3 &&
    (tiff.photometric === 8 || tiff.photometric === 9)
  );
}

/** Decoded as if it were RGB, all of it, because signed bytes cannot be averaged; turned to colors when small. */
async function decodeLab(source: Source, { tiff }: Inspection, longEdge: number): Promise<Decoded> {
  if (!Buffer.isBuffer(source.input)) throw new UnreadablePhoto('The Lab picture is too big to be decoded safely.');
  const input = Buffer.from(source.input);
  if (tiff!.littleEndian) input.writeUInt16LE(2, tiff!.photometricPosition);
  else input.writeUInt16BE(2, tiff!.photometricPosition);
  const { damage, missing, ...lab } = await decode(
    { ...source, input, turn: 1, ignoreIcc: true },
    Number.POSITIVE_INFINITY,
  );
  if (tiff!.photometric === 8) signedToOffset(lab.rgb);
  const pipeline = sharp(lab.rgb, { raw: { width: lab.width, height: lab.height, channels: 3 } });
  if (Number.isFinite(longEdge)) pipeline.resize(longEdge, longEdge, { fit: 'inside', withoutEnlargement: true });
  const small = await finish(orient(pipeline, source.turn));
  labToSrgb(small.rgb);
  return { ...small, damage, missing };
}

function isFloatRgb({ tiff }: Inspection): boolean {
  return tiff?.isFloat === true && tiff.samplesPerPixel >= 3 && tiff.photometric === 2;
}

async function decodeFloats(source: Source, { icc }: Inspection, longEdge: number): Promise<Decoded> {
  try {
    const pipeline = open({ ...source, ignoreIcc: true }, 'error');
    if (Number.isFinite(longEdge)) pipeline.resize(longEdge, longEdge, { fit: 'inside', withoutEnlargement: true });
    const { data, info } = await orient(pipeline, source.turn)
      .toColourspace('scrgb')
      .raw({ depth: 'float' })
      .toBuffer({ resolveWithObject: true });
    const samples = new Float32Array(data.buffer, data.byteOffset, data.length / 4);
    const { rgb, needsProfile } = floatsToEight(samples, info.channels, icc);
    const pixels = { rgb, width: info.width, height: info.height };
    return { ...(needsProfile && icc !== null ? await convert(pixels, icc) : pixels), damage: null, missing: 0 };
  } catch {
    return decode(source, longEdge);
  }
}

/** HDR pixels are made small as they are coded (nearly even steps for the eye), then brought to standard range. */
async function decodeHdr(source: Source, hdr: NonNullable<Source['hdr']>, longEdge: number): Promise<Decoded> {
  const pipeline = open({ ...source, ignoreIcc: true }, 'error');
  if (Number.isFinite(longEdge)) pipeline.resize(longEdge, longEdge, { fit: 'inside', withoutEnlargement: true });
  try {
    const { data, info } = await orient(pipeline, source.turn)
      .flatten({ background: GROUND })
      .toColourspace('rgb16')
      .raw({ depth: 'ushort' })
      .toBuffer({ resolveWithObject: true });
    const samples = new Uint16Array(data.buffer, data.byteOffset, data.length / 2);
    const rgb = toneMap(samples, info.channels, hdr.transfer, hdr.primaries);
    return { rgb, width: info.width, height: info.height, damage: null, missing: 0 };
  } catch (error) {
    throw new UnreadablePhoto(sentenceForDecoder(error instanceof Error ? error.message : String(error), 1));
  }
}

function sourceSize(decoded: Pixels, { size, turn }: Source, inspection: Inspection) {
  const [width, height] =
    size === undefined ? [0, 0] : turn >= 5 ? [size.height, size.width] : [size.width, size.height];
  if (width > 0 && height > 0) return { sourceWidth: width, sourceHeight: height };
  const { uprightWidth, uprightHeight } = inspection;
  return uprightWidth > 0 && uprightHeight > 0
    ? { sourceWidth: uprightWidth, sourceHeight: uprightHeight }
    : { sourceWidth: decoded.width, sourceHeight: decoded.height };
}

/** Share of rows at the bottom that decoders filled in because nothing was there. Wants pixels as stored, not turned. */
function missingShare({ rgb, width, height }: Pixels): number {
  const stride = width * 3;
  let rows = 0;
  for (let y = height - 1; y >= 0; y--, rows++) {
    const row = rgb.subarray(y * stride, (y + 1) * stride);
    // JPEG decoders repeat the last level (smooth grey), PNG leaves black.
    for (let at = 3; at < row.length; at++) if (Math.abs(row[at]! - row[at - 3]!) > 1) return rows / height;
  }
  return 1;
}

/** libvips' words → words for people. */
function sentenceForDecoder(message: string, missing: number): string {
  if (/timeout/i.test(message)) return `Decoding it took longer than ${DECODE_SECONDS} seconds and was stopped.`;
  const ended = /premature end|unexpected end|end of file|read error|truncat|too few|not enough|unable to read/i.test(
    message,
  );
  if (ended && missing > 0 && missing < 1) return sentenceForMissing(missing)!;
  if (ended) return 'The file ends early: most of the picture is missing.';
  if (/limit|exceeds/i.test(message)) return 'It declares more pixels than can be decoded safely.';
  if (/unsupported image format/i.test(message))
    return 'Its header is damaged: the decoder does not recognise the picture in it.';
  if (/bad \w+ format|not supported|unsupported|not implemented/i.test(message))
    return 'Its pixels are coded in a way that cannot be read.';
  if (/corrupt header|no image|no frames/i.test(message)) return 'Its header is damaged: it describes no picture.';
  if (missing < 1) return 'Its picture data is damaged: parts of it could not be decoded.';
  return 'Its picture data is damaged and cannot be decoded.';
}

/** Bytes a pixel above which a file holds more than one color, even a JPEG of it (0.02). */
const MORE_THAN_FLAT = 0.05;

/** Cameras never write one single color; a file that lost its data, or is read wrongly, decodes to it without a complaint. */
function emptyPicture(bytes: Bytes, { rgb, width, height }: Pixels, inspection: Inspection): string | null {
  const { kind, exif, width: fullWidth, height: fullHeight } = inspection;
  const isOfCamera = kind === 'jpeg' && exif?.make != null && Math.max(width, height) >= 640;
  // Animations hold more than their first picture.
  const holdsMore =
    /^(tiff|bmp|psd|jpeg)$/.test(kind) &&
    Math.min(width, height) >= 64 &&
    bytes.size > MORE_THAN_FLAT * fullWidth * fullHeight &&
    isVaried(bytes);
  if (!isOfCamera && !holdsMore) return null;
  // Rows at the very edge may keep a rest of the real data.
  const body = rgb.subarray(0, Math.floor(height * 0.98) * width * 3);
  for (let at = 3; at < body.length; at++) if (body[at] !== body[at - 3]) return null;
  return isOfCamera
    ? 'Nearly all of its picture data is missing: it shows one flat gray.'
    : 'It shows one flat color although the file holds more: its data is damaged, or coded in a way that is read wrongly.';
}

/** The file's body behind metadata is no long run of one value. */
function isVaried(bytes: Bytes): boolean {
  return new Set(bytes.at(Math.floor(bytes.size * 0.6), Math.min(4096, bytes.size / 8))).size > 16;
}

function cutRaw(bytes: Bytes, { raw }: Inspection): string | null {
  return raw !== null && raw.dataEnd > bytes.size
    ? 'The file ends early: its preview shows, but the RAW data is incomplete.'
    : null;
}
