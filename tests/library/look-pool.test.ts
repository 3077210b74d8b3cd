/** The pool: order, stopping, hanging and failing workers, and what a look holds. */
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AnalysisPool, openAnalysisPool } from '../../electron/core/analysis/analysis-pool.ts';
import { previewPath } from '../../electron/core/base/data-places.ts';
import { fingerprintFile } from '../../electron/core/files/fingerprint.ts';
import { TRAITS } from '../../shared/traits.ts';

const folder = mkdtempSync(join(tmpdir(), 'keeplight-pool-'));
const photo = join(folder, 'photo.jpg');
const pools: AnalysisPool[] = [];
const opened = (options: Parameters<typeof openAnalysisPool>[0]) => {
  const pool = openAnalysisPool(options);
  pools.push(pool);
  return pool;
};
const request = (file: string, id = 1) => ({
  files: [file],
  previews: { screen: previewPath(folder, id, 'v', 'screen'), thumb: previewPath(folder, id, 'v', 'thumb') },
});

beforeAll(async () => {
  const picture = {
    width: 900,
    height: 600,
    channels: 3,
    background: '#345',
    noise: { type: 'gaussian', mean: 110, sigma: 30 },
  } as const;
  await sharp({ create: picture })
    .jpeg()
    .withExif({ IFD0: { Make: 'Canon', Model: 'EOS R5' } })
    .toFile(photo);
});
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.close()));
  rmSync(folder, { recursive: true });
});

describe('the look pool', () => {
  it('looks once and leaves previews, measures, placeholder and identity', async () => {
    const pool = opened({ workers: 1 });
    const look = await pool.look(request(photo));
    expect(look).toMatchObject({ state: 'ready', reason: null, kinds: ['jpeg'], metadata: { camera: 'Canon EOS R5' } });
    expect(look.picture).toMatchObject({
      width: 900,
      height: 600,
      screen: { width: 900, height: 600 },
      thumb: { width: 320, height: 213 },
    });
    expect(Buffer.from(look.picture!.placeholder, 'base64')).toHaveLength(24);
    expect(look.picture!.facts.seen.dHash).toMatch(/^[0-9a-f]{16}$/);
    expect(Object.keys(look.picture!.facts.traits)).toEqual([...TRAITS]);
    expect(look.fingerprints).toEqual([await fingerprintFile(photo)]);
    expect(look.contents[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(previewPath('/data', 300, 'v', 'thumb')).toBe(join('/data', 'previews', '2c', '300-v-thumb.jpg'));
    expect(readdirSync(join(folder, 'previews', '01')).sort()).toEqual(['1-v-screen.jpg', '1-v-thumb.jpg']);
  });

  it('fails the photo, not the caller, when a file is gone or bad', async () => {
    const pool = opened({ workers: 1 });
    writeFileSync(join(folder, 'text.jpg'), 'hello');
    expect(await pool.look(request(join(folder, 'gone.jpg')))).toMatchObject({
      state: 'failed',
      reason: 'It is not there any more.',
      picture: null,
    });
    expect(await pool.look(request(join(folder, 'text.jpg')))).toMatchObject({
      state: 'failed',
      reason: expect.stringMatching(/plain text/),
    });
    expect(await pool.look(request(folder))).toMatchObject({ state: 'failed', reason: 'This is not a file.' });
    expect(await pool.look(request(photo))).toMatchObject({ state: 'ready' });
  });

  it('rejects when previews cannot be written: that is not the photo’s fault', async () => {
    const pool = opened({ workers: 1 });
    const blocked = { screen: join(photo, 'a.jpg'), thumb: join(photo, 'b.jpg') };
    await expect(pool.look({ files: [photo], previews: blocked })).rejects.toMatchObject({
      code: expect.stringMatching(/ENOTDIR|EEXIST|ENOENT/),
    });
  });

  it('shows the second file of a pair when the first is broken', async () => {
    const pool = opened({ workers: 1 });
    writeFileSync(join(folder, 'broken.jpg'), '');
    const look = await pool.look({ ...request(photo, 7), files: [join(folder, 'broken.jpg'), photo] });
    expect(look).toMatchObject({ state: 'ready', fileIndex: 1, kinds: [null, 'jpeg'], reason: null });
  });

  it('takes what is on screen first', async () => {
    const pool = opened({ workers: 1 });
    const order: string[] = [];
    const ask = (name: string, priority: number) =>
      pool.look(request(photo, 2), { priority }).then(() => order.push(name));
    await Promise.all([ask('first in', 0), ask('rest', 0), ask('rest too', 0), ask('shoot', 1), ask('screen', 2)]);
    expect(order).toEqual(['first in', 'screen', 'shoot', 'rest', 'rest too']);
  });

  it('stops what waits and what runs, and goes on with the others', async () => {
    const pool = opened({ workers: 1 });
    const controller = new AbortController();
    const looks = [1, 2, 3].map((id) => pool.look(request(photo, id), { signal: controller.signal }));
    const other = pool.look(request(photo, 4));
    const settled = Promise.allSettled(looks);
    controller.abort();
    for (const look of await settled) expect(look.status).toBe('rejected');
    expect((await other).state).toBe('ready');
    expect(pool.pending).toBe(0);
  });

  it('gives up a photo that takes too long and looks at the next with a new worker', async () => {
    const pool = opened({ workers: 1, secondsPerPhoto: 0.001 });
    const [late, late2] = await Promise.all([pool.look(request(photo, 5)), pool.look(request(photo, 6))]);
    for (const look of [late, late2])
      expect(look).toMatchObject({ state: 'failed', reason: expect.stringMatching(/took longer than/) });
  });

  it('lets photos that hold much memory take turns, and all of them arrive', async () => {
    const pool = opened({ workers: 2 });
    const big = join(folder, 'interlaced.png');
    const picture = { width: 7000, height: 4500, channels: 3, background: '#345' } as const;
    await sharp({ create: picture }).png({ progressive: true, compressionLevel: 1 }).toFile(big);
    const looks = await Promise.all([20, 21, 22].map((id) => pool.look(request(big, id))));
    expect(looks.map(({ state, picture: seen }) => [state, seen?.width])).toEqual(Array(3).fill(['ready', 7000]));
  });

  it('rejects what waits when it is closed, and leaves no half-written preview', async () => {
    const pool = openAnalysisPool({ workers: 1 });
    const looks = [11, 12].map((id) => pool.look(request(photo, id)));
    const settled = Promise.allSettled(looks);
    await pool.close();
    for (const look of await settled) expect(look.status).toBe('rejected');
    await expect(pool.look(request(photo))).rejects.toThrow(/closed/);
    expect(existsSync(previewPath(folder, 12, 'v', 'thumb'))).toBe(false);
  });
});
