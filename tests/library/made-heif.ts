/** Writes HEIF files with any structure around coded pictures, independently of the reader: what phones, editors and test suites make. */

export type MadeItem = {
  id: number;
  type: string;
  data: Buffer;
  /** Property boxes, whole, in order. */
  properties?: Buffer[];
  /** Reference type → ids. */
  references?: Record<string, number[]>;
  /** Construction method: in `mdat`, in `idat`, or inside of another item. */
  place?: 'file' | 'idat' | { inside: number; offset: number };
};

export function box(type: string, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const header = Buffer.alloc(8);
  header.writeUInt32BE(body.length + 8, 0);
  header.write(type, 4, 'latin1');
  return Buffer.concat([header, body]);
}

export const u8 = (...values: number[]) => Buffer.from(values);
export const u16 = (...values: number[]) => Buffer.from(values.flatMap((value) => [(value >> 8) & 255, value & 255]));
export const u32 = (...values: number[]) => Buffer.concat(values.map((value) => u16(value >>> 16, value & 0xffff)));
export const ascii = (text: string) => Buffer.from(text, 'latin1');

export const ispe = (width: number, height: number) => box('ispe', u32(0, width, height));
export const irot = (quarters: number) => box('irot', u8(quarters));
export const imir = (axis: number) => box('imir', u8(axis));
export const nclx = (primaries: number, transfer: number, matrix = 0) =>
  box('colr', ascii('nclx'), u16(primaries, transfer, matrix), u8(0x80));

/** Aperture of `width` × `height` whose top left corner is at `left`, `top` of a picture of `fullWidth` × `fullHeight`. */
export function clap(
  width: number,
  height: number,
  left: number,
  top: number,
  fullWidth: number,
  fullHeight: number,
): Buffer {
  const half = (twice: number) => u32(twice >>> 0, 2);
  return box('clap', u32(width, 1, height, 1), half(2 * left + width - fullWidth), half(2 * top + height - fullHeight));
}

export function makeHeif(items: readonly MadeItem[], primary: number, brand = 'avif'): Buffer {
  const boxes = [...new Set(items.flatMap(({ properties = [] }) => properties))];
  const inFile = items.filter(({ place = 'file' }) => place === 'file');
  const inIdat = items.filter(({ place }) => place === 'idat');
  const type = box('ftyp', ascii(brand), u32(0), ascii(`mif1${brand}`));
  const offsetIn = (list: readonly MadeItem[], item: MadeItem) =>
    list.slice(0, list.indexOf(item)).reduce((sum, { data }) => sum + data.length, 0);
  const locations = (start: number) =>
    items.map((item) => {
      const { id, data, place = 'file' } = item;
      const method = place === 'file' ? 0 : place === 'idat' ? 1 : 2;
      const offset =
        place === 'file' ? start + offsetIn(inFile, item) : place === 'idat' ? offsetIn(inIdat, item) : place.offset;
      return Buffer.concat([u16(id, method, 0, 1), u32(1, offset, data.length)]);
    });
  const references = items.flatMap(({ id, references: all = {}, place }) => {
    const named = typeof place === 'object' ? { ...all, iloc: [place.inside] } : all;
    return Object.entries(named).map(([kind, to]) => box(kind, u16(id, to.length, ...to)));
  });
  const entries = items.map(({ id, type: kind }) =>
    box(
      'infe',
      u8(2, 0, 0, 0),
      u16(id, 0),
      ascii(`${kind}\0`),
      kind === 'mime' ? ascii('application/rdf+xml\0') : u8(),
    ),
  );
  const associations = items
    .filter(({ properties = [] }) => properties.length > 0)
    .map(({ id, properties = [] }) =>
      Buffer.concat([u16(id), u8(properties.length, ...properties.map((one) => boxes.indexOf(one) + 1))]),
    );
  const meta = (start: number) =>
    box(
      'meta',
      u32(0),
      box('hdlr', u32(0, 0), ascii('pict'), Buffer.alloc(13)),
      box('pitm', u32(0), u16(primary)),
      box('iloc', u8(1, 0, 0, 0), u8(0x44, 0x04), u16(items.length), ...locations(start)),
      box('iinf', u32(0), u16(entries.length), ...entries),
      ...(references.length > 0 ? [box('iref', u32(0), ...references)] : []),
      box('iprp', box('ipco', ...boxes), box('ipma', u32(0, associations.length), ...associations)),
      ...(inIdat.length > 0 ? [box('idat', ...inIdat.map(({ data }) => data))] : []),
    );
  const start = type.length + meta(0).length + 8;
  return Buffer.concat([type, meta(start), box('mdat', ...inFile.map(({ data }) => data))]);
}

/** The first top-level or nested box of a type: its whole bytes. A search by name, for files that are known to be sound. */
export function findBox(file: Buffer, type: string): Buffer {
  const at = file.indexOf(type, 0, 'latin1') - 4;
  if (at < 0) throw new Error(`The file has no ${type} box.`);
  return file.subarray(at, at + file.readUInt32BE(at));
}

/** A TIFF block that says when, and which way up. */
export function exifBlock(date: string, orientation = 1): Buffer {
  const block = Buffer.alloc(8 + 2 + 2 * 12 + 4 + 2 + 12 + 4 + 20);
  block.write('II', 0, 'latin1');
  block.writeUInt16LE(42, 2);
  block.writeUInt32LE(8, 4);
  block.writeUInt16LE(2, 8);
  const entry = (at: number, tag: number, kind: number, count: number, value: number) => {
    block.writeUInt16LE(tag, at);
    block.writeUInt16LE(kind, at + 2);
    block.writeUInt32LE(count, at + 4);
    block.writeUInt32LE(value, at + 8);
  };
  entry(10, 0x0112, 3, 1, orientation);
  entry(22, 0x8769, 4, 1, 38);
  block.writeUInt16LE(1, 38);
  entry(40, 0x9003, 2, 20, 56);
  block.write(date, 56, 'latin1');
  return block;
}
