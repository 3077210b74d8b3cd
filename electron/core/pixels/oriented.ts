/** Turning a preview without decoding it: whoever shows a JPEG follows the orientation that it names. */
import { orientationOf, type Quarters } from '../base/quarters.ts';

const SOI = 2;
const ORIENTATION_TAG = 0x0112;
const SHORT = 3;

/** @param jpeg without EXIF, as previews are. @returns the same picture, to be seen turned */
export function orientedJpeg(jpeg: Uint8Array, quarters: Quarters): Uint8Array {
  if (quarters === 0) return jpeg;
  // APP1: a TIFF of one directory with one entry.
  const segment = Buffer.alloc(36);
  segment.writeUInt16BE(0xffe1, 0);
  segment.writeUInt16BE(segment.length - 2, 2);
  segment.write('Exif\0\0MM', 4, 'latin1');
  segment.writeUInt16BE(42, 12);
  segment.writeUInt32BE(8, 14);
  segment.writeUInt16BE(1, 18);
  segment.writeUInt16BE(ORIENTATION_TAG, 20);
  segment.writeUInt16BE(SHORT, 22);
  segment.writeUInt32BE(1, 24);
  segment.writeUInt16BE(orientationOf(quarters), 28);
  return Buffer.concat([jpeg.subarray(0, SOI), segment, jpeg.subarray(SOI)]);
}
