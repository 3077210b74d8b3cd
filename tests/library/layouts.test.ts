/** Rarer layouts of TIFF and BMP, Photoshop documents, JPEG XL and JPEG 2000; what is incomplete; what is too big; what is no photo. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { analyze } from '../../electron/core/analysis/analyze.ts';
import { walkRoot } from '../../electron/core/files/walk.ts';
import { bytesOf } from '../../electron/core/formats/bytes.ts';
import { inspect } from '../../electron/core/formats/inspect.ts';
import { openPicture } from '../../electron/core/pixels/decode.ts';
import { checkSize } from '../../electron/core/pixels/limits.ts';
import { type MadeTiff, makeTiff } from './made-tiff.ts';

const CASES = fileURLToPath(new URL('../../../shared/cases', import.meta.url));
const HAS_CASES = existsSync(CASES);
if (!HAS_CASES) console.warn('Tests with collected files of rarer layouts are skipped: ../shared/cases is not there.');

const folder = mkdtempSync(join(tmpdir(), 'keeplight-layouts-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function show(file: Buffer, name: string, longEdge = 512) {
  const path = join(folder, name);
  writeFileSync(path, file);
  return openPicture(bytesOf(file), path, inspect(bytesOf(file), name), { longEdge });
}

const [WIDTH, HEIGHT] = [83, 70];
/** A smooth picture with all values in it, 0–255. */
const value = (x: number, y: number, sample: number) =>
  Math.round(127.5 + 127.5 * Math.sin((x * (sample + 1)) / 17 + y / 11));

function worst(rgb: Buffer, expected: (x: number, y: number, channel: number) => number): number {
  let most = 0;
  for (let y = 0; y < HEIGHT; y++)
    for (let x = 0; x < WIDTH; x++)
      for (let channel = 0; channel < 3; channel++)
        most = Math.max(most, Math.abs(rgb[(y * WIDTH + x) * 3 + channel]! - expected(x, y, channel)));
  return most;
}

