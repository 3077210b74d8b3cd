/**
 * The page's one way to the core: typed by the contract, over a WebSocket in the browser shell and a MessagePort in
 * the desktop shell. Calls wait while the way is being (re)made; a call that was under way when it broke fails.
 */
import { type ClientContext, type ClientLink, createORPCClient, ORPCError } from '@orpc/client';
import { RPCLink as PortLink } from '@orpc/client/message-port';
import { RPCLink as SocketLink } from '@orpc/client/websocket';
import type { ContractRouterClient } from '@orpc/contract';
import { createStore } from 'zustand/vanilla';
import { type PictureSize, pictureAddress } from '../../shared/addresses.ts';
import type { CoreEvent, contract } from '../../shared/contract.ts';
import { type DesktopShell, PICTURE_BASES, PORT_MESSAGE, SOCKET_PATH } from '../../shared/shell.ts';

declare global {
  interface Window {
    readonly keeplight?: DesktopShell;
  }
}

export type Api = ContractRouterClient<typeof contract>;
type Link = ClientLink<ClientContext>;

export interface Connection {
  /** `waiting`: broken, the next try comes by itself. `locked`: another run of the program that has not let us in. */
  state: 'connecting' | 'open' | 'waiting' | 'locked';
  /** Counts the ways made so far: whoever depends on the core reads again when it changes. */
  generation: number;
}

/** The native shell around the page, or null in a browser. */
export const desktop: DesktopShell | null = window.keeplight ?? null;

export const connection = createStore<Connection>(() => ({ state: 'connecting', generation: 0 }));

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

function opened(link: Link): void {
  provide(link);
  current = Promise.resolve(link);
  connection.setState((before) => ({ state: 'open', generation: before.generation + 1 }));
}

const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 4_000;

function openSocket(pause: number): void {
  const address = new URL(SOCKET_PATH, window.location.href);
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
  const socket = new WebSocket(address);
  let nextPause = Math.min(pause * 2, LONGEST_PAUSE);
  socket.addEventListener('open', () => {
    nextPause = FIRST_PAUSE;
    opened(new SocketLink({ websocket: socket }));
  });
  socket.addEventListener('close', () => {
    if (connection.getState().state === 'open') expectLink();
    setTimeout(() => openSocket(nextPause), nextPause);
    isLocked().then((locked) => {
      const { state } = connection.getState();
      if (state === 'open') return;
      // Calls that wait would wait for ever; once the program is gone altogether they may wait for it again.
      if (locked) refuse(new Error(ANEW));
      else if (state === 'locked') expectLink();
      connection.setState({ state: locked ? 'locked' : 'waiting' });
    });
    connection.setState(({ state }) => ({ state: state === 'locked' ? state : 'waiting' }));
  });
}

/** Whether the program is there but does not know this page: it was started anew, and lets in by its address only. */
async function isLocked(): Promise<boolean> {
  try {
    return (await fetch('./', { method: 'HEAD' })).status === 401;
  } catch {
    return false;
  }
}

function openPort(shell: DesktopShell): void {
  window.addEventListener('message', (event) => {
    if (event.source !== window || event.data !== PORT_MESSAGE) return;
    const port = event.ports[0];
    if (port === undefined) return;
    const link = new PortLink({ port });
    port.addEventListener('close', () => {
      expectLink();
      connection.setState({ state: 'waiting' });
    });
    port.start();
    opened(link);
  });
  shell.connect();
}

/** Makes the way to the core, and makes it again whenever it breaks. Called once, by the entry. */
export function connect(): void {
  expectLink();
  if (desktop === null) openSocket(FIRST_PAUSE);
  else openPort(desktop);
}

const link: Link = {
  async call(path, input, options) {
    return (await current).call(path, input, options);
  },
};

/** Every call of the contract. Fails with an Error whose message is a sentence for people. */
export const api: Api = createORPCClient(link);

/** Runs for every event of the core until the page closes, across broken ways. */
export function listen(receive: (event: CoreEvent) => void): void {
  const follow = async (): Promise<void> => {
    try {
      for await (const event of await api.app.events({})) receive(event);
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
}

const ANEW = 'Keeplight was started anew: what was done here last is not saved.';

/** A failure as a sentence for people. */
export function sentenceOf(error: unknown): string {
  if (error instanceof Error && error.message === ANEW) return ANEW;
  if (error instanceof ORPCError && error.defined) return error.message;
  if (error instanceof ORPCError && error.code !== 'INTERNAL_SERVER_ERROR') return error.message;
  if (connection.getState().state !== 'open') return 'The connection to Keeplight broke before this was done.';
  return error instanceof Error && error.message !== '' ? error.message : 'Something went wrong.';
}

/** True when a call ended because its signal was aborted. */
export function wasAborted(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

const PICTURES = PICTURE_BASES[desktop === null ? 'browser' : 'desktop'];

/** Address of a photo's picture; it changes with the content. */
export function pictureUrl(size: PictureSize, photo: { readonly id: number; readonly version: number }): string {
  return PICTURES + pictureAddress(size, photo.id, photo.version);
}
