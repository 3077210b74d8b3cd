/**
 * Small pictures and sidecars with metadata in every container and encoding that real writers use, made from a seed:
 * our own writer for the odd ones, so that no reader's habits decide what is tried.
 */
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { seededRandom } from '../../shared/random.ts';
import { type Entry, TiffWriter } from './tiff-writer.ts';

export type Variant = { name: string; bytes: Buffer };

/** Stored size of every picture. */
export const [WIDTH, HEIGHT] = [24, 16];

class Dice {
  readonly #random: () => number;
  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }
  chance(share: number): boolean {
    return this.#random() < share;
  }
  below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }
  pick<Value>(values: readonly Value[]): Value {
    return values[this.below(values.length)]!;
  }
}

const two = (value: number) => String(value).padStart(2, '0');

/** Mostly sound, sometimes as cameras and people write what they do not know. */
function exifDate(dice: Dice): string {
  const [year, month, day] = [1826 + dice.below(199), 1 + dice.below(12), 1 + dice.below(28)];
  const time = `${two(dice.below(24))}:${two(dice.below(60))}:${two(dice.below(60))}`;
  if (dice.chance(0.75)) return `${year}:${two(month)}:${two(day)} ${time}`;
  return dice.pick([
    '0000:00:00 00:00:00',
    '    :  :     :  :  ',
    '1970:01:01 00:00:00',
    '1980:01:01 00:00:04',
    '2000:01:01 00:00:00',
    '2216:11:15 11:46:51',
    `${year}:${two(month)}:${two(day)} 24:${two(dice.below(60))}:05`,
    `${year}: ${1 + dice.below(9)}: ${1 + dice.below(9)}  3: 4: 5`,
    `${year}:00:00 00:00:00`,
    `${year}:${two(month)}:00 00:00:00`,
    `${year}-${two(month)}-${two(day)} ${time}`,
    '',
  ]);
}

function isoDate(dice: Dice): string {
  const day = `${1826 + dice.below(199)}-${two(1 + dice.below(12))}-${two(1 + dice.below(28))}`;
  const time = `${two(dice.below(24))}:${two(dice.below(60))}:${two(dice.below(60))}`;
  return dice.pick([
    `${day}T${time}`,
    `${day}T${time}${dice.pick(['Z', '+02:00', '-05:30', '.25', '.125+05:30'])}`,
    day,
    day.slice(0, 7),
    day.slice(0, 4),
  ]);
}

const MAKES = [
  ['Canon', 'Canon EOS R6'],
  ['NIKON CORPORATION', 'NIKON D750'],
  ['SONY', 'ILCE-7M3'],
  ['Apple', 'iPhone 12 Pro'],
  ['EPSON', 'Perfection V600'],
  ['Müller', 'Größe 3'],
] as const;
const LENSES = ['EF24-70mm f/2.8L II USM', '85mm f/1.8', 'Objektiv für Makro 1:2'];

