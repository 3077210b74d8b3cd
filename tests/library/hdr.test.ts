/** HDR: what says PQ or HLG is brought to standard range; its twin in sRGB looks the same and gets the same grade. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { crc32, deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { measurePicture } from '../../electron/core/analysis/measures/measure.ts';
import { bytesOf } from '../../electron/core/formats/bytes.ts';
import { inspect } from '../../electron/core/formats/inspect.ts';
import { metadataOf } from '../../electron/core/formats/metadata.ts';
import { openPicture } from '../../electron/core/pixels/decode.ts';
import { judgeFacts } from '../../models/measured/critic.ts';
import { ispe, makeHeif, nclx } from './made-heif.ts';

const CASES = fileURLToPath(new URL('../../../shared/cases/04-hdr-pq', import.meta.url));
const HAS_CASES = existsSync(CASES);
if (!HAS_CASES) console.warn('Tests with collected HDR pictures are skipped: ../shared/cases is not there.');

/** BT.709 → BT.2020 for linear light (BT.2087). */
const TO_2020 = [
  [0.6274, 0.3293, 0.0433],
  [0.0691, 0.9195, 0.0114],
  [0.0164, 0.088, 0.8956],
];

function pqOf(light: number): number {
  const power = (light / 10_000) ** 0.1593017578125;
  return ((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power)) ** 78.84375;
}

/** For a display of 1000 cd/m²; the system's gamma of 1.2 undone. */
function hlgOf(rgb: number[]): number[] {
  const luminance = (0.2627 * rgb[0]! + 0.678 * rgb[1]! + 0.0593 * rgb[2]!) / 1000;
  return rgb.map((light) => {
    const scene = luminance <= 0 ? 0 : (light / 1000) * luminance ** (1 / 1.2 - 1);
    return scene <= 1 / 12 ? Math.sqrt(3 * scene) : 0.17883277 * Math.log(12 * scene - 0.28466892) + 0.55991073;
  });
}

const linear = (value: number) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);

const [WIDTH, HEIGHT] = [96, 64];
const scene = Array.from({ length: WIDTH * HEIGHT }, (_, at) => {
  const [x, y] = [(at % WIDTH) / WIDTH, Math.floor(at / WIDTH) / HEIGHT];
  return [x, 0.2 + 0.7 * y, 0.9 - 0.8 * x];
});

