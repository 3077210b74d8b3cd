/** The core behind the desktop shell's messages and ports, without Electron: a thread stands for its utility process. */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import type { ContractRouterClient } from '@orpc/contract';
import Database from 'better-sqlite3';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { MendingChoice } from '../../electron/core/base/core-error.ts';
import { type CoreChild, CoreLink, CoreRefusal } from '../../electron/shell/desktop/core-link.ts';
import type { contract } from '../../shared/contract.ts';
import { ALL_PHOTOS } from '../../shared/query.ts';
import { speakingServer } from '../remote/speaking-server.ts';

let directory: string;
let threads: Worker[];
let ready: number;
let histories: { undo: string | null; redo: string | null }[];
let failures: string[];
let link: CoreLink<MessagePort>;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'keeplight-link-'));
  await mkdir(join(directory, 'photos'));
  const picture = sharp({ create: { width: 320, height: 240, channels: 3, background: '#705030' } });
  await picture.jpeg().toFile(join(directory, 'photos', 'one.jpg'));
  threads = [];
  failures = [];
  ready = 0;
  histories = [];
  link = openLink();
});
afterEach(async () => {
  await link.close();
  await rm(directory, { recursive: true, force: true });
});

function openLink(
  onFailed: (sentence: string, choices: readonly MendingChoice[]) => void = (sentence) => void failures.push(sentence),
): CoreLink<MessagePort> {
  return new CoreLink<MessagePort>({
    dataDirectory: join(directory, 'data'),
    fork: startThread,
    onReady: () => {
      ready += 1;
    },
    onHistory: (state) => void histories.push(state),
    // Stands for Electron's safeStorage: what it seals is not to be read.
    keychain: (_what, text) => [...text].reverse().join(''),
    onFailed,
  });
}

function startThread(): CoreChild<MessagePort> {
  const thread = new Worker(new URL('./utility-thread.ts', import.meta.url));
  threads.push(thread);
  return {
    postMessage: (message, ports = []) => thread.postMessage({ message, ports }, ports),
    onMessage: (listener) => void thread.on('message', listener),
    onExit: (listener) => void thread.on('exit', listener),
    kill() {
      void thread.terminate();
      return true;
    },
  };
}

const opened = (times = 1) => expect.poll(() => ready, { timeout: 30_000 }).toBe(times);

function connectPage(): { client: ContractRouterClient<typeof contract>; port: MessagePort } {
  const { port1, port2 } = new MessageChannel();
  expect(link.connect(() => port1)).toBe(true);
  const page = port2 as unknown as globalThis.MessagePort;
  return { client: createORPCClient(new RPCLink({ port: page })), port: port2 };
}

