/** RAW files of which only exiftool knows camera, date, turn or preview; asked through the pool, once for all workers. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exiftoolPath } from 'exiftool-vendored';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AnalysisPool, openAnalysisPool } from '../../electron/core/analysis/analysis-pool.ts';
import type { Analysis } from '../../electron/core/catalog/analyses.ts';
import { type ExiftoolAnswer, openExiftool } from '../../electron/core/formats/exiftool.ts';
import { NO_METADATA } from '../../electron/core/formats/metadata.ts';
import { completeMetadata } from '../../electron/core/formats/raw-help.ts';
import { HAS_PHOTOS, PHOTOS } from './real-photos.ts';

const folder = mkdtempSync(join(tmpdir(), 'keeplight-exiftool-'));
let pool: AnalysisPool;
let preview: Buffer;
const HAS_EXIFTOOL = await exiftoolPath()
  .then((path) => execFileSync(path, ['-ver']).length > 0)
  .catch(() => false);
if (!HAS_EXIFTOOL) console.warn('Tests with exiftool are skipped: it does not start here (Perl is missing?).');

beforeAll(async () => {
  pool = openAnalysisPool({ workers: 2, secondsPerPhoto: 240 });
  preview = await sharp({ create: { width: 1200, height: 800, channels: 3, background: '#c03020' } })
    .jpeg()
    .toBuffer();
});
afterAll(async () => {
  await pool.close();
  rmSync(folder, { recursive: true });
});

function look(path: string, from = pool): Promise<Analysis> {
  const previews = { screen: join(folder, `${Math.random()}.jpg`), thumb: join(folder, `${Math.random()}.jpg`) };
  return from.look({ files: [path], previews });
}

/** Canon's old heap format (CIFF): values first, their directory last. */
function crw(rotation: number, jpeg: Buffer): Buffer {
  const numbers = (...values: number[]) => {
    const buffer = Buffer.alloc(values.length * 4);
    for (const [index, value] of values.entries()) buffer.writeUInt32LE(value, index * 4);
    return buffer;
  };
  const values: [tag: number, value: Buffer][] = [
    [0x080a, Buffer.from('Canon\0Canon EOS D60\0', 'latin1')],
    [0x180e, numbers(Date.UTC(2003, 4, 6, 7, 8, 9) / 1000, 0, 0)],
    [0x1810, numbers(3072, 2048, 0x3f800000, rotation, 12, 24, 1)],
    [0x2007, jpeg],
  ];
  const header = Buffer.alloc(26);
  header.write('II\x1a\0\0\0HEAPCCDR\x02\0\x01\0', 0, 'latin1');
  const directory = Buffer.alloc(2 + values.length * 10 + 4);
  directory.writeUInt16LE(values.length, 0);
  let position = 0;
  for (const [index, [tag, value]] of values.entries()) {
    directory.writeUInt16LE(tag, 2 + index * 10);
    directory.writeUInt32LE(value.length, 4 + index * 10);
    directory.writeUInt32LE(position, 8 + index * 10);
    position += value.length;
  }
  directory.writeUInt32LE(position, directory.length - 4);
  return Buffer.concat([header, ...values.map(([, value]) => value), directory]);
}

/** A TIFF frame that says its maker and where a JPEG stands. */
function frame(make: string, jpeg: Buffer): Buffer {
  const name = Buffer.from(`${make}\0`);
  const entries = [
    [0x10f, 2, name.length, 8 + 2 + 5 * 12 + 4],
    [0x100, 4, 1, 4000],
    [0x101, 4, 1, 2600],
    [0x201, 4, 1, 8 + 2 + 5 * 12 + 4 + name.length],
    [0x202, 4, 1, jpeg.length],
  ].sort(([a], [b]) => a! - b!);
  const head = Buffer.alloc(8 + 2 + entries.length * 12 + 4);
  head.write('II*\0\x08\0\0\0', 0, 'latin1');
  head.writeUInt16LE(entries.length, 8);
  for (const [index, [tag, type, count, value]] of entries.entries()) {
    head.writeUInt16LE(tag!, 10 + index * 12);
    head.writeUInt16LE(type!, 12 + index * 12);
    head.writeUInt32LE(count!, 14 + index * 12);
    head.writeUInt32LE(value!, 18 + index * 12);
  }
  return Buffer.concat([head, name, jpeg]);
}

