/** How photos leave the library as copies: the pattern of their names, and in what form they go. */
import { z } from 'zod';
import type { Color, Flag } from './photo.ts';

export const EXPORT_FORMATS = ['original', 'jpeg', 'webp', 'avif', 'tiff'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];
export const EXPORT_MODES = ['copy', 'move', 'link'] as const;
/** `keep`: the profile that the photo has. */
export const COLOR_SPACES = ['srgb', 'p3', 'keep'] as const;
export const METADATA_KEPT = ['all', 'copyright', 'none'] as const;

/** File name endings of the formats that are made. */
export const FORMAT_EXTENSIONS: Readonly<Record<Exclude<ExportFormat, 'original'>, string>> = {
  jpeg: 'jpg',
  webp: 'webp',
  avif: 'avif',
  tiff: 'tif',
};

export const DEFAULT_PATTERN = '{yyyy}/{mm}-{dd} {shoot}/{name}.{ext}';

export const exportOptionsSchema = z.object({
  pattern: z.string().min(1).max(500).default(DEFAULT_PATTERN),
  /** The other file of a RAW+JPEG pair and sidecars go along; only of originals. */
  partners: z.boolean().default(true),
  as: z.enum(EXPORT_FORMATS).default('original'),
  mode: z.enum(EXPORT_MODES).default('copy'),
  /** At most so many pixels along the longer edge; never enlarged. Null: as many as there are. */
  longEdge: z.int().min(16).max(65_535).nullable().default(null),
  /** 1–100, of JPEG, WebP and AVIF. */
  quality: z.int().min(1).max(100).default(88),
  /** Quality is lowered until a file is no larger; null: no limit. */
  maxBytes: z.int().min(1000).nullable().default(null),
  /** Sharpens what was made smaller. */
  sharpen: z.boolean().default(true),
  color: z.enum(COLOR_SPACES).default('srgb'),
  metadata: z.enum(METADATA_KEPT).default('all'),
  /** Places on earth are taken out, whatever else is kept. */
  stripGps: z.boolean().default(false),
  /** What people said of the photos goes along, as `keeplight-views.json`. */
  views: z.boolean().default(false),
  /** Text in the lower right corner; null: none. */
  watermark: z.string().trim().max(200).nullable().default(null),
});
export type ExportOptions = z.infer<typeof exportOptionsSchema>;

/** What a pattern names a file by. */
export type PatternFacts = {
  /** Of the file without its ending, and the ending without its dot. */
  name: string;
  extension: string;
  /** From 1, in the order of the export. */
  counter: number;
  /** Milliseconds of the camera's wall clock read as UTC; null when no date is believed. */
  takenAt: number | null;
  /** Name of the folder it lies in. */
  shoot: string;
  camera: string | null;
  lens: string | null;
  iso: number | null;
  title: string | null;
  stars: number;
  color: Color;
  flag: Flag;
};

const two = (value: number): string => String(value).padStart(2, '0');
const dated =
  (read: (date: Date) => string) =>
  ({ takenAt }: PatternFacts): string =>
    takenAt === null ? '' : read(new Date(takenAt));

/** Words of a pattern, each with what it stands for; empty where it is not known. */
export const PATTERN_WORDS: Readonly<Record<string, { about: string; value: (facts: PatternFacts) => string }>> = {
  yyyy: { about: 'year', value: dated((date) => String(date.getUTCFullYear()).padStart(4, '0')) },
  mm: { about: 'month', value: dated((date) => two(date.getUTCMonth() + 1)) },
  dd: { about: 'day', value: dated((date) => two(date.getUTCDate())) },
  hh: { about: 'hour', value: dated((date) => two(date.getUTCHours())) },
  min: { about: 'minute', value: dated((date) => two(date.getUTCMinutes())) },
  ss: { about: 'second', value: dated((date) => two(date.getUTCSeconds())) },
  // `2026-05-17 Harbour` is Harbour: the pattern has words of its own for the date.
  shoot: {
    about: 'folder of the photo, without a date before its name',
    value: ({ shoot }) => shoot.replace(/^\d{4}-\d\d-\d\d[ _-]+(?=\S)/, ''),
  },
  camera: { about: 'camera', value: ({ camera }) => camera ?? '' },
  lens: { about: 'lens', value: ({ lens }) => lens ?? '' },
  iso: { about: 'ISO', value: ({ iso }) => (iso === null ? '' : `${iso}`) },
  title: { about: 'title', value: ({ title }) => title ?? '' },
  stars: { about: 'stars, 0 to 5', value: ({ stars }) => `${stars}` },
  color: { about: 'color label', value: ({ color }) => color },
  flag: { about: 'flag', value: ({ flag }) => flag },
  name: { about: 'name without ending', value: ({ name }) => name },
  counter: { about: 'number of the photo; {counter:4} has four digits', value: ({ counter }) => `${counter}` },
  ext: { about: 'ending', value: ({ extension }) => extension },
};

