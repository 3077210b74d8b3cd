/**
 * Who may talk to the browser shell. It listens on loopback only, but every page in every browser of this computer can
 * send requests there, and a rebound DNS name can make them look like ours. So: the Host must be ours, an Origin must
 * be ours, and whoever asks for anything of the library shows the token of the address. The page keeps it to its own
 * origin; there is no cookie, because a browser sends those to every port of an address.
 */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { SOCKET_PROTOCOL, socketProtocols } from '../../../shared/shell.ts';

/** Shorter tokens could be guessed. */
export const TOKEN_MINIMUM = 16;

export function createToken(): string {
  return randomBytes(32).toString('base64url');
}

const digest = (text: string) => createHash('sha256').update(text).digest();

/** Compares in constant time. */
function same(left: string, right: string): boolean {
  return timingSafeEqual(digest(left), digest(right));
}

export class Guard {
  readonly #token: string;
  readonly #port: number;
  /** Opens pictures and nothing else: it is part of their addresses. Another one for every run of the program. */
  readonly pictureKey: string;

  /** @param token of the address; at least TOKEN_MINIMUM characters. @param port that the server listens on. */
  constructor(token: string, port: number) {
    this.#token = token;
    this.#port = port;
    this.pictureKey = createHmac('sha256', randomBytes(32)).update(token).digest('base64url');
  }

  /** A name of this server that DNS cannot rebind: the loopback address or localhost, with our port. */
  ownHost(host: string | undefined): boolean {
    const ours = [`127.0.0.1:${this.#port}`, `localhost:${this.#port}`];
    if (this.#port === 80) ours.push('127.0.0.1', 'localhost');
    return host !== undefined && ours.includes(host.toLowerCase());
  }

  /** True when the Origin is the very host that was asked. */
  ownOrigin(headers: IncomingHttpHeaders): boolean {
    return this.ownHost(headers.host) && headers.origin === `http://${headers.host}`;
  }

  /**
   * Why this request is refused, or null. A request without an Origin is a navigation or comes from our page; the
   * browser says which where it sends Sec-Fetch-Site.
   */
  refusal(request: IncomingMessage, opensPage: boolean): string | null {
    if (!this.ownHost(request.headers.host)) return 'This address is not the one that Keeplight listens on.';
    if (request.headers.origin !== undefined && !this.ownOrigin(request.headers)) {
      return 'Requests from other pages are refused.';
    }
    const site = request.headers['sec-fetch-site'];
    const navigates = opensPage && request.headers['sec-fetch-mode'] === 'navigate';
    if (site !== undefined && site !== 'same-origin' && site !== 'none' && !navigates) {
      return 'Requests from other pages are refused.';
    }
    return null;
  }

  /** True when the request shows the token in its Authorization header. */
  showsToken({ authorization = '' }: IncomingHttpHeaders): boolean {
    return authorization.startsWith('Bearer ') && same(authorization.slice('Bearer '.length), this.#token);
  }

  /** True when a socket shows the token among its protocols. */
  socketShowsToken(headers: IncomingHttpHeaders): boolean {
    const protocols = (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
    const [, wanted] = socketProtocols(this.#token);
    return protocols.length === 2 && protocols[0] === SOCKET_PROTOCOL && same(protocols[1] ?? '', wanted);
  }

  opensPictures(key: string): boolean {
    return same(key, this.pictureKey);
  }
}
