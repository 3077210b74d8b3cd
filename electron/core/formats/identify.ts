/** Content → kind of file. The extension never decides alone; it settles only which maker a bare TIFF frame belongs to. */

import { UnreadablePhoto } from '../base/unreadable.ts';
import { readBrands } from './boxes.ts';
import type { Bytes } from './bytes.ts';
import { numberOf, openTiff, readIfds, Tag, type Tiff, textOf } from './tiff.ts';

export type RawFamily =
  | 'canon'
  | 'nikon'
  | 'sony'
  | 'fujifilm'
  | 'olympus'
  | 'panasonic'
  | 'pentax'
  | 'samsung'
  | 'minolta'
  | 'sigma'
  | 'hasselblad'
  | 'leica'
  | 'phaseone'
  | 'kodak'
  | 'epson'
  | 'adobe'
  | 'other';

export type FileKind =
  | 'jpeg'
  | 'mpo'
  | 'png'
  | 'tiff'
  | 'webp'
  | 'gif'
  | 'bmp'
  | 'avif'
  | 'heic'
  | 'jxl'
  | 'jp2'
  | 'psd'
  | `raw:${RawFamily}`;

export function isRaw(kind: FileKind): kind is `raw:${RawFamily}` {
  return kind.startsWith('raw:');
}

/** Of pictures in formats that no camera or phone writes: found, and listed with the reason why they are not shown. */
const UNREAD_EXTENSIONS =
  'exr hdr tga xcf kra jxr wdp hdp dds pcx ppm pgm pbm pnm pam pfm qoi flif bpg jls dcm fits sgi rgb rgba bw ' +
  'cin dpx jng mng miff pcd fpx pic pct pict ras sun vif viff vicar wbmp palm ora pdn psp pspimage cpt afphoto clip ' +
  'jph jhc jxs jpt';

/** Extensions of pictures, in lower case without the dot. */
export const RASTER_EXTENSIONS: ReadonlySet<string> = new Set(
  (
    'jpg jpeg jpe jfif jif jps mpo insp png apng tif tiff webp gif bmp dib rle avif avifs avcs heic heif hif heics heifs ' +
    'jxl jp2 j2k j2c jpc jpf jpx jpm psd psb ' +
    // Pictures that cannot be read, and say so.
    UNREAD_EXTENSIONS
  ).split(' '),
);
export const RAW_EXTENSIONS: ReadonlySet<string> = new Set(
  (
    '3fr arw bay cr2 cr3 crw dcr dcs dng eip erf fff gpr iiq k25 kdc mdc mef mos mrw nef nrw orf ori pef pxn raf raw ' +
    'rw2 rwl rwz sr2 srf srw x3f'
  ).split(' '),
);

export function extensionOf(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? '' : name.slice(dot + 1).toLowerCase();
}

/** Cheap look at the first bytes (32 are enough): could this be a picture that we read? */
export function looksLikePicture(head: Buffer): boolean {
  if (head.length < 12) return false;
  const text = head.toString('latin1');
  return (
    text.startsWith('\xff\xd8\xff') ||
    text.startsWith('\x89PNG\r\n\x1a\n') ||
    text.startsWith('GIF8') ||
    (text.startsWith('RIFF') && text.slice(8, 12) === 'WEBP') ||
    /^(II[*+U]\0|IIR[OS]|MM\0[*+]|MMOR)/.test(text) ||
    /^(FUJIFILMCCD-RAW|FOVb|\0MRM)/.test(text) ||
    kindOfExport(text) !== null ||
    UNREAD.some(([start]) => start.length >= 4 && text.startsWith(start)) ||
    (text.startsWith('BM') && head.readUInt32LE(6) === 0) ||
    (readBrands(head) ?? []).some((brand) => PICTURE_BRANDS.test(brand))
  );
}

