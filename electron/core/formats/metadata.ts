/** What a photo says about itself: EXIF, XMP, IPTC and ICC put together, as photographers expect it. */
import { readFileSync, statSync } from 'node:fs';
import { sentenceForFileError } from '../base/file-error.ts';
import { UnreadablePhoto } from '../base/unreadable.ts';
import { type Annotations, annotationsOfXmp, mergeEmbedded, NO_ANNOTATIONS } from './annotations.ts';
import { cameraName, tidyMake } from './camera-name.ts';
import { type CaptureTime, chooseCaptureTime } from './capture-time.ts';
import { type Hdr, hdrOf, hdrWords } from './hdr.ts';
import { profileDescription } from './icc.ts';
import type { Inspection } from './inspect.ts';
import { Namespace, readXmp, type XmpStructure, xmpNumber, xmpText } from './xmp.ts';

export type { Annotations } from './annotations.ts';
export { mergeSidecar } from './annotations.ts';
export type { CaptureTime } from './capture-time.ts';

export type Gps = { latitude: number; longitude: number /** Metres. */; altitude: number | null };

export type Metadata = Annotations & {
  /** null: no tag can be believed; sort by the file's time and say so. */
  takenAt: CaptureTime | null;
  make: string | null;
  model: string | null;
  /** For people: `Canon EOS 350D`, make said once. */
  camera: string | null;
  lens: string | null;
  exposureSeconds: number | null;
  /** f-number. */
  aperture: number | null;
  iso: number | null;
  /** Stops. */
  exposureBias: number | null;
  /** Millimetres. */
  focalLength: number | null;
  focalLength35: number | null;
  flashFired: boolean | null;
  gps: Gps | null;
  /** EXIF orientation as stored, 0–8; null when absent. */
  orientation: number | null;
  /** Description of the embedded colour profile; of an HDR picture in words that say so. */
  profile: string | null;
  /** How the file is HDR; null for an ordinary one. */
  hdr: Hdr | null;
};

export const NO_METADATA: Metadata = {
  ...NO_ANNOTATIONS,
  takenAt: null,
  make: null,
  model: null,
  camera: null,
  lens: null,
  exposureSeconds: null,
  aperture: null,
  iso: null,
  exposureBias: null,
  focalLength: null,
  focalLength35: null,
  flashFired: null,
  gps: null,
  orientation: null,
  profile: null,
  hdr: null,
};

/** Now, or the file's own time where the clock here is behind. Milliseconds since 1970. */
export function latestBelievable(path: string): number {
  try {
    return Math.max(Date.now(), statSync(path).mtimeMs);
  } catch {
    return Date.now();
  }
}

export function metadataOf(inspection: Inspection, fileName: string, latestMs: number): Metadata {
  const { exif, iptc, icc } = inspection;
  const xmp = joined(inspection.xmp);
  const text = (key: string) => xmpText(xmp, key);
  const number = (key: string) => xmpNumber(xmp, key);
  const positive = (value: number | null) => (value !== null && value > 0 ? value : null);
  const make = exif?.make ?? text(`${Namespace.tiff}Make`);
  const model = exif?.model ?? text(`${Namespace.tiff}Model`);
  const takenAt = chooseCaptureTime(
    {
      exifOriginal: exif?.dateTimeOriginal ?? null,
      exifDigitized: exif?.dateTimeDigitized ?? null,
      exifChanged: exif?.dateTime ?? null,
      subSecond: exif?.subSecond ?? null,
      subSecondDigitized: exif?.subSecondDigitized ?? null,
      offset: exif?.offset ?? null,
      offsetDigitized: exif?.offsetDigitized ?? null,
      gpsDate: exif?.gpsDate ?? null,
      gpsTime: exif?.gpsTime ?? [],
      xmp: [
        text(`${Namespace.exif}DateTimeOriginal`),
        text(`${Namespace.photoshop}DateCreated`),
        text(`${Namespace.xmp}CreateDate`),
        text(`${Namespace.exif}DateTimeDigitized`),
      ],
      xmpGps: text(`${Namespace.exif}GPSTimeStamp`),
      iptcDate: iptc?.date ?? null,
      iptcTime: iptc?.time ?? null,
      others: inspection.dates,
      description: exif?.description ?? null,
      fileName,
    },
    latestMs,
  );
  return {
    ...mergeEmbedded(annotationsOfXmp(xmp, inspection.turn), iptc, exif),
    takenAt,
    make: tidyMake(make),
    model,
    camera: cameraName(make, model),
    lens:
      exif?.lens ??
      text(`${Namespace.exifEX}LensModel`) ??
      text(`${Namespace.aux}Lens`) ??
      text(`${Namespace.microsoft}LensModel`),
    exposureSeconds: exif?.exposureSeconds ?? positive(number(`${Namespace.exif}ExposureTime`)),
    aperture: exif?.aperture ?? positive(number(`${Namespace.exif}FNumber`)),
    iso:
      exif?.iso ??
      positive(number(`${Namespace.exif}ISOSpeedRatings`)) ??
      positive(number(`${Namespace.exifEX}PhotographicSensitivity`)),
    exposureBias: exif?.exposureBias ?? number(`${Namespace.exif}ExposureBiasValue`),
    focalLength: exif?.focalLength ?? positive(number(`${Namespace.exif}FocalLength`)),
    focalLength35: exif?.focalLength35 ?? positive(number(`${Namespace.exif}FocalLengthIn35mmFilm`)),
    flashFired: exif?.flashFired ?? null,
    gps: exif?.gps ?? gpsOfXmp(xmp),
    orientation: inspection.orientation,
    profile: hdrWords(inspection, icc === null ? null : profileDescription(icc)),
    hdr: hdrOf(inspection),
  };
}

