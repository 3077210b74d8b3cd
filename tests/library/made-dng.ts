/**
 * Makes DNG files with sensor data out of known pictures: mosaic (RGGB), linear light, 16 bits, a camera that sees more
 * green than red and blue and says so. A right development gives the picture back.
 */
import { type Entry, TiffWriter } from './tiff-writer.ts';

export type MadeDng = {
  /** Three bytes a pixel, sRGB; as the sensor stands. */
  rgb: Buffer;
  width: number;
  height: number;
  /** JPEG that the file carries; none when absent. */
  preview?: Buffer;
  /** EXIF, 1–8. */
  orientation?: number;
  /** Bytes that are cut off the end of the sensor's data. */
  cut?: number;
};

/** XYZ (D65) → linear sRGB, IEC 61966-2-1. */
const TO_LINEAR = [3.2406, -1.5372, -0.4986, -0.9689, 1.8758, 0.0415, 0.0557, -0.204, 1.057];
/** What the sensor's channels hold of white. */
const NEUTRAL = [0.5, 1, 0.7] as const;
const SRATIONAL = 10;

export function makeDng({ rgb, width, height, preview, orientation = 1, cut = 0 }: MadeDng): Buffer {
  const writer = new TiffWriter(true);
  const signed = (tag: number, values: readonly number[]): Entry => {
    const value = Buffer.alloc(values.length * 8);
    for (const [index, each] of values.entries()) {
      value.writeInt32LE(Math.round(each * 10_000), index * 8);
      value.writeInt32LE(10_000, index * 8 + 4);
    }
    return { tag, type: SRATIONAL, count: values.length, value };
  };
  const sensor = mosaic(rgb, width, height);
  const matrix = TO_LINEAR.map((value, index) => value * NEUTRAL[Math.floor(index / 3)]!);
  const main: Entry[] = [
    writer.long(0x00fe, 0),
    writer.long(0x0100, width),
    writer.long(0x0101, height),
    writer.short(0x0102, 16),
    writer.short(0x0103, 1),
    writer.short(0x0106, 32803),
    writer.text(0x010f, 'Keeplight'),
    writer.text(0x0110, 'Made'),
    writer.short(0x0112, orientation),
    writer.short(0x0115, 1),
    writer.long(0x0116, height),
    writer.long(0x0117, sensor.length),
    writer.short(0x011c, 1),
    writer.short(0x828d, 2, 2),
    writer.bytes(0x828e, Buffer.from([0, 1, 1, 2])),
    writer.bytes(0xc612, Buffer.from([1, 4, 0, 0])),
    writer.text(0xc614, 'Keeplight Made'),
    writer.long(0xc61a, 0),
    writer.long(0xc61d, 65_535),
    signed(0xc621, matrix),
    writer.rational(0xc628, ...NEUTRAL.flatMap((value) => [value * 10, 10])),
    writer.short(0xc65a, 21),
  ];
  const block = writer.block(main, [], [], sensor);
  if (cut > 0) return block.subarray(0, block.length - cut);
  return preview === undefined ? block : Buffer.concat([block, preview]);
}

function mosaic(rgb: Buffer, width: number, height: number): Buffer {
  const linear = Array.from({ length: 256 }, (_, value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  const sensor = Buffer.alloc(width * height * 2);
  for (let y = 0, pixel = 0; y < height; y++)
    for (let x = 0; x < width; x++, pixel++) {
      const channel = (y % 2) + (x % 2);
      const light = linear[rgb[pixel * 3 + channel]!]! * NEUTRAL[channel]!;
      sensor.writeUInt16LE(Math.round(light * 65_535), pixel * 2);
    }
  return sensor;
}
