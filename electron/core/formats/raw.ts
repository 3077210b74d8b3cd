/**
 * RAW files: their embedded JPEG previews and where their metadata stands. Camera makers agree on TIFF directories or boxes around
 * an ordinary JPEG; where the directories do not name it, it is found by its bytes.
 */
import { blockBytes, readCr3Header } from './boxes.ts';
import type { Bytes } from './bytes.ts';
import { type ExifBlocks, readExifBlocks } from './exif.ts';
import type { RawFamily } from './identify.ts';
import { readJpegHeader } from './jpeg.ts';
import { numberOf, numbersOf, openTiff, rawValue, readIfd, readIfds, Tag, type Tiff } from './tiff.ts';

export type RawPreview = {
  position: number;
  length: number;
  width: number;
  height: number;
  /** Whether all its bytes are in the file. */
  complete: boolean;
};

export type RawHeader = {
  /** Of the sensor picture as stored; 0 when unknown. */
  width: number;
  height: number;
  blocks: ExifBlocks | null;
  xmp: Buffer[];
  iptc: Buffer | null;
  /** Largest first. */
  previews: RawPreview[];
  /** Where the last strip or tile ends by what the directories say: beyond the file's end it was cut off. */
  dataEnd: number;
  /** A preview that only exiftool could take out. */
  extracted: { jpeg: Buffer; width: number; height: number } | null;
  /** What the picture is packed as where that is all there is: JPEG XL, lossy DNG; null for the rest. */
  packedAs: string | null;
  /** Why exiftool could not be asked; null when it was, or was not needed. */
  helpUnavailable: string | null;
};

/** Previews smaller than this are thumbnails: a better one is searched for by its bytes. */
const THUMBNAIL_EDGE = 1000;
const MAX_CANDIDATES = 64;
/** Compressions of DNG 1.4 and 1.7 that hold a finished or linear picture, for those that carry no preview beside it. */
const PACKED: Readonly<Record<number, string>> = { 34892: 'a lossy DNG picture', 52546: 'JPEG XL' };
/** Makers whose strips say truly where the sensor data lies; Panasonic writes 0xFFFFFFFF, others count otherwise. */
const STATES_ITS_DATA: ReadonlySet<RawFamily> = new Set(['canon', 'nikon', 'sony', 'adobe']);

export function readRawHeader(bytes: Bytes, family: RawFamily): RawHeader {
  const head = bytes.at(0, 128);
  const header = readByFrame(bytes, head, family);
  const largest = header.previews[0];
  if (largest === undefined || !largest.complete || isThumbnail(largest))
    header.previews = addPreviews(header.previews, scanForJpegs(bytes));
  if (header.width === 0 && header.previews[0] !== undefined)
    ({ width: header.width, height: header.height } = header.previews[0]);
  return header;
}

export function isThumbnail({ width, height }: RawPreview): boolean {
  return Math.max(width, height) < THUMBNAIL_EDGE;
}

function readByFrame(bytes: Bytes, head: Buffer, family: RawFamily): RawHeader {
  const text = head.toString('latin1');
  if (text.startsWith('FUJIFILMCCD-RAW') && head.length >= 92) {
    const position = head.readUInt32BE(84);
    const previews = addPreviews(
      [],
      [{ position, length: head.readUInt32BE(88) }].flatMap((place) => previewAt(bytes, place) ?? []),
    );
    const header = { ...emptyRaw(), ...readFujiSize(bytes, head), previews, ...metadataOfJpeg(bytes, position) };
    preferExifSize(header);
    return header;
  }
  if (text.slice(4, 8) === 'ftyp') return readCr3(bytes);
  if (text.startsWith('\0MRM')) return readMinolta(bytes);
  if (text.startsWith('FOVb') && head.length >= 36) {
    const previews = scanForJpegs(bytes);
    const largest = previews[0];
    return {
      ...emptyRaw(),
      width: head.readUInt32LE(28),
      height: head.readUInt32LE(32),
      ...(largest === undefined ? {} : metadataOfJpeg(bytes, largest.position)),
    };
  }
  const tiff = openTiff(bytes);
  return tiff === null || text.slice(6, 14) === 'HEAPCCDR' ? emptyRaw() : readTiffRaw(bytes, tiff, family);
}

