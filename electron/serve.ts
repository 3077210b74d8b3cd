/**
 * The browser shell: the same core behind HTTP and a WebSocket on the loopback address. The page itself is no secret;
 * everything of the library needs the token of the address. Photos are named by id, the page's files by known names,
 * so no path from outside is ever read.
 */

import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type WebSocket, WebSocketServer } from 'ws';
import { messageOf } from '../shared/error-message.ts';
import {
  MESSAGE_LIMIT,
  PICTURE_BASES,
  SESSION_PATH,
  SOCKET_PATH,
  SOCKET_PROTOCOL,
  TOKEN_NAME,
} from '../shared/shell.ts';
import { CoreError } from './core/base/core-error.ts';
import type { Core } from './core/core.ts';
import { Callers } from './shell/browser/callers.ts';
import { createToken, Guard, TOKEN_MINIMUM } from './shell/browser/guard.ts';
import { createConnector } from './shell/page-connection.ts';
import { contentPolicy, PAGE_DIRECTORY, readPage } from './shell/page-files.ts';
import { readPicturePath } from './shell/picture-path.ts';

/** Pages open at once. */
const SOCKET_LIMIT = 32;
/** A page that does not read what it asked for is let go, bytes. */
const BACKLOG_LIMIT = 256 * 1024 * 1024;
const PICTURES = `${PICTURE_BASES.browser}/`;
const HEARTBEAT_MILLISECONDS = 30_000;
const CLOSE_MILLISECONDS = 1_000;
/** A request is said at once by whoever means it; who does not is let go within two looks. */
const PATIENCE = { connectionsCheckingInterval: 1_000, headersTimeout: 5_000, requestTimeout: 10_000 };

export type ServeOptions = {
  core: Core;
  /** 0 = any free one. */
  port?: number;
  /** Part of the address, at least 16 characters; made when absent. */
  token?: string;
  /** Folder of the page's bundle, a file URL. */
  page?: URL;
  log?: (text: string) => void;
};

export type Served = {
  /** With the token: whoever opens it is let in. */
  address: string;
  port: number;
  token: string;
  /** Resolves when a page has shown the token for the first time. */
  readonly admitted: Promise<void>;
  /** Ends all connections; the core stays open. */
  close(): Promise<void>;
};

