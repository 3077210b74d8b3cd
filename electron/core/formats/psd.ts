/** Photoshop documents (PSD, PSB): header, resources and where the composite stands. Source: Adobe Photoshop File Formats Specification, 2019. */

import { UnreadablePhoto } from '../base/unreadable.ts';
import type { Bytes } from './bytes.ts';
import type { PictureHeader } from './picture-header.ts';

export type PsdHeader = PictureHeader & {
  isBig: boolean;
  channels: number;
  /** 1, 8, 16 or 32 a sample. */
  bits: number;
  /** 0 bitmap, 1 grey, 2 indexed, 3 RGB, 4 CMYK, 7 multichannel, 8 duotone, 9 Lab. */
  mode: number;
  /** 768 bytes of red, green, blue planes of indexed colors. */
  palette: Buffer;
  /** Photoshop was asked to store the composite as well; without it white stands in its place. */
  hasComposite: boolean;
  /** JPEG of at most 160 pixels. */
  thumbnail: Buffer | null;
  compositePosition: number;
};

const MAX_RESOURCES = 64 * 2 ** 20;

/** @throws UnreadablePhoto when the sections do not follow each other. */
export function readPsdHeader(bytes: Bytes): PsdHeader {
  const head = bytes.at(0, 30);
  if (head.length < 30) throw new UnreadablePhoto('The Photoshop header is cut off.');
  const isBig = head.readUInt16BE(4) === 2;
  const header: PsdHeader = {
    isBig,
    channels: head.readUInt16BE(12),
    height: head.readUInt32BE(14),
    width: head.readUInt32BE(18),
    bits: head.readUInt16BE(22),
    mode: head.readUInt16BE(24),
    palette: bytes.at(30, Math.min(768, head.readUInt32BE(26))),
    hasComposite: true,
    thumbnail: null,
    compositePosition: 0,
    icc: null,
    exif: null,
    xmp: [],
    iptc: null,
  };
  const resources = 30 + head.readUInt32BE(26);
  const length = lengthAt(bytes, resources, 4);
  readResources(bytes.at(resources + 4, Math.min(length, MAX_RESOURCES)), header);
  const layers = resources + 4 + length;
  header.compositePosition = layers + (isBig ? 8 : 4) + lengthAt(bytes, layers, isBig ? 8 : 4);
  return header;
}

function lengthAt(bytes: Bytes, position: number, size: 4 | 8): number {
  const field = bytes.at(position, size);
  if (field.length < size) throw new UnreadablePhoto('The Photoshop document is cut off before its picture.');
  return size === 4 ? field.readUInt32BE(0) : field.readUInt32BE(0) * 2 ** 32 + field.readUInt32BE(4);
}

function readResources(data: Buffer, header: PsdHeader): void {
  for (let at = 0; at + 12 <= data.length && data.toString('latin1', at, at + 2) === '8B'; ) {
    const id = data.readUInt16BE(at + 4);
    const name = 1 + data[at + 6]!;
    const sizeAt = at + 6 + name + (name & 1);
    if (sizeAt + 4 > data.length) return;
    const size = data.readUInt32BE(sizeAt);
    const body = data.subarray(sizeAt + 4, sizeAt + 4 + size);
    if (id === 0x0404) header.iptc ??= body;
    else if (id === 0x040c && body.length > 28) header.thumbnail ??= body.subarray(28);
    else if (id === 0x040f) header.icc ??= body;
    else if (id === 0x0421 && body.length >= 5) header.hasComposite = body[4] !== 0;
    else if (id === 0x0422) header.exif ??= body;
    else if (id === 0x0424) header.xmp.push(body);
    at = sizeAt + 4 + size + (size & 1);
  }
}
