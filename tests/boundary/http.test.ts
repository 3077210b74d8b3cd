import { mkdtemp, rename, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serve } from '../../electron/serve.ts';
import { type ServedLibrary, serveLibrary } from './served-library.ts';

let library: ServedLibrary;
/** What stands before the addresses of pictures. */
let pictures: string;

beforeAll(async () => {
  library = await serveLibrary();
  pictures = await library.admit();
});
afterAll(() => library.close());

describe('who is let in', () => {
  test('nothing of the library is given without the token; the page itself is no secret', async () => {
    const id = library.ids[0];
    for (const path of ['/session', `/photo/thumb/${id}?v=1`, `/photo/${'a'.repeat(43)}/thumb/${id}?v=1`, '/photo/']) {
      const answer = await library.get(path);
      expect(answer.status, path).toBe(401);
      expect(answer.body.toString().trim()).toMatch(/\.$/);
    }
    for (const path of ['/', '/index.html', '/assets/index-12345678.js']) {
      expect((await library.get(path)).status, path).toBe(200);
    }
  });

  test('a wrong token, an empty one and a part of the right one are refused', async () => {
    const { token } = library.served;
    for (const wrong of ['', 'x', token.slice(0, -1), `${token}x`, token.toUpperCase(), 'Bearer']) {
      expect((await library.get('/session', { authorization: `Bearer ${wrong}` })).status, wrong).toBe(401);
    }
    for (const header of [token, `bearer ${token}`, `Basic ${token}`, `Bearer  ${token}`]) {
      expect((await library.get('/session', { authorization: header })).status, header).toBe(401);
    }
  });

  test('the token gives the key of the pictures, which opens nothing else', async () => {
    const answer = await library.get('/session', library.token);
    const key = answer.body.toString().trim();
    expect(answer.status).toBe(200);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(key).toMatch(/^[\w-]{43}$/);
    expect(key).not.toContain(library.served.token);
    expect((await library.get(`/photo/${key}/thumb/${library.ids[0]}?v=1`)).status).toBe(200);
    expect((await library.get('/session', { authorization: `Bearer ${key}` })).status).toBe(401);
    const origin = `http://127.0.0.1:${library.served.port}`;
    expect((await library.connect({ origin }, ['keeplight', `keeplight.${key}`])).status).toBe(401);
    const other = await serveLibrary();
    expect((await other.get(`/photo/${key}/thumb/${other.ids[0]}?v=1`)).status).toBe(401);
    await other.close();
  });

  test('no cookie is set or looked at: a browser would send it to every port of this address', async () => {
    for (const path of ['/', `/?token=${library.served.token}`, '/session', '/assets/index-12345678.js']) {
      for (const headers of [{}, library.token]) {
        expect(
          (await library.get(path, headers as Record<string, string>)).headers['set-cookie'],
          path,
        ).toBeUndefined();
      }
    }
    const cookie = ['token', 'keeplight', `keeplight-${library.served.port}`]
      .map((name) => `${name}=${library.served.token}`)
      .join('; ');
    expect((await library.get('/session', { cookie })).status).toBe(401);
    expect((await library.get(`/session?token=${library.served.token}`)).status).toBe(401);
  });

  test('a token that could be guessed is not accepted', async () => {
    const page = pathToFileURL(`${join(library.directory, 'page')}/`);
    for (const token of ['', 'short', 'a b c d e f g h i j k', 'x'.repeat(15)]) {
      await expect(serve({ core: library.core, token, page })).rejects.toThrow(/at least 16 characters/);
    }
  });
});

