/** The kind of engine that judges and writes: a model in a process of its own, or the same model on other computers. */
import type { LocalSession, ModelSession, PromptFamily } from '../../../models/model-api.ts';
import { openModel } from '../../../models/runtime/process-client.ts';
import type { PromptName } from '../../../shared/model.ts';
import type { Settings } from '../../../shared/settings.ts';
import type { EngineKind, EnginePool } from './host.ts';

/** What must be known to open a model from files. */
interface ModelFiles {
  name: string;
  title: string;
  /** Absolute paths of the GGUF files. */
  model: string;
  mmproj: string;
  family: PromptFamily | null;
  /** Added to the weights `scale` times. */
  adapter?: { path: string; scale: number } | null;
  /** Trained to answer in the level words. */
  calibrated?: boolean;
  /** How a grade is asked for, where it is not the usual way. */
  prompt?: PromptName;
}

/** A model on other computers. */
interface ModelEngines {
  name: string;
  title: string;
  /** Each address with the time at which it was agreed to: another list needs another session. */
  engines: readonly string[];
}

export type OpenableModel = ModelFiles | ModelEngines;
export type LanguageModels = EnginePool<OpenableModel, ModelSession>;

export function languageModels(about: {
  settings: () => Settings;
  /** Folder for what was measured once of a model. */
  cacheDirectory: string;
  /** Opens the engines of a critic elsewhere; without it only files can be opened. */
  elsewhere?: (critic: string) => Promise<ModelSession>;
}): EngineKind<OpenableModel, ModelSession> {
  return {
    kind: 'language model',
    keyOf(wanted) {
      if ('engines' in wanted) return JSON.stringify([wanted.name, ...wanted.engines]);
      const { model, mmproj, family, adapter, prompt = 'plain' } = wanted;
      const { gpu, gpuLayers, modelThreads } = about.settings().performance;
      return JSON.stringify([model, mmproj, family, adapter, prompt, gpu, gpuLayers, modelThreads]);
    },
    open(wanted) {
      if ('engines' in wanted) {
        if (!about.elsewhere) throw new Error('No engines elsewhere can be opened here.');
        return about.elsewhere(wanted.name);
      }
      const { name, model, mmproj, family, adapter, calibrated, prompt } = wanted;
      const { gpu, gpuLayers, modelThreads } = about.settings().performance;
      return openModel({
        name,
        model,
        mmproj,
        ...(family ? { family } : {}),
        ...(adapter ? { adapter } : {}),
        ...(prompt ? { prompt } : {}),
        ...(calibrated ? { calibrated } : {}),
        gpu,
        gpuLayers,
        threads: modelThreads,
        cacheDirectory: about.cacheDirectory,
      });
    },
    describe(session) {
      const { notes, backend, device } = session.info;
      const here = isHere(session) ? { layers: session.info.layers, threads: session.info.threads } : {};
      return { problem: notes[0] ?? null, backend, device, ...here };
    },
    async measure(session) {
      const { residentBytes, device, tokensPerSecond } = await session.memory();
      const memoryBytes = isHere(session) ? residentBytes : null;
      return { memoryBytes, deviceMemoryBytes: device?.total ?? null, tokensPerSecond };
    },
    idleMinutes: () => about.settings().performance.unloadAfterMinutes,
  };
}

const isHere = (session: ModelSession): session is LocalSession => session.info.backend !== 'remote';
