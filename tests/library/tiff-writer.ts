/** A small writer of TIFF and EXIF blocks, in either byte order, for tests that need odd ones. */

export type Entry = { tag: number; type: number; count: number; value: Buffer };
const ASCII = 2;

/** TIFF directories of either byte order, entries sorted as they must be, values in the order in which they come. */
export class TiffWriter {
  readonly little: boolean;
  constructor(little: boolean) {
    this.little = little;
  }

  u16(...values: number[]): Buffer {
    const buffer = Buffer.alloc(values.length * 2);
    for (const [index, value] of values.entries())
      this.little ? buffer.writeUInt16LE(value, index * 2) : buffer.writeUInt16BE(value, index * 2);
    return buffer;
  }

  u32(...values: number[]): Buffer {
    const buffer = Buffer.alloc(values.length * 4);
    for (const [index, value] of values.entries())
      this.little ? buffer.writeUInt32LE(value, index * 4) : buffer.writeUInt32BE(value, index * 4);
    return buffer;
  }

  text(tag: number, text: string, ending = '\0'): Entry {
    const value = Buffer.from(text + ending, 'utf8');
    return { tag, type: ASCII, count: value.length, value };
  }

  short(tag: number, ...values: number[]): Entry {
    return { tag, type: 3, count: values.length, value: this.u16(...values) };
  }

  long(tag: number, ...values: number[]): Entry {
    return { tag, type: 4, count: values.length, value: this.u32(...values) };
  }

  rational(tag: number, ...pairs: number[]): Entry {
    return { tag, type: 5, count: pairs.length / 2, value: this.u32(...pairs) };
  }

  bytes(tag: number, value: Buffer, type = 1): Entry {
    return { tag, type, count: value.length, value };
  }

  /** @returns a TIFF block; `pixels` go into one strip. */
  block(main: Entry[], exif: Entry[], gps: Entry[], pixels: Buffer | null): Buffer {
    const head = Buffer.concat([Buffer.from(this.little ? 'II' : 'MM', 'latin1'), this.u16(42), this.u32(8)]);
    const sizeOf = (entries: number) => 2 + entries * 12 + 4;
    const mainCount = main.length + (exif.length > 0 ? 1 : 0) + (gps.length > 0 ? 1 : 0) + (pixels === null ? 0 : 1);
    let position = head.length + sizeOf(mainCount);
    const exifAt = position;
    position += exif.length > 0 ? sizeOf(exif.length) : 0;
    const gpsAt = position;
    position += gps.length > 0 ? sizeOf(gps.length) : 0;
    const values: Buffer[] = [];
    const place = (value: Buffer): number => {
      const at = position;
      const padded = value.length % 2 === 0 ? value : Buffer.concat([value, Buffer.alloc(1)]);
      values.push(padded);
      position += padded.length;
      return at;
    };
    const directory = (entries: Entry[]): Buffer => {
      const sorted = [...entries].sort((a, b) => a.tag - b.tag);
      const parts = sorted.map(({ tag, type, count, value }) => {
        const field = value.length <= 4 ? Buffer.concat([value, Buffer.alloc(4)], 4) : this.u32(place(value));
        return Buffer.concat([this.u16(tag, type), this.u32(count), field]);
      });
      return Buffer.concat([this.u16(sorted.length), ...parts, this.u32(0)]);
    };
    const all = [...main];
    if (exif.length > 0) all.push(this.long(0x8769, exifAt));
    if (gps.length > 0) all.push(this.long(0x8825, gpsAt));
    if (pixels !== null) all.push(this.long(0x0111, place(pixels)));
    const directories = [directory(all), ...(exif.length > 0 ? [directory(exif)] : [])];
    if (gps.length > 0) directories.push(directory(gps));
    return Buffer.concat([head, ...directories, ...values]);
  }
}
