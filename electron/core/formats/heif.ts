/**
 * HEIF's items (HEIC, AVIF): which one is the photo, what must be done to it in which order, and where its metadata stand.
 * Source: ISO/IEC 23008-12 (HEIF), 14496-12 (items), 23000-22 (MIAF), AV1 Image File Format 1.1.
 */
import { readBoxes } from './boxes.ts';
import type { Bytes } from './bytes.ts';
import type { Cicp } from './hdr.ts';
import { type Extent, type Item, readItems } from './heif-items.ts';
import { tiffBlockIn } from './tiff.ts';

export type Size = { width: number; height: number };

export type HeifHeader = {
  /** Of the photo as decoders show it: cropped, turned and mirrored as its properties say; 0 when it says none. */
  width: number;
  height: number;
  /** The photo carries a turn or a mirror of its own (`irot`, `imir`), even one of 0°. */
  turnsItself: boolean;
  /** Quarter turns anticlockwise, all together. */
  quarters: number;
  icc: Buffer | null;
  /** Color as an nclx box says it; null when absent. */
  cicp: Cicp | null;
  /** Item of the photo; null when the file has none but a track of pictures. */
  item: number | null;
  /** `hvc1`, `av01` … of the photo, of a derived one that of its sources; null when unknown. */
  codec: string | null;
  /** The photo's parts when it is a grid whose places are known, else null. */
  grid: HeifGrid | null;
  /** Bits a sample; 8 when the file does not say. */
  bitsPerSample: number;
  /** TIFF block of the Exif item. */
  exif: Buffer | null;
  xmp: Buffer[];
  /** A gain map, in whatever way, stands beside the photo. */
  hasGainMap: boolean;
  /** Share of the photo's data that lies beyond the end of the file, 0–1. */
  missing: number;
};

export type HeifTile = { item: number; extents: Extent[] };
export type HeifGrid = Size & {
  rows: number;
  columns: number;
  tiles: HeifTile[];
  tile: Size;
  /** The decoder's configuration (hvcC, av1C) as a whole property box. */
  properties: Buffer[];
  /** What is left to do once the parts are put together, in this order. */
  transforms: Transform[];
};

export type Transform =
  | { kind: 'crop'; left: number; top: number; width: number; height: number }
  /** Quarter turns anticlockwise. */
  | { kind: 'turn'; quarters: number }
  /** 0: top and bottom change places, 1: left and right do. */
  | { kind: 'mirror'; axis: 0 | 1 };

/** Derivations of derivations are followed this deep. */
const MAX_DEPTH = 8;
const MAX_PACKET = 2 ** 24;

/** The photo and the metadata items; null when the file has no readable `meta` box. */
export function readHeifHeader(bytes: Bytes): HeifHeader | null {
  const meta = readBoxes(bytes, 0, bytes.size).boxes.find((box) => box.type === 'meta');
  if (meta === undefined) return null;
  const { items, primary } = readItems(bytes, meta);
  const photo = photoItem(items, primary);
  const chain = photo === undefined ? [] : sources(items, photo);
  const { width, height, transforms } =
    photo === undefined ? { width: 0, height: 0, transforms: [] } : seenSize(items, photo);
  const coded = chain.filter(({ type }) => !DERIVED.has(type));
  const ofColor = chain.flatMap(({ properties }) => properties).filter(({ type }) => type === 'colr');
  const profile = ofColor.find(({ body }) => /^(prof|rICC)/.test(body.toString('latin1', 0, 4)));
  const named = ofColor.find(({ body }) => body.toString('latin1', 0, 4) === 'nclx' && body.length >= 10);
  const places = coded.flatMap(({ extents }) => extents);
  return {
    width,
    height,
    turnsItself: transforms.some(({ kind }) => kind !== 'crop'),
    quarters: transforms.reduce((sum, one) => sum + (one.kind === 'turn' ? one.quarters : 0), 0) % 4,
    icc: profile?.body.subarray(4) ?? null,
    cicp: named === undefined ? null : cicpOf(named.body),
    item: photo?.id ?? null,
    codec: coded[0]?.type ?? photo?.type ?? null,
    grid: photo === undefined ? null : gridOf(items, photo),
    bitsPerSample: bitsOf(coded[0]),
    exif: readExif(bytes, items, photo?.id),
    xmp: [...items.values()]
      .filter(({ type, contentType }) => type === 'mime' && contentType.includes('rdf+xml'))
      .flatMap((item) => dataOf(bytes, item)),
    hasGainMap: [...items.values()].some(isGainMap),
    missing: missingShare(bytes.size, places),
  };
}

