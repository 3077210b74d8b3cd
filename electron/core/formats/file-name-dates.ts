/** Dates in the names that phones, messengers, drones, screen grabbers and people give their files. Pure. */

export type DateInName = {
  /** `YYYY-MM-DD`, with ` HH:MM:SS` and parts of a second when the name says the time. */
  text: string;
  /** Minutes east of UTC where the program is known to write UTC; null: wall time of the place. */
  offsetMinutes: 0 | null;
};

/** Names that count milliseconds since 1970: Facebook, Messenger, WeChat, Line. */
const EPOCH = /^(?:FB_IMG_|Messenger_creation_|mmexport|wx_camera_|microMsg\.|hdImg_|line_)?(1\d{12})(?:[^\d].*)?$/i;
/** `20180725_163423`, `20210102_030405678`, `20230506150405`, `20190521-104552`, `20140506_07_08_09`. */
const COMPACT = /(?:^|\D)(\d{4})(\d\d)(\d\d)[ _T-]?(\d\d)[_-]?(\d\d)[_-]?(\d\d)(\d{3})?(?:\D|$)/;
/** `2022-08-09 at 11.12.13 PM`, `2019-05-21-10-45-52`, `2021-03-04-101112`, `2023-05-06 um 15.04.05`, `2014_05_06 07.08.09`. */
const SPACED =
  /(?:^|\D)(\d{4})[-_.](\d\d)[-_.](\d\d)(\D{1,16}?)(\d{1,2})[.:_ -]?(\d\d)[.:_ -]?(\d\d)(?:[._-](\d{3})(?=\D|$))?(?:[\s\u00a0\u202f]?([AP])\.?[\s\u00a0\u202f]?M\b\.?)?(?:\D|$)/i;
/** A day alone: `IMG-20190704-WA0001`, `WP_20140506_001`, `1952-05-06 wedding`. */
const COMPACT_DAY = /(?:^|\D)((?:19[89]|20\d)\d)(\d\d)(\d\d)(?:\D|$)/;
const SPACED_DAY = /(?:^|\D)(\d{4})([-_.])(\d\d)\2(\d\d)(?:\D|$)/;
const MORNING = /上午|午前|오전/;
const AFTERNOON = /下午|午後|오후/;

/** What a file's name says; null when there is no date in it. Impossible ones are for the reader of dates to refuse. */
export function dateInFileName(name: string): DateInName | null {
  const stem = name.normalize('NFC').replace(/\.[A-Za-z]\w{1,4}$/, '');
  const epoch = EPOCH.exec(stem);
  if (epoch !== null) return { text: new Date(Number(epoch[1])).toISOString(), offsetMinutes: 0 };
  const compact = COMPACT.exec(stem);
  if (compact !== null && isDay(compact[2], compact[3]) && isTime(compact[4], compact[5], compact[6])) {
    const [, year, month, day, hour, minute, second, fraction] = compact;
    const time = `${hour}:${minute}:${second}${fraction === undefined ? '' : `.${fraction}`}`;
    // Google's camera writes UTC, whatever the place.
    return { text: `${year}-${month}-${day} ${time}`, offsetMinutes: /(?:^|\W)PXL_/.test(stem) ? 0 : null };
  }
  const spaced = SPACED.exec(stem);
  if (spaced !== null) {
    const [, year, month, day, between = '', written, minute, second, fraction, letter] = spaced;
    const hour = hourOfDay(Number(written), between, letter);
    if (hour !== null && isDay(month, day) && isTime(String(hour), minute, second)) {
      const time = `${String(hour).padStart(2, '0')}:${minute}:${second}${fraction === undefined ? '' : `.${fraction}`}`;
      return { text: `${year}-${month}-${day} ${time}`, offsetMinutes: null };
    }
  }
  const day = SPACED_DAY.exec(stem);
  if (day !== null && isDay(day[3], day[4])) return { text: `${day[1]}-${day[3]}-${day[4]}`, offsetMinutes: null };
  const compactDay = COMPACT_DAY.exec(stem);
  if (compactDay === null || !isDay(compactDay[2], compactDay[3])) return null;
  return { text: `${compactDay[1]}-${compactDay[2]}-${compactDay[3]}`, offsetMinutes: null };
}

/** 12 AM is midnight, 12 PM noon; null for an hour that a clock of twelve hours does not show. */
function hourOfDay(hour: number, between: string, letter: string | undefined): number | null {
  const isAfternoon = letter?.toUpperCase() === 'P' || AFTERNOON.test(between);
  const isMorning = letter?.toUpperCase() === 'A' || MORNING.test(between);
  if (!isAfternoon && !isMorning) return hour;
  if (hour > 12) return letter === undefined ? hour : null;
  return (hour % 12) + (isAfternoon ? 12 : 0);
}

function isDay(month: string | undefined, day: string | undefined): boolean {
  return Number(month) >= 1 && Number(month) <= 12 && Number(day) >= 1 && Number(day) <= 31;
}

function isTime(hour: string | undefined, minute: string | undefined, second: string | undefined): boolean {
  return Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60;
}

/**
 * The number that a camera gave the frame, from `IMG_1234`, `DSC09876`, `P1010023`; null for names that have none. Counters
 * begin again after 9999: it orders frames of one moment, not of a year.
 */
export function fileCounterOf(name: string): number | null {
  const match = /^(?:P\d{3}|[A-Za-z_]{1,8}?)(\d{3,5})(?:\D|$)/.exec(name);
  return match === null ? null : Number(match[1]);
}
