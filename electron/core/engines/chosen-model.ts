/** The model that a person chose, as the catalog knows it, ready to be opened: files here, or engines elsewhere. */
import { registryEntry } from '../../../models/registry.ts';
import { remotePromptVersion } from '../../../models/remote/session.ts';
import type { CriticId } from '../../../shared/critique.ts';
import { SLOTS, type Slot } from '../../../shared/model.ts';
import type { Settings } from '../../../shared/settings.ts';
import { enginesOf } from '../catalog/engines.ts';
import { type KnownModel, knownModel } from '../catalog/models.ts';
import type { Catalog } from '../catalog/open.ts';
import type { OpenableModel } from './language-models.ts';

/** The model that writes: the chosen one, else the grader where it can; null for none. */
export function writerOf(catalog: Catalog, { active, writer }: Settings['models']): ActiveModel | null {
  const chosen = modelNamed(catalog, writer) ?? modelNamed(catalog, active);
  return chosen?.slots.includes('writer') ? chosen : null;
}

/** A model elsewhere, known by what its servers say of it. */
interface ModelElsewhere {
  name: string;
  title: string;
  hash: string;
  promptVersion: string;
}

export interface ActiveModel {
  known: KnownModel | ModelElsewhere;
  openable: OpenableModel;
  /** Null until the model was opened once: only then its prompt version is known. */
  identity: CriticId | null;
  /** What it can fill: the registry says it of its own, a person's files are taken at their word. */
  slots: readonly Slot[];
}

export function modelNamed(catalog: Catalog, name: string | null): ActiveModel | null {
  const known = name === null ? null : knownModel(catalog, name);
  const entry = known?.origin === 'builtin' ? registryEntry(known.name) : null;
  if (!known) return name === null ? null : elsewhere(catalog, name);
  return {
    known,
    openable: {
      name: known.name,
      title: known.title,
      model: known.modelPath,
      mmproj: known.mmprojPath,
      family: known.family,
      calibrated: entry?.calibrated === true,
      adapter: known.adapterPath === null ? null : { path: known.adapterPath, scale: known.adapterScale ?? 1 },
    },
    identity:
      known.promptVersion === null
        ? null
        : { critic: known.name, modelHash: known.hash, promptVersion: known.promptVersion },
    slots: entry?.slots ?? SLOTS,
  };
}

function elsewhere(catalog: Catalog, name: string): ActiveModel | null {
  const engines = enginesOf(catalog, name);
  const [first] = engines;
  if (!first) return null;
  const { title, hash, edge } = first;
  const promptVersion = remotePromptVersion(edge);
  return {
    known: { name, title, hash, promptVersion },
    openable: { name, title, engines: engines.map(({ address, agreedAt }) => `${address} ${agreedAt}`) },
    identity: { critic: name, modelHash: hash, promptVersion },
    // Without log-probabilities there is no grade.
    slots: engines.every((engine) => engine.grades) ? SLOTS : ['writer'],
  };
}
