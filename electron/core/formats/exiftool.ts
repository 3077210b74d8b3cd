/**
 * exiftool, kept open beside the core: asked about RAW files where the readers in the process have no answer. It only
 * reads, one file at a time (30 to 50 ms each); Perl is started on the first question and ends after a quiet minute.
 */

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ExifTool } from 'exiftool-vendored';
import { messageOf } from '../../../shared/error-message.ts';

export type ExiftoolQuestion = {
  /** Absolute. */
  path: string;
  /** A preview is wanted if one is in the file that is longer than this many bytes; null: none is wanted. */
  previewLongerThan: number | null;
};

export type ExiftoolAnswer = {
  /** By exiftool's names, numbers as numbers; empty when it could not read the file. */
  tags: Readonly<Record<string, unknown>>;
  /** A JPEG. */
  preview: Uint8Array | null;
  /** Why nothing could be asked: a part of a sentence; null when it could. */
  unavailable: string | null;
};

export interface Exiftool {
  /** Never rejects. */
  ask(question: ExiftoolQuestion): Promise<ExiftoolAnswer>;
  /** Ends the process. */
  close(): Promise<void>;
}

const SECONDS_PER_FILE = 10;
/** With waiting for those before it. */
const SECONDS_IN_ALL = 20;
const SECONDS_TO_START = 15;
const SECONDS_TO_END = 5;
const QUIET_SECONDS = 60;
/** No camera's preview is longer. */
const MAX_PREVIEW_BYTES = 64 * 2 ** 20;
/** Starts that fail before it is given up for as long as the core runs. */
const STARTS = 2;

const PREVIEW_TAGS = ['JpgFromRaw', 'JpgFromRaw2', 'PreviewImage', 'OtherImage', 'ThumbnailImage'] as const;
/** `#` asks for the number instead of the words. */
const READ_ARGUMENTS = [
  '-fast',
  ...[
    'Make',
    'Model',
    'SerialNumber',
    'InternalSerialNumber',
    'LensID',
    'LensModel',
    'Lens',
    'DateTimeOriginal',
    'CreateDate',
    'ModifyDate',
  ],
  ...['SubSecTimeOriginal', 'OffsetTimeOriginal', 'OffsetTime', 'GPSDateStamp', 'GPSTimeStamp'],
  ...['Orientation#', 'Rotation#', 'ImageWidth#', 'ImageHeight#', 'ShutterSpeed#', 'Aperture#', 'ISO#'],
  ...['ExposureCompensation#', 'FocalLength#', 'FocalLengthIn35mmFormat#', 'Flash#'],
  ...['Composite:GPSLatitude#', 'Composite:GPSLongitude#', 'Composite:GPSAltitude#'],
  ...PREVIEW_TAGS,
].map((name) => (name.startsWith('-') ? name : `-${name}`));

/** @param program exiftool's own path; default: the one that comes with the app. */
export function openExiftool(program?: string): Exiftool {
  let opened: Promise<ExifTool> | null = null;
  let failures = 0;
  let unavailable: string | null = null;
  let closed = false;

  const start = async (): Promise<ExifTool> => {
    const { ExifTool: Program, exiftoolPath } = await import('exiftool-vendored');
    const path = program ?? (await exiftoolPath());
    // Asked once on its own: a program that cannot be started must be an error here, not one that ends the core.
    await promisify(execFile)(path, ['-config', '', '-ver'], { timeout: SECONDS_TO_START * 1000 });
    const tool = new Program({
      maxProcs: 1,
      // The first argument: no configuration of the user's own, which could run any Perl.
      exiftoolArgs: ['-config', '', '-stay_open', 'True', '-@', '-'],
      taskTimeoutMillis: SECONDS_PER_FILE * 1000,
      spawnTimeoutMillis: SECONDS_TO_START * 1000,
      maxIdleMsPerProcess: QUIET_SECONDS * 1000,
      taskRetries: 0,
      exiftoolPath: path,
    });
    try {
      await within(SECONDS_TO_START, tool.version());
    } catch (error) {
      void tool.end(false).catch(() => {});
      throw error;
    }
    return tool;
  };

  const tool = async (): Promise<ExifTool | null> => {
    if (closed || unavailable !== null) return null;
    opened ??= start();
    const mine = opened;
    try {
      return await mine;
    } catch (error) {
      // Several may have waited for the same start.
      if (opened === mine) {
        opened = null;
        failures++;
        const text = messageOf(error);
        if (/perl|ENOENT|EACCES|not find/i.test(text)) unavailable = 'exiftool did not start, Perl may be missing';
        else if (failures >= STARTS) unavailable = 'exiftool did not start';
      }
      return null;
    }
  };

  return {
    async ask({ path, previewLongerThan }) {
      const nothing: ExiftoolAnswer = { tags: {}, preview: null, unavailable: null };
      // Its arguments come line by line: such a name could be read as several.
      if (/[\r\n]/.test(path)) return { ...nothing, unavailable: 'its name has a line break' };
      const running = await tool();
      if (running === null) return { ...nothing, unavailable: unavailable ?? 'exiftool did not start' };
      try {
        const tags: Record<string, unknown> = {
          ...(await within(SECONDS_IN_ALL, running.readRaw(path, { readArgs: READ_ARGUMENTS, useMWG: false }))),
        };
        const best = previewLongerThan === null ? null : longestPreview(tags);
        if (best === null || best.length <= previewLongerThan! || best.length > MAX_PREVIEW_BYTES)
          return { ...nothing, tags };
        const preview = await within(SECONDS_IN_ALL, running.extractBinaryTagToBuffer(best.tag, path)).catch(
          () => null,
        );
        return { ...nothing, tags, preview: preview === null ? null : new Uint8Array(preview) };
      } catch {
        return nothing;
      }
    },
    async close() {
      closed = true;
      const ending = await opened?.catch(() => null);
      if (ending != null) await within(SECONDS_TO_END, ending.end()).catch(() => ending.end(false));
    },
  };
}

/** Its own limits are for one process; starting another after a failure must not add up to more than a photo may take. */
async function within<Result>(seconds: number, work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`exiftool took longer than ${seconds} seconds`)), seconds * 1000);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

/** exiftool says `(Binary data 176462 bytes, use -b option to extract)`. */
function longestPreview(tags: Readonly<Record<string, unknown>>) {
  return PREVIEW_TAGS.map((tag) => ({ tag, length: Number(/(\d+) bytes/.exec(String(tags[tag] ?? ''))?.[1] ?? 0) }))
    .filter(({ length }) => length > 0)
    .reduce<{ tag: (typeof PREVIEW_TAGS)[number]; length: number } | null>(
      (best, next) => (best === null || next.length > best.length ? next : best),
      null,
    );
}