describe('TIFF', () => {
  const grey = { width: WIDTH, height: HEIGHT, samples: 1, photometric: 1 };
  const color = { width: WIDTH, height: HEIGHT, samples: 3, photometric: 2 };
  const cases: [string, MadeTiff, boolean][] = [
    ['separate planes in tiles', { ...color, bits: 8, isPlanar: true, tile: 32, at: value }, true],
    ['separate planes in LZW tiles', { ...color, bits: 8, isPlanar: true, tile: 64, isLzw: true, at: value }, true],
    ['separate planes with an extra sample', { ...color, samples: 4, bits: 8, isPlanar: true, at: value }, true],
    [
      'separate planes of 16 bits in tiles',
      { ...color, bits: 16, isPlanar: true, tile: 48, at: (...of) => value(...of) * 257 },
      true,
    ],
    ['12 bits', { ...grey, bits: 12, at: (x, y) => Math.round((value(x, y, 0) * 4095) / 255) }, false],
    [
      '12 bits of white that is black',
      { ...grey, photometric: 0, bits: 12, at: (x, y) => 4095 - Math.round((value(x, y, 0) * 4095) / 255) },
      false,
    ],
    ['14 bits in color', { ...color, bits: 14, at: (...of) => Math.round((value(...of) * 16_383) / 255) }, true],
    ['signed bytes that are none', { ...grey, bits: 8, format: 2, at: (x, y) => value(x, y, 0) }, false],
    ['signed bytes', { ...grey, bits: 8, format: 2, at: (x, y) => (value(x, y, 0) + 128) % 256 }, false],
    ['32 bits that hold bytes', { ...color, bits: 32, at: value }, true],
    ['32 bits', { ...color, bits: 32, at: (...of) => value(...of) * 16_843_009 }, true],
    ['Zstandard', { ...color, bits: 8, isZstandard: true, at: value }, true],
    ['16 bits in Zstandard', { ...grey, bits: 16, isZstandard: true, at: (x, y) => value(x, y, 0) * 257 }, false],
    ['half floats', { ...grey, bits: 16, format: 3, at: (x, y) => value(x, y, 0) / 255 }, false],
    ['long floats', { ...grey, bits: 64, format: 3, at: (x, y) => value(x, y, 0) / 255 }, false],
  ];
  it.each(cases)('of %s', async (_, made, isColor) => {
    const { rgb, damage, missing } = await show(makeTiff(made), 'made.tif');
    expect([damage, missing]).toEqual([null, 0]);
    expect(worst(rgb, (x, y, channel) => value(x, y, isColor ? channel : 0))).toBeLessThanOrEqual(2);
  });

  it('of few bits in color', async () => {
    const at = (x: number, y: number, sample: number) => Math.round(value(x, y, sample) / 17);
    const { rgb } = await show(makeTiff({ ...color, bits: 4, at }), 'four.tif');
    expect(worst(rgb, (...of) => at(...of) * 17)).toBeLessThanOrEqual(1);
  });

  it.each([
    [1, 1],
    [2, 1],
    [2, 2],
  ] as [number, number][])('of luma and color that %i × %i pixels share', async (across, down) => {
    const [width, height] = [84, 70];
    const shared = (x: number, y: number) => [Math.floor(x / across) * across, Math.floor(y / down) * down] as const;
    const at = (x: number, y: number, sample: number) =>
      sample === 0 ? value(x, y, 0) : 128 + Math.round((value(...shared(x, y), sample) - 128) / 4);
    const made = { ...color, width, height, photometric: 6, bits: 8, at };
    const { rgb } = await show(makeTiff({ ...made, subsampling: [across, down] }), 'ycc.tif');
    // BT.601, worked out anew.
    let most = 0;
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const [luma, blue, red] = [at(x, y, 0), at(x, y, 1) - 128, at(x, y, 2) - 128];
        const green = (luma - 0.299 * (luma + 1.402 * red) - 0.114 * (luma + 1.772 * blue)) / 0.587;
        for (const [channel, right] of [luma + 1.402 * red, green, luma + 1.772 * blue].entries())
          most = Math.max(most, Math.abs(rgb[(y * width + x) * 3 + channel]! - Math.max(0, Math.min(255, right))));
      }
    expect(most).toBeLessThanOrEqual(1);
  });

  it('of inks: the black of paper is the screen’s, white stays white', async () => {
    const inks = [
      [0, 0, 0, 0],
      [191, 173, 171, 230],
    ];
    const at = (x: number, _: number, sample: number) => inks[Math.floor(x / 16) % 2]![sample]!;
    const { rgb } = await show(
      makeTiff({ ...color, width: 64, height: 16, samples: 4, photometric: 5, bits: 8, at }),
      'i.tif',
    );
    expect([...rgb.subarray(8 * 3, 8 * 3 + 3)]).toEqual([255, 255, 255]);
    for (const channel of rgb.subarray(24 * 3, 24 * 3 + 3)) expect(channel).toBeLessThanOrEqual(6);
  });

  it('of ordinary layouts is still left to libvips, which agrees with this reader’s witness', async () => {
    const { rgb } = await show(makeTiff({ ...color, bits: 8, tile: 32, isLzw: true, at: value }), 'plain.tif');
    expect(worst(rgb, value)).toBeLessThanOrEqual(1);
  });

  it('that nothing here unpacks is refused with its compression, not called damaged', async () => {
    const file = makeTiff({ ...grey, bits: 8, at: (x, y) => value(x, y, 0) });
    const at = file.indexOf(Buffer.from([3, 1, 3, 0, 1, 0, 0, 0]));
    file.writeUInt16LE(34_925, at + 8);
    await expect(show(file, 'lzma.tif')).rejects.toThrow(/LZMA/);
  });

  it('that comes out as one color from a file that holds more says so', async () => {
    const varied = makeTiff({ ...grey, bits: 8, at: (x, y) => value(x, y, 0) });
    const flat = makeTiff({ ...grey, width: 200, height: 200, bits: 8, at: () => 90 });
    const tail = Buffer.from(Array.from({ length: 90_000 }, (_, index) => (index * 37) % 251));
    expect((await show(Buffer.concat([flat, tail]), 'flat.tif')).damage).toMatch(/one flat color/);
    expect((await show(flat, 'blank.tif')).damage).toBeNull();
    expect((await show(Buffer.concat([varied, tail]), 'varied.tif')).damage).toBeNull();
  });
});

