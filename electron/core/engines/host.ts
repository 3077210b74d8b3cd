/**
 * Keeps one model ready while it is used: opened at the first need, opened again after it died or when a setting that
 * shapes it changed, closed when nobody used it for a while or when memory runs short.
 */
import os from 'node:os';
import { ModelError, type ModelInfo, type ModelSession, openModel, type PromptFamily } from '../../../models/critic.ts';
import type { Engine } from '../../../shared/model.ts';
import type { Settings } from '../../../shared/settings.ts';

/** What must be known to open a model. */
export interface OpenableModel {
  name: string;
  title: string;
  /** Absolute paths of the GGUF files. */
  model: string;
  mmproj: string;
  family: PromptFamily | null;
}

export interface EngineHost {
  /** Runs a task on the model, opening it when needed. Tasks may overlap; the model works them off in turn. */
  use<T>(model: OpenableModel, task: (session: ModelSession) => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** The session while a caller streams from it: call `release` when done. */
  borrow(model: OpenableModel, signal?: AbortSignal): Promise<{ session: ModelSession; release: () => void }>;
  state(): Engine;
  /** Closes the model if it is open; the next use opens it again. */
  unload(): Promise<void>;
  close(): Promise<void>;
}

interface Running {
  key: string;
  model: OpenableModel;
  session: ModelSession;
  dead: boolean;
}

/** Share of the machine's memory under which an idle model is closed. */
const SCARCE_MEMORY = 0.06;
const WATCH_MILLISECONDS = 15_000;

export function createEngineHost(about: {
  settings: () => Settings;
  /** Folder for what was measured once of a model. */
  cacheDirectory: string;
  onChange: (engine: Engine) => void;
  log: (text: string) => void;
}): EngineHost {
  let running: Running | null = null;
  let opening: { key: string; session: Promise<Running> } | null = null;
  let users = 0;
  let lastUse = Date.now();
  let state: Engine = emptyEngine('stopped');

  const watch = setInterval(() => void look(), WATCH_MILLISECONDS);
  watch.unref();

  async function look(): Promise<void> {
    if (!running) return;
    if (users === 0) {
      const idleMinutes = (Date.now() - lastUse) / 60_000;
      const scarce = process.availableMemory() < os.totalmem() * SCARCE_MEMORY;
      if (scarce || idleMinutes >= about.settings().performance.unloadAfterMinutes) {
        about.log(scarce ? 'Memory is short: the model was closed.' : 'The model was not used and was closed.');
        await unload();
        return;
      }
    }
    await refresh(running);
  }

  async function refresh(of: Running): Promise<void> {
    const report = await of.session.memory().catch(() => null);
    if (!report || running !== of) return;
    change({
      ...state,
      memoryBytes: report.residentBytes,
      deviceMemoryBytes: report.device?.total ?? null,
      tokensPerSecond: report.tokensPerSecond,
    });
  }

  function change(next: Engine): void {
    state = next;
    about.onChange(next);
  }

  function keyOf(model: OpenableModel): string {
    const { gpu, gpuLayers, modelThreads } = about.settings().performance;
    return JSON.stringify([model.model, model.mmproj, model.family, gpu, gpuLayers, modelThreads]);
  }

  async function obtain(model: OpenableModel, signal?: AbortSignal): Promise<Running> {
    signal?.throwIfAborted();
    const key = keyOf(model);
    if (running && !running.dead && running.key === key) return running;
    if (opening?.key !== key) {
      const earlier = opening?.session;
      const session = (async () => {
        await earlier?.catch(() => null);
        await unload();
        return open(model, key);
      })();
      const mine = { key, session };
      opening = mine;
      const settled = () => {
        if (opening === mine) opening = null;
      };
      session.then(settled, settled);
    }
    const wanted = opening?.session;
    if (!wanted) throw new ModelError('closed', 'The model was closed.');
    return signal ? await abortable(wanted, signal) : await wanted;
  }

  async function open(model: OpenableModel, key: string): Promise<Running> {
    const { gpu, gpuLayers, modelThreads } = about.settings().performance;
    change({ ...emptyEngine('loading'), model: model.name });
    try {
      const session = await openModel({
        name: model.name,
        model: model.model,
        mmproj: model.mmproj,
        ...(model.family ? { family: model.family } : {}),
        gpu,
        gpuLayers,
        threads: modelThreads,
        cacheDirectory: about.cacheDirectory,
      });
      const opened: Running = { key, model, session, dead: false };
      running = opened;
      lastUse = Date.now();
      change(engineOf(session.info));
      void session.exited.then((error) => {
        opened.dead = true;
        if (running !== opened) return;
        running = null;
        change(
          error ? { ...emptyEngine('failed'), model: model.name, problem: error.message } : emptyEngine('stopped'),
        );
      });
      void refresh(opened);
      return opened;
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      change({ ...emptyEngine('failed'), model: model.name, problem });
      throw error;
    }
  }

  async function borrow(model: OpenableModel, signal?: AbortSignal) {
    users += 1;
    let released = false;
    const release = () => {
      if (released) return;
      released = true;
      users -= 1;
      lastUse = Date.now();
      if (running && !running.dead) void refresh(running);
    };
    try {
      return { session: (await obtain(model, signal)).session, release };
    } catch (error) {
      release();
      throw error;
    }
  }

  async function unload(): Promise<void> {
    const closing = running;
    running = null;
    if (!closing) return;
    closing.dead = true;
    await closing.session.close().catch(() => null);
    change(emptyEngine('stopped'));
  }

  return {
    borrow,
    async use(model, task, signal) {
      const { session, release } = await borrow(model, signal);
      try {
        return await task(session);
      } finally {
        release();
      }
    },
    state: () => state,
    unload,
    async close() {
      clearInterval(watch);
      await opening?.session.catch(() => null);
      await unload();
    },
  };
}

function engineOf(info: ModelInfo): Engine {
  return {
    state: 'ready',
    problem: info.notes[0] ?? null,
    model: info.name,
    backend: info.backend,
    device: info.device,
    layers: info.layers,
    memoryBytes: null,
    deviceMemoryBytes: null,
    tokensPerSecond: null,
    threads: info.threads,
  };
}

function emptyEngine(state: Engine['state']): Engine {
  return {
    state,
    problem: null,
    model: null,
    backend: null,
    device: null,
    layers: null,
    memoryBytes: null,
    deviceMemoryBytes: null,
    tokensPerSecond: null,
    threads: null,
  };
}

/** The caller stops waiting; what it waited for goes on, because others may wait too. */
async function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
