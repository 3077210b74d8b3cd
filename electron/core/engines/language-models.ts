/** The kind of engine that judges and writes: AesExpert and others, each in a process of its own. */
import type { ModelSession, PromptFamily } from '../../../models/model-api.ts';
import { openModel } from '../../../models/runtime/process-client.ts';
import type { Settings } from '../../../shared/settings.ts';
import type { EngineKind, EnginePool } from './host.ts';

/** What must be known to open a model. */
export interface OpenableModel {
  name: string;
  title: string;
  /** Absolute paths of the GGUF files. */
  model: string;
  mmproj: string;
  family: PromptFamily | null;
  /** Added to the weights `scale` times. */
  adapter: { path: string; scale: number } | null;
}

export type LanguageModels = EnginePool<OpenableModel, ModelSession>;

export function languageModels(about: {
  settings: () => Settings;
  /** Folder for what was measured once of a model. */
  cacheDirectory: string;
}): EngineKind<OpenableModel, ModelSession> {
  return {
    kind: 'language model',
    keyOf({ model, mmproj, family, adapter }) {
      const { gpu, gpuLayers, modelThreads } = about.settings().performance;
      return JSON.stringify([model, mmproj, family, adapter, gpu, gpuLayers, modelThreads]);
    },
    open({ name, model, mmproj, family, adapter }) {
      const { gpu, gpuLayers, modelThreads } = about.settings().performance;
      return openModel({
        name,
        model,
        mmproj,
        ...(family ? { family } : {}),
        ...(adapter ? { adapter } : {}),
        gpu,
        gpuLayers,
        threads: modelThreads,
        cacheDirectory: about.cacheDirectory,
      });
    },
    describe: ({ info: { notes, backend, device, layers, threads } }) => ({
      problem: notes[0] ?? null,
      backend,
      device,
      layers,
      threads,
    }),
    async measure(session) {
      const { residentBytes, device, tokensPerSecond } = await session.memory();
      return { memoryBytes: residentBytes, deviceMemoryBytes: device?.total ?? null, tokensPerSecond };
    },
    idleMinutes: () => about.settings().performance.unloadAfterMinutes,
  };
}
