/** When a photo was taken: many tags say it, some of them wrongly. */

export type CaptureTime = {
  /** Wall time at the place, `YYYY-MM-DDTHH:mm:ss` with `.sss` when sub-seconds are known. */
  local: string;
  /** Minutes east of UTC; null when no tag says it. */
  offsetMinutes: number | null;
  /** Milliseconds since 1970. Without an offset the wall time is read as UTC: right for order, not for the instant. */
  utcMs: number;
  source: 'exif' | 'gps' | 'xmp' | 'iptc' | 'description' | 'file-name';
};

type Stamp = { /** Wall time as if it were UTC. */ wallMs: number; subSecond: string; offsetMinutes: number | null };

/** Digital cameras with a clock: earlier dates, and the two that a reset clock shows, are not believed. */
const EARLIEST = Date.UTC(1971, 0, 1);
const RESET_CLOCKS: ReadonlySet<number> = new Set([Date.UTC(1980, 0, 1)]);
const DAY = 86_400_000;

/**
 * Reads `YYYY:MM:DD HH:MM:SS` and its ISO relatives, with fraction and offset if they are there.
 * @param latestMs wall times later than this are a wrong clock.
 * @returns null for what is no date or cannot be believed.
 */
export function readStamp(text: string | null | undefined, latestMs: number): Stamp | null {
  const match =
    /^\s*(\d{4})[:\-/.](\d{1,2})[:\-/.](\d{1,2})(?:[T\s_]+(\d{1,2})[:.](\d{1,2})(?:[:.](\d{1,2})(?:[.,](\d+))?)?)?\s*(Z|[+-]\d{1,2}:?\d{2})?/.exec(
      text ?? '',
    );
  if (match === null) return null;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone] = match;
  if (Number(month) < 1 || Number(month) > 12 || Number(day) < 1 || Number(hour) > 23 || Number(minute) > 59)
    return null;
  const seconds = Number(second) > 59 ? 0 : Number(second);
  const wallMs = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), seconds);
  if (new Date(wallMs).getUTCDate() !== Number(day)) return null;
  if (wallMs < EARLIEST || wallMs > latestMs + DAY || RESET_CLOCKS.has(wallMs)) return null;
  return { wallMs, subSecond: fraction, offsetMinutes: readOffset(zone) };
}

/** `+02:00`, `-0530`, `Z` → minutes east of UTC; null for anything else or beyond −12 … +14 hours. */
export function readOffset(text: string | null | undefined): number | null {
  if (text === 'Z') return 0;
  const match = /^\s*([+-])(\d{1,2}):?(\d{2})\s*$/.exec(text ?? '');
  if (match === null) return null;
  const minutes = (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3]));
  return minutes < -720 || minutes > 840 ? null : minutes;
}

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
  /** In order of trust. */
  xmp: readonly (string | null)[];
  xmpGps: string | null;
  iptcDate: string | null;
  iptcTime: string | null;
  /** Other texts with a date, such as PNG's. */
  others: readonly string[];
  description: string | null;
  fileName: string;
};

/**
 * The first time that can be believed: EXIF original, EXIF digitized, GPS, XMP, IPTC, EXIF change time, description, file name.
 * @param latestMs the latest believable instant (now, or the file's own time when the clock here is behind).
 */
export function chooseCaptureTime(tags: TimeTags, latestMs: number): CaptureTime | null {
  const gps = readGpsStamp(tags, latestMs);
  const exif = (text: string | null, subSecond: string | null, offset: string | null): CaptureTime | null => {
    const stamp = readStamp(text, latestMs);
    if (stamp === null) return null;
    const fraction = stamp.subSecond || (/^\s*(\d+)/.exec(subSecond ?? '')?.[1] ?? '');
    const told = readOffset(offset) ?? stamp.offsetMinutes ?? offsetFromGps(stamp.wallMs, gps);
    return captureTime(
      { ...stamp, subSecond: fraction, offsetMinutes: told ?? offsetFromXmp(stamp.wallMs, tags, latestMs) },
      'exif',
    );
  };
  return (
    exif(tags.exifOriginal, tags.subSecond, tags.offset) ??
    exif(tags.exifDigitized, tags.subSecondDigitized, tags.offsetDigitized) ??
    (gps === null ? null : captureTime(gps, 'gps')) ??
    firstOf(tags.xmp, latestMs, 'xmp') ??
    firstOf([iptcText(tags)], latestMs, 'iptc') ??
    firstOf(tags.others, latestMs, 'description') ??
    exif(tags.exifChanged, null, null) ??
    firstOf([mapillaryTime(tags.description)], latestMs, 'description') ??
    firstOf([timeInFileName(tags.fileName)], latestMs, 'file-name')
  );
}

function firstOf(
  texts: readonly (string | null)[],
  latestMs: number,
  source: CaptureTime['source'],
): CaptureTime | null {
  for (const text of texts) {
    const stamp = readStamp(text, latestMs);
    if (stamp !== null) return captureTime(stamp, source);
  }
  return null;
}

function captureTime({ wallMs, subSecond, offsetMinutes }: Stamp, source: CaptureTime['source']): CaptureTime {
  const millis = subSecond === '' ? 0 : Math.floor(Number(`0.${subSecond}`) * 1000);
  const text = new Date(wallMs + millis).toISOString();
  return {
    local: subSecond === '' ? text.slice(0, 19) : text.slice(0, 23),
    offsetMinutes,
    utcMs: wallMs + millis - (offsetMinutes ?? 0) * 60_000,
    source,
  };
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
  return xmp === null ? null : { ...xmp, offsetMinutes: xmp.offsetMinutes ?? 0 };
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
  for (const text of tags.xmp) {
    const stamp = readStamp(text, latestMs);
    if (stamp !== null && stamp.wallMs === wallMs && stamp.offsetMinutes !== null) return stamp.offsetMinutes;
  }
  return null;
}

function iptcText({ iptcDate, iptcTime }: TimeTags): string | null {
  const date = /^(\d{4})(\d\d)(\d\d)$/.exec(iptcDate ?? '');
  if (date === null) return null;
  const time = /^(\d\d)(\d\d)(\d\d)([+-]\d{4})?$/.exec(iptcTime ?? '');
  const clock = time === null ? '00:00:00' : `${time[1]}:${time[2]}:${time[3]}`;
  // A zone of +0000 is what programs write when they know none.
  const zone = time?.[4] === undefined || time[4] === '+0000' ? '' : time[4];
  return `${date[1]}-${date[2]}-${date[3]}T${clock}${zone}`;
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

/** Phones and screen grabbers: `IMG_20180725_163423`, `PXL_20210102_030405678`, `Screenshot 2019-05-21 at 10.45.52`. */
function timeInFileName(name: string): string | null {
  const compact = /(?:^|[^\d])(\d{4})(\d\d)(\d\d)[_-](\d\d)(\d\d)(\d\d)(?:\d{3})?(?:[^\d]|$)/.exec(name);
  if (compact !== null) return `${compact[1]}-${compact[2]}-${compact[3]} ${compact[4]}:${compact[5]}:${compact[6]}`;
  const spaced = /(?:^|[^\d])(\d{4})-(\d\d)-(\d\d)(?:[ _]at[ _]|[ _T-])(\d\d)[.\-:](\d\d)[.\-:](\d\d)(?:[^\d]|$)/.exec(
    name,
  );
  return spaced === null ? null : `${spaced[1]}-${spaced[2]}-${spaced[3]} ${spaced[4]}:${spaced[5]}:${spaced[6]}`;
}
