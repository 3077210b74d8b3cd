/**
 * Engines on other computers: asked what they are, agreed to by a person, kept, and opened as one critic where they serve
 * the same model. Nothing is sent to an address that was not agreed to, word for word.
 */
import { ModelError, type ModelSession } from '../../../models/model-api.ts';
import {
  type EngineAddress,
  type Reach,
  reachOf,
  readAddress,
  requireNear,
  SENT_EDGES,
  whatLeaves,
} from '../../../models/remote/address.ts';
import type { LaneState } from '../../../models/remote/dispatcher.ts';
import { resolveHost } from '../../../models/remote/http.ts';
import { laneOf } from '../../../models/remote/lane.ts';
import { askServer, SERVER_KINDS, type ServerKind } from '../../../models/remote/servers.ts';
import { dataAddress, openRemote, type RemoteSession } from '../../../models/remote/session.ts';
import { type Trial, tryEngine } from '../../../models/remote/try-engine.ts';
import { nullPictures } from '../../../models/runtime/grader.ts';
import type { CoreEvent } from '../../../shared/contract.ts';
import type { EngineProbe, EngineTest, RemoteEngine } from '../../../shared/contract-engines.ts';
import { messageOf } from '../../../shared/error-message.ts';
import { CoreError } from '../base/core-error.ts';
import { enginesOf, forgetEngine, type KnownEngine, knownEngines, saveEngine } from '../catalog/engines.ts';
import { knownModel } from '../catalog/models.ts';
import type { Catalog } from '../catalog/open.ts';
import type { EngineKeys } from './engine-keys.ts';
import { sentPicture } from './sent-picture.ts';

export interface NewEngine {
  address: string;
  model: string;
  edge: RemoteEngine['edge'];
  key: string | null;
  /** Photos at the same time; null: as the server says. */
  atOnce: number | null;
  /** The sentence on what leaves, as `probe` gave it. */
  agreed: string;
}

export interface RemoteEngines {
  /** In the order in which they were agreed to. */
  list(): RemoteEngine[];
  /** Asks a server what it is: sends no picture, keeps nothing. @throws ModelError with a sentence. */
  probe(address: string, key: string | null, signal?: AbortSignal): Promise<EngineProbe>;
  /** @throws CoreError INVALID when what leaves was not agreed to; ModelError when the engine cannot be used. */
  add(engine: NewEngine, signal?: AbortSignal): Promise<RemoteEngine>;
  /** Has an engine judge a gray picture of ours. @throws CoreError NOT_FOUND. */
  test(address: string, signal?: AbortSignal): Promise<EngineTest>;
  /** @throws CoreError NOT_FOUND. */
  remove(address: string): Promise<void>;
  /** A session over all engines of a critic. @throws CoreError. */
  open(critic: string): Promise<ModelSession>;
}

/** Between two events that say how the engines are. */
const TELL_MILLISECONDS = 1000;

