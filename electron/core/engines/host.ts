/**
 * Keeps running engines ready while they are used, of every kind at once: each is opened at the first need, opened again
 * after it died or when a setting that shapes it changed, and closed when nobody used it for its kind's idle time or when
 * memory runs short. What an engine is (a model's process, a runtime inside this one, a server elsewhere) only its kind
 * knows.
 */
import os from 'node:os';
import { ModelError } from '../../../models/model-api.ts';
import { messageOf } from '../../../shared/error-message.ts';
import type { Engine } from '../../../shared/model.ts';

/** What every running engine can do, whatever it is. */
export interface RunningEngine {
  /** Resolves when it is gone: null after close(), else the reason. */
  readonly exited: Promise<Error | null>;
  close(): Promise<void>;
}

/** How engines of one kind are opened and described. `Model` says which one is wanted. */
export interface EngineKind<Model extends { name: string }, Session extends RunningEngine> {
  kind: 'language model' | 'embedding' | 'faces' | 'remote server';
  /** Everything that shapes the engine: where it differs, another engine is needed. */
  keyOf(model: Model): string;
  open(model: Model): Promise<Session>;
  /** What people are told of it once it is open. */
  describe(session: Session): Partial<Engine>;
  /** What it takes now, bytes, and how fast it is. */
  measure(session: Session): Promise<Pick<Engine, 'memoryBytes' | 'deviceMemoryBytes' | 'tokensPerSecond'>>;
  /** Minutes without use after which one is closed. */
  idleMinutes(): number;
}

