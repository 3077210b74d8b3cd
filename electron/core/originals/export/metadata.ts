/** What a copy says of itself: all, only whose it is, or nothing; without the place where the person was, when asked. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { messageOf } from '../../../../shared/error-message.ts';
import type { ExportOptions } from '../../../../shared/export.ts';
import { CoreError } from '../../base/core-error.ts';
import { extensionOf, RAW_EXTENSIONS } from '../../formats/identify.ts';

const SECONDS = 60;

/** Everything by which a place can be known. */
const PLACES = [
  '-gps:all=',
  '-xmp-exif:gps*=',
  '-xmp-iptcCore:Location=',
  '-xmp-photoshop:City=',
  '-xmp-photoshop:State=',
  '-xmp-photoshop:Country=',
  '-xmp-iptcCore:CountryCode=',
  '-xmp-iptcExt:LocationCreated=',
  '-xmp-iptcExt:LocationShown=',
  '-iptc:City=',
  '-iptc:Sub-location=',
  '-iptc:Province-State=',
  '-iptc:Country-PrimaryLocationName=',
  '-iptc:Country-PrimaryLocationCode=',
];
/** Pixels of a copy stand upright already, and a preview of the original would show what was cut away. */
const NOT_OF_A_COPY = [
  '--Orientation',
  '--ThumbnailImage',
  '--PreviewImage',
  '--JpgFromRaw',
  '--ImageWidth',
  '--ImageHeight',
  '--ExifImageWidth',
  '--ExifImageHeight',
  '--ICC_Profile:all',
  '--MakerNotes:all',
  '--XMP-crs:all',
];
const OWNERSHIP = [
  '-Copyright',
  '-Artist',
  '-XMP-dc:Rights',
  '-XMP-dc:Creator',
  '-XMP-xmpRights:all',
  '-IPTC:CopyrightNotice',
  '-IPTC:By-line',
];

/** Files that exiftool writes whole: of a RAW nothing is ever taken out. */
const WRITTEN: ReadonlySet<string> = new Set([
  'jpg',
  'jpeg',
  'jpe',
  'tif',
  'tiff',
  'png',
  'webp',
  'heic',
  'heif',
  'hif',
  'avif',
  'dng',
  'xmp',
  'jxl',
]);

/**
 * Has a part of an original say less, as far as asked.
 * @returns whether it is another file now. @throws CoreError INVALID for a file of which nothing can be taken out.
 */
export async function stripCopy(part: string, source: string, options: ExportOptions): Promise<boolean> {
  if (options.metadata === 'all' && !options.stripGps) return false;
  const extension = extensionOf(source);
  if (extension === 'aae') return false;
  if (!WRITTEN.has(extension) || (RAW_EXTENSIONS.has(extension) && options.metadata !== 'all')) {
    throw new CoreError(
      'INVALID',
      'Metadata cannot be taken out of this RAW file without changing what the camera wrote: export it as JPEG instead.',
    );
  }
  if (options.metadata === 'all') await exiftool([...PLACES, part]);
  else {
    const kept = ['-tagsFromFile', '@', '-Orientation', ...(options.metadata === 'copyright' ? OWNERSHIP : [])];
    await exiftool(['-all=', '--icc_profile:all', ...kept, part]);
  }
  return true;
}

/** Writes into a part that was rendered what it keeps of its original's metadata. */
export async function describeCopy(part: string, source: string, options: ExportOptions): Promise<void> {
  if (options.metadata === 'none') return;
  const kept = options.metadata === 'all' ? ['-all:all', '-unsafe', ...NOT_OF_A_COPY] : OWNERSHIP;
  await exiftool(['-tagsFromFile', source, ...kept, part]);
  if (options.metadata === 'all' && options.stripGps) await exiftool([...PLACES, part]);
}

async function exiftool(parameters: readonly string[]): Promise<void> {
  const { exiftoolPath } = await import('exiftool-vendored');
  // The first argument: no configuration of the user's own, which could run any Perl. -P: it keeps the file's time.
  const all = ['-config', '', '-q', '-q', '-m', '-P', '-overwrite_original', ...parameters];
  try {
    await promisify(execFile)(await exiftoolPath(), all, { timeout: SECONDS * 1000 });
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim().split('\n')[0] : '';
    throw new CoreError('UNAVAILABLE', `exiftool could not write the metadata: ${said || messageOf(error)}`, {
      cause: error,
    });
  }
}
