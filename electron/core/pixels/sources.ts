/** Where the pixels of a file of each kind come from, best first: what sharp is given, and what is left to do after it. */
import sharp from 'sharp';
import { UnreadablePhoto } from '../base/unreadable.ts';
import { type Bytes, bytesOf } from '../formats/bytes.ts';
import { hdrTransferOf } from '../formats/hdr.ts';
import { firstOfTrack } from '../formats/heif-track.ts';
import { namedProfile } from '../formats/icc.ts';
import { isRaw } from '../formats/identify.ts';
import { type Inspection, inspect } from '../formats/inspect.ts';
import { readJpegHeader } from '../formats/jpeg.ts';
import type { RawHeader, RawPreview } from '../formats/raw.ts';
import { isUnusual, refusalOf, type TiffLayout } from '../formats/tiff-layout.ts';
import { decodeBmp } from './bmp.ts';
import type { PictureOptions } from './decode.ts';
import { decodeHeif } from './heic.ts';
import { decodeGrid } from './heif-grid.ts';
import { decodeJp2 } from './jp2.ts';
import { decodeJxl } from './jxl.ts';
import { develop } from './libraw.ts';
import { needsDevelopment, needsTiles, pixelLimit } from './limits.ts';
import { decodePsd } from './psd.ts';
import { stretchToEight } from './stretch.ts';
import { tiffAround } from './tiff-around.ts';
import { readTiffSamples } from './tiff-samples.ts';
import { floatsToEight, labToSrgb } from './unusual-tiff.ts';

/** What sharp is given, and what is left to do after it. */
export type Source = {
  input: Buffer | Uint16Array | string;
  raw?: { width: number; height: number; channels: 1 | 2 | 3 | 4 };
  /** 1–8, see Inspection.turn. */
  turn: number;
  /** Profile of the pixels where the file does not carry it in a way that sharp sees. */
  profile: Buffer | null;
  damage: string | null;
  /** Share of the picture that is known to be missing, 0–1. */
  missing: number;
  pixelLimit: number;
  ignoreIcc?: boolean;
  /** The pixels are HDR and must be brought to standard range. */
  hdr: { transfer: 'pq' | 'hlg'; primaries: number } | null;
  /** Of a RAW's preview or development, before it is turned: smaller than the photo. */
  decoded?: { width: number; height: number };
  /** Of the whole picture where the header may be wrong and the decoder knows better. */
  size?: { width: number; height: number };
};

/** The ways to a picture, best first. */
export async function* sourcesOf(
  bytes: Bytes,
  path: string,
  inspection: Inspection,
  { longEdge, signal, previewsOnly = false }: PictureOptions,
): AsyncGenerator<Source> {
  const { kind, turn, exif, icc, tiff } = inspection;
  const plain = {
    input: bytes.whole ?? path,
    turn,
    profile: null,
    damage: null,
    missing: 0,
    pixelLimit: pixelLimit(kind),
    hdr: hdrTransferOf(inspection),
  };
  if (isRaw(kind)) {
    if (!previewsOnly && needsDevelopment(inspection)) yield* developedSource(bytes, inspection);
    yield* previewSources(bytes, inspection);
  } else if (kind === 'heic' || kind === 'avif')
    yield { ...plain, ...(await heifSource(bytes, inspection, longEdge, signal)) };
  else if (kind === 'bmp') {
    if (bytes.whole === null) throw new UnreadablePhoto('The bitmap is too big to be decoded safely.');
    const { rgb, width, height, missing } = decodeBmp(bytes.whole);
    yield { ...plain, input: rgb, raw: { width, height, channels: 3 }, missing, damage: sentenceForMissing(missing) };
  } else if (kind === 'jxl' || kind === 'jp2' || kind === 'psd')
    yield { ...plain, ...(await exportSource(bytes, inspection)) };
  else if (tiff !== null && (refusalOf(tiff.layout) !== null || isUnusual(tiff.layout)))
    yield { ...plain, ...(await tiffSource(bytes, tiff.layout, icc)) };
  else {
    const isAdobeRgb = (kind === 'jpeg' || kind === 'mpo') && icc === null && exif?.isAdobeRgb === true;
    const missing = tiff === null ? 0 : missingOfTiff(bytes.size, tiff.layout);
    yield { ...plain, missing, profile: isAdobeRgb ? namedProfile('adobe-rgb') : null };
  }
}

