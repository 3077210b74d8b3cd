/**
 * A photo's luminance in a few hundred bytes: enough to say how alike two views are, and how far one was moved to become
 * the other, where 64 bits of a fingerprint do not say it.
 */

/** Pixels of the long edge. */
export const SIGNATURE_EDGE = 48;

/** Who took it, as other facts (shared/facts.ts). */
export const SIGNATURE_ANALYSER = { name: 'signature', version: 1 } as const;

export interface Signature {
  readonly width: number;
  readonly height: number;
  /** Luminance 0–255 row by row, upright. */
  readonly luma: Uint8Array;
}

/** Two bytes of size, then the luminance. */
export function packSignature({ width, height, luma }: Signature): Uint8Array {
  const bytes = new Uint8Array(2 + luma.length);
  bytes[0] = width;
  bytes[1] = height;
  bytes.set(luma, 2);
  return bytes;
}

/** @returns null for bytes that hold no signature. */
export function unpackSignature(bytes: Uint8Array): Signature | null {
  const [width = 0, height = 0] = bytes;
  if (width < 1 || height < 1 || bytes.length !== 2 + width * height) return null;
  return { width, height, luma: bytes.subarray(2) };
}
