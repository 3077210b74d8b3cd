/**
 * ISO base media files: HEIF/HEIC/AVIF and Canon's CR3. Reads boxes, believes no size.
 * Source: ISO/IEC 14496-12, 23008-12; CR3: github.com/lclevy/canon_cr3.
 */
import { type Bytes, sliceOf } from './bytes.ts';

type Box = { type: string /** Of the content. */; position: number; length: number; uuid: string | null };

export type HeifHeader = {
  /** Size of the primary picture as coded, before its own turn and mirror; 0 when it says none. */
  width: number;
  height: number;
  /** Quarter turns anticlockwise (irot), which decoders apply themselves. */
  turns: number;
  /** Axis of the mirror (imir), which decoders apply themselves; null for none. */
  mirror: 0 | 1 | null;
  icc: Buffer | null;
  /** Colour primaries of an nclx box (12 = Display P3); null when absent. */
  primaries: number | null;
  /** Item type of the primary picture: `hvc1`, `av01`, `grid` …; of a grid, that of its tiles follows. */
  codec: string | null;
  /** TIFF block of the Exif item. */
  exif: { position: number; length: number } | null;
  xmp: Buffer[];
  /** Share of the primary picture's data that lies beyond the end of the file, 0–1. */
  missing: number;
};

const MAX_BOXES = 4096;

/** Boxes between two positions; stops at the first whose size cannot be. `broken` says that it did. */
export function readBoxes(bytes: Bytes, start: number, end: number): { boxes: Box[]; broken: boolean } {
  const boxes: Box[] = [];
  let position = start;
  while (position + 8 <= end && boxes.length < MAX_BOXES) {
    const head = bytes.at(position, 32);
    if (head.length < 8) return { boxes, broken: true };
    let size = head.readUInt32BE(0);
    const type = head.toString('latin1', 4, 8);
    let header = 8;
    if (size === 1) {
      if (head.length < 16) return { boxes, broken: true };
      size = head.readUInt32BE(8) * 2 ** 32 + head.readUInt32BE(12);
      header = 16;
    } else if (size === 0) size = end - position;
    const uuid = type === 'uuid' ? head.toString('hex', header, header + 16) : null;
    if (uuid !== null) header += 16;
    if (size < header) return { boxes, broken: true };
    boxes.push({ type, position: position + header, length: Math.min(size, end - position) - header, uuid });
    if (position + size > end) return { boxes, broken: true };
    position += size;
  }
  return { boxes, broken: false };
}

/** Major and compatible brands of the `ftyp` box at the start; null when there is none. */
export function readBrands(head: Buffer): string[] | null {
  if (head.length < 12 || head.toString('latin1', 4, 8) !== 'ftyp') return null;
  const size = Math.min(head.readUInt32BE(0), head.length);
  const brands = [head.toString('latin1', 8, 12)];
  for (let at = 16; at + 4 <= size; at += 4) brands.push(head.toString('latin1', at, at + 4));
  return brands;
}

/** The primary picture and the metadata items; null when the file has no readable `meta` box. */
export function readHeifHeader(bytes: Bytes): HeifHeader | null {
  const meta = readBoxes(bytes, 0, bytes.size).boxes.find((box) => box.type === 'meta');
  if (meta === undefined) return null;
  const parts = readBoxes(bytes, meta.position + 4, meta.position + meta.length).boxes;
  const part = (type: string) => parts.find((box) => box.type === type);
  const header: HeifHeader = {
    width: 0,
    height: 0,
    turns: 0,
    mirror: null,
    icc: null,
    primaries: null,
    codec: null,
    exif: null,
    xmp: [],
    missing: 0,
  };
  const primary = readPrimary(bytes, part('pitm'));
  const items = readItems(bytes, part('iinf'));
  const idat = part('idat');
  const places = readLocations(bytes, part('iloc'), idat?.position ?? null);
  const tiles = readTiles(bytes, part('iref'), primary);
  header.codec = items.get(tiles[0] ?? primary)?.type ?? items.get(primary)?.type ?? null;
  const properties = part('iprp');
  if (properties !== undefined) readProperties(bytes, properties, primary, tiles[0] ?? null, header);
  header.missing = missingShare(
    bytes.size,
    (tiles.length > 0 ? tiles : [primary]).flatMap((item) => places.get(item) ?? []),
  );
  for (const [id, { type, contentType }] of items) {
    const extents = places.get(id) ?? [];
    const first = extents[0];
    if (first === undefined) continue;
    if (type === 'Exif' && first.length > 12) {
      const skip = bytes.at(first.position, 4);
      if (skip.length < 4) continue;
      const offset = 4 + skip.readUInt32BE(0);
      if (offset < first.length) header.exif ??= { position: first.position + offset, length: first.length - offset };
    } else if (type === 'mime' && contentType.includes('rdf+xml')) {
      const packet = Buffer.concat(
        extents.map(({ position, length }) => bytes.at(position, Math.min(length, 2 ** 24))),
      );
      header.xmp.push(packet);
    }
  }
  return header;
}

