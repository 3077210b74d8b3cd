/** What decoded pictures look like: turned once, in sRGB, nothing black that is not black. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { openBytes } from '../../electron/core/formats/bytes.ts';
import { namedProfile, profileDescription } from '../../electron/core/formats/icc.ts';
import { inspect } from '../../electron/core/formats/inspect.ts';
import { openPicture, type Picture } from '../../electron/core/pixels/decode.ts';
import { renderFull } from '../../electron/core/pixels/full-picture.ts';
import { HAS_PHOTOS, PHOTOS } from './real-photos.ts';

const folder = mkdtempSync(join(tmpdir(), 'keeplight-pixels-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function open(path: string, longEdge = 512): Promise<Picture> {
  using bytes = openBytes(path);
  return openPicture(bytes, path, inspect(bytes, basename(path)), { longEdge });
}

/** Mean absolute difference of two pictures of one shape, 0–255. */
async function difference(a: Picture, b: Picture): Promise<number> {
  const [first, second] = await Promise.all(
    [a, b].map(({ rgb, width, height }) =>
      sharp(rgb, { raw: { width, height, channels: 3 } })
        .resize(120, 90, { fit: 'fill' })
        .raw()
        .toBuffer(),
    ),
  );
  return first!.reduce((sum, value, index) => sum + Math.abs(value - second![index]!), 0) / first!.length;
}

function meanOf({ rgb }: Picture): number[] {
  const sums = [0, 0, 0];
  for (let at = 0; at < rgb.length; at++) sums[at % 3]! += rgb[at]!;
  return sums.map((sum) => (sum * 3) / rgb.length);
}

describe.skipIf(!HAS_PHOTOS)('real photos', () => {
  it('are turned upright, whatever of the eight ways they are stored', async () => {
    const reference = await open(join(PHOTOS, 'orientation/waterfall_orientation1.jpg'));
    expect([reference.width, reference.height]).toEqual([512, 384]);
    for (let orientation = 2; orientation <= 8; orientation++) {
      const picture = await open(join(PHOTOS, `orientation/waterfall_orientation${orientation}.jpg`));
      expect([picture.width, picture.height]).toEqual([512, 384]);
      // The digit in the middle and JPEG's losses differ; a wrong turn differs by more than 40.
      expect(await difference(reference, picture), `orientation ${orientation}`).toBeLessThan(9);
    }
  });

  it('look alike in Display P3 and in sRGB, in SWOP and in bare CMYK', async () => {
    const pair = (a: string, b: string) => Promise.all([open(join(PHOTOS, a)), open(join(PHOTOS, b))]);
    const [p3, srgb] = await pair(
      'colour/iceland-sunset_display-p3_nikon-d800e.jpg',
      'colour/iceland-sunset_srgb_nikon-d800e.jpg',
    );
    expect(await difference(p3, srgb)).toBeLessThan(6);
    const [swop, bare] = await pair('colour/cmyk_swop_canon-300d.jpg', 'colour/cmyk_no-profile_canon-300d.jpg');
    expect(await difference(swop, bare)).toBeLessThan(16);
  });

  it('show the sliver of a thermal picture as greys from dark to light', async () => {
    const { rgb } = await open(join(PHOTOS, 'colour/thermal-16bit-gps_dji-flir.tif'));
    const sorted = [...rgb].sort((a, b) => a - b);
    expect(sorted[Math.floor(sorted.length * 0.02)]).toBeLessThan(60);
    expect(sorted[Math.floor(sorted.length * 0.98)]).toBeGreaterThan(160);
  });

  it('turn HEIC and AVIF exactly once', async () => {
    const meerkat = await open(join(PHOTOS, 'heic/meerkat-print_iphone15pro_orientation6.heic'), 400);
    expect([meerkat.width, meerkat.height]).toEqual([300, 400]);
    // The green print hangs in the middle of a bright wall: upright it is taller than wide.
    const isPrint = (x: number, y: number) => {
      const at = (Math.round(y * 399) * 300 + Math.round(x * 299)) * 3;
      return meerkat.rgb[at]! - meerkat.rgb[at + 2]! > 40;
    };
    expect([isPrint(0.5, 0.33), isPrint(0.5, 0.68)]).toEqual([true, true]);
    expect([isPrint(0.2, 0.5), isPrint(0.8, 0.5)]).toEqual([false, false]);
    const breakfast = await open(join(PHOTOS, 'formats/breakfast_iphone-xs_already-upright.avif'), 400);
    expect([breakfast.width, breakfast.height]).toEqual([300, 400]);
  });

  it('come in full: the original bytes where a browser shows them right, else an upright sRGB JPEG', async () => {
    const plain = join(PHOTOS, '2003-2008 travel/skiers_canon-a70.jpg');
    expect((await renderFull(plain)).jpeg.length).toBe(850_343);
    const turned = await renderFull(join(PHOTOS, 'phones/man-in-train_samsung-i9000_orientation6.jpg'));
    expect([turned.width, turned.height]).toEqual([480, 640]);
    const raw = await renderFull(join(PHOTOS, 'raw/nikon-d70_real-preview_no-sensor-data.nef'));
    expect([raw.width, raw.height, raw.jpeg.length]).toEqual([1024, 680, 176_462]);
    const wide = await renderFull(join(PHOTOS, 'colour/iceland-sunset_display-p3_nikon-d800e.jpg'));
    expect((await sharp(wide.jpeg).metadata()).icc).toBeUndefined();
    const huge = await renderFull(join(PHOTOS, 'huge/gray-20000x14000.jpg'));
    expect(huge.width * huge.height).toBeLessThanOrEqual(64e6);
    await expect(renderFull(join(PHOTOS, 'damaged/zero-byte.jpg'))).rejects.toThrow(/empty/);
  });
});

