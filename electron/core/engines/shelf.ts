/** The models that can be chosen: the measured critic, the registry's, a person's own. */
import { rm } from 'node:fs/promises';
import { MEASURED_CRITIC } from '../../../models/measured/critic.ts';
import { isPinned, REGISTRY, type RegistryEntry, registryEntry } from '../../../models/registry.ts';
import { sentSize } from '../../../models/remote/address.ts';
import { NO_PROBABILITIES } from '../../../models/remote/lane.ts';
import type { CoreEvent } from '../../../shared/contract.ts';
import type { Estimate, Model, Slot } from '../../../shared/model.ts';
import type { Settings } from '../../../shared/settings.ts';
import { CoreError } from '../base/core-error.ts';
import { modelFolder } from '../base/data-places.ts';
import type { JobRunner } from '../base/jobs.ts';
import { photosJudgedBy } from '../catalog/critiques.ts';
import { enginesOf, type KnownEngine, knownEngines } from '../catalog/engines.ts';
import { forgetModel, type KnownModel, knownModel, knownModels } from '../catalog/models.ts';
import type { Catalog } from '../catalog/open.ts';
import { type AdapterFiles, addAdapter, strengthen } from './adapters.ts';
import { modelNamed, writerOf } from './chosen-model.ts';
import { defineInstallJobs, type InstallRoom, installing, startInstall } from './install.ts';
import type { LanguageModels } from './language-models.ts';
import { addModel, type LocalModel, problemOf } from './local-models.ts';

export interface ModelShelf {
  list(): Promise<Model[]>;
  /** Adds files of this computer. */
  addLocal(local: LocalModel, signal?: AbortSignal): Promise<Model>;
  /** Adds an adapter of this computer to a model that is installed. */
  addAdapter(adapter: AdapterFiles, signal?: AbortSignal): Promise<Model>;
  /** Sets how strongly an adapter is added, 0–2. */
  strengthen(name: string, scale: number): Promise<void>;
  /** Fetches a registry's model and makes it ready. @returns the job. */
  install(name: string, licence: string | null): Promise<number>;
  /** Takes a model off the shelf; fetched files are deleted, a person's own stay. Its critiques stay. */
  remove(name: string): Promise<void>;
  /**
   * Chooses who grades and who writes. @param slot default: every slot that the model can fill. `measured`, which is
   * always there, needs no model in either.
   */
  use(name: string, slot?: Slot): Promise<void>;
  /** Measures this machine, about ten seconds, so that every model says what it takes here. */
  probe(signal?: AbortSignal): Promise<Model[]>;
}

export type ShelfOptions = {
  catalog: Catalog;
  dataDirectory: string;
  jobs: JobRunner;
  settings: () => Settings;
  changeSettings: (settings: Settings) => unknown;
  tell: (event: CoreEvent) => void;
  engine: LanguageModels;
  /** What grading with a model takes on this machine; null while nothing was measured. */
  estimateOf: (name: string) => Estimate | null;
  /** Measures this machine. */
  measure: (signal?: AbortSignal) => Promise<void>;
  /** Forgets an engine elsewhere by its address. */
  removeEngine: (address: string) => Promise<void>;
  /** Another critic's grades count now. */
  activeChanged: () => Promise<void>;
};

const UNVERIFIED = 'Neither the registry nor the server gave a checksum: the files are as they came.';

/** Said before anything is fetched. */
const UNPINNED =
  'Its files have no checksum in the registry: what comes at the first download is taken at the server’s word, and kept as the measure of every later one.';

