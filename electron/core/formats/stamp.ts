/** Dates as EXIF, XMP, IPTC, PNG and people write them → wall time with its zone and how exactly it is known. Pure. */
import type { TimePrecision } from '../../../shared/photo.ts';

/** What is known of a date: a `second` also when only the minute is written. */
export type Precision = TimePrecision;

export type Stamp = {
  /** Wall time as if it were UTC, milliseconds since 1970; of a day, month or year its beginning. */
  wallMs: number;
  /** Digits of the part of a second; empty when none are written. */
  subSecond: string;
  offsetMinutes: number | null;
  precision: Precision;
};

const DAY = 86_400_000;

/** The oldest photograph that is kept. */
const EARLIEST = Date.UTC(1826, 0, 1);

/**
 * What clocks show that nobody has set: days on which they begin to count, and moments that firmware writes.
 * A person's word stands against none of them but these.
 */
const RESET_DAYS: ReadonlySet<number> = new Set([Date.UTC(1970, 0, 1), Date.UTC(1980, 0, 1)]);
const RESET_MOMENTS: ReadonlySet<number> = new Set([
  Date.UTC(1904, 0, 1),
  // The lowest number of 32 bits, as seconds since 1970.
  Date.UTC(1901, 11, 13, 20, 45, 52),
  // Where satellites begin to count, and where their first 1,024 weeks ended.
  Date.UTC(1980, 0, 6),
  Date.UTC(1999, 7, 22),
  Date.UTC(2000, 0, 1),
  // Cheap cameras of several makers, all with the same firmware.
  Date.UTC(2002, 11, 8, 12),
]);

const ZONE = '\\s*(Z|UTC|GMT|[+-]\\d{1,2}:?\\d{2})?';
const CLOCK = '(\\d{1,2})[:.]\\s*(\\d{1,2})(?:[:.]\\s*(\\d{1,2})(?:[.,](\\d+))?)?(?:\\s*([AP])M)?';
/** `2008:01:02 03:04:05`, also padded with spaces, with zeros or spaces for what is not known, and as ISO 8601 has it. */
const NUMBERS = new RegExp(
  `^\\s*(\\d{4})(?:[:\\-/.]\\s*(\\d{1,2})?(?:\\s*[:\\-/.]\\s*(\\d{1,2})?)?)?(?:(?:\\s*T\\s*|[\\s_]+)(?:${CLOCK}|[\\s:]*))?${ZONE}\\s*$`,
  'i',
);
/** `20080102`, `20080102T030405`. */
const COMPACT = new RegExp(`^\\s*(\\d{4})(\\d\\d)(\\d\\d)(?:[T\\s]?(\\d\\d)(\\d\\d)(\\d\\d)?)?${ZONE}\\s*$`, 'i');
/** `Wed, 02 Jan 2008 03:04:05 GMT`, as PNG recommends it. */
const WORDS = new RegExp(
  `^\\s*(?:[A-Za-z]{3,9},?\\s+)?(\\d{1,2})\\s+([A-Za-z]{3})[a-z]*\\s+(\\d{4})\\s+${CLOCK}${ZONE}`,
  'i',
);
/** `Wed Jan  2 03:04:05 2008`. */
const UNIX = new RegExp(`^\\s*[A-Za-z]{3}\\s+([A-Za-z]{3})\\s+(\\d{1,2})\\s+${CLOCK}\\s+(\\d{4})\\s*$`, 'i');
const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');

type Parts = {
  year: string;
  month: string | undefined;
  day: string | undefined;
  clock: (string | undefined)[];
  zone: string | undefined;
};

/**
 * @param latestMs wall times later than this, with a day for the zone, are a wrong clock.
 * @returns null for what is no date or cannot be believed.
 */
