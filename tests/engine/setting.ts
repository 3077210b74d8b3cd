/** What the engine's tests share: the built bridge, folders that vanish, pictures, and models made for a test. */
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { buildBridge } from '../../models/bridge/build.ts';
import type { LocalSession, OpenOptions, Pixels } from '../../models/model-api.ts';
import { openModel } from '../../models/runtime/process-client.ts';
import { seededRandom } from '../../shared/random.ts';

/** Ten minutes: the first run on a machine builds the bridge. */
export const BUILD_TIMEOUT = 600_000;

export const ready = () => buildBridge({ log: (line) => console.error(line) });

/** A folder that is removed after the file's tests. */
export function temporaryFolder(): string {
  const directory = mkdtempSync(join(tmpdir(), 'keeplight-engine-'));
  afterAll(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/**
 * A session that is closed after the file's tests. The processor only: what is compared must not depend on a GPU. One
 * thread: two that wait for each other are slow on a machine that is busy with other things.
 */
export async function openForTest(options: Omit<OpenOptions, 'name'> & { name?: string }): Promise<LocalSession> {
  const session = await openModel({ name: 'test', gpu: 'off', threads: 1, ...options });
  afterAll(() => session.close());
  return session;
}

/** A picture of soft blobs and noise, different for each seed. */
export function picture(seed: number, width = 56, height = width): Pixels {
  const uniform = seededRandom(seed);
  const blobs = Array.from({ length: 6 }, () => ({
    x: uniform() * width,
    y: uniform() * height,
    radius: (0.1 + 0.4 * uniform()) * width,
    color: [uniform() * 255, uniform() * 255, uniform() * 255],
  }));
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let channel = 0; channel < 3; channel++) {
        let value = 110;
        for (const blob of blobs) {
          const weight = Math.exp(-((x - blob.x) ** 2 + (y - blob.y) ** 2) / blob.radius ** 2);
          value += (blob.color[channel]! - value) * weight;
        }
        data[(y * width + x) * 3 + channel] = Math.min(255, Math.max(0, value + 24 * (uniform() - 0.5)));
      }
  return { width, height, data };
}

export function image(seed: number, width = 56, height = width) {
  return { key: `picture ${seed} ${width}x${height}`, read: () => picture(seed, width, height) };
}
