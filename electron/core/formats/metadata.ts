/** What a photo says about itself: EXIF, XMP, IPTC and ICC put together, as photographers expect it. */
import { statSync } from 'node:fs';
import { type Annotations, annotationsOfXmp, mergeEmbedded, NO_ANNOTATIONS } from './annotations.ts';
import { cameraName, tidyMake } from './camera-name.ts';
import { type CaptureTime, chooseCaptureTime } from './capture-time.ts';
import { type Hdr, hdrOf, hdrWords } from './hdr.ts';
import { profileDescription } from './icc.ts';
import type { Inspection } from './inspect.ts';
import { tidySerial } from './maker-notes.ts';
import { Namespace, type XmpStructure, xmpNumber, xmpText } from './xmp.ts';

export type { Annotations } from './annotations.ts';
export type { CaptureTime } from './capture-time.ts';

export type Gps = { latitude: number; longitude: number /** Metres. */; altitude: number | null };

export type Metadata = Annotations & {
  /** null: no tag can be believed; sort by the file's time and say so. */
  takenAt: CaptureTime | null;
  make: string | null;
  model: string | null;
  /** For people: `Canon EOS 350D`, make said once. */
  camera: string | null;
  /** The body's own number: two bodies of one model are two cameras. */
  serial: string | null;
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
  /** Description of the embedded color profile; of an HDR picture in words that say so. */
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
  serial: null,
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
      xmp: datesTaken(xmp),
      xmpDigitized: [text(`${Namespace.xmp}CreateDate`), text(`${Namespace.exif}DateTimeDigitized`)],
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
    serial:
      exif?.serial ??
      tidySerial(text(`${Namespace.exifEX}BodySerialNumber`)) ??
      tidySerial(text(`${Namespace.aux}SerialNumber`)),
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

/** When the picture was taken, as XMP says it, in order of trust. */
export function datesTaken(xmp: XmpStructure): (string | null)[] {
  return [xmpText(xmp, `${Namespace.exif}DateTimeOriginal`), xmpText(xmp, `${Namespace.photoshop}DateCreated`)];
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