/** An EXIF block of tags that are there or not, in types that writers vary. */
export function exifBlock(dice: Dice, pixels: Buffer | null = null, more: Entry[] = []): Buffer {
  const writer = new TiffWriter(dice.chance(0.5));
  const main: Entry[] = pixels === null ? [...more] : [...pictureEntries(writer), ...more];
  const exif: Entry[] = [];
  const gps: Entry[] = [];
  const ending = () => dice.pick(['\0', '\0', '', '\0\0', '  \0']);
  if (dice.chance(0.7)) {
    const [make, model] = dice.pick(MAKES);
    main.push(writer.text(0x010f, make, ending()), writer.text(0x0110, model, ending()));
  }
  if (dice.chance(0.6)) {
    const turn = dice.below(10);
    main.push(dice.chance(0.8) ? writer.short(0x0112, turn) : writer.long(0x0112, turn));
  }
  if (dice.chance(0.4)) main.push(writer.text(0x0132, exifDate(dice)));
  if (dice.chance(0.3)) main.push(writer.short(0x4746, dice.below(6)));
  if (dice.chance(0.2)) main.push(writer.bytes(0x9c9e, Buffer.from('lake;snow;über\0', 'utf16le')));
  if (dice.chance(0.7)) exif.push(writer.text(0x9003, exifDate(dice), ending()));
  if (dice.chance(0.4)) exif.push(writer.text(0x9004, exifDate(dice), ending()));
  if (dice.chance(0.4)) exif.push(writer.text(0x9011, dice.pick(['+02:00', '-05:00', '+05:45', 'Z', '   :  '])));
  if (dice.chance(0.4)) exif.push(writer.text(0x9291, dice.pick(['5', '25', '125', '007', '  '])));
  if (dice.chance(0.6)) {
    const iso = dice.pick([50, 100, 640, 12800, 51200]);
    exif.push(dice.chance(0.8) ? writer.short(0x8827, iso) : writer.long(0x8827, iso));
  }
  if (dice.chance(0.5)) exif.push(writer.text(0xa434, dice.pick(LENSES), ending()));
  if (dice.chance(0.4)) exif.push(writer.text(0xa431, dice.pick(['111', '222', '0012345'])));
  if (dice.chance(0.4)) {
    gps.push(writer.text(1, dice.pick(['N', 'S'])), writer.text(3, dice.pick(['E', 'W'])));
    gps.push(angle(writer, dice, 2, 90), angle(writer, dice, 4, 180));
  }
  return writer.block(main, exif, gps, pixels);
}

function angle(writer: TiffWriter, dice: Dice, tag: number, limit: number): Entry {
  const degrees = 1 + dice.below(limit - 2);
  return dice.pick([
    writer.rational(tag, degrees, 1, dice.below(60), 1, dice.below(6000), 100),
    writer.rational(tag, degrees, 1, dice.below(600_000), 10_000, 0, 1),
    writer.rational(tag, degrees * 1_000_000 + dice.below(999_999), 1_000_000, 0, 1, 0, 1),
  ]);
}

function pictureEntries(writer: TiffWriter): Entry[] {
  return [
    writer.short(0x0100, WIDTH),
    writer.long(0x0101, HEIGHT),
    writer.short(0x0102, 8, 8, 8),
    writer.short(0x0103, 1),
    writer.short(0x0106, 2),
    writer.short(0x0115, 3),
    writer.short(0x0116, HEIGHT),
    writer.long(0x0117, WIDTH * HEIGHT * 3),
  ];
}

const PREFIXES = { xmp: 'http://ns.adobe.com/xap/1.0/', dc: 'http://purl.org/dc/elements/1.1/' } as const;
const SCHEMAS = {
  exif: 'http://ns.adobe.com/exif/1.0/',
  photoshop: 'http://ns.adobe.com/photoshop/1.0/',
  tiff: 'http://ns.adobe.com/tiff/1.0/',
  aux: 'http://ns.adobe.com/exif/1.0/aux/',
  acdsee: 'http://ns.acdsee.com/iptc/1.0/',
} as const;

