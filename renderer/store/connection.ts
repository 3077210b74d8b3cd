/**
 * The page's one way to the core, typed by the contract. Calls wait while the way is being (re)made; a call that was
 * under way when it broke fails. What the way is made of (socket, port) is a `Transport`.
 */
import { type ClientContext, type ClientLink, createORPCClient, ORPCError } from '@orpc/client';
import type { ContractRouterClient } from '@orpc/contract';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { CoreEvent, contract } from '../../shared/contract.ts';

export type Api = ContractRouterClient<typeof contract>;
export type Link = ClientLink<ClientContext>;

export interface Connection {
  /** `waiting`: broken, the next try comes by itself. `locked`: another run of the program that has not let us in. */
  state: 'connecting' | 'open' | 'waiting' | 'locked';
  /** Counts the ways made so far: whoever depends on the core reads again when it changes. */
  generation: number;
}

/** What a transport tells of the ways that it makes. */
export interface Ways {
  opened(link: Link): void;
  /** The way broke, or could not be made; the transport tries again by itself. */
  broke(): void;
  /** Whether the program is there but does not know this page; found out after the way broke. */
  locked(isLocked: boolean): void;
}

/** Starts making ways to the core, and makes them again whenever they break. */
export type Transport = (ways: Ways) => void;

const ANEW = 'Keeplight was started anew: what was done here last is not saved.';

/** True when a call ended because its signal was aborted. */
export function wasAborted(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

export interface ConnectionStore {
  connection: StoreApi<Connection>;
  /** Every call of the contract. Fails with an Error whose message is a sentence for people. */
  api: Api;
  /** Runs for every event of the core until the page closes, across broken ways. */
  listen(receive: (event: CoreEvent) => void): void;
  /** Makes the way to the core. Called once. */
  connect(): void;
  /** A failure as a sentence for people. */
  sentenceOf(error: unknown): string;
}

export function createConnection(transport: Transport): ConnectionStore {
  const connection = createStore<Connection>(() => ({ state: 'connecting', generation: 0 }));
  let current: Promise<Link>;
  let provide: (link: Link) => void;
  let refuse: (reason: Error) => void;

  function expectLink(): void {
    current = new Promise((resolve, reject) => {
      provide = resolve;
      refuse = reject;
    });
    // Whoever calls is told; nobody calling is no error.
    current.catch(() => undefined);
  }

  const ways: Ways = {
    opened(link) {
      provide(link);
      current = Promise.resolve(link);
      connection.setState((before) => ({ state: 'open', generation: before.generation + 1 }));
    },
    broke() {
      if (connection.getState().state === 'open') expectLink();
      connection.setState(({ state }) => ({ state: state === 'locked' ? state : 'waiting' }));
    },
    locked(isLocked) {
      const { state } = connection.getState();
      if (state === 'open') return;
      // Calls that wait would wait for ever; once the program is gone altogether they may wait for it again.
      if (isLocked) refuse(new Error(ANEW));
      else if (state === 'locked') expectLink();
      connection.setState({ state: isLocked ? 'locked' : 'waiting' });
    },
  };

  expectLink();
  const api: Api = createORPCClient({
    async call(path, input, options) {
      return (await current).call(path, input, options);
    },
  } satisfies Link);

  return {
    connection,
    api,
    connect: () => transport(ways),
    listen(receive) {
      const follow = async (): Promise<void> => {
        try {
          for await (const events of await api.app.events({})) for (const event of events) receive(event);
        } catch {
          // The way broke: the next generation subscribes again.
        }
      };
      let followed = 0;
      connection.subscribe((now) => {
        if (now.state === 'open' && now.generation !== followed) {
          followed = now.generation;
          void follow();
        }
      });
    },
    sentenceOf(error) {
      if (error instanceof Error && error.message === ANEW) return ANEW;
      if (error instanceof ORPCError && error.defined) return error.message;
      if (error instanceof ORPCError && error.code !== 'INTERNAL_SERVER_ERROR') return error.message;
      if (connection.getState().state !== 'open') return 'The connection to Keeplight broke before this was done.';
      return error instanceof Error && error.message !== '' ? error.message : 'Something went wrong.';
    },
  };
}
