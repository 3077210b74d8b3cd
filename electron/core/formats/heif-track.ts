/**
 * Image sequences (`msf1`, `avis`): where the photo is only a track of pictures, its first one as a still file of its own, which
 * every decoder of stills reads. Source: ISO/IEC 14496-12 section 8 (sample tables), 23008-12 section 7.
 */
import { type Box, readBoxes } from './boxes.ts';
import type { Bytes } from './bytes.ts';
import type { HeifHeader } from './heif.ts';
import { stillOf } from './heif-still.ts';

type Track = { codec: string; width: number; height: number; properties: Buffer[]; position: number; length: number };

/** The header of a file without items, from its first track of pictures; null when there is none. */
export function readTrackHeader(bytes: Bytes): HeifHeader | null {
  const track = readTrack(bytes);
  if (track === null) return null;
  return {
    width: track.width,
    height: track.height,
    turnsItself: false,
    quarters: 0,
    icc: null,
    cicp: null,
    item: null,
    codec: track.codec,
    grid: null,
    bitsPerSample: 8,
    exif: null,
    xmp: [],
    hasGainMap: false,
    missing: Math.max(0, Math.min(1, (track.position + track.length - bytes.size) / Math.max(1, track.length))),
  };
}

/** The first picture of the first track as a still file; null when there is none. */
export function firstOfTrack(bytes: Bytes): Buffer | null {
  const track = readTrack(bytes);
  if (track === null) return null;
  const { codec, width, height, properties, position, length } = track;
  return stillOf({ codec, width, height, properties, data: [bytes.at(position, length)] });
}

function readTrack(bytes: Bytes): Track | null {
  const movie = readBoxes(bytes, 0, bytes.size).boxes.find((box) => box.type === 'moov');
  for (const track of movie === undefined ? [] : inside(bytes, movie)) {
    if (track.type !== 'trak') continue;
    const media = descend(bytes, track, ['mdia']);
    const handler = media === null ? null : descend(bytes, media, ['hdlr']);
    const table = media === null ? null : descend(bytes, media, ['minf', 'stbl']);
    if (handler === null || table === null) continue;
    // Auxiliary tracks (alpha, depth) have a handler of their own.
    if (!/^(pict|vide)$/.test(bytes.at(handler.position + 8, 4).toString('latin1'))) continue;
    const found = readTable(bytes, table);
    if (found !== null) return found;
  }
  return null;
}

function inside(bytes: Bytes, { position, length }: Box, skip = 0): Box[] {
  return readBoxes(bytes, position + skip, position + length).boxes;
}

function descend(bytes: Bytes, from: Box, path: readonly string[]): Box | null {
  let box: Box | undefined = from;
  for (const type of path) box = box === undefined ? undefined : inside(bytes, box).find((one) => one.type === type);
  return box ?? null;
}

function readTable(bytes: Bytes, table: Box): Track | null {
  const description = descend(bytes, table, ['stsd']);
  const entry = description === null ? undefined : inside(bytes, description, 8)[0];
  const sizes = descend(bytes, table, ['stsz']);
  const chunks = descend(bytes, table, ['stco']) ?? descend(bytes, table, ['co64']);
  if (entry === undefined || sizes === null || chunks === null || !/^(hvc1|hev1|av01)$/.test(entry.type)) return null;
  const shape = bytes.at(entry.position + 24, 4);
  const [fixed, first] = [bytes.at(sizes.position + 4, 4), bytes.at(sizes.position + 12, 4)];
  const wide = chunks.type === 'co64';
  const place = bytes.at(chunks.position + 8, wide ? 8 : 4);
  if (shape.length < 4 || fixed.length < 4 || place.length < (wide ? 8 : 4)) return null;
  const length = fixed.readUInt32BE(0) || (first.length < 4 ? 0 : first.readUInt32BE(0));
  const boxes = inside(bytes, entry, 78);
  const properties = boxes
    .filter(({ type }) => type === 'hvcC' || type === 'av1C' || type === 'colr')
    .map((box) => bytes.at(box.position - 8, box.length + 8));
  return {
    codec: entry.type === 'hev1' ? 'hvc1' : entry.type,
    width: shape.readUInt16BE(0),
    height: shape.readUInt16BE(2),
    properties,
    position: wide ? place.readUInt32BE(0) * 2 ** 32 + place.readUInt32BE(4) : place.readUInt32BE(0),
    length,
  };
}
