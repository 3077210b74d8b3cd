import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serve } from '../../electron/serve.ts';
import { type ServedLibrary, serveLibrary } from './served-library.ts';

let library: ServedLibrary;
let cookie: string;

beforeAll(async () => {
  library = await serveLibrary();
  cookie = await library.admit();
});
afterAll(() => library.close());

describe('who is let in', () => {
  test('nothing is given without the cookie', async () => {
    for (const path of ['/', '/index.html', '/assets/index-12345678.js', `/photo/thumb/${library.ids[0]}?v=1`]) {
      const answer = await library.get(path);
      expect(answer.status, path).toBe(401);
      expect(answer.body.toString()).toContain('token');
    }
  });

  test('a wrong token, an empty one and a part of the right one are refused', async () => {
    const { token } = library.served;
    for (const wrong of [
      '',
      'x',
      token.slice(0, -1),
      `${token}x`,
      token.toUpperCase(),
      encodeURIComponent('ü'.repeat(43)),
    ]) {
      const answer = await library.get(`/?token=${wrong}`);
      expect(answer.status).toBe(401);
      expect(answer.headers['set-cookie']).toBeUndefined();
    }
  });

  test('the token gives a cookie that only this page can send, and leaves the address', async () => {
    const answer = await library.get(`/?token=${library.served.token}`);
    expect(answer.status).toBe(303);
    expect(answer.headers.location).toBe('/');
    const [line] = answer.headers['set-cookie']!;
    expect(line).toMatch(/; HttpOnly/);
    expect(line).toMatch(/; SameSite=Strict/);
    expect(line).not.toContain(library.served.token);
    expect((await library.get('/', { cookie: line!.split(';')[0]! })).status).toBe(200);
  });

  test('a made-up cookie and the cookie of another port are refused', async () => {
    const [name, value] = cookie.split('=');
    for (const wrong of [
      `${name}=`,
      `${name}=${'a'.repeat(43)}`,
      `keeplight-1=${value}`,
      `${name}=${value}x`,
      ';;;=;',
    ]) {
      expect((await library.get('/', { cookie: wrong })).status).toBe(401);
    }
    expect((await library.get('/', { cookie: `a=b; ${cookie}; c=d` })).status).toBe(200);
  });

  test('the token opens no other path', async () => {
    expect((await library.get(`/index.html?token=${library.served.token}`)).status).toBe(401);
  });

  test('only so many browsers are remembered', async () => {
    const first = await library.admit();
    for (let count = 0; count < 32; count++) await library.admit();
    expect((await library.get('/', { cookie: first })).status).toBe(401);
    cookie = await library.admit();
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
    const { port, token } = library.served;
    const hosts = [
      'evil.example',
      `evil.example:${port}`,
      '127.0.0.1',
      `127.0.0.1:${port + 1}`,
      `127.0.0.1.evil.example:${port}`,
    ];
    for (const host of [...hosts, `0.0.0.0:${port}`, `[::1]:${port}`, `127.0.0.1:${port}@evil.example`]) {
      expect((await library.get('/', { host, cookie })).status, host).toBeGreaterThanOrEqual(400);
      expect((await library.get(`/?token=${token}`, { host })).headers['set-cookie'], host).toBeUndefined();
    }
    expect((await library.get('/', { host: `LOCALHOST:${port}`, cookie })).status).toBe(200);
  });

  test('requests of other pages are refused even with the cookie', async () => {
    const { port } = library.served;
    const picture = `/photo/thumb/${library.ids[0]}?v=1`;
    for (const origin of [
      'null',
      'https://evil.example',
      `https://127.0.0.1:${port}`,
      `http://127.0.0.1:${port + 1}`,
      `http://localhost:${port}`,
    ]) {
      expect((await library.get(picture, { origin, cookie })).status, origin).toBe(403);
    }
    for (const site of ['cross-site', 'same-site']) {
      expect((await library.get(picture, { 'sec-fetch-site': site, cookie })).status, site).toBe(403);
      const embedded = { 'sec-fetch-site': site, 'sec-fetch-mode': 'no-cors', cookie };
      expect((await library.get('/', embedded)).status, site).toBe(403);
    }
    const own = { origin: `http://127.0.0.1:${port}`, 'sec-fetch-site': 'same-origin', cookie };
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
      for (const headers of [{ cookie }, {}]) {
        const answer = await library.get(path, headers as Record<string, string>);
        const policy = answer.headers['content-security-policy'];
        expect(policy).toMatch(/^default-src 'none'; /);
        expect(policy).not.toMatch(/unsafe|\*|https?:/);
        expect(answer.headers['x-content-type-options']).toBe('nosniff');
        expect(answer.headers['cross-origin-opener-policy']).toBe('same-origin');
        expect(answer.headers['cross-origin-resource-policy']).toBe('same-origin');
        expect(answer.headers['referrer-policy']).toBe('no-referrer');
        expect(answer.headers['access-control-allow-origin']).toBeUndefined();
      }
    }
  });

  test('pictures never expire, the entry is asked again, hashed files never expire', async () => {
    const picture = await library.get(`/photo/thumb/${library.ids[0]}?v=1`, { cookie });
    expect(picture.status).toBe(200);
    expect(picture.headers['content-type']).toMatch(/^image\//);
    expect(picture.headers['cache-control']).toContain('immutable');
    expect(Number(picture.headers['content-length'])).toBe(picture.body.length);
    expect((await library.get('/', { cookie })).headers['cache-control']).toBe('no-cache');
    const script = await library.get('/assets/index-12345678.js', { cookie });
    expect(script.headers['cache-control']).toContain('immutable');
    expect(script.headers['content-type']).toMatch(/^text\/javascript/);
  });

  test('an unknown photo or size is a sentence', async () => {
    for (const path of [
      '/photo/thumb/999999999',
      '/photo/huge/1',
      '/photo/thumb/0',
      '/photo/thumb/1e3',
      '/photo/thumb/-1',
      '/photo/',
    ]) {
      const answer = await library.get(path, { cookie });
      expect(answer.status, path).toBe(404);
      expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
      expect(answer.body.toString().trim()).toMatch(/\.$/);
    }
  });

  test('nothing but reading is possible', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      expect((await library.get('/', { cookie }, method)).status, method).toBe(405);
    }
    const head = await library.get('/', { cookie }, 'HEAD');
    expect([head.status, head.body.length]).toEqual([200, 0]);
  });

  test('a path never leaves the known names', async () => {
    const climbs = [
      '/../secret.txt',
      '/..%2fsecret.txt',
      '/%2e%2e/secret.txt',
      '/..%5csecret.txt',
      '/assets/../../secret.txt',
      '/photo/thumb/../../secret.txt',
      '/photo/..%2f..%2fsecret.txt/1',
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
      const answer = await library.get(path, { cookie });
      expect(answer.body.includes('nobody may read'), path).toBe(false);
      expect(answer.body.includes('root:'), path).toBe(false);
      if (answer.status === 200)
        expect(answer.headers['content-type'], path).toMatch(/^(image\/|text\/html|text\/javascript)/);
      else expect([400, 404], path).toContain(answer.status);
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