/** What programs write rather than cameras: JPEG XL, JPEG 2000, Photoshop documents. @param text first bytes as ISO 8859-1 */
function kindOfExport(text: string): 'jxl' | 'jp2' | 'psd' | null {
  if (text.startsWith('\xff\x0a') || text.startsWith('\0\0\0\x0cJXL \r\n\x87\n')) return 'jxl';
  if (text.startsWith('\xff\x4f\xff\x51') || text.startsWith('\0\0\0\x0cjP  \r\n\x87\n')) return 'jp2';
  return text.startsWith('8BPS\0\x01') || text.startsWith('8BPS\0\x02') ? 'psd' : null;
}

const PICTURE_BRANDS = /^(heic|heix|heim|heis|hevc|hevx|mif1|mif2|msf1|avif|avis|miaf|crx )$/;

/**
 * @param name file name; its extension is a hint for TIFF frames whose directories say nothing.
 * @throws UnreadablePhoto with a sentence for what is no photo.
 */
export function identify(bytes: Bytes, name: string): FileKind {
  if (bytes.size === 0) throw new UnreadablePhoto('The file is empty (0 bytes): nothing was ever written into it.');
  const head = bytes.at(0, 512);
  const text = head.toString('latin1');
  if (text.startsWith('\xff\xd8')) return 'jpeg';
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'png';
  if (/^GIF8[79]a/.test(text)) return 'gif';
  if (text.startsWith('RIFF') && text.slice(8, 12) === 'WEBP') return 'webp';
  const exported = kindOfExport(text);
  if (exported !== null) return exported;
  if (text.startsWith('BM') && head.length >= 26 && head.readUInt32LE(14) <= 256) return 'bmp';
  if (text.startsWith('FUJIFILMCCD-RAW')) return 'raw:fujifilm';
  if (text.startsWith('FOVb')) return 'raw:sigma';
  if (text.startsWith('\0MRM')) return 'raw:minolta';
  if (text.slice(6, 14) === 'HEAPCCDR') return 'raw:canon';
  const brands = readBrands(head);
  if (brands !== null) return kindOfBrands(brands);
  const tiff = openTiff(bytes);
  if (tiff !== null) {
    const kind = kindOfTiff(tiff, head, extensionOf(name));
    if (kind !== null) return kind;
  }
  throw new UnreadablePhoto(sentenceForStranger(head, extensionOf(name)));
}

function kindOfBrands(brands: string[]): FileKind {
  if (brands.includes('crx ')) return 'raw:canon';
  if (brands.some((brand) => brand === 'avif' || brand === 'avis')) return 'avif';
  if (brands.some((brand) => PICTURE_BRANDS.test(brand))) return 'heic';
  throw new UnreadablePhoto('This is a film, not a photo.');
}

const FAMILIES: readonly [RegExp, RawFamily][] = [
  [/^canon/i, 'canon'],
  [/^nikon/i, 'nikon'],
  [/^sony/i, 'sony'],
  [/^fuji/i, 'fujifilm'],
  [/^(olympus|om digital)/i, 'olympus'],
  [/^panasonic/i, 'panasonic'],
  [/^(pentax|asahi|ricoh)/i, 'pentax'],
  [/^samsung/i, 'samsung'],
  [/^(konica|minolta)/i, 'minolta'],
  [/^sigma/i, 'sigma'],
  [/^hasselblad/i, 'hasselblad'],
  [/^leica/i, 'leica'],
  [/^(phase ?one|leaf|mamiya)/i, 'phaseone'],
  [/^(eastman )?kodak/i, 'kodak'],
  [/^(seiko )?epson/i, 'epson'],
];

function familyOf(make: string | null): RawFamily {
  return FAMILIES.find(([pattern]) => pattern.test(make ?? ''))?.[1] ?? 'other';
}

/** Compressions that only sensor data uses: Nikon, Sony, Samsung, Pentax, Kodak, Panasonic. */
const RAW_COMPRESSIONS: ReadonlySet<number> = new Set([
  32767, 32769, 32770, 32772, 34316, 34713, 34826, 34828, 65000, 65535,
]);
/** Color filter array, linear raw. */
const RAW_PHOTOMETRICS: ReadonlySet<number> = new Set([32803, 34892]);