/** RAF: a list of tag, length, value; 0x111 is the cropped, 0x100 the full size, height first. */
function readFujiSize(bytes: Bytes, head: Buffer): { width: number; height: number } {
  const list = bytes.at(head.length >= 96 ? head.readUInt32BE(92) : 0, 4096);
  const sizes = new Map<number, { width: number; height: number }>();
  for (let at = 4, count = 0; at + 8 <= list.length && count < Math.min(256, list.readUInt32BE(0)); count++) {
    const size = { height: list.readUInt16BE(at + 4), width: list.readUInt16BE(at + 6) };
    sizes.set(list.readUInt16BE(at), size);
    at += 4 + list.readUInt16BE(at + 2);
  }
  return sizes.get(0x111) ?? sizes.get(0x100) ?? { width: 0, height: 0 };
}

function emptyRaw(): RawHeader {
  return {
    width: 0,
    height: 0,
    blocks: null,
    xmp: [],
    iptc: null,
    previews: [],
    dataEnd: 0,
    extracted: null,
    packedAs: null,
    helpUnavailable: null,
  };
}

function metadataOfJpeg(bytes: Bytes, position: number): Partial<RawHeader> {
  const jpeg = readJpegHeader(bytes, position);
  if (jpeg === null) return {};
  return { blocks: jpeg.exif === null ? null : readExifBlocks(bytes, jpeg.exif.position), xmp: jpeg.xmp };
}

function readTiffRaw(bytes: Bytes, tiff: Tiff, family: RawFamily): RawHeader {
  const header = emptyRaw();
  header.blocks = readExifBlocks(bytes, 0);
  const ifds = readIfds(tiff);
  const places: { position: number; length: number }[] = [];
  for (const ifd of ifds) {
    const number = (tag: number) => numberOf(tiff, ifd, tag);
    const offset = number(Tag.jpegOffset);
    const length = number(Tag.jpegLength);
    if (offset !== null && length !== null) places.push({ position: tiff.base + offset, length });
    const strips = numbersOf(tiff, ifd, Tag.stripOffsets);
    const lengths = numbersOf(tiff, ifd, Tag.stripByteCounts);
    const compression = number(Tag.compression);
    if (strips.length === 1 && (compression === 6 || compression === 7))
      places.push({ position: tiff.base + strips[0]!, length: lengths[0] ?? 0 });
    header.packedAs ??= PACKED[compression ?? 0] ?? null;
    const tiles = numbersOf(tiff, ifd, Tag.tileOffsets);
    const tileLengths = numbersOf(tiff, ifd, Tag.tileByteCounts);
    if (STATES_ITS_DATA.has(family))
      header.dataEnd = Math.max(header.dataEnd, furthestEnd(strips, lengths), furthestEnd(tiles, tileLengths));
    // Panasonic keeps its preview as the value of a tag.
    const inTag = family === 'panasonic' || family === 'leica' ? ifd.entries.get(0x2e) : undefined;
    if (inTag !== undefined) places.push({ position: inTag.position, length: inTag.length });
    const packet = rawValue(tiff, ifd, Tag.xmp);
    if (packet !== null) header.xmp.push(packet);
    header.iptc ??= rawValue(tiff, ifd, Tag.iptc);
    const [cropWidth, cropHeight] = numbersOf(tiff, ifd, Tag.defaultCropSize);
    const width = cropWidth ?? number(Tag.imageWidth) ?? 0;
    const height = cropHeight ?? number(Tag.imageHeight) ?? 0;
    if (width * height > header.width * header.height)
      Object.assign(header, { width: Math.round(width), height: Math.round(height) });
  }
  const first = ifds[0];
  if (tiff.magic === 0x55 && first !== undefined) {
    const [top, left, bottom, right] = [4, 5, 6, 7].map((tag) => numberOf(tiff, first, tag) ?? 0);
    Object.assign(header, { width: Math.max(0, right! - left!), height: Math.max(0, bottom! - top!) });
  }
  header.previews = addPreviews(
    [],
    places.flatMap((place) => previewAt(bytes, place) ?? []),
  );
  preferExifSize(header);
  return header;
}