const DERIVED: ReadonlySet<string> = new Set(['grid', 'iovl', 'iden', 'tmap', 'sato']);
/** What shows a picture, coded or derived. */
const PICTURES = /^(hvc1|hev1|lhv1|avc1|av01|vvc1|jpeg|j2k1|unci|grid|iovl|iden|tmap|sato)$/;

function isGainMap({ type, properties }: Item): boolean {
  return (
    type === 'tmap' ||
    properties.some(({ type: kind, body }) => kind === 'auxC' && /gainmap/i.test(body.toString('latin1')))
  );
}

/** The primary item; a file that names an auxiliary item, a thumbnail or none as such means the picture that it belongs to. */
function photoItem(items: ReadonlyMap<number, Item>, primary: number): Item | undefined {
  const isPicture = ({ type }: Item) => PICTURES.test(type);
  let item = items.get(primary);
  for (let depth = 0; item !== undefined && depth < MAX_DEPTH; depth++) {
    const master: number | undefined = [
      ...(item.references.get('auxl') ?? []),
      ...(item.references.get('thmb') ?? []),
    ][0];
    const base: number | undefined = item.type === 'tmap' ? item.references.get('dimg')?.[0] : undefined;
    const next: Item | undefined = items.get(master ?? base ?? -1);
    if (next === undefined) break;
    item = next;
  }
  if (item !== undefined && isPicture(item)) return item;
  const parts = new Set([...items.values()].flatMap(({ references }) => references.get('dimg') ?? []));
  const candidates = [...items.values()].filter(
    (one) => isPicture(one) && !one.references.has('auxl') && !one.references.has('thmb') && !one.hidden,
  );
  return candidates.find(({ id }) => !parts.has(id)) ?? candidates[0];
}

/** The photo and everything that it is made of, itself first. */
function sources(items: ReadonlyMap<number, Item>, photo: Item): Item[] {
  const found = new Map([[photo.id, photo]]);
  for (const item of found.values()) {
    if (!DERIVED.has(item.type)) continue;
    const from = item.references.get('dimg') ?? [];
    for (const id of item.type === 'tmap' ? from.slice(0, 1) : from) {
      const source = items.get(id);
      if (source !== undefined) found.set(id, source);
    }
  }
  return [...found.values()];
}

/** Size after everything that the properties say was done, in their order, and what that is. */
function seenSize(items: ReadonlyMap<number, Item>, item: Item, depth = 0): Size & { transforms: Transform[] } {
  const inner =
    item.type === 'iden' && depth < MAX_DEPTH ? items.get(item.references.get('dimg')?.[0] ?? -1) : undefined;
  const source = inner === undefined ? { ...codedSize(item), transforms: [] } : seenSize(items, inner, depth + 1);
  let { width, height } = source;
  const transforms = [...source.transforms];
  for (const transform of transformsOf(item, source)) {
    transforms.push(transform);
    if (transform.kind === 'crop') ({ width, height } = transform);
    else if (transform.kind === 'turn' && transform.quarters % 2 === 1) [width, height] = [height, width];
  }
  return { width, height, transforms };
}

function codedSize(item: Item): Size {
  const extent = item.properties.find(({ type, body }) => type === 'ispe' && body.length >= 12)?.body;
  if (extent !== undefined) return { width: extent.readUInt32BE(4), height: extent.readUInt32BE(8) };
  return { width: 0, height: 0 };
}

function transformsOf({ properties }: Item, { width, height }: Size): Transform[] {
  const transforms: Transform[] = [];
  let [wide, high] = [width, height];
  for (const { type, body } of properties) {
    if (type === 'clap' && body.length >= 32) {
      const crop = apertureOf(body, wide, high);
      if (crop === null) continue;
      transforms.push(crop);
      ({ width: wide, height: high } = crop);
    } else if (type === 'irot' && body.length >= 1) {
      transforms.push({ kind: 'turn', quarters: body[0]! & 3 });
      if ((body[0]! & 1) === 1) [wide, high] = [high, wide];
    } else if (type === 'imir' && body.length >= 1) transforms.push({ kind: 'mirror', axis: (body[0]! & 1) as 0 | 1 });
  }
  return transforms;
}

