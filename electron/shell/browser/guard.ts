/**
 * Who may talk to the browser shell. It listens on loopback only, but every page in every browser of this computer can
 * send requests there, and a rebound DNS name can make them look like ours. So: the Host must be ours, an Origin must
 * be ours, and a cookie proves that the address with the token was opened here.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** Browsers that hold a cookie at once; the oldest is forgotten first. */
const SESSION_LIMIT = 32;
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
  /** Digests of session secrets, oldest first. */
  readonly #sessions = new Set<string>();

  /** @param token of the address; at least TOKEN_MINIMUM characters. @param port that the server listens on. */
  constructor(token: string, port: number) {
    this.#token = token;
    this.#port = port;
  }

  /** Cookies are not kept apart by port, so their name is. */
  get #cookieName(): string {
    return `keeplight-${this.#port}`;
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

  tokenMatches(token: string): boolean {
    return same(token, this.#token);
  }

  /** Starts a session. @returns the value of a Set-Cookie header. */
  admit(): string {
    const secret = createToken();
    this.#sessions.add(digest(secret).toString('hex'));
    for (const oldest of this.#sessions) {
      if (this.#sessions.size <= SESSION_LIMIT) break;
      this.#sessions.delete(oldest);
    }
    return `${this.#cookieName}=${secret}; HttpOnly; SameSite=Strict; Path=/`;
  }

  /** True when the request carries the cookie of a living session. */
  admitted(headers: IncomingHttpHeaders): boolean {
    for (const pair of (headers.cookie ?? '').split(';')) {
      const [name, value = ''] = pair.trim().split('=', 2);
      if (name === this.#cookieName && this.#sessions.has(digest(value).toString('hex'))) return true;
    }
    return false;
  }
}
