/** What a way to the core is made of: a WebSocket in the browser shell, a MessagePort in the desktop shell. */
import { RPCLink as PortLink } from '@orpc/client/message-port';
import { RPCLink as SocketLink } from '@orpc/client/websocket';
import {
  type DesktopShell,
  PORT_MESSAGE,
  SESSION_PATH,
  SOCKET_PATH,
  socketProtocols,
  TOKEN_NAME,
} from '../../shared/shell.ts';
import type { Transport } from './connection.ts';

const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 4_000;

/** Token of the address that opened this tab. Kept for this origin and tab alone, and taken out of the address. */
export function takeToken({ location, sessionStorage, history }: Window): string {
  const address = new URL(location.href);
  const given = address.searchParams.get(TOKEN_NAME);
  if (given !== null) {
    sessionStorage.setItem(TOKEN_NAME, given);
    address.searchParams.delete(TOKEN_NAME);
    history.replaceState(history.state, '', address);
  }
  return sessionStorage.getItem(TOKEN_NAME) ?? '';
}

/** Shows the token. @returns the key of the pictures; `locked`: it is not the right one; null: nobody answers. */
async function askIn(page: string, token: string): Promise<{ key: string } | 'locked' | null> {
  try {
    const address = new URL(SESSION_PATH, page);
    const answer = await fetch(address, { headers: { Authorization: `Bearer ${token}` }, cache: 'no-store' });
    if (answer.status === 401) return 'locked';
    return answer.ok ? { key: (await answer.text()).trim() } : null;
  } catch {
    return null;
  }
}

/**
 * A socket to the program that served the page.
 * @param page address of the page
 * @param admitted gets the key that stands in the addresses of pictures, before the way is open
 */
export function socketTransport(page: string, token: string, admitted: (key: string) => void): Transport {
  return (ways) => {
    const open = async (pause: number): Promise<void> => {
      let nextPause = Math.min(pause * 2, LONGEST_PAUSE);
      const again = () => setTimeout(() => void open(nextPause), nextPause);
      const admission = await askIn(page, token);
      if (admission === 'locked' || admission === null) {
        ways.locked(admission === 'locked');
        again();
        return;
      }
      admitted(admission.key);
      const address = new URL(SOCKET_PATH, page);
      address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
      const socket = new WebSocket(address, socketProtocols(token));
      socket.addEventListener('open', () => {
        nextPause = FIRST_PAUSE;
        ways.opened(new SocketLink({ websocket: socket }));
      });
      socket.addEventListener('close', () => {
        ways.broke();
        again();
      });
    };
    void open(FIRST_PAUSE);
  };
}

/** The port that the desktop shell hands the page, each time the page asks for one. */
export function portTransport(shell: DesktopShell, window: Window): Transport {
  return (ways) => {
    window.addEventListener('message', (event) => {
      if (event.source !== window || event.data !== PORT_MESSAGE) return;
      const port = event.ports[0];
      if (port === undefined) return;
      const link = new PortLink({ port });
      port.addEventListener('close', () => ways.broke());
      port.start();
      ways.opened(link);
    });
    shell.connect();
  };
}
