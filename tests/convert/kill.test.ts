import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { bridgeFile } from '../../models/bridge/place.ts';
import type { Conversion } from '../../models/convert/convert.ts';
import { convertCheckpoint } from '../../models/convert/convert.ts';
import { type Dimensions, TINY, writeCheckpoint } from './checkpoints.ts';
import { PLAIN, temporaryFolder } from './support.ts';
import { trainVocabulary } from './vocabulary.ts';

const folder = await temporaryFolder('kill');
let checkpoint: string;
beforeAll(async () => {
  checkpoint = join(folder, 'checkpoint');
  const dimensions: Dimensions = { ...TINY, embedding: 256, feedForward: 768, blocks: 4 };
  await writeCheckpoint(checkpoint, trainVocabulary(100), { ...PLAIN, dimensions, shards: 2 });
});

/** Runs the conversion; kills it with SIGKILL when `kill` says so. @returns the result, or null when it was killed. */
function run(output: string, kill: (phase: string, notice: number) => boolean): Promise<Conversion | null> {
  const child = fork(fileURLToPath(new URL('./convert-child.ts', import.meta.url)), [checkpoint, output], {
    execArgv: [],
  });
  return new Promise((resolve, reject) => {
    let notices = 0;
    let result: Conversion | null = null;
    child.on('message', (message: { phase?: string; result?: Conversion }) => {
      if (message.result) result = message.result;
      else if (message.phase && kill(message.phase, notices++)) child.kill('SIGKILL');
    });
    child.once('exit', (code, signal) => {
      if (result) resolve(result);
      else if (signal === 'SIGKILL') resolve(null);
      else reject(new Error(`The conversion ended with ${code}.`));
    });
  });
}

async function hashes(output: string): Promise<Record<string, string>> {
  const names = (await readdir(output).catch(() => [])).filter((name) => name.endsWith('.gguf'));
  const entries = await Promise.all(
    names.map(async (name) => [
      name,
      createHash('sha256')
        .update(await readFile(join(output, name)))
        .digest('hex'),
    ]),
  );
  return Object.fromEntries(entries);
}

test.skipIf(!existsSync(bridgeFile('cpu')))(
  'kill -9 in any phase leaves no half file, and the next run ends well',
  { timeout: 240_000 },
  async () => {
    const whole = join(folder, 'whole');
    const expected = await run(whole, () => false);
    const good = await hashes(whole);
    expect(Object.keys(good).sort()).toEqual([basename(expected!.mmproj), basename(expected!.model)].sort());

    const output = join(folder, 'killed');
    for (const phase of ['check', 'projector', 'model', 'quantize', 'quantize']) {
      expect(await run(output, (now) => now === phase)).toBeNull();
      expect(await hashes(output)).toEqual({});
    }
    // What was whole is used again: the language model is not written a second time.
    const parts = await readdir(join(output, '.checkpoint-Q4_K_M.converting'));
    expect(parts).toContain('model.gguf');
    const result = await run(output, () => false);
    expect(result).not.toBeNull();
    expect(await hashes(output)).toEqual(good);
    expect((await readdir(output)).sort()).toEqual(Object.keys(good).sort());
  },
);

test('a workplace that another process holds is left alone, one of a dead process is taken over', async () => {
  const output = join(folder, 'held');
  const place = join(output, '.checkpoint-F16.converting');
  await rm(output, { recursive: true, force: true });
  const dead = fork(fileURLToPath(new URL('./convert-child.ts', import.meta.url)), ['/nowhere', output], {
    execArgv: [],
    stdio: 'ignore',
  });
  const pid = dead.pid!;
  await new Promise((resolve) => dead.once('exit', resolve));
  await convertCheckpoint({ checkpoint, output, quantization: 'F16' });
  await mkdir(place);
  await writeFile(join(place, 'lock'), String(process.ppid));
  await expect(convertCheckpoint({ checkpoint, output, quantization: 'F16' })).rejects.toThrow(
    /Another conversion \(process \d+\)/,
  );
  // Processes may get the number of one that was killed.
  await writeFile(join(place, 'lock'), String(process.pid));
  await convertCheckpoint({ checkpoint, output, quantization: 'F16' });
  await mkdir(place);
  await writeFile(join(place, 'lock'), String(pid));
  await convertCheckpoint({ checkpoint, output, quantization: 'F16' });
  expect((await readdir(output)).filter((name) => name.startsWith('.'))).toEqual([]);
});
