/** How the bridge is built: what it reads, what it mends, what it refuses. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildBridge } from '../../models/bridge/build.ts';
import { readBundle } from '../../models/bridge/bundle.ts';
import {
  bridgeHome,
  installedVariants,
  NODE_LLAMA_CPP,
  nodeLlamaCppHome,
  nodeLlamaCppVersion,
} from '../../models/bridge/place.ts';
import { quantizeGguf } from '../../models/bridge/quantize.ts';
import { MENDS } from '../../models/bridge/sources.ts';
import { findToolchain, NoCompilerError } from '../../models/bridge/toolchain.ts';
import { exportedNames } from '../../models/bridge/windows.ts';
import { fingerprintOf, hashFile } from '../../models/fingerprint.ts';
import { readGgufHeader } from '../../models/gguf-header.ts';
import { makeTinyModel } from '../../models/tiny/make.ts';
import { BUILD_TIMEOUT, image, openForTest, ready, temporaryFolder } from './setting.ts';

const directory = temporaryFolder();
beforeAll(ready, BUILD_TIMEOUT);

test('is built for every installed variant, and a second run does nothing', async () => {
  const { built, backends, milliseconds } = await buildBridge();
  expect(built).toBe(false);
  expect(backends).toEqual((await installedVariants()).map(({ backend }) => backend));
  expect(backends[0]).toBe('cpu');
  expect(milliseconds).toBeLessThan(5000);
  expect(await nodeLlamaCppVersion()).toBe(NODE_LLAMA_CPP);
});

test('the sources are mended, each place once', async () => {
  for (const { file, after, before } of MENDS) {
    const text = await readFile(join(bridgeHome(), 'source', file), 'utf8');
    expect(text.split(after)).toHaveLength(2);
    if (!after.includes(before)) expect(text).not.toContain(before);
  }
});

test('without a compiler there is one sentence that says what to do', async () => {
  const { PATH, CXX } = process.env;
  try {
    process.env.PATH = directory;
    delete process.env.CXX;
    const error = await findToolchain().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(NoCompilerError);
    expect((error as Error).message).toMatch(/^AesExpert needs a C\+\+ compiler .*\.$/);
  } finally {
    process.env.PATH = PATH;
    if (CXX !== undefined) process.env.CXX = CXX;
  }
});

describe('the bundle reader', () => {
  test('refuses what is no bundle or is cut', async () => {
    const path = join(directory, 'bundle');
    await writeFile(path, 'no bundle at all');
    await expect(readBundle(path, () => true)).rejects.toThrow('is not a git bundle');
    const whole = await readFile(join(nodeLlamaCppHome(), 'llama', 'gitRelease.bundle'));
    await writeFile(path, whole.subarray(0, 500_000));
    await expect(readBundle(path, () => true)).rejects.toThrow();
  });
});

test('reads the names that a DLL exports', () => {
  // The smallest image with an export table: headers, one section, two names.
  const bytes = Buffer.alloc(1024);
  bytes.writeUInt32LE(0x80, 0x3c);
  bytes.write('PE\0\0', 0x80, 'latin1');
  bytes.writeUInt16LE(1, 0x86); // sections
  bytes.writeUInt16LE(240, 0x94); // size of the optional header
  bytes.writeUInt16LE(0x20b, 0x98); // 64-bit
  bytes.writeUInt32LE(0x1000, 0x98 + 112); // export table
  const section = 0x98 + 240;
  bytes.writeUInt32LE(0x200, section + 8);
  bytes.writeUInt32LE(0x1000, section + 12);
  bytes.writeUInt32LE(0x200, section + 16);
  bytes.writeUInt32LE(0x200, section + 20);
  const at = (address: number) => address - 0x1000 + 0x200;
  bytes.writeUInt32LE(2, at(0x1000) + 24);
  bytes.writeUInt32LE(0x1040, at(0x1000) + 32);
  bytes.writeUInt32LE(0x1060, at(0x1040));
  bytes.writeUInt32LE(0x1070, at(0x1040) + 4);
  bytes.write('llama_decode\0', at(0x1060), 'latin1');
  bytes.write('ggml_add\0', at(0x1070), 'latin1');
  expect(exportedNames(bytes)).toEqual(['llama_decode', 'ggml_add']);
  expect(() => exportedNames(Buffer.alloc(512))).toThrow();
});

describe('quantizing', () => {
  test('gives a smaller model that grades, and can be stopped', { timeout: 240_000 }, async () => {
    const pair = await makeTinyModel(join(directory, 'big'), {
      seed: 81,
      embedding: 256,
      feedForward: 512,
      heads: 4,
      keyHeads: 4,
      type: 'F16',
    });
    const output = join(directory, 'q8.gguf');
    const { peakMemory } = await quantizeGguf(pair.model, output, 'Q8_0', { threads: 1 });
    expect(peakMemory).toBeLessThan(1e9);
    const [before, after] = [await readGgufHeader(pair.model), await readGgufHeader(output)];
    expect(after.bytes).toBeLessThan(before.bytes * 0.62);
    expect([...after.tensors.keys()].sort()).toEqual([...before.tensors.keys()].sort());
    const session = await openForTest({ ...pair, model: output });
    const full = await openForTest(pair);
    const [small, large] = [await session.grade(image(1)), await full.grade(image(1))];
    expect(Math.abs(small.value - large.value)).toBeLessThan(5);

    const stop = AbortSignal.abort(new Error('enough'));
    await expect(quantizeGguf(pair.model, join(directory, 'never.gguf'), 'Q6_K', { signal: stop })).rejects.toThrow(
      'enough',
    );
    const cut = join(directory, 'cut.gguf');
    await writeFile(cut, (await readFile(pair.model)).subarray(0, 50_000));
    const refused = await quantizeGguf(cut, join(directory, 'no.gguf'), 'Q8_0').catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code: 'bad-file',
      message: expect.stringMatching(/^The model could not be quantized: ./),
    });
    await expect(readFile(join(directory, 'no.gguf'))).rejects.toThrow();
  });
});

test('files are told apart by samples and by their whole content', async () => {
  const [a, b] = [join(directory, 'a'), join(directory, 'b')];
  await writeFile(a, Buffer.alloc(3_000_000, 1));
  await writeFile(b, Buffer.alloc(3_000_000, 2));
  expect(await fingerprintOf([a])).toBe(await fingerprintOf([a]));
  expect(await fingerprintOf([a])).not.toBe(await fingerprintOf([b]));
  await writeFile(a, 'abc');
  expect(await hashFile(a)).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});