function readPrimary(bytes: Bytes, box: Box | undefined): number {
  if (box === undefined) return -1;
  const body = bytes.at(box.position, 8);
  if (body.length < 6) return -1;
  return body[0] === 0 ? body.readUInt16BE(4) : body.length >= 8 ? body.readUInt32BE(4) : -1;
}

function readItems(bytes: Bytes, box: Box | undefined): Map<number, { type: string; contentType: string }> {
  const items = new Map<number, { type: string; contentType: string }>();
  if (box === undefined) return items;
  const version = bytes.at(box.position, 1)[0] ?? 0;
  const entries = readBoxes(bytes, box.position + 4 + (version === 0 ? 2 : 4), box.position + box.length).boxes;
  for (const entry of entries) {
    if (entry.type !== 'infe') continue;
    const body = bytes.at(entry.position, Math.min(entry.length, 512));
    const infeVersion = body[0] ?? 0;
    const wide = infeVersion >= 3;
    if (infeVersion < 2 || body.length < (wide ? 14 : 12)) continue;
    const id = wide ? body.readUInt32BE(4) : body.readUInt16BE(4);
    const typeAt = wide ? 10 : 8;
    items.set(id, {
      type: body.toString('latin1', typeAt, typeAt + 4),
      contentType: body.toString('latin1', typeAt + 4),
    });
  }
  return items;
}

type Extent = { position: number; length: number };