describe('made pictures', () => {
  const gradient = (width: number, height: number) => {
    const rgb = Buffer.alloc(width * height * 3);
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) rgb.set([(x * 255) / width, (y * 255) / height, 90], (y * width + x) * 3);
    return rgb;
  };
  const write = (name: string, bytes: Buffer) => {
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
  };
  const width = 96;
  const height = 64;
  const source = () => sharp(gradient(width, height), { raw: { width, height, channels: 3 } });
  const reference = {
    rgb: gradient(width, height),
    width,
    height,
    sourceWidth: width,
    sourceHeight: height,
    damage: null,
    missing: 0,
    missingAt: 'bottom' as const,
    profile: null,
    decodedWidth: width,
    decodedHeight: height,
  };

  it('read the same from every format', async () => {
    const files = {
      'a.png': await source().png().toBuffer(),
      'b.png': await source().toColourspace('rgb16').png().toBuffer(),
      'c.tif': await source().tiff({ compression: 'lzw' }).toBuffer(),
      'd.webp': await source().webp({ lossless: true }).toBuffer(),
      'e.avif': await source().avif({ quality: 90 }).toBuffer(),
      'f.jpg': await source().jpeg({ quality: 95, progressive: true }).toBuffer(),
      'g.gif': await source().gif().toBuffer(),
      'h.bmp': bitmap(gradient(width, height), width, height, 24),
      'i.bmp': bitmap(gradient(width, height), width, height, 32),
      'j.tif': await source().tiff({ bigtiff: true, tile: true }).toBuffer(),
    };
    for (const [name, bytes] of Object.entries(files)) {
      const picture = await open(write(name, bytes));
      expect([name, picture.width, picture.height, picture.damage]).toEqual([name, width, height, null]);
      expect(await difference(reference, picture), name).toBeLessThan(name === 'g.gif' ? 8 : 3);
    }
  });

  it('turn PNG, WebP and TIFF by their EXIF too', async () => {
    for (const format of ['png', 'webp', 'tiff'] as const) {
      const bytes = await source().withMetadata({ orientation: 6 }).toFormat(format).toBuffer();
      const picture = await open(write(`turned.${format}`, bytes));
      expect([format, picture.width, picture.height, picture.sourceWidth]).toEqual([format, height, width, height]);
      // The stored lower left corner (little red, much green) comes to the upper left.
      expect(picture.rgb[0]).toBeLessThan(30);
      expect(picture.rgb[1]).toBeGreaterThan(220);
    }
  });

  it('show Adobe RGB right even when only the EXIF says it (DCF option file)', async () => {
    const flat = sharp({ create: { width: 64, height: 64, channels: 3, background: { r: 120, g: 180, b: 100 } } });
    const bytes = await flat
      .withExif({ IFD3: {}, IFD0: { Make: 'Canon' } })
      .jpeg({ quality: 98 })
      .toBuffer();
    const asSrgb = await open(write('srgb.jpg', bytes));
    const asAdobe = await open(write('adobe.jpg', withOptionFile(bytes)));
    expect(Math.abs(meanOf(asSrgb)[0]! - 120)).toBeLessThan(2);
    // sRGB of Adobe RGB (120, 180, 100): ICC arithmetic by hand gives (73, 181, 95).
    const [red, green, blue] = meanOf(asAdobe);
    expect(red).toBeGreaterThan(60);
    expect(red).toBeLessThan(88);
    expect(Math.abs(green! - 181)).toBeLessThan(4);
    expect(Math.abs(blue! - 95)).toBeLessThan(8);
    expect(profileDescription(namedProfile('adobe-rgb'))).toBe('Adobe RGB compatible');
  });

  it('put transparent parts on grey and take the first of several pages', async () => {
    const clear = await sharp({
      create: { width: 32, height: 32, channels: 4, background: { r: 255, g: 0, b: 0, alpha: 0 } },
    })
      .png()
      .toBuffer();
    expect(meanOf(await open(write('clear.png', clear)))).toEqual([128, 128, 128]);
  });

  it('tell how much of a cut file is missing', async () => {
    const noise = await sharp({
      create: {
        width: 800,
        height: 600,
        channels: 3,
        background: '#888',
        noise: { type: 'gaussian', mean: 128, sigma: 40 },
      },
    })
      .jpeg()
      .toBuffer();
    const cut = await open(write('cut.jpg', noise.subarray(0, Math.round(noise.length * 0.6))));
    const missing = Number(/lower (\d+) % is missing/.exec(cut.damage ?? '')?.[1]);
    expect(missing).toBeGreaterThan(33);
    expect(missing).toBeLessThan(47);
    await expect(open(write('stub.jpg', noise.subarray(0, 250)))).rejects.toThrow(/missing|damaged/);
  });

  it('refuse what only declares to be huge, before decoding', async () => {
    const png = await source().png().toBuffer();
    png.writeUInt32BE(60_000, 16);
    png.writeUInt32BE(60_000, 20);
    await expect(open(write('bomb.png', png))).rejects.toThrow(/3,600 megapixels/);
    const bmp = bitmap(gradient(width, height), width, height, 24);
    bmp.writeInt32LE(50_000, 18);
    bmp.writeInt32LE(50_000, 22);
    await expect(open(write('bomb.bmp', bmp))).rejects.toThrow(/2,500 megapixels/);
  });
});

