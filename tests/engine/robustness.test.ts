/** A model's process that is killed, and files that are not what they say. */

import type { ChildProcess } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import { copyFile, open, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { readGgufHeader } from '../../models/gguf-header.ts';
import { ModelError, type ModelSession, type OpenOptions } from '../../models/model-api.ts';
import { openModel } from '../../models/runtime/process-client.ts';
import { type ModelPair, makeTinyModel } from '../../models/tiny/make.ts';
import { seededRandom } from '../../shared/random.ts';
import { BUILD_TIMEOUT, image, picture, ready, temporaryFolder } from './setting.ts';

const directory = temporaryFolder();
let pair: ModelPair;
beforeAll(async () => {
  await ready();
  pair = await makeTinyModel(join(directory, 'good'), { seed: 51 });
}, BUILD_TIMEOUT);

/** The process that was started last: Node tells of each. */
let started: ChildProcess | null = null;
subscribe('child_process', (message) => {
  started = (message as { process: ChildProcess }).process;
});
function lastStarted(): number {
  if (!started?.pid) throw new Error('No process was started.');
  return started.pid; // it has none yet when Node tells of it
}

/** For what takes long on a loaded machine. */
const slow = { timeout: 240_000 };
const start = (options: Partial<OpenOptions> = {}) =>
  openModel({ name: 'test', gpu: 'off', threads: 1, ...pair, ...options });

/** Until the process has used a tenth of a second of the processor: by then it encodes or reads. */
async function isComputing(pid: number): Promise<void> {
  const used = async () => {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    return Number(text.split(') ')[1]?.split(' ')[11] ?? Number.NaN); // utime, ticks of 10 ms
  };
  const before = await used();
  const patience = Date.now() + (Number.isNaN(before) ? 500 : 60_000);
  while (!((await used()) - before >= 10) && Date.now() < patience)
    await new Promise((resolve) => setTimeout(resolve, 10));
}

async function failure(work: Promise<unknown>): Promise<ModelError> {
  const outcome = await work.then(
    (value) => {
      (value as ModelSession | undefined)?.close?.();
      return null;
    },
    (error: unknown) => error,
  );
  expect(outcome).toBeInstanceOf(ModelError);
  const error = outcome as ModelError;
  expect(error.message).toMatch(/^[A-Z"'a-z0-9].{10,300}\.$/s);
  expect(error.message.split('\n')).toHaveLength(1);
  return error;
}

describe('a process that is killed', () => {
  test('while it looks: that photo has a strike, the ones behind it have none', async () => {
    const session = await start();
    const read = () => {
      process.kill(lastStarted(), 'SIGKILL');
      return picture(1);
    };
    await session.grade(image(9)); // the bias is measured
    const dying = failure(session.grade({ key: 'dying', read: () => picture(2, 2400, 1600) }));
    const waiting = failure(session.grade({ key: 'waiting', read }));
    expect((await waiting).code).toBe('closed');
    expect(['died', 'closed']).toContain((await dying).code);
    expect(await session.exited).toMatchObject({ code: 'died' });
    expect((await failure(session.grade(image(1)))).code).toBe('died');
  });

  test('while it reads a photo: the reason is said, and a new process grades the photo as before', slow, async () => {
    const big = await makeTinyModel(join(directory, 'slow'), {
      ...{ seed: 52, embedding: 512, feedForward: 1024, heads: 8, keyHeads: 8, blocks: 10, imageSize: 336 },
      ...{ visionEmbedding: 256, visionFeedForward: 512, visionBlocks: 8 },
    });
    const session = await start(big);
    const working = failure(session.grade(image(1)));
    await isComputing(lastStarted());
    process.kill(lastStarted(), 'SIGKILL');
    const error = await working;
    expect(error.code).toBe('died');
    expect(error.message).toContain('killed');
    const again = await start(big);
    await expect(again.grade(image(1))).resolves.toMatchObject({ value: expect.any(Number) });
    await again.close();
  });

  test('while it writes: the stream ends with the reason', async () => {
    const session = await start();
    const stream = (async () => {
      for await (const event of session.chat(image(1), { question: 'Why?', maximumTokens: 1000, temperature: 1 }))
        if (event.kind === 'token') process.kill(lastStarted(), 'SIGKILL');
    })();
    expect((await failure(stream)).code).toBe('died');
  });
});

describe('a process that goes silent', () => {
  const stopped = process.platform !== 'win32';
  test.runIf(stopped)('over a photo is ended, with the reason', slow, async () => {
    const session = await start({ answerPatience: 8000 });
    await session.grade(image(9)); // the bias is measured
    const big = session.grade({
      key: 'big',
      read: () => {
        queueMicrotask(() => process.kill(lastStarted(), 'SIGSTOP'));
        return picture(2, 1200, 800);
      },
    });
    const error = await failure(big);
    expect(error.message).toContain('it said nothing for 8 s');
    expect(await session.exited).toMatchObject({ code: 'died' });
  });

  test.runIf(stopped)('answers an abort all the same, with its reason', slow, async () => {
    const session = await start({ answerPatience: 8000 });
    await session.grade(image(9));
    process.kill(lastStarted(), 'SIGSTOP');
    const stop = new AbortController();
    const work = session.grade(image(1), { signal: stop.signal });
    setImmediate(() => stop.abort(new Error('enough')));
    await expect(work).rejects.toThrow('enough');
    await session.exited;
  });
});

test('weights that make no numbers: each photo fails with a sentence, an abort is answered', slow, async () => {
  const path = join(directory, 'not-a-number.gguf');
  const bytes = await readFile(pair.model);
  const header = await readGgufHeader(pair.model);
  const last = [...header.tensors.values()].at(-1)!;
  bytes.fill(0xff, bytes.length - Math.min(200, last.bytes ?? 200));
  bytes.fill(0xff, Math.floor(bytes.length / 2), Math.floor(bytes.length / 2) + 200);
  await writeFile(path, bytes);
  const session = await start({ model: path });
  for (const seed of [1, 2]) {
    const error = await failure(session.grade(image(seed)));
    expect(error).toMatchObject({ code: 'bad-input', message: expect.stringContaining('nonsense about this photo') });
  }
  const stop = new AbortController();
  const work = session.grade(image(3), { signal: stop.signal });
  stop.abort(new Error('enough'));
  await expect(work).rejects.toBeDefined();
  await session.close();
});

describe('a process that is loading', () => {
  const children = async () => {
    const found: number[] = [];
    for (const name of await readdir('/proc')) {
      const about = (file: string) => readFile(`/proc/${name}/${file}`, 'utf8').catch(() => '');
      if (!(await about('status')).includes(`PPid:\t${process.pid}\n`)) continue;
      if ((await about('cmdline')).includes('model-process')) found.push(Number(name));
    }
    return found;
  };
  /** The process that loads, besides those that were there before. */
  async function newcomer(before: readonly number[]): Promise<number> {
    let found: number | undefined;
    const look = async () => {
      found = (await children()).find((pid) => !before.includes(pid));
      return found !== undefined;
    };
    await expect.poll(look, { timeout: 200_000, interval: 10 }).toBe(true);
    return found!;
  }

  test('is given up with a sentence when nothing moves', slow, async () => {
    // No process starts, let alone loads, in a millisecond.
    expect((await failure(start({ patience: 1 }))).message).toMatch(
      /cannot be loaded: nothing has moved for 0 s\. Try/,
    );
    const again = await start();
    await expect(again.grade(image(1))).resolves.toBeDefined();
    await again.close();
  });

  test.skipIf(process.platform !== 'linux')('and is killed ends at once, with the reason', slow, async () => {
    const before = await children();
    const loading = failure(start({ patience: 600_000 }));
    process.kill(await newcomer(before), 'SIGKILL');
    expect((await loading).message).toContain('it was killed');
  });
});

describe('files that cannot be a model', () => {
  test('missing, empty, and no GGUF at all', async () => {
    expect((await failure(start({ model: join(directory, 'nothing.gguf') }))).message).toContain('is not there');
    const empty = join(directory, 'empty.gguf');
    await writeFile(empty, '');
    expect((await failure(start({ model: empty }))).message).toContain('not a GGUF');
    const text = join(directory, 'text.gguf');
    await writeFile(text, 'This is a letter. '.repeat(100));
    expect((await failure(start({ mmproj: text }))).message).toContain('text.gguf is not a GGUF');
  });

  test.each([0.02, 0.5, 0.999])('truncated to %d of its length', async (share) => {
    for (const which of ['model', 'mmproj'] as const) {
      const path = join(directory, `cut-${which}-${share}.gguf`);
      await copyFile(pair[which], path);
      await truncate(path, Math.floor((await readFile(path)).length * share));
      expect(await failure(start({ [which]: path }))).toMatchObject({ code: 'bad-file' });
    }
  });

  test('a projector that does not fit, and files in each other’s place', async () => {
    const other = await makeTinyModel(join(directory, 'wide'), { seed: 53, embedding: 96, heads: 6, keyHeads: 3 });
    const misfit = await failure(start({ mmproj: other.mmproj }));
    expect(misfit).toMatchObject({ code: 'mismatch', message: expect.stringContaining('does not fit') });
    expect(await failure(start({ model: pair.mmproj, mmproj: pair.model }))).toMatchObject({
      ...{ code: 'mismatch', message: expect.stringContaining('swapped') },
    });
    expect(await failure(start({ mmproj: pair.model }))).toMatchObject({ code: 'mismatch' });
  });

  test('a model that does not fit into memory is refused before it is read', async () => {
    const path = join(directory, 'huge.gguf');
    await copyFile(pair.model, path);
    await truncate(path, 40e12).catch(() => truncate(path, 8e12)); // a hole, not bytes
    const error = await failure(start({ model: path }));
    expect(error.code).toBe('memory');
    expect(error.message).toMatch(/huge\.gguf needs about [\d.]+ GB of memory and this computer has [\d.]+ GB free\./);
  });

  test('numbers in the header that lie', async () => {
    const bytes = await readFile(pair.mmproj);
    const at = bytes.indexOf('clip.vision.feature_layer') + 'clip.vision.feature_layer'.length;
    const path = join(directory, 'lying.gguf');
    await copyFile(pair.mmproj, path);
    const file = await open(path, 'r+');
    await file.write(Uint8Array.of(200, 0, 0, 0), 0, 4, at + 4 + 4 + 8); // type, element type, length
    await file.close();
    expect(await failure(start({ mmproj: path }))).toMatchObject({
      ...{ code: 'bad-file', message: expect.stringContaining('asks for layer 200') },
    });
  });

  test('3,000 damaged heads: a sentence or a header, never a crash, a hang or a gigabyte', async () => {
    const uniform = seededRandom(5);
    const path = join(directory, 'fuzzed.gguf');
    let refused = 0;
    for (const source of [pair.model, pair.mmproj]) {
      const original = await readFile(source);
      for (let round = 0; round < 1500; round++) {
        const bytes = Buffer.from(original.subarray(0, 60_000));
        for (let change = 0; change < 1 + Math.floor(uniform() * 8); change++)
          bytes[Math.floor(uniform() ** 3 * bytes.length)] = uniform() < 0.3 ? 255 : Math.floor(uniform() * 256);
        await writeFile(path, bytes);
        await readGgufHeader(path).catch((error) => {
          expect(error).toBeInstanceOf(ModelError);
          refused += 1;
        });
      }
    }
    expect(refused).toBeGreaterThan(2000);
    expect(process.memoryUsage.rss()).toBeLessThan(1.5e9);
  });

  test('damaged weights and headers that pass the first look: the engine’s end is one sentence', async () => {
    const uniform = seededRandom(6);
    const original = await readFile(pair.model);
    for (let round = 0; round < 6; round++) {
      const bytes = Buffer.from(original);
      for (let change = 0; change < 3; change++) bytes[24 + Math.floor(uniform() * 1500)] = Math.floor(uniform() * 256);
      const path = join(directory, 'damaged.gguf');
      await writeFile(path, bytes);
      const session = await start({ model: path }).catch((error: unknown) => {
        expect(error).toBeInstanceOf(ModelError);
        return null;
      });
      await session?.grade(image(1)).catch((error: unknown) => expect(error).toBeInstanceOf(ModelError));
      await session?.close();
    }
  });
});