function readLocations(bytes: Bytes, box: Box | undefined, idat: number | null): Map<number, Extent[]> {
  const places = new Map<number, Extent[]>();
  if (box === undefined) return places;
  const body = bytes.at(box.position, Math.min(box.length, 2 ** 20));
  if (body.length < 8) return places;
  const version = body[0]!;
  const offsetSize = body[4]! >> 4;
  const lengthSize = body[4]! & 15;
  const baseSize = body[5]! >> 4;
  const indexSize = version > 0 ? body[5]! & 15 : 0;
  let at = 6;
  const take = (size: number): number => {
    if (size === 0) return 0;
    if (size > 8 || at + size > body.length) throw new RangeError('location box ends early');
    const value = size <= 6 ? body.readUIntBE(at, size) : body.readUInt32BE(at) * 2 ** 32 + body.readUInt32BE(at + 4);
    at += size;
    return value;
  };
  try {
    const count = take(version < 2 ? 2 : 4);
    for (let index = 0; index < count && index < MAX_BOXES; index++) {
      const id = take(version < 2 ? 2 : 4);
      const method = version > 0 ? take(2) & 15 : 0;
      take(2);
      const base = take(baseSize);
      const extents: Extent[] = [];
      const extentCount = take(2);
      for (let extent = 0; extent < extentCount; extent++) {
        take(indexSize);
        const offset = take(offsetSize);
        const length = take(lengthSize);
        if (method === 0) extents.push({ position: base + offset, length });
        else if (method === 1 && idat !== null) extents.push({ position: idat + base + offset, length });
      }
      places.set(id, extents);
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return places;
}

function missingShare(size: number, extents: readonly Extent[]): number {
  let total = 0;
  let beyond = 0;
  for (const { position, length } of extents) {
    total += length;
    beyond += Math.min(length, Math.max(0, position + length - size));
  }
  return total === 0 ? 0 : beyond / total;
}

/** The tiles of a grid: what the primary item is derived from. */
function readTiles(bytes: Bytes, box: Box | undefined, primary: number): number[] {
  if (box === undefined) return [];
  const wide = (bytes.at(box.position, 1)[0] ?? 0) > 0;
  const size = wide ? 4 : 2;
  for (const reference of readBoxes(bytes, box.position + 4, box.position + box.length).boxes) {
    if (reference.type !== 'dimg') continue;
    const body = bytes.at(reference.position, Math.min(reference.length, 65536));
    if (body.length < size + 2 || body.readUIntBE(0, size) !== primary) continue;
    const tiles: number[] = [];
    for (let at = size + 2; at + size <= body.length; at += size) tiles.push(body.readUIntBE(at, size));
    return tiles;
  }
  return [];
}

function readProperties(bytes: Bytes, box: Box, primary: number, firstTile: number | null, header: HeifHeader): void {
  const parts = readBoxes(bytes, box.position, box.position + box.length).boxes;
  const container = parts.find((part) => part.type === 'ipco');
  const association = parts.find((part) => part.type === 'ipma');
  if (container === undefined || association === undefined) return;
  const properties = readBoxes(bytes, container.position, container.position + container.length).boxes;
  const associated = readAssociations(bytes.at(association.position, Math.min(association.length, 2 ** 20)));
  const apply = (item: number, colourOnly: boolean) => {
    for (const index of associated.get(item) ?? []) {
      const property = properties[index - 1];
      if (property === undefined) continue;
      const body = bytes.at(property.position, Math.min(property.length, 2 ** 22));
      if (property.type === 'colr') readColour(body, header);
      else if (colourOnly) continue;
      else if (property.type === 'ispe' && body.length >= 12) {
        header.width = body.readUInt32BE(4);
        header.height = body.readUInt32BE(8);
      } else if (property.type === 'irot' && body.length >= 1) header.turns = body[0]! & 3;
      else if (property.type === 'imir' && body.length >= 1) header.mirror = (body[0]! & 1) as 0 | 1;
    }
  };
  apply(primary, false);
  if (firstTile !== null && header.icc === null && header.primaries === null) apply(firstTile, true);
}

function readColour(body: Buffer, header: HeifHeader): void {
  const kind = body.toString('latin1', 0, 4);
  if (kind === 'prof' || kind === 'rICC') header.icc ??= body.subarray(4);
  else if (kind === 'nclx' && body.length >= 6) header.primaries ??= body.readUInt16BE(4);
}

function readAssociations(body: Buffer): Map<number, number[]> {
  const associated = new Map<number, number[]>();
  if (body.length < 8) return associated;
  const wideIds = body[0]! > 0;
  const wideIndexes = (body[3]! & 1) === 1;
  let at = 8;
  for (let count = body.readUInt32BE(4); count > 0 && at + 5 <= body.length; count--) {
    const id = wideIds ? body.readUInt32BE(at) : body.readUInt16BE(at);
    at += wideIds ? 4 : 2;
    const indexes: number[] = [];
    let left = body[at] ?? 0;
    for (at++; left > 0 && at + (wideIndexes ? 2 : 1) <= body.length; left--) {
      indexes.push(wideIndexes ? body.readUInt16BE(at) & 0x7fff : body[at]! & 0x7f);
      at += wideIndexes ? 2 : 1;
    }
    associated.set(id, [...(associated.get(id) ?? []), ...indexes]);
  }
  return associated;
}

const CANON_UUID = '85c0b687820f11e08111f4ce462b6a48';
const XMP_UUID = 'be7acfcb97a942e89c71999491e3afac';

export type Cr3Header = {
  /** CMT1 (IFD0), CMT2 (Exif), CMT4 (GPS): TIFF blocks. */
  blocks: { name: string; position: number; length: number }[];
  xmp: Buffer[];
};

export function readCr3Header(bytes: Bytes): Cr3Header {
  const header: Cr3Header = { blocks: [], xmp: [] };
  const top = readBoxes(bytes, 0, bytes.size).boxes;
  for (const box of top)
    if (box.uuid === XMP_UUID) header.xmp.push(Buffer.from(bytes.at(box.position, Math.min(box.length, 2 ** 24))));
  const movie = top.find((box) => box.type === 'moov');
  if (movie === undefined) return header;
  for (const box of readBoxes(bytes, movie.position, movie.position + movie.length).boxes) {
    if (box.uuid !== CANON_UUID) continue;
    for (const inner of readBoxes(bytes, box.position, box.position + box.length).boxes)
      if (/^CMT[1-4]$/.test(inner.type))
        header.blocks.push({ name: inner.type, position: inner.position, length: inner.length });
  }
  return header;
}

export function blockBytes(bytes: Bytes, block: { position: number; length: number }): Bytes {
  return sliceOf(bytes, block.position, block.length);
}
