/** Decodes a file of any kind into upright sRGB pixels: once, as small as is wanted, and tells what is missing. */

import sharp, { type Sharp } from 'sharp';
import { messageOf } from '../../../shared/error-message.ts';
import { UnreadablePhoto } from '../base/unreadable.ts';
import { type Bytes, bytesOf } from '../formats/bytes.ts';
import { namedProfile } from '../formats/icc.ts';
import { isRaw } from '../formats/identify.ts';
import type { Inspection } from '../formats/inspect.ts';
import { readJpegHeader } from '../formats/jpeg.ts';
import type { RawHeader, RawPreview } from '../formats/raw.ts';
import type { AskExiftool } from '../formats/raw-help.ts';
import { decodeBmp } from './bmp.ts';
import { decodeHeif } from './heic.ts';
import { checkSize, pixelLimit } from './limits.ts';
import { stretchToEight } from './stretch.ts';
import { floatsToEight, labToSrgb, signedToOffset } from './unusual-tiff.ts';

// One picture at a time needs no cache between pictures; the pool decides how many threads work.
sharp.cache({ files: 0, memory: 16, items: 16 });
sharp.concurrency(1);

/** Upright 8-bit sRGB, three bytes a pixel, row by row. */
export type Pixels = { rgb: Buffer; width: number; height: number };

export type Picture = Pixels & {
  /** Size of the photo seen upright, full resolution (of the RAW itself, not of its preview). */
  sourceWidth: number;
  sourceHeight: number;
  /** A sentence when only a part of the picture could be decoded; null for a whole one. */
  damage: string | null;
};

export type DecodeContext = {
  signal?: AbortSignal;
  /** Awaited before a decode that holds much memory; the returned function is called after it. */
  whenHeavy?: () => Promise<() => void>;
  /** For RAW files that the readers here know too little of; without it they do with what they know. */
  askExiftool?: AskExiftool;
};

export type PictureOptions = {
  /** Longest edge wanted; a smaller picture stays as it is. Infinity for all pixels. */
  longEdge: number;
  signal?: AbortSignal;
};

/** What sharp is given, and what is left to do after it. */
type Source = {
  input: Buffer | string;
  raw?: { width: number; height: number; channels: 3 | 4 };
  /** 1–8, see Inspection.turn. */
  turn: number;
  /** Profile of the pixels where the file does not carry it in a way that sharp sees. */
  profile: Buffer | null;
  damage: string | null;
  pixelLimit: number;
  ignoreIcc?: boolean;
};

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
  for await (const source of sourcesOf(bytes, path, inspection)) {
    signal?.throwIfAborted();
    try {
      const decoded = isLab(inspection)
        ? await decodeLab(source, inspection, options.longEdge)
        : isFloatRgb(inspection)
          ? await decodeFloats(source, inspection, options.longEdge)
          : needsStretch(inspection)
            ? await decodeStretched(source, options.longEdge)
            : await decode(source, options.longEdge);
      const damage = source.damage ?? decoded.damage ?? emptyPicture(decoded, inspection) ?? cutRaw(bytes, inspection);
      return { ...decoded, ...sourceSize(decoded, inspection), damage };
    } catch (error) {
      if (!(error instanceof UnreadablePhoto)) throw error;
      failure ??= error;
    }
  }
  throw failure ?? new UnreadablePhoto('No picture was found in the file.');
}

/** The ways to a picture, best first. */
async function* sourcesOf(bytes: Bytes, path: string, inspection: Inspection): AsyncGenerator<Source> {
  const { kind, turn, heif, exif, icc } = inspection;
  const plain = { input: bytes.whole ?? path, turn, profile: null, damage: null, pixelLimit: pixelLimit(kind) };
  if (isRaw(kind)) yield* previewSources(bytes, inspection);
  else if (kind === 'heic') {
    if (bytes.whole === null) throw new UnreadablePhoto('The HEIF file is too big to be decoded safely.');
    const { rgba, width, height } = await decodeHeif(bytes.whole);
    const profile = icc ?? (heif?.primaries === 12 ? namedProfile('display-p3') : null);
    const missing = heif?.missing ?? 0;
    const damage = missing > 0 ? `The file ends early: about ${percent(missing)} % of the picture is missing.` : null;
    yield { ...plain, input: rgba, raw: { width, height, channels: 4 }, turn: 1, profile, damage };
  } else if (kind === 'avif') {
    yield { ...plain, turn: 1, profile: icc === null && heif?.primaries === 12 ? namedProfile('display-p3') : null };
  } else if (kind === 'bmp') {
    if (bytes.whole === null) throw new UnreadablePhoto('The bitmap is too big to be decoded safely.');
    const { rgb, width, height, missing } = decodeBmp(bytes.whole);
    yield { ...plain, input: rgb, raw: { width, height, channels: 3 }, damage: sentenceForMissing(missing) };
  } else {
    const isAdobeRgb = (kind === 'jpeg' || kind === 'mpo') && icc === null && exif?.isAdobeRgb === true;
    yield { ...plain, profile: isAdobeRgb ? namedProfile('adobe-rgb') : null };
  }
}

