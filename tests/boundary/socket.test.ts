import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import type { ContractRouterClient } from '@orpc/contract';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import { contract } from '../../shared/contract.ts';
import { ALL_PHOTOS } from '../../shared/query.ts';
import { MESSAGE_LIMIT, socketProtocols } from '../../shared/shell.ts';
import { type ServedLibrary, serveLibrary } from './served-library.ts';

let library: ServedLibrary;
let admitted: Record<string, string>;

beforeAll(async () => {
  library = await serveLibrary();
  admitted = { origin: `http://127.0.0.1:${library.served.port}` };
});
afterAll(() => library.close());

const open = async () => (await library.connect(admitted)).socket!;
const closed = (socket: WebSocket) => new Promise<number>((resolve) => socket.once('close', resolve));
const clientOn = (socket: WebSocket): ContractRouterClient<typeof contract> =>
  createORPCClient(new RPCLink({ websocket: socket as unknown as globalThis.WebSocket }));

/** Every call of the contract as its path on the wire. */
const CALLS = Object.entries(contract).flatMap(([noun, verbs]) => Object.keys(verbs).map((verb) => `/${noun}/${verb}`));

describe('who may open a socket', () => {
  test('the page, with its token', async () => {
    const socket = await open();
    expect((await clientOn(socket).photos.order({ query: ALL_PHOTOS })).total).toBe(3);
    socket.close();
  });

  test('nobody else', async () => {
    const { origin } = admitted as { origin: string };
    const { port, token } = library.served;
    const own = socketProtocols(token);
    const refused: [Record<string, string>, string[], number][] = [
      [{}, own, 403],
      [{ origin: 'null' }, own, 403],
      [{ origin: 'https://evil.example' }, own, 403],
      [{ origin: `http://127.0.0.1:${port + 1}` }, own, 403],
      [{ origin: `http://evil.example:${port}`, host: `evil.example:${port}` }, own, 403],
      [{ origin }, [], 401],
      [{ origin }, ['keeplight'], 401],
      [{ origin }, socketProtocols(`${token}x`), 401],
      [{ origin }, socketProtocols(token.slice(1)), 401],
      [{ origin }, [own[1]], 401],
      [{ origin }, [...own, 'other'], 401],
      [{ origin, authorization: `Bearer ${token}`, cookie: `keeplight-${port}=${token}` }, [], 401],
    ];
    for (const [headers, protocols, status] of refused) {
      expect((await library.connect(headers, protocols)).status, JSON.stringify([headers, protocols])).toBe(status);
    }
  });

  test('the answer names the protocol and never the token', async () => {
    const socket = await open();
    expect(socket.protocol).toBe('keeplight');
    socket.close();
  });

  test('only so many pages', async () => {
    const sockets = await Promise.all(Array.from({ length: 40 }, () => library.connect(admitted)));
    expect(sockets.filter(({ status }) => status === 101).length).toBe(32);
    expect(sockets.filter(({ status }) => status === 503).length).toBe(8);
    for (const { socket } of sockets) socket?.close();
    await expect.poll(async () => (await library.connect(admitted)).status).toBe(101);
  });
});

describe('what a page may say', () => {
  test('more than the limit ends the connection, and only this one', async () => {
    const [bystander, socket] = [await open(), await open()];
    const end = closed(socket);
    socket.send(JSON.stringify({ i: '1', p: { u: '/photos/rows', b: { json: { ids: 'x'.repeat(MESSAGE_LIMIT) } } } }));
    expect(await end).toBe(1009);
    expect((await clientOn(bystander).photos.counts({})).all).toBe(3);
    bystander.close();
  });

  test('what is no call ends the connection', async () => {
    const messages = [
      '',
      '{',
      'null',
      '[]',
      '{"i":1,"p":{"u":"/app/state"}}',
      '{"i":"1"}',
      '{"i":"1","p":{"u":"http://evil.example/app/state"}}',
      '{"i":"1","p":{"u":"/../app/state"}}',
      '{"i":"1","p":{"u":"/app/state","m":"GET"}}',
      '{"i":"1","t":3,"p":{"e":"message","d":{}}}',
      '{"i":"1","p":{"u":"/app/state","h":{"content-type":"multipart/form-data"}}}',
      '{"i":"1","p":{"u":"/app/state","h":{"content-disposition":"attachment; filename=x"}}}',
      Buffer.from([0xff, 0xfe, 0x00]),
      Buffer.from('{"i":"1","p":{"u":"/app/state","b":{}}}'),
    ];
    for (const message of messages) {
      const socket = await open();
      const end = closed(socket);
      socket.send(message);
      expect(await end, String(message)).toBe(1008);
    }
  });

  test('wrong input is refused with a code, and nothing happens', async () => {
    const socket = await open();
    const client = clientOn(socket);
    const wrong = client as unknown as Record<string, Record<string, (input: unknown) => Promise<unknown>>>;
    for (const input of [null, {}, { ids: 'all' }, { ids: [-1] }, { ids: [1.5], stars: 3 }, { ids: [1], stars: 6 }]) {
      await expect(wrong.marks!.set!(input)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    }
    await expect(wrong.photos!.rows!({ ids: Array.from({ length: 2001 }, () => 1) })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
    });
    await expect(wrong.constructor!.prototype!({})).rejects.toMatchObject({ code: 'NOT_FOUND' });
    socket.close();
  });

  test('a page that calls without end is let go', async () => {
    const socket = await open();
    const end = closed(socket);
    for (let call = 0; call < 400; call++) {
      socket.send(JSON.stringify({ i: `${call}`, p: { u: '/app/events', b: { json: {} } } }));
    }
    expect(await end).toBe(1008);
  });

  test('a page that goes away in the middle of a stream harms nobody', async () => {
    const before = library.core.jobs().length;
    const socket = await open();
    const events = await clientOn(socket).app.events({});
    const next = events.next();
    const end = closed(socket);
    socket.terminate();
    await end;
    // The client notices too; the core is asked by another page and is well.
    await Promise.race([next.catch(() => {}), end]);
    const other = await open();
    await clientOn(other).marks.set({ ids: [library.ids[0]!], stars: 2 });
    expect(library.core.jobs().length).toBe(before);
    other.close();
  });
});

