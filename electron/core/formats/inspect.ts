/** Everything a file's headers say, whatever its kind: one pass over directories and segments, no pixels. */

import { UnreadablePhoto } from '../base/unreadable.ts';
import { type Bytes, bytesOf } from './bytes.ts';
import { type ExifBlocks, type ExifFacts, readExifBlocks, readExifFacts } from './exif.ts';
import { type HeifHeader, readHeifHeader } from './heif.ts';
import { readTrackHeader } from './heif-track.ts';
import { type FileKind, identify, isRaw, type RawFamily } from './identify.ts';
import { type IptcFacts, iptcOfPhotoshop, readIptc } from './iptc.ts';
import { readJp2Header } from './jp2.ts';
import { type JpegHeader, readJpegHeader } from './jpeg.ts';
import { readJxlHeader } from './jxl.ts';
import { type PsdHeader, readPsdHeader } from './psd.ts';
import { type RasterHeader, readBmpHeader, readGifHeader, readPngHeader, readWebpHeader } from './rasters.ts';
import { type RawHeader, readRawHeader } from './raw.ts';
import { numberOf, openTiff, rawValue, readIfd, Tag } from './tiff.ts';
import { readTiffLayout, type TiffLayout } from './tiff-layout.ts';
import { Namespace, readXmp, type XmpStructure, xmpNumber } from './xmp.ts';

export type Inspection = {
  kind: FileKind;
  /** As stored; 0 when the header does not say. Of a RAW: the sensor's picture. */
  width: number;
  height: number;
  /** Seen upright. */
  uprightWidth: number;
  uprightHeight: number;
  /** EXIF orientation as stored, 0–8. */
  orientation: number | null;
  /** 1–8: what must still be done to decoded pixels. 1 where the decoder turns (irot, imir). */
  turn: number;
  exif: ExifFacts | null;
  xmp: XmpStructure[];
  iptc: IptcFacts | null;
  icc: Buffer | null;
  /** Dates in the container's own text (PNG). */
  dates: string[];
  jpeg: JpegHeader | null;
  heif: HeifHeader | null;
  raster: RasterHeader | null;
  raw: RawHeader | null;
  psd: PsdHeader | null;
  tiff: TiffPicture | null;
};

export type TiffPicture = {
  bitsPerSample: number;
  samplesPerPixel: number;
  isFloat: boolean;
  /** 2 RGB, 8 CIELab, 9 ICCLab …; null when absent. */
  photometric: number | null;
  /** Where it is written, absolute, in `littleEndian`. */
  photometricPosition: number;
  littleEndian: boolean;
  layout: TiffLayout;
};

/** @throws UnreadablePhoto with a sentence when the file is no photo or its header is damaged beyond use. */
export function inspect(bytes: Bytes, name: string): Inspection {
  const kind = identify(bytes, name);
  const inspection: Inspection = {
    kind,
    width: 0,
    height: 0,
    uprightWidth: 0,
    uprightHeight: 0,
    orientation: null,
    turn: 1,
    exif: null,
    xmp: [],
    iptc: null,
    icc: null,
    dates: [],
    jpeg: null,
    heif: null,
    raster: null,
    raw: null,
    psd: null,
    tiff: null,
  };
  if (isRaw(kind)) inspectRaw(bytes, kind.slice(4) as RawFamily, inspection);
  else if (kind === 'jpeg') inspectJpeg(bytes, inspection);
  else if (kind === 'tiff') inspectTiff(bytes, inspection);
  else if (kind === 'heic' || kind === 'avif') inspectHeif(bytes, inspection);
  else if (kind === 'jxl' || kind === 'jp2' || kind === 'psd') inspectExport(bytes, inspection);
  else inspectRaster(bytes, inspection);
  inspection.orientation ??= orientationOfXmp(inspection.xmp);
  seenUpright(inspection);
  return inspection;
}

/** Turn and upright size by orientation and stored size. */
export function seenUpright(inspection: Inspection): void {
  const { orientation, width, height, kind, heif } = inspection;
  // Decoders turn HEIF pictures as `irot` and `imir` say. Without either, phones and editors that write HEIC mean what EXIF
  // says; of AVIF (and JPEG XL) everyone holds to the specification, which ignores it. See docs/formats.md.
  const isUpright = kind === 'avif' || kind === 'jxl' || heif?.turnsItself === true;
  inspection.turn = !isUpright && orientation !== null && orientation >= 1 && orientation <= 8 ? orientation : 1;
  const swaps = inspection.turn >= 5;
  inspection.uprightWidth = swaps ? height : width;
  inspection.uprightHeight = swaps ? width : height;
}

/** Only where EXIF says nothing: exiftool writes a PNG's turn so, Adobe and others honour it. */
function orientationOfXmp(packets: readonly XmpStructure[]): number | null {
  const values = packets.map((xmp) => xmpNumber(xmp, `${Namespace.tiff}Orientation`));
  return values.find((value) => value !== null && Number.isInteger(value) && value >= 1 && value <= 8) ?? null;
}

function takeExif(inspection: Inspection, blocks: ExifBlocks | null): void {
  if (blocks === null) return;
  inspection.exif = readExifFacts(blocks);
  inspection.orientation = inspection.exif.orientation;
}

function takeXmp(inspection: Inspection, packets: readonly Buffer[]): void {
  for (const packet of packets.slice(0, 8)) {
    const xmp = readXmp(packet);
    if (xmp !== null) inspection.xmp.push(xmp.properties);
  }
}