const WORD = /\{([a-z]+)(?::(\d))?\}/g;

/** Why a pattern cannot be used, as a sentence; null where it can. */
export function patternProblem(pattern: string): string | null {
  for (const [whole, word] of pattern.matchAll(WORD)) {
    if (!Object.hasOwn(PATTERN_WORDS, word ?? '')) {
      return `A pattern has no ${whole}. It knows: ${Object.keys(PATTERN_WORDS)
        .map((known) => `{${known}}`)
        .join(' ')}.`;
    }
  }
  if (/[{}]/.test(pattern.replace(WORD, ''))) return 'A brace of the pattern is not closed.';
  if (/^([a-z]:|[/\\])/i.test(pattern))
    return 'A pattern is below the folder that you choose; it does not begin with a slash.';
  if (!/[^/\\\s.]/.test(pattern)) return 'The pattern names nothing.';
  return null;
}

/** Longer names are cut: file systems take 255 bytes, and numbers may be added. */
const NAME_BYTES = 200;
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)$/i;

/** Bytes of a text in UTF-8. */
function bytesOf(text: string): number {
  let bytes = 0;
  for (const sign of text) {
    const code = sign.codePointAt(0)!;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4;
  }
  return bytes;
}

/** What a part of a path may be called on every system; empty where nothing is left. */
function safeName(text: string): string {
  const clean = text
    .normalize('NFC')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
    .replace(/[\u0000-\u001f\u007f<>:"|?*\\/]/g, '_')
    .replace(/\s+/g, ' ')
    .replace(/^[ ]+|[. ]+$/g, '');
  let cut = clean;
  while (bytesOf(cut) > NAME_BYTES) cut = [...cut].slice(0, -1).join('');
  return RESERVED.test(cut) ? `_${cut}` : cut;
}

/**
 * The path of a file below the chosen folder, '/' between folders: `2026/05-17 Harbour/X100V/DSCF0012-001.jpg`. Parts
 * of which nothing is known are left out; what no file system takes becomes `_`.
 * @param pattern one without a `patternProblem`; the ending is added where it does not say `{ext}`.
 */
export function expandPattern(pattern: string, facts: PatternFacts): string {
  const full = pattern.includes('{ext}') ? pattern : `${pattern}.{ext}`;
  const parts = full.split(/[/\\]/).map((part, index, all) => {
    const isFile = index === all.length - 1;
    const ending = isFile && facts.extension !== '' ? `.${facts.extension}` : '';
    let isComplete = true;
    const text = (isFile ? part.replace(/\.?\{ext\}$/, '') : part).replace(WORD, (_, word: string, digits?: string) => {
      const value = PATTERN_WORDS[word]?.value(facts) ?? '';
      if (value === '') isComplete = false;
      return (digits === undefined ? value : value.padStart(Number(digits), '0')).replace(/[/\\]/g, '_');
    });
    // What stood between two words of which one is unknown goes with it.
    const name = safeName(isComplete ? text : text.replace(/^[\s_-]+|[\s_-]+$/g, ''));
    if (name === '..' || name === '.') return isFile ? `_${ending}` : '';
    return isFile ? `${name === '' ? safeName(facts.name) || 'photo' : name}${ending}` : name;
  });
  return parts.filter((part) => part !== '').join('/');
}

/** The same path with a number before its ending: `a/b-2.CR2.xmp`. @param extension the ending without its dot */
export function numbered(path: string, extension: string, number: number): string {
  const end = extension === '' ? path.length : path.length - extension.length - 1;
  return `${path.slice(0, end)}-${number}${path.slice(end)}`;
}
