/** RAW frames of makers of which no whole file is at hand, built around a real JPEG: the preview is found, turned and sized. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bytesOf, openBytes } from '../../electron/core/formats/bytes.ts';
import { inspect } from '../../electron/core/formats/inspect.ts';
import { openPicture } from '../../electron/core/pixels/decode.ts';

const folder = mkdtempSync(join(tmpdir(), 'keeplight-raw-'));
afterAll(() => rmSync(folder, { recursive: true }));

let preview: Buffer;
let thumbnail: Buffer;
beforeAll(async () => {
  const picture = (width: number, height: number) =>
    sharp({ create: { width, height, channels: 3, background: '#c03020' } })
      .jpeg()
      .toBuffer();
  preview = await picture(1200, 800);
  thumbnail = await picture(160, 120);
});

type Entry = [tag: number, type: 2 | 3 | 4 | 7, value: number | string | Buffer];

/** A little-endian TIFF frame of one directory; what does not fit an entry follows it. */
function frame(magic: string, entries: Entry[], rest: Buffer): Buffer {
  const sorted = [...entries].sort(([a], [b]) => a - b);
  const directory = Buffer.alloc(8 + 2 + sorted.length * 12 + 4);
  directory.write(magic, 0, 'latin1');
  directory.writeUInt32LE(8, 4);
  directory.writeUInt16LE(sorted.length, 8);
  const extra: Buffer[] = [];
  let position = directory.length;
  for (const [index, [tag, type, value]] of sorted.entries()) {
    const at = 10 + index * 12;
    directory.writeUInt16LE(tag, at);
    directory.writeUInt16LE(type, at + 2);
    if (typeof value === 'number') {
      directory.writeUInt32LE(1, at + 4);
      directory.writeUInt32LE(value, at + 8);
    } else {
      const body = typeof value === 'string' ? Buffer.from(`${value}\0`.padEnd(6, '\0')) : value;
      directory.writeUInt32LE(body.length, at + 4);
      directory.writeUInt32LE(position, at + 8);
      extra.push(body);
      position += body.length;
    }
  }
  return Buffer.concat([directory, ...extra, rest]);
}

async function look(name: string, bytes: Buffer) {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  using opened = openBytes(path);
  const inspection = inspect(opened, name);
  const { rgb, width, height, sourceWidth, sourceHeight, damage } = await openPicture(opened, path, inspection, {
    longEdge: 600,
  });
  expect(rgb[0]! - rgb[1]!).toBeGreaterThan(100);
  return { kind: inspection.kind, size: [width, height], source: [sourceWidth, sourceHeight], damage };
}

