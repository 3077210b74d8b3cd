/** What a way to the core is made of: a WebSocket in the browser shell, a MessagePort in the desktop shell. */
import { RPCLink as PortLink } from '@orpc/client/message-port';
import { RPCLink as SocketLink } from '@orpc/client/websocket';
import { type DesktopShell, PORT_MESSAGE, SOCKET_PATH } from '../../shared/shell.ts';
import type { Transport } from './connection.ts';

const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 4_000;

/** A socket to the program that served the page. @param page address of the page */
export function socketTransport(page: string): Transport {
  return (ways) => {
    const open = (pause: number): void => {
      const address = new URL(SOCKET_PATH, page);
      address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
      const socket = new WebSocket(address);
      let nextPause = Math.min(pause * 2, LONGEST_PAUSE);
      socket.addEventListener('open', () => {
        nextPause = FIRST_PAUSE;
        ways.opened(new SocketLink({ websocket: socket }));
      });
      socket.addEventListener('close', () => {
        ways.broke();
        setTimeout(() => open(nextPause), nextPause);
        void isLocked(page).then(ways.locked);
      });
    };
    open(FIRST_PAUSE);
  };
}

/** Whether the program is there but does not know this page: it was started anew, and lets in by its address only. */
async function isLocked(page: string): Promise<boolean> {
  try {
    return (await fetch(new URL('./', page), { method: 'HEAD' })).status === 401;
  } catch {
    return false;
  }
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
