/**
 * When a photo was taken: many tags say it, some of them wrongly. What a person wrote is believed, back to the first
 * photographs; what a clock shows that nobody has set, and the future, are not.
 */
import { TIME_PRECISIONS } from '../../../shared/photo.ts';
import { type DateInName, dateInFileName } from './file-name-dates.ts';
import { daysOf, type Precision, readOffset, readStamp, type Stamp } from './stamp.ts';

export type TimeSource =
  | 'exif'
  | 'exif-digitized'
  | 'exif-changed'
  | 'gps'
  | 'xmp'
  | 'iptc'
  | 'sidecar'
  | 'description'
  | 'file-name';

export type CaptureTime = {
  /**
   * Wall time at the place, `YYYY-MM-DDTHH:mm:ss` with `.sss` when sub-seconds are known; of a day, month or year its
   * beginning.
   */
  local: string;
  /** Minutes east of UTC; null when no tag says it. */
  offsetMinutes: number | null;
  /** Milliseconds since 1970, below zero before it. Without an offset the wall time is read as UTC: right for order, not for the instant. */
  utcMs: number;
  precision: Precision;
  source: TimeSource;
};

export type TimeTags = {
  exifOriginal: string | null;
  exifDigitized: string | null;
  exifChanged: string | null;
  subSecond: string | null;
  subSecondDigitized: string | null;
  offset: string | null;
  offsetDigitized: string | null;
  gpsDate: string | null;
  gpsTime: readonly number[];
  /** When the picture was taken, in order of trust. */
  xmp: readonly (string | null)[];
  /** When it became a file. */
  xmpDigitized: readonly (string | null)[];
  xmpGps: string | null;
  iptcDate: string | null;
  iptcTime: string | null;
  /** Other texts with a date, such as PNG's. */
  others: readonly string[];
  description: string | null;
  fileName: string;
};

type Told = { stamp: Stamp; source: TimeSource };

/**
 * The first time that can be believed. What says when the picture was taken comes before what says when it became a
 * file: EXIF original, XMP, IPTC; EXIF digitized, satellites, XMP's creation; texts; EXIF's change, the file's name. A day, month
 * or year is made exact by the first of the others that lies within it.
 * @param latestMs the latest believable instant (now, or the file's own time when the clock here is behind).
 */
export function chooseCaptureTime(tags: TimeTags, latestMs: number): CaptureTime | null {
  const gps = readGpsStamp(tags, latestMs);
  const read = (text: string | null, source: TimeSource): Told[] => {
    const stamp = readStamp(text, latestMs);
    return stamp === null ? [] : [{ stamp, source }];
  };
  const exif = (text: string | null, subSecond: string | null, offset: string | null, source: TimeSource): Told[] =>
    read(text, source).map(({ stamp }) => {
      if (stamp.precision !== 'second') return { stamp, source };
      const fraction = stamp.subSecond || (/^\s*(\d+)/.exec(subSecond ?? '')?.[1] ?? '');
      const told = readOffset(offset) ?? stamp.offsetMinutes ?? offsetFromGps(stamp.wallMs, gps);
      const offsetMinutes = told ?? offsetFromXmp(stamp.wallMs, tags, latestMs);
      return { stamp: { ...stamp, subSecond: fraction, offsetMinutes }, source };
    });
  const taken = [
    ...exif(tags.exifOriginal, tags.subSecond, tags.offset, 'exif'),
    ...tags.xmp.flatMap((text) => read(text, 'xmp')),
    ...read(iptcText(tags.iptcDate, tags.iptcTime), 'iptc'),
    ...exif(tags.exifDigitized, tags.subSecondDigitized, tags.offsetDigitized, 'exif-digitized'),
    ...(gps === null ? [] : [{ stamp: gps, source: 'gps' as const }]),
    ...tags.xmpDigitized.flatMap((text) => read(text, 'xmp')),
    ...tags.others.flatMap((text) => read(text, 'description')),
    ...read(mapillaryTime(tags.description), 'description'),
  ];
  const named = dateInFileName(tags.fileName);
  const byName = named === null ? [] : readNamed(named, latestMs);
  const changed = exif(tags.exifChanged, null, null, 'exif-changed');
  const first = taken[0] ?? changed[0] ?? byName[0];
  if (first === undefined) return null;
  return captureTime(refined(first, [...taken, ...byName]));
}

/** A sidecar's word over what its photo says: a person or a program that a person used has put it right. */
export function timeOfSidecar(
  texts: readonly (string | null)[],
  embedded: CaptureTime | null,
  latestMs: number,
): CaptureTime | null {
  const told = texts.flatMap((text) => {
    const stamp = readStamp(text, latestMs);
    return stamp === null ? [] : [{ stamp, source: 'sidecar' as const }];
  });
  const [first] = told;
  if (first === undefined) return embedded;
  const time = captureTime(refined(first, told));
  if (embedded === null) return time;
  // A copy of what the photo says adds nothing, and may leave out its parts of a second and its zone.
  const known = Date.parse(`${embedded.local}Z`);
  const { first: from, last: to } = daysOf(Date.parse(`${time.local}Z`), time.precision);
  const isWithin = Math.floor(known / DAY) >= from && Math.floor(known / DAY) <= to;
  const isCopy =
    time.precision === 'second'
      ? embedded.precision === 'second' && time.local.slice(0, 19) === embedded.local.slice(0, 19)
      : isWithin;
  if (!isCopy) return time;
  return time.offsetMinutes !== null && embedded.offsetMinutes === null
    ? { ...embedded, offsetMinutes: time.offsetMinutes, utcMs: known - time.offsetMinutes * 60_000 }
    : embedded;
}