describe('other names and pages', () => {
  test('a rebound name is refused whatever it carries', async () => {
    const { port } = library.served;
    const hosts = [
      'evil.example',
      `evil.example:${port}`,
      '127.0.0.1',
      `127.0.0.1:${port + 1}`,
      `127.0.0.1.evil.example:${port}`,
    ];
    for (const host of [...hosts, `0.0.0.0:${port}`, `[::1]:${port}`, `127.0.0.1:${port}@evil.example`]) {
      expect((await library.get('/', { host })).status, host).toBeGreaterThanOrEqual(400);
      const asked = await library.get('/session', { host, ...library.token });
      expect(asked.status, host).toBeGreaterThanOrEqual(400);
      expect(asked.body.toString(), host).not.toContain(pictures.slice(7));
    }
    expect((await library.get('/session', { host: `LOCALHOST:${port}`, ...library.token })).status).toBe(200);
  });

  test('requests of other pages are refused even with the key or the token', async () => {
    const { port } = library.served;
    const picture = `${pictures}/thumb/${library.ids[0]}?v=1`;
    for (const origin of [
      'null',
      'https://evil.example',
      `https://127.0.0.1:${port}`,
      `http://127.0.0.1:${port + 1}`,
      `http://localhost:${port}`,
    ]) {
      expect((await library.get(picture, { origin })).status, origin).toBe(403);
      expect((await library.get('/session', { origin, ...library.token })).status, origin).toBe(403);
    }
    for (const site of ['cross-site', 'same-site']) {
      expect((await library.get(picture, { 'sec-fetch-site': site })).status, site).toBe(403);
      const embedded = { 'sec-fetch-site': site, 'sec-fetch-mode': 'no-cors' };
      expect((await library.get('/', embedded)).status, site).toBe(403);
    }
    const own = { origin: `http://127.0.0.1:${port}`, 'sec-fetch-site': 'same-origin' };
    expect((await library.get(picture, own)).status).toBe(200);
  });

  test('it listens on the loopback address only', async () => {
    const outside = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ internal, family }) => !internal && family === 'IPv4');
    for (const { address } of outside) {
      const answered = await new Promise<boolean>((resolve) => {
        const socket = connect({ host: address, port: library.served.port });
        socket.on('connect', () => resolve(true));
        socket.on('error', () => resolve(false));
      });
      expect(answered, address).toBe(false);
    }
    expect(new URL(library.served.address).hostname).toBe('127.0.0.1');
  });
});

describe('what is given', () => {
  test('every answer carries the headers that keep the page to itself', async () => {
    const paths = ['/', '/nothing', '/photo/thumb/1', `/?token=${library.served.token}`, '/?token=wrong'];
    for (const path of paths) {
      for (const headers of [library.token, {}]) {
        const answer = await library.get(path, headers as Record<string, string>);
        const policy = answer.headers['content-security-policy'];
        expect(policy).toMatch(/^default-src 'none'; /);
        expect(policy).not.toMatch(/unsafe|\*|https?:/);
        expect(answer.headers['x-content-type-options']).toBe('nosniff');
        expect(answer.headers['cross-origin-opener-policy']).toBe('same-origin');
        expect(answer.headers['cross-origin-resource-policy']).toBe('same-origin');
        expect(answer.headers['connection-allowlist']).toMatch(/^\(response-origin [^)]*\);webrtc=block$/);
        expect(answer.headers['referrer-policy']).toBe('no-referrer');
        expect(answer.headers['access-control-allow-origin']).toBeUndefined();
      }
    }
  });

  test('pictures never expire, the entry is asked again, hashed files never expire', async () => {
    const picture = await library.get(`${pictures}/thumb/${library.ids[0]}?v=1`);
    expect(picture.status).toBe(200);
    expect(picture.headers['content-type']).toMatch(/^image\//);
    expect(picture.headers['cache-control']).toContain('immutable');
    expect(Number(picture.headers['content-length'])).toBe(picture.body.length);
    expect((await library.get('/')).headers['cache-control']).toBe('no-cache');
    const script = await library.get('/assets/index-12345678.js');
    expect(script.headers['cache-control']).toContain('immutable');
    expect(script.headers['content-type']).toMatch(/^text\/javascript/);
  });

  test('what stands in for an original that is not to be had is not kept', async () => {
    const full = `${pictures}/full/${library.ids[0]}?v=1`;
    expect((await library.get(full)).headers['cache-control']).toContain('immutable');
    const photos = join(library.directory, 'photos');
    await rename(photos, `${photos}-offline`);
    try {
      const answer = await library.get(full);
      expect([answer.status, answer.headers['cache-control']]).toEqual([200, 'no-store']);
    } finally {
      await rename(`${photos}-offline`, photos);
    }
  });

  test('an unknown photo or size is a sentence', async () => {
    for (const path of [
      `${pictures}/thumb/999999999`,
      `${pictures}/huge/1`,
      `${pictures}/thumb/0`,
      `${pictures}/thumb/1e3`,
      `${pictures}/thumb/-1`,
      `${pictures}/`,
    ]) {
      const answer = await library.get(path);
      expect(answer.status, path).toBe(404);
      expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
      expect(answer.body.toString().trim()).toMatch(/\.$/);
    }
  });

  test('nothing but reading is possible', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      expect((await library.get('/', {}, method)).status, method).toBe(405);
    }
    const head = await library.get('/', {}, 'HEAD');
    expect([head.status, head.body.length]).toEqual([200, 0]);
  });

  test('a path never leaves the known names', async () => {
    const climbs = [
      '/../secret.txt',
      '/..%2fsecret.txt',
      '/%2e%2e/secret.txt',
      '/..%5csecret.txt',
      '/assets/../../secret.txt',
      `${pictures}/thumb/../../secret.txt`,
      `${pictures}/..%2f..%2fsecret.txt/1`,
      '//etc/passwd',
      '/etc/passwd',
      '/file:///etc/passwd',
      '/assets/index-12345678.js%00.txt',
      '/./index.html/.',
      'http://evil.example/index.html',
    ];
    const piece = fc.constantFrom(
      '..',
      '%2e%2e',
      '.',
      '/',
      '%2f',
      '\\',
      '%5c',
      '%00',
      pictures.slice(1),
      'photo',
      'thumb',
      '1',
      'assets',
      'secret.txt',
      'etc',
      '?',
      '#',
      '~',
      ':',
    );
    const paths = fc.sample(fc.array(piece, { minLength: 1, maxLength: 9 }), { numRuns: 1500, seed: 20 });
    for (const path of [...climbs, ...paths.map((pieces) => `/${pieces.join('')}`)]) {
      const answer = await library.get(path);
      expect(answer.body.includes('nobody may read'), path).toBe(false);
      expect(answer.body.includes('root:'), path).toBe(false);
      if (answer.status === 200)
        expect(answer.headers['content-type'], path).toMatch(/^(image\/|text\/html|text\/javascript)/);
      else expect([400, 401, 404], path).toContain(answer.status);
    }
  });
});