/** @throws Error with a sentence when the port is taken, the token too short or the page not bundled. */
export async function serve(options: ServeOptions): Promise<Served> {
  const token = options.token ?? createToken();
  if (!/^[\w.~-]+$/.test(token) || token.length < TOKEN_MINIMUM) {
    throw new CoreError(
      'INVALID',
      `The token must have at least ${TOKEN_MINIMUM} characters: letters, digits, and . _ ~ -`,
    );
  }
  const log = options.log ?? (() => {});
  const files = await readPage(options.page ?? PAGE_DIRECTORY);
  const connect = createConnector(options.core.router);

  const server = createServer(PATIENCE);
  const callers = new Callers();
  server.on('connection', (socket) => callers.came(socket));
  const port = await listen(server, options.port ?? 0);
  const guard = new Guard(token, port);
  const { promise: admitted, resolve: admit } = Promise.withResolvers<void>();
  const headers = {
    'Content-Security-Policy': contentPolicy([], [`ws://127.0.0.1:${port}`, `ws://localhost:${port}`]),
    // Closes WebRTC too, which the policy above cannot, also in a frame of the page's own making; a browser that does not know
    // it (it is new in Chromium) passes over it. Links for people lead to https; what the page itself may ask is said above.
    'Connection-Allowlist': '(response-origin "https://*:*");webrtc=block',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=(), display-capture=()',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
  };

  server.on('request', (request, response) => {
    callers.spoke(request.socket);
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    answer(request, response).catch((error: unknown) => {
      if (!response.headersSent) say(response, 500, 'Something went wrong.');
      else response.destroy();
      if (!isHangUp(error)) log(`A request failed: ${messageOf(error)}`);
    });
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let url: URL;
    try {
      url = new URL(request.url ?? '', 'http://keeplight.invalid');
    } catch {
      return say(response, 400, 'This address is not understood.');
    }
    const opensPage = url.pathname === '/';
    const refusal = guard.refusal(request, opensPage);
    if (refusal) return say(response, 403, refusal);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      return say(response, 405, 'Only reading is possible here.');
    }
    if (url.pathname === SESSION_PATH) {
      if (!guard.showsToken(request.headers)) {
        return say(response, 401, 'Open the address that Keeplight printed, with its token.');
      }
      callers.known(request.socket);
      admit();
      return say(response, 200, guard.pictureKey);
    }
    if (url.pathname.startsWith(PICTURES)) {
      const [key = ''] = url.pathname.slice(PICTURES.length).split('/', 1);
      if (!guard.opensPictures(key)) return say(response, 401, 'This picture is shown by the page of Keeplight only.');
      callers.known(request.socket);
      const named = readPicturePath(url.pathname.slice(PICTURES.length + key.length));
      if (!named) return say(response, 404, 'There is no such picture.');
      return answerPicture(request, response, named, url.searchParams.has('v'));
    }
    const file = files.get(url.pathname);
    if (!file) return say(response, 404, 'There is nothing here.');
    response.writeHead(200, {
      'Content-Type': file.type,
      'Content-Length': file.bytes.length,
      'Cache-Control': file.immutable ? 'private, max-age=31536000, immutable' : 'no-cache',
    });
    response.end(request.method === 'HEAD' ? undefined : file.bytes);
  }

  async function answerPicture(
    request: IncomingMessage,
    response: ServerResponse,
    { size, id, quarters }: NonNullable<ReturnType<typeof readPicturePath>>,
    versioned: boolean,
  ): Promise<void> {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    let picture: Awaited<ReturnType<Core['picture']>>;
    try {
      picture = await options.core.picture(size, id, { signal: gone.signal, quarters });
    } catch (error) {
      if (gone.signal.aborted) return;
      if (error instanceof CoreError) return say(response, error.code === 'NOT_FOUND' ? 404 : 503, error.message);
      throw error;
    }
    const length = 'path' in picture ? (await stat(picture.path)).size : picture.bytes.byteLength;
    response.writeHead(200, {
      'Content-Type': picture.type,
      'Content-Length': length,
      'Cache-Control': versioned && !picture.passing ? 'private, max-age=31536000, immutable' : 'no-store',
    });
    if (request.method === 'HEAD') response.end();
    else if ('path' in picture) await pipeline(createReadStream(picture.path), response, { signal: gone.signal });
    else response.end(picture.bytes);
  }

  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MESSAGE_LIMIT,
    perMessageDeflate: false,
    // Never the token itself, which stands beside it.
    handleProtocols: () => SOCKET_PROTOCOL,
  });
  const living = new WeakSet<WebSocket>();

  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on('error', () => {});
    const status = upgradeStatus(request);
    if (status) {
      stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    callers.known(request.socket as Socket);
    admit();
    sockets.handleUpgrade(request, stream, head, open);
  });

  /** A page's socket always names its origin. */
  function upgradeStatus(request: IncomingMessage): string | null {
    if (!guard.ownHost(request.headers.host) || !guard.ownOrigin(request.headers)) return '403 Forbidden';
    if (!guard.socketShowsToken(request.headers)) return '401 Unauthorized';
    if (request.url !== SOCKET_PATH) return '404 Not Found';
    if (sockets.clients.size >= SOCKET_LIMIT) return '503 Service Unavailable';
    return null;
  }

  function open(socket: WebSocket): void {
    living.add(socket);
    const connection = connect({
      send(message) {
        if (socket.readyState !== socket.OPEN) return;
        if (socket.bufferedAmount > BACKLOG_LIMIT) socket.terminate();
        else socket.send(message);
      },
      refuse(reason) {
        log(`A page was disconnected: ${reason}`);
        socket.close(1008, reason);
        connection.close();
      },
    });
    socket.on('message', (data, isBinary) => connection.receive(isBinary ? null : data.toString()));
    socket.on('pong', () => living.add(socket));
    socket.on('close', () => connection.close());
    // Oversized and broken frames close the socket with their own code.
    socket.on('error', (error) => log(`A page was disconnected: ${error.message}.`));
  }

  const heartbeat = setInterval(() => {
    for (const socket of sockets.clients) {
      if (!living.delete(socket)) socket.terminate();
      else socket.ping();
    }
  }, HEARTBEAT_MILLISECONDS);
  heartbeat.unref();

  return {
    address: `http://127.0.0.1:${port}/?${TOKEN_NAME}=${token}`,
    port,
    token,
    admitted,
    async close() {
      clearInterval(heartbeat);
      const ended = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets.clients) socket.close(1001, 'Keeplight is closing.');
      server.closeIdleConnections();
      const force = setTimeout(() => {
        for (const socket of sockets.clients) socket.terminate();
        server.closeAllConnections();
      }, CLOSE_MILLISECONDS);
      await ended;
      clearTimeout(force);
    },
  };
}

function listen(server: ReturnType<typeof createServer>, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') {
        reject(new CoreError('CONFLICT', `Port ${port} is in use; choose another one with --port, or 0 for any.`));
      } else if (error.code === 'EACCES') {
        reject(new CoreError('INVALID', `Port ${port} may not be used by this user; choose one above 1023.`));
      } else reject(error);
    });
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

function say(response: ServerResponse, status: number, sentence: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' });
  response.end(`${sentence}\n`);
}

/** The browser went on before it had read everything. */
const isHangUp = (error: unknown) =>
  error instanceof Error &&
  ['ERR_STREAM_PREMATURE_CLOSE', 'ABORT_ERR', 'ECONNRESET', 'EPIPE'].includes(
    (error as NodeJS.ErrnoException).code ?? '',
  );