const DAY = 86_400_000;

function refined(first: Told, others: readonly Told[]): Told {
  let best = first;
  for (const other of others) {
    const { first: from, last: to } = daysOf(best.stamp.wallMs, best.stamp.precision);
    const day = Math.floor(other.stamp.wallMs / DAY);
    const isFiner = TIME_PRECISIONS.indexOf(other.stamp.precision) < TIME_PRECISIONS.indexOf(best.stamp.precision);
    if (isFiner && day >= from && day <= to) best = other;
  }
  return best;
}

function captureTime({ stamp: { wallMs, subSecond, offsetMinutes, precision }, source }: Told): CaptureTime {
  const millis = subSecond === '' ? 0 : Number(subSecond.padEnd(3, '0').slice(0, 3));
  const text = new Date(wallMs + millis).toISOString();
  return {
    local: subSecond === '' ? text.slice(0, 19) : text.slice(0, 23),
    offsetMinutes,
    utcMs: wallMs + millis - (offsetMinutes ?? 0) * 60_000,
    precision,
    source,
  };
}

function readNamed({ text, offsetMinutes }: DateInName, latestMs: number): Told[] {
  const stamp = readStamp(text, latestMs);
  if (stamp === null) return [];
  return [{ stamp: { ...stamp, offsetMinutes: stamp.offsetMinutes ?? offsetMinutes }, source: 'file-name' }];
}

function readGpsStamp(tags: TimeTags, latestMs: number): Stamp | null {
  const [hour, minute, second] = tags.gpsTime;
  const date = /^\s*(\d{4})[:\-/.](\d{1,2})[:\-/.](\d{1,2})/.exec(tags.gpsDate ?? '');
  if (date !== null && hour !== undefined && minute !== undefined && second !== undefined && hour < 24 && minute < 60) {
    const pad = (value: number) => String(Math.floor(value)).padStart(2, '0');
    const stamp = readStamp(`${date[1]}-${date[2]}-${date[3]} ${pad(hour)}:${pad(minute)}:${pad(second)}`, latestMs);
    if (stamp !== null) return { ...stamp, offsetMinutes: 0 };
  }
  const xmp = readStamp(tags.xmpGps, latestMs);
  return xmp === null || xmp.precision !== 'second' ? null : { ...xmp, offsetMinutes: xmp.offsetMinutes ?? 0 };
}

/** Wall time minus satellite time, where it is a quarter of an hour's multiple within two minutes. */
function offsetFromGps(wallMs: number, gps: Stamp | null): number | null {
  if (gps === null) return null;
  const minutes = (wallMs - gps.wallMs) / 60_000;
  const quarter = Math.round(minutes / 15) * 15;
  return Math.abs(minutes - quarter) <= 2 && quarter >= -720 && quarter <= 840 ? quarter : null;
}

/** An XMP date of the same wall time that knows its zone. */
function offsetFromXmp(wallMs: number, tags: TimeTags, latestMs: number): number | null {
  for (const text of [...tags.xmp, ...tags.xmpDigitized]) {
    const stamp = readStamp(text, latestMs);
    if (stamp !== null && stamp.wallMs === wallMs && stamp.precision === 'second' && stamp.offsetMinutes !== null)
      return stamp.offsetMinutes;
  }
  return null;
}

/** `YYYYMMDD`, with zeros for what is not known, and `HHMMSS±HHMM`; some writers put signs between. */
function iptcText(written: string | null, writtenTime: string | null): string | null {
  const date = /^(\d{4})(\d\d)?(\d\d)?$/.exec((written ?? '').replace(/[:\-/.\s]/g, ''));
  if (date === null) return null;
  const [, year, month = '00', day = '00'] = date;
  const time = /^(\d\d):?(\d\d):?(\d\d)?\s*([+-]\d\d:?\d\d)?$/.exec((writtenTime ?? '').trim());
  if (time === null || day === '00') return `${year}-${month}-${day}`;
  // A zone of +0000 is what programs write when they know none.
  const zone = time[4] === undefined || /^[+-]00:?00$/.test(time[4]) ? '' : time[4];
  return `${year}-${month}-${day}T${time[1]}:${time[2]}:${time[3] ?? '00'}${zone}`;
}

/** Mapillary's uploaders keep the time in a JSON description: `"MAPCaptureTime":"2014_05_15_10_09_09_123"` (UTC), zone beside it. */
function mapillaryTime(description: string | null): string | null {
  const match = /"MAPCaptureTime"\s*:\s*"(\d{4})_(\d\d)_(\d\d)_(\d\d)_(\d\d)_(\d\d)(?:_(\d{1,3}))?"/.exec(
    description ?? '',
  );
  if (match === null) return null;
  const [year, month, day, hour, minute, second, millis] = match.slice(1, 8).map((part) => Number(part ?? 0));
  const zone = Number(/"MAPLocalTimeZone"\s*:\s*"[^"]*offset (-?\d{1,5})\b/.exec(description ?? '')?.[1] ?? 0);
  const minutes = Math.abs(zone) <= 50_400 ? Math.round(zone / 60) : 0;
  const local = Date.UTC(year!, month! - 1, day!, hour!, minute! + minutes, second!, millis!);
  const pad = (value: number) => String(value).padStart(2, '0');
  const sign = minutes < 0 ? '-' : '+';
  const offset = `${sign}${pad(Math.floor(Math.abs(minutes) / 60))}:${pad(Math.abs(minutes) % 60)}`;
  return Number.isFinite(local) ? new Date(local).toISOString().replace('Z', offset) : null;
}
