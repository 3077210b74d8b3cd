/** A session over servers that speak as real ones do: what it asks, what it makes of the answers, what it refuses. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ExifReader from 'exifreader';
import sharp from 'sharp';
import { afterEach, describe, expect, test } from 'vitest';
import { sentPicture } from '../../electron/core/engines/sent-picture.ts';
import type { ModelEvent, ModelImage } from '../../models/model-api.ts';
import { reachOf, readAddress, whatLeaves } from '../../models/remote/address.ts';
import { lookupFor } from '../../models/remote/http.ts';
import { laneOf } from '../../models/remote/lane.ts';
import { levelsAmong } from '../../models/remote/levels.ts';
import { askServer } from '../../models/remote/servers.ts';
import { dataAddress, openRemote, type RemoteSession } from '../../models/remote/session.ts';
import { tryEngine } from '../../models/remote/try-engine.ts';
import { gradeOf } from '../../shared/grade.ts';
import { picture } from '../engine/setting.ts';
import { type SpeakingOptions, type SpeakingServer, speakingServer } from './speaking-server.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function server(options: SpeakingOptions = {}): Promise<SpeakingServer> {
  const started = await speakingServer(options);
  closing.push(() => started.kill().catch(() => {}));
  return started;
}

async function sessionOver(
  servers: readonly SpeakingServer[],
  options: { key?: string | null; cache?: string | null; patience?: number; grades?: boolean } = {},
): Promise<RemoteSession> {
  const engines = await Promise.all(
    servers.map(async ({ address }) => {
      const facts = await askServer(readAddress(address), options.key ?? null);
      const [model = ''] = facts.models;
      return {
        address,
        model,
        server: facts.kind,
        atOnce: facts.atOnce,
        gap: await facts.gapOf(model),
        key: options.key ?? null,
      };
    }),
  );
  const session = openRemote({
    ...{ name: 'judge', model: 'judge', hash: 'h', edge: 336, engines, encode: sentPicture },
    ...{ grades: options.grades ?? true, cacheDirectory: options.cache ?? null },
    ...(options.patience === undefined ? {} : { patience: options.patience }),
  });
  closing.push(() => session.close());
  return session;
}

const photo = (seed: number, width = 120, height = 80): ModelImage => ({
  key: `photo ${seed}`,
  read: () => picture(seed, width, height),
});

async function textOf(events: AsyncIterable<ModelEvent>): Promise<{ text: string; kinds: string[]; end: string }> {
  const kinds: string[] = [];
  let text = '';
  let end = '';
  for await (const event of events) {
    kinds.push(event.kind);
    if (event.kind === 'token') text += event.text;
    if (event.kind === 'end') end = event.reason;
  }
  return { text, kinds, end };
}

describe('grading', () => {
  test('nine answers are begun, the probabilities are those of the list, and the bias of empty pictures is taken off', async () => {
    const judge = await server();
    const cache = await mkdtemp(join(tmpdir(), 'keeplight-remote-'));
    closing.push(() => rm(cache, { recursive: true }));
    const session = await sessionOver([judge], { cache });
    const result = await session.grade(photo(1), { trace: true });
    expect(result.trace?.questions).toHaveLength(9);
    const [overall] = result.trace?.questions ?? [];
    const powers = (overall?.logits ?? []).map(Math.exp);
    const sum = powers.reduce((total, power) => total + power, 0);
    for (const [index, power] of powers.entries()) expect(overall?.probabilities[index]).toBeCloseTo(power / sum, 12);
    expect(result.mass).toBeCloseTo(sum, 12);
    expect(result.value).toBeCloseTo(gradeOf(result.probabilities), 9);
    expect(result.features).toBeNull();
    // The photo and three empty pictures, nine answers each; measured once, then kept in the file.
    expect([...judge.photos.values()]).toEqual([9, 9, 9, 9]);
    expect(await readdir(cache)).toHaveLength(1);
    const again = await sessionOver([judge], { cache });
    expect((await again.grade(photo(1))).value).toBe(result.value);
    expect([...judge.photos.values()].toSorted()).toEqual([18, 9, 9, 9].toSorted());
  });

  test('what is sent is a square JPEG of 336 pixels without metadata, larger pictures keep their shape', async () => {
    const judge = await server();
    const session = await sessionOver([judge]);
    await session.grade(photo(3, 900, 600));
    const formats = await Promise.all([...judge.pictures.values()].map((bytes) => sharp(bytes).metadata()));
    const [sent] = formats.filter(({ format }) => format === 'jpeg');
    expect(sent).toMatchObject({ width: 336, height: 336, format: 'jpeg', chromaSubsampling: '4:4:4' });
    for (const part of ['exif', 'xmp', 'iptc', 'icc', 'comments'] as const) expect(sent?.[part]).toBeUndefined();
    const jpeg = [...judge.pictures.values()].find((bytes) => bytes[0] === 0xff);
    expect(Object.keys(ExifReader.load(jpeg ?? Buffer.alloc(0)))).not.toContain('DateTimeOriginal');
    const large = await sharp(await sentPicture(picture(4, 1500, 1000), 1024, 'jpeg')).metadata();
    expect(large).toMatchObject({ width: 1024, height: 683 });
  });

  test('several servers share photos out; a photo is judged whole by one of them', async () => {
    const servers = [
      await server({ delay: 3 }),
      await server({ delay: 3 }),
      await server({ dialect: 'llama.cpp', delay: 12 }),
    ];
    const session = await sessionOver(servers);
    const results = await Promise.all(Array.from({ length: 24 }, (_, seed) => session.grade(photo(seed))));
    expect(new Set(results.map(({ value }) => value)).size).toBeGreaterThan(12);
    const judged = servers.map(({ photos }) => [...photos.values()].every((answers) => answers === 9));
    expect(judged).toEqual([true, true, true]);
    const done = session.states().map((state) => state.done);
    expect(done.reduce((sum, count) => sum + count, 0)).toBe(24 + 3);
    expect(Math.min(...done)).toBeGreaterThan(0);
    expect(done[2]).toBeLessThan(done[0] ?? 0);
    expect(session.pace?.()).toMatch(/3 of 3 engines, \d[\d,]* photos a minute/);
  });

  test('one that dies in the middle loses nothing, and comes back', async () => {
    const [first, second] = [await server({ delay: 4 }), await server({ delay: 4 })];
    const session = await sessionOver([first, second]);
    await session.grade(photo(100));
    const grading = Promise.all(Array.from({ length: 30 }, (_, seed) => session.grade(photo(seed))));
    await expect.poll(() => session.states()[0]?.done, { interval: 2 }).toBeGreaterThan(1);
    await first.kill();
    const results = await grading;
    expect(results).toHaveLength(30);
    expect(session.states()[0]).toMatchObject({ state: 'resting', running: 0 });
    expect(session.states()[0]?.problem).toContain(first.address);
    await first.revive();
    await expect
      .poll(
        async () => {
          await session.grade(photo(Math.random()));
          return session.states()[0]?.state;
        },
        { timeout: 20_000, interval: 100 },
      )
      .toBe('well');
  });
});

describe('level words among the likeliest', () => {
  const level = (token: string, logprob: number) => ({ token, logprob });
  const all = [' excellent', ' good', ' fair', ' poor', ' bad'];

  test('spaces of three vocabularies, and of servers that leave them away; other cases and bare words do not count', () => {
    for (const space of [' ', '▁', 'Ġ', '']) {
      const list = all.map((word, index) => level(space + word.trim(), -1 - index));
      const others =
        space === '' ? [level('Good', -0.1)] : [level('good', -0.05), level(' Bad', -0.2), level('Good', -0.1)];
      const found = levelsAmong([...list, ...others]);
      expect(found.reading?.logits).toEqual([-1, -2, -3, -4, -5]);
      expect(found.missing).toEqual([]);
    }
    expect(levelsAmong([level('good', -0.1), level(' very', -1), level(' x', -9)])).toMatchObject({ reading: null });
  });

  test('a word that is not listed counts as the least that is when that cannot matter, and else there is no grade', () => {
    const list = [
      level(' good', -0.1),
      level(' fair', -2.5),
      level(' excellent', -3),
      level(' poor', -4),
      level(' x', -9),
    ];
    const found = levelsAmong(list);
    expect(found).toMatchObject({ missing: ['bad'], reading: { logits: [-3, -0.1, -2.5, -4, -9] } });
    expect(levelsAmong([...list.slice(0, 4), level(' x', -4.2)])).toEqual({ reading: null, missing: ['bad'] });
    expect(levelsAmong([level(' x', -1)])).toMatchObject({ reading: null });
    expect(levelsAmong([])).toMatchObject({ reading: null });
  });

  test('llama-server is asked for a longer list, once; a server that gives no longer one gives no grade', async () => {
    const patient = await server({ instead: hiddenIn64 });
    const session = await sessionOver([patient]);
    expect((await session.grade(photo(1))).value).toBeGreaterThan(0);
    const lists = patient.asked.map(({ top_logprobs }) => top_logprobs);
    expect(lists.filter((length) => length === 64)).toHaveLength(1);
    expect(lists.filter((length) => length === 1024)).toHaveLength(4 * 9);
    const short = await server({ dialect: 'Ollama', unlikely: ['excellent', 'good', 'fair', 'poor', 'bad'] });
    const refusing = await sessionOver([short]);
    await expect(refusing.grade(photo(1))).rejects.toThrow(
      /lists the 20 likeliest words, and “excellent”.* no grade is made of less/,
    );
  });
});

/** The level words are not among the 64 likeliest, so that the next length is needed. */
const hiddenIn64: SpeakingOptions['instead'] = (_request, _response, body) => {
  if (body.top_logprobs === 64) body.unlisted = ['excellent', 'good', 'fair', 'poor', 'bad'];
  return false;
};

