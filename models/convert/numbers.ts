/** The three number formats of checkpoints, as little-endian bytes, and the way between them. */

/** How a checkpoint stores its numbers. */
export type StoredType = 'F32' | 'F16' | 'BF16';

/** Bytes a number. */
export const NUMBER_BYTES: Readonly<Record<StoredType, number>> = { F32: 4, F16: 2, BF16: 2 };

export function isStoredType(type: string): type is StoredType {
  return type === 'F32' || type === 'F16' || type === 'BF16';
}

/** The numbers as single precision; exact for every stored type. */
export function toFloats(bytes: Uint8Array, from: StoredType): Float32Array {
  const { buffer, byteOffset, byteLength } = aligned(bytes);
  if (from === 'F32') return new Float32Array(buffer, byteOffset, byteLength / 4);
  if (from === 'F16') return new Float32Array(new Float16Array(buffer, byteOffset, byteLength / 2));
  const halves = new Uint16Array(buffer, byteOffset, byteLength / 2);
  const bits = new Uint32Array(halves.length);
  for (let index = 0; index < halves.length; index++) bits[index] = halves[index]! << 16;
  return new Float32Array(bits.buffer);
}

/** The same numbers in another format, rounded to nearest (even on a tie); the bytes themselves when nothing changes. */
export function convertNumbers(bytes: Uint8Array, from: StoredType, to: StoredType): Uint8Array {
  if (from === to) return bytes;
  const floats = toFloats(bytes, from);
  if (to === 'F32') return new Uint8Array(floats.buffer, floats.byteOffset, floats.byteLength);
  if (to === 'F16') return new Uint8Array(new Float16Array(floats).buffer);
  const bits = new Uint32Array(floats.buffer, floats.byteOffset, floats.length);
  const rounded = new Uint16Array(bits.length);
  for (let index = 0; index < bits.length; index++) {
    const value = bits[index]!;
    rounded[index] =
      (value & 0x7fffffff) > 0x7f800000 ? (value >>> 16) | 64 : (value + 0x7fff + ((value >>> 16) & 1)) >>> 16;
  }
  return new Uint8Array(rounded.buffer);
}

/**
 * Looks at every number once.
 * @returns the index of the first that is not finite (or −1), and whether any finite one is beyond half precision.
 */
export function inspectNumbers(bytes: Uint8Array, type: StoredType): { notFinite: number; beyondHalf: boolean } {
  const { buffer, byteOffset, byteLength } = aligned(bytes);
  let beyondHalf = false;
  if (type === 'F32') {
    const bits = new Uint32Array(buffer, byteOffset, byteLength / 4);
    for (let index = 0; index < bits.length; index++) {
      const magnitude = bits[index]! & 0x7fffffff;
      if (magnitude >= 0x477ff000) {
        if (magnitude >= 0x7f800000) return { notFinite: index, beyondHalf };
        beyondHalf = true;
      }
    }
    return { notFinite: -1, beyondHalf };
  }
  const bits = new Uint16Array(buffer, byteOffset, byteLength / 2);
  const limit = type === 'F16' ? 0x7c00 : 0x7f80;
  const half = type === 'F16' ? 0x7c00 : 0x4780;
  for (let index = 0; index < bits.length; index++) {
    const magnitude = bits[index]! & 0x7fff;
    if (magnitude >= half) {
      if (magnitude >= limit) return { notFinite: index, beyondHalf };
      beyondHalf = true;
    }
  }
  return { notFinite: -1, beyondHalf };
}

/** Typed views need a start that is a multiple of their element's size. */
function aligned(bytes: Uint8Array): { buffer: ArrayBuffer; byteOffset: number; byteLength: number } {
  const fits = bytes.byteOffset % 4 === 0 && bytes.buffer instanceof ArrayBuffer;
  const whole = fits ? bytes : Uint8Array.from(bytes);
  return { buffer: whole.buffer as ArrayBuffer, byteOffset: whole.byteOffset, byteLength: whole.byteLength };
}
