/** RAW files developed for the 100 % view: the picture that was put into them comes back, framed, upright, in its preview's tones. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openAnalysisPool } from '../../electron/core/analysis/analysis-pool.ts';
import { UnreadablePhoto } from '../../electron/core/base/unreadable.ts';
import { develop } from '../../electron/core/pixels/libraw.ts';
import { seededRandom } from '../../shared/random.ts';
import { makeDng } from './made-dng.ts';
import { HAS_PHOTOS, PHOTOS } from './real-photos.ts';

const WIDTH = 1200;
const HEIGHT = 800;
/** LibRaw's own program, built by others: `apt install libraw-bin`. */
const WITNESS = '/usr/bin/dcraw_emu';

const folder = mkdtempSync(join(tmpdir(), 'keeplight-develop-'));
const at = (name: string) => join(folder, name);
const pool = openAnalysisPool({ workers: 1 });
afterAll(async () => {
  await pool.close();
  rmSync(folder, { recursive: true });
});

let scene: Buffer;
const jpegOf = (pixels: Buffer, lighten = 1) =>
  sharp(pixels, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
    .resize(300)
    .linear(lighten)
    .jpeg({ quality: 92 })
    .toBuffer();

beforeAll(async () => {
  const drawn = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}">
    <defs><linearGradient id="sky" x2="0" y2="1"><stop stop-color="#2c4a80"/><stop offset="1" stop-color="#d8b070"/></linearGradient></defs>
    <rect width="100%" height="100%" fill="url(#sky)"/><rect x="60" y="60" width="240" height="160" fill="#b03028"/>
    <rect x="700" y="420" width="300" height="260" fill="#2f7a3c"/><circle cx="520" cy="560" r="120" fill="#fff"/>
  </svg>`;
  scene = await sharp(Buffer.from(drawn)).removeAlpha().raw().toBuffer();
  const frame = { rgb: scene, width: WIDTH, height: HEIGHT };
  const preview = await jpegOf(scene);
  writeFileSync(at('plain.dng'), makeDng({ ...frame, preview }));
  writeFileSync(at('turned.dng'), makeDng({ ...frame, preview, orientation: 6 }));
  writeFileSync(at('lighter.dng'), makeDng({ ...frame, preview: await jpegOf(scene, 1.25) }));
  writeFileSync(at('bare.dng'), makeDng(frame));
  writeFileSync(at('cut.dng'), makeDng({ ...frame, cut: 400_000 }));
});

/** Mean difference of all samples from the scene, in steps of 255. */
async function differenceOf(jpeg: Uint8Array, turnBack = 0): Promise<number> {
  const pixels = await sharp(jpeg).rotate(turnBack).raw().toBuffer();
  expect(pixels.length).toBe(scene.length);
  return scene.reduce((sum, value, index) => sum + Math.abs(value - pixels[index]!), 0) / scene.length;
}

async function meanOf(jpeg: Uint8Array): Promise<number> {
  const { channels } = await sharp(jpeg).stats();
  return channels.slice(0, 3).reduce((sum, { mean }) => sum + mean / 3, 0);
}

describe('a RAW', () => {
  it('shows its preview when asked for as it is, and the picture of its sensor when developed', async () => {
    expect(await pool.full(at('plain.dng'))).toMatchObject({ width: 300, height: 200 });
    const whole = await pool.full(at('plain.dng'), { development: 'whole' });
    expect(whole).toMatchObject({ width: WIDTH, height: HEIGHT });
    expect(await differenceOf(whole.jpeg)).toBeLessThan(2);
    expect(await pool.full(at('plain.dng'), { development: 'half' })).toMatchObject({
      width: WIDTH / 2,
      height: HEIGHT / 2,
    });
  });

  it('stands upright', async () => {
    const { jpeg, width, height } = await pool.full(at('turned.dng'), { development: 'whole' });
    expect({ width, height }).toEqual({ width: HEIGHT, height: WIDTH });
    expect(await differenceOf(jpeg, -90)).toBeLessThan(2);
  });

  it('has the tones that its camera gave the preview', async () => {
    const { jpeg } = await pool.full(at('lighter.dng'), { development: 'whole' });
    const wanted = await meanOf(await jpegOf(scene, 1.25));
    expect(Math.abs((await meanOf(jpeg)) - wanted)).toBeLessThan(3);
    expect(await meanOf(await jpegOf(scene))).toBeLessThan(wanted - 15);
  });

  it('without a preview is developed when it is looked at', async () => {
    const previews = { thumb: at('thumb.jpg'), screen: at('screen.jpg') };
    const look = await pool.look({ files: [at('bare.dng')], previews });
    expect(look).toMatchObject({ state: 'ready', reason: null, picture: { width: WIDTH, height: HEIGHT } });
    expect(look.picture!.screen).toEqual({ width: WIDTH / 2, height: HEIGHT / 2 });
    const cut = await pool.look({ files: [at('cut.dng')], previews });
    expect(cut).toMatchObject({ state: 'failed', reason: expect.stringMatching(/ends early/) });
  });

  it('that cannot be developed says so in a sentence', async () => {
    await expect(pool.full(at('cut.dng'), { development: 'whole' })).rejects.toThrow(/incomplete|damaged/);
    writeFileSync(at('picture.jpg'), await jpegOf(scene));
    await expect(pool.full(at('picture.jpg'), { development: 'half' })).rejects.toThrow(/no RAW data/);
  });
});

it('damaged RAW data gives a picture or a sentence, and nothing else', async () => {
  const [width, height] = [200, 150];
  const small = await sharp(scene, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
    .resize(width, height)
    .raw()
    .toBuffer();
  const good = makeDng({ rgb: small, width, height });
  const fates = { developed: 0, refused: 0 };
  for (let seed = 1; seed <= 60; seed++) {
    const uniform = seededRandom(seed);
    const bytes = Buffer.from(good);
    for (let change = 0; change < 4; change++) bytes[Math.floor(uniform() * 600)] = Math.floor(uniform() * 256);
    try {
      const { rgb, ...size } = await develop(bytes, 'half', false);
      expect(rgb.length).toBe(size.width * size.height * 3);
      fates.developed++;
    } catch (error) {
      expect(error, `seed ${seed}`).toBeInstanceOf(UnreadablePhoto);
      fates.refused++;
    }
  }
  expect(fates.developed).toBeGreaterThan(5);
  expect(fates.refused).toBeGreaterThan(5);
});

describe.skipIf(!existsSync(WITNESS))('beside dcraw_emu', () => {
  it('gives nearly the same pixels', async () => {
    const settings = ['-w', '-o', '1', '-g', '2.4', '12.92', '-W', '-t', '0', '-q', '3', '-T', '-Z'];
    execFileSync(WITNESS, [...settings, at('witness.tif'), at('plain.dng')]);
    const witness = await sharp(at('witness.tif')).removeAlpha().raw().toBuffer();
    const { rgb } = await develop(readFileSync(at('plain.dng')), 'whole', false);
    // Its version is older and puts black a little deeper.
    expect(rgb.reduce((sum, value, index) => sum + Math.abs(value - witness[index]!), 0) / rgb.length).toBeLessThan(
      1.5,
    );
  });
});

describe.skipIf(!HAS_PHOTOS)('real RAW files', () => {
  it('a lossy DNG is developed at its whole size, in the tones of its preview', async () => {
    const path = join(PHOTOS, 'raw', 'canon_eos_6d.dng');
    const { jpeg, width, height } = await pool.full(path, { development: 'whole' });
    expect({ width, height }).toEqual({ width: 1224, height: 816 });
    const preview = await pool.full(path);
    expect(preview.width).toBe(1024);
    expect(Math.abs((await meanOf(jpeg)) - (await meanOf(preview.jpeg)))).toBeLessThan(4);
  });

  it('files that lost their sensor data say so instead of showing what is left', async () => {
    for (const name of ['canon-350d_real-preview_no-sensor-data.cr2', 'nikon-d70_real-preview_no-sensor-data.nef']) {
      const path = join(PHOTOS, 'raw', name);
      await expect(pool.full(path, { development: 'half' })).rejects.toThrow(/damaged/);
      expect((await pool.full(path)).width).toBeGreaterThan(600);
    }
  });
});
