/** The critic's room while no model can be run: the measured critic is all there is. */
import { MEASURED_CRITIC } from '../../../models/measured/critic.ts';
import type { Model } from '../../../shared/model.ts';
import { photosJudgedBy } from '../catalog/critiques.ts';
import { forgetMessages, messagesOf } from '../catalog/messages.ts';
import type { Catalog } from '../catalog/open.ts';
import { CoreError } from '../core-error.ts';
import type { CriticRoom } from './critic-room.ts';

function unavailable(): never {
  throw new CoreError('UNAVAILABLE', 'No model is installed.');
}

export function measuredModel(catalog: Catalog, active: boolean): Model {
  return {
    name: MEASURED_CRITIC.critic,
    title: 'Measured critic',
    about: 'Judges focus, exposure, colour, noise and tilt by what can be measured in the pixels. Needs no model.',
    origin: 'measured',
    state: 'installed',
    problem: null,
    bytes: null,
    downloadBytes: null,
    memoryBytes: null,
    licence: null,
    licenceText: null,
    homepage: null,
    converts: false,
    active,
    graded: photosJudgedBy(catalog, MEASURED_CRITIC),
  };
}

export function openMeasuredOnly(catalog: Catalog): CriticRoom {
  return {
    activeCritic: () => null,
    photosReady() {},
    settingsChanged() {},
    async close() {},
    grade: async () => unavailable(),
    // biome-ignore lint/correctness/useYield: it ends before anything could be said.
    async *explain() {
      unavailable();
    },
    messages: (photo) => messagesOf(catalog, photo),
    // biome-ignore lint/correctness/useYield: it ends before anything could be said.
    async *ask() {
      unavailable();
    },
    forget: (photo, message) => forgetMessages(catalog, photo, message),
    compare: async () => unavailable(),
    engine: () => ({
      state: 'absent',
      problem: null,
      model: null,
      backend: null,
      device: null,
      layers: null,
      memoryBytes: null,
      deviceMemoryBytes: null,
      tokensPerSecond: null,
      threads: null,
    }),
    models: async () => [measuredModel(catalog, true)],
    install: async () => unavailable(),
    addLocal: async () => unavailable(),
    remove: async () => unavailable(),
    async use(name) {
      if (name !== MEASURED_CRITIC.critic) unavailable();
    },
  };
}