/** A packet in the forms that RDF allows, and, when it may be flawed, some that XML does not. */
export function xmpPacket(dice: Dice, isFlawed = false): string {
  const quote = dice.pick(['"', "'"]);
  const xmp = dice.pick(['xmp', 'xap', 'foo']);
  const simple: [name: string, value: string][] = [];
  if (dice.chance(0.7)) simple.push([`${xmp}:Rating`, dice.pick(['0', '1', '2', '3', '4', '5', '-1', ' 4 ', '3.0'])]);
  if (dice.chance(0.4)) simple.push([`${xmp}:Label`, dice.pick(['Red', 'Grün', 'To do', 'A &amp; B'])]);
  if (dice.chance(0.5)) simple.push(['exif:DateTimeOriginal', isoDate(dice)]);
  if (dice.chance(0.5)) simple.push(['photoshop:DateCreated', isoDate(dice)]);
  if (dice.chance(0.3)) simple.push([`${xmp}:CreateDate`, isoDate(dice)]);
  if (dice.chance(0.4)) simple.push(['tiff:Make', 'Canon'], ['tiff:Model', 'Canon EOS 5D']);
  if (dice.chance(0.3)) simple.push(['tiff:Orientation', String(1 + dice.below(8))]);
  if (dice.chance(0.3)) simple.push(['aux:Lens', dice.pick(LENSES)]);
  if (dice.chance(0.3)) {
    simple.push([
      'exif:GPSLatitude',
      `${dice.below(89)},${dice.below(60)}.${dice.below(9999)}${dice.pick(['N', 'S'])}`,
    ]);
    simple.push([
      'exif:GPSLongitude',
      `${dice.below(179)},${dice.below(60)},${dice.below(60)}${dice.pick(['E', 'W'])}`,
    ]);
  }
  const attributes: string[] = [];
  const elements: string[] = [];
  for (const [name, value] of simple) {
    const form = dice.below(5);
    if (form < 2) attributes.push(`${name}=${quote}${value}${quote}`);
    else if (form === 2) elements.push(`<${name}>${value}</${name}>`);
    else if (form === 3) elements.push(`<${name} rdf:parseType="Resource"><rdf:value>${value}</rdf:value></${name}>`);
    else elements.push(`<${name}><rdf:Description rdf:value="${value}"/></${name}>`);
  }
  if (dice.chance(0.3))
    elements.push('<exif:ISOSpeedRatings><rdf:Seq><rdf:li>320</rdf:li></rdf:Seq></exif:ISOSpeedRatings>');
  if (dice.chance(0.5)) {
    const list = dice.pick(['Bag', 'Seq']);
    const words = ['lake', 'Zürich', 'a &lt; b', '&#x72;&#101;d'].slice(0, 1 + dice.below(4));
    elements.push(
      `<dc:subject><rdf:${list}>${words.map((word) => `<rdf:li>${word}</rdf:li>`).join('\n')}</rdf:${list}></dc:subject>`,
    );
  }
  if (isFlawed) addFlaw(dice, attributes, elements);
  const declared = [
    `xmlns:${xmp}=${quote}${PREFIXES.xmp}${quote}`,
    `xmlns:dc=${quote}${PREFIXES.dc}${quote}`,
    ...Object.entries(SCHEMAS).map(([prefix, uri]) => `xmlns:${prefix}=${quote}${uri}${quote}`),
  ].join(dice.pick([' ', '\n  ', '\r\n\t']));
  const body = `<rdf:Description rdf:about="" ${declared} ${attributes.join(' ')}>${elements.join('\n')}</rdf:Description>`;
  const rdf = `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">${body}</rdf:RDF>`;
  const wrapped = dice.chance(0.9) ? `<x:xmpmeta xmlns:x="adobe:ns:meta/">${rdf}</x:xmpmeta>` : rdf;
  return dice.chance(0.7)
    ? `<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>${wrapped}<?xpacket end="w"?>`
    : wrapped;
}

function addFlaw(dice: Dice, attributes: string[], elements: string[]): void {
  const flaw = dice.below(5);
  if (flaw === 0) elements.unshift('<dc:source>Tom & Jerry</dc:source>');
  else if (flaw === 1) elements.push('<dc:source>a\u0001b</dc:source>');
  else if (flaw === 2) attributes.push('crs:Version="15.0"');
  else if (flaw === 3) elements.unshift('<dc:source>&nbsp;&copyright; 5 < 6</dc:source>');
  else elements.push('<crs:Thing><crs:Other/></crs:Thing>');
}