function png(samples: number[][], cicp: number[]): Buffer {
  const rows = Buffer.alloc(HEIGHT * (1 + WIDTH * 6));
  for (const [at, pixel] of samples.entries())
    for (const [channel, value] of pixel.entries())
      rows.writeUInt16BE(
        Math.round(value * 65_535),
        Math.floor(at / WIDTH) * (1 + WIDTH * 6) + 1 + (at % WIDTH) * 6 + channel * 2,
      );
  const chunk = (type: string, body: Buffer) => {
    const out = Buffer.alloc(body.length + 12);
    out.writeUInt32BE(body.length, 0);
    out.write(type, 4, 'latin1');
    body.copy(out, 8);
    out.writeUInt32BE(crc32(out.subarray(4, 8 + body.length)), 8 + body.length);
    return out;
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(WIDTH, 0);
  header.writeUInt32BE(HEIGHT, 4);
  header.set([16, 2], 8);
  const start = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  return Buffer.concat([
    start,
    chunk('IHDR', header),
    chunk('cICP', Buffer.from(cicp)),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

async function show(file: Buffer, name: string) {
  const inspection = inspect(bytesOf(file), name);
  const picture = await openPicture(bytesOf(file), name, inspection, { longEdge: 512 });
  return { picture, metadata: metadataOf(inspection, name, Date.now()) };
}

/** Light of the scene in BT.2020, white at 203 cd/m² × `gain`. */
const light = (pixel: number[], gain = 1) => {
  const own = pixel.map((value) => linear(value) * 203 * gain);
  return TO_2020.map((row) => row.reduce((sum, factor, at) => sum + factor * own[at]!, 0));
};

function worst(rgb: Buffer): number {
  return scene.reduce(
    (most, pixel, at) =>
      pixel.reduce((one, value, channel) => Math.max(one, Math.abs(rgb[at * 3 + channel]! - value * 255)), most),
    0,
  );
}

describe('HDR pixels', () => {
  it('without light above white come out as their sRGB twin: PQ', async () => {
    const file = png(
      scene.map((pixel) => light(pixel).map(pqOf)),
      [9, 16, 0, 1],
    );
    const { picture, metadata } = await show(file, 'pq.png');
    expect(worst(picture.rgb)).toBeLessThanOrEqual(4);
    expect([metadata.hdr, metadata.profile]).toEqual(['pq', 'HDR (PQ), BT.2020, shown in standard range']);
  });

  it('of primaries that the screen has, too, come out as their sRGB twin', async () => {
    const file = png(
      scene.map((pixel) => pixel.map((value) => pqOf(linear(value) * 203))),
      [1, 16, 0, 1],
    );
    expect(worst((await show(file, 'pq-709.png')).picture.rgb)).toBeLessThanOrEqual(4);
  });

  it('without light above white come out as their sRGB twin: HLG', async () => {
    const file = png(
      scene.map((pixel) => hlgOf(light(pixel))),
      [9, 18, 0, 1],
    );
    const { picture, metadata } = await show(file, 'hlg.png');
    expect(worst(picture.rgb)).toBeLessThanOrEqual(5);
    expect(metadata.hdr).toBe('hlg');
  });

  it('far above white keep their order, their tones apart, and leave the middle alone', async () => {
    const ramp = Array.from({ length: WIDTH * HEIGHT }, (_, at) => {
      const nits = 1000 * ((at % WIDTH) / (WIDTH - 1)) ** 2;
      return [pqOf(nits), pqOf(nits), pqOf(nits)];
    });
    const { picture } = await show(png(ramp, [9, 16, 0, 1]), 'ramp.png');
    const row = Array.from({ length: WIDTH }, (_, x) => picture.rgb[x * 3]!);
    for (let x = 1; x < WIDTH; x++) expect(row[x]).toBeGreaterThanOrEqual(row[x - 1]!);
    const at = (nits: number) => row[Math.round(Math.sqrt(nits / 1000) * (WIDTH - 1))]!;
    expect(at(1000)).toBeGreaterThan(235);
    expect(at(1000) - at(400)).toBeGreaterThan(8);
    expect(at(400) - at(203)).toBeGreaterThan(12);
    // 18 % grey is 26 cd/m² and stands at 118 of 255.
    expect(Math.abs(at(203 * 0.18) - 118)).toBeLessThan(8);
  });

  it('are known by the nclx box of HEIF files, of which an ordinary picture keeps its pixels', () => {
    const item = (transfer: number) => ({
      id: 1,
      type: 'av01',
      data: Buffer.alloc(9),
      properties: [ispe(8, 8), nclx(9, transfer)],
    });
    const hdrOf = (transfer: number) =>
      metadataOf(inspect(bytesOf(makeHeif([item(transfer)], 1)), 'x.avif'), 'x.avif', 0).hdr;
    expect([hdrOf(16), hdrOf(18), hdrOf(13)]).toEqual(['pq', 'hlg', null]);
  });
});

describe.skipIf(!HAS_CASES)('one scene in PQ and in sRGB', () => {
  it('gets the same grade and looks alike; the one with a gain map shows its base and says so', async () => {
    const [pq, avif, jpeg] = await Promise.all(
      ['seine_hdr_rec2020.avif', 'seine_sdr_gainmap_srgb.avif', 'seine_sdr_gainmap_srgb.jpg'].map((name) =>
        show(readFileSync(join(CASES, name)), name),
      ),
    );
    expect([pq, avif, jpeg].map((one) => one?.metadata.hdr)).toEqual(['pq', 'gain-map', 'gain-map']);
    const grades = [pq!, avif!, jpeg!].map(({ picture: { rgb, width, height, sourceWidth, sourceHeight } }) => {
      const facts = measurePicture({ rgb, width, height, sourceWidth, sourceHeight });
      return judgeFacts(facts, { width: sourceWidth, height: sourceHeight }).critique;
    });
    expect(Math.abs(grades[0]!.value - grades[1]!.value)).toBeLessThan(3);
    expect(grades[0]!.reasons.map(({ name }) => name)).not.toContain('underexposed');
    const mean = ({ picture: { rgb } }: NonNullable<typeof pq>) =>
      rgb.reduce((sum, value) => sum + value, 0) / rgb.length;
    expect(Math.abs(mean(pq!) - mean(avif!))).toBeLessThan(16);
  });
});