function inspectJpeg(bytes: Bytes, inspection: Inspection): void {
  const jpeg = readJpegHeader(bytes);
  if (jpeg === null) throw new UnreadablePhoto('The JPEG header is damaged.');
  inspection.jpeg = jpeg;
  // Stereo, panorama and multi-angle frames; a preview or a gain map beside the picture does not make an MPO.
  if (jpeg.multiPictureTypes.some((type) => type >>> 16 === 2)) inspection.kind = 'mpo';
  inspection.width = jpeg.width;
  inspection.height = jpeg.height;
  inspection.icc = jpeg.icc;
  if (jpeg.exif !== null) takeExif(inspection, readExifBlocks(bytes, jpeg.exif.position));
  takeXmp(inspection, jpeg.xmp);
  const record = jpeg.photoshop === null ? null : iptcOfPhotoshop(jpeg.photoshop);
  if (record !== null) inspection.iptc = readIptc(record);
}

function inspectTiff(bytes: Bytes, inspection: Inspection): void {
  const tiff = openTiff(bytes);
  const ifd = tiff === null ? null : readIfd(tiff, tiff.first);
  if (tiff === null || ifd === null) throw new UnreadablePhoto('The TIFF directory is damaged: it leads nowhere.');
  const number = (tag: number) => numberOf(tiff, ifd, tag);
  inspection.width = number(Tag.imageWidth) ?? 0;
  inspection.height = number(Tag.imageHeight) ?? 0;
  inspection.tiff = {
    bitsPerSample: number(Tag.bitsPerSample) ?? 1,
    samplesPerPixel: number(Tag.samplesPerPixel) ?? 1,
    isFloat: number(Tag.sampleFormat) === 3,
    photometric: number(Tag.photometric),
    photometricPosition: ifd.entries.get(Tag.photometric)?.position ?? 0,
    littleEndian: tiff.littleEndian,
    layout: readTiffLayout(tiff, ifd),
  };
  takeExif(inspection, readExifBlocks(bytes, 0));
  inspection.icc = rawValue(tiff, ifd, Tag.icc);
  const packet = rawValue(tiff, ifd, Tag.xmp);
  if (packet !== null) takeXmp(inspection, [packet]);
  const resources = rawValue(tiff, ifd, Tag.photoshop);
  const record = rawValue(tiff, ifd, Tag.iptc) ?? (resources === null ? null : iptcOfPhotoshop(resources));
  if (record !== null) inspection.iptc = readIptc(record);
}

function inspectHeif(bytes: Bytes, inspection: Inspection): void {
  const heif = readHeifHeader(bytes) ?? readTrackHeader(bytes);
  if (heif === null) throw new UnreadablePhoto('The HEIF boxes are damaged: no picture is described in them.');
  inspection.heif = heif;
  inspection.width = heif.width;
  inspection.height = heif.height;
  inspection.icc = heif.icc;
  if (heif.exif !== null) takeExif(inspection, readExifBlocks(bytesOf(heif.exif), 0));
  takeXmp(inspection, heif.xmp);
}

/** JPEG XL, JPEG 2000, Photoshop. */
function inspectExport(bytes: Bytes, inspection: Inspection): void {
  const { kind } = inspection;
  const psd = kind === 'psd' ? readPsdHeader(bytes) : null;
  const header = psd ?? (kind === 'jxl' ? readJxlHeader(bytes) : readJp2Header(bytes));
  if (header === null) throw new UnreadablePhoto(`The ${kind.toUpperCase()} header is damaged or cut off.`);
  inspection.psd = psd;
  inspection.width = header.width;
  inspection.height = header.height;
  inspection.icc = header.icc;
  if (header.exif !== null) takeExif(inspection, readExifBlocks(bytesOf(header.exif), 0));
  takeXmp(inspection, header.xmp);
  if (header.iptc !== null) inspection.iptc = readIptc(header.iptc);
}

const RASTER_READERS: Readonly<Record<string, (bytes: Bytes) => RasterHeader | null>> = {
  png: readPngHeader,
  webp: readWebpHeader,
  gif: readGifHeader,
  bmp: readBmpHeader,
};

function inspectRaster(bytes: Bytes, inspection: Inspection): void {
  const raster = RASTER_READERS[inspection.kind]?.(bytes) ?? null;
  if (raster === null) throw new UnreadablePhoto(`The ${inspection.kind.toUpperCase()} header is damaged or cut off.`);
  inspection.raster = raster;
  inspection.width = raster.width;
  inspection.height = raster.height;
  inspection.icc = raster.icc;
  inspection.dates = raster.dates;
  const blocks = raster.exif.map((block) => readExifBlocks(bytesOf(block), 0)).find((found) => found !== null);
  takeExif(inspection, blocks ?? null);
  takeXmp(inspection, raster.xmp);
  const record = raster.iptc === null ? null : (iptcOfPhotoshop(raster.iptc) ?? raster.iptc);
  if (record !== null) inspection.iptc = readIptc(record);
}

function inspectRaw(bytes: Bytes, family: RawFamily, inspection: Inspection): void {
  const raw = readRawHeader(bytes, family);
  inspection.raw = raw;
  inspection.width = raw.width;
  inspection.height = raw.height;
  takeExif(inspection, raw.blocks);
  takeXmp(inspection, raw.xmp);
  if (raw.iptc !== null) inspection.iptc = readIptc(raw.iptc);
}