test('a page calls the core over its port, and hears what happens', async () => {
  expect(link.connect(() => new MessageChannel().port1)).toBe(false);
  await opened();
  const { client, port } = connectPage();
  expect(await client.app.state({})).toMatchObject({ shell: 'desktop', photos: 0 });
  const events = await client.app.events({});
  const seen = (async () => {
    for await (const batch of events) if (batch.some(({ kind }) => kind === 'photos')) return true;
    return false;
  })();
  await link.ask('addRoot', { path: join(directory, 'photos') });
  expect(await seen).toBe(true);
  await expect.poll(async () => (await client.photos.order({ query: ALL_PHOTOS })).total).toBe(1);
  await expect(client.photos.detail({ id: 99 })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(histories).toEqual([{ undo: null, redo: null }]);
  await client.marks.set({ ids: [1], stars: 5 });
  await expect.poll(() => histories.at(-1)).toEqual({ undo: 'Give 5 stars to 1 photo', redo: null });
  await client.history.undo({});
  await expect.poll(() => histories.at(-1)).toEqual({ undo: null, redo: 'Give 5 stars to 1 photo' });
  port.close();
});

test('the shell asks for pictures, tokens and places; a page that talks nonsense is cut off', async () => {
  await opened();
  await link.ask('addRoot', { path: join(directory, 'photos') });
  const { client, port } = connectPage();
  await expect.poll(async () => (await client.photos.order({ query: ALL_PHOTOS })).total).toBe(1);
  await expect
    .poll(() => link.ask('picture', { size: 'thumb', id: 1 }).catch(() => null), { timeout: 30_000 })
    .toMatchObject({ type: expect.stringMatching(/^image\//) });
  expect(await link.ask('reveal', { id: 1 })).toBe(join(directory, 'photos', 'one.jpg'));
  const token = await link.ask('token', { path: join(directory, 'photos') });
  expect((await client.disk.list({ token, files: 'none' })).path).toBe(join(directory, 'photos'));
  const refusal = await link.ask('picture', { size: 'thumb', id: 77 }).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(CoreRefusal);
  expect(refusal).toMatchObject({ notFound: true });

  const cut = new Promise<void>((resolve) => port.once('close', resolve));
  port.postMessage({ i: '1', p: { u: '/app/state' } });
  await cut;
  expect(await connectPage().client.photos.counts({})).toMatchObject({ all: 1 });
});

test('a core that dies is started again, and what was asked is refused', async () => {
  await opened();
  const waiting = link.ask('addRoot', { path: join(directory, 'photos') }).catch((error: unknown) => error);
  await threads[0]!.terminate();
  expect(await waiting).toSatisfy((answer) => typeof answer === 'number' || answer instanceof CoreRefusal);
  await opened(2);
  expect(await connectPage().client.app.state({})).toMatchObject({ shell: 'desktop' });
  expect(failures).toEqual([]);
});

test('a core that keeps dying is given up with a sentence', async () => {
  await opened();
  for (let death = 1; death <= 3; death++) {
    await threads.at(-1)!.terminate();
    await opened(death + 1);
  }
  await threads.at(-1)!.terminate();
  await expect.poll(() => failures).toHaveLength(1);
  expect(failures[0]).toMatch(/ended unexpectedly 4 times/);
});

test('a library that is open elsewhere is a sentence', async () => {
  await opened();
  const sentences: string[] = [];
  const second = openLink((sentence) => void sentences.push(sentence));
  await expect.poll(() => sentences, { timeout: 30_000 }).toHaveLength(1);
  expect(sentences[0]).toMatch(/\.$/);
  await second.close();
});

test('closing lets go of the library', async () => {
  await opened();
  await link.close();
  expect(existsSync(join(directory, 'data'))).toBe(true);
  link = openLink();
  await opened(2);
});

test('a catalog that is not there beside backups is chosen for, and the choice opens it', async () => {
  await opened();
  await link.ask('addRoot', { path: join(directory, 'photos') });
  await expect.poll(() => findings().photos, { timeout: 60_000 }).toBe(1);
  await link.close();
  const data = join(directory, 'data');
  expect(readdirSync(join(data, 'backups'))).toHaveLength(1);
  rmSync(join(data, 'catalog.sqlite'));
  const asked: (readonly MendingChoice[])[] = [];
  link = openLink((sentence, choices) => {
    failures.push(sentence);
    asked.push(choices);
  });
  await expect.poll(() => asked.length, { timeout: 30_000 }).toBe(1);
  expect(failures[0]).toMatch(/catalog itself is not there.*holds 1 photo/);
  expect(asked[0]!.map(({ kind, text }) => [kind, text])).toEqual([
    ['restore', expect.stringMatching(/^Take the backup of today \d\d:\d\d$/)],
    ['fresh', 'Begin a new library'],
  ]);
  link.mend(asked[0]![0]!);
  await opened(2);
  await link.close();
  expect(findings().photos).toBe(1);

  function findings() {
    const catalog = new Database(join(directory, 'data', 'catalog.sqlite'), { readonly: true });
    try {
      return { photos: catalog.prepare("SELECT count(*) FROM photo WHERE state = 'ready'").pluck().get() };
    } finally {
      catalog.close();
    }
  }
});

test('the key of an engine elsewhere is sealed by the shell’s keychain, and opened by it', async () => {
  const server = await speakingServer({ key: 'sk-private-1' });
  try {
    await opened();
    const { client } = connectPage();
    const { sends, models } = await client.engines.probe({ address: server.address, key: 'sk-private-1' });
    const engine = {
      address: server.address,
      model: models[0] ?? '',
      edge: 336 as const,
      key: 'sk-private-1',
      atOnce: null,
    };
    const added = await client.engines.add({ ...engine, agreed: sends[0]?.text ?? '' });
    expect(added.key).toBe('keychain');
    const kept = readFileSync(join(directory, 'data', 'engine-keys.json'), 'utf8');
    expect(kept).toContain('1-etavirp-ks');
    expect(kept).not.toContain('sk-private-1');
    expect(await client.engines.test({ address: server.address })).toMatchObject({ answers: true, grades: true });
  } finally {
    await server.kill();
  }
});
