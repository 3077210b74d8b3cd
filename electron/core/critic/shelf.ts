/** The models that can be chosen: the measured critic, the registry's, a person's own. */
import { MEASURED_CRITIC } from '../../../models/measured/critic.ts';
import type { Model } from '../../../shared/model.ts';
import { photosJudgedBy } from '../catalog/critiques.ts';
import { forgetModel, type KnownModel, knownModel, knownModels } from '../catalog/models.ts';
import { CoreError } from '../core-error.ts';
import { modelNamed } from './active.ts';
import type { EngineHost } from './engine.ts';
import { addModel, type LocalModel, problemOf } from './local-models.ts';
import type { CriticRoomOptions } from './room.ts';

export interface ModelShelf {
  list(): Promise<Model[]>;
  /** Adds files of this computer. */
  addLocal(local: LocalModel, signal?: AbortSignal): Promise<Model>;
  /** Fetches a registry's model and makes it ready. @returns the job. */
  install(name: string, licence: string | null): Promise<number>;
  /** Critiques that the model made stay. */
  remove(name: string): Promise<void>;
  /** Chooses whose grades count; `measured` is always there. */
  use(name: string): Promise<void>;
}

type ShelfOptions = Pick<CriticRoomOptions, 'catalog' | 'columns' | 'settings' | 'changeSettings' | 'tell' | 'jobs'> & {
  engine: EngineHost;
  activeChanged: () => Promise<void>;
};

export function openShelf(options: ShelfOptions): ModelShelf {
  const { catalog } = options;

  function activeName(): string {
    return modelNamed(catalog, options.settings().models.active)?.known.name ?? 'measured';
  }

  function setActive(name: string): void {
    const settings = options.settings();
    options.changeSettings({ ...settings, models: { ...settings.models, active: name === 'measured' ? null : name } });
  }

  async function described(known: KnownModel): Promise<Model> {
    const problem = await problemOf(known);
    const { identity } = modelNamed(catalog, known.name) ?? { identity: null };
    return {
      name: known.name,
      title: known.title,
      about: 'Your own files.',
      origin: known.origin,
      state: problem ? 'broken' : 'installed',
      problem,
      bytes: known.bytes,
      downloadBytes: null,
      memoryBytes: null,
      licence: null,
      licenceText: null,
      homepage: null,
      converts: false,
      active: known.name === activeName(),
      graded: identity ? photosJudgedBy(catalog, identity) : 0,
    };
  }

  function measured(): Model {
    return {
      name: 'measured',
      title: 'Measured critic',
      about: 'Judges focus, exposure, noise, colour and tilt from the pixels, at once and without a model.',
      origin: 'measured',
      state: 'installed',
      problem: null,
      bytes: 0,
      downloadBytes: null,
      memoryBytes: null,
      licence: null,
      licenceText: null,
      homepage: null,
      converts: false,
      active: activeName() === 'measured',
      graded: photosJudgedBy(catalog, MEASURED_CRITIC),
    };
  }

  return {
    async list() {
      return [measured(), ...(await Promise.all(knownModels(catalog).map(described)))];
    },
    async addLocal(local, signal) {
      const known = await addModel(catalog, local, signal);
      options.tell({ kind: 'models' });
      return described(known);
    },
    async install(name) {
      throw new CoreError('NOT_FOUND', `The registry has no model "${name}".`);
    },
    async remove(name) {
      if (!knownModel(catalog, name)) throw new CoreError('NOT_FOUND', `There is no model "${name}".`);
      if (activeName() === name) {
        await options.engine.unload();
        setActive('measured');
      }
      forgetModel(catalog, name);
      options.tell({ kind: 'models' });
      await options.activeChanged();
    },
    async use(name) {
      if (name !== 'measured' && !knownModel(catalog, name)) {
        throw new CoreError('NOT_FOUND', `The model "${name}" is not installed.`);
      }
      if (activeName() === name) return;
      setActive(name);
      options.tell({ kind: 'models' });
      await options.activeChanged();
    },
  };
}
