/** What is asked of exiftool about a RAW file that our own readers know too little of, and what is made of its answer. */

import { bytesOf } from './bytes.ts';
import { cameraName, tidyMake } from './camera-name.ts';
import { chooseCaptureTime } from './capture-time.ts';
import type { ExiftoolAnswer, ExiftoolQuestion } from './exiftool.ts';
import { isRaw } from './identify.ts';
import { type Inspection, seenUpright } from './inspect.ts';
import { readJpegHeader } from './jpeg.ts';
import { tidySerial } from './maker-notes.ts';
import { fillGaps, type Metadata, NO_METADATA } from './metadata.ts';
import { isThumbnail } from './raw.ts';

export type AskExiftool = (question: ExiftoolQuestion) => Promise<ExiftoolAnswer>;

export type RawHelp = {
  answer: Promise<ExiftoolAnswer>;
  /** The picture or its turn depends on it: wait before decoding. Else it may run beside. */
  isNeededFirst: boolean;
};

/**
 * @param known everything that is known of the photo; null when only its picture matters.
 * @returns null when the file is no RAW or nothing is missing.
 */
export function askForHelp(
  path: string,
  inspection: Inspection,
  known: Metadata | null,
  wantsPicture: boolean,
  ask: AskExiftool | undefined,
): RawHelp | null {
  if (ask === undefined || !isRaw(inspection.kind)) return null;
  const best = inspection.raw?.previews.find(({ complete }) => complete);
  const lacksPicture = wantsPicture && (best === undefined || isThumbnail(best));
  const lacksTurn = wantsPicture && inspection.orientation === null;
  const lacksFacts = known !== null && (known.camera === null || known.takenAt === null || !isLensName(known.lens));
  if (!lacksPicture && !lacksTurn && !lacksFacts) return null;
  return {
    answer: ask({ path, previewLongerThan: lacksPicture ? (best?.length ?? 0) : null }),
    isNeededFirst: lacksPicture || lacksTurn,
  };
}

/** `18–70 mm f/3.5–4.5` is what numbers say; a name says who made it. */
function isLensName(lens: string | null): boolean {
  return lens !== null && !/^[\d.–\- ]+ ?mm( f\/[\d.–]+)?$/i.test(lens);
}

/** Preview, turn and size that only exiftool found. */
export function completeInspection(inspection: Inspection, answer: ExiftoolAnswer): void {
  const { raw } = inspection;
  if (raw === null) return;
  raw.helpUnavailable = answer.unavailable;
  if (answer.preview !== null) {
    const jpeg = Buffer.from(answer.preview.buffer, answer.preview.byteOffset, answer.preview.byteLength);
    const header = readJpegHeader(bytesOf(jpeg));
    if (header !== null && !header.lossless && header.width > 0 && header.height > 0)
      raw.extracted = { jpeg, width: header.width, height: header.height };
  }
  inspection.orientation ??= orientationOf(answer.tags);
  if (inspection.exif === null) {
    const [width, height] = [number(answer.tags.ImageWidth) ?? 0, number(answer.tags.ImageHeight) ?? 0];
    if (width * height > inspection.width * inspection.height) Object.assign(inspection, { width, height });
  }
  seenUpright(inspection);
}

/** Rotation in degrees clockwise is how CRW and X3F say it. */
function orientationOf(tags: ExiftoolAnswer['tags']): number | null {
  const orientation = number(tags.Orientation);
  if (orientation !== null && orientation >= 1 && orientation <= 8) return orientation;
  return { 90: 6, 180: 3, 270: 8 }[number(tags.Rotation) ?? 0] ?? null;
}

export function completeMetadata(
  metadata: Metadata,
  { tags }: ExiftoolAnswer,
  fileName: string,
  latestMs: number,
): Metadata {
  const told = metadataOfTags(tags, fileName, latestMs);
  // A name that exiftool is sure of is better than numbers.
  const isSure = told.lens !== null && isLensName(told.lens) && !/ or /.test(told.lens);
  const isBetterLens = isSure && !isLensName(metadata.lens);
  const isBetterTime = metadata.takenAt === null || isGuessed(metadata.takenAt.source);
  return fillGaps(
    {
      ...metadata,
      ...(isBetterLens ? { lens: told.lens } : {}),
      ...(isBetterTime && told.takenAt !== null ? { takenAt: told.takenAt } : {}),
    },
    told,
  );
}

function isGuessed(source: NonNullable<Metadata['takenAt']>['source']): boolean {
  return source === 'file-name' || source === 'description' || source === 'exif-changed';
}

function metadataOfTags(tags: ExiftoolAnswer['tags'], fileName: string, latestMs: number): Metadata {
  const positive = (value: unknown) => {
    const found = number(value);
    return found !== null && found > 0 ? found : null;
  };
  const [make, model] = [text(tags.Make), text(tags.Model)];
  const [latitude, longitude] = [number(tags.GPSLatitude), number(tags.GPSLongitude)];
  const flash = number(tags.Flash);
  return {
    ...NO_METADATA,
    takenAt: chooseCaptureTime(
      {
        exifOriginal: text(tags.DateTimeOriginal),
        exifDigitized: text(tags.CreateDate),
        exifChanged: text(tags.ModifyDate),
        subSecond: text(tags.SubSecTimeOriginal),
        subSecondDigitized: null,
        offset: text(tags.OffsetTimeOriginal) ?? text(tags.OffsetTime),
        offsetDigitized: null,
        gpsDate: text(tags.GPSDateStamp),
        gpsTime: (text(tags.GPSTimeStamp) ?? '').split(':').filter(Boolean).map(Number),
        xmp: [],
        xmpDigitized: [],
        xmpGps: null,
        iptcDate: null,
        iptcTime: null,
        others: [],
        description: null,
        fileName,
      },
      latestMs,
    ),
    make: tidyMake(make),
    model,
    camera: cameraName(make, model),
    serial: tidySerial(text(tags.SerialNumber)) ?? tidySerial(text(tags.InternalSerialNumber)),
    lens: lensOf(tags),
    exposureSeconds: positive(tags.ShutterSpeed),
    aperture: positive(tags.Aperture),
    iso: positive(tags.ISO),
    exposureBias: number(tags.ExposureCompensation),
    focalLength: positive(tags.FocalLength),
    focalLength35: positive(tags.FocalLengthIn35mmFormat),
    flashFired: flash === null ? null : (flash & 1) === 1,
    gps:
      latitude === null || longitude === null || (latitude === 0 && longitude === 0)
        ? null
        : { latitude, longitude, altitude: number(tags.GPSAltitude) },
    orientation: orientationOf(tags),
  };
}

/** exiftool's `Unknown 18-55mm` only repeats the numbers, which its `Lens` has as `18.0 - 55.0 mm`. */
function lensOf(tags: ExiftoolAnswer['tags']): string | null {
  for (const name of [text(tags.LensID), text(tags.LensModel), text(tags.Lens)]) {
    if (name === null || /^(unknown|none|n\/a|manual lens|no lens|-+)/i.test(name)) continue;
    const zoom = /^([\d.]+) ?- ?([\d.]+) ?mm$/.exec(name);
    if (zoom === null) return name;
    const [short, long] = [Number(zoom[1]), Number(zoom[2])];
    return short > 0 && long >= short ? `${short === long ? short : `${short}–${long}`} mm` : null;
  }
  return null;
}

function number(value: unknown): number | null {
  const found = typeof value === 'number' ? value : typeof value === 'string' && value !== '' ? Number(value) : NaN;
  return Number.isFinite(found) ? found : null;
}

function text(value: unknown): string | null {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}
