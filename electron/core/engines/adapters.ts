/**
 * Adapters on the shelf: each is a model of its own, made of another's files and of low-rank parts that are added to them
 * at a strength. What grades by it is known by base, adapter and strength together.
 */
import { createHash } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import { convertAdapter } from '../../../models/convert/adapter.ts';
import { hashFile } from '../../../models/fingerprint.ts';
import { inspectPair } from '../../../models/preflight.ts';
import { inspectAdapter } from '../../../models/preflight-adapter.ts';
import { CoreError } from '../base/core-error.ts';
import { modelFolder } from '../base/data-places.ts';
import { type KnownModel, knownModel, knownModels, saveModel } from '../catalog/models.ts';
import type { Catalog } from '../catalog/open.ts';
import { freeName, problemOf, stampOfFiles } from './local-models.ts';

export interface AdapterFiles {
  /** Absolute path of a PEFT folder, or of a GGUF adapter. */
  path: string;
  /** Name of the model that it was trained on. */
  base: string;
  /** 0–2, 1 as it was trained. Default: as it was set before, else 1. */
  scale?: number | undefined;
}

/**
 * Puts an adapter on the shelf, or finds the one that is there already. A folder is converted into the data folder;
 * a ready file stays where it is.
 * @throws CoreError NOT_FOUND, INVALID; ConversionError or ModelError with one sentence. Then nothing was written.
 */
export async function addAdapter(
  room: { catalog: Catalog; dataDirectory: string },
  { path, base: baseName, scale }: AdapterFiles,
  signal?: AbortSignal,
): Promise<KnownModel> {
  const { catalog } = room;
  const base = knownModel(catalog, baseName);
  if (!base) throw new CoreError('NOT_FOUND', `The model "${baseName}" is not installed.`);
  if (base.base !== null)
    throw new CoreError('INVALID', `"${base.title}" has an adapter already: name its base, "${base.base}".`);
  const problem = await problemOf(base);
  if (problem !== null) throw new CoreError('UNAVAILABLE', `${base.title}: ${problem}`);
  const place = resolve(path);
  const stats = await stat(place).catch(() => null);
  if (!stats) throw new CoreError('NOT_FOUND', `There is no file or folder ${path}.`);

  const source = stats.isDirectory() ? `${place}\n${await listing(place)}` : null;
  const same = knownModels(catalog).find(
    (known) =>
      known.base === base.name &&
      (source === null ? known.adapterPath === place : known.adapterSource?.split('\n')[0] === place),
  );
  const unchanged = same && (source === null || same.adapterSource === source) && (await problemOf(same)) === null;
  if (unchanged) return scale === undefined ? same : strengthen(catalog, same, scale);

  const title = basename(place, source === null ? extname(place) : '');
  const name = same?.name ?? freeName(catalog, `${base.name}+${title.replace(/[^\w.-]+/g, '-')}`);
  const made =
    source === null
      ? null
      : await convertAdapter({
          folder: place,
          model: base.modelPath,
          mmproj: base.mmprojPath,
          output: modelFolder(room.dataDirectory, name),
          ...(signal ? { signal } : {}),
        });
  try {
    const adapterPath = made?.adapter ?? place;
    const mmprojPath = made?.mmproj ?? base.mmprojPath;
    await inspectAdapter(adapterPath, base.modelPath);
    if (made?.mmproj) await inspectPair(base.modelPath, made.mmproj);
    const hashes = [
      await hashFile(adapterPath, signal),
      ...(made?.mmproj ? [await hashFile(made.mmproj, signal)] : []),
    ];
    const adapterHash = hashes.length === 1 ? hashes[0]! : createHash('sha256').update(hashes.join('\n')).digest('hex');
    const own = [adapterPath, ...(made?.mmproj ? [made.mmproj] : [])];
    const known: KnownModel = {
      name,
      title: `${base.title} + ${title}`,
      origin: 'local',
      modelPath: base.modelPath,
      mmprojPath,
      family: base.family,
      verified: null,
      stamp: await stampOfFiles([base.modelPath, mmprojPath, adapterPath]),
      hash: '',
      bytes: (await Promise.all(own.map((file) => stat(file)))).reduce((sum, { size }) => sum + size, 0),
      promptVersion: base.promptVersion,
      addedAt: same?.addedAt ?? Date.now(),
      base: base.name,
      adapterPath,
      adapterHash,
      adapterScale: scale ?? same?.adapterScale ?? 1,
      adapterSource: source,
    };
    return strengthen(catalog, known, known.adapterScale ?? 1);
  } catch (error) {
    if (made) await rm(modelFolder(room.dataDirectory, name), { recursive: true, force: true });
    throw error;
  }
}

/** Sets how strongly an adapter is added; critiques of each strength are kept apart. Saves the model. */
export function strengthen(catalog: Catalog, known: KnownModel, scale: number): KnownModel {
  if (known.base === null || known.adapterHash === null)
    throw new CoreError('INVALID', `"${known.title}" has no adapter whose strength could be set.`);
  if (!Number.isFinite(scale) || scale < 0 || scale > MOST_STRENGTH)
    throw new CoreError('INVALID', `The strength of an adapter is a number from 0 to ${MOST_STRENGTH}.`);
  const base = knownModel(catalog, known.base);
  if (!base) throw new CoreError('NOT_FOUND', `The model "${known.base}" is no longer installed.`);
  const hash = createHash('sha256')
    .update([base.hash, known.adapterHash, String(scale)].join('\n'))
    .digest('hex');
  const changed = { ...known, adapterScale: scale, hash };
  saveModel(catalog, changed);
  return changed;
}

/** Beyond it no adapter says anything sensible. */
const MOST_STRENGTH = 2;

async function listing(folder: string): Promise<string> {
  const entries: [string, number, number][] = [];
  for (const name of (await readdir(folder)).sort()) {
    const info = await stat(join(folder, name)).catch(() => null);
    if (info?.isFile()) entries.push([name, info.size, Math.round(info.mtimeMs)]);
  }
  return JSON.stringify(entries);
}
