/** The tables of a HEIF file's `meta` box put together: one record an item. Source: ISO/IEC 14496-12 section 8.11. */
import { type Box, readBoxes } from './boxes.ts';
import type { Bytes } from './bytes.ts';

export type Extent = { position: number; length: number };
export type Property = { type: string; body: Buffer /** With its header. */; box: Buffer };
export type Item = {
  id: number;
  type: string;
  contentType: string;
  hidden: boolean;
  /** In the order in which they are to be applied. */
  properties: Property[];
  /** Reference type → items that it points to. */
  references: Map<string, number[]>;
  /** In the file; empty when its bytes lie elsewhere. */
  extents: Extent[];
  /** Bytes of a small item (derivations, metadata inside of other items); null for what is read by its extents. */
  body: Buffer | null;
};

const MAX_ITEMS = 16_384;
const MAX_PROPERTY = 2 ** 22;
/** Of the tables, whose entries are a few bytes each. */
const MAX_TABLE = 2 ** 22;
const MAX_SMALL = 4096;

/** @returns the items by id, and the id that `pitm` names (−1 for none). */
export function readItems(bytes: Bytes, meta: Box): { items: Map<number, Item>; primary: number } {
  const parts = readBoxes(bytes, meta.position + 4, meta.position + meta.length).boxes;
  const part = (type: string) => parts.find((box) => box.type === type);
  const items = readEntries(bytes, part('iinf'));
  readReferences(bytes, part('iref'), items);
  readLocations(bytes, part('iloc'), part('idat')?.position ?? null, items);
  readProperties(bytes, part('iprp'), items);
  for (const item of items.values()) {
    const size = item.extents.reduce((sum, { length }) => sum + length, 0);
    if (/^(grid|iovl|iden)$/.test(item.type) && size <= MAX_SMALL && item.extents.length > 0)
      item.body ??= Buffer.concat(item.extents.map(({ position, length }) => bytes.at(position, length)));
  }
  return { items, primary: readPrimary(bytes, part('pitm')) };
}

function readPrimary(bytes: Bytes, box: Box | undefined): number {
  if (box === undefined) return -1;
  const body = bytes.at(box.position, 8);
  if (body.length < 6) return -1;
  return body[0] === 0 ? body.readUInt16BE(4) : body.length >= 8 ? body.readUInt32BE(4) : -1;
}

function readEntries(bytes: Bytes, box: Box | undefined): Map<number, Item> {
  const items = new Map<number, Item>();
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
      id,
      type: body.toString('latin1', typeAt, typeAt + 4),
      contentType: body.toString('latin1', typeAt + 4),
      hidden: (body[3]! & 1) === 1,
      properties: [],
      references: new Map(),
      extents: [],
      body: null,
    });
  }
  return items;
}

function readReferences(bytes: Bytes, box: Box | undefined, items: ReadonlyMap<number, Item>): void {
  if (box === undefined) return;
  const size = (bytes.at(box.position, 1)[0] ?? 0) > 0 ? 4 : 2;
  for (const reference of readBoxes(bytes, box.position + 4, box.position + box.length).boxes) {
    const body = bytes.at(reference.position, Math.min(reference.length, 4 * MAX_ITEMS));
    if (body.length < size + 2) continue;
    const from = items.get(body.readUIntBE(0, size));
    if (from === undefined) continue;
    const to = from.references.get(reference.type) ?? [];
    for (let at = size + 2; at + size <= body.length; at += size) to.push(body.readUIntBE(at, size));
    from.references.set(reference.type, to);
  }
}

/** Construction method 0 counts from the file's start, 1 from `idat`, 2 from another item's bytes. */
function readLocations(
  bytes: Bytes,
  box: Box | undefined,
  idat: number | null,
  items: ReadonlyMap<number, Item>,
): void {
  if (box === undefined) return;
  const body = bytes.at(box.position, Math.min(box.length, MAX_TABLE));
  if (body.length < 8) return;
  const version = body[0]!;
  const [offsetSize, lengthSize] = [body[4]! >> 4, body[4]! & 15];
  const [baseSize, indexSize] = [body[5]! >> 4, version > 0 ? body[5]! & 15 : 0];
  let at = 6;
  const take = (size: number): number => {
    if (size === 0) return 0;
    if (size > 8 || at + size > body.length) throw new RangeError('location box ends early');
    const value = size <= 6 ? body.readUIntBE(at, size) : body.readUInt32BE(at) * 2 ** 32 + body.readUInt32BE(at + 4);
    at += size;
    return value;
  };
  const inside: { item: Item; index: number; offset: number; length: number }[] = [];
  try {
    const count = take(version < 2 ? 2 : 4);
    for (let entry = 0; entry < count && entry < MAX_ITEMS; entry++) {
      const item = items.get(take(version < 2 ? 2 : 4));
      const method = version > 0 ? take(2) & 15 : 0;
      take(2);
      const base = take(baseSize);
      const extentCount = take(2);
      for (let extent = 0; extent < extentCount; extent++) {
        const index = take(indexSize);
        const offset = base + take(offsetSize);
        const length = take(lengthSize);
        const start = method === 0 ? 0 : method === 1 ? idat : null;
        if (item === undefined) continue;
        // A length of 0 means all that there is.
        if (start !== null)
          item.extents.push({ position: start + offset, length: length || bytes.size - start - offset });
        else if (method === 2) inside.push({ item, index, offset, length });
      }
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  for (const { item, index, offset, length } of inside) {
    const from = item.references.get('iloc')?.[Math.max(0, index - 1)];
    const whole = items.get(from ?? -1)?.extents[0];
    if (whole === undefined || offset > whole.length) continue;
    item.extents.push({
      position: whole.position + offset,
      length: Math.min(length || whole.length, whole.length - offset),
    });
  }
}

function readProperties(bytes: Bytes, box: Box | undefined, items: ReadonlyMap<number, Item>): void {
  if (box === undefined) return;
  const parts = readBoxes(bytes, box.position, box.position + box.length).boxes;
  const container = parts.find((part) => part.type === 'ipco');
  if (container === undefined) return;
  const boxes = readBoxes(bytes, container.position, container.position + container.length).boxes;
  const read = new Map<number, Property>();
  const propertyAt = (index: number): Property | null => {
    const found = boxes[index - 1];
    if (found === undefined || found.length > MAX_PROPERTY) return null;
    const known = read.get(index) ?? {
      type: found.type,
      body: bytes.at(found.position, found.length),
      box: wholeBox(bytes, found),
    };
    read.set(index, known);
    return known;
  };
  for (const association of parts.filter((part) => part.type === 'ipma')) {
    const body = bytes.at(association.position, Math.min(association.length, MAX_TABLE));
    if (body.length < 8) continue;
    const idSize = body[0]! > 0 ? 4 : 2;
    const indexSize = (body[3]! & 1) === 1 ? 2 : 1;
    let at = 8;
    for (let count = body.readUInt32BE(4); count > 0 && at + idSize < body.length; count--) {
      const item = items.get(body.readUIntBE(at, idSize));
      at += idSize;
      let left = body[at]!;
      for (at++; left > 0 && at + indexSize <= body.length; left--, at += indexSize) {
        const property = propertyAt(body.readUIntBE(at, indexSize) & (indexSize === 2 ? 0x7fff : 0x7f));
        if (property !== null) item?.properties.push(property);
      }
    }
  }
}

/** The box with its header, as it is written into another file. */
function wholeBox(bytes: Bytes, { position, length, type }: Box): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt32BE(length + 8, 0);
  header.write(type, 4, 'latin1');
  return Buffer.concat([header, bytes.at(position, length)]);
}
