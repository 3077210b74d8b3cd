/** Where things lie in the data folder. Pure: no file is touched here, and no decoder is loaded for it. */
import { join } from 'node:path';
import type { PreviewSize } from '../../../shared/addresses.ts';

export const catalogPath = (data: string): string => join(data, 'catalog.sqlite');
/** What the catalog was when it was closed last (catalog/seal.ts). */
export const sealPath = (data: string): string => join(data, 'catalog.seal');
/** Is there when the full check found damage: the catalog is not opened again before a person chose what to do. */
export const damageNotePath = (data: string): string => join(data, 'catalog.damaged');
export const backupsPath = (data: string): string => join(data, 'backups');
export const previewsPath = (data: string): string => join(data, 'previews');
export const demoShootPath = (data: string): string => join(data, 'demo-shoot');
/** What belongs to one model of the registry. */
export const modelFolder = (data: string, name: string): string => join(data, 'models', name);
/** What is fetched to be converted, and thrown away afterwards: the checkpoint, and a vision tower that it lacks. */
export const checkpointFolder = (data: string, name: string): string => join(modelFolder(data, name), 'checkpoint');
export const visionFolder = (data: string, name: string): string => join(modelFolder(data, name), 'vision');
/** What was measured once of a model. No model of the registry is called so. */
export const modelCacheFolder = (data: string): string => join(data, 'models', 'cache');
/** Keys of engines on other computers, mode 600. */
export const engineKeysPath = (data: string): string => join(data, 'engine-keys.json');
/** Compiled code that decoding processes start from; where Node's own variable names a place, that. */
export const codeCachePath = (data: string): string => process.env.NODE_COMPILE_CACHE || join(data, 'code-cache');

/**
 * `<data>/previews/<2 hex>/<photo>-<version>-<size>.jpg`: 256 folders, so that none grows too big.
 * @param version changes whenever the content does, so that the address can be kept for ever.
 */
export function previewPath(data: string, photo: number, version: number | string, size: PreviewSize): string {
  const folder = (photo & 0xff).toString(16).padStart(2, '0');
  return join(previewsPath(data), folder, `${photo}-${version}-${size}.jpg`);
}
