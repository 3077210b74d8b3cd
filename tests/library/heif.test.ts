/** HEIF's structure: which picture is the photo, what is done to it in which order, where its metadata are, sequences and big grids. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bytesOf } from '../../electron/core/formats/bytes.ts';
import { readHeifHeader } from '../../electron/core/formats/heif.ts';
import { inspect } from '../../electron/core/formats/inspect.ts';
import { metadataOf } from '../../electron/core/formats/metadata.ts';
import { openPicture, type Picture } from '../../electron/core/pixels/decode.ts';
import { decodeGrid } from '../../electron/core/pixels/heif-grid.ts';
import {
  ascii,
  box,
  clap,
  exifBlock,
  findBox,
  imir,
  irot,
  ispe,
  type MadeItem,
  makeHeif,
  u8,
  u16,
  u32,
} from './made-heif.ts';

const CASES = fileURLToPath(new URL('../../../shared/cases', import.meta.url));
const HAS_CASES = existsSync(CASES);
if (!HAS_CASES) console.warn('Tests with collected HEIF files are skipped: ../shared/cases is not there.');

const folder = mkdtempSync(join(tmpdir(), 'keeplight-heif-'));
afterAll(() => rmSync(folder, { recursive: true }));

const [WIDTH, HEIGHT] = [64, 48];
/** A corner of its own color each, so that every turn and mirror shows. */
function corners(width: number, height: number): Buffer {
  const rgb = Buffer.alloc(width * height * 3);
  const colors = [
    [220, 40, 40],
    [40, 200, 40],
    [40, 60, 220],
    [220, 210, 60],
  ];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      rgb.set(colors[(y < height / 2 ? 0 : 2) + (x < width / 2 ? 0 : 1)]!, (y * width + x) * 3);
  return rgb;
}

type Coded = { data: Buffer; configuration: Buffer };
async function code(rgb: Buffer, width: number, height: number): Promise<Coded> {
  const avif = await sharp(rgb, { raw: { width, height, channels: 3 } })
    .avif({ quality: 95, chromaSubsampling: '4:4:4' })
    .toBuffer();
  return { data: findBox(avif, 'mdat').subarray(8), configuration: findBox(avif, 'av1C') };
}

let picture: Coded;
beforeAll(async () => {
  picture = await code(corners(WIDTH, HEIGHT), WIDTH, HEIGHT);
});

const coded = (properties: Buffer[] = [], rest: Partial<MadeItem> = {}): MadeItem => ({
  id: 1,
  type: 'av01',
  data: picture.data,
  properties: [picture.configuration, ispe(WIDTH, HEIGHT), ...properties],
  ...rest,
});

async function open(file: Buffer, name = 'photo.avif', longEdge = 512): Promise<Picture> {
  const path = join(folder, name);
  writeFileSync(path, file);
  return openPicture(bytesOf(file), path, inspect(bytesOf(file), name), { longEdge });
}

/** Colors of the four corners, one letter each, row by row. */
function seen({ rgb, width, height }: { rgb: Buffer; width: number; height: number }): string {
  const at = (x: number, y: number) => [...rgb.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)];
  const name = ([red, green, blue]: number[]) =>
    red! > 150 ? (green! > 130 ? 'y' : 'r') : green! > 130 ? 'g' : blue! > 130 ? 'b' : '?';
  const [right, bottom] = [width - 3, height - 3];
  return [at(2, 2), at(right, 2), at(2, bottom), at(right, bottom)].map(name).join('');
}

