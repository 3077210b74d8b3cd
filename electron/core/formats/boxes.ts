/**
 * ISO base media files: boxes and brands, and Canon's CR3 (HEIF: formats/heif.ts). Believes no size.
 * Source: ISO/IEC 14496-12; CR3: github.com/lclevy/canon_cr3.
 */
import { type Bytes, sliceOf } from './bytes.ts';

export type Box = { type: string /** Of the content. */; position: number; length: number; uuid: string | null };

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