function kindOfTiff(tiff: Tiff, head: Buffer, extension: string): FileKind | null {
  if (tiff.magic === 0x55) return 'raw:panasonic';
  if (tiff.magic === 0x4f52 || tiff.magic === 0x5352) return 'raw:olympus';
  if (tiff.magic !== 42 && tiff.magic !== 43) return null;
  if (head.toString('latin1', 8, 10) === 'CR') return 'raw:canon';
  const ifds = readIfds(tiff);
  const make = ifds.map((ifd) => textOf(tiff, ifd, Tag.make)).find((text) => text !== null) ?? null;
  if (ifds.some((ifd) => ifd.entries.has(Tag.dngVersion))) return 'raw:adobe';
  const holdsSensorData = ifds.some(
    (ifd) =>
      RAW_COMPRESSIONS.has(numberOf(tiff, ifd, Tag.compression) ?? 0) ||
      RAW_PHOTOMETRICS.has(numberOf(tiff, ifd, Tag.photometric) ?? 0) ||
      ifd.entries.has(Tag.cfaPattern),
  );
  if (holdsSensorData || (RAW_EXTENSIONS.has(extension) && make !== null)) return `raw:${familyOf(make)}`;
  return 'tiff';
}

/** First bytes (ISO 8859-1) of pictures that are known and not read. */
const UNREAD: readonly (readonly [string, string])[] = [
  ['\x76\x2f\x31\x01', 'OpenEXR'],
  ['#?RADIANCE', 'Radiance HDR'],
  ['#?RGBE', 'Radiance HDR'],
  ['gimp xcf', 'GIMP (XCF)'],
  ['II\xbc', 'JPEG XR'],
  ['DDS ', 'DDS'],
  ['qoif', 'QOI'],
  ['FLIF', 'FLIF'],
  ['BPG\xfb', 'BPG'],
  ['SIMPLE  =', 'FITS'],
  ['\x01\xda', 'SGI'],
  ['SDPX', 'DPX'],
  ['XPDS', 'DPX'],
  ['\x80\x2a\x5f\xd7', 'Cineon'],
  ['\x8bJNG', 'JNG'],
  ['\x8aMNG', 'MNG'],
  ['id=ImageMagick', 'MIFF'],
  ['\x59\xa6\x6a\x95', 'Sun raster'],
  ['\x00\x00\x00\x0cJXS ', 'JPEG XS'],
];

function sentenceForStranger(head: Buffer, extension: string): string {
  const text = head.toString('latin1');
  const named = extension === '' ? '' : ` although its name ends in .${extension}`;
  // Macintosh pictures begin with a sector of zeros.
  if (head.every((byte) => byte === 0) && !/^(pic|pct|pict)$/.test(extension))
    return 'The file holds only zeros: it was probably lost in copying or on a failing card.';
  if (/^\s*(<\?xml[^>]*>\s*)?(<!--[\s\S]*?-->\s*)?(<!DOCTYPE svg[^>]*>\s*)?<svg/i.test(text))
    return 'This is an SVG drawing, not a photo.';
  if (/^\s*<(!doctype )?html/i.test(text)) return `This is a web page${named}: the download probably failed.`;
  if (text.startsWith('%PDF')) return 'This is a PDF document, not a photo.';
  const unread = UNREAD.find(([start]) => text.startsWith(start));
  if (unread !== undefined)
    return `${unread[1]} pictures cannot be read; export it as TIFF, PNG or JPEG to have it here.`;
  if (UNREAD_EXTENSIONS.split(' ').includes(extension))
    return `${extension.toUpperCase()} pictures cannot be read; export it as TIFF, PNG or JPEG to have it here.`;
  if (text.startsWith('PK\x03\x04')) return `This is a ZIP archive${named}.`;
  if (head.every((byte) => byte >= 32 || byte === 9 || byte === 10 || byte === 13))
    return `This is plain text${named}.`;
  return `No known picture format begins like this file${named}: its header is damaged or it is something else.`;
}
