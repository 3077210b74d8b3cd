/** Critics that can be chosen: the list, installing, adding, using and removing. */
import { useEffect } from 'react';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { Job } from '../../shared/job.ts';
import type { Model } from '../../shared/model.ts';
import { ALL_PHOTOS } from '../../shared/query.ts';
import { app } from './app.ts';
import { api, sentenceOf } from './client.ts';
import { isUnderWay, jobs } from './jobs.ts';
import { notify, notifyProblem } from './notices.ts';

export interface Models {
  readonly list: readonly Model[] | null;
  readonly problem: string | null;
}

export const models = createStore<Models>(() => ({ list: null, problem: null }));

async function readModels(): Promise<void> {
  try {
    models.setState({ list: await api.models.list({}), problem: null });
  } catch (error) {
    models.setState({ problem: sentenceOf(error) });
  }
}

let users = 0;

/** Installations under way, as a text to compare: when one ends, well or not, its model is another. */
function installations(list: readonly Job[]): string {
  return list
    .filter((job) => (job.kind === 'download' || job.kind === 'convert') && isUnderWay(job))
    .map((job) => job.id)
    .join();
}

/** The models, read when first shown and again whenever the core says that they changed or an installation ended. */
export function useModels(): Models {
  useEffect(() => {
    if (users++ === 0 || models.getState().list === null) void readModels();
    const stop = app.subscribe((now, before) => {
      if (now.modelsVersion !== before.modelsVersion) void readModels();
    });
    const stopJobs = jobs.subscribe((now, before) => {
      if (installations(now.list) !== installations(before.list)) void readModels();
    });
    return () => {
      users--;
      stop();
      stopJobs();
    };
  }, []);
  return useStore(models);
}

/** Name of a critic as people know it. */
export function criticTitle(name: string, list: readonly Model[] | null): string {
  return name === 'measured' ? 'measured' : (list?.find((model) => model.name === name)?.title ?? name);
}

/** Starts fetching a model. @param licence the name of the licence that the person agreed to */
export async function installModel(model: Model, licence: string | null): Promise<boolean> {
  try {
    await api.models.install({ name: model.name, licence });
    await readModels();
    return true;
  } catch (error) {
    notifyProblem(error);
    return false;
  }
}

/** Lets a model judge from now on. Its older critiques stay. */
export async function chooseModel(model: Model): Promise<void> {
  try {
    await api.models.use({ name: model.name });
    await readModels();
    if (model.origin === 'measured') notify('The measured critic judges now');
    else notify(`${model.title} judges from now on`, { label: 'Grade the library', run: () => void gradeLibrary() });
  } catch (error) {
    notifyProblem(error);
  }
}

/** Lets the active model judge every photo that it has not judged yet. */
export async function gradeLibrary(): Promise<void> {
  try {
    await api.critic.grade({ query: ALL_PHOTOS });
    notify('Grading the library, what is on screen first');
  } catch (error) {
    notifyProblem(error);
  }
}

/** Removes a model's files. Critiques that it wrote stay. */
export async function removeModel(model: Model): Promise<void> {
  try {
    await api.models.remove({ name: model.name });
    await readModels();
  } catch (error) {
    notifyProblem(error);
  }
}

/** Adds GGUF files named by tokens. @returns a sentence when it failed */
export async function addLocalModel(model: string, mmproj: string | null): Promise<string | null> {
  try {
    const added = await api.models.addLocal({ model, mmproj });
    await readModels();
    notify(`${added.title} added`);
    return null;
  } catch (error) {
    return sentenceOf(error);
  }
}