export function openShelf(options: ShelfOptions): ModelShelf {
  const { catalog } = options;

  const installRoom: InstallRoom = {
    ...options,
    async installed(name) {
      options.tell({ kind: 'models' });
      // The first model that a person installs is the one that is wanted.
      if (activeName() === MEASURED_CRITIC.critic && canFill(name, 'grader')) await use(name, 'grader');
      if (writerName() === null && canFill(name, 'writer')) await use(name, 'writer');
    },
  };
  defineInstallJobs(installRoom);

  function activeName(): string {
    return modelNamed(catalog, options.settings().models.active)?.known.name ?? MEASURED_CRITIC.critic;
  }

  function writerName(): string | null {
    return writerOf(catalog, options.settings().models)?.known.name ?? null;
  }

  function canFill(name: string, slot: Slot): boolean {
    return modelNamed(catalog, name)?.slots.includes(slot) === true;
  }

  async function use(name: string, slot?: Slot): Promise<void> {
    const isMeasured = name === MEASURED_CRITIC.critic;
    const known = modelNamed(catalog, name)?.known ?? null;
    if (!isMeasured && !known) throw new CoreError('NOT_FOUND', `The model "${name}" is not installed.`);
    if (known && slot && !canFill(name, slot)) {
      const why =
        slot === 'grader' ? 'was not made to judge, so it does not grade' : 'gives numbers and writes nothing';
      throw new CoreError('INVALID', `${known.title} ${why}.`);
    }
    const before = activeName();
    const settings = options.settings();
    const fills = (one: Slot) => (slot === undefined || slot === one) && (isMeasured || canFill(name, one));
    const active = fills('grader') ? (isMeasured ? null : name) : settings.models.active;
    const writer = fills('writer') ? (isMeasured ? null : name) : settings.models.writer;
    options.changeSettings({ ...settings, models: { ...settings.models, active, writer } });
    options.tell({ kind: 'models' });
    if (activeName() !== before) await options.activeChanged();
  }

  async function describe(known: KnownModel): Promise<Model> {
    const problem = await problemOf(known);
    const { identity, slots } = modelNamed(catalog, known.name) ?? { identity: null, slots: [] as Slot[] };
    const entry = known.origin === 'builtin' ? registryEntry(known.name) : null;
    return {
      ...describeEntry(entry),
      name: known.name,
      title: known.title,
      about: entry?.about ?? aboutOwn(known),
      origin: known.origin,
      state: problem ? 'broken' : 'installed',
      problem: problem ?? (known.verified === 'none' ? UNVERIFIED : null),
      bytes: known.bytes,
      downloadBytes: null,
      active: known.name === activeName(),
      writes: known.name === writerName(),
      slots: [...slots],
      estimate: options.estimateOf(known.name),
      graded: identity ? photosJudgedBy(catalog, identity) : 0,
      adapter: known.base === null ? null : { base: known.base, scale: known.adapterScale ?? 1 },
    };
  }

  /** One critic, however many engines serve it. */
  function describeElsewhere(engines: readonly KnownEngine[]): Model {
    const [{ critic, title, edge }] = engines as [KnownEngine, ...KnownEngine[]];
    const { identity, slots } = modelNamed(catalog, critic) ?? { identity: null, slots: [] as Slot[] };
    const places = engines.map(({ address }) => address).join(', ');
    return {
      ...describeEntry(null),
      name: critic,
      title,
      about: `Runs elsewhere: every photo that it judges is sent as a copy of ${sentSize(edge)}, without EXIF, to ${places}.`,
      origin: 'remote',
      state: 'installed',
      problem: slots.includes('grader') ? null : NO_PROBABILITIES,
      bytes: null,
      downloadBytes: null,
      active: critic === activeName(),
      writes: critic === writerName(),
      slots: [...slots],
      estimate: null,
      adapter: null,
      graded: identity ? photosJudgedBy(catalog, identity) : 0,
    };
  }

  function offer(entry: RegistryEntry): Model {
    return {
      ...describeEntry(entry),
      name: entry.name,
      title: entry.title,
      about: isPinned(entry) ? entry.about : `${entry.about} ${UNPINNED}`,
      origin: 'builtin',
      state: installing(options.jobs, entry.name) === null ? 'available' : 'installing',
      problem: null,
      bytes: entry.approximate.bytes,
      downloadBytes: entry.approximate.downloadBytes,
      active: false,
      writes: false,
      slots: entry.slots,
      estimate: options.estimateOf(entry.name),
      graded: 0,
      adapter: null,
    };
  }

  async function list(): Promise<Model[]> {
    const known = knownModels(catalog);
    const offered = REGISTRY.filter(({ name }) => !known.some((model) => model.name === name));
    return [
      {
        ...describeEntry(null),
        name: MEASURED_CRITIC.critic,
        title: 'Measured critic',
        about:
          'Grades technical quality (focus, exposure, noise, compression, color) from the pixels, at once and without a model.',
        origin: 'measured',
        state: 'installed',
        problem: null,
        bytes: null,
        downloadBytes: null,
        active: activeName() === MEASURED_CRITIC.critic,
        writes: false,
        slots: ['grader'],
        estimate: null,
        graded: photosJudgedBy(catalog, MEASURED_CRITIC),
        adapter: null,
      },
      ...(await Promise.all(known.map(describe))),
      ...[...Map.groupBy(knownEngines(catalog), ({ critic }) => critic).values()].map(describeElsewhere),
      ...offered.map(offer),
    ];
  }

  return {
    list,
    async probe(signal) {
      await options.measure(signal);
      options.tell({ kind: 'models' });
      return list();
    },
    async addLocal(local, signal) {
      const known = await addModel(catalog, local, signal);
      options.tell({ kind: 'models' });
      return describe(known);
    },
    async addAdapter(adapter, signal) {
      const before = modelNamed(catalog, activeName())?.known.hash;
      const known = await addAdapter(options, adapter, signal);
      options.tell({ kind: 'models' });
      if (known.name === activeName() && known.hash !== before) await options.activeChanged();
      return describe(known);
    },
    async strengthen(name, scale) {
      const known = knownModel(catalog, name);
      if (!known) throw new CoreError('NOT_FOUND', `There is no model "${name}".`);
      if (known.adapterScale === scale) return;
      strengthen(catalog, known, scale);
      options.tell({ kind: 'models' });
      if (name === activeName()) await options.activeChanged();
    },
    async install(name, licence) {
      const job = startInstall(installRoom, name, licence);
      options.tell({ kind: 'models' });
      return job;
    },
    async remove(name) {
      const known = knownModel(catalog, name);
      if (!known && enginesOf(catalog, name).length > 0) {
        for (const { address } of enginesOf(catalog, name)) await options.removeEngine(address);
        return;
      }
      if (!known) throw new CoreError('NOT_FOUND', `There is no model "${name}" to remove.`);
      const dependant = knownModels(catalog).find(({ base }) => base === name);
      if (dependant) throw new CoreError('CONFLICT', `"${dependant.title}" is made of it: remove that first.`);
      const wasActive = activeName() === name;
      if (wasActive) {
        await options.engine.unload(name);
        await use(known.base ?? MEASURED_CRITIC.critic, 'grader');
      }
      const { models: chosen, ...others } = options.settings();
      if (chosen.writer === name) {
        await options.engine.unload(name);
        options.changeSettings({ ...others, models: { ...chosen, writer: null } });
      }
      forgetModel(catalog, name);
      if (known.origin === 'builtin' || known.adapterSource !== null) {
        await rm(modelFolder(options.dataDirectory, name), { recursive: true, force: true });
      }
      options.tell({ kind: 'models' });
    },
    use,
  };
}

function aboutOwn({ base, adapterSource, adapterPath, modelPath }: KnownModel): string {
  if (base === null) return `Your own files: ${modelPath}`;
  return `An adapter of your own on ${base}: ${adapterSource?.split('\n')[0] ?? adapterPath}`;
}

function describeEntry(
  entry: RegistryEntry | null,
): Pick<Model, 'memoryBytes' | 'licence' | 'licenceText' | 'homepage' | 'converts'> {
  return {
    memoryBytes: entry?.approximate.memoryBytes ?? null,
    licence: entry?.licence ?? null,
    licenceText: entry?.licenceText ?? null,
    homepage: entry?.homepage ?? null,
    converts: entry?.source.kind === 'checkpoint',
  };
}