describe('BMP', () => {
  it('of four bits in runs: runs, literal pixels, jumps and line ends', async () => {
    const palette = Buffer.alloc(64);
    for (let index = 0; index < 16; index++) palette.fill(index * 17, index * 4, index * 4 + 3);
    const data = Buffer.from([
      // Lowest row: six pixels alternating 1 and 2, then the end of the line.
      6, 0x12, 0, 0,
      // Above: five literal pixels 3 4 5 6 7 (three bytes and one to fill up), then one of 8.
      0, 5, 0x34, 0x56, 0x70, 0, 1, 0x80, 0, 0,
      // Top: two to the right, then four of 15; the end.
      0, 2, 2, 0, 4, 0xff, 0, 1,
    ]);
    const header = Buffer.alloc(54);
    header.write('BM', 0, 'latin1');
    header.writeUInt32LE(118, 10);
    header.writeUInt32LE(40, 14);
    header.writeInt32LE(6, 18);
    header.writeInt32LE(3, 22);
    header.writeUInt16LE(1, 26);
    header.writeUInt16LE(4, 28);
    header.writeUInt32LE(2, 30);
    const { rgb } = await show(Buffer.concat([header, palette, data]), 'runs.bmp');
    const rows = [0, 1, 2].map((y) => Array.from({ length: 6 }, (_, x) => rgb[(y * 6 + x) * 3]! / 17));
    expect(rows).toEqual([
      [0, 0, 15, 15, 15, 15],
      [3, 4, 5, 6, 7, 8],
      [1, 2, 1, 2, 1, 2],
    ]);
  });
});

/** A Photoshop document of planes, one row after the other, as it is or in runs of single bytes. */
function psd(
  mode: number,
  bits: 8 | 16,
  planes: number,
  at: MadeTiff['at'],
  isPacked: boolean,
  resources = Buffer.alloc(0),
): Buffer {
  const head = Buffer.alloc(26);
  head.write('8BPS\0\x01', 0, 'latin1');
  head.writeUInt16BE(planes, 12);
  head.writeUInt32BE(HEIGHT, 14);
  head.writeUInt32BE(WIDTH, 18);
  head.writeUInt16BE(bits, 22);
  head.writeUInt16BE(mode, 24);
  const rows: Buffer[] = [];
  for (let plane = 0; plane < planes; plane++)
    for (let y = 0; y < HEIGHT; y++) {
      const row = Buffer.alloc((WIDTH * bits) / 8);
      for (let x = 0; x < WIDTH; x++)
        row.writeUIntBE(at(x, y, plane) * (bits === 16 ? 257 : 1), (x * bits) / 8, bits / 8);
      rows.push(isPacked ? Buffer.concat([Buffer.from([row.length - 1]), row]) : row);
    }
  const lengths = Buffer.alloc(isPacked ? rows.length * 2 : 0);
  if (isPacked) for (const [index, row] of rows.entries()) lengths.writeUInt16BE(row.length, index * 2);
  const sized = (body: Buffer) => {
    const size = Buffer.alloc(4);
    size.writeUInt32BE(body.length);
    return Buffer.concat([size, body]);
  };
  return Buffer.concat([
    head,
    sized(Buffer.alloc(0)),
    sized(resources),
    sized(Buffer.alloc(0)),
    Buffer.from([0, isPacked ? 1 : 0]),
    lengths,
    ...rows,
  ]);
}