describe('writing', () => {
  test('explanations and answers stream, go on from the level, and stop when nobody reads', async () => {
    const writer = await server();
    const session = await sessionOver([writer]);
    const written = await textOf(session.explain(photo(1), { evidence: ['Soft: the subject.'], level: 'good' }));
    expect(written.text).toContain('The aesthetics of the image is good.The light is soft');
    expect(written.kinds.filter((kind) => kind === 'section')).toHaveLength(4);
    expect(written.end).toBe('complete');
    const history = [
      { role: 'person' as const, text: 'Is it sharp?' },
      { role: 'critic' as const, text: 'No.' },
    ];
    expect((await textOf(session.chat(photo(1), { question: 'Why?', history }))).text).toBe(
      'The light is soft and the harbor lies still.',
    );
    const stop = new AbortController();
    stop.abort();
    expect((await textOf(session.chat(photo(1), { question: 'Why?' }, stop.signal))).end).toBe('stopped');
  });

  test('a server without log-probabilities writes, does not grade, and says so', async () => {
    const studio = await server({ dialect: 'LM Studio' });
    const facts = await askServer(readAddress(studio.address), null);
    expect(facts.kind).toBe('LM Studio');
    const lane = laneOf({
      address: studio.address,
      model: facts.models[0] ?? '',
      server: facts.kind,
      atOnce: 1,
      gap: '',
      key: null,
    });
    const gray = dataAddress(await sentPicture(picture(1), 336, 'png'), 'png');
    const trial = await tryEngine(lane, gray, new AbortController().signal);
    expect(trial).toMatchObject({
      grades: false,
      share: null,
      text: expect.stringContaining('It writes and cannot grade'),
    });
    const session = await sessionOver([studio], { grades: false });
    expect(session.info).toMatchObject({ grades: false, notes: [expect.stringContaining('cannot grade')] });
    await expect(session.grade(photo(1))).rejects.toThrow('cannot grade');
    expect((await textOf(session.explain(photo(1)))).text).toContain('The light is soft');
  });

  test('a failure that comes inside the stream is said', async () => {
    const broken = await server({
      instead(_request, response, body) {
        if (!body.stream) return false;
        response.writeHead(200, { 'Content-Type': 'text/event-stream' });
        response.end('data: {"error":{"code":500,"message":"The context is full","type":"server_error"}}\n\n');
        return true;
      },
    });
    const session = await sessionOver([broken]);
    await expect(textOf(session.chat(photo(1), { question: 'Why?' }))).rejects.toThrow(
      'stopped writing: The context is full',
    );
  });
});