/** Share of the strips' or tiles' bytes that lies beyond the end of the file. */
function missingOfTiff(size: number, { pieces }: TiffLayout): number {
  const total = pieces.reduce((sum, { length }) => sum + length, 0);
  const beyond = pieces.reduce(
    (sum, { position, length }) => sum + Math.min(length, Math.max(0, position + length - size)),
    0,
  );
  return total === 0 ? 0 : beyond / total;
}

/** Layouts that the decoder refuses or shows wrong. */
async function tiffSource(bytes: Bytes, layout: TiffLayout, icc: Buffer | null) {
  const refusal = refusalOf(layout);
  if (refusal !== null) throw new UnreadablePhoto(refusal);
  const { data, channels, space, missing } = await readTiffSamples(bytes, layout);
  const { width, height } = layout;
  const damage = missing > 0 ? `About ${percent(missing)} % of its picture data is missing or damaged.` : null;
  if (data instanceof Float32Array && space === 'rgb') {
    const { rgb, needsProfile } = floatsToEight(data, channels, icc);
    return {
      input: rgb,
      raw: { width, height, channels: 3 as const },
      profile: needsProfile ? icc : null,
      missing,
      damage,
    };
  }
  const eight = () =>
    Buffer.from(data instanceof Float32Array ? data.map((value) => value * 255) : data.map((value) => value >> 8));
  if (space === 'cmyk')
    return { input: tiffAround(eight(), width, height, icc, 'cmyk'), profile: null, missing, damage };
  const isStretched = space === 'grey' && layout.bits > 8;
  const input = isStretched ? stretchToEight(data, 1) : eight();
  const raw = { width, height, channels: isStretched ? (3 as const) : channels };
  return { input, raw, profile: space === 'rgb' ? icc : null, missing, damage };
}

/** JPEG XL, JPEG 2000 and Photoshop documents: decoded whole, whatever size is wanted. */
async function exportSource(bytes: Bytes, { kind, turn, icc, psd }: Inspection): Promise<Omit<Source, 'pixelLimit'>> {
  if (bytes.whole === null) throw new UnreadablePhoto('The file is too big to be decoded safely.');
  const facts = { turn, profile: icc, damage: null, missing: 0, hdr: null };
  if (kind === 'jxl') {
    const { png, isComplete } = await decodeJxl(bytes.whole);
    const header = inspect(bytesOf(png), 'rendered.png');
    const damage = isComplete
      ? null
      : 'The file ends early: the picture shows without its finest detail, or only in part.';
    return { ...facts, input: png, turn: 1, profile: null, damage, hdr: hdrTransferOf(header) };
  }
  if (kind === 'jp2') {
    const { data, ...raw } = await decodeJp2(bytes.whole);
    return { ...facts, input: data, raw, profile: raw.channels >= 3 ? icc : null };
  }
  const { data, channels, space, missing } = decodePsd(bytes, psd!);
  const { width, height, hasComposite } = psd!;
  const damage = hasComposite
    ? sentenceForMissing(missing)
    : 'It was saved without its composite (“Maximise compatibility”), so only white can be shown.';
  const raw = { width, height, channels };
  if (space === 'lab') {
    labToSrgb(data);
    return { ...facts, input: data, raw, profile: null, damage, missing };
  }
  if (space !== 'cmyk') return { ...facts, input: data, raw, profile: space === 'rgb' ? icc : null, damage, missing };
  return { ...facts, input: tiffAround(data, width, height, icc, 'cmyk'), profile: null, damage, missing };
}

/** Profiles for the color spaces that HEIF files only name; of sRGB, and where pixels are tone-mapped, none is needed. */
function profileOfHeif({ icc, heif }: Inspection): Buffer | null {
  if (heif?.cicp?.primaries === 12) return namedProfile('display-p3');
  return heif?.cicp?.primaries === 9 && icc === null ? namedProfile('bt2020') : null;
}