describe('Photoshop documents', () => {
  it.each([
    ['RGB', 3, 8, false],
    ['RGB in runs', 3, 8, true],
    ['RGB of 16 bits', 3, 16, false],
  ] as const)('show their composite: %s', async (_, mode, bits, isPacked) => {
    const shown = await show(psd(mode, bits, 4, value, isPacked), 'made.psd');
    expect([shown.sourceWidth, shown.sourceHeight, shown.damage]).toEqual([WIDTH, HEIGHT, null]);
    expect(worst(shown.rgb, value)).toBeLessThanOrEqual(1);
  });

  it('in CMYK keep white white and black black, in Lab their hues', async () => {
    const white = await show(
      psd(4, 8, 4, (x) => (x < 40 ? 255 : 0), false),
      'cmyk.psd',
    );
    expect(white.rgb[0]).toBeGreaterThan(245);
    expect(white.rgb[(WIDTH - 1) * 3]).toBeLessThan(60);
    const red = await show(
      psd(9, 8, 3, (_, __, plane) => [136, 208, 195][plane]!, false),
      'lab.psd',
    );
    expect([red.rgb[0]! > 240, red.rgb[1]! < 40, red.rgb[2]! < 40]).toEqual([true, true, true]);
  });

  it('that are cut say how much is missing, and without a composite say that', async () => {
    const whole = psd(3, 8, 3, value, false);
    const cut = await show(whole.subarray(0, whole.length - Math.round(WIDTH * HEIGHT * 0.4)), 'cut.psd');
    expect(cut.missing).toBeCloseTo(0.4, 1);
    expect(cut.damage).toMatch(/40 % is missing/);
    const version = Buffer.from('3842494d04210000000000050000000100', 'hex');
    const none = await show(
      psd(3, 8, 3, () => 255, false, Buffer.concat([version, Buffer.alloc(1)])),
      'none.psd',
    );
    expect(none.damage).toMatch(/composite/);
  });
});

describe('what is incomplete', () => {
  it('is known by its share, and measured by what is there', async () => {
    const scene = await sharp({
      create: {
        width: 600,
        height: 400,
        channels: 3,
        background: '#777',
        noise: { type: 'gaussian', mean: 128, sigma: 60 },
      },
    })
      .png({ compressionLevel: 0 })
      .toBuffer();
    const look = async (file: Buffer, name: string) => {
      const path = join(folder, name);
      writeFileSync(path, file);
      const previews = { thumb: join(folder, 'thumb.jpg'), screen: join(folder, 'screen.jpg') };
      const { picture } = await analyze({ files: [path], previews });
      return picture!.facts.seen;
    };
    const whole = await look(scene, 'whole.png');
    const cut = await look(scene.subarray(0, Math.round(scene.length * 0.4)), 'cut.png');
    expect(whole.missing).toBeUndefined();
    expect(cut.missing).toBeCloseTo(0.6, 1);
    // What fills the rest is dark, and would be more than half of what is measured.
    expect(Math.abs(cut.brightness - whole.brightness)).toBeLessThan(10);
  });
});

