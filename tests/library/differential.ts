/** Our readers beside exiftool: what both say of the same files, and where they differ. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { exiftoolPath } from 'exiftool-vendored';
import { UnreadablePhoto } from '../../electron/core/base/unreadable.ts';
import { openBytes } from '../../electron/core/formats/bytes.ts';
import { inspect } from '../../electron/core/formats/inspect.ts';
import { metadataOf } from '../../electron/core/formats/metadata.ts';
import { readSidecar } from '../../electron/core/formats/sidecar.ts';
import { seededRandom } from '../../shared/random.ts';
import type { Bases } from './variants.ts';

export const HAS_EXIFTOOL = await exiftoolPath()
  .then((path) => execFileSync(path, ['-config', '', '-ver']).length > 0)
  .catch(() => false);
if (!HAS_EXIFTOOL) console.warn('Tests against exiftool are skipped: it does not start here (Perl is missing?).');

/** Now, as both readers are told. */
export const NOW = Date.UTC(2026, 0, 1);

/** What is compared; null where nothing is said. */
export type Facts = {
  size: string | null;
  orientation: number | null;
  /** Wall time to the second, cut to what is known. */
  date: string | null;
  /** Minutes east of UTC. */
  zone: number | null;
  camera: string | null;
  serial: string | null;
  lens: string | null;
  iso: number | null;
  gps: string | null;
  rating: number | null;
  keywords: string;
};
export type Difference = { file: string; fact: keyof Facts; ours: unknown; theirs: unknown };

type Tags = Readonly<Record<string, unknown>>;

const QUESTIONS = [
  ...['File:all', 'EXIF:all', 'XMP:all', 'IPTC:all', 'PNG:ImageWidth', 'PNG:ImageHeight', 'RIFF:all'],
  ...['Composite:ImageSize', 'MakerNotes:all'],
];