describe('what servers say of themselves', () => {
  test.each([
    ['llama.cpp', 'llama.cpp'],
    ['vLLM', 'vLLM'],
    ['Ollama', 'Ollama'],
    ['LM Studio', 'LM Studio'],
  ] as const)('%s is recognized, and the same model has the same hash, another one another', async (dialect, kind) => {
    const [one, same, other] = [
      await server({ dialect }),
      await server({ dialect }),
      await server({ dialect, model: 'another' }),
    ];
    const hashes = await Promise.all(
      [one, same, other].map(async ({ address }) => {
        const facts = await askServer(readAddress(address), null);
        expect(facts.kind).toBe(kind);
        return facts.hashOf(facts.models[0] ?? '');
      }),
    );
    expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(hashes[1]).toBe(hashes[0]);
    expect(hashes[2]).not.toBe(hashes[0]);
  });

  test('the gap before an answer that is begun follows the template of llama-server', async () => {
    const judge = await server();
    expect(await (await askServer(readAddress(judge.address), null)).gapOf('aesthetic-judge')).toBe(' ');
  });
});

describe('what is refused', () => {
  test('addresses: plain http only near, no keys inside, no other schemes', () => {
    for (const fine of [
      'http://127.0.0.1:8080',
      'http://[::1]:80/v1/',
      'http://192.168.1.4/v1',
      'http://10.0.0.1',
      'https://example.org/api/v1/chat/completions',
      'http://studio.local:8000',
    ])
      expect(() => readAddress(fine), fine).not.toThrow();
    for (const far of [
      'http://8.8.8.8',
      'http://172.32.0.1',
      'http://169.254.169.254',
      'http://[2001:db8::1]',
      'http://100.64.0.1',
      'http://[::ffff:8.8.8.8]',
      'http://0.0.0.0',
    ])
      expect(() => readAddress(far), far).toThrow(/use https/);
    for (const wrong of [
      'ftp://127.0.0.1',
      'file:///etc/passwd',
      'studio',
      'https://me:secret@example.org',
      'https://example.org/?key=1',
      'javascript:1',
    ])
      expect(() => readAddress(wrong), wrong).toThrow();
    expect(readAddress('https://example.org/api/v1/').base).toBe('https://example.org/api');
    expect([
      reachOf('127.8.8.8'),
      reachOf('::1'),
      reachOf('fd12::1'),
      reachOf('172.16.0.1'),
      reachOf('::ffff:10.0.0.1'),
    ]).toEqual(['this computer', 'this computer', 'private network', 'private network', 'private network']);
    const sentence = whatLeaves(readAddress('http://192.168.1.4:8080'), 'private network', 336);
    for (const part of ['http://192.168.1.4:8080', '336 × 336', 'EXIF', 'unencrypted', 'private network'])
      expect(sentence).toContain(part);
  });

  test('a name without encryption must stand for near addresses alone, looked at again at each connection', async () => {
    let stands = ['192.168.1.7'];
    const look = (text: string) =>
      new Promise<string>((resolve, reject) =>
        lookupFor(readAddress(text), (_host, _options, done) =>
          done(
            null,
            stands.map((address) => ({ address, family: 4 })),
          ),
        )('studio.example', { all: false }, (error, address) => (error ? reject(error) : resolve(String(address)))),
      );
    expect(await look('http://studio.example')).toBe('192.168.1.7');
    stands = ['192.168.1.7', '93.184.216.34'];
    await expect(look('http://studio.example')).rejects.toThrow('neither this computer nor a private network');
    expect(await look('https://studio.example')).toBe('192.168.1.7');
  });

  test('redirects are not followed, wherever they lead', async () => {
    const elsewhere = await server();
    const lure = createServer((request, response) => {
      response.writeHead(307, { Location: `${elsewhere.address}${request.url}` }).end();
    });
    await new Promise<void>((resolve) => lure.listen(0, '127.0.0.1', resolve));
    closing.push(() => new Promise((resolve) => lure.close(resolve)));
    const address = readAddress(`http://127.0.0.1:${(lure.address() as AddressInfo).port}`);
    await expect(askServer(address, 'sk-secret')).rejects.toThrow(/nobody is followed/);
    expect(elsewhere.requests).toEqual([]);
  });

  test('answers without end and answers that are none', async () => {
    const flood = createServer((_request, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      const more = () => {
        while (response.write('x'.repeat(65_536)));
        response.once('drain', more);
      };
      more();
    });
    await new Promise<void>((resolve) => flood.listen(0, '127.0.0.1', resolve));
    closing.push(async () => {
      flood.closeAllConnections();
      flood.close();
    });
    const address = readAddress(`http://127.0.0.1:${(flood.address() as AddressInfo).port}`);
    await expect(askServer(address, null)).rejects.toThrow(/more than anyone asked for/);
    const page = await server({ model: 'x' });
    const html = readAddress(`${page.address}/nowhere`);
    await expect(askServer(html, null)).rejects.toThrow(/404/);
  });

  test('a wrong key: a sentence that does not say it again; the right one goes in the header only', async () => {
    const guarded = await server({ key: 'sk-right' });
    const address = readAddress(guarded.address);
    const failure = await askServer(address, 'sk-wrong-and-private').catch((error: Error) => error);
    expect(String(failure)).toContain('does not accept the key');
    expect(String(failure)).not.toContain('sk-wrong');
    const session = await sessionOver([guarded], { key: 'sk-right' });
    expect((await session.grade(photo(1))).value).toBeGreaterThan(0);
    expect(guarded.requests.every(({ path }) => !path.includes('sk-'))).toBe(true);
  });

  test('nobody there: given up with the address and the reason', async () => {
    const gone = await server();
    const session = await sessionOver([gone], { patience: 1500 });
    await gone.kill();
    await expect(session.grade(photo(1))).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('nobody listens there'),
    });
  });
});
