/** JPEG 2000: size, profile and metadata of a JP2 file or a bare codestream. Source: ITU-T T.800 annexes A and I; XMP part 3. */
import { type Box, readBoxes } from './boxes.ts';
import type { Bytes } from './bytes.ts';
import type { PictureHeader } from './picture-header.ts';

const XMP_UUID = 'be7acfcb97a942e89c71999491e3afac';
/** Spells JpgTiffExif->JP2. */
const EXIF_UUID = '4a706754696666457869662d3e4a5032';
const IPTC_UUID = '33c7a4d2b81d4723a0baf1a3e097ad38';
const MAX_PACKET = 16 * 2 ** 20;

/** null when no size can be read. */
export function readJp2Header(bytes: Bytes): PictureHeader | null {
  const header: PictureHeader = { width: 0, height: 0, icc: null, exif: null, xmp: [], iptc: null };
  if (bytes.at(0, 4).toString('hex') === 'ff4fff51') return readCodestream(bytes, 0, header);
  const { boxes } = readBoxes(bytes, 0, bytes.size);
  const bodyOf = ({ position, length }: Box) => bytes.at(position, Math.min(length, MAX_PACKET));
  for (const box of boxes) {
    if (box.uuid === XMP_UUID) header.xmp.push(bodyOf(box));
    else if (box.uuid === IPTC_UUID) header.iptc ??= bodyOf(box);
    else if (box.uuid === EXIF_UUID) {
      const body = bodyOf(box);
      header.exif ??= body.toString('latin1', 0, 4) === 'Exif' ? body.subarray(6) : body;
    } else if (box.type === 'jp2h') {
      for (const part of readBoxes(bytes, box.position, box.position + box.length).boxes) {
        const body = bodyOf(part);
        if (part.type === 'ihdr' && body.length >= 8)
          Object.assign(header, { height: body.readUInt32BE(0), width: body.readUInt32BE(4) });
        else if (part.type === 'colr' && (body[0] === 2 || body[0] === 3)) header.icc ??= body.subarray(3);
      }
    } else if (box.type === 'jp2c' && header.width === 0) readCodestream(bytes, box.position, header);
  }
  return header.width > 0 && header.height > 0 ? header : null;
}

/** SIZ: the area of the reference grid without its offset. */
function readCodestream(bytes: Bytes, start: number, header: PictureHeader): PictureHeader | null {
  const size = bytes.at(start + 8, 16);
  if (size.length < 16) return null;
  const [width, height, left, top] = [0, 4, 8, 12].map((at) => size.readUInt32BE(at));
  return Object.assign(header, { width: Math.max(0, width! - left!), height: Math.max(0, height! - top!) });
}
