/** GGUF files of a person's own become a critic: the projector is found beside the model, both are hashed. */

import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename, extname, resolve } from 'node:path';
import { hashFile } from '../../../models/fingerprint.ts';
import { inspectPair } from '../../../models/preflight.ts';
import { findProjector } from '../../../models/registry.ts';
import { messageOf } from '../../../shared/error-message.ts';
import { CoreError } from '../base/core-error.ts';
import { type KnownModel, knownModel, knownModels, NO_ADAPTER, saveModel } from '../catalog/models.ts';
import type { Catalog } from '../catalog/open.ts';

export interface LocalModel {
  model: string;
  mmproj: string | null;
  title?: string | undefined;
  /** A registry name when the files came from there. */
  name?: string;
  origin?: KnownModel['origin'];
  verified?: KnownModel['verified'];
  family?: KnownModel['family'];
}

/**
 * Adds a pair of files, or finds the one that is known already. Files are hashed whole, once: a model is known by its
 * content, so a changed file is another model.
 * @throws CoreError when a file is not there; ModelError when it is no model, or the two do not fit.
 */
export async function addModel(catalog: Catalog, local: LocalModel, signal?: AbortSignal): Promise<KnownModel> {
  const model = resolve(local.model);
  const stampOfModel = await stampOf(model);
  const mmproj = resolve(local.mmproj ?? (await findProjector(model)));
  const stampOfProjector = await stampOf(mmproj);
  if (model === mmproj) {
    throw new CoreError(
      'INVALID',
      'Model and projector are the same file: choose the language model and its mmproj file.',
    );
  }
  const stamp = `${stampOfModel.text} ${stampOfProjector.text}`;
  const same = knownModels(catalog).find(
    (known) =>
      known.base === null &&
      known.modelPath === model &&
      known.mmprojPath === mmproj &&
      (!local.name || known.name === local.name),
  );
  if (same && same.stamp === stamp) return same;
  await inspectPair(model, mmproj);
  const parts = [await hashFile(model, signal), await hashFile(mmproj, signal)];
  const hash = createHash('sha256').update(parts.join('\n')).digest('hex');
  const known: KnownModel = {
    name: local.name ?? same?.name ?? freeName(catalog, basename(model, extname(model))),
    title: local.title ?? same?.title ?? basename(model, extname(model)),
    origin: local.origin ?? 'local',
    modelPath: model,
    mmprojPath: mmproj,
    family: local.family ?? null,
    verified: local.verified ?? null,
    stamp,
    hash,
    bytes: stampOfModel.bytes + stampOfProjector.bytes,
    promptVersion: same?.hash === hash ? same.promptVersion : null,
    addedAt: same?.addedAt ?? Date.now(),
    ...NO_ADAPTER,
  };
  saveModel(catalog, known);
  return known;
}

/** Why the files of a known model cannot be used now, or null. */
export async function problemOf(known: KnownModel): Promise<string | null> {
  try {
    const files = [known.modelPath, known.mmprojPath, ...(known.adapterPath === null ? [] : [known.adapterPath])];
    const stamp = await stampOfFiles(files);
    return stamp === known.stamp ? null : 'Its files have changed: add the model again.';
  } catch (error) {
    return messageOf(error);
  }
}

/** Sizes and times: while they hold, the files are not read again. @throws CoreError NOT_FOUND. */
export async function stampOfFiles(paths: readonly string[]): Promise<string> {
  return (await Promise.all(paths.map(stampOf))).map(({ text }) => text).join(' ');
}

async function stampOf(path: string): Promise<{ text: string; bytes: number }> {
  const stats = await stat(path).catch(() => null);
  if (!stats?.isFile()) throw new CoreError('NOT_FOUND', `There is no file ${path}.`);
  return { text: `${stats.size}:${Math.round(stats.mtimeMs)}`, bytes: stats.size };
}

export function freeName(catalog: Catalog, wanted: string): string {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? wanted : `${wanted}-${number}`;
    if (!knownModel(catalog, name) && name !== 'measured') return name;
  }
}