/** Clean aperture: size and offset of the centre as fractions; null for one that lies outside of the picture or is none. */
function apertureOf(body: Buffer, width: number, height: number): Extract<Transform, { kind: 'crop' }> | null {
  const fraction = (at: number, signed: boolean) =>
    (signed ? body.readInt32BE(at) : body.readUInt32BE(at)) / body.readUInt32BE(at + 4);
  const [wide, high] = [Math.round(fraction(0, false)), Math.round(fraction(8, false))];
  const left = Math.round(fraction(16, true) + (width - 1) / 2 - (wide - 1) / 2);
  const top = Math.round(fraction(24, true) + (height - 1) / 2 - (high - 1) / 2);
  const isInside = wide >= 1 && high >= 1 && left >= 0 && top >= 0 && left + wide <= width && top + high <= height;
  return isInside ? { kind: 'crop', left, top, width: wide, height: high } : null;
}

/** Bits of the coded picture by its own configuration: hvcC, av1C, else pixi. */
function bitsOf(item: Item | undefined): number {
  for (const { type, body } of item?.properties ?? []) {
    if (type === 'hvcC' && body.length > 18) return 8 + (body[17]! & 7);
    if (type === 'av1C' && body.length >= 3) return (body[2]! & 0x40) === 0 ? 8 : (body[2]! & 0x20) === 0 ? 10 : 12;
    if (type === 'pixi' && body.length >= 6) return body[5]!;
  }
  return 8;
}

function cicpOf(body: Buffer): Cicp {
  return { primaries: body.readUInt16BE(4), transfer: body.readUInt16BE(6), matrix: body.readUInt16BE(8) };
}

/** A grid of equal parts that lie in the file itself; null for everything else. */
function gridOf(items: ReadonlyMap<number, Item>, photo: Item): HeifGrid | null {
  const { body } = photo;
  if (photo.type !== 'grid' || body === null || body.length < 8) return null;
  const wide = (body[1]! & 1) === 1;
  if (body.length < (wide ? 12 : 8)) return null;
  const [rows, columns] = [body[2]! + 1, body[3]! + 1];
  const width = wide ? body.readUInt32BE(4) : body.readUInt16BE(4);
  const height = wide ? body.readUInt32BE(8) : body.readUInt16BE(6);
  const parts = (photo.references.get('dimg') ?? []).flatMap((id) => items.get(id) ?? []);
  const first = parts[0];
  if (first === undefined || parts.length !== rows * columns) return null;
  const tile = codedSize(first);
  if (tile.width === 0 || tile.height === 0) return null;
  const configuration = first.properties.filter(({ type }) => type === 'hvcC' || type === 'av1C');
  return {
    width,
    height,
    rows,
    columns,
    tile,
    tiles: parts.map(({ id, extents }) => ({ item: id, extents })),
    properties: configuration.map(({ box }) => box),
    transforms: transformsOf(photo, { width, height }),
  };
}

/** TIFF block of the Exif item that belongs to the photo, however its writer understood the four bytes before it. */
function readExif(bytes: Bytes, items: ReadonlyMap<number, Item>, photo: number | undefined): Buffer | null {
  const all = [...items.values()].filter(({ type }) => type === 'Exif');
  const describes = ({ references }: Item) => photo !== undefined && references.get('cdsc')?.includes(photo) === true;
  for (const item of [...all.filter(describes), ...all.filter((one) => !describes(one))]) {
    const [data] = dataOf(bytes, item);
    const block = data === undefined ? null : tiffBlockIn(data);
    if (block !== null) return block;
  }
  return null;
}

/** One buffer of the item's bytes, or none. */
function dataOf(bytes: Bytes, { body, extents }: Item): Buffer[] {
  if (body !== null) return [body];
  const parts = extents.map(({ position, length }) => bytes.at(position, Math.min(length, MAX_PACKET)));
  return parts.length === 0 ? [] : [parts.length === 1 ? parts[0]! : Buffer.concat(parts)];
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