describe('what would hold too much', () => {
  const interlaced = (edge: number, bits: number) => {
    const file = Buffer.alloc(60);
    file.write('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 0, 'latin1');
    file.writeUInt32BE(edge, 16);
    file.writeUInt32BE(edge, 20);
    file.set([bits, 2, 0, 0, 1], 24);
    return inspect(bytesOf(file), 'x.png');
  };
  it('is bounded by pixels × bytes, not by pixels', () => {
    expect(() => checkSize(interlaced(10_400, 16))).toThrow(/more than can be decoded/);
    expect(() => checkSize(interlaced(10_400, 8))).not.toThrow();
    expect(() => checkSize(interlaced(8_000, 16))).not.toThrow();
  });
});

describe('what is no photo', () => {
  it('is left alone: backups, caches, insides of libraries; every picture is found, read or not', async () => {
    const root = join(folder, 'root');
    const jxl = Buffer.concat([Buffer.from([0xff, 0x0a]), Buffer.alloc(40, 1)]);
    const put = (name: string, body: Buffer = Buffer.concat([Buffer.from('ffd8ffe0', 'hex'), Buffer.alloc(40)])) => {
      mkdirSync(dirname(join(root, name)), { recursive: true });
      writeFileSync(join(root, name), body);
    };
    const found = [
      'a.jpg',
      'a.jxl',
      'b.jp2',
      'c.psd',
      'd.PSB',
      'e.exr',
      'f.dpx',
      'g.pcd',
      'h.eip',
      'My.photoslibrary/originals/0/A.heic',
      'Old.photolibrary/Masters/2010/b.jpg',
    ];
    for (const name of found) put(name, name.endsWith('jxl') ? jxl : undefined);
    put('unnamed', jxl);
    const left = [
      'a.jpg_original',
      'a.jpg~',
      '._a.jpg',
      '.trashed-1-a.jpg',
      '@eaDir/a.jpg/x.jpg',
      'L.lrdata/a.jpg',
      'a.jpg.bak',
      'A.JPG_original',
    ];
    const inside = [
      'My.photoslibrary/resources/derivatives/x.jpg',
      'My.photoslibrary/database/x.jpg',
      'My.photoslibrary/x.jpg',
    ];
    for (const name of [...left, ...inside]) put(name);
    const names: string[] = [];
    for await (const one of walkRoot(root)) names.push(one.relativePath);
    expect(names.sort()).toEqual([...found, 'unnamed'].sort());
  });

  it('of formats that cannot be read says which they are', () => {
    const told = (start: Buffer, name: string) => () =>
      inspect(bytesOf(Buffer.concat([start, Buffer.alloc(600, 3)])), name);
    expect(told(Buffer.from('762f3101', 'hex'), 'a.exr')).toThrow(/OpenEXR pictures cannot be read/);
    expect(told(Buffer.from('II\xbc\x01', 'latin1'), 'a.wdp')).toThrow(/JPEG XR/);
    expect(told(Buffer.from('SDPX'), 'a')).toThrow(/DPX/);
    expect(told(Buffer.alloc(512), 'a.pict')).toThrow(/PICT pictures cannot be read/);
    expect(told(Buffer.from([0, 0, 2, 0]), 'a.tga')).toThrow(/TGA pictures cannot be read/);
  });
});

describe.skipIf(!HAS_CASES)('collected files', () => {
  it.each([
    ['10-silent-skip/a.jxl', 1440, 1080],
    ['10-silent-skip/c.jp2', 800, 800],
    ['09-tiff-refused/tiff_tiled_planar_lzw.tiff', 278, 374],
    ['09-tiff-refused/12bit.cropped.tif', 100, 100],
    ['09-tiff-refused/pal4rle.bmp', 127, 64],
    ['08-wrong-tiff-pixels/8bit.s.tif', 128, 128],
    ['08-wrong-tiff-pixels/ojpeg-tile.tif', 234, 213],
  ])('%s shows %d × %d pixels with something in them', async (name, width, height) => {
    const shown = await show(readFileSync(join(CASES, name)), name.split('/')[1]!);
    expect([shown.sourceWidth, shown.sourceHeight, shown.damage]).toEqual([width, height, null]);
    const levels = [...shown.rgb].sort((a, b) => a - b);
    expect(levels[Math.floor(levels.length * 0.95)]! - levels[Math.floor(levels.length * 0.05)]!).toBeGreaterThan(40);
  });

  it('of ImageMagick’s reading: signed bytes 0.33 bright, old-style JPEG 58 of 255', async () => {
    const mean = async (name: string) => {
      const { rgb } = await show(readFileSync(join(CASES, '08-wrong-tiff-pixels', name)), name);
      return rgb.reduce((sum, one) => sum + one, 0) / rgb.length;
    };
    expect((await mean('8bit.s.tif')) / 255).toBeCloseTo(0.332, 2);
    expect(Math.abs((await mean('ojpeg-tile.tif')) - 58)).toBeLessThan(2.5);
  });

  it('that says its turn only in XMP is turned', () => {
    const file = readFileSync(join(CASES, '18-xmp-orientation/xmp_tags_orientation_exiftool.png'));
    expect(inspect(bytesOf(file), 'x.png').turn).toBe(3);
  });
});
