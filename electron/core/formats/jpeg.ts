/** The segments of a JPEG file: size, how it is coded, and the metadata packets it carries. Source: ITU-T T.81, Exif 3.0, XMP part 3, CIPA DC-007 (MPF). */
import type { Bytes } from './bytes.ts';

export type JpegHeader = {
  /** As stored, before any turn. */
  width: number;
  height: number;
  components: number;
  precision: number;
  progressive: boolean;
  /** Lossless (SOF3 …): RAW data, not a picture that decoders show. */
  lossless: boolean;
  /** Bytes of coefficients that a progressive decoder must keep. */
  coefficientBytes: number;
  /** Position and length of the TIFF block inside the Exif segment. */
  exif: { position: number; length: number } | null;
  /** Main and (joined) extended XMP packets. */
  xmp: Buffer[];
  /** Photoshop image resources (they hold IPTC). */
  photoshop: Buffer | null;
  icc: Buffer | null;
  /** A gain map stands behind the picture (Ultra HDR, ISO 21496-1, Apple). */
  hasGainMap: boolean;
  /** Pictures listed in the multi-picture index, with their types. */
  multiPictureTypes: number[];
  /** Where the entropy-coded data starts. */
  scanPosition: number | null;
};

const MAX_SEGMENTS = 4096;
/** What the picture's own packet says of a map: Android's, Adobe's, Apple's. */
const GAIN_MAP = /hdrgm:Version|hdr-gain-map\/1\.0|HDRGainMapVersion|Semantic=["']GainMap/;

/** What stands before the first scan; null when there is no JPEG at `start`. */
export function readJpegHeader(bytes: Bytes, start = 0): JpegHeader | null {
  if (bytes.at(start, 2).toString('latin1') !== '\xff\xd8') return null;
  const header: JpegHeader = {
    width: 0,
    height: 0,
    components: 0,
    precision: 0,
    progressive: false,
    lossless: false,
    coefficientBytes: 0,
    exif: null,
    xmp: [],
    photoshop: null,
    icc: null,
    hasGainMap: false,
    multiPictureTypes: [],
    scanPosition: null,
  };
  const iccParts = new Map<number, Buffer>();
  const photoshopParts: Buffer[] = [];
  const extended = new Map<string, { total: number; parts: Map<number, Buffer> }>();
  let position = start + 2;
  for (let count = 0; count < MAX_SEGMENTS; count++) {
    const found = nextMarker(bytes, position);
    if (found === null) break;
    const { marker } = found;
    position = found.position + 2;
    if (marker === 0xd9) break;
    if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) continue;
    const lengthField = bytes.at(position, 2);
    if (lengthField.length < 2) break;
    const length = lengthField.readUInt16BE(0);
    if (length < 2) continue;
    const body = bytes.at(position + 2, length - 2);
    const bodyPosition = position + 2;
    if (marker === 0xda) {
      header.scanPosition = found.position;
      break;
    }
    position += length;
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) {
      if (header.components === 0) readFrame(header, marker, body);
    } else if (marker === 0xe1) {
      if (body.toString('latin1', 0, 6) === 'Exif\0\0' || body.toString('latin1', 0, 6) === 'Exif\0\xff')
        header.exif ??= { position: bodyPosition + 6, length: body.length - 6 };
      else if (startsWith(body, 'http://ns.adobe.com/xap/1.0/\0')) header.xmp.push(body.subarray(29));
      else if (startsWith(body, 'http://ns.adobe.com/xmp/extension/\0')) collectExtended(extended, body.subarray(35));
    } else if (marker === 0xe2) {
      if (startsWith(body, 'ICC_PROFILE\0') && body.length > 14) iccParts.set(body.readUInt8(12), body.subarray(14));
      else if (startsWith(body, 'urn:iso:std:iso:ts:21496:-1\0')) header.hasGainMap = true;
      else if (startsWith(body, 'MPF\0')) header.multiPictureTypes = readMultiPicture(body.subarray(4));
    } else if (marker === 0xed && startsWith(body, 'Photoshop 3.0\0')) photoshopParts.push(body.subarray(14));
  }
  header.hasGainMap ||= header.xmp.some((packet) => GAIN_MAP.test(packet.toString('latin1')));
  if (iccParts.size > 0) header.icc = Buffer.concat([...iccParts].sort(([a], [b]) => a - b).map(([, part]) => part));
  if (photoshopParts.length > 0) header.photoshop = Buffer.concat(photoshopParts);
  for (const { total, parts } of extended.values()) {
    const joined = Buffer.concat([...parts].sort(([a], [b]) => a - b).map(([, part]) => part));
    if (joined.length === total) header.xmp.push(joined);
  }
  return header;
}