test('12,000 made-up messages: each is answered or ends its connection, and the core stays well', async () => {
  /** Valid input would render a shoot, fetch a model, measure the machine or start the critic. */
  const costly = new Set([
    '/roots/addDemo',
    '/models/install',
    '/models/probe',
    '/critic/grade',
    '/critic/explain',
    '/critic/ask',
    '/app/doctor',
  ]);
  const hostile = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.constantFrom<unknown>(
      null,
      -1,
      1e308,
      '',
      '\u0000',
      [],
      {},
      '../../etc/passwd',
      '__proto__',
      Number.MAX_SAFE_INTEGER + 2,
    ),
    fc.record({ ids: fc.array(fc.oneof(fc.integer(), fc.string()), { maxLength: 5 }) }),
    fc.record({ id: fc.oneof(fc.integer(), fc.string(), fc.constant(null)) }),
    fc.record({ token: fc.string(), name: fc.string(), model: fc.string(), mmproj: fc.constant(null) }),
    fc.record({
      query: fc.record({ source: fc.jsonValue(), filter: fc.jsonValue(), sort: fc.jsonValue(), group: fc.string() }),
    }),
    fc.constant(JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}') as unknown),
  );
  const path = fc.oneof(
    fc.constantFrom(...CALLS),
    fc.constantFrom('/__proto__/constructor', '/app', '/app/state/x', '/photos'),
  );
  const wellFormed = fc
    .tuple(path, hostile, fc.jsonValue({ maxDepth: 2 }))
    .map(([u, json, meta]) => ({ p: { u, b: costly.has(u) ? 7 : { json, meta } } }));
  const garbage = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.json({ maxDepth: 2 }),
    fc
      .tuple(fc.constantFrom(...CALLS), fc.nat(40))
      .map(([u, cut]) => JSON.stringify({ i: '1', p: { u } }).slice(0, cut)),
  );

  const rejections: unknown[] = [];
  const notice = (reason: unknown) => rejections.push(reason);
  process.on('unhandledRejection', notice);
  const memory = process.memoryUsage().rss;
  let answered = 0;
  let socket = await open();
  const known = fc.sample(wellFormed, { numRuns: 10_000, seed: 2 });
  for (let start = 0; start < known.length; start += 100) {
    const waiting = new Set<string>();
    const done = new Promise<void>((resolve, reject) => {
      socket.on('message', (data) => {
        const answer = JSON.parse(String(data)) as { i: string; t?: number };
        if (waiting.delete(answer.i)) answered += 1;
        if (waiting.size === 0) resolve();
      });
      socket.once('close', (code) => reject(new Error(`closed with ${code}`)));
    });
    for (const [index, message] of known.slice(start, start + 100).entries()) {
      const id = `${start + index}`;
      waiting.add(id);
      socket.send(JSON.stringify({ i: id, ...message }));
    }
    await done;
    socket.removeAllListeners();
    socket.terminate();
    socket = await open();
  }
  expect(answered).toBe(10_000);

  let ended = 0;
  for (const message of fc.sample(garbage, { numRuns: 2_000, seed: 3 })) {
    socket.send(message);
    // A call behind it shows whether the connection lives.
    const state = await new Promise<'answered' | 'ended'>((resolve) => {
      socket.once('message', () => resolve('answered'));
      socket.once('close', () => resolve('ended'));
      socket.send(JSON.stringify({ i: 'last', p: { u: '/photos/counts', b: { json: {} } } }));
    });
    if (state === 'answered') continue;
    ended += 1;
    socket = await open();
  }
  // Some of it happens to be a whole call.
  expect(ended).toBeGreaterThan(1_500);

  expect((await clientOn(socket).photos.order({ query: ALL_PHOTOS })).total).toBe(3);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  expect(process.memoryUsage().rss - memory).toBeLessThan(400 * 1024 * 1024);
  socket.close();
  process.off('unhandledRejection', notice);
  expect(rejections).toEqual([]);
}, 120_000);

test('closing the shell says goodbye to its pages', async () => {
  const own = await serveLibrary();
  const headers = { origin: `http://127.0.0.1:${own.served.port}` };
  const { socket } = await own.connect(headers);
  const end = closed(socket!);
  await own.close();
  expect(await end).toBe(1001);
});
