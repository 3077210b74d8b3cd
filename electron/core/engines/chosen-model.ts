/** The model that a person chose, as the catalog knows it, ready to be opened. */
import { registryEntry } from '../../../models/registry.ts';
import type { CriticId } from '../../../shared/critique.ts';
import { SLOTS, type Slot } from '../../../shared/model.ts';
import type { Settings } from '../../../shared/settings.ts';
import { type KnownModel, knownModel } from '../catalog/models.ts';
import type { Catalog } from '../catalog/open.ts';
import type { OpenableModel } from './language-models.ts';

/** What a known model can fill: the registry says it of its own, a person's files are taken at their word. */
export function slotsOf({ origin, name }: Pick<KnownModel, 'origin' | 'name'>): readonly Slot[] {
  return (origin === 'builtin' ? registryEntry(name)?.slots : undefined) ?? SLOTS;
}

/** The model that writes: the chosen one, else the grader where it can; null for none. */
export function writerOf(catalog: Catalog, { active, writer }: Settings['models']): ActiveModel | null {
  const chosen = modelNamed(catalog, writer) ?? modelNamed(catalog, active);
  return chosen && slotsOf(chosen.known).includes('writer') ? chosen : null;
}

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
      calibrated: known.origin === 'builtin' && registryEntry(known.name)?.calibrated === true,
    },
    identity:
      known.promptVersion === null
        ? null
        : { critic: known.name, modelHash: known.hash, promptVersion: known.promptVersion },
  };
}
