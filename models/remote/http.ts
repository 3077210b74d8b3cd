/**
 * One HTTP exchange with an engine: the address is checked after its name was resolved, nothing is followed elsewhere,
 * answers are bounded in size and time. Uses Node's own client, which asks no proxy and keeps no cookie.
 */
import { type LookupAddress, type LookupAllOptions, lookup as resolveName } from 'node:dns';
import { type Agent, type ClientRequest, type IncomingMessage, request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { messageOf } from '../../shared/error-message.ts';
import { type EngineAddress, reachOf } from './address.ts';
import { EngineFailure, PhotoRefused } from './failures.ts';

export interface Exchange {
  address: EngineAddress;
  /** Beginning with `/`. */
  path: string;
  /** Sent as JSON when given, with POST. */
  body?: unknown;
  key: string | null;
  agent?: Agent;
  signal?: AbortSignal | undefined;
  /** Milliseconds until the first byte of the answer. Default: ten minutes, for slow processors. */
  patience?: number;
}

/** Largest answer and largest error text, bytes. */
const ANSWER_LIMIT = 8 * 1024 * 1024;
const ERROR_LIMIT = 64 * 1024;
const CONNECT_MILLISECONDS = 10_000;
const ANSWER_MILLISECONDS = 600_000;
/** Between two pieces of an answer that has begun. */
const SILENCE_MILLISECONDS = 120_000;

/** @returns the answer's JSON. @throws EngineFailure, PhotoRefused; the signal's reason. */
export async function exchange(about: Exchange): Promise<unknown> {
  const response = await send(about);
  const text = await readAll(response, about, ANSWER_LIMIT);
  try {
    return JSON.parse(text);
  } catch {
    throw new EngineFailure('broken', `${about.address.base} answers with something that is no JSON.`);
  }
}

/** Asks for something whose answer says nothing but that it came. @throws as `exchange`. */
export async function touch(about: Exchange): Promise<void> {
  await readAll(await send(about), about, ANSWER_LIMIT);
}

/** The data of a stream of server-sent events, one a message, until `[DONE]` or the end. */
export async function* exchangeStream(about: Exchange): AsyncGenerator<string> {
  const response = await send(about);
  const decoder = new TextDecoder();
  let waiting = '';
  let bytes = 0;
  try {
    for await (const piece of response as AsyncIterable<Buffer>) {
      bytes += piece.length;
      if (bytes > ANSWER_LIMIT) throw tooLong(about);
      waiting += decoder.decode(piece, { stream: true });
      const lines = waiting.split(/\r?\n/);
      waiting = lines.pop() ?? '';
      for (const line of lines) {
        if (!line.startsWith('data:')) continue;
        const data = line.slice(5).trim();
        if (data === '[DONE]') return;
        yield data;
      }
    }
    if (waiting.startsWith('data:') && waiting.slice(5).trim() !== '[DONE]') yield waiting.slice(5).trim();
  } catch (error) {
    throw about.signal?.aborted ? about.signal.reason : broken(about, error);
  } finally {
    response.destroy();
  }
}

/** Sends a request. @returns the answer, its status 200, its body unread. */
function send(about: Exchange, isAgain = false): Promise<IncomingMessage> {
  const { address, path, body, key, agent, signal } = about;
  signal?.throwIfAborted();
  const payload = body === undefined ? null : Buffer.from(JSON.stringify(body));
  return new Promise((resolve, reject) => {
    let sent = false;
    let connecting: NodeJS.Timeout | undefined;
    let answering: NodeJS.Timeout | undefined;
    const settle = () => {
      clearTimeout(connecting);
      clearTimeout(answering);
      signal?.removeEventListener('abort', stop);
    };
    const fail = (error: unknown) => {
      settle();
      reject(signal?.aborted ? signal.reason : error);
    };
    const stop = () => request.destroy();
    const request: ClientRequest = (address.encrypted ? secureRequest : plainRequest)(`${address.base}${path}`, {
      method: payload ? 'POST' : 'GET',
      ...(agent ? { agent } : {}),
      lookup: lookupFor(address),
      headers: {
        accept: 'application/json, text/event-stream',
        'user-agent': 'Keeplight',
        ...(payload ? { 'content-type': 'application/json', 'content-length': payload.length } : {}),
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      },
    });
    signal?.addEventListener('abort', stop, { once: true });
    connecting = setTimeout(
      () => request.destroy(new Error(`no connection within ${CONNECT_MILLISECONDS / 1000} s`)),
      CONNECT_MILLISECONDS,
    );
    const connected = () => {
      clearTimeout(connecting);
      sent = true;
    };
    request.on('socket', (socket) => {
      if (socket.connecting) socket.once(address.encrypted ? 'secureConnect' : 'connect', connected);
      else connected();
    });
    const patience = about.patience ?? ANSWER_MILLISECONDS;
    answering = setTimeout(
      () => request.destroy(new Error(`no answer within ${Math.round(patience / 1000)} s`)),
      patience,
    );
    request.once('error', (error) => {
      // The server closed a connection that was kept for the next request just as it came: that says nothing of it.
      const isStale = request.reusedSocket && 'code' in error && error.code === 'ECONNRESET';
      if (isStale && !isAgain && !signal?.aborted) {
        settle();
        send(about, true).then(resolve, reject);
        return;
      }
      fail(
        error instanceof EngineFailure
          ? error
          : new EngineFailure(sent ? 'broken' : 'unreachable', `${address.base} does not answer (${reasonOf(error)}).`),
      );
    });
    request.once('response', (response) => {
      settle();
      response.setTimeout(SILENCE_MILLISECONDS, () => response.destroy(new Error('it fell silent')));
      if (response.statusCode === 200) resolve(response);
      else refuse(response, about).then(reject, reject);
    });
    request.end(payload ?? undefined);
  });
}

/** What a status that is not 200 means. */
async function refuse(response: IncomingMessage, about: Exchange): Promise<unknown> {
  const status = response.statusCode ?? 0;
  const { base } = about.address;
  if (status >= 300 && status < 400) {
    response.destroy();
    return new EngineFailure(
      'refused',
      `${base} sends us on to ${hostOf(response.headers.location, base)}: nobody is followed. If that is the right place, add its own address.`,
    );
  }
  const words = sentenceIn(await readAll(response, about, ERROR_LIMIT).catch(() => ''));
  // Some servers say the key again that they do not accept.
  const said = about.key === null ? words : words.replaceAll(about.key, '…');
  const because = said ? `: ${said}` : '';
  if (status === 401 || status === 403)
    return new EngineFailure('refused', `${base} does not accept the key, or wants one.`);
  if (status === 429 || status === 503) {
    const seconds = Number(response.headers['retry-after']);
    const wait = Number.isFinite(seconds) ? Math.min(seconds, 300) * 1000 : null;
    return new EngineFailure('busy', `${base} is busy${because}.`, { wait });
  }
  if (status >= 500 || status === 408) return new EngineFailure('broken', `${base} failed (${status}${because}).`);
  if (status === 404) return new EngineFailure('refused', `${base} does not know this model or call (404${because}).`);
  return new PhotoRefused(`${base} refused this (${status}${because}).`);
}

async function readAll(response: IncomingMessage, about: Exchange, limit: number): Promise<string> {
  const stop = () => response.destroy();
  about.signal?.addEventListener('abort', stop, { once: true });
  const pieces: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const piece of response as AsyncIterable<Buffer>) {
      bytes += piece.length;
      if (bytes > limit) throw tooLong(about);
      pieces.push(piece);
    }
  } catch (error) {
    throw about.signal?.aborted ? about.signal.reason : broken(about, error);
  } finally {
    about.signal?.removeEventListener('abort', stop);
    response.destroy();
  }
  return Buffer.concat(pieces).toString('utf8');
}