test('a page that was not bundled is a sentence', async () => {
  const empty = await mkdtemp(join(tmpdir(), 'keeplight-empty-'));
  await expect(serve({ core: library.core, page: pathToFileURL(`${empty}/`) })).rejects.toThrow(/has not been bundled/);
  await expect(serve({ core: library.core, page: pathToFileURL(`${empty}/none/`) })).rejects.toThrow(
    /has not been bundled/,
  );
  await rm(empty, { recursive: true });
});

test('a port in use is a sentence', async () => {
  const page = pathToFileURL(`${join(library.directory, 'page')}/`);
  await expect(serve({ core: library.core, page, port: library.served.port })).rejects.toThrow(/Port \d+ is in use/);
});

test('600 sockets that dribble do not keep the page out', async () => {
  const { port } = library.served;
  const dribblers = Array.from({ length: 600 }, () => connect({ host: '127.0.0.1', port }));
  let ended = 0;
  for (const socket of dribblers) {
    socket.on('error', () => {});
    socket.write('GET / HTTP/1.1\r\nX-Slow: ');
    socket.on('close', () => {
      ended += 1;
    });
  }
  const dribble = setInterval(() => {
    for (const socket of dribblers) if (socket.writable) socket.write('a');
  }, 100);
  try {
    await Promise.all(
      dribblers.map((socket) => new Promise((resolve) => socket.once('connect', resolve).once('close', resolve))),
    );
    // Only so many are kept, and that at once: nobody's patience has run out yet.
    await expect.poll(() => ended, { timeout: 3_000 }).toBeGreaterThan(500);
    const started = performance.now();
    expect((await library.get('/')).status).toBe(200);
    expect((await library.get('/session', library.token)).status).toBe(200);
    const { socket } = await library.connect({ origin: `http://127.0.0.1:${port}` });
    expect(socket).not.toBeNull();
    expect(performance.now() - started).toBeLessThan(5_000);
    // All but a few are let go for newer ones, and those few when they have not said a request in time.
    await expect.poll(() => ended, { timeout: 30_000 }).toBe(600);
    expect(socket?.readyState).toBe(socket?.OPEN);
    socket?.close();
  } finally {
    clearInterval(dribble);
    for (const socket of dribblers) socket.destroy();
  }
});
