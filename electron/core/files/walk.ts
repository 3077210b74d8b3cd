/**
 * Walks a root and finds every picture and sidecar below it. Reads names and stats only; a file of unknown extension is opened to
 * see its first bytes. What is no photo by its name is passed over without a stat.
 */
import type { Dirent } from 'node:fs';
import { open, readdir, realpath, stat } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';
import { errorCode, sentenceForFileError } from '../base/file-error.ts';
import { extensionOf, looksLikePicture, RASTER_EXTENSIONS, RAW_EXTENSIONS } from '../formats/identify.ts';

/** A file that belongs into the library. */
export type FoundFile = {
  type: 'file';
  /** `sidecar`: .xmp or .aae. A picture is a candidate: whether it can be read shows when it is looked at. */
  role: 'picture' | 'sidecar';
  /** Below the root, with `/` between folders, the name exactly as the system gives it (NFC and NFD are different names). */
  relativePath: string;
  /** Bytes. */
  size: number;
  /** Milliseconds since 1970, with fraction. */
  mtimeMs: number;
  /** The same of the last change of anything, also of its name; null on Windows, where it says nothing. */
  ctimeMs: number | null;
  /** Device and inode as decimal text (they do not fit a double on every system). */
  device: string;
  inode: string;
};

/** Something below the root that could not be walked, with a sentence for people. */
export type WalkProblem = {
  type: 'problem';
  relativePath: string;
  reason: string;
  /** The photos below this path must not be taken for removed: they could not be seen. */
  hidesContents: boolean;
  /** The root itself is missing or unreadable. */
  rootGone: boolean;
};

export type WalkOptions = {
  signal?: AbortSignal;
  /** Only this folder and what lies below it, relative to the root. */
  below?: string;
  /** Told before each folder is read, relative to the root. */
  atFolder?: (relative: string) => void;
};

/** Files asked about at once: hides the latency of network drives. */
const STATS_AT_ONCE = 48;

/** Folders that programs and systems keep beside photos. Hidden ones (a dot first) are left out as well. */
const SYSTEM_FOLDERS: ReadonlySet<string> = new Set(
  [
    '@eadir',
    '#recycle',
    '#snapshot',
    '$recycle.bin',
    'recycler',
    'system volume information',
    'lost+found',
    '__macosx',
    'node_modules',
    'captureone',
  ].map((name) => name.toLowerCase()),
);
/** Catalogs and preview stores of Lightroom and Capture One. */
const SYSTEM_SUFFIXES = /\.(lrdata|lrcat-data|lrlibrary|cocatalog|cosessiondb)$/i;
/** Libraries of Apple Photos, iPhoto and Aperture are folders: photos lie in one of theirs, previews and faces in the others. */
const LIBRARY_SUFFIXES = /\.(photoslibrary|photolibrary|aplibrary|migratedphotolibrary)$/i;
const LIBRARY_ORIGINALS = /^(originals|masters)$/i;
/** What exiftool and editors leave beside a photo that they changed. */
const BACKUPS = /(\.\w{2,5}_original|~|\.bak|\.orig|\.old)$/i;

const SIDECARS: ReadonlySet<string> = new Set(['xmp', 'aae']);

/** Never photos; a file of any other unknown extension is opened to look. */
const OTHER_EXTENSIONS: ReadonlySet<string> = new Set(
  (
    'txt md rtf doc docx xls xlsx ppt pptx odt ods odp pdf csv tsv json xml yml yaml toml ini cfg conf log html htm css js ts ' +
    'mjs cjs py rb java c h cpp hpp rs go sh bat ps1 exe dll so dylib msi dmg pkg deb rpm apk app zip rar 7z gz bz2 xz tar tgz zst iso ' +
    'mp4 mov m4v avi mkv webm mts m2ts mpg mpeg wmv flv 3gp mp3 wav flac aac m4a ogg opus wma aiff mid db sqlite sqlite3 lrcat ' +
    'lrcat-shm lrcat-wal lock tmp part crdownload bak pp3 dop cos on1 arp acr lrtemplate cube icc icm ttf otf woff woff2 svg eps ai ' +
    'indd sketch fig kdbx pem key gpx kml kmz srt vtt url webloc lnk ics vcf eml thm ctg dat'
  ).split(' '),
);

type Folder = { absolute: string; relative: string };

/**
 * Every file below a root, folders in no promised order, each folder once however many links lead to it.
 * @throws the signal's reason when aborted; nothing else.
 */
