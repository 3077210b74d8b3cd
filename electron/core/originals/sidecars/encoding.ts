/** The bytes of a sidecar ↔ its text, without loss: what is not changed in the text comes out as the same bytes. Pure. */

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'utf-32le' | 'utf-32be';

export type SidecarText = { text: string; encoding: Encoding };

/** By its mark, else by where the zeros around the first `<` stand. Source: XML 1.0, appendix F. */
function encodingOf(bytes: Buffer): Encoding {
  const begins = (...start: number[]) => start.every((byte, index) => bytes[index] === byte);
  if (begins(0xff, 0xfe, 0, 0) || begins(0x3c, 0, 0, 0)) return 'utf-32le';
  if (begins(0, 0, 0xfe, 0xff) || begins(0, 0, 0, 0x3c)) return 'utf-32be';
  if (begins(0xff, 0xfe) || begins(0x3c, 0)) return 'utf-16le';
  if (begins(0xfe, 0xff) || begins(0, 0x3c)) return 'utf-16be';
  return 'utf-8';
}

/** @returns null for bytes that are not text, so that writing them back would change them. */
export function decodeSidecar(bytes: Buffer): SidecarText | null {
  const encoding = encodingOf(bytes);
  const text = decodeAs(bytes, encoding);
  return encodeSidecar({ text, encoding }).equals(bytes) ? { text, encoding } : null;
}

export function encodeSidecar({ text, encoding }: SidecarText): Buffer {
  if (encoding === 'utf-8') return Buffer.from(text, 'utf8');
  const words = Buffer.from(text, 'utf16le');
  if (encoding === 'utf-16le') return words;
  if (encoding === 'utf-16be') return words.swap16();
  const points = Uint32Array.from(text, (character) => character.codePointAt(0)!);
  const bytes = Buffer.alloc(points.length * 4);
  for (const [index, point] of points.entries()) {
    if (encoding === 'utf-32le') bytes.writeUInt32LE(point, index * 4);
    else bytes.writeUInt32BE(point, index * 4);
  }
  return bytes;
}

function decodeAs(bytes: Buffer, encoding: Encoding): string {
  if (encoding === 'utf-8') return bytes.toString('utf8');
  if (encoding === 'utf-16le') return bytes.toString('utf16le');
  if (encoding === 'utf-16be')
    return Buffer.from(bytes.subarray(0, bytes.length & ~1))
      .swap16()
      .toString('utf16le');
  let text = '';
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    const point = encoding === 'utf-32le' ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
    text += point <= 0x10ffff ? String.fromCodePoint(point) : '\ufffd';
  }
  return text;
}
