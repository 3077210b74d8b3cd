/** The model that a person chose, as the catalog knows it, ready to be opened. */
import type { CriticId } from '../../../shared/critique.ts';
import { type KnownModel, knownModel } from '../catalog/models.ts';
import type { Catalog } from '../catalog/open.ts';
import type { OpenableModel } from './language-models.ts';

export interface ActiveModel {
  known: KnownModel;
  openable: OpenableModel;
  /** Null until the model was opened once: only then its prompt version is known. */
  identity: CriticId | null;
}

export function modelNamed(catalog: Catalog, name: string | null): ActiveModel | null {
  const known = name === null ? null : knownModel(catalog, name);
  if (!known) return null;
  return {
    known,
    openable: {
      name: known.name,
      title: known.title,
      model: known.modelPath,
      mmproj: known.mmprojPath,
      family: known.family,
      adapter: known.adapterPath === null ? null : { path: known.adapterPath, scale: known.adapterScale ?? 1 },
    },
    identity:
      known.promptVersion === null
        ? null
        : { critic: known.name, modelHash: known.hash, promptVersion: known.promptVersion },
  };
}