describe('a photo in a HEIF file', () => {
  it.each([
    ['as it is', () => [], WIDTH, HEIGHT, 'rgby'],
    ['turned a quarter anticlockwise', () => [irot(1)], HEIGHT, WIDTH, 'gyrb'],
    ['mirrored left to right', () => [imir(1)], WIDTH, HEIGHT, 'gryb'],
    ['cropped to its left half', () => [clap(32, 48, 0, 0, WIDTH, HEIGHT)], 32, 48, 'rrbb'],
    ['cropped, then turned', () => [clap(64, 24, 0, 24, WIDTH, HEIGHT), irot(1)], 24, 64, 'yybb'],
    ['cropped, turned, mirrored', () => [clap(32, 48, 32, 0, WIDTH, HEIGHT), irot(1), imir(0)], 48, 32, 'gygy'],
  ] as const)('is %s', async (_, properties, width, height, expected) => {
    const file = makeHeif([coded([...properties()])], 1);
    const header = readHeifHeader(bytesOf(file));
    expect([header?.width, header?.height]).toEqual([width, height]);
    const shown = await open(file);
    expect([shown.width, shown.height, shown.sourceWidth, shown.sourceHeight]).toEqual([width, height, width, height]);
    expect(seen(shown)).toBe(expected);
  });

  it('is not turned again by EXIF where the file turns it itself, and in AVIF never', () => {
    const exif = {
      id: 2,
      type: 'Exif',
      data: Buffer.concat([u32(0), exifBlock('2020:01:02 03:04:05', 6)]),
      references: { cdsc: [1] },
    };
    const turnOf = (properties: Buffer[], brand: string, type: string) => {
      const { turn, uprightWidth, uprightHeight } = inspect(
        bytesOf(makeHeif([coded(properties, { type }), exif], 1, brand)),
        'photo.heic',
      );
      return [turn, uprightWidth, uprightHeight];
    };
    expect(turnOf([irot(3)], 'heic', 'hvc1')).toEqual([1, HEIGHT, WIDTH]);
    // An explicit turn by nothing is a word as well.
    expect(turnOf([irot(0)], 'heic', 'hvc1')).toEqual([1, WIDTH, HEIGHT]);
    expect(turnOf([], 'avif', 'av01')).toEqual([1, WIDTH, HEIGHT]);
    expect(turnOf([], 'heic', 'hvc1')).toEqual([6, HEIGHT, WIDTH]);
  });

  it('is never its thumbnail, its gain map, or a part of it', async () => {
    const small = await code(Buffer.alloc(16 * 16 * 3, 250), 16, 16);
    const other = (id: number, reference: string): MadeItem => ({
      id,
      type: 'av01',
      data: small.data,
      properties: [small.configuration, ispe(16, 16)],
      references: { [reference]: [1] },
    });
    for (const primary of [5, 6, 99])
      expect(readHeifHeader(bytesOf(makeHeif([other(5, 'thmb'), other(6, 'auxl'), coded()], primary)))?.item).toBe(1);
    const map = { id: 8, type: 'tmap', data: Buffer.alloc(8), references: { dimg: [1, 6] } };
    const header = readHeifHeader(bytesOf(makeHeif([other(6, 'auxl'), coded(), map], 8)));
    expect([header?.item, header?.hasGainMap]).toEqual([1, true]);
  });

  it('may be an identity derivation, with what that one does on top', () => {
    const identity = { id: 3, type: 'iden', data: Buffer.alloc(0), properties: [irot(1)], references: { dimg: [1] } };
    const header = readHeifHeader(bytesOf(makeHeif([coded([clap(20, 10, 4, 4, WIDTH, HEIGHT)]), identity], 3)));
    expect([header?.width, header?.height, header?.turnsItself, header?.codec]).toEqual([10, 20, true, 'av01']);
  });
});

describe('the Exif item', () => {
  const block = exifBlock('2016:02:15 09:37:31');
  const dateOf = (items: MadeItem[]) => {
    const inspection = inspect(bytesOf(makeHeif([coded(), ...items], 1)), 'photo.avif');
    return metadataOf(inspection, 'photo.avif', Date.now()).takenAt?.local;
  };
  const exif = (data: Buffer, rest: Partial<MadeItem> = {}): MadeItem => ({
    id: 2,
    type: 'Exif',
    data,
    references: { cdsc: [1] },
    ...rest,
  });

  it.each([
    ['with an offset of 0', Buffer.concat([u32(0), block])],
    ['with an offset over its own marker', Buffer.concat([u32(6), ascii('Exif\0\0'), block])],
    ['with an offset of 0 before the marker', Buffer.concat([u32(0), ascii('Exif\0\0'), block])],
    ['without the four bytes', block],
    [
      'with the header of a JPEG segment',
      Buffer.concat([u8(0xff, 0xe1), u16(block.length + 8), ascii('Exif\0\0'), block]),
    ],
    [
      'with the four bytes and a JPEG segment',
      Buffer.concat([u32(0), u8(0xff, 0xe1), u16(block.length + 8), ascii('Exif\0\0'), block]),
    ],
  ])('is read %s', (_, data) => {
    expect(dateOf([exif(data)])).toBe('2016-02-15T09:37:31');
  });

  it('is read out of idat and out of another item', () => {
    const data = Buffer.concat([u32(0), block]);
    expect(dateOf([exif(data, { place: 'idat' })])).toBe('2016-02-15T09:37:31');
    const outer = { id: 7, type: 'free', data: Buffer.concat([Buffer.alloc(10, 7), data]) };
    expect(dateOf([outer, exif(data, { place: { inside: 7, offset: 10 } })])).toBe('2016-02-15T09:37:31');
  });

  it('of the photo is preferred to that of another picture', () => {
    const wrong = exif(Buffer.concat([u32(0), exifBlock('2001:01:01 01:01:01')]), { id: 4, references: { cdsc: [9] } });
    expect(dateOf([wrong, exif(Buffer.concat([u32(0), block]))])).toBe('2016-02-15T09:37:31');
  });
});

