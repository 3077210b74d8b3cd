/** TIFF pixels that decoders show wrongly: Lab of eight bits, RGB in floats that is linear or encoded, with a profile or none. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { namedProfile } from '../../electron/core/formats/icc.ts';
import { decodeFile } from '../../electron/core/pixels/full-picture.ts';

const folder = mkdtempSync(join(tmpdir(), 'keeplight-tiff-'));
afterAll(() => rmSync(folder, { recursive: true }));

const WIDTH = 96;
const HEIGHT = 64;
const PIXELS = WIDTH * HEIGHT;
type Entry = [tag: number, type: 3 | 4 | 7, value: number | number[] | Buffer];

/** An uncompressed TIFF of one strip in either byte order. */
function tiff(body: Buffer, entries: Entry[], little = true): Buffer {
  const all: Entry[] = [
    ...entries,
    [256, 4, WIDTH],
    [257, 4, HEIGHT],
    [259, 3, 1],
    [277, 3, 3],
    [278, 4, HEIGHT],
    [279, 4, body.length],
    [273, 4, 0],
  ];
  all.sort(([a], [b]) => a - b);
  const head = Buffer.alloc(8 + 2 + all.length * 12 + 4);
  const extra: Buffer[] = [];
  let position = head.length;
  const write16 = (value: number, at: number, into: Buffer = head) =>
    little ? into.writeUInt16LE(value, at) : into.writeUInt16BE(value, at);
  const write32 = (value: number, at: number) =>
    little ? head.writeUInt32LE(value, at) : head.writeUInt32BE(value, at);
  head.write(little ? 'II' : 'MM', 0, 'latin1');
  write16(42, 2);
  write32(8, 4);
  write16(all.length, 8);
  let strip = 0;
  for (const [index, [tag, type, value]] of all.entries()) {
    const at = 10 + index * 12;
    write16(tag, at);
    write16(type, at + 2);
    if (typeof value === 'number') {
      write32(1, at + 4);
      if (type === 3) write16(value, at + 8);
      else write32(value, at + 8);
      if (tag === 273) strip = at + 8;
      continue;
    }
    const bytes = Buffer.isBuffer(value) ? value : Buffer.alloc(value.length * 2);
    if (!Buffer.isBuffer(value)) for (const [place, number] of value.entries()) write16(number, place * 2, bytes);
    write32(value.length, at + 4);
    write32(position, at + 8);
    extra.push(bytes);
    position += bytes.length;
  }
  write32(position, strip);
  return Buffer.concat([head, ...extra, body]);
}

async function open(name: string, bytes: Buffer, longEdge = 512) {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return decodeFile(path, longEdge);
}

describe('Lab of eight bits', () => {
  // By the definitions of CIELab (D50) and sRGB, worked out by hand.
  const cases: [lab: [number, number, number], srgb: [number, number, number]][] = [
    [
      [50, 0, 0],
      [119, 119, 119],
    ],
    [
      [100, 0, 0],
      [255, 255, 255],
    ],
    [
      [0, 0, 0],
      [0, 0, 0],
    ],
    [
      [54.29, 80.8, 69.89],
      [255, 0, 0],
    ],
    [
      [87.82, -79.27, 80.99],
      [0, 255, 0],
    ],
    [
      [29.57, 68.3, -112.03],
      [0, 0, 255],
    ],
  ];
  it.each([
    ['CIELab', 8],
    ['ICCLab', 9],
  ] as const)(
    '%s becomes the colors that it names, averaged without a seam where a* or b* changes its sign',
    async (_, photometric) => {
      for (const [index, [[lightness, a, b], expected]] of cases.entries()) {
        const body = Buffer.alloc(PIXELS * 3);
        const shift = photometric === 9 ? 128 : 0;
        for (let pixel = 0; pixel < PIXELS; pixel++) {
          // Neighbours on both sides of the value: zero becomes −1 and 1.
          const sway = pixel % 2 === 0 ? 1 : -1;
          body.set(
            [Math.round(lightness * 2.55), (Math.round(a) + sway + shift) & 255, (Math.round(b) + sway + shift) & 255],
            pixel * 3,
          );
        }
        const entries: Entry[] = [
          [258, 3, [8, 8, 8]],
          [262, 3, photometric],
        ];
        const { rgb, width } = await open(`${photometric}-${index}.tif`, tiff(body, entries, index % 2 === 0), 48);
        expect(width).toBe(48);
        const middle = (24 * 16 + 24) * 3;
        for (const channel of [0, 1, 2])
          expect(Math.abs(rgb[middle + channel]! - expected[channel]!), `${index} ${channel}`).toBeLessThan(12);
      }
    },
  );
});