/** Photoshop's image resources around an IPTC record. */
export function photoshopOf(dice: Dice): Buffer {
  const record: Buffer[] = [];
  const dataset = (number: number, text: Buffer) =>
    record.push(Buffer.from([0x1c, 2, number, text.length >> 8, text.length & 255]), text);
  if (dice.chance(0.5)) record.push(Buffer.from([0x1c, 1, 90, 0, 3, 0x1b, 0x25, 0x47]));
  const isUtf8 = record.length > 0;
  const date = `${1900 + dice.below(125)}${two(1 + dice.below(12))}${two(1 + dice.below(28))}`;
  if (dice.chance(0.7)) dataset(55, Buffer.from(date));
  if (dice.chance(0.6))
    dataset(60, Buffer.from(`${two(dice.below(24))}${two(dice.below(60))}05${dice.pick(['-0500', '+0200', '+0000'])}`));
  for (const word of ['harbour', 'Zürich'].slice(0, dice.below(3)))
    dataset(25, Buffer.from(word, isUtf8 ? 'utf8' : 'latin1'));
  const content = Buffer.concat(record);
  const head = Buffer.alloc(12);
  head.write('8BIM', 0, 'latin1');
  head.writeUInt16BE(0x0404, 4);
  head.writeUInt32BE(content.length, 8);
  return Buffer.concat([head, content, Buffer.alloc(content.length % 2)]);
}

/** A JPEG segment. */
export const segment = (marker: number, ...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([0xff, marker, (body.length + 2) >> 8, (body.length + 2) & 255]), body]);
};

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value >>> 0;
});

export function pngChunk(type: string, body: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), body]);
  let crc = 0xffffffff;
  for (const byte of named) crc = CRC_TABLE[(crc ^ byte) & 255]! ^ (crc >>> 8);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(body.length, 0);
  frame.writeUInt32BE((crc ^ 0xffffffff) >>> 0, 4);
  return Buffer.concat([frame.subarray(0, 4), named, frame.subarray(4)]);
}

/** A whole packet as ImageMagick keeps it in a text. */
export function rawProfile(kind: string, packet: Buffer, isCompressed: boolean): Buffer {
  const lines = packet.toString('hex').replace(/.{72}/g, '$&\n');
  const text = Buffer.from(`\n${kind}\n${String(packet.length).padStart(8)}\n${lines}\n`, 'latin1');
  const keyword = Buffer.from(`Raw profile type ${kind}\0`, 'latin1');
  return isCompressed
    ? pngChunk('zTXt', Buffer.concat([keyword, Buffer.alloc(1), deflateSync(text)]))
    : pngChunk('tEXt', Buffer.concat([keyword, text]));
}

export function xmpText(packet: string, isCompressed: boolean): Buffer {
  const head = Buffer.from(`XML:com.adobe.xmp\0${isCompressed ? '\x01' : '\0'}\0\0\0`, 'latin1');
  const text = Buffer.from(packet);
  return pngChunk('iTXt', Buffer.concat([head, isCompressed ? deflateSync(text) : text]));
}

const MARK = Buffer.from('Exif\0\0', 'latin1');
export type Bases = { jpeg: Buffer; png: Buffer; webp: Buffer; tiff: Buffer; pixels: Buffer };

export async function basePictures(): Promise<Bases> {
  const pixels = Buffer.alloc(WIDTH * HEIGHT * 3, 120);
  const picture = () => sharp(pixels, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } });
  const [jpeg, png, webp, tiff] = await Promise.all([
    picture().jpeg().toBuffer(),
    picture().png().toBuffer(),
    picture().webp().toBuffer(),
    picture().tiff({ compression: 'none' }).toBuffer(),
  ]);
  return { jpeg, png, webp, tiff, pixels };
}

export function pngWith(base: Buffer, chunks: readonly Buffer[]): Buffer {
  return Buffer.concat([base.subarray(0, 33), ...chunks, base.subarray(33)]);
}

function riffChunk(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.write(type, 0, 'latin1');
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body, Buffer.alloc(body.length % 2)]);
}