describe('RAW frames', () => {
  it('of Olympus, Pentax, Samsung, Kodak: the preview that no directory names is found by its bytes', async () => {
    const noise = Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 37) % 255));
    const rest = () => Buffer.concat([noise, thumbnail, noise, preview, noise]);
    const size: Entry[] = [
      [0x100, 4, 4000],
      [0x101, 4, 2600],
    ];
    const cases: [name: string, magic: string, make: string, kind: string][] = [
      ['a.orf', 'IIRO', 'OLYMPUS IMAGING CORP.', 'raw:olympus'],
      ['a.pef', 'II*\0', 'PENTAX Corporation', 'raw:pentax'],
      ['a.srw', 'II*\0', 'SAMSUNG', 'raw:samsung'],
      ['a.dcr', 'II*\0', 'EASTMAN KODAK COMPANY', 'raw:kodak'],
      ['a.3fr', 'II*\0', 'Hasselblad', 'raw:hasselblad'],
    ];
    for (const [name, magic, make, kind] of cases)
      expect([name, await look(name, frame(magic, [[0x10f, 2, make], ...size], rest()))]).toEqual([
        name,
        { kind, size: [600, 400], source: [4000, 2600], damage: null },
      ]);
  });

  it('of Panasonic: the preview in a tag, the size by its borders, strips that lead nowhere', async () => {
    const bytes = frame(
      'IIU\0',
      [
        [0x2e, 7, preview],
        [0x10f, 2, 'Panasonic'],
        [4, 3, 8],
        [5, 3, 4],
        [6, 3, 2608],
        [7, 3, 4004],
        [0x111, 4, 0xffffffff],
        [0x117, 4, 1000],
      ],
      Buffer.alloc(64),
    );
    expect(await look('a.rw2', bytes)).toEqual({
      kind: 'raw:panasonic',
      size: [600, 400],
      source: [4000, 2600],
      damage: null,
    });
  });

  it('of Fujifilm: preview and size by the header', async () => {
    const header = Buffer.alloc(160);
    header.write('FUJIFILMCCD-RAW 0201', 0, 'latin1');
    header.writeUInt32BE(160, 84);
    header.writeUInt32BE(preview.length, 88);
    header.writeUInt32BE(120, 92);
    header.writeUInt32BE(1, 120);
    for (const [index, value] of [0x111, 4, 4000, 6000].entries()) header.writeUInt16BE(value, 124 + index * 2);
    expect(await look('a.raf', Buffer.concat([header, preview]))).toEqual({
      kind: 'raw:fujifilm',
      size: [600, 400],
      source: [6000, 4000],
      damage: null,
    });
  });

  it('of Canon (CR3): boxes, with the orientation of the RAW applied to the preview', async () => {
    const box = (type: string, ...parts: Buffer[]) => {
      const body = Buffer.concat(parts);
      const head = Buffer.alloc(8);
      head.writeUInt32BE(body.length + 8, 0);
      head.write(type, 4, 'latin1');
      return Buffer.concat([head, body]);
    };
    const main = frame(
      'II*\0',
      [
        [0x10f, 2, 'Canon'],
        [0x112, 3, 6],
      ],
      Buffer.alloc(16),
    );
    const exif = frame(
      'II*\0',
      [
        [0xa002, 4, 6000],
        [0xa003, 4, 4000],
        [0x9003, 2, '2020:01:02 03:04:05'],
      ],
      Buffer.alloc(16),
    );
    const uuid = Buffer.from('85c0b687820f11e08111f4ce462b6a48', 'hex');
    const bytes = Buffer.concat([
      box('ftyp', Buffer.from('crx \0\0\0\x01crx isom', 'latin1')),
      box('moov', box('uuid', uuid, box('CMT1', main), box('CMT2', exif))),
      box('mdat', preview),
    ]);
    expect(await look('a.cr3', bytes)).toEqual({
      kind: 'raw:canon',
      size: [400, 600],
      source: [4000, 6000],
      damage: null,
    });
  });

  it('are not turned twice when the preview is stored upright already', async () => {
    const portrait = await sharp(preview).rotate(90).jpeg().toBuffer();
    const bytes = frame(
      'II*\0',
      [
        [0x10f, 2, 'NIKON'],
        [0x100, 4, 4000],
        [0x101, 4, 2600],
        [0x112, 3, 8],
      ],
      portrait,
    );
    expect(await look('a.nef', bytes)).toMatchObject({ size: [400, 600], source: [2600, 4000] });
  });

  it('that were cut say so: with their preview when that is whole, without when nothing is left', async () => {
    const entries: Entry[] = [
      [0x10f, 2, 'SONY'],
      [0x100, 4, 4000],
      [0x101, 4, 2600],
      [0x103, 3, 32767],
      [0x111, 4, 100_000],
      [0x117, 4, 9_000_000],
    ];
    const whole = frame('II*\0', entries, preview);
    expect(await look('cut.arw', whole)).toMatchObject({
      size: [600, 400],
      damage: expect.stringMatching(/RAW data is incomplete/),
    });
    const bare = frame('II*\0', entries, Buffer.alloc(200));
    await expect(look('bare.arw', bare)).rejects.toThrow(/incomplete and no preview/);
    expect(inspect(bytesOf(bare), 'bare.arw').raw?.previews).toEqual([]);
  });
});
