/**
 * Fetches large files over connections that break and from servers that misbehave: resumes by range, verifies sha256,
 * checks the disk first, and gives a file its name only when it is whole and right.
 */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import { basename, dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

export type DownloadErrorCode = 'network' | 'server' | 'hash' | 'space' | 'disk';

/** The message is a sentence for people. */
export class DownloadError extends Error {
  readonly code: DownloadErrorCode;
  constructor(code: DownloadErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DownloadError';
    this.code = code;
  }
}

export interface DownloadFile {
  url: string;
  /** Final path; what is not whole yet lies beside it as `<path>.partial`. */
  path: string;
  /** Bytes, where known beforehand; otherwise the server's word is taken, up to `most`. */
  bytes: number | null;
  /** Bytes that are taken at most where `bytes` is null. Default: 64 MB. */
  most?: number;
  /** Where known beforehand; otherwise the server's word is taken, where it gives one. */
  sha256: string | null;
}

export interface DownloadOptions {
  signal?: AbortSignal;
  /** Bytes of this file so far, and in all where known. */
  onProgress?: (progress: { bytes: number; total: number | null }) => void;
  /** Attempts in a row that bring nothing before giving up. Default 6. */
  attempts?: number;
  /** Milliseconds before the second attempt; doubles with each. Default 500. */
  pause?: number;
  /** Milliseconds without a byte after which a connection counts as broken. Default 30,000. */
  stall?: number;
  /** Bytes that must stay free on the disk. Default 256 MB. */
  spare?: number;
}

export interface Downloaded {
  bytes: number;
  sha256: string;
  /** `given`: against the hash in the registry; `server`: against the server's own; `none`: there was none. */
  verified: 'given' | 'server' | 'none';
}

/** What a server says of a file before it is fetched. */
interface Announcement {
  bytes: number | null;
  sha256: string | null;
  etag: string | null;
}

/** A file of which nobody says how large it may be is a small one: a configuration, a vocabulary. */
const MOST_UNKNOWN = 64 * 1024 * 1024;

/** @throws DownloadError; the signal's reason when aborted: what was fetched is kept and resumed next time. */
export async function downloadFile(file: DownloadFile, options: DownloadOptions = {}): Promise<Downloaded> {
  const { signal, onProgress, attempts = 6, pause = 500, spare = 256e6 } = options;
  const name = basename(file.path);
  signal?.throwIfAborted();
  await mkdir(dirname(file.path), { recursive: true });
  const announced = await persist(() => announce(file.url, options), { attempts, pause, signal });
  if (file.bytes !== null && announced.bytes !== null && announced.bytes !== file.bytes)
    throw new DownloadError(
      'server',
      `${name} has ${announced.bytes} bytes on the server and ${file.bytes} were expected: it is another file.`,
    );
  const total = file.bytes ?? announced.bytes;
  const most = file.bytes ?? file.most ?? MOST_UNKNOWN;
  if (total !== null && total > most) throw tooLarge(name, most);
  const expected = file.sha256 ?? announced.sha256;
  const part = await Part.open(`${file.path}.partial`, {
    url: file.url,
    etag: announced.etag,
    total,
    sha256: expected,
  });
  try {
    await checkSpace(dirname(file.path), name, total === null ? 0 : total - part.bytes, spare);
    let idle = 0;
    while (total === null ? !part.whole : part.bytes < total) {
      const before = part.bytes;
      try {
        await fetchInto(part, file.url, total, most, announced, options, (bytes) => onProgress?.({ bytes, total }));
        if (total === null) part.whole = true;
      } catch (error) {
        signal?.throwIfAborted();
        if (!isTransient(error)) throw error;
        idle = part.bytes > before ? 1 : idle + 1;
        if (idle >= attempts) throw error;
        await wait(Math.min(30_000, retryAfter(error) ?? pause * 2 ** (idle - 1)), undefined, { signal });
      }
    }
    await part.handle.sync();
    const sha256 = part.hash.digest('hex');
    if (expected !== null && sha256 !== expected.toLowerCase()) {
      await part.discard();
      throw new DownloadError(
        'hash',
        `${name} is not the file that was promised (its sha256 is ${sha256.slice(0, 12)}…, not ${expected.slice(0, 12)}…); it was thrown away.`,
      );
    }
    await part.finish(file.path);
    return { bytes: part.bytes, sha256, verified: file.sha256 ? 'given' : expected ? 'server' : 'none' };
  } catch (error) {
    await part.close();
    signal?.throwIfAborted();
    throw sentenceOf(error, name);
  }
}

/** The file as far as it is here, with its hash so far. */
class Part {
  readonly path: string;
  handle: FileHandle;
  bytes: number;
  hash: Hash;
  whole = false;
  readonly #note: string;

  private constructor(path: string, handle: FileHandle, bytes: number, hash: Hash, note: string) {
    this.path = path;
    this.handle = handle;
    this.bytes = bytes;
    this.hash = hash;
    this.#note = note;
  }

  /** Goes on with what is there when it belongs to the same file on the same server, else begins. */
  static async open(
    path: string,
    origin: { url: string; etag: string | null; total: number | null; sha256: string | null },
  ) {
    const note = `${path}.json`;
    const said = await readFile(note, 'utf8').catch(() => null);
    const size = (await stat(path).catch(() => null))?.size ?? 0;
    const wanted = JSON.stringify(origin);
    const resumable = (origin.etag ?? origin.sha256) !== null;
    const same = said === wanted && resumable && (origin.total === null || size <= origin.total);
    if (!same) await writeFile(note, wanted);
    const hash = createHash('sha256');
    if (same)
      for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(piece as Buffer);
    const handle = await open(path, same ? 'a' : 'w');
    return new Part(path, handle, same ? size : 0, hash, note);
  }

  async append(piece: Uint8Array): Promise<void> {
    let offset = 0;
    while (offset < piece.length) offset += (await this.handle.write(piece, offset)).bytesWritten;
    this.hash.update(piece);
    this.bytes += piece.length;
  }
  async restart(): Promise<void> {
    await this.handle.close();
    this.handle = await open(this.path, 'w');
    this.bytes = 0;
    this.hash = createHash('sha256');
  }
  async finish(path: string): Promise<void> {
    await this.handle.close();
    await rename(this.path, path);
    await rm(this.#note, { force: true });
  }
  async discard(): Promise<void> {
    await this.handle.close();
    await rm(this.path, { force: true });
    await rm(this.#note, { force: true });
  }
  async close(): Promise<void> {
    await this.handle.close().catch(() => {});
  }
}

/** Asks for a file's size and hash. Hugging Face gives both with the redirection to its store. */
async function announce(url: string, options: DownloadOptions): Promise<Announcement> {
  const announcement: Announcement = { bytes: null, sha256: null, etag: null };
  const { response, close } = await request(url, 'HEAD', {}, options, (headers) => {
    const linked = Number(headers['x-linked-size']);
    if (headers['x-linked-size'] !== undefined && Number.isSafeInteger(linked)) announcement.bytes ??= linked;
    announcement.sha256 ??= hashIn(headers['x-linked-etag']);
    announcement.etag ??= tagIn(headers['x-linked-etag']);
  });
  close();
  const length = Number(response.headers['content-length']);
  if (response.headers['content-length'] !== undefined && Number.isSafeInteger(length)) announcement.bytes ??= length;
  announcement.etag ??= tagIn(response.headers.etag);
  return announcement;
}

function tagIn(value: string | string[] | undefined): string | null {
  return typeof value === 'string' && value.length < 300 && !value.startsWith('W/') ? value : null;
}
/** Large files are named by their sha256 there; small ones by git's hash, which says nothing here. */
function hashIn(value: string | string[] | undefined): string | null {
  return typeof value === 'string' ? (/^"?([0-9a-f]{64})"?$/.exec(value)?.[1] ?? null) : null;
}

/** One connection's worth of the file. */
async function fetchInto(
  part: Part,
  url: string,
  total: number | null,
  most: number,
  announced: Announcement,
  options: DownloadOptions,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const from = part.bytes;
  const headers: Record<string, string> = { 'accept-encoding': 'identity' };
  if (from > 0) headers.range = `bytes=${from}-`;
  const { response, close } = await request(url, 'GET', headers, options);
  try {
    if (response.statusCode === 416) {
      await part.restart();
      throw new TransientError('the server refused to go on where it stopped');
    }
    if (from > 0) {
      const range = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(response.headers['content-range'] ?? '');
      const other = total !== null && range && range[3] !== '*' && Number(range[3]) !== total;
      const changed =
        announced.etag !== null &&
        response.headers.etag !== undefined &&
        tagIn(response.headers.etag) !== announced.etag;
      if (response.statusCode === 200) await part.restart();
      else if (!range || Number(range[1]) !== from || other || (changed && announced.sha256 === null)) {
        await part.restart();
        throw new TransientError('the server sent another part of the file than was asked for');
      }
    } else if (response.statusCode === 206) {
      throw new TransientError('the server sent a part of the file unasked');
    }
    for await (const piece of response) {
      const bytes = piece as Buffer;
      if (total !== null && part.bytes + bytes.length > total) {
        await part.restart();
        throw new DownloadError('server', `The server sends more than the ${total} bytes that it announced.`);
      }
      if (part.bytes + bytes.length > most) {
        await part.restart();
        throw tooLarge(basename(part.path, '.partial'), most);
      }
      await part.append(bytes);
      onBytes(part.bytes);
    }
    if (total !== null && part.bytes < total) throw new TransientError('the connection was cut');
  } finally {
    close();
  }
}

/** Something that another attempt may mend. */
class TransientError extends Error {
  readonly after: number | null;
  constructor(message: string, after: number | null = null, options?: ErrorOptions) {
    super(message, options);
    this.after = after;
  }
}

function isTransient(error: unknown): boolean {
  if (error instanceof TransientError) return true;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|ERR_STREAM_PREMATURE_CLOSE|HPE_)/.test(
    code,
  );
}
function retryAfter(error: unknown): number | null {
  return error instanceof TransientError ? error.after : null;
}

async function persist<T>(
  work: () => Promise<T>,
  { attempts, pause, signal }: { attempts: number; pause: number; signal: AbortSignal | undefined },
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      signal?.throwIfAborted();
      if (!isTransient(error) || attempt >= attempts) throw sentenceOf(error, 'The file');
      await wait(Math.min(30_000, retryAfter(error) ?? pause * 2 ** (attempt - 1)), undefined, { signal });
    }
  }
}