describe.skipIf(!HAS_EXIFTOOL)('exiftool beside our own readers', () => {
  it('says camera, date, size and turn of a CRW, and the file stays as it is', async () => {
    const path = join(folder, 'Überblick é.crw');
    writeFileSync(path, crw(270, preview));
    const before = { bytes: readFileSync(path), mtime: statSync(path).mtimeMs };
    const { state, reason, metadata, picture } = await look(path);
    expect([state, reason]).toEqual(['ready', null]);
    expect(metadata).toMatchObject({
      camera: 'Canon EOS D60',
      takenAt: { local: '2003-05-06T07:08:09', source: 'exif' },
      orientation: 8,
    });
    expect(picture).toMatchObject({ width: 2048, height: 3072, screen: { width: 800, height: 1200 } });
    expect(readFileSync(path).equals(before.bytes) && statSync(path).mtimeMs === before.mtime).toBe(true);
    expect(readdirSync(folder).filter((name) => name.endsWith('.crw'))).toHaveLength(1);
    const full = await pool.full(path);
    expect([full.width, full.height]).toEqual([800, 1200]);
  });

  it('takes out a preview that does not begin like a JPEG (Minolta)', async () => {
    // Without the JFIF segment, as these cameras write it, and with their wrong first byte.
    const bare =
      preview.readUInt16BE(2) === 0xffe0 ? preview.subarray(4 + preview.readUInt16BE(4)) : preview.subarray(2);
    const path = join(folder, 'a.arw');
    writeFileSync(path, frame('SONY', Buffer.concat([Buffer.from([0, 0xd8]), bare])));
    const { state, picture } = await look(path);
    expect([state, picture?.width, picture?.screen?.width]).toEqual(['ready', 4000, 1200]);
    const pixels = await pool.pixels(path, 64);
    expect(pixels.data[0]! - pixels.data[1]!).toBeGreaterThan(100);
  });

  it.skipIf(!HAS_PHOTOS)('names the lens where the file has only a number for it', async () => {
    const lensOf = async (name: string) => (await look(join(PHOTOS, name))).metadata.lens;
    expect(await lensOf('raw/nikon-d70_real-preview_no-sensor-data.nef')).toBe(
      'AF-S DX Zoom-Nikkor 18-70mm f/3.5-4.5G IF-ED',
    );
    expect(await lensOf('raw/canon_eos_6d.dng')).toBe('EF24-105mm f/4L IS USM');
    expect(await lensOf('raw/canon-350d_real-preview_no-sensor-data.cr2')).toBe('18–55 mm');
  });

  it('reads nothing into a name with a line break', async () => {
    const path = join(folder, 'a\n-ver\n.crw');
    writeFileSync(path, crw(0, preview));
    const { state, metadata } = await look(path);
    expect([state, metadata.camera]).toEqual(['ready', null]);
  });
});

describe('without exiftool', () => {
  const program = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    chmodSync(path, 0o755);
    return path;
  };

  it('a RAW shows what our own readers find, and one without a preview says why', async () => {
    const path = join(folder, 'alone.crw');
    writeFileSync(path, crw(0, preview));
    const bare = join(folder, 'bare.crw');
    writeFileSync(bare, crw(0, Buffer.alloc(100)));
    for (const missing of [
      '/nonexistent/exiftool',
      program('noperl', '#!/nonexistent/perl\n'),
      program('broken', '#!/bin/sh\nexit 9\n'),
    ]) {
      const alone = openAnalysisPool({ workers: 1, exiftool: missing });
      expect((await look(path, alone)).state).toBe('ready');
      expect((await look(bare, alone)).reason).toMatch(/no preview that can be shown \(exiftool did not start/);
      await alone.close();
    }
  });

  it('closing before the first question starts nothing', async () => {
    const exiftool = openExiftool();
    await exiftool.close();
    expect((await exiftool.ask({ path: '/a.crw', previewLongerThan: null })).unavailable).not.toBeNull();
  });
});

describe('what exiftool answers', () => {
  const complete = (tags: ExiftoolAnswer['tags'], known = {}) =>
    completeMetadata({ ...NO_METADATA, ...known }, { tags, preview: null, unavailable: null }, 'a.nef', Date.now());

  it('fills gaps and corrects nothing that the file said', () => {
    const known = { camera: 'Nikon D70', iso: 200, lens: 'AF 50mm f/1.8D' };
    expect(complete({ Make: 'Canon', Model: 'EOS', ISO: 100, LensID: 'Other', Aperture: 4 }, known)).toMatchObject({
      ...known,
      aperture: 4,
    });
    expect(complete({ LensID: 'Sony A or Sigma B' }, { lens: '18–70 mm f/3.5–4.5' }).lens).toBe('18–70 mm f/3.5–4.5');
    expect(complete({ LensID: 'Unknown 18-55mm', Lens: '18.0 - 55.0 mm' }).lens).toBe('18–55 mm');
    expect(complete({ LensID: 'None', Lens: '---' }).lens).toBeNull();
  });

  it('believes no date that cannot be, and no words for numbers', () => {
    const told = complete({ DateTimeOriginal: '0000:00:00 00:00:00', ISO: 'Auto', FocalLength: 'undef', Flash: 'Off' });
    expect([told.takenAt, told.iso, told.focalLength, told.flashFired]).toEqual([null, null, null, null]);
  });
});
