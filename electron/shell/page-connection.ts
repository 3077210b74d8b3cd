/**
 * One page's way to the core, whatever carries it: checks what comes, counts what runs, and ends every call and stream
 * of the page when the way breaks. The carrier is a WebSocket in the browser and a MessagePort in the desktop shell.
 */
import type { AnyRouter } from '@orpc/server';
import { RPCHandler } from '@orpc/server/websocket';
import type { CoreRouter } from '../core/api/router.ts';
import { isWellFormed } from './page-message.ts';

/** Calls and streams of one page that may run at once: a page needs some dozens. */
const CALL_LIMIT = 256;

export interface Carrier {
  /** Sends one message to the page. */
  send(message: string): void;
  /** The page broke the rules: end the connection. @param reason a sentence for the log. */
  refuse(reason: string): void;
}

export interface PageConnection {
  /** Takes one message of the page. */
  receive(message: unknown): void;
  /** Ends its calls and streams. */
  close(): void;
}

/** Makes connections to one core. */
export function createConnector(router: CoreRouter): (carrier: Carrier) => PageConnection {
  const handler = new RPCHandler(router as AnyRouter);
  return (carrier) => {
    let running = 0;
    let closed = false;
    // The library knows a carrier as a socket that it may send to; we feed it messages ourselves.
    const socket = {
      addEventListener: () => {},
      send(message: unknown) {
        if (!closed && typeof message === 'string') carrier.send(message);
      },
    } satisfies Pick<WebSocket, 'addEventListener' | 'send'>;
    return {
      receive(message) {
        if (closed) return;
        if (!isWellFormed(message)) {
          carrier.refuse('A message was not understood.');
          return;
        }
        if (running >= CALL_LIMIT) {
          carrier.refuse(`More than ${CALL_LIMIT} calls at once.`);
          return;
        }
        running += 1;
        handler
          .message(socket, message)
          // Whatever a handler throws is already an answer; what is left is a page that has gone while it was sent.
          .catch(() => {})
          .finally(() => {
            running -= 1;
          });
      },
      close() {
        closed = true;
        handler.close(socket);
      },
    };
  };
}
