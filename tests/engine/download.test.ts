/** Downloads from a loopback server that cuts, lies, stalls and forgets. */

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DownloadError, type DownloadFile, type DownloadOptions, downloadFile } from '../../models/download.ts';
import {
  fileAddress,
  findProjector,
  ggufFiles,
  listRepository,
  newestCommit,
  REGISTRY,
  registryEntry,
  safeName,
} from '../../models/registry.ts';
import { makeTinyModel } from '../../models/tiny/make.ts';
import { settingsSchema } from '../../shared/settings.ts';
import { temporaryFolder } from './setting.ts';

const directory = temporaryFolder();
const CONTENT = Buffer.from(Uint8Array.from({ length: 700_000 }, (_, index) => (index * 7919) >> 5));
const HASH = createHash('sha256').update(CONTENT).digest('hex');
const ETAG = '"v1"';

type Handler = (request: http.IncomingMessage, response: http.ServerResponse, attempt: number) => void;
let server: http.Server;
let base: string;
let handler: Handler;
let attempts: { method: string; range: string | undefined }[] = [];
let paths = 0;

beforeAll(async () => {
  server = http.createServer((request, response) => {
    attempts.push({ method: request.method!, range: request.headers.range });
    handler(request, response, attempts.filter(({ method }) => method === 'GET').length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve).closeAllConnections()));
beforeEach(() => {
  attempts = [];
});

/** An honest server: ranges, an entity tag. */
function honest(request: http.IncomingMessage, response: http.ServerResponse, limit = Number.POSITIVE_INFINITY): void {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const headers: http.OutgoingHttpHeaders = { etag: ETAG, 'content-length': CONTENT.length - from };
  if (request.headers.range) headers['content-range'] = `bytes ${from}-${CONTENT.length - 1}/${CONTENT.length}`;
  response.writeHead(request.headers.range ? 206 : 200, headers);
  if (request.method === 'HEAD') response.end();
  else if (limit === Number.POSITIVE_INFINITY) response.end(CONTENT.subarray(from));
  else response.write(CONTENT.subarray(from, from + limit), () => response.socket?.end(() => response.destroy()));
}

const target = (changes: Partial<DownloadFile> = {}): DownloadFile => ({
  ...{ url: `${base}/model.gguf`, path: join(directory, `file-${paths++}.gguf`), bytes: null, sha256: HASH },
  ...changes,
});
const quick: DownloadOptions = { pause: 1, spare: 0, stall: 2000 };

async function refusal(file: DownloadFile, options: DownloadOptions = {}): Promise<DownloadError> {
  const error = await downloadFile(file, { ...quick, ...options }).then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DownloadError);
  expect((error as Error).message).toMatch(/^[A-Z0-9a-z].+\.$/);
  expect(existsSync(file.path)).toBe(false);
  return error as DownloadError;
}

describe('a download', () => {
  test('arrives whole, with progress, and is verified', async () => {
    handler = honest;
    const seen: number[] = [];
    const file = target();
    const result = await downloadFile(file, {
      ...quick,
      onProgress: ({ bytes, total }) => seen.push(bytes / (total ?? 1)),
    });
    expect(result).toEqual({ bytes: CONTENT.length, sha256: HASH, verified: 'given' });
    expect((await readFile(file.path)).equals(CONTENT)).toBe(true);
    expect(existsSync(`${file.path}.partial`)).toBe(false);
    expect(seen.at(-1)).toBe(1);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });

  test('goes on where a connection was cut, again and again', async () => {
    handler = (request, response) => honest(request, response, request.method === 'GET' ? 90_000 : undefined);
    const file = target();
    await downloadFile(file, quick);
    expect((await readFile(file.path)).equals(CONTENT)).toBe(true);
    const ranges = attempts.filter(({ method }) => method === 'GET').map(({ range }) => range);
    expect(ranges.length).toBeGreaterThan(3);
    expect(ranges.slice(1).every((range) => /^bytes=\d+-$/.test(range ?? ''))).toBe(true);
  });

  test('goes on after the program was ended', async () => {
    const file = target();
    const stop = new AbortController();
    handler = (request, response) => honest(request, response, request.method === 'GET' ? 200_000 : undefined);
    const first = downloadFile(file, {
      ...quick,
      signal: stop.signal,
      onProgress: ({ bytes }) => bytes > 100_000 && stop.abort(new Error('enough')),
    });
    await expect(first).rejects.toThrow('enough');
    expect(existsSync(file.path)).toBe(false);
    attempts = [];
    handler = honest;
    await downloadFile(file, quick);
    expect(Number(/\d+/.exec(attempts.find(({ method }) => method === 'GET')!.range!)![0])).toBeGreaterThan(50_000);
    expect((await readFile(file.path)).equals(CONTENT)).toBe(true);
  });

  test('begins again when the file on the server is another one', async () => {
    const file = target();
    await writeFile(`${file.path}.partial`, Buffer.alloc(50_000, 1));
    await writeFile(
      `${file.path}.partial.json`,
      JSON.stringify({ url: file.url, etag: '"old"', total: 1, sha256: HASH }),
    );
    handler = honest;
    await downloadFile(file, quick);
    expect(attempts.find(({ method }) => method === 'GET')!.range).toBeUndefined();
  });

  test('takes the server’s own hash where the registry has none, also over a redirection', async () => {
    handler = (request, response) => {
      if (request.url === '/model.gguf')
        response
          .writeHead(302, { location: '/store/blob', 'x-linked-etag': `"${HASH}"`, 'x-linked-size': CONTENT.length })
          .end();
      else honest(request, response);
    };
    expect(await downloadFile(target({ sha256: null }), quick)).toMatchObject({ verified: 'server', sha256: HASH });
    handler = honest;
    expect(await downloadFile(target({ sha256: null }), quick)).toMatchObject({ verified: 'none' });
  });

  test('through the proxy of the environment', async () => {
    handler = honest;
    const before = { ...process.env };
    let proxied = '';
    const proxy = http.createServer((request, response) => {
      proxied = request.url!;
      honest(request, response);
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    try {
      for (const name of ['no_proxy', 'NO_PROXY', 'HTTP_PROXY']) delete process.env[name];
      process.env.http_proxy = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
      await downloadFile(target({ url: 'http://models.invalid/model.gguf' }), quick);
      expect(proxied).toBe('http://models.invalid/model.gguf');
    } finally {
      for (const name of ['http_proxy', 'HTTP_PROXY', 'no_proxy', 'NO_PROXY'])
        if (before[name] === undefined) delete process.env[name];
        else process.env[name] = before[name];
      proxy.close();
    }
  });
});

describe('a server that misbehaves', () => {
  test('another hash: the file is thrown away', async () => {
    handler = honest;
    const file = target({ sha256: 'a'.repeat(64) });
    expect(await refusal(file)).toMatchObject({ code: 'hash' });
    expect(existsSync(`${file.path}.partial`)).toBe(false);
  });

  test('another size than the registry says, more bytes than announced, a part that was not asked for', async () => {
    handler = honest;
    expect(await refusal(target({ bytes: 5 }))).toMatchObject({ code: 'server' });
    handler = (request, response) => {
      if (request.method === 'HEAD') response.writeHead(200, { 'content-length': 1000, etag: ETAG }).end();
      else response.writeHead(200).end(CONTENT);
    };
    expect(await refusal(target())).toMatchObject({ code: 'server' });
    handler = (request, response) => {
      if (request.method === 'HEAD') honest(request, response);
      else response.writeHead(206, { 'content-range': 'bytes 5-9/10' }).end('hello');
    };
    expect(await refusal(target(), { attempts: 2 })).toMatchObject({ code: 'network' });
  });

  test('wrong ranges: never a mixture of two parts', async () => {
    handler = (request, response, attempt) => {
      if (request.method === 'HEAD' || attempt === 1)
        honest(request, response, request.method === 'GET' ? 100_000 : undefined);
      else if (attempt === 2)
        response
          .writeHead(206, { etag: ETAG, 'content-range': `bytes 7-${CONTENT.length - 1}/${CONTENT.length}` })
          .end(CONTENT.subarray(7));
      else honest(request, response);
    };
    const file = target();
    await downloadFile(file, quick);
    expect((await readFile(file.path)).equals(CONTENT)).toBe(true);
  });

  test('one that ignores ranges sends all of it again', async () => {
    handler = (request, response, attempt) => {
      delete request.headers.range;
      honest(request, response, request.method === 'GET' && attempt === 1 ? 100_000 : undefined);
    };
    const file = target();
    await downloadFile(file, quick);
    expect((await readFile(file.path)).equals(CONTENT)).toBe(true);
  });

  test('silence, errors that pass, errors that stay, circles, missing files', async () => {
    handler = (request, response, attempt) => {
      if (request.method === 'GET' && attempt === 1)
        response.writeHead(200, { 'content-length': CONTENT.length }).write(CONTENT.subarray(0, 1000));
      else honest(request, response);
    };
    await downloadFile(target(), { ...quick, stall: 100 });
    attempts = [];
    handler = (request, response, attempt) =>
      request.method === 'GET' && attempt < 3
        ? response.writeHead(503, { 'retry-after': '0' }).end()
        : honest(request, response);
    await downloadFile(target(), quick);
    handler = (_, response) => response.writeHead(500).end();
    expect(await refusal(target(), { attempts: 3 })).toMatchObject({ code: 'network' });
    handler = (_, response) => response.writeHead(302, { location: '/again' }).end();
    expect((await refusal(target())).message).toContain('circles');
    handler = (_, response) => response.writeHead(404).end();
    expect((await refusal(target())).message).toContain('does not have it');
    expect(await refusal(target({ url: 'http://127.0.0.1:1/model.gguf' }), { attempts: 2 })).toMatchObject({
      code: 'network',
    });
  });
});

describe('the disk', () => {
  test('is looked at first', async () => {
    handler = (_, response) => response.writeHead(200, { 'content-length': 1e15 }).end();
    expect(await refusal(target({ most: 1e15 }))).toMatchObject({
      code: 'space',
      message: expect.stringMatching(/needs .* on the disk/),
    });
  });

  const full = join(directory, 'full');
  const mounted = (() => {
    try {
      execFileSync('mkdir', ['-p', full]);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', full], { stdio: 'ignore' });
      return true;
    } catch {
      console.warn('Skipped: a full disk cannot be made without the right to mount one.');
      return false;
    }
  })();
  afterAll(() => {
    if (mounted) execFileSync('umount', [full]);
  });

  test.skipIf(!mounted)('that fills up on the way ends the download with a sentence', async () => {
    // The size is not announced, so that only writing finds out.
    handler = (request, response) => {
      response.writeHead(200, { etag: ETAG });
      response.end(request.method === 'HEAD' ? undefined : CONTENT);
    };
    const error = await refusal(target({ path: join(full, 'model.gguf') }));
    expect(error).toMatchObject({ code: 'space', message: expect.stringContaining('disk is full') });
  });
});

test('a server without a length delivers no more than the registry says', async () => {
  let sent = 0;
  handler = (request, response) => {
    response.writeHead(200);
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    const more = () => {
      while (!response.destroyed && sent < 500e6 && response.write(Buffer.alloc(65_536))) sent += 65_536;
    };
    response.on('drain', more);
    more();
  };
  const error = await refusal(target({ sha256: null, most: 1_000_000 }));
  expect(error).toMatchObject({ code: 'server', message: expect.stringContaining('more of file-') });
  expect(sent).toBeLessThan(50e6);
});

describe('the registry', () => {
  test('AesExpert is there to be made here, and each names what it is under', () => {
    expect(registryEntry('aesexpert-7b')).toMatchObject({
      slots: ['grader', 'writer'],
      source: { kind: 'checkpoint', quantization: 'Q4_K_M' },
    });
    for (const entry of REGISTRY) expect(entry.licenceText.length).toBeGreaterThan(20);
    expect(new Set(REGISTRY.map(({ name }) => name)).size).toBe(REGISTRY.length);
  });

  test('addresses, with and without a mirror', () => {
    expect(fileAddress('a/b', 'main', 'x y.gguf', null)).toBe('https://huggingface.co/a/b/resolve/main/x%20y.gguf');
    const files = ggufFiles(registryEntry('llava-1.5-7b')!, 'abc', '/models', 'https://mirror.test/base/');
    expect(files.map(({ url }) => url.startsWith('https://mirror.test/base/second-state/'))).toEqual([true, true]);
  });

  test('a repository’s listing gives sizes and hashes; safetensors go before pickles', async () => {
    const oid = 'b'.repeat(64);
    handler = (_, response) =>
      response.end(
        JSON.stringify([
          { type: 'file', path: 'config.json', size: 700 },
          { type: 'file', path: 'model-00001-of-00002.safetensors', size: 9, lfs: { oid, size: 9 } },
          { type: 'file', path: 'pytorch_model.bin', size: 9, lfs: { oid, size: 9 } },
          { type: 'file', path: 'README.md', size: 10 },
          { type: 'directory', path: 'other' },
        ]),
      );
    const source = {
      repository: 'who/what',
      revision: 'main',
      files: ['config.json', 'model-*.safetensors', 'pytorch_model.bin'],
    };
    const files = await listRepository(source, '/models/x', base, 5000);
    expect(files).toEqual([
      {
        url: `${base}/who/what/resolve/main/config.json`,
        path: '/models/x/config.json',
        bytes: 700,
        most: 5000,
        sha256: null,
      },
      {
        url: `${base}/who/what/resolve/main/model-00001-of-00002.safetensors`,
        path: '/models/x/model-00001-of-00002.safetensors',
        bytes: 9,
        most: 5000,
        sha256: oid,
      },
    ]);
    handler = (_, response) => response.end('<html>');
    await expect(listRepository(source, '/models/x', base, 5000)).rejects.toThrow('does not list');
  });

  test('a listing without end, and names that Windows would read as a place elsewhere, are refused', async () => {
    const source = { repository: 'who/what', revision: 'main', files: ['model-*'] };
    handler = (_, response) => {
      const more = () => {
        while (!response.destroyed && response.write(' '.repeat(65_536)));
      };
      response.on('drain', more);
      more();
    };
    const before = process.memoryUsage.rss();
    await expect(listRepository(source, '/models/x', base, 5000)).rejects.toThrow('a listing without end');
    expect(process.memoryUsage.rss() - before).toBeLessThan(200e6);
    for (const path of ['model-..\\..\\x', 'model-x:stream', 'model-x.', 'model-..']) {
      handler = (_, response) => response.end(JSON.stringify([{ type: 'file', path, size: 1 }]));
      await expect(listRepository(source, '/models/x', base, 5000)).rejects.toThrow('no safe name');
    }
    for (const name of ['aux', 'NUL.gguf', 'com1.json']) expect(() => safeName(name)).toThrow('no safe name');
    expect(safeName('model-00001-of-00002.safetensors')).toBe('model-00001-of-00002.safetensors');
  });

  test('a version is a commit, from the server where the registry knows none', async () => {
    const sha = '0123456789'.repeat(4);
    handler = (_, response) => response.end(JSON.stringify({ sha }));
    expect(await newestCommit('who/what', base)).toBe(sha);
    handler = (_, response) => response.end(JSON.stringify({ sha: 'main' }));
    await expect(newestCommit('who/what', base)).rejects.toThrow('does not say which version');
  });

  test('a mirror is secure or on this machine', () => {
    const takes = (mirror: string) => settingsSchema.safeParse({ models: { mirror } }).success;
    expect(['https://mirror.test', 'http://127.0.0.1:8080', 'http://localhost/x', 'http://[::1]:9'].map(takes)).toEqual(
      Array(4).fill(true),
    );
    expect(['http://mirror.test', 'ftp://127.0.0.1', 'file:///x', 'http://127.0.0.1.evil.test'].map(takes)).toEqual(
      Array(4).fill(false),
    );
  });

  test('finds the projector beside a model', async () => {
    const folder = join(directory, 'beside');
    const pair = await makeTinyModel(folder);
    expect(await findProjector(pair.model)).toBe(pair.mmproj);
    const alone = join(directory, 'alone');
    await mkdir(alone, { recursive: true });
    await writeFile(join(alone, 'model.gguf'), await readFile(pair.model));
    await expect(findProjector(join(alone, 'model.gguf'))).rejects.toMatchObject({ code: 'mismatch' });
    await rm(alone, { recursive: true });
  });
});
