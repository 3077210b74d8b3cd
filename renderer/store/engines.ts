/** Engines on other computers: the list with its health, asking a server what it is, agreeing, testing and removing. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { EngineProbe, EngineTest, RemoteEngine } from '../../shared/contract-engines.ts';
import type { ConnectionStore } from './connection.ts';
import type { NoticesStore } from './notices.ts';

export interface Engines {
  readonly list: readonly RemoteEngine[] | null;
  /** What the last test of each address said; `null` while it runs. */
  readonly tests: Readonly<Record<string, EngineTest | null>>;
}

export interface NewRemoteEngine {
  address: string;
  key: string | null;
  model: string;
  edge: RemoteEngine['edge'];
  /** The sentence that was shown and agreed to. */
  agreed: string;
}

export interface EnginesStore {
  engines: StoreApi<Engines>;
  /** Keeps the list fresh while somebody shows it. */
  followEngines(): () => void;
  /** The core says that they changed. */
  enginesChanged(): void;
  /** Asks a server what it is; no picture is sent. @returns the answer, or a sentence why there is none. */
  probeEngine(address: string, key: string | null): Promise<EngineProbe | string>;
  /** @returns a sentence when it failed. */
  addEngine(engine: NewRemoteEngine): Promise<string | null>;
  testEngine(address: string): Promise<void>;
  removeEngine(address: string): Promise<void>;
}

export function createEnginesStore({
  api,
  sentenceOf,
  notify,
  notifyProblem,
}: Pick<ConnectionStore, 'api' | 'sentenceOf'> & Pick<NoticesStore, 'notify' | 'notifyProblem'>): EnginesStore {
  const engines = createStore<Engines>(() => ({ list: null, tests: {} }));
  let users = 0;
  let reading = false;
  let stale = false;

  async function read(): Promise<void> {
    stale = true;
    if (reading) return;
    reading = true;
    try {
      while (stale) {
        stale = false;
        engines.setState({ list: await api.engines.list({}) });
      }
    } catch (error) {
      notifyProblem(error);
    } finally {
      reading = false;
    }
  }

  return {
    engines,
    followEngines() {
      if (users++ === 0 || engines.getState().list === null) void read();
      return () => {
        users--;
      };
    },
    enginesChanged() {
      if (users > 0) void read();
    },
    async probeEngine(address, key) {
      try {
        return await api.engines.probe({ address, key });
      } catch (error) {
        return sentenceOf(error);
      }
    },
    async addEngine(engine) {
      try {
        const added = await api.engines.add({ ...engine, atOnce: null });
        await read();
        notify(added.grades ? `${added.title} can judge now` : `${added.address} writes, and cannot grade`);
        return null;
      } catch (error) {
        return sentenceOf(error);
      }
    },
    async testEngine(address) {
      const say = (test: EngineTest | null) =>
        engines.setState(({ tests }) => ({ tests: { ...tests, [address]: test } }));
      say(null);
      try {
        say(await api.engines.test({ address }));
      } catch (error) {
        const none = { answers: false, grades: false, share: null, listed: null, milliseconds: null };
        say({ address, ...none, text: sentenceOf(error) });
      }
    },
    async removeEngine(address) {
      try {
        await api.engines.remove({ address });
        await read();
      } catch (error) {
        notifyProblem(error);
      }
    },
  };
}