function bitmap(rgb: Buffer, width: number, height: number, bits: 24 | 32): Buffer {
  const bytes = bits / 8;
  const stride = Math.ceil((width * bits) / 32) * 4;
  const file = Buffer.alloc(54 + stride * height);
  file.write('BM', 0, 'latin1');
  file.writeUInt32LE(file.length, 2);
  file.writeUInt32LE(54, 10);
  file.writeUInt32LE(40, 14);
  file.writeInt32LE(width, 18);
  file.writeInt32LE(height, 22);
  file.writeUInt16LE(1, 26);
  file.writeUInt16LE(bits, 28);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const from = (y * width + x) * 3;
      const to = 54 + (height - 1 - y) * stride + x * bytes;
      for (let channel = 0; channel < 3; channel++) file[to + channel] = rgb[from + 2 - channel]!;
    }
  return file;
}

/** The JPEG with an EXIF block that says interoperability index R03 and nothing else. */
function withOptionFile(jpeg: Buffer): Buffer {
  const tiff = Buffer.alloc(8 + 18 + 18 + 18);
  tiff.write('II*\0', 0, 'latin1');
  tiff.writeUInt32LE(8, 4);
  const directory = (at: number, tag: number, type: number, count: number, value: number) => {
    tiff.writeUInt16LE(1, at);
    tiff.writeUInt16LE(tag, at + 2);
    tiff.writeUInt16LE(type, at + 4);
    tiff.writeUInt32LE(count, at + 6);
    tiff.writeUInt32LE(value, at + 10);
  };
  directory(8, 0x8769, 4, 1, 26);
  directory(26, 0xa005, 4, 1, 44);
  directory(44, 1, 2, 4, 0x00333052);
  const head = Buffer.from([0xff, 0xe1, 0, tiff.length + 8]);
  return Buffer.concat([jpeg.subarray(0, 2), head, Buffer.from('Exif\0\0', 'latin1'), tiff, jpeg.subarray(2)]);
}