describe('RGB in floats', () => {
  const FLOAT: Entry[] = [
    [258, 3, [32, 32, 32]],
    [262, 3, 2],
    [339, 3, [3, 3, 3]],
  ];
  const ramp = (value: (share: number) => number) => {
    const body = Buffer.alloc(PIXELS * 12);
    for (let pixel = 0; pixel < PIXELS; pixel++)
      for (const channel of [0, 1, 2])
        body.writeFloatLE(value((pixel % WIDTH) / (WIDTH - 1)), (pixel * 3 + channel) * 4);
    return body;
  };
  const linear = (share: number) => (share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4);
  const expectRamp = (rgb: Buffer) => {
    for (const x of [0, 24, 48, 72, 95]) expect(Math.abs(rgb[x * 3]! - (255 * x) / 95), `${x}`).toBeLessThan(4);
  };

  it('is linear light or encoded, by what it looks like where no profile says it', async () => {
    expectRamp((await open('linear.tif', tiff(ramp(linear), FLOAT))).rgb);
    expectRamp(
      (
        await open(
          'encoded.tif',
          tiff(
            ramp((share) => share),
            FLOAT,
          ),
        )
      ).rgb,
    );
    // A bright linear scene has lights above white.
    const { rgb } = await open(
      'bright.tif',
      tiff(
        ramp((share) => 0.5 + share),
        FLOAT,
      ),
    );
    expect(rgb[0]).toBe(188);
  });

  it('follows its profile, and shows no-numbers as black', async () => {
    const profile = namedProfile('adobe-rgb');
    const flat = Buffer.alloc(PIXELS * 12);
    for (let pixel = 0; pixel < PIXELS; pixel++)
      for (const [channel, value] of [120, 180, 100].entries())
        flat.writeFloatLE(value / 255, (pixel * 3 + channel) * 4);
    const { rgb } = await open('adobe.tif', tiff(flat, [...FLOAT, [34675, 7, profile]]));
    expect(Math.abs(rgb[1]! - 181)).toBeLessThan(4);
    expect(rgb[0]).toBeLessThan(88);
    // The same primaries with straight curves.
    const straight = Buffer.from(profile);
    for (let at = straight.indexOf('curv'); at !== -1; at = straight.indexOf('curv', at + 4))
      straight.writeUInt16BE(256, at + 12);
    const light = Buffer.from(flat);
    for (let at = 0; at < light.length; at += 4) light.writeFloatLE(flat.readFloatLE(at) ** (563 / 256), at);
    const same = await open('straight.tif', tiff(light, [...FLOAT, [34675, 7, straight]]));
    for (const channel of [0, 1, 2]) expect(Math.abs(same.rgb[channel]! - rgb[channel]!)).toBeLessThan(4);
    const holes = ramp((share) => (share > 0.5 ? Number.NaN : 0.2));
    expect([...(await open('holes.tif', tiff(holes, FLOAT))).rgb.subarray(-3)]).toEqual([0, 0, 0]);
  });

  it('in a file of the decoder’s own making stays as it was', async () => {
    const source = sharp({ create: { width: 64, height: 48, channels: 3, background: '#4060a0' } });
    const bytes = await source.toColourspace('scrgb').tiff({ compression: 'deflate' }).toBuffer();
    const { rgb } = await open('own.tif', bytes);
    for (const [channel, value] of [0x40, 0x60, 0xa0].entries())
      expect(Math.abs(rgb[channel]! - value)).toBeLessThan(3);
  });
});
