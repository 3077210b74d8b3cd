/** EXIF directories → facts. Source: Exif 3.0 (CIPA DC-008); maker notes as ExifTool documents them. */

import type { Bytes } from './bytes.ts';
import { canonNote, nikonNote, serialOfNote, tidySerial } from './maker-notes.ts';
import { type Ifd, numberOf, numbersOf, openTiff, rawValue, readIfds, subIfd, Tag, type Tiff, textOf } from './tiff.ts';

export type Directory = { tiff: Tiff; ifd: Ifd };

/** The three directories that matter; they may come from one block or from several (CR3). */
export type ExifBlocks = { main: Directory | null; exif: Directory | null; gps: Directory | null };

export type ExifFacts = {
  make: string | null;
  model: string | null;
  lens: string | null;
  /** Of the body. */
  serial: string | null;
  exposureSeconds: number | null;
  aperture: number | null;
  iso: number | null;
  exposureBias: number | null;
  focalLength: number | null;
  focalLength35: number | null;
  flashFired: boolean | null;
  orientation: number | null;
  /** PixelXDimension and PixelYDimension. */
  width: number | null;
  height: number | null;
  gps: { latitude: number; longitude: number; altitude: number | null } | null;
  /** As written. */
  gpsDate: string | null;
  /** Hours, minutes, seconds. */
  gpsTime: number[];
  dateTimeOriginal: string | null;
  dateTimeDigitized: string | null;
  dateTime: string | null;
  subSecond: string | null;
  subSecondDigitized: string | null;
  offset: string | null;
  offsetDigitized: string | null;
  description: string | null;
  artist: string | null;
  windowsKeywords: string | null;
  windowsTitle: string | null;
  windowsComment: string | null;
  rating: number | null;
  /** The DCF option file: Adobe RGB without an embedded profile. */
  isAdobeRgb: boolean;
};

/** Directories of a TIFF block at a position; null when there is none. */
export function readExifBlocks(bytes: Bytes, base: number): ExifBlocks | null {
  const tiff = openTiff(bytes, base);
  if (tiff === null) return null;
  const ifds = readIfds(tiff, []);
  const main = ifds[0];
  if (main === undefined) return null;
  const holder = ifds.find((ifd) => ifd.entries.has(Tag.exif)) ?? main;
  const exif = subIfd(tiff, holder, Tag.exif);
  const gps = subIfd(tiff, ifds.find((ifd) => ifd.entries.has(Tag.gps)) ?? main, Tag.gps);
  return {
    main: { tiff, ifd: main },
    exif: exif === null ? null : { tiff, ifd: exif },
    gps: gps === null ? null : { tiff, ifd: gps },
  };
}

export function readExifFacts(blocks: ExifBlocks): ExifFacts {
  const { main, exif, gps } = blocks;
  const text = (tag: number, directory: Directory | null = exif) =>
    directory === null ? null : textOf(directory.tiff, directory.ifd, tag);
  const number = (tag: number, directory: Directory | null = exif) =>
    directory === null ? null : numberOf(directory.tiff, directory.ifd, tag);
  const positive = (tag: number) => {
    const value = number(tag);
    return value !== null && value > 0 ? value : null;
  };
  const interop = exif === null ? null : subIfd(exif.tiff, exif.ifd, Tag.interop);
  const flash = number(0x9209);
  return {
    make: text(Tag.make, main),
    model: text(Tag.model, main) ?? text(Tag.uniqueCameraModel, main),
    lens: readLens(blocks),
    serial:
      tidySerial(text(0xa431)) ??
      tidySerial(text(Tag.cameraSerialNumber, main)) ??
      (exif === null ? null : tidySerial(serialOfNote(exif))),
    exposureSeconds: positive(0x829a) ?? secondsFromApex(number(0x9201)),
    aperture: positive(0x829d) ?? apertureFromApex(number(0x9202)),
    // Panasonic's RAW keeps it in the first directory.
    iso: readIso(exif, positive(0x8827)) ?? (main?.tiff.magic === 0x55 ? number(0x17, main) : null),
    exposureBias: number(0x9204),
    focalLength: positive(0x920a),
    focalLength35: positive(0xa405),
    flashFired: flash === null ? null : (flash & 1) === 1,
    orientation: number(Tag.orientation, main),
    width: positive(0xa002),
    height: positive(0xa003),
    gps: readPosition(gps),
    gpsDate: text(0x1d, gps),
    gpsTime: gps === null ? [] : numbersOf(gps.tiff, gps.ifd, 7).slice(0, 3),
    dateTimeOriginal: text(0x9003) ?? text(0x9003, main),
    dateTimeDigitized: text(0x9004),
    dateTime: text(Tag.dateTime, main),
    subSecond: text(0x9291),
    subSecondDigitized: text(0x9292),
    offset: text(0x9011) ?? text(0x9010),
    offsetDigitized: text(0x9012) ?? text(0x9010),
    description: text(Tag.imageDescription, main),
    artist: text(Tag.artist, main),
    windowsKeywords: windowsText(main, Tag.xpKeywords),
    windowsTitle: windowsText(main, Tag.xpTitle),
    windowsComment: windowsText(main, Tag.xpComment),
    rating: number(Tag.rating, main),
    isAdobeRgb: interop !== null && exif !== null && textOf(exif.tiff, interop, 1) === 'R03',
  };
}