/** The next marker at or after a position: some writers leave junk between segments. */
function nextMarker(bytes: Bytes, position: number): { marker: number; position: number } | null {
  const window = bytes.at(position, 4);
  if (window.length >= 2 && window[0] === 0xff && window[1]! > 0 && window[1]! < 0xff)
    return { marker: window[1]!, position };
  const wide = bytes.at(position, 65536);
  for (let at = 0; at + 1 < wide.length; at++) {
    const next = wide[at + 1]!;
    if (wide[at] === 0xff && next >= 0xc0 && next < 0xff) return { marker: next, position: position + at };
  }
  return null;
}

function readFrame(header: JpegHeader, marker: number, body: Buffer): void {
  if (body.length < 6) return;
  header.precision = body.readUInt8(0);
  header.height = body.readUInt16BE(1);
  header.width = body.readUInt16BE(3);
  header.components = body.readUInt8(5);
  header.progressive = [0xc2, 0xc6, 0xca, 0xce].includes(marker);
  header.lossless = [0xc3, 0xc7, 0xcb, 0xcf].includes(marker);
  const samplings: [number, number][] = [];
  for (let at = 7; at < 6 + header.components * 3 && at < body.length; at += 3)
    samplings.push([body[at]! >> 4, body[at]! & 15]);
  const widest = Math.max(1, ...samplings.map(([h]) => h));
  const highest = Math.max(1, ...samplings.map(([, v]) => v));
  header.coefficientBytes = samplings.reduce(
    (sum, [h, v]) => sum + 2 * header.width * header.height * (h / widest) * (v / highest),
    0,
  );
}

function collectExtended(all: Map<string, { total: number; parts: Map<number, Buffer> }>, body: Buffer): void {
  if (body.length < 40) return;
  const id = body.toString('latin1', 0, 32);
  const known = all.get(id) ?? { total: body.readUInt32BE(32), parts: new Map<number, Buffer>() };
  known.parts.set(body.readUInt32BE(36), body.subarray(40));
  all.set(id, known);
}

/** Type codes of the pictures in an MPF index. */
function readMultiPicture(body: Buffer): number[] {
  if (body.length < 8) return [];
  const little = body.toString('latin1', 0, 2) === 'II';
  const u16 = (at: number) => (at + 2 > body.length ? 0 : little ? body.readUInt16LE(at) : body.readUInt16BE(at));
  const u32 = (at: number) => (at + 4 > body.length ? 0 : little ? body.readUInt32LE(at) : body.readUInt32BE(at));
  const ifd = u32(4);
  const types: number[] = [];
  for (let index = 0; index < Math.min(u16(ifd), 64); index++) {
    const entry = ifd + 2 + index * 12;
    if (u16(entry) !== 0xb002) continue;
    const place = u32(entry + 8);
    for (let at = place; at < place + u32(entry + 4) && at + 16 <= body.length; at += 16)
      types.push(u32(at) & 0xffffff);
  }
  return types;
}

function startsWith(body: Buffer, text: string): boolean {
  return body.length >= text.length && body.toString('latin1', 0, text.length) === text;
}
