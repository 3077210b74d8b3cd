/** Ids of many photos in little room: a step that marks a million of them takes about a megabyte. */
import { z } from 'zod';

/** Packed by `packIds`; catalogs that were made before it hold plain arrays. */
export const packedIdsSchema = z.union([z.string(), z.array(z.int())]);
export type PackedIds = z.infer<typeof packedIdsSchema>;

/** @param ids whole numbers below 2^48, in an order that is kept. @returns base64 of the differences, 7 bits a byte. */
export function packIds(ids: readonly number[]): string {
  let bytes = Buffer.allocUnsafe(1024);
  let length = 0;
  let before = 0;
  for (const id of ids) {
    if (length + 8 > bytes.length) bytes = Buffer.concat([bytes, Buffer.allocUnsafe(bytes.length)]);
    const difference = id - before;
    before = id;
    // The sign in the lowest bit, so that small steps back stay short too.
    let rest = difference < 0 ? -2 * difference - 1 : 2 * difference;
    while (rest > 127) {
      bytes[length++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    bytes[length++] = rest;
  }
  return bytes.toString('base64', 0, length);
}

export function unpackIds(packed: PackedIds): number[] {
  if (typeof packed !== 'string') return packed;
  const ids: number[] = [];
  let before = 0;
  let value = 0;
  let scale = 1;
  for (const byte of Buffer.from(packed, 'base64')) {
    value += (byte & 127) * scale;
    scale *= 128;
    if (byte > 127) continue;
    before += value % 2 === 1 ? -(value + 1) / 2 : value / 2;
    ids.push(before);
    value = 0;
    scale = 1;
  }
  return ids;
}