/** APEX time value → seconds. */
function secondsFromApex(value: number | null): number | null {
  return value === null || Math.abs(value) > 30 ? null : 2 ** -value;
}

/** APEX aperture value → f-number. */
function apertureFromApex(value: number | null): number | null {
  return value === null || value <= 0 || value > 20 ? null : Math.round(10 * 2 ** (value / 2)) / 10;
}

/** ISO above 65535 stands in RecommendedExposureIndex; old Nikons have it in the maker note. */
function readIso(exif: Directory | null, sensitivity: number | null): number | null {
  if (exif === null || (sensitivity !== null && sensitivity < 65535)) return sensitivity;
  const nikon = nikonNote(exif);
  const index =
    numberOf(exif.tiff, exif.ifd, 0x8832) ??
    numberOf(exif.tiff, exif.ifd, 0x8833) ??
    (nikon === null ? null : (numbersOf(nikon.tiff, nikon.ifd, 2)[1] ?? null));
  return index !== null && index > 0 ? index : sensitivity;
}

function readLens({ exif }: ExifBlocks): string | null {
  if (exif === null) return null;
  const { tiff, ifd } = exif;
  const written = textOf(tiff, ifd, 0xa434) ?? lensFromMakerNote(exif);
  if (written !== null && /[A-Za-z0-9]/.test(written)) return written;
  return lensFromNumbers(numbersOf(tiff, ifd, 0xa432));
}

/** Shortest and longest focal length, f-numbers there → `18–55 mm f/3.5–5.6`. */
function lensFromNumbers([short, long, wide, tele]: number[]): string | null {
  if (short === undefined || long === undefined || !(short > 0) || !(long >= short)) return null;
  const round = (value: number) => String(Math.round(value * 10) / 10);
  const focal = short === long ? round(short) : `${round(short)}–${round(long)}`;
  if (wide === undefined || tele === undefined || !(wide > 0)) return `${focal} mm`;
  return `${focal} mm f/${wide === tele || !(tele > 0) ? round(wide) : `${round(wide)}–${round(tele)}`}`;
}

/** Older cameras write the lens only into the maker note: Canon as text, Nikon as numbers. */
function lensFromMakerNote(exif: Directory): string | null {
  const nikon = nikonNote(exif);
  if (nikon !== null) return lensFromNumbers(numbersOf(nikon.tiff, nikon.ifd, 0x84));
  const canon = canonNote(exif);
  return canon === null ? null : textOf(canon.tiff, canon.ifd, 0x95);
}

function readPosition(gps: Directory | null): ExifFacts['gps'] {
  if (gps === null) return null;
  const { tiff, ifd } = gps;
  const angle = (tag: number, reference: number, negative: string) => {
    const [degrees, minutes, seconds] = numbersOf(tiff, ifd, tag);
    if (degrees === undefined || !Number.isFinite(degrees)) return null;
    const finite = (value: number | undefined) => (value !== undefined && Number.isFinite(value) ? value : 0);
    const value = degrees + finite(minutes) / 60 + finite(seconds) / 3600;
    return textOf(tiff, ifd, reference)?.toUpperCase().startsWith(negative) ? -value : value;
  };
  const latitude = angle(2, 1, 'S');
  const longitude = angle(4, 3, 'W');
  if (latitude === null || longitude === null || Math.abs(latitude) > 90 || Math.abs(longitude) > 180) return null;
  // 0, 0 is what receivers without a fix write; nobody photographs there.
  if (latitude === 0 && longitude === 0) return null;
  const height = numberOf(tiff, ifd, 6);
  const altitude = height === null ? null : numberOf(tiff, ifd, 5) === 1 ? -height : height;
  return { latitude, longitude, altitude };
}

/** Windows' own tags: UTF-16 in bytes. */
function windowsText(main: Directory | null, tag: number): string | null {
  const value = main === null ? null : rawValue(main.tiff, main.ifd, tag);
  if (value === null) return null;
  const text = value.toString('utf16le').split('\0', 1)[0]!.trim();
  return text === '' ? null : text;
}
