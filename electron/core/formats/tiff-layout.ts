/** How the pixels of a TIFF picture are laid out, and which layouts are read here because the decoder refuses or misreads them. Source: TIFF 6.0, TIFF Technical Note 2. */
import { type Ifd, numberOf, numbersOf, Tag, type Tiff } from './tiff.ts';

export type TiffLayout = {
  width: number;
  height: number;
  /** Bits a sample; all alike (0 when they differ). */
  bits: number;
  samples: number;
  /** 1 unsigned, 2 signed, 3 float, 4 not said. */
  format: number;
  compression: number;
  photometric: number;
  isPlanar: boolean;
  predictor: number;
  /** 2: the bits of each byte are stored the other way about. */
  fillOrder: number;
  littleEndian: boolean;
  /** Width and height of a tile, or of a strip. */
  tile: { width: number; height: number };
  isTiled: boolean;
  /** Of each tile or strip, absolute; of separate planes one plane after the other. */
  pieces: { position: number; length: number }[];
  /** Red, green and blue of each index, 16 bits; empty without a palette. */
  palette: number[];
  /** Pixels across and down that share their color, where samples are luma and color. */
  subsampling: [number, number];
  /** Of old-style JPEG: where its tables are. */
  oldJpeg: OldJpeg | null;
};

export type OldJpeg = {
  /** A whole JPEG stream, when the file says where one is. */
  stream: { position: number; length: number } | null;
  quantization: number[];
  dc: number[];
  ac: number[];
  /** Horizontal and vertical subsampling of the colors. */
  subsampling: [number, number];
  /** Codes of black and white: 16 and 235 where a scanner wrote video levels. */
  levels: [number, number];
};

/** Of compressions, Zstandard: the decoder comes without it. */
export const ZSTANDARD = 50000;

/** Compression names for people. */
const REFUSED: Readonly<Record<number, string>> = {
  9: 'JBIG',
  10: 'JBIG',
  32908: 'PixarFilm',
  32909: 'PixarLog',
  33003: 'JPEG 2000',
  33004: 'JPEG 2000',
  33005: 'JPEG 2000',
  34661: 'JBIG',
  34676: 'LogLuv',
  34677: 'LogLuv',
  34712: 'JPEG 2000',
  34925: 'LZMA',
  34933: 'PNG',
  34934: 'JPEG XR',
  50002: 'JPEG XL',
  52546: 'JPEG XL',
};

export function readTiffLayout(tiff: Tiff, ifd: Ifd): TiffLayout {
  const number = (tag: number, otherwise: number) => numberOf(tiff, ifd, tag) ?? otherwise;
  const all = (tag: number) => numbersOf(tiff, ifd, tag);
  const [width, height] = [number(Tag.imageWidth, 0), number(Tag.imageHeight, 0)];
  const bits = all(Tag.bitsPerSample);
  const isTiled = ifd.entries.has(Tag.tileOffsets);
  const offsets = all(isTiled ? Tag.tileOffsets : Tag.stripOffsets);
  const lengths = all(isTiled ? Tag.tileByteCounts : Tag.stripByteCounts);
  const rows = Math.max(1, Math.min(number(Tag.rowsPerStrip, height), height));
  const compression = number(Tag.compression, 1);
  const photometric = number(Tag.photometric, 1);
  const samples = number(Tag.samplesPerPixel, compression === 6 && photometric === 6 ? 3 : 1);
  return {
    width,
    height,
    bits: bits.length === 0 ? (compression === 6 ? 8 : 1) : bits.every((one) => one === bits[0]) ? bits[0]! : 0,
    samples,
    format: number(Tag.sampleFormat, 1),
    compression,
    photometric,
    isPlanar: number(Tag.planar, 1) === 2 && samples > 1,
    predictor: number(Tag.predictor, 1),
    fillOrder: number(Tag.fillOrder, 1),
    littleEndian: tiff.littleEndian,
    tile: isTiled ? { width: number(Tag.tileWidth, 0), height: number(Tag.tileHeight, 0) } : { width, height: rows },
    isTiled,
    pieces: offsets.map((offset, index) => ({
      position: tiff.base + offset,
      length: lengths[index] ?? Math.max(0, (offsets[index + 1] ?? tiff.bytes.size - tiff.base) - offset),
    })),
    palette: all(Tag.palette),
    subsampling: subsamplingOf(tiff, ifd),
    oldJpeg: compression === 6 ? readOldJpeg(tiff, ifd) : null,
  };
}

/** Pixels across and down that share their color. */
function subsamplingOf(tiff: Tiff, ifd: Ifd): [number, number] {
  const [across = 2, down = 2] = numbersOf(tiff, ifd, Tag.subsampling);
  return [1, 2, 4].includes(across) && [1, 2, 4].includes(down) ? [across, down] : [2, 2];
}

function readOldJpeg(tiff: Tiff, ifd: Ifd): OldJpeg {
  const position = numberOf(tiff, ifd, Tag.jpegOffset);
  const length = numberOf(tiff, ifd, Tag.jpegLength) ?? 0;
  const places = (tag: number) => numbersOf(tiff, ifd, tag).map((offset) => tiff.base + offset);
  const [black = 0, white = 255] = numbersOf(tiff, ifd, Tag.referenceBlackWhite);
  return {
    stream:
      position === null || position <= 0
        ? null
        : { position: tiff.base + position, length: length > 0 ? length : tiff.bytes.size - position },
    quantization: places(Tag.jpegQuantization),
    dc: places(Tag.jpegDc),
    ac: places(Tag.jpegAc),
    subsampling: subsamplingOf(tiff, ifd),
    levels: white > black ? [black, white] : [0, 255],
  };
}

/** Why nothing can be read of it; null when something can. */
export function refusalOf({ compression, predictor, bits, format, samples }: TiffLayout): string | null {
  const name = REFUSED[compression];
  if (name !== undefined)
    return `The pixels of this TIFF are packed with ${name}, which cannot be read; save it as LZW or ZIP.`;
  if (compression === ZSTANDARD && predictor === 3)
    return 'The pixels of this TIFF are packed with Zstandard, which cannot be read; save it as LZW or ZIP.';
  if (format === 5 || format === 6) return 'This TIFF holds complex numbers (measurements), not a picture.';
  if (bits === 0) return `This TIFF has ${samples} samples of different sizes a pixel, which cannot be read.`;
  return null;
}

/** Compressions that are unpacked here. */
const UNPACKED: ReadonlySet<number> = new Set([1, 5, 6, 8, 32773, 32946, ZSTANDARD]);

/** Whether the decoder refuses this layout or shows it wrong, and it can be read here. */
export function isUnusual(layout: TiffLayout): boolean {
  const { bits, samples, format, compression, photometric, isPlanar, isTiled } = layout;
  if (compression === 6) return true;
  if (photometric === 6) return UNPACKED.has(compression) && bits === 8 && samples === 3 && !isPlanar;
  if (!UNPACKED.has(compression) || ![0, 1, 2, 3, 5].includes(photometric)) return false;
  if (format === 3) return [16, 24, 64].includes(bits) && photometric !== 3;
  if (bits === 64) return false;
  if (compression === ZSTANDARD) return true;
  const isPlain = ([8, 16].includes(bits) || ([1, 2, 4].includes(bits) && samples === 1)) && format === 1;
  const isPlainPlanes =
    !isPlanar || (!isTiled && (photometric === 2 ? samples === 3 : photometric === 5 && samples === 4));
  return !isPlain || !isPlainPlanes;
}
