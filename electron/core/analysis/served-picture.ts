/** The picture behind an address: a preview from the data folder, or all pixels made from the original, or developed from it. */
import { access, readFile } from 'node:fs/promises';
import { PICTURE_SIZES, type PictureSize } from '../../../shared/addresses.ts';
import { CoreError } from '../base/core-error.ts';
import { previewPath } from '../base/data-places.ts';
import type { Quarters } from '../base/quarters.ts';
import type { ServedPicture } from '../base/records.ts';
import { UnreadablePhoto } from '../base/unreadable.ts';
import type { Catalog } from '../catalog/open.ts';
import { picturePaths, standingOf } from '../catalog/photos.ts';
import type { Development } from '../pixels/libraw.ts';
import { orientedJpeg } from '../pixels/oriented.ts';
import type { AnalysisPool } from './analysis-pool.ts';

/** On screen goes first. */
const PRIORITY = 3;

/** @throws CoreError NOT_FOUND when the photo is unknown or nothing of it can be shown now. */
export async function servePicture(
  catalog: Catalog,
  dataDirectory: string,
  pool: () => AnalysisPool,
  /** `quarters`: as it is to be seen; undefined: as a person turned it. */
  { size, id, quarters: asked }: { size: PictureSize; id: number; quarters: Quarters | undefined },
  signal: AbortSignal | undefined,
  /** The photo's previews are not where they were put. */
  onMissing: (photo: number) => void,
): Promise<ServedPicture> {
  if (!PICTURE_SIZES.includes(size)) throw new CoreError('NOT_FOUND', 'There is no picture of this size.');
  const photo = standingOf(catalog, id);
  if (!photo) throw new CoreError('NOT_FOUND', 'This photo is no longer in the library.');
  if (photo.version === 0) throw new CoreError('NOT_FOUND', photo.error ?? 'This photo was not looked at yet.');
  const quarters = asked ?? photo.quarters;
  if (size === 'draft' || size === 'developed') {
    const developed = await servePixels(catalog, pool, id, quarters, signal, size === 'draft' ? 'half' : 'whole');
    if (developed) return developed;
    throw new CoreError('NOT_FOUND', 'There is no RAW data of this photo that can be developed now.');
  }
  if (size === 'full') {
    const full = await servePixels(catalog, pool, id, quarters, signal);
    if (full) return full;
  }
  const path = previewPath(dataDirectory, id, photo.version, size === 'thumb' ? 'thumb' : 'screen');
  try {
    await access(path);
  } catch {
    onMissing(id);
    throw new CoreError('NOT_FOUND', 'The preview of this photo is missing; it is being made again.');
  }
  // All pixels were asked for, and the original is not to be had now.
  const facts = { type: 'image/jpeg', passing: size === 'full' };
  return quarters === 0 ? { path, ...facts } : { bytes: orientedJpeg(await readFile(path), quarters), ...facts };
}

/** @returns null when no file of the photo can be read, or developed, now. */
async function servePixels(
  catalog: Catalog,
  pool: () => AnalysisPool,
  id: number,
  quarters: Quarters,
  signal: AbortSignal | undefined,
  development?: Development,
): Promise<ServedPicture | null> {
  for (const path of picturePaths(catalog, id)) {
    try {
      const { jpeg } = await pool().full(path, { signal, priority: PRIORITY, development, quarters });
      return { bytes: jpeg, type: 'image/jpeg', passing: false };
    } catch (error) {
      if (!(error instanceof UnreadablePhoto) && !isFileError(error)) throw error;
    }
  }
  return null;
}

const isFileError = (error: unknown): boolean => error instanceof Error && 'syscall' in error;