export function openRemoteEngines(options: {
  catalog: Catalog;
  keys: EngineKeys;
  cacheDirectory: string;
  tell: (event: CoreEvent) => void;
  /** A critic is about to lose its last engine. */
  leaving: (critic: string) => Promise<void>;
  /** The engines of a critic are others now. */
  changed: (critic: string) => Promise<void>;
}): RemoteEngines {
  const { catalog, keys } = options;
  const open = new Map<string, RemoteSession>();
  let told = 0;
  let telling: NodeJS.Timeout | null = null;

  function tellSoon(): void {
    if (telling) return;
    telling = setTimeout(
      () => {
        telling = null;
        told = Date.now();
        options.tell({ kind: 'engines' });
      },
      Math.max(0, told + TELL_MILLISECONDS - Date.now()),
    );
    telling.unref();
  }

  function describe(engine: KnownEngine): RemoteEngine {
    const state = open
      .get(engine.critic)
      ?.states()
      .find(({ name }) => name === engine.address);
    const { address, critic, title, model, server, hash, atOnce, grades, agreed: sends } = engine;
    return {
      ...{ address, critic, title, model, server, hash, atOnce, grades, sends },
      edge: engine.edge === 1024 ? 1024 : 336,
      key: keys.howKept(address),
      ...healthOf(state),
    };
  }

  function required(address: string): KnownEngine {
    const { base } = readAddress(address);
    const engine = knownEngines(catalog).find((one) => one.address === base);
    if (!engine) throw new CoreError('NOT_FOUND', `There is no engine at ${base}.`);
    return engine;
  }

  async function ask(text: string, key: string | null, signal: AbortSignal | undefined) {
    const address = readAddress(text);
    const reach = await reachOfAll(address);
    const facts = await askServer(address, key, signal);
    if (!facts.sees) {
      throw new ModelError(
        'refused',
        `${address.base} takes no pictures: its model was started without its projector (mmproj).`,
      );
    }
    return { address, reach, facts };
  }

  /** Engines of one model, one hash and one size of the picture share a critic; any other gets a name of its own. */
  function criticFor(model: string, hash: string, edge: number): Pick<KnownEngine, 'critic' | 'title'> {
    const others = knownEngines(catalog);
    const same = others.find((one) => one.hash === hash && one.edge === edge);
    if (same) return { critic: same.critic, title: same.title };
    const name = plainName(model);
    for (let number = 1; ; number += 1) {
      const critic = number === 1 ? name : `${name}-${number}`;
      const isTaken =
        critic === 'measured' || knownModel(catalog, critic) || others.some((one) => one.critic === critic);
      if (!isTaken) return { critic, title: `${critic} (elsewhere)` };
    }
  }

  return {
    list: () => knownEngines(catalog).map(describe),
    async probe(text, key, signal) {
      const { address, reach, facts } = await ask(text, key, signal);
      return {
        address: address.base,
        server: facts.kind,
        models: facts.models,
        atOnce: facts.atOnce,
        sends: SENT_EDGES.map((edge) => ({ edge, text: whatLeaves(address, reach, edge) })),
      };
    },
    async add(wanted, signal) {
      const { address, reach, facts } = await ask(wanted.address, wanted.key, signal);
      const sentence = whatLeaves(address, reach, wanted.edge);
      if (wanted.agreed !== sentence) {
        throw new CoreError('INVALID', `Nothing is sent before it was agreed to: ${sentence}`);
      }
      if (!facts.models.includes(wanted.model)) {
        throw new CoreError('INVALID', `${address.base} offers ${facts.models.join(', ')}, not "${wanted.model}".`);
      }
      const hash = facts.hashOf(wanted.model);
      const engine: KnownEngine = {
        address: address.base,
        ...criticFor(wanted.model, hash, wanted.edge),
        ...{ model: wanted.model, server: facts.kind, hash, edge: wanted.edge },
        ...{ atOnce: wanted.atOnce ?? facts.atOnce, gap: await facts.gapOf(wanted.model) },
        ...{ grades: true, agreed: sentence, agreedAt: Date.now() },
      };
      const { grades } = await tryNow(engine, wanted.key, signal);
      const before = knownEngines(catalog).find((one) => one.address === address.base);
      if (before && before.critic !== engine.critic) await takeLeave(before);
      await keys.keep(address.base, wanted.key);
      saveEngine(catalog, { ...engine, grades });
      await options.changed(engine.critic);
      if (before && before.critic !== engine.critic) await options.changed(before.critic);
      options.tell({ kind: 'engines' });
      options.tell({ kind: 'models' });
      return describe({ ...engine, grades });
    },
    async test(text, signal) {
      const engine = required(text);
      const none = { answers: false, grades: false, share: null, listed: null, milliseconds: null };
      try {
        const trial = await tryNow(engine, await keys.keyOf(engine.address), signal);
        return { address: engine.address, answers: true, ...trial };
      } catch (error) {
        signal?.throwIfAborted();
        return { address: engine.address, ...none, text: messageOf(error) };
      }
    },
    async remove(text) {
      const engine = required(text);
      await takeLeave(engine);
      forgetEngine(catalog, engine.address);
      await keys.keep(engine.address, null);
      await options.changed(engine.critic);
      options.tell({ kind: 'engines' });
      options.tell({ kind: 'models' });
    },
    async open(critic) {
      const engines = enginesOf(catalog, critic);
      const [first] = engines;
      if (!first) throw new CoreError('NOT_FOUND', `There is no engine for "${critic}".`);
      const session = openRemote({
        ...{ name: critic, model: plainName(first.model), hash: first.hash, edge: first.edge },
        grades: engines.every(({ grades }) => grades),
        engines: await Promise.all(
          engines.map(async ({ address, model, server, atOnce, gap }) => {
            const key = await keys.keyOf(address);
            return { address, model, server: kindNamed(server), atOnce, gap, key };
          }),
        ),
        encode: sentPicture,
        cacheDirectory: options.cacheDirectory,
        onChange: tellSoon,
      });
      open.set(critic, session);
      void session.exited.then(() => {
        if (open.get(critic) === session) open.delete(critic);
        tellSoon();
      });
      return session;
    },
  };

  async function takeLeave({ critic }: KnownEngine): Promise<void> {
    if (enginesOf(catalog, critic).length === 1) await options.leaving(critic);
  }

  async function tryNow(engine: KnownEngine, key: string | null, signal: AbortSignal | undefined): Promise<Trial> {
    const [gray] = nullPictures(engine.edge);
    if (!gray) throw new Error('There is no gray picture.');
    const picture = dataAddress(await sentPicture(gray, engine.edge, 'png'), 'png');
    const { address, model, server, atOnce, gap } = engine;
    const lane = laneOf({ address, model, server: kindNamed(server), atOnce, gap, key });
    try {
      return await tryEngine(lane, picture, signal ?? new AbortController().signal);
    } finally {
      lane.agent.destroy();
    }
  }
}

/** How far away an address is, by every number that its name stands for. @throws ModelError. */
async function reachOfAll(address: EngineAddress): Promise<Reach> {
  const numbers = await resolveHost(address);
  if (!address.encrypted) for (const number of numbers) requireNear(number);
  const reaches = new Set(numbers.map(reachOf));
  return reaches.has('internet') ? 'internet' : reaches.has('private network') ? 'private network' : 'this computer';
}

function healthOf(
  state: LaneState | undefined,
): Pick<RemoteEngine, 'state' | 'problem' | 'running' | 'done' | 'photosPerMinute'> {
  if (!state) return { state: 'idle', problem: null, running: 0, done: 0, photosPerMinute: null };
  const { problem, running, done, perMinute } = state;
  return {
    ...{ problem, running, done },
    state: state.state === 'new' ? 'idle' : state.state,
    photosPerMinute: perMinute === null ? null : Math.round(perMinute),
  };
}

/** llama-server names a model by its path where it was given no other name. */
function plainName(model: string): string {
  return (model.split(/[\\/]/).at(-1) ?? model).replace(/\.gguf$/i, '').slice(0, 100) || 'model';
}

const kindNamed = (server: string): ServerKind => SERVER_KINDS.find((kind) => kind === server) ?? 'other';