function webpWith(base: Buffer, exif: Buffer | null, xmp: Buffer | null): Buffer {
  const extended = Buffer.alloc(10);
  extended[0] = (exif === null ? 0 : 8) | (xmp === null ? 0 : 4);
  extended.writeUIntLE(WIDTH - 1, 4, 3);
  extended.writeUIntLE(HEIGHT - 1, 7, 3);
  const parts = [riffChunk('VP8X', extended), base.subarray(12)];
  if (exif !== null) parts.push(riffChunk('EXIF', exif));
  if (xmp !== null) parts.push(riffChunk('XMP ', xmp));
  const body = Buffer.concat([Buffer.from('WEBP'), ...parts]);
  const head = Buffer.alloc(8);
  head.write('RIFF', 0, 'latin1');
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body]);
}

/** The variant of a seed; the same every time. */
export function variantOf(seed: number, bases: Bases): Variant {
  const dice = new Dice(seed);
  const name = `v${String(seed).padStart(6, '0')}`;
  const hasExif = dice.chance(0.8);
  const hasXmp = dice.chance(0.5);
  switch (dice.below(6)) {
    case 0: {
      const parts: Buffer[] = [];
      if (hasExif) parts.push(segment(0xe1, MARK, exifBlock(dice)));
      if (hasXmp)
        parts.push(segment(0xe1, Buffer.from('http://ns.adobe.com/xap/1.0/\0'), Buffer.from(xmpPacket(dice))));
      if (dice.chance(0.5)) parts.push(segment(0xed, Buffer.from('Photoshop 3.0\0'), photoshopOf(dice)));
      return {
        name: `${name}.jpg`,
        bytes: Buffer.concat([bases.jpeg.subarray(0, 2), ...parts, bases.jpeg.subarray(2)]),
      };
    }
    case 1: {
      const chunks: Buffer[] = [];
      if (hasExif) {
        const block = exifBlock(dice);
        const marked = dice.chance(0.5) ? Buffer.concat([MARK, block]) : block;
        const form = dice.below(3);
        chunks.push(
          form === 0
            ? pngChunk('eXIf', marked)
            : rawProfile(form === 1 ? 'exif' : 'APP1', Buffer.concat([MARK, block]), dice.chance(0.5)),
        );
      }
      if (hasXmp) {
        const packet = xmpPacket(dice);
        chunks.push(
          dice.chance(0.7)
            ? xmpText(packet, dice.chance(0.5))
            : rawProfile('xmp', Buffer.from(packet), dice.chance(0.5)),
        );
      }
      if (dice.chance(0.4)) chunks.push(rawProfile('iptc', photoshopOf(dice), dice.chance(0.5)));
      return { name: `${name}.png`, bytes: pngWith(bases.png, chunks) };
    }
    case 2: {
      const block = hasExif ? exifBlock(dice) : null;
      const marked = block !== null && dice.chance(0.4) ? Buffer.concat([MARK, block]) : block;
      return {
        name: `${name}.webp`,
        bytes: webpWith(bases.webp, marked, hasXmp ? Buffer.from(xmpPacket(dice)) : null),
      };
    }
    case 3:
      return { name: `${name}.tif`, bytes: exifBlock(dice, bases.pixels, packetEntry(dice, hasXmp)) };
    case 4: {
      const version: Entry = { tag: 0xc612, type: 1, count: 4, value: Buffer.from([1, 4, 0, 0]) };
      return { name: `${name}.dng`, bytes: exifBlock(dice, bases.pixels, [version, ...packetEntry(dice, hasXmp)]) };
    }
    default:
      return { name: `${name}.xmp`, bytes: Buffer.from(xmpPacket(dice, dice.chance(0.4))) };
  }
}

function packetEntry(dice: Dice, hasXmp: boolean): Entry[] {
  if (!hasXmp) return [];
  const value = Buffer.from(xmpPacket(dice));
  return [{ tag: 0x02bc, type: 1, count: value.length, value }];
}
