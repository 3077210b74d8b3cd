/** Critics that can be chosen: the list, installing, adding, using and removing. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Job } from '../../shared/job.ts';
import type { Model, Slot } from '../../shared/model.ts';
import type { OwnEvaluation } from '../../shared/own-evaluation.ts';
import { ALL_PHOTOS } from '../../shared/query.ts';
import type { Settings } from '../../shared/settings.ts';
import type { ConnectionStore } from './connection.ts';
import { isUnderWay, type JobsStore } from './jobs.ts';
import type { NoticesStore } from './notices.ts';

export interface Models {
  readonly list: readonly Model[] | null;
  readonly problem: string | null;
  /** How well the critics know this person; null until read. */
  readonly own: OwnEvaluation | null;
  /** `own` is of the held-out shoots alone. */
  readonly onHeldOut: boolean;
  /** This computer is being measured. */
  readonly isProbing: boolean;
}

/** Installations under way, as a text to compare: when one ends, well or not, its model is another. */
function installations(list: readonly Job[]): string {
  return list
    .filter((job) => (job.kind === 'download' || job.kind === 'convert') && isUnderWay(job))
    .map((job) => job.id)
    .join();
}

/** Name of a critic as people know it. */
export function criticTitle(name: string, list: readonly Model[] | null): string {
  return name === 'measured' ? 'measured' : (list?.find((model) => model.name === name)?.title ?? name);
}

export interface ModelsStore {
  models: StoreApi<Models>;
  /** Keeps the list fresh while somebody shows it: read when first shown, and when models or installations change. */
  followModels(): () => void;
  /** The core says that its models changed. */
  modelsChanged(): void;
  /** Starts fetching a model. @param licence the name of the licence that the person agreed to */
  installModel(model: Model, licence: string | null): Promise<boolean>;
  /** Lets a model grade or write from now on; without a slot, all that it can. Its older critiques stay. */
  chooseModel(model: Model, slot?: Slot): Promise<void>;
  /** Lets a model judge one photo, beside what was said of it before. */
  judgeAgain(photo: number, model: Model): Promise<void>;
  /** Measures this computer, about ten seconds. */
  probe(): Promise<void>;
  /** Lets the active model judge every photo that it has not judged yet. */
  gradeLibrary(): Promise<void>;
  /** Removes a model's files. Critiques that it wrote stay. */
  removeModel(model: Model): Promise<void>;
  /** Holds the critics against this person on all that they decided, or on held-out shoots alone. */
  showHeldOut(onHeldOut: boolean): Promise<void>;
  /** Adds GGUF files named by tokens. @returns a sentence when it failed */
  addLocalModel(model: string, mmproj: string | null): Promise<string | null>;
  /** Adds what was trained on a model, a folder or file named by its token. @returns a sentence when it failed */
  addAdapter(model: Model, path: string): Promise<string | null>;
  /** Sets how strongly an adapter is added, 0–2. */
  strengthen(model: Model, scale: number): Promise<void>;
}

export function createModelsStore({
  api,
  sentenceOf,
  settings,
  jobs,
  notify,
  notifyProblem,
}: Pick<ConnectionStore, 'api' | 'sentenceOf'> & { settings: StoreApi<Settings> } & Pick<JobsStore, 'jobs'> &
  Pick<NoticesStore, 'notify' | 'notifyProblem'>): ModelsStore {
  const models = createStore<Models>(() => ({
    list: null,
    problem: null,
    own: null,
    onHeldOut: false,
    isProbing: false,
  }));
  const gradesInBackground = () => settings.getState().models.gradeInBackground;
  let users = 0;

  async function readModels(): Promise<void> {
    try {
      const [list, own] = await Promise.all([
        api.models.list({}),
        api.critic.own({ heldOut: models.getState().onHeldOut }),
      ]);
      models.setState({ list, own, problem: null });
    } catch (error) {
      models.setState({ problem: sentenceOf(error) });
    }
  }

  jobs.subscribe((now, before) => {
    if (users > 0 && installations(now.list) !== installations(before.list)) void readModels();
  });

  async function gradeLibrary(): Promise<void> {
    try {
      await api.critic.grade({ query: ALL_PHOTOS });
      notify('Grading the library, what is on screen first');
    } catch (error) {
      notifyProblem(error);
    }
  }

  return {
    models,
    followModels() {
      if (users++ === 0 || models.getState().list === null) void readModels();
      return () => {
        users--;
      };
    },
    modelsChanged() {
      if (users > 0) void readModels();
    },
    async installModel(model, licence) {
      try {
        await api.models.install({ name: model.name, licence });
        await readModels();
        return true;
      } catch (error) {
        notifyProblem(error);
        return false;
      }
    },
    async chooseModel(model, slot) {
      try {
        await api.models.use({ name: model.name, ...(slot ? { slot } : {}) });
        await readModels();
        const grades = slot !== 'writer' && model.slots.includes('grader');
        if (model.origin === 'measured') notify('Technical quality is measured and sorts now');
        else if (!grades) notify(`${model.title} writes from now on`);
        else if (gradesInBackground()) notify(`${model.title} grades from now on, what is on screen first`);
        else
          notify(`${model.title} grades from now on`, { label: 'Grade the library', run: () => void gradeLibrary() });
      } catch (error) {
        notifyProblem(error);
      }
    },
    gradeLibrary,
    async judgeAgain(photo, model) {
      try {
        const { value } = await api.critic.again({ id: photo, model: model.name });
        notify(`${model.title} gives it ${Math.round(value)}`);
      } catch (error) {
        notifyProblem(error);
      }
    },
    async probe() {
      models.setState({ isProbing: true });
      try {
        models.setState({ list: await api.models.probe({}) });
      } catch (error) {
        notifyProblem(error);
      } finally {
        models.setState({ isProbing: false });
      }
    },
    async removeModel(model) {
      try {
        await api.models.remove({ name: model.name });
        await readModels();
      } catch (error) {
        notifyProblem(error);
      }
    },
    async showHeldOut(onHeldOut) {
      models.setState({ onHeldOut });
      await readModels();
    },
    async addAdapter(model, path) {
      try {
        const added = await api.models.addAdapter({ path, base: model.name });
        await readModels();
        notify(`${added.title} added`);
        return null;
      } catch (error) {
        return sentenceOf(error);
      }
    },
    async strengthen(model, scale) {
      try {
        await api.models.strengthen({ name: model.name, scale });
        await readModels();
        if (model.active) notify('Its grades follow', { label: 'Grade the library', run: () => void gradeLibrary() });
      } catch (error) {
        notifyProblem(error);
      }
    },
    async addLocalModel(model, mmproj) {
      try {
        const added = await api.models.addLocal({ model, mmproj });
        await readModels();
        notify(`${added.title} added`);
        return null;
      } catch (error) {
        return sentenceOf(error);
      }
    },
  };
}