function joined(packets: readonly XmpStructure[]): XmpStructure {
  const all: XmpStructure = new Map();
  for (const packet of packets) for (const [key, value] of packet) if (!all.has(key)) all.set(key, value);
  return all;
}

/** `41,53.5667N` or `41,53,34N`. */
function gpsOfXmp(xmp: XmpStructure): Gps | null {
  const angle = (key: string) => {
    const match = /^(\d+(?:\.\d+)?)(?:,(\d+(?:\.\d+)?))?(?:,(\d+(?:\.\d+)?))?([NSEW])$/.exec(xmpText(xmp, key) ?? '');
    if (match === null) return null;
    const value = Number(match[1]) + Number(match[2] ?? 0) / 60 + Number(match[3] ?? 0) / 3600;
    return match[4] === 'S' || match[4] === 'W' ? -value : value;
  };
  const latitude = angle(`${Namespace.exif}GPSLatitude`);
  const longitude = angle(`${Namespace.exif}GPSLongitude`);
  if (latitude === null || longitude === null || Math.abs(latitude) > 90 || Math.abs(longitude) > 180) return null;
  return { latitude, longitude, altitude: xmpNumber(xmp, `${Namespace.exif}GPSAltitude`) };
}

/** No sidecar is longer: darktable's history of a heavily edited photo stays below a megabyte. */
const MAX_SIDECAR = 16 * 2 ** 20;

/**
 * What an XMP sidecar says.
 * @param orientation EXIF orientation of its photo, for face regions.
 * @throws UnreadablePhoto when it cannot be read or is not XMP.
 */
export function readSidecar(path: string, orientation: number | null = null): Annotations {
  let packet: Buffer;
  try {
    if (statSync(path).size > MAX_SIDECAR) throw new UnreadablePhoto('The sidecar is far too big to be one.');
    packet = readFileSync(path);
  } catch (error) {
    throw error instanceof UnreadablePhoto ? error : new UnreadablePhoto(sentenceForFileError(error));
  }
  const xmp = readXmp(packet);
  if (xmp === null) throw new UnreadablePhoto('The sidecar is not readable XMP: it is damaged or something else.');
  return annotationsOfXmp(xmp, orientation);
}

/** What one file leaves open, answered by the other file of a pair; keywords are united. */
export function fillGaps(metadata: Metadata, other: Metadata): Metadata {
  const filled: Record<string, unknown> = { ...metadata };
  for (const [key, value] of Object.entries(other)) filled[key] ??= value;
  return {
    ...(filled as Metadata),
    keywords: [...new Set([...metadata.keywords, ...other.keywords])],
    hierarchicalKeywords: [...new Set([...metadata.hierarchicalKeywords, ...other.hierarchicalKeywords])],
    faces: metadata.faces.length > 0 ? metadata.faces : other.faces,
  };
}
