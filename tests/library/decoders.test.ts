/** Decoding processes: a crash, a drive that hangs, too much memory and a killed core cost one photo and leave nothing behind. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type AnalysisPool, openAnalysisPool } from '../../electron/core/analysis/analysis-pool.ts';
import { LostPhoto } from '../../electron/core/base/unreadable.ts';
import { makePhoto } from '../core/made-photos.ts';
import { CAN_SEE_PROCESSES, decodersOf, isAlive } from './decoder-processes.ts';

const folder = mkdtempSync(join(tmpdir(), 'keeplight-decoders-'));
const at = (name: string) => join(folder, name);
const request = (file: string, sidecars: string[] = []) => ({
  files: [file],
  previews: { screen: at(`${file.length}-screen.jpg`), thumb: at(`${file.length}-thumb.jpg`) },
  sidecars,
});
const pool = (options: Parameters<typeof openAnalysisPool>[0] = {}): AnalysisPool => {
  const opened = openAnalysisPool({ workers: 1, ...options });
  onTestFinished(() => opened.close());
  return opened;
};
/** The one decoder at work. */
const decoder = async (): Promise<number> => {
  await expect.poll(() => decodersOf().length, { timeout: 60_000 }).toBe(1);
  return decodersOf()[0]!;
};

beforeAll(async () => {
  await makePhoto(at('good.jpg'), 1);
  // Whoever opens it waits for a writer that never comes, as on a drive that hangs.
  if (CAN_SEE_PROCESSES) for (const name of ['a.jpg', 'b.jpg', 'c.jpg', 'x.xmp']) execFileSync('mkfifo', [at(name)]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The header of an interlaced RGB PNG, and no pixels. */
function declaredPng(width: number, height: number, bits: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([bits, 2, 0, 0, 1], 8);
  const chunk = (type: string, body: Buffer) => {
    const named = Buffer.concat([Buffer.from(type, 'latin1'), body]);
    const framed = Buffer.alloc(named.length + 8);
    framed.writeUInt32BE(body.length, 0);
    named.copy(framed, 4);
    framed.writeUInt32BE(crc32(named), named.length + 4);
    return framed;
  };
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', Buffer.alloc(0)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

describe.skipIf(!CAN_SEE_PROCESSES)('decoding processes', () => {
  it('that crash cost their photo, with the reason, and the next is looked at by another', async () => {
    const opened = pool();
    await opened.look(request(at('good.jpg')));
    const id = await decoder();
    const looked = opened.look(request(at('a.jpg')));
    const next = opened.look(request(at('good.jpg')));
    process.kill(id, 'SIGSEGV');
    const look = await looked;
    expect(look).toMatchObject({ state: 'failed', failure: 'file', loss: 'died', picture: null });
    expect(look.reason).toMatch(/crashed, SIGSEGV/);
    expect(await next).toMatchObject({ state: 'ready', failure: null, loss: null });
    expect(await decoder()).not.toBe(id);
  });

  it('that wait for a drive are ended; what can be read is read meanwhile, pictures for the page too', async () => {
    const opened = pool({ workers: 2, secondsToRead: 12 });
    const began = performance.now();
    const hanging = [
      opened.look(request(at('a.jpg'))),
      opened.look(request(at('b.jpg'))),
      opened.full(at('c.jpg')).catch((error: unknown) => error),
    ] as const;
    let ended = 0;
    for (const promise of hanging) void promise.then(() => ended++);
    const [look, full, pixels] = await Promise.all([
      opened.look(request(at('good.jpg'))),
      opened.full(at('good.jpg'), { priority: 3 }),
      opened.pixels(at('good.jpg'), 64, { priority: 3 }),
    ]);
    expect([look.state, full.width, pixels.width, pixels.data.length]).toEqual(['ready', 192, 64, 64 * 43 * 3]);
    expect(ended).toBe(0);
    for (const promise of hanging.slice(0, 2)) {
      expect(await promise).toMatchObject({
        state: 'failed',
        failure: 'machine',
        loss: 'silent',
        reason: expect.stringMatching(/drive did not answer within 12 seconds/),
      });
    }
    expect(await hanging[2]).toBeInstanceOf(LostPhoto);
    expect(performance.now() - began).toBeGreaterThan(11_000);
  });

  it('are ended with the pool within seconds, whatever they wait for', async () => {
    const opened = pool({ workers: 2 });
    const looks = Promise.allSettled([opened.look(request(at('a.jpg'))), opened.full(at('b.jpg'))]);
    await expect.poll(() => decodersOf().length, { timeout: 60_000 }).toBe(2);
    const began = performance.now();
    await opened.close();
    expect(performance.now() - began).toBeLessThan(5000);
    for (const { status } of await looks) expect(status).toBe('rejected');
    expect(decodersOf()).toEqual([]);
  });

  it('end when the core is killed, also while they wait for a drive', async () => {
    const victim = fileURLToPath(new URL('./decoder-victim.ts', import.meta.url));
    const child = spawn(process.execPath, [victim, at('a.jpg'), at('good.jpg')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [said] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
    expect(said).toBe('ready\n');
    const decoders = decodersOf(child.pid);
    expect(decoders).toHaveLength(2);
    child.kill('SIGKILL');
    await once(child, 'close');
    await expect.poll(() => decoders.filter(isAlive), { timeout: 30_000 }).toEqual([]);
  });

  it('do not listen to the terminal: the core decides what ends', async () => {
    const opened = pool();
    await opened.look(request(at('good.jpg')));
    const id = await decoder();
    const looked = opened.look(request(at('good.jpg')));
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(id, signal);
    expect(await looked).toMatchObject({ state: 'ready' });
    expect(decodersOf()).toEqual([id]);
  });

  it('that hold much memory after a photo are replaced, others are kept, idle ones end', async () => {
    const big = at('big.png');
    const picture = { width: 6000, height: 5000, channels: 3, background: '#345' } as const;
    await sharp({ create: picture }).toColourspace('rgb16').png({ progressive: true, compressionLevel: 1 }).toFile(big);
    const opened = pool({ mostResidentBytes: 250 * 2 ** 20, idleSeconds: 4 });
    await opened.look(request(at('good.jpg')));
    const first = await decoder();
    await opened.look(request(at('good.jpg')));
    expect(decodersOf()).toEqual([first]);
    expect(await opened.look(request(big))).toMatchObject({ state: 'ready', picture: { width: 6000 } });
    await expect.poll(() => isAlive(first), { timeout: 10_000 }).toBe(false);
    expect(await opened.look(request(at('good.jpg')))).toMatchObject({ state: 'ready' });
    expect(await decoder()).not.toBe(first);
    await expect.poll(() => decodersOf(), { timeout: 20_000 }).toEqual([]);
  });

  it('read sidecars too: one that hangs or is broken costs what it says, not the photo', async () => {
    const xmp = (rating: number) =>
      `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="${rating}"/></rdf:RDF></x:xmpmeta>`;
    writeFileSync(at('good.xmp'), xmp(4));
    writeFileSync(at('broken.xmp'), 'no XMP at all');
    const opened = pool({ secondsToRead: 1 });
    const rated = await opened.look(request(at('good.jpg'), [at('broken.xmp'), at('good.xmp')]));
    expect(rated).toMatchObject({ state: 'ready', failure: null, metadata: { rating: 4 } });
    expect(rated.sidecarProblem).toMatch(/^broken\.xmp: /);
    const hung = await opened.look(request(at('good.jpg'), [at('x.xmp'), at('good.xmp')]));
    expect(hung).toMatchObject({ state: 'ready', failure: 'machine', metadata: { rating: 4 } });
    expect(hung.sidecarProblem).toMatch(/^x\.xmp: .*drive did not answer/);
  });

  it('refuse by bytes, not by pixels, what must be held whole', async () => {
    const opened = pool();
    const reasonOf = async (bits: 8 | 16) => {
      writeFileSync(at(`${bits}.png`), declaredPng(12_000, 8_000, bits));
      return (await opened.look(request(at(`${bits}.png`)))).reason;
    };
    expect(await reasonOf(16)).toMatch(/96 megapixels.*more than can be decoded safely/);
    expect(await reasonOf(8)).not.toMatch(/decoded safely/);
  });

  it('tell what passes from what stays', async () => {
    writeFileSync(at('text.jpg'), 'hello');
    const opened = pool();
    const failureOf = async (name: string) => (await opened.look(request(at(name)))).failure;
    expect(await failureOf('gone.jpg')).toBe('machine');
    expect(await failureOf('text.jpg')).toBe('file');
    expect(await failureOf('.')).toBe('file');
  });
});