export function readStamp(text: string | null | undefined, latestMs: number): Stamp | null {
  const parts = text == null ? null : partsOf(text.slice(0, 100));
  if (parts === null) return null;
  const [year, month, day] = [Number(parts.year), Number(parts.month ?? 0), Number(parts.day ?? 0)];
  if (month > 12 || day > 31 || (month === 0 && day !== 0)) return null;
  const [hour, minute = '0', second = '0', fraction = '', half] = parts.clock;
  const precision: Precision =
    month === 0 ? 'year' : day === 0 ? 'month' : hour === undefined || hour === '' ? 'day' : 'second';
  const midnight = new Date(0);
  midnight.setUTCFullYear(year, Math.max(0, month - 1), Math.max(1, day));
  if (precision !== 'year' && midnight.getUTCMonth() !== month - 1) return null;
  let wallMs = midnight.getTime();
  let subSecond = '';
  if (precision === 'second') {
    const told = half === undefined ? Number(hour) : (Number(hour) % 12) + (/p/i.test(half) ? 12 : 0);
    // An hour of 24 is the next day's first: some cameras count so.
    if (told > 24 || Number(minute) > 59) return null;
    // A leap second is the minute's last; more than that is none.
    const seconds = Number(second) > 60 ? 0 : Math.min(59, Number(second));
    wallMs += told * 3_600_000 + Number(minute) * 60_000 + seconds * 1000;
    subSecond = fraction;
  }
  if (wallMs < EARLIEST || wallMs > latestMs + DAY || isReset(wallMs, precision)) return null;
  return { wallMs, subSecond, offsetMinutes: precision === 'second' ? readOffset(parts.zone) : null, precision };
}

function partsOf(text: string): Parts | null {
  const numbers = NUMBERS.exec(text);
  if (numbers !== null) {
    const [, year, month, day, hour, minute, second, fraction, half, zone] = numbers;
    return { year: year!, month, day, clock: [hour, minute, second, fraction, half], zone };
  }
  const compact = COMPACT.exec(text);
  if (compact !== null) {
    const [, year, month, day, hour, minute, second, zone] = compact;
    return { year: year!, month, day, clock: [hour, minute, second], zone };
  }
  const words = WORDS.exec(text);
  if (words !== null) {
    const [, day, month, year, hour, minute, second, fraction, half, zone] = words;
    return { year: year!, month: monthNamed(month!), day, clock: [hour, minute, second, fraction, half], zone };
  }
  const unix = UNIX.exec(text);
  if (unix === null) return null;
  const [, month, day, hour, minute, second, fraction, half, year] = unix;
  return {
    year: year!,
    month: monthNamed(month!),
    day,
    clock: [hour, minute, second, fraction, half],
    zone: undefined,
  };
}

/** 1–12; 99, which is no month, for a word that names none. */
function monthNamed(word: string): string {
  const index = MONTHS.indexOf(word.toLowerCase());
  return String(index === -1 ? 99 : index + 1);
}

/** No clock writes a month or a year alone. */
function isReset(wallMs: number, precision: Precision): boolean {
  if (precision === 'month' || precision === 'year') return false;
  if (RESET_DAYS.has(Math.floor(wallMs / DAY) * DAY)) return true;
  if (precision === 'day') return false;
  // The beginning of 1970, told in a zone west of Greenwich.
  const beforeEpoch = -wallMs;
  return RESET_MOMENTS.has(wallMs) || (beforeEpoch > 0 && beforeEpoch <= DAY / 2 && beforeEpoch % 1_800_000 === 0);
}

/** `+02:00`, `-0530`, `Z` → minutes east of UTC; null for anything else or beyond −12 … +14 hours. */
export function readOffset(text: string | null | undefined): number | null {
  if (/^\s*(Z|UTC|GMT)\s*$/i.test(text ?? '')) return 0;
  const match = /^\s*([+-])(\d{1,2}):?(\d{2})\s*$/.exec(text ?? '');
  if (match === null || Number(match[3]) > 59) return null;
  const minutes = (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3]));
  return minutes < -720 || minutes > 840 ? null : minutes;
}

/** First and last day of what a stamp may mean, in days since 1970. */
export function daysOf(wallMs: number, precision: Precision): { first: number; last: number } {
  const first = Math.floor(wallMs / DAY);
  if (precision === 'second' || precision === 'day') return { first, last: first };
  const end = new Date(wallMs);
  if (precision === 'month') end.setUTCMonth(end.getUTCMonth() + 1);
  else end.setUTCFullYear(end.getUTCFullYear() + 1);
  return { first, last: Math.floor(end.getTime() / DAY) - 1 };
}
