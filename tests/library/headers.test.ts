/** Parsers of headers believe nothing: damaged copies of real headers end in a fact or a sentence, quickly. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { UnreadablePhoto } from '../../electron/core/base/unreadable.ts';
import { bytesOf } from '../../electron/core/formats/bytes.ts';
import { identify } from '../../electron/core/formats/identify.ts';
import { inspect } from '../../electron/core/formats/inspect.ts';
import { metadataOf } from '../../electron/core/formats/metadata.ts';
import { readXmp } from '../../electron/core/formats/xmp.ts';
import { HAS_PHOTOS, PHOTOS } from './real-photos.ts';

fc.configureGlobal({ seed: 4121 });

/** Heads of one real file of each kind, else of made ones. */
async function seeds(): Promise<{ name: string; bytes: Buffer }[]> {
  if (HAS_PHOTOS) {
    const folders = ['raw', 'heic', 'formats', 'metadata', 'colour'];
    return folders.flatMap((folder) =>
      readdirSync(join(PHOTOS, folder))
        .filter((name) => !/\.(xmp|md)$/i.test(name))
        .map((name) => ({ name, bytes: readFileSync(join(PHOTOS, folder, name)).subarray(0, 24_000) })),
    );
  }
  const picture = sharp({ create: { width: 40, height: 30, channels: 3, background: '#456' } }).withExif({
    IFD0: { Make: 'Canon' },
  });
  const formats = ['jpeg', 'png', 'tiff', 'webp', 'avif', 'gif'] as const;
  return Promise.all(
    formats.map(async (format) => ({ name: `a.${format}`, bytes: await picture.clone().toFormat(format).toBuffer() })),
  );
}

function survives(bytes: Buffer, name: string): void {
  try {
    const inspection = inspect(bytesOf(bytes), name);
    const metadata = metadataOf(inspection, name, Date.UTC(2026, 0, 1));
    expect(Number.isFinite(inspection.width * inspection.height)).toBe(true);
    for (const value of [metadata.exposureSeconds, metadata.aperture, metadata.iso, metadata.focalLength])
      expect(value === null || Number.isFinite(value)).toBe(true);
  } catch (error) {
    if (!(error instanceof UnreadablePhoto)) throw error;
    expect(error.message).toMatch(/\.$/);
  }
}

describe('headers', () => {
  it('survive flipped bytes, lies about lengths and cuts', async () => {
    const all = await seeds();
    const change = fc.tuple(fc.nat(8000), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff, 0x2a));
    fc.assert(
      fc.property(
        fc.nat(all.length - 1),
        fc.array(change, { maxLength: 24 }),
        fc.option(fc.nat(24_000)),
        (index, changes, cut) => {
          const { name, bytes } = all[index]!;
          const damaged = Buffer.from(bytes);
          for (const [at, value] of changes) damaged[at % damaged.length] = value;
          survives(cut === null ? damaged : damaged.subarray(0, cut), name);
        },
      ),
      { numRuns: 1500 },
    );
  }, 120_000);

  it('survive noise behind every magic number', () => {
    const magics = [
      '\xff\xd8\xff\xe1',
      '\x89PNG\r\n\x1a\n',
      'GIF89a',
      'RIFF\0\0\0\0WEBP',
      'II*\0\x08\0\0\0',
      'MM\0*\0\0\0\x08',
      'MM\0+',
      'II+\0\x08\0\0\0',
      '\0\0\0\x18ftypheic',
      '\0\0\0\x18ftypcrx ',
      'FUJIFILMCCD-RAW',
      '\0MRM',
      'FOVb',
      'IIU\0',
      'BM',
    ];
    fc.assert(
      fc.property(fc.constantFrom(...magics), fc.uint8Array({ maxLength: 600 }), (magic, noise) => {
        survives(Buffer.concat([Buffer.from(magic, 'latin1'), noise]), 'x.nef');
      }),
      { numRuns: 1500 },
    );
  });

  it('end where directories point in circles', () => {
    const loop = Buffer.alloc(64);
    loop.write('II*\0', 0, 'latin1');
    loop.writeUInt32LE(8, 4);
    loop.writeUInt16LE(1, 8);
    loop.writeUInt16LE(0x014a, 10);
    loop.writeUInt16LE(4, 12);
    loop.writeUInt32LE(1, 14);
    loop.writeUInt32LE(8, 18);
    loop.writeUInt32LE(8, 22);
    survives(loop, 'loop.nef');
  });

  it('are called what they are', () => {
    const kind = (text: string, name = 'x.jpg') => {
      try {
        return identify(bytesOf(Buffer.from(text.padEnd(64, '\0'), 'latin1')), name);
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(kind('<svg xmlns="http://www.w3.org/2000/svg"/>')).toMatch(/SVG drawing/);
    expect(kind('%PDF-1.7')).toMatch(/PDF/);
    expect(kind('')).toMatch(/only zeros/);
    expect(kind('\0\0\0\x18ftypmp42\0\0\0\0isom')).toMatch(/film/);
    expect(kind('\0\0\0\x18ftypavif\0\0\0\0mif1')).toBe('avif');
    expect(kind('FUJIFILMCCD-RAW 0201')).toBe('raw:fujifilm');
  });
});

describe('XMP', () => {
  it('is read from attributes and elements alike; entities stay as written; what has no end is read up to it', () => {
    const packet = (body: string) =>
      Buffer.from(
        `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">${body}</rdf:RDF></x:xmpmeta>`,
      );
    const xmp = 'xmlns:xmp="http://ns.adobe.com/xap/1.0/"';
    const rating = (bytes: Buffer) => readXmp(bytes)?.properties.get('http://ns.adobe.com/xap/1.0/Rating');
    expect(rating(packet(`<rdf:Description ${xmp} xmp:Rating="4"/>`))).toBe('4');
    expect(rating(packet(`<rdf:Description ${xmp}><xmp:Rating> 4 </xmp:Rating></rdf:Description>`))).toBe('4');
    expect(readXmp(packet(`<rdf:Description ${xmp} xmp:Rating="4">`))).toMatchObject({
      properties: new Map([['http://ns.adobe.com/xap/1.0/Rating', '4']]),
      flaws: ['a tag that is never closed'],
    });
    expect(readXmp(packet(`<rdf:Description ${xmp} xmp:Rating="4"/>`))?.flaws).toEqual([]);
    expect(readXmp(Buffer.from('<!DOCTYPE a [<!ENTITY b "b">]><x:xmpmeta/>'))).toBeNull();
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (noise) => void readXmp(packet(noise))),
      { numRuns: 200 },
    );
  });
});