function* previewSources(bytes: Bytes, { raw, turn, exif, width, height }: Inspection): Generator<Source> {
  const embedded = raw?.previews ?? [];
  const previews = raw?.extracted == null ? embedded : [...embedded, { ...raw.extracted, complete: true }];
  if (previews.length === 0) throw new UnreadablePhoto(sentenceForNoPreview(bytes, raw));
  // A complete one first; cut ones show at least their upper part, if that is more than a thumbnail.
  const order = [...previews].sort((a, b) => usefulness(b) - usefulness(a));
  for (const preview of order) {
    // Some programs store the preview already turned: portrait within a landscape frame.
    const isTurned = turn >= 5 && width > height && preview.height > preview.width;
    const input = 'jpeg' in preview ? preview.jpeg : Buffer.from(bytes.at(preview.position, preview.length));
    const hasProfile = readJpegHeader(bytesOf(input))?.icc != null;
    yield {
      input,
      turn: isTurned ? 1 : turn,
      profile: exif?.isAdobeRgb === true && !hasProfile ? namedProfile('adobe-rgb') : null,
      damage: preview.complete ? null : 'The file ends before its preview is complete.',
      pixelLimit: pixelLimit('jpeg'),
    };
  }
}

function sentenceForNoPreview(bytes: Bytes, raw: RawHeader | null): string {
  if ((raw?.dataEnd ?? 0) > bytes.size)
    return 'The file ends early: the RAW data is incomplete and no preview is in it.';
  const help = raw?.helpUnavailable == null ? '' : ` (${raw.helpUnavailable})`;
  return `The RAW file carries no preview that can be shown${help}.`;
}

function usefulness({ width, height, complete }: Pick<RawPreview, 'width' | 'height' | 'complete'>): number {
  return width * height * (complete ? 4 : 1);
}

