/** The picture behind an address: a preview from the data folder, or all pixels made from the original. */
import { access } from 'node:fs/promises';
import { PICTURE_SIZES, type PictureSize } from '../../../shared/addresses.ts';
import { CoreError } from '../base/core-error.ts';
import { UnreadablePhoto } from '../base/unreadable.ts';
import { type Catalog, query } from '../catalog/open.ts';
import type { ServedPicture } from '../core.ts';
import type { AnalysisPool } from './analysis-pool.ts';
import { previewPath } from './analyze.ts';

/** On screen goes first. */
const PRIORITY = 3;

/** @throws CoreError NOT_FOUND when the photo is unknown or nothing of it can be shown now. */
export async function servePicture(
  catalog: Catalog,
  dataDirectory: string,
  pool: () => AnalysisPool,
  size: PictureSize,
  id: number,
  signal: AbortSignal | undefined,
  /** The photo's previews are not where they were put. */
  onMissing: (photo: number) => void,
): Promise<ServedPicture> {
  if (!PICTURE_SIZES.includes(size)) throw new CoreError('NOT_FOUND', 'There is no picture of this size.');
  const photo = query<{ version: number; error: string | null }>(
    catalog,
    'SELECT version, error FROM photo WHERE id = ?',
  ).get(id);
  if (!photo) throw new CoreError('NOT_FOUND', 'This photo is no longer in the library.');
  if (photo.version === 0) throw new CoreError('NOT_FOUND', photo.error ?? 'This photo was not looked at yet.');
  if (size === 'full') {
    const full = await servePixels(catalog, pool, id, signal);
    if (full) return full;
  }
  const path = previewPath(dataDirectory, id, photo.version, size === 'thumb' ? 'thumb' : 'screen');
  try {
    await access(path);
  } catch {
    onMissing(id);
    throw new CoreError('NOT_FOUND', 'The preview of this photo is missing; it is being made again.');
  }
  return { path, type: 'image/jpeg' };
}

/** @returns null when no file of the photo can be read now: the preview stands in. */
async function servePixels(
  catalog: Catalog,
  pool: () => AnalysisPool,
  id: number,
  signal: AbortSignal | undefined,
): Promise<ServedPicture | null> {
  const files = query<string>(
    catalog,
    `SELECT r.path || '/' || CASE f.path WHEN '' THEN '' ELSE f.path || '/' END || x.name
     FROM file x JOIN folder f ON f.id = x.folder_id JOIN root r ON r.id = f.root_id
     WHERE x.photo_id = ? AND x.role <> 'sidecar' ORDER BY x.position`,
  )
    .pluck()
    .all(id);
  for (const path of files) {
    try {
      const { jpeg } = await pool().full(path, { signal, priority: PRIORITY });
      return { bytes: jpeg, type: 'image/jpeg' };
    } catch (error) {
      if (!(error instanceof UnreadablePhoto) && !isFileError(error)) throw error;
    }
  }
  return null;
}

const isFileError = (error: unknown): boolean => error instanceof Error && 'syscall' in error;
