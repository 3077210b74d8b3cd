/** One engine elsewhere, with all that a call to it needs. */
import { Agent } from 'node:http';
import { Agent as SecureAgent } from 'node:https';
import { type EngineAddress, readAddress } from './address.ts';
import type { Lane } from './dispatcher.ts';
import { touch } from './http.ts';
import { MANNERS, type ServerKind } from './servers.ts';

/** One server of the model. */
export interface RemoteEngine {
  /** Its address, see address.ts. */
  address: string;
  /** As this server calls the model. */
  model: string;
  server: ServerKind;
  /** Photos at the same time, 1–64. */
  atOnce: number;
  /** See ServerFacts.gapOf. */
  gap: string;
  key: string | null;
}

/** One engine with what a call to it needs. */
export interface RemoteLane extends Lane {
  readonly address: EngineAddress;
  readonly server: ServerKind;
  readonly model: string;
  readonly gap: string;
  readonly key: string | null;
  readonly agent: Agent;
}

export const NO_PROBABILITIES =
  'This server gives no log-probabilities: it can write about photos, and it cannot grade them.';

export function laneOf(engine: RemoteEngine): RemoteLane {
  const address = readAddress(engine.address);
  const { health } = MANNERS[engine.server];
  const agent = new (address.encrypted ? SecureAgent : Agent)({ keepAlive: true, maxFreeSockets: engine.atOnce + 2 });
  const { key, server, model, atOnce, gap } = engine;
  return {
    ...{ name: address.base, address, server, model, gap, key, agent, atOnce },
    async alive(signal) {
      await touch({ address, path: health, key, signal, patience: 10_000 });
    },
  };
}