const REDIRECTIONS = 8;

/**
 * A request with redirections followed by hand: what a server says on the way is seen, and a secure address never
 * leads to an insecure one. The environment's proxy (HTTPS_PROXY, HTTP_PROXY, NO_PROXY) is used.
 */
async function request(
  url: string,
  method: 'GET' | 'HEAD',
  headers: Record<string, string>,
  { signal, stall = 30_000 }: DownloadOptions,
  onHeaders: (headers: http.IncomingHttpHeaders) => void = () => {},
): Promise<{ response: http.IncomingMessage; close: () => void }> {
  let address = new URL(url);
  for (let hop = 0; hop <= REDIRECTIONS; hop++) {
    const response = await once(address, method, headers, signal, stall);
    const close = () => response.destroy();
    const status = response.statusCode ?? 0;
    onHeaders(response.headers);
    if ([301, 302, 303, 307, 308].includes(status) && response.headers.location) {
      close();
      const next = new URL(response.headers.location, address);
      if (address.protocol === 'https:' && next.protocol !== 'https:')
        throw new DownloadError('server', 'The server leads to an insecure address.');
      address = next;
      continue;
    }
    if (status === 200 || status === 206 || status === 416) return { response, close };
    close();
    if (status === 408 || status === 429 || status >= 500) {
      const seconds = Number(response.headers['retry-after']);
      throw new TransientError(`the server answers ${status}`, Number.isFinite(seconds) ? seconds * 1000 : null);
    }
    const why =
      { 401: 'wants a login', 403: 'does not allow it', 404: 'does not have it' }[status] ?? `answers ${status}`;
    throw new DownloadError('server', `${address.host} ${why} (${address.pathname}).`);
  }
  throw new DownloadError('server', 'The server leads in circles.');
}

