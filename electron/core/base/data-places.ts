/** Where things lie in the data folder. Pure: no file is touched here, and no decoder is loaded for it. */
import { join } from 'node:path';
import type { PictureSize } from '../../../shared/addresses.ts';

export type PreviewSize = Exclude<PictureSize, 'full'>;

export const catalogPath = (data: string): string => join(data, 'catalog.sqlite');
export const backupsPath = (data: string): string => join(data, 'backups');
export const previewsPath = (data: string): string => join(data, 'previews');
export const demoShootPath = (data: string): string => join(data, 'demo-shoot');
/** A model of the registry, by its name there. */
export const modelFolder = (data: string, name: string): string => join(data, 'models', name);
/** What engines keep between runs. */
export const engineCachePath = (data: string): string => join(data, 'models', 'cache');

/**
 * `<data>/previews/<2 hex>/<photo>-<version>-<size>.jpg`: 256 folders, so that none grows too big.
 * @param version changes whenever the content does, so that the address can be kept for ever.
 */
export function previewPath(data: string, photo: number, version: number | string, size: PreviewSize): string {
  const folder = (photo & 0xff).toString(16).padStart(2, '0');
  return join(previewsPath(data), folder, `${photo}-${version}-${size}.jpg`);
}
