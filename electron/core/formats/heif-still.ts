/** Writes the smallest HEIF file that holds one coded picture, for decoders that only take files. Source: ISO/IEC 23008-12. */

export type Still = {
  /** `hvc1` or `av01`. */
  codec: string;
  width: number;
  height: number;
  /** Property boxes, whole: the decoder's configuration, color. Its size is written here. */
  properties: readonly Buffer[];
  data: readonly Buffer[];
};

function box(type: string, ...parts: Buffer[]): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt32BE(8 + parts.reduce((sum, { length }) => sum + length, 0), 0);
  header.write(type, 4, 'latin1');
  return Buffer.concat([header, ...parts]);
}

/** Of bytes, given as hexadecimal text. */
const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const text = (value: string) => Buffer.from(value, 'latin1');

function u32(...values: number[]): Buffer {
  const out = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) out.writeUInt32BE(value, index * 4);
  return out;
}

export function stillOf({ codec, width, height, properties, data }: Still): Buffer {
  const brand = codec === 'av01' ? 'avif' : 'heic';
  const all = [...properties, box('ispe', u32(0, width, height))];
  const length = data.reduce((sum, part) => sum + part.length, 0);
  const associations = Buffer.from(all.map((_, index) => 0x80 | (index + 1)));
  const meta = (offset: number) =>
    box(
      'meta',
      u32(0),
      box('hdlr', u32(0, 0), text('pict'), Buffer.alloc(13)),
      box('pitm', u32(0), hex('0001')),
      box('iloc', u32(0), hex('4400 0001 0001 0000 0001'), u32(offset, length)),
      box('iinf', u32(0), hex('0001'), box('infe', hex('02000000 0001 0000'), text(`${codec}\0`))),
      box('iprp', box('ipco', ...all), box('ipma', u32(0, 1), hex('0001'), Buffer.from([all.length]), associations)),
    );
  const type = box('ftyp', text(brand), u32(0), text(`mif1${brand}`));
  const start = type.length + meta(0).length + 8;
  return Buffer.concat([type, meta(start), box('mdat', ...data)]);
}