describe('image sequences', () => {
  it('show their first picture, whether it is an item or only a track', async () => {
    const still = makeHeif([coded()], 1);
    const animated = Buffer.from(still);
    animated.write('avis', 8, 'latin1');
    animated.write('avis', 20, 'latin1');
    expect(seen(await open(animated))).toBe('rgby');
    const type = box('ftyp', ascii('avis'), u32(0), ascii('avismsf1'));
    const movie = (offset: number) =>
      box(
        'moov',
        box(
          'trak',
          box(
            'mdia',
            box('hdlr', u32(0, 0), ascii('pict'), Buffer.alloc(13)),
            box(
              'minf',
              box(
                'stbl',
                box(
                  'stsd',
                  u32(0, 1),
                  box('av01', Buffer.alloc(24), u16(WIDTH, HEIGHT), Buffer.alloc(50), picture.configuration),
                ),
                box('stsz', u32(0, 0, 2, picture.data.length, 5)),
                box('stco', u32(0, 1, offset)),
              ),
            ),
          ),
        ),
      );
    const start = type.length + movie(0).length + 8;
    const track = Buffer.concat([type, movie(start), box('mdat', picture.data, Buffer.alloc(5))]);
    const shown = await open(track);
    expect([shown.sourceWidth, shown.sourceHeight, seen(shown)]).toEqual([WIDTH, HEIGHT, 'rgby']);
  });
});

describe('grids', () => {
  it('are put together tile by tile at the size that is wanted, cropped and turned as the file says', async () => {
    const [columns, rows, edge] = [3, 2, 64];
    const [width, height] = [columns * edge - 10, rows * edge - 20];
    const whole = corners(columns * edge, rows * edge);
    const tiles = await Promise.all(
      Array.from({ length: rows * columns }, async (_, index) => {
        const place = {
          left: (index % columns) * edge,
          top: Math.floor(index / columns) * edge,
          width: edge,
          height: edge,
        };
        const rgb = await sharp(whole, { raw: { width: columns * edge, height: rows * edge, channels: 3 } })
          .extract(place)
          .raw()
          .toBuffer();
        return code(rgb, edge, edge);
      }),
    );
    const items = tiles.map(
      ({ data, configuration }, index): MadeItem => ({
        id: index + 1,
        type: 'av01',
        data,
        properties: [configuration, ispe(edge, edge)],
      }),
    );
    const grid: MadeItem = {
      id: 50,
      type: 'grid',
      data: Buffer.concat([u8(0, 0, rows - 1, columns - 1), u16(width, height)]),
      properties: [ispe(width, height), irot(1)],
      references: { dimg: items.map(({ id }) => id) },
      place: 'idat',
    };
    const file = makeHeif([...items, grid], 50);
    const header = readHeifHeader(bytesOf(file))!;
    expect([header.width, header.height]).toEqual([height, width]);
    const half = await decodeGrid(bytesOf(file), header, header.grid!, width / 2, undefined);
    expect([half.width, half.height, half.lost, seen(half)]).toEqual([height / 2, width / 2, 0, 'gyrb']);
    // The witness: libheif's own way of putting the grid together.
    const { data } = await sharp(file)
      .resize(half.width, half.height, { kernel: 'linear' })
      .raw()
      .toBuffer({ resolveWithObject: true });
    const difference = half.rgb.reduce((sum, value, at) => sum + Math.abs(value - data[at]!), 0) / half.rgb.length;
    expect(difference).toBeLessThan(4);
    // Cut in the middle of the last tiles: what is there shows, the share that is not is told.
    const cut = file.subarray(0, file.length - tiles.at(-1)!.data.length - 20);
    const rest = await decodeGrid(bytesOf(cut), readHeifHeader(bytesOf(cut))!, header.grid!, width, undefined);
    expect(rest.lost).toBeCloseTo(2 / 6, 5);
  });
});

describe.skipIf(!HAS_CASES)('collected files', () => {
  const inspected = (name: string) => {
    const bytes = bytesOf(readFileSync(join(CASES, name)));
    return { bytes, inspection: inspect(bytes, name) };
  };
  it.each([
    ['03-heif-clap/blue-and-magenta-crop.avif', 180, 100],
    // Its primary item is a grid of four pictures of 1280 × 720, without `clap`: what heif-convert writes first is a tile.
    ['03-heif-clap/C007.heic', 2560, 1440],
    ['11-sequences/C027.heic', 1280, 720],
    ['11-sequences/colors-animated-8bpc.avif', 150, 150],
  ])('%s is %d × %d', async (name, width, height) => {
    const { bytes, inspection } = inspected(name);
    const shown = await openPicture(bytes, join(CASES, name), inspection, { longEdge: 256 });
    expect([shown.sourceWidth, shown.sourceHeight]).toEqual([width, height]);
    expect(shown.width > shown.height).toBe(width > height);
  });

  it('turns a phone’s HEIC by EXIF where nothing else says it', () => {
    const { turn, uprightWidth, uprightHeight } = inspected('16-heic-exif-orientation-only/iphone_7.heic').inspection;
    expect([turn, uprightWidth, uprightHeight]).toEqual([6, 3024, 4032]);
  });

  it('tells the size of a 200-megapixel grid and that it is decoded by tiles', () => {
    const { inspection } = inspected('05-heic-200mp/200MP.heic');
    expect([inspection.uprightWidth, inspection.uprightHeight]).toEqual([12240, 16320]);
    expect(inspection.heif?.grid?.tiles.length).toBe(768);
  });

  it('reads the date of an Exif item without its four bytes', () => {
    const { inspection } = inspected('15-heif-exif-header/C034.heic');
    expect(metadataOf(inspection, 'C034.heic', Date.now()).takenAt?.local).toBe('2016-02-15T09:37:31');
  });
});