/** The engines of one kind. */
export interface EnginePool<Model, Session> {
  /** Runs a task on the model's engine, opening it when needed. Tasks may overlap; the engine works them off in turn. */
  use<T>(model: Model, task: (session: Session) => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** The session while a caller streams from it: call `release` when done. */
  borrow(model: Model, signal?: AbortSignal): Promise<{ session: Session; release: () => void }>;
  /** Of the engine that was wanted last. */
  state(): Engine;
  /** Closes the engine of this name if it is open; the next use opens it again. */
  unload(name: string): Promise<void>;
}

/** One engine that is open, for whoever accounts for memory. */
export interface HeldEngine {
  kind: EngineKind<never, never>['kind'];
  model: string;
  users: number;
  /** Milliseconds since it was last used; 0 while it is. */
  idle: number;
  memoryBytes: number | null;
  deviceMemoryBytes: number | null;
}

export interface EngineHost {
  /** @param onChange gets the state of the engine that was wanted last, whenever it changes. */
  pool<Model extends { name: string }, Session extends RunningEngine>(
    kind: EngineKind<Model, Session>,
    onChange?: (engine: Engine) => void,
  ): EnginePool<Model, Session>;
  held(): HeldEngine[];
  /** Closes what has been idle for too long, measures the others. A timer calls it. */
  tidy(): Promise<void>;
  close(): Promise<void>;
}

/** One engine of any kind: the pool knows its session's type, the host only how to end and measure it. */
interface Slot {
  readonly kind: HeldEngine['kind'];
  readonly key: string;
  readonly model: string;
  users: number;
  lastUse: number;
  engine: Engine;
  /** Set while it is open. */
  running: { refresh: () => Promise<void>; close: () => Promise<void> } | null;
  readonly opened: Promise<unknown>;
  readonly idleMinutes: () => number;
}

/** Share of the machine's memory under which an idle engine is closed. */
const SCARCE_MEMORY = 0.06;
const WATCH_MILLISECONDS = 15_000;

export function createEngineHost(about: {
  log: (text: string) => void;
  /** Milliseconds of a clock. Default: the system's. */
  now?: () => number;
  /** Whether memory is short. Default: asks the system. */
  isScarce?: () => boolean;
}): EngineHost {
  const { log, now = Date.now, isScarce = () => process.availableMemory() < os.totalmem() * SCARCE_MEMORY } = about;
  const slots = new Set<Slot>();
  let closed = false;

  const watch = setInterval(() => void tidy(), WATCH_MILLISECONDS);
  watch.unref();

  /** Open engines that nobody waits for, the longest unused first. */
  const idle = () =>
    [...slots].filter(({ running, users }) => running !== null && users === 0).sort((a, b) => a.lastUse - b.lastUse);

  async function tidy(): Promise<void> {
    for (const slot of idle()) {
      if (now() - slot.lastUse < slot.idleMinutes() * 60_000) continue;
      log(`${slot.model} was not used and was closed.`);
      await end(slot);
    }
    const [longest] = isScarce() ? idle() : [];
    if (longest) {
      log(`Memory is short: ${longest.model} was closed.`);
      await end(longest);
    }
    await Promise.all([...slots].map(({ running }) => running?.refresh()));
  }

  async function end(slot: Slot): Promise<void> {
    slots.delete(slot);
    await slot.opened.catch(() => null);
    const { running } = slot;
    slot.running = null;
    await running?.close();
  }

  /** Opens an engine; where memory is missing, others make room: idle ones first, the longest unused before the rest. */
  async function openWithRoom<T>(slot: () => Slot | null, open: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await open();
      } catch (error) {
        if (!(error instanceof ModelError) || error.code !== 'memory') throw error;
        const others = [...slots].filter((other) => other !== slot() && other.running !== null);
        const [victim] = others.sort((a, b) => Math.sign(a.users) - Math.sign(b.users) || a.lastUse - b.lastUse);
        if (!victim) throw error;
        log(`${victim.model} was closed to make room.`);
        await end(victim);
      }
    }
  }

  function pool<Model extends { name: string }, Session extends RunningEngine>(
    kind: EngineKind<Model, Session>,
    onChange: (engine: Engine) => void = () => {},
  ): EnginePool<Model, Session> {
    const sessions = new Map<string, { slot: Slot; session: Promise<Session> }>();
    let state = emptyEngine('stopped', null);
    let wanted: Slot | null = null;

    function change(slot: Slot, engine: Engine): void {
      slot.engine = engine;
      if (wanted !== slot) return;
      state = engine;
      onChange(engine);
    }

    async function obtain(model: Model, signal?: AbortSignal): Promise<{ slot: Slot; session: Session }> {
      signal?.throwIfAborted();
      if (closed) throw new ModelError('closed', 'The model was closed.');
      const key = kind.keyOf(model);
      const known = sessions.get(key);
      const { slot, session } = known && slots.has(known.slot) ? known : start(model, key);
      slot.users += 1;
      if (wanted !== slot) {
        wanted = slot;
        change(slot, slot.engine);
      }
      try {
        return { slot, session: await (signal ? abortable(session, signal) : session) };
      } catch (error) {
        release(slot);
        throw error;
      }
    }

    function start(model: Model, key: string): { slot: Slot; session: Promise<Session> } {
      // The same model under other settings: one copy of its weights is enough.
      const earlier = [...slots].filter((slot) => slot.kind === kind.kind && slot.model === model.name);
      let mine: Slot | null = null;
      const session = (async () => {
        await Promise.all(earlier.map(end));
        const opened = await openWithRoom(
          () => mine,
          () => kind.open(model),
        );
        if (mine) settle(mine, opened);
        return opened;
      })();
      const slot: Slot = {
        kind: kind.kind,
        key,
        model: model.name,
        users: 0,
        lastUse: now(),
        engine: emptyEngine('loading', model.name),
        running: null,
        opened: session,
        idleMinutes: kind.idleMinutes,
      };
      mine = slot;
      slots.add(slot);
      session.catch((error: unknown) => {
        slots.delete(slot);
        change(slot, { ...emptyEngine('failed', model.name), problem: messageOf(error) });
      });
      const entry = { slot, session };
      sessions.set(key, entry);
      return entry;
    }

    function settle(slot: Slot, session: Session): void {
      const ready: Engine = { ...emptyEngine('ready', slot.model), ...kind.describe(session) };
      slot.running = {
        async refresh() {
          const measured = await kind.measure(session).catch(() => null);
          if (measured && slot.running) change(slot, { ...slot.engine, ...measured });
        },
        async close() {
          await session.close().catch(() => null);
          change(slot, emptyEngine('stopped', null));
        },
      };
      slot.lastUse = now();
      change(slot, ready);
      void session.exited.then((error) => {
        slots.delete(slot);
        if (!slot.running) return;
        slot.running = null;
        const gone = error ? emptyEngine('failed', slot.model) : emptyEngine('stopped', null);
        change(slot, { ...gone, problem: error?.message ?? null });
      });
      void slot.running.refresh();
    }

    function release(slot: Slot): void {
      slot.users -= 1;
      slot.lastUse = now();
      void slot.running?.refresh();
    }

    async function borrow(model: Model, signal?: AbortSignal) {
      const { slot, session } = await obtain(model, signal);
      let released = false;
      return {
        session,
        release() {
          if (released) return;
          released = true;
          release(slot);
        },
      };
    }

    return {
      borrow,
      async use(model, task, signal) {
        const { session, release: giveBack } = await borrow(model, signal);
        try {
          return await task(session);
        } finally {
          giveBack();
        }
      },
      state: () => state,
      async unload(name) {
        await Promise.all([...slots].filter((slot) => slot.kind === kind.kind && slot.model === name).map(end));
      },
    };
  }

  return {
    pool,
    tidy,
    held: () =>
      [...slots]
        .filter(({ running }) => running !== null)
        .map(({ kind, model, users, lastUse, engine }) => ({
          kind,
          model,
          users,
          idle: users > 0 ? 0 : now() - lastUse,
          memoryBytes: engine.memoryBytes,
          deviceMemoryBytes: engine.deviceMemoryBytes,
        })),
    async close() {
      closed = true;
      clearInterval(watch);
      await Promise.all([...slots].map(end));
    },
  };
}

function emptyEngine(state: Engine['state'], model: string | null): Engine {
  return {
    state,
    problem: null,
    model,
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
