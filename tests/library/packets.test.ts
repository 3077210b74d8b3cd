/** Packets of metadata in PNG and WebP, wherever writers put them; orientation 6, so that size shows it too. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { bytesOf } from '../../electron/core/formats/bytes.ts';
import { inspect } from '../../electron/core/formats/inspect.ts';
import { metadataOf } from '../../electron/core/formats/metadata.ts';
import { type PngPackets, readPngText } from '../../electron/core/formats/png-text.ts';
import { CASES, HAS_CASES } from './real-photos.ts';
import { TiffWriter } from './tiff-writer.ts';
import { type Bases, basePictures, HEIGHT, pngChunk, pngWith, rawProfile, WIDTH, xmpText } from './variants.ts';

const NOW = Date.UTC(2026, 0, 1);
const MARK = Buffer.from('Exif\0\0', 'latin1');

let bases: Bases;
beforeAll(async () => {
  bases = await basePictures();
});

const writer = new TiffWriter(false);
const block = writer.block(
  [writer.text(0x010f, 'Canon'), writer.text(0x0110, 'Canon EOS 80D'), writer.short(0x0112, 6)],
  [writer.text(0x9003, '2017:08:09 10:11:12')],
  [],
  null,
);

function read(bytes: Buffer, name = 'a.png') {
  const inspection = inspect(bytesOf(bytes), name);
  const { uprightWidth, uprightHeight } = inspection;
  return { ...metadataOf(inspection, name, NOW), size: [uprightWidth, uprightHeight] };
}

const TURNED = {
  takenAt: { local: '2017-08-09T10:11:12', source: 'exif' },
  camera: 'Canon EOS 80D',
  orientation: 6,
  size: [HEIGHT, WIDTH],
};

describe('PNG', () => {
  it('keeps EXIF in its own chunk, with a mark before it or without, and in texts, compressed or not', () => {
    const marked = Buffer.concat([MARK, block]);
    const chunks = [pngChunk('eXIf', block), pngChunk('eXIf', marked)];
    for (const kind of ['exif', 'APP1', 'EXIF'])
      for (const packet of [block, marked])
        chunks.push(rawProfile(kind, packet, true), rawProfile(kind, packet, false));
    for (const [index, chunk] of chunks.entries())
      expect([index, read(pngWith(bases.png, [chunk]))]).toMatchObject([index, TURNED]);
  });

  it('keeps EXIF behind the head of a JPEG segment, behind an offset, and in the chunk that was proposed before eXIf', () => {
    const proposed = Buffer.concat([Buffer.from([0, 0, 0, 0, block.length]), deflateSync(block)]);
    const chunks = [
      pngChunk('eXIf', Buffer.concat([Buffer.from([0xff, 0xe1, 0, 99]), MARK, block])),
      pngChunk('eXIf', Buffer.concat([Buffer.alloc(4), block])),
      pngChunk('zxIf', proposed),
    ];
    for (const [index, chunk] of chunks.entries())
      expect([index, read(pngWith(bases.png, [chunk]))]).toMatchObject([index, TURNED]);
  });

  it('is believed by its own chunk before a copy in a text, and by the text where the chunk is damaged', () => {
    const other = writer.block([writer.text(0x0110, 'Other')], [], [], null);
    const both = pngWith(bases.png, [rawProfile('exif', other, true), pngChunk('eXIf', block)]);
    expect(read(both)).toMatchObject(TURNED);
    const damaged = pngWith(bases.png, [pngChunk('eXIf', Buffer.from('nothing')), rawProfile('exif', block, true)]);
    expect(read(damaged)).toMatchObject(TURNED);
  });

  it('keeps XMP in iTXt, tEXt, zTXt and as digits, compressed or not', () => {
    const packet =
      '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:tiff="http://ns.adobe.com/tiff/1.0/" xmp:Rating="4" tiff:Orientation="6"/></rdf:RDF></x:xmpmeta>';
    const app1 = Buffer.from(`http://ns.adobe.com/xap/1.0/\0${packet}`, 'latin1');
    const keyword = Buffer.from('XML:com.adobe.xmp\0', 'latin1');
    const chunks = [
      xmpText(packet, false),
      xmpText(packet, true),
      pngChunk('tEXt', Buffer.concat([keyword, Buffer.from(packet)])),
      pngChunk('zTXt', Buffer.concat([keyword, Buffer.alloc(1), deflateSync(packet)])),
      rawProfile('xmp', Buffer.from(packet), true),
      rawProfile('xmp', Buffer.from(packet), false),
      rawProfile('APP1', app1, true),
    ];
    for (const [index, chunk] of chunks.entries())
      expect([index, read(pngWith(bases.png, [chunk]))]).toMatchObject([
        index,
        { rating: 4, orientation: 6, size: [HEIGHT, WIDTH] },
      ]);
  });

  it('keeps IPTC as digits, bare or within resources', () => {
    const dataset = (number: number, text: string) =>
      Buffer.concat([Buffer.from([0x1c, 2, number, 0, text.length]), Buffer.from(text)]);
    const record = Buffer.concat([dataset(55, '20160102'), dataset(60, '101112+0100'), dataset(25, 'harbour')]);
    const head = Buffer.alloc(12);
    head.write('8BIM', 0, 'latin1');
    head.writeUInt16BE(0x0404, 4);
    head.writeUInt32BE(record.length, 8);
    for (const [kind, packet] of [
      ['iptc', record],
      ['iptc', Buffer.concat([head, record])],
      ['8bim', Buffer.concat([head, record])],
      ['iptc', Buffer.concat([Buffer.from('Photoshop 3.0\0'), head, record])],
      ['APP13', Buffer.concat([Buffer.from('Photoshop 3.0\0'), head, record])],
    ] as const)
      expect(read(pngWith(bases.png, [rawProfile(kind, packet, kind === 'iptc')]))).toMatchObject({
        takenAt: { local: '2016-01-02T10:11:12', offsetMinutes: 60, source: 'iptc' },
        keywords: ['harbour'],
      });
  });

  it('inflates no more than a budget for the whole file, and nothing that is not asked for', () => {
    const bomb = deflateSync(Buffer.alloc(15 * 2 ** 20, 0x20), { level: 9 });
    const chunk = (keyword: string) => pngChunk('zTXt', Buffer.concat([Buffer.from(`${keyword}\0\0`, 'latin1'), bomb]));
    const exif = rawProfile('exif', block, true);
    const unasked = Array.from({ length: 200 }, () => chunk('Comment'));
    expect(read(pngWith(bases.png, [...unasked, exif]))).toMatchObject(TURNED);
    const asked = Array.from({ length: 200 }, () => chunk('Raw profile type xmp'));
    const began = process.cpuUsage();
    expect(read(pngWith(bases.png, [exif, ...asked]))).toMatchObject(TURNED);
    // Three of two hundred fit; all of them are three gigabytes.
    expect(process.cpuUsage(began).user / 1e6).toBeLessThan(6);
    // What stands behind the bombs is out of reach.
    expect(read(pngWith(bases.png, [...asked, exif])).takenAt).toBeNull();
  });

  it('takes no iTXt whose language or translated name does not end', () => {
    const dates = (body: string) => {
      const packets: PngPackets = { exif: [], xmp: [], iptc: null, dates: [] };
      readPngText('iTXt', Buffer.from(`Creation Time\0\0\0${body}`), packets, { left: 1000 });
      return packets.dates;
    };
    expect(dates('en\0Aufnahme\x002024:01:02')).toEqual(['2024:01:02']);
    expect(dates('en')).toEqual([]);
    expect(dates('en\0Aufnahme')).toEqual([]);
  });

  it('answers damaged digits, lengths and texts with what can be read or nothing', () => {
    const profile = (text: string) => pngChunk('tEXt', Buffer.from(`Raw profile type exif\0${text}`, 'latin1'));
    const digits = block.toString('hex');
    for (const text of ['', '\nexif\n', '\nexif\n 99999999\nzz', `\nexif\n 3\n${digits}`, 'exif', '\n\n\n'])
      expect(read(pngWith(bases.png, [profile(text)])).takenAt).toBeNull();
    expect(read(pngWith(bases.png, [profile(`\ngeneric profile\n 99999\n${digits}zz`)]))).toMatchObject(TURNED);
  });

  it.skipIf(!HAS_CASES)('of real programs is read as exiftool reads it', () => {
    const folder = join(CASES, '02-png-raw-profiles');
    for (const name of readdirSync(folder).filter((file) => file.endsWith('.png'))) {
      const { takenAt, size } = read(readFileSync(join(folder, name)), name);
      const isOther = name === 'imagemagick.png';
      expect([name, takenAt?.local, size]).toEqual([
        name,
        isOther ? '2006-02-04T16:09:30' : '2017-08-09T10:11:12',
        isOther ? [320, 211] : [200, 300],
      ]);
    }
  });
});

describe('WebP', () => {
  it('keeps EXIF with a mark before it or without', async () => {
    const webp = await sharp(bases.webp)
      .withExif({ IFD0: { Model: 'X' } })
      .webp()
      .toBuffer();
    const at = webp.indexOf('EXIF', 0, 'latin1');
    for (const packet of [block, Buffer.concat([MARK, block])]) {
      const head = Buffer.alloc(8);
      head.write('EXIF', 0, 'latin1');
      head.writeUInt32LE(packet.length, 4);
      const bytes = Buffer.concat([webp.subarray(0, at), head, packet, Buffer.alloc(packet.length % 2)]);
      bytes.writeUInt32LE(bytes.length - 8, 4);
      expect(read(bytes, 'a.webp')).toMatchObject(TURNED);
    }
  });
});

it('GIF keeps XMP in an extension that is not cut into blocks', async () => {
  const gif = await sharp(bases.png).gif().toBuffer();
  const packet =
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="4"/></rdf:RDF></x:xmpmeta>';
  const tail = Buffer.from([1, ...Array.from({ length: 256 }, (_, index) => 255 - index), 0]);
  const extension = Buffer.concat([Buffer.from('\x21\xff\x0bXMP DataXMP', 'latin1'), Buffer.from(packet), tail]);
  const colors = (gif[10]! & 0x80) === 0 ? 0 : 3 * 2 ** ((gif[10]! & 7) + 1);
  const at = 13 + colors;
  const file = Buffer.concat([gif.subarray(0, at), extension, gif.subarray(at)]);
  expect(read(file, 'a.gif')).toMatchObject({ rating: 4, size: [WIDTH, HEIGHT] });
  // A tail that never comes ends the reading, not the reader.
  expect(read(file.subarray(0, at + 60), 'a.gif').rating).toBeNull();
});