/**
 * Resolves names so that every address of one that is reached without encryption is near: at each connection, because a
 * name may stand for another address tomorrow.
 * @internal Exported for tests, which have names of their own.
 */
export function lookupFor(
  address: EngineAddress,
  resolve: (
    host: string,
    options: LookupAllOptions,
    callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
  ) => void = resolveName,
): LookupFunction {
  return (host, options, callback) => {
    resolve(host, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '', 0);
      const far = address.encrypted ? undefined : addresses.find((one) => reachOf(one.address) === 'internet');
      if (far) {
        const text = `${host} is ${far.address}, which is neither this computer nor a private network: photos go there only encrypted (https).`;
        return callback(new EngineFailure('refused', text), '', 0);
      }
      const [first] = addresses;
      if (!first) return callback(new Error(`${host} has no address`), '', 0);
      if (options.all) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

/** The numbers that a host stands for now. @throws EngineFailure when it is not known. */
export async function resolveHost(address: EngineAddress): Promise<string[]> {
  if (isIP(address.host) !== 0) return [address.host];
  return new Promise((resolve, reject) => {
    resolveName(address.host, { all: true }, (error, addresses) => {
      if (error) reject(new EngineFailure('unreachable', `${address.host} is not known (${reasonOf(error)}).`));
      else resolve(addresses.map((one) => one.address));
    });
  });
}

function tooLong({ address }: Exchange): EngineFailure {
  return new EngineFailure('broken', `${address.base} answers with more than anyone asked for.`);
}

function broken({ address }: Exchange, error: unknown): unknown {
  if (error instanceof EngineFailure) return error;
  return new EngineFailure('broken', `${address.base} broke off in the middle of its answer (${reasonOf(error)}).`);
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const words: Readonly<Record<string, string>> = {
    ECONNREFUSED: 'nobody listens there',
    ECONNRESET: 'the connection was cut',
    ENOTFOUND: 'no such name',
    EAI_AGAIN: 'names cannot be resolved now',
    EHOSTUNREACH: 'no way leads there',
    ENETUNREACH: 'no way leads there',
    ETIMEDOUT: 'no answer',
  };
  return words[code] ?? messageOf(error).slice(0, 160);
}

/** A server's own words about what went wrong, shortened; never more than a sentence of them is shown or kept. */
function sentenceIn(text: string): string {
  try {
    const parsed = JSON.parse(text) as { error?: unknown; message?: unknown; detail?: unknown };
    const error = parsed.error as { message?: unknown } | string | undefined;
    const words = typeof error === 'string' ? error : (error?.message ?? parsed.message ?? parsed.detail);
    return typeof words === 'string' ? words.replace(/\s+/g, ' ').slice(0, 200).replace(/\.$/, '') : '';
  } catch {
    return '';
  }
}

function hostOf(location: string | undefined, base: string): string {
  return location && URL.canParse(location, base) ? new URL(location, base).host : 'another place';
}