function furthestEnd(offsets: readonly number[], lengths: readonly number[]): number {
  return offsets.reduce((end, offset, index) => Math.max(end, offset + (lengths[index] ?? 0)), 0);
}

/** Directories count the sensor's margins, or only the preview (CR2); EXIF says the finished size. */
function preferExifSize(header: RawHeader): void {
  const exif = header.blocks?.exif;
  if (exif == null) return;
  const width = numberOf(exif.tiff, exif.ifd, 0xa002) ?? 0;
  const height = numberOf(exif.tiff, exif.ifd, 0xa003) ?? 0;
  if (width * height >= 0.85 * header.width * header.height && width * height > 0)
    Object.assign(header, { width, height });
}

function readCr3(bytes: Bytes): RawHeader {
  const { blocks, xmp } = readCr3Header(bytes);
  const directory = (name: string) => {
    const block = blocks.find((candidate) => candidate.name === name);
    const tiff = block === undefined ? null : openTiff(blockBytes(bytes, block));
    const ifd = tiff === null ? null : readIfd(tiff, tiff.first);
    return tiff === null || ifd === null ? null : { tiff, ifd };
  };
  const header = {
    ...emptyRaw(),
    xmp,
    blocks: { main: directory('CMT1'), exif: directory('CMT2'), gps: directory('CMT4') },
  };
  preferExifSize(header);
  return header;
}

/** MRW: blocks of name and length; PRD holds the size, TTW a TIFF block. */
function readMinolta(bytes: Bytes): RawHeader {
  const header = emptyRaw();
  const end = 8 + (bytes.at(4, 4).length === 4 ? bytes.at(4, 4).readUInt32BE(0) : 0);
  for (let position = 8, count = 0; position + 8 <= end && count < 32; count++) {
    const block = bytes.at(position, 24);
    if (block.length < 8) break;
    const name = block.toString('latin1', 1, 4);
    if (name === 'PRD' && block.length >= 24)
      Object.assign(header, { height: block.readUInt16BE(20), width: block.readUInt16BE(22) });
    if (name === 'TTW') header.blocks = readExifBlocks(bytes, position + 8);
    position += 8 + block.readUInt32BE(4);
  }
  return header;
}

function previewAt(bytes: Bytes, { position, length }: { position: number; length: number }): RawPreview | null {
  const jpeg = readJpegHeader(bytes, position);
  if (jpeg === null || jpeg.lossless || jpeg.width === 0 || jpeg.height === 0 || jpeg.precision !== 8) return null;
  const { width, height } = jpeg;
  const available = bytes.size - position;
  return { position, length: Math.min(length, available), width, height, complete: length > 0 && length <= available };
}

/** JPEGs anywhere in the file, found by their first bytes. A big file is searched in pieces. */
function scanForJpegs(bytes: Bytes): RawPreview[] {
  const found: RawPreview[] = [];
  const mark = Buffer.from([0xff, 0xd8, 0xff]);
  const step = 8 * 2 ** 20;
  let candidates = 0;
  for (let start = 0; start < bytes.size && candidates < MAX_CANDIDATES; start += step) {
    const piece = bytes.at(start, step + 2);
    for (let at = piece.indexOf(mark); at !== -1 && candidates < MAX_CANDIDATES; at = piece.indexOf(mark, at + 3)) {
      const next = piece[at + 3];
      // Segments that begin a real picture: APPn, DQT, SOF, DHT, COM.
      if (next === undefined || !(next >= 0xc0 && next <= 0xfe)) continue;
      candidates++;
      const preview = previewAt(bytes, { position: start + at, length: bytes.size - start - at });
      if (preview !== null) found.push(preview);
    }
  }
  return addPreviews([], found);
}

function addPreviews(known: RawPreview[], more: RawPreview[]): RawPreview[] {
  const all = [...known];
  for (const preview of more) if (!all.some(({ position }) => position === preview.position)) all.push(preview);
  return all.sort((a, b) => b.width * b.height - a.width * a.height);
}