async function heifSource(
  bytes: Bytes,
  inspection: Inspection,
  longEdge: number,
  signal: AbortSignal | undefined,
): Promise<Omit<Source, 'pixelLimit' | 'hdr'>> {
  const { kind, turn, heif, icc } = inspection;
  if (bytes.whole === null || heif === null)
    throw new UnreadablePhoto('The HEIF file is too big to be decoded safely.');
  const damage = (share: number) =>
    share > 0 ? `The file ends early: about ${percent(share)} % of the picture is missing.` : null;
  if (needsTiles(inspection) && heif.grid !== null) {
    const { rgb, lost, ...size } = await decodeGrid(bytes, heif, heif.grid, longEdge, signal);
    const missing = Math.max(lost, heif.missing);
    const profile = icc ?? profileOfHeif(inspection);
    return { input: rgb, raw: { ...size, channels: 3 }, turn, profile, missing, damage: damage(missing) };
  }
  const still = heif.item === null ? firstOfTrack(bytes) : bytes.whole;
  if (still === null) throw new UnreadablePhoto('The image sequence is damaged: its first picture cannot be found.');
  const facts = { turn, missing: heif.missing, damage: damage(heif.missing) };
  if (heif.codec === 'av01' || (kind === 'avif' && heif.codec !== 'hvc1')) {
    const profile = icc === null ? profileOfHeif(inspection) : null;
    return { ...facts, input: withStillBrands(still), profile, size: await sizeOf(still) };
  }
  const { data, channels, ...size } = await decodeHeif(still, heif.item, hdrTransferOf(inspection) !== null);
  return { ...facts, input: data, raw: { ...size, channels }, profile: icc ?? profileOfHeif(inspection), size };
}

async function sizeOf(still: Buffer): Promise<{ width: number; height: number }> {
  const { width, height } = await sharp(withStillBrands(still), { limitInputPixels: false })
    .metadata()
    .catch(() => ({ width: 0, height: 0 }));
  return { width, height };
}

/** libvips does not open what calls itself an animation; its photo is read like that of any other file. */
function withStillBrands(file: Buffer): Buffer {
  const size = Math.min(file.length, file.length >= 4 ? file.readUInt32BE(0) : 0);
  const brands = file.toString('latin1', 8, size);
  if (!/avis|msf1/.test(brands)) return file;
  const copy = Buffer.from(file);
  copy.write(brands.replaceAll('avis', 'avif').replaceAll('msf1', 'mif1'), 8, 'latin1');
  return copy;
}

/** Of a RAW without a preview worth the name; where that fails, what there is of previews follows. */
async function* developedSource(bytes: Bytes, { raw, turn }: Inspection): AsyncGenerator<Source> {
  if (bytes.whole === null || (raw?.dataEnd ?? 0) > bytes.size) return;
  try {
    const { rgb, width, height } = await develop(bytes.whole, 'half', true);
    const pixels = { input: rgb, raw: { width, height, channels: 3 as const }, profile: null };
    yield {
      ...pixels,
      decoded: { width, height },
      turn,
      damage: null,
      missing: 0,
      pixelLimit: pixelLimit('jpeg'),
      hdr: null,
    };
  } catch (error) {
    if (!(error instanceof UnreadablePhoto)) throw error;
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
      decoded: { width: preview.width, height: preview.height },
      turn: isTurned ? 1 : turn,
      profile: exif?.isAdobeRgb === true && !hasProfile ? namedProfile('adobe-rgb') : null,
      damage: preview.complete ? null : 'The file ends before its preview is complete.',
      missing: 0,
      pixelLimit: pixelLimit('jpeg'),
      hdr: null,
    };
  }
}

function sentenceForNoPreview(bytes: Bytes, raw: RawHeader | null): string {
  if ((raw?.dataEnd ?? 0) > bytes.size)
    return 'The file ends early: the RAW data is incomplete and no preview is in it.';
  if (raw?.packedAs != null)
    return `The DNG carries no preview and its picture only as ${raw.packedAs}, which cannot be developed; save it again with a preview.`;
  const help = raw?.helpUnavailable == null ? '' : ` (${raw.helpUnavailable})`;
  return `The RAW file carries no preview that can be shown${help}.`;
}

function usefulness({ width, height, complete }: Pick<RawPreview, 'width' | 'height' | 'complete'>): number {
  return width * height * (complete ? 4 : 1);
}

export function sentenceForMissing(missing: number): string | null {
  if (missing <= 0) return null;
  return `The file ends before the picture is complete: the lower ${percent(missing)} % is missing.`;
}

function percent(share: number): number {
  return Math.max(1, Math.round(share * 100));
}