function once(
  address: URL,
  method: string,
  headers: Record<string, string>,
  signal: AbortSignal | undefined,
  stall: number,
): Promise<http.IncomingMessage> {
  if (address.protocol !== 'https:' && address.protocol !== 'http:')
    throw new DownloadError('server', `${address.protocol} addresses cannot be fetched.`);
  const secure = address.protocol === 'https:';
  const proxy = { proxyEnv: process.env } as http.AgentOptions;
  const agent = secure ? new https.Agent(proxy) : new http.Agent(proxy);
  return new Promise((resolve, reject) => {
    const call = (secure ? https : http).request(
      address,
      { method, headers: { 'user-agent': 'keeplight', ...headers }, agent, ...(signal ? { signal } : {}) },
      resolve,
    );
    call.setTimeout(stall, () => call.destroy(new TransientError('the server fell silent')));
    call.once('error', reject);
    call.end();
  });
}

async function checkSpace(directory: string, name: string, needed: number, spare: number): Promise<void> {
  const { bavail, bsize } = await statfs(directory);
  const free = bavail * bsize;
  if (needed + spare > free)
    throw new DownloadError(
      'space',
      `${name} needs ${gigabytes(needed + spare)} more on the disk and ${gigabytes(free)} are free.`,
    );
}

function tooLarge(name: string, most: number): DownloadError {
  return new DownloadError('server', `The server sends more of ${name} than the ${gigabytes(most)} that it may have.`);
}

function gigabytes(bytes: number): string {
  return bytes < 1e8 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

function sentenceOf(error: unknown, name: string): DownloadError {
  if (error instanceof DownloadError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC')
    return new DownloadError('space', `The disk is full: ${name} could not be written.`, { cause: error });
  if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM')
    return new DownloadError('disk', `${name} could not be written: the folder is read-only.`, { cause: error });
  if (isTransient(error))
    return new DownloadError('network', `${name} could not be fetched: ${message}.`, { cause: error });
  return new DownloadError('disk', `${name} could not be fetched: ${message}.`, { cause: error });
}