export async function* walkRoot(root: string, options: WalkOptions = {}): AsyncGenerator<FoundFile | WalkProblem> {
  const { signal, below = '' } = options;
  const top = below === '' ? root : join(root, ...below.split('/'));
  let realRoot: string;
  try {
    realRoot = await realpath(root);
    if (!(await stat(root)).isDirectory()) {
      yield problem('', 'The folder is not a folder any more.', { rootGone: true });
      return;
    }
  } catch (error) {
    yield problem('', sentenceForFileError(error), { rootGone: true });
    return;
  }
  const seen = new Set<string>();
  const folders: Folder[] = [{ absolute: top, relative: below }];
  // Links wait until every real folder was walked, so that a photo is found at its real place.
  const links: Folder[] = [];
  while (folders.length > 0 || links.length > 0) {
    signal?.throwIfAborted();
    const folder = folders.pop() ?? links.shift()!;
    options.atFolder?.(folder.relative);
    const entries = await readFolder(folder, seen);
    if (entries === 'seen') continue;
    if (!Array.isArray(entries)) {
      yield entries;
      continue;
    }
    const files: string[] = [];
    for (const entry of entries) {
      const name = entry.name.toString('utf8');
      const relative = folder.relative === '' ? name : `${folder.relative}/${name}`;
      if (name.includes('�') && !entry.name.equals(Buffer.from(name))) {
        yield problem(relative, 'Its name is not valid Unicode; rename it to include it.', {
          hidesContents: entry.isDirectory(),
        });
      } else if (entry.isDirectory()) {
        if (!isSystemFolder(name) && !isInsideOfLibrary(folder.absolute, name))
          folders.push({ absolute: join(folder.absolute, name), relative });
      } else if (entry.isSymbolicLink()) {
        const target = await followLink(join(folder.absolute, name), name, realRoot);
        if (target === 'folder') links.push({ absolute: join(folder.absolute, name), relative });
        else if (target === 'file') files.push(name);
        else if (target === 'loop') yield problem(relative, 'The link leads in a circle.', {});
      } else if (entry.isFile() && isCandidate(name) && !LIBRARY_SUFFIXES.test(basename(folder.absolute)))
        files.push(name);
    }
    for (let start = 0; start < files.length; start += STATS_AT_ONCE) {
      signal?.throwIfAborted();
      const found = await Promise.all(files.slice(start, start + STATS_AT_ONCE).map((name) => describe(folder, name)));
      for (const item of found) if (item !== null) yield item;
    }
  }
}

async function readFolder(folder: Folder, seen: Set<string>): Promise<Dirent<Buffer>[] | WalkProblem | 'seen'> {
  const isTop = seen.size === 0;
  try {
    const { dev, ino } = await stat(folder.absolute, { bigint: true });
    const identity = `${dev}:${ino}`;
    if (seen.has(identity)) return 'seen';
    seen.add(identity);
    return await readdir(folder.absolute, { withFileTypes: true, encoding: 'buffer' });
  } catch (error) {
    // A folder that vanished while walking hides nothing: its photos are gone.
    const isGone = errorCode(error) === 'ENOENT' && (!isTop || folder.relative !== '');
    return problem(folder.relative, sentenceForFileError(error), {
      hidesContents: !isGone,
      rootGone: isTop && folder.relative === '',
    });
  }
}

function isSystemFolder(name: string): boolean {
  return name.startsWith('.') || SYSTEM_FOLDERS.has(name.toLowerCase()) || SYSTEM_SUFFIXES.test(name);
}

/** Of a photo library's own folders only the originals hold photos. */
function isInsideOfLibrary(parent: string, name: string): boolean {
  return LIBRARY_SUFFIXES.test(basename(parent)) && !LIBRARY_ORIGINALS.test(name);
}

/** By name alone: hidden files, backups and what is never a photo are left out. */
function isCandidate(name: string): boolean {
  return !name.startsWith('.') && !BACKUPS.test(name) && !OTHER_EXTENSIONS.has(extensionOf(name));
}

/** What a link leads to; a picture that lies below the root anyway is found there. */
async function followLink(path: string, name: string, realRoot: string): Promise<'folder' | 'file' | 'loop' | null> {
  try {
    const stats = await stat(path);
    if (stats.isDirectory()) return isSystemFolder(name) ? null : 'folder';
    if (!stats.isFile() || !isCandidate(name)) return null;
    const target = await realpath(path);
    return target.startsWith(realRoot.endsWith(sep) ? realRoot : realRoot + sep) ? null : 'file';
  } catch (error) {
    return errorCode(error) === 'ELOOP' ? 'loop' : null;
  }
}

async function describe(folder: Folder, name: string): Promise<FoundFile | WalkProblem | null> {
  const path = join(folder.absolute, name);
  const relativePath = folder.relative === '' ? name : `${folder.relative}/${name}`;
  const extension = extensionOf(name);
  try {
    const stats = await stat(path, { bigint: true });
    if (!stats.isFile()) return null;
    const isKnown = RASTER_EXTENSIONS.has(extension) || RAW_EXTENSIONS.has(extension);
    const role = SIDECARS.has(extension) ? 'sidecar' : 'picture';
    if (role === 'picture' && !isKnown && !(await beginsLikePicture(path))) return null;
    return {
      type: 'file',
      role,
      relativePath,
      size: Number(stats.size),
      mtimeMs: Number(stats.mtimeNs) / 1e6,
      ctimeMs: process.platform === 'win32' ? null : Number(stats.ctimeNs) / 1e6,
      device: String(stats.dev),
      inode: String(stats.ino),
    };
  } catch (error) {
    return errorCode(error) === 'ENOENT'
      ? null
      : problem(relativePath, sentenceForFileError(error), { hidesContents: true });
  }
}

async function beginsLikePicture(path: string): Promise<boolean> {
  await using file = await open(path, 'r');
  const { buffer, bytesRead } = await file.read(Buffer.alloc(32), 0, 32, 0);
  return looksLikePicture(buffer.subarray(0, bytesRead));
}

function problem(
  relativePath: string,
  reason: string,
  flags: Partial<Pick<WalkProblem, 'hidesContents' | 'rootGone'>>,
): WalkProblem {
  const rootGone = flags.rootGone ?? false;
  return { type: 'problem', relativePath, reason, hidesContents: rootGone || (flags.hidesContents ?? false), rootGone };
}
