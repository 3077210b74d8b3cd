/** A small real library behind the real browser shell, and a client that sends exactly what it is told. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type IncomingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import sharp from 'sharp';
import { WebSocket } from 'ws';
import { type Core, openCore } from '../../electron/core/core.ts';
import { type Served, serve } from '../../electron/serve.ts';
import { SESSION_PATH, SOCKET_PATH, socketProtocols } from '../../shared/shell.ts';

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

export interface ServedLibrary {
  core: Core;
  served: Served;
  directory: string;
  /** Ids of its photos. */
  ids: number[];
  log: string[];
  /** Sends a request with just these headers; the path goes out as it is. */
  get(path: string, headers?: Record<string, string>, method?: string): Promise<Answer>;
  /** Headers by which the page shows its token. */
  token: { authorization: string };
  /** Shows the token. @returns what stands before the addresses of pictures, `/photo/<key>`. */
  admit(): Promise<string>;
  /** Tries to open the page's socket. @param protocols the page's own when left out. */
  connect(headers: Record<string, string>, protocols?: string[]): Promise<{ socket: WebSocket | null; status: number }>;
  close(): Promise<void>;
}

export async function serveLibrary(): Promise<ServedLibrary> {
  const directory = await mkdtemp(join(tmpdir(), 'keeplight-boundary-'));
  const photos = join(directory, 'photos');
  const page = join(directory, 'page');
  await mkdir(join(page, 'assets'), { recursive: true });
  await mkdir(photos);
  await writeFile(join(page, 'index.html'), '<!doctype html><title>page</title>');
  await writeFile(join(page, 'assets', 'index-12345678.js'), 'export {};');
  await writeFile(join(directory, 'secret.txt'), 'a file that nobody may read');
  for (const [index, color] of ['#804020', '#208040', '#204080'].entries()) {
    const picture = sharp({ create: { width: 64 + 16 * index, height: 48, channels: 3, background: color } });
    await picture.jpeg().toFile(join(photos, `photo-${index}.jpg`));
  }
  const log: string[] = [];
  const core = await openCore({
    dataDirectory: join(directory, 'data'),
    shell: 'browser',
    log: ({ text }) => log.push(text),
    background: false,
  });
  await core.index([photos]);
  const served = await serve({ core, page: pathToFileURL(`${page}/`), log: (text) => log.push(text) });
  const own = `127.0.0.1:${served.port}`;

  const get: ServedLibrary['get'] = (path, headers = {}, method = 'GET') =>
    new Promise((resolve, reject) => {
      const call = request(
        { host: '127.0.0.1', port: served.port, path, method, headers: { host: own, ...headers } },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
          );
        },
      );
      call.on('error', reject);
      call.end();
    });

  return {
    core,
    served,
    directory,
    ids: core.list().map(({ id }) => id),
    log,
    get,
    token: { authorization: `Bearer ${served.token}` },
    async admit() {
      const answer = await get(SESSION_PATH, { authorization: `Bearer ${served.token}` });
      return `/photo/${answer.body.toString().trim()}`;
    },
    connect: (headers, protocols = socketProtocols(served.token)) =>
      new Promise((resolve) => {
        const socket = new WebSocket(`ws://${own}${SOCKET_PATH}`, protocols, { headers });
        socket.once('open', () => resolve({ socket, status: 101 }));
        socket.once('unexpected-response', (_request, response) => {
          resolve({ socket: null, status: response.statusCode ?? 0 });
          response.destroy();
        });
        socket.on('error', () => resolve({ socket: null, status: 0 }));
      }),
    async close() {
      await served.close();
      await core.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