/** exiftool's answers by path; one call for all. @param folder for the list of paths */
export async function askExiftool(paths: readonly string[], folder: string): Promise<Map<string, Tags>> {
  const list = join(folder, 'paths.txt');
  writeFileSync(list, paths.join('\n'));
  let text: string;
  const program = await exiftoolPath();
  const options = ['-config', '', '-json', '-n', '-G1', '-charset', 'filename=utf8'];
  try {
    text = execFileSync(program, [...options, ...QUESTIONS.map((question) => `-${question}`), '-@', list], {
      maxBuffer: 2 ** 30,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch (error) {
    // It answers for the others when one file cannot be read.
    text = (error as { stdout: string }).stdout;
  }
  return new Map((JSON.parse(text) as Tags[]).map((tags) => [String(tags.SourceFile), tags]));
}

/** Null when we refuse the file. */
export function ourFacts(path: string): Facts | null {
  try {
    if (/\.xmp$/i.test(path)) {
      const { annotations, dates } = readSidecar(path);
      const date = dates.find((text) => text !== null) ?? null;
      return { ...NOTHING, rating: annotations.rating, keywords: listed(annotations.keywords), date };
    }
    using bytes = openBytes(path, true);
    const inspection = inspect(bytes, basename(path));
    // Dates in names are none of exiftool's.
    const metadata = metadataOf(inspection, 'x', NOW);
    const { takenAt, gps } = metadata;
    const isTold = takenAt !== null && !['description', 'gps', 'file-name'].includes(takenAt.source);
    const length = { second: 19, day: 10, month: 7, year: 4 };
    return {
      size: `${inspection.uprightWidth}x${inspection.uprightHeight}`,
      orientation: metadata.orientation,
      date: isTold ? takenAt.local.slice(0, length[takenAt.precision]) : null,
      zone: isTold ? takenAt.offsetMinutes : null,
      camera: metadata.model,
      serial: metadata.serial,
      lens: metadata.lens,
      iso: metadata.iso,
      gps: gps === null ? null : placed(gps.latitude, gps.longitude),
      rating: metadata.rating,
      keywords: listed(metadata.keywords),
    };
  } catch (error) {
    if (error instanceof UnreadablePhoto) return null;
    throw error;
  }
}

const NOTHING: Facts = {
  size: null,
  orientation: null,
  date: null,
  zone: null,
  camera: null,
  serial: null,
  lens: null,
  iso: null,
  gps: null,
  rating: null,
  keywords: '',
};

const listed = (words: readonly string[]) => [...new Set(words)].sort().join('|');
const placed = (latitude: number, longitude: number) => `${latitude.toFixed(4)} ${longitude.toFixed(4)}`;

const text = (value: unknown): string | null => {
  const first = Array.isArray(value) ? value[0] : value;
  const written = first === undefined || first === null || typeof first === 'object' ? '' : String(first).trim();
  return written === '' ? null : written;
};
const number = (value: unknown): number | null => {
  const written = text(value);
  return written === null || !Number.isFinite(Number(written)) ? null : Number(written);
};
const words = (value: unknown): string[] =>
  (Array.isArray(value) ? value : value === undefined ? [] : [value])
    .map((word) => String(word).trim())
    .filter(Boolean);

/** The facts as a plain reading of exiftool's tags has them: what our rules say of dates, written down a second time. */
export function theirFacts(tags: Tags, ours: Facts): Facts {
  if (/\.xmp$/i.test(String(tags.SourceFile))) return sidecarFacts(tags, ours);
  const tag = (...names: string[]) => names.map((name) => text(tags[name])).find((found) => found !== null) ?? null;
  const exif = (name: string) => tag(`ExifIFD:${name}`, `IFD0:${name}`, `SubIFD:${name}`);
  const orientation = number(tags['IFD0:Orientation']) ?? turnOfXmp(tags);
  const [width, height] = String(tags['Composite:ImageSize'] ?? '0 0').split(/[ x]/);
  const swaps = orientation !== null && orientation >= 5 && orientation <= 8;
  const date = dateOf(tags);
  const rating = ratingOf(tags);
  return {
    size: swaps ? `${height}x${width}` : `${width}x${height}`,
    orientation,
    date: date?.text ?? null,
    zone: date?.zone ?? null,
    camera: tag('IFD0:Model', 'XMP-tiff:Model'),
    serial: serialOf(tag),
    lens: tag('ExifIFD:LensModel', 'Canon:LensModel') ?? lensOfNumbers(tags['Nikon:Lens']) ?? tag('XMP-aux:Lens'),
    iso:
      number(exif('ISO')) ??
      number(
        String(tags['Nikon:ISO'] ?? '')
          .split(' ')
          .at(-1),
      ) ??
      number(tags['XMP-exif:ISO']),
    gps: gpsOf(tags),
    rating,
    keywords: listed([
      ...words(tags['XMP-dc:Subject']),
      ...words(tags['IPTC:Keywords']),
      ...(text(tags['IFD0:XPKeywords']) ?? '')
        .split(';')
        .map((word) => word.trim())
        .filter(Boolean),
      ...words(tags['XMP-microsoft:LastKeywordXMP']),
    ]),
  };
}

/** Numbers of nothing but zeros and blanks tell no bodies apart. */
function serialOf(tag: (...names: string[]) => string | null): string | null {
  const names = ['ExifIFD:SerialNumber', 'IFD0:CameraSerialNumber', 'Canon:SerialNumber', 'Nikon:SerialNumber'];
  const more = ['Panasonic:InternalSerialNumber', 'FujiFilm:InternalSerialNumber', 'Olympus:SerialNumber'];
  const told = [...names, ...more, 'XMP-aux:SerialNumber'].map((name) => tag(name));
  return told.find((serial) => serial !== null && /[A-Za-z1-9]/.test(serial))?.replace(/^NO= /, '') ?? null;
}

/** `18 70 3.5 4.5` as people write it. */
function lensOfNumbers(value: unknown): string | null {
  const [short, long, wide, tele] = String(value ?? '').split(' ');
  if (short === undefined || long === undefined || wide === undefined || tele === undefined) return null;
  const range = (from: string, to: string) => (from === to ? from : `${from}–${to}`);
  return `${range(short, long)} mm f/${range(wide, tele)}`;
}

function sidecarFacts(tags: Tags, ours: Facts): Facts {
  const dates = ['XMP-exif:DateTimeOriginal', 'XMP-photoshop:DateCreated'].map((name) => text(tags[name]));
  const theirs = dates.find((date) => date !== null) ?? null;
  // exiftool spells dates in its own way: compared by their digits.
  const digits = (date: string | null) => date?.replace(/\D/g, '') ?? null;
  return {
    ...NOTHING,
    date: digits(theirs) === digits(ours.date) ? ours.date : theirs,
    rating: ratingOf(tags),
    keywords: listed(words(tags['XMP-dc:Subject'])),
  };
}

function turnOfXmp(tags: Tags): number | null {
  const turn = number(tags['XMP-tiff:Orientation']);
  return turn !== null && turn >= 1 && turn <= 8 ? turn : null;
}

function ratingOf(tags: Tags): number | null {
  const xmp = number(tags['XMP-xmp:Rating']);
  if (xmp !== null && xmp >= -1 && xmp <= 5) return xmp;
  const percent = number(tags['XMP-microsoft:RatingPercent']);
  if (percent !== null) return percent === 0 ? 0 : 1 + Math.round(percent / 25);
  const exif = number(tags['IFD0:Rating']);
  return exif !== null && exif >= 1 && exif <= 5 ? exif : null;
}

function gpsOf(tags: Tags): string | null {
  const [latitude, longitude] = [number(tags['GPS:GPSLatitude']), number(tags['GPS:GPSLongitude'])];
  if (latitude !== null && longitude !== null) {
    const isSouth = /^S/i.test(text(tags['GPS:GPSLatitudeRef']) ?? '');
    const isWest = /^W/i.test(text(tags['GPS:GPSLongitudeRef']) ?? '');
    if (latitude === 0 && longitude === 0) return null;
    return placed(isSouth ? -latitude : latitude, isWest ? -longitude : longitude);
  }
  const [north, east] = [number(tags['XMP-exif:GPSLatitude']), number(tags['XMP-exif:GPSLongitude'])];
  return north === null || east === null ? null : placed(north, east);
}

type Read = { text: string; zone: number | null };

/** Reads exiftool's spelling; null for what our rules do not believe. */
function believed(written: string | null): Read | null {
  const match =
    /^(\d{4})(?:[:-] ?(\d{1,2})(?:[:-] ?(\d{1,2})(?:[ T]+(\d{1,2}): ?(\d{1,2})(?:: ?(\d{1,2}))?(?:\.\d+)?)?)?)?(Z|[+-]\d{1,2}:\d\d)?$/.exec(
      (written ?? '').replace(/[ :]+$/, ''),
    );
  if (match === null) return null;
  const [, year, month, day, hour, minute, second, zone] = match;
  const pad = (value: string) => value.padStart(2, '0');
  if (Number(year) < 1826) return null;
  if (month === undefined || Number(month) === 0) return { text: year!, zone: null };
  if (day === undefined || Number(day) === 0) return { text: `${year}-${pad(month)}`, zone: null };
  const date = `${year}-${pad(month)}-${pad(day)}`;
  if (date === '1970-01-01' || date === '1980-01-01') return null;
  if (hour === undefined) return Date.parse(date) > NOW ? null : { text: date, zone: null };
  const wall =
    Date.parse(`${date}T00:00:00Z`) +
    (Number(hour) * 3600 + Number(minute) * 60 + (Number(second ?? 0) > 60 ? 0 : Math.min(59, Number(second ?? 0)))) *
      1000;
  const local = new Date(wall).toISOString().slice(0, 19);
  if (wall > NOW + 86_400_000 || /^(2000-01-01T00:00:00|2002-12-08T12:00:00|1904-01-01T00:00:00)$/.test(local))
    return null;
  const sign = zone?.startsWith('-') ? -1 : 1;
  const [hours = 0, rest = 0] = (zone ?? '').slice(1).split(':').map(Number);
  const minutes = zone === 'Z' ? 0 : zone === undefined ? null : sign * (hours * 60 + rest);
  return { text: local, zone: minutes };
}

function dateOf(tags: Tags): Read | null {
  const offset = (name: string) => believed(`2001:01:01 00:00:00${(text(tags[name]) ?? '').trim()}`)?.zone ?? null;
  const iptcTime = text(tags['IPTC:TimeCreated']);
  const iptcDay = text(tags['IPTC:DateCreated']);
  const iptc = believed(
    iptcDay === null ? null : iptcTime === null ? iptcDay : `${iptcDay} ${iptcTime.replace(/[+-]00:00$/, '')}`,
  );
  const xmp = ['XMP-exif:DateTimeOriginal', 'XMP-photoshop:DateCreated'].map((name) => believed(text(tags[name])));
  const created = [believed(text(tags['XMP-xmp:CreateDate'])), believed(text(tags['XMP-exif:DateTimeDigitized']))];
  const [gpsDay, gpsTime] = [text(tags['GPS:GPSDateStamp']), text(tags['GPS:GPSTimeStamp'])];
  const satellite = believed(gpsDay === null || gpsTime === null ? null : `${gpsDay} ${gpsTime}`);
  /** Whole quarters of an hour within two minutes. */
  const bySatellite = (local: string): number | null => {
    if (satellite === null || satellite.text.length < 19) return null;
    const minutes = (Date.parse(`${local}Z`) - Date.parse(`${satellite.text}Z`)) / 60_000;
    const quarter = Math.round(minutes / 15) * 15;
    return Math.abs(minutes - quarter) <= 2 && quarter >= -720 && quarter <= 840 ? quarter : null;
  };
  const zoneOf = (read: Read | null, name: string): Read | null => {
    if (read === null || read.text.length < 19) return read;
    const twin = [...xmp, ...created].find((other) => other?.text === read.text && other.zone !== null);
    return {
      ...read,
      zone: offset(name) ?? read.zone ?? bySatellite(read.text) ?? offset('ExifIFD:OffsetTime') ?? twin?.zone ?? null,
    };
  };
  const original = text(tags['ExifIFD:DateTimeOriginal']) ?? text(tags['IFD0:DateTimeOriginal']);
  const candidates = [
    zoneOf(believed(original), 'ExifIFD:OffsetTimeOriginal'),
    ...xmp,
    iptc,
    zoneOf(believed(text(tags['ExifIFD:CreateDate'])), 'ExifIFD:OffsetTimeDigitized'),
    ...created,
  ].filter((read) => read !== null);
  let best = candidates[0] ?? believed(text(tags['IFD0:ModifyDate']));
  for (const other of candidates)
    if (best !== null && other.text.length > best.text.length && other.text.startsWith(best.text)) best = other;
  return best;
}

/** Where the two differ, file by file; nothing for files that either of them refuses. */
export function differences(paths: readonly string[], answers: Map<string, Tags>): Difference[] {
  const found: Difference[] = [];
  for (const path of paths) {
    const tags = answers.get(path);
    const ours = ourFacts(path);
    if (tags === undefined || ours === null) continue;
    const theirs = theirFacts(tags, ours);
    for (const fact of Object.keys(theirs) as (keyof Facts)[])
      if (!isSame(fact, ours[fact], theirs[fact]))
        found.push({ file: path, fact, ours: ours[fact], theirs: theirs[fact] });
  }
  return found;
}

/** Places may differ by the rounding of the last digit. */
function isSame(fact: keyof Facts, ours: unknown, theirs: unknown): boolean {
  if (fact !== 'gps' || ours === null || theirs === null) return ours === theirs;
  const [first, second] = [ours, theirs].map((place) => String(place).split(' ').map(Number));
  return first!.every((angle, index) => Math.abs(angle - second![index]!) < 0.00015);
}

/** Rows of the table of known differences: `file | fact`. */
export function knownDifferences(document: string): Set<string> {
  const rows = readFileSync(document, 'utf8').matchAll(/^\| `([^`]+)` \| (\w+) \|/gm);
  return new Set([...rows].map(([, file, fact]) => `${file} ${fact}`));
}

const WRITTEN_TAGS: readonly (readonly [name: string, values: readonly string[]])[] = [
  ['EXIF:Make', ['Canon', 'NIKON CORPORATION']],
  ['EXIF:Model', ['Canon EOS R6', 'NIKON Z 6']],
  ['EXIF:Orientation#', ['1', '3', '6', '8']],
  ['EXIF:DateTimeOriginal', ['1935:06:01 12:00:00', '2024:02:29 23:59:58', '0000:00:00 00:00:00']],
  ['EXIF:CreateDate', ['2020:03:04 10:00:00']],
  ['EXIF:OffsetTimeOriginal', ['+05:30', '-03:00']],
  ['EXIF:ISO', ['100', '25600']],
  ['EXIF:LensModel', ['RF50mm F1.8 STM', 'NIKKOR Z 24-70mm f/4 S']],
  ['EXIF:SerialNumber', ['012345678901', '6001234']],
  ['EXIF:GPSLatitude', ['43.4674', '12.5']],
  ['EXIF:GPSLatitudeRef', ['N', 'S']],
  ['EXIF:GPSLongitude', ['11.885', '170.25']],
  ['EXIF:GPSLongitudeRef', ['E', 'W']],
  ['XMP-xmp:Rating', ['0', '3', '5', '-1']],
  ['XMP-dc:Subject', ['lake', 'Zürich & mehr']],
  ['XMP-photoshop:DateCreated', ['1952:05:06', '1987:08', '1987', '2015:06:07 08:09:10+01:00']],
  ['XMP-exif:DateTimeOriginal', ['1999:12:31 23:59:59']],
  ['IPTC:Keywords', ['harbour', 'quay']],
  ['IPTC:DateCreated', ['1960:01:02']],
  ['IPTC:TimeCreated', ['03:04:05+01:00']],
];

/** Pictures and sidecars that exiftool itself wrote tags into, in one call. @returns their paths */
export async function writeWithExiftool(count: number, folder: string, bases: Bases): Promise<string[]> {
  const random = seededRandom(77);
  const paths: string[] = [];
  const commands: string[] = [];
  const kinds = ['jpg', 'png', 'webp', 'tif', 'xmp'] as const;
  for (let index = 0; index < count; index++) {
    const kind = kinds[index % kinds.length]!;
    const path = join(folder, `written-${index}.${kind}`);
    paths.push(path);
    if (kind !== 'xmp') {
      const bytes = { jpg: bases.jpeg, png: bases.png, webp: bases.webp, tif: bases.tiff }[kind];
      writeFileSync(path, bytes);
    }
    const wanted = WRITTEN_TAGS.filter(([name]) => (kind !== 'xmp' || name.startsWith('XMP')) && random() < 0.45);
    for (const [name, values] of wanted) commands.push(`-${name}=${values[Math.floor(random() * values.length)]}`);
    // A file without a tag of its own is left as it is, or would not come to be.
    commands.push('-XMP-xmp:Label=Blue', '-overwrite_original', '-q', path, '-execute');
  }
  const list = join(folder, 'commands.txt');
  writeFileSync(list, `${commands.join('\n')}\n`);
  execFileSync(await exiftoolPath(), ['-config', '', '-@', list, '-common_args', '-charset', 'iptc=utf8'], {
    stdio: ['ignore', 'ignore', 'ignore'],
  });
  return paths;
}