/** libvips → pixels; when it complains, once more taking what it can get, to show what is there. */
async function decode(source: Source, longEdge: number): Promise<Pixels & { damage: string | null }> {
  try {
    return { ...(await render(source, longEdge, 'error')), damage: null };
  } catch (error) {
    const message = messageOf(error);
    const partial = await render({ ...source, turn: 1 }, longEdge, 'none').catch(() => null);
    const missing = partial === null ? 1 : missingShare(partial);
    if (partial === null || missing > 0.97) throw new UnreadablePhoto(sentenceForDecoder(message, missing));
    const turned = source.turn === 1 ? partial : await turnPixels(partial, source.turn);
    return { ...turned, damage: sentenceForDecoder(message, missing) };
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
  if (info.channels !== 3) throw new UnreadablePhoto(`Its ${info.channels} colour channels cannot be shown.`);
  return { rgb: data, width: info.width, height: info.height };
}

async function turnPixels(pixels: Pixels, turn: number): Promise<Pixels> {
  const { rgb, width, height } = pixels;
  return finish(orient(sharp(rgb, { raw: { width, height, channels: 3 } }), turn));
}

/** Pixels of a named or detached profile → sRGB: through a TIFF in memory, the one container that is only a header. */
async function convert({ rgb, width, height }: Pixels, profile: Buffer): Promise<Pixels> {
  return finish(sharp(tiffAround(rgb, width, height, profile)).toColourspace('srgb'));
}

function tiffAround(rgb: Buffer, width: number, height: number, profile: Buffer): Buffer {
  const entries: [tag: number, type: 3 | 4 | 7, count: number, value: number][] = [
    [256, 4, 1, width],
    [257, 4, 1, height],
    [258, 3, 3, 0],
    [259, 3, 1, 1],
    [262, 3, 1, 2],
    [273, 4, 1, 0],
    [277, 3, 1, 3],
    [278, 4, 1, height],
    [279, 4, 1, rgb.length],
    [284, 3, 1, 1],
    [34675, 7, profile.length, 0],
  ];
  const bitsAt = 8 + 2 + entries.length * 12 + 4;
  const profileAt = bitsAt + 6;
  const dataAt = profileAt + profile.length + (profile.length % 2);
  const header = Buffer.alloc(dataAt);
  header.write('II', 0, 'latin1');
  header.writeUInt16LE(42, 2);
  header.writeUInt32LE(8, 4);
  header.writeUInt16LE(entries.length, 8);
  for (const [index, [tag, type, count, value]] of entries.entries()) {
    const at = 10 + index * 12;
    header.writeUInt16LE(tag, at);
    header.writeUInt16LE(type, at + 2);
    header.writeUInt32LE(count, at + 4);
    const place = tag === 258 ? bitsAt : tag === 34675 ? profileAt : tag === 273 ? dataAt : value;
    header.writeUInt32LE(place, at + 8);
  }
  for (const at of [0, 2, 4]) header.writeUInt16LE(8, bitsAt + at);
  profile.copy(header, profileAt);
  return Buffer.concat([header, rgb]);
}

/** Single-channel pictures of 16 bits or floats: thermal cameras use a sliver of the scale. */
function needsStretch({ tiff, raster }: Inspection): boolean {
  return (tiff !== null && tiff.samplesPerPixel === 1 && tiff.bitsPerSample >= 16) || raster?.bitsPerSample === 16;
}

async function decodeStretched(source: Source, longEdge: number): Promise<Pixels & { damage: string | null }> {
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
    return { rgb: stretchToEight(samples, info.channels), width: info.width, height: info.height, damage: null };
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

/** Decoded as if it were RGB, all of it, because signed bytes cannot be averaged; turned to colours when small. */
async function decodeLab(source: Source, { tiff }: Inspection, longEdge: number) {
  if (!Buffer.isBuffer(source.input)) throw new UnreadablePhoto('The Lab picture is too big to be decoded safely.');
  const input = Buffer.from(source.input);
  if (tiff!.littleEndian) input.writeUInt16LE(2, tiff!.photometricPosition);
  else input.writeUInt16BE(2, tiff!.photometricPosition);
  const { damage, ...lab } = await decode({ ...source, input, turn: 1, ignoreIcc: true }, Number.POSITIVE_INFINITY);
  if (tiff!.photometric === 8) signedToOffset(lab.rgb);
  const pipeline = sharp(lab.rgb, { raw: { width: lab.width, height: lab.height, channels: 3 } });
  if (Number.isFinite(longEdge)) pipeline.resize(longEdge, longEdge, { fit: 'inside', withoutEnlargement: true });
  const small = await finish(orient(pipeline, source.turn));
  labToSrgb(small.rgb);
  return { ...small, damage };
}

function isFloatRgb({ tiff }: Inspection): boolean {
  return tiff?.isFloat === true && tiff.samplesPerPixel >= 3 && tiff.photometric === 2;
}

async function decodeFloats(source: Source, { icc }: Inspection, longEdge: number) {
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
    return { ...(needsProfile && icc !== null ? await convert(pixels, icc) : pixels), damage: null };
  } catch {
    return decode(source, longEdge);
  }
}

function sourceSize({ width, height }: Pixels, { uprightWidth, uprightHeight }: Inspection) {
  return uprightWidth > 0 && uprightHeight > 0
    ? { sourceWidth: uprightWidth, sourceHeight: uprightHeight }
    : { sourceWidth: width, sourceHeight: height };
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

function sentenceForMissing(missing: number): string | null {
  if (missing <= 0) return null;
  return `The file ends before the picture is complete: the lower ${percent(missing)} % is missing.`;
}

function percent(share: number): number {
  return Math.max(1, Math.round(share * 100));
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

/** Cameras never write one single colour; a file that lost its data decodes to it without a complaint. */
function emptyPicture({ rgb, width, height }: Pixels, { kind, exif }: Inspection): string | null {
  if (kind !== 'jpeg' || exif?.make == null || Math.max(width, height) < 640) return null;
  // Rows at the very edge may keep a rest of the real data.
  const body = rgb.subarray(0, Math.floor(height * 0.98) * width * 3);
  for (let at = 3; at < body.length; at++) if (body[at] !== body[at - 3]) return null;
  return 'Nearly all of its picture data is missing: it shows one flat grey.';
}

function cutRaw(bytes: Bytes, { raw }: Inspection): string | null {
  return raw !== null && raw.dataEnd > bytes.size
    ? 'The file ends early: its preview shows, but the RAW data is incomplete.'
    : null;
}
